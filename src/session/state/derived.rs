//! Derived values that views show, looked up by their inputs.

use crate::data::quantity::Quantity;
use crate::explore::layers::encoded_points;
use crate::explore::shapes::neighbours::Neighbour;
use crate::model::heads::held_out::HeldOutPredictions;
use crate::model::heads::reliability_diagram::ReliabilityDiagram;
use crate::optimise::codegen::{command_line, preamble, pytorch};
use crate::session::results::models::{ModelEntry, Prepared};
use crate::session::results::probe::Probe;
use crate::session::screen::derived::{ModelKey, SearchCode};
use crate::session::state::State;
use std::sync::Arc;

impl State {
    /// The quantity of the map's colours for an outline, by the shown model; NaN if the model cannot compute or predict
    /// it.
    pub fn value_of(&self, outline: &[f32]) -> f64 {
        let Some((_, entry)) = self.shown() else { return f64::NAN };
        let inputs = (ModelKey::from(&entry.prepared), self.quantity(), outline.to_vec());
        self.derived.values.get(inputs, |(_, quantity, outline)| {
            entry.prepared.model.tell_outline(*quantity, outline).unwrap_or(f64::NAN)
        })
    }

    /// The training shapes nearest to a point of an open model, nearest first.
    pub fn neighbours(&self, probe: &Probe) -> Arc<Vec<Neighbour>> {
        let Some(entry) = self.model(probe.model.0) else { return Arc::default() };
        let model = ModelKey::from(&entry.prepared);
        let inputs = (model, probe.z.clone(), probe.outline.clone());
        self.derived.neighbours.get(inputs, |_| Arc::new(probe.neighbours(&entry.prepared.model)))
    }

    /// The encoded training shape nearest to a latent point of the shown model.
    pub(super) fn nearest(&self, z: &[f64]) -> Option<Vec<f64>> {
        let (_, entry) = self.shown()?;
        let inputs = (ModelKey::from(&entry.prepared), z.to_vec());
        self.derived.nearest.get(inputs, |(_, z)| {
            let model = &entry.prepared.model;
            model.density().nearest(z).map(|(row, _)| model.encoded.mu.row(row).to_vec())
        })
    }

    /// The places on the map of the chosen rows.
    pub(super) fn chosen_places(&self) -> Arc<Vec<[f64; 2]>> {
        let Some((_, entry)) = self.shown().filter(|_| !self.view.chosen.is_empty()) else {
            return Arc::default();
        };
        let inputs = (ModelKey::from(&entry.prepared), self.view.chosen.clone());
        self.derived.chosen.get(inputs, |_| {
            let Prepared { model, projection, .. } = &*entry.prepared;
            let place = |row: usize| projection.project(model.encoded.mu.row(row));
            Arc::new(self.chosen_rows().map(place).collect())
        })
    }

    /// The encoded rows of the shown model that are chosen.
    pub(super) fn chosen_rows(&self) -> impl Iterator<Item = usize> + '_ {
        let shown = self.shown().map(|(_, entry)| &entry.prepared.model.encoded.samples);
        let is_chosen =
            |(_, sample): &(usize, &u32)| self.view.chosen.binary_search(sample).is_ok();
        shown.into_iter().flatten().enumerate().filter(is_chosen).map(|(row, _)| row)
    }

    /// The values of the points of an open model for colours; empty where families or other layers have these.
    pub fn point_values(&self, entry: &ModelEntry) -> Arc<Vec<f64>> {
        let inputs = (ModelKey::from(&entry.prepared), self.quantity());
        self.derived.point_values.get(inputs, |(_, quantity)| {
            let Prepared { model, points, .. } = &*entry.prepared;
            Arc::new(encoded_points::values(model, points, *quantity))
        })
    }

    /// The predictions of the head of a target of an open model for held-out rows; none if there are none.
    pub fn held_out_predictions(
        &self,
        entry: &ModelEntry,
        target: Quantity,
    ) -> Option<Arc<HeldOutPredictions>> {
        let inputs = (ModelKey::from(&entry.prepared), target);
        self.derived.held_out.get(inputs, |(_, target)| {
            entry.prepared.model.held_out_predictions(*target).ok().flatten().map(Arc::new)
        })
    }

    /// The reliability diagram of a target of classes of an open model; none if it cannot be measured.
    pub fn reliability_diagram(
        &self,
        entry: &ModelEntry,
        target: Quantity,
    ) -> Option<Arc<ReliabilityDiagram>> {
        let inputs = (ModelKey::from(&entry.prepared), target);
        self.derived.diagrams.get(inputs, |(_, target)| {
            entry.prepared.model.reliability_diagram(*target).ok().flatten().map(Arc::new)
        })
    }

    /// The step-by-step search on the screen, else the next search, as a program that reads the shown model from its file.
    pub fn search_code(&self) -> Option<Arc<SearchCode>> {
        let (id, entry) = self.shown()?;
        let config = match self.walk().filter(|_| self.is_walking()) {
            Some(walk) => walk.by_hand.config().clone(),
            None => self.next_search().unwrap_or_else(|_| self.search_config().into_owned()),
        };
        let inputs = (ModelKey::from(&entry.prepared), config, self.suggested_path(id));
        Some(self.derived.code.get(inputs, |(_, config, file)| {
            let model = &entry.prepared.model;
            Arc::new(SearchCode {
                lines: pytorch(config, model),
                preamble: preamble(config, model, file),
                command: command_line(config, model, file),
            })
        }))
    }
}
