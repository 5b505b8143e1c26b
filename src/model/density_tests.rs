use super::*;
use crate::numerics::random::{Purpose, stream};
use candle_core::{DType, Var};
use rand_distr::{Distribution, StandardNormal};

/// `n` points of N(0, 1) in each of `dim` coordinates.
fn normal(n: usize, dim: usize) -> Rows<f64> {
    let rng = stream(3, Purpose::Starts, n as u64, dim as u64);
    Rows::from_flat(dim, StandardNormal.sample_iter(rng).take(n * dim).collect())
}

/// A density with every tenth row held out and no noise.
fn density(mu: &Rows<f64>) -> Density {
    let held_out: Vec<bool> = (0..mu.len()).map(|i| i % 10 == 0).collect();
    Density::from_mu(mu, None, &held_out)
}

/// The smooth term and its gradient, in the given precision.
fn outside(density: &Density, z: &[f64], dtype: DType) -> (Vec<f64>, Vec<f64>) {
    let dim = density.whitening.mean().len();
    let z = Tensor::from_slice(z, (z.len() / dim, dim), &Device::Cpu).unwrap();
    let z = Var::from_tensor(&z.to_dtype(dtype).unwrap()).unwrap();
    let outside = density.outside(z.as_tensor(), density.level(false), 0.0).unwrap();
    assert_eq!(outside.dtype(), dtype);
    let gradients = outside.sum_all().unwrap().backward().unwrap();
    let flat = |t: &Tensor| -> Vec<f64> {
        t.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    };
    // Without data the penalty does not depend on z.
    let gradient = gradients.get(&z).map_or(vec![0.0; z.elem_count()], flat);
    (flat(&outside), gradient)
}

#[test]
fn the_distance_is_that_of_the_tenth_nearest_training_point() {
    let mu = normal(400, 2);
    let density = density(&mu);
    let z = [0.3, -1.2];
    let y = density.whitening.apply(&z);
    let training = (0..400).filter(|i| i % 10 != 0).map(|i| density.whitening.apply(mu.row(i)));
    let mut all: Vec<f64> = training.map(|point| distance(&point, &y)).collect();
    all.sort_by(f64::total_cmp);
    assert!((density.distance(&z) - all[9]).abs() < 1e-12);
    let (row, nearest) = density.nearest(&z).unwrap();
    assert!((nearest - all[0]).abs() < 1e-12 && row % 10 != 0);
    let both = Rows::from_flat(2, vec![z[0], z[1], 9.0, 9.0]);
    let distances = density.distances(&both);
    assert_eq!(distances, [density.distance(&z), density.distance(&[9.0, 9.0])]);
    let multiples = density.multiples(&both, 2.0);
    assert_eq!(multiples, [distances[0] / density.threshold(), 2.0]);
}

#[test]
fn one_in_a_hundred_of_the_held_out_is_beyond_the_threshold() {
    for (dim, n) in [(1, 3000), (2, 3000), (16, 1000), (130, 1000)] {
        let mu = normal(n, dim);
        let density = density(&mu);
        let held_out = (0..n).step_by(10).map(|i| mu.row(i));
        let beyond = held_out.filter(|z| density.distance(z) > density.threshold()).count();
        assert_eq!(beyond, n / 1000, "in {dim} dimensions");
        assert!(density.distance(&vec![9.0; dim]) > 1.5 * density.threshold(), "{dim}");
        assert!(density.distance(&vec![0.0; dim]) < density.threshold(), "{dim}");
    }
}

#[test]
fn where_none_is_held_out_a_point_is_not_its_own_neighbour() {
    let mu = normal(500, 2);
    let alone = Density::from_mu(&mu, None, &[false; 500]);
    let halves = density(&mu);
    let ratio = alone.threshold() / halves.threshold();
    assert!((0.6..1.7).contains(&ratio), "{ratio}");
    let ratio = alone.kernels.level / halves.kernels.level;
    assert!((0.6..1.7).contains(&ratio), "{ratio}");
}

#[test]
fn few_data_or_none_are_no_trouble() {
    for n in [0, 1, 2, 3] {
        let mu = normal(n, 2);
        for held_out in [false, true] {
            let density = Density::from_mu(&mu, None, &vec![held_out; n]);
            assert!(!density.threshold().is_nan());
            assert!(!density.distance(&[0.5, 0.5]).is_nan());
            let (values, gradient) = outside(&density, &[0.5, 0.5, 9.0, 9.0], DType::F32);
            assert!(values.iter().chain(&gradient).all(|v| v.is_finite()), "{n}");
        }
    }
    // A model without any data, as tests build it.
    let none = Density::from_mu(&Rows::default(), None, &[]);
    assert_eq!((none.distance(&[1.0, 2.0]), none.threshold()), (f64::INFINITY, f64::INFINITY));
    let nan = density(&normal(50, 2)).distance(&[f64::NAN, 0.0]);
    assert_eq!(nan, f64::INFINITY);
}

#[test]
fn among_the_data_there_is_no_penalty_and_no_pull() {
    let mu = normal(2000, 2);
    let density = density(&mu);
    for dtype in [DType::F32, DType::F64] {
        let (values, gradient) = outside(&density, &[0.0, 0.0, 0.5, -0.7, -1.0, 0.2], dtype);
        assert_eq!((values, gradient), (vec![0.0; 3], vec![0.0; 6]));
    }
}

#[test]
fn far_away_it_grows_like_the_squared_distance_and_pulls_back() {
    for (dim, far) in [(2, 1e4), (2, 1e9), (16, 1e4), (130, 1e4)] {
        let mu = normal(600, dim);
        let density = density(&mu);
        for dtype in [DType::F32, DType::F64] {
            let z: Vec<f64> = [far, 2.0 * far].iter().flat_map(|v| vec![*v; dim]).collect();
            let (values, gradient) = outside(&density, &z, dtype);
            assert!((values[1] / values[0] - 4.0).abs() < 0.02, "{dim} {dtype:?} {values:?}");
            assert!(gradient.iter().all(|g| g.is_finite() && *g > 0.0), "{dim} {dtype:?}");
        }
    }
}

#[test]
fn the_graph_is_the_plain_formula_and_its_gradient_that_of_differences() {
    let rows = normal(600, 3);
    let density = density(&rows);
    let z = [2.9, -1.6, 2.1, 3.5, 0.0, 0.3];
    let (values, gradient) = outside(&density, &z, DType::F64);
    let plain = |z: &[f64]| {
        (density.kernels.nll(&density.whitening.apply(z)) - density.kernels.level).max(0.0)
    };
    for (point, value) in z.chunks(3).zip(&values) {
        assert!(*value > 0.1 && (value - plain(point)).abs() < 1e-10, "{value}");
    }
    for k in 0..z.len() {
        let at = |step: f64| {
            let mut moved = z;
            moved[k] += step;
            plain(&moved[k / 3 * 3..][..3])
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((difference - gradient[k]).abs() < 1e-6 * difference.abs().max(1.0));
    }
    let (single, _) = outside(&density, &z, DType::F32);
    assert!(single.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-4 * b.abs().max(1.0)));
}

#[test]
fn coordinates_that_the_decoder_ignores_set_nothing_apart() {
    // Data under a strong prior: hardly any signal in the second coordinate, all of it noise.
    let (mut mu, mut log_var) = (Rows::new(2), Rows::new(2));
    for row in normal(1000, 2).iter() {
        mu.push(&[row[0], 0.02 * row[1]]);
        log_var.push(&[0.02f64.ln(), 0.98f64.ln()]);
    }
    let held_out: Vec<bool> = (0..1000).map(|i| i % 10 == 0).collect();
    let density = Density::from_mu(&mu, Some(&log_var), &held_out);
    assert!(density.distance(&[0.1, 1.5]) < density.threshold());
    assert!(density.distance(&[6.0, 0.0]) > density.threshold());
    assert!((density.shift(&[0.0, 0.0], &[0.25, 2.0]) - 0.25).abs() < 1e-12);
    let wild = Rows::from_flat(2, vec![0.0, 1e30, 0.5f64.ln(), 0.0]);
    let noise = mean_variance(&wild);
    assert!((noise[0] - 0.75).abs() < 1e-12 && noise[1].is_finite());
}

#[test]
fn what_the_decoder_was_trained_on_is_inside() {
    // Three families without any spread, each with posterior noise of 0.2 around it.
    let row = |i: usize| [3.0 * (i % 3) as f64, 0.0];
    let mu = Rows::from_flat(2, (0..900).flat_map(row).collect());
    let log_var = Rows::from_flat(2, vec![0.04f64.ln(); 1800]);
    let held_out: Vec<bool> = (0..900).map(|i| i % 10 == 0).collect();
    let density = Density::from_mu(&mu, Some(&log_var), &held_out);
    let inside = |z: &[f64]| density.distance(z) <= density.threshold();
    assert!(inside(&[3.3, 0.1]) && !inside(&[4.5, 0.0]));
}

#[test]
fn of_many_rows_a_sample_stands_for_all() {
    let many = normal(30_000, 3);
    let some = density(&many);
    assert_eq!(some.sampled(), Some((20_000, 27_000)));
    assert_eq!(density(&normal(20_000, 3)).sampled(), None);
    // The tenth neighbour in a sample of 20 of 27 is farther by the third root of their ratio.
    let inner = Rows::from_flat(3, many.as_flat()[..3 * 500].to_vec());
    let mut all: Vec<f64> = Vec::new();
    for z in inner.iter() {
        let z = some.whitening.apply(z);
        let training = (0..many.len()).filter(|i| i % 10 != 0);
        let mut apart: Vec<f64> =
            training.map(|i| distance(&some.whitening.apply(many.row(i)), &z)).collect();
        apart.select_nth_unstable_by(9, f64::total_cmp);
        all.push(apart[9]);
    }
    let ratios = some.distances(&inner).into_iter().zip(all).map(|(ours, all)| ours / all);
    let ratio = quantile(ratios, 0.5).unwrap();
    assert!((1.02..1.2).contains(&ratio), "{ratio}");
    assert!(some.neighbours(inner.row(1), 3).iter().all(|(row, _)| row % 10 != 0));
}
