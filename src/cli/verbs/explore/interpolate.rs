//! `interpolate`: one shape into another, through the latent and as a linear interpolation of the outlines.

use crate::cli::args::point::point;
use crate::cli::args::sheet::{Look, ShapeFile};
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::error::{Error, Result, check_range};
use crate::explore::Projection;
use crate::explore::latent_path::curve::{LatentPath, PathShape};
use crate::explore::latent_path::strip::Strip;
use crate::export::tables::shapes::{ExportedRow, write_rows};
use crate::model::point_ref::{frames_between, syntax};
use crate::model::{Model, PointRef};
use crate::text;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `interpolate`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:\n  \
    latent-explorer interpolate --model nine.safetensors --from family:star --to family:heart --out morph.png\n  \
    latent-explorer interpolate --model nine.safetensors --from row:17 --to z:0.1,-0.3 --steps 20 --out morph.csv\n\n\
    {}\n\n\
    The latent path leads straight from the one latent point to the other and is decoded; the blend moves \
    every point of the one outline straight to its counterpart of the other. Where a point is a shape, the blend \
    begins with the shape itself and the latent path with its reconstruction. A picture shows the path above and the blend \
    below; a table has a row for each frame, counted from 1: path (latent or blend), frame, share, z0,.., verdict, reason, \
    density_distance, round_trip, the properties, x0,y0,.. with full precision; what a blend has not stays empty.", syntax()))]
pub struct InterpolateArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The first point
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    from: PointRef,
    /// The last point
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    to: PointRef,
    /// Frames, both ends included: 2 to 1000 (pictures: to 50)
    #[arg(long, value_name = "N", default_value_t = 9, allow_hyphen_values = true)]
    steps: usize,
    #[command(flatten)]
    look: Look,
    /// The table or picture to write; the extension decides the format
    #[arg(long, value_name = "F.csv|F.svg|F.png")]
    out: PathBuf,
}

/// Interpolates and writes the frames.
///
/// # Errors
/// Names a point that does not fit the model, a setting out of range, or a file that cannot be read or written.
pub fn run(arguments: &InterpolateArguments) -> Result<()> {
    let InterpolateArguments { model, from, to, steps, look, out } = arguments;
    let output = ShapeFile::from_path(out)?;
    if output == ShapeFile::Gif {
        let problem =
            text!("is a GIF; 'walk --path line' writes those, this writes .csv, .svg or .png");
        return Err(Error::file(out, problem));
    }
    check_range("steps", *steps, 2, if output == ShapeFile::Csv { 1000 } else { 50 })?;
    look.check(output)?;
    let files = [from.file(), to.file()];
    let inputs: Vec<&Path> = std::iter::once(&**model).chain(files.into_iter().flatten()).collect();
    check_outputs(&inputs, &[out])?;
    let model = open(model)?;
    let quantity = look.quantity(&model)?;
    let progress = Progress::start();
    let ends = [point("from", from, &model)?, point("to", to, &model)?];
    let [from, to] = &ends;
    let form = PathShape::Line { from: from.z.clone(), to: to.z.clone() };
    let latent_path = LatentPath::new(form, &Projection::from_mu(&model.encoded.mu))?;
    let outlines = Some([&*from.outline, &*to.outline]);
    let strip = Strip::new(&model, quantity, &latent_path, *steps, outlines)?;
    match output {
        ShapeFile::Csv => table(out, &model, &strip, &frames_between(&ends, &strip.shares))?,
        _ => look.write(out, &strip.rows(&model, quantity, true)?, &model)?,
    }
    progress.finish(text!(
        "{count} frame of each; wrote {out}" | "{count} frames of each; wrote {out}",
        count = steps,
        out = out.display().to_string()
    ));
    Ok(())
}

/// Writes the frames of the latent path, then those of the linear interpolation.
fn table(
    path: &Path,
    model: &Model,
    strip: &Strip,
    frames: &[Option<SimilarityTransform>],
) -> Result<()> {
    let first = |path: &str, frame: usize| {
        let share = strip.shares[frame];
        vec![path.to_owned(), (frame + 1).to_string(), share.to_string()]
    };
    let latent = strip.decoded.iter().enumerate().map(|(frame, outline)| ExportedRow {
        first: first("latent", frame),
        z: Some(strip.z.row(frame)),
        verdict: Some(&strip.verdicts[frame]),
        values: outline,
        frame: frames[frame],
    });
    let blended = strip.blended.iter().flat_map(Rows::iter).enumerate();
    let blend = blended.map(|(frame, outline)| ExportedRow {
        first: first("blend", frame),
        z: None,
        verdict: None,
        values: outline,
        frame: frames[frame],
    });
    write_rows(path, &["path", "frame", "share"], model, latent.chain(blend))
}
