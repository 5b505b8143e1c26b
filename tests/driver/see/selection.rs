//! A point that is looked at.

use latent_explorer::data::quantity::Quantity;
use latent_explorer::explore::shapes::neighbours::Neighbour;
use latent_explorer::explore::shapes::reconstruction::ReconstructedShape;
use latent_explorer::model::{Model, Value};
use latent_explorer::session::results::freehand::FreehandShape;
use latent_explorer::session::results::probe::Probe;
use latent_explorer::trust::Verdict;

/// A point of the latent, its shape, and what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection(pub(super) Probe);

impl Selection {
    /// Its place on the map.
    pub fn at(&self) -> [f64; 2] {
        self.0.at
    }

    pub fn z(&self) -> &[f64] {
        &self.0.z
    }

    pub fn outline(&self) -> &[f32] {
        &self.0.outline
    }

    pub fn verdict(&self) -> &Verdict {
        &self.0.verdict
    }

    /// A quantity of it: computed, or predicted with its interval.
    pub fn value(&self, quantity: Quantity) -> Value {
        self.0.value(quantity)
    }

    /// The training shape nearest to it.
    pub fn nearest(&self) -> Option<&Neighbour> {
        self.0.nearest.as_ref()
    }

    pub fn neighbours(&self, model: &Model) -> Vec<Neighbour> {
        self.0.neighbours(model)
    }

    /// Of a row of the data: the row and its reconstruction.
    pub fn reconstruction(&self) -> Option<&ReconstructedShape> {
        self.0.rebuild.as_ref()
    }

    /// The gradient of the loss of what is sought.
    pub fn gradient(&self) -> Option<&[f64]> {
        self.0.slope.as_ref().map(|slope| slope.gradient.as_slice())
    }

    /// The model and the version of it that it is a point of.
    pub fn model(&self) -> super::super::ModelRef {
        self.0.model.0
    }
}

/// A shape that was drawn by hand.
#[derive(Clone, Copy)]
pub struct DrawnShape<'a>(pub(super) &'a FreehandShape);

impl<'a> DrawnShape<'a> {
    pub fn z(self) -> &'a [f64] {
        &self.0.z
    }

    pub fn at(self) -> [f64; 2] {
        self.0.at
    }

    /// The RMS distance to its reconstruction, and to that of the encoder alone.
    pub fn differences(self) -> (f64, f64) {
        (self.0.difference, self.0.encoded_difference)
    }
}
