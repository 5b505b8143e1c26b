//! Exporting: what is shown leaves as a picture, a film, outlines or a report, written by a job.

use super::event::{End, Outcome, Product, RunId};
use super::job::Control;
use super::leaving::{Leaving, answer, comparisons, rebuild, strip, trained};
use super::{Session, State};
use crate::explore::rebuild::Rebuild;
use crate::export::sheet::{CELL, LARGE_CELL, height_of};
use crate::export::walk::FRAME;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The usual size of films of the map and of a walk, in pixels.
const FILM: [u32; 2] = [600, 600];
/// See [`FILM`].
const WALK: [u32; 2] = [FRAME[0] as u32, FRAME[1] as u32];

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
    /// What a lab measured of the candidates against what was predicted.
    Lab,
    /// The search as a film.
    Film,
    /// The training that is watched as a film of its moments.
    Training,
    /// The frames of the way over the map side by side, and of the straight blend.
    Strip,
    /// The way over the map as a film: the shape as it morphs.
    Walk,
    /// The new shapes with their verdicts.
    NewShapes,
    /// The kept shape of the data beside its rebuild.
    Rebuild,
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
    pub const ALL: [Self; 14] = [
        Self::Map,
        Self::Losses,
        Self::Values,
        Self::Lab,
        Self::Film,
        Self::Training,
        Self::Strip,
        Self::Walk,
        Self::NewShapes,
        Self::Rebuild,
        Self::Report,
        Self::Answer,
        Self::Pins,
        Self::Data,
    ];

    /// The endings of the files that it can become, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Map | Self::Losses | Self::Values => &["png", "svg"],
            Self::Lab => &["png", "svg", "csv"],
            Self::Strip | Self::NewShapes | Self::Rebuild => &["png", "svg"],
            Self::Film | Self::Training | Self::Walk => &["gif"],
            Self::Report => &["html", "json"],
            Self::Answer => &["svg", "dxf", "csv", "json", "dat"],
            Self::Pins | Self::Data => &["csv", "svg", "dxf", "json"],
        }
    }

    /// Whether it has a size and colours of its own.
    pub fn is_picture(self) -> bool {
        self.is_film() || self.endings().contains(&"png")
    }

    /// Whether it moves.
    pub fn is_film(self) -> bool {
        matches!(self, Self::Film | Self::Training | Self::Walk)
    }

    /// Whether `path` has one of its endings; a folder may take airfoils.
    pub fn fits(self, path: &Path) -> bool {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        self.endings().iter().any(|known| ending == *known)
    }

    /// Why it cannot leave now, and what to do about it; nothing where it can.
    pub fn missing(self, state: &State) -> Option<&'static str> {
        let Some((id, entry)) = state.shown() else { return Some("Open a model first.") };
        let climb = state.climb.as_ref().filter(|climb| climb.findings.is_some());
        let no_way = state.tours.tour.is_none();
        match self {
            Self::Values | Self::Film if climb.is_none() => Some("Climb first."),
            Self::Film if climb.is_some_and(|climb| climb.model.0 != id) => {
                Some("The climb was made in another model; show that one first.")
            }
            Self::Lab if comparisons(state).is_empty() => {
                Some("Import what was measured of the candidates first.")
            }
            Self::Training if trained(state).is_none() => Some("Train a model first."),
            Self::Answer if answer(state).is_none() => Some("Climb first."),
            Self::Strip | Self::Walk if no_way => {
                Some("Press Walk in the Explore panel, or Shift-click the map, first.")
            }
            Self::NewShapes if state.tours.drawn.is_none() => {
                Some("Press New shapes in the Explore panel, or N, first.")
            }
            Self::Rebuild if rebuild(state).is_none() => {
                Some("Click a dot of the data on the map first; D shows them.")
            }
            Self::Pins if state.map.pins.is_empty() => {
                Some("Right-click the map to pin shapes first.")
            }
            Self::Losses if entry.prepared.model.card.history.is_empty() => {
                Some("This model tells nothing of its training.")
            }
            _ => None,
        }
    }

    /// The usual size of its picture, in pixels: that of the map on the screen, twice as fine, or one that leaves no
    /// room empty.
    pub fn usual_size(self, state: &State) -> [u32; 2] {
        let strip = || strip(state).map(|sheet| sheet.bounds());
        let fitting = |bounds, cell, width| [width, height_of(bounds, cell, width)];
        match self {
            Self::Strip => strip().map_or(WALK, |bounds| fitting(bounds, CELL, 2400)),
            Self::Rebuild => fitting(Rebuild::bounds(), LARGE_CELL, 1600),
            Self::NewShapes => [1920, 1080],
            Self::Walk => WALK,
            Self::Film | Self::Training => FILM,
            _ => state.map.size.map(|side| (2.0 * side).round().clamp(100.0, 8192.0) as u32),
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
        let Some(leaving) = Leaving::gather(state, &export) else { return };
        state.export.failed = None;
        let control = Arc::new(Control::default());
        let hand = control.clone();
        let run = self.start("export", move |reporter| leaving.write(&export, &hand, reporter));
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
