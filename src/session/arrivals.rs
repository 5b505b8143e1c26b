//! What jobs report, taken in: progress, and how each of them ended.

use super::event::{End, Outcome, Product, Progress, RunId};
use super::models::{ModelEntry, ModelId, Prepared};
use super::state::State;
use std::path::Path;
use std::sync::Arc;

/// What a job that makes no model or search of its own is for.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Opening a file.
    Open,
    /// Saving this model as it was then.
    Save(ModelId, Arc<Prepared>),
    /// Writing candidates.
    Export,
    /// Making a moment of this model's training into a model.
    Moment(ModelId),
    /// Measuring the figures of this version of a model, which is that of a moment after so many updates, if of one.
    Measure((ModelId, u64), Option<usize>),
}

impl State {
    /// Takes the progress of a job in; foreign runs are dropped.
    pub fn progress(&mut self, run: RunId, progress: Progress) {
        match progress {
            Progress::Training(progress) if self.training.run == Some(run) => {
                self.trained(progress)
            }
            Progress::Search(progress) => self.searched(run, progress),
            Progress::Race(progress) => self.raced(run, progress),
            Progress::Sweep(progress) => self.swept(run, progress),
            Progress::Rediscovery(progress) => self.rediscovering(run, progress),
            Progress::Export(share) => self.export.progress(run, share),
            Progress::Pca(share) => {
                if let Some(pca) = self.pca.as_mut().filter(|pca| pca.run == run) {
                    pca.share = share;
                }
            }
            Progress::Heads(progress) => {
                if let Some(heads) = self.heads.as_mut().filter(|heads| heads.run == run) {
                    (heads.property, heads.share) = (progress.property, progress.share);
                }
            }
            Progress::Import(progress) if self.own.run == Some(run) => {
                self.own.progress = Some(progress);
            }
            Progress::Training(_) | Progress::Import(_) => (),
        }
    }

    /// Takes the end of a job in; the person sees which end it was.
    pub fn ended(&mut self, run: RunId, end: End) {
        if self.training.run == Some(run) {
            self.training_ended(end);
        } else if self.own.run == Some(run) {
            self.import_ended(end);
        } else if let Some(heads) = self.heads.take_if(|heads| heads.run == run) {
            self.heads_ended(heads.model, end);
        } else if self.climb.as_ref().is_some_and(|climb| climb.run == Some(run)) {
            self.climb_ended(end);
        } else if self.race.as_ref().is_some_and(|race| race.run == Some(run)) {
            self.race_ended(end);
        } else if self.sweep.as_ref().is_some_and(|sweep| sweep.run == Some(run)) {
            self.sweep_ended(end);
        } else if self.rediscovery.as_ref().is_some_and(|r| r.run == Some(run)) {
            self.rediscovery_ended(end);
        } else if self.export.run.as_ref().is_some_and(|export| export.run == run) {
            self.export_ended(end);
        } else if self.pca.as_ref().is_some_and(|pca| pca.run == run) {
            self.pca_ended(end);
        } else if let Some(errand) = self.errands.remove(&run) {
            self.errand_ended(&errand, end);
        }
    }

    fn errand_ended(&mut self, errand: &Errand, End { outcome, product }: End) {
        match (outcome, product, errand) {
            (Outcome::Failed(why), _, Errand::Moment(id)) => {
                self.developed(*id, None);
                self.notices.error(why);
            }
            (outcome, product, Errand::Measure(model, moment)) => {
                let figures = match product {
                    Some(Product::Measured(figures)) => Some(figures),
                    _ => None,
                };
                self.measured(*model, *moment, outcome, figures);
            }
            (Outcome::Failed(why), ..) => self.notices.error(why),
            (_, Some(Product::Opened(prepared, path)), _) => self.opened(prepared, &path),
            (_, Some(Product::Developed(prepared)), Errand::Moment(id)) => {
                self.developed(*id, Some(prepared));
            }
            (_, Some(Product::Exported(path)), _) => {
                self.notices.info(format!("Candidates written to {}.", path.display()));
            }
            (_, Some(Product::Saved(path)), Errand::Save(id, saved)) => {
                if let Some(entry) = self.models.get_mut(*id) {
                    // A model that went on learning meanwhile, or got a head, is still unsaved.
                    entry.unsaved = !Arc::ptr_eq(&entry.prepared, saved);
                    entry.name = name_of(&path);
                    entry.path = Some(path.clone());
                }
                self.settings.remember(&path);
                self.notices.info(format!("Saved as {}.", path.display()));
            }
            _ => (),
        }
    }

    fn opened(&mut self, prepared: Arc<Prepared>, path: &Path) {
        let id = self.models.allot();
        let entry = ModelEntry {
            name: name_of(path),
            version: 0,
            path: Some(path.to_owned()),
            unsaved: false,
            prepared,
        };
        // A file that is opened again takes the place of its older self, if nothing is lost with that.
        let same = |e: &ModelEntry| e.path.as_deref() == Some(path) && !e.unsaved;
        let older = self.models.iter().find(|(_, e)| same(e)).map(|(id, _)| id);
        older.and_then(|older| self.models.remove(older));
        self.models.insert(id, entry);
        self.show(id);
        self.settings.remember(path);
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}
