//! The value of an objective for display: if heads are read for it, it is a prediction with its interval.

use super::spec::{Goal, ObjectiveSpec, Term};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::heads::judge::Prediction;
use crate::model::{Model, Value};

impl ObjectiveSpec {
    /// The values that a search computed at latent points, `values [n]` at `z [n, latent]`, for display.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's, or the data hold too few values for the judge of a prediction.
    pub fn shown(&self, model: &Model, z: &Rows<f64>, values: &[f64]) -> Result<Vec<Value>> {
        let predictions = |term: &Term| match term.quantity.is_predicted() {
            true => model.predictions(term.quantity, z),
            false => Ok(None),
        };
        let of_terms: Vec<Option<Vec<Prediction>>> =
            self.terms.iter().map(predictions).collect::<Result<_>>()?;
        let at = |(i, &value): (usize, &f64)| {
            let predicted: Vec<Option<Prediction>> =
                of_terms.iter().map(|all| all.as_ref().map(|all| all[i])).collect();
            self.shown_of(value, &predicted)
        };
        Ok(values.iter().enumerate().map(at).collect())
    }

    /// As [`Self::shown`], for one point.
    ///
    /// # Errors
    /// As [`Self::shown`].
    pub fn shown_at(&self, model: &Model, z: &[f64], value: f64) -> Result<Value> {
        Ok(self.shown(model, &Rows::from_flat(z.len(), z.to_vec()), &[value])?[0])
    }

    /// A value that a search computed, for display; `predicted [terms]` are the predictions of the terms that heads
    /// give. For one term it is its prediction, for several the score, whose interval goes from the worst to the best
    /// that all intervals together allow.
    pub fn shown_of(&self, value: f64, predicted: &[Option<Prediction>]) -> Value {
        if value.is_nan() || predicted.iter().all(Option::is_none) {
            return Value::Computed(value);
        }
        if let [Some(prediction)] = predicted {
            return Value::Predicted(*prediction);
        }
        let known = self.terms.iter().zip(predicted);
        let ranges = known.filter_map(|(term, predicted)| Some(score(term, &(*predicted)?)));
        let around = Prediction { value, low: value, high: value };
        Value::Predicted(ranges.fold(around, |sum, one| Prediction {
            low: sum.low + (one.low - one.value),
            high: sum.high + (one.high - one.value),
            ..sum
        }))
    }
}

/// The contribution of a term to the score, `-weight * goal(value)`: predicted, worst and best within the interval.
fn score(term: &Term, of: &Prediction) -> Prediction {
    let score = |value: f64| -term.weight * term.goal.loss(value);
    let (low, high) = match term.goal {
        // A target within the interval can be met.
        Goal::Target(target) => {
            let farthest =
                if (of.low - target).abs() > (of.high - target).abs() { of.low } else { of.high };
            (score(farthest), score(target.max(of.low).min(of.high)))
        }
        _ => (score(of.low).min(score(of.high)), score(of.low).max(score(of.high))),
    };
    Prediction { value: score(of.value), low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_reaches_from_the_worst_to_the_best_of_its_predictions() {
        let terms = ["drag:min:weight=2", "area:max", "lift:target=5"];
        let spec = ObjectiveSpec {
            terms: terms.map(|term| term.parse().unwrap()).to_vec(),
            ..ObjectiveSpec::default()
        };
        let drag = Prediction { value: 3.0, low: 2.0, high: 5.0 };
        let lift = Prediction { value: 4.0, low: 3.0, high: 6.0 };
        // Drag contributes -2 v, -6 within -10 to -4; lift contributes -(v - 5)^2, -1 within -4 to 0.
        let value = -2.0 * 3.0 + 7.0 - 1.0;
        let shown = spec.shown_of(value, &[Some(drag), None, Some(lift)]);
        let expected = Prediction { value: 0.0, low: -7.0, high: 3.0 };
        assert_eq!(shown, Value::Predicted(expected));
        assert_eq!(spec.shown_of(7.0, &[None; 3]), Value::Computed(7.0));
        let one = ObjectiveSpec { terms: spec.terms[..1].to_vec(), ..spec };
        assert_eq!(one.shown_of(3.0, &[Some(drag)]), Value::Predicted(drag));
        assert!(one.shown_of(f64::NAN, &[Some(drag)]).number().is_nan());
    }
}
