//! Terms, penalties and constraints of a search, and the objective that all callers share.

mod column_constraint;
mod compiled;
mod evaluate;
mod evaluation;
mod feasible_set;
mod graph;
mod linear_constraint;
mod shown;
mod space;
mod spec;
#[cfg(test)]
pub(crate) mod test_table;

pub use column_constraint::ColumnConstraint;
pub use evaluate::Objective;
pub use evaluation::{Evaluation, KeptConstraint, Penalties, kept_columns, kept_constraints};
pub use feasible_set::{FeasibleSet, project_onto_sum};
pub use linear_constraint::{BrokenConstraint, LinearConstraint, linear_constraints};
pub use space::Space;
pub use spec::{Constraint, Goal, ObjectiveSpec, Relation, Term};
