//! The trainings of the open models.

use crate::session::document::ids::{JobId, ModelId, RunId};
use crate::session::document::{DataSpec, ModelRef, ModelSource, TrainedUntil, TrainingSpec};
use crate::session::jobs::learn::snapshot::Snapshot;
use crate::session::jobs::learn::training::Training;
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::results::models::{ModelEntry, Prepared};
use crate::session::state::State;
use crate::session::view::{ShownTraining, TrainingLook};
use crate::text;
use crate::text::Text;
use crate::train::TrainerState;
use std::sync::Arc;

impl State {
    /// The training that made a model, if it is stored, as it is looked at.
    pub fn learned(&self, id: ModelId) -> Option<ShownTraining<'_>> {
        let run = self.run_of(id)?;
        let training = self.runs.trainings.get(&run)?;
        let playing = self.view.trainings.get(&run).is_some_and(TrainingLook::is_playing);
        Some(ShownTraining::new(training, self.asked_snapshot(id), playing))
    }

    /// The requested snapshot of a model, if it is not the newest state. The model on the second map shows the same update as
    /// the watched training.
    fn asked_snapshot(&self, id: ModelId) -> Option<&Arc<TrainerState>> {
        let run = self.run_of(id)?;
        let timeline = &self.runs.trainings.get(&run)?.timeline;
        let own = || self.view.trainings.get(&run)?.asked(timeline);
        let watched = self.watched_model().filter(|watched| *watched != id);
        let is_beside = self.beside().is_some_and(|(beside, _)| beside == id);
        let Some(watched) = watched.filter(|_| is_beside && !self.is_learning(id)) else {
            return own();
        };
        let watched = self.learned(watched)?;
        let running = watched.job.is_some().then_some(watched.updates);
        let mut look = TrainingLook::default();
        look.ask(timeline, watched.asked_updates().or(running)? as f64);
        look.asked(timeline)
    }

    /// The watched training, and where one looks in it.
    pub(in crate::session) fn training_look_mut(
        &mut self,
    ) -> Option<(&Training, &mut TrainingLook)> {
        let run = self.run_of(self.watched_model()?)?;
        let training = self.runs.trainings.get(&run)?;
        Some((training, self.view.trainings.entry(run).or_default()))
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
        let training = self.run_of(id).and_then(|run| self.runs.trainings.get(&run));
        training.is_some_and(|training| training.job.is_some())
    }

    /// The watched training, if there is one.
    pub fn watched(&self) -> Option<ShownTraining<'_>> {
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

    /// Shows the model of a snapshot, if one is still requested.
    pub(in crate::session) fn snapshot_ended(&mut self, job: JobId, result: JobResult<Snapshot>) {
        let Some((run, updates)) = self.snapshots.made_by(job) else { return };
        let Some(snapshot) = self.snapshots.0.get_mut(&run) else { return };
        snapshot.making = None;
        let prepared = match result {
            JobResult::Finished(Snapshot(prepared)) => Some(prepared),
            JobResult::Cancelled(_) => None,
            JobResult::Failed(why, _) => {
                self.notices.error(JobKind::Snapshot, why);
                None
            }
        };
        let Some(prepared) = prepared else {
            snapshot.failed = Some(updates);
            self.view.trainings.remove(&run);
            return;
        };
        let model = self.document.model_of(run);
        let Some(newest) = self.runs.models.get(&run) else { return };
        if model.is_none_or(|id| self.asked_snapshot(id).is_none()) {
            return;
        }
        let (name, version) = (newest.name.clone(), self.runs.next_version());
        let training = self.runs.trainings.get(&run);
        let at = training.and_then(|training| training.state_of(&prepared.model));
        let of = ModelRef { run, at };
        let entry = ModelEntry { of, name, version, path: None, unsaved: true, prepared };
        let Some(snapshot) = self.snapshots.0.get_mut(&run) else { return };
        if snapshot.shown.replace((updates, entry)).is_none() {
            self.hold_range_for_training(true);
        }
        self.fit_if_lost(run);
    }

    /// Shows the newest state of a model again if a snapshot was shown.
    pub(in crate::session) fn show_newest(&mut self, run: RunId) {
        let Some(snapshot) = self.snapshots.0.get_mut(&run) else { return };
        let shown = snapshot.shown.take();
        snapshot.failed = None;
        if snapshot.making.is_none() {
            self.snapshots.0.remove(&run);
        }
        if shown.is_some() {
            let training = self.runs.trainings.get(&run);
            let running = training.is_some_and(|training| training.job.is_some());
            self.hold_range_for_training(running);
            self.fit_if_lost(run);
        }
    }

    /// Replaces the newest state of a model by a newer one of its training, or by its result (no `at`). A snapshot that is
    /// shown stays on the screen.
    pub(in crate::session) fn renew(
        &mut self,
        run: RunId,
        at: Option<TrainedUntil>,
        prepared: Arc<Prepared>,
    ) {
        let (version, of) = (self.runs.next_version(), ModelRef { run, at });
        let name = match self.runs.models.get(&run) {
            Some(entry) => entry.name.clone(),
            None => text!("Trained {id}", id = self.runs.next_trained()),
        };
        let entry = ModelEntry { of, name, version, path: None, unsaved: true, prepared };
        self.runs.models.insert(run, entry);
        if self.snapshots.entry(run).is_none() {
            self.fit_if_lost(run);
        }
    }

    /// Shows all of a model's data if they have left a map that was fitted to them.
    pub(in crate::session) fn fit_if_lost(&mut self, run: RunId) {
        let Some(id) = self.document.model_of(run) else { return };
        let on_screen = [self.shown_version().map(|(id, _)| id), self.beside().map(|(id, _)| id)];
        let Some(home) = self.home().filter(|_| on_screen.contains(&Some(id))) else { return };
        if self.view.map.is_fitted() {
            // The map follows the data only if they leave it or shrink to a spot, and never if the user has moved it: a
            // map that moves all the time cannot be read.
            let view = self.view.map.bounds.grown(0.02);
            let lost = !view.contains(home.low) || !view.contains(home.high);
            let [w, h] = [0, 1].map(|k| home.size()[k] / self.view.map.bounds.size()[k]);
            if lost || w.max(h) < 0.62 {
                self.view.map.fit(home.grown(0.06));
            }
        }
    }
}
