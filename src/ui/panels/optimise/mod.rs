//! The panel of optimising.

mod conditions;
mod objective;
mod panel;
mod search;

pub use panel::show;
