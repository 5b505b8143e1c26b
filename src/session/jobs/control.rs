//! Controls of a running job: cancel, pause, single steps, pace.

use crate::numerics::cancel_token::CancelToken;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The user's requests to a running job.
#[derive(Clone, Copy, Debug, Default)]
struct Wishes {
    paused: bool,
    /// The most steps a second; none without a limit.
    pace: Option<f64>,
    /// Steps that may be done in spite of a pause.
    allowed: usize,
    /// The point of the job's own clock at which it is to end.
    stop_at: Option<usize>,
    /// The point at which it has ended early.
    stopped_at: Option<usize>,
}

/// Controls a running job: cancel, pause, single steps, pace.
#[derive(Debug, Default)]
pub struct Control {
    cancel: CancelToken,
    wishes: Mutex<Wishes>,
    changed: Condvar,
}

impl Control {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        // After a panic in another thread the plain values behind the lock are still valid.
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes());
        self.changed.notify_all();
    }

    /// Asks the job to end soon.
    pub fn cancel(&self) {
        // Inside the lock, so that a job that is about to wait does not miss the cancellation.
        self.change(|_| self.cancel.cancel());
    }

    /// Asks the job to wait, or to go on.
    pub fn pause(&self, paused: bool) {
        self.change(|w| (w.paused, w.allowed) = (paused, 0));
    }

    /// Sets the most steps a second; none removes the limit.
    pub fn set_pace(&self, pace: Option<f64>) {
        self.change(|w| w.pace = pace);
    }

    /// The most steps a second, if there is a limit.
    pub fn pace(&self) -> Option<f64> {
        self.wishes().pace
    }

    /// Lets the job end at this point of its own clock, as it did when it was stopped there.
    pub fn stop_at(&self, clock: usize) {
        self.change(|w| w.stop_at = Some(clock));
    }

    /// True if the job is to end at a known point.
    pub fn has_end(&self) -> bool {
        self.wishes().stop_at.is_some()
    }

    /// True if the job ends at this point of its own clock, since it was cancelled or was to end there; acknowledges it.
    pub fn ends_at(&self, clock: usize) -> bool {
        let mut wishes = self.wishes();
        let ends = self.is_cancelled() || wishes.stop_at.is_some_and(|end| clock >= end);
        if ends {
            wishes.stopped_at = Some(clock);
        }
        ends
    }

    /// The point of its own clock at which the job has ended early.
    pub fn stopped_at(&self) -> Option<usize> {
        self.wishes().stopped_at
    }

    /// True once the job should end.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// The token that computations check. Cancelling it does not wake a paused job: [`Self::cancel`] does.
    pub fn token(&self) -> &CancelToken {
        &self.cancel
    }

    /// Lets a paused job do this many more steps.
    pub fn allow(&self, steps: usize) {
        self.change(|w| w.allowed = w.allowed.saturating_add(steps));
    }

    /// True while the next step of the job has to wait.
    pub fn is_waiting(&self) -> bool {
        let wishes = self.wishes();
        wishes.paused && wishes.allowed == 0 && !self.is_cancelled()
    }

    /// Waits for the next step while paused; returns how long it waited.
    pub fn wait_while_paused(&self) -> Duration {
        let begun = std::time::Instant::now();
        let mut wishes = self.wishes();
        while wishes.paused && wishes.allowed == 0 && !self.is_cancelled() {
            wishes = self.changed.wait(wishes).unwrap_or_else(PoisonError::into_inner);
        }
        wishes.allowed = wishes.allowed.saturating_sub(1);
        begun.elapsed()
    }

    /// Waits for `time`, or until the job is cancelled, paused, or its pace changes.
    pub fn brake(&self, time: Duration) {
        let wishes = self.wishes();
        let pace = wishes.pace;
        let held = |w: &mut Wishes| !self.is_cancelled() && !w.paused && w.pace == pace;
        drop(self.changed.wait_timeout_while(wishes, time, held));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

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
    fn a_job_acknowledges_where_it_ends() {
        let control = Control::default();
        assert!(!control.ends_at(7) && control.stopped_at().is_none());
        control.cancel();
        assert!(control.ends_at(8) && control.stopped_at() == Some(8));
        let again = Control::default();
        again.stop_at(8);
        assert!(again.has_end() && !again.ends_at(7) && again.ends_at(8) && !again.is_cancelled());
        assert_eq!(again.stopped_at(), Some(8));
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
