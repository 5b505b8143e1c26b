//! Candidates as files: outlines with their names for whoever makes them, or all that is known as JSON.

use super::outlines::{Format, NamedOutline, write_outlines};
use crate::error::{Error, Result};
use crate::numerics::files::write_whole;
use crate::optimise::{Candidate, CandidateRecord, Measured, SearchReport};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes at most `most` candidates of a search: as JSON with z, values, verdict and what was `measured`, or their
/// outlines in the other formats of [`write_outlines`], whichever the name ends in.
///
/// # Errors
/// Names the file when its ending is unknown or it cannot be written; or says that there is no candidate.
pub fn write_candidates(
    path: &Path,
    report: &SearchReport,
    most: usize,
    measured: &BTreeMap<String, Measured>,
) -> Result<()> {
    let format = Format::of(path)?;
    let candidates = report.candidates(most);
    if format != Format::Json {
        // A table without rows is one; a drawing without shapes is none.
        if candidates.is_empty() && format == Format::Csv {
            return write_whole(path, |out| writeln!(out, "id"));
        }
        if candidates.is_empty() {
            let problem = "no answer can be believed, so there is no candidate to draw";
            return Err(Error::file(path, problem));
        }
        let outline = |c: &Candidate| &report.restarts[c.restart].decoded;
        let named = candidates.iter().map(|c| NamedOutline::named(&c.id, outline(c)));
        return write_outlines(path, &named.collect::<Vec<_>>());
    }
    let records: Vec<CandidateRecord<'_>> =
        candidates.iter().map(|c| report.record(c, measured.get(&c.id))).collect();
    write_whole(path, |out| {
        serde_json::to_writer_pretty(&mut *out, &records)?;
        writeln!(out)
    })
}
