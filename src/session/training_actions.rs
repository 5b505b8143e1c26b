//! Start, pause, continuation and branching of trainings; any snapshot of them can be shown.

use super::Session;
use super::jobs::control::Control;
use super::jobs::handle::{Handle, NoNews};
use super::jobs::registry::{JobKind, JobResult, RunId};
use super::jobs::snapshot::{self, Snapshot};
use super::jobs::training::{
    self, Material, Portion, SNAPSHOT_SAMPLES, Training, TrainingPhase, TrainingPlan,
};
use super::models::{ModelEntry, ModelId, Prepared};
use super::state::State;
use super::timeline::Newest;
use crate::data::outline::generator::GeneratorConfig;
use crate::error::{Error, Result};
use crate::model::training_config::TrainingConfig;
use crate::text;
use crate::text::Text;
use crate::train::TrainerState;
use std::sync::Arc;

/// The approximate maximum of memory for the snapshots of all earlier trainings together, in bytes.
const MAX_EARLIER: usize = 192 << 20;

/// The starting point of a continued training: data, settings, state.
struct Trunk {
    plan: TrainingPlan,
    state: Arc<TrainerState>,
    /// The training that it belongs to, as far as known, up to that snapshot.
    past: Training,
}

impl Session {
    /// Begins a training: a new model, or with `again` the previous one from its beginning.
    pub(super) fn train(&mut self, again: bool) {
        let state = &mut self.state;
        let earlier = state.training.plan.clone().filter(|_| again);
        let new = || TrainingPlan {
            material: state.material(),
            config: state.settings.training.clone(),
            from: None,
        };
        let plan = earlier.unwrap_or_else(new);
        if state.own.chosen && state.own.brought.is_none() && !again {
            return state
                .notices
                .info(text!("Import your shapes first, or choose families in the data dialog."));
        }
        if state.training.run.is_some() && !again {
            return state.notices.info(text!("A training is under way; stop or reset it first."));
        }
        // A reset during a training begins the same model again; a finished model stays beside the new one.
        let running = state.training.run.is_some();
        let model = state.training.model.filter(|_| again && running);
        self.begin(plan, model, Training::default());
    }

    /// Begins a new training with the next seed.
    pub(super) fn train_with_new_seed(&mut self) {
        let settings = &mut self.state.settings;
        let seed = settings.training.seed.wrapping_add(1);
        settings.training.seed = seed;
        settings.generator = GeneratorConfig { seed, ..settings.generator.clone() };
        self.train(false);
    }

    /// Does one part of a training: of the present one, which then pauses, or of a new one.
    pub(super) fn learn_more(&mut self, portion: Portion) {
        if self.state.training.phase == TrainingPhase::Idle {
            self.train(false);
        }
        let training = &mut self.state.training;
        if !matches!(training.phase, TrainingPhase::Running | TrainingPhase::Paused) {
            return;
        }
        let batches = training.batches();
        let steps = match portion {
            Portion::Batch => 1,
            // Counted by the rows that are left: a branch may have changed the batch size within its epoch.
            Portion::Epoch => {
                let left = (1.0 - training.epochs.fract()) * batches as f64;
                ((left - 1e-9).ceil() as usize).max(1)
            }
        };
        let pauses =
            std::mem::replace(&mut training.phase, TrainingPhase::Paused) == TrainingPhase::Running;
        training.timeline.follow();
        if let Some(control) = self.training_control() {
            if pauses {
                control.pause(true);
            }
            control.allow(steps);
        }
        self.develop();
    }

    /// Pauses the training, or lets it go on.
    pub(super) fn pause_training(&mut self, pause: bool) {
        let training = &mut self.state.training;
        if matches!(training.phase, TrainingPhase::Running | TrainingPhase::Paused) {
            training.phase = if pause { TrainingPhase::Paused } else { TrainingPhase::Running };
            self.training_control().into_iter().for_each(|control| control.pause(pause));
        }
    }

    /// Applies the pace limit of the settings to the training.
    pub(super) fn set_training_pace(&mut self) {
        let pace = self.state.settings.pace();
        self.training_control().into_iter().for_each(|control| control.set_pace(pace));
    }

    fn training_control(&self) -> Option<&Control> {
        let run = self.state.training.run?;
        self.state.jobs.get(run).map(|job| &*job.control)
    }

    /// Continues the training of the shown model from the shown snapshot: to its end, or beyond it by as many updates
    /// as the settings say.
    pub(super) fn go_on(&mut self) {
        let trunk = match self.trunk() {
            Ok(trunk) => trunk,
            Err(error) => return self.state.notices.info(error.to_string()),
        };
        let Trunk { mut plan, state, past } = trunk;
        let done = state.resume.updates;
        if plan.config.updates <= done {
            plan.config.updates = done + self.state.settings.training.updates;
        }
        plan.from = Some(state);
        let model = self.state.shown_version().map(|(id, _)| id);
        self.begin(plan, model, past);
    }

    /// Trains a new model that shares the past of the shown one up to the shown snapshot, and continues with the
    /// present settings; the order of the rows and the noise are the same.
    pub(super) fn branch(&mut self) {
        let trunk = match self.trunk() {
            Ok(trunk) => trunk,
            Err(error) => return self.state.notices.info(error.to_string()),
        };
        let Trunk { plan, state, past } = trunk;
        let (done, total) = (state.resume.updates, plan.config.updates);
        // As long as the original, so that both can be compared; a branch from the end doubles the length.
        let wanted = self.state.settings.training.clone();
        let updates = if done < total { total } else { done + wanted.updates };
        let config = TrainingConfig { updates, ..wanted };
        if let Err(error) = plan.config.check_branch(&config) {
            return self.state.notices.error(error);
        }
        if (TrainingConfig { updates: total, ..config.clone() }) == plan.config {
            return self.state.notices.info(
                text!("A branch needs something that differs: change a setting, such as beta, and branch again."),
            );
        }
        let trunk = self.state.shown_version().map(|(id, _)| id);
        self.begin(
            TrainingPlan { config, from: Some(state), ..plan },
            None,
            Training { trunk, ..past },
        );
    }

    /// The starting point from which the shown model can continue.
    fn trunk(&self) -> Result<Trunk> {
        let state = &self.state;
        if state.training.run.is_some() {
            return Err(Error::mismatch(text!("A training is under way; stop it first.")));
        }
        let nothing = || Error::mismatch(text!("No model is open."));
        let (id, entry) = state.shown().ok_or_else(nothing)?;
        let model = &entry.prepared.model;
        let known = state.learned(id).and_then(|training| Some((training, training.plan.clone()?)));
        let Some((training, plan)) = known else {
            let stood = Arc::new(TrainerState::from_model(model)?);
            let config = model.card.training.clone();
            let material = Material::Ready(model.training_data()?);
            let records = stood.history.clone();
            let epochs = records.last().map_or(0.0, |record| record.epoch as f64);
            let past = Training { epochs, records, ..Training::default() };
            return Ok(Trunk {
                plan: TrainingPlan { material, config, from: None },
                state: stood,
                past,
            });
        };
        let moments = training.timeline.moments();
        let moment = match training.timeline.asked() {
            Some((_, moment)) => moment.clone(),
            // The model's own state, since early stopping may have chosen an older one than the last. An interrupted
            // training leaves a preview, which cannot continue; its last snapshot can.
            None => match (TrainerState::from_model(model), moments.last()) {
                (Ok(state), _) => Arc::new(state),
                (Err(_), Some(last)) => last.clone(),
                (Err(error), None) => return Err(error),
            },
        };
        let epochs = training.epochs_at(&moment);
        let past = Training {
            epochs,
            curve: training.curve.iter().filter(|point| point.epoch <= epochs).copied().collect(),
            records: moment.history.clone(),
            context: training.context.clone(),
            timeline: training.timeline.until(moment.resume.updates),
            ..Training::default()
        };
        // Existing data are not made again.
        let ready = training.context.as_ref().map(|context| context.training_data());
        let material = ready.map_or(plan.material, Material::Ready);
        Ok(Trunk { plan: TrainingPlan { material, ..plan }, state: moment, past })
    }

    /// Begins a training that makes `model`, or a new one; `past` is the known history.
    fn begin(&mut self, plan: TrainingPlan, model: Option<ModelId>, past: Training) {
        let state = &mut self.state;
        if let Err(error) = plan.material.check().and_then(|()| plan.config.check()) {
            return state.notices.error(error);
        }
        // The previous run, if any, is cancelled: its events are ignored from here on.
        state.training.run.into_iter().for_each(|run| state.jobs.cancel(run));
        let model = model.unwrap_or_else(|| state.models.allot());
        state.put_training_aside(model);
        state.metrics.forget(model);
        let (name, job) = (plan.material.name(), plan.clone());
        state.hold_range_for_training(true);
        let before = state.shown_version().map(|(id, _)| id).filter(|id| *id != model);
        let run = self.start(JobKind::Training, name, move |handle| training::run(job, handle));
        let updates = plan.from.as_ref().map_or(0, |state| state.resume.updates);
        self.state.training = Training {
            run: Some(run),
            phase: TrainingPhase::Running,
            model: Some(model),
            before: before.or(self.state.training.before),
            updates,
            seconds_left: f64::INFINITY,
            plan: Some(plan),
            ..past
        };
        self.set_training_pace();
    }

    /// Makes models of the requested snapshots: of the watched training, and of the one beside it.
    pub(super) fn develop(&mut self) {
        let before = self.state.link_moments();
        let watched = self.state.watched_model();
        let ids = [watched, self.state.linked, before];
        ids.into_iter().flatten().for_each(|id| self.develop_moment(id));
    }

    /// Makes a model of the requested snapshot of `id`, unless one is being made.
    fn develop_moment(&mut self, id: ModelId) {
        let Some(training) = self.state.learned_mut(id) else { return };
        let timeline = &training.timeline;
        let Some((index, moment)) = timeline.asked() else {
            return self.state.show_newest(id);
        };
        if timeline.developed == Some(index) || timeline.developing.is_some() {
            return;
        }
        let Some(context) = training.context.clone() else { return };
        let (moment, playing) = (moment.clone(), timeline.is_playing());
        // All data if the playhead rests; fewer while it plays.
        let quick = playing || self.state.training.run.is_some();
        let most = if quick { SNAPSHOT_SAMPLES } else { usize::MAX };
        let name = self.state.models.get(id).map_or_else(Text::default, |entry| entry.name.clone());
        let run = self.start(JobKind::Snapshot, name, move |_: &Handle<NoNews>| {
            snapshot::run(&context, &moment, most)
        });
        if let Some(training) = self.state.learned_mut(id) {
            training.timeline.developing = Some((run, index));
        }
    }

    /// Advances a playback of the watched training; returns whether it plays.
    pub(super) fn look_on(&mut self, seconds: f64) -> bool {
        let watched = self.state.watched_model();
        let Some(training) = watched.and_then(|id| self.state.learned_mut(id)) else {
            return false;
        };
        let playing = training.timeline.advance(seconds);
        self.develop();
        playing
    }

    /// Requests a snapshot of the watched training.
    pub(super) fn look_back(&mut self, ask: impl FnOnce(&mut Training)) {
        if let Some(id) = self.state.watched_model()
            && let Some(training) = self.state.learned_mut(id)
        {
            ask(training);
        }
        self.develop();
    }
}

impl State {
    /// The training that made a model, if it is stored.
    pub fn learned(&self, id: ModelId) -> Option<&Training> {
        let present = Some(&self.training).filter(|training| training.model == Some(id));
        present.or_else(|| self.earlier.get(&id))
    }

    pub(super) fn learned_mut(&mut self, id: ModelId) -> Option<&mut Training> {
        let present = Some(&mut self.training).filter(|training| training.model == Some(id));
        present.or_else(|| self.earlier.get_mut(&id))
    }

    /// The model of the watched training: the one that is being trained, else the shown one.
    pub fn watched_model(&self) -> Option<ModelId> {
        let running = self.training.model.filter(|_| self.training.run.is_some());
        running.or(self.shown_version().map(|(id, _)| id))
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
    fn link_moments(&mut self) -> Option<ModelId> {
        let watched = self.watched_model();
        let beside = self.beside().map(|(id, _)| id).filter(|id| Some(*id) != watched);
        let learned =
            |id: &ModelId| self.learned(*id).is_some_and(|training| training.run.is_none());
        let beside = beside.filter(learned);
        let before = std::mem::replace(&mut self.linked, beside).filter(|id| Some(*id) != beside);
        if let Some(training) = before.and_then(|id| self.learned_mut(id)) {
            training.timeline.follow();
        }
        let target = self.watched().and_then(|training| {
            let running = training.run.is_some().then_some(training.updates);
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

    /// Stores the present training with its model before another one replaces it; the oldest are removed if all take
    /// too much memory.
    fn put_training_aside(&mut self, next: ModelId) {
        self.earlier.remove(&next);
        let past = std::mem::take(&mut self.training);
        if let Some(model) = past.model.filter(|model| *model != next)
            && self.models.get(model).is_some()
        {
            self.earlier.insert(model, Training { run: None, phase: TrainingPhase::Idle, ..past });
        } else {
            self.training.before = past.before;
        }
        let bytes = |training: &Training| training.timeline.bytes();
        while self.earlier.values().map(bytes).sum::<usize>() > MAX_EARLIER
            && let Some(&oldest) = self.earlier.keys().next()
        {
            // A model must not stay at an old snapshot when its training is removed.
            self.show_newest(oldest);
            self.earlier.remove(&oldest);
        }
    }

    /// Shows the model of a snapshot, if it is still the requested one.
    pub(super) fn snapshot_ended(&mut self, run: RunId, result: JobResult<Snapshot>) {
        let version = self.next_version();
        let prepared = match result {
            JobResult::Finished(Snapshot(prepared)) => Some(prepared),
            JobResult::Cancelled(_) => None,
            JobResult::Failed(why, _) => {
                self.notices.error(why);
                None
            }
        };
        let trainings = self.earlier.values_mut().chain([&mut self.training]);
        let asked = |training: &&mut Training| {
            training.timeline.developing.is_some_and(|(asked, _)| asked == run)
        };
        let Some(training) = { trainings }.find(asked) else { return };
        let Some((_, index)) = training.timeline.developing.take() else { return };
        let Some(id) = training.model else { return };
        let Some(prepared) = prepared.filter(|_| training.timeline.asked().is_some()) else {
            return;
        };
        training.timeline.developed = Some(index);
        let aside = training.timeline.newest.is_none();
        let Some(entry) = self.models.get_mut(id) else { return };
        let (path, unsaved) = (entry.path.take(), std::mem::replace(&mut entry.unsaved, true));
        let newest = std::mem::replace(&mut entry.prepared, prepared);
        let before = std::mem::replace(&mut entry.version, version);
        if aside {
            let newest = Newest { prepared: newest, version: before, path, unsaved };
            self.hold_range_for_training(true);
            self.learned_mut(id).iter_mut().for_each(|t| t.timeline.newest = Some(newest.clone()));
        }
        self.fit_if_lost(id);
    }

    /// Restores the newest state of a model if a snapshot was shown.
    fn show_newest(&mut self, id: ModelId) {
        let Some(training) = self.learned_mut(id) else { return };
        training.timeline.developed = None;
        let Some(newest) = training.timeline.newest.take() else { return };
        let running = training.run.is_some();
        if let Some(entry) = self.models.get_mut(id) {
            let Newest { prepared, version, path, unsaved } = newest;
            *entry = ModelEntry { prepared, version, path, unsaved, name: entry.name.clone() };
        }
        self.hold_range_for_training(running);
        self.fit_if_lost(id);
    }

    /// A version that no model has had yet.
    pub(super) fn next_version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// Replaces a model by its newer version.
    pub(super) fn renew(&mut self, id: ModelId, prepared: Arc<Prepared>) {
        let version = self.next_version();
        // An older snapshot that is shown stays on the screen.
        if let Some(newest) = self.learned_mut(id).and_then(|t| t.timeline.newest.as_mut()) {
            *newest = Newest { prepared, version, path: None, unsaved: true };
            return;
        }
        let first = match self.models.get_mut(id) {
            Some(entry) => {
                entry.prepared = prepared;
                entry.version = version;
                entry.unsaved = true;
                entry.path = None;
                false
            }
            None => {
                self.trained += 1;
                let name = text!("Trained {id}", id = self.trained);
                let entry = ModelEntry { name, version, path: None, unsaved: true, prepared };
                self.models.insert(id, entry);
                true
            }
        };
        if first {
            self.show(id);
            // A branch is compared with its origin.
            let trunk = self.learned(id).and_then(|training| training.trunk);
            trunk.into_iter().for_each(|trunk| self.put_beside(trunk));
        } else {
            self.fit_if_lost(id);
        }
    }

    /// Shows all of a model's data if they have left a map that was fitted to them.
    pub(super) fn fit_if_lost(&mut self, id: ModelId) {
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
