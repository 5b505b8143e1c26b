//! `walk`: a latent path over the map, and the shape as it morphs along it.

use crate::cli::args::point::point;
use crate::cli::args::sheet::{Look, ShapeFile};
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::outline::transform::SimilarityTransform;
use crate::error::{Error, Result, check_range};
use crate::explore::latent_path::curve::{LatentPath, PathKind, PathShape, usual_radius};
use crate::explore::latent_path::strip::Strip;
use crate::explore::{Projection, home_view, three_digits};
use crate::export::pictures::gif::{Animation, MAX_FRAMES};
use crate::export::pictures::path_strip::{FRAME, WrittenPath, walk_film};
use crate::export::tables::shapes::{ExportedRow, write_rows};
use crate::model::point_ref::{frames_between, syntax};
use crate::model::{Endpoint, Model, PointRef};
use crate::numerics::cancel_token::CancelToken;
use crate::text;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most shapes in a picture.
const MAX_PAINTED: usize = 400;
/// The most shapes in a row of a picture.
const COLUMNS: usize = 12;

/// The arguments of `walk`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:\n  \
    latent-explorer walk --model nine.safetensors --path line --from family:circle --to family:star --out walk.gif\n  \
    latent-explorer walk --model nine.safetensors --path spiral --turns 4 --seconds 8 --frames 120 --out spiral.gif\n  \
    latent-explorer walk --model nine.safetensors --path axis --axis 1 --around row:17 --frames 12 --out axis.svg\n\n\
    {}\n\n\
    The pace is even: frames are the same distance of the latent apart. Circles and spirals are parallel to the plane \
    of the map; an axis goes from the 1st to the 99th percentile of the data and holds the other coordinates. An \
    animation shows the map with the path on it beside the shape, a picture the frames side by side; a table has a \
    row for each frame, counted from 1: frame, share, z0,.., verdict, reason, density_distance, round_trip, the properties, \
    x0,y0,.. with full precision.", syntax()))]
pub struct WalkArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The kind of latent path
    #[arg(long, value_name = "KIND")]
    path: PathKind,
    /// The first point of a line
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    from: Option<PointRef>,
    /// The last point of a line
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    to: Option<PointRef>,
    /// The centre of a circle or spiral, or the fixed point of an axis [default: the centre of the data]
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    around: Option<PointRef>,
    /// The radius of a circle or spiral, in latent units: above 0, to 1000 [default: three tenths of the data's shorter
    /// side]
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    radius: Option<f64>,
    /// The turns of a spiral: 0.1 to 50 [default: 3]
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    turns: Option<f64>,
    /// The coordinate that an axis moves, counted from 0 as in z0 [default: 0]
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    axis: Option<usize>,
    /// Number of frames: 2 to 2000 (pictures: to 400)
    #[arg(long, value_name = "N", default_value_t = 48, allow_hyphen_values = true)]
    frames: usize,
    /// The length of an animation, in seconds: 0.1 to 600, with at most 50 frames in each
    #[arg(long, value_name = "S", default_value_t = 4.0, allow_hyphen_values = true)]
    seconds: f64,
    #[command(flatten)]
    look: Look,
    /// The animation, picture or table to write; the extension decides the format
    #[arg(long, value_name = "W.gif|W.svg|W.png|W.csv")]
    out: PathBuf,
}

impl WalkArguments {
    /// Fails if an option is given that this kind of path does not use, or one is missing.
    fn check(&self, output: ShapeFile) -> Result<()> {
        let uses = |kinds: &[PathKind]| kinds.contains(&self.path);
        let given = [
            ("from", self.from.is_some(), uses(&[PathKind::Line])),
            ("to", self.to.is_some(), uses(&[PathKind::Line])),
            ("around", self.around.is_some(), !uses(&[PathKind::Line])),
            ("radius", self.radius.is_some(), uses(&[PathKind::Circle, PathKind::Spiral])),
            ("turns", self.turns.is_some(), uses(&[PathKind::Spiral])),
            ("axis", self.axis.is_some(), uses(&[PathKind::Axis])),
        ];
        if let Some((name, ..)) = given.iter().find(|(_, given, used)| *given && !used) {
            let problem =
                text!("does not go with --path {kind}; leave it out", kind = self.path.name());
            return Err(Error::setting(name, problem));
        }
        let most = if output == ShapeFile::Picture { MAX_PAINTED } else { MAX_FRAMES };
        check_range("frames", self.frames, 2, most)?;
        check_range("seconds", self.seconds, 0.1, 600.0)?;
        let rate = self.rate();
        if output == ShapeFile::Gif && !(0.1..=50.0).contains(&rate) {
            let problem = text!(
                "{frames} frames in {seconds} s are {rate} a second; choose between 0.1 and 50",
                frames = self.frames,
                seconds = self.seconds.to_string(),
                rate = three_digits(rate)
            );
            return Err(Error::setting("frames", problem));
        }
        self.look.check(output)
    }

    /// Frames per second.
    fn rate(&self) -> f64 {
        self.frames as f64 / self.seconds
    }

    /// The named points: the first and last point of a line, else the centre twice.
    fn ends(&self, model: &Model) -> Result<[Endpoint; 2]> {
        if self.path == PathKind::Line {
            let end = |name: &'static str, end: &Option<PointRef>| match end {
                Some(end) => point(name, end, model),
                None => Err(Error::setting(
                    name,
                    text!("a line needs one; --help shows how to name it"),
                )),
            };
            return Ok([end("from", &self.from)?, end("to", &self.to)?]);
        }
        let middle = point("around", self.around.as_ref().unwrap_or(&PointRef::Mean), model)?;
        Ok([middle.clone(), middle])
    }

    /// The requested latent path.
    fn latent_path(
        &self,
        ends: &[Endpoint; 2],
        model: &Model,
        projection: &Projection,
    ) -> Result<LatentPath> {
        let [from, to] = ends.each_ref().map(|end| end.z.clone());
        let centre = from.clone();
        let radius = || self.radius.unwrap_or_else(|| usual_radius(home_view(model, projection)));
        let form = match self.path {
            PathKind::Line => PathShape::Line { from, to },
            PathKind::Circle => PathShape::Circle { centre, radius: radius() },
            PathKind::Spiral => PathShape::Spiral {
                centre,
                radius: radius(),
                turns: self.turns.unwrap_or(LatentPath::USUAL_TURNS),
            },
            PathKind::Axis => PathShape::axis(model, centre, self.axis.unwrap_or(0))?,
        };
        LatentPath::new(form, projection)
    }
}

/// Follows the latent path and writes its frames.
///
/// # Errors
/// Names a point that does not fit the model or the path, a setting out of range, or a file that cannot be read or
/// written.
pub fn run(arguments: &WalkArguments) -> Result<()> {
    let WalkArguments { model, from, to, around, frames, look, out, .. } = arguments;
    let output = ShapeFile::from_path(out)?;
    arguments.check(output)?;
    let files = [from, to, around].into_iter().flatten().filter_map(PointRef::file);
    let inputs: Vec<&Path> = std::iter::once(&**model).chain(files).collect();
    check_outputs(&inputs, &[out])?;
    let model = open(model)?;
    let quantity = look.quantity(&model)?;
    let mut progress = Progress::start();
    let projection = Projection::from_mu(&model.encoded.mu);
    let ends = arguments.ends(&model)?;
    let latent_path = arguments.latent_path(&ends, &model, &projection)?;
    let strip = Strip::new(&model, quantity, &latent_path, *frames, None)?;
    match output {
        ShapeFile::Csv => table(out, &model, &strip, &frames_between(&ends, &strip.shares))?,
        ShapeFile::Picture => {
            let sheet = strip.sheet(&model, COLUMNS.min(*frames));
            look.write(out, &sheet, &model)?;
        }
        ShapeFile::Gif => {
            animate(arguments, &model, &projection, &latent_path, &strip, &mut progress)?
        }
    }
    let length = three_digits(latent_path.length());
    progress.finish(text!(
        "{count} frame over a length of {length}; wrote {out}"
            | "{count} frames over a length of {length}; wrote {out}",
        count = frames,
        length,
        out = out.display().to_string()
    ));
    Ok(())
}

fn table(
    path: &Path,
    model: &Model,
    strip: &Strip,
    frames: &[Option<SimilarityTransform>],
) -> Result<()> {
    let rows = strip.decoded.iter().enumerate().map(|(frame, outline)| ExportedRow {
        first: vec![(frame + 1).to_string(), strip.shares[frame].to_string()],
        z: Some(strip.z.row(frame)),
        verdict: Some(&strip.verdicts[frame]),
        values: outline,
        frame: frames[frame],
    });
    write_rows(path, &["frame", "share"], model, rows)
}

/// Draws the frames one after the other.
fn animate(
    arguments: &WalkArguments,
    model: &Arc<Model>,
    projection: &Projection,
    latent_path: &LatentPath,
    strip: &Strip,
    progress: &mut Progress,
) -> Result<()> {
    let WalkArguments { look, out, frames, .. } = arguments;
    let bar = look.bar(model, projection)?;
    let (quantity, palette) = (look.quantity(model)?, look.theme.palette());
    let walk = WrittenPath { model, projection, latent_path, strip, quantity, bar: &bar, palette };
    let height = (f64::from(look.size) * FRAME[1] / FRAME[0]).round() as u32;
    let animation = Animation {
        size: [look.size, height.max(16)],
        frames_per_second: arguments.rate(),
        looping: true,
    };
    let mut told = |share: f64| {
        let frame = (share * *frames as f64).round() as usize + 1;
        progress.report(share, || text!("frame {frame} of {frames}", frame, frames));
    };
    walk_film(out, &walk, animation, &CancelToken::default(), &mut told).map(drop)
}
