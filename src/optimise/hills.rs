//! Hills: which restarts came to the same maximum.
//!
//! Two restarts stand on one hill when the loss along the straight line between their best points rises
//! over no barrier: the hill-valley test (Ursem 1999, "Multinational evolutionary algorithms"). Each is
//! tested against its nearest better ones and joins the first that no barrier parts it from, as in
//! hill-valley clustering (Maree et al. 2018); leaders of what came together are tested again until
//! nothing joins.
//!
//! A line is first looked at in [`COARSE`] points; most barriers show there. Two restarts are only put together once the
//! line between them was looked at closely: every [`SPACING`] of the data's box, and between these points wherever the
//! loss rises towards the gap from both sides so steeply that it could pass the limit inside. Only the first line of a
//! restart that still seems open is looked at closely, so that this costs at most [`MOST_PROBES`] and the refinement for
//! each restart that joins another or is refused. A barrier that is narrower than [`SPACING`] and has no flanks is not
//! seen.

use super::restart::{Best, Restart};
use super::written::{all_from_one, from_one};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Value;
use crate::numerics::statistics::quantile;
use crate::objective::{Objective, Space};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashSet;

/// Best points nearer than this are one, in widths of the data's box, as root mean square over the
/// coordinates.
const SAME: f64 = 0.01;
/// Points at which the line between two best points is looked at first.
const COARSE: usize = 9;
/// The distance of the points at which a line is looked at closely, measured as [`SAME`] is.
const SPACING: f64 = 0.01;
/// Such points of a line at least, and at most.
const LEAST_PROBES: usize = 19;
const MOST_PROBES: usize = 159;
/// Rounds of looks at a line: a few places, a close look, and four times the middles of gaps in which the loss could
/// rise.
const ROUNDS: usize = 6;
/// A rise is no barrier below this share of what a typical restart has climbed.
const TOLERANCE: f64 = 0.01;
/// Nearest better points that each is tested against.
const NEIGHBOURS: usize = 5;
/// At most so many restarts are compared with each other, evenly spread from the best to the worst: at
/// most 18,000 evaluations the first time round, beside the close looks, and far fewer afterwards. Every other restart is compared
/// with the nearest better one of these alone.
const MOST_COMPARED: usize = 400;
/// Lines that are looked at together; more would only take memory.
const TOGETHER: usize = 1000;

/// One maximum and who came to it; restarts are counted from 0 here and from 1 in files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hill {
    /// The restart that came highest: the one of least loss.
    #[serde(serialize_with = "from_one")]
    pub top: usize,
    /// Its value.
    #[serde(flatten)]
    pub value: Value,
    /// The loss there, penalties included: hills are ordered by it.
    pub loss: f64,
    /// The restarts that came to it, best first, `top` among them.
    #[serde(serialize_with = "all_from_one")]
    pub members: Vec<usize>,
}

/// The hills of a search.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Hills {
    /// The hills, best first.
    pub all: Vec<Hill>,
    /// Restarts of a large search of which it is not known what they stand on: a barrier parts them from
    /// the only other one that they were compared with.
    pub unplaced: usize,
    /// Points at which the objective was evaluated to tell hills apart.
    pub evaluations: usize,
}

impl Hills {
    /// Tells the hills apart that `restarts` came to; those without a feasible point stand on none.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn of(objective: &Objective, restarts: &[Restart]) -> Result<Self> {
        let mut order: Vec<usize> =
            (0..restarts.len()).filter(|&i| restarts[i].best.is_some()).collect();
        order.sort_by(|&a, &b| restarts[a].best_loss().total_cmp(&restarts[b].best_loss()));
        let mut terrain = Terrain { objective, restarts, allowance: 0.0, evaluations: 0 };
        let stride = order.len().div_ceil(MOST_COMPARED).max(1);
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
        let hill = |mut members: Vec<usize>| {
            members.sort_by(|&a, &b| restarts[a].best_loss().total_cmp(&restarts[b].best_loss()));
            let top = &restarts[members[0]];
            let value = Value::Computed(top.best_value());
            Hill { top: members[0], value, loss: top.best_loss(), members }
        };
        let all = groups.into_iter().map(hill).collect();
        Ok(Self { all, unplaced, evaluations: terrain.evaluations })
    }

    /// The hill of each of `restarts` restarts; none for those that stand on none.
    pub fn of_each(&self, restarts: usize) -> Vec<Option<usize>> {
        let mut hills = vec![None; restarts];
        for (index, hill) in self.all.iter().enumerate() {
            hill.members.iter().for_each(|&member| hills[member] = Some(index));
        }
        hills
    }
}

/// Two groups to be compared, by their places; that of the better one comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pair {
    worse: usize,
    better: usize,
}

/// Lets every group join the first better one, in the order of `pairs`, to which the line is open.
fn joined(groups: Vec<Vec<usize>>, pairs: &[Pair], open: &[bool]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..groups.len()).collect();
    for (pair, _) in pairs.iter().zip(open).filter(|(_, open)| **open) {
        if root[pair.worse] == pair.worse {
            root[pair.worse] = pair.better;
        }
    }
    let mut hills: Vec<Vec<usize>> = Vec::new();
    let mut place = vec![0; groups.len()];
    for (index, members) in groups.into_iter().enumerate() {
        // Better ones come first, so where this one leads to is settled already.
        if root[index] == index {
            place[index] = hills.len();
            hills.push(members);
        } else {
            place[index] = place[root[index]];
            hills[place[index]].extend(members);
        }
    }
    hills
}

/// The objective and the points that are compared on it.
struct Terrain<'a> {
    objective: &'a Objective,
    restarts: &'a [Restart],
    /// How much the loss may rise on a line without that being a barrier.
    allowance: f64,
    evaluations: usize,
}

impl Terrain<'_> {
    /// The best point of a restart in the space that was searched; only those with one are asked.
    fn point(&self, restart: usize) -> &[f64] {
        self.restarts[restart].best.as_ref().map_or(&[], Best::point)
    }

    /// Restarts that came to the same point, best first.
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

    /// Puts each of the `others` with the nearest better one of those that were `compared`, where no
    /// barrier parts them; how many are left over. Both are sorted, the best first.
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

    /// How far the best points of two restarts lie apart, see [`SAME`]; shapes that were moved
    /// themselves are measured in network units.
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

    /// [`TOLERANCE`] of what a typical restart has climbed, and what rounding makes of a loss.
    fn allowance(&mut self, groups: &[Vec<usize>]) -> Result<f64> {
        let Some(best) = groups.first().map(|group| self.restarts[group[0]].best_loss()) else {
            return Ok(0.0);
        };
        let model = self.objective.model();
        let latent = groups.iter().flat_map(|group| self.restarts[group[0]].start());
        let starts = Rows::from_flat(model.latent_dim(), latent.copied().collect());
        let starts = match self.objective.space() {
            Space::Latent => starts,
            Space::Input => model.scaled(&model.decode(&starts)?),
        };
        self.evaluations += starts.len();
        let begun = self.objective.evaluate(starts.as_flat(), false)?.loss;
        let climbed = quantile(begun, 0.5).map_or(0.0, |begun| (begun - best).max(0.0));
        Ok(TOLERANCE * climbed + 1e-5 * best.abs())
    }

    /// Every group with its nearest better ones, nearest first; pairs of leaders that were tested before
    /// are left out.
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

    /// Of the lines from a worse restart to a better one: the first of each worse restart that rises over no barrier,
    /// looked at closely. The lines of one restart follow each other.
    fn first_open(&mut self, lines: &[(usize, usize)]) -> Result<Vec<bool>> {
        let mut profiles: Vec<Profile> = lines.iter().map(|&line| self.profile(line)).collect();
        let every: Vec<usize> = (0..lines.len()).collect();
        self.look(&mut profiles, &every, 0)?;
        let mut found = vec![false; lines.len()];
        let mut refused: Vec<bool> = profiles.iter().map(Profile::is_barred).collect();
        loop {
            // One line a restart: the others are looked at closely only when it is refused.
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

    /// A line of which the ends alone are known.
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

    /// Evaluates the places of a round of some of the lines. Where nothing is valid the loss is infinite.
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

/// Places that divide a line evenly, its ends left out.
fn even(places: usize) -> Vec<f64> {
    (1..=places).map(|place| place as f64 / (places + 1) as f64).collect()
}

/// What is known of the loss along the line from a worse restart to a better one.
#[derive(Debug)]
struct Profile {
    worse: usize,
    better: usize,
    /// As [`SAME`] measures.
    length: f64,
    /// The loss that no place may exceed.
    limit: f64,
    /// Places as shares of the line with their losses, in order.
    known: Vec<(f64, f64)>,
}

impl Profile {
    /// The places to look at in a round, as shares of the line: first a few, then closely, then where the loss could
    /// rise between.
    fn places(&self, round: usize) -> Vec<f64> {
        match round {
            0 => even(COARSE),
            1 => {
                let probes = (self.length / SPACING).ceil() as usize;
                even(probes.clamp(LEAST_PROBES, MOST_PROBES))
            }
            _ => self.doubtful(),
        }
    }

    fn add(&mut self, looked: impl Iterator<Item = (f64, f64)>) {
        self.known.extend(looked);
        self.known.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.known.dedup_by(|a, b| a.0 == b.0);
    }

    /// Whether it rises over a barrier.
    fn is_barred(&self) -> bool {
        // What is no number is not passed either.
        !self.known.iter().all(|(_, loss)| *loss <= self.limit)
    }

    /// The middles of the gaps in which the loss could pass the limit: it rises towards the gap from both sides, and the
    /// lines through the two places before and behind meet above the limit.
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

    /// A line of this length with a loss along it, looked at in so many rounds; how often, and whether it is barred.
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
        // Two wells at the ends, the loss falls from one to the other but for a barrier with this place and width.
        let wells = |place: f64, width: f64| {
            move |t: f64| 1.0 - 0.5 * t + 0.6 * (-((t - place) / width).powi(2)).exp()
        };
        for place in [0.137, 0.3333, 0.55, 0.8181] {
            let barrier = wells(place, 0.006);
            assert!(!looked(0.8, 1, barrier).1, "a few places miss it at {place}");
            let (looks, barred) = looked(0.8, ROUNDS, barrier);
            assert!(barred && looks <= COARSE + MOST_PROBES, "{place}: {looks}");
        }
        // Of a short line a barrier is as narrow in the data's box as in these.
        assert!(looked(0.1, ROUNDS, wells(0.55, 0.06)).1);
        assert_eq!(looked(0.8, ROUNDS, |t| 1.0 - 0.5 * t), (9 + 80, false), "one well");
    }

    #[test]
    fn between_the_places_of_a_close_look_the_loss_is_followed_where_it_rises() {
        // A tent whose top lies between two of 99 places and alone is above the limit.
        let top = 0.545;
        let tent = move |t: f64| 1.0 + 0.012 * (1.0 - (t - top).abs() / 0.02).max(0.0);
        assert!(!looked(0.99, 2, tent).1, "its flanks are low");
        let (looks, barred) = looked(0.99, ROUNDS, tent);
        assert!(barred && looks < 9 + 99 + 20, "{looks}");
        // A tent that stays below costs a few looks more and no barrier is made of it.
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
