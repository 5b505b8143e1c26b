//! The rivals of the update rules: CMA-ES, L-BFGS and random search, from one start each.
//!
//! A rival never calls the loss. It is asked for points and told what they are worth, so that the
//! points of many rivals, and of a whole generation, go through the network as one batch, and
//! whoever evaluates them counts them: trial points of line searches too.
//!
//! CMA-ES and L-BFGS are those of the crate `genoxide`, the only one that works in this way for
//! both, takes seeds, and steps back from points that mean nothing. The others call the loss
//! themselves, a point at a time: `argmin` (which has no CMA-ES, and whose L-BFGS ends at the first
//! trial that is not finite) and `cmaes`. `fcmaes-core` asks and tells, but has no L-BFGS and does not
//! say where its search stands. `genoxide` is young: nothing of it shows outside this module, and the
//! tests compare its figures with those of the reference implementations.

mod cma_es;
mod lbfgs;
mod random;

use crate::error::{Error, Result};
use crate::numerics::random::{Purpose, stream};
use cma_es::CmaEs;
use genoxide::genome::Real;
use lbfgs::Lbfgs;
use random::RandomSearch;

/// How far from its start a rival may go in each coordinate.
///
/// The methods search a box. In latent units this one is out of reach of everything that has a
/// minimum.
const REACH: f64 = 1000.0;

/// The points that several rivals want evaluated next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The points, `[n, dim]`.
    pub points: Vec<f64>,
    /// Which of the rivals that are advanced wants each point, `[n]`.
    pub rivals: Vec<usize>,
    /// Whether gradients are wanted too.
    pub with_gradients: bool,
}

/// Losses of points, and their gradients where they were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// The loss of each point, `[n]`; what is not finite marks a point that means nothing.
    pub loss: Vec<f64>,
    /// The gradient of the loss at each point, `[n, dim]`; empty where it was not asked for.
    pub gradient: Vec<f64>,
}

/// Evaluates what was asked; nothing when somebody has stopped it on the way.
pub type Evaluate<'a> = dyn FnMut(&Asked) -> Result<Option<Sample>> + 'a;

/// Why a rival has ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It finds nothing lower: its steps, or what they bring, have become too small.
    Converged,
    /// It went ever farther from its start; the loss may have no minimum.
    Diverged,
    /// No point had a finite loss; L-BFGS needs one, and its gradient, at the start already.
    NotFinite,
}

/// A point that was evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The point, `[dim]`, to the bit as it was evaluated.
    pub point: Vec<f64>,
    /// Its loss; not finite only at a start.
    pub loss: f64,
}

/// A rival in progress.
#[derive(Clone, Debug)]
pub struct Rival {
    method: Method,
    place: Place,
    ending: Option<Ending>,
}

#[derive(Clone, Debug)]
enum Method {
    CmaEs(Box<CmaEs>),
    Lbfgs(Box<Lbfgs>),
    Random(Box<RandomSearch>),
}

/// What a method makes of the losses it is told.
struct Told {
    /// Where it stands now, if that has changed.
    place: Option<Place>,
    /// Whether this completed an iteration.
    iterated: bool,
    ending: Option<Ending>,
}

impl Rival {
    /// CMA-ES with its mean at `start`, the standard deviation `spread` in every direction, and
    /// `4 + 3 ln dim` points a generation. The draws depend on `seed` and `restart` alone.
    ///
    /// # Errors
    /// When the start is not made of finite numbers, or the spread not between 0 and 2000.
    pub fn cma_es(start: Place, spread: f64, seed: u64, restart: u64) -> Result<Self> {
        let method = Method::CmaEs(Box::new(CmaEs::new(&start.point, spread, seed, restart)?));
        Ok(Self { method, place: start, ending: None })
    }

    /// L-BFGS with ten pairs and the line search of Moré and Thuente. `gradient` is that of the
    /// loss at the start, `[dim]`.
    ///
    /// # Errors
    /// When the start is not made of finite numbers.
    pub fn lbfgs(start: Place, gradient: &[f64]) -> Result<Self> {
        let (lbfgs, ending) = Lbfgs::new(&start, gradient)?;
        Ok(Self { method: Method::Lbfgs(Box::new(lbfgs)), place: start, ending })
    }

    /// Random search: 16 draws an iteration from N(`mean`, `spread`^2), whatever was found before;
    /// `mean` and `spread` are `[dim]`. It is fair with the distribution that the starts come from:
    /// every draw is one more start then. The draws depend on `seed` and `restart` alone.
    pub fn random(start: Place, mean: Vec<f64>, spread: Vec<f64>, seed: u64, restart: u64) -> Self {
        let search = RandomSearch::new(mean, spread, seed, restart);
        Self { method: Method::Random(Box::new(search)), place: start, ending: None }
    }

    /// Where it stands: L-BFGS on its iterate, CMA-ES on the best point of its last generation,
    /// random search on the best point so far; the start before the first iteration. The best place
    /// of all iterations is the best that the rival has found.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Why it has ended; none while it can go on.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Whether its points need gradients.
    fn wants_gradients(&self) -> bool {
        matches!(self.method, Method::Lbfgs(_))
    }

    /// The points it wants evaluated next, `[n, dim]`.
    fn ask(&mut self) -> Vec<f64> {
        match &mut self.method {
            Method::CmaEs(method) => method.ask(),
            Method::Lbfgs(method) => method.ask(),
            Method::Random(method) => method.ask(),
        }
    }

    /// Takes the losses `[n]` and gradients `[n, dim]` of the `points` it asked for; returns whether
    /// that completed an iteration.
    fn tell(&mut self, points: &[f64], loss: &[f64], gradient: &[f64]) -> Result<bool> {
        let told = match &mut self.method {
            Method::CmaEs(method) => method.tell(points, loss)?,
            Method::Lbfgs(method) => method.tell(loss, gradient)?,
            Method::Random(method) => method.tell(points, loss, self.place.loss),
        };
        if let Some(place) = told.place {
            self.place = place;
        }
        let found = self.place.loss.is_finite();
        self.ending = told.ending.map(|ending| if found { ending } else { Ending::NotFinite });
        Ok(told.iterated)
    }
}

/// Advances every rival that has not ended by one iteration: a generation, a line search, a batch
/// of draws. All are of one method and one dimension; their points are evaluated together. Returns
/// false when the evaluation was stopped, which leaves rivals in the middle of their iteration.
///
/// # Errors
/// When the evaluation fails.
pub fn advance(rivals: &mut [&mut Rival], evaluate: &mut Evaluate<'_>) -> Result<bool> {
    let mut going: Vec<usize> =
        (0..rivals.len()).filter(|&index| rivals[index].ending.is_none()).collect();
    // Line searches are of different lengths: who has finished its iteration waits for the others.
    while let Some(&first) = going.first() {
        let dim = rivals[first].place.point.len();
        let with_gradients = rivals[first].wants_gradients();
        let mut asked = Asked { with_gradients, ..Asked::default() };
        for &index in &going {
            let points = rivals[index].ask();
            asked.rivals.extend(std::iter::repeat_n(index, points.len() / dim));
            asked.points.extend(points);
        }
        let Some(Sample { loss, gradient }) = evaluate(&asked)? else { return Ok(false) };
        let mut done = 0;
        let mut unfinished = Vec::new();
        for rows in asked.rivals.chunk_by(|a, b| a == b) {
            let (index, from, to) = (rows[0], done, done + rows.len());
            done = to;
            let numbers = from * dim..to * dim;
            let gradient = if with_gradients { &gradient[numbers.clone()] } else { &[] };
            let iterated = rivals[index].tell(&asked.points[numbers], &loss[from..to], gradient)?;
            if !iterated && rivals[index].ending.is_none() {
                unfinished.push(index);
            }
        }
        going = unfinished;
    }
    Ok(true)
}

fn box_around(start: &[f64]) -> Result<Real> {
    Real::new(start.iter().map(|s| s - REACH..=s + REACH)).map_err(refused)
}

/// What it means to end at `point`: at the walls of the box there was no minimum.
fn end_at(point: &[f64], start: &[f64]) -> Ending {
    let farthest = point.iter().zip(start).map(|(p, s)| (p - s).abs()).fold(0.0, f64::max);
    if farthest < 0.999 * REACH { Ending::Converged } else { Ending::Diverged }
}

/// The point with the lowest finite loss, if one is finite; of equals the first.
fn best_of(points: &[f64], loss: &[f64]) -> Option<Place> {
    let dim = points.len() / loss.len();
    points
        .chunks_exact(dim)
        .zip(loss)
        .filter(|(_, loss)| loss.is_finite())
        .min_by(|a, b| a.1.total_cmp(b.1))
        .map(|(point, &loss)| Place { point: point.to_vec(), loss })
}

/// What the crate beneath objects to: a start that is not finite, a spread out of range.
fn refused(error: genoxide::Error) -> Error {
    Error::Mismatch(format!("the search cannot begin here: {error}"))
}

#[cfg(test)]
mod tests;
