//! `render`: the map in any combination of layers, curves, and films of a search or a training.

use crate::cli::args::point::point;
use crate::cli::args::sheet::asked_or_usual;
use crate::cli::args::theme::Theme;
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::cli::verbs::optimise::rerun_search::search_again;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::layers::heat::usual_range;
use crate::explore::scene::map_layer::MapLayer;
use crate::explore::{LatentPlane, Projection, home_view};
use crate::export::pictures::chart::Chart;
use crate::export::pictures::film::{Film, TrajectoryFilm, search_film, training_film};
use crate::export::pictures::map::{MapPicture, MapWish, PictureSize};
use crate::export::pictures::png::{is_svg, write_picture};
use crate::model::point_ref::syntax;
use crate::model::{Model, PointRef};
use crate::numerics::cancel_token::CancelToken;
use crate::objective::{Goal, Objective, ObjectiveSpec};
use crate::optimise::SearchReport;
use crate::text;
use crate::text::Text;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:\n  \
    latent-explorer render --model nine.safetensors --what shapes --out shapes.png\n  \
    latent-explorer render --model nine.safetensors --what heat --property area --theme dark --out area.png\n  \
    latent-explorer render --model nine.safetensors --layers shapes,data,trust --size 1920x1080 --out map.png\n  \
    latent-explorer render --model nine.safetensors --what losses --size 900x500 --out losses.svg\n  \
    latent-explorer render --model nine.safetensors --search best.json --out search.gif\n  \
    latent-explorer render --model nine.safetensors --snapshots epochs --out training.gif\n  \
    latent-explorer render --model nine.safetensors --what points --pin family:star --pin row:17 --out pins.png\n  \
    latent-explorer render --model alloys.safetensors --what heat --property density --plane axes:3,7 --out density.png\n\n\
    {}", syntax()))]
pub struct RenderArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The content of the picture [default: heat with --search, points with --snapshots]
    #[arg(long, required_unless_present_any = ["layers", "search", "snapshots"])]
    what: Option<What>,
    /// Layers of the map, separated by commas, instead of --what: shapes,heat,data,paths,trust,gradient,axes
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "what")]
    layers: Vec<MapLayer>,
    /// The property that the colours show: roundness, area, perimeter, heat-shedding, a column of a table, or a target
    /// column of the data, if a head predicts it [default: roundness; of a table what its first head predicts]
    #[arg(id = "property", long = "property", value_name = "NAME")]
    quantity: Option<Quantity>,
    /// The plane of the map where the latent has more than two dimensions: pca, axes:3,7 (counted from 0), or
    /// points:POINT,POINT,POINT
    #[arg(long, value_name = "PLANE", default_value = "pca", conflicts_with = "snapshots")]
    plane: LatentPlane,
    /// Cover points far from the data with fog, and hatch shapes that cross themselves
    #[arg(long)]
    trust: bool,
    /// Pin this point on the map; pins are numbered from 1 in the order given; may be given several times
    #[arg(
        long = "pin",
        value_name = "POINT",
        allow_hyphen_values = true,
        conflicts_with = "snapshots"
    )]
    pins: Vec<PointRef>,
    /// A search that optimise --out wrote of this model: its trajectories are drawn on the map; in a .gif they grow
    #[arg(long, value_name = "R.json")]
    search: Option<PathBuf>,
    /// A folder of checkpoints, the epochs of a training in the order of their names, for a .gif
    #[arg(long, value_name = "DIR", conflicts_with = "search")]
    snapshots: Option<PathBuf>,
    /// The length of a .gif without the rest of its last picture, in seconds: 0.5 to 120
    #[arg(long, value_name = "S", default_value_t = 4.0, allow_hyphen_values = true)]
    seconds: f64,
    /// Pictures per second of a .gif: 1 to 50
    #[arg(long, value_name = "N", default_value_t = 15.0, allow_hyphen_values = true)]
    fps: f64,
    /// Width and height, in pixels: one number for a square, or such as 1920x1080; 100 to 8192 each, of a .gif to 4096
    /// [default: 1200, of a .gif 600]
    #[arg(long, value_name = "PX|WxH", allow_hyphen_values = true)]
    size: Option<Size>,
    /// The colours around the map
    #[arg(long, default_value = "light")]
    theme: Theme,
    /// The picture to write; the extension decides the format
    #[arg(long, value_name = "P.png|P.svg|P.gif")]
    out: PathBuf,
}

/// The content of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Decoded shapes, filled by the property
    Shapes,
    /// The property as a heat map, under hollow shapes
    Heat,
    /// The encoded data and the families' names, over grey shapes
    Points,
    /// Arrows in the direction in which the property grows, over its heat map
    Gradient,
    /// The losses of the training over its epochs
    Losses,
    /// The value of every restart of --search over its steps
    Values,
}

/// Width and height, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size([u32; 2]);

impl FromStr for Size {
    type Err = Text;

    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let side = |word: &str| {
            let problem = || text!("'{word}' is no whole number; write 1200 or 1920x1080", word);
            word.trim().parse::<u32>().map_err(|_| problem())
        };
        match text.split_once(['x', 'X']) {
            Some((width, height)) => Ok(Self([side(width)?, side(height)?])),
            None => side(text).map(|side| Self([side; 2])),
        }
    }
}

/// True if the extension is that of a film.
fn is_film(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gif"))
}

/// Draws the picture or film and writes it.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written.
pub fn run(arguments: &RenderArguments) -> Result<()> {
    let RenderArguments { out, search, snapshots, seconds, fps, .. } = arguments;
    let moves = is_film(out);
    if !moves {
        is_svg(out)?;
    }
    let pixels = arguments.size.map_or([if moves { 600 } else { 1200 }; 2], |size| size.0);
    let page = PictureSize { pixels, palette: arguments.theme.palette() };
    page.check()?;
    let film = Film { page, seconds: *seconds, frames_per_second: *fps };
    arguments.check_kind(moves)?;
    if moves {
        film.check()?;
    }
    let read = std::iter::once(&arguments.model).chain(search).map(PathBuf::as_path);
    let inputs: Vec<&Path> = read.chain(arguments.pins.iter().filter_map(PointRef::file)).collect();
    check_outputs(&inputs, &[out])?;
    let model = open(&arguments.model)?;
    let quantity = asked_or_usual(arguments.quantity, &model)?;
    let mut progress = Progress::start();
    let report = search.as_deref().map(|path| search_again(&model, path, &mut progress));
    let report = report.transpose()?;
    let never = CancelToken::default();
    let mut told = |share: f64| {
        progress.report(share, || {
            text!("{share} % of the pictures", share = format!("{:.0}", 100.0 * share))
        });
    };
    match (moves, snapshots, &report) {
        (true, Some(folder), _) => {
            let snapshots = checkpoints_in(folder)?;
            let load = |index: usize| open(&snapshots[index]);
            let wish = arguments.wish(quantity, None);
            training_film(out, snapshots.len(), load, &wish, &film, &never, &mut told)?;
        }
        (true, _, Some(report)) => {
            let (picture, trajectories) = arguments.map(&model, quantity, Some(report), page)?;
            let trajectories = trajectories.expect("they are made of the report");
            search_film(out, &picture, &trajectories, &film, &never, &mut told)?;
        }
        _ => write_picture(out, arguments.still(&model, quantity, report.as_ref(), page)?)?,
    }
    progress.finish(text!("wrote {out}", out = out.display().to_string()));
    Ok(())
}

impl RenderArguments {
    /// Fails if the file format does not fit the content.
    fn check_kind(&self, is_film: bool) -> Result<()> {
        let is_curve = matches!(self.what, Some(What::Losses | What::Values));
        let moves = self.search.is_some() || self.snapshots.is_some();
        let refused = |problem: Text| Err(Error::file(&self.out, problem));
        match is_film {
            true if !moves => refused(text!(
                "a film needs a search (--search R.json) or a training (--snapshots DIR)"
            )),
            true if is_curve => refused(text!("curves stand still; end the name in .png or .svg")),
            false if self.snapshots.is_some() => {
                refused(text!("a training is a film; end the name in .gif, or draw one checkpoint"))
            }
            _ if self.search.is_none() && self.what == Some(What::Values) => Err(Error::setting(
                "what",
                text!("values are those of a search; name it with --search R.json"),
            )),
            _ if self.search.is_none() && self.layers.contains(&MapLayer::Paths) => {
                Err(Error::setting(
                    "layers",
                    text!("paths are the trajectories of a search; name it with --search R.json"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// A still picture, as SVG.
    fn still(
        &self,
        model: &Arc<Model>,
        quantity: Quantity,
        report: Option<&SearchReport>,
        page: PictureSize,
    ) -> Result<String> {
        match (self.what, report) {
            (Some(What::Losses), _) => {
                Ok(Chart::losses(model.card.history(), page.palette).svg(&page))
            }
            (Some(What::Values), Some(report)) => {
                Ok(Chart::values(report, page.palette).svg(&page))
            }
            _ => {
                let (picture, trajectories) = self.map(model, quantity, report, page)?;
                picture.svg(
                    &trajectories.map(|trajectories| trajectories.at(1.0)).unwrap_or_default(),
                    None,
                )
            }
        }
    }

    /// The map, with the trajectories of the search if there is one.
    fn map(
        &self,
        model: &Arc<Model>,
        quantity: Quantity,
        report: Option<&SearchReport>,
        page: PictureSize,
    ) -> Result<(MapPicture, Option<TrajectoryFilm>)> {
        let projection = self.plane.projection(model)?;
        // The detail is finer than a pixel.
        let [width, height] = home_view(model, &projection).size();
        let detail = width.max(height) / 2500.0;
        let trajectories = report.map(|report| TrajectoryFilm::new(report, &projection, detail));
        let pin = |pin: &PointRef| Ok(projection.project(&point("pin", pin, model)?.z));
        let pins = self.pins.iter().map(pin).collect::<Result<_>>()?;
        // One scale on all planes of a model, so that they can be compared.
        let range = match self.plane {
            LatentPlane::Pca => None,
            _ => usual_range(
                &Objective::for_quantity(model.clone(), quantity),
                &Projection::from_mu(&model.encoded.mu),
            )?,
        };
        let wish = MapWish { pins, range, ..self.wish(quantity, report) };
        let picture = MapPicture::new(model, &projection, wish, page)?;
        Ok((picture, trajectories))
    }

    fn wish(&self, quantity: Quantity, report: Option<&SearchReport>) -> MapWish {
        let what = self.what.unwrap_or(match self.snapshots {
            Some(_) => What::Points,
            None => What::Heat,
        });
        let gradient = what == What::Gradient;
        let is_visible = |layer: &MapLayer| match layer {
            // A search that is named is meant to be seen.
            MapLayer::Paths => report.is_some(),
            MapLayer::Trust if self.trust => true,
            _ if !self.layers.is_empty() => self.layers.contains(layer),
            MapLayer::Shapes => true,
            MapLayer::Heat => what == What::Heat || gradient,
            MapLayer::Data => what == What::Points,
            MapLayer::Trust | MapLayer::Axes => false,
            MapLayer::Gradient => gradient,
        };
        MapWish {
            visible: MapLayer::ALL.into_iter().filter(is_visible).collect(),
            quantity,
            plain: self.layers.is_empty() && what == What::Points,
            range: None,
            view: None,
            screen: None,
            spec: report
                .map_or_else(|| ObjectiveSpec::new(quantity, Goal::Max), |r| r.config.spec.clone()),
            pins: Vec::new(),
        }
    }
}

/// The checkpoints of a folder in the order of the last number in their names.
fn checkpoints_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| Error::io(folder, &error))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "safetensors")).collect();
    if found.is_empty() {
        let problem =
            text!("holds no checkpoint (.safetensors); name the folder of train --snapshots");
        return Err(Error::file(folder, problem));
    }
    // Sorted by number, the tenth epoch comes after the second, with or without leading zeros.
    let number = |path: &PathBuf| -> Option<u64> {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        name.rsplit(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty())?.parse().ok()
    };
    found.sort_by_key(|path| (number(path), path.clone()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_squares_or_both_sides() {
        assert_eq!("1200".parse(), Ok(Size([1200; 2])));
        assert_eq!("1920x1080".parse(), Ok(Size([1920, 1080])));
        assert!("1920x".parse::<Size>().unwrap_err().to_string().contains("1920x1080"));
        assert!("-3".parse::<Size>().is_err());
    }
}
