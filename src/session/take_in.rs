//! Handles reports and results of jobs: each by a function of the job's own file, then the consequences for the rest of
//! the state.

use super::event::{End, News};
use super::jobs::open::Opened;
use super::jobs::registry::{JobProgress, JobResult, RunId};
use super::jobs::save::Saved;
use super::jobs::training::{Trained, Training, TrainingEnd};
use super::jobs::{candidates, pca};
use super::models::ModelEntry;
use super::state::State;
use crate::text;
use crate::text::Text;
use std::path::Path;
use std::sync::Arc;

impl State {
    /// Handles the progress of a job. News of a run that is not needed any more are dropped.
    pub(super) fn progress(&mut self, run: RunId, progress: JobProgress, news: Option<News>) {
        let share = progress.share.unwrap_or(0.0);
        if !self.jobs.report(run, progress) {
            return;
        }
        let this = Some(run);
        match news {
            Some(News::Training(news)) if self.training.run == this => {
                let preview = self.training.progress(share, news);
                if let Some((id, preview)) = self.training.model.zip(preview) {
                    self.renew(id, preview);
                }
            }
            Some(News::Search(news)) => {
                if let Some(search) = self.search_run.as_mut().filter(|search| search.run == this) {
                    search.progress(news);
                }
            }
            Some(News::Race(news)) => {
                if let Some(race) = self.race.as_mut().filter(|race| race.run == this) {
                    race.progress(news);
                }
            }
            Some(News::Sweep(news)) => {
                if let Some(sweep) = self.sweep.as_mut().filter(|sweep| sweep.run == this) {
                    sweep.progress(news);
                }
            }
            Some(News::Training(_)) | None => (),
        }
    }

    /// Handles the result of a job.
    pub(super) fn ended(&mut self, run: RunId, end: End) {
        if self.jobs.end(run).is_none() {
            return;
        }
        let (this, notices) = (Some(run), &mut self.notices);
        match end {
            End::Open(result) => self.opened(result),
            End::Save(result) => self.saved(result),
            End::Candidates(result) => candidates::ended(result, notices),
            End::Import(result) if self.own.run == this => self.import_ended(result),
            End::Training(result) if self.training.run == this => self.training_ended(result),
            End::Snapshot(result) => self.snapshot_ended(run, result),
            End::Metrics(result) => self.metrics_ended(run, result),
            End::Heads(result) => {
                if let Some(heads) = self.heads.take_if(|heads| heads.run == run)
                    && heads.ended(result, &mut self.models, notices)
                {
                    // The maps can now have colours of a property that had no head before.
                    self.map.asked = None;
                    if let Some(comparison) = &mut self.comparison {
                        (comparison.asked, comparison.probe, comparison.picked) =
                            (None, None, None);
                    }
                }
            }
            End::Sweep(result) => {
                if let Some(sweep) = self.sweep.as_mut().filter(|sweep| sweep.run == this)
                    && !sweep.ended(result, notices)
                {
                    self.sweep = None;
                }
            }
            End::Pca(result) if self.pca == this => {
                self.pca = None;
                let made = pca::ended(result, &mut self.models, notices);
                made.into_iter().for_each(|id| self.put_beside(id));
            }
            End::Search(result) => {
                if let Some(search) = self.search_run.as_mut().filter(|search| search.run == this) {
                    if !search.ended(result, notices) {
                        self.search_run = None;
                    } else if let Some((lesson, report)) = self.lesson.as_mut().zip(search.report())
                    {
                        lesson.climbed(report);
                    }
                }
            }
            End::Race(result) => {
                if let Some(race) = self.race.as_mut().filter(|race| race.run == this)
                    && !race.ended(result, notices)
                {
                    self.race = None;
                }
            }
            End::Rediscovery(result) => {
                if let Some(test) = self.rediscovery.as_mut().filter(|test| test.run == this)
                    && !test.ended(result, notices)
                {
                    self.rediscovery = None;
                }
            }
            End::Export(result) if self.export.run == this => self.export.ended(result, notices),
            // [`Session::apply`](super::Session::apply) handles it, since the selected point follows a path.
            End::Path(_) => (),
            // A newer run has replaced this one.
            End::Import(_) | End::Training(_) | End::Pca(_) | End::Export(_) => (),
        }
    }

    fn opened(&mut self, result: JobResult<Opened>) {
        let Opened { prepared, path } = match result {
            JobResult::Finished(opened) => opened,
            JobResult::Cancelled(_) => return,
            JobResult::Failed(why, _) => return self.notices.error(why),
        };
        let id = self.models.allot();
        // A file that is opened again replaces its older model, unless that has unsaved changes.
        let same = |e: &ModelEntry| e.path.as_ref() == Some(&path) && !e.unsaved;
        let older = self.models.iter().find(|(_, e)| same(e)).map(|(id, _)| id);
        older.and_then(|older| self.models.remove(older));
        self.settings.remember(&path);
        let (name, path) = (name_of(&path), Some(path));
        self.models.insert(id, ModelEntry { name, version: 0, path, unsaved: false, prepared });
        self.show(id);
    }

    fn saved(&mut self, result: JobResult<Saved>) {
        let Saved { id, prepared, path } = match result {
            JobResult::Finished(saved) => saved,
            JobResult::Cancelled(_) => return,
            JobResult::Failed(why, _) => return self.notices.error(why),
        };
        if let Some(entry) = self.models.get_mut(id) {
            // A model that was trained further or got a head meanwhile is still unsaved.
            entry.unsaved = !Arc::ptr_eq(&entry.prepared, &prepared);
            entry.name = name_of(&path);
            entry.path = Some(path.clone());
        }
        self.settings.remember(&path);
        let saved = text!("Saved as {path}.", path = path.display().to_string());
        // Models of other origins never had a training that could be resumed.
        let lacks = self.learned(id).is_some() && prepared.model.resume.is_none();
        let warning = lacks.then(|| match self.is_learning(id) {
            true => text!(
                "It holds no optimiser state, so its training cannot be resumed from the file: pause first, and save again."
            ),
            false => text!(
                "It holds no optimiser state, so its training cannot be resumed from the file."
            ),
        });
        self.notices.info(Text::joined([saved].into_iter().chain(warning), " "));
    }

    fn training_ended(&mut self, result: JobResult<Trained>) {
        let TrainingEnd { made, kept, failed, cancelled } = self.training.ended(result);
        let (id, before) = (self.training.model, self.training.before);
        self.hold_range_for_training(false);
        match (id, made) {
            (Some(id), Some(prepared)) => self.renew(id, prepared),
            (Some(id), None) if !kept => {
                let was_shown = self.shown_version().is_some_and(|(shown, _)| shown == id);
                self.models.remove(id);
                if let Some(before) = before.filter(|_| was_shown) {
                    self.show(before);
                }
            }
            _ => (),
        }
        match failed {
            Some(why) if kept => {
                self.notices.error(text!("{why} (what was trained before is kept)", why));
            }
            Some(why) => self.notices.error(why),
            None if cancelled => {
                self.notices.info(text!("Training stopped; what it learned is kept."));
            }
            None => {
                let Training { updates, epochs, .. } = self.training;
                let early = updates < self.training.total_updates();
                let epochs = format!("{epochs:.1}");
                let epochs = epochs.trim_end_matches(".0");
                let epochs = match epochs.parse::<usize>() {
                    Ok(whole) => text!("{count} epoch" | "{count} epochs", count = whole),
                    Err(_) => text!("{epochs} epochs", epochs),
                };
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
                let told = [Some(finished), best, Some(save)].into_iter().flatten();
                self.notices.info(Text::joined(told, " "));
            }
        }
    }
}

fn name_of(path: &Path) -> Text {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Text::verbatim(stem.unwrap_or_else(|| path.display().to_string()))
}
