//! Job: writes candidates to a file.

use crate::error::Result;
use crate::export::tables::candidates::write_candidates;
use crate::optimise::LabResults;
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::notices::Notices;
use crate::session::results::findings::Findings;
use crate::text;
use std::path::PathBuf;
use std::sync::Arc;

/// The file that candidates were written to.
#[derive(Debug)]
pub struct CandidatesFile(pub PathBuf);

/// The candidates of a search.
pub struct CandidatesJob {
    /// The results of the search.
    pub findings: Arc<Findings>,
    /// The maximum number of candidates.
    pub most: usize,
    /// Their lab results.
    pub lab: LabResults,
    /// The file.
    pub path: PathBuf,
}

/// Runs the job.
///
/// # Errors
/// Names the file if it cannot be written.
pub fn run(job: CandidatesJob) -> Result<JobResult<CandidatesFile>> {
    let CandidatesJob { findings, most, lab, path } = job;
    write_candidates(&path, &findings.report, most, &lab)?;
    Ok(JobResult::Finished(CandidatesFile(path)))
}

/// Handles the result: a notice reports it.
pub fn ended(result: JobResult<CandidatesFile>, notices: &mut Notices) {
    match result {
        JobResult::Finished(CandidatesFile(path)) => {
            notices.info(text!("Candidates written to {path}.", path = path.display().to_string()));
        }
        JobResult::Failed(why, _) => notices.error(JobKind::Candidates, why),
        JobResult::Cancelled(_) => (),
    }
}
