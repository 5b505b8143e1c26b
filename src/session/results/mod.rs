//! Parts of results: models as they are prepared for the screen, points in detail, findings of searches, snapshots of
//! trainings.

pub mod findings;
pub mod freehand;
pub mod lesson;
pub mod losses;
pub mod models;
pub mod planned_path;
pub mod playback;
pub mod playhead;
pub mod probe;
pub mod step_through;
pub mod timeline;
