//! Terms, penalties and constraints of a search, and the objective that all callers share.

mod aim;
mod compiled;
mod evaluate;
mod evaluation;
mod geometry_graph;
mod graph;
mod shown;

pub use aim::{Aim, By, Constraint, Goal, Relation, Space, Term};
pub use evaluate::Objective;
pub use evaluation::{Evaluation, Outside, constraint_weights, kept_constraints};
