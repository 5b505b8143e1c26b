//! The settings of a search, and the starts of its restarts.

use super::schedule::Plateau;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::data::source::fnv1a;
use crate::error::{Error, Result, check_range};
use crate::model::Model;
use crate::model::card::StartDistribution;
use crate::numerics::random::{Purpose, stream};
use crate::objective::{ObjectiveSpec, Space};
use crate::text;
use crate::text::Text;
use clap::ValueEnum;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The most numbers in the trajectories of a search: about 100 megabytes. Longer trajectories record only every k-th
/// step.
const MAX_NUMBERS: usize = 12_000_000;

/// The optimisation method of a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Adam (Kingma & Ba 2015): each coordinate with its own step.
    #[default]
    Adam,
    /// Plain gradient descent: `z -= rate * g`.
    Gradient,
    /// Gradient descent with momentum 0.9, as PyTorch's SGD.
    Momentum,
    /// L-BFGS with a line search (Nocedal 1980): a model of the curvature from the last gradients.
    Lbfgs,
    /// CMA-ES (Hansen 2016): a population that adapts its own spread; no gradients.
    CmaEs,
    /// Random search: draws from the start distribution; no gradients.
    Random,
}

impl Method {
    /// All methods, in the order of menus.
    pub const ALL: [Self; 6] =
        [Self::Adam, Self::CmaEs, Self::Random, Self::Gradient, Self::Momentum, Self::Lbfgs];

    /// Returns whether the method needs the gradient at every point.
    pub fn follows_gradients(self) -> bool {
        !matches!(self, Self::CmaEs | Self::Random)
    }

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Adam => Text::verbatim("Adam"),
            Self::Gradient => text!("the method" => "Gradient"),
            Self::Momentum => text!("Momentum"),
            Self::Lbfgs => Text::verbatim("L-BFGS"),
            Self::CmaEs => Text::verbatim("CMA-ES"),
            Self::Random => text!("Random search"),
        }
    }

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Adam => "adam",
            Self::Gradient => "gradient",
            Self::Momentum => "momentum",
            Self::Lbfgs => "lbfgs",
            Self::CmaEs => "cma-es",
            Self::Random => "random",
        }
    }

    /// A description for a tooltip.
    pub fn about(self) -> Text {
        match self {
            Self::Adam => {
                text!(
                    "Follows the gradient with a step of its own for each coordinate, from running means of the gradient and its square (Kingma & Ba 2015)"
                )
            }
            Self::Gradient => text!("Follows the gradient: the steeper, the longer the step"),
            Self::Momentum => text!("Follows the gradient and keeps nine tenths of its last step"),
            Self::Lbfgs => {
                text!(
                    "Learns the curvature from its last gradients and searches along a line; few steps on smooth ground (Nocedal 1980)"
                )
            }
            Self::CmaEs => {
                text!(
                    "A population that learns in which directions better points lie; needs no gradient (Hansen 2016)"
                )
            }
            Self::Random => text!("Draws points and keeps the best: what every method has to beat"),
        }
    }
}

/// The largest perturbation of a start, in latent units.
pub const MAX_SPREAD: f64 = 1000.0;

/// The distribution of the starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Starts {
    /// Samples of the distribution that the model states; for a VAE its prior, N(0, 1).
    #[default]
    Stated,
    /// Samples of N(0, 1), whatever distribution the model states.
    StandardNormal,
    /// Starts around given latent points, in turn: first the points themselves, then with a perturbation of N(0,
    /// spread^2) in every coordinate.
    Around {
        /// The points, each `[latent]`.
        points: Vec<Vec<f64>>,
        /// The standard deviation of the perturbation, in latent units; 0 for none.
        spread: f64,
    },
}

/// The settings of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchConfig {
    /// The objective.
    #[serde(rename = "aim")]
    pub spec: ObjectiveSpec,
    /// The optimisation method.
    pub method: Method,
    /// The variable that is optimised: z, or the numbers of the row itself.
    pub space: Space,
    /// The distribution of the starts.
    pub starts: Starts,
    /// The frames of the shapes of the given points, in the same order; the shapes of a restart are written in the
    /// frame of its point. Empty where everything is in data units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<SimilarityTransform>,
    /// The number of restarts.
    pub restarts: usize,
    /// Updates of each restart. Methods that count otherwise get the same budget: a value and a gradient for each
    /// update and for the start.
    pub steps: usize,
    /// The learning rate, in latent units: for Adam about the length of the first step in each coordinate; for CMA-ES
    /// the first standard deviation.
    pub rate: f64,
    /// The learning rate where the row itself is optimised, in network units.
    pub input_rate: f64,
    /// The seed of the starts.
    pub seed: u64,
    /// The plateau schedule; none keeps the rate constant.
    pub plateau: Option<Plateau>,
    /// The number of steps without a better loss after which a restart ends; none for no early stopping.
    pub patience: Option<usize>,
    /// The number of steps between recorded points of a trajectory, or a multiple of that where memory requires it.
    pub keep_every: usize,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            spec: ObjectiveSpec::default(),
            method: Method::Adam,
            space: Space::Latent,
            starts: Starts::Stated,
            frames: Vec::new(),
            restarts: 50,
            steps: 500,
            rate: 0.1,
            input_rate: 0.01,
            seed: 0,
            plateau: Some(Plateau::default()),
            patience: Some(50),
            keep_every: 1,
        }
    }
}

impl SearchConfig {
    /// Checks the ranges for every search.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        self.spec.check()?;
        check_range("restarts", self.restarts, 1, 100_000)?;
        check_range("steps", self.steps, 1, 1_000_000)?;
        check_range("lr", self.rate, 1e-8, 100.0)?;
        check_range("input-lr", self.input_rate, 1e-8, 100.0)?;
        if let Some(plateau) = &self.plateau {
            check_range("plateau-factor", plateau.factor, 0.0, 0.999_999)?;
            check_range("plateau-patience", plateau.patience, 0, 1_000_000)?;
        }
        if let Some(patience) = self.patience {
            check_range("patience", patience, 1, 1_000_000)?;
        }
        check_range("trajectory", self.keep_every, 1, 1_000_000_000)?;
        if let Starts::Around { points, spread } = &self.starts {
            check_range("perturb", *spread, 0.0, MAX_SPREAD)?;
            if points.is_empty() {
                return Err(Error::setting("starts", text!("there is no point to start from")));
            }
            let frames = self.frames.len();
            if frames > 0 && frames != points.len() {
                let problem = text!(
                    "{count} frame does not fit {points} points"
                        | "{count} frames do not fit {points} points",
                    count = frames,
                    points = points.len()
                );
                return Err(Error::setting("frames", problem));
            }
            if !self.frames.iter().all(SimilarityTransform::is_sound) {
                return Err(Error::setting(
                    "frames",
                    text!("each needs finite numbers and a positive scale"),
                ));
            }
        }
        let by_gradient = matches!(self.method, Method::Adam | Method::Gradient | Method::Momentum);
        if self.space == Space::Input && !by_gradient {
            return Err(Error::setting(
                "space",
                text!(
                    "the numbers of a row are moved by adam, gradient or momentum; the other methods search the latent"
                ),
            ));
        }
        Ok(())
    }

    /// The frame for the shape of a restart, counted from 0; none for data units.
    pub fn frame(&self, restart: usize) -> Option<SimilarityTransform> {
        let count = self.frames.len().max(1);
        self.frames.get(restart % count).copied().filter(|frame| !frame.is_plain())
    }

    /// The name of the run of this search on a model: six letters and digits, 30 bits of FNV-1a over the settings and
    /// all weights. The same search has the same name, and another one almost never has it. `keep_every` does not
    /// affect the name, because it does not affect the run.
    pub fn run_name(&self, model: &Model) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let settings = serde_json::to_vec(&Self { keep_every: 1, ..self.clone() });
        let heads = model.heads().iter().flat_map(|head| head.parameters());
        let weights = model.parameters().chain(heads).flatten();
        let bytes =
            settings.unwrap_or_default().into_iter().chain(weights.flat_map(|w| w.to_le_bytes()));
        let hash = fnv1a(bytes);
        (0..6).map(|k| char::from(LETTERS[(hash >> (5 * k)) as usize % 32])).collect()
    }

    /// The learning rate in the space that is searched.
    pub fn rate_in_space(&self) -> f64 {
        match self.space {
            Space::Latent => self.rate,
            Space::Input => self.input_rate,
        }
    }

    /// The most evaluations of each restart: the number of values plus the number of gradients.
    pub fn budget(&self) -> usize {
        2 * (self.steps + 1)
    }

    /// The number of steps between recorded points: the least multiple of `keep_every` with which all trajectories fit
    /// into memory. The start, the best and the last point are recorded in any case.
    pub fn stride(&self, latent_dim: usize) -> usize {
        // A recorded step has z and its value.
        let numbers = self.restarts.saturating_mul(self.steps + 1).saturating_mul(latent_dim + 1);
        let needed = numbers.div_ceil(MAX_NUMBERS).max(1);
        self.keep_every * needed.div_ceil(self.keep_every)
    }

    /// The mean and the standard deviation of the distribution from which the start of a restart is sampled, `[latent]`
    /// each; around a point without perturbation, the standard deviation that the model states.
    pub fn start_distribution(&self, model: &Model, restart: usize) -> (Vec<f64>, Vec<f64>) {
        let dim = model.latent_dim();
        let stated = match &self.starts {
            Starts::StandardNormal => StartDistribution::StandardNormal.moments(dim),
            _ => model.card.start.moments(dim),
        };
        match &self.starts {
            Starts::Around { points, spread } if !points.is_empty() => {
                let spread = if *spread > 0.0 { vec![*spread; dim] } else { stated.1 };
                (points[restart % points.len()].clone(), spread)
            }
            _ => stated,
        }
    }

    /// The starts `[restarts, latent]`; start `i` depends only on the seed and on `i`.
    ///
    /// # Errors
    /// When a given point has another dimension than the latent.
    pub fn draw_starts(&self, model: &Model) -> Result<Rows<f64>> {
        let dim = model.latent_dim();
        let mut starts = Rows::new(dim);
        for i in 0..self.restarts {
            let rng = stream(self.seed, Purpose::Starts, 0, i as u64);
            let start: Vec<f64> = match &self.starts {
                Starts::Stated => model.card.start.draw(dim, rng),
                Starts::StandardNormal => StartDistribution::StandardNormal.draw(dim, rng),
                Starts::Around { points, spread } => {
                    let point = &points[i % points.len()];
                    if point.len() != dim {
                        let problem = text!(
                            "have {needed} numbers, not {given}",
                            needed = dim,
                            given = point.len()
                        );
                        return Err(Error::setting("starts", problem));
                    }
                    let spread = if i < points.len() { 0.0 } else { *spread };
                    point.iter().zip(standard_normal(rng)).map(|(z, e)| z + spread * e).collect()
                }
            };
            starts.push(&start);
        }
        Ok(starts)
    }
}

fn standard_normal(rng: ChaCha8Rng) -> impl Iterator<Item = f64> {
    StandardNormal.sample_iter(rng)
}

/// The part of every trajectory that is written to files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trajectory {
    /// Every recorded step.
    #[default]
    Full,
    /// The recorded steps that are multiples of k, the start and the last one.
    Every(usize),
    /// No step.
    None,
}

impl Trajectory {
    /// The stride of recorded steps that is needed for the written ones, for `steps` steps.
    pub fn stride(self, steps: usize) -> usize {
        match self {
            Self::Full => 1,
            Self::Every(k) => k,
            Self::None => steps.max(1),
        }
    }

    /// Returns whether a step of `0..=last` is written.
    pub fn keeps(self, step: usize, last: usize) -> bool {
        match self {
            Self::Full => true,
            Self::Every(k) => step.is_multiple_of(k) || step == last,
            Self::None => false,
        }
    }
}

impl FromStr for Trajectory {
    type Err = Text;

    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        match text.split_once(':') {
            None if text == "full" => Ok(Self::Full),
            None if text == "none" => Ok(Self::None),
            Some(("every", k)) if k.parse::<usize>().is_ok_and(|k| k > 0) => {
                Ok(Self::Every(k.parse().unwrap_or(1)))
            }
            _ => Err(text!("must be full, none, or every:K with K at least 1")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ways_are_kept_at_multiples_of_what_was_asked_for() {
        let stride = |restarts, steps, keep_every| {
            SearchConfig { restarts, steps, keep_every, ..SearchConfig::default() }.stride(2)
        };
        assert_eq!(stride(50, 500, 1), 1);
        assert_eq!(stride(50, 500, 7), 7);
        // Just over five times the limit: 10,000 x 2,001 x 3 numbers.
        assert_eq!(stride(10_000, 2_000, 1), 6);
        assert_eq!(stride(10_000, 2_000, 4), 8);
        assert_eq!(stride(10_000, 2_000, 100), 100);
    }
}
