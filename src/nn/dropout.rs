//! Units that are dropped in training (Srivastava et al. 2014), their outputs scaled so that the mean stays.

use std::ops::Range;

/// Factors of the outputs of hidden layers: 0 of a dropped unit, `1 / keep` of any other.
#[derive(Clone, Copy, Debug)]
pub struct Dropout<'a> {
    /// The factors of each hidden layer, `[n, units]`: of the encoder, of the decoder, then of each head; empty of a layer
    /// that drops none.
    factors: &'a [Vec<f32>],
    /// The first row that is looked at.
    first: usize,
    /// The share of units that stay, above 0 and at most 1.
    pub keep: f32,
}

impl<'a> Dropout<'a> {
    /// The dropped units of a batch.
    pub fn new(factors: &'a [Vec<f32>], keep: f32) -> Self {
        Self { factors, first: 0, keep }
    }

    /// Those of the rows from this one on.
    pub fn from_row(self, first: usize) -> Self {
        Self { first: self.first + first, ..self }
    }

    /// Those of these hidden layers.
    pub fn of(self, layers: Range<usize>) -> Self {
        Self { factors: &self.factors[layers], ..self }
    }

    /// The factors of a hidden layer, of `count` outputs in all; none of a layer that is not hidden
    /// or drops none.
    pub fn factors(&self, layer: usize, rows: usize, count: usize) -> Option<&'a [f32]> {
        let units = count / rows.max(1);
        let factors = self.factors.get(layer).filter(|factors| !factors.is_empty())?;
        Some(&factors[self.first * units..][..count])
    }
}
