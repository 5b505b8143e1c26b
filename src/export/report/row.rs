//! The answer as a picture, and a row of a table in the units of its file.

use super::contents::Report;
use super::drawing::outline;
use crate::data::table::DescribedCell;
use crate::optimise::RestartReport;
use crate::text;
use crate::text::Text;
use maud::{Markup, html};

impl Report<'_> {
    /// A row, over a second one as a ghost if there is one.
    pub(super) fn picture_of(&self, row: &[f32], ghost: Option<&[f32]>, title: Text) -> Markup {
        let glyphs = self.model.glyphs();
        let ghost = ghost.map(|ghost| glyphs.corners(ghost));
        outline(&glyphs.corners(row), ghost.as_deref(), title)
    }

    pub(super) fn answer_title(&self) -> Text {
        match self.model.domain().table() {
            Some(_) => text!("The row of the answer"),
            None => text!("The outline of the answer"),
        }
    }

    pub(super) fn answer_caption(&self) -> Text {
        match self.model.glyphs().about() {
            Some(about) => Text::joined([about, text!("Dashed, the nearest training row.")], " "),
            None => text!("The outline; dashed, the nearest training shape."),
        }
    }

    /// The answer of a table in the units of its file, beside the nearest row of the data.
    pub(super) fn row_of_answer(&self, found: &RestartReport, nearest: Option<&[f32]>) -> Markup {
        let Some(schema) = self.model.domain().table() else { return html! {} };
        let shown = |cell: &DescribedCell<'_>| cell.text();
        let cells = schema.describe(&found.decoded);
        let known = nearest.map(|row| schema.describe(row));
        html! {
            h3 { (text!("The row of the answer")) }
            table {
                thead { tr { th { (text!("Column")) } th.number { (text!("Answer")) } th.number { (text!("Nearest row")) } } }
                tbody { @for (index, cell) in cells.iter().enumerate() { tr {
                    th { (cell.name.as_str()) } td.number { (shown(cell)) }
                    td.number { (known.as_ref().map_or_else(String::new, |known| shown(&known[index]))) }
                } } }
            }
        }
    }
}
