//! What is sought: terms, penalties and constraints, and the objective that everything calls.

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
