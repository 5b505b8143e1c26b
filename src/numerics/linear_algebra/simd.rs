//! Loops in a form that a compiler turns into wide vectors: without branches, sums in a fixed number of lanes.

use pulp::Arch;

/// A computation for [`dispatch`]: a struct of its inputs, whose `call` is marked `#[inline(always)]`, as all functions
/// that it calls must be. A closure or a function would be compiled separately, for the oldest processor.
pub use pulp::NullaryFnOnce as Work;

/// Runs work compiled for the widest vectors of this processor; the results are bit for bit the same as without.
pub fn dispatch<W: Work>(work: W) -> W::Output {
    Arch::new().dispatch(work)
}

/// The number of partial sums, the same on every processor, so that results are too.
const LANES: usize = 16;

/// `sum_i f(a_i, b_i)` in lanes, where `f` may also write into `a`.
#[inline(always)]
pub fn sum_of(a: &mut [f32], b: &[f32], f: impl Fn(&mut f32, f32) -> f32) -> f32 {
    let mut sums = [0.0; LANES];
    let (a_lanes, a_rest) = a.as_chunks_mut::<LANES>();
    let (b_lanes, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_lanes.iter_mut().zip(b_lanes) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += f(a, *b);
        }
    }
    for ((sum, a), b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum += f(a, *b);
    }
    sums.iter().sum()
}

/// `sum_i a_i` in lanes.
#[inline(always)]
pub fn sum(a: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    let (lanes, rest) = a.as_chunks::<LANES>();
    for a in lanes {
        sums.iter_mut().zip(a).for_each(|(sum, a)| *sum += a);
    }
    sums.iter_mut().zip(rest).for_each(|(sum, a)| *sum += a);
    sums.iter().sum()
}

/// `sum_i f(p_i, p_(i + 1))`, two sums at once, in lanes over the edges between the points `(x, y)`, one fewer than there
/// are points.
#[inline(always)]
pub fn sums_of_edges(x: &[f32], y: &[f32], f: impl Fn([f32; 2], [f32; 2]) -> [f32; 2]) -> [f32; 2] {
    let edges = x.len().saturating_sub(1);
    let (x, next_x, y, next_y) = (&x[..edges], &x[1..], &y[..edges], &y[1..]);
    let mut sums = [[0.0; LANES]; 2];
    let whole = edges / LANES * LANES;
    for from in (0..whole).step_by(LANES) {
        let lanes = from..from + LANES;
        let (x, next_x) = (&x[lanes.clone()], &next_x[lanes.clone()]);
        let (y, next_y) = (&y[lanes.clone()], &next_y[lanes]);
        for i in 0..LANES {
            let [first, second] = f([x[i], y[i]], [next_x[i], next_y[i]]);
            sums[0][i] += first;
            sums[1][i] += second;
        }
    }
    for i in whole..edges {
        let [first, second] = f([x[i], y[i]], [next_x[i], next_y[i]]);
        sums[0][i - whole] += first;
        sums[1][i - whole] += second;
    }
    sums.map(|sums| sums.iter().sum())
}

/// The greatest of the values, in lanes; NaN is passed over.
#[inline(always)]
pub fn largest(values: &[f32]) -> f32 {
    let mut most = [f32::NEG_INFINITY; LANES];
    let (lanes, rest) = values.as_chunks::<LANES>();
    for values in lanes {
        most.iter_mut().zip(values).for_each(|(most, v)| *most = most.max(*v));
    }
    most.iter_mut().zip(rest).for_each(|(most, v)| *most = most.max(*v));
    most.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b))
}

/// Of each row of `width` numbers, whether all of them are finite.
pub fn finite_rows(values: &[f32], width: usize) -> impl Iterator<Item = bool> + '_ {
    values.chunks_exact(width.max(1)).map(|row| dispatch(AllFinite(row)))
}

struct AllFinite<'a>(&'a [f32]);

impl Work for AllFinite<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        // Without a way out, so that many are looked at at once.
        self.0.iter().fold(true, |all, v| all & v.is_finite())
    }
}

/// `exp(x)` without a branch; within 2e-7 of the true value, relatively. NaN stays NaN.
///
/// `exp(x) = 2^n exp(r)` with `n` the nearest whole number to `x / ln 2` (Cody & Waite 1980, chapter 6) and the
/// Taylor series of `exp(r)`, whose first neglected term is below 1e-8 for `|r| <= ln 2 / 2`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Added and taken away again, it leaves the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let held = x.clamp(-87.0, 88.0);
    let n = (held * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (held - n * LN_2_HIGH) - n * LN_2_LOW;
    let series = 1.0
        + r * (1.0
            + r * (1.0 / 2.0
                + r * (1.0 / 6.0
                    + r * (1.0 / 24.0
                        + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0)))))));
    // 2^n by its bits; a NaN becomes 2^0.
    let power = f32::from_bits(((n as i32 + 127) << 23) as u32);
    let value = series * power;
    if x > 88.0 {
        f32::INFINITY
    } else if x < -87.0 {
        0.0
    } else {
        value
    }
}

/// `1 / (1 + exp(-x))`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `ln(1 + e)` for `e` from 0 to 1, within 2e-7: `2 (s + s^3 / 3 + s^5 / 5 + ..)` with `s = e / (2 + e)`, at most 1/3,
/// which is the series of the inverse hyperbolic tangent.
#[inline(always)]
pub fn ln_1_plus(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let q = s * s;
    let series = 1.0
        + q * (1.0 / 3.0
            + q * (1.0 / 5.0
                + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0))))));
    2.0 * s * series
}

/// The hyperbolic tangent, within 3e-7 relatively: a polynomial near 0 (Moshier 1992, Cephes `tanhf`), elsewhere
/// `1 - 2 / (1 + exp(2 |x|))` with the sign of x. NaN stays NaN.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let q = x * x;
    let near = x + x
        * q
        * (-0.333_332_8
            + q * (0.133_314_42
                + q * (-0.053_739_715 + q * (0.020_639_09 + q * -0.005_704_988_6))));
    let far = (1.0 - 2.0 / (1.0 + exp(2.0 * x.abs()))).copysign(x);
    if q < 0.390_625 { near } else { far }
}

/// `ln(1 + exp(x))`, in the form that overflows nowhere.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + ln_1_plus(exp(-x.abs()))
}

/// The distribution function of the standard normal, `(1 + erf(x / sqrt 2)) / 2`, and its density, within 1e-7
/// (Abramowitz & Stegun 1964, 7.1.26). NaN stays NaN.
#[inline(always)]
pub fn normal(x: f32) -> (f32, f32) {
    const INVERSE_ROOT_2_PI: f32 = 0.398_942_3;
    let bell = exp(-0.5 * x * x);
    let t = 1.0 / (1.0 + 0.327_591_1 * std::f32::consts::FRAC_1_SQRT_2 * x.abs());
    let series = t
        * (0.254_829_6
            + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    let tail = 0.5 * series * bell;
    (if x < 0.0 { tail } else { 1.0 - tail }, INVERSE_ROOT_2_PI * bell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_right_everywhere() {
        for i in -8690..=8790 {
            let x = i as f32 / 100.0;
            let truth = f64::from(x).exp();
            assert!((f64::from(exp(x)) / truth - 1.0).abs() < 4e-7, "{x}");
        }
        assert_eq!((exp(0.0), exp(-1e9), exp(f32::NEG_INFINITY)), (1.0, 0.0, 0.0));
        assert!(exp(89.0).is_infinite() && exp(f32::INFINITY).is_infinite());
        assert!(exp(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan());
        assert_eq!((sigmoid(-200.0), sigmoid(0.0), sigmoid(200.0)), (0.0, 0.5, 1.0));
    }

    #[test]
    fn the_logarithm_is_right_where_it_is_used() {
        for i in 0..=1000 {
            let e = i as f32 / 1000.0;
            let truth = f64::from(e).ln_1p();
            assert!((f64::from(ln_1_plus(e)) - truth).abs() <= 2e-7 * truth, "{e}");
        }
    }

    #[test]
    fn sums_take_every_number() {
        for n in [0, 1, 15, 16, 17, 50] {
            let mut a: Vec<f32> = (0..n).map(|i| i as f32).collect();
            let b = vec![1.0; n];
            let sum = sum_of(&mut a, &b, |a, b| {
                *a += b;
                *a
            });
            assert_eq!(sum, (n * (n + 1) / 2) as f32);
            assert_eq!(a.iter().sum::<f32>(), sum);
        }
    }

    #[test]
    fn functions_of_activations_are_right_everywhere() {
        for i in -3000..=3000 {
            let x = i as f32 / 100.0;
            let truth = f64::from(x).tanh();
            assert!((f64::from(tanh(x)) - truth).abs() <= 4e-7 * truth.abs(), "tanh {x}");
            let truth = f64::from(x).max(0.0) + (-f64::from(x).abs()).exp().ln_1p();
            assert!((f64::from(softplus(x)) - truth).abs() <= 4e-7 * truth, "softplus {x}");
        }
        // From tables of the normal distribution.
        for (x, cumulative, density) in [
            (0.0, 0.5, 0.398_942_280),
            (1.0, 0.841_344_746, 0.241_970_725),
            (-1.96, 0.024_997_895, 0.058_440_944),
            (3.0, 0.998_650_102, 0.004_431_848),
            (-8.0, 6.2e-16, 5.05e-15),
        ] {
            let (p, bell) = normal(x);
            assert!((f64::from(p) - cumulative).abs() < 1.5e-7, "{x}: {p}");
            assert!((f64::from(bell) - density).abs() < 1e-7, "{x}: {bell}");
        }
        assert!(tanh(f32::NAN).is_nan() && softplus(f32::NAN).is_nan());
        assert!(normal(f32::NAN).0.is_nan());
        assert_eq!((tanh(100.0), tanh(-100.0), softplus(-200.0)), (1.0, -1.0, 0.0));
    }
}
