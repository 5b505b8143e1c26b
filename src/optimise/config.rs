//! The settings of a search, and where its restarts begin.

use crate::data::rows::Rows;
use crate::error::{Result, check_range};
use crate::model::Model;
use crate::model::card::StartDistribution;
use crate::numerics::random::{Purpose, stream};
use crate::objective::{Mode, Property};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The settings of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchConfig {
    /// What is climbed.
    pub property: Property,
    /// Which way is up.
    pub mode: Mode,
    /// How many starts.
    pub restarts: usize,
    /// Updates of each restart.
    pub steps: usize,
    /// Adam's learning rate, in latent units: about the length of the first step in each coordinate.
    pub rate: f64,
    /// The seed of the starts.
    pub seed: u64,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            property: Property::Roundness,
            mode: Mode::Max,
            restarts: 50,
            steps: 500,
            rate: 0.1,
            seed: 0,
        }
    }
}

impl SearchConfig {
    /// The ranges that every search must keep to.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        check_range("restarts", self.restarts, 1, 100_000)?;
        check_range("steps", self.steps, 1, 1_000_000)?;
        check_range("lr", self.rate, 1e-8, 100.0)
    }

    /// Starts drawn from the model's own distribution, `[restarts, latent]`; start `i` depends on the
    /// seed and `i` alone.
    pub fn draw_starts(&self, model: &Model) -> Rows<f64> {
        let dim = model.latent_dim();
        let StartDistribution::StandardNormal = model.card.start;
        let mut starts = Rows::new(dim);
        for i in 0..self.restarts {
            let rng = stream(self.seed, Purpose::Starts, 0, i as u64);
            let start: Vec<f64> = StandardNormal.sample_iter(rng).take(dim).collect();
            starts.push(&start);
        }
        starts
    }
}

/// How much of every restart's way is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trajectory {
    /// Every step.
    #[default]
    Full,
    /// The start, every k-th step and the last.
    Every(usize),
    /// Nothing.
    None,
}

impl Trajectory {
    /// Which of the steps `0..=last` are written.
    pub fn keeps(self, step: usize, last: usize) -> bool {
        match self {
            Self::Full => true,
            Self::Every(k) => step.is_multiple_of(k) || step == last,
            Self::None => false,
        }
    }
}

impl FromStr for Trajectory {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once(':') {
            None if text == "full" => Ok(Self::Full),
            None if text == "none" => Ok(Self::None),
            Some(("every", k)) if k.parse::<usize>().is_ok_and(|k| k > 0) => {
                Ok(Self::Every(k.parse().unwrap_or(1)))
            }
            _ => Err("must be full, none, or every:K with K at least 1".to_owned()),
        }
    }
}
