//! What is sought: terms, penalties and constraints, and the objective that everything calls.

mod aim;
mod differentiable;
mod evaluate;
mod quick;
mod shown;

pub use aim::{Aim, By, Constraint, Goal, Relation, Space, Term};
pub use evaluate::{Evaluation, Objective, Outside, constraint_weights, kept_constraints};
