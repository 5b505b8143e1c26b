//! Terms, penalties and constraints of a search, and the objective that all callers share.

mod compiled;
mod evaluate;
mod evaluation;
mod graph;
mod shown;
mod spec;

pub use evaluate::Objective;
pub use evaluation::{Evaluation, Outside, constraint_weights, kept_constraints};
pub use spec::{Constraint, Goal, ObjectiveSpec, Relation, Space, Term};
