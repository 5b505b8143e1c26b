//! The origin of a model's data, and the data themselves for a training.

use super::dataset::Dataset;
use super::domain::Domain;
use super::outline::generator::GeneratorConfig;
use super::outline::import::canonicalise::{Begin, OutlineForm};
use super::outline::import::{Import, ImportOptions, MIN_OUTLINES, Normalise};
use super::outline::spacing::Spacing;
use super::outline::unit::LengthUnit;
use super::rows::Rows;
use super::table::TableImport;
use crate::error::{Error, Result};
use crate::text;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The origin of training data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Outlines from the generator.
    Outlines(GeneratorConfig),
    /// Outlines that the user imported; a model stores them.
    Imported(Imported),
    /// Rows of a table; a model stores them.
    Table(TableSource),
}

/// A description of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSource {
    /// The name of its file.
    pub name: String,
    /// Number of rows.
    pub count: usize,
    /// A fingerprint of the rows: FNV-1a of their bytes.
    pub hash: u64,
    /// The column that names the rows, if there is one: it also names new rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_by: Option<String>,
}

impl TableSource {
    /// The description of these rows, which have the name of their file.
    pub fn new(name: String, rows: &Rows<f32>) -> Self {
        Self { name, count: rows.len(), hash: fingerprint(rows.as_flat()), named_by: None }
    }
}

/// A description of imported outlines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The name of their file or folder.
    pub name: String,
    /// Number of outlines.
    pub count: usize,
    /// Points of each outline.
    pub points: usize,
    /// A fingerprint of the outlines: FNV-1a of their bytes.
    pub hash: u64,
    /// The parts of the frame that were removed from each.
    pub normalise: Normalise,
    /// The rule by which the points of each were placed.
    #[serde(default)]
    pub spacing: Spacing,
    /// The starting point of each.
    pub begin: Begin,
    /// The unit of length of their files.
    #[serde(default, skip_serializing_if = "LengthUnit::is_unknown")]
    pub unit: LengthUnit,
}

impl Imported {
    /// The record of imported outlines that stand in this form.
    pub fn new(name: String, form: OutlineForm, set: &Dataset) -> Self {
        let OutlineForm { points, normalise, spacing, begin } = form;
        let (count, hash) = (set.rows.len(), fingerprint(set.rows.as_flat()));
        Self { name, count, points, hash, normalise, spacing, begin, unit: set.unit }
    }
}

impl Source {
    /// Number of outlines or rows.
    pub fn samples(&self) -> usize {
        match self {
            Self::Table(table) => table.count,
            Self::Outlines(generator) => generator.samples,
            Self::Imported(imported) => imported.count,
        }
    }

    /// Points of each outline; 0 for a table.
    pub fn points(&self) -> usize {
        match self {
            Self::Table(_) => 0,
            Self::Outlines(generator) => generator.points,
            Self::Imported(imported) => imported.points,
        }
    }

    /// The unit of length of the files of imported outlines.
    pub fn unit(&self) -> LengthUnit {
        match self {
            Self::Imported(imported) => imported.unit,
            Self::Outlines(_) | Self::Table(_) => LengthUnit::Unknown,
        }
    }

    /// The name of the file or folder of data that a model stores; none for generated outlines.
    pub fn stored_name(&self) -> Option<&str> {
        match self {
            Self::Outlines(_) => None,
            Self::Imported(imported) => Some(&imported.name),
            Self::Table(table) => Some(&table.name),
        }
    }

    /// The column of a table that names the rows; none if they are numbered.
    pub fn named_by(&self) -> Option<&str> {
        match self {
            Self::Table(table) => table.named_by.as_deref(),
            Self::Outlines(_) | Self::Imported(_) => None,
        }
    }

    /// True if all outlines are about as large as a circle of radius 1, so that networks can use them unscaled.
    pub fn has_unit_size(&self) -> bool {
        match self {
            Self::Table(_) => false,
            Self::Outlines(_) => true,
            Self::Imported(imported) => imported.normalise.scale,
        }
    }
}

/// A training set and its origin.
#[derive(Clone, Debug)]
pub struct TrainingData {
    /// The origin of the data.
    pub source: Source,
    /// The data.
    pub set: Arc<Dataset>,
}

impl TrainingData {
    /// The outlines that the generator makes of its settings.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn generate(generator: GeneratorConfig) -> Result<Self> {
        generator.check()?;
        let set = Arc::new(generator.generate());
        Ok(Self { source: Source::Outlines(generator), set })
    }

    /// Outlines that were imported with these options; `name` is that of their file or folder.
    ///
    /// # Errors
    /// When there are too few to train on.
    pub fn imported(import: Import, name: String, options: &ImportOptions) -> Result<Self> {
        let &ImportOptions { normalise, spacing, .. } = options;
        let Import { set, begin, .. } = import;
        let count = set.rows.len();
        if count < MIN_OUTLINES {
            return Err(Error::mismatch(text!(
                "{count} outline is not enough to learn from; import at least {fewest}"
                    | "{count} outlines are too few to learn from; import at least {fewest}",
                count,
                fewest = MIN_OUTLINES
            )));
        }
        let points = set.rows.width() / 2;
        let form = OutlineForm { points, normalise, spacing, begin };
        let source = Source::Imported(Imported::new(name, form, &set));
        Ok(Self { source, set: Arc::new(set) })
    }

    /// The rows of a table; `name` is that of its file.
    ///
    /// # Errors
    /// When there are too few to train on, or two quantities have one name.
    pub fn table(import: TableImport, name: String) -> Result<Self> {
        let TableImport { schema, set, named_by, .. } = import;
        let count = set.rows.len();
        if count < MIN_OUTLINES {
            return Err(Error::mismatch(text!(
                "{count} row is not enough to learn from; give at least {fewest}"
                    | "{count} rows are too few to learn from; give at least {fewest}",
                count,
                fewest = MIN_OUTLINES
            )));
        }
        let domain = Domain::of_table(schema).map_err(Error::Mismatch)?;
        let source = Source::Table(TableSource { named_by, ..TableSource::new(name, &set.rows) });
        let set = Dataset { domain, ..set };
        set.check_names().map_err(Error::Mismatch)?;
        Ok(Self { source, set: Arc::new(set) })
    }
}

/// FNV-1a of the bytes of numbers.
pub fn fingerprint(values: &[f32]) -> u64 {
    fnv1a(values.iter().flat_map(|v| v.to_le_bytes()))
}

/// FNV-1a of bytes (Fowler, Noll, Vo 1991).
pub fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
