//! A table from its file: the rows of descriptors, targets, names, groups and roles.

use super::checks;
use super::column_roles::{ColumnRole, Suggested, is_nameless, kept_parts, stated, suggested};
use super::files::{ColumnCells, Sheet, read_sheet};
use super::options::TableOptions;
use super::schema::{ColumnKind, Shares, TableColumn, TableSchema};
use super::shares::find_shares;
use super::split;
use crate::data::column_name::ColumnName;
use crate::data::dataset::{Dataset, Target};
use crate::data::names::unique::UniqueNames;
use crate::data::outline::import::{Rejection, Summary};
use crate::data::records::brief;
use crate::data::roles::Membership;
use crate::data::rows::Rows;
use crate::data::task::{MAX_LEVELS, Task};
use crate::error::{Error, Result};
use crate::numerics::cancel_token::CancelToken;
use crate::text;
use crate::text::Text;
use std::path::Path;

/// A table as data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableImport {
    /// The columns of descriptors.
    pub schema: TableSchema,
    /// The rows in the file's own units, NaN where blank, with their targets, names, groups, roles and labels.
    pub set: Dataset,
    /// The header of the column that names the rows, if there is one.
    pub named_by: Option<String>,
    /// The report on the reading.
    pub report: TableReport,
}

/// A report on a reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableReport {
    /// The columns of the file, in its order.
    pub columns: Vec<FileColumn>,
    /// The form of the file as it was recognised, on one line: its kind, delimiter, encoding, header and blanks.
    pub recognised: Text,
    /// The roles that were guessed from the names of columns.
    pub guesses: Vec<Guess>,
    /// Doubts about the data, such as a column that is a copy of a target.
    pub warnings: Vec<Text>,
    /// Columns and rows that were set aside, with the reason.
    pub aside: Summary,
}

/// A guess about a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The guess.
    pub about: Text,
    /// The way to change it on the command line, if there is one.
    pub remedy: Option<Text>,
}

impl Guess {
    /// The guess with the way to change it on the command line.
    pub fn with_remedy(&self) -> Text {
        let about = self.about.clone();
        match self.remedy.clone() {
            Some(remedy) => text!("{about} ({remedy})", about, remedy),
            None => about,
        }
    }
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileColumn {
    /// Its name; that of a column without a name is its number, as in `column 3`.
    pub name: String,
    /// Its unit; empty if there is none.
    pub unit: String,
    /// The role in which it was read.
    pub role: ColumnRole,
}

/// Reads a table: CSV and other text, XLSX, ODS or Parquet, told by its bytes. Every column that is not a target, a name,
/// a group, a split or ignored is a descriptor: numbers, or words as a category.
///
/// # Errors
/// Names the file, and the line and the column of a cell that cannot be used; a column that was named and is not there;
/// a target without values.
pub fn read(path: &Path, options: &TableOptions) -> Result<TableImport> {
    Ok(read_unless(path, options, &CancelToken::default())?.expect("nobody cancels it"))
}

/// As [`read`]; none if it was cancelled.
///
/// # Errors
/// As [`read`].
pub fn read_unless(
    path: &Path,
    options: &TableOptions,
    cancel: &CancelToken,
) -> Result<Option<TableImport>> {
    let refuse = |problem: Text| Error::file(path, problem);
    let sheet = read_sheet(path, &options.form, &|header| kept_parts(header, options), cancel);
    if cancel.is_cancelled() {
        return Ok(None);
    }
    let mut reading = Reading::new(path, sheet.map_err(refuse)?, options).map_err(refuse)?;
    reading.name_rows();
    reading.read_columns().map_err(refuse)?;
    reading.divide_rows().map_err(refuse)?;
    reading.finish(options).map_err(refuse).map(Some)
}

/// A table while it is read.
struct Reading<'a> {
    path: &'a Path,
    sheet: Sheet,
    roles: Vec<ColumnRole>,
    /// The columns that are descriptors whatever their names suggest.
    stated: Vec<usize>,
    import: TableImport,
    /// The content of each column of descriptors, with its place in the file.
    descriptors: Vec<(usize, ColumnCells)>,
}

impl<'a> Reading<'a> {
    fn new(
        path: &'a Path,
        sheet: Sheet,
        options: &TableOptions,
    ) -> std::result::Result<Self, Text> {
        let roles = stated(&sheet.header, options)?;
        let stated = options.descriptors.iter().map(|name| sheet.header.column(name));
        let stated = stated.collect::<std::result::Result<_, _>>()?;
        let recognised = Text::joined(sheet.about.iter().cloned(), ", ");
        let report = TableReport { recognised, ..TableReport::default() };
        let import = TableImport { report, ..TableImport::default() };
        let mut reading = Self { path, sheet, roles, stated, import, descriptors: Vec::new() };
        for remark in std::mem::take(&mut reading.sheet.remarks) {
            let file = path.to_owned();
            reading.import.report.aside.push(Rejection { file, place: None, reason: remark });
        }
        for (line, reason) in std::mem::take(&mut reading.sheet.left_out) {
            reading.set_aside(reading.sheet.place_of(line), reason);
        }
        for line in std::mem::take(&mut reading.sheet.empty) {
            reading.set_aside(reading.sheet.place_of(line), text!("holds no value"));
        }
        if reading.sheet.rows() == 1 {
            return Err(text!("has a single row, of which nothing can be learned; give more rows"));
        }
        reading.guess(options);
        Ok(reading)
    }

    fn set_aside(&mut self, place: Text, reason: Text) {
        let file = self.path.to_owned();
        self.import.report.aside.push(Rejection { file, place: Some(place), reason });
    }

    fn of(&self, role: ColumnRole) -> impl Iterator<Item = usize> {
        let columns = self.roles.iter().enumerate();
        columns.filter(move |(_, own)| **own == role).map(|(column, _)| column)
    }

    /// The columns without a stated purpose.
    fn open(&self) -> impl Iterator<Item = usize> {
        self.of(ColumnRole::Descriptor).filter(|column| !self.stated.contains(column))
    }

    /// Guesses the roles of columns that are not stated from their names, and says so.
    fn guess(&mut self, options: &TableOptions) {
        if options.name.is_none() {
            self.guess_names();
        }
        let columns: Vec<(usize, Suggested)> = self
            .open()
            .filter_map(|column| Some((column, suggested(&self.sheet.header, column)?)))
            .collect();
        for (column, suggested) in columns {
            let name = self.sheet.header.name(column);
            match suggested {
                Suggested::Split if options.split.is_none() && self.is_split(column) => {
                    self.roles[column] = ColumnRole::Split;
                    self.guesses(
                        text!("{column} divides the rows", column = name),
                        text!("--ignore leaves it out"),
                    );
                }
                Suggested::Fold => {
                    self.roles[column] = ColumnRole::Ignored;
                    let reason = text!(
                        "numbers the parts of a cross-validation, which describes no row; --split names a column of train and test"
                    );
                    self.set_aside(name, reason);
                }
                Suggested::Group if options.group.is_none() => self.guesses(
                    text!(
                        "{column} is read as a descriptor; it may be the group of a row",
                        column = name
                    ),
                    text!("--group names it"),
                ),
                Suggested::Target if options.targets.is_empty() => self.guesses(
                    text!(
                        "{column} is read as a descriptor; it may be what is to be predicted",
                        column = name
                    ),
                    text!("--target names it"),
                ),
                _ => {}
            }
        }
    }

    fn guesses(&mut self, about: Text, remedy: Text) {
        self.import.report.guesses.push(Guess { about, remedy: Some(remedy) });
    }

    /// True if a column holds words of a split alone, and a row of training.
    fn is_split(&self, column: usize) -> bool {
        let words = || self.sheet.words(column);
        let mut roles = words().map(split::role_of);
        let first = roles.next().flatten();
        first.is_some_and(|first| words().any(|word| split::role_of(word) != Some(first)))
            && roles.all(|role| role.is_some())
    }

    /// Finds the column that names the rows; other columns of names that are numbers only are set aside, because a
    /// count is no descriptor.
    fn guess_names(&mut self) {
        let sheet = &self.sheet;
        let candidates: Vec<usize> = self
            .open()
            .filter(|&column| suggested(&sheet.header, column) == Some(Suggested::Name))
            .collect();
        let unique: Vec<usize> =
            candidates.iter().copied().filter(|&column| sheet.is_unique(column)).collect();
        // Words say more than numbers, which may be an index.
        let words = unique.iter().copied().find(|&column| !sheet.is_whole(column));
        let numbers = || unique.iter().copied().find(|&column| !is_nameless(&sheet.header, column));
        if let Some(column) = words.or_else(numbers) {
            let name = sheet.header.name(column);
            self.guesses(
                text!("{column} names the rows", column = name),
                text!("--name takes another"),
            );
            self.roles[column] = ColumnRole::Name;
        }
        for column in candidates {
            if self.roles[column] == ColumnRole::Descriptor && self.sheet.is_whole(column) {
                self.roles[column] = ColumnRole::Ignored;
                let reason = text!("counts the rows, which describes none of them");
                self.set_aside(self.sheet.header.name(column), reason);
            }
        }
    }

    /// Names the rows: by their column, all different, or by their number in the table.
    fn name_rows(&mut self) {
        let column = self.of(ColumnRole::Name).next();
        let header = column.map(|column| self.sheet.header.names[column].0.clone());
        self.import.named_by = header.filter(|header| !header.is_empty());
        let mut names = UniqueNames::default();
        let count = self.sheet.rows();
        self.import.set.ids = match column {
            Some(column) => {
                let words = self.sheet.words(column).enumerate();
                let own = words.map(|(row, word)| match word {
                    "" => (row + 1).to_string(),
                    // Names are written on one line.
                    word => word.replace(char::is_control, " "),
                });
                own.map(|name| names.add(name)).collect()
            }
            None => (1..=count).map(|row| row.to_string()).collect(),
        };
    }

    fn read_columns(&mut self) -> std::result::Result<(), Text> {
        for column in 0..self.roles.len() {
            match self.roles[column] {
                ColumnRole::Descriptor => self.read_descriptor(column)?,
                ColumnRole::Target => self.read_target(column)?,
                ColumnRole::Group => self.read_groups(column)?,
                ColumnRole::Name | ColumnRole::Split | ColumnRole::Ignored => {}
            }
        }
        Ok(())
    }

    fn read_groups(&mut self, column: usize) -> std::result::Result<(), Text> {
        let mut groups = Membership::new(self.sheet.rows());
        let words = self.sheet.words(column).enumerate();
        words.for_each(|(row, word)| groups.join(row, word));
        let groups = groups.into_groups();
        if groups.iter().all(|group| *group == groups[0]) {
            return Err(text!(
                "has all rows in one group by its {column}, so none can be held out; name another column of groups, or none",
                column = self.sheet.header.name(column)
            ));
        }
        self.import.set.groups = groups;
        Ok(())
    }

    /// Divides the rows by the column of splits, if there is one.
    fn divide_rows(&mut self) -> std::result::Result<(), Text> {
        let Some(column) = self.of(ColumnRole::Split).next() else { return Ok(()) };
        let place = |row: usize| self.sheet.place_of(self.sheet.lines[row]);
        let roles = split::roles(self.sheet.words(column), place, &self.import.set.groups)?;
        self.import.report.guesses.push(Guess { about: split::about(&roles), remedy: None });
        self.import.set.split = roles;
        Ok(())
    }

    fn column_name(&self, column: usize) -> std::result::Result<ColumnName, Text> {
        let name = &self.sheet.header.names[column].0;
        if name.is_empty() {
            return Err(text!(
                "its {column} has no name; name it in the first line",
                column = self.sheet.header.name(column)
            ));
        }
        ColumnName::new(name).map_err(|problem| {
            text!(
                "{problem}; call column {column} otherwise in the first line, or ignore it",
                problem,
                column = column + 1
            )
        })
    }

    fn read_descriptor(&mut self, column: usize) -> std::result::Result<(), Text> {
        let rows = self.sheet.rows();
        let cells = match self.sheet.read(column) {
            Ok(cells) => cells,
            // The other columns can be used; the problem names the column.
            Err(problem) => {
                let file = self.path.to_owned();
                self.import.report.aside.push(Rejection { file, place: None, reason: problem });
                self.roles[column] = ColumnRole::Ignored;
                return Ok(());
            }
        };
        let reason = match &cells {
            ColumnCells::Blank => Some(text!("is blank in every row")),
            ColumnCells::Constant(value) => Some(text!("is {value} wherever it is known", value)),
            ColumnCells::Dates(first) => Some(text!(
                "holds dates such as {first}, which are no quantity; write the time since a beginning as a number",
                first
            )),
            // Words that stand once are names, not levels that rows share.
            ColumnCells::Words(levels, _)
                if levels.len() > MAX_LEVELS || 2 * levels.len() > rows =>
            {
                Some(text!(
                    "holds {number} different words in {rows} rows, which are no category",
                    number = levels.len(),
                    rows
                ))
            }
            ColumnCells::Numbers(_) | ColumnCells::Words(..) => None,
        };
        if let Some(reason) = reason {
            self.set_aside(self.sheet.header.name(column), reason);
            self.roles[column] = ColumnRole::Ignored;
            return Ok(());
        }
        let kind = match &cells {
            ColumnCells::Words(levels, _) => ColumnKind::Category { levels: levels.clone() },
            // The range is measured when all rows are there.
            _ => ColumnKind::Number { low: 0.0, high: 0.0 },
        };
        let name = self.column_name(column)?;
        let unit = Some(self.sheet.header.names[column].1.clone()).filter(|unit| !unit.is_empty());
        self.import.schema.columns.push(TableColumn { name, unit, kind });
        self.descriptors.push((column, cells));
        Ok(())
    }

    fn read_target(&mut self, column: usize) -> std::result::Result<(), Text> {
        let name = self.column_name(column)?;
        let refused = |problem: Text| {
            text!(
                "its target '{name}' {problem}; take another target",
                name = name.as_str(),
                problem
            )
        };
        let (task, values) = match self.sheet.read(column)? {
            ColumnCells::Blank => return Err(refused(text!("is blank in every row"))),
            ColumnCells::Constant(value) => {
                return Err(refused(text!("is {value} wherever it is known", value)));
            }
            ColumnCells::Dates(first) => {
                return Err(refused(text!("holds dates such as {first}", first)));
            }
            ColumnCells::Words(levels, _) if levels.len() > MAX_LEVELS => {
                return Err(refused(text!(
                    "has {number} classes, and at most {most} are learned",
                    number = levels.len(),
                    most = MAX_LEVELS
                )));
            }
            ColumnCells::Words(levels, of_rows) => {
                let index = |level: Option<u32>| level.map_or(f64::NAN, f64::from);
                (Task::Classes(levels), of_rows.into_iter().map(index).collect())
            }
            ColumnCells::Numbers(values) => {
                (Task::Regression, values.into_iter().map(f64::from).collect())
            }
        };
        task.check(name)?;
        let unit = self.sheet.header.names[column].1.clone();
        self.import.set.measured.push(Target { name, unit, task, values });
        Ok(())
    }

    fn finish(mut self, options: &TableOptions) -> std::result::Result<TableImport, Text> {
        if self.descriptors.is_empty() {
            let aside = self.import.report.aside.list.iter().map(Rejection::text);
            let problem = text!("has no column of descriptors; leave one beside targets and names");
            return Err(Text::joined([problem].into_iter().chain(aside.take(3)), "; "));
        }
        let targets = &self.import.set.measured;
        let leaks = self.descriptors.iter().filter_map(|(column, cells)| {
            checks::leak(&self.sheet.header.name(*column), cells, targets)
        });
        self.import.report.warnings =
            leaks.chain(targets.iter().filter_map(checks::single_classes)).collect();
        self.label_rows(options)?;
        self.import.report.columns = self.columns_of_file();
        let count = self.sheet.rows();
        self.import.set.rows = rows(&self.import.schema, &self.descriptors, count);
        self.import.schema.measure_ranges(self.import.set.rows.iter());
        self.find_shares();
        Ok(self.import)
    }

    /// Finds the columns that are shares of a total, and says so.
    fn find_shares(&mut self) {
        let TableImport { schema, set, report, .. } = &mut self.import;
        schema.shares = find_shares(schema, &set.rows);
        for Shares { columns, total } in &schema.shares {
            let own = &schema.columns[columns.clone()];
            let about = text!(
                "the {count} columns from {first} to {last} add up to {total} in every row: they are read as shares",
                count = own.len(),
                first = own[0].name.as_str(),
                last = own[own.len() - 1].name.as_str(),
                total = total.to_string()
            );
            report.guesses.push(Guess { about, remedy: None });
        }
    }

    fn columns_of_file(&self) -> Vec<FileColumn> {
        let header = &self.sheet.header;
        let column = |(column, role): (usize, &ColumnRole)| {
            let (name, unit) = header.names[column].clone();
            let name = if name.is_empty() { header.name(column).to_string() } else { name };
            FileColumn { name, unit, role: *role }
        };
        self.roles.iter().enumerate().map(column).collect()
    }

    /// Labels the rows by a column of few words; rows without a word have the name of the file.
    fn label_rows(&mut self, options: &TableOptions) -> std::result::Result<(), Text> {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let column = match &options.label {
            Some(name) => Some(self.sheet.header.column(name)?),
            None => {
                let classes =
                    self.import.set.measured.iter().find(|target| target.task.has_classes());
                let name = classes.map(|target| target.name.as_str());
                name.and_then(|name| {
                    self.sheet.header.names.iter().position(|(own, _)| own == name)
                })
            }
        };
        let cells = column.map_or(ColumnCells::Blank, |column| self.sheet.levels(column));
        let (mut names, of_rows) = match cells {
            ColumnCells::Words(levels, of_rows) => (levels, of_rows),
            _ => (Vec::new(), vec![None; self.sheet.rows()]),
        };
        if names.len() > MAX_LEVELS {
            return Err(text!(
                "there are {number} labels in '{name}', and a map can name at most {most}; take another column",
                number = names.len(),
                name = brief(options.label.as_deref().unwrap_or_default()),
                most = MAX_LEVELS
            ));
        }
        let other = names.len() as u32;
        if of_rows.contains(&None) {
            names.push(stem.into_owned());
        }
        let set = &mut self.import.set;
        set.labels = of_rows.into_iter().map(|level| level.unwrap_or(other) as u16).collect();
        set.names = names;
        Ok(())
    }
}

/// The rows of the descriptors: numbers as they are, categories one-hot, NaN where blank.
fn rows(schema: &TableSchema, descriptors: &[(usize, ColumnCells)], count: usize) -> Rows<f32> {
    let mut rows = Rows::with_capacity(schema.width(), count);
    let mut row = Vec::with_capacity(schema.width());
    for index in 0..count {
        row.clear();
        for ((_, cells), column) in descriptors.iter().zip(&schema.columns) {
            let levels = 0..column.width() as u32;
            match cells {
                ColumnCells::Numbers(values) => row.push(values[index]),
                ColumnCells::Words(_, of_rows) => {
                    row.extend(levels.map(|level| match of_rows[index] {
                        Some(own) => f32::from(u8::from(own == level)),
                        None => f32::NAN,
                    }))
                }
                // Such columns were set aside.
                ColumnCells::Blank | ColumnCells::Constant(_) | ColumnCells::Dates(_) => {}
            }
        }
        rows.push(&row);
    }
    rows
}
