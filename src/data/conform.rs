//! Outlines from outside in the form of a model's own data: any position, size, point count and beginning in, and
//! the way back into the frame in which they stood.

use super::geometry;
use super::import::clean::{Curve, clean};
use super::import::files::{self, Format};
use super::import::form::{self, Begin};
use super::import::{Normalise, airfoil, svg, table};
use super::placement::Placement;
use super::recipe::Recipe;
use super::source::Source;
use crate::error::{self, Error};
use std::ops::RangeInclusive;
use std::path::Path;

/// An outline counts as centred when its centre is nearer to the origin than this share of its RMS radius, as upright
/// when its axis is nearer to +x than so many radians, and as of unit size when its RMS radius differs by no more.
const TOLERANCE: f64 = 1e-3;
/// Generated outlines are drawn by their curve and sized by their points, which differ by less than this share.
const SIZE_TOLERANCE: f64 = 0.01;

/// An outline of a file in the form of a model's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Conformed {
    /// The name that its file gives it; empty where there is none.
    pub name: String,
    /// Its points, `[2 * points]`, in data units.
    pub outline: Vec<f32>,
    /// The frame in which it stood in its file.
    pub placement: Placement,
}

impl Source {
    /// What the data were freed of, and where each of them begins. Generated outlines have a size of about 1 and begin
    /// at the ray along +x.
    fn form(&self) -> (Normalise, Begin) {
        match self {
            Self::Outlines(_) => (Normalise { scale: true, rotation: false }, Begin::Ray),
            Self::Imported(imported) => (imported.normalise, imported.begin),
        }
    }

    /// A curve brought into the form of the data, `[2 * points]` in data units, and the frame in which it stood: it is
    /// cleaned, centred, scaled, turned, resampled and begun as the data were.
    ///
    /// A curve that is in this form already stays as it is, to the bit. Sizes that vary among generated outlines are
    /// part of their form: a size within their range is kept, any other becomes 1.
    ///
    /// # Errors
    /// Says why it is no outline.
    pub fn conform(&self, curve: Curve) -> Result<(Vec<f32>, Placement), String> {
        if self.has_own_form(&curve.points) {
            let outline = curve.points.as_flattened().iter().map(|&v| v as f32).collect();
            return Ok((outline, Placement::default()));
        }
        let points = clean(curve)?.points;
        let (normalise, begin) = self.form();
        let (mut outline, mut placement) =
            form::canonical(&points, self.points(), normalise, begin);
        if !geometry::is_simple(&outline) {
            let count = self.points();
            return Err(format!("crosses itself when drawn with the {count} points of the model"));
        }
        if let Self::Outlines(recipe) = self
            && sizes(recipe).contains(&placement.scale)
        {
            outline.iter_mut().for_each(|v| *v = (f64::from(*v) * placement.scale) as f32);
            placement.scale = 1.0;
        }
        Ok((outline, placement))
    }

    /// Whether points stand in the form of the data, as those do that this program wrote.
    fn has_own_form(&self, points: &[[f64; 2]]) -> bool {
        let outline: Vec<f32> = points.as_flattened().iter().map(|&v| v as f32).collect();
        if points.len() != self.points() || outline.iter().any(|v| !v.is_finite()) {
            return false;
        }
        let (normalise, begin) = self.form();
        let (centre, radius) = (geometry::centre(&outline), geometry::rms_radius(&outline));
        let noise = if let Self::Outlines(recipe) = self { recipe.noise } else { 0.0 };
        let has_size = match self {
            Self::Outlines(recipe) => sizes(recipe).contains(&radius),
            Self::Imported(_) => !normalise.scale || (radius - 1.0).abs() <= TOLERANCE,
        };
        let begins = || match noise > 0.0 {
            // Noise roughens the spacing and moves the first point.
            true => outline[0] > 0.0 && f64::from(outline[1]).abs() <= 6.0 * noise * radius + 0.1,
            false => form::is_canonical(points, points.len(), begin),
        };
        has_size
            && centre[0].hypot(centre[1]) <= TOLERANCE * radius
            && (!normalise.rotation || form::direction(&outline).abs() <= TOLERANCE)
            && geometry::area(&outline) > 0.0
            && begins()
    }
}

/// The RMS radii of the outlines of a recipe. Noise of standard deviation `s` on every coordinate makes a radius `r`
/// about `r sqrt(1 + 2 s^2)`.
fn sizes(recipe: &Recipe) -> RangeInclusive<f64> {
    let (least, most) = (1.0 - recipe.size_variation, 1.0 + recipe.size_variation);
    let noise = (1.0 + 2.0 * recipe.noise.powi(2)).sqrt();
    (1.0 - SIZE_TOLERANCE) * least..=(1.0 + SIZE_TOLERANCE) * noise * most
}

/// The outlines of a file in the form of the data of `source`, in their order: a CSV (a shape a row, or x,y columns),
/// an airfoil .dat or an .svg.
///
/// # Errors
/// Names the file and the outline in it that cannot be used; none is left out.
pub fn read(path: &Path, source: &Source) -> error::Result<Vec<Conformed>> {
    let refuse = |problem: String| Error::file(path, problem);
    let conformed = |(place, name, curve): Listed| {
        let (outline, placement) =
            curve.and_then(|curve| source.conform(curve)).map_err(|problem| {
                let place = if place.is_empty() { place } else { format!("{place}: ") };
                refuse(format!("{place}{problem}"))
            })?;
        Ok(Conformed { name, outline, placement })
    };
    curves(path).map_err(refuse)?.into_iter().map(conformed).collect()
}

/// Where a curve is in its file, its name, and itself or why it is none.
type Listed = (String, String, Result<Curve, String>);

fn curves(path: &Path) -> Result<Vec<Listed>, String> {
    let bytes = files::read_bounded(path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let alone = |curve| vec![(String::new(), stem.clone(), Ok(curve))];
    let format = Format::of(path).unwrap_or(Format::Csv);
    if format == Format::Airfoil {
        return airfoil::read(&bytes).map(alone);
    }
    let text = files::text(&bytes)?;
    if format == Format::Svg {
        return Ok(paths(text)?
            .into_iter()
            .map(|path| (format!("path {}", path.id), path.id, path.curve))
            .collect());
    }
    Ok(match table::read(text)? {
        table::Table::Points(curve) => alone(curve),
        table::Table::Rows(rows) => {
            rows.into_iter().map(|row| (format!("line {}", row.line), row.id, row.curve)).collect()
        }
    })
}

/// The paths of a picture, read with the stack that it wants.
fn paths(text: &str) -> Result<Vec<svg::PathOfPicture>, String> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(svg::STACK);
        let reader = reader.spawn_scoped(scope, || svg::read(text)).map_err(|e| e.to_string())?;
        reader.join().unwrap_or_else(|_| Err("is no picture that can be read".to_owned()))
    })
}
