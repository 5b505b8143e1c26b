//! The space of the points that a search moves: from a point to its z and its row, and the gradients by both back to the
//! point.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::nn::mlp::{Mlp, Trace};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The space of the points that a search moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Space {
    /// z; the row is what the decoder makes of it.
    #[default]
    Latent,
    /// The numbers of the row themselves, in network units; z is where the encoder sees it.
    Input,
}

impl Space {
    /// The number of coordinates of a point.
    pub fn dim(self, model: &Model) -> usize {
        match self {
            Self::Latent => model.latent_dim(),
            Self::Input => model.input_dim(),
        }
    }

    /// The points at latent points: `z [n, latent] -> [n, dim]`.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub(super) fn points(self, model: &Model, z: Rows<f64>) -> Result<Rows<f64>> {
        match self {
            Self::Latent => Ok(z),
            Self::Input => Ok(model.scaled(&model.decode(&z)?)),
        }
    }

    /// The rows of points in data units: `[n, dim] -> [n, input]`.
    ///
    /// # Errors
    /// When the width of `points` is not that of the space.
    pub(super) fn rows(self, model: &Model, points: &Rows<f64>) -> Result<Rows<f32>> {
        match self {
            Self::Latent => model.decode(points),
            Self::Input => Ok(model.unscaled(points)),
        }
    }

    /// The numbers of the row that a point `[dim]` holds; empty for a latent point.
    pub fn input(self, point: &[f64]) -> &[f64] {
        match self {
            Self::Latent => &[],
            Self::Input => point,
        }
    }
}

/// The networks between the points of a space, their z and their rows in network units.
#[derive(Debug)]
pub(super) struct SpaceKernel {
    space: Space,
    decoder: Mlp,
    /// The encoder, `x -> mu`.
    encoder: Mlp,
    /// The coordinates of a point.
    dim: usize,
    latent: usize,
    input: usize,
    /// True if decode(z) is needed: as the row, or for the round trip.
    decodes: bool,
}

/// The values on the way through the networks, stored for the way back.
#[derive(Default)]
pub(super) struct Passage {
    encoding: Trace,
    decoding: Trace,
    again: Trace,
}

/// The gradients of the loss on the way back to the points.
#[derive(Default)]
pub(super) struct SpaceSlopes {
    /// By z, `[n, latent]`.
    pub z: Vec<f32>,
    /// By the rows, `[n, input]`; empty for 0.
    pub row: Vec<f32>,
    /// By decode(z), where that is not the row.
    decoded: Vec<f32>,
}

impl SpaceKernel {
    /// The networks of a model; a row, and the round trip, are computed only if they are read.
    pub fn new(model: &Model, space: Space, reads_row: bool, reads_round_trip: bool) -> Self {
        Self {
            space,
            decoder: model.network().decoder().clone(),
            encoder: model.network().to_mu(),
            dim: space.dim(model),
            latent: model.latent_dim(),
            input: model.input_dim(),
            decodes: reads_round_trip || reads_row && space == Space::Latent,
        }
    }

    /// The number of coordinates of a point.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// True if z is encoded of a point, and not the point itself.
    pub fn is_encoded(&self) -> bool {
        self.space != Space::Latent
    }

    /// Computes z and rows of `points [n, dim]`, for the way back too if `there_and_back`.
    pub fn pass(&self, points: &[f32], there_and_back: bool, passage: &mut Passage) {
        let n = points.len() / self.dim;
        let Passage { encoding, decoding, .. } = passage;
        let z = match self.space {
            Space::Latent => points,
            Space::Input => self.encoder.forward(points, n, encoding),
        };
        match (self.decodes, there_and_back) {
            (false, _) => {}
            (_, true) => _ = self.decoder.forward(z, n, decoding),
            (_, false) => _ = self.decoder.apply(z, n, decoding),
        }
    }

    /// The latent points, `[n, latent]`.
    pub fn z<'a>(&self, points: &'a [f32], passage: &'a Passage) -> &'a [f32] {
        match self.space {
            Space::Latent => points,
            Space::Input => passage.encoding.output(points),
        }
    }

    /// The rows in network units, `[n, input]`, if they are read.
    pub fn rows<'a>(&self, points: &'a [f32], passage: &'a Passage) -> &'a [f32] {
        match self.space {
            Space::Latent => passage.decoding.output(points),
            Space::Input => points,
        }
    }

    /// Adds `weight |encode(decode(z)) - z|^2` to the loss `[n]`, and its gradients to the slopes if there are any.
    pub fn add_round_trip(
        &self,
        points: &[f32],
        passage: &mut Passage,
        weight: f64,
        loss: &mut [f64],
        slopes: Option<&mut SpaceSlopes>,
    ) {
        let n = loss.len();
        let Passage { encoding, decoding, again } = passage;
        let z = match self.space {
            Space::Latent => points,
            Space::Input => encoding.output(points),
        };
        let decoded = decoding.output(z);
        let seen = self.encoder.forward(decoded, n, again);
        let mut moved: Vec<f32> = seen.iter().zip(z).map(|(seen, z)| seen - z).collect();
        for (loss, moved) in loss.iter_mut().zip(moved.chunks_exact(self.latent)) {
            *loss += weight * moved.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
        }
        let Some(slopes) = slopes else { return };
        moved.iter_mut().for_each(|moved| *moved *= 2.0 * weight as f32);
        slopes.z.iter_mut().zip(&moved).for_each(|(dz, moved)| *dz -= moved);
        let of_decoded = match self.space {
            Space::Latent => &mut slopes.row,
            Space::Input => {
                slopes.decoded.clear();
                &mut slopes.decoded
            }
        };
        of_decoded.resize(n * self.input, 0.0);
        self.encoder.backward(decoded, &mut moved, again, of_decoded);
    }

    /// The gradient by the points, `[n, dim]`, from those by z and by the rows, which are overwritten.
    pub fn pull_back<'s>(
        &self,
        points: &[f32],
        passage: &mut Passage,
        slopes: &'s mut SpaceSlopes,
    ) -> &'s [f32] {
        let Passage { encoding, decoding, .. } = passage;
        match self.space {
            Space::Latent => {
                if self.decodes {
                    self.decoder.backward(points, &mut slopes.row, decoding, &mut slopes.z);
                }
                &slopes.z
            }
            Space::Input => {
                if self.decodes {
                    let z = encoding.output(points);
                    self.decoder.backward(z, &mut slopes.decoded, decoding, &mut slopes.z);
                }
                slopes.row.resize(points.len(), 0.0);
                // If no term reads z, the backward pass through the encoder is skipped.
                if slopes.z.iter().any(|v| *v != 0.0) {
                    self.encoder.backward(points, &mut slopes.z, encoding, &mut slopes.row);
                }
                &slopes.row
            }
        }
    }
}
