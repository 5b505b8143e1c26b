//! The nearest point with bounds and a given sum, against a search of all choices in NumPy.

use crate::fixture::read;
use latent_explorer::objective::project_onto_sum;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    point: Vec<f64>,
    weights: Vec<f64>,
    /// Without a number where there is no end.
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    total: f64,
    nearest: Vec<f64>,
}

#[test]
fn the_nearest_point_is_that_of_all_choices() {
    let fixture: Fixture = read("projection");
    let (mut at_an_end, mut free) = (0, 0);
    for case in &fixture.cases {
        let ends = |ends: &[Option<f64>], none: f64| -> Vec<f64> {
            ends.iter().map(|end| end.unwrap_or(none)).collect()
        };
        let (low, high) = (ends(&case.low, f64::NEG_INFINITY), ends(&case.high, f64::INFINITY));
        let mut point = case.point.clone();
        project_onto_sum(&mut point, &case.weights, [&low, &high], case.total);
        for (k, (ours, theirs)) in point.iter().zip(&case.nearest).enumerate() {
            assert!(
                (ours - theirs).abs() < 1e-12,
                "{:?}: {point:?} {:?}",
                case.point,
                case.nearest
            );
            let is_at_an_end = *ours == low[k] || *ours == high[k];
            at_an_end += usize::from(is_at_an_end);
            free += usize::from(!is_at_an_end);
        }
    }
    assert!(fixture.cases.len() == 60 && at_an_end > 60 && free > 60, "{at_an_end} {free}");
}
