//! Shapes or a table of one's own.

use latent_explorer::data::source::TrainingData;
use latent_explorer::data::table::TableReport;
use latent_explorer::session::State;
use latent_explorer::session::jobs::learn::import::ImportReport;

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
        match &self.0.imported()?.report {
            ImportReport::Outlines(report) => Some((report.kept.len(), report.rejected.count())),
            ImportReport::Table(_) => None,
        }
    }

    /// What was read of a table.
    pub fn table(self) -> Option<&'a TableReport> {
        match &self.0.imported()?.report {
            ImportReport::Table(report) => Some(report),
            ImportReport::Outlines(_) => None,
        }
    }
}
