//! Outlines as airfoils in the order of Selig: a line with the name, then `x y` of each point from the trailing edge
//! over the upper side to the leading edge and back below (UIUC Airfoil Coordinates Database).
//!
//! The rightmost point takes the role of the trailing edge in a shape that is no airfoil.

use super::outline::NamedOutline;
use crate::data::names::unique::UniqueNames;
use crate::error::{Error, Result};
use crate::numerics::atomic_file::{temporary_folder, write_whole};
use crate::text;
use crate::text::{Text, printable};
use std::io::Write;
use std::path::Path;

/// The most bytes of a file name without its extension: with it, and with a mark of other programs, it stays below the
/// 255 of every system.
const LONGEST: usize = 200;

/// Writes the only outline.
pub(super) fn write_one(path: &Path, outlines: &[NamedOutline<'_>]) -> Result<()> {
    match outlines {
        [one] => write_whole(path, |out| write(out, one, &one.title(0))),
        _ => Err(one_alone(path, Text::verbatim(outlines.len().to_string()))),
    }
}

/// The error for more than one outline.
pub(super) fn one_alone(path: &Path, several: Text) -> Error {
    let problem = text!(
        "an airfoil file holds one outline and there are {several}; name a new folder, ending in /, for a \
         file each, or end the name in .csv, .json, .svg or .dxf",
        several
    );
    Error::file(path, problem)
}

/// Fails unless a folder can be made at `path`.
pub(super) fn check_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::file(
            path,
            text!("is a folder already; name a new one, or a file in it"),
        ));
    }
    temporary_folder(path).map(drop)
}

/// Writes one file for each outline into a new folder: all of them or none.
pub(super) fn write_folder(path: &Path, outlines: &[NamedOutline<'_>]) -> Result<()> {
    check_folder(path)?;
    let folder = temporary_folder(path)?;
    let mut taken = UniqueNames::default();
    for (place, outline) in outlines.iter().enumerate() {
        let title = outline.title(place);
        // Two titles may give the same file name.
        let name = taken.add_short(&file_name(&title), '-', LONGEST);
        let inside = folder.path().join(format!("{name}.dat"));
        write_whole(&inside, |out| write(out, outline, &title)).map_err(|error| match error {
            Error::File { problem, .. } => Error::file(path, problem),
            other => other,
        })?;
    }
    let written = folder.keep();
    std::fs::rename(&written, path).map_err(|error| {
        // A folder that cannot be moved to its path is removed.
        let _ = std::fs::remove_dir_all(&written);
        Error::io(path, &error)
    })
}

/// A title converted to a file name that is valid on every system.
fn file_name(title: &str) -> String {
    let allowed = |c: char| if c.is_alphanumeric() || "-_.+".contains(c) { c } else { '_' };
    let name: String = title.chars().map(allowed).collect();
    // A leading dot hides a file.
    let name = name.trim_start_matches('.');
    if name.is_empty() { "shape".to_owned() } else { name.to_owned() }
}

/// Signed area by the shoelace formula; positive when counter-clockwise.
fn area(points: &[[f64; 2]]) -> f64 {
    let next = points.iter().cycle().skip(1);
    0.5 * points.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>()
}

fn write(out: &mut dyn Write, outline: &NamedOutline<'_>, title: &str) -> std::io::Result<()> {
    writeln!(out, "{}", printable(&title.split_whitespace().collect::<Vec<_>>().join(" ")))?;
    let mut points = outline.corners();
    if area(&points) < 0.0 {
        points.reverse();
    }
    let rightmost = (0..points.len()).max_by(|&a, &b| points[a][0].total_cmp(&points[b][0]));
    points.rotate_left(rightmost.unwrap_or(0));
    for [x, y] in points.iter().chain(points.first()) {
        writeln!(out, " {x} {y}")?;
    }
    Ok(())
}
