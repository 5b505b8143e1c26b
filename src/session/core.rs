//! The core of the session: the stores, the workers of the maps, and the start of jobs.

use super::event::{End, Event, News};
use super::jobs::handle::Handle;
use super::jobs::registry::{JobId, JobKind, JobResult};
use super::launch::{Outlet, launch};
use super::map::Worker;
use super::seen::Seen;
use super::state::State;
use crate::error::Result;
use crate::objective::Objective;
use crate::text::Text;
use crossbeam_channel::Receiver;

/// The stores, and what works on them.
pub struct Core {
    /// The stores, and what is made of them for the screen.
    pub state: State,
    /// Messages from jobs and from the workers of the maps.
    pub(super) inbox: Receiver<Event>,
    pub(super) outlet: Outlet,
    pub(super) worker: Worker,
    /// The worker of the second map.
    pub(super) worker_beside: Worker,
    /// The objective for the gradient at the point under the mouse, as long as model and objective stay the same.
    pub(super) sought: Option<Objective>,
    /// What the points and paths on the screen were last computed for.
    pub(super) seen: Seen,
    /// True while a gesture goes on, such as a drag: actions of one kind are then one entry of the history.
    pub(super) gesture: bool,
}

impl Core {
    /// Starts a job on a thread of its own; `subject` is the name of the object that it works on.
    pub(super) fn start<N, T>(
        &mut self,
        kind: JobKind,
        subject: impl Into<Text>,
        work: impl FnOnce(&Handle<N>) -> Result<JobResult<T>> + Send + 'static,
    ) -> JobId
    where
        N: Into<News> + TryFrom<News> + 'static,
        JobResult<T>: Into<End>,
    {
        let (run, control) = self.state.jobs.begin(kind, subject.into());
        launch(&format!("{kind:?}"), run, control, &self.outlet, work);
        run
    }
}
