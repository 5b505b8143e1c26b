//! What the points and paths on the screen were last computed for.

use super::ids::{ModelId, RunId};
use super::models::Prepared;
use super::view::Activity;
use crate::data::property::Property;
use crate::model::PointRef;
use crate::objective::ObjectiveSpec;
use crate::optimise::SearchConfig;
use std::sync::Arc;

/// What points are computed of.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) model: (ModelId, u64),
    pub(super) prepared: Arc<Prepared>,
    pub(super) spec: ObjectiveSpec,
    pub(super) activity: Activity,
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
    pub(super) inputs: Option<Inputs>,
    pub(super) property: Option<Property>,
    pub(super) pins: Vec<PointRef>,
    pub(super) step_through: Option<(RunId, SearchConfig)>,
}
