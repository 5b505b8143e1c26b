//! Candidates as files: a table of outlines for whoever makes them, or all that is known as JSON.

use crate::data::vectors::{outline_header, write};
use crate::error::{Error, Result};
use crate::numerics::files::write_whole;
use crate::optimise::{CandidateRecord, Measured, SearchReport};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes at most `most` candidates of a search: as CSV `id, x0, y0, ..` in data units, or as JSON with
/// z, values, verdict and what was `measured`, whichever the name ends in.
///
/// # Errors
/// Names the file when it ends in neither, or cannot be written; or says that there is no candidate.
pub fn write_candidates(
    path: &Path,
    report: &SearchReport,
    most: usize,
    measured: &BTreeMap<String, Measured>,
) -> Result<()> {
    let as_table = is_table(path)?;
    let candidates = report.candidates(most);
    let records: Vec<CandidateRecord<'_>> =
        candidates.iter().map(|c| report.record(c, measured.get(&c.id))).collect();
    if as_table {
        let width = records.first().map_or(0, |record| record.outline.len());
        let header = [vec!["id".to_owned()], outline_header(width)].concat();
        let row = |record: &CandidateRecord<'_>| {
            let id = std::iter::once(record.id.to_owned());
            id.chain(record.outline.iter().map(f32::to_string)).collect::<Vec<_>>()
        };
        return write(path, &header, records.iter().map(row));
    }
    write_whole(path, |out| {
        serde_json::to_writer_pretty(&mut *out, &records)?;
        writeln!(out)
    })
}

/// Whether a file of candidates is a table (`.csv`) and not JSON (`.json`).
///
/// # Errors
/// Names the file when it ends in neither.
pub fn is_table(path: &Path) -> Result<bool> {
    let ends_in = |end: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
    match (ends_in("csv"), ends_in("json")) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(Error::file(path, "must end in .csv (outlines) or .json (everything)")),
    }
}
