//! Models with the data that the map needs.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::explore::data_sheet::DataSheet;
use crate::explore::layers::encoded_points::{beyond, points};
use crate::explore::layers::heat::usual_ranges;
use crate::explore::scene::compose::EncodedPoints;
use crate::explore::{Bounds, LatentPlane, Projection, home_view, whole_view};
use crate::model::heads::head::TaskHead;
use crate::model::{Model, PointRef};
use crate::objective::Objective;
use crate::optimise::SearchConfig;
use crate::session::document::ModelRef;
use crate::text::Text;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// A model with its projection to the map; made on a background thread, never changed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The frozen model.
    pub model: Arc<Model>,
    /// The plane of the latent space that the map shows.
    pub plane: LatentPlane,
    /// The projection between the latent space and the map.
    pub projection: Projection,
    /// The encoded data on the map.
    pub points: EncodedPoints,
    /// The part of the map that shows the data, without the outliers.
    pub home: Bounds,
    /// The part of the map that shows all data.
    pub whole: Bounds,
    /// The data outside of `home`.
    pub beyond: Arc<Vec<[f64; 2]>>,
    /// The rows that it learned from; none if it does not hold them.
    pub sheet: Option<Arc<DataSheet>>,
    /// The ends of the default latent path; none without data.
    pub path_ends: Option<[PointRef; 2]>,
    measured: Arc<Measured>,
}

/// Measurements of a model that are made once.
#[derive(Debug)]
struct Measured {
    /// The usual range of each quantity over the data's box.
    ranges: Vec<(Quantity, (f64, f64))>,
    /// Seconds for [`BATCH`] values with their gradients.
    batch_seconds: f64,
}

/// Points of the batch whose speed is measured.
const BATCH: usize = 50;
/// Number of measurements; the quickest counts, since the others were disturbed.
const MEASUREMENTS: usize = 3;

impl Prepared {
    /// Computes everything that the map needs of `model`.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn new(model: Model) -> Result<Self> {
        let model = Arc::new(model);
        let projection = Projection::from_mu(&model.encoded.mu);
        let ranges = usual_ranges(&model, &projection)?;
        let usual = Objective::for_quantity(model.clone(), model.usual_quantity());
        let batch_seconds = batch_seconds(&usual)?;
        let sheet = model.data.clone().map(|data| Arc::new(DataSheet::new(data)));
        let measured = Arc::new(Measured { ranges, batch_seconds });
        Self::with(model, (LatentPlane::Pca, projection), measured, sheet)
    }

    /// As [`Self::new`] for a model that is shown briefly, in less time: the ranges and the duration of a search are
    /// those of `before`, a slightly older state of the same training.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn preview(model: Model, before: &Self) -> Result<Self> {
        let model = Arc::new(model);
        let projection = Projection::from_mu(&model.encoded.mu);
        let plane = (LatentPlane::Pca, projection);
        Self::with(model, plane, before.measured.clone(), before.sheet.clone())
    }

    /// The same model on another plane of its latent space. Ranges stay, so that a colour means the same on all of them.
    ///
    /// # Errors
    /// As [`LatentPlane::projection`].
    pub fn on_plane(&self, plane: &LatentPlane) -> Result<Self> {
        let plane = (plane.clone(), plane.projection(&self.model)?);
        Self::with(self.model.clone(), plane, self.measured.clone(), self.sheet.clone())
    }

    fn with(
        model: Arc<Model>,
        (plane, projection): (LatentPlane, Projection),
        measured: Arc<Measured>,
        sheet: Option<Arc<DataSheet>>,
    ) -> Result<Self> {
        let home = home_view(&model, &projection);
        // Computed on this thread, since the window needs the density at once.
        model.density();
        model.prepare_judges()?;
        model.usual_roughness();
        Ok(Self {
            path_ends: path_ends(&model, &projection),
            points: points(&model, &projection),
            whole: whole_view(&model, &projection),
            beyond: Arc::new(beyond(&model, &projection, &home)),
            home,
            measured,
            sheet,
            plane,
            projection,
            model,
        })
    }

    /// The same model with additional heads; its data and their ranges stay.
    ///
    /// # Errors
    /// If a head reads another latent.
    pub fn with_heads(&self, heads: Vec<TaskHead>) -> Result<Self> {
        let model = heads.into_iter().try_fold(Model::clone(&self.model), Model::with_head)?;
        model.prepare_judges()?;
        Ok(Self { model: Arc::new(model), ..self.clone() })
    }

    /// The approximate memory, in bytes: encoded rows, their points, and the weights with what is computed of them.
    pub fn bytes(&self) -> usize {
        let rows = self.model.encoded.mu.len();
        rows * (4 * self.model.latent_dim() + 8) * size_of::<f64>() + (1 << 20)
    }

    /// The smallest visible distance on the map if all data are shown.
    pub fn detail(&self) -> f64 {
        let [w, h] = self.home.size();
        w.max(h) / 2500.0
    }

    /// The approximate seconds of a search, if no restart ends before its last step.
    pub fn seconds(&self, config: &SearchConfig) -> f64 {
        let batches = config.restarts.div_ceil(BATCH) * (config.steps + 1);
        let parts = config.restarts.div_ceil(self.model.rows_at_once());
        let at_once = parts.min(rayon::current_num_threads()).max(1);
        // Alignment runs both networks a second time.
        let passes = if config.spec.align > 0.0 { 2.0 } else { 1.0 };
        self.measured.batch_seconds * passes * batches as f64 / at_once as f64
    }

    /// The 2nd to 98th percentile of a quantity over the data's box; of a target column, over the data.
    pub fn range(&self, quantity: Quantity) -> (f64, f64) {
        let known = self.measured.ranges.iter().find(|(of, _)| *of == quantity);
        known.map_or((0.0, 1.0), |(_, range)| *range)
    }
}

/// The first and the last family of a model; if it has only one, a shape at the left of the map and one at the right, with a
/// twentieth of the data beyond each.
fn path_ends(model: &Model, projection: &Projection) -> Option<[PointRef; 2]> {
    let encoded = &model.encoded;
    if let [first, .., last] = encoded.names.as_slice() {
        return Some([first, last].map(|name| PointRef::Family(name.clone())));
    }
    let places = projection.project_all(&encoded.mu);
    let mut rows: Vec<usize> = (0..places.len()).collect();
    rows.sort_by(|&a, &b| places[a][0].total_cmp(&places[b][0]));
    let last = rows.len().checked_sub(1)?;
    let beyond = rows.len() / 20;
    let row = |place: usize| PointRef::Row(encoded.samples[rows[place]] as usize + 1);
    Some([beyond, last - beyond].map(row))
}

fn batch_seconds(objective: &Objective) -> Result<f64> {
    let points = vec![0.1; BATCH * objective.dim()];
    let mut quickest = f64::INFINITY;
    for _ in 0..MEASUREMENTS {
        let begun = Instant::now();
        objective.evaluate(&points, true)?;
        quickest = quickest.min(begun.elapsed().as_secs_f64());
    }
    Ok(quickest)
}

/// A model as it is at present.
#[derive(Clone, Debug)]
pub struct ModelEntry {
    /// The result, or the state of a training, that it is.
    pub of: ModelRef,
    /// The name on the screen.
    pub name: Text,
    /// Counts the snapshots of a model that is being trained; results of an older version are stale. A new head does
    /// not change it, since the autoencoder stays the same.
    pub version: u64,
    /// The file that the model was opened from or saved to.
    pub path: Option<PathBuf>,
    /// True if quitting would lose the model.
    pub unsaved: bool,
    /// The model and its projection.
    pub prepared: Arc<Prepared>,
}

/// The last part of a path, for the screen.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
