//! The metrics by which models are compared, computed from a checkpoint alone.

use super::map_coverage::{MapCoverage, cells, quality_of};
use super::smoothness::smoothness;
use crate::data::roles::Role;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::nn::loss;
use crate::numerics::statistics::quantile::coprime_stride;
use crate::text;
use crate::text::Text;
use rayon::prelude::*;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The threshold of an active unit: a latent unit is active if the variance of its mu over the data is above this
/// (Burda et al. 2016, "Importance Weighted Autoencoders", section 5.2).
pub const ACTIVE_VARIANCE: f64 = 0.01;
/// The least share of the valid cells that makes a family reachable on the map.
pub const REACHABLE_SHARE: f64 = 0.01;
/// Cells on each side of the grid over the data.
const CELLS_PER_SIDE: usize = 24;
/// The most shapes that are reconstructed; of more, so many are chosen at even intervals.
const MAX_SHAPES: usize = 10_000;

/// The metrics of one model in a table of comparison. Undefined numbers are NaN (`null` in JSON).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelMetrics {
    /// True if reconstruction error and KL were computed on shapes that were held out of training; false if there were
    /// none, so all shapes were used.
    pub held_out: bool,
    /// True if these shapes also chose the epoch that early stopping kept, as too few others were held out: the error is
    /// then slightly too low.
    pub chose_epoch: bool,
    /// The number of reconstructed shapes.
    pub shapes: usize,
    /// The mean over these shapes of the sum of squared differences of all coordinates between a shape and
    /// `decode(mu)`, in squared data units; of a table see [`Domain::error`](crate::data::domain::Domain::error). The
    /// metric does not depend on the loss, the scaling or the output of the
    /// model, so differently trained models can be compared. Files also have it under its former name, `rebuild_error`.
    /// The reconstruction *loss* of a training is another metric: that of the chosen loss, in network units.
    #[serde(flatten, serialize_with = "under_both_names")]
    pub reconstruction_error: f64,
    /// The variation of these shapes: the root of their mean squared distance from their mean shape, as a share of
    /// their RMS size; 0 if all are equal.
    pub spread: f64,
    /// KL(q(z|x) || N(0, 1)), summed over the latent dimensions, mean over these shapes, in nats (Kingma & Welling
    /// 2013, appendix B); none for a model that does not sample z, which has no q.
    pub kl: Option<f64>,
    /// The variance of each mu over all encoded data, `[latent]`.
    pub unit_variances: Vec<f64>,
    /// The number of units whose variance is above [`ACTIVE_VARIANCE`]. The threshold is intended for a latent with the
    /// prior N(0, 1): for a plain autoencoder it only means that the unit varies.
    pub active_units: usize,
    /// The threshold of an active unit.
    pub active_variance: f64,
    /// The median over cells with data of the Frobenius norm of the decoder's Jacobian `d x' / d z`: the change of the
    /// coordinates per unit of z, in data units. Less is smoother. A latent that is twice as wide halves this metric.
    pub smoothness: f64,
    /// The same norm with z in standard deviations of the encoded data, coordinate by coordinate: the metric by which
    /// latents of different widths are compared.
    pub smoothness_per_deviation: f64,
    /// The number of evaluated cells, as in [`map_coverage`](super::map_coverage).
    pub cells: usize,
    /// The share of cells whose outline is simple, 0 to 1: the valid ones.
    pub simple: f64,
    /// The number of families with at least [`REACHABLE_SHARE`] of the valid cells.
    pub reachable: usize,
    /// The metrics of each family, in the order of the labels.
    pub families: Vec<FamilyMetrics>,
}

/// The metrics of one family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilyMetrics {
    /// Its name.
    pub name: String,
    /// The number of its reconstructed shapes.
    pub shapes: usize,
    /// The same as [`ModelMetrics::reconstruction_error`], over its shapes alone; NaN without any.
    #[serde(flatten, serialize_with = "under_both_names")]
    pub reconstruction_error: f64,
    /// The share of the valid cells that belong to it, 0 to 1.
    pub share: f64,
    /// True if the share is at least [`REACHABLE_SHARE`].
    pub reachable: bool,
}

impl ModelMetrics {
    /// The reconstructed shapes, in words.
    pub fn scope(&self) -> Text {
        match (self.held_out, self.chose_epoch) {
            (false, _) => text!("training shapes (none was held out)"),
            (true, false) => text!("held-out rows"),
            (true, true) => text!("held-out rows, which also chose the epoch"),
        }
    }

    /// Computes the metrics of a model. Generated shapes are generated again from their settings; only the checkpoint
    /// is needed.
    ///
    /// # Errors
    /// When the model has no encoded data, or the tensor library fails.
    pub fn from_model(model: &Model) -> Result<Self> {
        model.check_has_data(&text!("a table of metrics"))?;
        let encoded = &model.encoded;
        let cells = cells(model, CELLS_PER_SIDE)?;
        let MapCoverage { cells: looked_at, simple, families } = quality_of(model, &cells.z)?;
        let unit_variances = variances(&encoded.mu);
        let deviations: Vec<f64> = unit_variances.iter().map(|v| v.sqrt()).collect();
        let smoothness = smoothness(model, &cells.z.select(&cells.with_data), &deviations)?;

        let rows = some_held_out(model);
        let shapes: Vec<Vec<f32>> = rows.par_iter().map(|&row| model.training_row(row)).collect();
        let errors = reconstruction_errors(model, &rows, &shapes)?;
        let label = |&row: &usize| usize::from(encoded.labels[row]);
        let family = |(index, (name, share)): (usize, (String, f64))| {
            let own = rows.iter().zip(&errors).filter(|(row, _)| label(row) == index);
            let own: Vec<f64> = own.map(|(_, error)| *error).collect();
            FamilyMetrics {
                name,
                shapes: own.len(),
                reconstruction_error: mean(&own),
                share,
                reachable: share >= REACHABLE_SHARE,
            }
        };
        let families: Vec<FamilyMetrics> = families.into_iter().enumerate().map(family).collect();
        Ok(Self {
            held_out: encoded.held_out.contains(&true),
            chose_epoch: model.card.reports_stopping_rows(),
            shapes: rows.len(),
            reconstruction_error: mean(&errors),
            spread: spread(&shapes),
            kl: model.sampled_log_var().map(|log_var| kl(&model.encoded.mu, log_var, &rows)),
            active_units: unit_variances.iter().filter(|v| **v > ACTIVE_VARIANCE).count(),
            active_variance: ACTIVE_VARIANCE,
            unit_variances,
            smoothness: smoothness.per_unit,
            smoothness_per_deviation: smoothness.per_deviation,
            cells: looked_at,
            simple,
            reachable: families.iter().filter(|f| f.reachable).count(),
            families,
        })
    }
}

/// The held-out rows of the encoded data that chose no epoch, or all rows if none is held out; chosen at even intervals
/// if there are many.
fn some_held_out(model: &Model) -> Vec<usize> {
    let encoded = &model.encoded;
    let rows = match model.card.has_stopping_rows() {
        true => {
            let roles = encoded.roles(model.card.seed());
            let is_reported = |role: &Role| matches!(role, Role::Calibration | Role::Test);
            (0..roles.len()).filter(|&row| is_reported(&roles[row])).collect()
        }
        false => encoded.held_out_or_all(),
    };
    let stride = coprime_stride(rows.len().div_ceil(MAX_SHAPES), model.encoded.names.len());
    rows.into_iter().step_by(stride).collect()
}

/// Writes a reconstruction error under its name and under the name in files of earlier versions.
fn under_both_names<S: Serializer>(
    error: &f64,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("reconstruction_error", error)?;
    map.serialize_entry("rebuild_error", error)?;
    map.end()
}

/// The [error](crate::data::domain::Domain::error) of `decode(mu)` for each row.
fn reconstruction_errors(model: &Model, rows: &[usize], shapes: &[Vec<f32>]) -> Result<Vec<f64>> {
    let decoded = model.decode(&model.encoded.mu.select(rows))?;
    let error = |(index, shape): (usize, &Vec<f32>)| {
        model.domain().error(shape, decoded.row(index), &model.card.scaling)
    };
    Ok(shapes.par_iter().enumerate().map(error).collect())
}

/// The RMS distance of shapes from their mean shape, divided by their RMS size; NaN without shapes.
fn spread(shapes: &[Vec<f32>]) -> f64 {
    let width = shapes.first().map_or(0, Vec::len);
    let (mut about_mean, mut size) = (0.0, 0.0);
    for k in 0..width {
        let column = || shapes.iter().map(|shape| f64::from(shape[k])).filter(|v| !v.is_nan());
        let middle = column().sum::<f64>() / column().count().max(1) as f64;
        about_mean += column().map(|v| (v - middle).powi(2)).sum::<f64>();
        size += column().map(|v| v * v).sum::<f64>();
    }
    (about_mean / size).sqrt()
}

fn kl(mu: &Rows<f64>, log_var: &Rows<f64>, rows: &[usize]) -> f64 {
    let terms = rows
        .iter()
        .flat_map(|&row| mu.row(row).iter().copied().zip(log_var.row(row).iter().copied()));
    loss::kl(terms) / rows.len() as f64
}

/// The variance of each column, `[n, d] -> [d]`.
fn variances(rows: &Rows<f64>) -> Vec<f64> {
    let column = |k: usize| {
        let values: Vec<f64> = rows.iter().map(|row| row[k]).collect();
        let middle = mean(&values);
        mean(&values.iter().map(|v| (v - middle).powi(2)).collect::<Vec<_>>())
    };
    (0..rows.width()).map(column).collect()
}

/// The mean; NaN for an empty slice.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
