//! Checks of a model card that was read from a file.

use crate::data::outline::import::{MAX_LABELS, MIN_OUTLINES};
use crate::data::source::Source;
use crate::data::task::MAX_LEVELS;
use crate::model::card::{Encoded, ModelCard, StartDistribution};
use crate::nn::autoencoder::latent_dim;
use crate::text;
use crate::text::Text;

/// The largest coordinate of a sound encoded mean: the prior keeps the data within a few units of the origin, so a
/// larger one means a damaged file.
const FARTHEST_MU: f64 = 1e6;
/// The most labels of a table: the levels of a column, and the name of the file for rows without one.
const MAX_TABLE_LABELS: usize = MAX_LEVELS + 1;

/// Checks the parts of a card that the shapes of the tensors do not guarantee.
///
/// # Errors
/// Names the part that is damaged.
pub fn check_card(card: &ModelCard, encoded: &Encoded) -> std::result::Result<(), Text> {
    let statistics = &card.statistics;
    let latent = latent_dim(&card.layers);
    let (low, high) = (&statistics.low, &statistics.high);
    let boxed = low.len() == latent
        && high.len() == latent
        && low.iter().zip(high).all(|(l, h)| l.is_finite() && h.is_finite() && l <= h);
    let positive = |v: f64| v.is_finite() && v > 0.0;
    let started = match &card.start {
        StartDistribution::StandardNormal => true,
        StartDistribution::Normal { mean, std } => {
            mean.len() == latent
                && std.len() == latent
                && mean.iter().chain(std).all(|v| v.is_finite())
                && std.iter().all(|&s| s >= 0.0)
        }
        StartDistribution::Mixture(mixture) | StartDistribution::ClampedMixture(mixture) => {
            mixture.is_sound(latent)
        }
    };
    let scaled = card.scaling.is_sound(card.scaling.offset.len());
    let checks = [
        (boxed, text!("its latent bounds do not fit its latent")),
        (started, text!("its start distribution does not fit its latent")),
        (
            positive(statistics.reach)
                && statistics.round_trip >= 0.0
                && statistics.quantity_change.iter().all(|c| (0.0..=0.05).contains(c)),
            text!("its statistics are not those of its data"),
        ),
        (scaled, text!("its scaling is not finite")),
    ];
    let failed = checks.into_iter().find_map(|(holds, problem)| (!holds).then_some(problem));
    let failed = card.domain.check().err().or(failed);
    let of_data = || match &card.source {
        Some(source) => check_data(card, source, encoded),
        None => check_without_data(card),
    };
    match failed.or_else(of_data) {
        Some(problem) => {
            Err(text!("is damaged: {problem}; train or save the model again", problem))
        }
        None => Ok(()),
    }
}

/// The problem with the data of a card, if there is one.
fn check_data(card: &ModelCard, source: &Source, encoded: &Encoded) -> Option<Text> {
    // A source of one kind with a domain of the other fails here too.
    let width = match (source, card.domain.table()) {
        (Source::Table(_), Some(schema)) => schema.width(),
        (Source::Table(_), None) | (_, Some(_)) => 0,
        (source, None) => 2 * source.points(),
    };
    let statistics = &card.statistics;
    let checks = [
        (!encoded.mu.is_empty(), text!("it holds no encoded data")),
        (
            encoded.mu.as_flat().iter().all(|v| v.abs() < FARTHEST_MU),
            text!("its encoded data lie farther out than any model puts them"),
        ),
        (
            labels_fit(source, encoded.names.len())
                && encoded.labels.iter().all(|&l| usize::from(l) < encoded.names.len()),
            text!("its labels do not fit its families"),
        ),
        (
            statistics.round_trip.is_finite()
                && statistics.quantity_change.len() == encoded.computed.len(),
            text!("its statistics are not those of its data"),
        ),
        (
            is_sound(source) && card.layers.first().is_some_and(|l| l.inputs == width),
            text!("its data recipe does not fit its network"),
        ),
    ];
    checks.into_iter().find_map(|(holds, problem)| (!holds).then_some(problem))
}

/// The problem with a card without data, if there is one: its rows have the width of the network.
fn check_without_data(card: &ModelCard) -> Option<Text> {
    let inputs = card.layers.first().map_or(0, |layer| layer.inputs);
    let fits = match card.domain.table() {
        Some(schema) => inputs == schema.width(),
        None => inputs.is_multiple_of(2),
    };
    if card.trained().is_some() {
        return Some(text!("it holds no encoded data"));
    }
    (!fits).then(|| text!("its rows do not fit its network"))
}

fn labels_fit(source: &Source, names: usize) -> bool {
    match source {
        Source::Outlines(generator) => names == generator.families.len(),
        Source::Imported(_) => (1..=MAX_LABELS).contains(&names),
        Source::Table(_) => (1..=MAX_TABLE_LABELS).contains(&names),
    }
}

fn is_sound(source: &Source) -> bool {
    match source {
        Source::Outlines(generator) => generator.check().is_ok(),
        Source::Imported(imported) => {
            imported.count >= MIN_OUTLINES && (16..=1000).contains(&imported.points)
        }
        Source::Table(table) => table.count >= MIN_OUTLINES,
    }
}
