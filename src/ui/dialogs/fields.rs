//! Fields that several dialogs have.

use crate::data::glyph::Glyphs;
use crate::text;
use crate::text::Text;
use crate::ui::map::painting::fill_shape;
use crate::ui::theme::{self, colour};
use egui::{Context, Id, Key, Response, Sense, TextEdit, Ui, vec2};

/// A field for a path; true if Enter was pressed in it.
pub(in crate::ui) fn path_field(ui: &mut Ui, path: &mut String, hint: impl Into<Text>) -> bool {
    let field = TextEdit::singleline(path)
        .hint_text(String::from(hint.into()))
        .desired_width(f32::INFINITY)
        .margin(vec2(8.0, 6.0));
    let response = ui.add(field).accessible_name(text!("Path"));
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    // A field that the user has focused keeps the focus.
    if !entered && ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
    entered
}

/// The button that Return presses when a dialog without a text field opens.
pub(in crate::ui) fn usual_button(ui: &mut Ui, name: impl Into<Text>) -> Response {
    let response = ui.button(name.into());
    ui.data_mut(|data| data.insert_temp(usual(), response.id));
    response
}

fn usual() -> Id {
    Id::unique("usual-button")
}

/// The button of the open dialog that Return presses, if it has one; none for the next dialog.
pub(in crate::ui) fn take_usual_button(ctx: &Context) -> Option<Id> {
    ctx.data_mut(|data| {
        let button = data.get_temp(usual());
        data.remove::<Id>(usual());
        button
    })
}

/// A grid of shapes, twelve in a row, all at one scale.
pub(in crate::ui) fn preview_grid(ui: &mut Ui, shapes: &[&[f32]]) {
    let columns = 12;
    let cell = ui.available_width() / columns as f32;
    let height = cell * shapes.len().div_ceil(columns) as f32;
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, text!("Preview of the data"))
    });
    ui.painter().rect_filled(rect, 8.0, colour(theme::palette(ui).canvas));
    let ink = colour(theme::palette(ui).shape);
    let reach = |shape: &&[f32]| shape.iter().fold(0f32, |m, v| m.max(v.abs()));
    // Generated shapes rarely reach farther than 1.5; if one does, all are drawn smaller.
    let glyphs = Glyphs::of_outlines(f64::from(shapes.iter().map(reach).fold(1.5, f32::max)));
    for (i, shape) in shapes.iter().enumerate() {
        let place = vec2((i % columns) as f32 + 0.5, (i / columns) as f32 + 0.5);
        fill_shape(ui.painter(), &glyphs, shape, rect.min + cell * place, 0.45 * cell, ink);
    }
}
