//! The options of a table of your own, and its reading with a report on standard error.

use super::import::asides;
use super::names::{Listed, all, names};
use crate::cli::progress::Progress;
use crate::data::dataset::{Dataset, Target};
use crate::data::outline::import::name_of;
use crate::data::source::TrainingData;
use crate::data::table::{self, TableOptions};
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::PathBuf;

const TABLE: &str = "A table of your own";

/// The arguments of a table.
#[derive(Debug, Args)]
pub struct TableArguments {
    /// The columns of --data to predict, separated by commas: the file is a table then, a CSV with a header, and every
    /// column that no option names describes the rows. A name may leave out the unit; one with a comma stands in double
    /// quotes
    #[arg(long = "target", value_name = "COLUMNS", value_parser = names, group = "table_data", requires = "from",
        help_heading = TABLE, conflicts_with_all = OUTLINE_OPTIONS)]
    targets: Vec<Listed<String>>,
    /// Read --data as a table without a target
    #[arg(long, group = "table_data", requires = "from", help_heading = TABLE, conflicts_with_all = OUTLINE_OPTIONS)]
    table: bool,
    /// Columns that are not read, separated by commas
    #[arg(long, value_name = "COLUMNS", value_parser = names, requires = "table_data", help_heading = TABLE)]
    ignore: Vec<Listed<String>>,
    /// The column that names the rows [default: id, name, formula and the like if all cells differ]
    #[arg(long, value_name = "COLUMN", requires = "table_data", help_heading = TABLE)]
    name: Option<String>,
    /// The column of groups, such as a batch: a whole group is trained on or held out
    #[arg(long, value_name = "COLUMN", requires = "table_data", help_heading = TABLE)]
    group: Option<String>,
}

/// Options that have no meaning for a table.
const OUTLINE_OPTIONS: [&str; 6] =
    ["values", "label_from", "normalise", "spacing", "points", "groups"];

impl TableArguments {
    /// True if the data are a table.
    pub fn is_asked(&self) -> bool {
        self.table || !self.targets.is_empty()
    }

    /// Reads the table, and reports columns and rows that are not used on standard error.
    ///
    /// # Errors
    /// When several files are named, or the file cannot be used.
    pub fn read(&self, from: &[PathBuf]) -> Result<TrainingData> {
        let [path] = from else {
            return Err(Error::setting("data", text!("a table is one file; name one")));
        };
        let options = TableOptions {
            targets: all(&self.targets),
            ignore: all(&self.ignore),
            name: self.name.clone(),
            group: self.group.clone(),
            label: None,
        };
        let import = table::read(path, &options)?;
        let size = text!(
            "{count} row of {columns} columns" | "{count} rows of {columns} columns",
            count = import.set.rows.len(),
            columns = import.schema.columns.len()
        );
        let mut lines = vec![size];
        lines.extend(named_values(&import.set));
        lines.extend(asides(&import.aside));
        let data = TrainingData::table(import, name_of(from))?;
        let mut progress = Progress::start();
        lines.into_iter().for_each(|line| progress.say(line));
        Ok(data)
    }
}

/// `drag: 280 of 300 rows`, a line for each target column.
fn named_values(set: &Dataset) -> Vec<Text> {
    let line = |measured: &Target| {
        text!(
            "{column}: {known} of {count} row" | "{column}: {known} of {count} rows",
            column = measured.name.as_str(),
            known = measured.known(),
            count = set.rows.len()
        )
    };
    set.measured.iter().map(line).collect()
}
