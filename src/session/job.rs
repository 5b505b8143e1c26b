//! Background work: a named thread that reports what it does and ends in exactly one way.

use super::event::{End, Event, Outcome, Product, Progress, RunId};
use crossbeam_channel::{Sender, TrySendError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Called when something new lies in the inbox; the window repaints, tests do nothing.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What the person has asked of a running job.
#[derive(Clone, Copy, Debug, Default)]
struct Wishes {
    paused: bool,
    cancelled: bool,
    /// Steps a second at most; none for as many as there can be.
    pace: Option<f64>,
    /// Steps that may be made in spite of a pause.
    allowed: usize,
}

/// The hand on a running job: pause, single steps, go on, cancel, pace.
#[derive(Debug, Default)]
pub struct Control {
    wishes: Mutex<Wishes>,
    changed: Condvar,
}

impl Control {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        // A panic elsewhere leaves three booleans behind that are as good as before.
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes());
        self.changed.notify_all();
    }

    /// Asks the job to end soon.
    pub fn cancel(&self) {
        self.change(|w| w.cancelled = true);
    }

    /// Asks the job to wait, or to go on.
    pub fn pause(&self, paused: bool) {
        self.change(|w| (w.paused, w.allowed) = (paused, 0));
    }

    /// Sets how many steps a second the job makes at most, or takes the brake off.
    pub fn set_pace(&self, pace: Option<f64>) {
        self.change(|w| w.pace = pace);
    }

    /// How many steps a second the job makes at most, if the brake is on.
    pub fn pace(&self) -> Option<f64> {
        self.wishes().pace
    }

    /// Whether the job should end.
    pub fn is_cancelled(&self) -> bool {
        self.wishes().cancelled
    }

    /// Lets a job that is paused make so many steps more.
    pub fn allow(&self, steps: usize) {
        self.change(|w| w.allowed = w.allowed.saturating_add(steps));
    }

    /// Whether the job's next step has to wait.
    pub fn is_waiting(&self) -> bool {
        let wishes = self.wishes();
        wishes.paused && wishes.allowed == 0 && !wishes.cancelled
    }

    /// Waits for the next step while paused; returns how long that was.
    pub fn wait_while_paused(&self) -> Duration {
        let begun = std::time::Instant::now();
        let mut wishes = self.wishes();
        while wishes.paused && wishes.allowed == 0 && !wishes.cancelled {
            wishes = self.changed.wait(wishes).unwrap_or_else(PoisonError::into_inner);
        }
        wishes.allowed = wishes.allowed.saturating_sub(1);
        begun.elapsed()
    }

    /// Waits for `time`, or until the job is cancelled, paused, or its pace changes.
    pub fn brake(&self, time: Duration) {
        let wishes = self.wishes();
        let pace = wishes.pace;
        let held = |w: &mut Wishes| !w.cancelled && !w.paused && w.pace == pace;
        drop(self.changed.wait_timeout_while(wishes, time, held));
    }
}

/// A job's way to the inbox.
pub struct Reporter {
    run: RunId,
    inbox: Sender<Event>,
    wake: Wake,
}

impl Reporter {
    /// Offers progress; when the inbox is full it comes back, to be offered again with what follows.
    pub fn offer(&self, progress: Progress) -> Option<Progress> {
        match self.inbox.try_send(Event::Progress(self.run, progress)) {
            Ok(()) => {
                (self.wake)();
                None
            }
            Err(TrySendError::Full(Event::Progress(_, progress))) => Some(progress),
            // Nobody listens any more: the program is closing.
            Err(_) => None,
        }
    }

    fn end(&self, end: End) {
        // The end must arrive, so this waits for room; it fails only when the program is closing.
        if self.inbox.send(Event::Ended(self.run, end)).is_ok() {
            (self.wake)();
        }
    }
}

/// How a job ends, from its own point of view: an error is its failure.
pub struct Ending {
    /// Finished, or cancelled on request.
    pub outcome: Outcome,
    /// What it made; a cancelled or failed job may still have something worth keeping.
    pub product: Option<Product>,
}

/// Starts `work` on a thread of its own.
///
/// Whatever happens in it, a panic included, exactly one [`Event::Ended`] follows.
pub fn spawn(
    name: &str,
    run: RunId,
    inbox: Sender<Event>,
    wake: Wake,
    work: impl FnOnce(&Reporter) -> crate::error::Result<Ending> + Send + 'static,
) {
    let reporter = Reporter { run, inbox, wake };
    let refused = Reporter { run, inbox: reporter.inbox.clone(), wake: reporter.wake.clone() };
    let body = move || {
        let end = match catch_unwind(AssertUnwindSafe(|| work(&reporter))) {
            Ok(Ok(Ending { outcome, product })) => End { outcome, product },
            Ok(Err(error)) => End { outcome: Outcome::Failed(error.to_string()), product: None },
            Err(_) => {
                let message =
                    "something went wrong inside the program; what was there before is kept";
                End { outcome: Outcome::Failed(message.to_owned()), product: None }
            }
        };
        reporter.end(end);
    };
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(body) {
        let message =
            format!("the system refused another thread ({error}); close something and try again");
        refused.end(End { outcome: Outcome::Failed(message), product: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        work: impl FnOnce(&Reporter) -> crate::error::Result<Ending> + Send + 'static,
    ) -> Vec<Event> {
        let (sender, inbox) = crossbeam_channel::bounded(4);
        spawn("test", RunId(1), sender, Arc::new(|| ()), work);
        inbox.iter().collect()
    }

    fn outcome(events: &[Event]) -> &Outcome {
        match events {
            [Event::Ended(RunId(1), end)] => &end.outcome,
            other => panic!("exactly one end is expected, not {other:?}"),
        }
    }

    #[test]
    fn every_job_ends_exactly_once() {
        let finished = run(|_| Ok(Ending { outcome: Outcome::Finished, product: None }));
        assert!(matches!(outcome(&finished), Outcome::Finished));
        let failed = run(|_| Err(crate::error::Error::Mismatch("no".to_owned())));
        assert!(matches!(outcome(&failed), Outcome::Failed(message) if message == "no"));
    }

    #[test]
    fn a_panic_is_a_failure_in_plain_words() {
        let events = run(|_| panic!("inside"));
        assert!(matches!(outcome(&events), Outcome::Failed(m) if m.contains("inside the program")));
    }

    #[test]
    fn a_paused_job_makes_the_steps_that_are_allowed() {
        let control = Control::default();
        control.pause(true);
        control.allow(2);
        assert!(!control.is_waiting());
        control.wait_while_paused();
        control.wait_while_paused();
        assert!(control.is_waiting());
        control.allow(5);
        control.pause(false);
        control.pause(true);
        assert!(control.is_waiting(), "going on uses up what was allowed");
    }

    #[test]
    fn a_paused_job_wakes_when_it_is_cancelled() {
        let control = Arc::new(Control::default());
        control.pause(true);
        let hand = control.clone();
        let waiting = std::thread::spawn(move || hand.wait_while_paused());
        control.cancel();
        waiting.join().unwrap();
        assert!(control.is_cancelled());
    }
}
