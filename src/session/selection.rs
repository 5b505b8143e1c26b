//! Selection: the point under the mouse, the selected point, pins.

use super::action::Action;
use super::jobs::search::SearchRun;
use super::probe::{Probe, Slope};
use super::{Activity, Session};
use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::model::{Model, PointRef};
use crate::objective::{Objective, Space};
use crate::text;
use std::sync::Arc;

/// The most pins: more do not fit beside the map.
const MAX_PINS: usize = 8;

impl Session {
    /// Evaluates a point with the shown model.
    pub(super) fn probe(&mut self, at: [f64; 2], z: Option<&[f64]>) -> Option<Probe> {
        self.prepare_slope();
        let (id, entry) = self.state.shown()?;
        let looked = Probe::at(&entry.prepared, (id, entry.version), at, z, self.state.property());
        let looked = looked.and_then(|mut probe| {
            let slope = self.sought.as_ref().map(|sought| Slope::at(sought, &probe.z));
            probe.slope = slope.transpose()?;
            Ok(probe)
        });
        match looked {
            Ok(probe) => Some(probe),
            Err(error) => {
                self.state.notices.error(error);
                None
            }
        }
    }

    /// Prepares the objective for derivatives under the mouse, unless it is ready; none outside of optimising, or if
    /// the model lacks a head that the objective needs.
    fn prepare_slope(&mut self) {
        let spec = &self.state.search_config().spec.clone();
        let shown = self.state.shown().filter(|_| self.state.view.activity == Activity::Optimise);
        let model = shown.map(|(_, entry)| &entry.prepared.model);
        let is_ready = |sought: &Objective, model: &Arc<Model>| {
            Arc::ptr_eq(sought.model(), model) && sought.spec() == spec
        };
        let ready =
            self.sought.take_if(|sought| model.is_some_and(|model| is_ready(sought, model)));
        let make = |model: &Arc<Model>| Objective::new(model.clone(), spec.clone(), Space::Latent);
        self.sought = ready.or_else(|| make(model?).ok());
    }

    /// Evaluates the point under the mouse and the selected one again.
    pub(super) fn look_again(&mut self) {
        let again = |session: &mut Self, probe: Option<Probe>| {
            let probe = probe?;
            // The latent point itself may lie off the map's plane.
            let same = session.state.shown_version().is_some_and(|(id, _)| id == probe.model.0);
            if let Some(rebuild) = probe.rebuild.filter(|_| same) {
                return session.probe_row(rebuild.row);
            }
            session.probe(probe.at, same.then_some(probe.z.as_slice()))
        };
        let map = &mut self.state.map;
        let (probe, picked) = (map.probe.take(), map.picked.take());
        self.state.map.probe = again(self, probe);
        self.state.map.picked = again(self, picked);
    }

    /// Decodes the followed restart of the search at the shown step.
    pub(super) fn look_at_search(&mut self) {
        if self.state.view.activity == Activity::Optimise
            && let Some(Err(error)) = self.state.search_mut().map(SearchRun::look)
        {
            self.state.notices.error(error);
        }
    }

    pub(super) fn pick(&mut self, at: [f64; 2], z: Option<&[f64]>) {
        self.state.preferences.hint_followed = true;
        self.state.tours.pause();
        self.state.map.picked = self.probe(at, z);
    }

    /// Selects a latent point, if it fits the shown model; the map moves there if the point is not visible.
    pub(super) fn pick_latent(&mut self, z: &[f64]) {
        let projection = self.state.shown().map(|(_, entry)| &entry.prepared.projection);
        let at = projection.filter(|p| p.latent_dim() == z.len()).map(|p| p.project(z));
        if let Some(at) = at {
            self.state.map.probe = None;
            self.pick(at, Some(z));
            self.state.map.reveal(at);
        }
    }

    /// Selects the point of a data row and reconstructs the row; the inspector shows it until the mouse moves.
    pub(super) fn pick_row(&mut self, row: usize) {
        self.state.preferences.hint_followed = true;
        self.state.tours.pause();
        self.state.map.probe = None;
        self.state.map.picked = self.probe_row(row);
        if let Some(at) = self.state.map.picked.as_ref().map(|picked| picked.at) {
            self.state.map.reveal(at);
        }
    }

    /// Selects a point by its name, or reports why there is none.
    pub(super) fn pick_named(&mut self, named: &PointRef) {
        let Some((_, entry)) = self.state.shown() else { return };
        let model = entry.prepared.model.clone();
        let found = named.row(&model).and_then(|row| match row {
            Some(row) => {
                self.pick_row(row);
                Ok(())
            }
            None => {
                let point = named.one(&model, &self.state.map.pinned())?;
                self.pick_latent(&point.z);
                Ok(())
            }
        });
        if let Err(error) = found {
            self.state.notices.error(error);
        }
    }

    /// Evaluates a data row of the shown model, beside its reconstruction.
    fn probe_row(&mut self, row: usize) -> Option<Probe> {
        let prepared = self.state.shown()?.1.prepared.clone();
        let rebuild = match ReconstructedShape::new(&prepared.model, row) {
            Ok(rebuild) => rebuild,
            Err(error) => {
                self.state.notices.error(error);
                return None;
            }
        };
        let z = prepared.model.encoded.mu.row(row);
        let probe = self.probe(prepared.projection.project(z), Some(z))?;
        Some(Probe { rebuild: Some(rebuild), ..probe })
    }

    /// The latent point at a position of the map: that of the point selected there, which may lie off the map's plane,
    /// or else the one on the plane.
    pub(super) fn latent_at(&self, at: [f64; 2]) -> Option<Vec<f64>> {
        let (_, entry) = self.state.shown()?;
        let looked_at = [&self.state.map.probe, &self.state.map.picked];
        let probe = looked_at.into_iter().flatten().find(|probe| probe.at == at);
        Some(probe.map_or_else(|| entry.prepared.projection.lift(at), |probe| probe.z.clone()))
    }

    pub(super) fn nudge(&mut self, by: [f64; 2]) {
        let map = &self.state.map;
        let from =
            map.picked.as_ref().or(map.probe.as_ref()).map_or(map.view.centre(), |probe| probe.at);
        let size = map.view.size();
        let at =
            [0, 1].map(|k| (from[k] + by[k] * size[k]).clamp(map.view.low[k], map.view.high[k]));
        self.state.map.probe = None;
        self.pick(at, None);
    }

    /// Pins a point of the map.
    pub(super) fn pin(&mut self, at: [f64; 2]) {
        let Some((model, entry)) = self.state.shown() else { return };
        let z = entry.prepared.projection.lift(at);
        if self.state.map.pins.len() == MAX_PINS {
            self.state
                .notices
                .info(text!("{most} pins fit beside the map; remove one first.", most = MAX_PINS));
        } else {
            self.act(Action::Pin(model, PointRef::Latent(z)));
        }
    }

    /// Evaluates a point of the shown model by its name; none if the model has no such point.
    pub(super) fn probe_point(&mut self, point: &PointRef) -> Option<Probe> {
        let (_, entry) = self.state.shown()?;
        let prepared = entry.prepared.clone();
        let z = point.one(&prepared.model, &[]).ok()?.z;
        self.probe(prepared.projection.project(&z), Some(&z))
    }
}
