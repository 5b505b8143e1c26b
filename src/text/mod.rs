//! Texts for people, and their translations.

mod catalogue;
mod key;
mod message;

pub use catalogue::{Language, language, speak, words_for};
pub use key::Key;
pub use message::{Argument, Text};
