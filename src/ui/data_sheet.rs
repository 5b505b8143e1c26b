//! A data sheet: the rows of a data set in a grid of which only what is in sight is laid out.

use crate::explore::data_sheet::{ColumnPurpose, DataSheet, RowOrder, SheetColumn};
use crate::session::view::RowChoice;
use crate::text;
use crate::text::Text;
use crate::ui::theme::{self, colour};
use crate::ui::widgets::note;
use egui::{
    Align, Align2, Button, Checkbox, FontId, Label, Layout, Painter, Pos2, Rect, RichText,
    ScrollArea, Sense, Shape, Stroke, TextEdit, Ui, UiBuilder, Vec2, pos2, vec2,
};
use std::ops::Range;
use std::sync::Arc;

/// The size of a cell, and the height of the head of a column.
const CELL: Vec2 = vec2(116.0, 22.0);
const HEAD: f32 = 62.0;
/// The width of the first column, which stays where it is.
const FIRST: f32 = 132.0;
/// The size of the picture of a column's values in its head.
const BARS: Vec2 = vec2(92.0, 16.0);

/// The rows of a sheet that are marked.
#[derive(Clone, Copy)]
pub struct SheetMarks<'a> {
    /// A row that is to be in sight.
    pub row: Option<usize>,
    /// The chosen rows, ascending; none if rows cannot be chosen.
    pub chosen: Option<&'a Arc<[u32]>>,
}

/// An act of a person in a sheet.
pub enum SheetClick {
    /// Clicked a row.
    Row(usize),
    /// Chose rows.
    Choice(RowChoice),
}

/// The way a person looks at a sheet.
#[derive(Default)]
pub struct SheetLook {
    order: RowOrder,
    /// The rows in this order, of this sheet.
    rows: Option<(Arc<DataSheet>, RowOrder, Arc<[u32]>)>,
    /// True if only chosen rows are shown.
    only_chosen: bool,
    /// The row that was marked last, and the lines that are in sight.
    marked: Option<usize>,
    seen: Range<usize>,
}

impl SheetLook {
    /// The rows as they are sorted and searched.
    fn rows(&mut self, sheet: &Arc<DataSheet>) -> Arc<[u32]> {
        if let Some((of, order, rows)) = &self.rows
            && Arc::ptr_eq(of, sheet)
            && *order == self.order
        {
            return rows.clone();
        }
        let rows: Arc<[u32]> = sheet.order(&self.order).into();
        self.rows = Some((sheet.clone(), self.order.clone(), rows.clone()));
        rows
    }

    /// The line above the rows: what to find, how many there are, and which of them are chosen.
    fn line(
        &mut self,
        ui: &mut Ui,
        sheet: &Arc<DataSheet>,
        chosen: Option<&Arc<[u32]>>,
    ) -> Option<SheetClick> {
        let field = TextEdit::singleline(&mut self.order.contains)
            .hint_text(text!("find a word, or mass > 4000").to_string())
            .desired_width(220.0);
        let about = text!(
            "A part of a name or of a word; or conditions on columns with commas between them: mass > 4000, 30 <= length <= 40, kind = a"
        );
        ui.add(field).on_hover_text(about).accessible_name(text!("Find rows"));
        if let Some(chosen) = chosen {
            let can_change = !chosen.is_empty() || self.only_chosen;
            let only = Checkbox::new(&mut self.only_chosen, text!("Chosen only"));
            ui.add_enabled(can_change, only);
        }
        self.order.among = chosen.filter(|rows| self.only_chosen && !rows.is_empty()).cloned();
        let rows = self.rows(sheet);
        let all = sheet.rows();
        note(
            ui,
            match rows.len() == all {
                true => text!("{count} row" | "{count} rows", count = all),
                false => text!("{shown} of {rows} rows", shown = rows.len(), rows = all),
            },
        );
        let is_part = chosen.is_some() && !rows.is_empty() && rows.len() < all;
        let about = text!("Choose the rows that are shown here, in place of others");
        let button = |ui: &mut Ui| ui.button(text!("Choose these")).on_hover_text(about);
        let clicked = is_part && !self.only_chosen && button(ui).clicked();
        clicked.then(|| SheetClick::Choice(RowChoice::These(rows.to_vec())))
    }

    /// Shows a sheet in a `height`, with its marks; a click on the head of a column sorts by it, another one the other way
    /// round, and a third ends that.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        sheet: &Arc<DataSheet>,
        marks: SheetMarks<'_>,
        height: f32,
    ) -> Option<SheetClick> {
        let marked = marks.row;
        let choice = ui.horizontal(|ui| self.line(ui, sheet, marks.chosen)).inner;
        let chosen = marks.chosen.map_or(&[][..], |rows| rows);
        let rows = self.rows(sheet);
        let (mut sorted, mut clicked) = (None, None);
        let by = self.order.by;
        let columns = sheet.columns.len();
        let size = vec2(
            FIRST + CELL.x * columns.saturating_sub(1) as f32,
            HEAD + CELL.y * rows.len() as f32,
        );
        let mut area =
            ScrollArea::both().id_salt("data-sheet").max_height(height).auto_shrink(false);
        // A row that is marked anew comes into sight.
        if self.marked != marked {
            self.marked = marked;
            let line = rows.iter().position(|row| Some(*row as usize) == marked);
            if let Some(line) = line.filter(|line| !self.seen.contains(line)) {
                area = area.vertical_scroll_offset(line.saturating_sub(1) as f32 * CELL.y);
            }
        }
        let seen = &mut self.seen;
        area.show_viewport(ui, |ui, viewport| {
            ui.set_min_size(size);
            let origin = ui.max_rect().min;
            let grid = Grid { origin, viewport };
            let (in_sight, lines) = grid.in_sight(columns, rows.len());
            // The last line may be cut.
            *seen = lines.start..lines.end.saturating_sub(1);
            let across: Vec<usize> = (0..columns.min(1)).chain(in_sight).collect();
            let body = Rect::from_min_max(grid.head(), ui.clip_rect().max);
            ui.scope_builder(UiBuilder::new(), |ui| {
                ui.set_clip_rect(ui.clip_rect().intersect(body));
                // The first column lies over the others.
                for &column in across.iter().rev() {
                    for line in lines.clone() {
                        let row = rows[line] as usize;
                        let at = grid.cell(column, line);
                        let look = CellLook {
                            is_first: column == 0,
                            is_odd: line % 2 == 1,
                            is_number: sheet.columns[column].summary.range.is_some(),
                            is_marked: marked == Some(row),
                            is_chosen: chosen.binary_search(&(row as u32)).is_ok(),
                        };
                        if cell(ui, at, &sheet.text(row, column), look) {
                            clicked = Some(line);
                        }
                    }
                }
            });
            for &column in across.iter().rev() {
                let way = by.filter(|(own, _)| *own == column).map(|(_, falls)| falls);
                if head(ui, grid.head_of(column), sheet, column, way) {
                    sorted = Some(column);
                }
            }
        });
        if let Some(column) = sorted {
            self.order.by = match by {
                Some((own, false)) if own == column => Some((column, true)),
                Some((own, true)) if own == column => None,
                _ => Some((column, false)),
            };
        }
        let (command, shift) = ui.input(|i| (i.modifiers.command, i.modifiers.shift));
        let clicked = clicked.map(|line: usize| match marks.chosen {
            Some(_) if shift => {
                let from = rows.iter().position(|row| Some(*row as usize) == marked);
                let from = from.unwrap_or(line);
                let between = &rows[from.min(line)..=from.max(line)];
                let all = chosen.iter().chain(between).copied().collect();
                SheetClick::Choice(RowChoice::These(all))
            }
            Some(_) if command => SheetClick::Choice(RowChoice::Toggle(rows[line])),
            _ => SheetClick::Row(rows[line] as usize),
        });
        choice.or(clicked)
    }
}

/// The places of cells: the head and the first column stay in sight.
struct Grid {
    origin: Pos2,
    viewport: Rect,
}

impl Grid {
    /// The columns beside the first one, and the lines, that are in sight.
    fn in_sight(&self, columns: usize, rows: usize) -> (Range<usize>, Range<usize>) {
        let first = (self.viewport.left() / CELL.x) as usize + 1;
        let last = ((self.viewport.right() - FIRST) / CELL.x).max(0.0) as usize + 2;
        let top = (self.viewport.top() / CELL.y) as usize;
        let bottom = ((self.viewport.bottom() - HEAD) / CELL.y).max(0.0) as usize + 1;
        (first.min(columns)..last.min(columns), top.min(rows)..bottom.min(rows))
    }

    /// The corner of the grid's head, as far as the grid is scrolled.
    fn head(&self) -> Pos2 {
        self.origin + self.viewport.min.to_vec2() + vec2(0.0, HEAD)
    }

    fn left(&self, column: usize) -> f32 {
        match column {
            0 => self.origin.x + self.viewport.left(),
            _ => self.origin.x + FIRST + (column - 1) as f32 * CELL.x,
        }
    }

    fn width(column: usize) -> f32 {
        if column == 0 { FIRST } else { CELL.x }
    }

    fn cell(&self, column: usize, line: usize) -> Rect {
        let top = self.origin.y + HEAD + line as f32 * CELL.y;
        Rect::from_min_size(pos2(self.left(column), top), vec2(Self::width(column), CELL.y))
    }

    fn head_of(&self, column: usize) -> Rect {
        let top = self.origin.y + self.viewport.top();
        Rect::from_min_size(pos2(self.left(column), top), vec2(Self::width(column), HEAD))
    }
}

/// The look of a cell.
#[derive(Clone, Copy)]
struct CellLook {
    /// True in the first column.
    is_first: bool,
    /// True in every other line.
    is_odd: bool,
    /// True if the column holds numbers, which end at one edge.
    is_number: bool,
    /// True in the marked row.
    is_marked: bool,
    /// True in a chosen row.
    is_chosen: bool,
}

/// A cell; true if it was clicked.
fn cell(ui: &mut Ui, at: Rect, text: &str, look: CellLook) -> bool {
    let visuals = ui.visuals();
    let ground = match (look.is_marked, look.is_odd) {
        (true, _) => visuals.selection.bg_fill,
        (_, true) => visuals.window_fill.blend(visuals.faint_bg_color),
        (_, false) => visuals.window_fill,
    };
    ui.painter().rect_filled(at, 0.0, ground);
    if look.is_chosen {
        ui.painter().rect_filled(at, 0.0, visuals.selection.bg_fill.gamma_multiply(0.45));
        if look.is_first {
            let edge = Rect::from_min_size(at.min, vec2(4.0, at.height()));
            ui.painter().rect_filled(edge, 0.0, theme::accent(ui));
        }
    }
    let font = if look.is_first { theme::strong() } else { egui::FontFamily::Proportional };
    let label = Label::new(RichText::new(text).font(FontId::new(13.0, font))).truncate();
    let layout = match look.is_number {
        true => Layout::right_to_left(Align::Center),
        false => Layout::left_to_right(Align::Center),
    };
    let within = UiBuilder::new().max_rect(at.shrink2(vec2(6.0, 0.0))).layout(layout);
    ui.scope_builder(within, |ui| ui.add(label.sense(Sense::click()))).inner.clicked()
}

/// The head of a column: its name, its range, and the histogram of its values; true if it was clicked.
fn head(ui: &mut Ui, at: Rect, sheet: &DataSheet, index: usize, falls: Option<bool>) -> bool {
    let column = &sheet.columns[index];
    ui.painter().rect_filled(at, 0.0, ui.visuals().window_fill);
    let title = column.name.to_string();
    let title = RichText::new(title).font(FontId::new(13.0, theme::strong()));
    let top = Rect::from_min_size(at.min, vec2(at.width() - 12.0, 24.0)).shrink2(vec2(6.0, 1.0));
    let within = UiBuilder::new().max_rect(top).layout(Layout::left_to_right(Align::Center));
    let button = Button::new(title).truncate().frame(false);
    let button = ui.scope_builder(within, |ui| ui.add(button)).inner;
    let text = at.min + vec2(6.0, 24.0);
    let small = FontId::proportional(11.0);
    let painter = ui.painter().with_clip_rect(at.intersect(ui.clip_rect()));
    painter.text(
        text,
        Align2::LEFT_TOP,
        in_short(sheet, index),
        small,
        ui.visuals().weak_text_color(),
    );
    if let Some(falls) = falls {
        let mark = at.right_top() + vec2(-10.0, 13.0);
        let tip = if falls { 4.0 } else { -4.0 };
        let corners = [vec2(-4.0, -tip / 2.0), vec2(4.0, -tip / 2.0), vec2(0.0, tip / 2.0)];
        let corners = corners.map(|corner| mark + corner).to_vec();
        painter.add(Shape::convex_polygon(corners, theme::accent(ui), Stroke::NONE));
    }
    let bars = Rect::from_min_size(at.min + vec2(6.0, 42.0), BARS);
    histogram(&painter, bars, &column.summary.bins, colour(theme::palette(ui).shape));
    button.on_hover_text(about(column)).clicked()
}

fn in_short(sheet: &DataSheet, index: usize) -> Text {
    let column = &sheet.columns[index];
    let summary = &column.summary;
    let unit = Text::verbatim(&*column.unit);
    match (summary.range, summary.words) {
        (Some((low, high)), _) => {
            let [low, high] = [low, high].map(|end| sheet.number(index, end));
            let range = text!("{low} to {high}", low, high);
            Text::joined([range, unit], " ")
        }
        (None, Some(count)) => text!("{count} word" | "{count} words", count),
        (None, None) => Text::default(),
    }
}

fn about(column: &SheetColumn) -> Text {
    let purpose = match column.purpose {
        ColumnPurpose::Name => text!("The names of the rows"),
        ColumnPurpose::Label => text!("The labels on the map"),
        ColumnPurpose::Target => text!("A target, which heads learn to predict"),
        ColumnPurpose::Descriptor => text!("A descriptor, which the network reads"),
        ColumnPurpose::Computed => text!("Computed from the row"),
        ColumnPurpose::Split => text!("The role of the row in a training"),
    };
    let known =
        text!("known in {count} row" | "known in {count} rows", count = column.summary.known);
    let sorts = text!("Click to sort by it.");
    Text::joined([purpose, known, sorts], "\n")
}

/// Bars whose heights are the counts, the highest as high as the place.
fn histogram(painter: &Painter, at: Rect, bins: &[u32], ink: egui::Color32) {
    let most = bins.iter().copied().max().unwrap_or_default().max(1) as f32;
    let width = (at.width() / bins.len().max(1) as f32).min(12.0);
    for (index, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (at.height() * *count as f32 / most).max(1.0);
        let left = at.left() + index as f32 * width;
        let bar = Rect::from_min_max(
            pos2(left, at.bottom() - height),
            pos2(left + (width - 1.0).max(0.5), at.bottom()),
        );
        painter.rect_filled(bar, 0.0, ink);
    }
}
