//! Quantities of a shape: computed by geometry, or predicted by heads.

use super::card::HeadOutput;
use super::class_prediction::{ClassPrediction, prediction_set};
use super::head::{FittedJudges, TaskHead};
use super::judge::{Judge, JudgeCard, JudgedData, Prediction};
use super::reading::HeadReading;
use super::score::SetScore;
use crate::data::dataset::Target;
use crate::data::quantity::{Quantity, check_known, predicted};
use crate::data::rows::Rows;
use crate::data::task::TargetReading;
use crate::error::{Error, Result};
use crate::model::{Model, Value};
use crate::text;
use crate::text::Text;
use rayon::prelude::*;
use std::sync::Arc;

impl Model {
    /// The quantities whose values are known of its rows: those that are computed, then the target columns, of classes
    /// the probability of each. Of a model without data, what its heads predict stands for the columns that they learned.
    pub fn known_quantities(&self) -> Vec<Quantity> {
        let targets = self.encoded.measured.iter().flat_map(Target::quantities);
        let learned = self.predicted_quantities().filter(|_| !self.has_data());
        self.domain().quantities().into_iter().chain(targets).chain(learned).collect()
    }

    /// The quantities that heads can learn: those that are computed, then the target columns by their names.
    pub fn learnable(&self) -> Vec<Quantity> {
        let targets = self.encoded.measured.iter().map(Target::quantity);
        self.domain().quantities().into_iter().chain(targets).collect()
    }

    /// The learnable quantity whose head predicts a quantity: of a class its target.
    pub fn learned_as(&self, quantity: Quantity) -> Quantity {
        self.encoded.column(quantity).map_or(quantity, Target::quantity)
    }

    /// The quantity that is shown unless another one is named: of outlines the first that is computed; of a table that
    /// of its first head, else its first column.
    pub fn usual_quantity(&self) -> Quantity {
        let by_head =
            self.predicted_quantities().next().filter(|_| self.domain().table().is_some());
        by_head.or_else(|| self.domain().quantities().first().copied()).unwrap_or_default()
    }

    /// A quantity of which only the name was given, from the source that the model has: computed, else predicted.
    pub fn resolve(&self, quantity: Quantity) -> Quantity {
        match (quantity.is_bare(), self.computes(quantity)) {
            (true, true) => quantity.as_computed(),
            (true, false) => quantity.as_predicted(),
            (false, _) => quantity,
        }
    }

    /// True if the values of a quantity of this name are known of its rows.
    pub fn knows(&self, quantity: Quantity) -> bool {
        self.computes(quantity)
            || self.encoded.column(quantity).is_some()
            || !self.has_data() && self.head(quantity).is_some()
    }

    /// Its quantities: those that are computed, the target columns, and the predictions of heads that learned what is
    /// computed.
    pub fn quantities(&self) -> Vec<Quantity> {
        let mut all = self.known_quantities();
        let by_heads = self.heads().iter().flat_map(|head| &head.card.outputs);
        let by_heads = by_heads.map(|output| output.quantity);
        all.extend(by_heads.filter(|quantity| self.computes(*quantity)));
        all
    }

    /// True if the name of a quantity is that of one which is computed.
    pub fn computes(&self, quantity: Quantity) -> bool {
        self.domain().index(quantity.as_computed()).is_some()
    }

    /// The value of a row that is computed under the name of a quantity; none if only a head gives it.
    pub fn computed(&self, quantity: Quantity, row: &[f32]) -> Option<f64> {
        let computed = quantity.as_computed();
        self.computes(quantity).then(|| self.domain().value(computed, row))
    }

    /// The unit of a quantity; empty if it is not known.
    pub fn unit(&self, quantity: Quantity) -> &str {
        let computed = || self.domain().unit(self.domain().index(quantity)?);
        match self.encoded.column(quantity) {
            Some(column) => &column.unit,
            None => computed().unwrap_or_default(),
        }
    }

    /// The title of a quantity at the head of a column or beside a colour bar: with its unit if known, and marked as
    /// predicted if only a head gives it.
    pub fn title(&self, quantity: Quantity) -> Text {
        match self.title_lines(quantity) {
            (title, Some(_)) => predicted(title),
            (title, None) => title,
        }
    }

    /// The [`title`](Self::title) on two short lines: the name with its unit, and the mark of a prediction if it is
    /// one.
    pub fn title_lines(&self, quantity: Quantity) -> (Text, Option<Text>) {
        let title = match self.unit(quantity) {
            "" => quantity.plain_label(),
            unit => text!("{quantity} [{unit}]", quantity = quantity.plain_label(), unit),
        };
        (title, quantity.is_predicted().then(|| text!("predicted")))
    }

    /// The text of a value of a quantity, with its unit if known.
    pub fn with_unit(&self, quantity: Quantity, value: &str) -> String {
        match self.unit(quantity) {
            "" => value.to_owned(),
            unit => format!("{value} {unit}"),
        }
    }

    /// The target value of the shape in row `row` of the encoded data, if it is known.
    pub fn measured(&self, quantity: Quantity, row: usize) -> Option<f64> {
        let (column, reading) = self.encoded.target(quantity)?;
        let value = column.values.get(row).map(|value| reading.read(*value));
        value.filter(|value| value.is_finite())
    }

    /// The class of row `row` of the encoded data, if its target is one of classes and known.
    pub fn measured_class(&self, target: Quantity, row: usize) -> Option<&str> {
        let column = self.encoded.column(target)?;
        let class = self.measured(target, row)?;
        column.task.levels().get(class as usize).map(String::as_str)
    }

    /// True if the quantity is available for any row: computed, or predicted by a head.
    pub fn can_tell(&self, quantity: Quantity) -> bool {
        match quantity.is_predicted() {
            true => self.head(quantity).is_some_and(|head| head.card.reading(quantity).is_some()),
            false => self.computes(quantity),
        }
    }

    /// Fails unless the quantity is available for any shape.
    ///
    /// # Errors
    /// Lists the quantities of the model, or says how to train the missing head.
    pub fn check_can_tell(&self, quantity: Quantity) -> Result<()> {
        if self.can_tell(quantity) {
            return Ok(());
        }
        if let Some((name, level)) = self.class_named(quantity) {
            return Err(Error::mismatch(text!(
                "{name} is one of several classes, not a number; ask for the probability of one, such as {level}",
                name,
                level = level.to_string()
            )));
        }
        if !self.knows(quantity) {
            check_known(quantity, &self.known_quantities())?;
        }
        let name = self.learned_as(quantity).name();
        Err(Error::mismatch(text!(
            "no head predicts {name} of other shapes yet; train one with 'latent-explorer heads --property \"{name}\"', \
             or press 'Train head: {label}'",
            name,
            label = quantity.plain_label()
        )))
    }

    /// The name of the target of classes that a quantity names as if it were a number, and the probability of its first
    /// class.
    fn class_named(&self, quantity: Quantity) -> Option<(&'static str, Quantity)> {
        let (target, reading) = self.encoded.target(quantity)?;
        let is_number = reading == TargetReading::Value && target.task.has_classes();
        Some((target.name.as_str(), *target.quantities().first().filter(|_| is_number)?))
    }

    /// A quantity of decoded shapes, `z [n, latent]` and `outlines [n, input]` -> `[n]`: computed from the outline, or
    /// predicted by the head at z; NaN if there is no head.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell(
        &self,
        quantity: Quantity,
        z: &Rows<f64>,
        outlines: &Rows<f32>,
    ) -> Result<Vec<f64>> {
        if !quantity.is_predicted() {
            return Ok(outlines.iter().map(|row| self.domain().value(quantity, row)).collect());
        }
        self.predict(quantity, z).unwrap_or_else(|| Ok(vec![f64::NAN; z.len()]))
    }

    /// The prediction of the head for a quantity at latent points, each with the interval of its judge,
    /// `[n, latent] -> [n]`; none without a head. The interval is NaN for a model without data.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's, or the data hold too few values for a judge.
    pub fn predictions(
        &self,
        quantity: Quantity,
        z: &Rows<f64>,
    ) -> Result<Option<Vec<Prediction>>> {
        let Some(said) = self.predict(quantity, z).transpose()? else { return Ok(None) };
        Ok(Some(match self.judge(quantity)? {
            Some(judge) => judge.predictions(&said, z),
            None => said.into_iter().map(Prediction::without_interval).collect(),
        }))
    }

    /// A quantity of decoded shapes for display, `z [n, latent]` and `outlines [n, input]` -> `[n]`: computed from the
    /// outline, or predicted by the head at z with its interval; [`Value::NONE`] if there is no head.
    ///
    /// # Errors
    /// As [`Self::predictions`].
    pub fn values(
        &self,
        quantity: Quantity,
        z: &Rows<f64>,
        outlines: &Rows<f32>,
    ) -> Result<Vec<Value>> {
        if !quantity.is_predicted() {
            let computed = |row| Value::Computed(self.domain().value(quantity, row));
            return Ok(outlines.iter().map(computed).collect());
        }
        let predicted = self.predictions(quantity, z)?;
        Ok(predicted.map_or_else(
            || vec![Value::NONE; z.len()],
            |all| all.into_iter().map(Value::Predicted).collect(),
        ))
    }

    /// As [`Self::values`], for one shape.
    ///
    /// # Errors
    /// As [`Self::predictions`].
    pub fn value(&self, quantity: Quantity, z: &[f64], outline: &[f32]) -> Result<Value> {
        let z = Rows::from_flat(z.len(), z.to_vec());
        let outline = Rows::from_flat(outline.len(), outline.to_vec());
        Ok(self.values(quantity, &z, &outline)?[0])
    }

    /// True if a quantity is the probability of classes of a target; without data of the target of a head.
    pub fn is_of_class(&self, quantity: Quantity) -> bool {
        match self.head(quantity).filter(|_| !self.has_data()) {
            Some(head) => matches!(head.card.reading(quantity), Some(HeadReading::Classes(_))),
            None => self.encoded.is_of_class(quantity),
        }
    }

    /// The predicted quantities that cannot be computed.
    pub fn predicted_quantities(&self) -> impl Iterator<Item = Quantity> + '_ {
        let told = self.heads().iter().flat_map(|head| &head.card.outputs);
        told.map(|output| output.quantity).filter(|quantity| !self.computes(*quantity))
    }

    /// Computes the judges of all heads for target columns in advance, so that no caller waits for them later.
    ///
    /// # Errors
    /// When the data hold too few values for a judge.
    pub fn prepare_judges(&self) -> Result<()> {
        self.predicted_quantities().try_for_each(|quantity| self.judge(quantity).map(drop))
    }

    /// The judge of the head for a quantity, computed on first use: in a fraction of a second, or in milliseconds for a
    /// head without a fitted judge. None without a head, or without data.
    ///
    /// # Errors
    /// When the data hold too few values for a judge.
    pub fn judge(&self, quantity: Quantity) -> Result<Option<Arc<Judge>>> {
        let quantity = quantity.as_predicted();
        let Some(head) = self.head(quantity).filter(|_| self.has_data()) else { return Ok(None) };
        let Some(output) = head.card.output(quantity) else { return Ok(None) };
        let computed = || Judge::new(self.judged_data(&output), output.judge.as_ref());
        head.judge(quantity, computed).map(Some)
    }

    /// The judges of a head's quantities, fitted to their data, which takes a fraction of a second each.
    ///
    /// # Errors
    /// When the head has other latent dimensions, or the data hold too few values for a judge.
    pub fn fitted_judges(&self, head: &TaskHead) -> Result<FittedJudges> {
        let fitted = |output: &HeadOutput| {
            Judge::fitted(self.judged_data(output), &|z| head.predict_all(output.quantity, z))
        };
        let fitted: Vec<_> = head.card.outputs.par_iter().map(fitted).collect::<Result<_>>()?;
        let (cards, tested): (Vec<JudgeCard>, Vec<Vec<(Prediction, f64)>>) =
            fitted.into_iter().unzip();
        let sets = if head.card.task.has_classes() { set_score(&tested) } else { None };
        Ok(FittedJudges { cards, sets })
    }

    /// The predicted class of a head of classes at latent points, `z [n, latent] -> [n]`; empty for a head of numbers.
    ///
    /// # Errors
    /// As [`Self::predictions`].
    pub fn predicted_classes(
        &self,
        head: &TaskHead,
        z: &Rows<f64>,
    ) -> Result<Vec<ClassPrediction>> {
        if !head.card.task.has_classes() {
            return Ok(Vec::new());
        }
        let of_class =
            |output: &HeadOutput| Ok(self.predictions(output.quantity, z)?.unwrap_or_default());
        let each: Vec<Vec<Prediction>> =
            head.card.outputs.iter().map(of_class).collect::<Result<_>>()?;
        let at = |row: usize| each.iter().map(|all| all[row]).collect::<Vec<Prediction>>();
        Ok((0..z.len()).map(|row| ClassPrediction::new(&head.card, &at(row))).collect())
    }

    fn judged_data(&self, output: &HeadOutput) -> JudgedData<'_> {
        let (encoded, density) = (&self.encoded, self.density());
        let HeadOutput { quantity, offset, scale, .. } = *output;
        let (seed, is_class) = (self.card.seed(), encoded.is_of_class(quantity));
        JudgedData { encoded, density, seed, quantity, offset, scale, is_class }
    }

    /// As [`Self::tell`], for one shape.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell_one(&self, quantity: Quantity, z: &[f64], outline: &[f32]) -> Result<f64> {
        let z = Rows::from_flat(z.len(), z.to_vec());
        let outline = Rows::from_flat(outline.len(), outline.to_vec());
        Ok(self.tell(quantity, &z, &outline)?[0])
    }

    /// As [`Self::tell`], for one outline that was not decoded, at its encoded mean.
    ///
    /// # Errors
    /// When the outline has not the width of the model's input.
    pub fn tell_outline(&self, quantity: Quantity, outline: &[f32]) -> Result<f64> {
        if !quantity.is_predicted() {
            return Ok(self.domain().value(quantity, outline));
        }
        let (z, _) = self.encode(&Rows::from_flat(outline.len(), outline.to_vec()))?;
        self.tell_one(quantity, z.as_flat(), outline)
    }
}

/// The metrics of the prediction sets from the predictions of each class at the same test rows, with 1 in the rows of the
/// class and 0 in the others, `[classes][rows]`.
fn set_score(tested: &[Vec<(Prediction, f64)>]) -> Option<SetScore> {
    let rows = 0..tested.first()?.len();
    let set = |row: usize| {
        prediction_set(&tested.iter().map(|of_class| of_class[row].0).collect::<Vec<_>>())
    };
    let class = |row: usize| tested.iter().position(|of_class| of_class[row].1 == 1.0);
    let truth: Option<Vec<usize>> = rows.clone().map(class).collect();
    SetScore::of_sets(&rows.map(set).collect::<Vec<_>>(), &truth?)
}
