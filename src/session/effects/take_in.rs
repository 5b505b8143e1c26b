//! Handles reports and results of jobs: each by a function of the job's own file, then the consequences for the rest of
//! the state.

use crate::session::action::Acknowledged;
use crate::session::core::Core;
use crate::session::document::ModelRef;
use crate::session::document::ids::JobId;
use crate::session::effects::replay::retraced;
use crate::session::event::{End, Event, News};
use crate::session::jobs::explore::open::Opened;
use crate::session::jobs::keep::save::Saved;
use crate::session::jobs::learn::pca::PcaModel;
use crate::session::jobs::learn::training::{Trained, Training, TrainingEnd};
use crate::session::jobs::optimise::candidates;
use crate::session::jobs::registry::{JobKind, JobProgress, JobResult};
use crate::session::notices::{Cause, Notices, Offer};
use crate::session::results::models::ModelEntry;
use crate::session::screen::comparison::Comparison;
use crate::session::screen::latent_path::path_ended;
use crate::session::state::State;
use crate::text;
use crate::text::Text;
use std::path::Path;
use std::sync::Arc;

/// Applies an event to the state.
pub(in crate::session) fn apply(core: &mut Core, event: Event) {
    match event {
        Event::Progress(job, progress, news) => core.state.progress(job, progress, news),
        Event::Ended(job, End::Path(result)) => {
            if core.state.jobs.end(job).is_some() {
                path_ended(core, job, result);
            }
        }
        Event::Ended(job, End::Snapshot(result)) if core.replay.makes(job) => {
            if core.state.jobs.end(job).is_some() {
                retraced(core, result);
            }
        }
        Event::Ended(job, end) => core.state.ended(job, end),
        Event::Drawn(Ok(picture)) => {
            core.state.notices.settle(Cause::Map);
            let key = picture.key;
            let is_beside = |c: &&mut Comparison| key.is_some_and(|key| key.model.0 == c.model);
            match core.state.comparison.as_mut().filter(is_beside) {
                Some(comparison) => comparison.picture.renew(picture, comparison.asked),
                None => {
                    let map = &mut core.state.map;
                    map.picture.renew(picture, map.asked);
                }
            }
        }
        Event::Drawn(Err(why)) => {
            core.state.notices.error(Cause::Map, text!("The map could not be drawn: {why}", why));
        }
    }
}

impl State {
    /// Handles the progress of a job. News of a run that is not needed any more are dropped.
    pub(in crate::session) fn progress(
        &mut self,
        job: JobId,
        progress: JobProgress,
        news: Option<News>,
    ) {
        let share = progress.share.unwrap_or(0.0);
        if !self.jobs.report(job, progress) {
            return;
        }
        let this = Some(job);
        let runs = &mut self.runs;
        match news {
            Some(News::Training(news)) => {
                let Some((run, training)) = runs.training_of(job) else { return };
                if let Some(preview) = training.progress(share, news) {
                    let at = training.state_of(&preview.model);
                    self.renew(run, at, preview);
                }
            }
            Some(News::Search(news)) => {
                let mut searches = runs.searches.values_mut();
                if let Some(search) = searches.find(|search| search.job == this) {
                    search.progress(news);
                }
            }
            Some(News::Race(news)) => {
                if let Some(race) = runs.races.values_mut().find(|race| race.job == this) {
                    race.progress(news);
                }
            }
            Some(News::Sweep(news)) => {
                if let Some(sweep) = runs.sweeps.values_mut().find(|sweep| sweep.job == this) {
                    sweep.progress(news);
                }
            }
            None => (),
        }
    }

    /// Handles the end of a job.
    pub(in crate::session) fn ended(&mut self, job: JobId, end: End) {
        let Some(ended) = self.jobs.end(job) else { return };
        if let Some((run, clock)) = ended.run.zip(ended.control.stopped_at()) {
            self.history.acknowledge(run, Acknowledged::Stopped(clock));
        }
        self.put_result(job, end);
        // Work without a result leaves no step for undo.
        if let Some(run) = ended.run.filter(|run| !self.runs.has(*run)) {
            self.retract(run);
        }
    }

    /// Puts the result of a job where those of its kind are, whatever is shown.
    fn put_result(&mut self, job: JobId, end: End) {
        let (this, runs, notices) = (Some(job), &mut self.runs, &mut self.notices);
        match end {
            End::Open(result) => self.opened(result),
            End::Save(result) => self.saved(result),
            End::Candidates(result) => candidates::ended(result, notices),
            End::Import(result) => self.import_ended(job, result),
            End::Training(result) => self.training_ended(job, result),
            End::Snapshot(result) => self.snapshot_ended(job, result),
            End::Metrics(result) => self.metrics_ended(job, result),
            End::Heads(result) => {
                let Some(mut heads) = self.heads.take_if(|heads| heads.job == job) else { return };
                let (run, base) = (heads.run, runs.model_at(heads.base.of));
                // The model may have been saved meanwhile.
                base.into_iter().for_each(|base| heads.base.clone_from(base));
                // Nobody waits for the heads of a model that was closed or trained further.
                let is_kept = self.document.runs().contains(&run);
                let notices = if is_kept { notices } else { &mut Notices::default() };
                let made = heads.ended(result, notices);
                made.into_iter().for_each(|entry| drop(runs.models.insert(run, entry)));
            }
            End::Sweep(result) => {
                let mut sweeps = runs.sweeps.iter_mut();
                if let Some((&run, sweep)) = sweeps.find(|(_, sweep)| sweep.job == this)
                    && !sweep.ended(result, notices)
                {
                    runs.sweeps.remove(&run);
                }
            }
            End::Pca(result) => self.pca_ended(result),
            End::Search(result) => {
                let mut searches = runs.searches.iter_mut();
                let Some((&run, search)) = searches.find(|(_, search)| search.job == this) else {
                    return;
                };
                // Nobody waits for a search that was cleared.
                let is_kept = self.document.searches.contains_key(&run);
                let notices = if is_kept { notices } else { &mut Notices::default() };
                if !search.ended(result, notices) {
                    runs.searches.remove(&run);
                } else if is_kept && self.view.search != Some(run) {
                    notices.offer(text!("Another search has ended."), Offer::Search(run));
                }
            }
            End::Race(result) => {
                let mut races = runs.races.iter_mut();
                let Some((&run, race)) = races.find(|(_, race)| race.job == this) else { return };
                let is_kept = self.document.race.as_ref().is_some_and(|race| race.run == run);
                let notices = if is_kept { notices } else { &mut Notices::default() };
                if !race.ended(result, notices) {
                    runs.races.remove(&run);
                }
            }
            End::Rediscovery(result) => {
                let mut tests = runs.rediscoveries.iter_mut();
                if let Some((&run, test)) = tests.find(|(_, test)| test.job == this)
                    && !test.ended(result, notices)
                {
                    runs.rediscoveries.remove(&run);
                }
            }
            End::Export(result) if self.export.job == this => self.export.ended(result, notices),
            // [`apply`] handles it, since the selected point follows a path.
            End::Path(_) => (),
            // A newer export has replaced this one.
            End::Export(_) => (),
        }
    }

    fn opened(&mut self, result: JobResult<Opened>) {
        let Opened { run, prepared, path, hash } = match result {
            JobResult::Finished(opened) => opened,
            JobResult::Cancelled(_) => return,
            JobResult::Failed(why, _) => return self.notices.error(JobKind::Open, why),
        };
        self.preferences.remember(&path);
        let is_other = |known| known != Acknowledged::Read(hash);
        if self.history.acknowledged(run).is_some_and(is_other) {
            self.notices.info(text!(
                "{path} has changed since this was recorded; what follows may lead to other results.",
                path = path.display().to_string()
            ));
        }
        self.history.acknowledge(run, Acknowledged::Read(hash));
        let (of, version) = (ModelRef::result(run), self.runs.next_version());
        let (name, path) = (name_of(&path), Some(path));
        let entry = ModelEntry { of, name, version, path, unsaved: false, prepared };
        self.runs.models.insert(run, entry);
    }

    fn pca_ended(&mut self, result: JobResult<PcaModel>) {
        let PcaModel { run, prepared, name } = match result {
            JobResult::Finished(made) => made,
            JobResult::Cancelled(_) => {
                return self.notices.info(text!("PCA stopped; nothing was made."));
            }
            JobResult::Failed(why, _) => return self.notices.error(JobKind::Pca, why),
        };
        let (of, version) = (ModelRef::result(run), self.runs.next_version());
        let entry = ModelEntry { of, name, version, path: None, unsaved: false, prepared };
        self.runs.models.insert(run, entry);
        self.document.model_of(run).into_iter().for_each(|id| self.put_beside(id));
    }

    fn saved(&mut self, result: JobResult<Saved>) {
        let Saved { run, prepared, path } = match result {
            JobResult::Finished(saved) => saved,
            JobResult::Cancelled(_) => return,
            JobResult::Failed(why, _) => return self.notices.error(JobKind::Save, why),
        };
        let of_saved = |entry: &&mut ModelEntry| Arc::ptr_eq(&entry.prepared, &prepared);
        let snapshot = self.snapshots.entry_mut(run).filter(of_saved);
        if let Some(entry) = snapshot.or(self.runs.models.get_mut(&run)) {
            // A model that was trained further or got a head meanwhile is still unsaved.
            entry.unsaved = !Arc::ptr_eq(&entry.prepared, &prepared);
            entry.name = name_of(&path);
            entry.path = Some(path.clone());
        }
        self.preferences.remember(&path);
        let saved = text!("Saved as {path}.", path = path.display().to_string());
        // Models of other origins never had a training that could be resumed.
        let training = self.runs.trainings.get(&run);
        let lacks = training.is_some() && prepared.model.resume.is_none();
        let warning = lacks.then(|| match training.is_some_and(|t| t.job.is_some()) {
            true => text!(
                "It holds no optimiser state, so its training cannot be resumed from the file: pause first, and save again."
            ),
            false => text!(
                "It holds no optimiser state, so its training cannot be resumed from the file."
            ),
        });
        self.notices.info(Text::joined([saved].into_iter().chain(warning), " "));
    }

    fn training_ended(&mut self, job: JobId, result: JobResult<Trained>) {
        let Some((run, training)) = self.runs.training_of(job) else { return };
        let TrainingEnd { made, kept, failed, cancelled, left } = training.ended(result);
        if !left {
            self.hold_range_for_training(false);
        }
        match made {
            Some(prepared) => self.renew(run, None, prepared),
            None if !kept => _ = self.runs.models.remove(&run),
            None => (),
        }
        if left {
            return;
        }
        if self.document.model_of(run).is_none() && failed.is_none() {
            if !self.runs.models.contains_key(&run) {
                return;
            }
            let text = text!(
                "The training of a model that is not open has ended; undo or redo brings the model back."
            );
            return self.notices.info(text);
        }
        match failed {
            Some(why) if kept => {
                self.notices.error(
                    JobKind::Training,
                    text!("{why} (what was trained before is kept)", why),
                );
            }
            Some(why) => self.notices.error(JobKind::Training, why),
            None if cancelled => {
                self.notices.info(text!("Training stopped; what it learned is kept."));
            }
            None => {
                let Some(training) = self.runs.trainings.get(&run) else { return };
                let Training { updates, epochs, .. } = *training;
                let early = updates < training.total_updates();
                let epochs = format!("{epochs:.1}");
                let epochs = epochs.trim_end_matches(".0");
                let epochs = match epochs.parse::<usize>() {
                    Ok(whole) => text!("{count} epoch" | "{count} epochs", count = whole),
                    Err(_) => text!("{epochs} epochs", epochs),
                };
                let id = self.document.model_of(run);
                let kept = id.and_then(|id| self.kept_epoch_of(id));
                let best = kept.map(|(kept, record)| {
                    text!(
                        "The model is that of the best update, {update} (epoch {epoch}).",
                        update = kept,
                        epoch = record.epoch
                    )
                });
                let finished = match early {
                    true => text!(
                        "Training finished early after {count} update ({epochs})."
                            | "Training finished early after {count} updates ({epochs}).",
                        count = updates,
                        epochs
                    ),
                    false => text!(
                        "Training finished after {count} update ({epochs})."
                            | "Training finished after {count} updates ({epochs}).",
                        count = updates,
                        epochs
                    ),
                };
                let save = text!("Save it with Ctrl+S.");
                let told =
                    Text::joined([Some(finished), best, Some(save)].into_iter().flatten(), " ");
                match id.filter(|id| self.view.shown != Some(*id) && self.view.wanted != Some(*id))
                {
                    Some(id) => self.notices.offer(told, Offer::Model(id)),
                    None => self.notices.info(told),
                }
            }
        }
    }
}

fn name_of(path: &Path) -> Text {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Text::verbatim(stem.unwrap_or_else(|| path.display().to_string()))
}
