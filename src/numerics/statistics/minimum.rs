//! The minimum of a smooth function within walls, by L-BFGS-B (Byrd, Lu, Nocedal & Zhu 1995).

use crate::error::{Error, Result};
use crate::text;
use genoxide::Fitness;
use genoxide::algorithm::{Algorithm, Lbfgsb};
use genoxide::engine::Evaluations;
use genoxide::genome::{Real, Reals};
use genoxide::gradient::Gradients;

/// The best point that was found from `start`, within the least and the greatest value of each coordinate, with at most
/// `evaluations` of `loss`, which gives the value and its derivatives; they are NaN where there are none.
///
/// # Errors
/// When the walls contain no point.
pub fn minimum(
    walls: &[[f64; 2]],
    start: Vec<f64>,
    evaluations: usize,
    mut loss: impl FnMut(&[f64]) -> (f64, Vec<f64>),
) -> Result<Vec<f64>> {
    let walls = Real::new(walls.iter().map(|&[low, high]| low..=high)).map_err(refused)?;
    let mut search = Lbfgsb::builder(walls)
        .gradients(Gradients::Supplied)
        .initial_genome(Reals::from(start))
        .minimize()
        .seed(0) // unused: L-BFGS-B makes no random choices
        .build()
        .map_err(refused)?;
    for _ in 0..evaluations {
        let asked: Vec<f64> = search.ask().iter().flat_map(|p| p.iter().copied()).collect();
        let (value, gradient) = loss(&asked);
        let fitness = [Fitness::new(value)];
        let told = Evaluations::with_gradients(&fitness, &gradient, asked.len());
        search.tell_evaluations(&told.map_err(refused)?).map_err(refused)?;
        if search.converged().is_some() {
            break;
        }
    }
    Ok(search.population()[0].genome().to_vec())
}

fn refused(error: genoxide::Error) -> Error {
    Error::mismatch(text!("no minimum can be found here: {error}", error = error.to_string()))
}
