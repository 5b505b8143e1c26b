//! Shared parts of the commands that draw shapes: their appearance, and contact sheets as files.

use crate::cli::args::theme::Theme;
use crate::data::quantity::Quantity;
use crate::error::{Result, check_range};
use crate::explore::Projection;
use crate::explore::layers::heat::usual_range;
use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::export::pictures::colour_bar::ColourBar;
use crate::export::pictures::contact_sheet::{CELL, CellPicture, height_of};
use crate::export::pictures::png::{is_svg, write_picture};
use crate::model::Model;
use crate::objective::Objective;
use clap::Args;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

/// The appearance of shapes.
#[derive(Debug, Args)]
pub struct Look {
    /// The property that the colours show and whose round trip is checked: roundness, area, perimeter, heat-shedding,
    /// a column of a table, or a target column of the data, if a head predicts it [default: roundness; of a table what
    /// its first head predicts]
    #[arg(id = "property", long = "property", value_name = "NAME")]
    quantity: Option<Quantity>,
    /// Width of the picture, in pixels: 100 to 8192 (GIF: to 2048)
    #[arg(long, value_name = "PX", default_value_t = 1200, value_parser = u32::from_str, allow_hyphen_values = true)]
    pub size: u32,
    /// The colours around the shapes
    #[arg(long, default_value = "light")]
    pub(in crate::cli) theme: Theme,
}

/// The kind of a file of shapes, decided by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeFile {
    /// A table.
    Csv,
    /// An animation.
    Gif,
    /// A picture.
    Picture,
}

/// The quantity of this name in a model, or the one that it shows usually. A bare name of a column of a table is the
/// column.
///
/// # Errors
/// Names the property when the model does not know it.
pub fn asked_or_usual(asked: Option<Quantity>, model: &Model) -> Result<Quantity> {
    let quantity = match asked {
        Some(quantity) => model.resolve(quantity),
        None => model.usual_quantity(),
    };
    model.check_can_tell(quantity)?;
    Ok(quantity)
}

impl ShapeFile {
    /// The kind that belongs to a file extension.
    ///
    /// # Errors
    /// Names the file when its extension is unknown.
    pub fn from_path(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default();
        if ending.eq_ignore_ascii_case("csv") {
            return Ok(Self::Csv);
        }
        if ending.eq_ignore_ascii_case("gif") {
            return Ok(Self::Gif);
        }
        is_svg(path).map(|_| Self::Picture)
    }
}

impl Look {
    /// The property of the colours.
    ///
    /// # Errors
    /// Names the property when the model does not know it.
    pub fn quantity(&self, model: &Model) -> Result<Quantity> {
        asked_or_usual(self.quantity, model)
    }

    /// Fails unless the width of the picture is in range.
    pub fn check(&self, output: ShapeFile) -> Result<()> {
        let most = if output == ShapeFile::Gif { 2048 } else { 8192 };
        check_range("size", self.size, 100, most)
    }

    /// The colour scale: one for all pictures of a model, so that they can be compared.
    ///
    /// # Errors
    /// Names the property when the model does not know it.
    pub fn bar(&self, model: &Arc<Model>, projection: &Projection) -> Result<ColourBar> {
        let quantity = self.quantity(model)?;
        let objective = Objective::for_quantity(model.clone(), quantity);
        let range = usual_range(&objective, projection)?.unwrap_or((0.0, 1.0));
        let (label, mark) = model.title_lines(quantity);
        Ok(ColourBar { label, mark, range })
    }

    /// Draws a contact sheet and writes it as SVG or PNG.
    ///
    /// # Errors
    /// Names the file when it cannot be written.
    pub fn write(&self, path: &Path, sheet: &ContactSheet, model: &Arc<Model>) -> Result<()> {
        let palette = self.theme.palette();
        let projection = Projection::from_mu(&model.encoded.mu);
        let bar = self.bar(model, &projection)?;
        let scene = sheet.scene(bar.range, None, CELL, palette);
        let bounds = sheet.bounds();
        let picture = CellPicture { scene: &scene, bounds, cell: CELL, bar, palette };
        write_picture(path, picture.svg([self.size, height_of(bounds, CELL, self.size)])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_is_written() {
        let output = |name: &str| ShapeFile::from_path(Path::new(name)).ok();
        assert_eq!(output("a.CSV"), Some(ShapeFile::Csv));
        assert_eq!(output("a.gif"), Some(ShapeFile::Gif));
        assert_eq!((output("a.svg"), output("a.png")), (Some(ShapeFile::Picture), output("b.PNG")));
        assert_eq!((output("a.jpg"), output("a")), (None, None));
    }
}
