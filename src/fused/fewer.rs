//! A layer on many rows at once without the inputs that are zero in all of them: a rectifier switches off half of its
//! units, and among neighbours on a map it is the same half.

use super::chain::{Activate, Layer};
use crate::model::layers::Activation;
use crate::numerics::processor::{Factor, View, Work, product, wide};

/// The inputs that are left, and what is multiplied of them; kept for its room.
#[derive(Clone, Debug, Default)]
pub struct Fewer {
    /// What is not zero for an input that is not zero in some row.
    seen: Vec<u32>,
    /// The places of those inputs.
    inputs: Vec<usize>,
    /// The layer before, or the units of it that are left: its weights, row by row, and its bias.
    before: Vec<f32>,
    /// The inputs that are left and one more that is always 1, row by row; a row begins every `stride` numbers.
    x: Vec<f32>,
    stride: usize,
    /// The weights of those inputs, `[inputs, outputs]`; those of the last one are the bias.
    weight: Vec<f32>,
}

/// Units are computed so many at a time: where there are fewer, some that are always 0 fill up.
const LANES: usize = 16;

impl Fewer {
    /// From so many rows on it costs less than it saves, when no more than three quarters of the inputs are left.
    const MANY: usize = 64;

    /// Leaves out what it can of `x [n, inputs]` for a layer; whether that saves anything.
    pub fn of(&mut self, x: &[f32], rows: usize, layer: &Layer<'_>) -> bool {
        if rows < Self::MANY || layer.weight.t().rows().is_none() {
            return false;
        }
        let width = x.len() / rows;
        self.seen.clear();
        self.seen.resize(width, 0);
        wide(See { x, seen: &mut self.seen });
        if !self.choose() {
            return false;
        }
        self.stride = self.inputs.len() + 1;
        self.x.clear();
        for row in x.chunks_exact(width) {
            self.x.extend(self.inputs.iter().map(|&k| row[k]));
            self.x.push(1.0);
        }
        true
    }

    /// The same for the layer `second` of what `first` gives for `x [n, inputs]`, which has few inputs itself: what it
    /// gives is computed for those of its units alone that are left.
    pub fn after(&mut self, x: &[f32], rows: usize, first: &Layer<'_>, second: &Layer<'_>) -> bool {
        let is_frozen = |layer: &Layer<'_>| layer.weight.t().rows().is_some();
        if rows < Self::MANY
            || first.activation != Activation::Relu
            || !(is_frozen(first) && is_frozen(second))
        {
            return false;
        }
        match x.len() / rows {
            1 => self.after_few::<1>(x, rows, first),
            2 => self.after_few::<2>(x, rows, first),
            3 => self.after_few::<3>(x, rows, first),
            _ => false,
        }
    }

    fn after_few<const D: usize>(&mut self, x: &[f32], rows: usize, first: &Layer<'_>) -> bool {
        let weight: Option<Vec<&[f32]>> = first.weight.t().rows().map(Iterator::collect);
        let Some(Ok(weight)) = weight.map(<[&[f32]; D]>::try_from) else { return false };
        self.inputs.clear();
        self.inputs.extend(0..first.bias.len());
        self.lay_out(&weight, first.bias, 0.0);
        self.seen.resize(self.stride, 0);
        let units = Units::<D> { values: &self.before, stride: self.stride };
        wide(SwitchedOn { x, units, seen: &mut self.seen });
        self.seen.truncate(first.bias.len());
        if !self.choose() {
            return false;
        }
        self.lay_out(&weight, first.bias, 1.0);
        self.x.resize(rows * self.stride, 0.0);
        let units = Units::<D> { values: &self.before, stride: self.stride };
        wide(Rectified { x, units, y: &mut self.x });
        true
    }

    /// Puts weights and bias of the units that are left in line, and of one more that is always `last`.
    fn lay_out<const D: usize>(&mut self, weight: &[&[f32]; D], bias: &[f32], last: f32) {
        let Self { inputs, before, stride, .. } = self;
        *stride = (inputs.len() + 1).next_multiple_of(LANES);
        before.clear();
        for (values, last) in weight.iter().map(|row| (*row, 0.0)).chain([(bias, last)]) {
            let end = before.len() + *stride;
            before.extend(inputs.iter().map(|&k| values[k]));
            before.push(last);
            before.resize(end, 0.0);
        }
    }

    /// Finds the inputs that are left; whether that is worth its while.
    fn choose(&mut self) -> bool {
        self.inputs.clear();
        self.inputs.extend((0..self.seen.len()).filter(|&k| self.seen[k] != 0));
        !self.inputs.is_empty() && 4 * self.inputs.len() <= 3 * self.seen.len()
    }

    /// What the layer gives for what was left of its inputs, `y [n, outputs]`.
    pub fn forward(&mut self, rows: usize, layer: &Layer<'_>, y: &mut Vec<f32>) {
        self.weight.clear();
        let all = layer.weight.t().rows().into_iter().flatten();
        for (row, _) in all.zip(&self.seen).filter(|(_, seen)| **seen != 0) {
            self.weight.extend_from_slice(row);
        }
        self.weight.extend_from_slice(layer.bias);
        let inputs = self.inputs.len() + 1;
        y.resize(rows * layer.bias.len(), 0.0);
        let x = View::new(&self.x, rows).columns(0, inputs);
        product(y, x, Factor::once(View::new(&self.weight, inputs)), false);
        wide(Activate { activation: layer.activation, y });
    }
}

/// Marks the columns of `x` in which some row is not zero.
struct See<'a> {
    x: &'a [f32],
    seen: &'a mut [u32],
}

impl Work for See<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for row in self.x.chunks_exact(self.seen.len().max(1)) {
            // All bits but the sign.
            self.seen.iter_mut().zip(row).for_each(|(seen, x)| *seen |= x.to_bits() << 1);
        }
    }
}

/// Units of a layer of D inputs: weights, row by row, and bias, each of `stride` numbers.
struct Units<'a, const D: usize> {
    values: &'a [f32],
    stride: usize,
}

impl<const D: usize> Units<'_, D> {
    /// Weights and bias of the units of a block.
    #[inline(always)]
    fn block(&self, block: usize) -> ([[f32; LANES]; D], [f32; LANES]) {
        let of = |row: usize| {
            let from = row * self.stride + block * LANES;
            std::array::from_fn(|j| self.values[from..from + LANES][j])
        };
        (std::array::from_fn(of), of(D))
    }
}

/// The units of a block for one row.
#[inline(always)]
fn rectified<const D: usize>(
    x: &[f32; D],
    weight: &[[f32; LANES]; D],
    bias: [f32; LANES],
) -> [f32; LANES] {
    let mut y = bias;
    for (x, weight) in x.iter().zip(weight) {
        y.iter_mut().zip(weight).for_each(|(y, weight)| *y += x * weight);
    }
    y.iter_mut().for_each(|y| *y = y.max(0.0));
    y
}

/// Marks the units that are not zero for some row of `x [n, D]`.
struct SwitchedOn<'a, const D: usize> {
    x: &'a [f32],
    units: Units<'a, D>,
    seen: &'a mut [u32],
}

impl<const D: usize> Work for SwitchedOn<'_, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (block, seen) in self.seen.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let (weight, bias) = self.units.block(block);
            let mut on = [0; LANES];
            for x in self.x.as_chunks::<D>().0 {
                let y = rectified(x, &weight, bias);
                on.iter_mut().zip(y).for_each(|(on, y)| *on |= y.to_bits());
            }
            *seen = on;
        }
    }
}

/// The units, `x [n, D] -> y [n, stride]`.
struct Rectified<'a, const D: usize> {
    x: &'a [f32],
    units: Units<'a, D>,
    y: &'a mut [f32],
}

impl<const D: usize> Work for Rectified<'_, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let stride = self.units.stride;
        for block in 0..stride / LANES {
            let (weight, bias) = self.units.block(block);
            let rows = self.x.as_chunks::<D>().0.iter().zip(self.y.chunks_exact_mut(stride));
            for (x, y) in rows {
                y.as_chunks_mut().0[block] = rectified(x, &weight, bias);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::chain::Trace;
    use super::*;

    fn number(i: usize) -> f32 {
        ((i * 7919) % 1009) as f32 / 1009.0 - 0.5
    }

    /// Weights `[outputs, inputs]`, their transpose and a bias.
    fn numbers(outputs: usize, inputs: usize) -> [Vec<f32>; 3] {
        let weight: Vec<f32> = (0..inputs * outputs).map(number).collect();
        let mut transposed = vec![0.0; weight.len()];
        for (i, w) in weight.iter().enumerate() {
            transposed[i % inputs * outputs + i / inputs] = *w;
        }
        [weight, transposed, (0..outputs).map(number).collect()]
    }

    fn layer([weight, transposed, bias]: &[Vec<f32>; 3]) -> Layer<'_> {
        let inputs = weight.len() / bias.len();
        let weight = Factor::twice(View::new(weight, bias.len()), View::new(transposed, inputs));
        Layer { weight, bias, activation: Activation::Relu }
    }

    /// What layers give for all rows together is what they give for each alone.
    fn alike(layers: &[Layer<'_>], x: &[f32], rows: usize) {
        let together = Trace::default().apply(layers, x, rows).to_vec();
        let (inputs, outputs) = (x.len() / rows, together.len() / rows);
        for (x, y) in x.chunks_exact(inputs).zip(together.chunks_exact(outputs)) {
            let alone = Trace::default().forward(layers, x, 1).to_vec();
            assert_eq!(alone.len(), y.len());
            let close = alone.iter().zip(y).all(|(a, b)| (a - b).abs() < 1e-5);
            assert!(close && alone.iter().any(|y| *y > 0.0));
        }
    }

    #[test]
    fn inputs_that_are_zero_in_all_rows_are_left_out() {
        let (rows, inputs) = (70, 24);
        let mut x: Vec<f32> = (0..rows * inputs).map(number).collect();
        for (i, x) in x.iter_mut().enumerate().filter(|(i, _)| (i % inputs).is_multiple_of(3)) {
            *x = if i.is_multiple_of(2) { 0.0 } else { -0.0 };
        }
        let of_layer = numbers(37, inputs);
        let mut fewer = Fewer::default();
        assert!(fewer.of(&x, rows, &layer(&of_layer)));
        assert_eq!(fewer.inputs.len(), 16, "a third is left out");
        alike(&[layer(&of_layer)], &x, rows);
    }

    #[test]
    fn units_that_are_switched_off_in_all_rows_are_not_computed() {
        for inputs in 1..=3 {
            let (rows, units, outputs) = (70, 50, 37);
            let mut first = numbers(units, inputs);
            // Neighbours: near one point, at which a third of the units are far below zero.
            let x: Vec<f32> = (0..rows * inputs).map(|i| 0.3 + 0.01 * number(i)).collect();
            first[2].iter_mut().step_by(3).for_each(|bias| *bias = -5.0);
            first[2].iter_mut().skip(1).step_by(3).for_each(|bias| *bias = 5.0);
            let second = numbers(outputs, units);
            let third = numbers(20, outputs);
            let mut fewer = Fewer::default();
            let layers = [layer(&first), layer(&second), layer(&third)];
            assert!(fewer.after(&x, rows, &layers[0], &layers[1]));
            assert!((17..=33).contains(&fewer.inputs.len()), "a third or more is left out");
            alike(&layers, &x, rows);
            alike(&layers[..2], &x, rows);
            alike(&layers[..1], &x, rows);
        }
    }
}
