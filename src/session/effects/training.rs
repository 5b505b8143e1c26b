//! Begins the trainings of the document.

use crate::error::{Error, Result};
use crate::session::core::Core;
use crate::session::document::TrainingSpec;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::effects::material::material;
use crate::session::jobs::control::Control;
use crate::session::jobs::learn::training::{self, Training, TrainingPhase, TrainingPlan};
use crate::session::jobs::registry::JobKind;
use crate::session::results::losses::LossRecord;
use crate::text;
use crate::train::TrainerState;
use std::sync::Arc;

/// The approximate maximum of memory for the snapshots of all earlier trainings together, in bytes.
const MAX_EARLIER: usize = 192 << 20;

/// The state of a training at an update, and its history until then.
fn past(core: &Core, run: RunId, updates: usize) -> Result<(Arc<TrainerState>, Training)> {
    let runs = &core.state.runs;
    let gone =
        || Error::mismatch(text!("The training from which this one continues is not there."));
    let model = runs.models.get(&run).ok_or_else(gone)?.prepared.model.clone();
    let own = TrainerState::from_model(&model);
    let own = own.ok().filter(|state| state.resume.updates == updates).map(Arc::new);
    let Some(training) = runs.trainings.get(&run) else {
        let state = own.ok_or_else(gone)?;
        let epochs = state.history.last().map_or(0.0, |record| record.epoch as f64);
        let losses = LossRecord { epochs: state.history.clone(), ..LossRecord::default() };
        return Ok((state, Training { epochs, losses, ..Training::default() }));
    };
    let moments = training.timeline.moments();
    let moment = moments.iter().find(|moment| moment.resume.updates == updates).cloned();
    let state = own.or(moment).ok_or_else(gone)?;
    let epochs = training.epochs_at(&state);
    let past = Training {
        epochs,
        losses: training.losses.until(epochs, &state.history),
        context: training.context.clone(),
        timeline: training.timeline.until(updates),
        ..Training::default()
    };
    Ok((state, past))
}

/// Begins the training of a model.
pub(in crate::session) fn begin_training(
    core: &mut Core,
    model: ModelId,
    run: RunId,
    spec: &TrainingSpec,
) -> Result<()> {
    let material = material(core, &spec.data)?;
    let (from, past) = match spec.from {
        Some((run, updates)) => {
            let (state, past) = past(core, run, updates)?;
            (Some(state), past)
        }
        None => (None, Training::default()),
    };
    forget_earlier_trainings(core);
    core.state.metrics.forget(model);
    core.state.hold_range_for_training(true);
    let plan = TrainingPlan { material, config: spec.config.clone(), from };
    let (name, work) = (plan.material.name(), plan.clone());
    let job =
        core.start_run(run, JobKind::Training, name, move |handle| training::run(work, handle));
    let updates = plan.from.as_ref().map_or(0, |state| state.resume.updates);
    let training = Training {
        job: Some(job),
        phase: TrainingPhase::Running,
        updates,
        seconds_left: f64::INFINITY,
        plan: Some(plan),
        ..past
    };
    core.state.runs.trainings.insert(run, training);
    set_training_pace(core);
    Ok(())
}

/// Forgets the snapshots of the oldest trainings if all take too much memory.
fn forget_earlier_trainings(core: &mut Core) {
    let state = &mut core.state;
    let bytes = |training: &Training| training.timeline.bytes();
    while state.runs.trainings.values().map(bytes).sum::<usize>() > MAX_EARLIER
        && let Some((&oldest, _)) = state.runs.trainings.iter().find(|(_, t)| t.job.is_none())
    {
        // A model must not stay at an old snapshot when its training is removed.
        state.show_newest(oldest);
        state.runs.trainings.remove(&oldest);
    }
}

/// Applies the pace limit of the preferences to the training.
pub(in crate::session) fn set_training_pace(core: &mut Core) {
    let pace = core.state.preferences.pace();
    training_control(core).into_iter().for_each(|control| control.set_pace(pace));
}

pub(in crate::session) fn training_control(core: &Core) -> Option<&Control> {
    let job = core.state.training_job()?;
    core.state.jobs.get(job).map(|job| &*job.control)
}
