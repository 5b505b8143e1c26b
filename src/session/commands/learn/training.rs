//! Start, pause, continuation and branching of trainings; any snapshot of them can be shown.

use crate::data::outline::generator::GeneratorConfig;
use crate::error::{Error, Result};
use crate::model::training_config::TrainingConfig;
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{DataSpec, TrainingSpec};
use crate::session::effects::act::act;
use crate::session::effects::material::material;
use crate::session::effects::training::training_control;
use crate::session::jobs::learn::training::{Portion, TrainingPhase};
use crate::session::jobs::registry::JobKind;
use crate::session::screen::snapshots::develop;
use crate::text;
use crate::train::TrainerState;

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
pub(in crate::session) fn train(core: &mut Core) {
    let spec = next_training(core);
    spec.into_iter().for_each(|spec| begin_new(core, Action::Train, spec));
}

/// The training that the settings describe; none if it cannot begin, which is told.
fn next_training(core: &mut Core) -> Option<TrainingSpec> {
    let state = &mut core.state;
    let problem = if state.learns_own() && state.imported().is_none() {
        text!("Import your shapes first, or choose families in the data dialog.")
    } else if state.training_job().is_some() {
        text!("A training is under way; stop or reset it first.")
    } else {
        return Some(TrainingSpec {
            data: state.next_data(),
            config: state.training_config(),
            from: None,
        });
    };
    state.notices.info(problem);
    None
}

/// Begins the last training again, with the same seed: while it runs, of the same model; a finished model stays beside the
/// new one.
pub(in crate::session) fn train_again(core: &mut Core) {
    let state = &mut core.state;
    let last = state.last_training();
    // The reports of the job that ends are ignored from here on.
    let running = state.runs.training_now_mut().map(|(run, training)| (run, training.leave()));
    running.and_then(|(_, job)| job).into_iter().for_each(|job| state.jobs.cancel(job));
    let Some((model, spec)) = last else { return train(core) };
    let is_running = running.is_some_and(|(run, _)| state.document.model_of(run) == Some(model));
    match is_running {
        true => begin_further(core, model, spec),
        false => begin_new(core, Action::Train, spec),
    }
}

/// Begins a new training with the next seed.
pub(in crate::session) fn train_with_new_seed(core: &mut Core) {
    let Some(TrainingSpec { data, config, from }) = next_training(core) else { return };
    let seed = config.seed.wrapping_add(1);
    let data = match data {
        DataSpec::Generated(generator) => {
            DataSpec::Generated(GeneratorConfig { seed, ..generator })
        }
        other => other,
    };
    let config = TrainingConfig { seed, ..config };
    begin_new(core, Action::TrainNewSeed, TrainingSpec { data, config, from });
}

/// Does one part of a training: of the present one, which then pauses, or of a new one.
pub(in crate::session) fn learn_more(core: &mut Core, portion: Portion) {
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
    core.state.training_look_mut().into_iter().for_each(|(_, look)| look.follow());
    if let Some(control) = training_control(core) {
        if pauses {
            control.pause(true);
        }
        control.allow(steps);
    }
    develop(core);
}

/// Pauses the training, or lets it go on.
pub(in crate::session) fn pause_training(core: &mut Core, pause: bool) {
    let Some((_, training)) = core.state.runs.training_now_mut() else { return };
    if matches!(training.phase, TrainingPhase::Running | TrainingPhase::Paused) {
        training.phase = if pause { TrainingPhase::Paused } else { TrainingPhase::Running };
        training_control(core).into_iter().for_each(|control| control.pause(pause));
    }
}

/// Continues the training of the shown model from the shown snapshot: to its end, or beyond it by as many updates
/// as the settings say.
pub(in crate::session) fn go_on(core: &mut Core) {
    let Trunk { model, run, mut config, updates } = match trunk(core) {
        Ok(trunk) => trunk,
        Err(error) => return core.state.notices.info(error.to_string()),
    };
    if config.updates <= updates {
        config.updates = updates + core.state.training_config().updates;
    }
    let (data, from) = (DataSpec::OfModel(run), Some((run, updates)));
    begin_further(core, model, TrainingSpec { data, config, from });
}

/// Trains a new model that shares the past of the shown one up to the shown snapshot, and continues with the
/// present settings; the order of the rows and the noise are the same.
pub(in crate::session) fn branch(core: &mut Core) {
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
        return core.state.notices.error(JobKind::Training, error);
    }
    if (TrainingConfig { updates: total, ..config.clone() }) == before {
        return core.state.notices.info(
            text!("A branch needs something that differs: change a setting, such as beta, and branch again."),
        );
    }
    let (data, from) = (DataSpec::OfModel(run), Some((run, done)));
    let wanted = core.state.view.wanted;
    begin_new(core, Action::Train, TrainingSpec { data, config, from });
    // A branch is compared with its origin.
    if core.state.view.wanted != wanted {
        core.state.view.wanted_beside = Some(model);
    }
}

/// The point from which the shown model can continue.
fn trunk(core: &Core) -> Result<Trunk> {
    let state = &core.state;
    if state.training_job().is_some() {
        return Err(Error::mismatch(text!("A training is under way; stop it first.")));
    }
    if let Some(reason) = state.cannot_go_on() {
        return Err(Error::mismatch(reason));
    }
    let nothing = || Error::mismatch(text!("No model is open."));
    let (model, entry) = state.shown().ok_or_else(nothing)?;
    let run = state.run_of(model).ok_or_else(nothing)?;
    let frozen = &entry.prepared.model;
    let training = state.learned(model);
    let asked = training.and_then(|training| training.asked_updates());
    // The model's own state, since early stopping may have chosen an older one than the last. An interrupted training leaves
    // a preview, which cannot continue; its last snapshot can.
    let training = training.map(|training| training.training());
    let last = || training.and_then(|training| training.timeline.moments().last());
    let updates = match (asked, TrainerState::from_model(frozen), last()) {
        (Some(updates), ..) => updates,
        (None, Ok(state), _) => state.resume.updates,
        (None, Err(_), Some(last)) => last.resume.updates,
        (None, Err(error), None) => return Err(error),
    };
    let plan = training.and_then(|training| training.plan.as_ref());
    let config = plan.map(|plan| &plan.config).or(frozen.card.training());
    let config = config.cloned().unwrap_or_default();
    Ok(Trunk { model, run, config, updates })
}

fn check(core: &Core, spec: &TrainingSpec) -> Result<()> {
    material(core, &spec.data)?.check()?;
    spec.config.check()
}

/// Begins a training of a new model, and shows it as soon as there is something of it.
fn begin_new(core: &mut Core, action: fn(TrainingSpec) -> Action, spec: TrainingSpec) {
    if let Err(error) = check(core, &spec) {
        return core.state.notices.error(JobKind::Training, error);
    }
    act(core, action(spec));
    core.state.view.wanted = core.state.document.models.keys().next_back().copied();
}

/// Trains a model again, or further.
fn begin_further(core: &mut Core, model: ModelId, spec: TrainingSpec) {
    if let Err(error) = check(core, &spec) {
        return core.state.notices.error(JobKind::Training, error);
    }
    let before = core.state.model(model).cloned();
    act(core, Action::Retrain(model, spec));
    // The model stays on the screen as it was until there is something newer.
    if let Some((run, before)) = core.state.run_of(model).zip(before) {
        core.state.runs.models.insert(run, before);
    }
}
