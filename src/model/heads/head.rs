//! Task heads: small networks on z that predict quantities without decoding.

use super::card::{HeadCard, MAX_MEMBERS};
use super::judge::{Judge, JudgeCard};
use super::reading::{ClassReading, HeadReading, softmax};
use super::score::SetScore;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::nn::graph;
use crate::nn::mlp::{Mlp, Trace};
use crate::nn::output_block::OutputBlock;
use crate::numerics::runtime::rows_at_once;
use crate::text;
use candle_core::{D, Device, Tensor};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Added to the mean squared deviation of the members from their mean, in standardised units or as a probability, before
/// the root.
pub const MIN_SQUARE: f64 = 1e-12;

/// A frozen head: `z [n, latent] -> quantity [n]`, the mean of one or more networks that learned from different
/// resamples with different seeds (deep ensembles: Lakshminarayanan et al. 2017). Of classes it is the mean of the
/// networks' probabilities.
#[derive(Clone, Debug)]
pub struct TaskHead {
    /// The description of the head.
    pub card: HeadCard,
    members: Vec<Mlp>,
    judges: JudgeCache,
}

/// The fit of the judges of a head.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedJudges {
    /// The card of the judge of each output.
    pub cards: Vec<JudgeCard>,
    /// The metrics of the prediction sets of classes; none of numbers, and without test rows.
    pub sets: Option<SetScore>,
}

/// The judges of a head's quantities, computed on first use; they depend on the data of the model that has the head. A
/// clone has those that were computed before.
#[derive(Debug, Default)]
struct JudgeCache(Mutex<HashMap<Quantity, Arc<Judge>>>);

impl JudgeCache {
    // A panic elsewhere leaves the cache complete, so a poisoned lock is safe to use.
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<Quantity, Arc<Judge>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for JudgeCache {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.all().clone()))
    }
}

impl TaskHead {
    /// Assembles a head from its card and its parameters: member by member, layer by layer, weight and bias, row-major.
    ///
    /// # Errors
    /// Names the head whose layers or parameters do not fit.
    pub fn new(card: HeadCard, parameters: &[Vec<f32>]) -> Result<Self> {
        let each = 2 * card.layers.len();
        let counted =
            (1..=MAX_MEMBERS).contains(&card.members) && parameters.len() == each * card.members;
        let name = card.quantity.name();
        if !card.is_sound() || !counted {
            return Err(Error::mismatch(text!(
                "the layers of the head for {name} do not fit",
                name
            )));
        }
        let members = parameters.chunks_exact(each).map(|own| Mlp::new(&card.layers, own));
        let members = members.collect::<std::result::Result<_, _>>().map_err(|problem| {
            Error::mismatch(text!("the head for {name} is no network: {problem}", name, problem))
        })?;
        Ok(Self { members, card, judges: JudgeCache::default() })
    }

    /// The number of latent dimensions that the head reads.
    pub fn latent_dim(&self) -> usize {
        self.card.layers.first().map_or(0, |layer| layer.inputs)
    }

    /// The parameters, member by member and layer by layer, weight and bias, row-major.
    pub fn parameters(&self) -> impl Iterator<Item = &[f32]> {
        self.members.iter().flat_map(Mlp::parameters)
    }

    /// The networks, `z [n, latent] -> [n, outputs]`: standardised values, or logits.
    pub fn members(&self) -> &[Mlp] {
        &self.members
    }

    /// The same head with these fits of its judges; they are computed again.
    pub fn with_judges(mut self, fitted: FittedJudges) -> Self {
        for (output, judge) in self.card.outputs.iter_mut().zip(fitted.cards) {
            output.judge = Some(judge);
        }
        self.card.sets = fitted.sets;
        Self { judges: JudgeCache::default(), ..self }
    }

    /// The judge of a quantity, `computed` on first use.
    ///
    /// # Errors
    /// As the computation.
    pub(super) fn judge(
        &self,
        quantity: Quantity,
        computed: impl FnOnce() -> Result<Judge>,
    ) -> Result<Arc<Judge>> {
        let known = self.judges.all().get(&quantity).cloned();
        if let Some(judge) = known {
            return Ok(judge);
        }
        // Computed while the cache is not locked: the computation is parallel, and a thread that waits for a lock inside
        // a parallel loop may wait for itself. Two callers at the same time compute equal results.
        let judge = Arc::new(computed()?);
        Ok(self.judges.all().entry(quantity).or_insert(judge).clone())
    }

    fn no_quantity(&self, quantity: Quantity) -> Error {
        Error::mismatch(text!(
            "the head for {head} does not predict {name}",
            head = self.card.quantity.name(),
            name = quantity.name()
        ))
    }

    /// The reading of a quantity, and the offset and the scale of what is read.
    ///
    /// # Errors
    /// When the head does not predict it.
    pub fn reading(&self, quantity: Quantity) -> Result<(HeadReading, [f64; 2])> {
        let reading = self.card.reading(quantity).ok_or_else(|| self.no_quantity(quantity))?;
        let unit = match &reading {
            HeadReading::Output(index) => {
                let output = &self.card.outputs[*index];
                [output.offset, output.scale]
            }
            HeadReading::Classes(_) => [0.0, 1.0],
        };
        Ok((reading, unit))
    }

    /// The values of a reading by each member, within a graph, `[members, n]`, and 1 minus them.
    fn each_read(&self, reading: &HeadReading, z: &Tensor) -> Result<[Tensor; 2]> {
        let read = |member: &Mlp| -> Result<[Tensor; 2]> {
            let outputs = graph::apply(member, z)?;
            Ok(match reading {
                HeadReading::Output(index) => {
                    let value = outputs.narrow(1, *index, 1)?.squeeze(1)?;
                    let rest = (1.0 - &value)?;
                    [value, rest]
                }
                HeadReading::Classes(reading) => self.graph_probability(reading, &outputs)?,
            })
        };
        let (mut values, mut rests) = (Vec::new(), Vec::new());
        for [value, rest] in self.members.iter().map(read).collect::<Result<Vec<_>>>()? {
            values.push(value);
            rests.push(rest);
        }
        Ok([Tensor::stack(&values, 0)?, Tensor::stack(&rests, 0)?])
    }

    /// The probability of some classes and of the others, `logits [n, outputs] -> [n]` each.
    fn graph_probability(&self, reading: &ClassReading, logits: &Tensor) -> Result<[Tensor; 2]> {
        let count = self.card.outputs.len();
        // Of two classes the first has the logit 0.
        let logits = match logits.dim(1)? {
            1 => Tensor::cat(&[&logits.zeros_like()?, logits], 1)?,
            _ => logits.clone(),
        };
        let logits = (logits / reading.temperature)?;
        let p = graph::activate_blocks(&[OutputBlock::Softmax(count)], &logits)?;
        let sum = |inside: bool| -> Result<Tensor> {
            let mask: Vec<f64> = (0..count)
                .map(|class| f64::from(u8::from(reading.set.contains(class) == inside)))
                .collect();
            let mask = Tensor::from_vec(mask, (1, count), &Device::Cpu)?.to_dtype(p.dtype())?;
            Ok(p.broadcast_mul(&mask)?.sum(D::Minus1)?)
        };
        Ok([sum(true)?, sum(false)?])
    }

    /// The prediction of a quantity in its unit within a graph, and 1 minus it, `z [n, latent] -> [n]` each.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's, or the head does not predict the quantity.
    pub fn predict(&self, quantity: Quantity, z: &Tensor) -> Result<[Tensor; 2]> {
        let (reading, [offset, scale]) = self.reading(quantity)?;
        let [value, rest] = self.each_read(&reading, z)?;
        let value = ((value.mean(0)? * scale)? + offset)?;
        let rest = match reading {
            HeadReading::Output(_) => (1.0 - &value)?,
            HeadReading::Classes(_) => rest.mean(0)?,
        };
        Ok([value, rest])
    }

    /// The standard deviation of the members' predictions of a quantity in its unit, within a graph, `[n]`: the root of
    /// the mean squared deviation of the members from their mean.
    ///
    /// # Errors
    /// As [`Self::predict`].
    pub fn spread(&self, quantity: Quantity, z: &Tensor) -> Result<Tensor> {
        let (reading, [_, scale]) = self.reading(quantity)?;
        let [each, _] = self.each_read(&reading, z)?;
        let square = each.broadcast_sub(&each.mean(0)?)?.sqr()?.mean(0)?;
        // The root has no finite slope at 0, where members agree.
        Ok(((square + MIN_SQUARE)?.sqrt()? * scale)?)
    }

    /// Calls `row` with the outputs of every member for each of many latent points, `[n, latent]`.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    fn for_each_row(&self, z: &Rows<f64>, mut row: impl FnMut(&[&[f32]])) -> Result<()> {
        let widest = self.card.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(1);
        let outputs = self.card.layers.last().map_or(1, |last| last.outputs);
        let latent = self.latent_dim();
        if z.width() != latent {
            let problem =
                text!("the latent has {latent} dimensions, not {width}", latent, width = z.width());
            return Err(Error::mismatch(problem));
        }
        let mut trace = Trace::default();
        for chunk in z.as_flat().chunks(rows_at_once(widest) * latent) {
            let z: Vec<f32> = chunk.iter().map(|&v| v as f32).collect();
            let rows = z.len() / latent;
            let apply = |member: &Mlp| member.apply(&z, rows, &mut trace).to_vec();
            let each: Vec<Vec<f32>> = self.members.iter().map(apply).collect();
            for at in 0..rows {
                let of_row: Vec<&[f32]> =
                    each.iter().map(|all| &all[at * outputs..][..outputs]).collect();
                row(&of_row);
            }
        }
        Ok(())
    }

    /// The prediction of a quantity at many latent points, `[n, latent] -> [n]`, in its unit.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's, or the head does not predict the quantity.
    pub fn predict_all(&self, quantity: Quantity, z: &Rows<f64>) -> Result<Vec<f64>> {
        let (reading, [offset, scale]) = self.reading(quantity)?;
        let count = self.members.len() as f64;
        let (mut values, mut room) = (Vec::with_capacity(z.len()), Vec::new());
        self.for_each_row(z, |members| {
            let sum: f64 = members.iter().map(|row| reading.read(row, &mut room).value).sum();
            values.push(sum / count * scale + offset);
        })?;
        Ok(values)
    }

    /// The probabilities of all classes at many latent points, `[n, latent] -> [n, classes]`; of no width for numbers.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn probabilities(&self, z: &Rows<f64>) -> Result<Rows<f64>> {
        let classes = self.card.task.levels().len();
        let (mut flat, mut room) = (Vec::with_capacity(z.len() * classes), Vec::new());
        self.for_each_row(z, |members| {
            flat.extend(mean_probabilities(members, self.card.temperature, classes, &mut room));
        })?;
        Ok(Rows::from_flat(classes, flat))
    }

    /// The temperature at which the mean `-ln p` of these classes, `[n]`, at `z [n, latent]` is least, 1 to 20: logits
    /// are only softened, because on the few rows that set it a lower temperature would be overconfident.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn best_temperature(&self, z: &Rows<f64>, classes: &[usize]) -> Result<f64> {
        let mut outputs: Vec<Vec<Vec<f32>>> = Vec::with_capacity(z.len());
        self.for_each_row(z, |members| {
            outputs.push(members.iter().map(|row| row.to_vec()).collect());
        })?;
        let count = self.card.task.levels().len();
        let mut room = Vec::new();
        let mut loss = |logarithm: f64| -> f64 {
            let of = |(members, &class): (&Vec<Vec<f32>>, &usize)| {
                let members: Vec<&[f32]> = members.iter().map(Vec::as_slice).collect();
                -mean_probabilities(&members, logarithm.exp(), count, &mut room)[class].ln()
            };
            outputs.iter().zip(classes).map(of).sum()
        };
        Ok(least(&mut loss, 0.0, super::card::MAX_TEMPERATURE.ln()).exp())
    }
}

/// The mean of the members' probabilities, `[classes]`.
fn mean_probabilities(
    members: &[&[f32]],
    temperature: f64,
    classes: usize,
    room: &mut Vec<f64>,
) -> Vec<f64> {
    let mut mean = vec![0.0; classes];
    for row in members {
        softmax(row, temperature, room);
        mean.iter_mut().zip(&*room).for_each(|(mean, p)| *mean += p / members.len() as f64);
    }
    mean
}

/// The place of the least value of a function with one valley between two ends, by golden section (Kiefer 1953); an end
/// where it is not above the place found.
fn least(function: &mut impl FnMut(f64) -> f64, low: f64, high: f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_8;
    let ends = [low, high];
    let (mut low, mut high) = (low, high);
    let mut inner = [high - SECTION * (high - low), low + SECTION * (high - low)];
    let mut values = inner.map(&mut *function);
    for _ in 0..40 {
        if values[0] <= values[1] {
            high = inner[1];
            inner = [high - SECTION * (high - low), inner[0]];
            values = [function(inner[0]), values[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + SECTION * (high - low)];
            values = [values[1], function(inner[1])];
        }
    }
    let found = 0.5 * (low + high);
    let at_found = function(found);
    ends.into_iter().find(|end| function(*end) <= at_found).unwrap_or(found)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
