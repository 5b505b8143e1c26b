//! The diagnostics of the watched training.

use crate::model::training_config::EpochRecord;
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::learn::training::{Training, TrainingPlan};
use crate::session::jobs::registry::JobResult;
use crate::session::screen::metrics_cache::CachedMetrics;
use crate::session::state::State;
use crate::text;
use crate::text::Text;
use crate::trust::{ModelMetrics, Warning, warnings};
use std::sync::Arc;

/// The metrics and warnings of the watched model at the shown snapshot.
#[derive(Clone, Debug)]
pub struct Health<'a> {
    /// The metrics, if there are any.
    pub metrics: Option<&'a ModelMetrics>,
    /// The warnings.
    pub warnings: Vec<Warning>,
    /// The update that the metrics belong to, while those of the shown snapshot are still being computed; none once
    /// they are known.
    pub stale: Option<usize>,
    /// Why the metrics cannot be computed.
    pub failed: Option<&'a Text>,
}

impl State {
    /// The diagnostics of the model of the watched training; none if there is no training.
    pub fn health(&self) -> Option<Health<'_>> {
        let id = self.watched_model()?;
        let training = self.learned(id)?;
        let (training, asked) = (training.training(), training.asked_updates());
        let newest = training.metrics.as_deref();
        let Some(updates) = asked else {
            return Some(training.health(newest, usize::MAX, None));
        };
        if let Some(metrics) = self.metrics.of_moment((id, updates)) {
            return Some(training.health(Some(metrics), updates, None));
        }
        let here = self.model(id).filter(|_| self.shown_snapshot(id) == Some(updates));
        let version = here.map(|entry| (id, entry.version));
        let failed = version.and_then(|version| match self.metrics.get(version)? {
            CachedMetrics::Failed(why) => Some(why),
            _ => None,
        });
        if let Some(why) = failed {
            let health = training.health(None, updates, None);
            return Some(Health { failed: Some(why), ..health });
        }
        let (before, metrics) = match self.metrics.last_moment(id) {
            Some((before, metrics)) => (before, Some(metrics)),
            None => (training.updates, newest),
        };
        Some(training.health(metrics, before, Some(before)))
    }

    /// The update and the epoch of the watched training's model, if early stopping chose an earlier epoch than the
    /// last; none while the training runs or an earlier snapshot is shown.
    pub fn kept_epoch(&self) -> Option<(usize, &EpochRecord)> {
        self.kept_epoch_of(self.watched_model()?)
    }

    /// As [`Self::kept_epoch`], for the model of any training.
    pub(in crate::session) fn kept_epoch_of(&self, id: ModelId) -> Option<(usize, &EpochRecord)> {
        if self.is_learning(id) {
            return None;
        }
        let training = self.learned(id).filter(|training| training.asked.is_none())?;
        let card = &self.model(id)?.prepared.model.card;
        let kept = card.trained()?.kept.filter(|kept| *kept < training.updates)?;
        Some((kept, card.record()?))
    }

    /// Stores the metrics of a model, and of its snapshot, if it is one. Metrics that are not needed any more are
    /// dropped.
    pub(in crate::session) fn metrics_ended(
        &mut self,
        run: JobId,
        result: JobResult<Arc<ModelMetrics>>,
    ) {
        let Some((model, moment)) = self.metrics.asked_by(run) else { return };
        let measured = match result {
            JobResult::Finished(metrics) => {
                if let Some(updates) = moment {
                    self.metrics.keep((model.0, updates), metrics.clone());
                }
                CachedMetrics::Known(metrics)
            }
            JobResult::Failed(why, _) => CachedMetrics::Failed(why),
            JobResult::Cancelled(_) => CachedMetrics::Failed(text!("no metrics were computed")),
        };
        self.metrics.set(model, measured);
    }

    /// The update of the snapshot that a model shows at present, if it is not the newest state of its training.
    pub fn shown_snapshot(&self, id: ModelId) -> Option<usize> {
        self.snapshots.update(self.run_of(id)?)
    }

    /// The models whose metrics are on the screen: both of a comparison, and the one with the shown snapshot. A model
    /// that is being trained gets its metrics from the training.
    pub(in crate::session) fn to_be_measured(&self) -> Vec<ModelId> {
        let both = [self.shown(), self.beside()].into_iter().flatten().map(|(id, _)| id);
        let compared = both.filter(|_| self.view.compared.is_some());
        let compared =
            compared.filter(|id| !self.is_learning(*id) || self.shown_snapshot(*id).is_some());
        let watched = self.watched_model().filter(|id| self.shown_snapshot(*id).is_some());
        compared.chain(watched).collect()
    }
}

impl Training {
    /// The diagnostics of `id` after so many updates, with the metrics that were computed then.
    fn health<'a>(
        &self,
        metrics: Option<&'a ModelMetrics>,
        updates: usize,
        stale: Option<usize>,
    ) -> Health<'a> {
        let epochs = self.losses.epochs_until(updates);
        let found = |plan: &TrainingPlan| warnings(&plan.config, epochs, metrics);
        let warnings = self.plan.as_ref().map(found).unwrap_or_default();
        Health { metrics, warnings, stale, failed: None }
    }
}
