//! The core of the session: the stores, the workers of the maps, and the start of jobs.

use crate::error::Result;
use crate::objective::Objective;
use crate::session::action::{Acknowledged, RecordedAction};
use crate::session::document::ModelRef;
use crate::session::document::ids::{JobId, RunId};
use crate::session::event::{End, Event, News};
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::launch::{Outlet, launch};
use crate::session::map::Worker;
use crate::session::seen::ScreenInputs;
use crate::session::state::State;
use crate::text::Text;
use crossbeam_channel::Receiver;
use std::collections::VecDeque;

/// Recorded actions that are carried out again.
#[derive(Debug, Default)]
pub(in crate::session) struct Replay {
    /// The actions that wait, the next one first.
    pub(in crate::session) waiting: VecDeque<RecordedAction>,
    /// The job that makes the state of a training again which the next action uses.
    pub(in crate::session) making: Option<(JobId, ModelRef)>,
}

impl Replay {
    /// True if a job makes a state of a training for the next action.
    pub(in crate::session) fn makes(&self, job: JobId) -> bool {
        self.making.is_some_and(|(making, _)| making == job)
    }
}

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
    /// Recorded actions that wait to be carried out again.
    pub(in crate::session) replay: Replay,
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
        self.launch(None, kind, subject.into(), work)
    }

    /// As [`Self::start`], for a job that makes a result of the document. One that is carried out again ends where it was
    /// stopped.
    pub(in crate::session) fn start_run<N, T>(
        &mut self,
        run: RunId,
        kind: JobKind,
        subject: impl Into<Text>,
        work: impl FnOnce(&Handle<N>) -> Result<JobResult<T>> + Send + 'static,
    ) -> JobId
    where
        N: Into<News> + TryFrom<News> + 'static,
        JobResult<T>: Into<End>,
    {
        self.launch(Some(run), kind, subject.into(), work)
    }

    fn launch<N, T>(
        &mut self,
        run: Option<RunId>,
        kind: JobKind,
        subject: Text,
        work: impl FnOnce(&Handle<N>) -> Result<JobResult<T>> + Send + 'static,
    ) -> JobId
    where
        N: Into<News> + TryFrom<News> + 'static,
        JobResult<T>: Into<End>,
    {
        self.state.notices.settle(kind);
        let (job, control) = self.state.jobs.begin(kind, subject, run);
        let known = run.and_then(|run| self.state.history.acknowledged(run));
        if let Some(Acknowledged::Stopped(clock)) = known {
            control.stop_at(clock);
        }
        launch(&format!("{kind:?}"), job, control, &self.outlet, work);
        job
    }
}
