//! The description of a task head beside its weights; written as JSON into the checkpoint.

use super::judge::JudgeCard;
use super::reading::{ClassReading, HeadReading};
use super::score::{HeadScore, SetScore};
use crate::data::quantity::{Quantity, predicted_name};
use crate::data::task::{MAX_LEVELS, Task};
use crate::error::{Error, Result};
use crate::nn::activation::Activation;
use crate::nn::layer::{LayerSpec, chain};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The default number of networks of a head.
pub const USUAL_MEMBERS: usize = 5;
/// The maximum number of networks of a head.
pub const MAX_MEMBERS: usize = 64;
/// The maximum temperature of a head.
pub const MAX_TEMPERATURE: f64 = 20.0;

/// The minimum number of training rows with a value from which a head can learn a target column.
const MIN_TRAINING: usize = 10;
/// The minimum number of held-out rows with a value for the metrics of a head.
const MIN_HELD_OUT: usize = 2;

/// The description of a head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadCard {
    /// The name of the head: that of its target column, of several that of the first; a file has its name.
    #[serde(rename = "property", with = "predicted_name")]
    pub quantity: Quantity,
    /// The task: numbers, or one of several classes.
    #[serde(default)]
    pub task: Task,
    /// The layers of each member, in order. They end with the standardised values, the logit of the second of two
    /// classes, or the logits of all classes.
    pub layers: Vec<LayerSpec>,
    /// The quantities that it predicts: numbers, one for each output of the last layer, or the probability of each class.
    pub outputs: Vec<HeadOutput>,
    /// The metrics on held-out data, one for each target; none while the head is being learned.
    #[serde(default)]
    pub scores: Vec<HeadScore>,
    /// The metrics of a linear model of PCA on the same rows, one for each target; none where there is no such baseline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<HeadScore>,
    /// The metrics of the prediction sets of classes on test rows; none without test rows, of numbers, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<SetScore>,
    /// The temperature by which the logits of classes are divided (Guo et al. 2017), 1 to 20; 1 for numbers.
    #[serde(default = "one")]
    pub temperature: f64,
    /// True if the head was trained jointly with the autoencoder.
    pub joint: bool,
    /// The number of networks with these layers; the head predicts their mean.
    #[serde(default = "one_member")]
    pub members: usize,
}

/// A quantity that a head predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadOutput {
    /// The quantity; a file has its name.
    #[serde(rename = "property", with = "predicted_name")]
    pub quantity: Quantity,
    /// The mean over the training data: a network predicts `(quantity - offset) / scale` of a number. Of a class it is
    /// its share.
    pub offset: f64,
    /// The standard deviation over the training data; of a class that of its 0 and 1.
    pub scale: f64,
    /// The change of the prediction over decode, encode, decode that 99 % of the held-out samples do not exceed, at
    /// most 0.05; only for a target column. The statistics of the model have it for the other quantities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_change: Option<f64>,
    /// The fit of its judge; none while the head is being learned, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeCard>,
}

fn one() -> f64 {
    1.0
}

fn one_member() -> usize {
    1
}

/// The rows from which a head learns a target.
#[derive(Clone, Copy, Debug)]
pub struct HeadTarget<'a> {
    /// The quantity of the name of the target.
    pub quantity: Quantity,
    /// Its task.
    pub task: &'a Task,
    /// True if it is computed from the rows, not measured.
    pub is_computed: bool,
    /// The value of each row, `[samples]`; NaN if it is not known. Of classes the index of the class.
    pub values: &'a [f64],
    /// True for the held-out rows, `[samples]`.
    pub held_out: &'a [bool],
}

impl HeadTarget<'_> {
    /// The known values of the training rows.
    fn training(&self) -> impl Iterator<Item = f64> + '_ {
        let rows = self.values.iter().zip(self.held_out);
        rows.filter(|(value, held)| value.is_finite() && !**held).map(|(value, _)| *value)
    }

    /// Fails if fewer rows have a value of the target than a head needs.
    fn check(&self) -> Result<()> {
        let Self { quantity, task, is_computed, values, held_out } = *self;
        let (name, training) = (quantity.name(), self.training().count());
        if is_computed {
            return match training {
                0 | 1 => Err(Error::mismatch(text!(
                    "{name} is undefined for the training data, so no head can learn it; choose another property",
                    name
                ))),
                _ => Ok(()),
            };
        }
        let known = values.iter().zip(held_out).filter(|(value, held)| value.is_finite() && **held);
        let testing = known.count();
        if training < MIN_TRAINING || testing < MIN_HELD_OUT && held_out.contains(&true) {
            return Err(Error::mismatch(text!(
                "a head for {name} needs its value for {fewest_training} rows to learn from and {fewest_held_out} that are \
                 held out, and it is known for {training} and {testing}; measure more rows, or train without this head",
                name,
                fewest_training = MIN_TRAINING,
                fewest_held_out = MIN_HELD_OUT,
                training,
                testing
            )));
        }
        let first = self.training().next();
        match task.levels().get(first.unwrap_or(0.0) as usize) {
            Some(level) if self.training().all(|class| Some(class) == first) => {
                Err(Error::mismatch(text!(
                    "all training rows with a known {name} are {class}, so no head can learn to tell classes apart; \
                     give rows of other classes, or train without this head",
                    name,
                    class = level
                )))
            }
            _ => Ok(()),
        }
    }
}

/// The layers of a head: `latent -> widths (ReLU) -> outputs`, named `head.<quantity>.0` and so on.
pub fn head_layers(
    quantity: Quantity,
    latent: usize,
    widths: &[usize],
    outputs: usize,
) -> Vec<LayerSpec> {
    let widths: Vec<usize> = [latent].iter().chain(widths).chain(&[outputs]).copied().collect();
    chain(&format!("head.{}", quantity.name()), &widths, Activation::Relu, Activation::Linear)
}

impl HeadOutput {
    /// An output of a head that is not learned yet.
    pub fn new(quantity: Quantity, offset: f64, scale: f64) -> Self {
        Self { quantity: quantity.as_predicted(), offset, scale, usual_change: None, judge: None }
    }

    /// A quantity with the mean and the standard deviation of these values.
    fn of_values(quantity: Quantity, values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count() as f64;
        let offset = values.clone().sum::<f64>() / count;
        let variance = values.map(|v| (v - offset).powi(2)).sum::<f64>() / count;
        // A quantity that does not vary is not scaled.
        let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        Self::new(quantity, offset, scale)
    }
}

impl HeadCard {
    /// One network that is not learned yet, for numbers with these `outputs`.
    pub fn of_numbers(layers: Vec<LayerSpec>, outputs: Vec<HeadOutput>) -> Self {
        let quantity = outputs.first().map_or_else(Quantity::default, |output| output.quantity);
        let (task, scores) = (Task::Regression, Vec::new());
        let (quantity, temperature) = (quantity.as_predicted(), 1.0);
        Self {
            quantity,
            task,
            layers,
            outputs,
            scores,
            baselines: Vec::new(),
            sets: None,
            temperature,
            joint: false,
            members: 1,
        }
    }

    /// A head that is not learned yet for a target, with its statistics over the values that are finite and not held
    /// out.
    ///
    /// # Errors
    /// Names the quantity when fewer than two training samples have it or, for a target column, fewer than ten training
    /// and two held-out samples; also when all training samples are of one class.
    pub fn for_target(
        target: HeadTarget<'_>,
        latent: usize,
        widths: &[usize],
        joint: bool,
    ) -> Result<Self> {
        target.check()?;
        let quantity = target.quantity.as_predicted();
        let known: Vec<f64> = target.training().collect();
        let classes = target.task.quantities(quantity.column());
        let outputs: Vec<HeadOutput> = match target.task {
            Task::Regression => vec![HeadOutput::of_values(quantity, known.iter().copied())],
            Task::Classes(_) => {
                let of_class = |(class, quantity): (usize, &Quantity)| {
                    let is_class = |value: &f64| f64::from(u8::from(*value == class as f64));
                    HeadOutput::of_values(*quantity, known.iter().map(is_class))
                };
                classes.iter().enumerate().map(of_class).collect()
            }
        };
        let count = if target.task.levels().len() == 2 { 1 } else { outputs.len() };
        let layers = head_layers(quantity, latent, widths, count);
        let numbers = Self::of_numbers(layers, outputs);
        Ok(Self { quantity, task: target.task.clone(), joint, ..numbers })
    }

    /// The targets that it learns: its numbers, or the one target of its classes.
    pub fn targets(&self) -> Vec<Quantity> {
        match self.task {
            Task::Regression => self.outputs.iter().map(|output| output.quantity).collect(),
            Task::Classes(_) => vec![self.quantity],
        }
    }

    /// The reading of the members' outputs as a quantity; none if it is not one of this head.
    pub fn reading(&self, quantity: Quantity) -> Option<HeadReading> {
        let quantity = quantity.as_predicted();
        let set = self.task.classes_of(self.quantity.column(), quantity);
        let classes = set.map(|set| ClassReading { set, temperature: self.temperature });
        let index = || self.outputs.iter().position(|output| output.quantity == quantity);
        match self.task {
            Task::Regression => index().map(HeadReading::Output),
            Task::Classes(_) => classes.map(HeadReading::Classes),
        }
    }

    /// The output for a quantity of this head; for the probability of several classes one made of theirs: shares add
    /// up, and the least usual change counts.
    pub fn output(&self, quantity: Quantity) -> Option<Cow<'_, HeadOutput>> {
        let quantity = quantity.as_predicted();
        if let Some(own) = self.outputs.iter().find(|output| output.quantity == quantity) {
            return Some(Cow::Borrowed(own));
        }
        let set = self.task.classes_of(self.quantity.column(), quantity)?;
        let own: Vec<&HeadOutput> =
            set.classes().filter_map(|class| self.outputs.get(class)).collect();
        let share: f64 = own.iter().map(|output| output.offset).sum();
        let variance = share * (1.0 - share);
        let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        let changes = own.iter().filter_map(|output| output.usual_change);
        let largest = own.iter().copied().max_by(|a, b| a.offset.total_cmp(&b.offset));
        Some(Cow::Owned(HeadOutput {
            usual_change: changes.min_by(f64::total_cmp),
            // The process of the most frequent class lends its hyperparameters.
            judge: largest.and_then(|output| output.judge.clone()),
            ..HeadOutput::new(quantity, share, scale)
        }))
    }

    /// True if it learns or predicts this quantity.
    pub fn concerns(&self, quantity: Quantity) -> bool {
        let quantity = quantity.as_predicted();
        self.quantity == quantity || self.reading(quantity).is_some()
    }

    /// Its root mean square error of a quantity on held-out data; none of a class.
    pub fn rmse(&self, quantity: Quantity) -> Option<f64> {
        let place = self.outputs.iter().position(|own| own.quantity == quantity.as_predicted())?;
        Some(self.scores.get(place)?.regression()?.rmse)
    }

    /// The layers of every member: the first has the names of the card, member k names of its own,
    /// `head.<quantity>.member<k>.<i>`.
    pub fn all_layers(&self) -> Vec<LayerSpec> {
        let named = |member: usize, index: usize, layer: &LayerSpec| match member {
            0 => layer.clone(),
            _ => LayerSpec {
                name: format!("head.{}.member{member}.{index}", self.quantity.name()),
                ..layer.clone()
            },
        };
        let of =
            |member| self.layers.iter().enumerate().map(move |(i, layer)| named(member, i, layer));
        (0..self.members).flat_map(of).collect()
    }

    /// The widths of the hidden layers.
    pub fn widths(&self) -> Vec<usize> {
        self.layers.iter().skip(1).map(|layer| layer.inputs).collect()
    }

    /// True if layers, outputs and task fit each other.
    pub fn is_sound(&self) -> bool {
        let chained = self.layers.windows(2).all(|pair| pair[0].outputs == pair[1].inputs);
        // With another prefix, a layer would take the weights of another network in the same file.
        let prefix = format!("head.{}.", self.quantity.name());
        let named = self.layers.iter().all(|layer| layer.name.starts_with(&prefix));
        let name = self.quantity.column();
        let quantities: Vec<Quantity> = self.outputs.iter().map(|output| output.quantity).collect();
        let (own, count) = match &self.task {
            Task::Regression => (quantities.first() == Some(&self.quantity), quantities.len()),
            Task::Classes(levels) => {
                let count = if levels.len() == 2 { 1 } else { levels.len() };
                (self.task.check(name).is_ok() && quantities == self.task.quantities(name), count)
            }
        };
        let ends = self.layers.last().is_some_and(|last| last.outputs == count)
            && quantities.len() <= MAX_LEVELS;
        let is_scaled = |output: &HeadOutput| {
            output.offset.is_finite() && output.scale.is_finite() && output.scale > 0.0
        };
        let scaled = self.outputs.iter().all(is_scaled);
        let tempered = (1.0..=MAX_TEMPERATURE).contains(&self.temperature);
        chained && named && own && ends && scaled && tempered
    }

    /// The metrics of the target at this place, and those of the baseline where there is one: `R2 0.98, RMSE 0.06 N, MAE 0.05 N
    /// (ridge regression on PCA: R2 0.93, ..)`.
    pub fn score_beside_baseline(&self, place: usize, unit: &str) -> Option<Text> {
        let score = self.scores.get(place)?.text(unit);
        let Some(baseline) = self.baselines.get(place) else { return Some(score) };
        let baseline = baseline.text(unit);
        Some(match self.task {
            Task::Regression => {
                text!("{score} (ridge regression on PCA: {baseline})", score, baseline)
            }
            Task::Classes(_) => {
                text!("{score} (logistic regression on PCA: {baseline})", score, baseline)
            }
        })
    }

    /// Checks what a file says of the errors of a head.
    ///
    /// # Errors
    /// Says which numbers are impossible.
    pub fn check_scores(&self) -> std::result::Result<(), Text> {
        let changes = self.outputs.iter().filter_map(|output| output.usual_change);
        let is_sound = self.scores.iter().chain(&self.baselines).all(HeadScore::is_sound)
            && self.sets.as_ref().is_none_or(SetScore::is_sound)
            && changes.into_iter().all(|change| (0.0..=0.05).contains(&change));
        let name = self.quantity.name();
        match is_sound {
            true => Ok(()),
            false => Err(text!(
                "is damaged: the errors of its head for {name} are impossible; train the head again",
                name
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(name: &str) -> Quantity {
        name.parse().unwrap()
    }

    fn lattice(levels: &[&str], values: &[f64]) -> Result<HeadCard> {
        let task = Task::Classes(levels.iter().map(|level| (*level).to_owned()).collect());
        let held_out: Vec<bool> = (0..values.len()).map(|row| row % 5 == 4).collect();
        let (quantity, is_computed) = (quantity("lattice"), false);
        let target = HeadTarget { quantity, task: &task, is_computed, values, held_out: &held_out };
        HeadCard::for_target(target, 3, &[4], true)
    }

    #[test]
    fn classes_have_an_output_each_with_its_share() {
        let values: Vec<f64> = (0..20).map(|row| f64::from(row % 4 / 2 * 2)).collect();
        let card = lattice(&["bcc", "fcc", "hcp"], &values).unwrap();
        assert_eq!(card.layers[1].outputs, 3);
        assert!(card.is_sound());
        let shares: Vec<f64> = card.outputs.iter().map(|output| output.offset).collect();
        assert_eq!(shares, [0.5, 0.0, 0.5]);
        assert_eq!((card.outputs[0].scale, card.outputs[1].scale), (0.5, 1.0));
        assert_eq!(card.targets(), [quantity("lattice")]);
        let both = card.output(quantity("lattice_fcc+hcp")).unwrap();
        assert_eq!((both.offset, both.scale), (0.5, 0.5));
        assert!(card.reading(quantity("lattice")).is_none(), "a class is no number");
        assert!(card.concerns(quantity("lattice")) && card.concerns(quantity("lattice_hcp")));
        assert!(
            !card.concerns(quantity("lattice_sc")) && card.rmse(quantity("lattice_hcp")).is_none()
        );
        let two = lattice(&["bcc", "fcc"], &values.iter().map(|v| v / 2.0).collect::<Vec<_>>());
        assert_eq!(two.unwrap().layers[1].outputs, 1, "one logit for two classes");
    }

    #[test]
    fn one_class_alone_is_refused_and_so_are_few_rows() {
        let refused = lattice(&["bcc", "fcc"], &[1.0; 20]).unwrap_err().to_string();
        assert!(refused.contains("lattice") && refused.contains("fcc"), "{refused}");
        let refused = lattice(&["bcc", "fcc"], &[0.0, 1.0, 0.0]).unwrap_err().to_string();
        assert!(refused.contains("lattice"), "{refused}");
    }

    #[test]
    fn a_card_that_does_not_fit_its_task_is_not_sound() {
        let values: Vec<f64> = (0..20).map(|row| f64::from(row % 3)).collect();
        let card = lattice(&["bcc", "fcc", "hcp"], &values).unwrap();
        let text = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<HeadCard>(&text).unwrap(), card);
        let broken = |change: fn(&mut HeadCard)| {
            let mut card = card.clone();
            change(&mut card);
            !card.is_sound()
        };
        assert!(broken(|card| card.task = Task::Regression));
        assert!(broken(|card| card.outputs.swap(0, 1)));
        assert!(broken(|card| card.layers[1].outputs = 2));
        assert!(broken(|card| card.temperature = 0.5));
        assert!(broken(|card| card.outputs[2].scale = 0.0));
        assert!(broken(|card| card.layers[0].name = "decoder.0".to_owned()));
    }
}
