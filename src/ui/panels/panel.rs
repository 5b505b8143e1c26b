//! The panel of the present activity.

use super::{explore, optimise, train};
use crate::session::{Activity, State};
use crate::ui::request::Requests;
use egui::{ScrollArea, Ui};

/// Shows the panel of the present activity.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    match state.view.activity {
        Activity::Explore => {
            ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| explore::show(ui, state, actions));
        }
        Activity::Train => train::show(ui, state, actions),
        Activity::Optimise => optimise::show(ui, state, actions),
    }
}
