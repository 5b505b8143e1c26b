//! The document: what a person decided. Plain data that can be copied, compared and written; results stand in
//! [`Runs`](super::runs::Runs) under their identities.

pub mod ids;
mod model_ref;
mod path_plan;
mod specs;
mod starts;
mod store;

pub use model_ref::{ModelRef, TrainedUntil};
pub use path_plan::{Anchor, PathPlan};
pub use specs::{
    DataSpec, DrawingSpec, HeadsSpec, ImportSpec, ImportWish, LessonSpec, ModelSource, NextSearch,
    NextTraining, OpenModel, OwnShapes, RaceSpec, RediscoverySpec, SearchSpec, StepThroughSpec,
    SweepSpec, TrainingSpec,
};
pub use starts::{StartChoice, StartOrigin};
pub use store::Document;
