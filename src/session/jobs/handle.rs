//! The side of a job that its thread sees: its controls, and its way to report.

use super::control::Control;
use super::registry::JobProgress;
use crate::numerics::cancel_token::CancelToken;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Time between two reports of a job that has no news but its progress.
const REPORT: Duration = Duration::from_millis(50);

/// The news of a job that reports its progress alone.
pub type NoNews = Infallible;

/// Sends progress and news; news that find no room come back.
pub type Post<N> = Box<dyn Fn(JobProgress, Option<N>) -> Option<N> + Send + Sync>;

/// The handle of a job; `N` are the news that it reports beside its progress.
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

    /// Pause and pace, as a person asks for them.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The token that computations below look at.
    pub fn token(&self) -> &CancelToken {
        self.control.token()
    }

    /// True once the job should end.
    pub fn is_cancelled(&self) -> bool {
        self.control.is_cancelled()
    }

    /// Says how far the job is, at most every 50 ms, from any thread: call it as often as is convenient. A report that
    /// finds no room is dropped, since the next says all there is to know.
    pub fn report(&self, share: f64, words: impl FnOnce() -> String) {
        // A thread that finds it taken has nothing newer to say.
        let Ok(mut reported) = self.reported.try_lock() else { return };
        if reported.is_none_or(|last| last.elapsed() >= REPORT) {
            (self.post)(JobProgress { share: Some(share), words: words() }, None);
            *reported = Some(Instant::now());
        }
    }

    /// Offers progress and news; where the inbox is full the news come back, to be offered again with those that follow.
    pub fn offer(&self, progress: JobProgress, news: N) -> Option<N> {
        (self.post)(progress, Some(news))
    }
}
