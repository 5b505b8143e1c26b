//! Parameters in training, and their common optimiser.

use crate::error::{Error, Result};
use crate::numerics::adam::Adam;
use crate::text;

/// The parameters of one or more networks, row-major, and one Adam.
#[derive(Debug)]
pub struct Variables {
    values: Vec<Vec<f32>>,
    adam: Adam<f32>,
    /// The decay of the weights among them, every other tensor of the first `decaying`.
    decay: f64,
    decaying: usize,
}

impl Variables {
    /// Variables with these first values, all with one learning `rate`.
    pub fn new(initial: Vec<Vec<f32>>, rate: f64) -> Self {
        let adam = Adam::new(initial.iter().map(Vec::len), rate);
        Self { values: initial, adam, decay: 0.0, decaying: 0 }
    }

    /// The same with a decay of the weights of layers, whose weights and biases are the first `tensors`; see
    /// [`TrainingConfig::weight_decay`](crate::model::training_config::TrainingConfig::weight_decay).
    pub fn with_decay(self, decay: f64, tensors: usize) -> Self {
        Self { decay, decaying: tensors, ..self }
    }

    /// The current values.
    pub fn values(&self) -> &[Vec<f32>] {
        &self.values
    }

    /// The current optimiser.
    pub fn adam(&self) -> &Adam<f32> {
        &self.adam
    }

    /// Replaces the values and the optimiser's memory, at a learning `rate`.
    ///
    /// # Errors
    /// When they have other lengths than the current ones.
    pub fn restore(&mut self, values: Vec<Vec<f32>>, adam: Adam<f32>, rate: f64) -> Result<()> {
        let lengths = || self.values.iter().map(Vec::len);
        if !values.iter().map(Vec::len).eq(lengths()) || !adam.lengths().eq(lengths()) {
            return Err(Error::mismatch(text!(
                "what was learned is of another network; go on with the settings it was made with"
            )));
        }
        (self.values, self.adam) = (values, adam);
        self.set_rate(rate);
        Ok(())
    }

    /// Sets the learning rate of all of them.
    pub fn set_rate(&mut self, rate: f64) {
        (0..self.values.len()).for_each(|row| self.adam.set_rate(row, rate));
    }

    /// Moves every variable one step of Adam against its gradient.
    pub fn step(&mut self, gradients: &[Vec<f32>]) {
        for (row, (values, gradient)) in self.values.iter_mut().zip(gradients).enumerate() {
            if self.decay > 0.0 && row < self.decaying && row % 2 == 0 {
                let kept = (1.0 - self.adam.rate(row) * self.decay) as f32;
                values.iter_mut().for_each(|v| *v *= kept);
            }
            self.adam.step(row, values, gradient);
        }
    }
}

/// The first value that is not finite.
pub fn first_not_finite(parameters: &[Vec<f32>]) -> Option<f64> {
    parameters.iter().flatten().find(|v| !v.is_finite()).map(|&v| f64::from(v))
}
