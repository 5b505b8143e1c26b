//! The left panel, one for each activity: at most six controls, the others under "More", and one main button.

mod explore;
mod heads;
mod optimise;
mod rediscover;
mod tour;
mod train;

use super::action::Actions;
use crate::session::{Activity, State};
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
