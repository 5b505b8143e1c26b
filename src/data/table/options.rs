//! The purposes of a table's columns, as far as a person states them.

use super::files::TableForm;
use serde::{Deserialize, Serialize};

/// The columns of a table that are no descriptors, by their names; a name may leave out the unit. What is not stated is
/// guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableOptions {
    /// The columns to predict.
    pub targets: Vec<String>,
    /// The columns that are not read.
    pub ignore: Vec<String>,
    /// The columns that describe the rows whatever their names suggest.
    pub descriptors: Vec<String>,
    /// The column that names the rows. Without it: the first of the columns `id`, `name`, `formula` and the like whose
    /// cells are all different.
    pub name: Option<String>,
    /// The column whose cells are the groups of rows; none without it.
    pub group: Option<String>,
    /// The column whose cells divide the rows: `train`, `validation`, `calibration` or `test`. Without it: a column
    /// `split`, `subset` or the like, if it holds such words alone.
    pub split: Option<String>,
    /// The column whose cells are the labels of rows, whatever else it is. Without it: the first target of words.
    pub label: Option<String>,
    /// The form of the file.
    pub form: TableForm,
}
