//! Lab results of candidates: compared with the predictions in a table, and added to the data of a model for the next
//! training.

use crate::data::dataset::{Dataset, Target};
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::data::task::Task;
use crate::error::{Error, Result};
use crate::export::tables::spreadsheet::write;
use crate::model::Model;
use crate::numerics::atomic_file;
use crate::optimise::{LabComparison, LabResults, PredictedValue};
use crate::text;
use serde::Deserialize;
use std::path::Path;

/// The label of candidates in data with several labels.
const LABEL: &str = "candidate";

/// A candidate as it is stored in a file, see [`CandidateRecord`](crate::optimise::CandidateRecord).
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedCandidate {
    /// Its id, unique over runs.
    pub id: String,
    /// The predictions for it.
    #[serde(default)]
    pub predictions: Vec<PredictedValue>,
    /// Its shape, in the frame if there is one, else in data units.
    pub outline: Vec<f64>,
    /// The frame.
    #[serde(default)]
    pub frame: Option<SimilarityTransform>,
}

/// Reads the candidates of a report that `optimise --candidates` wrote, or of a file with candidates alone.
///
/// # Errors
/// Names the file when it is neither, holds no candidate, or an older program wrote it.
pub fn read_candidates(path: &Path) -> Result<Vec<RecordedCandidate>> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum File {
        Report { candidates: Vec<RecordedCandidate> },
        Candidates(Vec<RecordedCandidate>),
    }
    let bytes = atomic_file::read(path)?;
    let (File::Report { candidates } | File::Candidates(candidates)) =
        serde_json::from_slice(&bytes).map_err(|_| {
            Error::file(
                path,
                text!("holds no candidates; write one with 'optimise --candidates K --out R.json'"),
            )
        })?;
    if candidates.is_empty() {
        let problem =
            text!("names no candidate: no answer could be believed, or --candidates was not given");
        return Err(Error::file(path, problem));
    }
    if candidates.iter().any(|candidate| candidate.predictions.is_empty()) {
        let problem = text!("does not say what was predicted; repeat the search with this program");
        return Err(Error::file(path, problem));
    }
    Ok(candidates)
}

/// Writes lab results beside predictions: id, quantity, unit, predicted, predicted_low and predicted_high (of a head),
/// measured and difference (measured minus predicted), in full precision.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_comparisons(path: &Path, comparisons: &[LabComparison]) -> Result<()> {
    let header = [
        "id",
        "property",
        "unit",
        "predicted",
        "predicted_low",
        "predicted_high",
        "measured",
        "difference",
    ];
    let row = |c: &LabComparison| {
        let PredictedValue { quantity, value, low, high, .. } = c.predicted;
        let end = |end: Option<f64>| end.map_or(String::new(), |end| end.to_string());
        [
            c.id.clone(),
            quantity.name().to_owned(),
            c.unit.clone(),
            value.to_string(),
            end(low),
            end(high),
            c.measured.to_string(),
            (c.measured - value).to_string(),
        ]
    };
    write(path, &header.map(str::to_owned), comparisons.iter().map(row))
}

/// The data of a model, followed by the candidates that have a lab result of a target column, with these results as
/// their target values. Quantities that geometry computes are not target values.
///
/// # Errors
/// When no candidate has such a result, a unit differs from that of the data, a name is taken, or the model has no
/// data.
pub fn extended_data(
    model: &Model,
    candidates: &[RecordedCandidate],
    lab: &LabResults,
) -> Result<Dataset> {
    let mut set = Dataset::clone(&*model.training_data()?.set);
    let rows = set.rows.len();
    if set.ids.is_empty() {
        set.ids = (1..=rows).map(|row| row.to_string()).collect();
    }
    let tested =
        |c: &&RecordedCandidate| lab.results_of(&c.id).any(|result| result.quantity.is_predicted());
    let tested: Vec<&RecordedCandidate> = candidates.iter().filter(tested).collect();
    if tested.is_empty() {
        return Err(Error::mismatch(text!(
            "nothing was measured that a head could learn: roundness, area, perimeter and heat-shedding are computed for \
             every shape"
        )));
    }
    let label = match set.names.len() {
        0 | 1 => 0,
        labels => {
            let known = set.names.iter().position(|name| name == LABEL);
            known.unwrap_or_else(|| {
                set.names.push(LABEL.to_owned());
                labels
            })
        }
    };
    let mut flat = std::mem::replace(&mut set.rows, Rows::new(model.input_dim())).into_flat();
    set.transforms.resize(rows, SimilarityTransform::default());
    for candidate in &tested {
        if set.ids.contains(&candidate.id) {
            return Err(Error::mismatch(text!(
                "the data have a shape '{id}' already; its values were learned before",
                id = &candidate.id
            )));
        }
        if candidate.outline.len() != model.input_dim() {
            let (needed, given) = (model.input_dim(), candidate.outline.len());
            return Err(Error::mismatch(text!(
                "'{id}' has {given} numbers, and shapes of the model {needed}; name the model that was searched",
                id = &candidate.id,
                given,
                needed
            )));
        }
        let frame = candidate.frame.unwrap_or_default();
        let points = candidate.outline.chunks_exact(2).flat_map(|p| frame.take_away([p[0], p[1]]));
        flat.extend(points.map(|v| v as f32));
        set.transforms.push(frame);
        set.labels.push(label as u16);
        set.ids.push(candidate.id.clone());
    }
    set.rows = Rows::from_flat(model.input_dim(), flat);
    for column in &mut set.measured {
        column.values.resize(set.ids.len(), f64::NAN);
    }
    for (index, candidate) in tested.iter().enumerate() {
        for result in lab.results_of(&candidate.id) {
            if !result.quantity.is_predicted() {
                continue;
            }
            let name = result.quantity.column();
            let unit = result.unit.clone().unwrap_or_default();
            let place = set.measured.iter().position(|column| column.name == name);
            let place = place.unwrap_or_else(|| {
                let values = vec![f64::NAN; set.ids.len()];
                let task = Task::Regression;
                set.measured.push(Target { name, unit: unit.clone(), task, values });
                set.measured.len() - 1
            });
            let column = &mut set.measured[place];
            if !unit.is_empty() && unit != column.unit {
                let (name, id) = (name.as_str(), &candidate.id);
                return Err(Error::mismatch(match column.unit.as_str() {
                    "" => text!(
                        "{name} of '{id}' is in {unit}, and that of the data without a unit; convert one",
                        name,
                        id,
                        unit
                    ),
                    of_data => text!(
                        "{name} of '{id}' is in {unit}, and that of the data in {of_data}; convert one",
                        name,
                        id,
                        unit,
                        of_data
                    ),
                }));
            }
            column.values[rows + index] = result.value;
        }
    }
    Ok(set)
}
