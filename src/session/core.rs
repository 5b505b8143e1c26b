//! The core of the session: the stores, the workers of the maps, and the start of jobs.

use crate::error::Result;
use crate::objective::Objective;
use crate::session::document::ids::JobId;
use crate::session::event::{End, Event, News};
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::launch::{Outlet, launch};
use crate::session::map::Worker;
use crate::session::seen::ScreenInputs;
use crate::session::state::State;
use crate::text::Text;
use crossbeam_channel::Receiver;

/// The stores, and what works on them.
pub struct Core {
    /// The stores, and what is made of them for the screen.
    pub state: State,
    /// Messages from jobs and from the workers of the maps.
    pub(in crate::session) inbox: Receiver<Event>,
    pub(in crate::session) outlet: Outlet,
    pub(in crate::session) worker: Worker,
    /// The worker of the second map.
    pub(in crate::session) worker_beside: Worker,
    /// The objective for the gradient at the point under the mouse, as long as model and objective stay the same.
    pub(in crate::session) sought: Option<Objective>,
    /// The inputs of the points and paths on the screen.
    pub(in crate::session) seen: ScreenInputs,
    /// The gesture that goes on, such as a drag, and the number of all so far: its actions of one kind are one entry of the
    /// history.
    pub(in crate::session) gesture: (bool, u64),
}

impl Core {
    /// Starts a job on a thread of its own; `subject` is the name of the object that it works on.
    pub(in crate::session) fn start<N, T>(
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
