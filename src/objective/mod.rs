//! What is sought: properties, their differentiable geometry, and the objective that everything calls.

mod differentiable;
mod evaluate;
pub mod property;

pub use evaluate::{Evaluation, Mode, Objective, Term};
pub use property::Property;
