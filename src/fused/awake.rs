//! The first layer of a network while it learns, without the units that none of its samples switches on.
//!
//! A rectifier that is off for every sample has no gradient: its weights stay as they are, and it stays off (Lu et al.
//! 2019, "Dying ReLU and initialization"). Outlines are so much alike that this befalls two thirds of the units in their
//! first layer. A unit that has been off for every sample, with the weights that it has, need not be computed again as
//! long as it has them.

use super::chain::Layer;
use super::fewer::See;
use crate::model::layers::Activation;
use crate::numerics::processor::{Factor, View, Work, is_row_by_row, product, wide};

/// Which units some sample may switch on; kept from one batch to the next.
#[derive(Clone, Debug)]
pub struct Awake {
    /// Of so many rows in line each sample is one.
    round: usize,
    units: Vec<Unit>,
    /// The units that are computed, and their weights.
    awake: Vec<usize>,
    weight: Vec<f32>,
    /// What they give, `[units, n]`.
    turned: Vec<f32>,
    /// What is not zero for a unit that some row of a batch has switched on.
    seen: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Unit {
    /// For how many rows in line it was off, with these weights.
    off: usize,
    weight: Vec<f32>,
    bias: f32,
}

impl Awake {
    /// For batches that bring every sample at least once in any `round` rows, one batch after the other.
    pub fn new(round: usize) -> Self {
        let (units, awake, weight, turned, seen) = Default::default();
        Self { round, units, awake, weight, turned, seen }
    }

    /// `x [n, inputs] -> y [n, outputs]` of the next batch, as [`Layer::forward`] gives it.
    pub fn forward(&mut self, layer: &Layer<'_>, x: &[f32], rows: usize, y: &mut Vec<f32>) {
        let Self { round, units, awake, weight, turned, seen } = self;
        // Where the samples are not turned, all units are computed, and nobody needs to know who sleeps.
        let is_kept = layer.activation == Activation::Relu && layer.turns(x, rows);
        let Some(weights) = layer.weight.rows().filter(|_| is_kept) else {
            units.clear();
            return layer.forward(x, rows, y, turned);
        };
        let outputs = layer.bias.len();
        units.resize_with(outputs, Unit::default);
        awake.clear();
        for (i, (unit, (row, bias))) in
            units.iter_mut().zip(weights.clone().zip(layer.bias)).enumerate()
        {
            if unit.off > 0 && (unit.bias != *bias || !wide(Same(&unit.weight, row))) {
                unit.off = 0;
            }
            if unit.off < *round {
                awake.push(i);
            }
        }
        // With most of them awake, all at once are quicker. And a unit must give the same bits whoever sleeps: a training
        // that was taken up again has forgotten who did.
        let is_alike = is_row_by_row(awake.len(), x.len() / rows, rows);
        if !is_alike || 4 * awake.len() > 3 * outputs {
            layer.forward(x, rows, y, turned);
        } else {
            weight.clear();
            for (_, row) in units.iter().zip(weights.clone()).filter(|(unit, _)| unit.off < *round)
            {
                weight.extend_from_slice(row);
            }
            turned.resize(awake.len() * rows, 0.0);
            let samples = Factor::once(View::new(x, rows).t());
            product(turned, View::new(weight, awake.len()), samples, false);
            y.clear();
            y.resize(outputs * rows, 0.0);
            for (&unit, values) in awake.iter().zip(turned.chunks_exact(rows)) {
                let to = y[unit..].iter_mut().step_by(outputs);
                to.zip(values).for_each(|(y, value)| *y = (value + layer.bias[unit]).max(0.0));
            }
        }
        seen.clear();
        seen.resize(outputs, 0);
        wide(See { x: y, seen });
        for ((unit, seen), (row, bias)) in units.iter_mut().zip(seen).zip(weights.zip(layer.bias)) {
            if *seen != 0 {
                unit.off = 0;
                continue;
            }
            if unit.off == 0 {
                row.clone_into(&mut unit.weight);
                unit.bias = *bias;
            }
            unit.off += rows;
        }
    }
}

/// Whether the numbers are the same.
struct Same<'a>(&'a [f32], &'a [f32]);

impl Work for Same<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        // Without a way out, so that many are compared at once.
        self.0.iter().zip(self.1).fold(true, |same, (a, b)| same & (a == b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: usize = 8;
    const INPUTS: usize = 20;
    const UNITS: usize = 120;

    fn layer<'a>(weight: &'a [f32], bias: &'a [f32]) -> Layer<'a> {
        let weight = Factor::once(View::new(weight, UNITS));
        Layer { weight, bias, activation: Activation::Relu }
    }

    /// Whether `awake` gives for a batch what the layer does; the units that it computed.
    fn computed(awake: &mut Awake, weight: &[f32], bias: &[f32], x: &[f32]) -> Vec<usize> {
        let (mut y, mut all) = (Vec::new(), Vec::new());
        awake.forward(&layer(weight, bias), x, ROWS, &mut y);
        layer(weight, bias).forward(x, ROWS, &mut all, &mut Vec::new());
        assert_eq!(y, all);
        awake.awake.clone()
    }

    #[test]
    fn units_that_no_sample_switches_on_are_left_out_until_their_weights_change() {
        let mut weight: Vec<f32> =
            (0..UNITS * INPUTS).map(|i| ((i * 7919) % 1009) as f32 / 1009.0 - 0.5).collect();
        // Every third unit is on for all samples, one is on in the last batch alone, the others are off.
        let mut bias: Vec<f32> =
            (0..UNITS).map(|unit| if unit % 3 == 0 { 20.0 } else { -20.0 }).collect();
        weight[INPUTS..2 * INPUTS].fill(10.0);
        bias[1] = -15.0 * INPUTS as f32;
        let batch = |k: usize| -> Vec<f32> {
            let size = if k == 3 { 2.0 } else { 1.0 };
            (0..ROWS * INPUTS).map(|i| size * (1.0 - ((i + k) % 7) as f32 / 70.0)).collect()
        };
        let mut awake = Awake::new(4 * ROWS);
        for k in 0..4 {
            let units = computed(&mut awake, &weight, &bias, &batch(k));
            assert_eq!(units.len(), UNITS, "not every sample had its turn");
        }
        let on: Vec<usize> = (0..UNITS).filter(|&unit| unit % 3 == 0 || unit == 1).collect();
        for k in 0..8 {
            assert_eq!(computed(&mut awake, &weight, &bias, &batch(k % 4)), on);
        }
        // What wakes up is computed, and those beside it are still left out.
        weight[5 * INPUTS] = 50.0;
        bias[8] = 20.0;
        let mut more = [on.as_slice(), &[5, 8]].concat();
        more.sort_unstable();
        for k in 0..8 {
            assert_eq!(computed(&mut awake, &weight, &bias, &batch(k % 4)), more);
        }
    }
}
