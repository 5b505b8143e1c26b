//! The shapes of one file in canonical form, each converted on its own.

use super::Rejection;
use super::canonicalise::{self, Begin};
use super::files::{InputFormat, ListedFile};
use super::formats::{airfoil, svg, table};
use super::labels::Named;
use super::options::ImportOptions;
use super::progress::ImportWatch;
use super::repair::{Note, RawCurve, clean};
use crate::data::outline::geometry::is_simple;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::outline::unit::LengthUnit;
use crate::data::text_file;
use crate::text;
use crate::text::Text;
use rayon::prelude::*;

/// One shape of a file before it has its place in the data set.
pub struct FoundShape {
    /// The names that it comes with.
    pub named: Named,
    /// The place in the file, such as "line 3"; none if the shape is the whole file.
    pub place: Option<Text>,
    /// The outline, or the reason why it is none.
    pub outline: std::result::Result<Canonical, Text>,
}

/// The contents of a file.
#[derive(Default)]
pub struct Contents {
    /// Its shapes.
    pub shapes: Vec<FoundShape>,
    /// The other parts of the file, which are not used.
    pub aside: Vec<Rejection>,
    /// The unit of its coordinates.
    pub unit: LengthUnit,
}

/// A shape in canonical form.
pub struct Canonical {
    /// Begins where the ray along +x leaves the shape.
    pub by_ray: Normalised,
    /// Begins at the tip, if there is one.
    pub by_tip: Option<Normalised>,
    /// The changes that were made.
    pub notes: Vec<Note>,
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
    let one = |place: Option<Text>, named: Named, curve: std::result::Result<RawCurve, Text>| {
        let outline = if watch.is_stopped() {
            Err(text!("was not looked at"))
        } else {
            curve.and_then(clean).and_then(|clean| canonical(&clean.points, clean.notes, options))
        };
        watch.count(outline.is_ok());
        FoundShape { named, place, outline }
    };
    // Curves without names are numbered if there are several.
    let all = |curves: Vec<RawCurve>| {
        let alone = curves.len() == 1;
        let place = |k: usize| (!alone).then(|| text!("outline {number}", number = k));
        let id = |k: usize| if alone { stem.clone() } else { format!("{stem}#{k}") };
        let numbered = (1..).zip(curves);
        numbered.map(|(k, curve)| one(place(k), named(id(k), String::new()), Ok(curve))).collect()
    };
    let refused = |problem| Contents {
        shapes: vec![one(None, named(stem.clone(), String::new()), Err(problem))],
        ..Contents::default()
    };
    let aside = |reason: Text| Rejection { file: file.path.clone(), place: None, reason };
    let bytes = match text_file::read_bounded(&file.path) {
        Ok(bytes) => bytes,
        Err(problem) => return refused(problem),
    };
    if file.format == InputFormat::Airfoil {
        let text =
            if text_file::is_utf16(&bytes) { text_file::text(&bytes).map(drop) } else { Ok(()) };
        return match text.and_then(|()| airfoil::read(&bytes)) {
            Ok(curves) => Contents { shapes: all(curves), ..Contents::default() },
            Err(problem) => refused(problem),
        };
    }
    let text = match text_file::text(&bytes) {
        Ok(text) => text,
        Err(problem) => return refused(problem),
    };
    if file.format == InputFormat::Svg {
        let tried = watch.trials.pass(text, || watch.is_stopped());
        let picture = match tried.and_then(|()| svg::read(text)) {
            Ok(picture) => picture,
            Err(problem) => return refused(problem),
        };
        let alone = picture.paths.len() == 1;
        let shape = |(index, path): (usize, svg::PathOfPicture)| {
            let own = if path.id.is_empty() { (index + 1).to_string() } else { path.id };
            let id = if alone { stem.clone() } else { format!("{stem}#{own}") };
            let mut found =
                one(Some(text!("path {id}", id = own)), named(id, String::new()), path.curve);
            if let Ok(outline) = &mut found.outline {
                outline.notes.extend(path.note);
            }
            found
        };
        return Contents {
            shapes: picture.paths.into_iter().enumerate().map(shape).collect(),
            aside: picture.aside.into_iter().map(aside).collect(),
            unit: picture.unit,
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
                one(Some(row.place), named(own, row.label), row.curve)
            })
            .collect(),
    };
    Contents { shapes, aside: read.aside.into_iter().map(aside).collect(), unit: read.unit }
}

fn canonical(
    points: &[[f64; 2]],
    notes: Vec<Note>,
    options: &ImportOptions,
) -> std::result::Result<Canonical, Text> {
    let from = |begin| canonicalise::canonical(points, options.form(begin));
    let by_ray = from(Begin::Ray);
    if !is_simple(&by_ray.0) {
        return Err(text!(
            "crosses itself when drawn with {points} points, so thin or finely drawn is it; use more points",
            points = options.points
        ));
    }
    let by_tip = canonicalise::has_tip(&by_ray.0).then(|| from(Begin::Tip));
    Ok(Canonical { by_ray, by_tip, notes })
}
