//! An open model.

use super::super::ModelRef;
use super::See;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::explore::{Bounds, Projection};
use latent_explorer::model::Model;
use latent_explorer::model::format::checkpoint;
use latent_explorer::optimise::SearchConfig;
use latent_explorer::session::results::models::ModelEntry;
use latent_explorer::session::screen::metrics_cache::CachedMetrics;
use latent_explorer::trust::ModelMetrics;
use std::path::Path;
use std::sync::Arc;

/// An open model as a person sees it.
#[derive(Clone, Copy)]
pub struct ModelFacts<'a> {
    pub(super) id: ModelRef,
    pub(super) entry: &'a ModelEntry,
}

impl<'a> ModelFacts<'a> {
    pub fn id(self) -> ModelRef {
        self.id
    }

    /// Changes whenever its weights do.
    pub fn version(self) -> (ModelRef, u64) {
        (self.id, self.entry.version)
    }

    pub fn name(self) -> String {
        self.entry.name.to_string()
    }

    pub fn is_unsaved(self) -> bool {
        self.entry.unsaved
    }

    pub fn path(self) -> Option<&'a Path> {
        self.entry.path.as_deref()
    }

    pub fn model(self) -> Arc<Model> {
        self.entry.prepared.model.clone()
    }

    /// Its checkpoint.
    pub fn bytes(self) -> Vec<u8> {
        checkpoint::to_bytes(&self.entry.prepared.model).unwrap()
    }

    /// Its checkpoint without what a training goes on from.
    pub fn weights(self) -> Vec<u8> {
        let mut model = (*self.entry.prepared.model).clone();
        model.resume = None;
        checkpoint::to_bytes(&model).unwrap()
    }

    /// The quantities that its heads predict.
    pub fn heads(self) -> Vec<Quantity> {
        self.entry.prepared.model.heads().iter().map(|head| head.card.quantity).collect()
    }

    /// The number of epochs in its history.
    pub fn epochs(self) -> usize {
        self.entry.prepared.model.card.history().len()
    }

    pub fn projection(self) -> &'a Projection {
        &self.entry.prepared.projection
    }

    /// The view that shows its data, without those far out; the view of all; and where those far out are.
    pub fn home(self) -> Bounds {
        self.entry.prepared.home
    }

    pub fn whole(self) -> Bounds {
        self.entry.prepared.whole
    }

    pub fn beyond(self) -> Vec<[f64; 2]> {
        self.entry.prepared.beyond.to_vec()
    }

    /// Its data on the map: rows and where they are.
    pub fn data_points(self) -> Vec<(usize, [f64; 2])> {
        let points = &self.entry.prepared.points;
        points.rows.iter().copied().zip(points.positions.iter().copied()).collect()
    }

    /// The seconds that a search is said to take in it.
    pub fn seconds(self, config: &SearchConfig) -> f64 {
        self.entry.prepared.seconds(config)
    }
}

impl<'a> See<'a> {
    /// The metrics of a model, once they are computed.
    pub fn metrics(self, model: ModelFacts<'_>) -> Option<&'a ModelMetrics> {
        match self.0.metrics.get(model.version()) {
            Some(CachedMetrics::Known(metrics)) => Some(metrics),
            _ => None,
        }
    }

    /// True if the metrics of the snapshot of a model after this many updates are known.
    pub fn knows_snapshot_metrics(self, id: ModelRef, updates: usize) -> bool {
        self.0.metrics.of_moment((id, updates)).is_some()
    }

    /// The metrics that the panel shows of the model, and the update whose they are if not the one that is shown.
    pub fn panel_metrics(self) -> (Option<usize>, Option<&'a ModelMetrics>) {
        let health = self.0.health().expect("a trained model is shown");
        (health.stale, health.metrics)
    }

    /// The warnings beside them.
    pub fn warnings(self) -> Vec<String> {
        let health = self.0.health().expect("a trained model is shown");
        health.warnings.into_iter().map(|warning| warning.what.to_string()).collect()
    }
}
