//! An outline on its way to a file: its name, its kind and its numbers.

use crate::data::outline::unit::LengthUnit;
use std::borrow::Cow;

/// An outline that is to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedOutline<'a> {
    /// Its name; empty if it has none of its own.
    pub(super) name: Cow<'a, str>,
    /// Its label, if it is known.
    pub(super) label: Option<&'a str>,
    points: Numbers<'a>,
}

/// The coordinates of an outline, `x0, y0, x1, y1, ..`.
#[derive(Clone, Debug, PartialEq)]
enum Numbers<'a> {
    /// Coordinates in data units.
    Data(&'a [f32]),
    /// Coordinates at the position and size that the outline had before it was imported, and their unit.
    Restored(Vec<f64>, LengthUnit),
}

impl<'a> NamedOutline<'a> {
    /// An outline with a name.
    pub fn named(name: impl Into<Cow<'a, str>>, points: &'a [f32]) -> Self {
        Self { name: name.into(), label: None, points: Numbers::Data(points) }
    }

    /// The same outline with a label.
    pub fn of_kind(self, label: Option<&'a str>) -> Self {
        Self { label, ..self }
    }

    /// The same outline with the coordinates of the file that it was imported from, in its unit, instead of data units.
    pub fn restored(self, points: Vec<f64>, unit: LengthUnit) -> Self {
        Self { points: Numbers::Restored(points, unit), ..self }
    }

    /// The unit of its coordinates, if it stands where it stood in a file.
    pub(super) fn frame_unit(&self) -> Option<LengthUnit> {
        match &self.points {
            Numbers::Data(_) => None,
            Numbers::Restored(_, unit) => Some(*unit),
        }
    }

    /// The numbers as they are written. Single-precision numbers become the doubles with the same shortest decimal
    /// form, so that 0.1 stays 0.1.
    pub(super) fn numbers(&self) -> Cow<'_, [f64]> {
        match &self.points {
            Numbers::Data(points) => points.iter().map(|&v| as_it_reads(v)).collect(),
            Numbers::Restored(points, _) => Cow::Borrowed(points),
        }
    }

    /// The number of its coordinates.
    pub(super) fn width(&self) -> usize {
        match &self.points {
            Numbers::Data(points) => points.len(),
            Numbers::Restored(points, _) => points.len(),
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        match &self.points {
            Numbers::Data(points) => points.iter().all(|v| v.is_finite()),
            Numbers::Restored(points, _) => points.iter().all(|v| v.is_finite()),
        }
    }

    /// The corners, `[points]`.
    pub(super) fn corners(&self) -> Vec<[f64; 2]> {
        self.numbers().chunks_exact(2).map(|p| [p[0], p[1]]).collect()
    }

    /// Its name; else its label with its place, counted from 1; else the place alone.
    pub(super) fn title(&self, place: usize) -> String {
        match (&*self.name, self.label) {
            ("", Some(label)) => format!("{label} {}", place + 1),
            ("", None) => format!("shape {}", place + 1),
            (name, _) => name.to_owned(),
        }
    }
}

/// The double with the same shortest decimal form as a single, so that 0.1 stays 0.1.
pub(super) fn as_it_reads(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}
