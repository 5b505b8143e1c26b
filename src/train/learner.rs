//! A task head in training, jointly with the autoencoder or after it: its targets and its errors.

use crate::data::quantity::Quantity;
use crate::data::roles::Role;
use crate::data::rows::Rows;
use crate::data::task::Task;
use crate::error::Result;
use crate::model::Model;
use crate::model::card::Encoded;
use crate::model::heads::card::HeadCard;
use crate::model::heads::head::TaskHead;
use crate::model::heads::score::HeadScore;
use crate::trust::head_changes;

/// The fewest calibration rows that set a temperature.
const MIN_CALIBRATION: usize = 9;

/// The targets of a head as its network learns them, `[samples, outputs]`; NaN where blank. Numbers are standardised,
/// `(quantity - offset) / scale`; of two classes the second is 1, of more each is 1 in its own place.
pub struct HeadTargets(Rows<f32>);

impl HeadTargets {
    /// The targets of a head; `values` gives those of a target, `[samples]`.
    pub fn new(card: &HeadCard, values: impl Fn(Quantity) -> Vec<f64>) -> Self {
        let columns: Vec<Vec<f64>> = card.targets().into_iter().map(values).collect();
        let outputs = card.layers.last().map_or(1, |last| last.outputs);
        let mut rows = Rows::with_capacity(outputs, columns.first().map_or(0, Vec::len));
        let mut row = vec![0.0; outputs];
        for sample in 0..columns.first().map_or(0, Vec::len) {
            match &card.task {
                Task::Regression => {
                    for ((own, output), column) in row.iter_mut().zip(&card.outputs).zip(&columns) {
                        let value = column[sample];
                        let known = if value.is_finite() { value } else { f64::NAN };
                        *own = ((known - output.offset) / output.scale) as f32;
                    }
                }
                Task::Classes(levels) => {
                    let class = columns[0][sample];
                    let first = levels.len() - outputs;
                    for (place, own) in row.iter_mut().enumerate() {
                        let is_own = f32::from(u8::from(class == (first + place) as f64));
                        *own = if class.is_nan() { f32::NAN } else { is_own };
                    }
                }
            }
            rows.push(&row);
        }
        Self(rows)
    }

    /// True if a sample has a target.
    pub fn is_known(&self, sample: usize) -> bool {
        self.0.row(sample).iter().any(|v| !v.is_nan())
    }

    /// The targets of `samples [n]`, `[n, outputs]`.
    pub fn select(&self, samples: impl Iterator<Item = usize>) -> Vec<f32> {
        samples.flat_map(|sample| self.0.row(sample)).copied().collect()
    }
}

/// A head with these parameters, with its temperature, and with its metrics on the held-out samples of `encoded` (on all
/// samples if none is held out), each predicted from its mu. `seed` is the seed of the split.
///
/// # Errors
/// When the parameters do not fit the layers.
pub fn target_head(
    card: HeadCard,
    parameters: &[Vec<f32>],
    encoded: &Encoded,
    seed: u64,
) -> Result<TaskHead> {
    let mut head = TaskHead::new(card, parameters)?;
    let columns = head.card.targets().into_iter().map(|target| (target, encoded.quantity(target)));
    let columns: Vec<(Quantity, Vec<f64>)> = columns.map(|(t, v)| (t, v.collect())).collect();
    if head.card.task.has_classes() {
        let roles = encoded.roles(seed);
        let known = |row: &usize| roles[*row] == Role::Calibration && !columns[0].1[*row].is_nan();
        let rows: Vec<usize> = (0..roles.len()).filter(known).collect();
        let classes: Vec<usize> = rows.iter().map(|&row| columns[0].1[row] as usize).collect();
        head.card.temperature = match rows.len() {
            0..MIN_CALIBRATION => 1.0,
            _ => head.best_temperature(&encoded.mu.select(&rows), &classes)?,
        };
    }
    let score = |(target, values): &(Quantity, Vec<f64>)| {
        let mut rows = encoded.held_out_or_all();
        rows.retain(|&row| values[row].is_finite());
        let truth: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
        let mu = encoded.mu.select(&rows);
        Ok(match head.card.task {
            Task::Regression => HeadScore::of_numbers(&head.predict_all(*target, &mu)?, &truth),
            Task::Classes(_) => {
                let classes: Vec<usize> = truth.iter().map(|&class| class as usize).collect();
                HeadScore::of_classes(&head.probabilities(&mu)?, &classes)
            }
        })
    };
    head.card.scores = columns.iter().map(score).collect::<Result<_>>()?;
    Ok(head)
}

/// Adds the usual changes of its predictions to a head for target columns; any other head stays as it is.
///
/// # Errors
/// When the head reads another latent.
pub fn with_usual_change(mut head: TaskHead, model: &Model) -> Result<TaskHead> {
    if !model.computes(head.card.quantity) {
        let changes = head_changes(model, &head)?;
        for (output, change) in head.card.outputs.iter_mut().zip(changes) {
            output.usual_change = Some(change);
        }
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::heads::card::HeadTarget;
    use crate::nn::layer::initial_parameters;

    fn card(values: &[f64], held_out: &[bool]) -> Result<HeadCard> {
        let (quantity, task, is_computed) = (Quantity::AREA, &Task::Regression, true);
        let target = HeadTarget { quantity, task, is_computed, values, held_out };
        HeadCard::for_target(target, 2, &[3], true)
    }

    fn all(targets: &HeadTargets, samples: &[usize]) -> Vec<f32> {
        targets.select(samples.iter().copied())
    }

    #[test]
    fn targets_are_standardised_on_the_training_samples_that_have_the_quantity() {
        let values = [1.0, 100.0, f64::NAN, 5.0, f64::INFINITY];
        let card = card(&values, &[false, true, false, false, false]).unwrap();
        assert_eq!((card.outputs[0].offset, card.outputs[0].scale), (3.0, 2.0));
        let targets = HeadTargets::new(&card, |_| values.to_vec());
        assert_eq!(all(&targets, &[0, 1, 3]), [-1.0, 48.5, 1.0]);
        assert!(all(&targets, &[2, 4]).iter().all(|v| v.is_nan()), "nothing is known");
        assert!(targets.is_known(0) && !targets.is_known(4));
    }

    #[test]
    fn classes_are_learned_as_0_and_1() {
        let values: Vec<f64> = (0..30).map(|row| f64::from(row % 3)).collect();
        let of = |count: u8, values: &[f64]| {
            let task = Task::Classes((0..count).map(|class| class.to_string()).collect());
            let (quantity, is_computed) = ("lattice".parse().unwrap(), false);
            let held_out = &[false; 30];
            let target = HeadTarget { quantity, task: &task, is_computed, values, held_out };
            let card = HeadCard::for_target(target, 2, &[3], true).unwrap();
            HeadTargets::new(&card, |_| values.to_vec())
        };
        let three = of(3, &values);
        assert_eq!(all(&three, &[0, 2]), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        let mut two: Vec<f64> = values.iter().map(|v| v.min(1.0)).collect();
        two[7] = f64::NAN;
        let two = of(2, &two);
        assert_eq!(all(&two, &[0, 1, 2]), [0.0, 1.0, 1.0], "the second of two");
        assert!(all(&two, &[7])[0].is_nan() && !two.is_known(7));
    }

    #[test]
    fn what_no_sample_has_cannot_be_learned() {
        for (values, held_out) in
            [([f64::NAN, 1.0, f64::NAN], [false; 3]), ([1.0, 2.0, 3.0], [true, true, false])]
        {
            let refused = card(&values, &held_out).unwrap_err().to_string();
            assert!(refused.contains("area"), "{refused}");
        }
        assert_eq!(card(&[7.0; 3], &[false; 3]).unwrap().outputs[0].scale, 1.0);
    }

    #[test]
    fn a_head_is_measured_on_what_was_held_out() {
        let values = [1.0, 2.0, 3.0, 9.0, 5.0];
        let mu = vec![0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.9, 1.0];
        let encoded = |held_out: [bool; 5]| Encoded {
            mu: Rows::from_flat(2, mu.clone()),
            held_out: held_out.to_vec(),
            computed: vec![Quantity::AREA],
            quantities: Rows::from_flat(1, values.to_vec()),
            ..Encoded::default()
        };
        let card = card(&values, &[false; 5]).unwrap();
        let parameters = initial_parameters(&card.layers, 1);
        let measured = |held_out, rows: &[usize]| {
            let encoded = encoded(held_out);
            let head = target_head(card.clone(), &parameters, &encoded, 0).unwrap();
            let said = head.predict_all(Quantity::AREA, &encoded.mu).unwrap();
            let pick = |from: &[f64]| rows.iter().map(|&i| from[i]).collect::<Vec<f64>>();
            assert_eq!(head.card.scores, [HeadScore::of_numbers(&pick(&said), &pick(&values))]);
        };
        measured([false, false, true, true, false], &[2, 3]);
        measured([false; 5], &[0, 1, 2, 3, 4]);
    }
}
