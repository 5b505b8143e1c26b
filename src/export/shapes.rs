//! Shapes with what is known of them, as a table.

use crate::data::placement::Placement;
use crate::data::property::Property;
use crate::data::vectors::{latent_header, outline_header, write};
use crate::error::Result;
use crate::model::Model;
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
    /// The frame in which it is written; data units where there is none.
    pub frame: Option<Placement>,
}

impl ShapeRow<'_> {
    /// The numbers of the shape as they are written.
    fn numbers(&self) -> Vec<String> {
        match self.frame.filter(|frame| !frame.is_plain()) {
            Some(frame) => frame.restore(self.outline).iter().map(f64::to_string).collect(),
            None => self.outline.iter().map(f32::to_string).collect(),
        }
    }
}

/// A property of a shape in full precision: of one that was not decoded where the model encodes it; empty where there
/// is no head that could tell it. Areas and lengths are those of the shape as it is written.
fn told(model: &Model, property: Property, row: &ShapeRow<'_>) -> String {
    let told = match row.z {
        _ if !model.can_tell(property) => return String::new(),
        Some(z) => model.tell_one(property, z, row.outline),
        None => model.tell_outline(property, row.outline),
    };
    let scale = row.frame.map_or(1.0, |frame| frame.scale);
    told.map_or(String::new(), |value| property.at_scale(value, scale).to_string())
}

/// Writes shapes with full precision: the table's own columns, `z0, ..`, the verdict with its reason and figures, every
/// property of the model, and `x0, y0, ..`. What is not known stays empty.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_shapes<'a>(
    path: &Path,
    first: &[&str],
    model: &Model,
    rows: impl IntoIterator<Item = ShapeRow<'a>>,
) -> Result<()> {
    let latent = model.latent_dim();
    let properties = model.properties();
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let header = [
        words(first),
        latent_header("z", latent),
        words(&["verdict", "reason", "density_distance", "round_trip"]),
        properties.iter().map(|property| property.name().to_owned()).collect(),
        outline_header(model.input_dim()),
    ]
    .concat();
    let row = |row: ShapeRow<'_>| {
        let mut cells = row.first.clone();
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
        cells.extend(properties.iter().map(|&property| told(model, property, &row)));
        cells.extend(row.numbers());
        cells
    };
    write(path, &header, rows.into_iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::SAMPLES;

    #[test]
    fn what_is_not_known_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shapes.csv");
        let model = SAMPLES[0].load().unwrap();
        let square = model.training_outline(0);
        let row = |z| ShapeRow {
            first: vec!["a".to_owned()],
            z,
            verdict: None,
            outline: &square,
            frame: None,
        };
        let rows = [row(Some(&[0.1 + 0.2, -1.0])), row(None)];
        write_shapes(&path, &["kind"], &model, rows).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with(
            "kind,z0,z1,verdict,reason,density_distance,round_trip,roundness,area,perimeter,heat-shedding,x0"
        ));
        let roundness = Property::Roundness.measure(&square);
        let begin = format!("a,0.30000000000000004,-1,,,,,{roundness},");
        assert!(lines[1].starts_with(&begin), "{}", lines[1]);
        assert!(lines[2].starts_with(&format!("a,,,,,,,{roundness},")), "{}", lines[2]);
        let columns = |line: &str| line.split(',').count();
        assert!(lines.iter().all(|line| columns(line) == columns(lines[0])));
    }
}
