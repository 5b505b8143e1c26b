//! The predictions of a head for held-out rows, beside their measured values.

use super::score::most_probable;
use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::model::Model;

/// The predictions of a head for rows that none of its networks learned from.
#[derive(Clone, Debug, PartialEq)]
pub enum HeldOutPredictions {
    /// Of a number: the measured and the predicted value of each row, in its unit.
    Numbers(Vec<[f64; 2]>),
    /// Of classes the confusion matrix, `[true class][most probable class]`: the number of rows.
    Classes(Vec<Vec<usize>>),
}

impl Model {
    /// The predictions of the head of a target for the held-out rows whose value is known; none without a head, and where there
    /// is no such row.
    ///
    /// # Errors
    /// When the head has other latent dimensions.
    pub fn held_out_predictions(&self, target: Quantity) -> Result<Option<HeldOutPredictions>> {
        let Some(head) = self.head(target) else { return Ok(None) };
        let has_classes = head.card.task.has_classes();
        let column = self.encoded.column(target).filter(|_| has_classes);
        let values: Vec<f64> = match column {
            Some(column) => column.values.clone(),
            None => self.encoded.quantity(target).collect(),
        };
        let held_out = self.encoded.held_out.iter().zip(&values).enumerate();
        let known = held_out.filter(|(_, (held_out, value))| **held_out && value.is_finite());
        let rows: Vec<usize> = known.map(|(row, _)| row).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let z = self.encoded.mu.select(&rows);
        if !has_classes {
            let predicted = head.predict_all(target, &z)?;
            let pair = |(&row, predicted): (&usize, f64)| [values[row], predicted];
            return Ok(Some(HeldOutPredictions::Numbers(
                rows.iter().zip(predicted).map(pair).collect(),
            )));
        }
        let classes = head.card.task.levels().len();
        let mut counts = vec![vec![0; classes]; classes];
        for (row, p) in rows.iter().zip(head.probabilities(&z)?.iter()) {
            counts[values[*row] as usize][most_probable(p)] += 1;
        }
        Ok(Some(HeldOutPredictions::Classes(counts)))
    }
}
