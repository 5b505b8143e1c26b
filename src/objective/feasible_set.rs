//! The rows that keep every condition on columns, and the nearest of them to any row.

use super::linear_constraint::{LinearConstraint, linear_constraints};
use super::space::Space;
use super::spec::ObjectiveSpec;
use crate::data::scaling::Scaling;
use crate::data::table::{Shares, TableColumn, TableSchema};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::numerics::format::three_digits;
use crate::text;
use std::ops::Range;

/// The set of the rows of a table with `low <= x <= high` and given sums; columns that are never negative in the data are
/// at least 0; the levels of each category are at least 0 and add up to 1, so that its answer is a category; shares add up
/// to their total where the row itself is searched, as decoded rows do. No number is in two sums.
#[derive(Clone, Debug, PartialEq)]
pub struct FeasibleSet {
    /// The ends of each number in the units of the file, `[width]` both.
    data: [Vec<f64>; 2],
    /// The same in network units.
    network: [Vec<f64>; 2],
    sums: Vec<FixedSum>,
}

/// Numbers whose weighted sum is constant, in network units.
#[derive(Clone, Debug, PartialEq)]
struct FixedSum {
    places: Vec<usize>,
    /// `[places]`: the scale of each column.
    weights: Vec<f64>,
    total: f64,
}

impl FeasibleSet {
    /// The rows of the table of a model that keep every condition of an objective on columns; none for outlines.
    ///
    /// # Errors
    /// As [`linear_constraints`] and [`Self::new`].
    pub fn of(model: &Model, spec: &ObjectiveSpec, space: Space) -> Result<Option<Self>> {
        let conditions = linear_constraints(model, spec)?;
        let set = |schema| Self::new(schema, &model.card.scaling, &conditions, space);
        model.domain().table().map(set).transpose()
    }

    /// The set that conditions describe, which were asked of a table with this scaling.
    ///
    /// # Errors
    /// Names conditions that contradict each other, or a sum that cannot be held in this space.
    pub fn new(
        schema: &TableSchema,
        scaling: &Scaling,
        conditions: &[LinearConstraint],
        space: Space,
    ) -> Result<Self> {
        let width = schema.width();
        let is_number = schema.is_number();
        let is_logarithmic = |place: usize| scaling.logarithmic().binary_search(&place).is_ok();
        let mut data = [vec![f64::NEG_INFINITY; width], vec![f64::INFINITY; width]];
        for place in (0..width).filter(|&place| !is_number[place]) {
            (data[0][place], data[1][place]) = (0.0, 1.0);
        }
        let singles = || conditions.iter().filter(|condition| condition.places.len() == 1);
        // Keeps columns that are never negative in the data so, as decoded rows do, unless a condition asks for less; a
        // logarithmic one is positive by itself.
        let never = |(column, place): &(&TableColumn, Range<usize>)| {
            let is_below = |end: f64| end.is_finite() && end < 0.0;
            let asks = |condition: &LinearConstraint| {
                condition.places[0] == place.start
                    && (is_below(condition.low) || is_below(condition.high))
            };
            column.is_number()
                && !is_logarithmic(place.start)
                && column.range().0 >= 0.0
                && !singles().any(asks)
        };
        for (_, place) in schema.places().filter(never) {
            data[0][place.start] = 0.0;
        }
        for (k, condition) in singles().enumerate() {
            let place = condition.places[0];
            let of_place = |other: &&LinearConstraint| other.places == condition.places;
            for other in singles().take(k).filter(of_place) {
                let both_lock = condition.option == "lock" && other.option == "lock";
                if both_lock || condition.low > other.high || other.low > condition.high {
                    return Err(conflict(condition, other));
                }
            }
            let (low, high) = (condition.low, condition.high);
            if is_logarithmic(place) && high <= 0.0 {
                let problem = text!(
                    "{condition} cannot hold: the model reads the logarithm of this column, so its values are above 0",
                    condition = condition.asked.clone()
                );
                return Err(Error::setting(condition.option, problem));
            }
            if !is_number[place] && (low > 1.0 || high < 0.0) {
                let problem = text!(
                    "{condition} cannot hold: the probability of a level lies between 0 and 1",
                    condition = condition.asked.clone()
                );
                return Err(Error::setting(condition.option, problem));
            }
            data[0][place] = data[0][place].max(low);
            data[1][place] = data[1][place].min(high);
        }
        let categories = schema.places().filter(|(column, _)| !column.is_number());
        let mut sums: Vec<FixedSum> = Vec::new();
        for (column, place) in categories {
            let places: Vec<usize> = place.collect();
            // A locked level leaves nothing for the others.
            if let Some(&locked) = places.iter().find(|&&place| data[0][place] >= 1.0) {
                places.iter().filter(|&&place| place != locked).for_each(|&place| {
                    data[1][place] = data[0][place];
                });
            }
            if !is_reachable(&data, &places, 1.0) {
                let name = column.name.as_str();
                let lock =
                    conditions.iter().find(|condition| places.contains(&condition.places[0]));
                return Err(Error::setting(
                    lock.map_or("lock", |lock| lock.option),
                    text!("'{name}' has one level, and the conditions on it ask for more", name),
                ));
            }
            sums.push(FixedSum::new(places, 1.0, scaling));
        }
        let totals = conditions.iter().filter(|condition| condition.places.len() > 1);
        let in_input = |_: &(&Shares, Range<usize>)| space == Space::Input;
        for (shares, places) in schema.share_places().filter(in_input) {
            let total = three_digits(shares.total);
            let places: Vec<usize> = places.collect();
            let of_them = |condition: &&LinearConstraint| {
                condition.places.iter().any(|place| places.contains(place))
            };
            if let Some(condition) = totals.clone().find(of_them) {
                // A condition on all of them takes the place of what the data say.
                if places.iter().all(|place| condition.places.contains(place)) {
                    continue;
                }
                let problem = text!(
                    "{condition} has a part of the columns that are shares of {total}, and a column can be in one sum; search \
                     the latent for it (--space latent)",
                    condition = condition.asked.clone(),
                    total
                );
                return Err(Error::setting(condition.option, problem));
            }
            if !is_reachable(&data, &places, shares.total) {
                let [low, high] = ends(&data, &places).map(three_digits);
                let condition = singles().find(of_them);
                let problem = text!(
                    "the columns that are shares of {total} cannot be so: within their bounds they add up to {low} at least and \
                     {high} at most",
                    total,
                    low,
                    high
                );
                return Err(Error::setting(condition.map_or("lock", |one| one.option), problem));
            }
            sums.push(FixedSum::new(places, shares.total, scaling));
        }
        for (k, condition) in totals.clone().enumerate() {
            let fail = |problem| Err(Error::setting(condition.option, problem));
            let asked = || condition.asked.clone();
            let shares = |other: &&LinearConstraint| {
                other.places.iter().any(|place| condition.places.contains(place))
            };
            if let Some(other) = totals.clone().take(k).find(shares) {
                return fail(text!(
                    "{condition} and {other} have a column in common; a column can be in one sum",
                    condition = asked(),
                    other = other.asked.clone()
                ));
            }
            if space == Space::Input && condition.places.iter().any(|&place| is_logarithmic(place))
            {
                return fail(text!(
                    "{condition} has a column that the model reads by its logarithm; search the latent for it (--space \
                     latent)",
                    condition = asked()
                ));
            }
            if !is_reachable(&data, &condition.places, condition.low) {
                let [low, high] = ends(&data, &condition.places).map(three_digits);
                return fail(text!(
                    "{condition} cannot hold: within their bounds the columns add up to {low} at least and {high} at most",
                    condition = asked(),
                    low,
                    high
                ));
            }
            sums.push(FixedSum::new(condition.places.clone(), condition.low, scaling));
        }
        let network = data.clone().map(|ends| {
            ends.into_iter().enumerate().map(|(place, end)| scaling.apply_at(place, end)).collect()
        });
        Ok(Self { data, network, sums })
    }

    /// The ends of each number in network units, `[width]` both.
    pub fn ends(&self) -> [&[f64]; 2] {
        self.network.each_ref().map(Vec::as_slice)
    }

    /// The places of each sum, and the total of their numbers times their scales.
    pub fn sums(&self) -> impl Iterator<Item = (&[usize], f64)> {
        self.sums.iter().map(|sum| (sum.places.as_slice(), sum.total))
    }

    /// Moves a point `[width]` in network units to the nearest one of the set. NaN stays NaN.
    pub fn project(&self, point: &mut [f64]) {
        let [low, high] = &self.network;
        for FixedSum { places, weights, total } in &self.sums {
            let gather =
                |values: &[f64]| -> Vec<f64> { places.iter().map(|&p| values[p]).collect() };
            let mut values = gather(point);
            project_onto_sum(&mut values, weights, [&gather(low), &gather(high)], *total);
            places.iter().zip(values).for_each(|(&place, value)| point[place] = value);
        }
        for (value, (low, high)) in point.iter_mut().zip(low.iter().zip(high)) {
            *value = within(*value, *low, *high);
        }
    }

    /// Removes the rounding of single precision from a row `[width]` in the units of the file, whose point is in the set:
    /// a lock has exactly its value, and no number lies beyond its end.
    pub fn settle(&self, row: &mut [f32]) {
        let [low, high] = &self.data;
        for (value, (low, high)) in row.iter_mut().zip(low.iter().zip(high)) {
            *value = within(f64::from(*value), *low, *high) as f32;
        }
    }
}

impl FixedSum {
    /// `sum x = total` in the units of the file is `sum scale u = total - sum offset` in network units.
    fn new(places: Vec<usize>, total: f64, scaling: &Scaling) -> Self {
        let of =
            |values: &[f32]| -> Vec<f64> { places.iter().map(|&p| values[p].into()).collect() };
        let total = total - of(&scaling.offset).iter().sum::<f64>();
        Self { weights: of(&scaling.scale), total, places }
    }
}

fn conflict(condition: &LinearConstraint, other: &LinearConstraint) -> Error {
    Error::setting(
        condition.option,
        text!(
            "{condition} and {other} cannot both hold; leave one out",
            condition = condition.asked.clone(),
            other = other.asked.clone()
        ),
    )
}

/// The least and the greatest sum of numbers within their ends.
fn ends(data: &[Vec<f64>; 2], places: &[usize]) -> [f64; 2] {
    [0, 1].map(|end| places.iter().map(|&place| data[end][place]).sum())
}

/// True if numbers within their ends can have this sum; ends that sum to it but for their rounding can.
fn is_reachable(data: &[Vec<f64>; 2], places: &[usize], total: f64) -> bool {
    let [low, high] = ends(data, places);
    let rounding = 1e-9 * total.abs().max(1.0);
    (low - rounding..=high + rounding).contains(&total)
}

/// The nearest number between two ends; NaN for NaN.
fn within(value: f64, low: f64, high: f64) -> f64 {
    match () {
        () if value < low => low,
        () if value > high => high,
        () => value,
    }
}

/// Moves `point [n]` to the nearest x with `low <= x <= high` and `weights . x = total`, where there is one; weights are
/// above 0, ends may be infinite.
///
/// By the conditions of Karush, Kuhn and Tucker `x_i = clamp(point_i - shift weight_i)` for one shift (Held, Wolfe and
/// Crowder 1974, "Validation of subgradient optimization", section 4). The sum falls with the shift, in straight pieces
/// between the shifts at which a number reaches an end; the piece with the total is searched among these (Kiwiel 2008,
/// "Breakpoint searching algorithms for the continuous quadratic knapsack problem").
pub fn project_onto_sum(point: &mut [f64], weights: &[f64], [low, high]: [&[f64]; 2], total: f64) {
    let free = |shift: f64, i: usize| point[i] - shift * weights[i];
    let moved = |shift: f64, i: usize| within(free(shift, i), low[i], high[i]);
    let sum = |shift: f64| (0..weights.len()).map(|i| weights[i] * moved(shift, i)).sum::<f64>();
    let reaches = |i: usize| [low[i], high[i]].map(|end| (point[i] - end) / weights[i]);
    let mut breaks: Vec<f64> =
        (0..weights.len()).flat_map(reaches).filter(|shift| shift.is_finite()).collect();
    breaks.sort_by(f64::total_cmp);
    let after = breaks.partition_point(|&shift| sum(shift) > total);
    let before = after.checked_sub(1).map(|before| breaks[before]);
    let inside = match (before, breaks.get(after)) {
        (Some(before), Some(after)) => 0.5 * (before + after),
        (Some(before), None) => before + 1.0,
        (None, Some(after)) => after - 1.0,
        (None, None) => 0.0,
    };
    let is_free = |&i: &usize| (low[i]..high[i]).contains(&free(inside, i));
    let slope: f64 = (0..weights.len()).filter(is_free).map(|i| weights[i].powi(2)).sum();
    let shift = if slope > 0.0 { inside + (sum(inside) - total) / slope } else { inside };
    let nearest: Vec<f64> = (0..weights.len()).map(|i| moved(shift, i)).collect();
    point.copy_from_slice(&nearest);
}

#[cfg(test)]
#[path = "feasible_set_tests.rs"]
mod tests;
