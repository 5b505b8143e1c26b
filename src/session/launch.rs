//! The thread of a job: it reports into the inbox, and sends exactly one result even if the work panics.

use crate::error::Result;
use crate::session::document::ids::JobId;
use crate::session::event::{End, Event, News};
use crate::session::jobs::control::Control;
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobProgress, JobResult};
use crate::text;
use crossbeam_channel::{Sender, TrySendError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Called when the inbox has something new; the window repaints, tests do nothing.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The channel for a job's messages to the session.
#[derive(Clone)]
pub struct Outlet {
    /// The inbox of the session.
    pub inbox: Sender<Event>,
    /// Notifies the session of a new message.
    pub wake: Wake,
}

impl Outlet {
    /// Sends a message, waiting for space; the message is lost only if the program is closing.
    pub fn send(&self, event: Event) {
        if self.inbox.send(event).is_ok() {
            (self.wake)();
        }
    }

    /// Sends a report if the inbox has space; else returns its news.
    fn offer(&self, run: JobId, progress: JobProgress, news: Option<News>) -> Option<News> {
        match self.inbox.try_send(Event::Progress(run, progress, news)) {
            Ok(()) => {
                (self.wake)();
                None
            }
            Err(TrySendError::Full(Event::Progress(_, _, news))) => news,
            // No receiver: the program is closing.
            Err(_) => None,
        }
    }
}

/// Starts `work` on a thread of its own. Exactly one [`Event::Ended`] follows: an error or a panic counts as a failure.
pub fn launch<N, T>(
    name: &str,
    run: JobId,
    control: Arc<Control>,
    outlet: &Outlet,
    work: impl FnOnce(&Handle<N>) -> Result<JobResult<T>> + Send + 'static,
) where
    N: Into<News> + TryFrom<News> + 'static,
    JobResult<T>: Into<End>,
{
    let (reports, ends) = (outlet.clone(), outlet.clone());
    let post = move |progress, news: Option<N>| {
        let back = reports.offer(run, progress, news.map(N::into));
        back.and_then(|news| N::try_from(news).ok())
    };
    let handle = Handle::new(control, Box::new(post));
    let body = move || {
        let result = match catch_unwind(AssertUnwindSafe(|| work(&handle))) {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => JobResult::Failed(error.text(), None),
            Err(_) => {
                let why =
                    text!("something went wrong inside the program; what was there before is kept");
                JobResult::Failed(why, None)
            }
        };
        ends.send(Event::Ended(run, result.into()));
    };
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(body) {
        let why = text!(
            "the system refused another thread ({error}); close something and try again",
            error = error.to_string()
        );
        outlet.send(Event::Ended(run, JobResult::<T>::Failed(why, None).into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::session::jobs::handle::NoNews;
    use crate::session::jobs::optimise::candidates::CandidatesFile;
    use crate::session::jobs::optimise::race::RaceNews;
    use std::path::PathBuf;

    fn end(
        work: fn(&Handle<NoNews>) -> Result<JobResult<CandidatesFile>>,
    ) -> JobResult<CandidatesFile> {
        let (inbox, events) = crossbeam_channel::bounded(4);
        let outlet = Outlet { inbox, wake: Arc::new(|| ()) };
        launch("test", JobId(1), Arc::default(), &outlet, work);
        drop(outlet);
        match events.iter().collect::<Vec<_>>().pop() {
            Some(Event::Ended(JobId(1), End::Candidates(result))) => result,
            other => panic!("exactly one end is expected, not {other:?}"),
        }
    }

    #[test]
    fn every_job_ends_once() {
        let finished = end(|_| Ok(JobResult::Finished(CandidatesFile(PathBuf::new()))));
        assert!(matches!(finished, JobResult::Finished(_)));
        assert!(matches!(end(|_| Ok(JobResult::Cancelled(None))), JobResult::Cancelled(None)));
        let failed = end(|_| Err(Error::mismatch("no".to_owned())));
        assert!(matches!(failed, JobResult::Failed(why, None) if why.to_string() == "no"));
        let panicked = end(|_| panic!("inside"));
        assert!(
            matches!(panicked, JobResult::Failed(why, None) if why.to_string().contains("inside the program"))
        );
    }

    #[test]
    fn news_that_find_no_room_come_back() {
        let (inbox, _events) = crossbeam_channel::bounded(1);
        let outlet = Outlet { inbox, wake: Arc::new(|| ()) };
        let offer =
            || outlet.offer(JobId(1), JobProgress::default(), Some(RaceNews::default().into()));
        assert!(offer().is_none());
        assert!(matches!(offer(), Some(News::Race(_))));
    }
}
