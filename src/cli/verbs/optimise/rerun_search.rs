//! Repeats the search of a report: the report stores its settings, and the same settings give the same trajectories.

use crate::cli::args::search::best_so_far;
use crate::cli::progress::Progress;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::optimise::{RecordedSearch, Search, SearchConfig, SearchReport};
use crate::text;
use crate::text::Text;
use std::path::Path;
use std::sync::Arc;

/// Repeats the search that wrote the report at `path`, and keeps its complete trajectories.
///
/// # Errors
/// Names the report when it is not one, does not fit the model, or another model wrote it.
pub fn search_again(
    model: &Arc<Model>,
    path: &Path,
    progress: &mut Progress,
) -> Result<SearchReport> {
    let recorded = RecordedSearch::read(path)?;
    let before = recorded.best_value();
    let report = search(model, SearchConfig { keep_every: 1, ..recorded.config }, progress)?;
    let now = report.best.map(|best| report.restarts[best].best().number());
    // Rounding may differ on another machine; another model gives clearly different values.
    let same = match (before, now) {
        (Some(before), Some(now)) => (before - now).abs() <= 1e-3 * before.abs().max(1e-3),
        (before, now) => before.is_none() == now.is_none(),
    };
    if !same {
        let shown = |value: Option<f64>| {
            value.map_or_else(|| text!("none"), |value| Text::verbatim(three_digits(value)))
        };
        let problem = text!(
            "was written of another model: its best value is {before}, and that of the same search in this one {now}; name \
             the model that was searched",
            before = shown(before),
            now = shown(now)
        );
        return Err(Error::file(path, problem));
    }
    Ok(report)
}

/// Searches, assesses the answers and reports the progress.
///
/// # Errors
/// Settings out of range, or a failure of the tensor library.
pub fn search(
    model: &Arc<Model>,
    config: SearchConfig,
    progress: &mut Progress,
) -> Result<SearchReport> {
    let mut search = Search::new(model.clone(), config)?;
    while search.advance(&CancelToken::default())? {
        progress.report(search.share(), || {
            let best = best_so_far(&search);
            text!("searching: step {done}, best {best}", done = search.done(), best)
        });
    }
    SearchReport::new(search)
}
