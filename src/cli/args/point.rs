//! Points that options name.

use crate::error::{Error, Result};
use crate::model::{Endpoint, Model, PointRef};
use crate::text::Text;

/// The point that an option names.
///
/// # Errors
/// Names the file that is wrong, or the option and the available points.
pub fn point(option: &'static str, named: &PointRef, model: &Model) -> Result<Endpoint> {
    named.one(model, &[]).map_err(|error| of_option(option, error))
}

/// The points that an option names; for a file one for each outline.
///
/// # Errors
/// As [`point`].
pub fn points(option: &'static str, named: &PointRef, model: &Model) -> Result<Vec<Endpoint>> {
    named.all(model, &[]).map_err(|error| of_option(option, error))
}

fn of_option(option: &'static str, error: Error) -> Error {
    match error {
        Error::File { .. } => error,
        other => Error::setting(option, other),
    }
}

/// Parses a point, or the path of a file with outlines.
///
/// # Errors
/// Explains the syntax of points if the text begins like a point but is not one.
pub fn point_or_path(text: &str) -> std::result::Result<PointRef, Text> {
    const KINDS: [&str; 6] = ["z", "row", "name", "family", "pin", "file"];
    text.parse().or_else(|problem| match text.split_once(':') {
        Some((kind, _)) if KINDS.contains(&kind) => Err(problem),
        _ if text.is_empty() => Err(problem),
        _ => Ok(PointRef::File(text.into())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_needs_no_word_before_it() {
        assert_eq!(point_or_path("shapes.csv"), Ok(PointRef::File("shapes.csv".into())));
        assert_eq!(point_or_path("C:/shapes.csv"), Ok(PointRef::File("C:/shapes.csv".into())));
        assert_eq!(point_or_path("row:3"), Ok(PointRef::Row(3)));
        assert_eq!(point_or_path("mean"), Ok(PointRef::Mean));
        assert!(point_or_path("row:0").unwrap_err().to_string().contains("counted from 1"));
        assert!(point_or_path("").is_err());
    }
}
