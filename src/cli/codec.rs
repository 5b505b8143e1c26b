//! `decode` and `encode`: latent vectors to outlines and back.

use super::files::{check_outputs, check_outputs_with, open};
use crate::data::rows::Rows;
use crate::data::vectors;
use crate::error::{Error, Result};
use crate::export::outlines::{bare, write_outlines};
use crate::export::tables;
use crate::model::Model;
use clap::{ArgGroup, Args};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The arguments of `decode`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer decode --model nine.safetensors --z \"0.1,-0.3\" --z \"0,0\" --out shapes.csv\n  \
    latent-explorer decode --model nine.safetensors --z-file z.csv --out shapes.csv")]
#[command(group(ArgGroup::new("latents").required(true).args(["z", "z_file"])))]
pub struct DecodeArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// A latent vector, its numbers separated by commas; may be given several times
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
    z: Vec<LatentVector>,
    /// Latent vectors, one a row; a header is optional
    #[arg(long, value_name = "Z.csv")]
    z_file: Option<PathBuf>,
    /// The outlines to write, in data units: .csv (one a row: x0,y0,x1,y1,..), .json, .svg, .dxf, .dat, or
    /// .dat of several in a new folder FOLDER/
    #[arg(long, value_name = "X.csv|..")]
    out: PathBuf,
}

/// The arguments of `encode`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    latent-explorer encode --model nine.safetensors --shapes shapes.csv --out z.csv")]
pub struct EncodeArguments {
    /// The checkpoint
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// Outlines in data units, one a row: x0,y0,x1,y1,..; a header is optional
    #[arg(long, value_name = "X.csv")]
    shapes: PathBuf,
    /// The latent vectors to write, one a row: mu0,..,log_var0,..
    #[arg(long, value_name = "Z.csv")]
    out: PathBuf,
}

/// A latent vector as it is written on the command line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LatentVector(pub(super) Vec<f64>);

impl FromStr for LatentVector {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let number = |word: &str| {
            let number = word.trim().parse().ok().filter(|v: &f64| v.is_finite());
            number.ok_or_else(|| format!("'{}' is not a finite number", word.trim()))
        };
        text.split(',').map(number).collect::<std::result::Result<_, _>>().map(Self)
    }
}

/// Decodes latent vectors and writes the outlines.
///
/// # Errors
/// Names the vector or the file that does not fit the model, or cannot be read or written.
pub fn decode(arguments: &DecodeArguments) -> Result<()> {
    let inputs: Vec<&Path> =
        std::iter::once(&arguments.model).chain(&arguments.z_file).map(PathBuf::as_path).collect();
    check_outputs_with(&inputs, &[], Some(&arguments.out))?;
    let model = open(&arguments.model)?;
    let dim = model.latent_dim();
    let z = match &arguments.z_file {
        Some(path) => vectors::read(path, dim, "a latent vector")?,
        None => given(&arguments.z, dim)?,
    };
    let outlines = model.decode(&z)?;
    if let Some(row) = first_not_finite(&outlines, |v| v.is_finite()) {
        let problem = format!("vector {row} is too far out to be decoded");
        return Err(match &arguments.z_file {
            Some(path) => Error::file(path, problem),
            None => Error::setting("z", problem),
        });
    }
    write_outlines(&arguments.out, &bare(&outlines))
}

/// The vectors of the command line, each of which must have `dim` numbers.
fn given(vectors: &[LatentVector], dim: usize) -> Result<Rows<f64>> {
    let mut rows = Rows::new(dim);
    for LatentVector(z) in vectors {
        if z.len() != dim {
            let problem = format!("the model's latent has {dim} numbers, not {}", z.len());
            return Err(Error::setting("z", problem));
        }
        rows.push(z);
    }
    Ok(rows)
}

/// Encodes outlines and writes their latent vectors.
///
/// # Errors
/// Names the file that does not fit the model, or cannot be read or written.
pub fn encode(arguments: &EncodeArguments) -> Result<()> {
    let EncodeArguments { model, shapes, out } = arguments;
    check_outputs(&[model, shapes], &[out])?;
    let model = open(model)?;
    let (mu, log_var) = encode_file(&model, shapes)?;
    tables::write_encoded(out, &mu, &log_var)
}

/// Reads outlines, one a row, and encodes them: mu and log_var, `[n, latent]` each.
///
/// # Errors
/// Names the file that cannot be read or does not fit the model.
pub fn encode_file(model: &Model, shapes: &Path) -> Result<(Rows<f64>, Rows<f64>)> {
    let outlines = vectors::read(shapes, model.input_dim(), "an outline")?;
    let narrow: Vec<f32> = outlines.as_flat().iter().map(|&v| v as f32).collect();
    let (mu, log_var) = model.encode(&Rows::from_flat(outlines.width(), narrow))?;
    let bad = [&mu, &log_var].into_iter().find_map(|r| first_not_finite(r, |v| v.is_finite()));
    if let Some(row) = bad {
        return Err(Error::file(shapes, format!("outline {row} is too large to be encoded")));
    }
    Ok((mu, log_var))
}

/// The first row, counted from 1, that holds a value which is not finite.
fn first_not_finite<T: Copy>(rows: &Rows<T>, is_finite: impl Fn(&T) -> bool) -> Option<usize> {
    rows.iter().position(|row| !row.iter().all(&is_finite)).map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latent_vectors_are_read_from_words() {
        assert_eq!("0.1,-0.3".parse(), Ok(LatentVector(vec![0.1, -0.3])));
        assert_eq!(" -1e-3 , 2".parse(), Ok(LatentVector(vec![-1e-3, 2.0])));
        assert!("0.1,x".parse::<LatentVector>().unwrap_err().contains("'x'"));
        assert!("1,inf".parse::<LatentVector>().unwrap_err().contains("'inf'"));
        assert!("".parse::<LatentVector>().is_err());
    }
}
