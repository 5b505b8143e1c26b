//! In the inspector: a data row with its reconstruction over it, and the training shapes nearest to a point.

use super::canvas::canvas;
use crate::data::glyph::Glyphs;
use crate::data::outline::geometry::points;
use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::explore::three_digits;
use crate::model::Model;
use crate::session::State;
use crate::session::results::probe::Probe;
use crate::text;
use crate::text::Text;
use crate::ui::map::painting::{fill_shape, outline_shape};
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{fact, fitting, note};
use egui::{Align2, Color32, FontId, Painter, Pos2, Sense, Stroke, Ui, vec2};

/// The outline as a line over its reconstruction, each point connected to its counterpart.
pub fn paint(
    painter: &Painter,
    glyphs: &Glyphs,
    rebuild: &ReconstructedShape,
    centre: Pos2,
    reach: f32,
    ui: &Ui,
) {
    let unit = reach / glyphs.reach as f32;
    let at = |[x, y]: [f64; 2]| centre + unit * vec2(x as f32, -y as f32);
    let star = colour(theme::palette(ui).star);
    let stroke = Stroke::new(1.4, ui.visuals().text_color());
    painter.add(outline_shape(glyphs, &rebuild.original, centre, reach, stroke));
    for (from, to) in points(&rebuild.original).zip(points(&rebuild.rebuilt)) {
        painter.line_segment([at(from), at(to)], Stroke::new(1.6, star));
    }
}

/// The name of the row, and the distance of its reconstruction.
pub fn facts(ui: &mut Ui, rebuild: &ReconstructedShape, model: &Model) {
    if model.domain().table().is_some() {
        return facts_of_table(ui, rebuild, model);
    }
    fact(ui, text!("RMS error"), three_digits(rebuild.error), about_error());
    if let Some((_, worst)) = rebuild.worst() {
        fact(ui, text!("Worst point"), three_digits(worst), about_worst());
    }
    let ReconstructedShape { title, family, .. } = rebuild;
    let words = match rebuild.held_out {
        true => text!(
            "The data's {title}, {family}, held out of the training. The line is the shape, the filling its reconstruction.",
            title,
            family
        ),
        false => text!(
            "The data's {title}, {family}, trained on. The line is the shape, the filling its reconstruction.",
            title,
            family
        ),
    };
    note(ui, words);
}

fn facts_of_table(ui: &mut Ui, rebuild: &ReconstructedShape, model: &Model) {
    let about = text!(
        "The root mean square of the differences between the values of the row and those of its reconstruction, in standard deviations of their columns; of levels in probability"
    );
    fact(ui, text!("RMS error"), text!("{error} SD", error = three_digits(rebuild.error)), about);
    if let Some((place, worst)) = rebuild.worst() {
        let name = model.domain().quantities()[place].name();
        let worst = text!("{name}, {worst} SD", name, worst = three_digits(worst));
        fact(ui, text!("Worst column"), worst, text!("The column with the largest difference"));
    }
    let title = &rebuild.title;
    let words = match rebuild.held_out {
        true => text!(
            "Here is the reconstruction of {title} of the data, held out of the training.",
            title
        ),
        false => {
            text!("Here is the reconstruction of {title} of the data, trained on.", title)
        }
    };
    note(ui, words);
}

/// The training rows nearest to the point, side by side.
pub fn neighbours(ui: &mut Ui, probe: &Probe, state: &State) {
    let nearest = state.neighbours(probe);
    if nearest.is_empty() {
        return;
    }
    ui.add_space(4.0);
    let is_table = state.shows_table();
    let (title, name) = match is_table {
        true => (text!("Nearest training rows"), text!("The nearest training rows")),
        false => (text!("Nearest training shapes"), text!("The nearest training shapes")),
    };
    ui.label(title).on_hover_text(about_nearest(is_table));
    let rect = canvas(ui, 92.0, name);
    let width = rect.width() / nearest.len() as f32;
    let glyphs = state.glyphs();
    let painter = ui.painter_at(rect);
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let fill: Color32 = colour(theme::palette(ui).shape);
    for (index, near) in nearest.iter().enumerate() {
        let middle = rect.left() + (index as f32 + 0.5) * width;
        fill_shape(
            &painter,
            &glyphs,
            &near.outline,
            egui::pos2(middle, rect.top() + 32.0),
            32.0,
            fill,
        );
        let line = |y: f32, text: Text, ink| {
            let at = egui::pos2(middle, rect.bottom() - y);
            let text = text.to_string();
            let font = fitting(&painter, &text, FontId::proportional(12.0), width - 4.0);
            painter.text(at, Align2::CENTER_CENTER, text, font, ink);
        };
        // All rows of a table without labels have one family, the table.
        let name = if is_table { near.title.clone() } else { Text::verbatim(&near.family) };
        line(23.0, name, ink);
        line(9.0, text!("{distance} away", distance = format!("{:.2}", near.distance)), weak);
        let place = rect.with_min_x(middle - 0.5 * width).with_max_x(middle + 0.5 * width);
        let cell = ui.interact(place, ui.scope_id().with(("near", index)), Sense::hover());
        cell.on_hover_text(text!("The data's {title}: {family}, {distance} standard deviations away, difference in form {difference}", title = &near.title, family = &near.family, distance = three_digits(near.distance), difference = three_digits(near.difference)));
    }
}

fn about_error() -> Text {
    text!(
        "The root mean square of the distances from each point of the shape to its reconstruction, in the units \
                     of the data; a typical shape has a radius of 1"
    )
}

fn about_worst() -> Text {
    text!("The largest distance from a point of the shape to its reconstruction")
}

fn about_nearest(is_table: bool) -> Text {
    if is_table {
        return text!(
            "The training rows that the model places nearest to this point: how far each is from it, in standard \
             deviations of the data, and how much its values differ"
        );
    }
    text!(
        "The training shapes that the model places nearest to this point: how far each is from it, in \
                    standard deviations of the data, and how much its form differs"
    )
}
