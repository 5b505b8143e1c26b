//! The view: where one looks. It is never undone.

pub mod search_look;
mod store;

pub use search_look::{SearchLook, ShownSearch};
pub use store::{Activity, Layers, TourPage, View};
