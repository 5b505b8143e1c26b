//! The registry: every job that runs, with its identity, kind, controls and progress, until it ends.

use super::control::Control;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One run of a job. A later run has a greater number; none is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

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
    /// A remembered state of a training is made into a model.
    Snapshot,
    /// The metrics of a model are computed.
    Metrics,
    /// Heads are trained for a model.
    Heads,
    /// A model is trained for each of several betas.
    Sweep,
    /// The principal axes of data are found.
    Pca,
    /// An objective is optimised from many starts.
    Search,
    /// Several methods search side by side.
    Race,
    /// A model is asked for what is known already.
    Rediscovery,
    /// A picture, a film, a table or a report is written.
    Export,
    /// Candidates are written to a file.
    Candidates,
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Open,
        Self::Save,
        Self::Import,
        Self::Training,
        Self::Snapshot,
        Self::Metrics,
        Self::Heads,
        Self::Sweep,
        Self::Pca,
        Self::Search,
        Self::Race,
        Self::Rediscovery,
        Self::Export,
        Self::Candidates,
    ];

    /// Its name on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Save => "Save",
            Self::Import => "Import",
            Self::Training => "Training",
            Self::Snapshot => "Snapshot",
            Self::Metrics => "Metrics",
            Self::Heads => "Heads",
            Self::Sweep => "Sweep over beta",
            Self::Pca => "PCA",
            Self::Search => "Optimise",
            Self::Race => "Race",
            Self::Rediscovery => "Rediscovery",
            Self::Export => "Export",
            Self::Candidates => "Candidates",
        }
    }

    /// True if a person may end it early. The others are one short computation or the writing of one file, which is
    /// whole or not there.
    pub fn is_cancellable(self) -> bool {
        !matches!(self, Self::Save | Self::Snapshot | Self::Metrics | Self::Candidates)
    }

    /// True if it goes on for long beside other work: Escape reaches it last.
    pub fn is_background(self) -> bool {
        matches!(self, Self::Training | Self::Heads | Self::Sweep | Self::Rediscovery)
    }

    /// True if leaving the program loses what a person waits for: all that can be cancelled, but for the opening of
    /// a file, which is still there.
    pub fn is_lost_by_leaving(self) -> bool {
        self.is_cancellable() && self != Self::Open
    }

    /// True if it can be paused.
    pub fn has_pause(self) -> bool {
        self == Self::Training
    }
}

/// The progress of a job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobProgress {
    /// 0 to 1; none where nobody knows.
    pub share: Option<f64>,
    /// Its present step in a few words; may be empty.
    pub words: String,
}

/// The end of a job, one of three; `T` is what it made.
#[derive(Clone, Debug, PartialEq)]
pub enum JobResult<T> {
    /// It did all it had to.
    Finished(T),
    /// It was cancelled; with what it had made by then, where that is worth keeping.
    Cancelled(Option<T>),
    /// It could not go on: a sentence that says why and what to do, and what it had made by then.
    Failed(String, Option<T>),
}

impl<T> JobResult<T> {
    /// Finished, or cancelled with the same.
    pub fn of(made: T, cancelled: bool) -> Self {
        if cancelled { Self::Cancelled(Some(made)) } else { Self::Finished(made) }
    }
}

/// A job that runs.
#[derive(Debug)]
pub struct Job {
    /// Its kind.
    pub kind: JobKind,
    /// The name of what it works on: a model, a file, a property.
    pub subject: String,
    /// Its controls.
    pub control: Arc<Control>,
    /// Its progress as last reported.
    pub progress: JobProgress,
    begun: Instant,
}

impl Job {
    /// The time since it began, pauses included.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// True while it can still be cancelled.
    pub fn can_be_cancelled(&self) -> bool {
        self.kind.is_cancellable() && !self.control.is_cancelled()
    }
}

/// All jobs that run. A job enters it before its thread starts and leaves it when its end is taken in, cancelled or not.
#[derive(Debug, Default)]
pub struct Registry {
    jobs: BTreeMap<RunId, Job>,
    begun: u64,
}

impl Registry {
    /// Enters a job.
    pub fn begin(&mut self, kind: JobKind, subject: String) -> (RunId, Arc<Control>) {
        self.begun += 1;
        let (run, control) = (RunId(self.begun), Arc::new(Control::default()));
        let progress = JobProgress::default();
        let (begun, of_job) = (Instant::now(), control.clone());
        self.jobs.insert(run, Job { kind, subject, control: of_job, progress, begun });
        (run, control)
    }

    /// A job, while it runs.
    pub fn get(&self, run: RunId) -> Option<&Job> {
        self.jobs.get(&run)
    }

    /// The progress of a run; nothing is known of one that is over.
    pub fn progress(&self, run: Option<RunId>) -> JobProgress {
        run.and_then(|run| self.get(run)).map(|job| job.progress.clone()).unwrap_or_default()
    }

    /// All jobs, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (RunId, &Job)> {
        self.jobs.iter().map(|(run, job)| (*run, job))
    }

    /// True while a job of this kind runs.
    pub fn has(&self, kind: JobKind) -> bool {
        self.jobs.values().any(|job| job.kind == kind)
    }

    /// True while none runs.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Takes the progress of a job in; false if it is not known.
    pub fn report(&mut self, run: RunId, progress: JobProgress) -> bool {
        let job = self.jobs.get_mut(&run);
        job.map(|job| job.progress = progress).is_some()
    }

    /// Takes a job out at its end; none if that was taken in before.
    pub fn end(&mut self, run: RunId) -> Option<Job> {
        self.jobs.remove(&run)
    }

    /// Jobs whose result would be lost by leaving the program now.
    pub fn lost_by_leaving(&self) -> impl Iterator<Item = &Job> {
        let lost = |job: &&Job| job.kind.is_lost_by_leaving() && !job.control.is_cancelled();
        self.jobs.values().filter(lost)
    }

    /// Asks a job to end soon, if it still runs.
    pub fn cancel(&self, run: RunId) {
        if let Some(job) = self.get(run) {
            job.control.cancel();
        }
    }

    /// Asks every job to end soon; those that cannot be cancelled end by themselves.
    pub fn cancel_all(&self) {
        self.jobs.values().for_each(|job| job.control.cancel());
    }

    /// Cancels the newest job among these that can still be cancelled; false if there was none.
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
        let mut begin = |kind| registry.begin(kind, String::new()).1;
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
        let (first, _) = registry.begin(JobKind::Save, "m".to_owned());
        assert!(registry.report(first, JobProgress { share: Some(0.5), words: String::new() }));
        assert_eq!(registry.progress(Some(first)).share, Some(0.5));
        assert!(registry.end(first).is_some() && registry.end(first).is_none());
        assert!(!registry.report(first, JobProgress::default()) && registry.is_empty());
        assert_ne!(registry.begin(JobKind::Save, "m".to_owned()).0, first);
    }
}
