//! The thread's side of a job: its controls, and the channel for its reports.

use crate::numerics::cancel_token::CancelToken;
use crate::session::jobs::control::Control;
use crate::session::jobs::registry::JobProgress;
use crate::text::Text;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Time between two reports of a job that reports only its progress.
const REPORT: Duration = Duration::from_millis(50);

/// The news of a job that reports only its progress.
pub type NoNews = Infallible;

/// Sends progress and news; returns the news if the inbox is full.
pub type Post<N> = Box<dyn Fn(JobProgress, Option<N>) -> Option<N> + Send + Sync>;

/// The handle of a job; `N` is the type of the news that it reports beside its progress.
pub struct Handle<N> {
    control: Arc<Control>,
    post: Post<N>,
    reported: Mutex<Option<Instant>>,
}

impl<N> Handle<N> {
    /// A handle that reports through `post`.
    pub fn new(control: Arc<Control>, post: Post<N>) -> Self {
        Self { control, post, reported: Mutex::default() }
    }

    /// The user's pause and pace.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The token that computations check.
    pub fn token(&self) -> &CancelToken {
        self.control.token()
    }

    /// True once the job should end.
    pub fn is_cancelled(&self) -> bool {
        self.control.is_cancelled()
    }

    /// True if the job ends at this point of its own clock, which counts its steps; the session hears of it.
    pub fn ends_at(&self, clock: usize) -> bool {
        self.control.ends_at(clock)
    }

    /// Reports the progress of the job, at most every 50 ms, from any thread; frequent calls are cheap. A report
    /// dropped by a full inbox needs no retry: each one contains the full progress.
    pub fn report(&self, share: f64, words: impl FnOnce() -> Text) {
        // If another thread holds the lock, that thread reports.
        let Ok(mut reported) = self.reported.try_lock() else { return };
        if reported.is_none_or(|last| last.elapsed() >= REPORT) {
            (self.post)(JobProgress { share: Some(share), words: words() }, None);
            *reported = Some(Instant::now());
        }
    }

    /// Offers progress and news; if the inbox is full the news are returned, to be offered again with later ones.
    pub fn offer(&self, progress: JobProgress, news: N) -> Option<N> {
        (self.post)(progress, Some(news))
    }
}
