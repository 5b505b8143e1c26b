//! The view: where one looks. It is never undone.

mod row_choice;
pub mod search_look;
mod selection;
mod store;
mod training_look;
mod viewport;

pub use row_choice::RowChoice;
pub use search_look::{SearchLook, ShownSearch};
pub use selection::{PickedAs, Selection};
pub use store::{Activity, Compared, ExplorePage, Layers, View};
pub use training_look::{ShownTraining, TrainingLook};
pub use viewport::{USUALLY_COVERED, Viewport};
