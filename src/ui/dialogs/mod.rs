//! Dialogs over the window, and the system's file dialogs.

pub mod candidates;
pub mod code;
pub mod export;
pub mod export_form;
pub mod fields;
pub mod file_dialogs;
pub mod freehand;
mod held_out;
pub mod import;
mod model;
pub mod over_window;
pub mod sweep;
mod table;
