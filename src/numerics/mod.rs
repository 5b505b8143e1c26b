//! Arithmetic that all other modules share: Adam, keyed randomness, percentiles, nearest points, atomic file writes.

pub mod adam;
pub mod atomic_file;
pub mod cancel_token;
pub mod format;
pub mod linear_algebra;
pub mod random;
pub mod runtime;
pub mod standard_streams;
pub mod statistics;
