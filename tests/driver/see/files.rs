//! Shapes of one's own.

use latent_explorer::data::source::TrainingData;
use latent_explorer::session::State;

/// The running import, or its result.
#[derive(Clone, Copy)]
pub struct ImportFacts<'a>(pub(super) &'a State);

impl<'a> ImportFacts<'a> {
    pub fn is_running(self) -> bool {
        self.0.import().is_some_and(|import| import.job.is_some())
    }

    /// Why the last one brought nothing.
    pub fn problem(self) -> Option<String> {
        self.0.import()?.failed.clone().map(String::from)
    }

    /// True if the next training learns from them.
    pub fn is_chosen(self) -> bool {
        self.0.learns_own()
    }

    pub fn data(self) -> Option<&'a TrainingData> {
        self.0.imported().map(|brought| &brought.data)
    }

    /// The numbers of shapes that were kept and left out.
    pub fn kept_and_rejected(self) -> Option<(usize, usize)> {
        self.0.imported().map(|brought| (brought.kept.len(), brought.rejected.count()))
    }
}
