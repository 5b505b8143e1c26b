//! What leaves, held so that nothing changes it while a job writes it.

use super::climb::Climb;
use super::event::{Outcome, Product, Progress};
use super::export::{Export, Exportable};
use super::findings::Findings;
use super::job::{Control, Ending, Reporter};
use super::models::Prepared;
use super::training::SNAPSHOT_SAMPLES;
use super::{Activity, State};
use crate::data::placement::Placement;
use crate::data::property::Property;
use crate::error::{Error, Result};
use crate::explore::colour::Palette;
use crate::explore::compose::Doing;
use crate::explore::rebuild::Rebuild;
use crate::explore::route::Route;
use crate::explore::sample;
use crate::explore::sheet::Sheet;
use crate::explore::strip::Strip;
use crate::explore::{Bounds, Scene};
use crate::export::bar::ColourBar;
use crate::export::chart::Chart;
use crate::export::film::{Film, Ways, search_film, training_film};
use crate::export::gif::Animation;
use crate::export::lab::write_comparisons;
use crate::export::map::{MapPicture, MapWish, Page, Screen};
use crate::export::outlines::{NamedOutline, write_outlines, write_set};
use crate::export::png::write_picture;
use crate::export::report::Report;
use crate::export::sheet::{CELL, CellPicture, LARGE_CELL};
use crate::export::walk::{Walk, walk_film};
use crate::optimise::{Comparison, RestartReport};
use crate::train::{Setup, TrainerState};
use std::path::Path;
use std::sync::Arc;

/// How long films last that leave the window, in seconds, and how many pictures a second has.
const SECONDS: f64 = 4.0;
/// See [`SECONDS`].
const RATE: f64 = 15.0;

/// What leaves, and what it is drawn with.
pub struct Leaving {
    prepared: Arc<Prepared>,
    name: String,
    wish: MapWish,
    range: (f64, f64),
    thing: Thing,
}

/// What leaves.
enum Thing {
    Map(Box<Doing>),
    Losses,
    Values(Arc<Findings>),
    Lab(Vec<Comparison>),
    Film(Arc<Findings>),
    Training(Trained),
    Sheet(Box<Sheet>),
    Walk(Route),
    Rebuild(Box<Rebuild>),
    /// With the search in the model, where there is one, and the restart that is lifted out.
    Report(Option<Arc<Findings>>, Option<usize>),
    /// With their names, and the frame of each, where it has one.
    Outlines(Vec<(String, Vec<f32>, Option<Placement>)>),
    Data,
}

/// A training and the moments of it that are remembered, oldest first, at least two.
pub(super) struct Trained {
    setup: Arc<Setup>,
    moments: Vec<Arc<TrainerState>>,
}

/// The restart whose outline is the answer: the one that is followed, once the search is over.
pub(super) fn answer(state: &State) -> Option<(String, &RestartReport)> {
    let climb = state.climb.as_ref()?;
    let restart = climb.followed()?;
    let found = climb.report()?.restarts.get(restart)?;
    Some((format!("restart {}", restart + 1), found))
}

/// What was measured of the candidates beside what was predicted of them.
pub(super) fn comparisons(state: &State) -> Vec<Comparison> {
    let compare = |climb: &Climb| {
        let findings = climb.findings.as_ref()?;
        Some(findings.report.comparisons(&findings.candidates, &climb.lab))
    };
    state.climb.as_ref().and_then(compare).unwrap_or_default()
}

/// The moments of the training that is watched.
pub(super) fn trained(state: &State) -> Option<Trained> {
    let training = state.watched()?;
    let moments = training.timeline.moments();
    let setup = training.setup.clone().filter(|_| moments.len() > 1)?;
    Some(Trained { setup, moments: moments.to_vec() })
}

/// The shape of the data that is kept, with its rebuild.
pub(super) fn rebuild(state: &State) -> Option<&Rebuild> {
    state.map.picked.as_ref()?.rebuild.as_ref()
}

/// The frames of the way on the map side by side, and what their marks mean.
pub(super) fn strip(state: &State) -> Option<Sheet> {
    let strip = &state.tours.tour.as_ref()?.strip;
    strip.rows(&state.shown()?.1.prepared.model, state.property(), true).ok()
}

impl Leaving {
    /// What is asked for as it is now, if it is there.
    pub(super) fn gather(state: &State, export: &Export) -> Option<Self> {
        let (_, entry) = state.shown()?;
        let wish = MapWish {
            visible: state.visible(),
            property: state.property(),
            plain: state.activity == Activity::Train,
            range: Some(state.range()),
            view: Some(state.map.view),
            screen: Some(Screen { spacing: state.map.spacing(), side: shorter(state.map.size) }),
            aim: (*state.map.aim()).clone(),
            pins: state.map.pins.iter().map(|pin| pin.at).collect(),
        };
        let file = entry.path.as_ref().map(|path| path.display().to_string());
        Some(Self {
            prepared: entry.prepared.clone(),
            name: file.unwrap_or_else(|| entry.name.clone()),
            wish,
            range: state.range(),
            thing: Thing::gather(state, export)?,
        })
    }

    /// The job.
    pub(super) fn write(
        &self,
        export: &Export,
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
        let is_written = self.written(path, page, &mut go_on)?;
        let outcome = if is_written { Outcome::Finished } else { Outcome::Cancelled };
        Ok(Ending { outcome, product: Some(Product::Exported(path.clone())) })
    }

    /// Writes it; whether it was not cancelled on the way.
    fn written(&self, path: &Path, page: Page, go_on: &mut dyn FnMut(f64) -> bool) -> Result<bool> {
        let Prepared { model, projection, .. } = &*self.prepared;
        let still = |svg: String| write_picture(path, svg).map(|()| true);
        match &self.thing {
            Thing::Map(doing) => still(self.map(self.wish.clone(), page)?.svg(doing, None)?),
            Thing::Losses => still(Chart::losses(&model.card.history, page.palette).svg(&page)),
            Thing::Values(findings) => {
                still(Chart::values(&findings.report, page.palette).svg(&page))
            }
            Thing::Lab(comparisons)
                if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) =>
            {
                write_comparisons(path, comparisons).map(|()| true)
            }
            Thing::Lab(comparisons) => {
                let first =
                    comparisons.first().map_or_else(Property::default, |c| c.predicted.property);
                still(Chart::comparisons(first, comparisons, page.palette).svg(&page))
            }
            Thing::Film(findings) => {
                let mut wish = self.wish.clone();
                wish.visible.paths = true;
                let ways = Ways::of(&findings.report, projection, self.prepared.detail());
                search_film(path, &self.map(wish, page)?, &ways, &film(page), go_on)
            }
            Thing::Training(Trained { setup, moments }) => {
                let moment =
                    |index: usize| setup.model_at(&moments[index], SNAPSHOT_SAMPLES).map(Arc::new);
                let wish =
                    MapWish { view: None, screen: None, pins: Vec::new(), ..self.wish.clone() };
                training_film(path, moments.len(), moment, &wish, &film(page), go_on)
            }
            Thing::Sheet(sheet) => {
                let reach = model.card.statistics.reach;
                let scene = sheet.scene(reach, self.range, None, CELL, page.palette);
                still(self.cells(&scene, sheet.bounds(), CELL, page)?)
            }
            Thing::Rebuild(rebuild) => {
                let scene = rebuild.scene(model, self.wish.property, self.range, page.palette)?;
                still(self.cells(&scene, Rebuild::bounds(), LARGE_CELL, page)?)
            }
            Thing::Walk(route) => self.walk(path, route, page, go_on),
            Thing::Report(findings, chosen) => {
                self.report(path, findings.as_deref(), *chosen, go_on)
            }
            Thing::Outlines(outlines) => {
                let named = outlines.iter().map(|(name, points, frame)| {
                    let outline = NamedOutline::named(name, points);
                    match frame {
                        Some(frame) => outline.restored(frame.restore(points)),
                        None => outline,
                    }
                });
                write_outlines(path, &named.collect::<Vec<_>>()).map(|()| true)
            }
            Thing::Data => {
                let data = model.training_data()?;
                write_set(path, &data.set).map(|()| true)
            }
        }
    }

    fn map(&self, wish: MapWish, page: Page) -> Result<MapPicture> {
        MapPicture::new(&self.prepared.model, &self.prepared.projection, wish, page)
    }

    fn bar(&self) -> ColourBar {
        ColourBar { label: self.wish.property.label().to_owned(), range: self.range }
    }

    fn cells(&self, scene: &Scene, bounds: Bounds, cell: f64, page: Page) -> Result<String> {
        let (bar, palette) = (self.bar(), page.palette);
        CellPicture { scene, bounds, cell, bar, palette }.svg(page.pixels)
    }

    fn walk(
        &self,
        path: &Path,
        route: &Route,
        page: Page,
        go_on: &mut dyn FnMut(f64) -> bool,
    ) -> Result<bool> {
        let (Prepared { model, projection, .. }, property) = (&*self.prepared, self.wish.property);
        let strip = &Strip::of(model, property, route, (SECONDS * RATE) as usize, None)?;
        let (bar, palette) = (&self.bar(), page.palette);
        let walk = Walk { model, projection, route, strip, property, bar, palette };
        let animation = Animation { size: page.pixels, frames_per_second: RATE, looping: true };
        walk_film(path, &walk, animation, go_on)
    }

    fn report(
        &self,
        path: &Path,
        findings: Option<&Findings>,
        chosen: Option<usize>,
        go_on: &mut dyn FnMut(f64) -> bool,
    ) -> Result<bool> {
        if !go_on(0.0) {
            return Ok(false);
        }
        let search = findings.map(|findings| &findings.report);
        let mut report = Report::new(self.name.clone(), self.prepared.model.clone(), search)?;
        report.answer = chosen.or(report.answer);
        if !go_on(0.5) {
            return Ok(false);
        }
        report.write(path)?;
        Ok(true)
    }
}

impl Thing {
    fn gather(state: &State, export: &Export) -> Option<Self> {
        let findings = |climb: Option<&Climb>| climb.and_then(|climb| climb.findings.clone());
        Some(match export.what {
            Exportable::Map => Self::Map(Box::new(state.doing())),
            Exportable::Losses => Self::Losses,
            Exportable::Values => Self::Values(findings(state.climb.as_ref())?),
            Exportable::Lab => Self::Lab(comparisons(state)),
            Exportable::Film => Self::Film(findings(state.climb.as_ref())?),
            Exportable::Training => Self::Training(trained(state)?),
            Exportable::Strip => Self::Sheet(Box::new(strip(state)?)),
            Exportable::Walk => Self::Walk(state.tours.tour.as_ref()?.route.clone()),
            Exportable::NewShapes => {
                let shapes = &state.tours.drawn.as_ref()?.shapes;
                let [width, height] = export.pixels.map(|side| f64::from(side.max(1)));
                // As many rows as the page has room for cells that are squares, the last as full as can be.
                let rows = (shapes.len() as f64 * height / width).sqrt().round().max(1.0);
                let columns = shapes.len().div_ceil(rows as usize);
                Self::Sheet(Box::new(sample::sheet(shapes, columns, true)))
            }
            Exportable::Rebuild => Self::Rebuild(Box::new(rebuild(state)?.clone())),
            Exportable::Report => {
                let here = state.climb.as_ref().filter(|_| !state.is_climb_stale());
                Self::Report(findings(here), here.and_then(|climb| climb.chosen))
            }
            Exportable::Answer => {
                let (name, found) = answer(state)?;
                Self::Outlines(vec![(name, found.decoded.clone(), found.frame)])
            }
            Exportable::Pins => {
                let pins = state.map.pins.iter().enumerate();
                let named =
                    pins.map(|(at, pin)| (format!("pin {}", at + 1), pin.outline.clone(), None));
                Self::Outlines(named.collect())
            }
            Exportable::Data => Self::Data,
        })
    }
}

fn shorter([width, height]: [f64; 2]) -> f64 {
    width.min(height)
}

/// How films go on that leave the window.
fn film(page: Page) -> Film {
    Film { page, seconds: SECONDS, frames_per_second: RATE }
}
