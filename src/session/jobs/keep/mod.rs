//! Jobs that write files.

pub mod export;
pub mod save;
