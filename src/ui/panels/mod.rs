//! The left panel, one for each activity: at most six controls, the rest under "More", one button to press.

mod explore;
mod optimise;
mod train;

use super::action::Actions;
use crate::session::{Activity, State};
use egui::{ScrollArea, Ui};

/// Draws the panel of the present activity.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let scrolled = |ui: &mut Ui, add: &mut dyn FnMut(&mut Ui)| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| add(ui));
    };
    match state.activity {
        Activity::Explore => scrolled(ui, &mut |ui| explore::show(ui, state, actions)),
        Activity::Train => train::show(ui, state, actions),
        Activity::Optimise => scrolled(ui, &mut |ui| optimise::show(ui, state, actions)),
    }
}
