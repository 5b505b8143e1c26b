//! The views. They read the state and push actions; they compute nothing and wait for nothing.

mod app;
mod commands;
mod data_sheet;
mod dialogs;
mod drawer;
mod egui_text;
mod icons;
mod inspector;
mod jobs;
mod keys;
mod map;
mod notices;
mod panels;
mod request;
mod theme;
mod top_bar;
mod widgets;
mod window;

pub use app::App;
pub use window::run;
