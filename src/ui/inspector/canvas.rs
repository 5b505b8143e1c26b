//! The space for a shape.

use crate::explore::colour::scale;
use crate::session::{Activity, State};
use crate::text::Text;
use crate::ui::theme::{self, colour};
use egui::{Color32, Rect, Sense, Ui, vec2};

/// The space for one shape.
pub fn canvas(ui: &mut Ui, height: f32, name: impl Into<Text>) -> Rect {
    let name = String::from(name.into());
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    ui.painter().rect_filled(rect, 8.0, colour(theme::palette(ui).canvas));
    rect
}

/// The colour of a shape by the value of its quantity.
pub fn ink(ui: &Ui, state: &State, value: f64) -> Color32 {
    let plain = state.view.activity == Activity::Train;
    colour(if plain { theme::palette(ui).shape } else { scale(value, state.range()) })
}
