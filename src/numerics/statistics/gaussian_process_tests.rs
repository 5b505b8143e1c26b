use super::*;
use crate::numerics::random::{Purpose, stream};
use rand_distr::{Distribution, StandardNormal};

fn numbers(count: usize, seed: u64) -> Vec<f64> {
    StandardNormal.sample_iter(stream(seed, Purpose::Starts, 0, 0)).take(count).collect()
}

/// A nonlinear function of the first two of `dim` coordinates, with noise of deviation 0.1.
fn bent(points: &[f64], dim: usize, seed: u64) -> Vec<f64> {
    let noise = numbers(points.len() / dim, seed);
    let value = |(z, e): (&[f64], f64)| (1.3 * z[0]).sin() + 0.4 * z[1] * z[1] + 0.1 * e;
    points.chunks_exact(dim).zip(noise).map(value).collect()
}

#[test]
fn the_gradient_of_the_likelihood_is_that_of_finite_differences() {
    for dim in [1, 2, 5] {
        let points = numbers(40 * dim, 1);
        let values: Vec<f64> = numbers(40, 2);
        let at = |logs: &[f64]| {
            let parameters = Hyperparameters::from_logarithms(logs);
            log_marginal_likelihood(&points, &values, &parameters).unwrap()
        };
        let logs: Vec<f64> = numbers(dim + 2, 3).iter().map(|v| 0.5 * v - 0.3).collect();
        let (_, gradient) = at(&logs);
        for (k, slope) in gradient.iter().enumerate() {
            let moved = |by: f64| {
                let mut logs = logs.clone();
                logs[k] += by;
                at(&logs).0
            };
            let measured = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!(
                (slope - measured).abs() < 1e-6 * (1.0 + measured.abs()),
                "{dim} {k}: {slope} {measured}"
            );
        }
    }
}

#[test]
fn hyperparameters_tell_noise_from_function_and_what_does_not_matter() {
    let points = numbers(400 * 3, 4);
    let values = bent(&points, 3, 5);
    let found = Hyperparameters::most_likely(&points, &values, &[0.1; 3]).unwrap();
    assert!((found.noise.sqrt() - 0.1).abs() < 0.02, "{found:?}");
    assert!(found.lengths[2] > 5.0 * found.lengths[0], "{found:?}");
    let walled = Hyperparameters::most_likely(&points, &values, &[30.0, 0.1, 0.1]).unwrap();
    assert!((walled.lengths[0] - 30.0).abs() < 1e-6 && walled.noise > found.noise, "{walled:?}");
    let (_, gradient) = log_marginal_likelihood(&points, &values, &found).unwrap();
    // The gradient need not be zero at a bound of the search range.
    let free = gradient.iter().zip(found.lengths.iter().chain([&found.signal, &found.noise]));
    for (slope, value) in free.filter(|(_, value)| value.ln() < LENGTHS[1] - 1e-6) {
        assert!(slope.abs() < 0.1, "{slope} at {value}");
    }
}

#[test]
fn the_nearest_answer_as_all_would() {
    let points = numbers(2 * (MAX_EXACT + 1), 6);
    let values = bent(&points, 2, 7);
    let parameters = Hyperparameters { lengths: vec![1.0, 1.5], signal: 1.0, noise: 0.01 };
    let many = GaussianProcess::new(&points, &values, parameters.clone()).unwrap();
    assert!(matches!(many.knowledge, Knowledge::Nearest(_)));
    let all = GaussianProcess::new(&points[2..], &values[1..], parameters).unwrap();
    let queries = numbers(2 * 70, 8);
    for ((near, near_deviation), (exact, deviation)) in
        many.predict(&queries).into_iter().zip(all.predict(&queries))
    {
        assert!((near - exact).abs() < 0.2 * deviation, "{near} {exact} {deviation}");
        assert!((near_deviation / deviation - 1.0).abs() < 0.1, "{near_deviation} {deviation}");
    }
}

#[test]
fn leaving_one_out_is_to_fit_without_it() {
    let points = numbers(2 * 30, 9);
    let values = bent(&points, 2, 10);
    let parameters = Hyperparameters { lengths: vec![0.8, 1.5], signal: 1.0, noise: 0.01 };
    let all = GaussianProcess::new(&points, &values, parameters.clone()).unwrap();
    let left_out = all.left_one_out();
    for row in [0, 7, 29] {
        let mut others = points.clone();
        others.drain(2 * row..2 * row + 2);
        // The constant mean stays that of all values.
        let centred = |i: usize| values[i] - all.mean;
        let factor = Hyperparameters::covariances(&parameters, &parameters.scaled(&others));
        let factor = Cholesky::new(factor, 29).unwrap();
        let mut weights: Vec<f64> = (0..30).filter(|&i| i != row).map(centred).collect();
        factor.solve_lower(&mut weights, 1);
        factor.solve_upper(&mut weights, 1);
        let query = parameters.scaled(&points[2 * row..2 * row + 2]);
        let (mean, deviation) =
            all.answer(&parameters.scaled(&others), &factor, &weights, &[&query])[0];
        let (value, missed, expected) = left_out[row];
        assert!((value - values[row]).abs() < 1e-12, "{row}");
        assert!((values[row] - mean - missed).abs() < 1e-9, "{row}");
        assert!((deviation - expected).abs() < 1e-9, "{row}");
    }
}

#[test]
fn what_is_no_number_is_refused_or_answered_by_none() {
    let parameters = Hyperparameters { lengths: vec![1.0], signal: 1.0, noise: 0.1 };
    for (points, values) in
        [(vec![f64::NAN], vec![1.0]), (vec![0.0], vec![f64::NAN]), (vec![], vec![])]
    {
        assert!(GaussianProcess::new(&points, &values, parameters.clone()).is_err());
    }
    let one = GaussianProcess::new(&[0.0], &[2.0], parameters).unwrap();
    assert!(one.predict(&[f64::NAN])[0].1.is_nan());
    let (mean, deviation) = one.predict(&[1e6])[0];
    assert!((mean - 2.0).abs() < 1e-12 && (deviation - 1.1f64.sqrt()).abs() < 1e-12);
    assert!(Hyperparameters::most_likely(&[0.0, f64::NAN, 1.0], &[0.0, 1.0, 2.0], &[0.1]).is_err());
}

#[test]
fn a_quick_answer_is_that_of_the_hundred_nearest_rows() {
    let (points, queries) = (numbers(2100 * 2, 11), numbers(20 * 2, 12));
    let values = bent(&points, 2, 13);
    let parameters = || Hyperparameters { lengths: vec![0.8, 1.2], signal: 0.9, noise: 0.02 };
    let process = GaussianProcess::new(&points, &values, parameters()).unwrap();
    let (quick, usual) = (process.predict_quickly(&queries), process.predict(&queries));
    for ((query, quick), usual) in queries.chunks(2).zip(&quick).zip(&usual) {
        let away =
            |row: &[f64]| ((row[0] - query[0]) / 0.8).powi(2) + ((row[1] - query[1]) / 1.2).powi(2);
        let mut rows: Vec<usize> = (0..2100).collect();
        rows.sort_by(|&a, &b| away(&points[2 * a..]).total_cmp(&away(&points[2 * b..])));
        rows.truncate(100);
        let near: Vec<f64> =
            rows.iter().flat_map(|&row| [points[2 * row], points[2 * row + 1]]).collect();
        let values: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
        let few = GaussianProcess::new(&near, &values, parameters()).unwrap().predict(query);
        assert!((quick.1 - few[0].1).abs() < 1e-9, "{quick:?} {few:?}");
        assert!(quick.1 >= usual.1 - 1e-9 && quick.1 < 1.03 * usual.1, "{quick:?} {usual:?}");
    }
    let few = GaussianProcess::new(&points[..400], &values[..200], parameters()).unwrap();
    assert_eq!(few.predict_quickly(&queries), few.predict(&queries), "exact is quick enough");
    assert_eq!(few.quick_work(), 200 * 40 + 20_000);
}
