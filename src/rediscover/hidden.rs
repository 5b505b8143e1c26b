//! The choice of hidden rows: the best rows by value, or the best groups, labels or clusters.

use crate::data::dataset::Dataset;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::random::{Purpose, stream};
use crate::objective::Goal;
use crate::text;
use crate::text::Text;
use rand::Rng;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The share of the rows with a value that is hidden; it is also the definition of the top rows.
pub const TOP: f64 = 0.1;
/// The fewest groups with which one can be hidden.
const MIN_GROUPS: usize = 3;
/// The number of clusters where there are neither groups nor labels.
const CLUSTERS: usize = 10;
/// The fewest rows per cluster on average.
const MIN_CLUSTER: usize = 5;
/// The most rounds of k-means, which converges much earlier.
const MAX_ROUNDS: usize = 100;

/// The kinds of hidden rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Hiding {
    /// The best tenth by value.
    Value,
    /// The best of the groups in the data, about a tenth of the rows or one group.
    Groups,
    /// The best labels.
    Labels,
    /// The best clusters in the latent space (k-means).
    Clusters,
}

impl Hiding {
    /// The hidden rows, in words for a sentence.
    pub fn words(self) -> Text {
        match self {
            Self::Value => text!("the best tenth by value"),
            Self::Groups => text!("the best groups"),
            Self::Labels => text!("the best labels"),
            Self::Clusters => text!("the best clusters"),
        }
    }

    /// The kinds that fit a data set: always by value, and by the coarsest grouping that is available.
    pub fn fitting(set: &Dataset) -> Vec<Self> {
        let kinds = |keys: &mut dyn Iterator<Item = u32>| keys.collect::<BTreeSet<_>>().len();
        let some = |count: usize| (MIN_GROUPS..=set.rows.len() / MIN_CLUSTER).contains(&count);
        let grouped = if some(kinds(&mut set.groups.iter().copied())) {
            Some(Self::Groups)
        } else if some(kinds(&mut set.labels.iter().map(|&label| u32::from(label)))) {
            Some(Self::Labels)
        } else {
            (set.rows.len() >= CLUSTERS * MIN_CLUSTER).then_some(Self::Clusters)
        };
        std::iter::once(Self::Value).chain(grouped).collect()
    }

    /// The hidden rows of a data set, `[rows]`. Only clusters call `latent`, which returns the latent points of all
    /// rows, `[rows, latent]`.
    ///
    /// # Errors
    /// Only those of `latent`.
    pub fn hidden(
        self,
        set: &Dataset,
        values: &[f64],
        goal: Goal,
        latent: impl FnOnce() -> Result<Rows<f64>>,
        seed: u64,
    ) -> Result<Vec<bool>> {
        Ok(match self {
            Self::Value => top(values, goal),
            Self::Groups => best_groups(values, &set.groups, goal),
            Self::Labels => {
                let labels: Vec<u32> = set.labels.iter().map(|&label| u32::from(label)).collect();
                best_groups(values, &labels, goal)
            }
            Self::Clusters => best_groups(values, &clusters(&latent()?, CLUSTERS, seed), goal),
        })
    }
}

/// The number of top rows among `known` rows.
pub fn top_count(known: usize) -> usize {
    ((TOP * known as f64).round() as usize).max(1).min(known)
}

/// The best tenth of the rows with a value, `[rows]`; the first of equal values.
pub fn top(values: &[f64], goal: Goal) -> Vec<bool> {
    let mut known: Vec<usize> = (0..values.len()).filter(|&row| values[row].is_finite()).collect();
    known.sort_by(|&a, &b| goal.loss(values[a]).total_cmp(&goal.loss(values[b])));
    let mut chosen = vec![false; values.len()];
    known[..top_count(known.len())].iter().for_each(|&row| chosen[row] = true);
    chosen
}

/// The rows in the groups with the best mean values, `[rows]`: groups are added until they have a tenth of the rows,
/// but always less than half. All false if no group is small enough.
pub fn best_groups(values: &[f64], groups: &[u32], goal: Goal) -> Vec<bool> {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(row);
    }
    let mean = |rows: &[usize]| {
        let known: Vec<f64> =
            rows.iter().map(|&row| values[row]).filter(|value| value.is_finite()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    let mut ranked: Vec<(f64, Vec<usize>)> =
        members.into_values().filter_map(|rows| Some((goal.loss(mean(&rows)?), rows))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut chosen, mut taken) = (vec![false; values.len()], 0);
    for (_, rows) in ranked {
        if taken >= top_count(values.len()) {
            break;
        }
        if 2 * (taken + rows.len()) < values.len() {
            taken += rows.len();
            rows.into_iter().for_each(|row| chosen[row] = true);
        }
    }
    chosen
}

/// The cluster of each of `points [n, dim]`: k-means (Lloyd 1982) with spread initial centres (Arthur & Vassilvitskii
/// 2007, "k-means++").
pub fn clusters(points: &Rows<f64>, count: usize, seed: u64) -> Vec<u32> {
    let squared = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    if points.is_empty() {
        return Vec::new();
    }
    let mut rng = stream(seed, Purpose::Clusters, 0, 0);
    let mut centres = Rows::new(points.width());
    centres.push(points.row(rng.random_range(0..points.len())));
    let mut nearest: Vec<f64> = points.iter().map(|p| squared(p, centres.row(0))).collect();
    while centres.len() < count.min(points.len()) {
        let mut left = rng.random::<f64>() * nearest.iter().sum::<f64>();
        let next = nearest.iter().position(|square| {
            left -= square;
            left < 0.0
        });
        let centre = points.row(next.unwrap_or(0)).to_vec();
        nearest.iter_mut().zip(points.iter()).for_each(|(n, p)| *n = n.min(squared(p, &centre)));
        centres.push(&centre);
    }
    let assign = |centres: &Rows<f64>| -> Vec<u32> {
        let own = |point: &[f64]| {
            let each = centres.iter().map(|centre| squared(point, centre)).enumerate();
            each.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(centre, _)| centre as u32)
        };
        points.iter().map(own).collect()
    };
    let mut of = assign(&centres);
    for _ in 0..MAX_ROUNDS {
        for k in 0..centres.len() {
            let own: Vec<usize> = (0..of.len()).filter(|&row| of[row] as usize == k).collect();
            if own.is_empty() {
                continue;
            }
            for (d, to) in centres.row_mut(k).iter_mut().enumerate() {
                *to = own.iter().map(|&row| points.row(row)[d]).sum::<f64>() / own.len() as f64;
            }
        }
        let again = assign(&centres);
        if again == of {
            break;
        }
        of = again;
    }
    of
}

/// The rows of a data set as encoded by the model, `[rows, latent]`, whitened.
///
/// # Errors
/// When the rows do not have the width of the model's input.
pub fn encoded(model: &Model, set: &Dataset) -> Result<Rows<f64>> {
    Ok(super::subject::whitened(model, &model.encode(&set.rows)?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_a_tenth_of_the_known_values() {
        let values: Vec<f64> =
            (0..42).map(|i| if i < 2 { f64::NAN } else { f64::from(i) }).collect();
        let chosen = |goal| {
            let top = top(&values, goal);
            (0..42).filter(|&i| top[i]).collect::<Vec<usize>>()
        };
        assert_eq!(chosen(Goal::Max), [38, 39, 40, 41]);
        assert_eq!(chosen(Goal::Min), [2, 3, 4, 5]);
    }

    #[test]
    fn whole_groups_are_hidden_and_never_half_of_the_rows() {
        let groups: Vec<u32> = (0..30).map(|i| i / 10).collect();
        let values: Vec<f64> = groups.iter().map(|&g| f64::from(g)).collect();
        let hidden = best_groups(&values, &groups, Goal::Max);
        assert!((0..30).all(|i| hidden[i] == (i >= 20)));
        // The best group has more than half of the rows, so the next one is hidden.
        let groups: Vec<u32> = (0..30).map(|i| if i < 16 { 9 } else { 1 + i % 2 }).collect();
        let values: Vec<f64> = groups.iter().map(|&g| f64::from(g)).collect();
        let hidden = best_groups(&values, &groups, Goal::Max);
        assert!((0..30).all(|i| hidden[i] == (groups[i] == 2)));
    }

    #[test]
    fn k_means_finds_clouds_that_lie_apart() {
        let centres = [[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]];
        let wobble = |i: usize| 0.1 * ((i * 7 % 11) as f64 - 5.0);
        let flat = (0..60).flat_map(|i| centres[i % 3].map(|c| c + wobble(i)));
        let points = Rows::from_flat(2, flat.collect());
        let of = clusters(&points, 3, 1);
        for i in 3..60 {
            assert_eq!(of[i], of[i % 3]);
        }
        assert_eq!(of[..3].iter().collect::<BTreeSet<_>>().len(), 3);
    }
}
