//! Results, by their identities. They stay as long as a document of the history refers to them.

use crate::session::document::ids::{JobId, RunId};
use crate::session::document::{ModelRef, OpenModel};
use crate::session::jobs::learn::import::ImportRun;
use crate::session::jobs::learn::sweep::SweepRun;
use crate::session::jobs::learn::training::Training;
use crate::session::jobs::optimise::race::RaceRun;
use crate::session::jobs::optimise::rediscovery::RediscoveryRun;
use crate::session::jobs::optimise::search::SearchRun;
use crate::session::results::freehand::FreehandShape;
use crate::session::results::models::ModelEntry;
use crate::session::results::step_through::StepThroughState;
use std::collections::BTreeMap;

/// Everything that jobs have made.
#[derive(Debug, Default)]
pub struct Runs {
    /// Models, once there is something to show of them; those with later heads have results of their own.
    pub models: BTreeMap<RunId, ModelEntry>,
    /// The state of a training that was made again for a replay last.
    pub retraced: Option<ModelEntry>,
    /// The trainings of models.
    pub trainings: BTreeMap<RunId, Training>,
    /// Searches.
    pub searches: BTreeMap<RunId, SearchRun>,
    /// Races.
    pub races: BTreeMap<RunId, RaceRun>,
    /// Sweeps.
    pub sweeps: BTreeMap<RunId, SweepRun>,
    /// Rediscoveries.
    pub rediscoveries: BTreeMap<RunId, RediscoveryRun>,
    /// Imports.
    pub imports: BTreeMap<RunId, ImportRun>,
    /// Step-by-step searches.
    pub step_throughs: BTreeMap<RunId, StepThroughState>,
    /// Freehand shapes.
    pub drawings: BTreeMap<RunId, FreehandShape>,
    /// Number of versions given to models so far, so that none is given twice.
    versions: u64,
    /// Number of models that were trained so far; each is named by its number.
    trained: u64,
}

impl Runs {
    /// A version that no model has had yet.
    pub fn next_version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// The number of the next trained model, from 1.
    pub fn next_trained(&mut self) -> u64 {
        self.trained += 1;
        self.trained
    }

    /// A state of an open model with the last heads that were trained for it.
    pub fn with_heads<'a>(&'a self, open: &OpenModel, base: &'a ModelEntry) -> &'a ModelEntry {
        open.heads.iter().fold(base, |entry, heads| match self.models.get(&heads.run) {
            Some(with_heads) if entry.of == heads.of => with_heads,
            _ => entry,
        })
    }

    /// The model of this name, if it is at hand.
    pub fn model_at(&self, of: ModelRef) -> Option<&ModelEntry> {
        self.models.values().chain(&self.retraced).find(|entry| entry.of == of)
    }

    /// The training that a job carries out.
    pub fn training_of(&mut self, job: JobId) -> Option<(RunId, &mut Training)> {
        let mut trainings = self.trainings.iter_mut();
        trainings.find(|(_, training)| training.job == Some(job)).map(|(run, t)| (*run, t))
    }

    /// The training that is under way.
    pub fn training_now(&self) -> Option<(RunId, &Training)> {
        self.trainings.iter().find(|(_, t)| t.is_under_way()).map(|(run, t)| (*run, t))
    }

    /// As [`Self::training_now`], mutable.
    pub fn training_now_mut(&mut self) -> Option<(RunId, &mut Training)> {
        self.trainings.iter_mut().find(|(_, t)| t.is_under_way()).map(|(run, t)| (*run, t))
    }

    /// The approximate memory of the results that can take much, in bytes.
    pub fn bytes(&self) -> usize {
        let models = self.models.values().map(|entry| entry.prepared.bytes());
        let trainings = self.trainings.values().map(|training| training.timeline.bytes());
        let searches = self.searches.values().map(SearchRun::bytes);
        models.chain(trainings).chain(searches).sum()
    }

    /// True if something came of a result, or may still come.
    pub fn has(&self, run: RunId) -> bool {
        self.models.contains_key(&run)
            || self.searches.contains_key(&run)
            || self.races.contains_key(&run)
            || self.sweeps.contains_key(&run)
            || self.rediscoveries.contains_key(&run)
            || self.imports.contains_key(&run)
    }

    /// Removes all results but those that are still referred to.
    pub fn retain(&mut self, referred: impl Fn(RunId) -> bool) {
        self.models.retain(|run, _| referred(*run));
        self.retraced.take_if(|entry| !referred(entry.of.run));
        self.trainings.retain(|run, training| referred(*run) || training.job.is_some());
        self.searches.retain(|run, _| referred(*run));
        self.races.retain(|run, _| referred(*run));
        self.sweeps.retain(|run, _| referred(*run));
        self.rediscoveries.retain(|run, _| referred(*run));
        self.imports.retain(|run, _| referred(*run));
        self.step_throughs.retain(|run, _| referred(*run));
        self.drawings.retain(|run, _| referred(*run));
    }
}
