//! Notices for the user: errors stay until they are dismissed or their cause has gone, the others disappear by themselves.

use crate::session::document::ids::{ModelId, RunId};
use crate::session::jobs::registry::JobKind;
use crate::text::Text;

/// The time that a notice stays if it is no error, in seconds.
const SECONDS: f64 = 6.0;
/// The most notices on the screen.
const MAX_SHOWN: usize = 4;

/// The cause of an error. A notice of it goes with its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Work that failed or was refused, until work of the kind begins, or is set up in another way.
    Work(JobKind),
    /// The picture of the map, until one is drawn.
    Map,
    /// The shown model, until another one is shown, or another state of it.
    Model,
    /// The program itself: its settings file, its dialogs.
    Program,
}

impl From<JobKind> for Cause {
    fn from(kind: JobKind) -> Self {
        Self::Work(kind)
    }
}

/// A result that a notice offers to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A model.
    Model(ModelId),
    /// A search.
    Search(RunId),
}

/// A notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The identity, for dismissing it.
    pub id: u64,
    /// The text.
    pub text: Text,
    /// The cause, if something failed.
    cause: Option<Cause>,
    /// The result that it tells of, to be shown at a click.
    pub offer: Option<Offer>,
    /// Seconds left; none for errors.
    left: Option<f64>,
}

impl Notice {
    /// True if something failed.
    pub fn is_error(&self) -> bool {
        self.cause.is_some()
    }
}

/// The visible notices, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
    next: u64,
}

impl Notices {
    /// Reports a failure.
    pub fn error(&mut self, cause: impl Into<Cause>, text: impl Into<Text>) {
        self.say(text.into(), Some(cause.into()), None);
    }

    /// Reports a success or a fact.
    pub fn info(&mut self, text: impl Into<Text>) {
        self.say(text.into(), None, None);
    }

    /// Reports a result that is not on the screen, and offers to show it.
    pub fn offer(&mut self, text: impl Into<Text>, offer: Offer) {
        self.say(text.into(), None, Some(offer));
    }

    fn say(&mut self, text: Text, cause: Option<Cause>, offer: Option<Offer>) {
        // A repeated text is shown once.
        self.shown.retain(|notice| notice.text != text);
        self.next += 1;
        self.shown.push(Notice {
            id: self.next,
            text,
            cause,
            offer,
            left: cause.is_none().then_some(SECONDS),
        });
        let excess = self.shown.len().saturating_sub(MAX_SHOWN);
        self.shown.drain(..excess);
    }

    /// Dismisses a notice.
    pub fn dismiss(&mut self, id: u64) {
        self.shown.retain(|notice| notice.id != id);
    }

    /// Dismisses all notices; returns whether there was an error among them.
    pub fn dismiss_all(&mut self) -> bool {
        self.shown.drain(..).any(|notice| notice.is_error())
    }

    /// Takes the errors of a cause away, which has gone.
    pub fn settle(&mut self, cause: impl Into<Cause>) {
        let cause = Some(cause.into());
        self.shown.retain(|notice| notice.cause != cause);
    }

    /// Advances by `seconds`; returns the seconds until the next notice disappears, if one will.
    pub fn advance(&mut self, seconds: f64) -> Option<f64> {
        for left in self.shown.iter_mut().filter_map(|notice| notice.left.as_mut()) {
            *left -= seconds;
        }
        self.shown.retain(|notice| notice.left.is_none_or(|left| left > 0.0));
        self.shown.iter().filter_map(|notice| notice.left).min_by(f64::total_cmp)
    }

    /// The notices, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.shown.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_and_the_rest_goes() {
        let mut notices = Notices::default();
        notices.error(JobKind::Open, "bad");
        notices.info("good");
        notices.info("good");
        assert_eq!(notices.iter().count(), 2, "the same sentence is said once");
        assert!(notices.advance(1.0).is_some());
        assert!(notices.advance(SECONDS).is_none());
        let left: Vec<_> = notices.iter().map(|n| (n.text.to_string(), n.id)).collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].0, "bad");
        notices.dismiss(left[0].1);
        assert_eq!(notices.iter().count(), 0);
    }

    #[test]
    fn an_error_goes_with_its_cause() {
        let mut notices = Notices::default();
        notices.error(JobKind::Open, "no file");
        notices.error(Cause::Map, "no map");
        notices.info("good");
        notices.settle(JobKind::Training);
        assert_eq!(notices.iter().count(), 3);
        notices.settle(JobKind::Open);
        notices.settle(Cause::Map);
        assert!(notices.iter().all(|notice| !notice.is_error()));
        assert!(!notices.dismiss_all(), "no error is left");
        notices.error(Cause::Program, "damaged");
        assert!(notices.dismiss_all() && notices.iter().next().is_none());
    }
}
