//! Texts for people, and their translations.

mod catalogue;
mod key;
mod message;
mod printable;
mod suggestion;

pub use catalogue::{Language, language, speak, words_for};
pub use key::Key;
pub use message::{Argument, Text};
pub use printable::{escaped_json, printable};
pub use suggestion::suggestion;
