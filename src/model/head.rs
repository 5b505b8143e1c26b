//! Task heads: small networks on z that predict a quantity without decoding.

use super::judge::{Judge, JudgeCard};
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::nn::activation::Activation;
use crate::nn::graph;
use crate::nn::layer::{LayerSpec, chain};
use crate::nn::mlp::{Mlp, Trace};
use crate::numerics::runtime::rows_at_once;
use crate::text;
use candle_core::Tensor;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// The description of a head beside its weights; written as JSON into the checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadCard {
    /// The predicted quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The layers of each member, in order.
    pub layers: Vec<LayerSpec>,
    /// The mean over the training data: the network predicts `(quantity - offset) / scale`.
    pub offset: f64,
    /// The standard deviation over the training data.
    pub scale: f64,
    /// R2 on held-out data, `1 - sum (y - y')^2 / sum (y - mean)^2`: 1 is perfect, 0 is no better than the mean.
    pub r2: f64,
    /// Root mean square error on held-out data, in the quantity's unit.
    pub rmse: f64,
    /// True if the head was trained jointly with the autoencoder.
    pub joint: bool,
    /// The change of the prediction over decode, encode, decode that 99 % of the held-out samples do not exceed, at
    /// most 0.05; only for a target column. The statistics of the model have it for the other quantities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_change: Option<f64>,
    /// The number of networks with these layers; the head predicts their mean.
    #[serde(default = "one")]
    pub members: usize,
    /// The fit of its judge; none while the head is being learned, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeCard>,
}

fn one() -> usize {
    1
}

/// The default number of networks of a head.
pub const USUAL_MEMBERS: usize = 5;
/// The maximum number of networks of a head.
pub const MAX_MEMBERS: usize = 64;

/// The minimum number of training rows with a value from which a head can learn a target column.
const MIN_TRAINING: usize = 10;
/// The minimum number of held-out rows with a value for the metrics of a head.
const MIN_HELD_OUT: usize = 2;

/// Fails if fewer shapes have a value of the target column than a head needs; `training` is the number of training rows
/// with a value.
fn enough_values(
    quantity: Quantity,
    training: usize,
    values: &[f64],
    held_out: &[bool],
) -> Result<()> {
    let known = values.iter().zip(held_out).filter(|(value, held)| value.is_finite() && **held);
    let testing = known.count();
    if training >= MIN_TRAINING && (testing >= MIN_HELD_OUT || !held_out.contains(&true)) {
        return Ok(());
    }
    let name = quantity.name();
    Err(Error::mismatch(text!(
        "a head for {name} needs its value for {fewest_training} shapes to learn from and {fewest_held_out} that are \
         held out, and it is known for {training} and {testing}; measure more shapes, or train without this head",
        name,
        fewest_training = MIN_TRAINING,
        fewest_held_out = MIN_HELD_OUT,
        training,
        testing
    )))
}

impl HeadCard {
    /// A head that is not learned yet, for a `quantity` with `values [samples]`; offset and scale are the mean and the
    /// standard deviation over the values that are finite and not `held_out [samples]`.
    ///
    /// # Errors
    /// Names the quantity when fewer than two training samples have it or, for a target column, fewer than ten training
    /// and two held-out samples.
    pub fn for_quantity(
        quantity: Quantity,
        values: &[f64],
        held_out: &[bool],
        latent: usize,
        widths: &[usize],
        joint: bool,
    ) -> Result<Self> {
        let training = || {
            let rows = values.iter().zip(held_out);
            rows.filter(|(value, held)| value.is_finite() && !**held).map(|(value, _)| *value)
        };
        let count = training().count();
        if quantity.is_predicted() {
            enough_values(quantity, count, values, held_out)?;
        } else if count < 2 {
            let name = quantity.name();
            return Err(Error::mismatch(text!(
                "{name} is undefined for the training data, so no head can learn it; choose another property",
                name
            )));
        }
        let offset = training().sum::<f64>() / count as f64;
        let variance = training().map(|v| (v - offset).powi(2)).sum::<f64>() / count as f64;
        // A quantity that does not vary is not scaled.
        let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        let layers = head_layers(quantity, latent, widths);
        Ok(Self {
            quantity,
            layers,
            offset,
            scale,
            r2: 0.0,
            rmse: 0.0,
            joint,
            usual_change: None,
            members: 1,
            judge: None,
        })
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
}

/// Added to the mean squared deviation of the members from their mean, in standardised units, before the root.
pub const MIN_SQUARE: f64 = 1e-12;

/// A frozen head: `z [n, latent] -> quantity [n]`, the mean of one or more networks that learned from different
/// resamples with different seeds (deep ensembles: Lakshminarayanan et al. 2017).
#[derive(Clone, Debug)]
pub struct TaskHead {
    /// The description of the head.
    pub card: HeadCard,
    members: Vec<Mlp>,
    /// Computed on first use; it depends on the data of the model that has the head.
    pub(super) judge: OnceLock<Arc<Judge>>,
}

/// The layers of a head: `latent -> widths (ReLU) -> 1`, named `head.<quantity>.0` and so on.
pub fn head_layers(quantity: Quantity, latent: usize, widths: &[usize]) -> Vec<LayerSpec> {
    let widths: Vec<usize> = [latent].iter().chain(widths).chain(&[1]).copied().collect();
    chain(&format!("head.{}", quantity.name()), &widths, Activation::Relu, Activation::Linear)
}

impl TaskHead {
    /// Assembles a head from its card and its parameters: member by member, layer by layer, weight and bias, row-major.
    ///
    /// # Errors
    /// Names the head whose layers or parameters do not fit.
    pub fn new(card: HeadCard, parameters: &[Vec<f32>]) -> Result<Self> {
        let chained = card.layers.windows(2).all(|pair| pair[0].outputs == pair[1].inputs);
        let ends = card.layers.last().is_some_and(|last| last.outputs == 1);
        // With another prefix, a layer would take the weights of another network in the same file.
        let prefix = format!("head.{}.", card.quantity.name());
        let named = card.layers.iter().all(|layer| layer.name.starts_with(&prefix));
        let scaled = card.offset.is_finite() && card.scale.is_finite() && card.scale > 0.0;
        let each = 2 * card.layers.len();
        let counted =
            (1..=MAX_MEMBERS).contains(&card.members) && parameters.len() == each * card.members;
        let name = card.quantity.name();
        if !chained || !ends || !named || !scaled || !counted {
            return Err(Error::mismatch(text!(
                "the layers of the head for {name} do not fit",
                name
            )));
        }
        let members = parameters.chunks_exact(each).map(|own| Mlp::new(&card.layers, own));
        let members = members.collect::<std::result::Result<_, _>>().map_err(|problem| {
            Error::mismatch(text!("the head for {name} is no network: {problem}", name, problem))
        })?;
        Ok(Self { members, card, judge: OnceLock::new() })
    }

    /// The number of latent dimensions that the head reads.
    pub fn latent_dim(&self) -> usize {
        self.card.layers.first().map_or(0, |layer| layer.inputs)
    }

    /// The parameters, member by member and layer by layer, weight and bias, row-major.
    pub fn parameters(&self) -> impl Iterator<Item = &[f32]> {
        self.members.iter().flat_map(Mlp::parameters)
    }

    /// The networks, `z [n, latent] -> [n, 1]` in standardised units.
    pub fn members(&self) -> &[Mlp] {
        &self.members
    }

    /// The same head with this card of its judge, which is computed again.
    pub fn with_judge(&self, judge: JudgeCard) -> Self {
        let card = HeadCard { judge: Some(judge), ..self.card.clone() };
        Self { card, members: self.members.clone(), judge: OnceLock::new() }
    }

    /// The mean of the networks, within a graph and in standardised units: `z [n, latent] -> [n]`.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    fn standardised(&self, z: &Tensor) -> Result<Tensor> {
        Ok(Tensor::stack(&self.each_standardised(z)?, 0)?.mean(0)?)
    }

    fn each_standardised(&self, z: &Tensor) -> Result<Vec<Tensor>> {
        self.members.iter().map(|member| Ok(graph::apply(member, z)?.squeeze(1)?)).collect()
    }

    /// The mean of the members and their standard deviation, within a graph and in the quantity's unit, `[n]` both: the
    /// root of the mean squared deviation of the members from their mean.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn mean_and_spread(&self, z: &Tensor) -> Result<(Tensor, Tensor)> {
        let each = Tensor::stack(&self.each_standardised(z)?, 0)?;
        let mean = each.mean(0)?;
        let square = each.broadcast_sub(&mean)?.sqr()?.mean(0)?;
        // The root has no finite slope at 0, where members agree.
        let spread = (square + MIN_SQUARE)?.sqrt()?;
        Ok((((mean * self.card.scale)? + self.card.offset)?, (spread * self.card.scale)?))
    }

    /// The prediction in the quantity's unit, within a graph: `z [n, latent] -> [n]`.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn predict(&self, z: &Tensor) -> Result<Tensor> {
        Ok(((self.standardised(z)? * self.card.scale)? + self.card.offset)?)
    }

    /// The prediction at many latent points, `[n, latent] -> [n]`, in the quantity's unit.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn predict_all(&self, z: &Rows<f64>) -> Result<Vec<f64>> {
        let widest = self.card.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(1);
        let latent = self.latent_dim();
        if z.width() != latent {
            let problem =
                text!("the latent has {latent} dimensions, not {width}", latent, width = z.width());
            return Err(Error::mismatch(problem));
        }
        let mut trace = Trace::default();
        let mut values = Vec::with_capacity(z.len());
        for chunk in z.as_flat().chunks(rows_at_once(widest) * latent) {
            let z: Vec<f32> = chunk.iter().map(|&v| v as f32).collect();
            let mut sums = vec![0.0; z.len() / latent];
            for member in &self.members {
                let predicted = member.apply(&z, sums.len(), &mut trace);
                sums.iter_mut().zip(predicted).for_each(|(sum, v)| *sum += f64::from(*v));
            }
            let count = self.members.len() as f64;
            values.extend(sums.iter().map(|sum| sum / count * self.card.scale + self.card.offset));
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::graph::flat_f64;
    use crate::nn::layer::initial_parameters;
    use candle_core::Device;

    fn card(widths: &[usize]) -> HeadCard {
        HeadCard {
            quantity: Quantity::ROUNDNESS,
            layers: head_layers(Quantity::ROUNDNESS, 3, widths),
            offset: 0.5,
            scale: 2.0,
            r2: 0.9,
            rmse: 0.1,
            joint: false,
            usual_change: None,
            members: 1,
            judge: None,
        }
    }

    #[test]
    fn a_head_predicts_in_the_unit_of_its_quantity() {
        let card = card(&[4, 5]);
        let parameters = initial_parameters(&card.layers, 1);
        let head = TaskHead::new(card, &parameters).unwrap();
        let z = Tensor::new(&[[0.1f32, -0.4, 2.0], [1.0, 0.0, 0.3]], &Device::Cpu).unwrap();
        let plain: Vec<f32> = head.standardised(&z).unwrap().to_vec1().unwrap();
        let predicted: Vec<f32> = head.predict(&z).unwrap().to_vec1().unwrap();
        for (plain, predicted) in plain.iter().zip(&predicted) {
            assert!((plain * 2.0 + 0.5 - predicted).abs() < 1e-6);
        }
        let rows = Rows::from_flat(3, vec![0.1f32, -0.4, 2.0, 1.0, 0.0, 0.3]);
        let rows = Rows::from_flat(3, rows.as_flat().iter().map(|&v| f64::from(v)).collect());
        let many = head.predict_all(&rows).unwrap();
        assert!(many.iter().zip(&predicted).all(|(a, b)| (*a - f64::from(*b)).abs() < 1e-6));
        assert!((plain[0] - plain[1]).abs() > 1e-6, "the prediction depends on z");
    }

    #[test]
    fn several_members_predict_their_mean_and_have_names_of_their_own() {
        let card = HeadCard { members: 3, ..card(&[4]) };
        let layers = card.all_layers();
        assert_eq!(layers.len(), 6);
        assert_eq!(layers[5].name, "head.roundness.member2.1");
        let parameters = initial_parameters(&layers, 1);
        let head = TaskHead::new(card.clone(), &parameters).unwrap();
        let z = Tensor::new(&[[0.1f32, -0.4, 2.0], [1.0, 0.0, 0.3]], &Device::Cpu).unwrap();
        let alone = |member: usize| {
            let card = HeadCard { members: 1, ..card.clone() };
            let own = &parameters[4 * member..4 * (member + 1)];
            flat_f64(&TaskHead::new(card, own).unwrap().predict(&z).unwrap()).unwrap()
        };
        let each = [alone(0), alone(1), alone(2)];
        let (mean, spread) = head.mean_and_spread(&z).unwrap();
        let (mean, spread) = (flat_f64(&mean).unwrap(), flat_f64(&spread).unwrap());
        let predicted = flat_f64(&head.predict(&z).unwrap()).unwrap();
        for row in 0..2 {
            let expected = each.iter().map(|values| values[row]).sum::<f64>() / 3.0;
            let square = each.iter().map(|values| (values[row] - expected).powi(2)).sum::<f64>();
            assert!(
                (predicted[row] - expected).abs() < 1e-6 && (mean[row] - expected).abs() < 1e-6
            );
            assert!((spread[row] - (square / 3.0).sqrt()).abs() < 1e-5, "{}", spread[row]);
        }
        let wrong = HeadCard { members: 2, ..card };
        assert!(TaskHead::new(wrong, &parameters).is_err());
    }

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let mut bad = card(&[4]);
        let parameters = initial_parameters(&bad.layers, 1);
        bad.layers[1].inputs = 7;
        assert!(TaskHead::new(bad, &parameters).unwrap_err().to_string().contains("round"));
        let flat = HeadCard { scale: 0.0, ..card(&[4]) };
        assert!(TaskHead::new(flat, &parameters).is_err());
        let mut foreign = card(&[4]);
        foreign.layers[0].name = "decoder.0".to_owned();
        assert!(TaskHead::new(foreign, &parameters).is_err());
        let wide = HeadCard { layers: head_layers(Quantity::ROUNDNESS, 3, &[5]), ..card(&[4]) };
        let refused = TaskHead::new(wide, &parameters).unwrap_err().to_string();
        assert!(refused.contains("head.roundness.0"), "{refused}");
    }

    #[test]
    fn widths_are_those_of_the_hidden_layers() {
        assert_eq!(card(&[4, 5]).widths(), [4, 5]);
    }
}
