//! Commands about files.

pub mod export;
pub mod model_files;
