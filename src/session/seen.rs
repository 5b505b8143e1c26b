//! The inputs of the points, paths and errors on the screen, as they were when these were last computed.

use crate::data::quantity::Quantity;
use crate::model::PointRef;
use crate::objective::ObjectiveSpec;
use crate::optimise::SearchConfig;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{NextSearch, NextTraining};
use crate::session::results::models::Prepared;
use crate::session::view::{Activity, Selection};
use std::sync::Arc;

/// The inputs of points.
#[derive(Clone, Debug)]
pub(in crate::session) struct PointInputs {
    pub(in crate::session) model: (ModelId, u64),
    pub(in crate::session) prepared: Arc<Prepared>,
    pub(in crate::session) spec: ObjectiveSpec,
    pub(in crate::session) activity: Activity,
}

impl PartialEq for PointInputs {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model
            && Arc::ptr_eq(&self.prepared, &other.prepared)
            && self.spec == other.spec
            && self.activity == other.activity
    }
}

/// The inputs of the points and paths on the screen, as they were when these were last computed.
#[derive(Debug, Default)]
pub(in crate::session) struct ScreenInputs {
    pub(in crate::session) inputs: Option<PointInputs>,
    pub(in crate::session) quantity: Option<Quantity>,
    pub(in crate::session) selection: Option<Selection>,
    pub(in crate::session) pins: Vec<PointRef>,
    pub(in crate::session) step_through: Option<(RunId, SearchConfig)>,
    /// The shown model and its version.
    pub(in crate::session) model: Option<(ModelId, u64)>,
    /// The settings of the next search, and the point that it may wait for.
    pub(in crate::session) search: (NextSearch, Option<Selection>),
    /// The settings of the next training.
    pub(in crate::session) training: NextTraining,
}
