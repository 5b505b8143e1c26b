//! `sample`: new shapes, sampled and assessed.

use crate::cli::args::sheet::{Look, ShapeFile};
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::error::{Error, Result, check_range};
use crate::explore::shapes::new_shapes::{NewShape, new_shapes, sheet};
use crate::export::tables::shapes::{ExportedRow, write_rows};
use crate::text;
use crate::trust::Reliability;
use clap::Args;
use std::path::PathBuf;

/// The most shapes in a picture.
const MAX_PAINTED: usize = 400;

/// The arguments of `sample`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer sample --model nine.safetensors --count 36 --out new.png\n  \
    latent-explorer sample --model nine.safetensors --count 1000 --seed 7 --out new.csv\n\n\
    Points are drawn from the distribution that the model states: N(0, 1) for a variational autoencoder, a normal \
    distribution or a mixture fitted to the encoded data for one without a prior or whose prior misses them. Shape i depends on the seed and i alone. A table has a row for each \
    shape: shape, z0,.., verdict (believable, doubtful or outside the data), reason, density_distance, round_trip, \
    the properties, x0,y0,.. with full precision. A picture marks the verdicts.")]
pub struct SampleArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// Number of shapes: 1 to 100000 (pictures: to 400)
    #[arg(long, value_name = "N", default_value_t = 36, allow_hyphen_values = true)]
    count: usize,
    /// The seed of the draws: 0 to 2^64-1
    #[arg(long, value_name = "S", default_value_t = 0, allow_hyphen_values = true)]
    seed: u64,
    #[command(flatten)]
    look: Look,
    /// The table or picture to write; the extension decides the format
    #[arg(long, value_name = "S.csv|S.svg|S.png")]
    out: PathBuf,
}

/// Samples shapes, assesses them and writes them.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written.
pub fn run(arguments: &SampleArguments) -> Result<()> {
    let SampleArguments { model, count, seed, look, out } = arguments;
    let output = ShapeFile::from_path(out)?;
    if output == ShapeFile::Gif {
        return Err(Error::file(out, text!("is a GIF; write the sample as .csv, .svg or .png")));
    }
    check_range("count", *count, 1, if output == ShapeFile::Csv { 100_000 } else { MAX_PAINTED })?;
    look.check(output)?;
    check_outputs(&[model], &[out])?;
    let model = open(model)?;
    let quantity = look.quantity(&model)?;
    let progress = Progress::start();
    let shapes = new_shapes(&model, quantity, *count, *seed)?;
    if output == ShapeFile::Csv {
        let rows = shapes.iter().enumerate();
        let rows = rows.map(|(index, NewShape { z, outline, verdict, .. })| ExportedRow {
            first: vec![(index + 1).to_string()],
            z: Some(z),
            verdict: Some(verdict),
            values: outline,
            frame: None,
        });
        write_rows(out, &["shape"], &model, rows)?;
    } else {
        let columns = (*count as f64).sqrt().ceil() as usize;
        let drawn = sheet(&model, &shapes, columns, true);
        look.write(out, &drawn, &model)?;
    }
    if !model.has_data() {
        progress.finish(text!(
            "{count} point, drawn from {start}, {verdict}; wrote {out}"
                | "{count} points, drawn from {start}, {verdict}; wrote {out}",
            count,
            start = model.card.start.label(),
            verdict = Reliability::Unknown.word(),
            out = out.display().to_string()
        ));
        return Ok(());
    }
    let of = |reliability| {
        shapes.iter().filter(|shape| shape.verdict.reliability == reliability).count()
    };
    progress.finish(text!(
        "{count} point, drawn from {start}: {believable} believable, {doubtful} doubtful, {outside} outside the data; wrote {out}" | "{count} points, drawn from {start}: {believable} believable, {doubtful} doubtful, {outside} outside the data; wrote {out}",
        count,
        start = model.card.start.label(),
        believable = of(Reliability::Believable),
        doubtful = of(Reliability::Doubtful),
        outside = of(Reliability::Outside),
        out = out.display().to_string()
    ));
    Ok(())
}
