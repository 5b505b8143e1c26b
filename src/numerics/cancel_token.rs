//! One way to end a long computation early: whoever asked for it keeps a token, the computation looks at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks a computation to end soon. Clones share one state, on any number of threads; a token that was cancelled stays so.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks for the end.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// The shared state, for a handler of signals, which may do no more than set it.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }

    /// True once the end was asked for.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_cancelled_together() {
        let token = CancelToken::default();
        let other = token.clone();
        assert!(!other.is_cancelled());
        token.cancel();
        assert!(other.is_cancelled() && !CancelToken::default().is_cancelled());
    }
}
