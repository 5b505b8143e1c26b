//! The options of a table of your own, and its reading with a report on standard error.

use super::form::FormArguments;
use super::names::{Listed, all, names};
use crate::cli::files::print;
use crate::cli::progress::Progress;
use crate::data::dataset::{Dataset, Target};
use crate::data::outline::import::{Rejection, name_of};
use crate::data::source::TrainingData;
use crate::data::table::{self, ColumnKind, Guess, TableColumn, TableImport, TableOptions};
use crate::error::{Error, Result};
use crate::numerics::format::shortest;
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::PathBuf;

const TABLE: &str = "A table of your own";
/// The most columns and rows that are said to be ignored, and the most levels of a category that are named.
const SHOWN: usize = 12;

/// The arguments of a table.
#[derive(Debug, Args)]
pub struct TableArguments {
    /// The columns of the data to predict, separated by commas: the file is a table then (CSV and other text, XLSX, ODS
    /// or Parquet), and every column that no option names describes the rows. A name may leave out the unit; one with a
    /// comma stands in double quotes
    #[arg(long = "target", value_name = "COLUMNS", value_parser = names, group = "table_data", requires = "from",
        help_heading = TABLE, conflicts_with_all = OUTLINE_OPTIONS)]
    targets: Vec<Listed<String>>,
    /// Read the data as a table without a target
    #[arg(long, group = "table_data", requires = "from", help_heading = TABLE, conflicts_with_all = OUTLINE_OPTIONS)]
    table: bool,
    /// Columns that are not read, separated by commas
    #[arg(long, value_name = "COLUMNS", value_parser = names, requires = "table_data", help_heading = TABLE)]
    ignore: Vec<Listed<String>>,
    /// Columns that describe the rows whatever their names suggest, separated by commas: a number called id that means
    /// something
    #[arg(long = "descriptor", value_name = "COLUMNS", value_parser = names, requires = "table_data", help_heading = TABLE)]
    descriptors: Vec<Listed<String>>,
    /// The column that names the rows [default: id, name, formula and the like if all cells differ]
    #[arg(long, value_name = "COLUMN", requires = "table_data", help_heading = TABLE)]
    name: Option<String>,
    /// The column of groups, such as a batch: a whole group is trained on or held out
    #[arg(long, value_name = "COLUMN", requires = "table_data", help_heading = TABLE)]
    group: Option<String>,
    /// The column that divides the rows: train, validation, calibration or test [default: a column split, subset or the
    /// like if it holds such words alone; else a seeded choice]
    #[arg(long, value_name = "COLUMN", requires = "table_data", help_heading = TABLE)]
    split: Option<String>,
    #[command(flatten)]
    form: FormArguments,
}

/// Options that have no meaning for a table.
const OUTLINE_OPTIONS: [&str; 6] =
    ["values", "label_from", "normalise", "spacing", "points", "groups"];

impl TableArguments {
    /// Fails if an option of a table's form is given although the data are no table.
    ///
    /// # Errors
    /// Names the option.
    pub fn check_unused(&self) -> Result<()> {
        if self.is_asked() { Ok(()) } else { self.form.check_unused() }
    }

    /// True if the data are a table.
    pub fn is_asked(&self) -> bool {
        self.table || !self.targets.is_empty()
    }

    /// Reads the table, and reports on standard error what was recognised and what is not used.
    ///
    /// # Errors
    /// When several files are named, or the file cannot be used.
    pub fn read(&self, from: &[PathBuf]) -> Result<TrainingData> {
        let import = self.import(from)?;
        let lines = report(&import);
        let data = TrainingData::table(import, name_of(from))?;
        let mut progress = Progress::start();
        lines.into_iter().for_each(|line| progress.say(line));
        Ok(data)
    }

    /// Reads the table, and prints its columns after the report.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn describe(&self, from: &[PathBuf]) -> Result<()> {
        let import = self.import(from)?;
        let columns = import.schema.columns.iter().map(about_column);
        for line in report(&import).into_iter().chain(columns) {
            print(&format!("{line}\n"))?;
        }
        Ok(())
    }

    fn import(&self, from: &[PathBuf]) -> Result<TableImport> {
        let [path] = from else {
            return Err(Error::setting("data", text!("a table is one file; name one")));
        };
        let options = TableOptions {
            targets: all(&self.targets),
            ignore: all(&self.ignore),
            descriptors: all(&self.descriptors),
            name: self.name.clone(),
            group: self.group.clone(),
            split: self.split.clone(),
            label: None,
            form: self.form.form(),
        };
        table::read(path, &options)
    }
}

/// A line each: the size, the form that was recognised, the targets, guesses, what is ignored, and warnings.
fn report(import: &TableImport) -> Vec<Text> {
    let size = text!(
        "{count} row of {columns} columns" | "{count} rows of {columns} columns",
        count = import.set.rows.len(),
        columns = import.schema.columns.len()
    );
    let mut lines = vec![size, text!("read as {form}", form = import.report.recognised.clone())];
    lines.extend(named_values(&import.set));
    lines.extend(import.report.guesses.iter().map(Guess::with_remedy));
    for Rejection { place, reason, .. } in import.report.aside.list.iter().take(SHOWN) {
        let parts = place.iter().chain([reason]).cloned();
        lines.push(text!("ignored: {reason}", reason = Text::joined(parts, " ")));
    }
    let more = import.report.aside.count().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(text!("ignored: {number} more columns and rows", number = more));
    }
    let warning = |warning: &Text| text!("warning: {warning}", warning = warning.clone());
    lines.extend(import.report.warnings.iter().map(warning));
    lines
}

/// `mass [g]: 27 to 63.5`, or the levels of a category.
fn about_column(column: &TableColumn) -> Text {
    let name = match &column.unit {
        Some(unit) => format!("{} [{unit}]", column.name),
        None => column.name.to_string(),
    };
    match &column.kind {
        ColumnKind::Number { low, high } => {
            text!("{name}: {low} to {high}", name, low = shortest(*low), high = shortest(*high))
        }
        ColumnKind::Category { levels } => {
            let few = levels.iter().take(SHOWN).map(Text::from);
            let more = levels.len().saturating_sub(SHOWN);
            let more = (more > 0).then(|| text!("{number} more", number = more));
            text!("{name}: one of {levels}", name, levels = Text::list(few.chain(more)))
        }
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
