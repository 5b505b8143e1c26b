//! A task head in training, jointly with the autoencoder or after it: its targets and its errors.

use crate::error::Result;
use crate::model::Model;
use crate::model::card::Encoded;
use crate::model::head::{HeadCard, TaskHead};
use crate::trust::head_change;

/// The targets of a head.
pub struct HeadTargets {
    /// `(quantity - offset) / scale` of every sample, 0 where the quantity is undefined.
    targets: Vec<f32>,
    /// True where the quantity is defined.
    known: Vec<bool>,
}

impl HeadTargets {
    /// Targets of a head for a quantity with `values [samples]`.
    pub fn new(card: &HeadCard, values: &[f64]) -> Self {
        let known: Vec<bool> = values.iter().map(|v| v.is_finite()).collect();
        let standardised = |(value, known): (&f64, &bool)| {
            if *known { ((value - card.offset) / card.scale) as f32 } else { 0.0 }
        };
        let targets = values.iter().zip(&known).map(standardised).collect();
        Self { targets, known }
    }

    /// The standardised quantity of each of `samples [n]` and its weight in the mean over those that have it, `[n]`
    /// both; a sample without the quantity has weight 0.
    pub fn values_of(&self, samples: &[usize]) -> (Vec<f32>, Vec<f32>) {
        let known = samples.iter().filter(|&&i| self.known[i]).count().max(1);
        let weight = |i: usize| if self.known[i] { 1.0 / known as f32 } else { 0.0 };
        samples.iter().map(|&i| (self.targets[i], weight(i))).unzip()
    }
}

/// A head with these parameters and its errors on the held-out samples of `encoded` (on all samples if none is held
/// out), each predicted from its mu.
///
/// # Errors
/// When the parameters do not fit the layers.
pub fn target_head(card: HeadCard, parameters: &[Vec<f32>], encoded: &Encoded) -> Result<TaskHead> {
    let mut head = TaskHead::new(card, parameters)?;
    let truth: Vec<f64> = encoded.quantity(head.card.quantity).collect();
    let mut rows = encoded.held_out_or_all();
    rows.retain(|&row| truth[row].is_finite());
    let truth: Vec<f64> = rows.iter().map(|&row| truth[row]).collect();
    let predicted = head.predict_all(&encoded.mu.select(&rows))?;
    (head.card.r2, head.card.rmse) = score(&predicted, &truth);
    Ok(head)
}

/// Adds the usual change of its prediction to a head for a target column; any other head stays as it is.
///
/// # Errors
/// When the head reads another latent.
pub fn with_usual_change(mut head: TaskHead, model: &Model) -> Result<TaskHead> {
    if head.card.quantity.is_predicted() {
        head.card.usual_change = Some(head_change(model, &head)?);
    }
    Ok(head)
}

/// R2 and RMSE of predictions: `1 - sum (y - y')^2 / sum (y - mean)^2`, or 0 if the truth does not vary, and the root
/// of the mean squared error, or 0 if there is nothing to predict.
fn score(predicted: &[f64], truth: &[f64]) -> (f64, f64) {
    let n = truth.len().max(1) as f64;
    let mean = truth.iter().sum::<f64>() / n;
    let missed: f64 = predicted.iter().zip(truth).map(|(a, b)| (a - b).powi(2)).sum();
    let spread: f64 = truth.iter().map(|v| (v - mean).powi(2)).sum();
    let r2 = if spread > 0.0 { 1.0 - missed / spread } else { 0.0 };
    (r2, (missed / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::quantity::Quantity;
    use crate::data::rows::Rows;
    use crate::nn::layer::initial_parameters;

    #[test]
    fn scores_are_those_of_the_text_book() {
        // Errors of 1, 0, 1 and 0, and deviations from the mean of 2.5 with a squared sum of 5: R2 is 1 - 2 / 5.
        let (r2, rmse) = score(&[2.0, 2.0, 2.0, 4.0], &[1.0, 2.0, 3.0, 4.0]);
        assert!((r2 - 0.6).abs() < 1e-15 && (rmse - 0.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(score(&[2.5; 4], &[1.0, 2.0, 3.0, 4.0]).0, 0.0, "no better than the mean");
        assert_eq!(score(&[1.5], &[1.0]), (0.0, 0.5));
        assert_eq!(score(&[], &[]), (0.0, 0.0));
    }

    fn card(values: &[f64], held_out: &[bool]) -> Result<HeadCard> {
        HeadCard::for_quantity(Quantity::AREA, values, held_out, 2, &[3], true)
    }

    #[test]
    fn targets_are_standardised_on_the_training_samples_that_have_the_quantity() {
        let values = [1.0, 100.0, f64::NAN, 5.0, f64::INFINITY];
        let card = card(&values, &[false, true, false, false, false]).unwrap();
        assert_eq!((card.offset, card.scale), (3.0, 2.0));
        let targets = HeadTargets::new(&card, &values);
        assert_eq!(targets.targets, [-1.0, 48.5, 0.0, 1.0, 0.0]);
        assert_eq!(targets.values_of(&[0, 2, 3]), (vec![-1.0, 0.0, 1.0], vec![0.5, 0.0, 0.5]));
        assert_eq!(
            targets.values_of(&[2, 4, 2]).1,
            [0.0; 3],
            "nothing is known, nothing is missed"
        );
    }

    #[test]
    fn what_no_sample_has_cannot_be_learned() {
        for (values, held_out) in
            [([f64::NAN, 1.0, f64::NAN], [false; 3]), ([1.0, 2.0, 3.0], [true, true, false])]
        {
            let refused = card(&values, &held_out).unwrap_err().to_string();
            assert!(refused.contains("area"), "{refused}");
        }
        assert_eq!(card(&[7.0; 3], &[false; 3]).unwrap().scale, 1.0);
    }

    #[test]
    fn a_head_is_measured_on_what_was_held_out() {
        let values = [1.0, 2.0, 3.0, 9.0, 5.0];
        let mu = vec![0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.9, 1.0];
        let encoded = |held_out: [bool; 5]| Encoded {
            mu: Rows::from_flat(2, mu.clone()),
            held_out: held_out.to_vec(),
            quantities: Rows::from_flat(
                4,
                values.iter().flat_map(|&v| [0.0, v, 0.0, 0.0]).collect(),
            ),
            ..Encoded::default()
        };
        let card = card(&values, &[false; 5]).unwrap();
        let parameters = initial_parameters(&card.layers, 1);
        let measured = |held_out, rows: &[usize]| {
            let head = target_head(card.clone(), &parameters, &encoded(held_out)).unwrap();
            let said = head.predict_all(&encoded(held_out).mu).unwrap();
            let pick = |from: &[f64]| rows.iter().map(|&i| from[i]).collect::<Vec<f64>>();
            assert_eq!((head.card.r2, head.card.rmse), score(&pick(&said), &pick(&values)));
        };
        measured([false, false, true, true, false], &[2, 3]);
        measured([false; 5], &[0, 1, 2, 3, 4]);
    }
}
