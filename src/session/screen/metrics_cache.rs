//! The metrics of models and of training snapshots, as far as they are known.

use crate::session::document::ids::{JobId, ModelId};
use crate::text::Text;
use crate::trust::ModelMetrics;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most snapshots with stored metrics; beyond it, the least recently shown ones are removed.
const MAX_SNAPSHOTS_KEPT: usize = 256;

/// The metrics of a model, as far as they are known.
#[derive(Clone, Debug)]
pub enum CachedMetrics {
    /// They are being computed; for a snapshot, with its number of updates.
    UnderWay(JobId, Option<usize>),
    /// They are known.
    Known(Arc<ModelMetrics>),
    /// They could not be computed; the sentence says why.
    Failed(Text),
}

/// A training snapshot: the model, and the updates that were done.
pub(in crate::session) type SnapshotRef = (ModelId, usize);

/// The metrics of models, each for one version, and of snapshots of their trainings.
#[derive(Debug, Default)]
pub struct MetricsOf {
    pub(in crate::session) versions: BTreeMap<ModelId, (u64, CachedMetrics)>,
    /// The most recently shown snapshot is the last one.
    pub(in crate::session) moments: Vec<(SnapshotRef, Arc<ModelMetrics>)>,
}

impl MetricsOf {
    /// The metrics of a version of a model, as far as they are known.
    pub fn get(&self, model: (ModelId, u64)) -> Option<&CachedMetrics> {
        let known = self.versions.get(&model.0).filter(|(version, _)| *version == model.1);
        known.map(|(_, measured)| measured)
    }

    /// The metrics of a snapshot.
    pub fn of_moment(&self, moment: SnapshotRef) -> Option<&Arc<ModelMetrics>> {
        self.moments.iter().find(|(known, _)| *known == moment).map(|(_, metrics)| metrics)
    }

    /// The most recently shown snapshot of a model, and its metrics.
    pub(in crate::session) fn last_moment(&self, model: ModelId) -> Option<(usize, &ModelMetrics)> {
        let last = self.moments.iter().rev().find(|((id, _), _)| *id == model);
        last.map(|((_, updates), metrics)| (*updates, &**metrics))
    }

    /// The version of the model that a run works on, and the snapshot, if it is one.
    pub(in crate::session) fn asked_by(
        &self,
        run: JobId,
    ) -> Option<((ModelId, u64), Option<usize>)> {
        self.versions.iter().find_map(|(id, (version, measured))| match measured {
            CachedMetrics::UnderWay(asked, moment) if *asked == run => {
                Some(((*id, *version), *moment))
            }
            _ => None,
        })
    }

    pub(in crate::session) fn is_under_way(&self, model: ModelId) -> bool {
        matches!(self.versions.get(&model), Some((_, CachedMetrics::UnderWay(..))))
    }

    pub(in crate::session) fn set(&mut self, model: (ModelId, u64), measured: CachedMetrics) {
        self.versions.insert(model.0, (model.1, measured));
    }

    /// Stores the metrics of a snapshot as the most recently shown ones.
    pub(in crate::session) fn keep(&mut self, moment: SnapshotRef, metrics: Arc<ModelMetrics>) {
        self.moments.retain(|(known, _)| *known != moment);
        self.moments.push((moment, metrics));
        let excess = self.moments.len().saturating_sub(MAX_SNAPSHOTS_KEPT);
        self.moments.drain(..excess);
    }

    /// Removes the metrics of a model whose training begins again or continues.
    pub(in crate::session) fn forget(&mut self, model: ModelId) {
        self.versions.remove(&model);
        self.moments.retain(|((id, _), _)| *id != model);
    }
}
