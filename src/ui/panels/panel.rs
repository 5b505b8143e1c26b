//! The panel of the present activity.

use super::{explore, optimise, train};
use crate::session::{Activity, State};
use crate::ui::request::Requests;
use crate::ui::widgets::scrolling;
use egui::Ui;

/// Shows the panel of the present activity.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    match state.view.activity {
        Activity::Explore => scrolling(ui, |ui| explore::show(ui, state, actions)),
        Activity::Train => train::show(ui, state, actions),
        Activity::Optimise => optimise::show(ui, state, actions),
    }
}
