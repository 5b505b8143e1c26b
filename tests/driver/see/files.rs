//! Shapes of one's own.

use latent_explorer::data::source::TrainingData;
use latent_explorer::session::import::Own;

/// The running import, or its result.
#[derive(Clone, Copy)]
pub struct ImportFacts<'a>(pub(super) &'a Own);

impl<'a> ImportFacts<'a> {
    pub fn is_running(self) -> bool {
        self.0.run.is_some()
    }

    /// Why the last one brought nothing.
    pub fn problem(self) -> Option<String> {
        self.0.failed.clone().map(String::from)
    }

    /// True if the next training learns from them.
    pub fn is_chosen(self) -> bool {
        self.0.chosen
    }

    pub fn data(self) -> Option<&'a TrainingData> {
        self.0.brought.as_ref().map(|brought| &brought.data)
    }

    /// The numbers of shapes that were kept and left out.
    pub fn kept_and_rejected(self) -> Option<(usize, usize)> {
        self.0.brought.as_ref().map(|brought| (brought.kept.len(), brought.rejected.count()))
    }
}
