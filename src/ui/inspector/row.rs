//! In the inspector: a row of a table against the range of the training rows, column by column in the units of its file.

use super::canvas::canvas;
use crate::data::table::{ProfileCell, most_unusual_first, profile};
use crate::explore::{brief, three_digits};
use crate::model::Model;
use crate::text;
use crate::text::Text;
use crate::ui::request::{Request, Requests};
use crate::ui::theme;
use crate::ui::widgets::{fitting, paint_whole};
use egui::epaint::Mesh;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, RichText, ScrollArea, Sense, Shape, Stroke, Ui,
    pos2, vec2,
};
use std::ops::RangeInclusive;

/// Height of a column's line, and of one with its range.
const LINE: f32 = 20.0;
const RANGE_LINE: f32 = 23.0;
/// The most lines without scrolling.
const MAX_LINES: f32 = 9.0;
/// The most columns that have a line with their range each; more are drawn side by side.
const MAX_RANGES: usize = 24;
/// The share of a line for the name of the column, where a second row stands beside the first.
const NAME: f32 = 0.36;
/// The ends of a range, as shares of its line.
const RANGE: [f32; 2] = [0.40, 0.69];
/// Radius of the dot of a value, in points.
const DOT: f32 = 5.0;
/// Heights of the dashes in narrow columns: of a row, and of the one beside it.
const DASHES: [f32; 2] = [3.5, 1.5];
/// Height of the ranges side by side, and the room above and below them for values that lie outside.
const SIDE_BY_SIDE: f32 = 150.0;
const ROOM: f32 = 14.0;
/// Letters of a name, and of the head of a second row.
const LETTERS: usize = 26;
const TITLE: usize = 14;

/// A row that stands beside another one.
#[derive(Clone, Debug)]
pub struct Beside<'a> {
    /// The head of its column.
    pub title: Text,
    /// The row in full, for the tooltip of the head.
    pub about: Text,
    /// The row, `[input]`.
    pub row: &'a [f32],
}

impl<'a> Beside<'a> {
    /// A row of the data of a model, counted from 0.
    pub fn of_data(model: &Model, row: usize, values: &'a [f32]) -> Self {
        let about = model.row_title(row);
        let title = match model.row_id(row) {
            Some(id) => Text::verbatim(brief(id, TITLE)),
            None => about.clone(),
        };
        Self { title, about, row: values }
    }
}

/// A row with the one beside it, column by column.
struct Profiles<'a> {
    here: Vec<ProfileCell<'a>>,
    beside: Option<(&'a Beside<'a>, Vec<ProfileCell<'a>>)>,
}

impl<'a> Profiles<'a> {
    /// None for a model of outlines.
    fn new(model: &'a Model, row: &[f32], beside: Option<&'a Beside<'a>>) -> Option<Self> {
        let schema = model.domain().table()?;
        let of = |row: &[f32]| profile(schema, &model.card.scaling, row);
        Some(Self { here: of(row), beside: beside.map(|beside| (beside, of(beside.row))) })
    }

    /// The row beside and its cell of a column.
    fn there(&self, column: usize) -> Option<(&Beside<'a>, &ProfileCell<'a>)> {
        self.beside.as_ref().map(|(beside, cells)| (*beside, &cells[column]))
    }

    /// The texts of a column: its name, its value, and the one of the row beside.
    fn words(&self, column: usize) -> Vec<String> {
        let cell = &self.here[column].cell;
        let name = brief(cell.name.as_str(), LETTERS);
        let there = self.there(column).map(|(_, there)| there.cell.text());
        [name, cell.text()].into_iter().chain(there).collect()
    }

    /// The colour of a value: another one outside the range.
    fn ink(&self, column: usize, ui: &Ui) -> Color32 {
        match self.here[column].cell.is_outside {
            true => ui.visuals().warn_fg_color,
            false => ui.visuals().text_color(),
        }
    }

    /// A column in full: its value, a remark if that is unusual, its range, and the value of the row beside.
    fn about(&self, column: usize) -> Text {
        let ProfileCell { cell, range, .. } = &self.here[column];
        let named = |name: &str, value: &str| Text::verbatim(format!("{name}: {value}"));
        let outside = cell.is_outside.then(|| text!("outside the range of the training rows"));
        let range = range.map(|range| {
            let [low, high] = range.map(three_digits);
            let unit = cell.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
            text!("training rows: {low} to {high}{unit}", low, high, unit)
        });
        let there = self.there(column);
        let there = there.map(|(beside, there)| {
            text!("{row}: {value}", row = beside.about.clone(), value = there.cell.text())
        });
        let lines = [named(cell.name.as_str(), &cell.text())].into_iter();
        Text::joined(lines.chain(outside).chain(range).chain(there), "\n")
    }
}

/// A row against the range of the training rows: of each column a line from the least to the greatest of their values, with
/// a band within a standard deviation of their mean and a dot for the value of the row; a ring for that of a second row.
/// Many columns stand side by side without their names.
pub fn ranges(ui: &mut Ui, model: &Model, row: &[f32], beside: Option<&Beside<'_>>) {
    let Some(profiles) = Profiles::new(model, row, beside) else { return };
    let is_narrow = profiles.here.len() > MAX_RANGES;
    legend(ui, beside, is_narrow);
    if is_narrow {
        return side_by_side(ui, &profiles);
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for column in 0..profiles.here.len() {
            range_line(ui, &profiles, column);
        }
    });
}

/// The columns of a row with their values, one a line, and of a second row beside it if there is one, the most unusual first;
/// nothing where [`ranges`] has them. Below them a button that copies the row.
pub fn show(
    ui: &mut Ui,
    id: &str,
    model: &Model,
    row: &[f32],
    beside: Option<&Beside<'_>>,
    actions: &mut Requests,
) {
    let Some(schema) = model.domain().table() else { return };
    if schema.columns.len() > MAX_RANGES
        && let Some(profiles) = Profiles::new(model, row, beside)
    {
        table(ui, id, &profiles);
    }
    let copy = ui.button(RichText::new(text!("Copy row")).size(14.0));
    let copy = copy.on_hover_text(text!(
        "Every column with its value in full precision, separated by tabs, for a spreadsheet"
    ));
    if copy.clicked() {
        actions.push(Request::Copy(schema.as_lines(row)));
    }
}

fn table(ui: &mut Ui, id: &str, profiles: &Profiles<'_>) {
    let weak = ui.visuals().weak_text_color();
    if let Some((beside, _)) = &profiles.beside {
        let here = text!("here").to_string();
        let names = [text!("Column").to_string(), here, beside.title.to_string()];
        line(ui, &names, [weak; 3], beside.about.clone());
    }
    let order = most_unusual_first(&profiles.here);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let lines = ScrollArea::vertical().id_salt((id, "row")).max_height(LINE * MAX_LINES);
        lines.show_rows(ui, LINE, order.len(), |ui, shown| {
            for &column in &order[shown] {
                let inks = [weak, profiles.ink(column, ui), weak];
                line(ui, &profiles.words(column), inks, profiles.about(column));
            }
        });
    });
}

/// A line of two or three texts: the first at the left, the others at the right ends of their parts.
fn line(ui: &mut Ui, words: &[String], inks: [Color32; 3], about: Text) {
    let rect = named_line(ui, LINE, words, about);
    let painter = ui.painter_at(rect);
    let ends = match words.len() {
        2 => vec![rect.right()],
        _ => vec![rect.left() + (0.5 + 0.5 * NAME) * rect.width(), rect.right()],
    };
    let name_end = match words.len() {
        2 => rect.left() + 0.55 * rect.width(),
        _ => rect.left() + NAME * rect.width(),
    };
    write(&painter, rect.left()..=name_end, rect, Align2::LEFT_CENTER, &words[0], inks[0]);
    let mut begin = name_end;
    for ((word, end), ink) in words[1..].iter().zip(ends).zip(&inks[1..]) {
        write(&painter, begin..=end, rect, Align2::RIGHT_CENTER, word, *ink);
        begin = end;
    }
}

/// The place of a line with a tooltip, which a screen reader reads as these words.
fn named_line(ui: &mut Ui, height: f32, words: &[String], about: Text) -> Rect {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let said = words.join(": ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &said));
    response.on_hover_text(about.to_string());
    rect
}

/// A text in a part of a line; one at the left is a name: smaller if it is long, and cut where it is too long even then.
fn write(
    painter: &Painter,
    part: RangeInclusive<f32>,
    rect: Rect,
    anchor: Align2,
    words: &str,
    ink: Color32,
) {
    let part = rect.with_min_x(*part.start()).with_max_x(*part.end());
    let (at, room) = (anchor.pos_in_rect(&part), part.width() - 4.0);
    let font = FontId::proportional(14.0);
    if anchor != Align2::LEFT_CENTER {
        paint_whole(painter, at, anchor, words, font, ink, room);
        return;
    }
    let font = fitting(painter, words, font, room);
    let mut name = LayoutJob::simple_singleline(words.to_owned(), font, ink);
    name.wrap = TextWrapping::truncate_at_width(room.max(1.0));
    let name = painter.layout_job(name);
    painter.galley(anchor.anchor_size(at, name.size()).min, name, ink);
}

/// The meaning of the marks: a dot for the row, and a ring for the one beside it; dashes where columns are narrow.
fn legend(ui: &mut Ui, beside: Option<&Beside<'_>>, is_narrow: bool) {
    let about = text!(
        "Each column from the least to the greatest value of the training rows, in a skewed one by the logarithms; the band \
         has what lies within a standard deviation of their mean."
    );
    let titles = beside.map(|beside| beside.title.to_string());
    let abouts = beside.map(|beside| beside.about.clone());
    let words: Vec<String> = [text!("here").to_string()].into_iter().chain(titles).collect();
    let rect = named_line(ui, LINE, &words, Text::joined(abouts.into_iter().chain([about]), "\n"));
    let painter = ui.painter_at(rect);
    let begins = [rect.left(), rect.left() + 0.3 * rect.width()];
    for (index, (word, begin)) in words.iter().zip(begins).enumerate() {
        let at = pos2(begin + DOT + 1.0, rect.center().y);
        let dash = |height: f32, ink| {
            Shape::rect_filled(Rect::from_center_size(at, vec2(2.0 * DOT, height)), 0.0, ink)
        };
        painter.add(match (is_narrow, index) {
            (false, 0) => dot(ui, at),
            (false, _) => ring(ui, at),
            (true, 0) => dash(DASHES[0], theme::accent(ui)),
            (true, _) => dash(DASHES[1], ui.visuals().text_color()),
        });
        let part = begin + 3.0 * DOT..=rect.right();
        write(&painter, part, rect, Align2::LEFT_CENTER, word, ui.visuals().weak_text_color());
    }
}

/// The name of a column, its range, and its value; a category is filled up to the probability of its level.
fn range_line(ui: &mut Ui, profiles: &Profiles<'_>, column: usize) {
    let rect = named_line(ui, RANGE_LINE, &profiles.words(column), profiles.about(column));
    let painter = ui.painter_at(rect);
    let x = |share: f32| rect.left() + share * rect.width();
    let cell = &profiles.here[column];
    let (name, value) = (cell.cell.name.as_str(), cell.cell.text());
    let weak = ui.visuals().weak_text_color();
    write(&painter, rect.left()..=x(RANGE[0]), rect, Align2::LEFT_CENTER, name, weak);
    let value_begin = x(RANGE[1]) + 2.0 * DOT;
    let ink = profiles.ink(column, ui);
    write(&painter, value_begin..=rect.right(), rect, Align2::RIGHT_CENTER, &value, ink);

    let range = rect.with_min_x(x(RANGE[0])).with_max_x(x(RANGE[1])).shrink2(vec2(DOT, 0.0));
    let part = |low: f64, high: f64, height: f32| {
        let [low, high] = [low, high].map(|place| x_of(range, place));
        Rect::from_x_y_ranges(low..=high, range.y_range())
            .shrink2(vec2(0.0, 0.5 * (range.height() - height)))
    };
    let Some([low, high]) = cell.usual else {
        painter.rect_filled(part(0.0, 1.0, 6.0), 3.0, band(ui));
        painter.rect_filled(part(0.0, cell.place, 6.0), 3.0, theme::accent(ui));
        return;
    };
    painter.rect_filled(part(low, high, 12.0), 3.0, band(ui));
    painter.hline(range.x_range(), range.center().y, Stroke::new(1.5, weak));
    let at = |place: f64| pos2(x_of(range, place), range.center().y);
    if let Some((_, there)) = profiles.there(column).filter(|(_, there)| !there.place.is_nan()) {
        painter.add(ring(ui, at(there.place)));
    }
    if cell.cell.is_outside {
        painter.add(wedge(ui, at(cell.place), if cell.place < 0.0 { -DOT } else { DOT }));
    } else if !cell.place.is_nan() {
        painter.add(dot(ui, at(cell.place)));
    }
}

/// All columns side by side from left to right, their ranges from the lower to the upper line; the name and the value of the
/// one under the mouse are in a tooltip.
fn side_by_side(ui: &mut Ui, profiles: &Profiles<'_>) {
    let rect = canvas(ui, SIDE_BY_SIDE, text!("The row in the ranges of its columns"));
    let area = rect.shrink2(vec2(6.0, ROOM));
    let step = area.width() / profiles.here.len() as f32;
    let x = |column: usize| area.left() + (column as f32 + 0.5) * step;
    let y = |place: f64| area.bottom() - within(place) * area.height();
    let mut mesh = Mesh::default();
    let mut add = |column: usize, [low, high]: [f32; 2], width: f32, ink: Color32| {
        let middle = x(column);
        let across = middle - 0.5 * width..=middle + 0.5 * width;
        mesh.add_colored_rect(Rect::from_x_y_ranges(across, high..=low), ink);
    };
    let columns = || profiles.here.iter().enumerate();
    let stem = theme::accent(ui).gamma_multiply(0.5);
    for (column, cell) in columns() {
        let Some([low, high]) = cell.usual else { continue };
        add(column, [y(low), y(high)], step, band(ui));
        // A stem from the mean, so that great distances stand out.
        let ends = [y(0.5 * (low + high)), y(cell.place)];
        if !cell.place.is_nan() {
            add(column, [ends[0].max(ends[1]), ends[0].min(ends[1])], step, stem);
        }
    }
    let (text, accent, warning) =
        (ui.visuals().text_color(), theme::accent(ui), ui.visuals().warn_fg_color);
    let mark = |place: f64, height: f32| [y(place) + 0.5 * height, y(place) - 0.5 * height];
    for column in 0..profiles.here.len() {
        let there = profiles.there(column).map(|(_, there)| there.place);
        if let Some(place) = there.filter(|place| !place.is_nan()) {
            add(column, mark(place, DASHES[1]), step.max(2.0), text);
        }
    }
    for (column, cell) in columns().filter(|(_, cell)| !cell.place.is_nan()) {
        let is_below = cell.place < 0.0;
        let (part, width, ink) = match cell.cell.is_outside {
            false => (mark(cell.place, DASHES[0]), 3.5, accent),
            // From the end of the range through the room beyond it.
            true if is_below => ([rect.bottom(), y(0.0)], 3.0, warning),
            true => ([y(1.0), rect.top()], 3.0, warning),
        };
        add(column, part, step.max(width), ink);
    }
    let painter = ui.painter_at(rect);
    for end in [area.top(), area.bottom()] {
        painter.hline(area.x_range(), end, Stroke::new(1.0, band(ui)));
    }
    painter.add(Shape::mesh(mesh));
    let response = ui.interact(rect, ui.scope_id().with("columns"), Sense::hover());
    let Some(at) = response.hover_pos().filter(|at| area.x_range().contains(at.x)) else { return };
    let under = (((at.x - area.left()) / step) as usize).min(profiles.here.len() - 1);
    painter.vline(x(under), rect.y_range(), Stroke::new(1.0, ui.visuals().weak_text_color()));
    response.on_hover_text_at_pointer(profiles.about(under).to_string());
}

/// The horizontal position of a place.
fn x_of(range: Rect, place: f64) -> f32 {
    range.left() + within(place) * range.width()
}

/// A place as a share of the range, one outside of it at its end.
fn within(place: f64) -> f32 {
    // The greater of NaN and a number is the number.
    place.max(0.0).clamp(0.0, 1.0) as f32
}

/// The colour of what most rows have.
fn band(ui: &Ui) -> Color32 {
    ui.visuals().weak_text_color().gamma_multiply(0.3)
}

fn dot(ui: &Ui, at: Pos2) -> Shape {
    Shape::circle_filled(at, DOT, theme::accent(ui))
}

fn ring(ui: &Ui, at: Pos2) -> Shape {
    Shape::circle_stroke(at, DOT - 0.5, Stroke::new(1.5, ui.visuals().text_color()))
}

/// A wedge out of the range, to the right by a positive size.
fn wedge(ui: &Ui, at: Pos2, size: f32) -> Shape {
    let across = vec2(0.0, size);
    let corners = vec![at - across, at + vec2(1.8 * size, 0.0), at + across];
    Shape::convex_polygon(corners, ui.visuals().warn_fg_color, Stroke::NONE)
}
