//! The trainings of the open models.

use crate::session::document::ids::{JobId, ModelId, RunId};
use crate::session::document::{DataSpec, ModelRef, ModelSource, TrainedUntil, TrainingSpec};
use crate::session::jobs::registry::JobResult;
use crate::session::jobs::snapshot::Snapshot;
use crate::session::jobs::training::Training;
use crate::session::results::models::{ModelEntry, Prepared};
use crate::session::results::timeline::Newest;
use crate::session::state::State;
use crate::text;
use crate::text::Text;
use std::sync::Arc;

impl State {
    /// The training that made a model, if it is stored.
    pub fn learned(&self, id: ModelId) -> Option<&Training> {
        self.runs.trainings.get(&self.run_of(id)?)
    }

    pub(in crate::session) fn learned_mut(&mut self, id: ModelId) -> Option<&mut Training> {
        let run = self.run_of(id)?;
        self.runs.trainings.get_mut(&run)
    }

    /// The training that is under way, else the last one of an open model.
    fn present_training(&self) -> Option<(RunId, &Training)> {
        let of_open = |(run, _): &(&RunId, &Training)| self.document.model_of(**run).is_some();
        let last = || self.runs.trainings.iter().rev().find(of_open);
        let now = self.runs.training_now();
        let now = now.filter(|(run, _)| self.document.model_of(*run).is_some());
        now.or_else(|| last().map(|(run, training)| (*run, training)))
    }

    /// The training that is under way, else the last one of an open model; empty if there is none.
    pub fn training(&self) -> &Training {
        self.present_training().map_or(&self.no_training, |(_, training)| training)
    }

    /// The open model of [`Self::training`].
    pub fn trained_model(&self) -> Option<ModelId> {
        self.present_training().and_then(|(run, _)| self.document.model_of(run))
    }

    /// The last training of an open model, and what it was asked for.
    pub(in crate::session) fn last_training(&self) -> Option<(ModelId, TrainingSpec)> {
        let model = self.document.model_of(self.present_training()?.0)?;
        match &*self.document.models.get(&model)?.source {
            ModelSource::Training(spec) => Some((model, (**spec).clone())),
            _ => None,
        }
    }

    /// The data of the next training.
    pub(in crate::session) fn next_data(&self) -> DataSpec {
        match self.brought().filter(|_| self.learns_own()) {
            Some((run, _)) => DataSpec::Imported(run),
            None => DataSpec::Generated(self.document.training.generator.clone()),
        }
    }

    /// The model of the watched training: the one that is being trained, else the shown one.
    pub fn watched_model(&self) -> Option<ModelId> {
        let running = self.runs.training_now().and_then(|(run, _)| self.document.model_of(run));
        running.or(self.shown().map(|(id, _)| id))
    }

    /// True while a model is being trained.
    pub fn is_learning(&self, id: ModelId) -> bool {
        self.learned(id).is_some_and(|training| training.job.is_some())
    }

    /// The watched training, if there is one.
    pub fn watched(&self) -> Option<&Training> {
        self.learned(self.watched_model()?)
    }

    /// Why the training of the shown model cannot continue; none if it can.
    pub fn cannot_go_on(&self) -> Option<Text> {
        let Some((id, entry)) = self.shown() else { return Some(text!("No model is open")) };
        let known = self.learned(id).is_some_and(|training| training.context.is_some());
        let carried = entry.prepared.model.resume.is_some();
        (!known && !carried)
            .then(|| text!("This model does not hold what its training needs to go on"))
    }

    /// Lets the training of the model on the second map show the same update as the watched one; returns the model that
    /// no longer follows, if there was one.
    pub(in crate::session) fn link_moments(&mut self) -> Option<ModelId> {
        let watched = self.watched_model();
        let beside = self.beside().map(|(id, _)| id).filter(|id| Some(*id) != watched);
        let learned =
            |id: &ModelId| self.learned(*id).is_some_and(|training| training.job.is_none());
        let beside = beside.filter(learned);
        let before = std::mem::replace(&mut self.linked, beside).filter(|id| Some(*id) != beside);
        if let Some(training) = before.and_then(|id| self.learned_mut(id)) {
            training.timeline.follow();
        }
        let target = self.watched().and_then(|training| {
            let running = training.job.is_some().then_some(training.updates);
            training.timeline.asked_updates().or(running)
        });
        if let Some(training) = beside.and_then(|id| self.learned_mut(id)) {
            match target {
                Some(updates) => training.timeline.ask(updates as f64),
                None => training.timeline.follow(),
            }
        }
        before
    }

    /// Shows the model of a snapshot, if it is still the requested one.
    pub(in crate::session) fn snapshot_ended(&mut self, job: JobId, result: JobResult<Snapshot>) {
        let version = self.runs.next_version();
        let prepared = match result {
            JobResult::Finished(Snapshot(prepared)) => Some(prepared),
            JobResult::Cancelled(_) => None,
            JobResult::Failed(why, _) => {
                self.notices.error(why);
                None
            }
        };
        let asked = |training: &Training| {
            training.timeline.developing.is_some_and(|(asked, _)| asked == job)
        };
        let mut trainings = self.runs.trainings.iter_mut();
        let Some((&run, training)) = trainings.find(|(_, training)| asked(training)) else {
            return;
        };
        let Some((_, index)) = training.timeline.developing.take() else { return };
        if prepared.is_none() {
            // Asking for it again would fail again.
            training.timeline.follow();
        }
        let Some(prepared) = prepared.filter(|_| training.timeline.asked().is_some()) else {
            return;
        };
        training.timeline.developed = Some(index);
        let aside = training.timeline.newest.is_none();
        let Some(entry) = self.runs.models.get_mut(&run) else { return };
        let at = training.state_of(&prepared.model);
        let (path, unsaved) = (entry.path.take(), std::mem::replace(&mut entry.unsaved, true));
        let of = std::mem::replace(&mut entry.of, ModelRef { run, at });
        let newest = std::mem::replace(&mut entry.prepared, prepared);
        let before = std::mem::replace(&mut entry.version, version);
        if aside {
            let newest = Newest { of, prepared: newest, version: before, path, unsaved };
            self.hold_range_for_training(true);
            if let Some(training) = self.runs.trainings.get_mut(&run) {
                training.timeline.newest = Some(newest);
            }
        }
        self.fit_if_lost(run);
    }

    /// Restores the newest state of a model if a snapshot was shown.
    pub(in crate::session) fn show_newest(&mut self, run: RunId) {
        let Some(training) = self.runs.trainings.get_mut(&run) else { return };
        training.timeline.developed = None;
        let Some(newest) = training.timeline.newest.take() else { return };
        let running = training.job.is_some();
        if let Some(entry) = self.runs.models.get_mut(&run) {
            let Newest { of, prepared, version, path, unsaved } = newest;
            *entry = ModelEntry { of, prepared, version, path, unsaved, name: entry.name.clone() };
        }
        self.hold_range_for_training(running);
        self.fit_if_lost(run);
    }

    /// Replaces a model by a newer state of its training, or by its result (no `at`).
    pub(in crate::session) fn renew(
        &mut self,
        run: RunId,
        at: Option<TrainedUntil>,
        prepared: Arc<Prepared>,
    ) {
        let (version, of) = (self.runs.next_version(), ModelRef { run, at });
        // An older snapshot that is shown stays on the screen.
        let training = self.runs.trainings.get_mut(&run);
        if let Some(newest) = training.and_then(|t| t.timeline.newest.as_mut()) {
            *newest = Newest { of, prepared, version, path: None, unsaved: true };
            return;
        }
        let name = match self.runs.models.get(&run) {
            Some(entry) => entry.name.clone(),
            None => text!("Trained {id}", id = self.runs.next_trained()),
        };
        let entry = ModelEntry { of, name, version, path: None, unsaved: true, prepared };
        self.runs.models.insert(run, entry);
        self.fit_if_lost(run);
    }

    /// Shows all of a model's data if they have left a map that was fitted to them.
    pub(in crate::session) fn fit_if_lost(&mut self, run: RunId) {
        let Some(id) = self.document.model_of(run) else { return };
        let on_screen = [self.shown_version().map(|(id, _)| id), self.beside().map(|(id, _)| id)];
        let Some(home) = self.home().filter(|_| on_screen.contains(&Some(id))) else { return };
        if self.map.is_fitted() {
            // The map follows the data only if they leave it or shrink to a spot, and never if the user has moved it: a
            // map that moves all the time cannot be read.
            let view = self.map.view.grown(0.02);
            let lost = !view.contains(home.low) || !view.contains(home.high);
            let [w, h] = [0, 1].map(|k| home.size()[k] / self.map.view.size()[k]);
            if lost || w.max(h) < 0.62 {
                self.map.fit(home.grown(0.06));
            }
        }
    }
}
