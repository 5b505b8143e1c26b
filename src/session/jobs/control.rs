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
