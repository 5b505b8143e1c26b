//! Candidates: a few different believable answers, to be manufactured and tested.

use super::lab_results::{LabComparison, LabResult, LabResults, PredictedValue};
use super::report::{RestartReport, SearchReport, TermAnswer};
use super::written::{WrittenShape, from_one};
use crate::data::outline::transform::SimilarityTransform;
use crate::model::heads::judge::Prediction;
use crate::trust::{Reliability, Verdict};
use serde::Serialize;

/// The best believable answer of a local optimum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The identifier, best first: `c1-k7f3d0`, `c2-k7f3d0`, .. The end is the name of the run, so that no other run
    /// has a candidate with this identifier. Lab results are matched by it.
    pub id: String,
    /// The index of its local optimum in the report, counted from 0.
    pub basin: usize,
    /// The restart, counted from 0.
    pub restart: usize,
}

/// A candidate as written to files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateRecord<'a> {
    /// See [`Candidate::id`].
    pub id: &'a str,
    /// The index of its local optimum, the best first, counted from 0 here and from 1 in files.
    #[serde(serialize_with = "from_one")]
    #[serde(rename = "hill")]
    pub basin: usize,
    /// The number of starts that reached this local optimum.
    pub starts: usize,
    /// The restart that found it, counted from 0 here and from 1 in files.
    #[serde(serialize_with = "from_one")]
    pub restart: usize,
    /// The latent point, `[latent]`.
    pub z: &'a [f64],
    /// The value that the search optimised.
    pub predicted: f64,
    /// The lower end of the interval of `predicted`, where the value is a prediction of a head.
    pub predicted_low: Option<f64>,
    /// The upper end of the interval.
    pub predicted_high: Option<f64>,
    /// The improvement of the computed value on the best of the data; none where only a head predicts the value.
    pub gain: Option<f64>,
    /// The value of each sought quantity from the search, to be compared with lab results.
    pub predictions: Vec<PredictedValue>,
    /// The improvement of the predicted value, with its interval.
    pub predicted_gain: Option<Prediction>,
    /// Each term of the objective.
    pub terms: &'a [TermAnswer],
    /// The reliability.
    pub trust: &'a Verdict,
    /// Lab results of this candidate, if any were read.
    pub measured: Vec<&'a LabResult>,
    /// The shape, `[input]`, in its frame if there is one, else in data units.
    pub outline: WrittenShape<'a>,
    /// The frame of the outline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<SimilarityTransform>,
}

impl Candidate {
    /// The first part of the identifier, `c1` for the best: unique within one search.
    pub fn place(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }
}

impl SearchReport {
    /// At most `most` believable answers, one per local optimum, best first.
    pub fn candidates(&self, most: usize) -> Vec<Candidate> {
        let believable = |&&member: &&usize| {
            self.restarts[member].verdict.reliability == Reliability::Believable
        };
        let basins = self.basins.all.iter().enumerate();
        let mut found: Vec<(usize, usize)> = basins
            .filter_map(|(basin, of)| Some((basin, *of.members.iter().find(believable)?)))
            .collect();
        // The order of local optima may differ from the order of their best believable members.
        let loss = |restart: usize| self.restarts[restart].restart.best_loss();
        found.sort_by(|a, b| loss(a.1).total_cmp(&loss(b.1)));
        let named = found.into_iter().take(most).enumerate();
        named
            .map(|(place, (basin, restart))| Candidate {
                id: format!("c{}-{}", place + 1, self.run),
                basin,
                restart,
            })
            .collect()
    }

    /// The value of each sought quantity from the search for the best shape of a restart, counted from 0.
    pub fn predictions(&self, restart: usize) -> Vec<PredictedValue> {
        let RestartReport { answer, frame, .. } = &self.restarts[restart];
        let scale = frame.map_or(1.0, |frame| frame.scale);
        let predict = |term: &TermAnswer| {
            let head = term.quantity.is_predicted();
            let size = |value| term.quantity.at_scale(value, scale);
            let interval = term.prediction().filter(|_| head);
            Some(PredictedValue {
                quantity: term.quantity,
                value: size(if head { term.predicted? } else { term.measured? }),
                low: interval.map(|predicted| size(predicted.low)),
                high: interval.map(|predicted| size(predicted.high)),
                unit: self.unit(term.quantity).to_owned(),
            })
        };
        answer.terms.iter().filter_map(predict).collect()
    }

    /// Lab results of these candidates with the predicted values, in the order of the candidates.
    pub fn comparisons(&self, candidates: &[Candidate], lab: &LabResults) -> Vec<LabComparison> {
        let beside = |c: &Candidate| lab.beside(&c.id, &self.predictions(c.restart));
        candidates.iter().flat_map(beside).collect()
    }

    /// The record of a candidate of this search.
    pub fn record<'a>(
        &'a self,
        candidate: &'a Candidate,
        lab: &'a LabResults,
    ) -> CandidateRecord<'a> {
        let RestartReport { restart, decoded, frame, verdict, answer, .. } =
            &self.restarts[candidate.restart];
        CandidateRecord {
            id: &candidate.id,
            basin: candidate.basin,
            starts: self.basins.all[candidate.basin].members.len(),
            restart: candidate.restart,
            z: restart.best_z(),
            predicted: self.restarts[candidate.restart].best().number(),
            predicted_low: answer.predicted.map(|p| p.low),
            predicted_high: answer.predicted.map(|p| p.high),
            gain: answer.gain,
            predictions: self.predictions(candidate.restart),
            predicted_gain: answer.predicted_gain,
            terms: &answer.terms,
            trust: verdict,
            measured: lab.results_of(&candidate.id).collect(),
            outline: WrittenShape::new(decoded, *frame),
            frame: *frame,
        }
    }
}
