//! A contact sheet: pictures of rows in lines and columns, as a scene, for the frames of a morph and for new shapes.
//!
//! Every shape has a cell of one unit. The scene is the same in the window and in a file.

use crate::data::glyph::{Glyphs, NOT_FINITE};
use crate::data::rows::Rows;
use crate::explore::bounds::Bounds;
use crate::explore::colour::{Palette, Rgba, faded, scale};
use crate::explore::layers::grid::{Lattice, ShapeGrid};
use crate::explore::scene::items::{
    Mark, MarkKind, Scene, SceneItem, SceneLine, SceneShapes, SceneText,
};
use crate::model::Value;
use crate::text;
use crate::trust::Reliability;
use std::sync::Arc;

/// The reach of a typical shape from the centre of its cell, in cells.
const FULLNESS: f64 = 0.34;
/// The extent of a cell below the centre of its shape, with space for the caption; in cells.
const BELOW: f64 = 0.6;
/// The position of the caption, in cells from the centre.
const CAPTION: f64 = -0.46;
/// The position of the first of the two lines of a prediction, and their distance over their size.
const FIRST_LINE: f64 = -0.38;
const LINE_HEIGHT: f64 = 1.1;
/// The size of a caption, the least at which it can be read, and the width of a letter over its height.
const SIZE: f64 = 12.0;
const MIN_SIZE: f64 = 9.0;
const LETTER: f64 = 0.52;
/// The position of the mark of the verdict, in cells from the centre.
const CORNER: [f64; 2] = [-0.38, 0.3];
/// The distance between the lines of a title, in cells.
const LINE: f64 = 0.22;
/// The height of the legend of the marks below the shapes, in cells.
const LEGEND: f64 = 0.34;
/// The fewest columns in which the legend of the marks fits.
const LEGEND_COLUMNS: usize = 4;

/// One shape of a contact sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The row, `[input]` in data units.
    pub row: Vec<f32>,
    /// The value that colours the shape and stands below it; grey if it is NaN.
    pub value: Value,
    /// The reliability of the shape, if it was judged.
    pub reliability: Option<Reliability>,
}

/// The layout of a contact sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Shapes in a row.
    pub columns: usize,
    /// Two lines at the left of each row; empty where rows have no title.
    pub titles: Vec<[String; 2]>,
    /// True if the legend of the marks is shown below.
    pub legend: bool,
}

/// Shapes in rows and columns, the first at the upper left.
#[derive(Clone, Debug)]
pub struct ContactSheet {
    layout: Layout,
    cells: Vec<Cell>,
    grid: Arc<ShapeGrid>,
    /// The reach of a typical picture.
    reach: f64,
}

impl ContactSheet {
    /// Lays out rows of a model, which are drawn as `glyphs`.
    pub fn new(layout: Layout, cells: Vec<Cell>, glyphs: &Glyphs) -> Self {
        let layout = Layout { columns: layout.columns.max(1), ..layout };
        let left = usize::from(!layout.titles.is_empty());
        let least = if layout.legend { LEGEND_COLUMNS } else { 1 };
        let count =
            [(layout.columns + left).max(least), cells.len().div_ceil(layout.columns).max(1)];
        let lattice = Lattice { spacing: 1.0, first: [0, 0], count };
        let width = cells.first().map_or(2, |cell| cell.row.len());
        let nothing = vec![f32::NAN; width];
        let empty = ShapeGrid::new(lattice, Rows::new(2), &Glyphs::default());
        let mut sheet = Self { layout, cells, grid: Arc::new(empty), reach: glyphs.reach };
        let mut rows = Rows::new(width);
        for slot in 0..lattice.len() {
            let cell = sheet.in_slot(slot).map(|index| &sheet.cells[index].row);
            rows.push(cell.unwrap_or(&nothing));
        }
        sheet.grid = Arc::new(ShapeGrid::new(lattice, rows, glyphs));
        sheet
    }

    /// The shapes.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The columns and rows, with the column of the titles.
    pub fn size(&self) -> [usize; 2] {
        self.grid.lattice.count
    }

    /// The full extent, in cells.
    pub fn bounds(&self) -> Bounds {
        let [columns, rows] = self.size().map(|count| count as f64);
        let below = if self.layout.legend { BELOW + LEGEND } else { BELOW };
        Bounds { low: [-0.5, -below], high: [columns - 0.5, rows - BELOW] }
    }

    /// The index of the shape whose cell contains a point.
    pub fn index_at(&self, [x, y]: [f64; 2]) -> Option<usize> {
        let [columns, rows] = self.size();
        let (column, row) = ((x + 0.5).floor(), (y + BELOW).floor());
        let inside = (0.0..columns as f64).contains(&column) && (0.0..rows as f64).contains(&row);
        inside.then(|| row as usize * columns + column as usize).and_then(|slot| self.in_slot(slot))
    }

    /// The cell of a shape.
    pub fn cell(&self, index: usize) -> Bounds {
        let [x, y] = self.place(index);
        Bounds { low: [x - 0.5, y - BELOW], high: [x + 0.5, y + 1.0 - BELOW] }
    }

    /// The layers: shapes coloured by their value on a scale over `range`, with captions and marks. A line goes around
    /// the cells that are `marked`. A `cell` is so many points wide: where there is no room for the interval of a
    /// prediction, it is left out as a whole.
    pub fn scene(
        &self,
        range: (f64, f64),
        marked: Option<Bounds>,
        cell: f64,
        palette: &Palette,
    ) -> Scene {
        let shapes = |hollow: Option<f32>, ink: &dyn Fn(&Cell) -> Rgba| {
            let slots = 0..self.grid.lattice.len();
            let colour = |slot| self.in_slot(slot).map_or([0; 4], |index| ink(&self.cells[index]));
            let colours = slots.map(colour).collect();
            SceneItem::Shapes(SceneShapes {
                grid: self.grid.clone(),
                scale: FULLNESS / self.reach,
                colours,
                hollow,
            })
        };
        let filling = |cell: &Cell| match cell.value.number() {
            number if number.is_finite() => scale(number, range),
            _ => faded(palette.shape, 0.75),
        };
        let mut layers = vec![shapes(None, &filling)];
        if !self.grid.are_bars {
            layers.push(shapes(Some(0.9), &|_| palette.outline_stroke));
        }
        let text = |centre, text: &str, size, colour| {
            SceneItem::Text(SceneText {
                centre,
                text: text.to_owned(),
                size,
                colour,
                halo: palette.canvas,
            })
        };
        for (index, of) in self.cells.iter().enumerate() {
            let [x, y] = self.place(index);
            for (below, line, size) in caption(of.value, cell) {
                layers.push(text([x, y + below], &line, size, palette.weak_text));
            }
            let [dx, dy] = CORNER;
            layers.extend(
                of.reliability.map(|reliability| mark(reliability, [x + dx, y + dy], palette)),
            );
        }
        for (row, lines) in self.layout.titles.iter().enumerate() {
            let y = (self.size()[1] - 1).saturating_sub(row) as f64;
            let [first, second] = [(&lines[0], 14.0), (&lines[1], SIZE)];
            layers.push(text([0.0, y + 0.5 * LINE], first.0, fitting(first, cell), palette.text));
            let size = fitting(second, cell);
            layers.push(text([0.0, y - 0.5 * LINE], second.0, size, palette.weak_text));
        }
        let is_shape = |slot: &&usize| self.in_slot(**slot).is_some();
        layers.extend(self.grid.missing.iter().filter(is_shape).map(|&slot| {
            text(self.grid.lattice.centre(slot), NOT_FINITE, SIZE as f32, palette.weak_text)
        }));
        if self.layout.legend {
            let y = -BELOW - 0.5 * LEGEND;
            let meanings = [
                (Reliability::Believable, 0.0, 0.45),
                (Reliability::Doubtful, 1.15, 0.38),
                (Reliability::Outside, 2.15, 0.6),
            ];
            for (reliability, x, middle) in meanings {
                layers.push(mark(reliability, [x - 0.3, y], palette));
                layers.push(text(
                    [x - 0.3 + middle, y],
                    &reliability.word().to_string(),
                    12.0,
                    palette.weak_text,
                ));
            }
        }
        layers.extend(marked.map(|bounds| around(bounds, palette)));
        Scene { layers }
    }

    /// The index of the shape in a slot of the lattice, which counts rows from below and includes the column of the
    /// titles.
    fn in_slot(&self, slot: usize) -> Option<usize> {
        let [across, rows] = self.size();
        let left = usize::from(!self.layout.titles.is_empty());
        let column = (slot % across).checked_sub(left).filter(|&c| c < self.layout.columns)?;
        let index = (rows - 1 - slot / across) * self.layout.columns + column;
        (index < self.cells.len()).then_some(index)
    }

    /// The centre of a shape.
    fn place(&self, index: usize) -> [f64; 2] {
        let columns = self.layout.columns;
        let left = usize::from(!self.layout.titles.is_empty());
        let row = (self.size()[1] - 1).saturating_sub(index / columns);
        [(left + index % columns) as f64, row as f64]
    }
}

/// The size of a line of a title, or a smaller one at which it fits into a cell of so many points, if it can be read so.
fn fitting((line, usual): (&String, f64), cell: f64) -> f32 {
    (cell / (LETTER * line.chars().count() as f64)).min(usual).max(MIN_SIZE) as f32
}

/// The lines under a shape in a cell of so many points: where each stands, in cells, and its size.
fn caption(value: Value, cell: f64) -> Vec<(f64, String, f32)> {
    let Value::Predicted(predicted) = value else {
        return vec![(CAPTION, value.text().to_string(), SIZE as f32)];
    };
    let [value, low, high] = predicted.shown();
    let interval = text!("{low} to {high}", low, high).to_string();
    let size = (cell / (LETTER * interval.chars().count() as f64)).min(SIZE);
    if size < MIN_SIZE {
        return Vec::new();
    }
    let second = FIRST_LINE - LINE_HEIGHT * size / cell;
    vec![(FIRST_LINE, value, size as f32), (second, interval, size as f32)]
}

/// The mark of a verdict; its form is distinct even without colour.
pub fn mark(reliability: Reliability, centre: [f64; 2], palette: &Palette) -> SceneItem {
    let kind = match reliability {
        Reliability::Believable => MarkKind::Dot,
        Reliability::Doubtful => MarkKind::Ring,
        Reliability::Outside | Reliability::Unknown => MarkKind::Cross,
    };
    let (colour, casing) = (palette.text, palette.canvas);
    SceneItem::Mark(Mark { centre, kind, radius: 4.0, colour, casing })
}

/// A frame around a part of a contact sheet.
fn around(Bounds { low, high }: Bounds, palette: &Palette) -> SceneItem {
    // A small inset keeps the whole line inside the picture.
    let ([left, below], [right, above]) = (low.map(|v| v + 0.02), high.map(|v| v - 0.02));
    let points = vec![[left, below], [right, below], [right, above], [left, above], [left, below]];
    SceneItem::Line(SceneLine { points, width: 2.0, colour: palette.text, casing: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::heads::judge::Prediction;

    fn sheet(count: usize, titles: usize, legend: bool) -> ContactSheet {
        let cell = |i: usize| Cell {
            row: vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.01 * i as f32],
            value: Value::Computed(i as f64),
            reliability: Some(Reliability::Doubtful),
        };
        let titles = vec![["one".to_owned(), "two".to_owned()]; titles];
        let layout = Layout { columns: 5, titles, legend };
        ContactSheet::new(layout, (0..count).map(cell).collect(), &Glyphs::default())
    }

    #[test]
    fn every_shape_lies_in_its_own_cell_and_is_found_there() {
        for sheet in [sheet(12, 0, false), sheet(12, 3, true), sheet(2, 0, true)] {
            for index in 0..sheet.cells().len() {
                let cell = sheet.cell(index);
                assert_eq!(sheet.index_at(cell.centre()), Some(index));
                assert!(sheet.bounds().contains(cell.low) && sheet.bounds().contains(cell.high));
                let slot = (0..sheet.grid.lattice.len())
                    .find(|&slot| sheet.in_slot(slot) == Some(index))
                    .unwrap();
                assert_eq!(sheet.grid.lattice.centre(slot), sheet.place(index));
                assert_eq!(sheet.grid.glyphs.row(slot), sheet.cells()[index].row);
            }
            assert_eq!(sheet.index_at([-0.7, 0.0]), None);
            assert_eq!(sheet.index_at([f64::NAN, 0.0]), None);
        }
        let twelve = sheet(12, 3, true);
        assert_eq!((twelve.size(), twelve.index_at([0.0, 0.0])), ([6, 3], None), "a title's");
        assert_eq!(twelve.index_at([5.0, 0.0]), None, "the last row has two");
    }

    #[test]
    fn a_scene_says_everything_that_a_sheet_holds() {
        let scene = sheet(7, 2, true).scene((0.0, 7.0), None, 100.0, &Palette::LIGHT);
        let texts: Vec<&str> = scene
            .layers
            .iter()
            .filter_map(|layer| match layer {
                SceneItem::Text(text) => Some(text.text.as_str()),
                _ => None,
            })
            .collect();
        for said in ["0", "6.00", "one", "two", "believable", "doubtful", "outside the data"] {
            assert!(texts.contains(&said), "{said} in {texts:?}");
        }
        let marks = scene.layers.iter().filter(|layer| matches!(layer, SceneItem::Mark(_))).count();
        assert_eq!(marks, 7 + 3);
        let SceneItem::Shapes(shapes) = &scene.layers[0] else { panic!("shapes lie below") };
        assert_eq!(shapes.colours.iter().filter(|colour| colour[3] > 0).count(), 7);
        assert!(matches!(shapes.grid.lattice.count, [6, 2]));
    }

    #[test]
    fn a_prediction_stands_under_its_shape_with_its_interval_or_not_at_all() {
        let predicted = Prediction { value: 0.785, low: 0.741, high: 0.823 };
        let lines = |cell: f64| -> Vec<String> {
            caption(Value::Predicted(predicted), cell)
                .into_iter()
                .map(|(_, line, _)| line)
                .collect()
        };
        assert_eq!(lines(100.0), ["0.785", "0.741 to 0.823"]);
        assert!(lines(50.0).is_empty());
        assert_eq!(caption(Value::Computed(0.785), 50.0)[0].1, "0.785");
    }

    #[test]
    fn an_empty_sheet_can_be_drawn() {
        let scene = sheet(0, 0, false).scene((0.0, 1.0), None, 100.0, &Palette::DARK);
        assert_eq!(scene.layers.len(), 2);
    }
}
