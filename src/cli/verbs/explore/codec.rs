//! `decode` and `encode`: latent vectors to outlines, or rows of a table, and back.

use crate::cli::args::point::points;
use crate::cli::files::{check_outputs, check_outputs_with, open};
use crate::cli::progress::Progress;
use crate::data::csv::{Latents, read_latents};
use crate::data::outline::conform;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::outline::unit::LengthUnit;
use crate::data::rows::Rows;
use crate::data::table::{NamedRows, TableForm, TableSchema, read_as};
use crate::error::{Error, Result};
use crate::export::outlines::{NamedOutline, write_outlines};
use crate::export::tables::csv;
use crate::export::tables::rows::write_rows;
use crate::model::point_ref::syntax;
use crate::model::{Model, PointRef};
use crate::text;
use clap::{ArgGroup, Args};
use std::path::{Path, PathBuf};

/// The arguments of `decode`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:\n  \
    latent-explorer decode --model nine.safetensors --z 0.1,-0.3 --z family:star --out shapes.csv\n  \
    latent-explorer decode --model nine.safetensors --z-file z.csv --out shapes.csv\n\n\
    {}", syntax()))]
#[command(group(ArgGroup::new("latents").required(true).args(["z", "z_file"])))]
pub struct DecodeArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// A point whose latent vector is decoded; may be given several times
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    z: Vec<PointRef>,
    /// Latent vectors, one a row; of a table with a header the columns mu0,.. or z0,.., with id and the frame
    /// (origin_x,origin_y,scale,rotation) that encode writes
    #[arg(long, value_name = "Z.csv")]
    z_file: Option<PathBuf>,
    /// The outlines to write: .csv (one a row: x0,y0,x1,y1,..), .json, .svg, .dxf, .dat, or .dat of several in a new
    /// folder FOLDER/; in the frame of the named or encoded shape, else in data units. Of a table the rows, .csv or
    /// .json, in the units and levels of its file
    #[arg(long, value_name = "X.csv|..")]
    out: PathBuf,
}

/// The arguments of `encode`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer encode --model nine.safetensors --shapes shapes.csv --out z.csv\n  \
    latent-explorer encode --model airfoils.safetensors --shapes mine.dat --out z.csv\n\n\
    Outlines may stand anywhere, in any size, with any number of points, from any first point on: they are centred, \
    scaled, resampled and begun as the model's own data were, and turned where these were. Sizes count where they do \
    among the data: those that were imported without scaling keep their units, and a generated outline keeps a size \
    within the range of its recipe. What was taken away is written as origin_x,origin_y,scale,rotation, so that \
    decode --z-file gives shapes back where and as large as they stood.")]
pub struct EncodeArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// Outlines: .csv (one a row: x0,y0,x1,y1,.., or one as columns x,y), an airfoil .dat, or .svg; for a model of a
    /// table a CSV with a header that has its columns, in any order
    #[arg(long, value_name = "X.csv|..")]
    shapes: PathBuf,
    /// The latent vectors to write, one a row: mu0,.. and, with a posterior, log_var0,.., after the id and before the frame if there are any
    #[arg(long, value_name = "Z.csv")]
    out: PathBuf,
}

/// Decodes latent vectors and writes the outlines.
///
/// # Errors
/// Names the vector or the file that does not fit the model, or cannot be read or written.
pub fn decode(arguments: &DecodeArguments) -> Result<()> {
    let files = arguments.z.iter().filter_map(PointRef::file).chain(arguments.z_file.as_deref());
    let inputs: Vec<&Path> = files.chain([&*arguments.model]).collect();
    check_outputs_with(&inputs, &[], Some(&arguments.out))?;
    let model = open(&arguments.model)?;
    let progress = Progress::start();
    let Latents { z, ids, frames } = match &arguments.z_file {
        Some(path) => read_latents(path, model.latent_dim())?,
        None => named(&arguments.z, &model)?,
    };
    let outlines = model.decode(&z)?;
    if let Some(row) = first_not_finite(&outlines, |v| v.is_finite()) {
        let problem = text!("vector {row} is too far out to be decoded", row);
        return Err(match &arguments.z_file {
            Some(path) => Error::file(path, problem),
            None => Error::setting("z", problem),
        });
    }
    if let Some(schema) = model.domain().table() {
        return write_table(&arguments.out, schema, &ids, &outlines, progress);
    }
    let mut named = Vec::with_capacity(outlines.len());
    for (index, row) in outlines.iter().enumerate() {
        let outline = NamedOutline::named(ids.get(index).map_or("", String::as_str), row);
        named.push(match frames.get(index).filter(|frame| !frame.is_plain()) {
            Some(frame) => outline.restored(frame.restore(row), LengthUnit::Unknown),
            None => outline,
        });
    }
    write_outlines(&arguments.out, &named)?;
    progress.finish(text!(
        "wrote {count} outline to {out}" | "wrote {count} outlines to {out}",
        count = named.len(),
        out = arguments.out.display().to_string()
    ));
    Ok(())
}

/// Writes decoded rows of a table, numbered where they have no name.
fn write_table(
    out: &Path,
    schema: &TableSchema,
    ids: &[String],
    rows: &Rows<f32>,
    progress: Progress,
) -> Result<()> {
    let name = |index: usize| match ids.get(index).filter(|id| !id.is_empty()) {
        Some(id) => id.clone(),
        None => (index + 1).to_string(),
    };
    let named: Vec<_> = rows.iter().enumerate().map(|(index, row)| (name(index), row)).collect();
    write_rows(out, schema, &named)?;
    progress.finish(text!(
        "wrote {count} row to {out}" | "wrote {count} rows to {out}",
        count = named.len(),
        out = out.display().to_string()
    ));
    Ok(())
}

/// The latent vectors of the points on the command line.
fn named(named: &[PointRef], model: &Model) -> Result<Latents> {
    let mut latents =
        Latents { z: Rows::new(model.latent_dim()), ids: Vec::new(), frames: Vec::new() };
    for name in named {
        for point in points("z", name, model)? {
            latents.z.push(&point.z);
            latents.ids.push(point.name);
            latents.frames.push(point.frame.unwrap_or(SimilarityTransform::default()));
        }
    }
    Ok(latents)
}

/// Encodes outlines and writes their latent vectors.
///
/// # Errors
/// Names the file that cannot be read or written, or the outline in it that is not valid.
pub fn encode(arguments: &EncodeArguments) -> Result<()> {
    let EncodeArguments { model, shapes, out } = arguments;
    check_outputs(&[model, shapes], &[out])?;
    let model = open(model)?;
    let progress = Progress::start();
    let (names, frames, rows) = match model.domain().table() {
        Some(schema) => {
            let form = TableForm::default();
            let NamedRows { names, rows, .. } =
                read_as(shapes, schema, None, model.named_by(), &form)?;
            (names, Vec::new(), rows)
        }
        None => {
            let outlines = conform::read(shapes, model.source()?)?;
            let flat = outlines.iter().flat_map(|o| o.outline.iter().copied()).collect();
            let (names, frames) = outlines.into_iter().map(|o| (o.name, o.transform)).unzip();
            (names, frames, Rows::from_flat(model.input_dim(), flat))
        }
    };
    let (mu, log_var) = model.encode(&rows)?;
    let outputs = std::iter::once(&mu).chain(&log_var);
    let bad = outputs.into_iter().find_map(|r| first_not_finite(r, |v| v.is_finite()));
    if let Some(row) = bad {
        let problem = match model.domain().table() {
            Some(_) => text!("row {row} is too far from the data to be encoded", row),
            None => text!("outline {row} is too large to be encoded", row),
        };
        return Err(Error::file(shapes, problem));
    }
    csv::write_encoded(out, &mu, log_var.as_ref(), &names, &frames)?;
    progress.finish(text!(
        "wrote {count} latent vector to {out}" | "wrote {count} latent vectors to {out}",
        count = mu.len(),
        out = out.display().to_string()
    ));
    Ok(())
}

/// The first row, counted from 1, with a value that is not finite.
fn first_not_finite<T: Copy>(rows: &Rows<T>, is_finite: impl Fn(&T) -> bool) -> Option<usize> {
    rows.iter().position(|row| !row.iter().all(&is_finite)).map(|index| index + 1)
}
