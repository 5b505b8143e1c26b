//! Memos of what is derived from the stores for views.

use crate::data::quantity::Quantity;
use crate::explore::layers::trajectories::Trajectories;
use crate::explore::shapes::neighbours::Neighbour;
use crate::model::heads::held_out::HeldOutPredictions;
use crate::model::heads::reliability_diagram::ReliabilityDiagram;
use crate::optimise::SearchConfig;
use crate::optimise::codegen::CodeLine;
use crate::session::document::ids::RunId;
use crate::session::memo::Memo;
use crate::session::results::models::Prepared;
use std::sync::{Arc, Weak};

/// The most shapes whose values are remembered: those of all cards and answers on the screen, of two models.
const MAX_VALUES: usize = 96;

/// A model as the input of a memo, which does not keep it alive.
#[derive(Clone, Debug)]
pub(in crate::session) struct ModelKey(Weak<Prepared>);

impl PartialEq for ModelKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }
}

impl From<&Arc<Prepared>> for ModelKey {
    fn from(prepared: &Arc<Prepared>) -> Self {
        Self(Arc::downgrade(prepared))
    }
}

/// A model, a latent point and the shape there.
type PointKey = (ModelKey, Vec<f64>, Vec<f32>);

/// Places on the map.
type Places = Arc<Vec<[f64; 2]>>;

/// A search as a program.
#[derive(Debug)]
pub struct SearchCode {
    /// The search in PyTorch, each line with its stage.
    pub lines: Vec<CodeLine>,
    /// The lines before it.
    pub preamble: Vec<String>,
    /// The same search on the command line.
    pub command: String,
}

/// The memos of derived values.
#[derive(Debug)]
pub(in crate::session) struct Derived {
    pub(in crate::session) values: Memo<(ModelKey, Quantity, Vec<f32>), f64>,
    pub(in crate::session) neighbours: Memo<PointKey, Arc<Vec<Neighbour>>>,
    pub(in crate::session) nearest: Memo<(ModelKey, Vec<f64>), Option<Vec<f64>>>,
    /// The trajectories of searches and of contenders of races on other planes than those they were made on.
    pub(in crate::session) on_planes: Memo<(RunId, Option<usize>, ModelKey), Arc<Trajectories>>,
    /// The places on the map of the chosen rows.
    pub(in crate::session) chosen: Memo<(ModelKey, Arc<[u32]>), Places>,
    /// The values by which the points of the data are coloured.
    pub(in crate::session) point_values: Memo<(ModelKey, Quantity), Arc<Vec<f64>>>,
    pub(in crate::session) held_out: Memo<(ModelKey, Quantity), Option<Arc<HeldOutPredictions>>>,
    pub(in crate::session) diagrams: Memo<(ModelKey, Quantity), Option<Arc<ReliabilityDiagram>>>,
    pub(in crate::session) code: Memo<(ModelKey, SearchConfig, String), Arc<SearchCode>>,
}

impl Default for Derived {
    fn default() -> Self {
        Self {
            values: Memo::new(MAX_VALUES),
            neighbours: Memo::new(1),
            nearest: Memo::new(1),
            on_planes: Memo::new(2),
            chosen: Memo::new(1),
            point_values: Memo::new(2),
            held_out: Memo::new(1),
            diagrams: Memo::new(1),
            code: Memo::new(1),
        }
    }
}
