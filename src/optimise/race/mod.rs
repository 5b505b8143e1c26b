//! Several methods side by side: the same starts, the same objective, the same budget.
//!
//! Every contender is a [`Search`](crate::optimise::Search). These rules make them comparable:
//!
//! - The starts are equal, because they depend only on the seed.
//! - Each restart has the same budget of evaluations: values plus gradients, including those of line searches and
//!   generations. Evaluations beyond the budget have no effect on the result.
//! - Early stopping is off, so that no contender ends because of a small patience. The plateau schedule stays as it was
//!   set, because it is a part of the method. A method that ends by itself (L-BFGS and CMA-ES do when they find no
//!   lower loss) leaves the rest of its budget unused.
//! - The comparison uses the best so far, by loss, of all restarts of a contender together.

mod contender;
mod report;
mod stepper;

pub use contender::{Contender, Contenders};
pub use report::{ContenderReport, RaceReport};
pub use stepper::{Race, Runner};
