//! The controls of a playback: back, play or pause, forward, speed, and a timeline with a playhead.

use super::lines::sparkline;
use crate::session::Command;
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::request::Requests;
use crate::ui::theme;
use egui::{Sense, Stroke, Ui, pos2, vec2};

/// Back, play or pause, and forward; the icon and name of the middle one depend on the playback.
pub fn buttons(ui: &mut Ui, (icon, name): (Icon, Text), actions: &mut Requests) {
    if icon_button(ui, Icon::Back, UiCommand::StepBack.label()).clicked() {
        actions.command(Command::StepBy(-1));
    }
    if icon_button(ui, icon, name).clicked() {
        actions.command(Command::TogglePlay);
    }
    if icon_button(ui, Icon::Forward, UiCommand::StepOn.label()).clicked() {
        actions.command(Command::StepBy(1));
    }
}

/// The speed, with a menu of other speeds.
pub fn speed(ui: &mut Ui, speed: f64, actions: &mut Requests) {
    ui.menu_button(format!("{speed}\u{d7}"), |ui| {
        for choice in [0.25, 0.5, 1.0, 2.0, 4.0] {
            if ui.selectable_label(speed == choice, format!("{choice}\u{d7}")).clicked() {
                actions.command(Command::Speed(choice / speed));
            }
        }
    })
    .response
    .on_hover_text(text!(
        "Speed of the playback ({slower} and {faster})",
        slower = UiCommand::Slower.keys(),
        faster = UiCommand::Faster.keys()
    ));
}

/// A curve that fills the `done` share of the playback, with a playhead at `share` that can be dragged to any step.
pub fn timeline(
    ui: &mut Ui,
    values: &[f64],
    done: f64,
    share: f64,
    about: Text,
    actions: &mut Requests,
) {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, text!("Timeline")));
    let painter = ui.painter_at(rect.expand(2.0));
    painter.rect_filled(rect, 6.0, ui.visuals().faint_bg_color);
    let weak = ui.visuals().weak_text_color();
    let curve = rect.with_max_x(rect.left() + (rect.width() * done as f32).max(1.0));
    sparkline(&painter, curve.shrink2(vec2(0.0, 5.0)), values, weak);
    let x = rect.left() + rect.width() * share.clamp(0.0, 1.0) as f32;
    let accent = theme::accent(ui);
    painter.vline(x, rect.y_range(), Stroke::new(2.0, accent));
    painter.circle_filled(pos2(x, rect.center().y), 6.0, accent);
    let response = response.on_hover_text(about);
    if (response.dragged() || response.clicked())
        && let Some(at) = response.interact_pointer_pos()
    {
        let share = f64::from((at.x - rect.left()) / rect.width());
        actions.command(Command::Scrub(share));
    }
}
