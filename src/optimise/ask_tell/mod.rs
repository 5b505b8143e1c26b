//! Ask-tell optimisers, for methods other than the update rules: CMA-ES, L-BFGS and random search, from one start each.
//!
//! An ask-tell optimiser never calls the loss. The caller asks for points, evaluates them, and tells the losses. So the
//! points of many optimisers, and of a whole generation, are one batch for the network, and the caller counts all of
//! them, trial points of line searches too.
//!
//! CMA-ES and L-BFGS come from the crate `genoxide`, the only one with an ask-tell interface for both, with seeds, and
//! with shorter steps after invalid points. Other crates call the loss themselves, one point at a time: `argmin` (which
//! has no CMA-ES, and whose L-BFGS ends at the first trial point that is not finite) and `cmaes`. `fcmaes-core` has an
//! ask-tell interface, but no L-BFGS, and does not report the current point of its search. `genoxide` is young, so this
//! module hides it completely, and the tests compare its results with those of the reference implementations.

mod cma_es;
mod iteration;
mod lbfgs;
mod optimiser;
mod random;
mod search_box;

pub use iteration::{OptimiserEnd, Place};
pub use optimiser::{AskTellOptimiser, Asked, Evaluate, LossSample, advance};
