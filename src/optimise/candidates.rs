//! Candidates: a few different answers that can be believed, to be made and measured.

use super::lab_results::{Comparison, LabResult, LabResults, PredictedValue};
use super::report::{RestartReport, SearchReport, TermAnswer};
use super::written::{Shape, from_one};
use crate::data::placement::Placement;
use crate::model::judge::Prediction;
use crate::trust::{Belief, Verdict};
use serde::Serialize;

/// An answer worth trying: the best one of its hill that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// `c1-k7f3d0`, `c2-k7f3d0`, .., best first, with the name of the run behind: the name by which what a lab measured
    /// comes back, and no candidate of another run has it.
    pub id: String,
    /// Its place among the hills of the report, counted from 0.
    pub hill: usize,
    /// The restart, counted from 0.
    pub restart: usize,
}

/// A candidate as it is written to files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateRecord<'a> {
    /// See [`Candidate::id`].
    pub id: &'a str,
    /// The hill it stands on, counted from 0 here and from 1 in files; the first is the best.
    #[serde(serialize_with = "from_one")]
    pub hill: usize,
    /// How many starts came to that hill.
    pub starts: usize,
    /// The restart that found it, counted from 0 here and from 1 in files.
    #[serde(serialize_with = "from_one")]
    pub restart: usize,
    /// The latent point, `[latent]`.
    pub z: &'a [f64],
    /// The value that the search says it has.
    pub predicted: f64,
    /// The interval of that, where a head says it.
    pub predicted_low: Option<f64>,
    /// Its upper end.
    pub predicted_high: Option<f64>,
    /// By how much the value that is computed on the shape is better than the best of the data; none where only a head
    /// can tell it.
    pub gain: Option<f64>,
    /// Each sought property as the search gives it: the values that a lab will be held against.
    pub predictions: Vec<PredictedValue>,
    /// By how much a prediction is, with the interval of that.
    pub predicted_gain: Option<Prediction>,
    /// Each term of the aim.
    pub terms: &'a [TermAnswer],
    /// What can be believed of it.
    pub trust: &'a Verdict,
    /// What a lab measured, once it was read.
    pub measured: Vec<&'a LabResult>,
    /// The shape, `[input]`, in the frame where there is one, else in data units.
    pub outline: Shape<'a>,
    /// The frame of the outline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<Placement>,
}

impl Candidate {
    /// The first part of its id, `c1` for the best: enough beside others of one search.
    pub fn place(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }
}

impl SearchReport {
    /// At most `most` answers that can be believed, one a hill, best first.
    pub fn candidates(&self, most: usize) -> Vec<Candidate> {
        let believable =
            |&&member: &&usize| self.restarts[member].verdict.belief == Belief::Believable;
        let hills = self.hills.all.iter().enumerate();
        let mut found: Vec<(usize, usize)> = hills
            .filter_map(|(hill, of)| Some((hill, *of.members.iter().find(believable)?)))
            .collect();
        // The best believable member of a higher hill may lie lower than that of the next.
        let loss = |restart: usize| self.restarts[restart].restart.best_loss();
        found.sort_by(|a, b| loss(a.1).total_cmp(&loss(b.1)));
        let named = found.into_iter().take(most).enumerate();
        named
            .map(|(place, (hill, restart))| Candidate {
                id: format!("c{}-{}", place + 1, self.run),
                hill,
                restart,
            })
            .collect()
    }

    /// The value of each sought property that the search gives for the best shape of a restart, counted from 0.
    pub fn predictions(&self, restart: usize) -> Vec<PredictedValue> {
        let RestartReport { answer, frame, .. } = &self.restarts[restart];
        let scale = frame.map_or(1.0, |frame| frame.scale);
        let predict = |term: &TermAnswer| {
            let head = self.config.aim.reads_head(term.property);
            let size = |value| term.property.at_scale(value, scale);
            let interval = term.prediction().filter(|_| head);
            Some(PredictedValue {
                property: term.property,
                value: size(if head { term.predicted? } else { term.measured? }),
                low: interval.map(|predicted| size(predicted.low)),
                high: interval.map(|predicted| size(predicted.high)),
                unit: self.unit(term.property).to_owned(),
            })
        };
        answer.terms.iter().filter_map(predict).collect()
    }

    /// What a lab measured of these candidates beside what was predicted of them, in their order.
    pub fn comparisons(&self, candidates: &[Candidate], lab: &LabResults) -> Vec<Comparison> {
        let beside = |c: &Candidate| lab.beside(&c.id, &self.predictions(c.restart));
        candidates.iter().flat_map(beside).collect()
    }

    /// A candidate of this search with its numbers and its shape.
    pub fn record<'a>(
        &'a self,
        candidate: &'a Candidate,
        lab: &'a LabResults,
    ) -> CandidateRecord<'a> {
        let RestartReport { restart, decoded, frame, verdict, answer, .. } =
            &self.restarts[candidate.restart];
        CandidateRecord {
            id: &candidate.id,
            hill: candidate.hill,
            starts: self.hills.all[candidate.hill].members.len(),
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
            measured: lab.of(&candidate.id).collect(),
            outline: Shape::new(decoded, *frame),
            frame: *frame,
        }
    }
}
