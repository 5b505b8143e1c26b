//! Local optima: groups of restarts that reached the same optimum.
//!
//! Two restarts are at the same local optimum if the loss along the straight line between their best points has no
//! barrier: the hill-valley test (Ursem 1999, "Multinational evolutionary algorithms"). Each restart is tested against
//! its nearest better ones and joins the first one without a barrier in between, as in hill-valley clustering (Maree et
//! al. 2018). The best members of the resulting groups are tested again until no group joins another.
//!
//! A line is first sampled at [`COARSE`] points, which find most barriers. Before two restarts join, the line between
//! them is sampled densely: every [`SPACING`] of the box of the data, and also inside every gap where the loss rises
//! from both sides so steeply that it could exceed the limit. Only the first line of a restart that has no known
//! barrier is sampled densely, so the cost is at most [`MAX_PROBES`] points and the refinement per restart that joins
//! or is rejected. A barrier narrower than [`SPACING`] without flanks is not detected.

use super::restart::{BestPoint, Restart};
use super::written::{all_from_one, from_one};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Value;
use crate::numerics::statistics::quantile::quantile;
use crate::objective::{Objective, Space};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashSet;

/// The distance below which two best points count as the same, in widths of the box of the data, as the root mean
/// square over the coordinates.
const SAME: f64 = 0.01;
/// The number of points in the first sampling of a line.
const COARSE: usize = 9;
/// The distance of the points in the dense sampling of a line, in the units of [`SAME`].
const SPACING: f64 = 0.01;
/// The fewest and the most points of a dense sampling.
const MIN_PROBES: usize = 19;
const MAX_PROBES: usize = 159;
/// Rounds of sampling a line: one coarse, one dense, and four at the middles of gaps in which the loss could rise.
const ROUNDS: usize = 6;
/// The least height of a barrier, as a share of the improvement of a typical restart.
const TOLERANCE: f64 = 0.01;
/// The number of nearest better points against which each restart is tested.
const NEIGHBOURS: usize = 5;
/// The most restarts that are compared with each other, evenly spread from the best to the worst: at most 18,000
/// evaluations in the first pass, besides the dense samplings, and far fewer later. Every other restart is compared
/// only with the nearest better one of these.
const MAX_COMPARED: usize = 400;
/// The number of lines that are sampled in one batch; more would only use more memory.
const TOGETHER: usize = 1000;

/// One local optimum and the restarts that reached it; restarts are counted from 0 here and from 1 in files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Basin {
    /// The restart with the least loss.
    #[serde(serialize_with = "from_one")]
    pub top: usize,
    /// Its value.
    #[serde(flatten)]
    pub value: Value,
    /// Its loss, with penalties: local optima are ordered by it.
    pub loss: f64,
    /// The restarts that reached it, best first, `top` included.
    #[serde(serialize_with = "all_from_one")]
    pub members: Vec<usize>,
}

/// The local optima of a search.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Basins {
    /// The local optima, best first.
    pub all: Vec<Basin>,
    /// Restarts of a large search whose local optimum is unknown: there is a barrier between them and the only restart
    /// with which they were compared.
    pub unplaced: usize,
    /// The number of evaluations of the objective that were used to find the barriers.
    pub evaluations: usize,
}

impl Basins {
    /// Finds the local optima that `restarts` reached; restarts without a feasible point have none.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(objective: &Objective, restarts: &[Restart]) -> Result<Self> {
        let mut order: Vec<usize> =
            (0..restarts.len()).filter(|&i| restarts[i].best.is_some()).collect();
        order.sort_by(|&a, &b| restarts[a].best_loss().total_cmp(&restarts[b].best_loss()));
        let mut terrain = Terrain { objective, restarts, allowance: 0.0, evaluations: 0 };
        let stride = order.len().div_ceil(MAX_COMPARED).max(1);
        let compared: Vec<usize> = order.iter().copied().step_by(stride).collect();
        let mut groups = terrain.groups(&compared);
        terrain.allowance = terrain.allowance(&groups)?;
        let mut tested = HashSet::new();
        loop {
            let pairs = terrain.pairs(&groups, &mut tested);
            if pairs.is_empty() {
                break;
            }
            let leaders = |pair: &Pair| (groups[pair.worse][0], groups[pair.better][0]);
            let open = terrain.first_open(&pairs.iter().map(leaders).collect::<Vec<_>>())?;
            groups = joined(groups, &pairs, &open);
        }
        let others = order.iter().enumerate().filter(|(rank, _)| !rank.is_multiple_of(stride));
        let others: Vec<usize> = others.map(|(_, &restart)| restart).collect();
        let unplaced = terrain.place(&others, &compared, &mut groups)?;
        let basin = |mut members: Vec<usize>| {
            members.sort_by(|&a, &b| restarts[a].best_loss().total_cmp(&restarts[b].best_loss()));
            let top = &restarts[members[0]];
            // The report fills the value in, with its interval where it is a prediction.
            Basin { top: members[0], value: Value::NONE, loss: top.best_loss(), members }
        };
        let all = groups.into_iter().map(basin).collect();
        Ok(Self { all, unplaced, evaluations: terrain.evaluations })
    }

    /// The index of the local optimum of each of `restarts` restarts; none for restarts without one.
    pub fn of_each(&self, restarts: usize) -> Vec<Option<usize>> {
        let mut basins = vec![None; restarts];
        for (index, basin) in self.all.iter().enumerate() {
            basin.members.iter().for_each(|&member| basins[member] = Some(index));
        }
        basins
    }
}

/// The indices of two groups to be compared, the better one first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pair {
    worse: usize,
    better: usize,
}

/// Joins every group with the first better one, in the order of `pairs`, to which the line has no barrier.
fn joined(groups: Vec<Vec<usize>>, pairs: &[Pair], open: &[bool]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..groups.len()).collect();
    for (pair, _) in pairs.iter().zip(open).filter(|(_, open)| **open) {
        if root[pair.worse] == pair.worse {
            root[pair.worse] = pair.better;
        }
    }
    let mut basins: Vec<Vec<usize>> = Vec::new();
    let mut place = vec![0; groups.len()];
    for (index, members) in groups.into_iter().enumerate() {
        // Better groups come first, so the root of this one is final.
        if root[index] == index {
            place[index] = basins.len();
            basins.push(members);
        } else {
            place[index] = place[root[index]];
            basins[place[index]].extend(members);
        }
    }
    basins
}

/// The objective and the restarts that are compared on it.
struct Terrain<'a> {
    objective: &'a Objective,
    restarts: &'a [Restart],
    /// The rise of the loss along a line that does not count as a barrier.
    allowance: f64,
    evaluations: usize,
}

impl Terrain<'_> {
    /// The best point of a restart in the space that was searched; the restart must have one.
    fn point(&self, restart: usize) -> &[f64] {
        self.restarts[restart].best.as_ref().map_or(&[], BestPoint::point)
    }

    /// Groups of restarts that reached the same point, best first.
    fn groups(&self, order: &[usize]) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &restart in order {
            let near = groups.iter().position(|group| self.apart(group[0], restart) < SAME);
            match near {
                Some(place) => groups[place].push(restart),
                None => groups.push(vec![restart]),
            }
        }
        groups
    }

    /// Joins each of the `others` with the nearest better one of those that were `compared`, if there is no barrier in
    /// between. Both are sorted, the best first. Returns how many were not joined.
    fn place(
        &mut self,
        others: &[usize],
        compared: &[usize],
        groups: &mut [Vec<usize>],
    ) -> Result<usize> {
        let loss = |restart: usize| self.restarts[restart].best_loss();
        let nearest = |&restart: &usize| {
            let better = compared.partition_point(|&other| loss(other) <= loss(restart));
            let apart = |other: &usize| self.apart(*other, restart);
            let near = compared[..better].iter().min_by(|a, b| apart(a).total_cmp(&apart(b)));
            (restart, *near.unwrap_or(&compared[0]))
        };
        let lines: Vec<(usize, usize)> = others.par_iter().map(nearest).collect();
        let mut group_of = vec![0; self.restarts.len()];
        for (group, members) in groups.iter().enumerate() {
            members.iter().for_each(|&member| group_of[member] = group);
        }
        let (mut same, lines): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|&(restart, near)| self.apart(restart, near) < SAME);
        for part in lines.chunks(TOGETHER) {
            let open = self.first_open(part)?;
            same.extend(part.iter().zip(open).filter(|(_, open)| *open).map(|(line, _)| *line));
        }
        for (restart, near) in &same {
            groups[group_of[*near]].push(*restart);
        }
        Ok(others.len() - same.len())
    }

    /// The distance between the best points of two restarts, see [`SAME`]; for shapes that were optimised themselves,
    /// in network units.
    fn apart(&self, a: usize, b: usize) -> f64 {
        let statistics = &self.objective.model().card.statistics;
        let latent = self.objective.space() == Space::Latent;
        let width = |k: usize| match (latent, statistics.low.get(k), statistics.high.get(k)) {
            (true, Some(low), Some(high)) => (high - low).max(1e-9),
            _ => 1.0,
        };
        let (a, b) = (self.point(a), self.point(b));
        let squared = a.iter().zip(b).enumerate().map(|(k, (a, b))| ((a - b) / width(k)).powi(2));
        (squared.sum::<f64>() / a.len().max(1) as f64).sqrt()
    }

    /// The allowance: [`TOLERANCE`] of the improvement of a typical restart, plus the rounding error of a loss.
    fn allowance(&mut self, groups: &[Vec<usize>]) -> Result<f64> {
        let Some(best) = groups.first().map(|group| self.restarts[group[0]].best_loss()) else {
            return Ok(0.0);
        };
        let model = self.objective.model();
        let latent = groups.iter().flat_map(|group| self.restarts[group[0]].start());
        let starts = Rows::from_flat(model.latent_dim(), latent.copied().collect());
        let starts = self.objective.starts(starts)?;
        self.evaluations += starts.len();
        let begun = self.objective.evaluate(starts.as_flat(), false)?.loss;
        let climbed = quantile(begun, 0.5).map_or(0.0, |begun| (begun - best).max(0.0));
        Ok(TOLERANCE * climbed + 1e-5 * best.abs())
    }

    /// Pairs of every group with its nearest better ones, nearest first, except pairs of leaders that were tested
    /// before.
    fn pairs(&self, groups: &[Vec<usize>], tested: &mut HashSet<(usize, usize)>) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for worse in 1..groups.len() {
            let leader = groups[worse][0];
            let mut near: Vec<(f64, usize)> =
                (0..worse).map(|better| (self.apart(groups[better][0], leader), better)).collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (_, better) in near.into_iter().take(NEIGHBOURS) {
                if tested.insert((leader, groups[better][0])) {
                    pairs.push(Pair { worse, better });
                }
            }
        }
        pairs
    }

    /// Finds the first line of each worse restart without a barrier after a dense sampling. The lines go from a worse
    /// to a better restart, and the lines of one restart are consecutive.
    fn first_open(&mut self, lines: &[(usize, usize)]) -> Result<Vec<bool>> {
        let mut profiles: Vec<Profile> = lines.iter().map(|&line| self.profile(line)).collect();
        let every: Vec<usize> = (0..lines.len()).collect();
        self.look(&mut profiles, &every, 0)?;
        let mut found = vec![false; lines.len()];
        let mut refused: Vec<bool> = profiles.iter().map(Profile::is_barred).collect();
        loop {
            // One line per restart: the next one is sampled densely only after this one is rejected.
            let mut next: Vec<usize> = Vec::new();
            let mut begin = 0;
            for of_one in lines.chunk_by(|a, b| a.0 == b.0) {
                let mut these = begin..begin + of_one.len();
                begin = these.end;
                if !these.clone().any(|index| found[index]) {
                    next.extend(these.find(|&index| !refused[index]));
                }
            }
            if next.is_empty() {
                return Ok(found);
            }
            for round in 1..ROUNDS {
                let open: Vec<usize> =
                    next.iter().copied().filter(|&index| !profiles[index].is_barred()).collect();
                self.look(&mut profiles, &open, round)?;
            }
            for index in next {
                let barred = profiles[index].is_barred();
                (found[index], refused[index]) = (!barred, barred);
            }
        }
    }

    /// A line with known losses only at its ends.
    fn profile(&self, (worse, better): (usize, usize)) -> Profile {
        let loss = |restart: usize| self.restarts[restart].best_loss();
        Profile {
            worse,
            better,
            length: self.apart(worse, better),
            limit: loss(worse) + self.allowance,
            known: vec![(0.0, loss(worse)), (1.0, loss(better))],
        }
    }

    /// Evaluates the points of one round on some of the lines. Invalid points have an infinite loss.
    fn look(&mut self, profiles: &mut [Profile], which: &[usize], round: usize) -> Result<()> {
        let places: Vec<Vec<f64>> =
            which.iter().map(|&index| profiles[index].places(round)).collect();
        let mut points = Vec::new();
        for (&index, shares) in which.iter().zip(&places) {
            let Profile { worse, better, .. } = profiles[index];
            for share in shares {
                let ends = self.point(worse).iter().zip(self.point(better));
                points.extend(ends.map(|(a, b)| a + share * (b - a)));
            }
        }
        if points.is_empty() {
            return Ok(());
        }
        self.evaluations += places.iter().map(Vec::len).sum::<usize>();
        let met = self.objective.evaluate(&points, false)?;
        let mut losses = met
            .loss
            .iter()
            .zip(&met.valid)
            .map(|(&l, &valid)| if valid { l } else { f64::INFINITY });
        for (&index, shares) in which.iter().zip(places) {
            profiles[index].add(shares.into_iter().zip(losses.by_ref()));
        }
        Ok(())
    }
}

/// Positions that divide a line evenly, without its ends.
fn even(places: usize) -> Vec<f64> {
    (1..=places).map(|place| place as f64 / (places + 1) as f64).collect()
}

/// The known losses along the line from a worse restart to a better one.
#[derive(Debug)]
struct Profile {
    worse: usize,
    better: usize,
    /// The length, in the units of [`SAME`].
    length: f64,
    /// The largest loss that is no barrier.
    limit: f64,
    /// Positions as shares of the line with their losses, in order.
    known: Vec<(f64, f64)>,
}

impl Profile {
    /// The positions to evaluate in a round, as shares of the line: first coarse, then dense, then where the loss could
    /// rise in between.
    fn places(&self, round: usize) -> Vec<f64> {
        match round {
            0 => even(COARSE),
            1 => {
                let probes = (self.length / SPACING).ceil() as usize;
                even(probes.clamp(MIN_PROBES, MAX_PROBES))
            }
            _ => self.doubtful(),
        }
    }

    fn add(&mut self, looked: impl Iterator<Item = (f64, f64)>) {
        self.known.extend(looked);
        self.known.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.known.dedup_by(|a, b| a.0 == b.0);
    }

    /// Returns whether the loss rises above the limit.
    fn is_barred(&self) -> bool {
        // NaN counts as a barrier too.
        !self.known.iter().all(|(_, loss)| *loss <= self.limit)
    }

    /// The middles of the gaps in which the loss could exceed the limit: it rises from both sides, and the
    /// extrapolations of the two segments before and behind the gap intersect above the limit.
    fn doubtful(&self) -> Vec<f64> {
        let known = &self.known;
        let slope = |a: usize, b: usize| (known[b].1 - known[a].1) / (known[b].0 - known[a].0);
        let could_rise = |gap: &usize| {
            let (i, j) = (*gap, *gap + 1);
            let (up, down) = (slope(i - 1, i), -slope(j, j + 1));
            let (from, to) = (known[i], known[j]);
            if up <= 0.0 || down <= 0.0 {
                return false;
            }
            let meet = (to.1 - from.1 + down * (to.0 - from.0)) / (up + down);
            from.1 + up * meet.clamp(0.0, to.0 - from.0) > self.limit
        };
        let inner = 1..known.len().saturating_sub(2);
        inner.filter(could_rise).map(|i| 0.5 * (known[i].0 + known[i + 1].0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples a line of this length with a given loss in `rounds` rounds. Returns the number of samples, and true for
    /// a barrier.
    fn looked(length: f64, rounds: usize, loss: impl Fn(f64) -> f64) -> (usize, bool) {
        let known = vec![(0.0, loss(0.0)), (1.0, loss(1.0))];
        let mut profile = Profile { worse: 0, better: 1, length, limit: loss(0.0) + 0.01, known };
        for round in 0..rounds {
            if !profile.is_barred() {
                let places = profile.places(round);
                profile.add(places.into_iter().map(|share| (share, loss(share))));
            }
        }
        (profile.known.len() - 2, profile.is_barred())
    }

    #[test]
    fn a_narrow_barrier_between_two_wells_is_seen() {
        // Two wells at the ends: the loss falls from one to the other except for a barrier with this position and
        // width.
        let wells = |place: f64, width: f64| {
            move |t: f64| 1.0 - 0.5 * t + 0.6 * (-((t - place) / width).powi(2)).exp()
        };
        for place in [0.137, 0.3333, 0.55, 0.8181] {
            let barrier = wells(place, 0.006);
            assert!(!looked(0.8, 1, barrier).1, "a few places miss it at {place}");
            let (looks, barred) = looked(0.8, ROUNDS, barrier);
            assert!(barred && looks <= COARSE + MAX_PROBES, "{place}: {looks}");
        }
        // In the box of the data this barrier on a short line is as narrow as those above.
        assert!(looked(0.1, ROUNDS, wells(0.55, 0.06)).1);
        assert_eq!(looked(0.8, ROUNDS, |t| 1.0 - 0.5 * t), (9 + 80, false), "one well");
    }

    #[test]
    fn between_the_places_of_a_close_look_the_loss_is_followed_where_it_rises() {
        // A triangular peak between two of 99 points: only its top is above the limit.
        let top = 0.545;
        let tent = move |t: f64| 1.0 + 0.012 * (1.0 - (t - top).abs() / 0.02).max(0.0);
        assert!(!looked(0.99, 2, tent).1, "its flanks are low");
        let (looks, barred) = looked(0.99, ROUNDS, tent);
        assert!(barred && looks < 9 + 99 + 20, "{looks}");
        // A lower peak costs a few more samples and is no barrier.
        let low = move |t: f64| 1.0 + 0.009 * (1.0 - (t - top).abs() / 0.02).max(0.0);
        let (looks, barred) = looked(0.99, ROUNDS, low);
        assert!(!barred && looks < 9 + 99 + 20, "{looks}");
    }

    #[test]
    fn what_is_no_number_is_not_passed() {
        assert!(looked(0.3, ROUNDS, |t| if (0.4..0.6).contains(&t) { f64::NAN } else { 1.0 }).1);
        assert!(looked(0.3, ROUNDS, |t| if t > 0.94 && t < 0.99 { f64::INFINITY } else { 1.0 }).1);
    }
}
