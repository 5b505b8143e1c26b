//! Results, by their identities. They stay as long as a document of the history refers to them.

use crate::session::document::ids::{JobId, RunId};
use crate::session::jobs::import::ImportRun;
use crate::session::jobs::race::RaceRun;
use crate::session::jobs::rediscovery::RediscoveryRun;
use crate::session::jobs::search::SearchRun;
use crate::session::jobs::sweep::SweepRun;
use crate::session::jobs::training::Training;
use crate::session::results::freehand::FreehandShape;
use crate::session::results::models::ModelEntry;
use crate::session::results::step_through::StepThroughState;
use std::collections::BTreeMap;

/// Everything that jobs have made.
#[derive(Debug, Default)]
pub struct Runs {
    /// Models, once there is something to show of them.
    pub models: BTreeMap<RunId, ModelEntry>,
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

    /// The training that a job carries out.
    pub fn training_of(&mut self, job: JobId) -> Option<(RunId, &mut Training)> {
        let mut trainings = self.trainings.iter_mut();
        trainings.find(|(_, training)| training.job == Some(job)).map(|(run, t)| (*run, t))
    }

    /// The training that is under way.
    pub fn training_now(&self) -> Option<(RunId, &Training)> {
        self.trainings.iter().find(|(_, t)| t.job.is_some()).map(|(run, t)| (*run, t))
    }

    /// As [`Self::training_now`], mutable.
    pub fn training_now_mut(&mut self) -> Option<(RunId, &mut Training)> {
        self.trainings.iter_mut().find(|(_, t)| t.job.is_some()).map(|(run, t)| (*run, t))
    }

    /// The approximate memory of the results that can take much, in bytes.
    pub fn bytes(&self) -> usize {
        let models = self.models.values().map(|entry| entry.prepared.bytes());
        let trainings = self.trainings.values().map(|training| training.timeline.bytes());
        let searches = self.searches.values().map(SearchRun::bytes);
        models.chain(trainings).chain(searches).sum()
    }

    /// Removes all results but those that are still referred to.
    pub fn retain(&mut self, referred: impl Fn(RunId) -> bool) {
        self.models.retain(|run, _| referred(*run));
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
