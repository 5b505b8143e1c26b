//! Settings of the generator of a data set: its families, its number of samples and their variation.
//!
//! A sample is a function of these settings and its index alone, so a model that keeps them can show any of its
//! training shapes without storing them.

use super::family::Family;
use super::geometry;
use crate::data::dataset::Dataset;
use crate::data::rows::Rows;
use crate::error::{Error, Result, check_range};
use crate::numerics::random::{Purpose, stream};
use crate::text;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

/// The parameters of a generated set of outlines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratorConfig {
    /// The families, from which samples come in turn.
    pub families: Vec<Family>,
    /// Number of outlines, all families together.
    pub samples: usize,
    /// Points of an outline; twice as many numbers.
    pub points: usize,
    /// The size is a factor from `1 - v` to `1 + v`; 0 to 0.9. Size 1 is a unit RMS radius.
    pub size_variation: f64,
    /// The rotation is from `-r` to `r` degrees; 0 to 180.
    pub rotation: f64,
    /// The free proportion of a family is a factor from `1 - v` to `1 + v`; 0 to 0.25.
    pub aspect_variation: f64,
    /// Standard deviation of the noise on every coordinate, as a fraction of the RMS radius; 0 to 0.5.
    pub noise: f64,
    /// The seed of all randomness.
    pub seed: u64,
}

/// A variation small enough for two latent dimensions to represent every family; `sample_models/README.md` has the
/// measurements.
impl Default for GeneratorConfig {
    fn default() -> Self {
        Self {
            families: Family::ALL.to_vec(),
            samples: 5000,
            points: 100,
            size_variation: 0.05,
            rotation: 5.0,
            aspect_variation: 0.1,
            noise: 0.0,
            seed: 0,
        }
    }
}

impl GeneratorConfig {
    /// Checks the range of every setting.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        self.check_from(10 * self.families.len())
    }

    /// As [`Self::check`], for outlines that nothing is trained on: any number of them will do.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check_for_table(&self) -> Result<()> {
        self.check_from(1)
    }

    /// As [`Self::check`] with this least number of outlines.
    fn check_from(&self, least: usize) -> Result<()> {
        if self.families.is_empty() {
            return Err(Error::setting("families", text!("choose at least one")));
        }
        for (index, family) in self.families.iter().enumerate() {
            if self.families[..index].contains(family) {
                let problem = text!("'{family}' is named twice", family = family.name());
                return Err(Error::setting("families", problem));
            }
        }
        check_range("samples", self.samples, least, 1_000_000)?;
        check_range("points", self.points, 16, 1000)?;
        if self.samples * self.points > 100_000_000 {
            let most = 100_000_000 / self.points;
            return Err(Error::setting(
                "samples",
                text!(
                    "at most {most} with {points} points each, not {samples}",
                    most,
                    points = self.points,
                    samples = self.samples
                ),
            ));
        }
        check_range("size-variation", self.size_variation, 0.0, 0.9)?;
        check_range("rotation", self.rotation, 0.0, 180.0)?;
        check_range("aspect-variation", self.aspect_variation, 0.0, 0.25)?;
        check_range("noise", self.noise, 0.0, 0.5)
    }

    /// The family of sample `index`.
    pub fn family(&self, index: usize) -> Family {
        self.families[index % self.families.len()]
    }

    /// Outline `index`, `[2 * points]`.
    pub fn sample(&self, index: usize) -> Vec<f32> {
        let mut rng = stream(self.seed, Purpose::Outlines, 0, index as u64);
        let mut factor = |variation: f64| 1.0 + variation * rng.random_range(-1.0..=1.0);
        let (stretch, size, turn) =
            (factor(self.aspect_variation), factor(self.size_variation), factor(1.0) - 1.0);
        let path = self.family(index).path(stretch);
        let unit = 1.0 / geometry::rms_radius(&path.resample(self.points)).max(1e-12);
        let (sin, cos) = (turn * self.rotation.to_radians()).sin_cos();
        let scale = size * unit;
        let moved = path.map(|[x, y]| [scale * (x * cos - y * sin), scale * (x * sin + y * cos)]);
        let mut outline = moved.resample(self.points);
        if self.noise > 0.0 {
            for value in &mut outline {
                let jitter: f64 = StandardNormal.sample(&mut rng);
                *value += (self.noise * size * jitter) as f32;
            }
            // The jitter moves the mean a little, so the outline is centred again.
            let [x, y] = geometry::centre(&outline);
            for point in outline.chunks_exact_mut(2) {
                point[0] -= x as f32;
                point[1] -= y as f32;
            }
        }
        outline
    }

    /// The whole data set.
    pub fn generate(&self) -> Dataset {
        use rayon::prelude::*;
        let width = 2 * self.points;
        let flat = (0..self.samples).into_par_iter().flat_map_iter(|i| self.sample(i)).collect();
        let labels = (0..self.samples).map(|i| (i % self.families.len()) as u16).collect();
        Dataset {
            rows: Rows::from_flat(width, flat),
            labels,
            names: self.families.iter().map(|f| f.name().to_owned()).collect(),
            ..Dataset::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_the_same_alone_and_in_the_set() {
        let generator = GeneratorConfig { samples: 90, noise: 0.01, ..GeneratorConfig::default() };
        let data = generator.generate();
        assert_eq!(data.rows.len(), 90);
        assert_eq!(data.rows.row(37), generator.sample(37));
        assert_eq!(data.names[usize::from(data.labels[37])], generator.family(37).name());
    }

    #[test]
    fn size_and_rotation_keep_to_their_ranges() {
        let generator = GeneratorConfig {
            samples: 90,
            size_variation: 0.3,
            rotation: 90.0,
            ..GeneratorConfig::default()
        };
        let radii: Vec<f64> = generator.generate().rows.iter().map(geometry::rms_radius).collect();
        assert!(radii.iter().all(|r| (0.68..=1.32).contains(r)), "{radii:?}");
        let spread = radii.iter().fold(0f64, |m, r| m.max((r - 1.0).abs()));
        assert!(spread > 0.2, "sizes do vary: {spread}");
    }

    #[test]
    fn absurd_recipes_are_refused_by_name() {
        let bad = |change: fn(&mut GeneratorConfig)| {
            let mut generator = GeneratorConfig::default();
            change(&mut generator);
            generator.check().unwrap_err().to_string()
        };
        assert!(bad(|r| r.families.clear()).starts_with("families"));
        assert!(bad(|r| r.families.push(Family::Star)).contains("'star'"));
        assert!(bad(|r| r.samples = 0).starts_with("samples"));
        assert!(bad(|r| r.points = 3).starts_with("points"));
        assert!(bad(|r| r.noise = f64::NAN).starts_with("noise"));
        assert!(bad(|r| r.rotation = -1.0).starts_with("rotation"));
        assert!(bad(|r| r.size_variation = f64::INFINITY).starts_with("size-variation"));
        assert!(bad(|r| r.aspect_variation = 0.5).starts_with("aspect-variation"));
        assert!(GeneratorConfig::default().check().is_ok());
    }
}
