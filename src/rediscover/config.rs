//! The settings of a rediscovery.

use crate::data::quantity::Quantity;
use crate::error::{Result, check_range};
use crate::model::Model;
use crate::objective::{Goal, ObjectiveSpec};
use crate::optimise::SearchConfig;
use crate::text;
use crate::text::Text;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// The most repeats.
pub const MAX_REPEATS: usize = 1000;
/// The most planted truths (synthetic functions).
pub const MAX_FUNCTIONS: usize = 10_000;

/// One of the three parts, each with one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RediscoveryPart {
    /// Are "believable" answers right?
    A,
    /// Would the search have pointed to the best rows?
    B,
    /// Blind choice.
    C,
}

impl RediscoveryPart {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
            Self::C => 'c',
        }
    }
}

/// Some of the parts, in order, without duplicates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RediscoveryParts(Vec<RediscoveryPart>);

impl RediscoveryParts {
    /// Returns whether a part is included.
    pub fn has(&self, part: RediscoveryPart) -> bool {
        self.0.contains(&part)
    }
}

impl Default for RediscoveryParts {
    fn default() -> Self {
        Self(RediscoveryPart::ALL.to_vec())
    }
}

impl FromStr for RediscoveryParts {
    type Err = Text;

    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let part = |word: &str| {
            let found = RediscoveryPart::ALL
                .into_iter()
                .find(|part| word.trim() == part.letter().to_string());
            found.ok_or_else(|| text!("'{word}' is none of a, b and c, separated by commas", word))
        };
        let named = text.split(',').map(part).collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(Self(RediscoveryPart::ALL.into_iter().filter(|part| named.contains(part)).collect()))
    }
}

impl fmt::Display for RediscoveryParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters: Vec<String> = self.0.iter().map(|part| part.letter().to_string()).collect();
        f.write_str(&letters.join(","))
    }
}

/// The settings of a rediscovery.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RediscoverConfig {
    /// The quantity to be rediscovered.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The goal of the best values: the greatest or the least. The first part always seeks both.
    pub goal: Goal,
    /// The parts.
    pub parts: RediscoveryParts,
    /// The number of repeats of each part, with different seeds, 1 to 1000.
    pub repeats: usize,
    /// The number of planted truths where the true value cannot be computed, 1 to 10000.
    pub functions: usize,
    /// The seed of the first repeat; each further repeat adds 1.
    pub seed: u64,
    /// The starts of each search.
    pub restarts: usize,
    /// The updates of each start.
    pub steps: usize,
}

impl RediscoverConfig {
    /// The default settings for a quantity.
    pub fn from_quantity(quantity: Quantity) -> Self {
        let SearchConfig { restarts, steps, .. } = SearchConfig::default();
        let (goal, parts) = (Goal::Max, RediscoveryParts::default());
        Self { quantity, goal, parts, repeats: 5, functions: 20, seed: 0, restarts, steps }
    }

    /// Checks the ranges for every rediscovery.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        check_range("repeats", self.repeats, 1, MAX_REPEATS)?;
        check_range("functions", self.functions, 1, MAX_FUNCTIONS)?;
        check_range("restarts", self.restarts, 1, 100_000)?;
        check_range("steps", self.steps, 1, 1_000_000)
    }

    /// The settings of a search of a model for a quantity that its head predicts.
    pub(super) fn search(
        &self,
        model: &Model,
        quantity: Quantity,
        goal: Goal,
        seed: u64,
    ) -> SearchConfig {
        SearchConfig {
            spec: ObjectiveSpec::new(quantity, goal).with_usual_penalties(model),
            restarts: self.restarts,
            steps: self.steps,
            seed,
            // The trajectories are not used.
            keep_every: self.steps,
            ..SearchConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_by_their_letters() {
        assert_eq!("c,a".parse::<RediscoveryParts>().unwrap().to_string(), "a,c");
        assert_eq!(RediscoveryParts::default().to_string(), "a,b,c");
        assert!("a,d".parse::<RediscoveryParts>().unwrap_err().to_string().contains("'d'"));
        assert!("".parse::<RediscoveryParts>().is_err());
    }
}
