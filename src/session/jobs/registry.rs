//! The registry: every running job, with its identity, kind, controls and progress, until its result is handled.

use crate::session::document::ids::JobId;
use crate::session::jobs::control::Control;
use crate::text;
use crate::text::Text;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The kinds of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobKind {
    /// A model is read from a file.
    Open,
    /// A model is written to a file.
    Save,
    /// Outlines are read from files.
    Import,
    /// A model is trained.
    Training,
    /// A stored state of a training is made into a model.
    Snapshot,
    /// The metrics of a model are computed.
    Metrics,
    /// Heads are trained for a model.
    Heads,
    /// A model is trained for each of several betas.
    Sweep,
    /// PCA of data is computed.
    Pca,
    /// The frames of a latent path, or new shapes, are made.
    Path,
    /// An objective is optimised from many starts.
    Search,
    /// Several optimisers search side by side.
    Race,
    /// A search tests whether a model finds its best known rows again.
    Rediscovery,
    /// A picture, a film, a table or a report is written.
    Export,
    /// Candidates are written to a file.
    Candidates,
}

impl JobKind {
    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Open => text!("Open"),
            Self::Save => text!("Save"),
            Self::Import => text!("Import"),
            Self::Training => text!("Training"),
            Self::Snapshot => text!("Snapshot"),
            Self::Metrics => text!("Metrics"),
            Self::Heads => text!("Heads"),
            Self::Sweep => text!("Sweep over beta"),
            Self::Pca => Text::verbatim("PCA"),
            Self::Path => text!("Latent path"),
            Self::Search => text!("Optimise"),
            Self::Race => text!("Race"),
            Self::Rediscovery => text!("Rediscovery"),
            Self::Export => text!("Export"),
            Self::Candidates => text!("Candidates"),
        }
    }

    /// True if the user may end the job early. The others are one short computation or write one file, which is
    /// complete or absent.
    pub fn is_cancellable(self) -> bool {
        use JobKind::{Candidates, Metrics, Path, Save, Snapshot};
        !matches!(self, Save | Snapshot | Metrics | Path | Candidates)
    }

    /// True if the job runs for long beside other work: Escape cancels it last.
    pub fn is_background(self) -> bool {
        matches!(self, Self::Training | Self::Heads | Self::Sweep | Self::Rediscovery)
    }

    /// True if quitting the program loses a result of the job: every cancellable job except opening a file, which still
    /// exists.
    pub fn is_lost_by_leaving(self) -> bool {
        self.is_cancellable() && self != Self::Open
    }

    /// True if the job can be paused.
    pub fn has_pause(self) -> bool {
        self == Self::Training
    }
}

/// The progress of a job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobProgress {
    /// From 0 to 1; none if unknown.
    pub share: Option<f64>,
    /// The present step in a few words; may be empty.
    pub words: Text,
}

/// The result of a job, one of three; `T` is its product.
#[derive(Clone, Debug, PartialEq)]
pub enum JobResult<T> {
    /// The job did all its work.
    Finished(T),
    /// The job was cancelled; with a partial product if that is useful.
    Cancelled(Option<T>),
    /// The job failed: a sentence that says why and what to do, and a partial product.
    Failed(Text, Option<T>),
}

impl<T> JobResult<T> {
    /// Finished, or cancelled with this product.
    pub fn new(made: T, cancelled: bool) -> Self {
        if cancelled { Self::Cancelled(Some(made)) } else { Self::Finished(made) }
    }
}

/// A running job.
#[derive(Debug)]
pub struct Job {
    /// The kind of the job.
    pub kind: JobKind,
    /// The name of the object that it works on: a model, a file, a quantity.
    pub subject: Text,
    /// Its controls.
    pub control: Arc<Control>,
    /// The last reported progress.
    pub progress: JobProgress,
    begun: Instant,
}

impl Job {
    /// The time since the start, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// True while the job can still be cancelled.
    pub fn can_be_cancelled(&self) -> bool {
        self.kind.is_cancellable() && !self.control.is_cancelled()
    }
}

/// All running jobs. A job is entered before its thread starts and removed when its result is handled, cancelled or
/// not.
#[derive(Debug, Default)]
pub struct Registry {
    jobs: BTreeMap<JobId, Job>,
    begun: u64,
}

impl Registry {
    /// Enters a job.
    pub fn begin(&mut self, kind: JobKind, subject: Text) -> (JobId, Arc<Control>) {
        self.begun += 1;
        let (run, control) = (JobId(self.begun), Arc::new(Control::default()));
        let progress = JobProgress::default();
        let (begun, of_job) = (Instant::now(), control.clone());
        self.jobs.insert(run, Job { kind, subject, control: of_job, progress, begun });
        (run, control)
    }

    /// A job, while it runs.
    pub fn get(&self, run: JobId) -> Option<&Job> {
        self.jobs.get(&run)
    }

    /// The progress of a run; empty if the run is over.
    pub fn progress(&self, run: Option<JobId>) -> JobProgress {
        run.and_then(|run| self.get(run)).map(|job| job.progress.clone()).unwrap_or_default()
    }

    /// All jobs, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (JobId, &Job)> {
        self.jobs.iter().map(|(run, job)| (*run, job))
    }

    /// The newest job of a kind, if one runs.
    pub fn newest(&self, kind: JobKind) -> Option<JobId> {
        self.jobs.iter().rfind(|(_, job)| job.kind == kind).map(|(run, _)| *run)
    }

    /// True while no job runs.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Stores the progress of a job; false if the job is unknown.
    pub fn report(&mut self, run: JobId, progress: JobProgress) -> bool {
        let job = self.jobs.get_mut(&run);
        job.map(|job| job.progress = progress).is_some()
    }

    /// Removes a job at its end; none if it was removed before.
    pub fn end(&mut self, run: JobId) -> Option<Job> {
        self.jobs.remove(&run)
    }

    /// Jobs whose result would be lost by quitting now.
    pub fn lost_by_leaving(&self) -> impl Iterator<Item = &Job> {
        let lost = |job: &&Job| job.kind.is_lost_by_leaving() && !job.control.is_cancelled();
        self.jobs.values().filter(lost)
    }

    /// Asks a job to end soon, if it still runs.
    pub fn cancel(&self, run: JobId) {
        if let Some(job) = self.get(run) {
            job.control.cancel();
        }
    }

    /// Asks every job to end soon; jobs that cannot be cancelled end by themselves.
    pub fn cancel_all(&self) {
        self.jobs.values().for_each(|job| job.control.cancel());
    }

    /// Cancels the newest cancellable job whose kind is `among` the given ones; false if there was none.
    pub fn cancel_newest(&self, among: impl Fn(JobKind) -> bool) -> bool {
        let newest = self.jobs.values().rfind(|job| among(job.kind) && job.can_be_cancelled());
        newest.map(|job| job.control.cancel()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_job_among_those_asked_for_is_cancelled_once() {
        let mut registry = Registry::default();
        let mut begin = |kind| registry.begin(kind, Text::default()).1;
        let training = begin(JobKind::Training);
        let search = begin(JobKind::Search);
        let export = begin(JobKind::Export);
        let save = begin(JobKind::Save);
        let foreground = |kind: JobKind| !kind.is_background();
        assert!(registry.cancel_newest(foreground));
        assert!(export.is_cancelled() && !search.is_cancelled());
        assert!(registry.cancel_newest(foreground) && search.is_cancelled());
        assert!(!registry.cancel_newest(foreground) && !training.is_cancelled());
        assert!(registry.cancel_newest(|_| true) && training.is_cancelled());
        assert!(!save.is_cancelled(), "a file is written whole");
    }

    #[test]
    fn a_job_ends_once_and_its_number_is_not_given_again() {
        let mut registry = Registry::default();
        let (first, _) = registry.begin(JobKind::Save, "m".into());
        assert!(registry.report(first, JobProgress { share: Some(0.5), words: Text::default() }));
        assert_eq!(registry.progress(Some(first)).share, Some(0.5));
        assert!(registry.end(first).is_some() && registry.end(first).is_none());
        assert!(!registry.report(first, JobProgress::default()) && registry.is_empty());
        assert_ne!(registry.begin(JobKind::Save, "m".into()).0, first);
    }
}
