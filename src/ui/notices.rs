//! Notices over the lower left of the map.

use super::icons::{Icon, icon_button};
use super::map::colour_scale;
use super::map::view::plate;
use super::request::Requests;
use super::theme;
use crate::session::notices::{Notice, Offer};
use crate::session::{Command, State};
use crate::text;
use egui::{
    Align2, Area, Context, Id, Label, Margin, Rect, ScrollArea, Sense, Stroke, Ui, UiBuilder,
};

/// The most width of a notice, in points.
const WIDTH: f32 = 560.0;
/// The width of the buttons beside a text: of the one that dismisses it, and of that and the one that shows a result.
const BUTTONS: [f32; 2] = [38.0, 110.0];
/// The distance from the edges of the map, in points.
const INSET: f32 = 10.0;

/// Shows all notices whole, oldest first, over the map at `map`; those that have no room there are reached by scrolling.
pub fn show(ctx: &Context, map: Rect, state: &State, actions: &mut Requests) {
    if state.notices.iter().next().is_none() {
        return;
    }
    let scale = if colour_scale::is_needed(state) { colour_scale::HEIGHT } else { 0.0 };
    let room = map.with_max_y(map.bottom() - scale).shrink(INSET);
    let area =
        Area::new(Id::unique("notices")).pivot(Align2::LEFT_BOTTOM).fixed_pos(room.left_bottom());
    area.constrain_to(room).show(ctx, |ui| {
        ui.set_max_width(room.width().min(WIDTH));
        ScrollArea::vertical().max_height(room.height()).show(ui, |ui| {
            state.notices.iter().for_each(|told| notice(ui, told, actions));
        });
    });
}

/// A notice; a click anywhere on it dismisses it.
fn notice(ui: &mut Ui, notice: &Notice, actions: &mut Requests) {
    let accent = match notice.is_error() {
        true => ui.visuals().error_fg_color,
        false => theme::accent(ui),
    };
    let frame = plate(ui)
        .fill(ui.visuals().panel_fill)
        .stroke(Stroke::new(1.5, accent))
        .inner_margin(Margin::symmetric(10, 6));
    // Without the focus of the keyboard: its button has that.
    let all = ui.scope_builder(UiBuilder::new().sense(Sense::CLICK), |ui| {
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                let buttons = if notice.offer.is_some() { BUTTONS[1] } else { BUTTONS[0] };
                ui.scope(|ui| {
                    ui.set_max_width(ui.available_width() - buttons);
                    ui.add(Label::new(notice.text.clone()).wrap());
                });
                if let Some(offer) = notice.offer
                    && ui.button(text!("Show")).clicked()
                {
                    actions.command(match offer {
                        Offer::Model(id) => Command::ShowModel(id),
                        Offer::Search(run) => Command::ChooseSearch(run),
                    });
                    actions.command(Command::Dismiss(notice.id));
                }
                if icon_button(ui, Icon::Close, text!("Dismiss")).clicked() {
                    actions.command(Command::Dismiss(notice.id));
                }
            });
        });
    });
    if all.response.clicked() {
        actions.command(Command::Dismiss(notice.id));
    }
}
