//! One restart that is stepped through by hand.

use super::Selection;
use latent_explorer::explore::Projection;
use latent_explorer::optimise::StepThrough;
use latent_explorer::session::results::step_through::StepThroughState;

/// A search by hand as a person sees it.
#[derive(Clone, Copy)]
pub struct StepThroughFacts<'a>(
    pub(super) &'a StepThroughState,
    /// The plane of the map.
    pub(super) &'a Projection,
);

impl<'a> StepThroughFacts<'a> {
    /// Its restart, stage and numbers.
    pub fn stepper(self) -> &'a StepThrough {
        &self.0.by_hand
    }

    /// The point that it has come to.
    pub fn here(self) -> Selection {
        Selection(self.0.here.clone())
    }

    pub fn start(self) -> &'a [f64] {
        self.0.start()
    }

    /// Its points on the map.
    pub fn trajectory(self) -> Vec<[f64; 2]> {
        self.0.path(self.1)
    }

    pub fn gradient(self) -> Option<&'a [f64]> {
        self.0.gradient()
    }

    /// The arrow of the step that comes, in words that can be compared.
    pub fn step(self) -> Option<String> {
        self.0.step(self.1).map(|arrow| format!("{arrow:?}"))
    }
}
