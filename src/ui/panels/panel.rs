//! The panel of the present activity.

use super::{explore, optimise, train};
use crate::session::{Activity, State};
use crate::ui::action::Actions;
use egui::{ScrollArea, Ui};

/// Shows the panel of the present activity.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
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
