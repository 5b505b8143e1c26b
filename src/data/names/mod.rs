//! Names: looked up, told apart, and quoted.

pub mod index;
pub mod quoted;
pub mod unique;
