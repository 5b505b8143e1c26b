//! `field` and `render`: the map as a table and as a picture.

use super::files::{check_outputs, open};
use super::progress::Progress;
use crate::data::property::Property;
use crate::error::{Error, Result, check_range};
use crate::explore::colour::Palette;
use crate::explore::compose::{Points, Subject, Visible, compose, heat_pixels};
use crate::explore::fog::Fog;
use crate::explore::grid::{Lattice, ShapeGrid};
use crate::explore::heat::{HeatField, usual_range};
use crate::explore::slopes::SlopeField;
use crate::explore::{Bounds, Projection, Scene, encoded, home_view};
use crate::export::bar::ColourBar;
use crate::export::png::png;
use crate::export::svg::{Picture, map_size, svg};
use crate::export::tables;
use crate::model::Model;
use crate::numerics::files::write_whole;
use crate::objective::{Aim, Goal, Objective, Space};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Width and height of a picture, in points: a line of text is 14 of them whatever the size in pixels.
const POINTS: f64 = 800.0;
/// Cells of the heat map in each direction.
const HEAT_CELLS: usize = 256;

/// The arguments of `field`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    latent-explorer field --model nine.safetensors --property roundness --cells 512 --out field.csv\n\n\
    A row is a cell: u,v (the latent itself where it has two numbers, else its two principal axes), \
    the value at the cell's centre, and valid: 1 where the property means something, else 0. The \
    cells cover the extent of the encoded data with a margin of 6 %, row by row from the lower left.")]
pub struct FieldArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// What is measured on the decoded shapes
    #[arg(long, value_name = "NAME")]
    property: Property,
    /// Cells in each direction: 1 to 4096
    #[arg(long, value_name = "N", default_value_t = 256, allow_hyphen_values = true)]
    cells: usize,
    /// The table to write
    #[arg(long, value_name = "F.csv")]
    out: PathBuf,
}

/// The arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer render --model nine.safetensors --what shapes --out shapes.png\n  \
    latent-explorer render --model nine.safetensors --what heat --property area --theme dark --out area.png\n  \
    latent-explorer render --model nine.safetensors --what heat --trust --out trust.png\n  \
    latent-explorer render --model nine.safetensors --what points --out points.svg")]
pub struct RenderArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// What is drawn
    #[arg(long)]
    what: What,
    /// What the colours mean
    #[arg(long, value_name = "NAME", default_value = "roundness")]
    property: Property,
    /// Lay fog over what is far from the data, and hatch what crosses itself
    #[arg(long)]
    trust: bool,
    /// Width and height, in pixels: 100 to 8192
    #[arg(long, value_name = "PX", default_value_t = 1200, allow_hyphen_values = true)]
    size: u32,
    /// The colours around the map
    #[arg(long, default_value = "light")]
    theme: Theme,
    /// The picture to write; its ending says in which format
    #[arg(long, value_name = "P.png|P.svg")]
    out: PathBuf,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Decoded shapes, filled by the property
    Shapes,
    /// The property as a heat map, under hollow shapes
    Heat,
    /// The encoded data and the families' names, over grey shapes
    Points,
    /// Arrows to where the property grows, over its heat map
    Gradient,
}

impl What {
    fn has_heat(self) -> bool {
        matches!(self, Self::Heat | Self::Gradient)
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Theme {
    /// For paper
    Light,
    /// For a dark room
    Dark,
}

impl Theme {
    /// Its colours.
    pub(super) fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &Palette::LIGHT,
            Self::Dark => &Palette::DARK,
        }
    }
}

/// Measures a property over the map and writes it as a table.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written.
pub fn field(arguments: &FieldArguments) -> Result<()> {
    let FieldArguments { model, property, cells, out } = arguments;
    check_range("cells", *cells, 1, 4096)?;
    check_outputs(&[model], &[out])?;
    let model = open(model)?;
    let progress = Progress::start();
    let projection = Projection::of(&model.encoded.mu);
    let view = home_view(&model, &projection);
    let field = heat(&model, *property, &projection, view, *cells)?;
    tables::write_field(out, &field)?;
    progress.finish(&format!("{cells} x {cells} cells; wrote {}", out.display()));
    Ok(())
}

/// Draws the map and writes the picture.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written.
pub fn render(arguments: &RenderArguments) -> Result<()> {
    let out = &arguments.out;
    let as_svg = is_svg(out)?;
    check_range("size", arguments.size, 100, 8192)?;
    check_outputs(&[&arguments.model], &[out])?;
    let model = open(&arguments.model)?;
    let progress = Progress::start();
    let palette = arguments.theme.palette();
    let size = [POINTS; 2];
    let [width, height] = map_size(size, arguments.what != What::Points);
    let map = Map::new(model, arguments.what, width / height, palette);
    let (scene, bar) = map.scene(arguments.what, arguments.property, arguments.trust)?;
    let scale = f64::from(arguments.size) / POINTS;
    let picture = svg(&Picture { scene: &scene, view: map.view, size, scale, palette, bar })?;
    let bytes = if as_svg { picture.into_bytes() } else { png(&picture)? };
    write_whole(out, |file| file.write_all(&bytes))?;
    progress.finish(&format!("wrote {}", out.display()));
    Ok(())
}

pub(super) fn is_svg(path: &Path) -> Result<bool> {
    let ending = path.extension().unwrap_or_default();
    match [ending.eq_ignore_ascii_case("svg"), ending.eq_ignore_ascii_case("png")] {
        [true, _] => Ok(true),
        [_, true] => Ok(false),
        _ => Err(Error::file(path, "is neither .png nor .svg; end the name of the picture in one")),
    }
}

/// What a picture is made from.
struct Map<'a> {
    model: Arc<Model>,
    projection: Projection,
    /// The part of the map that is shown.
    view: Bounds,
    /// The distance between neighbouring shapes, in map units.
    spacing: f64,
    palette: &'a Palette,
}

impl<'a> Map<'a> {
    /// The data of the model with a margin, in a room of the given proportions.
    fn new(model: Arc<Model>, what: What, aspect: f64, palette: &'a Palette) -> Self {
        let projection = Projection::of(&model.encoded.mu);
        let view = home_view(&model, &projection).with_aspect(aspect);
        let spacing = view.size()[0] / if what.has_heat() { 13.0 } else { 24.0 };
        Self { model, projection, view: aligned(view, spacing), spacing, palette }
    }

    /// The layers, and what their colours mean.
    fn scene(
        &self,
        what: What,
        property: Property,
        trust: bool,
    ) -> Result<(Scene, Option<ColourBar>)> {
        let Self { model, projection, view, spacing, palette } = self;
        let lattice = Lattice::covering(view, *spacing);
        let grid = Arc::new(ShapeGrid::decode(model, projection, property, lattice)?);
        // A little more than is seen, so that no edge of it is.
        let fog = trust.then(|| Fog::over(model, projection, view.grown(0.05)));
        let mut subject = Subject {
            grid: Some(&grid),
            reach: model.card.statistics.reach,
            heat: None,
            range: (0.0, 1.0),
            points: &Points::default(),
            fog: fog.as_ref(),
            climb: None,
            slopes: None,
            walk: None,
            uphill: None,
            pins: &[],
        };
        let shapes = Visible { shapes: true, trust, ..Visible::default() };
        if what == What::Points {
            let points = encoded::points(model, projection);
            subject.points = &points;
            let visible = Visible { data: true, ..shapes };
            return Ok((compose(&subject, visible, true, *view, palette), None));
        }
        // One scale for every picture of a model, so that two of them compare.
        let objective = Objective::of(model.clone(), property);
        let range = usual_range(&objective, projection)?;
        subject.range = range.unwrap_or(subject.range);
        let field;
        let pixels;
        let slopes;
        if what == What::Gradient {
            let aim = Aim::of(property, Goal::Max);
            let climb = Objective::new(model.clone(), aim, Space::Latent)?;
            slopes = SlopeField::compute(&climb, projection, &lattice)?;
            subject.slopes = Some(&slopes);
        }
        if what.has_heat() {
            field = heat(model, property, projection, *view, HEAT_CELLS)?;
            pixels = heat_pixels(&field, subject.range);
            subject.heat = Some((&field, &pixels));
        }
        let gradient = what == What::Gradient;
        let visible = Visible { heat: what.has_heat(), gradient, ..shapes };
        let bar = ColourBar { label: property.label().to_owned(), range: subject.range };
        Ok((compose(&subject, visible, false, *view, palette), Some(bar)))
    }
}

/// The view moved by at most half a `spacing`, so that a lattice at whole multiples of it leaves the
/// same room at opposite edges.
fn aligned(view: Bounds, spacing: f64) -> Bounds {
    let (centre, size) = (view.centre(), view.size());
    let centre = [0, 1].map(|k| {
        let cells = (size[k] / spacing + 1e-6).floor();
        let offset = if cells % 2.0 == 0.0 { 0.5 } else { 0.0 };
        ((centre[k] / spacing - offset).round() + offset) * spacing
    });
    Bounds::centred(centre, size)
}

/// A property over a part of the map.
fn heat(
    model: &Arc<Model>,
    property: Property,
    projection: &Projection,
    view: Bounds,
    cells: usize,
) -> Result<HeatField> {
    let objective = Objective::of(model.clone(), property);
    let never = AtomicBool::new(false);
    let field = HeatField::compute(&objective, projection, view, [cells; 2], &never)?;
    Ok(field.expect("nobody cancels it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattice_leaves_the_same_room_at_opposite_edges() {
        for across in [24.0, 13.0] {
            let view = Bounds { low: [-1.37, -2.0], high: [0.91, 0.93] };
            let spacing = view.size()[0] / across;
            let view = aligned(view, spacing);
            let lattice = Lattice::covering(&view, spacing);
            let (first, last) = (lattice.centre(0), lattice.centre(lattice.len() - 1));
            for k in 0..2 {
                let rooms = (first[k] - view.low[k], view.high[k] - last[k]);
                assert!((rooms.0 - rooms.1).abs() < 1e-9, "{rooms:?}");
            }
            assert_eq!(lattice.count[0] as f64, across);
        }
    }

    #[test]
    fn the_ending_chooses_the_format() {
        assert!(is_svg(Path::new("a/b.SVG")).unwrap());
        assert!(!is_svg(Path::new("b.png")).unwrap());
        assert!(is_svg(Path::new("b.jpg")).is_err() && is_svg(Path::new("b")).is_err());
    }
}
