//! Quantities of outlines and penalties with their gradients, and 500 steps of Adam on them.

use crate::adapter::model;
use crate::fixture::{Both, Network, Numbers, Scaling, assert_close, read};
use crate::paths::{self, Paths};
use candle_core::DType;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::model::Model;
use latent_explorer::objective::{Goal, Objective, ObjectiveSpec, Space};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
struct Geometry {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    network: Network,
    scaling: Scaling,
    median_area: f64,
    z: Numbers,
    #[serde(flatten)]
    slopes: Both<Slopes>,
    shapes: Shapes,
    #[serde(rename = "climbs")]
    search_runs: Vec<Climb>,
}

impl Case {
    fn model(&self, dtype: DType) -> Arc<Model> {
        model(&self.network, self.scaling, self.median_area, dtype)
    }
}

#[derive(Deserialize)]
struct Shapes {
    x: Numbers,
    #[serde(flatten)]
    slopes: Both<Slopes>,
}

/// Value and gradient of functions by their names.
type Slopes = BTreeMap<String, Slope>;

#[derive(Deserialize)]
struct Slope {
    value: Numbers,
    gradient: Numbers,
}

#[derive(Deserialize)]
struct Climb {
    quantity: Quantity,
    mode: Goal,
    l2: f64,
    align: f64,
    #[serde(flatten)]
    paths: Paths,
}

/// The deviation that one evaluation through geometry may have.
const PRECISIONS: [(DType, f64); 2] = [(DType::F64, 1e-12), (DType::F32, 1e-3)];

/// Holds loss and gradient of an objective to a weighted sum of what PyTorch says; the values shown.
fn check(objective: &Objective, at: &Numbers, slopes: &Slopes, sum: &[(f64, &str)]) -> Vec<f64> {
    let precision = objective.model().dtype();
    let (_, tolerance) = PRECISIONS.into_iter().find(|(dtype, _)| *dtype == precision).unwrap();
    let evaluation = objective.evaluate(&at.data, true).unwrap();
    assert!(evaluation.valid.iter().all(|&valid| valid));
    let total = |part: fn(&Slope) -> &Numbers| {
        let mut total = vec![0.0; part(&slopes[sum[0].1]).data.len()];
        for (weight, name) in sum {
            let values = &part(&slopes[*name]).data;
            total.iter_mut().zip(values).for_each(|(total, value)| *total += weight * value);
        }
        total
    };
    let what = format!("{sum:?} over the {:?} in {}", objective.space(), precision.as_str());
    assert_close(&what, &evaluation.loss, &total(|slope| &slope.value), tolerance);
    let gradient = total(|slope| &slope.gradient);
    assert_close(&format!("gradient of {what}"), &evaluation.gradient, &gradient, tolerance);
    evaluation.value
}

#[test]
fn quantities_and_their_gradients_in_z_and_in_x_are_pytorchs() {
    for case in read::<Geometry>("geometry").cases {
        for (dtype, tolerance) in PRECISIONS {
            let model = case.model(dtype);
            for quantity in Quantity::ALL {
                let spec = ObjectiveSpec::new(quantity, Goal::Max);
                let of = |space| Objective::new(model.clone(), spec.clone(), space).unwrap();
                let (name, slopes) = (quantity.name(), case.slopes.of(dtype));
                let shown = check(&of(Space::Latent), &case.z, slopes, &[(-1.0, name)]);
                assert_close(name, &shown, &slopes[name].value.data, tolerance);
                let Shapes { x, slopes } = &case.shapes;
                check(&of(Space::Input), x, slopes.of(dtype), &[(-1.0, name)]);
            }
        }
    }
}

#[test]
fn penalties_and_sums_of_terms_are_pytorchs() {
    let roundness = ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Max);
    let terms = ["roundness:max", "area:target=2.5:weight=0.5", "perimeter:min:weight=0.25"];
    let terms = terms.map(|term| term.parse().unwrap()).to_vec();
    let specs: [(ObjectiveSpec, &[(f64, &str)]); 3] = [
        (ObjectiveSpec { l2: 0.5, ..roundness.clone() }, &[(-1.0, "roundness"), (0.5, "l2")]),
        (
            ObjectiveSpec { align: 0.5, ..roundness.clone() },
            &[(-1.0, "roundness"), (0.5, "alignment")],
        ),
        (ObjectiveSpec { terms, l2: 0.01, align: 0.1, ..roundness }, &[(1.0, "combined")]),
    ];
    for case in read::<Geometry>("geometry").cases {
        for (dtype, _) in PRECISIONS {
            for (spec, sum) in &specs {
                let objective = Objective::new(case.model(dtype), spec.clone(), Space::Latent);
                check(&objective.unwrap(), &case.z, case.slopes.of(dtype), sum);
            }
        }
    }
}

#[test]
fn paths_of_500_steps_are_pytorchs() {
    for case in read::<Geometry>("geometry").cases {
        for (dtype, tolerance) in paths::PRECISIONS {
            for Climb { quantity, mode, l2, align, paths } in &case.search_runs {
                let spec = ObjectiveSpec {
                    l2: *l2,
                    align: *align,
                    ..ObjectiveSpec::new(*quantity, *mode)
                };
                paths::check(&case.model(dtype), &spec, paths, tolerance);
            }
        }
    }
}
