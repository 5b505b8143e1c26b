//! The colour scale in a row below the map, where it hides nothing; one for both maps of a comparison.

use crate::explore::colour::scale;
use crate::explore::scene::map_layer::MapLayer;
use crate::explore::three_digits;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::request::Requests;
use crate::ui::theme::colour;
use crate::ui::widgets::{paint_whole, width};
use egui::{Align2, FontId, Pos2, Rect, Sense, Shape, Stroke, Ui, vec2};

/// Height of the row.
pub const HEIGHT: f32 = 30.0;
/// The largest width of the scale with its numbers, and its share of a narrow row.
const MAX_WIDTH: f32 = 320.0;
const SHARE: f32 = 0.58;
/// Length of the arrows at the ends, which stand for the values beyond.
const ARROW: f32 = 8.0;
/// Colours side by side.
const STEPS: usize = 64;

/// True if the map has colours of a quantity: in a layer, or in the points of the data.
pub fn is_needed(state: &State) -> bool {
    let Some((_, entry)) = state.shown() else { return false };
    let (visible, plain) = (state.visible(), state.view.activity == Activity::Train);
    let has_points = || visible.has(MapLayer::Data) && !state.point_values(entry).is_empty();
    visible.show_quantity(plain) || has_points()
}

/// Shows the row: the name of the quantity, and its range as a gradient.
pub fn show(ui: &mut Ui, row: Rect, state: &State, actions: &mut Requests) {
    let Some((_, entry)) = state.shown() else { return };
    let quantity = state.quantity();
    let plain = state.view.activity == Activity::Train;
    let title = match state.visible().show_quantity(plain) {
        true => entry.prepared.model.title(quantity),
        // The points have what is known of their rows.
        false => {
            let (title, _) = entry.prepared.model.title_lines(quantity);
            text!("{title}, known of the rows", title)
        }
    };
    let (low, high) = state.range();
    let held = state.is_range_held();
    ui.painter().rect_filled(row, 0.0, ui.visuals().panel_fill);
    let response = ui.interact(row, ui.scope_id().with("colour_scale"), Sense::click());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, text!("Colour scale")));
    let ink = ui.visuals().text_color();
    let painter = ui.painter();
    let font = FontId::proportional(13.0);
    let inner = row.shrink2(vec2(10.0, 0.0));
    let right = inner.with_min_x(inner.right() - MAX_WIDTH.min(SHARE * inner.width()));
    let name = if held { text!("{title} (held)", title = &title) } else { title.clone() };
    let room = right.left() - inner.left() - 8.0;
    paint_whole(painter, inner.left_center(), Align2::LEFT_CENTER, name, font.clone(), ink, room);
    let numbers = [low, high].map(three_digits);
    let [before, behind] = [0, 1].map(|k| width(painter, &numbers[k], &font) + ARROW + 6.0);
    let bar = right.with_min_x(right.left() + before).with_max_x(right.right() - behind);
    let bar = Rect::from_center_size(bar.center(), vec2(bar.width(), 12.0));
    let cell = bar.width() / STEPS as f32;
    for step in 0..STEPS {
        let share = (step as f64 + 0.5) / STEPS as f64;
        let corner = bar.min + vec2(step as f32 * cell, 0.0);
        let place = Rect::from_min_size(corner, vec2(cell + 0.5, bar.height()));
        painter.rect_filled(place, 0.0, colour(scale(share, (0.0, 1.0))));
    }
    let arrow = |end: Pos2, length: f32, share: f64| {
        let half = vec2(0.0, 0.5 * bar.height());
        let corners = vec![end + vec2(length, 0.0), end - half, end + half];
        painter.add(Shape::convex_polygon(corners, colour(scale(share, (0.0, 1.0))), Stroke::NONE));
    };
    arrow(bar.left_center(), -ARROW, 0.0);
    arrow(bar.right_center(), ARROW, 1.0);
    let [low, high] = numbers;
    painter.text(right.left_center(), Align2::LEFT_CENTER, low, font.clone(), ink);
    painter.text(right.right_center(), Align2::RIGHT_CENTER, high, font, ink);
    let range = match state.view.compared {
        Some(_) => text!("The range is that of the first model, for both maps."),
        None => text!(
            "From the 2nd to the 98th percentile inside the data; the arrows stand for what lies beyond."
        ),
    };
    let hold = match held {
        true => text!("Click to let the range follow the model."),
        false => text!("Click to hold the range."),
    };
    let about = Text::joined([title, state.about(quantity), range, hold], "\n");
    if response.on_hover_text(about).clicked() {
        actions.command(Command::ToggleRangeLock);
    }
}
