//! Candidates leave as files to be made and measured; what was measured comes back by their names.

use super::Session;
use super::arrivals::Errand;
use super::event::{Outcome, Product};
use super::job::Ending;
use crate::export::candidates::write_candidates;
use crate::optimise::read_measured;
use std::path::{Path, PathBuf};

/// Problems of a file that are told one by one; notices have room for one sentence more.
const TOLD: usize = 3;

impl Session {
    pub(super) fn export_candidates(&mut self, path: PathBuf, most: usize) {
        let Some(climb) = &self.state.climb else { return };
        let Some(findings) = climb.findings.clone() else { return };
        let measured = climb.measured.clone();
        let run = self.start("export", move |_| {
            write_candidates(&path, &findings.report, most, &measured)?;
            Ok(Ending { outcome: Outcome::Finished, product: Some(Product::Exported(path)) })
        });
        self.state.errands.insert(run, Errand::Export);
    }

    /// Takes in what can be read; every line that cannot is told by its number.
    pub(super) fn import_measured(&mut self, path: &Path) {
        let notices = &mut self.state.notices;
        let Some(climb) = &mut self.state.climb else { return };
        let candidates = climb.findings.as_ref().map_or(&[][..], |found| &found.candidates);
        if candidates.is_empty() {
            return notices
                .info("There is no candidate that a value could belong to; climb first.");
        }
        let ids: Vec<&str> = candidates.iter().map(|candidate| candidate.id.as_str()).collect();
        let found = match read_measured(path, &ids) {
            Ok(found) => found,
            Err(error) => return notices.error(error),
        };
        for problem in found.problems.iter().take(TOLD) {
            notices.error(format!("{}: {problem}", path.display()));
        }
        let more = found.problems.len().saturating_sub(TOLD);
        let left_out = match more {
            0 => String::new(),
            1 => "; one more line could not be read".to_owned(),
            more => format!("; {more} more lines could not be read"),
        };
        let count = found.values.len();
        let values = if count == 1 { "value was" } else { "values were" };
        notices.info(format!("{count} measured {values} read{left_out}."));
        climb.measured.extend(found.values);
    }
}
