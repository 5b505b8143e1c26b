//! Keeps what is on the screen in step with the stores: points, paths and pictures are made again when what they are made of
//! has changed, whatever changed it.

use super::Session;
use super::ids::{ModelId, RunId};
use super::models::Prepared;
use super::step_through::StepThroughState;
use super::view::Activity;
use crate::data::property::Property;
use crate::model::PointRef;
use crate::objective::ObjectiveSpec;
use crate::optimise::{SearchConfig, Starts};
use std::sync::Arc;

/// What points are computed of.
#[derive(Clone, Debug)]
struct Inputs {
    model: (ModelId, u64),
    prepared: Arc<Prepared>,
    spec: ObjectiveSpec,
    activity: Activity,
}

impl PartialEq for Inputs {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model
            && Arc::ptr_eq(&self.prepared, &other.prepared)
            && self.spec == other.spec
            && self.activity == other.activity
    }
}

/// What the points and paths on the screen were last computed for.
#[derive(Debug, Default)]
pub(super) struct Seen {
    inputs: Option<Inputs>,
    property: Option<Property>,
    pins: Vec<PointRef>,
    step_through: Option<(RunId, SearchConfig)>,
}

impl Session {
    /// Makes again what is out of date.
    pub(super) fn refresh(&mut self) {
        self.show_what_is_there();
        let state = &self.state;
        let property = state.property();
        if self.seen.property.replace(property) != Some(property) {
            self.state.release_range();
        }
        let state = &self.state;
        let inputs = state.shown().map(|(id, entry)| Inputs {
            model: (id, entry.version),
            prepared: entry.prepared.clone(),
            spec: state.search_config().spec.clone(),
            activity: state.view.activity,
        });
        let is_new = inputs != self.seen.inputs;
        let shown = inputs.as_ref().map(|inputs| inputs.model.0);
        let pins = shown.and_then(|id| state.document.models.get(&id)).map(|model| &model.pins);
        let pins = pins.cloned().unwrap_or_default();
        if is_new {
            self.seen.inputs = inputs;
            self.look_again();
        }
        if is_new || pins != self.seen.pins {
            self.state.map.pins = pins.iter().filter_map(|pin| self.probe_point(pin)).collect();
            self.seen.pins = pins;
        }
        self.refresh_step_through();
        self.refresh_tours();
        self.look_at_search();
        self.ask_for_picture();
        self.follow_comparison();
        self.measure_shown();
    }

    /// Lets the view show what the document has: a wanted model once it is there, another one for a model that was closed.
    fn show_what_is_there(&mut self) {
        let state = &mut self.state;
        if let Some(wanted) = state.view.wanted.filter(|id| state.model(*id).is_some()) {
            state.show(wanted);
            let beside = state.view.wanted_beside.take();
            beside.into_iter().for_each(|id| state.put_beside(id));
        }
        if state.shown().is_none() {
            let before = state.view.before.filter(|id| state.models().any(|(open, _)| open == *id));
            let other = before.or_else(|| state.models().last().map(|(id, _)| id));
            other.into_iter().for_each(|id| state.show(id));
        }
        let is_there = |run: &RunId| state.document.searches.contains_key(run);
        if state.view.search.is_none_or(|run| !is_there(&run)) {
            let in_shown = |(_, spec): &(&RunId, &Arc<_>)| is_of(spec, state.view.shown);
            let searches = &state.document.searches;
            let newest = searches.iter().rev().find(in_shown).or(searches.iter().next_back());
            state.view.search = newest.map(|(run, _)| *run);
        }
    }

    /// Begins the step-by-step search again from its start when the settings of the search have changed.
    fn refresh_step_through(&mut self) {
        let state = &mut self.state;
        let Some(spec) = &state.document.step_through else {
            self.seen.step_through = None;
            return;
        };
        let run = spec.run;
        // The number and the position of the starts do not matter for one restart.
        let config = SearchConfig {
            restarts: 1,
            seed: 0,
            starts: Starts::default(),
            ..state.search_config().into_owned()
        };
        let now = Some((run, config));
        if now == self.seen.step_through {
            return;
        }
        let is_known = self.seen.step_through.as_ref().is_some_and(|(known, _)| *known == run);
        self.seen.step_through = now;
        if !is_known && state.runs.step_throughs.contains_key(&run) {
            return;
        }
        let config = state.search_config().into_owned();
        let Some(before) = state.walk() else { return };
        match StepThroughState::again(before, &config) {
            Ok(again) => _ = state.runs.step_throughs.insert(run, again),
            Err(error) => {
                state.runs.step_throughs.remove(&run);
                state.notices.error(error);
            }
        }
    }
}

fn is_of(spec: &super::document::SearchSpec, model: Option<ModelId>) -> bool {
    Some(spec.model) == model
}
