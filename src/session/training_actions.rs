//! Start, pause, continuation and branching of trainings; any snapshot of them can be shown.

use super::act::act;
use super::action::Action;
use super::core::Core;
use super::document::{DataSpec, ModelSource, TrainingSpec};
use super::ids::{ModelId, RunId};
use super::jobs::handle::{Handle, NoNews};
use super::jobs::registry::{JobId, JobKind, JobResult};
use super::jobs::snapshot::{self, Snapshot};
use super::jobs::training::{Portion, SNAPSHOT_SAMPLES, Training, TrainingPhase};
use super::material::material;
use super::models::{ModelEntry, Prepared};
use super::run_training::training_control;
use super::state::State;
use super::timeline::Newest;
use crate::data::outline::generator::GeneratorConfig;
use crate::error::{Error, Result};
use crate::model::training_config::TrainingConfig;
use crate::text;
use crate::text::Text;
use crate::train::TrainerState;
use std::sync::Arc;

/// The point from which the shown model can continue.
struct Trunk {
    model: ModelId,
    run: RunId,
    /// The settings of its training.
    config: TrainingConfig,
    /// Updates that are done there.
    updates: usize,
}

/// Begins a training of a new model.
pub(super) fn train(core: &mut Core) {
    let state = &mut core.state;
    if state.learns_own() && state.imported().is_none() {
        return state
            .notices
            .info(text!("Import your shapes first, or choose families in the data dialog."));
    }
    if state.training_job().is_some() {
        return state.notices.info(text!("A training is under way; stop or reset it first."));
    }
    let (data, config) = (state.next_data(), state.training_config());
    begin(core, None, TrainingSpec { data, config, from: None });
}

/// Begins the last training again, with the same seed: while it runs, of the same model; a finished model stays beside the
/// new one.
pub(super) fn train_again(core: &mut Core) {
    let Some((model, spec)) = core.state.last_training() else { return train(core) };
    let running = core.state.runs.training_now_mut();
    // The reports of the job that ends are ignored from here on.
    let job = running.and_then(|(_, training)| training.leave());
    job.into_iter().for_each(|job| core.state.jobs.cancel(job));
    begin(core, Some(model).filter(|_| job.is_some()), spec);
}

/// Begins a new training with the next seed.
pub(super) fn train_with_new_seed(core: &mut Core) {
    let config = core.state.training_config();
    let seed = config.seed.wrapping_add(1);
    let generator = core.state.document.training.generator.clone();
    act(core, Action::SetTraining(TrainingConfig { seed, ..config }));
    act(core, Action::SetGenerator(GeneratorConfig { seed, ..generator }));
    train(core);
}

/// Does one part of a training: of the present one, which then pauses, or of a new one.
pub(super) fn learn_more(core: &mut Core, portion: Portion) {
    if core.state.training_job().is_none() {
        train(core);
    }
    let Some((_, training)) = core.state.runs.training_now_mut() else { return };
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
    if let Some(control) = training_control(core) {
        if pauses {
            control.pause(true);
        }
        control.allow(steps);
    }
    develop(core);
}

/// Pauses the training, or lets it go on.
pub(super) fn pause_training(core: &mut Core, pause: bool) {
    let Some((_, training)) = core.state.runs.training_now_mut() else { return };
    if matches!(training.phase, TrainingPhase::Running | TrainingPhase::Paused) {
        training.phase = if pause { TrainingPhase::Paused } else { TrainingPhase::Running };
        training_control(core).into_iter().for_each(|control| control.pause(pause));
    }
}

/// Continues the training of the shown model from the shown snapshot: to its end, or beyond it by as many updates
/// as the settings say.
pub(super) fn go_on(core: &mut Core) {
    let Trunk { model, run, mut config, updates } = match trunk(core) {
        Ok(trunk) => trunk,
        Err(error) => return core.state.notices.info(error.to_string()),
    };
    if config.updates <= updates {
        config.updates = updates + core.state.training_config().updates;
    }
    let (data, from) = (DataSpec::OfModel(run), Some((run, updates)));
    begin(core, Some(model), TrainingSpec { data, config, from });
}

/// Trains a new model that shares the past of the shown one up to the shown snapshot, and continues with the
/// present settings; the order of the rows and the noise are the same.
pub(super) fn branch(core: &mut Core) {
    let Trunk { model, run, config: before, updates: done } = match trunk(core) {
        Ok(trunk) => trunk,
        Err(error) => return core.state.notices.info(error.to_string()),
    };
    let total = before.updates;
    // As long as the original, so that both can be compared; a branch from the end doubles the length.
    let wanted = core.state.training_config();
    let updates = if done < total { total } else { done + wanted.updates };
    let config = TrainingConfig { updates, ..wanted };
    if let Err(error) = before.check_branch(&config) {
        return core.state.notices.error(error);
    }
    if (TrainingConfig { updates: total, ..config.clone() }) == before {
        return core.state.notices.info(
            text!("A branch needs something that differs: change a setting, such as beta, and branch again."),
        );
    }
    let (data, from) = (DataSpec::OfModel(run), Some((run, done)));
    begin(core, None, TrainingSpec { data, config, from });
    // A branch is compared with its origin.
    core.state.view.wanted_beside = Some(model);
}

/// The point from which the shown model can continue.
fn trunk(core: &Core) -> Result<Trunk> {
    let state = &core.state;
    if state.training_job().is_some() {
        return Err(Error::mismatch(text!("A training is under way; stop it first.")));
    }
    let nothing = || Error::mismatch(text!("No model is open."));
    let (model, entry) = state.shown().ok_or_else(nothing)?;
    let run = state.run_of(model).ok_or_else(nothing)?;
    let frozen = &entry.prepared.model;
    let training = state.runs.trainings.get(&run);
    let asked = training.and_then(|training| training.timeline.asked_updates());
    // The model's own state, since early stopping may have chosen an older one than the last. An interrupted training leaves
    // a preview, which cannot continue; its last snapshot can.
    let last = || training.and_then(|training| training.timeline.moments().last());
    let updates = match (asked, TrainerState::from_model(frozen), last()) {
        (Some(updates), ..) => updates,
        (None, Ok(state), _) => state.resume.updates,
        (None, Err(_), Some(last)) => last.resume.updates,
        (None, Err(error), None) => return Err(error),
    };
    let plan = training.and_then(|training| training.plan.as_ref());
    let config = plan.map_or(&frozen.card.training, |plan| &plan.config).clone();
    Ok(Trunk { model, run, config, updates })
}

/// Begins a training of `model`, or of a new one, and shows it as soon as there is something of it.
fn begin(core: &mut Core, model: Option<ModelId>, spec: TrainingSpec) {
    let checked = material(core, &spec.data).and_then(|material| material.check());
    if let Err(error) = checked.and_then(|()| spec.config.check()) {
        return core.state.notices.error(error);
    }
    let Some(model) = model else {
        act(core, Action::Train(spec));
        core.state.view.wanted = core.state.document.models.keys().next_back().copied();
        return;
    };
    let before = core.state.model(model).cloned();
    act(core, Action::Retrain(model, spec));
    // The model stays on the screen as it was until there is something newer.
    if let Some((run, before)) = core.state.run_of(model).zip(before) {
        core.state.runs.models.insert(run, before);
    }
}

/// Makes models of the requested snapshots: of the watched training, and of the one beside it.
pub(super) fn develop(core: &mut Core) {
    let before = core.state.link_moments();
    let watched = core.state.watched_model();
    let ids = [watched, core.state.linked, before];
    ids.into_iter().flatten().for_each(|id| develop_moment(core, id));
}

/// Makes a model of the requested snapshot of `id`, unless one is being made.
fn develop_moment(core: &mut Core, id: ModelId) {
    let Some(run) = core.state.run_of(id) else { return };
    let Some(training) = core.state.runs.trainings.get(&run) else { return };
    let timeline = &training.timeline;
    let Some((index, moment)) = timeline.asked() else {
        return core.state.show_newest(run);
    };
    if timeline.developed == Some(index) || timeline.developing.is_some() {
        return;
    }
    let Some(context) = training.context.clone() else { return };
    let (moment, playing) = (moment.clone(), timeline.is_playing());
    // All data if the playhead rests; fewer while it plays.
    let quick = playing || core.state.training_job().is_some();
    let most = if quick { SNAPSHOT_SAMPLES } else { usize::MAX };
    let name = core.state.model(id).map_or_else(Text::default, |entry| entry.name.clone());
    let job = core.start(JobKind::Snapshot, name, move |_: &Handle<NoNews>| {
        snapshot::run(&context, &moment, most)
    });
    if let Some(training) = core.state.learned_mut(id) {
        training.timeline.developing = Some((job, index));
    }
}

/// Advances a playback of the watched training; returns whether it plays.
pub(super) fn look_on(core: &mut Core, seconds: f64) -> bool {
    let watched = core.state.watched_model();
    let Some(training) = watched.and_then(|id| core.state.learned_mut(id)) else {
        return false;
    };
    let playing = training.timeline.advance(seconds);
    develop(core);
    playing
}

/// Requests a snapshot of the watched training.
pub(super) fn look_back(core: &mut Core, ask: impl FnOnce(&mut Training)) {
    if let Some(id) = core.state.watched_model()
        && let Some(training) = core.state.learned_mut(id)
    {
        ask(training);
    }
    develop(core);
}

impl State {
    /// The training that made a model, if it is stored.
    pub fn learned(&self, id: ModelId) -> Option<&Training> {
        self.runs.trainings.get(&self.run_of(id)?)
    }

    pub(super) fn learned_mut(&mut self, id: ModelId) -> Option<&mut Training> {
        let run = self.run_of(id)?;
        self.runs.trainings.get_mut(&run)
    }

    /// The training that is under way, else the last one of an open model.
    fn present_training(&self) -> Option<(RunId, &Training)> {
        let of_open = |(run, _): &(&RunId, &Training)| self.document.model_of(**run).is_some();
        let last = || self.runs.trainings.iter().rev().find(of_open);
        self.runs.training_now().or_else(|| last().map(|(run, training)| (*run, training)))
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
    fn last_training(&self) -> Option<(ModelId, TrainingSpec)> {
        let model = self.document.model_of(self.present_training()?.0)?;
        match &*self.document.models.get(&model)?.source {
            ModelSource::Training(spec) => Some((model, (**spec).clone())),
            _ => None,
        }
    }

    /// The data of the next training.
    pub(super) fn next_data(&self) -> DataSpec {
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
    fn link_moments(&mut self) -> Option<ModelId> {
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
    pub(super) fn snapshot_ended(&mut self, job: JobId, result: JobResult<Snapshot>) {
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
        let Some(prepared) = prepared.filter(|_| training.timeline.asked().is_some()) else {
            return;
        };
        training.timeline.developed = Some(index);
        let aside = training.timeline.newest.is_none();
        let Some(entry) = self.runs.models.get_mut(&run) else { return };
        let (path, unsaved) = (entry.path.take(), std::mem::replace(&mut entry.unsaved, true));
        let newest = std::mem::replace(&mut entry.prepared, prepared);
        let before = std::mem::replace(&mut entry.version, version);
        if aside {
            let newest = Newest { prepared: newest, version: before, path, unsaved };
            self.hold_range_for_training(true);
            if let Some(training) = self.runs.trainings.get_mut(&run) {
                training.timeline.newest = Some(newest);
            }
        }
        self.fit_if_lost(run);
    }

    /// Restores the newest state of a model if a snapshot was shown.
    pub(super) fn show_newest(&mut self, run: RunId) {
        let Some(training) = self.runs.trainings.get_mut(&run) else { return };
        training.timeline.developed = None;
        let Some(newest) = training.timeline.newest.take() else { return };
        let running = training.job.is_some();
        if let Some(entry) = self.runs.models.get_mut(&run) {
            let Newest { prepared, version, path, unsaved } = newest;
            *entry = ModelEntry { prepared, version, path, unsaved, name: entry.name.clone() };
        }
        self.hold_range_for_training(running);
        self.fit_if_lost(run);
    }

    /// Replaces a model by its newer version.
    pub(super) fn renew(&mut self, run: RunId, prepared: Arc<Prepared>) {
        let version = self.runs.next_version();
        // An older snapshot that is shown stays on the screen.
        let training = self.runs.trainings.get_mut(&run);
        if let Some(newest) = training.and_then(|t| t.timeline.newest.as_mut()) {
            *newest = Newest { prepared, version, path: None, unsaved: true };
            return;
        }
        let name = match self.runs.models.get(&run) {
            Some(entry) => entry.name.clone(),
            None => text!("Trained {id}", id = self.runs.next_trained()),
        };
        let entry = ModelEntry { name, version, path: None, unsaved: true, prepared };
        self.runs.models.insert(run, entry);
        self.fit_if_lost(run);
    }

    /// Shows all of a model's data if they have left a map that was fitted to them.
    pub(super) fn fit_if_lost(&mut self, run: RunId) {
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
