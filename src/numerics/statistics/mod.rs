//! Statistics: quantiles, neighbours, linear models, mixtures, Gaussian processes and samples of their functions.

pub mod drawn_function;
pub mod gaussian_process;
pub mod logistic;
mod minimum;
pub mod mixture;
pub mod nearest;
pub mod quantile;
pub mod ridge;
