//! Candidates as files: outlines with their names for whoever makes them, or all that is known as JSON.

use super::outlines::{Format, NamedOutline, write_outlines};
use crate::error::{Error, Result};
use crate::numerics::files::write_whole;
use crate::optimise::{Candidate, CandidateRecord, LabResults, SearchReport};
use std::path::Path;

/// Writes at most `most` candidates of a search: as JSON with z, values, verdict and what a `lab` measured, or their
/// outlines in the other formats of [`write_outlines`], whichever the name ends in; those of a search that began with shapes of somebody's own
/// stand in the frames of these.
///
/// # Errors
/// Names the file when its ending is unknown or it cannot be written; or says that there is no candidate.
pub fn write_candidates(
    path: &Path,
    report: &SearchReport,
    most: usize,
    lab: &LabResults,
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
        let outline = |c: &Candidate| -> NamedOutline<'_> {
            let found = &report.restarts[c.restart];
            let outline = NamedOutline::named(c.id.clone(), &found.decoded);
            match found.frame {
                Some(frame) => outline.restored(frame.restore(&found.decoded)),
                None => outline,
            }
        };
        let named = candidates.iter().map(outline);
        return write_outlines(path, &named.collect::<Vec<_>>());
    }
    let records: Vec<CandidateRecord<'_>> =
        candidates.iter().map(|c| report.record(c, lab)).collect();
    write_whole(path, |out| {
        serde_json::to_writer_pretty(&mut *out, &records)?;
        writeln!(out)
    })
}
