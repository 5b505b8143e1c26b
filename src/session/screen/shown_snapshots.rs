//! Snapshots of trainings that are shown in place of the newest states of their models.

use crate::session::document::ModelRef;
use crate::session::document::ids::{JobId, RunId};
use crate::session::results::models::ModelEntry;
use std::collections::BTreeMap;

/// The snapshot of one training, as far as it is made.
#[derive(Debug, Default)]
pub(in crate::session) struct ShownSnapshot {
    /// The model of the shown snapshot, and its update.
    pub(in crate::session) shown: Option<(usize, ModelEntry)>,
    /// The job that makes the next one, and its update.
    pub(in crate::session) making: Option<(JobId, usize)>,
    /// The update of a snapshot of which no model could be made: it would fail again.
    pub(in crate::session) failed: Option<usize>,
}

/// The shown snapshots, by the results whose place they take.
#[derive(Debug, Default)]
pub(in crate::session) struct ShownSnapshots(pub(in crate::session) BTreeMap<RunId, ShownSnapshot>);

impl ShownSnapshots {
    /// The model of the shown snapshot of a training.
    pub(in crate::session) fn entry(&self, run: RunId) -> Option<&ModelEntry> {
        self.0.get(&run)?.shown.as_ref().map(|(_, entry)| entry)
    }

    /// As [`Self::entry`], mutable.
    pub(in crate::session) fn entry_mut(&mut self, run: RunId) -> Option<&mut ModelEntry> {
        self.0.get_mut(&run)?.shown.as_mut().map(|(_, entry)| entry)
    }

    /// The shown snapshot of this name.
    pub(in crate::session) fn at(&self, of: ModelRef) -> Option<&ModelEntry> {
        self.entry(of.run).filter(|entry| entry.of == of)
    }

    /// The update of the shown snapshot of a training.
    pub(in crate::session) fn update(&self, run: RunId) -> Option<usize> {
        self.0.get(&run)?.shown.as_ref().map(|(updates, _)| *updates)
    }

    /// The training whose snapshot a job makes, and the update.
    pub(in crate::session) fn made_by(&self, job: JobId) -> Option<(RunId, usize)> {
        let of = |(run, snapshot): (&RunId, &ShownSnapshot)| {
            snapshot.making.filter(|(making, _)| *making == job).map(|(_, updates)| (*run, updates))
        };
        self.0.iter().find_map(of)
    }
}
