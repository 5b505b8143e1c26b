//! Repeats the search of a report: the report stores its settings, and the same settings give the same trajectories.

use crate::cli::args::search::best_so_far;
use crate::cli::progress::Progress;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::model::Model;
use crate::model::judge::Prediction;
use crate::numerics::atomic_file;
use crate::numerics::cancel_token::CancelToken;
use crate::optimise::{Search, SearchConfig, SearchReport};
use crate::text;
use crate::text::Text;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;

/// The parts of a report that are read; the search computes the rest again.
#[derive(Deserialize)]
struct Recorded {
    /// The format version; up to format 2 restarts were counted from 0.
    #[serde(default)]
    format: u32,
    config: SearchConfig,
    best: Option<usize>,
    restarts: Vec<RecordedRestart>,
}

#[derive(Deserialize)]
struct RecordedRestart {
    value_best: Option<f64>,
    /// Up to format 3 a prediction stood under the name of a value.
    #[serde(default)]
    predicted: Option<Prediction>,
}

/// Repeats the search that wrote the report at `path`, and keeps its complete trajectories.
///
/// # Errors
/// Names the report when it is not one, does not fit the model, or another model wrote it.
pub fn search_again(
    model: &Arc<Model>,
    path: &Path,
    progress: &mut Progress,
) -> Result<SearchReport> {
    let bytes = atomic_file::read(path)?;
    let recorded: Recorded = serde_json::from_slice(&bytes).map_err(|error| {
        Error::file(
            path,
            text!(
                "is no report of optimise ({error}); write one with optimise --out",
                error = error.to_string()
            ),
        )
    })?;
    drop(bytes);
    let report = search(model, SearchConfig { keep_every: 1, ..recorded.config }, progress)?;
    let before = recorded.best.and_then(|best| {
        let place = if recorded.format > 2 { best.checked_sub(1)? } else { best };
        let restart = recorded.restarts.get(place)?;
        restart.value_best.or(restart.predicted.map(|predicted| predicted.value))
    });
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
