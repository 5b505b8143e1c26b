//! The baseline of a model of a table: PCA with as many numbers as its latent, and a linear model on them for each target.

use super::training_context::TrainingContext;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::data::task::Task;
use crate::error::Result;
use crate::model::heads::card::HeadCard;
use crate::model::heads::score::HeadScore;
use crate::numerics::linear_algebra::pca::PrincipalAxes;
use crate::numerics::statistics::logistic::LogisticRegression;
use crate::numerics::statistics::ridge::Ridge;

/// The most iterations for the axes, as for a model that is PCA.
const MAX_ITERATIONS: usize = 100;

/// The principal components of the rows whose points a model keeps.
pub(super) struct Baseline<'a> {
    context: &'a TrainingContext,
    /// The rows, by their places in the data of the training.
    rows: Vec<usize>,
    /// True for each row that is held out.
    held_out: Vec<bool>,
    axes: PrincipalAxes,
    /// The coordinates of each row along the axes, `[rows, latent]`.
    components: Rows<f64>,
}

impl<'a> Baseline<'a> {
    /// The components of the rows along the axes of those among them that are trained on, as many as the latent has
    /// dimensions.
    pub fn new(context: &'a TrainingContext) -> Self {
        let data = &context.data;
        let width = data.rows.width();
        let kept = context.kept_rows(usize::MAX);
        let held_out: Vec<bool> = kept.iter().map(|&row| context.held_out[row]).collect();
        let rows = data.domain.read(&data.rows.select(&kept), &context.scaling);
        let training: Vec<usize> = (0..kept.len()).filter(|&row| !held_out[row]).collect();
        let count = context.config.latent_dim.min(width);
        let mut axes = PrincipalAxes::new(training.iter().map(|&row| rows.row(row)), width, count);
        for _ in 0..MAX_ITERATIONS {
            if !axes.step() {
                break;
            }
        }
        let (mean, directions) = (axes.mean(), axes.axes());
        let along = |row: &[f32], axis: &Vec<f64>| -> f64 {
            row.iter().zip(mean).zip(axis).map(|((v, mean), a)| (f64::from(*v) - mean) * a).sum()
        };
        let components = rows
            .iter()
            .flat_map(|row| directions.iter().map(move |axis| along(row, axis)))
            .collect();
        let components = Rows::from_flat(count, components);
        Self { context, rows: kept, held_out, axes, components }
    }

    /// The reconstruction error by the axes of those of its rows that are among `reported`, ascending, as
    /// [`Domain::error`](crate::data::domain::Domain::error) has it: the mean over rows of the mean square over what is
    /// known of each; none without rows.
    pub fn error(&self, reported: &[usize]) -> Option<f64> {
        let (mean, axes) = (self.axes.mean(), self.axes.axes());
        let is_reported = |&place: &usize| reported.binary_search(&self.rows[place]).is_ok();
        let rows: Vec<usize> = (0..self.rows.len()).filter(is_reported).collect();
        let places: Vec<usize> = rows.iter().map(|&place| self.rows[place]).collect();
        let known = self.context.scaling.apply(&self.context.data.rows.select(&places));
        let of_row = |(known, &row): (&[f32], &usize)| {
            let components = self.components.row(row);
            let at = |k: usize| {
                mean[k] + components.iter().zip(&axes).map(|(c, axis)| c * axis[k]).sum::<f64>()
            };
            let squares = known.iter().enumerate().filter(|(_, v)| !v.is_nan());
            let squares = squares.map(|(k, v)| (f64::from(*v) - at(k)).powi(2));
            let (sum, count) = squares.fold((0.0, 0), |(sum, count), v| (sum + v, count + 1));
            sum / count.max(1) as f64
        };
        let errors = known.iter().zip(&rows).map(of_row);
        (!rows.is_empty()).then(|| errors.sum::<f64>() / rows.len() as f64)
    }

    /// The metrics of linear models of a head's targets on the held-out rows, on all rows if none is held out: ridge regression
    /// for numbers, logistic regression for classes. None where a target cannot be fitted.
    ///
    /// # Errors
    /// When a component is not a number.
    pub fn scores(&self, card: &HeadCard) -> Result<Vec<HeadScore>> {
        let scores = card.targets().into_iter().map(|target| self.score(card, target));
        Ok(scores.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    fn score(&self, card: &HeadCard, target: Quantity) -> Result<Option<HeadScore>> {
        let held_out = &self.held_out;
        let all = self.context.data.values(target);
        let values: Vec<f64> = self.rows.iter().map(|&row| all[row]).collect();
        let of = |held: bool| -> Vec<usize> {
            let known = (0..values.len()).filter(|&row| values[row].is_finite());
            known.filter(|&row| held_out[row] == held).collect()
        };
        let training = of(false);
        let testing = if held_out.contains(&true) { of(true) } else { training.clone() };
        let points = self.components.select(&training).into_flat();
        let truth = |rows: &[usize]| rows.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        match &card.task {
            Task::Regression => Ok(Ridge::fit(&points, &truth(&training)).map(|ridge| {
                let predicted: Vec<f64> =
                    testing.iter().map(|&row| ridge.at(self.components.row(row))).collect();
                HeadScore::of_numbers(&predicted, &truth(&testing))
            })),
            Task::Classes(levels) => {
                let classes =
                    |rows| truth(rows).into_iter().map(|v| v as usize).collect::<Vec<_>>();
                let fit = LogisticRegression::fit(&points, &classes(&training), levels.len())?;
                let p = testing.iter().flat_map(|&row| fit.probabilities(self.components.row(row)));
                let p = Rows::from_flat(levels.len(), p.collect());
                Ok(Some(HeadScore::of_classes(&p, &classes(&testing))))
            }
        }
    }
}
