//! Properties of decoded outlines with their gradients, and 500 steps of Adam on them.

use crate::adapter::{climb, evaluate, model};
use crate::fixture::{Both, Network, Numbers, Scaling, assert_close, deviation, read};
use candle_core::DType;
use latent_explorer::data::rows::Rows;
use latent_explorer::objective::{Mode, Property};
use serde::Deserialize;
use std::collections::BTreeMap;

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
    slopes: Both<BTreeMap<String, Slope>>,
    climbs: Vec<Climb>,
}

#[derive(Deserialize)]
struct Slope {
    value: Numbers,
    gradient: Numbers,
}

#[derive(Deserialize)]
struct Climb {
    property: Property,
    mode: Mode,
    l2: f64,
    align: f64,
    rate: f64,
    steps: usize,
    /// The steps that are written of a path.
    kept: Vec<usize>,
    starts: Numbers,
    /// For each start, whether every ReLU of the way keeps its side and no area comes near 0.
    smooth: Vec<bool>,
    #[serde(flatten)]
    paths: Both<Paths>,
}

#[derive(Deserialize)]
struct Paths {
    /// `[starts, kept, latent]`.
    path: Numbers,
    /// `[starts, kept]`.
    loss: Numbers,
}

#[test]
fn properties_and_their_gradients_are_pytorchs() {
    for case in read::<Geometry>("geometry").cases {
        for (dtype, tolerance) in [(DType::F64, 1e-12), (DType::F32, 1e-3)] {
            let model = model(&case.network, case.scaling, case.median_area, dtype);
            for property in Property::ALL {
                let name = property.name();
                let expected = &case.slopes.of(dtype)[name];
                let (value, gradient) = evaluate(&model, property, &case.z.data);
                assert_close(name, &value, &expected.value.data, tolerance);
                let what = format!("gradient of {name}");
                assert_close(&what, &gradient, &expected.gradient.data, tolerance);
            }
        }
    }
}

/// Along a smooth path all 500 steps are compared, else the first 20: beyond them a ReLU that changes
/// its side may multiply what was a last digit.
#[test]
fn paths_of_500_steps_are_pytorchs() {
    for case in read::<Geometry>("geometry").cases {
        for (dtype, tolerance) in [(DType::F64, 1e-6), (DType::F32, 1e-3)] {
            let model = model(&case.network, case.scaling, case.median_area, dtype);
            for given in case.climbs.iter().filter(|climb| climb.l2 == 0.0 && climb.align == 0.0) {
                let starts = Rows::from_flat(given.starts.shape[1], given.starts.data.clone());
                let goal = (given.property, given.mode);
                let ours = climb(&model, goal, given.rate, given.steps, &starts);
                let expected = given.paths.of(dtype);
                for (start, ours) in ours.iter().enumerate() {
                    let last = if given.smooth[start] { given.steps } else { 20 };
                    let path = expected.path.part(start).chunks_exact(starts.width());
                    let mut farthest = 0.0_f64;
                    for ((&step, z), loss) in
                        given.kept.iter().zip(path).zip(expected.loss.part(start))
                    {
                        if step <= last {
                            let away = deviation(ours.z.row(step), z);
                            let off = deviation(&[ours.loss[step]], &[*loss]);
                            assert!(away <= tolerance, "step {step}: {away:e} away");
                            assert!(off <= tolerance, "step {step}: {off:e} off");
                            farthest = farthest.max(away);
                        }
                    }
                    println!("{goal:?} to step {last} in {dtype:?}: {farthest:.1e}");
                }
            }
        }
    }
}
