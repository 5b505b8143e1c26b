//! Candidates as files: their named outlines for manufacture, or their complete records as JSON.

use crate::data::outline::unit::LengthUnit;
use crate::error::{Error, Result};
use crate::export::outlines::{NamedOutline, OutlineFormat, write_outlines};
use crate::export::tables::rows::write_rows;
use crate::numerics::atomic_file::write_whole;
use crate::optimise::{Candidate, CandidateRecord, LabResults, SearchReport};
use crate::text;
use std::path::Path;

/// Writes at most `most` candidates of a search. The extension decides: JSON has z, values, verdict and the lab results
/// in `lab`; a CSV of a table has their rows in the units of the file; the formats of [`write_outlines`] have their
/// outlines. Candidates of a search that started from the
/// user's own shapes are written in the frames of these shapes.
///
/// # Errors
/// Names the file when its extension is unknown or it cannot be written; or reports that there is no candidate.
pub fn write_candidates(
    path: &Path,
    report: &SearchReport,
    most: usize,
    lab: &LabResults,
) -> Result<()> {
    let candidates = report.candidates(most);
    let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    if let Some(schema) = report.table.as_ref().filter(|_| !is_json) {
        let row = |c: &Candidate| (c.id.clone(), &*report.restarts[c.restart].decoded);
        return write_rows(path, schema, &candidates.iter().map(row).collect::<Vec<_>>());
    }
    let format = OutlineFormat::from_path(path)?;
    if format != OutlineFormat::Json {
        // A table may be empty; a drawing may not.
        if candidates.is_empty() && format == OutlineFormat::Csv {
            return write_whole(path, |out| writeln!(out, "id"));
        }
        if candidates.is_empty() {
            let problem = text!("no answer can be believed, so there is no candidate to draw");
            return Err(Error::file(path, problem));
        }
        let outline = |c: &Candidate| -> NamedOutline<'_> {
            let found = &report.restarts[c.restart];
            let outline = NamedOutline::named(c.id.clone(), &found.decoded);
            match found.frame {
                Some(frame) => outline.restored(frame.restore(&found.decoded), LengthUnit::Unknown),
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
