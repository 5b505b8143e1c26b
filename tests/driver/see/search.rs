//! A search: while it runs, and what it found.

use latent_explorer::model::Value;
use latent_explorer::optimise::{Candidate, LabResults, SearchConfig, SearchReport};
use latent_explorer::session::results::findings::{Ending, Findings};
use latent_explorer::session::view::ShownSearch;
use std::sync::Arc;

/// A search as a person sees it; restarts count from 0.
#[derive(Clone, Copy)]
pub struct SearchFacts<'a>(pub(super) ShownSearch<'a>);

/// The point of the followed restart at the step that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub restart: usize,
    pub step: f64,
    pub value: Value,
    pub outline: Vec<f32>,
}

impl<'a> SearchFacts<'a> {
    pub fn is_running(self) -> bool {
        self.0.job.is_some()
    }

    pub fn config(self) -> &'a SearchConfig {
        &self.0.run().config
    }

    /// The results, once the search is over.
    pub fn found(self) -> Option<Found> {
        self.0.findings.clone().map(Found)
    }

    pub fn report(self) -> Option<&'a SearchReport> {
        self.0.run().report()
    }

    /// Steps that are drawn, and how many are between two that are kept.
    pub fn steps(self) -> usize {
        self.0.paths.last_step()
    }

    pub fn stride(self) -> usize {
        self.0.paths.stride()
    }

    /// The start of a restart of a running search.
    pub fn start(self, restart: usize) -> Vec<f64> {
        self.0.under_way.trajectories[restart].row(0).to_vec()
    }

    /// The place of a restart on the map at the step that is shown.
    pub fn head(self, restart: usize) -> Option<[f64; 2]> {
        self.0.paths.head(restart, self.shown_step())
    }

    /// The best so far along the timeline.
    pub fn best_so_far(self) -> &'a [f64] {
        self.0.run().best_so_far()
    }

    pub fn is_playing(self) -> bool {
        self.0.look.playback.playing
    }

    /// The share of the timeline that is shown, and the step.
    pub fn share(self) -> f64 {
        self.0.look.playback.share
    }

    pub fn shown_step(self) -> f64 {
        self.0.shown_step()
    }

    /// True if the newest step is followed.
    pub fn is_live(self) -> bool {
        self.0.is_live()
    }

    /// The restart that is marked as the best believable answer.
    pub fn star(self) -> Option<usize> {
        self.0.star()
    }

    pub fn selected_restart(self) -> Option<usize> {
        self.0.look.chosen
    }

    pub fn selected_basin(self) -> Option<usize> {
        self.0.look.basin
    }

    pub fn hovered_restart(self) -> Option<usize> {
        self.0.hovered
    }

    pub fn moment(self) -> Option<Moment> {
        let moment = self.0.moment?.clone();
        let (restart, step) = (moment.restart, moment.step);
        Some(Moment { restart, step, value: moment.value, outline: moment.outline })
    }

    /// The lab results of its candidates.
    pub fn lab(self) -> &'a LabResults {
        &self.0.run().lab
    }
}

/// The results of a search.
#[derive(Clone, Debug)]
pub struct Found(Arc<Findings>);

impl Found {
    /// True if both are of the same run.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub fn report(&self) -> &SearchReport {
        &self.0.report
    }

    /// Restarts, the best first.
    pub fn order(&self) -> &[usize] {
        &self.0.order
    }

    /// Why restarts ended, and which did for each reason.
    pub fn endings(&self) -> &[(Ending, Vec<usize>)] {
        &self.0.endings
    }

    pub fn that_ended(&self, ending: Option<Ending>) -> &[usize] {
        self.0.that_ended(ending)
    }

    pub fn candidates(&self) -> &[Candidate] {
        &self.0.candidates
    }

    /// The basin that a restart came to.
    pub fn basin_of(&self, restart: usize) -> Option<usize> {
        self.0.trajectories[restart].group
    }

    /// True if a restart has an answer.
    pub fn has_answer(&self, restart: usize) -> bool {
        self.0.trajectories[restart].has_answer
    }

    pub fn best_so_far(&self) -> &[f64] {
        &self.0.best_so_far
    }

    /// Values by steps, of the best restarts; and of a penalised search their objectives.
    pub fn curves(&self) -> &[(usize, Vec<[f64; 2]>)] {
        &self.0.curves
    }

    pub fn objectives(&self) -> &[(usize, Vec<[f64; 2]>)] {
        &self.0.objectives
    }
}
