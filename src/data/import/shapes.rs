//! The shapes of one file in canonical form, each by itself.

use super::clean::{Curve, clean};
use super::files::{self, Format, Listed};
use super::form::{self, Begin};
use super::labels::Named;
use super::options::ImportOptions;
use super::watch::Watch;
use super::{airfoil, svg, table};
use crate::data::geometry::is_simple;
use crate::data::placement::Placement;
use rayon::prelude::*;

/// One shape of a file before it has its place in the set.
pub struct Found {
    /// What it is called.
    pub named: Named,
    /// Where in the file it is, as in "line 3"; empty where it is all of it.
    pub place: String,
    /// It, or why it is none.
    pub outline: std::result::Result<Canonical, String>,
}

/// A shape in canonical form.
pub struct Canonical {
    /// Beginning where the ray along +x leaves it.
    pub by_ray: Normalised,
    /// Beginning at its tip, if it has one.
    pub by_tip: Option<Normalised>,
    /// What was changed, a clause each.
    pub notes: Vec<String>,
}

/// An outline and what was taken away from it.
pub type Normalised = (Vec<f32>, Placement);

/// Every shape of one file.
pub fn shapes(file: &Listed, options: &ImportOptions, watch: &Watch<'_>) -> Vec<Found> {
    let stem = file.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let named = |own: String, label: String| Named {
        own,
        label,
        stem: stem.clone(),
        folder: file.folder.clone(),
    };
    let one = |place: String, named: Named, curve: std::result::Result<Curve, String>| {
        let outline = if watch.is_stopped() {
            Err("was not looked at".to_owned())
        } else {
            curve.and_then(clean).and_then(|clean| canonical(&clean.points, clean.notes, options))
        };
        watch.count(outline.is_ok());
        Found { named, place, outline }
    };
    let whole = |curve| vec![one(String::new(), named(stem.clone(), String::new()), curve)];
    let bytes = match files::read_bounded(&file.path) {
        Ok(bytes) => bytes,
        Err(problem) => return whole(Err(problem)),
    };
    if file.format == Format::Airfoil {
        let utf16 = files::is_utf16(&bytes);
        return whole(if utf16 {
            files::text(&bytes).map(drop).and_then(|()| airfoil::read(&bytes))
        } else {
            airfoil::read(&bytes)
        });
    }
    let text = match files::text(&bytes) {
        Ok(text) => text,
        Err(problem) => return whole(Err(problem)),
    };
    if file.format == Format::Svg {
        let paths = match svg::read(text) {
            Ok(paths) => paths,
            Err(problem) => return whole(Err(problem)),
        };
        let alone = paths.len() == 1;
        let numbered = paths.into_iter().enumerate();
        return numbered
            .map(|(index, path)| {
                let own = if path.id.is_empty() { (index + 1).to_string() } else { path.id };
                let id = if alone { stem.clone() } else { format!("{stem}#{own}") };
                one(format!("path {own}"), named(id, String::new()), path.curve)
            })
            .collect();
    }
    match table::read(text) {
        Err(problem) => whole(Err(problem)),
        Ok(table::Table::Points(curve)) => whole(Ok(curve)),
        Ok(table::Table::Rows(rows)) => rows
            .into_par_iter()
            .enumerate()
            .map(|(index, row)| {
                let own = if row.id.is_empty() { (index + 1).to_string() } else { row.id };
                one(format!("line {}", row.line), named(own, row.label), row.curve)
            })
            .collect(),
    }
}

fn canonical(
    points: &[[f64; 2]],
    notes: Vec<String>,
    options: &ImportOptions,
) -> std::result::Result<Canonical, String> {
    let from = |begin| form::canonical(points, options.points, options.normalise, begin);
    let by_ray = from(Begin::Ray);
    if !is_simple(&by_ray.0) {
        return Err(format!(
            "crosses itself when drawn with {} points, so thin or finely drawn is it; use more points",
            options.points
        ));
    }
    let by_tip = form::has_tip(&by_ray.0).then(|| from(Begin::Tip));
    Ok(Canonical { by_ray, by_tip, notes })
}
