//! In the inspector: a row of a table, column by column in the units of its file, and its bars.

use crate::data::glyph::{Bar, Glyphs};
use crate::data::table::{DescribedCell, TableSchema};
use crate::explore::{brief, three_digits};
use crate::model::Model;
use crate::text;
use crate::text::Text;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::paint_whole;
use egui::{Align2, Color32, FontId, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

/// Height of a column's line.
const LINE: f32 = 20.0;
/// The most lines without scrolling.
const MAX_LINES: f32 = 9.0;
/// The share of a line for the name of the column, where a second row stands beside the first.
const NAME: f32 = 0.42;
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

/// The columns of a row with their values, one a line, and of a second row beside it if there is one.
pub fn show(
    ui: &mut Ui,
    id: &str,
    schema: &TableSchema,
    row: &[f32],
    beside: Option<&Beside<'_>>,
    actions: &mut Requests,
) {
    let cells = schema.describe(row);
    let others = beside.map(|beside| schema.describe(beside.row));
    let weak = ui.visuals().weak_text_color();
    if let Some(beside) = beside {
        let here = text!("here").to_string();
        let names = [text!("Column").to_string(), here, beside.title.to_string()];
        line(ui, &names, [weak; 3], beside.about.clone());
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = LINE * (cells.len() as f32).min(MAX_LINES);
        let lines = ScrollArea::vertical().id_salt((id, "row")).max_height(height);
        lines.show_rows(ui, LINE, cells.len(), |ui, shown| {
            for index in shown {
                let cell = &cells[index];
                let mut words = vec![brief(cell.name.as_str(), LETTERS), cell.text()];
                words.extend(others.as_ref().map(|others| others[index].text()));
                let ink = match cell.is_outside {
                    true => ui.visuals().warn_fg_color,
                    false => ui.visuals().text_color(),
                };
                line(ui, &words, [weak, ink, weak], about(cell));
            }
        });
    });
    let copy = ui.button(RichText::new(text!("Copy row")).size(14.0));
    let copy = copy.on_hover_text(text!(
        "Every column with its value in full precision, separated by tabs, for a spreadsheet"
    ));
    if copy.clicked() {
        actions.push(Request::Copy(schema.as_lines(row)));
    }
}

/// A line of two or three texts: the first at the left, the others at the right ends of their parts.
fn line(ui: &mut Ui, words: &[String], inks: [Color32; 3], about: Text) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let said = words.join(": ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &said));
    let font = FontId::proportional(14.0);
    let painter = ui.painter_at(rect);
    let ends = match words.len() {
        2 => vec![rect.right()],
        _ => vec![rect.left() + (0.5 + 0.5 * NAME) * rect.width(), rect.right()],
    };
    let name_end = match words.len() {
        2 => rect.left() + 0.55 * rect.width(),
        _ => rect.left() + NAME * rect.width(),
    };
    let text = |at, anchor, text: &str, ink, room| {
        paint_whole(&painter, at, anchor, Text::verbatim(text), font.clone(), ink, room);
    };
    text(rect.left_center(), Align2::LEFT_CENTER, &words[0], inks[0], name_end - rect.left() - 4.0);
    let mut begin = name_end;
    for ((word, end), ink) in words[1..].iter().zip(ends).zip(&inks[1..]) {
        text(pos2(end, rect.center().y), Align2::RIGHT_CENTER, word, *ink, end - begin - 4.0);
        begin = end;
    }
    let about = about.to_string();
    if !about.is_empty() {
        response.on_hover_text(about);
    }
}

/// The full name of a column, and a remark if its value is unusual.
fn about(cell: &DescribedCell<'_>) -> Text {
    let name = Text::verbatim(cell.name.as_str());
    match cell.is_outside {
        true => Text::joined([name, text!("outside the range of the training rows")], ": "),
        false => name,
    }
}

/// The bar under the mouse, in the units of the file, for a picture around the centre of `rect` that reaches `reach`
/// points.
pub fn hovered_bar(ui: &Ui, rect: Rect, reach: f32, glyphs: &Glyphs, model: &Model, row: &[f32]) {
    let Some(about) = glyphs.about() else { return };
    let response = ui.interact(rect, ui.scope_id().with("bars"), Sense::hover());
    let Some(at) = response.hover_pos() else { return };
    let under = glyphs.bar_at(f64::from((at.x - rect.center().x) / reach));
    let bar = under.and_then(|index| glyphs.bars(row).get(index).copied());
    let value = bar.map(|bar| Text::joined([value_of(bar, model, row), about.clone()], "\n"));
    response.on_hover_text_at_pointer(value.unwrap_or(about));
}

/// `density: 7.85 g/cm3`.
fn value_of(bar: Bar, model: &Model, row: &[f32]) -> Text {
    let quantity = model.domain().quantities()[bar.place];
    let value = model.with_unit(quantity, &three_digits(f64::from(row[bar.place])));
    Text::verbatim(format!("{}: {value}", bar.name))
}
