//! Candidates are written to files for the lab; lab results are read back by the candidates' names.

use crate::data::quantity::Quantity;
use crate::optimise::read_lab_results;
use crate::session::core::Core;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::optimise::candidates::{self, CandidatesJob};
use crate::session::jobs::registry::JobKind;
use crate::session::results::models::file_name;
use crate::text;
use crate::text::Text;
use std::path::{Path, PathBuf};

/// Problems of a file that get a notice each; one more notice counts the others.
const TOLD: usize = 3;

pub(in crate::session) fn export_candidates(core: &mut Core, path: PathBuf, most: usize) {
    let Some(search_run) = core.state.search() else { return };
    let Some(findings) = search_run.findings.clone() else { return };
    let (name, lab) = (file_name(&path), search_run.lab.clone());
    let job = CandidatesJob { findings, most, lab, path };
    core.start(JobKind::Candidates, name, move |_: &Handle<NoNews>| candidates::run(job));
}

/// Reads the lab results that can be read; a notice names every other line by its number.
pub(in crate::session) fn import_lab_results(core: &mut Core, path: &Path) {
    let Some(run) = core.state.view.search else { return };
    let notices = &mut core.state.notices;
    notices.settle(JobKind::Candidates);
    let Some(search_run) = core.state.runs.searches.get_mut(&run) else { return };
    let findings = search_run.findings.clone().filter(|found| !found.candidates.is_empty());
    let Some(findings) = findings else {
        return notices.info(text!(
            "There is no candidate that a value could belong to; run a search first."
        ));
    };
    let ids: Vec<String> = findings.candidates.iter().map(|c| c.id.clone()).collect();
    let terms = &findings.report.config.spec.terms;
    let unit = |quantity| (quantity, findings.report.unit(quantity).to_owned());
    let sought: Vec<(Quantity, String)> = terms.iter().map(|term| unit(term.quantity)).collect();
    let (found, problems) = match read_lab_results(path, &sought, &ids) {
        Ok(found) => found,
        Err(error) => return notices.error(JobKind::Candidates, error),
    };
    for problem in problems.iter().take(TOLD) {
        let path = Text::verbatim(path.display().to_string());
        notices.error(JobKind::Candidates, Text::joined([path, problem.clone()], ": "));
    }
    let more = problems.len().saturating_sub(TOLD);
    let read = text!(
        "{count} measured value was read." | "{count} measured values were read.",
        count = found.len()
    );
    let left_out = (more > 0).then(|| {
        text!(
            "{count} more line could not be read." | "{count} more lines could not be read.",
            count = more
        )
    });
    notices.info(Text::joined([read].into_iter().chain(left_out), " "));
    search_run.lab.extend(found);
}
