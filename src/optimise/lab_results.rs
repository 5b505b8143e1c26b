//! Lab results of candidates, matched by identifier and compared with the predicted values.

use crate::data::outline::import::values;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A column of this name has the values of the sought quantity, if there is only one.
const VALUE: &str = "value";

/// The value of one sought quantity of a candidate, from the search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictedValue {
    /// The quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The value: computed from the shape, or predicted by the head where the search used it. Lengths and areas are
    /// those of the shape as it is exported.
    pub value: f64,
    /// The lower end of the 90 % interval of a head's prediction; none for a computed value.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The unit of all three, where one is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// One lab result of one candidate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabResult {
    /// The identifier of the candidate.
    #[serde(skip)]
    pub id: String,
    /// The sought quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The lab value.
    pub value: f64,
    /// Its unit, if the table names one.
    pub unit: Option<String>,
}

/// Lab results of candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabResults {
    all: Vec<LabResult>,
}

/// A lab value with the predicted value.
#[derive(Clone, Debug, PartialEq)]
pub struct LabComparison {
    /// The identifier of the candidate.
    pub id: String,
    /// The predicted value.
    pub predicted: PredictedValue,
    /// The lab value.
    pub measured: f64,
    /// Its unit; empty if unknown.
    pub unit: String,
}

impl LabComparison {
    /// The quantity with its unit, as in `drag [N]`.
    pub fn title(&self) -> Text {
        let word = self.predicted.quantity.word();
        match self.unit.as_str() {
            "" => word,
            unit => Text::joined([word, Text::verbatim(format!("[{unit}]"))], " "),
        }
    }
}

impl LabResults {
    /// The results of one candidate.
    pub fn results_of(&self, id: &str) -> impl Iterator<Item = &LabResult> {
        self.all.iter().filter(move |result| result.id == id)
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds the results of another table; for the same candidate and quantity the later value replaces the earlier one.
    pub fn extend(&mut self, later: Self) {
        let replaced = |old: &LabResult| {
            later.all.iter().any(|new| new.id == old.id && new.quantity == old.quantity)
        };
        self.all.retain(|old| !replaced(old));
        self.all.extend(later.all);
    }

    /// Every lab value of a candidate with the predicted value.
    pub fn beside(&self, id: &str, predictions: &[PredictedValue]) -> Vec<LabComparison> {
        let compare = |result: &LabResult| {
            let predicted = predictions.iter().find(|p| p.quantity == result.quantity)?;
            Some(LabComparison {
                id: id.to_owned(),
                predicted: predicted.clone(),
                measured: result.value,
                // Units that differ were refused.
                unit: result.unit.clone().unwrap_or_else(|| predicted.unit.clone()),
            })
        };
        self.results_of(id).filter_map(compare).collect()
    }
}

/// Reads what a lab measured of the candidates with these ids: a CSV as `train --values` takes it, with a header such
/// as `id,drag [N]`. A column is named after one of the `sought` quantities, each beside the unit of what was predicted
/// (empty where none is known), or `value` where one alone is sought. Rows and cells that cannot be used are left out; the
/// second part has a sentence for each.
///
/// # Errors
/// Names the file when it cannot be read, names no candidate of the run, holds nothing that was sought, or measures it in
/// another unit.
pub fn read_lab_results(
    path: &Path,
    sought: &[(Quantity, String)],
    ids: &[String],
) -> Result<(LabResults, Vec<Text>)> {
    let values = values::read_for_candidates(path, ids)?;
    let mut results = LabResults::default();
    let mut aside: Vec<Text> = Vec::new();
    let mut any = false;
    for column in &values.measured {
        let name = column.name.as_str();
        let named =
            |(quantity, _): &&(Quantity, String)| quantity.name().eq_ignore_ascii_case(name);
        let is_value = sought.len() == 1 && name.eq_ignore_ascii_case(VALUE);
        let alone = || sought.first().filter(|_| is_value);
        let Some((quantity, predicted_in)) = sought.iter().find(named).or_else(alone) else {
            aside.push(text!("the column '{name}' is ignored: this search did not seek it", name));
            continue;
        };
        any = true;
        if ![column.unit.as_str(), predicted_in].contains(&"") && column.unit != *predicted_in {
            let (word, measured_in) = (quantity.word(), &column.unit);
            return Err(Error::file(
                path,
                text!(
                    "measures {word} in {measured_in}, and it was predicted in {predicted_in}: convert the column and \
                     name it '{name} [{predicted_in}]'",
                    word,
                    measured_in,
                    predicted_in,
                    name
                ),
            ));
        }
        let unit = Some(column.unit.clone()).filter(|unit| !unit.is_empty());
        let found = ids.iter().zip(&column.values).filter(|(_, value)| value.is_finite());
        results.all.extend(found.map(|(id, &value)| LabResult {
            id: id.clone(),
            quantity: *quantity,
            value,
            unit: unit.clone(),
        }));
    }
    if !any {
        let names = sought.iter().map(|(quantity, _)| Text::verbatim(quantity.name()));
        let names = names.reduce(|first, second| text!("{first} or {second}", first, second));
        let names = names.unwrap_or_default();
        return Err(Error::file(
            path,
            text!("has no column of what was sought; name one {names}", names),
        ));
    }
    aside.extend(
        values
            .left_out
            .list
            .iter()
            .map(|left| Text::joined(left.place.iter().chain([&left.reason]).cloned(), ": ")),
    );
    Ok((results, aside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    const AREA: Quantity = Quantity::AREA;
    const ROUND: Quantity = Quantity::ROUNDNESS;

    fn read(text: &str, sought: &[Quantity]) -> Result<(LabResults, Vec<Text>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        std::fs::write(&path, text).unwrap();
        let sought: Vec<(Quantity, String)> = sought.iter().map(|&p| (p, String::new())).collect();
        read_lab_results(&path, &sought, &["c1-aa", "c2-aa", "c3-aa"].map(str::to_owned))
    }

    #[test]
    fn another_unit_than_the_predicted_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        let drag: Quantity = "drag".parse().unwrap();
        let read = |header: &str, predicted_in: &str| {
            std::fs::write(&path, format!("id,{header}\nc1-aa,0.5\n")).unwrap();
            let sought = [(drag, predicted_in.to_owned())];
            read_lab_results(&path, &sought, &["c1-aa".to_owned()])
        };
        let refused = read("drag [mm]", "%").unwrap_err().to_string();
        assert!(
            ["in mm", "in %", "'drag [%]'"].iter().all(|part| refused.contains(part)),
            "{refused}"
        );
        assert!(read("value [mm]", "%").unwrap_err().to_string().contains("in mm"));
        // A column without a unit is taken to be in that of the prediction.
        for (header, predicted_in) in [("drag [%]", "%"), ("drag", "%"), ("drag [mm]", "")] {
            assert_eq!(read(header, predicted_in).unwrap().0.len(), 1, "{header} {predicted_in}");
        }
    }

    fn values(results: &LabResults) -> Vec<(&str, Quantity, f64, Option<&str>)> {
        let of = |r: &'_ LabResult| (r.quantity, r.value);
        let all = results.all.iter();
        all.map(|r| (r.id.as_str(), of(r).0, of(r).1, r.unit.as_deref())).collect()
    }

    #[test]
    fn columns_are_named_after_what_was_sought() {
        let (one, told) = read("id,Area [m2]\nc2-aa,0.5\nc1-aa,-3e-2\n", &[AREA, ROUND]).unwrap();
        assert!(told.is_empty());
        assert_eq!(
            values(&one),
            [("c1-aa", AREA, -0.03, Some("m2")), ("c2-aa", AREA, 0.5, Some("m2"))]
        );
        let (two, _) = read("id,roundness,mood,area\nc1-aa,0.1,7,0.2\n", &[AREA, ROUND]).unwrap();
        assert_eq!(
            values(&two),
            [("c1-aa", ROUND, 0.1, None), ("c1-aa", AREA, 0.2, None)],
            "other columns are left alone"
        );
        // With one sought quantity the column may be called value; units are in headers.
        let (old, _) = read("id,value,unit\nc1-aa,0.97,%\n", &[ROUND]).unwrap();
        assert_eq!(values(&old), [("c1-aa", ROUND, 0.97, None)]);
    }

    #[test]
    fn what_can_be_read_counts_and_the_rest_is_told_line_by_line() {
        let text = "id,area\nc1-aa,0.9\n\nc1-bb,0.8\nc1-aa,0.7\nc2-aa,high\nc3-aa\n1,4\n";
        let (found, told) = read(text, &[AREA]).unwrap();
        assert_eq!(values(&found), [("c1-aa", AREA, 0.9, None)]);
        let facts = [
            "line 4: .. 'c1-bb'",
            "line 5: .. 'c1-aa' .. line 2",
            "line 6: area: .. 'high'",
            "line 8: .. '1'",
        ];
        assert_eq!(told.len(), facts.len(), "{told:?}");
        assert!(
            told.iter().zip(facts).all(|(text, facts)| says(&text.to_string(), facts)),
            "{told:?}"
        );
    }

    #[test]
    fn results_of_another_run_are_refused() {
        let problem = |text: &str| read(text, &[AREA, ROUND]).unwrap_err().to_string();
        let other = problem("id,area\nc1-bb,1\nc2-bb,1\n");
        assert!(other.contains("'c1-aa'"), "{other}");
        assert!(problem("id,drag\nc1-aa,1\n").contains("area or roundness"));
        assert!(problem("id,value\nc1-aa,1\n").contains("area or roundness"));
        assert!(problem("c1-aa,1\n").contains("needs a header"));
    }

    #[test]
    fn later_results_replace_earlier_ones_of_the_same_quantity() {
        let (mut all, _) = read("id,area,roundness\nc1-aa,1,2\n", &[AREA, ROUND]).unwrap();
        all.extend(read("id,area\nc1-aa,3\nc2-aa,4\n", &[AREA]).unwrap().0);
        let predictions = [
            PredictedValue {
                quantity: AREA,
                value: 2.5,
                low: None,
                high: None,
                unit: "m2".to_owned(),
            },
            PredictedValue {
                quantity: ROUND,
                value: 2.0,
                low: Some(1.9),
                high: Some(2.1),
                unit: String::new(),
            },
        ];
        let beside = all.beside("c1-aa", &predictions);
        let pairs: Vec<_> = beside.iter().map(|c| (c.predicted.value, c.measured)).collect();
        assert_eq!((all.len(), pairs), (3, vec![(2.0, 2.0), (2.5, 3.0)]));
    }
}
