//! Results, by their identities.

pub mod findings;
pub mod freehand;
pub mod lesson;
pub mod models;
pub mod playback;
pub mod playhead;
pub mod step_through;
mod store;
pub mod timeline;

pub use store::Runs;
