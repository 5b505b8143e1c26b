//! Conditions on columns as linear constraints on the numbers of a row.

use super::column_constraint::ColumnConstraint;
use super::spec::{Constraint, ObjectiveSpec, Relation};
use crate::data::column_name::ColumnName;
use crate::data::table::{ColumnKind, TableColumn, TableSchema};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::numerics::format::three_digits;
use crate::text;
use crate::text::{Text, suggestion};
use serde::Serialize;
use std::ops::Range;

/// `low <= x[places[0]] + x[places[1]] + .. <= high` for a row x of a table, in the units of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearConstraint {
    /// The condition as it was asked for.
    pub asked: String,
    /// The name of its option on the command line, without dashes.
    pub option: &'static str,
    /// The places in a row, at least one, each once.
    pub places: Vec<usize>,
    /// The lower end, or minus infinity.
    pub low: f64,
    /// The upper end, or infinity.
    pub high: f64,
    /// True if its place is that of a level, which is then to be the level of the row.
    pub is_level: bool,
}

/// A condition that a row breaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BrokenConstraint {
    /// The condition as it was asked for.
    pub constraint: String,
    /// The amount by which it is broken, in the units of the file; for a level what its probability lacks of 1.
    pub by: f64,
}

impl BrokenConstraint {
    /// `d4=3 is broken by 0.12`.
    pub fn text(&self) -> Text {
        text!(
            "{constraint} is broken by {amount}",
            constraint = self.constraint.clone(),
            amount = three_digits(self.by)
        )
    }
}

impl LinearConstraint {
    /// The constrained number of a row `[width]`.
    pub fn value(&self, row: &[f32]) -> f64 {
        self.places.iter().map(|&place| f64::from(row[place])).sum()
    }

    /// The condition and the amount by which a row breaks it; none if the row keeps it. A blank breaks it by NaN.
    pub fn broken(&self, row: &[f32]) -> Option<BrokenConstraint> {
        let value = self.value(row);
        let by = (self.low - value).max(value - self.high);
        let by = if value.is_nan() { f64::NAN } else { by };
        let keeps = by <= 0.0;
        (!keeps).then(|| BrokenConstraint { constraint: self.asked.clone(), by })
    }

    /// True if it holds a number at one value.
    pub fn is_equality(&self) -> bool {
        self.low == self.high
    }

    /// A remark on a lock outside the training rows, which is allowed; none for any other condition.
    pub fn remark(&self, schema: &TableSchema) -> Option<Text> {
        let [place] = self.places[..] else { return None };
        let (column, _) = schema.places().find(|(_, of_column)| of_column.contains(&place))?;
        let (low, high) = column.range();
        // The ends of a range are in single precision.
        let value = f64::from(self.low as f32);
        let is_outside = self.is_equality() && !(low..=high).contains(&value);
        is_outside.then(|| {
            text!(
                "{condition} lies outside the training rows, where {column} goes from {low} to {high}: what is predicted \
                 there is a guess",
                condition = self.asked.clone(),
                column = column.name.as_str(),
                low = three_digits(low),
                high = three_digits(high)
            )
        })
    }
}

/// The conditions of an objective on columns of the table of a model, in their order.
///
/// # Errors
/// Names a condition whose columns the model does not have, or whose value they cannot have.
pub fn column_constraints(model: &Model, spec: &ObjectiveSpec) -> Result<Vec<LinearConstraint>> {
    let Some(schema) = model.domain().table() else {
        return spec.columns.first().map_or_else(
            || Ok(Vec::new()),
            |condition| {
                let problem = text!(
                    "holds columns of a table, and the model is one of outlines; what is computed of an outline is held by \
                     --constraint"
                );
                Err(Error::setting(condition.option(), problem))
            },
        );
    };
    let linear = |condition: &ColumnConstraint| {
        linear(condition, schema).map_err(|problem| Error::setting(condition.option(), problem))
    };
    spec.columns.iter().map(linear).collect()
}

/// `column_constraints`, and the constraints of quantities that are columns of the table.
///
/// # Errors
/// As `column_constraints`.
pub fn linear_constraints(model: &Model, spec: &ObjectiveSpec) -> Result<Vec<LinearConstraint>> {
    let mut all = column_constraints(model, spec)?;
    if model.domain().table().is_some() {
        let on_column = |constraint: &Constraint| {
            let (low, high) = match constraint.relation {
                Relation::AtLeast => (constraint.bound, f64::INFINITY),
                Relation::AtMost => (f64::NEG_INFINITY, constraint.bound),
            };
            Some(LinearConstraint {
                asked: constraint.to_string(),
                option: "constraint",
                places: vec![model.domain().index(constraint.quantity)?],
                low,
                high,
                is_level: false,
            })
        };
        all.extend(spec.constraints.iter().filter_map(on_column));
    }
    Ok(all)
}

pub(super) fn linear(
    condition: &ColumnConstraint,
    schema: &TableSchema,
) -> std::result::Result<LinearConstraint, Text> {
    let (places, low, high, is_level) = match condition {
        ColumnConstraint::Lock { column, value } => {
            let (column, place) = find(*column, schema)?;
            match &column.kind {
                ColumnKind::Number { .. } => {
                    let number: f64 =
                        value.parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(|| {
                            text!(
                                "'{column}' is a column of numbers, and '{value}' is none",
                                column = column.name.as_str(),
                                value = value.clone()
                            )
                        })?;
                    (vec![place.start], number, number, false)
                }
                ColumnKind::Category { levels } => {
                    let level =
                        levels.iter().position(|level| level == value).ok_or_else(|| {
                            text!(
                                "'{value}' is no level of '{column}'; {suggestion}",
                                value = value.clone(),
                                column = column.name.as_str(),
                                suggestion = suggestion(value, levels)
                            )
                        })?;
                    (vec![place.start + level], 1.0, f64::INFINITY, true)
                }
            }
        }
        ColumnConstraint::Bound { column, low, high } => {
            let place = number_place(*column, schema)?;
            let (low, high) = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
            if low > high {
                let [low, high] = [low, high].map(|end| end.to_string());
                return Err(text!(
                    "{condition} holds for no number, because {low} is greater than {high}",
                    condition = condition.to_string(),
                    low,
                    high
                ));
            }
            (vec![place], low, high, false)
        }
        ColumnConstraint::Sum { columns, total } => {
            if let Some(k) = (1..columns.len()).find(|&k| columns[..k].contains(&columns[k])) {
                return Err(text!(
                    "{condition} names '{column}' twice",
                    condition = condition.to_string(),
                    column = columns[k].as_str()
                ));
            }
            let places = columns.iter().map(|column| number_place(*column, schema));
            (places.collect::<std::result::Result<_, _>>()?, *total, *total, false)
        }
    };
    let (asked, option) = (condition.to_string(), condition.option());
    Ok(LinearConstraint { asked, option, places, low, high, is_level })
}

fn find(
    name: ColumnName,
    schema: &TableSchema,
) -> std::result::Result<(&TableColumn, Range<usize>), Text> {
    schema.places().find(|(column, _)| column.name == name).ok_or_else(|| {
        let names: Vec<String> = schema.columns.iter().map(|c| c.name.to_string()).collect();
        text!(
            "the model has no column '{name}'; {suggestion}",
            name = name.as_str(),
            suggestion = suggestion(name.as_str(), &names)
        )
    })
}

/// The place of a column of numbers.
fn number_place(name: ColumnName, schema: &TableSchema) -> std::result::Result<usize, Text> {
    match find(name, schema)? {
        (column, place) if column.is_number() => Ok(place.start),
        _ => Err(text!(
            "'{name}' is a category, not a number; --lock \"{name}=LEVEL\" holds its level",
            name = name.as_str()
        )),
    }
}
