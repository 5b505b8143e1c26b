//! Rows of a model with their quantities and verdicts, as a table.

use crate::data::csv::{latent_header, outline_header};
use crate::data::outline::transform::SimilarityTransform;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::export::tables::rows::{row_cells, row_header};
use crate::export::tables::spreadsheet::write;
use crate::model::Model;
use crate::model::heads::judge::Prediction;
use crate::trust::Verdict;
use std::path::Path;

/// A row of data, an outline or a row of a table, as a line of a file.
#[derive(Clone, Debug)]
pub struct ExportedRow<'a> {
    /// The first cells, one for each of the table's own columns.
    pub first: Vec<String>,
    /// The latent point, `[latent]`; none if the shape was not decoded.
    pub z: Option<&'a [f64]>,
    /// The verdict on its reliability, if there is one.
    pub verdict: Option<&'a Verdict>,
    /// Its values, `[input]` in data units.
    pub values: &'a [f32],
    /// The frame in which it is written; data units if none.
    pub frame: Option<SimilarityTransform>,
}

impl ExportedRow<'_> {
    /// The numbers of the shape as they are written.
    fn numbers(&self) -> Vec<String> {
        match self.frame.filter(|frame| !frame.is_plain()) {
            Some(frame) => frame.restore(self.values).iter().map(f64::to_string).collect(),
            None => self.values.iter().map(f32::to_string).collect(),
        }
    }
}

/// The cells of a quantity for every shape, in full precision: the computed value, or a prediction and the ends of its
/// interval; empty if there is no head that predicts it. A shape that was not decoded is encoded for the prediction.
/// Areas and lengths refer to the shape as it is written.
fn cells(model: &Model, quantity: Quantity, rows: &[ExportedRow<'_>]) -> Result<Vec<Vec<String>>> {
    if !quantity.is_predicted() {
        let computed = |row: &ExportedRow<'_>| {
            let scale = row.frame.map_or(1.0, |frame| frame.scale);
            vec![quantity.at_scale(model.domain().value(quantity, row.values), scale).to_string()]
        };
        return Ok(rows.iter().map(computed).collect());
    }
    let mut z = Rows::new(model.latent_dim());
    for row in rows {
        match row.z {
            Some(own) => z.push(own),
            None => {
                let values = Rows::from_flat(row.values.len(), row.values.to_vec());
                z.push(model.encode(&values)?.0.as_flat());
            }
        }
    }
    let Some(predicted) = model.predictions(quantity, &z)? else {
        return Ok(vec![vec![String::new(); 3]; rows.len()]);
    };
    let three = |p: Prediction| [p.value, p.low, p.high].map(|v| v.to_string()).to_vec();
    Ok(predicted.into_iter().map(three).collect())
}

/// The names of a quantity's columns.
fn names(quantity: Quantity) -> Vec<String> {
    let name = quantity.name();
    match quantity.is_predicted() {
        true => ["", " low", " high"].map(|end| format!("predicted {name}{end}")).to_vec(),
        false => vec![name.to_owned()],
    }
}

/// Writes rows with full precision: the table's own columns, `z0, ..`, the verdict with its reason and numbers, every
/// quantity of the model, and `x0, y0, ..`; of a table what heads predict, and the columns in the units and levels of
/// the file. A quantity that only a head knows is a prediction, with the ends of its interval in two further columns.
/// Unknown values are empty.
///
/// # Errors
/// Names the file when it cannot be written, or gives the reason why nothing can be predicted.
pub fn write_rows<'a>(
    path: &Path,
    first: &[&str],
    model: &Model,
    rows: impl IntoIterator<Item = ExportedRow<'a>>,
) -> Result<()> {
    let latent = model.latent_dim();
    let schema = model.domain().table();
    let mut quantities = model.known_quantities();
    // The columns of a table are its computed quantities already.
    quantities.retain(|quantity| schema.is_none() || quantity.is_predicted());
    let rows: Vec<ExportedRow<'_>> = rows.into_iter().collect();
    let of_each: Vec<Vec<Vec<String>>> =
        quantities.iter().map(|&quantity| cells(model, quantity, &rows)).collect::<Result<_>>()?;
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let header = [
        words(first),
        latent_header("z", latent),
        words(&["verdict", "reason", "density_distance", "round_trip"]),
        quantities.iter().flat_map(|&quantity| names(quantity)).collect(),
        schema.map_or_else(|| outline_header(model.input_dim()), row_header),
    ]
    .concat();
    let row = |(index, row): (usize, ExportedRow<'_>)| {
        let mut cells = row.first.clone();
        match row.z {
            Some(z) => cells.extend(z.iter().map(f64::to_string)),
            None => cells.extend(vec![String::new(); latent]),
        }
        cells.extend(row.verdict.map_or_else(Default::default, |verdict| {
            [
                verdict.reliability.name().to_owned(),
                verdict.sentence().to_string(),
                verdict.density_distance.to_string(),
                verdict.round_trip.to_string(),
            ]
        }));
        cells.extend(of_each.iter().flat_map(|of| of[index].iter().cloned()));
        cells.extend(match schema {
            Some(schema) => row_cells(schema, row.values),
            None => row.numbers(),
        });
        cells
    };
    write(path, &header, rows.into_iter().enumerate().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::domain::Domain;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn what_is_not_known_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shapes.csv");
        let model = BUNDLED[0].load().unwrap();
        let square = model.training_row(0);
        let row = |z| ExportedRow {
            first: vec!["a".to_owned()],
            z,
            verdict: None,
            values: &square,
            frame: None,
        };
        let rows = [row(Some(&[0.1 + 0.2, -1.0])), row(None)];
        write_rows(&path, &["kind"], &model, rows).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with(
            "kind,z0,z1,verdict,reason,density_distance,round_trip,roundness,area,perimeter,heat-shedding,x0"
        ));
        let roundness = Domain::default().value(Quantity::ROUNDNESS, &square);
        let begin = format!("a,0.30000000000000004,-1,,,,,{roundness},");
        assert!(lines[1].starts_with(&begin), "{}", lines[1]);
        assert!(lines[2].starts_with(&format!("a,,,,,,,{roundness},")), "{}", lines[2]);
        let columns = |line: &str| line.split(',').count();
        assert!(lines.iter().all(|line| columns(line) == columns(lines[0])));
    }
}
