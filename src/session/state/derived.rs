//! Derived values that views show, looked up by their inputs.

use crate::explore::shapes::neighbours::Neighbour;
use crate::optimise::codegen::{command_line, preamble, pytorch};
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
                command: command_line(config, file),
            })
        }))
    }
}
