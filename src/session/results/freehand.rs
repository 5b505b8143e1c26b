//! A freehand shape: its outline in the form of the data, its latent point, and the nearest shape that the model can
//! decode.

use crate::data::outline::canonical::form_distance;
use crate::data::outline::geometry;
use crate::data::outline::import::freehand;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::statistics::quantile::quantile;
use crate::session::document::ids::ModelId;
use crate::session::results::models::Prepared;
use crate::text::Text;

/// The most decoded shapes that a search for the nearest one may take.
const MAX_DECODED: usize = 4000;
/// The first and the last step of that search, in latent units.
const STEPS: (f64, f64) = (0.5, 1e-3);

/// A freehand shape and its reconstruction by a model.
#[derive(Clone, Debug)]
pub struct FreehandShape {
    /// The model that encoded it, and its version then.
    pub model: (ModelId, u64),
    /// The shape in the form of the model's data, `[input]`.
    pub outline: Vec<f32>,
    /// The latent point whose shape is the nearest that was found.
    pub z: Vec<f64>,
    /// The position of `z` on the map.
    pub at: [f64; 2],
    /// The shape decoded from `z`, `[input]`.
    pub rebuilt: Vec<f32>,
    /// The difference of the two shapes: the root mean square distance of points after centring and scaling.
    pub difference: f64,
    /// The difference if `z` were the encoder's output.
    pub encoded_difference: f64,
}

impl FreehandShape {
    /// Finds the reconstruction of a freehand outline by a model.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn new(prepared: &Prepared, model: (ModelId, u64), outline: Vec<f32>) -> Result<Self> {
        let (mu, _) = prepared.model.encode(&Rows::from_flat(outline.len(), outline.clone()))?;
        let nearest = Nearest::new(prepared, &outline, mu.row(0))?;
        Ok(Self {
            model,
            at: prepared.projection.project(&nearest.z),
            z: nearest.z,
            difference: form_distance(&outline, &nearest.rebuilt),
            rebuilt: nearest.rebuilt,
            encoded_difference: nearest.first,
            outline,
        })
    }
}

/// The latent point whose shape is nearest to an outline.
struct Nearest {
    z: Vec<f64>,
    rebuilt: Vec<f32>,
    /// The difference at the start of the search.
    first: f64,
}

impl Nearest {
    /// A pattern search from `z`: every coordinate is tried in both directions, and if no point is better the step is
    /// halved (Hooke & Jeeves 1961). Needs no gradient and takes milliseconds.
    fn new(prepared: &Prepared, outline: &[f32], z: &[f64]) -> Result<Self> {
        let squared = |other: &[f32]| -> f64 {
            outline.iter().zip(other).map(|(a, b)| f64::from(a - b).powi(2)).sum()
        };
        let dim = z.len();
        let mut z = z.to_vec();
        let mut rebuilt = prepared.model.decode(&Rows::from_flat(dim, z.clone()))?.into_flat();
        let first = form_distance(outline, &rebuilt);
        let mut error = squared(&rebuilt);
        let (mut step, last) = STEPS;
        let mut decoded = 0;
        while step > last && decoded + 2 * dim <= MAX_DECODED {
            let mut tries = Rows::new(dim);
            for k in 0..2 * dim {
                let mut there = z.clone();
                there[k / 2] += if k % 2 == 0 { step } else { -step };
                tries.push(&there);
            }
            decoded += tries.len();
            let shapes = prepared.model.decode(&tries)?;
            let errors = shapes.iter().map(squared).enumerate();
            let best = errors.filter(|(_, e)| *e < error).min_by(|a, b| a.1.total_cmp(&b.1));
            match best {
                Some((k, less)) => {
                    error = less;
                    z = tries.row(k).to_vec();
                    rebuilt = shapes.row(k).to_vec();
                }
                None => step *= 0.5,
            }
        }
        Ok(Self { z, rebuilt, first })
    }
}

/// The outline of a freehand line in the form of a model's data, or why it is no shape.
pub fn outline(model: &Model, line: &[[f64; 2]]) -> std::result::Result<Vec<f32>, Text> {
    let source = model.source().map_err(Text::from)?;
    // A hundred shapes are enough to know the usual size.
    let radii = (0..model.encoded.mu.len().min(100))
        .map(|row| geometry::rms_radius(&model.training_row(row)));
    let typical = quantile(radii, 0.5).unwrap_or(1.0);
    freehand::outline(line, source, typical)
}
