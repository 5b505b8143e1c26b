//! Foreign outlines converted to the form of a model's own data. They may have any position, size, number of points and
//! starting point; the frame that was removed is returned with each.

use super::generator::GeneratorConfig;
use super::geometry;
use super::import::Normalise;
use super::import::canonicalise::{self, Begin, OutlineForm};
use super::import::files::InputFormat;
use super::import::formats::trial::Trials;
use super::import::formats::{airfoil, svg, table};
use super::import::repair::{RawCurve, clean};
use super::spacing::Spacing;
use super::transform::SimilarityTransform;
use crate::data::source::{Imported, Source};
use crate::data::text_file;
use crate::error::{self, Error};
use crate::text;
use crate::text::Text;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::path::Path;

/// Tolerance of [`Source::has_own_form`]: an outline is centred if its centre is nearer to the origin than this share
/// of its RMS radius, upright if its axis is within this many radians of +x, and of unit size if its RMS radius differs
/// from 1 by no more.
const TOLERANCE: f64 = 1e-3;
/// Tolerance of the RMS radius of generated outlines, a share: their size is set before the last resampling, which
/// changes the radius a little.
const SIZE_TOLERANCE: f64 = 0.01;

/// An outline of a file in the form of a model's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Conformed {
    /// The name in its file; empty if it has none.
    pub name: String,
    /// Its points, `[2 * points]`, in data units.
    pub outline: Vec<f32>,
    /// The frame that it had in its file.
    pub transform: SimilarityTransform,
}

impl Source {
    /// The form of the data. Generated outlines have a size of about 1 and begin at the ray along +x. A table has none.
    pub fn form(&self) -> Option<OutlineForm> {
        let points = self.points();
        match self {
            Self::Outlines(_) => Some(OutlineForm {
                points,
                normalise: Normalise { scale: true, rotation: false },
                spacing: Spacing::Arc,
                begin: Begin::Ray,
            }),
            &Self::Imported(Imported { normalise, spacing, begin, .. }) => {
                Some(OutlineForm { points, normalise, spacing, begin })
            }
            Self::Table(_) => None,
        }
    }

    /// Returns a curve in the form of the data, `[2 * points]` in data units, and the frame that it had: it is cleaned,
    /// centred, scaled, turned and resampled, and begins where the data begin.
    ///
    /// A curve that is already in this form is returned unchanged, to the bit. A curve that crosses itself cannot be
    /// resampled: if it has as many points as the data, as a decoded shape has, it is normalised point by point. Sizes
    /// that vary among generated outlines are part of their form: a size within their range is kept, any other
    /// becomes 1.
    ///
    /// # Errors
    /// Gives the reason why the curve is no outline.
    pub fn conform(&self, curve: RawCurve) -> Result<(Vec<f32>, SimilarityTransform), Text> {
        let Some(form) = self.form() else {
            return Err(text!("is an outline, and the model is one of a table"));
        };
        if self.has_own_form(&curve.points) {
            let outline = curve.points.as_flattened().iter().map(|&v| v as f32).collect();
            return Ok((outline, SimilarityTransform::default()));
        }
        let (mut outline, mut transform) = if self.crosses_itself(&curve.points) {
            point_by_point(&curve.points, form.normalise)
        } else {
            let points = clean(curve)?.points;
            let canonical = canonicalise::canonical(&points, form);
            if !geometry::is_simple(&canonical.0) {
                return Err(text!(
                    "crosses itself when drawn with the {points} points of the model",
                    points = self.points()
                ));
            }
            canonical
        };
        if let Self::Outlines(generator) = self
            && sizes(generator).contains(&transform.scale)
        {
            outline.iter_mut().for_each(|v| *v = (f64::from(*v) * transform.scale) as f32);
            transform.scale = 1.0;
        }
        Ok((outline, transform))
    }

    /// True if a curve crosses itself and has as many points as the data: decoded shapes may be such curves.
    fn crosses_itself(&self, points: &[[f64; 2]]) -> bool {
        let (outline, _) = about_mean(points);
        points.len() == self.points()
            && outline.iter().all(|v| v.is_finite())
            && geometry::rms_radius(&outline) > 0.0
            && !geometry::is_simple(&outline)
    }

    /// True if points are already in the form of the data, as in files that this program wrote.
    fn has_own_form(&self, points: &[[f64; 2]]) -> bool {
        let outline: Vec<f32> = points.as_flattened().iter().map(|&v| v as f32).collect();
        if points.len() != self.points() || outline.iter().any(|v| !v.is_finite()) {
            return false;
        }
        let Some(form) = self.form() else { return false };
        let (centre, radius) = (geometry::centre(&outline), geometry::rms_radius(&outline));
        let noise = if let Self::Outlines(generator) = self { generator.noise } else { 0.0 };
        let has_size = match self {
            Self::Outlines(generator) => sizes(generator).contains(&radius),
            Self::Imported(_) | Self::Table(_) => {
                !form.normalise.scale || (radius - 1.0).abs() <= TOLERANCE
            }
        };
        let begins = || match noise > 0.0 {
            // Noise makes the spacing uneven and moves the first point.
            true => outline[0] > 0.0 && f64::from(outline[1]).abs() <= 6.0 * noise * radius + 0.1,
            false => canonicalise::is_canonical(points, form),
        };
        has_size
            && centre[0].hypot(centre[1]) <= TOLERANCE * radius
            && (!form.normalise.rotation || canonicalise::direction(&outline).abs() <= TOLERANCE)
            && geometry::area(&outline) > 0.0
            && begins()
    }
}

/// Moves a curve to the mean of its points and returns that mean: without this, shapes far from the origin lose digits.
fn about_mean(points: &[[f64; 2]]) -> (Vec<f32>, [f64; 2]) {
    let count = points.len().max(1) as f64;
    let mean = [0, 1].map(|k| points.iter().map(|p| p[k]).sum::<f64>() / count);
    let moved = points.iter().flat_map(|p| [0, 1].map(|k| (p[k] - mean[k]) as f32));
    (moved.collect(), mean)
}

/// A curve centred, scaled and turned without resampling.
fn point_by_point(points: &[[f64; 2]], normalise: Normalise) -> (Vec<f32>, SimilarityTransform) {
    let (moved, origin) = about_mean(points);
    let scale = if normalise.scale { geometry::rms_radius(&moved) } else { 1.0 };
    let rotation = if normalise.rotation { canonicalise::direction(&moved) } else { 0.0 };
    let transform = SimilarityTransform { origin, scale, rotation };
    let outline = points.iter().flat_map(|&p| transform.take_away(p)).map(|v| v as f32);
    (outline.collect(), transform)
}

/// The range of RMS radii of generated outlines. Noise of standard deviation `s` on every coordinate changes a
/// radius `r` of `n` points to about `r sqrt(1 + 2 s^2)`, with a standard deviation of `r s / sqrt(n)`; four of these
/// are allowed.
fn sizes(generator: &GeneratorConfig) -> RangeInclusive<f64> {
    let (least, most) = (1.0 - generator.size_variation, 1.0 + generator.size_variation);
    let noise = (1.0 + 2.0 * generator.noise.powi(2)).sqrt();
    let tolerance = SIZE_TOLERANCE + 4.0 * generator.noise / (generator.points as f64).sqrt();
    (1.0 - tolerance) * least..=(1.0 + tolerance) * noise * most
}

/// Reads the outlines of a file in the form of the data of `source`, in file order: a CSV (a shape a row, or x,y
/// columns), an airfoil .dat or an .svg.
///
/// # Errors
/// Names the file and the first outline in it that cannot be used; none is skipped.
pub fn read(path: &Path, source: &Source) -> error::Result<Vec<Conformed>> {
    let refuse = |problem: Text| Error::file(path, problem);
    let conformed = |(place, name, curve): ListedOutline| {
        let (outline, transform) = curve
            .and_then(|curve| source.conform(curve))
            .map_err(|problem| refuse(Text::joined(place.into_iter().chain([problem]), ": ")))?;
        Ok(Conformed { name, outline, transform })
    };
    let curves = curves(path).map_err(refuse)?;
    // All results are collected before the first error is taken: the error is the same on any number of cores.
    let all: Vec<error::Result<Conformed>> = curves.into_par_iter().map(conformed).collect();
    all.into_iter().collect()
}

/// The place of a curve in its file, if it does not stand alone there; its name; and the curve or the reason why it is
/// none.
type ListedOutline = (Option<Text>, String, Result<RawCurve, Text>);

fn curves(path: &Path) -> Result<Vec<ListedOutline>, Text> {
    let bytes = text_file::read_bounded(path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Curves without names are numbered if there are several.
    let all = |curves: Vec<RawCurve>| -> Vec<ListedOutline> {
        let alone = curves.len() == 1;
        let place = |k: usize| (!alone).then(|| text!("outline {number}", number = k));
        let name = |k: usize| if alone { stem.clone() } else { format!("{stem}#{k}") };
        (1..).zip(curves).map(|(k, curve)| (place(k), name(k), Ok(curve))).collect()
    };
    let format = InputFormat::from_path(path).unwrap_or(InputFormat::Csv);
    if format == InputFormat::Airfoil {
        return airfoil::read(&bytes).map(all);
    }
    let text = text_file::text(&bytes)?;
    if format == InputFormat::Svg {
        return Ok(paths(text)?
            .into_iter()
            .map(|path| (Some(text!("path {id}", id = &path.id)), path.id, path.curve))
            .collect());
    }
    Ok(match table::read(text)?.table {
        table::OutlineTable::Curves(curves) => all(curves),
        table::OutlineTable::Rows(rows) => {
            rows.into_iter().map(|row| (Some(row.place), row.id, row.curve)).collect()
        }
    })
}

/// The paths of a picture, read on a thread with the stack that [`svg::read`] needs.
fn paths(text: &str) -> Result<Vec<svg::PathOfPicture>, Text> {
    Trials::default().pass(text, || false)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(svg::STACK).build();
    let read = || svg::read(text).map(|picture| picture.paths);
    pool.map_err(|error| text!("cannot be read: {error}", error = error.to_string()))?.install(read)
}
