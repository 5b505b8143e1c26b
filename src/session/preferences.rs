//! Preferences: habits of a person, the same in every document.

use crate::session::jobs::learn::training::USUAL_PACE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most recent files that are kept.
const MAX_RECENT: usize = 8;

/// Light, dark, or the system's theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// The system's theme.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The pace limit of a training, in updates a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pace(pub f64);

impl Default for Pace {
    fn default() -> Self {
        Self(USUAL_PACE)
    }
}

/// The size of all texts and controls, as a multiple of the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextScale(f32);

impl Default for TextScale {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TextScale {
    /// The sizes that can be chosen.
    const STEPS: [f32; 10] = [0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];

    /// The multiple; a number from a file that is out of range, or none, counts as the nearest that can be chosen.
    pub fn factor(self) -> f32 {
        let [least, .., most] = Self::STEPS;
        if self.0.is_finite() { self.0.clamp(least, most) } else { 1.0 }
    }

    /// The next size that is larger; the largest stays.
    #[must_use]
    pub fn larger(self) -> Self {
        let larger = Self::STEPS.into_iter().find(|step| *step > self.factor() + 1e-3);
        larger.map_or(self, Self)
    }

    /// The next size that is smaller; the smallest stays.
    #[must_use]
    pub fn smaller(self) -> Self {
        let smaller = Self::STEPS.into_iter().rev().find(|step| *step < self.factor() - 1e-3);
        smaller.map_or(self, Self)
    }
}

/// A column of the table of restarts that can be shown or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartColumn {
    /// The reliability of the answer, or why there is none.
    Trust,
    /// The value at the start.
    Start,
    /// The value of the answer.
    Best,
    /// The step of the answer.
    BestStep,
    /// The value at the last step.
    Final,
    /// The number of steps.
    Steps,
    /// Why the restart ended.
    Ended,
    /// The local optimum of the answer.
    Optimum,
    /// The distance of the answer to the data.
    Distance,
    /// The encode-decode shift of the answer.
    Shift,
    /// The greatest change of a value when the answer is re-decoded.
    Change,
}

impl RestartColumn {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Trust,
        Self::Start,
        Self::Best,
        Self::BestStep,
        Self::Final,
        Self::Steps,
        Self::Ended,
        Self::Optimum,
        Self::Distance,
        Self::Shift,
        Self::Change,
    ];
}

/// The shown columns of the table of restarts, beside the number of the restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestartColumns(BTreeSet<RestartColumn>);

impl Default for RestartColumns {
    /// The columns that say which restart is best and why: its value, its reliability, why it ended, and by the number of
    /// its local optimum how many others agree.
    fn default() -> Self {
        use RestartColumn::{Best, Ended, Optimum, Trust};
        Self(BTreeSet::from([Trust, Best, Ended, Optimum]))
    }
}

impl RestartColumns {
    /// True if the column is shown.
    pub fn has(&self, column: RestartColumn) -> bool {
        self.0.contains(&column)
    }

    /// The shown columns, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = RestartColumn> {
        self.0.iter().copied()
    }

    /// Shows a column, or hides it.
    pub fn toggle(&mut self, column: RestartColumn) {
        if !self.0.remove(&column) {
            self.0.insert(column);
        }
    }
}

/// Habits of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preferences {
    /// The theme of the window.
    pub theme: ThemeChoice,
    /// The size of texts and controls.
    pub text_scale: TextScale,
    /// Files that were opened or saved, newest first.
    pub recent: Vec<PathBuf>,
    /// True if training runs without a limit of pace.
    pub full_speed: bool,
    /// The pace limit of a training.
    pub pace: Pace,
    /// True once the user has followed the first hint.
    pub hint_followed: bool,
    /// The columns of the table of restarts.
    pub restart_columns: RestartColumns,
}

impl Preferences {
    /// The most updates a second of a training; none without a limit.
    pub fn pace(&self) -> Option<f64> {
        (!self.full_speed).then_some(self.pace.0)
    }

    /// Moves a file to the top of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MAX_RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_and_shrinks_in_steps_and_stays_in_range() {
        let mut scale = TextScale::default();
        (0..3).for_each(|_| scale = scale.larger());
        assert_eq!(scale.factor(), 1.5);
        (0..30).for_each(|_| scale = scale.larger());
        assert_eq!(scale.factor(), 3.0);
        (0..30).for_each(|_| scale = scale.smaller());
        assert_eq!(scale.factor(), 0.8);
        for (from_a_file, factor) in [(f32::NAN, 1.0), (1e9, 3.0), (-2.0, 0.8), (1.3, 1.3)] {
            assert_eq!(TextScale(from_a_file).factor(), factor);
        }
        assert_eq!(
            (TextScale(1.3).larger(), TextScale(1.3).smaller()),
            (TextScale(1.5), TextScale(1.25))
        );
    }
}
