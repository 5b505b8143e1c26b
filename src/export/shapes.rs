//! Shapes with what is known of them, as a table.

use crate::data::property::Property;
use crate::data::vectors::{latent_header, outline_header, write};
use crate::error::Result;
use crate::trust::Verdict;
use std::path::Path;

/// A shape as a row of a table.
#[derive(Clone, Debug)]
pub struct ShapeRow<'a> {
    /// What stands before, a cell for each of the table's own columns.
    pub first: Vec<String>,
    /// The latent point, `[latent]`; none where the shape was not decoded.
    pub z: Option<&'a [f64]>,
    /// How far it can be believed, where it was judged.
    pub verdict: Option<&'a Verdict>,
    /// The shape, `[input]` in data units.
    pub outline: &'a [f32],
}

/// Writes shapes with full precision: the table's own columns, `z0, ..`, the verdict with its reason and figures, every
/// property, and `x0, y0, ..`. What is not known stays empty. The latent has `latent` numbers, a shape `input`.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_shapes<'a>(
    path: &Path,
    first: &[&str],
    [latent, input]: [usize; 2],
    rows: impl IntoIterator<Item = ShapeRow<'a>>,
) -> Result<()> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let header = [
        words(first),
        latent_header("z", latent),
        words(&["verdict", "reason", "density_distance", "round_trip"]),
        words(&Property::ALL.map(Property::name)),
        outline_header(input),
    ]
    .concat();
    let row = |row: ShapeRow<'_>| {
        let mut cells = row.first;
        match row.z {
            Some(z) => cells.extend(z.iter().map(f64::to_string)),
            None => cells.extend(vec![String::new(); latent]),
        }
        cells.extend(row.verdict.map_or_else(Default::default, |verdict| {
            [
                verdict.word().to_owned(),
                verdict.sentence(),
                verdict.density_distance.to_string(),
                verdict.round_trip.to_string(),
            ]
        }));
        cells.extend(Property::ALL.map(|property| property.measure(row.outline).to_string()));
        cells.extend(row.outline.iter().map(f32::to_string));
        cells
    };
    write(path, &header, rows.into_iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shapes.csv");
        let square = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0];
        let row = |z| ShapeRow { first: vec!["a".to_owned()], z, verdict: None, outline: &square };
        write_shapes(&path, &["kind"], [1, 8], [row(Some(&[0.1 + 0.2])), row(None)]).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with(
            "kind,z0,verdict,reason,density_distance,round_trip,roundness,area,perimeter,heat-shedding,x0"
        ));
        assert!(lines[1].starts_with("a,0.30000000000000004,,,,,0.785"), "{}", lines[1]);
        assert!(lines[2].starts_with("a,,,,,,0.785") && lines[2].ends_with(",1,0"));
        let columns = |line: &str| line.split(',').count();
        assert!(lines.iter().all(|line| columns(line) == columns(lines[0])));
    }
}
