//! The shapes of one file in canonical form, each converted on its own.

use super::canonicalise::{self, Begin};
use super::files::{self, InputFormat, ListedFile};
use super::labels::Named;
use super::options::ImportOptions;
use super::progress::ImportWatch;
use super::repair::{RawCurve, clean};
use super::{Rejection, airfoil, svg, table};
use crate::data::outline::geometry::is_simple;
use crate::data::outline::transform::SimilarityTransform;
use rayon::prelude::*;

/// One shape of a file before it has its place in the data set.
pub struct FoundShape {
    /// The names that it comes with.
    pub named: Named,
    /// The place in the file, such as "line 3"; empty if the shape is the whole file.
    pub place: String,
    /// The outline, or the reason why it is none.
    pub outline: std::result::Result<Canonical, String>,
}

/// The contents of a file.
#[derive(Default)]
pub struct Contents {
    /// Its shapes.
    pub shapes: Vec<FoundShape>,
    /// The other parts of the file, which are not used.
    pub aside: Vec<Rejection>,
}

/// A shape in canonical form.
pub struct Canonical {
    /// Begins where the ray along +x leaves the shape.
    pub by_ray: Normalised,
    /// Begins at the tip, if there is one.
    pub by_tip: Option<Normalised>,
    /// The changes that were made, a clause each.
    pub notes: Vec<String>,
}

/// An outline and the frame that was removed from it.
pub type Normalised = (Vec<f32>, SimilarityTransform);

/// Reads every shape of one file and lists the parts that are not used.
pub fn contents(file: &ListedFile, options: &ImportOptions, watch: &ImportWatch<'_>) -> Contents {
    let stem = file.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let named = |own: String, label: String| Named {
        own,
        label,
        stem: stem.clone(),
        folder: file.folder.clone(),
    };
    let one = |place: String, named: Named, curve: std::result::Result<RawCurve, String>| {
        let outline = if watch.is_stopped() {
            Err("was not looked at".to_owned())
        } else {
            curve.and_then(clean).and_then(|clean| canonical(&clean.points, clean.notes, options))
        };
        watch.count(outline.is_ok());
        FoundShape { named, place, outline }
    };
    // Curves without names are numbered if there are several.
    let all = |curves: Vec<RawCurve>| {
        let alone = curves.len() == 1;
        let place = |k| if alone { String::new() } else { format!("outline {k}") };
        let id = |k| if alone { stem.clone() } else { format!("{stem}#{k}") };
        let numbered = (1..).zip(curves);
        numbered.map(|(k, curve)| one(place(k), named(id(k), String::new()), Ok(curve))).collect()
    };
    let refused = |problem| Contents {
        shapes: vec![one(String::new(), named(stem.clone(), String::new()), Err(problem))],
        aside: Vec::new(),
    };
    let aside =
        |reason: String| Rejection { file: file.path.clone(), place: String::new(), reason };
    let bytes = match files::read_bounded(&file.path) {
        Ok(bytes) => bytes,
        Err(problem) => return refused(problem),
    };
    if file.format == InputFormat::Airfoil {
        let text = if files::is_utf16(&bytes) { files::text(&bytes).map(drop) } else { Ok(()) };
        return match text.and_then(|()| airfoil::read(&bytes)) {
            Ok(curves) => Contents { shapes: all(curves), aside: Vec::new() },
            Err(problem) => refused(problem),
        };
    }
    let text = match files::text(&bytes) {
        Ok(text) => text,
        Err(problem) => return refused(problem),
    };
    if file.format == InputFormat::Svg {
        let picture = match svg::read(text) {
            Ok(picture) => picture,
            Err(problem) => return refused(problem),
        };
        let alone = picture.paths.len() == 1;
        let shape = |(index, path): (usize, svg::PathOfPicture)| {
            let own = if path.id.is_empty() { (index + 1).to_string() } else { path.id };
            let id = if alone { stem.clone() } else { format!("{stem}#{own}") };
            let mut found = one(format!("path {own}"), named(id, String::new()), path.curve);
            if let Ok(outline) = &mut found.outline {
                outline.notes.extend(path.note);
            }
            found
        };
        return Contents {
            shapes: picture.paths.into_iter().enumerate().map(shape).collect(),
            aside: picture.aside.into_iter().map(aside).collect(),
        };
    }
    let read = match table::read(text) {
        Ok(read) => read,
        Err(problem) => return refused(problem),
    };
    let shapes = match read.table {
        table::OutlineTable::Curves(curves) => all(curves),
        table::OutlineTable::Rows(rows) => rows
            .into_par_iter()
            .enumerate()
            .map(|(index, row)| {
                let own = if row.id.is_empty() { (index + 1).to_string() } else { row.id };
                one(row.place, named(own, row.label), row.curve)
            })
            .collect(),
    };
    Contents { shapes, aside: read.aside.into_iter().map(aside).collect() }
}

fn canonical(
    points: &[[f64; 2]],
    notes: Vec<String>,
    options: &ImportOptions,
) -> std::result::Result<Canonical, String> {
    let from = |begin| canonicalise::canonical(points, options.points, options.normalise, begin);
    let by_ray = from(Begin::Ray);
    if !is_simple(&by_ray.0) {
        return Err(format!(
            "crosses itself when drawn with {} points, so thin or finely drawn is it; use more points",
            options.points
        ));
    }
    let by_tip = canonicalise::has_tip(&by_ray.0).then(|| from(Begin::Tip));
    Ok(Canonical { by_ray, by_tip, notes })
}
