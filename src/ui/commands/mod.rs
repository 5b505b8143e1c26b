//! What a person can do by a key, a menu or a main button.

mod command;
mod keys_line;
mod listed;
mod shortcuts;

pub use command::{MenuSection, UiCommand};
pub use keys_line::KeysLine;
