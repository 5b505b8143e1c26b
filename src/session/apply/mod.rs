//! Carries actions out: the document changes, and the work that it asks for is returned. No clock, file, thread or view is read.

mod dispatch;
mod models;
mod paths;
mod points;
mod searches;
mod trainings;

pub use dispatch::apply;
