//! A data set in memory, and the split into training and held-out rows.

use super::column_name::ColumnName;
use super::domain::Domain;
use super::outline::transform::SimilarityTransform;
use super::outline::unit::LengthUnit;
use super::quantity::Quantity;
use super::roles::{Role, held_out_by_groups, roles};
use super::rows::Rows;
use super::task::{TargetReading, Task};
use crate::numerics::random::{Purpose, stream};
use crate::text;
use crate::text::Text;
use rand::seq::SliceRandom;
use std::collections::HashSet;

/// The most target columns.
pub const MAX_TARGETS: usize = 16;

/// Vectors with one label each; for imported outlines also their ids and frames.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// The kind of the rows.
    pub domain: Domain,
    /// The vectors, `[samples, input_dim]`, in data units; NaN where a cell of a table is blank.
    pub rows: Rows<f32>,
    /// The label of each vector, an index into `names`.
    pub labels: Vec<u16>,
    /// The names of the labels.
    pub names: Vec<String>,
    /// The name of each shape, all different; empty for generated shapes.
    pub ids: Vec<String>,
    /// The frame that normalising removed from each shape; empty for generated shapes.
    pub transforms: Vec<SimilarityTransform>,
    /// The unit of length of those frames.
    pub unit: LengthUnit,
    /// The target columns of the shapes.
    pub measured: Vec<Target>,
    /// The group of each shape, if groups were given: a whole group is either trained on or held out. Empty if there
    /// are none.
    pub groups: Vec<u32>,
    /// The role of each row as a column of the data gives it. Empty if none does.
    pub split: Vec<Role>,
}

impl Dataset {
    /// The quantities whose values are known of its rows: those that are computed, then the target columns.
    pub fn quantities(&self) -> Vec<Quantity> {
        let targets = self.measured.iter().map(Target::quantity);
        self.domain.quantities().into_iter().chain(targets).collect()
    }

    /// Checks that no two quantities have one name: that of a class, `lattice_fcc`, may be that of a column.
    ///
    /// # Errors
    /// Names the quantity and its target.
    pub fn check_names(&self) -> Result<(), Text> {
        let mut names: HashSet<ColumnName> =
            self.domain.quantities().into_iter().map(Quantity::column).collect();
        for target in &self.measured {
            for quantity in target.quantities() {
                if !names.insert(quantity.column()) {
                    return Err(text!(
                        "'{name}' is the name of two columns, or of a column and a class of '{target}'; rename or \
                         ignore one",
                        name = quantity.name(),
                        target = target.name.as_str()
                    ));
                }
            }
        }
        Ok(())
    }

    /// The known values of a quantity, computed or measured, for all rows, `[samples]`; NaN where unknown.
    pub fn values(&self, quantity: Quantity) -> Vec<f64> {
        let name = quantity.column();
        if let Some(column) = self.measured.iter().find(|column| column.name == name) {
            return column.values.clone();
        }
        let computed = quantity.as_computed();
        self.rows.iter().map(|row| self.domain.value(computed, row)).collect()
    }

    /// The task of the target column of this name; regression for what is computed.
    pub fn task(&self, quantity: Quantity) -> Task {
        let name = quantity.column();
        let column = self.measured.iter().find(|column| column.name == name);
        column.map_or(Task::Regression, |column| column.task.clone())
    }

    /// Marks the held-out vectors, `[samples]`: those that a column of the data holds out, or else a seeded choice.
    pub fn held_out(&self, count: usize, seed: u64) -> Vec<bool> {
        match self.split.is_empty() {
            true => self.drawn(count, seed),
            false => self.split.iter().map(|role| *role != Role::Training).collect(),
        }
    }

    /// Marks a seeded choice of `count` vectors, `[samples]`, or of whole groups with about as many.
    pub fn drawn(&self, count: usize, seed: u64) -> Vec<bool> {
        match self.groups.is_empty() {
            true => held_out(self.rows.len(), count, seed),
            false => held_out_by_groups(&self.groups, count, seed),
        }
    }

    /// The rows with these `indices`, in this order; each must be below the number of rows.
    pub fn select(&self, indices: &[usize]) -> Self {
        fn of<T: Clone>(all: &[T], indices: &[usize]) -> Vec<T> {
            let those = indices.iter().filter(|_| !all.is_empty());
            those.map(|&index| all[index].clone()).collect()
        }
        Self {
            domain: self.domain.clone(),
            rows: self.rows.select(indices),
            labels: of(&self.labels, indices),
            names: self.names.clone(),
            ids: of(&self.ids, indices),
            transforms: of(&self.transforms, indices),
            unit: self.unit,
            measured: self.measured.iter().map(|m| m.select(indices.iter().copied())).collect(),
            groups: of(&self.groups, indices),
            split: of(&self.split, indices),
        }
    }

    /// The role of each row, `[samples]`: that which a column of the data gives, or else one for the rows `held_out` by
    /// the split of this seed.
    pub fn roles(&self, held_out: &[bool], seed: u64) -> Vec<Role> {
        if !self.split.is_empty() {
            return self.split.clone();
        }
        roles(held_out, |row| self.groups.get(row).copied().unwrap_or(row as u32), seed)
    }

    /// The variance over the known data, summed over all columns, in squared data units: the error of a model that knows only
    /// the mean.
    pub fn variance(&self) -> f64 {
        let of = |k: usize| {
            let column =
                || self.rows.iter().map(move |row| f64::from(row[k])).filter(|v| !v.is_nan());
            let n = column().count().max(1) as f64;
            let mean = column().sum::<f64>() / n;
            column().map(|v| (v - mean).powi(2)).sum::<f64>() / n
        };
        (0..self.rows.width()).map(of).sum()
    }
}

/// A target column: one kind of value that is known of shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The name of the column.
    pub name: ColumnName,
    /// Its unit; empty if none was given.
    pub unit: String,
    /// Its task: a number, or one of several classes.
    pub task: Task,
    /// The value of each shape, NaN where unknown; in single precision. Of a class it is the index.
    pub values: Vec<f64>,
}

impl Target {
    /// The quantity of its name, which a head learns; of classes it is the index of the class.
    pub fn quantity(&self) -> Quantity {
        Quantity::predicted(self.name)
    }

    /// The quantities that can be sought: the value itself, or the probability of each class.
    pub fn quantities(&self) -> Vec<Quantity> {
        self.task.quantities(self.name)
    }

    /// The reading of its values as a quantity; none if it has not this quantity.
    pub fn reading(&self, quantity: Quantity) -> Option<TargetReading> {
        self.task.reading(self.name, quantity)
    }

    /// The number of shapes with a value.
    pub fn known(&self) -> usize {
        self.values.iter().filter(|value| value.is_finite()).count()
    }

    /// The values of the shapes with these `indices`, in this order; each index must be below the number of values.
    pub fn select(&self, indices: impl Iterator<Item = usize>) -> Self {
        let values = indices.map(|index| self.values[index]).collect();
        Self { name: self.name, unit: self.unit.clone(), task: self.task.clone(), values }
    }
}

/// Marks the held-out rows among `samples`: a seeded choice of `count` of them, `[samples]`.
pub fn held_out(samples: usize, count: usize, seed: u64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..samples).collect();
    order.shuffle(&mut stream(seed, Purpose::Split, 0, 0));
    let mut held_out = vec![false; samples];
    for &index in &order[..count.min(samples)] {
        held_out[index] = true;
    }
    held_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variance_is_that_of_all_columns_together() {
        let rows = Rows::from_flat(2, vec![0.0, 5.0, 2.0, 5.0, 4.0, 8.0]);
        let set = Dataset { rows, ..Dataset::default() };
        assert!((set.variance() - (8.0 / 3.0 + 2.0)).abs() < 1e-9);
        let rows = Rows::from_flat(2, vec![0.0, 5.0, f32::NAN, 5.0, 4.0, f32::NAN]);
        let set = Dataset { rows, ..Dataset::default() };
        assert!((set.variance() - 4.0).abs() < 1e-9, "blanks do not count");
    }

    #[test]
    fn the_split_has_its_size_and_follows_its_seed() {
        let split = held_out(1000, 100, 7);
        assert_eq!(split.iter().filter(|&&h| h).count(), 100);
        assert_eq!(split, held_out(1000, 100, 7));
        assert_ne!(split, held_out(1000, 100, 8));
    }
}
