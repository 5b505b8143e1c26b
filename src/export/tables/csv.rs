//! Tables as CSV with full precision: latent vectors, a field, the losses of a training.

use crate::data::csv::{FRAME, latent_header};
use crate::data::names::unique::UniqueNames;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::layers::heat::HeatField;
use crate::export::tables::spreadsheet::write;
use crate::model::heads::card::{HeadCard, HeadOutput};
use crate::model::heads::class_prediction::prediction_set;
use crate::model::heads::judge::Prediction;
use crate::model::heads::score::most_probable;
use crate::model::training_config::EpochRecord;
use crate::model::{Model, Value};
use crate::optimise::{ContenderReport, RaceReport, Tally};
use std::path::Path;

/// Writes the encoder's output for each row, `mu0, ..` and, with a posterior, `log_var0, ..`; after an `id` if rows have
/// names, and before the frames ([`FRAME`]) if any outline was not in data units. Rows of a table have no frames.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_encoded(
    path: &Path,
    mu: &Rows<f64>,
    log_var: Option<&Rows<f64>>,
    names: &[String],
    frames: &[SimilarityTransform],
) -> Result<()> {
    let dim = mu.width();
    let named = names.iter().any(|name| !name.is_empty());
    let framed = frames.iter().any(|frame| !frame.is_plain());
    let id = named.then(|| "id".to_owned());
    let mut header: Vec<String> = id.into_iter().collect();
    header.extend(latent_header("mu", dim));
    header.extend(log_var.iter().flat_map(|_| latent_header("log_var", dim)));
    header.extend(FRAME.iter().filter(|_| framed).map(|&name| name.to_owned()));
    let rows = mu.iter().zip(names).enumerate().map(|(index, (mu, name))| {
        let name = named.then(|| name.clone());
        let numbers_of = |frame: &SimilarityTransform| {
            let SimilarityTransform { origin: [x, y], scale, rotation } = *frame;
            [x, y, scale, rotation]
        };
        let frame = frames.get(index).filter(|_| framed).map(numbers_of).into_iter().flatten();
        let log_var = log_var.into_iter().flat_map(|log_var| log_var.row(index));
        let numbers = mu.iter().chain(log_var).copied().chain(frame);
        name.into_iter().chain(numbers.map(|v| v.to_string())).collect::<Vec<String>>()
    });
    write(path, &header, rows)
}

/// Writes the predictions of all heads at latent points, `z [n, latent]`: the name of the row, then of each quantity the
/// prediction and the ends of its interval, of classes after the most probable one and the prediction set, and the distance
/// from the data with its limit. Sets and distances are left out if the model has no data.
///
/// # Errors
/// Names the file when it cannot be written, or a head whose data are too few for intervals.
pub fn write_predictions(
    path: &Path,
    model: &Model,
    names: &[String],
    z: &Rows<f64>,
) -> Result<()> {
    let mut header = vec!["name".to_owned()];
    let mut columns: Vec<Vec<String>> = Vec::new();
    for head in model.heads() {
        let HeadCard { quantity, task, outputs, .. } = &head.card;
        let of_output =
            |output: &HeadOutput| Ok(model.predictions(output.quantity, z)?.unwrap_or_default());
        let each: Vec<Vec<Prediction>> = outputs.iter().map(of_output).collect::<Result<_>>()?;
        if task.has_classes() {
            header.push(quantity.name().to_owned());
            let probabilities = head.probabilities(z)?;
            let class = |p: &[f64]| task.levels()[most_probable(p)].clone();
            columns.push(probabilities.iter().map(class).collect());
        }
        if task.has_classes() && model.has_data() {
            let set = |row: usize| {
                let of_row: Vec<Prediction> = each.iter().map(|all| all[row]).collect();
                task.set_name(quantity.column(), &prediction_set(&of_row))
            };
            header.push(set_column(&head.card));
            columns.push((0..z.len()).map(set).collect());
        }
        for (output, predictions) in outputs.iter().zip(&each) {
            let name = output.quantity.name();
            header.extend([name.to_owned(), format!("{name}_low"), format!("{name}_high")]);
            let column = |of: fn(&Prediction) -> f64| {
                predictions.iter().map(|p| of(p).to_string()).collect()
            };
            columns.extend([column(|p| p.value), column(|p| p.low), column(|p| p.high)]);
        }
    }
    if model.has_data() {
        header.extend(["distance", "usual_distance"].map(str::to_owned));
        let density = model.density();
        columns.push(density.distances(z).iter().map(f64::to_string).collect());
        columns.push(vec![density.threshold().to_string(); z.len()]);
    }
    let rows = names.iter().enumerate().map(|(row, name)| {
        let values = columns.iter().map(|column| column[row].clone());
        std::iter::once(name.clone()).chain(values).collect::<Vec<String>>()
    });
    write(path, &header, rows)
}

/// The name of the column of prediction sets, `lattice_set`, unlike those of the probabilities.
fn set_column(card: &HeadCard) -> String {
    let mut unique = UniqueNames::default();
    for output in &card.outputs {
        unique.add(output.quantity.name().to_owned());
    }
    unique.add(format!("{}_set", card.quantity.name()))
}

/// Writes a field cell by cell from the lower left: where on the map (the latent itself in two
/// dimensions), the value, and 1 where the quantity means something, else 0. Of a value that is predicted the column says
/// so, and the ends of its interval follow in two more; `predictions` has one for each cell then, and is empty else.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_field(path: &Path, field: &HeatField, predictions: &[Prediction]) -> Result<()> {
    let names: &[&str] = match predictions {
        [] => &["u", "v", "value", "valid"],
        _ => &["u", "v", "predicted", "valid", "predicted_low", "predicted_high"],
    };
    let header: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let cell = |index: usize| {
        let (column, row) = (index % field.columns, index / field.columns);
        let [u, v] = field.bounds.cell_centre(column, row, field.columns, field.rows);
        let mut cell = vec![u, v, field.values[index], f64::from(u8::from(field.valid[index]))];
        cell.extend(predictions.get(index).into_iter().flat_map(|p| [p.low, p.high]));
        cell
    };
    write(path, &header, (0..field.values.len()).map(cell))
}

/// Writes the losses of a training, an epoch a row; values that were not computed are empty. If early stopping has rows
/// of its own, their loss follows in a further column; if heads were trained jointly, their losses in two; if the
/// variance is learned, sigma in one.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_history(path: &Path, history: &[EpochRecord]) -> Result<()> {
    type HistoryColumn = (&'static str, fn(&EpochRecord) -> Option<f64>);
    let always: [HistoryColumn; 5] = [
        ("total", |record| Some(record.total)),
        ("reconstruction", |record| Some(record.reconstruction)),
        ("kl", |record| Some(record.kl)),
        ("held_out_reconstruction", |record| record.held_out_reconstruction),
        ("held_out_kl", |record| record.held_out_kl),
    ];
    let stopping: [HistoryColumn; 1] = [("stopping_reconstruction", |r| r.stopping_reconstruction)];
    let heads: [HistoryColumn; 2] =
        [("heads", |record| record.heads), ("held_out_heads", |record| record.held_out_heads)];
    let sigma: [HistoryColumn; 1] = [("sigma", |record| record.sigma)];
    let any = |column: HistoryColumn| history.iter().any(|record| column.1(record).is_some());
    let mut columns = always.to_vec();
    columns.extend(stopping.into_iter().filter(|_| any(stopping[0])));
    columns.extend(heads.into_iter().filter(|_| any(heads[0])));
    columns.extend(sigma.into_iter().filter(|_| any(sigma[0])));
    let names = ["epoch", "updates"].into_iter().chain(columns.iter().map(|column| column.0));
    let header: Vec<String> = names.map(str::to_owned).collect();
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let rows = history.iter().map(|record| {
        let counters = [record.epoch.to_string(), record.updates.to_string()];
        let values = columns.iter().map(|column| number(column.1(record)));
        counters.into_iter().chain(values).collect::<Vec<_>>()
    });
    write(path, &header, rows)
}

/// Writes the best so far of every method of a race against what it had spent, from one change to the next, with its
/// `values [contenders][points]`; before the first answer the best stays empty. Where it is a prediction, the ends of its
/// interval follow.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_race(path: &Path, report: &RaceReport, values: &[Vec<Value>]) -> Result<()> {
    let predicts = values.iter().flatten().any(|value| value.prediction().is_some());
    let best: &[&str] =
        if predicts { &["predicted", "predicted_low", "predicted_high"] } else { &["best"] };
    let header = ["method", "values", "gradients", "evaluations"].iter().chain(best);
    let header: Vec<String> = header.chain(&["objective"]).map(|&name| name.to_owned()).collect();
    let number = |number: f64| {
        Some(number).filter(|v| v.is_finite()).map_or(String::new(), |v| v.to_string())
    };
    let row = |contender: &ContenderReport, tally: &Tally, value: Value| {
        let spent = [tally.values, tally.gradients, tally.evaluations()];
        let best = match value.prediction() {
            Some(predicted) => vec![predicted.value, predicted.low, predicted.high],
            None => vec![value.number(); best.len()],
        };
        std::iter::once(contender.contender.to_string())
            .chain(spent.map(|count| count.to_string()))
            .chain(best.into_iter().chain([tally.best_objective()]).map(number))
            .collect::<Vec<_>>()
    };
    let rows = report.contenders.iter().zip(values).flat_map(|(contender, values)| {
        contender.curve.iter().zip(values).map(move |(tally, &value)| row(contender, tally, value))
    });
    write(path, &header, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Bounds;

    fn text(write: impl FnOnce(&Path) -> Result<()>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write(&path).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_field_is_written_from_the_lower_left() {
        let field = HeatField {
            bounds: Bounds { low: [0.0, 0.0], high: [2.0, 1.0] },
            columns: 2,
            rows: 1,
            values: vec![0.1, f64::NAN],
            valid: vec![true, false],
            range: None,
        };
        let table = text(|path| write_field(path, &field, &[]));
        assert_eq!(table, "u,v,value,valid\n0.5,0.5,0.1,1\n1.5,0.5,NaN,0\n");
        let some = [Prediction { value: 0.1, low: 0.0, high: 0.25 }; 2];
        let table = text(|path| write_field(path, &field, &some));
        assert!(
            table.starts_with(
                "u,v,predicted,valid,predicted_low,predicted_high\n0.5,0.5,0.1,1,0,0.25\n"
            ),
            "{table}"
        );
    }

    #[test]
    fn what_was_not_measured_stays_empty() {
        let record = EpochRecord {
            epoch: 1,
            updates: 141,
            total: 2.5,
            reconstruction: 2.0,
            kl: 0.5,
            held_out_reconstruction: None,
            stopping_reconstruction: None,
            stopping_heads: None,
            held_out_kl: None,
            heads: None,
            held_out_heads: None,
            sigma: None,
        };
        let table = text(|path| write_history(path, &[record]));
        assert!(table.ends_with("\n1,141,2.5,2,0.5,,\n"), "{table}");
        let with_heads = EpochRecord { heads: Some(0.25), ..record };
        let table = text(|path| write_history(path, &[with_heads]));
        assert!(table.ends_with(",heads,held_out_heads\n1,141,2.5,2,0.5,,,0.25,\n"), "{table}");
    }

    #[test]
    fn encoded_rows_hold_mu_and_log_var() {
        let rows = |values| Rows::from_flat(2, values);
        let (mu, log_var) = (rows(vec![1.0, 2.0]), rows(vec![-1.0, -2.0]));
        let (nameless, plain) = ([String::new()], [SimilarityTransform::default()]);
        let table = text(|path| write_encoded(path, &mu, Some(&log_var), &nameless, &plain));
        assert_eq!(table, "mu0,mu1,log_var0,log_var1\n1,2,-1,-2\n");
        let transform = SimilarityTransform { origin: [120.0, -7.0], scale: 35.0, rotation: 0.5 };
        let name = ["a".to_owned()];
        let table = text(|path| write_encoded(path, &mu, None, &name, &[transform]));
        assert_eq!(table, "id,mu0,mu1,origin_x,origin_y,scale,rotation\na,1,2,120,-7,35,0.5\n");
        let table = text(|path| write_encoded(path, &mu, Some(&log_var), &name, &[]));
        assert_eq!(table, "id,mu0,mu1,log_var0,log_var1\na,1,2,-1,-2\n", "a row of a table");
    }
}
