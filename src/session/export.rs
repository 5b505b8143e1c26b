//! Exporting: what is shown leaves as a picture, a film, outlines or a report, written by a job.

use super::climb::Climb;
use super::event::{End, Outcome, Product, Progress, RunId};
use super::findings::Findings;
use super::job::{Control, Ending, Reporter};
use super::models::Prepared;
use super::training::SNAPSHOT_SAMPLES;
use super::{Activity, Session, State};
use crate::error::{Error, Result};
use crate::explore::colour::Palette;
use crate::explore::compose;
use crate::export::chart::Chart;
use crate::export::film::{Film, Ways, search_film, training_film};
use crate::export::map::{MapPicture, MapWish, Page};
use crate::export::outlines::{NamedOutline, of_set, write_outlines};
use crate::export::png::write_picture;
use crate::export::report::Report;
use crate::train::{Setup, TrainerState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What can leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exportable {
    /// The map with the layers that are on.
    #[default]
    Map,
    /// The losses of the shown model's training.
    Losses,
    /// The values of the search over its steps.
    Values,
    /// The search as a film.
    Film,
    /// The training that is watched as a film of its moments.
    Training,
    /// A report of the shown model, and of the search in it where there is one.
    Report,
    /// The outline of the answer that is followed.
    Answer,
    /// The pinned outlines.
    Pins,
    /// The shapes that the shown model was trained on.
    Data,
}

impl Exportable {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Map,
        Self::Losses,
        Self::Values,
        Self::Film,
        Self::Training,
        Self::Report,
        Self::Answer,
        Self::Pins,
        Self::Data,
    ];

    /// The endings of the files that it can become, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Map | Self::Losses | Self::Values => &["png", "svg"],
            Self::Film | Self::Training => &["gif"],
            Self::Report => &["html", "json"],
            Self::Answer => &["svg", "dxf", "csv", "json", "dat"],
            Self::Pins | Self::Data => &["csv", "svg", "dxf", "json"],
        }
    }

    /// Whether it has a size and colours of its own.
    pub fn is_picture(self) -> bool {
        self.is_film() || matches!(self, Self::Map | Self::Losses | Self::Values)
    }

    /// Whether it moves.
    pub fn is_film(self) -> bool {
        matches!(self, Self::Film | Self::Training)
    }

    /// Whether `path` has one of its endings; a folder may take airfoils.
    pub fn fits(self, path: &Path) -> bool {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        self.endings().iter().any(|known| ending == *known)
    }

    /// Why it cannot leave now, and what to do about it; nothing where it can.
    pub fn missing(self, state: &State) -> Option<&'static str> {
        let findings = state.climb.as_ref().and_then(|climb| climb.findings.as_ref());
        let shown = state.shown().map(|(_, entry)| &entry.prepared.model);
        match self {
            _ if shown.is_none() => Some("Open a model first."),
            Self::Values | Self::Film if findings.is_none() => Some("Climb first."),
            Self::Training if trained(state).is_none() => Some("Train a model first."),
            Self::Answer if answer(state).is_none() => Some("Climb first."),
            Self::Pins if state.map.pins.is_empty() => {
                Some("Right-click the map to pin shapes first.")
            }
            Self::Losses if shown.is_some_and(|model| model.card.history.is_empty()) => {
                Some("This model tells nothing of its training.")
            }
            _ => None,
        }
    }
}

/// What shall leave, where to and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// What.
    pub what: Exportable,
    /// The file; its ending is one of [`Exportable::endings`].
    pub path: PathBuf,
    /// Width and height of a picture, in pixels.
    pub pixels: [u32; 2],
    /// Whether a picture is dark.
    pub dark: bool,
}

/// The export as the window sees it.
#[derive(Debug, Default)]
pub struct Exporting {
    /// The one that is written now.
    pub run: Option<ExportRun>,
    /// Why the last one failed, until the next begins.
    pub failed: Option<String>,
}

/// An export that is written.
#[derive(Debug)]
pub struct ExportRun {
    /// The run whose events count.
    pub run: RunId,
    /// How much is done, 0 to 1.
    pub share: f64,
    /// The hand on the job.
    pub control: Arc<Control>,
}

impl Exporting {
    /// Takes the progress of the running export in.
    pub(super) fn progress(&mut self, run: RunId, share: f64) {
        if let Some(running) = self.run.as_mut().filter(|running| running.run == run) {
            running.share = share;
        }
    }
}

/// What a job needs to draw the present, whatever changes meanwhile.
struct Present {
    prepared: Arc<Prepared>,
    name: String,
    wish: MapWish,
    climb: Option<Climbed>,
    outlines: Vec<(String, Vec<f32>)>,
    trained: Option<Trained>,
}

/// A training and the moments of it that are remembered, oldest first, at least two.
struct Trained {
    setup: Arc<Setup>,
    moments: Vec<Arc<TrainerState>>,
}

/// A finished search at the moment that is shown.
struct Climbed {
    findings: Arc<Findings>,
    /// Whether it was made in the model that is shown.
    is_here: bool,
    share: f64,
    chosen: Option<usize>,
    group: Option<usize>,
    stale: bool,
}

impl Session {
    /// Begins to write an export; one at a time.
    pub(super) fn export(&mut self, export: Export) {
        let state = &mut self.state;
        if state.export.run.is_some() {
            return state
                .notices
                .info("Something is being exported; wait for it or cancel it first.");
        }
        if let Some(missing) = export.what.missing(state) {
            state.export.failed = Some(missing.to_owned());
            return state.notices.info(missing);
        }
        let Some(present) = present(state, &export) else { return };
        state.export.failed = None;
        let control = Arc::new(Control::default());
        let hand = control.clone();
        let run = self.start("export", move |reporter| write(&export, &present, &hand, reporter));
        self.state.export.run = Some(ExportRun { run, share: 0.0, control });
    }
}

impl State {
    /// Takes the end of an export in.
    pub(super) fn export_ended(&mut self, End { outcome, product }: End) {
        self.export.run = None;
        match (outcome, product) {
            (Outcome::Failed(why), _) => {
                self.export.failed = Some(why.clone());
                self.notices.error(why);
            }
            (Outcome::Cancelled, _) => self.notices.info("Export cancelled; nothing was written."),
            (Outcome::Finished, Some(Product::Exported(path))) => {
                self.notices.info(format!("Written to {}.", path.display()));
            }
            (Outcome::Finished, _) => (),
        }
    }
}

/// The restart whose outline is the answer: the one that is followed, once the search is over.
fn answer(state: &State) -> Option<(String, &[f32])> {
    let climb = state.climb.as_ref()?;
    let restart = climb.followed()?;
    let found = climb.report()?.restarts.get(restart)?;
    Some((format!("restart {}", restart + 1), &found.decoded))
}

/// The moments of the training that is watched.
fn trained(state: &State) -> Option<Trained> {
    let training = state.watched()?;
    let moments = training.timeline.moments();
    let setup = training.setup.clone().filter(|_| moments.len() > 1)?;
    Some(Trained { setup, moments: moments.to_vec() })
}

fn present(state: &State, export: &Export) -> Option<Present> {
    let (id, entry) = state.shown()?;
    let wish = MapWish {
        visible: state.visible(),
        property: state.property(),
        plain: state.activity == Activity::Train,
        range: Some(state.range()),
        view: Some(state.map.view),
        aim: (*state.map.aim()).clone(),
        pins: state.map.pins.iter().map(|pin| pin.at).collect(),
    };
    let climbed = |climb: &Climb| {
        Some(Climbed {
            findings: climb.findings.clone()?,
            is_here: climb.model.0 == id,
            share: climb.playback.share,
            chosen: climb.chosen,
            group: climb.hill,
            stale: state.is_climb_stale(),
        })
    };
    let outlines = match export.what {
        Exportable::Answer => {
            answer(state).map(|(name, outline)| (name, outline.to_vec())).into_iter().collect()
        }
        Exportable::Pins => {
            let pins = state.map.pins.iter().enumerate();
            pins.map(|(place, pin)| (format!("pin {}", place + 1), pin.outline.clone())).collect()
        }
        _ => Vec::new(),
    };
    let file = entry.path.as_ref().map(|path| path.display().to_string());
    Some(Present {
        prepared: entry.prepared.clone(),
        name: file.unwrap_or_else(|| entry.name.clone()),
        wish,
        climb: state.climb.as_ref().and_then(climbed),
        outlines,
        trained: Some(())
            .filter(|()| export.what == Exportable::Training)
            .and_then(|()| trained(state)),
    })
}

/// How films go on that leave the window.
fn film(page: Page) -> Film {
    Film { page, seconds: 4.0, frames_per_second: 15.0 }
}

/// The job.
fn write(
    export: &Export,
    present: &Present,
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let Export { what, path, pixels, dark } = export;
    if !what.fits(path) {
        let endings = what.endings().join(" or .");
        return Err(Error::file(path, format!("must end in .{endings}")));
    }
    let page =
        Page { pixels: *pixels, palette: if *dark { &Palette::DARK } else { &Palette::LIGHT } };
    if what.is_picture() {
        page.check()?;
    }
    let mut go_on = |share: f64| {
        // Where the inbox is full a later report says more.
        let _unsent = reporter.offer(Progress::Export(share));
        !control.is_cancelled()
    };
    let still = |svg: String| write_picture(path, svg).map(|()| true);
    let is_written = match what {
        Exportable::Map => still(present.map(page)?)?,
        Exportable::Losses => {
            let history = &present.prepared.model.card.history;
            still(Chart::losses(history, page.palette).svg(&page))?
        }
        Exportable::Values => {
            let report = &present.climbed()?.findings.report;
            still(Chart::values(report, page.palette).svg(&page))?
        }
        Exportable::Film => present.film(path, page, &mut go_on)?,
        Exportable::Training => present.training(path, page, &mut go_on)?,
        Exportable::Report => present.report(path, &mut go_on)?,
        Exportable::Answer | Exportable::Pins => {
            let named =
                present.outlines.iter().map(|(name, points)| NamedOutline::named(name, points));
            write_outlines(path, &named.collect::<Vec<_>>())?;
            true
        }
        Exportable::Data => {
            let data = present.prepared.model.training_data()?;
            write_outlines(path, &of_set(&data.set))?;
            true
        }
    };
    let outcome = if is_written { Outcome::Finished } else { Outcome::Cancelled };
    Ok(Ending { outcome, product: Some(Product::Exported(path.clone())) })
}

impl Present {
    fn climbed(&self) -> Result<&Climbed> {
        self.climb
            .as_ref()
            .ok_or_else(|| Error::Mismatch("there is no search; climb first".to_owned()))
    }

    fn picture(&self, wish: MapWish, page: Page) -> Result<MapPicture> {
        MapPicture::new(&self.prepared.model, &self.prepared.projection, wish, page)
    }

    fn ways(&self, climbed: &Climbed) -> Ways {
        let Prepared { projection, .. } = &*self.prepared;
        Ways::of(&climbed.findings.report, projection, self.prepared.detail())
    }

    /// The map as it is shown.
    fn map(&self, page: Page) -> Result<String> {
        let picture = self.picture(self.wish.clone(), page)?;
        // A search in another model's latent is not drawn.
        let climbed = self.climb.as_ref().filter(|climbed| climbed.is_here);
        let ways = climbed.map(|climbed| (climbed, self.ways(climbed)));
        let climb = ways.as_ref().map(|(climbed, ways)| compose::Climb {
            chosen: climbed.chosen,
            group: climbed.group,
            stale: climbed.stale,
            ..ways.at(climbed.share)
        });
        picture.svg(climb, None)
    }

    /// The search as a film, on the map as it is shown with its ways.
    fn film(&self, path: &Path, page: Page, go_on: &mut dyn FnMut(f64) -> bool) -> Result<bool> {
        let climbed = self.climbed()?;
        if !climbed.is_here {
            let problem = "the climb was made in another model; show that one first";
            return Err(Error::Mismatch(problem.to_owned()));
        }
        let mut wish = self.wish.clone();
        wish.visible.paths = true;
        let picture = self.picture(wish, page)?;
        let film = film(page);
        search_film(path, &picture, &self.ways(climbed), &film, go_on)
    }

    /// The training as a film, each of its moments on the map of the last.
    fn training(
        &self,
        path: &Path,
        page: Page,
        go_on: &mut dyn FnMut(f64) -> bool,
    ) -> Result<bool> {
        let Some(Trained { setup, moments }) = &self.trained else {
            return Err(Error::Mismatch("there is no training; train a model first".to_owned()));
        };
        let model = |index: usize| setup.model_at(&moments[index], SNAPSHOT_SAMPLES).map(Arc::new);
        let wish = MapWish { view: None, pins: Vec::new(), ..self.wish.clone() };
        training_film(path, moments.len(), model, &wish, &film(page), go_on)
    }

    fn report(&self, path: &Path, go_on: &mut dyn FnMut(f64) -> bool) -> Result<bool> {
        let climbed = self.climb.as_ref().filter(|climbed| climbed.is_here && !climbed.stale);
        let search = climbed.map(|climbed| &climbed.findings.report);
        if !go_on(0.0) {
            return Ok(false);
        }
        let mut report = Report::new(self.name.clone(), self.prepared.model.clone(), search)?;
        report.answer = climbed.and_then(|climbed| climbed.chosen).or(report.answer);
        if !go_on(0.5) {
            return Ok(false);
        }
        report.write(path)?;
        Ok(true)
    }
}
