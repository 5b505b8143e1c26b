//! A race of several optimisers.

use latent_explorer::optimise::{RaceReport, Tally};
use latent_explorer::session::jobs::optimise::race::{RaceResults, RaceRun};
use std::sync::Arc;

/// A race as a person sees it.
#[derive(Clone, Copy)]
pub struct RaceFacts<'a>(pub(super) &'a RaceRun, pub(super) Option<usize>);

impl<'a> RaceFacts<'a> {
    pub fn is_running(self) -> bool {
        self.0.job.is_some()
    }

    /// The number of those that take part.
    pub fn contenders(self) -> usize {
        self.0.contenders.0.len()
    }

    /// Names of those that have begun.
    pub fn names(self) -> Vec<&'static str> {
        self.0.standings.iter().map(|standing| standing.contender.name()).collect()
    }

    /// For each contender: its evaluations and best value, whether it continues, and the count of numbers of its shape.
    pub fn tallies(self) -> Vec<(Tally, bool, usize)> {
        let all = self.0.standings.iter();
        all.map(|s| (s.tally(), s.going, s.outline.len())).collect()
    }

    /// The number of points of each curve.
    pub fn curve_lengths(self) -> Vec<usize> {
        self.0.standings.iter().map(|standing| standing.curve.len()).collect()
    }

    /// Its results, once it is over.
    pub fn results(self) -> Option<RaceFound> {
        self.0.results.clone().map(RaceFound)
    }

    pub fn selected(self) -> Option<usize> {
        self.1
    }

    /// The answer of the contender that is looked at, as a latent point.
    pub fn shown_answer(self) -> Option<&'a [f64]> {
        self.0.trajectory(self.1?).map(|(_, restart)| restart.best_z())
    }
}

/// The results of a race.
#[derive(Clone, Debug)]
pub struct RaceFound(Arc<RaceResults>);

impl RaceFound {
    /// True if both are of the same race.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub fn report(&self) -> &RaceReport {
        &self.0.report
    }
}
