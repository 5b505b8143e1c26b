//! Candidates: a few different answers that can be believed, to be made and measured.

use super::measured::Measured;
use super::report::{RestartReport, SearchReport, TermAnswer};
use crate::model::judge::Prediction;
use crate::trust::{Belief, Verdict};
use serde::Serialize;

/// An answer worth trying: the best one of its hill that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// `c1`, `c2`, .., best first: the name by which measured values come back.
    pub id: String,
    /// Its place among the hills of the report.
    pub hill: usize,
    /// The restart.
    pub restart: usize,
}

/// A candidate as it is written to files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateRecord<'a> {
    /// See [`Candidate::id`].
    pub id: &'a str,
    /// The hill it stands on, 0 the best.
    pub hill: usize,
    /// How many starts came to that hill.
    pub starts: usize,
    /// The restart that found it.
    pub restart: usize,
    /// The latent point, `[latent]`.
    pub z: &'a [f64],
    /// The value that the search says it has.
    pub predicted: f64,
    /// The interval of that, where only a head can tell it.
    pub predicted_low: Option<f64>,
    /// Its upper end.
    pub predicted_high: Option<f64>,
    /// By how much the value that is computed on the shape is better than the best of the data; none where only a head
    /// can tell it.
    pub gain: Option<f64>,
    /// By how much a prediction is, with the interval of that.
    pub predicted_gain: Option<Prediction>,
    /// Each term of the aim.
    pub terms: &'a [TermAnswer],
    /// What can be believed of it.
    pub trust: &'a Verdict,
    /// What was measured outside this program, once it was read.
    pub measured: Option<&'a Measured>,
    /// The shape, `[input]` in data units.
    pub outline: &'a [f32],
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
                id: format!("c{}", place + 1),
                hill,
                restart,
            })
            .collect()
    }

    /// A candidate of this search with its numbers and its shape.
    pub fn record<'a>(
        &'a self,
        candidate: &'a Candidate,
        measured: Option<&'a Measured>,
    ) -> CandidateRecord<'a> {
        let RestartReport { restart, decoded, verdict, answer, .. } =
            &self.restarts[candidate.restart];
        CandidateRecord {
            id: &candidate.id,
            hill: candidate.hill,
            starts: self.hills.all[candidate.hill].members.len(),
            restart: candidate.restart,
            z: restart.best_z(),
            predicted: restart.best_value(),
            predicted_low: answer.predicted.map(|p| p.low),
            predicted_high: answer.predicted.map(|p| p.high),
            gain: answer.gain,
            predicted_gain: answer.predicted_gain,
            terms: &answer.terms,
            trust: verdict,
            measured,
            outline: decoded,
        }
    }
}
