//! Searches: all restarts at once, races, step by step, in a lesson; and rediscoveries.

use crate::data::quantity::Quantity;
use crate::objective::Goal;
use crate::optimise::{Contender, SearchConfig};
use crate::session::action::Effect;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{
    Document, LessonSpec, RaceSpec, RediscoverySpec, SearchSpec, StartChoice, StepThroughSpec,
};
use std::sync::Arc;

pub(super) fn set_config(document: &mut Document, config: SearchConfig) -> Option<Effect> {
    document.search.config = config;
    None
}

pub(super) fn set_starts(document: &mut Document, starts: StartChoice) -> Option<Effect> {
    document.search.starts = starts;
    None
}

pub(super) fn toggle_contender(document: &mut Document, contender: Contender) -> Option<Effect> {
    document.search.contenders.toggle(contender);
    None
}

/// Adds a search. It takes the place of a step-by-step search on the map.
fn add(document: &mut Document, model: ModelId, config: SearchConfig) -> Option<RunId> {
    document.models.get(&model)?;
    let run = document.new_run();
    document.searches.insert(run, Arc::new(SearchSpec { model, config }));
    document.step_through = None;
    Some(run)
}

pub(super) fn search(
    document: &mut Document,
    model: ModelId,
    config: SearchConfig,
) -> Option<Effect> {
    add(document, model, config).map(Effect::Search)
}

pub(super) fn remove(document: &mut Document, run: RunId) -> Option<Effect> {
    document.searches.remove(&run);
    None
}

/// Begins a race with the contenders that were chosen. It takes the place of a step-by-step search on the map.
pub(super) fn race(
    document: &mut Document,
    model: ModelId,
    config: SearchConfig,
) -> Option<Effect> {
    document.models.get(&model)?;
    let (run, contenders) = (document.new_run(), document.search.contenders.clone());
    document.race = Some(Arc::new(RaceSpec { run, model, config, contenders }));
    document.step_through = None;
    Some(Effect::Race)
}

pub(super) fn remove_race(document: &mut Document) -> Option<Effect> {
    document.race = None;
    None
}

pub(super) fn rediscover(
    document: &mut Document,
    model: ModelId,
    quantity: Quantity,
    goal: Goal,
) -> Option<Effect> {
    document.models.get(&model)?;
    let run = document.new_run();
    document.rediscovery = Some(RediscoverySpec { run, model, quantity, goal });
    Some(Effect::Rediscover)
}

pub(super) fn remove_rediscovery(document: &mut Document) -> Option<Effect> {
    document.rediscovery = None;
    None
}

/// Begins the lesson, or begins it again; the settings of before the first beginning come back at its end.
pub(super) fn begin_lesson(document: &mut Document) -> Option<Effect> {
    end_lesson(document);
    let before = document.search.config.clone();
    document.lesson = Some(LessonSpec { searches: Vec::new(), before });
    None
}

pub(super) fn lesson_search(
    document: &mut Document,
    model: ModelId,
    config: SearchConfig,
) -> Option<Effect> {
    document.lesson.as_ref()?;
    let run = add(document, model, config.clone())?;
    document.search.config = config;
    document.lesson.as_mut()?.searches.push(run);
    Some(Effect::Search(run))
}

/// The settings of before come back, and the searches of the lesson go, so that paths on the map are not those of another
/// objective.
pub(super) fn end_lesson(document: &mut Document) -> Option<Effect> {
    let LessonSpec { searches, before } = document.lesson.take()?;
    searches.iter().for_each(|run| drop(document.searches.remove(run)));
    document.search.config = before;
    None
}

pub(super) fn step_through(
    document: &mut Document,
    model: ModelId,
    start: Vec<f64>,
) -> Option<Effect> {
    document.models.get(&model)?;
    let run = document.new_run();
    document.step_through = Some(StepThroughSpec { run, model, start });
    Some(Effect::StepThrough)
}

pub(super) fn remove_step_through(document: &mut Document) -> Option<Effect> {
    document.step_through = None;
    None
}
