//! A table from its file: the rows of descriptors, targets, names and groups.

use super::columns::{ColumnCells, Sheet};
use super::options::TableOptions;
use super::schema::{ColumnKind, TableColumn, TableSchema};
use crate::data::column_name::ColumnName;
use crate::data::dataset::{Dataset, MAX_TARGETS, Target};
use crate::data::names::unique::UniqueNames;
use crate::data::outline::import::{Rejection, Summary};
use crate::data::records::{Records, brief};
use crate::data::roles::Membership;
use crate::data::rows::Rows;
use crate::data::task::{MAX_LEVELS, Task};
use crate::data::text_file;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use std::path::Path;

/// Headers of columns that name rows, in lower case with `_` for a space.
const NAMES: [&str; 13] = [
    "id",
    "name",
    "sample",
    "sample_id",
    "identifier",
    "index",
    "key",
    "no",
    "#",
    "formula",
    "compound",
    "material",
    "smiles",
];

/// A table as data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableImport {
    /// The columns of descriptors.
    pub schema: TableSchema,
    /// The rows in the file's own units, NaN where blank, with their targets, names, groups and labels.
    pub set: Dataset,
    /// The header of the column that names the rows, if there is one.
    pub named_by: Option<String>,
    /// Columns and rows that were set aside, with the reason.
    pub aside: Summary,
}

/// The role of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnRole {
    Descriptor,
    Target,
    Name,
    Group,
    Ignored,
}

/// Reads a table from a CSV with a header. Every column that is not a target, a name, a group or ignored is a descriptor:
/// numbers, or words as a category.
///
/// # Errors
/// Names the file, and the line and the column of a cell that cannot be used; a column that was named and is not there;
/// a target without values.
pub fn read(path: &Path, options: &TableOptions) -> Result<TableImport> {
    let refuse = |problem: Text| Error::file(path, problem);
    let bytes = text_file::read_bounded(path).map_err(refuse)?;
    let text = text_file::text(&bytes).map_err(refuse)?;
    let records = Records::read(text).map_err(refuse)?;
    let sheet = Sheet::new(&records).map_err(refuse)?;
    let mut reading = Reading::new(path, &sheet, options).map_err(refuse)?;
    reading.name_rows();
    reading.read_columns().map_err(refuse)?;
    reading.finish(options).map_err(refuse)
}

/// A table while it is read.
struct Reading<'a> {
    path: &'a Path,
    sheet: &'a Sheet<'a>,
    roles: Vec<ColumnRole>,
    import: TableImport,
    /// The content of each column of descriptors.
    descriptors: Vec<ColumnCells>,
}

impl<'a> Reading<'a> {
    fn new(
        path: &'a Path,
        sheet: &'a Sheet<'a>,
        options: &TableOptions,
    ) -> std::result::Result<Self, Text> {
        let mut roles = vec![ColumnRole::Descriptor; sheet.names.len()];
        let targets = options.targets.iter().map(|name| (name, ColumnRole::Target));
        let ignored = options.ignore.iter().map(|name| (name, ColumnRole::Ignored));
        let name = options.name.iter().map(|name| (name, ColumnRole::Name));
        let group = options.group.iter().map(|name| (name, ColumnRole::Group));
        for (name, role) in targets.chain(ignored).chain(name).chain(group) {
            let column = sheet.column(name)?;
            let is_free = [ColumnRole::Descriptor, role].contains(&roles[column]);
            if !is_free {
                return Err(text!(
                    "its {column} is named for two purposes; name it as one of target, name, group and ignored",
                    column = sheet.name(column)
                ));
            }
            roles[column] = role;
        }
        let count = roles.iter().filter(|role| **role == ColumnRole::Target).count();
        if count > MAX_TARGETS {
            return Err(text!(
                "{number} targets are named, and at most {most} are read",
                number = count,
                most = MAX_TARGETS
            ));
        }
        let import = TableImport::default();
        let mut reading = Self { path, sheet, roles, import, descriptors: Vec::new() };
        for &line in &sheet.empty {
            reading.set_aside(text!("line {line}", line), text!("holds no value"));
        }
        if options.name.is_none() {
            reading.guess_names();
        }
        Ok(reading)
    }

    fn set_aside(&mut self, place: Text, reason: Text) {
        let file = self.path.to_owned();
        self.import.aside.push(Rejection { file, place: Some(place), reason });
    }

    fn of(&self, role: ColumnRole) -> impl Iterator<Item = usize> {
        let columns = self.roles.iter().enumerate();
        columns.filter(move |(_, own)| **own == role).map(|(column, _)| column)
    }

    /// Finds the column that names the rows; other columns of names that are numbers only are set aside, because a
    /// count is no descriptor.
    fn guess_names(&mut self) {
        let sheet = self.sheet;
        let is_nameless = |column: usize| {
            let name = sheet.names[column].0;
            name.is_empty() || name.starts_with("Unnamed:")
        };
        let is_named = |column: usize| {
            NAMES.contains(&&*sheet.names[column].0.to_lowercase().replace(' ', "_"))
        };
        let candidates: Vec<usize> = self
            .of(ColumnRole::Descriptor)
            .filter(|&column| is_named(column) || column == 0 && is_nameless(column))
            .collect();
        let unique: Vec<usize> =
            candidates.iter().copied().filter(|&column| sheet.is_unique(column)).collect();
        // Words say more than numbers, which may be an index.
        let words = unique.iter().copied().find(|&column| !sheet.is_whole(column));
        let numbers = || unique.iter().copied().find(|&column| is_named(column));
        if let Some(column) = words.or_else(numbers) {
            self.roles[column] = ColumnRole::Name;
        }
        for column in candidates {
            if self.roles[column] == ColumnRole::Descriptor && sheet.is_whole(column) {
                self.roles[column] = ColumnRole::Ignored;
                let reason = text!("counts the rows, which describes none of them");
                self.set_aside(sheet.name(column), reason);
            }
        }
    }

    /// Names the rows: by their column, all different, or by their number in the table.
    fn name_rows(&mut self) {
        let column = self.of(ColumnRole::Name).next();
        let header = column.map(|column| self.sheet.names[column].0.to_owned());
        self.import.named_by = header.filter(|header| !header.is_empty());
        let mut names = UniqueNames::default();
        let count = self.sheet.rows.len();
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
                ColumnRole::Group => {
                    let mut groups = Membership::new(self.sheet.rows.len());
                    let words = self.sheet.words(column).enumerate();
                    words.for_each(|(row, word)| groups.join(row, word));
                    self.import.set.groups = groups.into_groups();
                }
                ColumnRole::Name | ColumnRole::Ignored => {}
            }
        }
        Ok(())
    }

    fn column_name(&self, column: usize) -> std::result::Result<ColumnName, Text> {
        let name = self.sheet.names[column].0;
        if name.is_empty() {
            return Err(text!(
                "its {column} has no name; name it in the first line",
                column = self.sheet.name(column)
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
        let (sheet, rows) = (self.sheet, self.sheet.rows.len());
        let cells = sheet.read(column)?;
        let reason = match &cells {
            ColumnCells::Blank => Some(text!("is blank in every row")),
            ColumnCells::Constant(value) => Some(text!("is {value} wherever it is known", value)),
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
            self.set_aside(sheet.name(column), reason);
            return Ok(());
        }
        let kind = match &cells {
            ColumnCells::Words(levels, _) => ColumnKind::Category { levels: levels.clone() },
            // The range is measured when all rows are there.
            _ => ColumnKind::Number { low: 0.0, high: 0.0 },
        };
        let name = self.column_name(column)?;
        let unit = Some(sheet.names[column].1).filter(|unit| !unit.is_empty()).map(str::to_owned);
        self.import.schema.columns.push(TableColumn { name, unit, kind });
        self.descriptors.push(cells);
        Ok(())
    }

    fn read_target(&mut self, column: usize) -> std::result::Result<(), Text> {
        let sheet = self.sheet;
        let name = self.column_name(column)?;
        let refused = |problem: Text| {
            text!(
                "its target '{name}' {problem}; take another target",
                name = name.as_str(),
                problem
            )
        };
        let (task, values) = match sheet.read(column)? {
            ColumnCells::Blank => return Err(refused(text!("is blank in every row"))),
            ColumnCells::Constant(value) => {
                return Err(refused(text!("is {value} wherever it is known", value)));
            }
            ColumnCells::Words(levels, _) if levels.len() > MAX_LEVELS => {
                return Err(refused(text!(
                    "has {number} classes, and at most {most} are learned",
                    number = levels.len(),
                    most = MAX_LEVELS
                )));
            }
            ColumnCells::Words(levels, of_rows) => {
                let index = |level: Option<usize>| level.map_or(f64::NAN, |level| level as f64);
                (Task::Classes(levels), of_rows.into_iter().map(index).collect())
            }
            ColumnCells::Numbers(values) => {
                (Task::Regression, values.into_iter().map(f64::from).collect())
            }
        };
        task.check(name)?;
        let unit = sheet.names[column].1.to_owned();
        self.import.set.measured.push(Target { name, unit, task, values });
        Ok(())
    }

    fn finish(mut self, options: &TableOptions) -> std::result::Result<TableImport, Text> {
        if self.descriptors.is_empty() {
            let aside = self.import.aside.list.iter().map(Rejection::text);
            let problem = text!("has no column of descriptors; leave one beside targets and names");
            return Err(Text::joined([problem].into_iter().chain(aside.take(3)), "; "));
        }
        self.label_rows(options)?;
        self.import.set.rows = rows(&self.import.schema, &self.descriptors, self.sheet.rows.len());
        self.import.schema.measure_ranges(self.import.set.rows.iter());
        Ok(self.import)
    }

    /// Labels the rows by a column of few words; rows without a word have the name of the file.
    fn label_rows(&mut self, options: &TableOptions) -> std::result::Result<(), Text> {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let column = match &options.label {
            Some(name) => Some(self.sheet.column(name)?),
            None => self
                .import
                .set
                .measured
                .iter()
                .find(|target| target.task.has_classes())
                .map(|target| target.name.as_str())
                .and_then(|name| self.sheet.names.iter().position(|(own, _)| *own == name)),
        };
        let cells = column.map_or(ColumnCells::Blank, |column| self.sheet.levels(column));
        let (mut names, of_rows) = match cells {
            ColumnCells::Words(levels, of_rows) => (levels, of_rows),
            _ => (Vec::new(), vec![None; self.sheet.rows.len()]),
        };
        if names.len() > MAX_LEVELS {
            return Err(text!(
                "there are {number} labels in '{name}', and a map can name at most {most}; take another column",
                number = names.len(),
                name = brief(options.label.as_deref().unwrap_or_default()),
                most = MAX_LEVELS
            ));
        }
        let other = names.len();
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
fn rows(schema: &TableSchema, descriptors: &[ColumnCells], count: usize) -> Rows<f32> {
    let mut rows = Rows::with_capacity(schema.width(), count);
    let mut row = Vec::with_capacity(schema.width());
    for index in 0..count {
        row.clear();
        for (cells, column) in descriptors.iter().zip(&schema.columns) {
            let levels = 0..column.width();
            match cells {
                ColumnCells::Numbers(values) => row.push(values[index]),
                ColumnCells::Words(_, of_rows) => {
                    row.extend(levels.map(|level| match of_rows[index] {
                        Some(own) => f32::from(u8::from(own == level)),
                        None => f32::NAN,
                    }))
                }
                // Such columns were set aside.
                ColumnCells::Blank | ColumnCells::Constant(_) => {}
            }
        }
        rows.push(&row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    fn read_text(text: &str, options: &TableOptions) -> Result<TableImport> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alloys.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, options)
    }

    fn options(targets: &[&str], ignore: &[&str]) -> TableOptions {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        TableOptions { targets: owned(targets), ignore: owned(ignore), ..TableOptions::default() }
    }

    fn problem(text: &str, options: &TableOptions) -> String {
        read_text(text, options).unwrap_err().to_string()
    }

    fn aside(import: &TableImport) -> Vec<String> {
        import.aside.list.iter().map(ToString::to_string).collect()
    }

    const ALLOYS: &str = "\
formula,mass [g],lattice,note,density (g/cm3),class,lot
Fe,55.8,bcc,x,7.87,magnetic,a
Cu,63.5,fcc,x,,plain,b
Al,27.0,fcc,x,2.70,plain,a
Ni,NA,,x,8.91,magnetic,
Cr,52.0,bcc,x,7.19,,b
";

    #[test]
    fn a_table_becomes_descriptors_targets_and_names() {
        let mut options = options(&["density", "Class"], &[]);
        options.group = Some("lot".to_owned());
        let import = read_text(ALLOYS, &options).unwrap();
        let columns: Vec<(&str, Option<&str>, usize)> = import
            .schema
            .columns
            .iter()
            .map(|column| (column.name.as_str(), column.unit.as_deref(), column.width()))
            .collect();
        assert_eq!(columns, [("mass", Some("g"), 1), ("lattice", None, 2)]);
        assert_eq!(import.schema.columns[0].kind, ColumnKind::Number { low: 27.0, high: 63.5 });
        assert_eq!(import.set.ids, ["Fe", "Cu", "Al", "Ni", "Cr"]);
        assert_eq!(import.set.rows.row(0), [55.8, 1.0, 0.0]);
        assert_eq!(import.set.rows.row(2), [27.0, 0.0, 1.0]);
        assert!(import.set.rows.row(3).iter().all(|v| v.is_nan()), "NA and an empty cell");
        let [density, class] = import.set.measured.as_slice() else { panic!("{import:?}") };
        assert_eq!((density.name.as_str(), density.unit.as_str()), ("density", "g/cm3"));
        assert_eq!(density.values[0], f64::from(7.87f32));
        assert!(density.values[1].is_nan());
        assert_eq!(class.values[..4], [0.0, 1.0, 1.0, 0.0]);
        assert!(class.values[4].is_nan());
        assert_eq!(class.task.levels(), ["magnetic", "plain"]);
        assert_eq!(import.set.groups, [0, 1, 0, 3, 1]);
        assert_eq!(import.set.names, ["magnetic", "plain", "alloys"]);
        assert_eq!(import.set.labels, [0, 1, 1, 0, 2]);
        let aside = aside(&import);
        assert!(aside.len() == 1 && says(&aside[0], "'note' .. x"), "{aside:?}");
        let shown = import.schema.describe(import.set.rows.row(0));
        assert_eq!((shown[0].value.as_str(), shown[1].value.as_str()), ("55.8", "bcc"));
    }

    #[test]
    fn separators_decimal_commas_and_comments_are_those_of_other_tables() {
        let text = "# alloys\nname;mass [g];ratio\nFe;55,8;1\n# note\nCu;63,5;2\n";
        let import = read_text(text, &TableOptions::default()).unwrap();
        assert_eq!(import.set.rows.as_flat(), [55.8, 1.0, 63.5, 2.0]);
        let quoted = "name,mass\n\"Fe, alpha\",1\n\"Fe\ngamma\",2\n";
        let import = read_text(quoted, &TableOptions::default()).unwrap();
        assert_eq!(import.set.ids, ["Fe, alpha", "Fe gamma"]);
    }

    #[test]
    fn rows_are_named_by_words_before_numbers() {
        let ids = |text: &str| {
            let import = read_text(text, &TableOptions::default()).unwrap();
            (import.set.ids.clone(), aside(&import).len(), import.schema.columns.len())
        };
        let named = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        assert_eq!(ids("id,name,m\n7,Fe,1\n8,Cu,2\n"), (named(["Fe", "Cu"]), 1, 1));
        assert_eq!(ids("Sample ID,m\n7,1\n8,2\n"), (named(["7", "8"]), 0, 1));
        assert_eq!(ids(",m\n0,1\n1,2\n"), (named(["1", "2"]), 1, 1), "an index names nothing");
        assert_eq!(ids(",m\nFe,1\nCu,2\n"), (named(["Fe", "Cu"]), 0, 1));
        assert_eq!(ids("m,k\n1,2\n2,1\n"), (named(["1", "2"]), 0, 2));
        // Of equal words none is a name, and one that stands in every row is no descriptor either.
        assert_eq!(ids("name,m\nFe,1\nFe,2\n"), (named(["1", "2"]), 1, 1));
        let mut asked = TableOptions { name: Some("metal".to_owned()), ..TableOptions::default() };
        let twice = read_text("metal,m\nFe,1\nFe,2\n,3\n", &asked).unwrap();
        assert_eq!(twice.set.ids, ["Fe", "Fe#2", "3"]);
        asked.name = Some("metall".to_owned());
        assert!(problem("metal,m\nFe,1\n", &asked).contains("'metal'"));
    }

    #[test]
    fn a_cell_that_cannot_be_used_is_named_with_its_place() {
        let plain = TableOptions::default();
        for (text, facts) in [
            ("name,m\na,1\nb,2\nc,three\n", "alloys.csv .. line 4 .. 'm' .. 'three' .. ignore"),
            ("name,m\na,1\nb,inf\n", "line 3 .. 'm' .. 'inf' .. finite"),
            ("name,m\na,1\nb,1e300\n", "line 3 .. 'm' .. '1e300' .. finite"),
            ("name,m,k\na,1,2\n\nb,2\n", "line 4 .. 2 cells .. 3 columns"),
            ("name,m\na,1,2\n", "line 2 .. 3 cells .. 2 columns"),
            ("name,m,k,m\na,1,2,3\n", "columns 2 .. 4 .. 'm'"),
            ("name,m [g],m [kg]\na,1,2\n", "columns 2 .. 3 .. 'm'"),
            ("a,1\nb,2\n", "first line"),
            ("name,m\n", "no rows"),
            ("name,m\n,\n", "no rows"),
            ("name,,m\na,1,1\nb,2,2\n", "column 2 has no name"),
            ("name,a\u{7}b\na,1\nb,2\n", "'ab' .. column 2"),
            ("name,m\na,1\nb,1\n", "no column of descriptors .. 'm' .. 1"),
            ("", "empty"),
        ] {
            let problem = problem(text, &plain);
            assert!(says(&problem, facts), "{text:?}: {problem}");
        }
    }

    #[test]
    fn columns_that_are_named_must_be_there_and_hold_something() {
        let text = "name,mass,density [g/cm3],words,none\na,1,2,u,\nb,2,2,v,\nc,3,2,w,\n";
        for (targets, ignore, facts) in [
            (&["densty"][..], &[][..], "'densty' .. 'density'"),
            (&["density"], &[], "'density' .. 2"),
            (&["none"], &[], "'none' .. blank"),
            (&["mass"], &["Mass"], "'mass' .. two purposes"),
            (&["mass"], &["zzzzzz"], "'zzzzzz' .. name, mass, density, words .. none"),
        ] {
            let problem = problem(text, &options(targets, ignore));
            assert!(says(&problem, facts), "{problem}");
        }
        let import = read_text(text, &options(&["words"], &["density [g/cm3]"])).unwrap();
        assert_eq!(import.set.measured[0].values, [0.0, 1.0, 2.0], "each class once");
        let aside = aside(&import);
        assert!(aside.len() == 1 && says(&aside[0], "'none' .. blank"), "{aside:?}");
    }

    #[test]
    fn words_that_no_rows_share_are_no_category() {
        let text = "name,where,m\na,north,1\nb,south,2\nc,east,3\n\nd,west,4\n,,\n";
        let import = read_text(text, &TableOptions::default()).unwrap();
        assert_eq!((import.schema.columns.len(), import.set.rows.len()), (1, 4));
        let aside = aside(&import);
        assert!(says(&aside[0], "line 7 .. no value"), "{aside:?}");
        assert!(says(&aside[1], "'where' .. 4 different words .. 4 rows"), "{aside:?}");
    }
}
