//! Names: looked up, and told apart.

pub mod index;
pub mod unique;
