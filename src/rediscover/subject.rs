//! The quantity to be rediscovered, and its data: with new values, or without some of their rows.

use crate::data::column_name::ColumnName;
use crate::data::dataset::{Dataset, Target};
use crate::data::quantity::{Quantity, check_known};
use crate::data::rows::Rows;
use crate::data::source::{Imported, Source, TableSource, TrainingData};
use crate::data::task::Task;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::text;
use std::sync::Arc;

/// A quantity that is learned and searched by its values alone. Geometric quantities are written into a target column,
/// so that they are predicted by a head like any other target, while their true values remain known.
#[derive(Clone, Debug)]
pub struct RediscoverySubject {
    /// The requested quantity.
    asked: Quantity,
    /// The name of the target column.
    name: ColumnName,
    unit: String,
}

impl RediscoverySubject {
    /// The quantity in the data of a model.
    ///
    /// # Errors
    /// Names the quantity if the data do not have it.
    pub fn new(model: &Model, asked: Quantity) -> Result<Self> {
        check_known(asked, &model.known_quantities())?;
        if model.is_of_class(asked) {
            return Err(Error::mismatch(text!(
                "{name} is the probability of a class, and only numbers are rediscovered; choose another property",
                name = asked.name()
            )));
        }
        let (asked, name) = match model.computes(asked) {
            true => (asked.as_computed(), ColumnName::new(&format!("computed {}", asked.name()))),
            false => (asked.as_predicted(), Ok(asked.column())),
        };
        let name = name.map_err(Error::Mismatch)?;
        Ok(Self { asked, name, unit: model.unit(asked).to_owned() })
    }

    /// The quantity that heads learn.
    pub fn learned(&self) -> Quantity {
        Quantity::predicted(self.name)
    }

    /// The true value of a row of a model, if it can be computed.
    pub fn computed(&self, model: &Model, row: &[f32]) -> Option<f64> {
        model.computed(self.asked, row)
    }

    /// True if the true values can be computed.
    pub fn is_computed(&self) -> bool {
        !self.asked.is_predicted()
    }

    /// The values of a data set; NaN if unknown.
    pub fn values(&self, set: &Dataset) -> Vec<f64> {
        set.values(self.asked)
    }

    fn column(&self, values: Vec<f64>) -> Target {
        Target { name: self.name, unit: self.unit.clone(), task: Task::Regression, values }
    }

    /// The same model with these values for its rows, `[encoded rows]`.
    pub fn relabelled(&self, model: &Model, values: Vec<f64>) -> Model {
        let mut model = model.clone();
        model.encoded.measured = vec![self.column(values)];
        model
    }

    /// Some rows of a data set, with their values as a column.
    ///
    /// # Errors
    /// When there are no rows.
    pub fn part(&self, data: &TrainingData, rows: &[usize]) -> Result<TrainingData> {
        let TrainingData { source, set } = data;
        if rows.is_empty() {
            return Err(Error::mismatch(text!("no row is left to learn from")));
        }
        let mut part = set.select(rows);
        if !self.asked.is_predicted() {
            part.measured.push(self.column(self.values(set)).select(rows.iter().copied()));
        }
        let name = "a part of the data".to_owned();
        let source = match source.form() {
            Some(form) => Source::Imported(Imported::new(name, form, &part)),
            None => {
                let named_by = source.named_by().map(str::to_owned);
                Source::Table(TableSource { named_by, ..TableSource::new(name, &part.rows) })
            }
        };
        Ok(TrainingData { source, set: Arc::new(part) })
    }
}

/// Latent points in whitened coordinates, in which distances are computed, `[n, latent]`.
pub fn whitened(model: &Model, z: &Rows<f64>) -> Rows<f64> {
    let density = model.density();
    Rows::from_flat(z.width(), z.iter().flat_map(|z| density.whitened(z)).collect())
}
