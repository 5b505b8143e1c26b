//! Tables of numbers as CSV: a vector a row; a header is written, and optional when read.

use super::cell::{guarded, unguarded};
use super::outline::transform::SimilarityTransform;
use super::rows::Rows;
use crate::error::{Error, Result};
use crate::numerics::atomic_file;
use crate::text;
use crate::text::Text;
use std::fmt::{Display, Write as _};
use std::path::Path;

/// Reads vectors of `width` numbers; `of` describes them in error messages.
///
/// The first line may be a header: it is one if none of its cells is a number. If it names `x0, y0, ..` or `z0, z1, ..`
/// among others, only these columns are read.
///
/// # Errors
/// Names the file, and the line, of a wrong column count, a word, a value that is not finite, or an empty table.
pub fn read(path: &Path, width: usize, of: &Text) -> Result<Rows<f64>> {
    let bytes = atomic_file::read(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes.as_slice());
    let mut rows = Rows::new(width);
    let mut row = Vec::with_capacity(width);
    // The columns to read, if a header names them.
    let mut named: Option<Vec<usize>> = None;
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|_| {
            Error::file(
                path,
                text!("line {line} is not text; save the table as CSV in UTF-8", line = index + 1),
            )
        })?;
        let begins = record.position().map_or(0, |position| position.byte() as usize);
        let line = || line_at(&bytes, begins);
        if index == 0 && record.iter().all(|cell| cell.parse::<f64>().is_err()) {
            let headers = [outline_header(width), latent_header("z", width)];
            named = headers.iter().find_map(|header| {
                header.iter().map(|name| record.iter().position(|cell| cell == name)).collect()
            });
            continue;
        }
        let record = match &named {
            Some(columns) => columns.iter().filter_map(|&column| record.get(column)).collect(),
            None => record,
        };
        if record.len() != width {
            let problem = text!(
                "line {line} has {found} columns where {of} needs {width}",
                line = line(),
                found = record.len(),
                of,
                width
            );
            return Err(Error::file(path, problem));
        }
        row.clear();
        for (column, cell) in record.iter().enumerate() {
            let number = cell.parse::<f64>().ok().filter(|v| v.is_finite());
            row.push(number.ok_or_else(|| {
                let column = named.as_ref().map_or(column, |columns| columns[column]) + 1;
                let line = line();
                Error::file(
                    path,
                    text!(
                        "line {line}, column {column}: '{cell}' is not a finite number",
                        line,
                        column,
                        cell
                    ),
                )
            })?);
        }
        rows.push(&row);
    }
    if rows.is_empty() {
        return Err(Error::file(
            path,
            text!("has no rows; it needs {of} of {width} numbers on each line", of, width),
        ));
    }
    Ok(rows)
}

/// Latent vectors of a table, with their ids and frames if it has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Latents {
    /// The vectors, `[rows, latent]`.
    pub z: Rows<f64>,
    /// Their names, `[rows]`, or none at all.
    pub ids: Vec<String>,
    /// The frames of the shapes that were encoded, `[rows]`, or none at all.
    pub frames: Vec<SimilarityTransform>,
}

/// Reads latent vectors of `dim` numbers: a vector a row, or the columns `mu0, mu1, ..` or `z0, z1, ..` of a table with
/// a header, and its columns `id` and [`FRAME`] if there are any.
///
/// # Errors
/// As [`read`]; also names a column that is missing or one too many.
pub fn read_latents(path: &Path, dim: usize) -> Result<Latents> {
    let bytes = atomic_file::read(path)?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| header.iter().position(|cell| cell == name);
    let Some(stem) = ["mu", "z"].into_iter().find(|stem| column(&format!("{stem}0")).is_some())
    else {
        let z = read(path, dim, &text!("a latent vector"))?;
        return Ok(Latents { z, ids: Vec::new(), frames: Vec::new() });
    };
    let needed = |k: usize| {
        let name = format!("{stem}{k}");
        column(&name).ok_or_else(|| {
            Error::file(
                path,
                text!("has no column {name}; the model's latent has {dim} dimensions", name, dim),
            )
        })
    };
    let columns = (0..dim).map(needed).collect::<Result<Vec<usize>>>()?;
    let beyond = format!("{stem}{dim}");
    if column(&beyond).is_some() {
        let problem = text!(
            "has a column {beyond}, and the model's latent has {dim} dimensions",
            beyond,
            dim
        );
        return Err(Error::file(path, problem));
    }
    let frame: Option<Vec<usize>> = FRAME.iter().map(|name| column(name)).collect();
    let id = column("id");
    let mut latents = Latents { z: Rows::new(dim), ids: Vec::new(), frames: Vec::new() };
    for record in reader.records() {
        let record = record
            .map_err(|_| Error::file(path, text!("is not text; save the table as CSV in UTF-8")))?;
        let line = line_at(&bytes, record.position().map_or(0, |at| at.byte() as usize));
        let number = |column: usize| {
            let cell = record.get(column).unwrap_or_default();
            cell.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| {
                Error::file(
                    path,
                    text!(
                        "line {line}, column {column}: '{cell}' is not a finite number",
                        line,
                        column = column + 1,
                        cell
                    ),
                )
            })
        };
        latents.z.push(&columns.iter().map(|&k| number(k)).collect::<Result<Vec<f64>>>()?);
        latents.ids.extend(id.and_then(|id| record.get(id)).map(|id| unguarded(id).to_owned()));
        if let Some(frame) = &frame {
            let of = frame.iter().map(|&k| number(k)).collect::<Result<Vec<f64>>>()?;
            let frame =
                SimilarityTransform { origin: [of[0], of[1]], scale: of[2], rotation: of[3] };
            if !frame.is_sound() {
                return Err(Error::file(path, text!("line {line}: scale must be positive", line)));
            }
            latents.frames.push(frame);
        }
    }
    if latents.z.is_empty() {
        return Err(Error::file(path, text!("has no rows after its header")));
    }
    Ok(latents)
}

/// The columns of a frame, see [`SimilarityTransform`]: `restored = R(rotation) * scale * x + origin`, rotation in radians.
pub const FRAME: [&str; 4] = ["origin_x", "origin_y", "scale", "rotation"];

/// The line, counted from 1, of the first text at or after a position in the file: the position of a record is the end
/// of the one before, so blank lines may lie between.
pub fn line_at(bytes: &[u8], begins: usize) -> usize {
    let text = bytes.iter().skip(begins).position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    let before = &bytes[..(begins + text).min(bytes.len())];
    1 + before.iter().filter(|&&b| b == b'\n').count()
}

/// Writes a header and rows of cells, those that a spreadsheet would run [guarded]; the file is written completely or not
/// at all. Numbers keep their full precision.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write<R, C>(path: &Path, header: &[String], rows: R) -> Result<()>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: Display,
{
    atomic_file::write_whole(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer
            .write_record(header.iter().map(|name| guarded(name).into_owned()))
            .map_err(io_error)?;
        let mut text = String::new();
        for row in rows {
            for cell in row {
                text.clear();
                write!(text, "{cell}").map_err(std::io::Error::other)?;
                writer.write_field(guarded(&text).as_bytes()).map_err(io_error)?;
            }
            writer.write_record(None::<&[u8]>).map_err(io_error)?;
        }
        writer.flush()
    })
}

/// The error of the operating system, if there is one: the table's own error hides its kind.
fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

/// `x0, y0, x1, y1, ..` for outlines of `width` numbers.
pub fn outline_header(width: usize) -> Vec<String> {
    (0..width).map(|i| format!("{}{}", if i % 2 == 0 { 'x' } else { 'y' }, i / 2)).collect()
}

/// `stem0, stem1, ..` for the coordinates of a latent.
pub fn latent_header(stem: &str, dim: usize) -> Vec<String> {
    (0..dim).map(|i| format!("{stem}{i}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_as_such() {
        struct Full;
        impl std::io::Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut writer = csv::WriterBuilder::new().buffer_capacity(4).from_writer(Full);
        let error = io_error(writer.write_record(["much", "more", "than that"]).unwrap_err());
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }

    fn read_text(text: &str) -> Result<Rows<f64>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("z.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, 2, &text!("a latent vector"))
    }

    #[test]
    fn a_header_is_optional() {
        let bare = read_text("0.5,-1\n2,3e-2\n").unwrap();
        assert_eq!(bare.as_flat(), [0.5, -1.0, 2.0, 0.03]);
        assert_eq!(bare, read_text("z0,z1\n0.5,-1\n2, 3e-2\n").unwrap());
        assert_eq!(bare, read_text("label,y0,x0,area\na,-1,0.5,7\nb,3e-2,2,8\n").unwrap());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let message = |text| read_text(text).unwrap_err().to_string();
        assert!(message("1,2\n3\n").contains("line 2 has 1 columns"), "{}", message("1,2\n3\n"));
        assert!(message("1,2\n\n\n3\n").contains("line 4 has 1 columns"), "blank lines count");
        assert!(message("1,2\n3,four\n").contains("line 2, column 2: 'four'"));
        assert!(message("1,2\nNaN,4\n").contains("'NaN'"));
        assert!(message("").contains("no rows"));
        assert!(message("z0,z1\n").contains("no rows"));
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("z.csv");
        let rows = Rows::from_flat(2, vec![0.1f32 + 0.2, 1.0 / 3.0, -1e-30, 5.0]);
        write(&path, &latent_header("z", 2), rows.iter()).unwrap();
        let back = read(&path, 2, &text!("a latent vector")).unwrap();
        let back: Vec<f32> = back.as_flat().iter().map(|&v| v as f32).collect();
        assert_eq!(back, rows.as_flat());
    }
}
