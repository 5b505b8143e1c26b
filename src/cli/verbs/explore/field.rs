//! `field`: the map as a table.

use crate::cli::args::sheet::asked_or_usual;
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::quantity::Quantity;
use crate::error::{Result, check_range};
use crate::explore::layers::heat::HeatField;
use crate::explore::{Bounds, LatentPlane, Projection, home_view};
use crate::export::tables::csv;
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::Objective;
use crate::text;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// The arguments of `field`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    latent-explorer field --model nine.safetensors --property roundness --cells 512 --out field.csv\n\n\
    A row is a cell: u,v (the latent itself where it has two numbers, else its two principal axes or the plane of --plane), \
    the value at the cell's centre, and valid: 1 where the property means something and the outline does not cross itself, else 0. Of what was measured \
    it is a prediction: the column is called predicted, and predicted_low and predicted_high are the ends of its \
    90 % interval. The \
    cells cover the extent of the encoded data with a margin of 6 %, row by row from the lower left.")]
pub struct FieldArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The property of the decoded shapes: roundness, area, perimeter, heat-shedding, a column of a table, or a target
    /// column of the data, if a head predicts it
    #[arg(id = "property", long = "property", value_name = "NAME")]
    quantity: Quantity,
    /// The plane of the map where the latent has more than two dimensions: pca, axes:3,7 (counted from 0), or
    /// points:POINT,POINT,POINT
    #[arg(long, value_name = "PLANE", default_value = "pca")]
    plane: LatentPlane,
    /// Cells in each direction: 1 to 4096
    #[arg(long, value_name = "N", default_value_t = 256, allow_hyphen_values = true)]
    cells: usize,
    /// The table to write
    #[arg(long, value_name = "F.csv")]
    out: PathBuf,
}

/// Computes a property over the map and writes it as a table.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written.
pub fn field(arguments: &FieldArguments) -> Result<()> {
    let FieldArguments { model, quantity, plane, cells, out } = arguments;
    check_range("cells", *cells, 1, 4096)?;
    check_outputs(&[model], &[out])?;
    let model = open(model)?;
    let quantity = asked_or_usual(Some(*quantity), &model)?;
    let progress = Progress::start();
    let projection = plane.projection(&model)?;
    let view = home_view(&model, &projection);
    let field = heat(&model, quantity, &projection, view, *cells)?;
    let predictions = match quantity.is_predicted() {
        true => {
            let HeatField { columns, rows, bounds, .. } = field;
            let centre = |i: usize| bounds.cell_centre(i % columns, i / columns, columns, rows);
            let z = projection.lift_all((0..columns * rows).map(centre));
            model.predictions(quantity, &z)?.unwrap_or_default()
        }
        false => Vec::new(),
    };
    csv::write_field(out, &field, &predictions)?;
    progress.finish(text!(
        "{cells} x {cells} cells; wrote {out}",
        cells,
        out = out.display().to_string()
    ));
    Ok(())
}

/// A property over a part of the map.
fn heat(
    model: &Arc<Model>,
    quantity: Quantity,
    projection: &Projection,
    view: Bounds,
    cells: usize,
) -> Result<HeatField> {
    let objective = Objective::for_quantity(model.clone(), quantity);
    let never = CancelToken::default();
    let field = HeatField::compute(&objective, projection, view, [cells; 2], &never)?;
    field.expect("nobody cancels it").without_crossings(model, projection)
}
