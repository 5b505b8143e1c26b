//! Candidates: a few different answers that can be believed, to be made and measured.

use super::measured::Measured;
use super::report::{RestartReport, SearchReport, TermAnswer};
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
    /// By how much that is better than the best of the data.
    pub gain: Option<f64>,
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
            gain: answer.gain,
            terms: &answer.terms,
            trust: verdict,
            measured,
            outline: decoded,
        }
    }
}
