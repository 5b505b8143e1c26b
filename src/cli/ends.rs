//! Shapes and points as they are named on the command line.

use super::codec::LatentVector;
use crate::data::vectors;
use crate::error::{Error, Result};
use crate::explore::ends::End;
use crate::model::Model;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// How a place is named, for the help of every verb that takes one.
pub const SYNTAX: &str = "A place is one of\n  \
    z:0.1,-0.3        a latent point\n  \
    row:17            shape 17 of the data, counted from 1\n  \
    family:star       the middle of a family's encoded shapes\n  \
    file:shape.csv    an outline of your own, x0,y0,x1,y1,.. on one line; a header is optional";

/// A place in the latent, or a shape that has one.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A latent point.
    Latent(Vec<f64>),
    /// A row of the data, counted from 0.
    Row(usize),
    /// The middle of a family.
    Family(String),
    /// An outline in a file.
    File(PathBuf),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "z" => rest.parse().map(|LatentVector(z)| Self::Latent(z)),
            "row" => match rest.parse::<usize>() {
                Ok(row) if row > 0 => Ok(Self::Row(row - 1)),
                _ => Err(format!("'{rest}' is no row; rows are counted from 1")),
            },
            "family" => Ok(Self::Family(rest.to_owned())),
            "file" if !rest.is_empty() => Ok(Self::File(PathBuf::from(rest))),
            _ => Err("name it as z:NUMBERS, row:N, family:NAME or file:X.csv".to_owned()),
        }
    }
}

impl Place {
    /// The shape and its latent point; `option` is how the place is called on the command line.
    ///
    /// # Errors
    /// Names the option, or the file, that does not fit the model.
    pub fn end(&self, option: &'static str, model: &Model) -> Result<End> {
        let found = match self {
            Self::Latent(z) => End::of_latent(model, z.clone()),
            Self::Row(row) => End::of_row(model, *row),
            Self::Family(name) => End::of_family(model, name),
            Self::File(path) => return of_file(path, model),
        };
        found.map_err(|error| Error::setting(option, error))
    }

    /// The file that is read, if one is.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }
}

fn of_file(path: &Path, model: &Model) -> Result<End> {
    let rows = vectors::read(path, model.input_dim(), "an outline")?;
    if rows.len() > 1 {
        let problem = format!("holds {} outlines; name a file with one", rows.len());
        return Err(Error::file(path, problem));
    }
    let outline = rows.as_flat().iter().map(|&v| v as f32).collect();
    End::of_outline(model, outline).map_err(|error| Error::file(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_words() {
        let place = |text: &str| text.parse::<Place>();
        assert_eq!(place("z:0.1,-0.3"), Ok(Place::Latent(vec![0.1, -0.3])));
        assert_eq!(place("row:17"), Ok(Place::Row(16)));
        assert_eq!(place("family:star"), Ok(Place::Family("star".to_owned())));
        assert_eq!(place("file:a:b.csv"), Ok(Place::File("a:b.csv".into())));
        assert!(place("row:0").unwrap_err().contains("counted from 1"));
        assert!(place("row:x").unwrap_err().contains("'x' is no row"));
        assert!(place("z:a").unwrap_err().contains("'a' is not a finite number"));
        for wrong in ["", "star", "0.1,0.2", "file:", "zz:1"] {
            assert!(place(wrong).unwrap_err().contains("row:N"), "{wrong}");
        }
    }
}
