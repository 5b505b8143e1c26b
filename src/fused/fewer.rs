//! Dense layers on rows that are much alike, as neighbours on a map are, with fewer products.
//!
//! An input that is zero in all rows is left out: a rectifier switches off half of its units, and among neighbours it is
//! the same half. Those that are on in all rows are an affine map of what went into them, so that they and the layer
//! after them are one: a network of rectifiers is affine wherever none of them switches (Montufar et al. 2014, section
//! 2). What is left are the units that some rows switch on and others off. On the way back a unit that is off in all rows
//! has no gradient.

use super::chain::{Activate, Layer};
use crate::model::layers::Activation;
use crate::numerics::processor::{Factor, View, Work, product, wide};

/// What is left to multiply; kept for its room.
#[derive(Clone, Debug, Default)]
pub struct Fewer {
    /// What is not zero for a unit that is not zero in some row.
    seen: Vec<u32>,
    /// The least that each unit gives for any row.
    least: Vec<f32>,
    /// The units that are left.
    inputs: Vec<usize>,
    /// How much of each unit that is always on goes into each number of `weight` that stands for all of those.
    shares: Vec<f32>,
    /// A layer of few inputs: its weights, row by row, and its bias.
    before: Vec<f32>,
    /// What is left of the inputs, row by row; a row begins every `stride` numbers.
    x: Vec<f32>,
    stride: usize,
    /// The weights of what is left, `[inputs, outputs]`; the last of them are the bias, and its input is always 1.
    weight: Vec<f32>,
}

/// Units are computed so many at a time: where there are fewer, some that are always 0 fill up.
const LANES: usize = 16;

impl Fewer {
    /// From so many rows on it costs less than it saves, when no more than three quarters of the inputs are left.
    const MANY: usize = 64;

    /// Leaves out what it can of `x [n, inputs]` for a layer; whether that saves anything.
    pub fn of(&mut self, x: &[f32], rows: usize, layer: &Layer<'_>) -> bool {
        let Some(weight) = layer.weight.t().rows().filter(|_| rows >= Self::MANY) else {
            return false;
        };
        self.look(x, weight.len());
        if self.inputs.is_empty() || !self.is_little(0) {
            return false;
        }
        self.stride = self.inputs.len() + 1;
        self.x.clear();
        for row in x.chunks_exact(weight.len()) {
            self.x.extend(self.inputs.iter().map(|&unit| row[unit]));
            self.x.push(1.0);
        }
        self.weight.clear();
        for (row, _) in weight.zip(&self.seen).filter(|(_, seen)| **seen != 0) {
            self.weight.extend_from_slice(row);
        }
        self.weight.extend_from_slice(layer.bias);
        true
    }

    /// The same for the layer `second` of what `first` gives for `x [n, inputs]`, which has few inputs itself: what is
    /// left are the units of the first that are neither on in all rows nor off in all, and its own inputs.
    pub fn after(&mut self, x: &[f32], rows: usize, first: &Layer<'_>, second: &Layer<'_>) -> bool {
        if rows < Self::MANY || first.activation != Activation::Relu {
            return false;
        }
        match x.len() / rows {
            1 => self.after_few::<1>(x, rows, first, second).is_some(),
            2 => self.after_few::<2>(x, rows, first, second).is_some(),
            3 => self.after_few::<3>(x, rows, first, second).is_some(),
            _ => false,
        }
    }

    /// None where it saves nothing.
    fn after_few<const D: usize>(
        &mut self,
        x: &[f32],
        rows: usize,
        first: &Layer<'_>,
        second: &Layer<'_>,
    ) -> Option<()> {
        let weight: Vec<&[f32]> = first.weight.t().rows()?.collect();
        let weight: [&[f32]; D] = weight.try_into().ok()?;
        let of_second: Vec<&[f32]> = second.weight.t().rows()?.collect();
        let units = first.bias.len();

        self.inputs.clear();
        self.inputs.extend(0..units);
        self.lay_out(&weight, first.bias, None);
        self.seen.resize(self.stride, 0);
        self.least.resize(self.stride, 0.0);
        let Self { before, stride, seen, least, .. } = self;
        wide(Switches { x, units: Units::<D> { values: before, stride: *stride }, seen, least });
        seen.truncate(units);
        let is_always_on = |unit: usize| least[unit] > 0.0;
        self.inputs.clear();
        self.inputs.extend((0..units).filter(|&u| seen[u] != 0 && !is_always_on(u)));
        if !self.is_little(D) {
            return None;
        }

        // Counted from the least of each, the inputs are never negative: a rectifier lets them pass.
        let mut low = [f32::INFINITY; D];
        for x in x.as_chunks::<D>().0 {
            low.iter_mut().zip(x).for_each(|(low, x)| *low = low.min(*x));
        }
        self.lay_out(&weight, first.bias, Some(&low));
        self.x.resize(rows * self.stride, 0.0);
        let units_left = Units::<D> { values: &self.before, stride: self.stride };
        wide(Rectified { x, units: units_left, y: &mut self.x });

        // Those that are always on: how each grows with each input, and what it gives where all inputs are least.
        let Self { weight: left, shares, inputs, least, .. } = self;
        left.clear();
        inputs.iter().for_each(|&unit| left.extend_from_slice(of_second[unit]));
        let from = left.len();
        left.resize(from + D * second.bias.len(), 0.0);
        left.extend_from_slice(second.bias);
        let on: Vec<usize> = (0..units).filter(|&unit| least[unit] > 0.0).collect();
        shares.clear();
        for &unit in &on {
            let slopes = weight.map(|row| row[unit]);
            let grown: f32 = slopes.iter().zip(&low).map(|(slope, low)| slope * low).sum();
            shares.extend(slopes);
            shares.push(first.bias[unit] + grown);
        }
        let together = &mut left[from..];
        wide(AddShares { rows: on.iter().map(|&unit| of_second[unit]), shares, together });
        Some(())
    }

    /// Puts weights and bias of the units that are left in line, behind them, where it is said at which the inputs are
    /// least, units that give the inputs counted from there, and one that is always 1.
    fn lay_out<const D: usize>(
        &mut self,
        weight: &[&[f32]; D],
        bias: &[f32],
        low: Option<&[f32; D]>,
    ) {
        let Self { inputs, before, stride, .. } = self;
        *stride = (inputs.len() + if low.is_some() { D + 1 } else { 0 }).next_multiple_of(LANES);
        before.clear();
        for d in 0..=D {
            let end = before.len() + *stride;
            let values = weight.get(d).map_or(bias, |row| row);
            before.extend(inputs.iter().map(|&unit| values[unit]));
            if let Some(low) = low {
                let of_input = |e: usize| if e == d { 1.0 } else { 0.0 };
                before.extend((0..D).map(|e| if d == D { -low[e] } else { of_input(e) }));
                before.push(of_input(D));
            }
            before.resize(end, 0.0);
        }
    }

    /// Finds the columns of `x [n, columns]` that are not zero in all rows.
    fn look(&mut self, x: &[f32], columns: usize) {
        let Self { seen, inputs, .. } = self;
        seen.clear();
        seen.resize(columns, 0);
        wide(See { x, seen });
        inputs.clear();
        inputs.extend((0..columns).filter(|&column| seen[column] != 0));
    }

    /// Whether what is left and so many `more` are few enough to be worth while.
    fn is_little(&self, more: usize) -> bool {
        4 * (self.inputs.len() + more) <= 3 * self.seen.len()
    }

    /// What the layer gives for what was left, `y [n, outputs]`.
    pub fn forward(&self, rows: usize, layer: &Layer<'_>, y: &mut Vec<f32>) {
        let inputs = self.weight.len() / layer.bias.len();
        y.resize(rows * layer.bias.len(), 0.0);
        let x = View::new(&self.x, rows).columns(0, inputs);
        product(y, x, Factor::once(View::new(&self.weight, inputs)), false);
        wide(Activate { activation: layer.activation, y });
    }

    /// From the input `x [n, inputs]` of rectifiers and the gradient `dy [n, outputs]` of their affine map to that of its
    /// weights, `[outputs, inputs]`: of units that are off in all rows it is zero, and they are left out. Whether that
    /// saves anything; if not, nothing is written.
    pub fn gradient(&mut self, x: &[f32], dy: &[f32], outputs: usize, weight: &mut [f32]) -> bool {
        self.look(dy, outputs);
        if !self.is_little(0) {
            return false;
        }
        let rows = dy.len() / outputs;
        let inputs = x.len() / rows;
        let Self { inputs: units, x: dy_left, weight: left, .. } = self;
        dy_left.clear();
        for row in dy.chunks_exact(outputs) {
            dy_left.extend(units.iter().map(|&unit| row[unit]));
        }
        left.resize(units.len() * inputs, 0.0);
        let x = Factor::once(View::new(x, rows));
        product(left, View::new(dy_left, rows).t(), x, false);
        weight.fill(0.0);
        for (&unit, row) in units.iter().zip(left.chunks_exact(inputs)) {
            weight[unit * inputs..][..inputs].copy_from_slice(row);
        }
        true
    }
}

/// Marks the columns of `x` in which some row is not zero.
pub struct See<'a> {
    /// `[n, columns]`.
    pub x: &'a [f32],
    /// What is not zero for a column that was marked, `[columns]`.
    pub seen: &'a mut [u32],
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

/// Marks the units that are not zero for some row of `x [n, D]`, and finds the least that each gives for any.
struct Switches<'a, const D: usize> {
    x: &'a [f32],
    units: Units<'a, D>,
    seen: &'a mut [u32],
    least: &'a mut [f32],
}

impl<const D: usize> Work for Switches<'_, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let all = self.seen.as_chunks_mut::<LANES>().0.iter_mut();
        for (block, (seen, least)) in all.zip(self.least.as_chunks_mut().0).enumerate() {
            let (weight, bias) = self.units.block(block);
            let (mut on, mut low) = ([0; LANES], [f32::INFINITY; LANES]);
            for x in self.x.as_chunks::<D>().0 {
                let y = rectified(x, &weight, bias);
                on.iter_mut().zip(y).for_each(|(on, y)| *on |= y.to_bits());
                low.iter_mut().zip(y).for_each(|(low, y)| *low = if y < *low { y } else { *low });
            }
            (*seen, *least) = (on, low);
        }
    }
}

/// Adds rows to the rows of `together`, each by its shares, `[rows, rows together]`.
struct AddShares<'a, R> {
    rows: R,
    shares: &'a [f32],
    together: &'a mut [f32],
}

impl<'a, R: ExactSizeIterator<Item = &'a [f32]>> Work for AddShares<'_, R> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let width = self.shares.len().checked_div(self.rows.len()).unwrap_or(0).max(1);
        for (row, shares) in self.rows.zip(self.shares.chunks_exact(width)) {
            for (sum, share) in self.together.chunks_exact_mut(row.len()).zip(shares) {
                sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += share * number);
            }
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
            // Neighbours: near one point, where a third of the units are far below zero and a third far above.
            let x: Vec<f32> = (0..rows * inputs).map(|i| 0.3 + 0.01 * number(i)).collect();
            first[2].iter_mut().step_by(3).for_each(|bias| *bias = -5.0);
            first[2].iter_mut().skip(1).step_by(3).for_each(|bias| *bias = 5.0);
            let second = numbers(outputs, units);
            let third = numbers(20, outputs);
            let mut fewer = Fewer::default();
            let layers = [layer(&first), layer(&second), layer(&third)];
            assert!(fewer.after(&x, rows, &layers[0], &layers[1]));
            assert!(fewer.inputs.len() <= 17, "a third or less is left");
            assert_eq!(fewer.weight.len(), (fewer.inputs.len() + inputs + 1) * outputs);
            alike(&layers, &x, rows);
            alike(&layers[..2], &x, rows);
            alike(&layers[..1], &x, rows);
        }
    }

    #[test]
    fn units_that_are_off_have_no_gradient() {
        let (rows, inputs, outputs) = (32, 40, 30);
        let x: Vec<f32> = (0..rows * inputs).map(number).collect();
        for on in [0, 1, 20, 22, 23, 30] {
            let of_unit = |i: usize| if i % outputs < on { number(i + 5) } else { 0.0 };
            let dy: Vec<f32> = (0..rows * outputs).map(of_unit).collect();
            let mut weight = vec![f32::NAN; outputs * inputs];
            let saves = Fewer::default().gradient(&x, &dy, outputs, &mut weight);
            assert_eq!(saves, on <= 22, "{on}");
            if !saves {
                assert!(weight.iter().all(|w| w.is_nan()), "nothing is written");
                continue;
            }
            for (i, w) in weight.iter().enumerate() {
                let (unit, input) = (i / inputs, i % inputs);
                let sum: f32 =
                    (0..rows).map(|r| dy[r * outputs + unit] * x[r * inputs + input]).sum();
                assert!((w - sum).abs() < 1e-5, "{on} {unit} {input}: {w} {sum}");
            }
        }
    }
}
