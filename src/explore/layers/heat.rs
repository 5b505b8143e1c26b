//! A quantity over the map, cell by cell.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::explore::bounds::Bounds;
use crate::explore::colour::{Rgba, scale};
use crate::explore::projection::Projection;
use crate::model::Model;
use crate::model::card::LatentStatistics;
use crate::numerics::cancel_token::CancelToken;
use crate::numerics::runtime::on_all_cores;
use crate::numerics::statistics::quantile::quantile;
use crate::objective::Objective;
use rayon::prelude::*;
use std::sync::Arc;

/// Cells along each side of the box over which the usual range is computed.
const RANGE_CELLS: usize = 32;

/// The most cells that are decoded in one batch.
const CELLS_AT_ONCE: usize = 65_536;

/// Values on a grid over `bounds`, row by row from the bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatField {
    /// The part of the map.
    pub bounds: Bounds,
    /// The number of columns.
    pub columns: usize,
    /// The number of rows.
    pub rows: usize,
    /// The value at the centre of each cell.
    pub values: Vec<f64>,
    /// True where the quantity is defined.
    pub valid: Vec<bool>,
    /// The 2nd and 98th percentile of the valid cells in the box of the data (of all valid cells where none is inside).
    pub range: Option<(f64, f64)>,
}

impl HeatField {
    /// Evaluates the objective at every cell; `None` if it was cancelled before the end.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn compute(
        objective: &Objective,
        projection: &Projection,
        bounds: Bounds,
        [columns, rows]: [usize; 2],
        cancel: &CancelToken,
    ) -> Result<Option<Self>> {
        // Neighbouring cells are evaluated together because they have nearly the same active units, see `nn::sparsity`.
        let side = objective.model().rows_at_once().isqrt();
        let tiles: Vec<Vec<usize>> = (0..rows.div_ceil(side))
            .flat_map(|y| (0..columns.div_ceil(side)).map(move |x| (side * x, side * y)))
            .map(|(x, y)| {
                let row = |y| (x..(x + side).min(columns)).map(move |x| y * columns + x);
                (y..(y + side).min(rows)).flat_map(row).collect()
            })
            .collect();
        let model = objective.model();
        let positive = model.domain().is_positive(objective.spec().quantity());
        let parts: Result<Vec<_>> = tiles
            .par_iter()
            .map(|tile| {
                if cancel.is_cancelled() {
                    return Ok(None);
                }
                let centre =
                    |&i: &usize| bounds.cell_centre(i % columns, i / columns, columns, rows);
                let z = projection.lift_all(tile.iter().map(centre));
                let mut evaluation = objective.evaluate(z.as_flat(), false)?;
                if positive {
                    let values = evaluation.valid.iter_mut().zip(&evaluation.value);
                    values.for_each(|(valid, value)| *valid &= *value > 0.0);
                }
                let statistics = &objective.model().card.statistics;
                let inside: Vec<bool> = z.iter().map(|z| in_box(statistics, z)).collect();
                Ok(Some((evaluation.value, evaluation.valid, inside)))
            })
            .collect();
        let mut values = vec![f64::NAN; columns * rows];
        let (mut valid, mut within) = (vec![false; values.len()], vec![false; values.len()]);
        for (tile, part) in tiles.iter().zip(parts?) {
            let Some((of_values, of_valid, of_inside)) = part else { return Ok(None) };
            for (k, &i) in tile.iter().enumerate() {
                (values[i], valid[i], within[i]) = (of_values[k], of_valid[k], of_inside[k]);
            }
        }
        let range = percentiles(&values, |i| valid[i] && within[i])
            .or_else(|| percentiles(&values, |i| valid[i]));
        Ok(Some(Self { bounds, columns, rows, values, valid, range }))
    }

    /// The colours of the cells, row by row from the top.
    ///
    /// Cells where the quantity is undefined are grey, which is not a colour of the scale.
    pub fn pixels(&self, range: (f64, f64)) -> Arc<Vec<Rgba>> {
        let columns = self.columns.max(1);
        let rows = self.values.chunks_exact(columns).zip(self.valid.chunks_exact(columns)).rev();
        let cells = rows.flat_map(|(values, valid)| values.iter().zip(valid));
        let colour =
            |(&value, &valid): (&f64, &bool)| scale(if valid { value } else { f64::NAN }, range);
        Arc::new(cells.map(colour).collect())
    }

    /// Marks the cells whose outline crosses itself as invalid; the range does not change. The cost is some 10
    /// microseconds per cell, too much for a map that follows the mouse.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn without_crossings(mut self, model: &Model, projection: &Projection) -> Result<Self> {
        let Self { bounds, columns, rows, .. } = self;
        let cells: Vec<usize> = (0..self.valid.len()).filter(|&i| self.valid[i]).collect();
        for part in cells.chunks(CELLS_AT_ONCE) {
            let centre = |&i: &usize| bounds.cell_centre(i % columns, i / columns, columns, rows);
            let decoded = model.decode(&projection.lift_all(part.iter().map(centre)))?;
            let simple = on_all_cores(part.len(), |k| model.domain().is_valid(decoded.row(k)));
            part.iter().zip(simple).for_each(|(&i, simple)| self.valid[i] = simple);
        }
        Ok(self)
    }
}

/// The colour range for a quantity of a model: [`HeatField::range`] over the box of its data, so that all pictures of
/// one model have the same scale. For a target column the range is the 2nd and 98th percentile of the data, for any
/// head that predicts it, and 0 to 1 for the probability of a class. None where the quantity is undefined.
///
/// # Errors
/// Only when the tensor library fails.
pub fn usual_range(objective: &Objective, projection: &Projection) -> Result<Option<(f64, f64)>> {
    let quantity = objective.spec().quantity();
    if quantity.is_predicted() && objective.model().is_of_class(quantity) {
        return Ok(Some((0.0, 1.0)));
    }
    if quantity.is_predicted() {
        let values: Vec<f64> = objective.model().encoded.quantity(quantity).collect();
        return Ok(percentiles(&values, |i| values[i].is_finite()));
    }
    let never = CancelToken::default();
    let bounds = data_box(&objective.model().card.statistics, projection);
    let field = HeatField::compute(objective, projection, bounds, [RANGE_CELLS; 2], &never)?;
    Ok(field.and_then(|field| field.range))
}

/// The [`usual_range`] of every quantity of a model; (0, 1) where it has none. The columns of a table, which may be many,
/// are decoded together.
///
/// # Errors
/// Only when the tensor library fails.
pub fn usual_ranges(
    model: &Arc<Model>,
    projection: &Projection,
) -> Result<Vec<(Quantity, (f64, f64))>> {
    let columns = match model.domain().table() {
        Some(_) => column_ranges(model, projection)?,
        None => Vec::new(),
    };
    let range = |quantity: Quantity| {
        let known = model.domain().index(quantity).and_then(|index| columns.get(index).copied());
        let own = || usual_range(&Objective::for_quantity(model.clone(), quantity), projection);
        let range = known.map_or_else(own, |range| Ok(Some(range)))?;
        Ok((quantity, range.unwrap_or((0.0, 1.0))))
    };
    model.quantities().into_iter().map(range).collect()
}

/// The ranges of all values of the rows of a table over the box of the data, `[input]`.
fn column_ranges(model: &Model, projection: &Projection) -> Result<Vec<(f64, f64)>> {
    let statistics = &model.card.statistics;
    let bounds = data_box(statistics, projection);
    let centre =
        |i: usize| bounds.cell_centre(i % RANGE_CELLS, i / RANGE_CELLS, RANGE_CELLS, RANGE_CELLS);
    let z = projection.lift_all((0..RANGE_CELLS * RANGE_CELLS).map(centre));
    let inside: Vec<bool> = z.iter().map(|z| in_box(statistics, z)).collect();
    let rows = model.decode(&z)?;
    let range = |column: usize| {
        let values: Vec<f64> = rows.iter().map(|row| f64::from(row[column])).collect();
        let is_valid = |i: usize| values[i].is_finite();
        percentiles(&values, |i| is_valid(i) && inside[i])
            .or_else(|| percentiles(&values, is_valid))
            .unwrap_or((0.0, 1.0))
    };
    Ok((0..rows.width()).map(range).collect())
}

/// The part of the map between the 1st and the 99th percentile of the encoded data in every dimension.
fn data_box(statistics: &LatentStatistics, projection: &Projection) -> Bounds {
    let corners = [projection.project(&statistics.low), projection.project(&statistics.high)];
    Bounds::around(&corners)
}

/// Returns whether `z` lies between the 1st and 99th percentile of the encoded data in every dimension.
fn in_box(statistics: &LatentStatistics, z: &[f64]) -> bool {
    let bounds = statistics.low.iter().zip(&statistics.high);
    z.iter().zip(bounds).all(|(z, (low, high))| (low..=high).contains(&z))
}

fn percentiles(values: &[f64], among: impl Fn(usize) -> bool) -> Option<(f64, f64)> {
    let chosen: Vec<f64> = (0..values.len()).filter(|&i| among(i)).map(|i| values[i]).collect();
    let share = |fraction| quantile(chosen.iter().copied(), fraction);
    let (low, high) = rayon::join(|| share(0.02), || share(0.98));
    low.zip(high)
}
