//! The models that are open, each with what the map needs to know of it.

use crate::data::property::Property;
use crate::error::Result;
use crate::explore::compose::Points;
use crate::explore::encoded::{beyond, points};
use crate::explore::heat::usual_range;
use crate::explore::{Bounds, Projection, home_view, whole_view};
use crate::model::Model;
use crate::model::head::TaskHead;
use crate::objective::Objective;
use crate::optimise::SearchConfig;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// One model among the open ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(pub u64);

/// A model with its place on the map; made on a background thread, never changed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The frozen model.
    pub model: Arc<Model>,
    /// Between its latent and the map.
    pub projection: Projection,
    /// Its encoded data on the map.
    pub points: Points,
    /// The part of the map that shows its data, but for few that lie far out.
    pub home: Bounds,
    /// The part of the map that shows all of them.
    pub whole: Bounds,
    /// Those that lie outside `home`.
    pub beyond: Arc<Vec<[f64; 2]>>,
    /// The usual range of each property over the data's box, once it was asked for.
    ranges: Vec<(Property, OnceLock<(f64, f64)>)>,
    /// Seconds that [`BATCH`] values with their gradients take, once that was asked for.
    batch_seconds: Arc<OnceLock<f64>>,
}

/// Points of the batch whose speed is measured.
const BATCH: usize = 50;
/// How often it is measured; the quickest counts, for the others were disturbed.
const MEASUREMENTS: usize = 3;

impl Prepared {
    /// Measures what the map needs of `model`.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(model: Model) -> Result<Self> {
        let prepared = Self::preview(model, None)?;
        // Made on this thread: the window asks for them at once.
        prepared.ranges.iter().for_each(|(property, _)| _ = prepared.range(*property));
        prepared.batch_seconds();
        Ok(prepared)
    }

    /// As [`Self::new`] for a model that is looked at for a moment: ranges are measured when they are first asked for,
    /// and how long a search takes is that of the preview before, whose network is as wide.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn preview(model: Model, before: Option<&Self>) -> Result<Self> {
        let model = Arc::new(model);
        let projection = Projection::of(&model.encoded.mu);
        let ranges = model.properties().into_iter().map(|property| (property, OnceLock::new()));
        let home = home_view(&model, &projection);
        // Made on this thread: the window asks for them at once.
        model.density();
        model.prepare_judges()?;
        model.usual_roughness();
        Ok(Self {
            points: points(&model, &projection),
            whole: whole_view(&model, &projection),
            beyond: Arc::new(beyond(&model, &projection, &home)),
            home,
            ranges: ranges.collect(),
            batch_seconds: before.map(|before| before.batch_seconds.clone()).unwrap_or_default(),
            projection,
            model,
        })
    }

    /// The same model with heads more; its data and their ranges stay.
    ///
    /// # Errors
    /// When a head reads another latent.
    pub fn with_heads(&self, heads: Vec<TaskHead>) -> Result<Self> {
        let model = heads.into_iter().try_fold(Model::clone(&self.model), Model::with_head)?;
        model.prepare_judges()?;
        Ok(Self { model: Arc::new(model), ..self.clone() })
    }

    /// The least distance on the map that can be seen when all data are shown.
    pub fn detail(&self) -> f64 {
        let [w, h] = self.home.size();
        w.max(h) / 2500.0
    }

    /// About how many seconds a search takes, if no restart ends before its last step.
    pub fn seconds(&self, config: &SearchConfig) -> f64 {
        let batches = config.restarts.div_ceil(BATCH) * (config.steps + 1);
        let parts = config.restarts.div_ceil(self.model.rows_at_once());
        let at_once = parts.min(rayon::current_num_threads()).max(1);
        // Alignment goes through both networks a second time.
        let passes = if config.aim.align > 0.0 { 2.0 } else { 1.0 };
        self.batch_seconds() * passes * batches as f64 / at_once as f64
    }

    /// The 2nd to 98th percentile of a property over the data's box, of what was measured over the data.
    pub fn range(&self, property: Property) -> (f64, f64) {
        let Some((_, known)) = self.ranges.iter().find(|(of, _)| *of == property) else {
            return (0.0, 1.0);
        };
        if let Some(range) = known.get() {
            return *range;
        }
        // Measured before the cell is taken: it works in parallel, and a thread that waits for a cell inside a parallel
        // loop may wait for itself.
        let objective = Objective::of(self.model.clone(), property);
        let range = usual_range(&objective, &self.projection);
        *known.get_or_init(|| range.ok().flatten().unwrap_or((0.0, 1.0)))
    }

    fn batch_seconds(&self) -> f64 {
        if let Some(seconds) = self.batch_seconds.get() {
            return *seconds;
        }
        let objective = Objective::of(self.model.clone(), Property::default());
        let seconds = batch_seconds(&objective);
        *self.batch_seconds.get_or_init(|| seconds.unwrap_or(f64::NAN))
    }
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

/// An open model.
#[derive(Clone, Debug)]
pub struct ModelEntry {
    /// Its name on the screen.
    pub name: String,
    /// Counts the snapshots of a model that is being trained; what was computed from an older one is stale.
    /// A head more leaves it as it is: the autoencoder is the same.
    pub version: u64,
    /// The file it was opened from or saved to.
    pub path: Option<PathBuf>,
    /// Whether leaving the program would lose it.
    pub unsaved: bool,
    /// The model and its place on the map.
    pub prepared: Arc<Prepared>,
}

/// All open models; one is shown.
#[derive(Clone, Debug, Default)]
pub struct Models {
    entries: BTreeMap<ModelId, ModelEntry>,
    shown: Option<ModelId>,
    next: u64,
}

impl Models {
    /// A new identity.
    pub fn allot(&mut self) -> ModelId {
        self.next += 1;
        ModelId(self.next)
    }

    /// Puts a model (back) under its identity.
    pub fn insert(&mut self, id: ModelId, entry: ModelEntry) {
        self.entries.insert(id, entry);
    }

    /// Takes a model out; another one is shown if it was.
    pub fn remove(&mut self, id: ModelId) -> Option<ModelEntry> {
        let entry = self.entries.remove(&id);
        if self.shown == Some(id) {
            self.shown = self.entries.keys().next_back().copied();
        }
        entry
    }

    /// Shows a model.
    pub fn show(&mut self, id: ModelId) {
        if self.entries.contains_key(&id) {
            self.shown = Some(id);
        }
    }

    /// The model that is shown.
    pub fn shown(&self) -> Option<(ModelId, &ModelEntry)> {
        self.shown.and_then(|id| Some((id, self.entries.get(&id)?)))
    }

    /// One model.
    pub fn get(&self, id: ModelId) -> Option<&ModelEntry> {
        self.entries.get(&id)
    }

    /// One model, to be changed.
    pub fn get_mut(&mut self, id: ModelId) -> Option<&mut ModelEntry> {
        self.entries.get_mut(&id)
    }

    /// All models, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (ModelId, &ModelEntry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
