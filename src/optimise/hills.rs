//! Hills: which restarts came to the same maximum.
//!
//! Two restarts stand on one hill when the loss along the straight line between their best points rises
//! over no barrier: the hill-valley test (Ursem 1999, "Multinational evolutionary algorithms"). Each is
//! tested against its nearest better ones and joins the first that no barrier parts it from, as in
//! hill-valley clustering (Maree et al. 2018); leaders of what came together are tested again until
//! nothing joins.

use super::restart::{Best, Restart};
use super::written::{all_from_one, from_one};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::numerics::statistics::quantile;
use crate::objective::{Objective, Space};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashSet;

/// Best points nearer than this are one, in widths of the data's box, as root mean square over the
/// coordinates.
const SAME: f64 = 0.01;
/// Points at which the line between two best points is looked at.
const INTERIOR: usize = 9;
/// A rise is no barrier below this share of what a typical restart has climbed.
const TOLERANCE: f64 = 0.01;
/// Nearest better points that each is tested against.
const NEIGHBOURS: usize = 5;
/// At most so many restarts are compared with each other, evenly spread from the best to the worst: at
/// most 18,000 evaluations the first time round, and far fewer afterwards. Every other restart is compared
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
    pub value: f64,
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
            let open = terrain.open(&pairs.iter().map(leaders).collect::<Vec<_>>())?;
            groups = joined(groups, &pairs, &open);
        }
        let others = order.iter().enumerate().filter(|(rank, _)| !rank.is_multiple_of(stride));
        let others: Vec<usize> = others.map(|(_, &restart)| restart).collect();
        let unplaced = terrain.place(&others, &compared, &mut groups)?;
        let hill = |mut members: Vec<usize>| {
            members.sort_by(|&a, &b| restarts[a].best_loss().total_cmp(&restarts[b].best_loss()));
            Hill { top: members[0], value: restarts[members[0]].best_value(), members }
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
            let open = self.open(part)?;
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

    /// Whether the line between each worse restart and the better one beside it rises over no barrier.
    fn open(&mut self, lines: &[(usize, usize)]) -> Result<Vec<bool>> {
        let mut points = Vec::with_capacity(lines.len() * INTERIOR * self.objective.dim());
        for &(worse, better) in lines {
            for step in 1..=INTERIOR {
                let share = step as f64 / (INTERIOR + 1) as f64;
                let ends = self.point(worse).iter().zip(self.point(better));
                points.extend(ends.map(|(a, b)| a + share * (b - a)));
            }
        }
        self.evaluations += lines.len() * INTERIOR;
        let met = self.objective.evaluate(&points, false)?;
        let open = |(index, &(worse, _)): (usize, &(usize, usize))| {
            let highest = self.restarts[worse].best_loss() + self.allowance;
            let mut on_line = index * INTERIOR..(index + 1) * INTERIOR;
            on_line.all(|at| met.valid[at] && met.loss[at] <= highest)
        };
        Ok(lines.iter().enumerate().map(open).collect())
    }
}
