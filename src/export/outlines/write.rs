//! Outlines into a file of the format that its name asks for.

use super::format::OutlineFormat;
use super::outline::{NamedOutline, as_it_reads};
use super::{dat, drawing, dxf};
use crate::data::csv::{outline_header, write};
use crate::data::dataset::{Dataset, Target};
use crate::error::{Error, Result};
use crate::numerics::atomic_file::{check_writable, write_whole};
use crate::text;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Rows of a table that are formatted together.
const ROWS_AT_ONCE: usize = 512;

/// The shapes of a data set with their names and labels, at the position and size that they had before they were
/// imported.
pub fn of_set(set: &Dataset) -> Vec<NamedOutline<'_>> {
    let outline = |index: usize| {
        let row = set.rows.row(index);
        let name = set.ids.get(index).map_or("", String::as_str);
        let label = set.labels.get(index).and_then(|&label| set.names.get(usize::from(label)));
        let outline = NamedOutline::named(name, row).of_kind(label.map(String::as_str));
        match set.transforms.get(index) {
            Some(transform) => outline.restored(transform.restore(row), set.unit),
            None => outline,
        }
    };
    (0..set.rows.len()).map(outline).collect()
}

/// Writes a data set in the form of [`of_set`], with its target values if the format [holds values](holds_values).
/// Imports, encoders and searches can read the table: `id`, `label`, `x0, y0, ..` and a column for each kind of target
/// value, which an import of values recognises.
///
/// # Errors
/// As [`write_outlines`].
pub fn write_set(path: &Path, set: &Dataset) -> Result<()> {
    write_with_values(path, &of_set(set), &set.measured)
}

/// True if a file of this name can hold target values: a table and JSON can.
pub fn holds_values(path: &Path) -> bool {
    matches!(OutlineFormat::from_path(path), Ok(OutlineFormat::Csv | OutlineFormat::Json))
}

/// The title of a target column in a file, with its unit: `drag [N]`.
fn title(measured: &Target) -> String {
    match measured.unit.as_str() {
        "" => measured.name.as_str().to_owned(),
        unit => format!("{} [{unit}]", measured.name.as_str()),
    }
}

/// An outline in JSON.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    outline: &'a [f64],
    /// Its target values, by name and unit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<&'a str, f64>,
}

/// Fails if a file of this name cannot hold several outlines; for use before there are any.
///
/// # Errors
/// Names `path` when its extension is unknown or belongs to one outline.
pub fn check_holds_several(path: &Path) -> Result<()> {
    match OutlineFormat::from_path(path)? {
        OutlineFormat::Dat => Err(dat::one_alone(path, text!("several"))),
        _ => Ok(()),
    }
}

/// Fails as [`write_outlines`] would, before any work is spent on outlines.
///
/// # Errors
/// Names `path` when its extension is unknown or it cannot be written.
pub fn check_target(path: &Path) -> Result<()> {
    match OutlineFormat::from_path(path)? {
        OutlineFormat::DatFolder => dat::check_folder(path),
        _ => check_writable(path),
    }
}

/// Writes outlines in the format of the file extension, completely or not at all.
///
/// # Errors
/// Names `path` when its extension is unknown or it cannot be written; or reports that there is no outline, that one is
/// not finite, or that the format cannot hold all of them.
pub fn write_outlines(path: &Path, outlines: &[NamedOutline<'_>]) -> Result<()> {
    write_with_values(path, outlines, &[])
}

/// Writes outlines, with the values of each if the format holds them.
fn write_with_values(
    path: &Path,
    outlines: &[NamedOutline<'_>],
    measured: &[Target],
) -> Result<()> {
    let format = OutlineFormat::from_path(path)?;
    if outlines.is_empty() {
        return Err(Error::file(path, text!("there is no outline to write")));
    }
    if let Some(place) = outlines.iter().position(|outline| !outline.is_finite()) {
        let title = outlines[place].title(place);
        return Err(Error::file(path, text!("{title} is not finite; leave it out", title)));
    }
    match format {
        OutlineFormat::Csv => table(path, outlines, measured),
        OutlineFormat::Json => write_whole(path, |out| {
            let titles: Vec<String> = measured.iter().map(title).collect();
            let record = |place: usize| {
                let outline = &outlines[place];
                let NamedOutline { name, label, .. } = outline;
                let values = titles.iter().map(String::as_str).zip(measured);
                let value = |measured: &Target| as_it_reads(measured.values[place] as f32);
                let values = values.map(|(title, measured)| (title, value(measured)));
                serde_json::to_string(&Record {
                    id: name,
                    label: *label,
                    outline: &outline.numbers(),
                    values: values.filter(|(_, value)| value.is_finite()).collect(),
                })
            };
            for place in 0..outlines.len() {
                write!(out, "{}{}", if place == 0 { "[\n" } else { ",\n" }, record(place)?)?;
            }
            writeln!(out, "\n]")
        }),
        OutlineFormat::Svg => write_whole(path, |out| drawing::write(out, outlines)),
        OutlineFormat::Dxf => write_whole(path, |out| dxf::write(out, outlines)),
        OutlineFormat::Dat => dat::write_one(path, outlines),
        OutlineFormat::DatFolder => dat::write_folder(path, outlines),
    }
}

fn table(path: &Path, outlines: &[NamedOutline<'_>], measured: &[Target]) -> Result<()> {
    let width = outlines[0].width();
    if let Some(other) = outlines.iter().find(|outline| outline.width() != width) {
        let problem = text!(
            "a table needs outlines of one length, and there are some of {one} and of {other} points; end the name in \
             .json, .svg or .dxf",
            one = width / 2,
            other = other.width() / 2
        );
        return Err(Error::file(path, problem));
    }
    let with_names = outlines.iter().any(|outline| !outline.name.is_empty());
    let with_labels = outlines.iter().any(|outline| outline.label.is_some());
    let columns = [(with_names, "id"), (with_labels, "label")];
    let mut header: Vec<String> =
        columns.iter().filter(|(there, _)| *there).map(|(_, name)| (*name).to_owned()).collect();
    header.extend(outline_header(width));
    header.extend(measured.iter().map(title));
    let row = |(place, outline): (usize, &NamedOutline<'_>)| {
        let name = with_names.then(|| outline.name.to_string());
        let label = with_labels.then(|| outline.label.unwrap_or_default().to_owned());
        let numbers = outline.numbers();
        let numbers = numbers.iter().map(f64::to_string);
        let values = measured.iter().map(|measured| match measured.values[place] as f32 {
            value if value.is_finite() => value.to_string(),
            _ => String::new(),
        });
        name.into_iter().chain(label).chain(numbers).chain(values).collect::<Vec<_>>()
    };
    // Most of the time is that of formatting numbers; the rows that are written next are formatted together.
    let places: Vec<(usize, &NamedOutline<'_>)> = outlines.iter().enumerate().collect();
    let formatted =
        |rows: &[(usize, &NamedOutline<'_>)]| rows.par_iter().map(|&r| row(r)).collect::<Vec<_>>();
    write(path, &header, places.chunks(ROWS_AT_ONCE).flat_map(formatted))
}
