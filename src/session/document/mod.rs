//! The document: what a person decided. Plain data that can be copied, compared and written; results stand in
//! [`Runs`](super::runs::Runs) under their identities.

pub mod ids;
mod path_plan;
mod specs;
mod starts;
mod store;

pub use path_plan::{Anchor, PathPlan};
pub use specs::{
    DataSpec, DrawingSpec, ImportSpec, ImportWish, LessonSpec, ModelSource, NextSearch,
    NextTraining, OpenModel, OwnShapes, RaceSpec, RediscoverySpec, SearchSpec, StepThroughSpec,
    SweepSpec, TrainingSpec,
};
pub use starts::{Origin, StartChoice};
pub use store::Document;
