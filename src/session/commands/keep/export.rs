//! Start of exports: the ones that are possible now, their usual sizes, and their content.

use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::explore::shapes::new_shapes;
use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::export::pictures::contact_sheet::{CELL, LARGE_CELL, height_of};
use crate::export::pictures::map::{MapWish, Screen};
use crate::export::pictures::path_strip::FRAME;
use crate::optimise::{LabComparison, RestartReport};
use crate::session::core::Core;
use crate::session::jobs::keep::export::{
    Content, Export, ExportJob, Exportable, TrainingSnapshots,
};
use crate::session::jobs::registry::JobKind;
use crate::session::results::models::file_name;
use crate::session::state::State;
use crate::session::view::Activity;
use crate::session::view::ShownSearch;
use crate::text;
use crate::text::Text;

/// The usual size of films of the map and of a latent path, in pixels.
const FILM: [u32; 2] = [600, 600];
/// See [`FILM`].
const WALK: [u32; 2] = [FRAME[0] as u32, FRAME[1] as u32];

impl Exportable {
    /// Returns why the export is impossible now and what to do about it; none if it is possible.
    pub fn missing(self, state: &State) -> Option<Text> {
        let Some((id, entry)) = state.shown() else { return Some(text!("Open a model first.")) };
        let search_run = state.search().filter(|search_run| search_run.findings.is_some());
        let no_way = state.tours.tour.is_none();
        match self {
            Self::Values | Self::Film if search_run.is_none() => Some(text!("Run a search first.")),
            Self::Film if search_run.is_some_and(|search_run| search_run.model.0 != id) => {
                Some(text!("The search was made in another model; show that one first."))
            }
            Self::Lab if comparisons(state).is_empty() => {
                Some(text!("Import lab results of the candidates first."))
            }
            Self::Training if trained(state).is_none() => Some(text!("Train a model first.")),
            Self::Answer if answer(state).is_none() => Some(text!("Run a search first.")),
            Self::Strip | Self::Walk if no_way => {
                Some(text!("Press Walk in the Explore panel, or Shift-click the map, first."))
            }
            Self::NewShapes if state.tours.drawn.is_none() => {
                Some(text!("Press New samples in the Explore panel, or N, first."))
            }
            Self::Rebuild if rebuild(state).is_none() => {
                Some(text!("Click a dot of the data on the map first; D shows them."))
            }
            Self::Pins if state.map.pins.is_empty() => {
                Some(text!("Right-click the map to pin shapes first."))
            }
            Self::Rows if state.view.chosen.is_empty() => Some(text!(
                "Choose rows first: Ctrl-drag around their points on the map, or Ctrl-click them in the data."
            )),
            Self::Losses if entry.prepared.model.card.history().is_empty() => {
                Some(text!("This model has no record of its training."))
            }
            _ => None,
        }
    }

    /// The usual size of the picture, in pixels: twice that of the map on the screen, or one that leaves no empty
    /// margin.
    pub fn usual_size(self, state: &State) -> [u32; 2] {
        let strip = || strip(state).map(|sheet| sheet.bounds());
        let fitting = |bounds, cell, width| [width, height_of(bounds, cell, width)];
        match self {
            Self::Strip => strip().map_or(WALK, |bounds| fitting(bounds, CELL, 2400)),
            Self::Rebuild => fitting(ReconstructedShape::bounds(), LARGE_CELL, 1600),
            Self::NewShapes => [1920, 1080],
            Self::Walk => WALK,
            Self::Film | Self::Training => FILM,
            _ => state.view.map.size().map(|side| (2.0 * side).round().clamp(100.0, 8192.0) as u32),
        }
    }
}

/// Starts an export; only one can run at a time.
pub(in crate::session) fn begin_export(core: &mut Core, export: Export) {
    let state = &mut core.state;
    if state.export.job.is_some() {
        return state
            .notices
            .info(text!("Something is being exported; wait for it or cancel it first."));
    }
    if let Some(missing) = export.what.missing(state) {
        state.export.failed = Some(missing.clone());
        return state.notices.info(missing);
    }
    let Some(job) = gathered(state, &export) else { return };
    state.export.failed = None;
    let name = file_name(&export.path);
    let run = core.start(JobKind::Export, name, move |handle| job.run(&export, handle));
    core.state.export.job = Some(run);
}

/// The restart of the answer: the followed one, once the search is over.
fn answer(state: &State) -> Option<(String, &RestartReport)> {
    let search_run = state.search()?;
    let restart = search_run.followed()?;
    let found = search_run.run().report()?.restarts.get(restart)?;
    Some((format!("restart {}", restart + 1), found))
}

/// Lab results of the candidates beside their predictions.
fn comparisons(state: &State) -> Vec<LabComparison> {
    let compare = |search_run: ShownSearch<'_>| {
        let findings = search_run.findings.as_ref()?;
        Some(findings.report.comparisons(&findings.candidates, &search_run.lab))
    };
    state.search().and_then(compare).unwrap_or_default()
}

/// The snapshots of the watched training.
fn trained(state: &State) -> Option<TrainingSnapshots> {
    let training = state.watched()?;
    let moments = training.timeline.moments();
    let context = training.context.clone().filter(|_| moments.len() > 1)?;
    Some(TrainingSnapshots { context, moments: moments.to_vec() })
}

/// The selected data row with its reconstruction.
fn rebuild(state: &State) -> Option<&ReconstructedShape> {
    state.map.picked.as_ref()?.rebuild.as_ref()
}

/// The frames of the latent path side by side, and what their marks mean.
fn strip(state: &State) -> Option<ContactSheet> {
    let strip = &state.tours.tour.as_ref()?.strip;
    strip.rows(&state.shown()?.1.prepared.model, state.quantity(), true).ok()
}

/// The input of an export as it is now, if it is available.
fn gathered(state: &State, export: &Export) -> Option<ExportJob> {
    let (_, entry) = state.shown()?;
    let wish = MapWish {
        visible: state.visible(),
        quantity: state.quantity(),
        plain: state.view.activity == Activity::Train,
        range: Some(state.range()),
        view: Some(state.view.map.bounds),
        screen: Some(Screen {
            spacing: state.view.map.spacing(),
            side: shorter(state.view.map.size()),
        }),
        spec: (*state.map.spec()).clone(),
        pins: state.map.pins.iter().map(|pin| pin.at).collect(),
    };
    let file = entry.path.as_ref().map(|path| path.display().to_string());
    Some(ExportJob {
        prepared: entry.prepared.clone(),
        name: file.unwrap_or_else(|| entry.name.to_string()),
        wish,
        range: state.range(),
        content: content(state, export)?,
    })
}

/// The content of an export as it is now, if it is available.
fn content(state: &State, export: &Export) -> Option<Content> {
    let findings = |search_run: Option<ShownSearch<'_>>| {
        search_run.and_then(|search_run| search_run.findings.clone())
    };
    Some(match export.what {
        Exportable::Map => Content::Map(Box::new(state.annotations())),
        Exportable::Losses => Content::Losses,
        Exportable::Values => Content::Values(findings(state.search())?),
        Exportable::Lab => Content::Lab(comparisons(state)),
        Exportable::Film => Content::Film(findings(state.search())?),
        Exportable::Training => Content::Training(trained(state)?),
        Exportable::Strip => Content::Sheet(Box::new(strip(state)?)),
        Exportable::Walk => Content::Walk(state.tours.tour.as_ref()?.latent_path.clone()),
        Exportable::NewShapes => {
            let shapes = &state.tours.drawn.as_ref()?.shapes;
            let model = &state.shown()?.1.prepared.model;
            let [width, height] = export.pixels.map(|side| f64::from(side.max(1)));
            // The cells are about square if the page has this many rows; the last row is as full as possible.
            let rows = (shapes.len() as f64 * height / width).sqrt().round().max(1.0);
            let columns = shapes.len().div_ceil(rows as usize);
            Content::Sheet(Box::new(new_shapes::sheet(model, shapes, columns, true)))
        }
        Exportable::Rebuild => Content::Rebuild(Box::new(rebuild(state)?.clone())),
        Exportable::Report => {
            let here = state.search().filter(|_| !state.is_search_stale());
            Content::Report(findings(here), here.and_then(|search_run| search_run.look.chosen))
        }
        Exportable::Answer => {
            let (name, found) = answer(state)?;
            Content::Outlines(vec![(name, found.decoded.clone(), found.frame)])
        }
        Exportable::Pins => {
            let pins = state.map.pins.iter().enumerate();
            let named =
                pins.map(|(at, pin)| (format!("pin {}", at + 1), pin.outline.clone(), None));
            Content::Outlines(named.collect())
        }
        Exportable::Data => Content::Data,
        Exportable::Rows => Content::Rows(state.view.chosen.clone()),
    })
}

fn shorter([width, height]: [f64; 2]) -> f64 {
    width.min(height)
}
