//! Gaussian process regression against scikit-learn's, with the same rows and hyperparameters.

use super::fixture::read;
use latent_explorer::numerics::statistics::gaussian_process::{
    GaussianProcess, Hyperparameters, log_marginal_likelihood,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    points: Vec<f64>,
    values: Vec<f64>,
    queries: Vec<f64>,
    lengths: Vec<f64>,
    signal: f64,
    noise: f64,
    mean: Vec<f64>,
    sd: Vec<f64>,
    likelihood: f64,
    gradient: Vec<f64>,
}

fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() < 1e-9 * (1.0 + theirs.abs())
}

#[test]
fn predictions_and_likelihood_are_those_of_scikit_learn() {
    for case in read::<Fixture>("gaussian_process").cases {
        let parameters =
            Hyperparameters { lengths: case.lengths, signal: case.signal, noise: case.noise };
        let process = GaussianProcess::new(&case.points, &case.values, parameters.clone()).unwrap();
        let predicted = process.predict(&case.queries);
        assert_eq!(predicted.len(), case.mean.len());
        for ((mean, sd), (their_mean, their_sd)) in
            predicted.into_iter().zip(case.mean.iter().zip(&case.sd))
        {
            assert!(close(mean, *their_mean), "{mean} {their_mean}");
            assert!(close(sd, *their_sd), "{sd} {their_sd}");
        }
        let middle = case.values.iter().sum::<f64>() / case.values.len() as f64;
        let centred: Vec<f64> = case.values.iter().map(|y| y - middle).collect();
        let (likelihood, gradient) =
            log_marginal_likelihood(&case.points, &centred, &parameters).unwrap();
        assert!(close(likelihood, case.likelihood), "{likelihood} {}", case.likelihood);
        assert_eq!(gradient.len(), case.gradient.len());
        for (ours, theirs) in gradient.iter().zip(&case.gradient) {
            assert!(close(*ours, *theirs), "{ours} {theirs}");
        }
    }
}
