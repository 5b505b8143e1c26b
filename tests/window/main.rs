//! The whole window, used as a person would use it: no driver, no display, by mouse and keyboard.

#[path = "../common/command_line.rs"]
mod command_line;
#[path = "../driver/mod.rs"]
mod driver;
#[path = "../common/steels.rs"]
mod steels;

mod comparison;
mod everything;
mod files;
mod jobs;
mod latent_paths;
mod layout;
mod map;
mod notices;
mod objective;
mod race;
mod rediscovery;
mod search;
mod step_through;
mod tables;
mod training;

use driver::window::{
    Window, choose, click, click_at, click_label, click_on_map, click_part, click_with, ctrl, fill,
    fill_path, in_panel, in_panel_beginning, in_picture, key, map, map_point, near, on_map, open,
    open_as, open_drawer, open_in, open_typed, open_with, path_field, place, press, press_below,
    said, scroll_to, search, set, settle, show, tick, train, turn, under_way, unfold, until_button,
    until_searched, until_trained, usual, wheel,
};
use driver::{Drive, Page, RestartColumn, See, Settings, TrainingPhase, words};
use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers, PointerButton, Pos2, Theme};
use egui_kittest::kittest::{NodeT, Queryable};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::optimise::SearchConfig;
use std::path::{Path, PathBuf};
