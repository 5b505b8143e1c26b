//! Diagnostics of a training: problems, their causes, and remedies.

use super::model_metrics::{ACTIVE_VARIANCE, ModelMetrics};
use crate::model::Model;
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::numerics::statistics::quantile::quantile;
use crate::text;
use crate::text::Text;
use serde::Serialize;
use std::fmt::{Display, Formatter};

/// The share of the epochs for each median of the held-out error, because the errors of single epochs fluctuate.
const WINDOW: f64 = 0.1;
/// The relative rise of the held-out error above its minimum that counts as overfitting.
const RISE: f64 = 0.05;
/// The fewest epochs for a statement on a trend.
const MIN_EPOCHS: usize = 10;
/// The share of a training before which the map is not yet judged.
const EARLY: f64 = 0.25;
/// The fewest updates after which a network can have converged, for any planned length of the training: after 51 the
/// latent of the nine families is not active yet.
const MIN_UPDATES: usize = 200;
/// The relative decrease of the loss from one quarter of the epochs to the next above which it has not converged,
/// together with [`SHARE_OF_FALL`].
const FALL: f64 = 0.02;
/// The same decrease as a share of the total decrease: a loss that is nearly converged still decreases slowly for long.
const SHARE_OF_FALL: f64 = 0.05;
/// The variation, as a share of their size, below which all shapes count as equal.
const SAME_SHAPE: f64 = 1e-4;

/// A problem of a training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// The problem, in a few words.
    pub what: Text,
    /// The cause and the remedy.
    pub remedy: Text,
}

impl Display for Warning {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}. {}", self.what, self.remedy)
    }
}

/// The problems of a model, from its history and its metrics; for a model without training, such as PCA, only the
/// problems of its data.
pub fn warnings_of(model: &Model, metrics: &ModelMetrics) -> Vec<Warning> {
    if model.is_linear() {
        return one_shape(metrics).into_iter().collect();
    }
    let Some(config) = model.card.training() else { return Vec::new() };
    let mut found = warnings(config, model.card.history(), Some(metrics));
    found.extend(worse_than_pca(model, metrics));
    found
}

/// A warning if PCA with as many dimensions has a smaller held-out error on the same rows.
fn worse_than_pca(model: &Model, metrics: &ModelMetrics) -> Option<Warning> {
    let (pca, own) = (model.card.statistics.pca_error?, metrics.reconstruction_error);
    (own > pca).then(|| Warning {
        what: text!(
            "PCA with as many dimensions is better: its squared error on held-out rows is {percent} % less",
            percent = format!("{:.1}", 100.0 * (1.0 - pca / own))
        ),
        remedy: text!("Take PCA (train --pca), more rows, or a longer training."),
    })
}

/// The problems of a training, from its epochs and the last metrics of its model.
pub fn warnings(
    config: &TrainingConfig,
    records: &[EpochRecord],
    metrics: Option<&ModelMetrics>,
) -> Vec<Warning> {
    let done = records.last().map_or(0, |record| record.updates);
    let early = (done as f64) < EARLY * config.updates as f64;
    if let Some(alike) = metrics.and_then(one_shape) {
        return vec![alike];
    }
    let mut warnings = Vec::new();
    warnings.extend(overfitting(config, records));
    if let Some(metrics) = metrics.filter(|_| !early) {
        match unsettled(config, records, metrics) {
            // A latent that still changes cannot be judged yet.
            Some(unsettled) => warnings.push(unsettled),
            None => {
                warnings.extend(collapse(config, metrics));
                warnings.extend(missing(config, metrics));
            }
        }
    }
    warnings
}

/// All shapes are equal: there is nothing to learn, and no setting changes that.
fn one_shape(metrics: &ModelMetrics) -> Option<Warning> {
    (metrics.spread < SAME_SHAPE).then(|| Warning {
        what: text!("All rows are the same, so there is nothing to learn"),
        remedy: text!("They differ by less than 1/10,000 of their size. Take rows that differ, or let the generated \
                 families vary more in size, rotation or proportions."),
    })
}

/// A network that is incomplete because it has hardly learned: too few updates, or no dimension is active while the
/// loss still decreases.
fn unsettled(
    config: &TrainingConfig,
    records: &[EpochRecord],
    metrics: &ModelMetrics,
) -> Option<Warning> {
    let (active, units) = (metrics.active_units, metrics.unit_variances.len());
    let done = records.last().map_or(0, |record| record.updates);
    let complete = active == units && metrics.families.iter().all(|family| family.reachable);
    if complete || (done >= MIN_UPDATES && !(active == 0 && falls(records))) {
        return None;
    }
    let still = text!("So far {active} of {units} latent dimensions are active.", active, units);
    Some(if done < MIN_UPDATES {
        Warning {
            what: text!(
                "{count} update is too few to judge by" | "{count} updates are too few to judge by",
                count = done
            ),
            remedy: Text::joined(
                [still, text!("Train longer; some thousand updates are usual.")],
                " ",
            ),
        }
    } else {
        Warning {
            what: text!("The network has hardly begun to learn, and its loss still decreases"),
            remedy: Text::joined(
                [
                    still,
                    text!(
                        "Train longer, or with a greater learning rate (now {rate}).",
                        rate = config.learning_rate.to_string()
                    ),
                ],
                " ",
            ),
        }
    })
}

/// Returns whether the total loss of the last quarter of the epochs is clearly below that of the quarter before.
fn falls(records: &[EpochRecord]) -> bool {
    let quarter = records.len() / 4;
    if quarter == 0 {
        return false;
    }
    let middle = |records: &[EpochRecord]| {
        quantile(records.iter().map(|record| record.total), 0.5).unwrap_or(f64::NAN)
    };
    let (before, last) = records[records.len() - 2 * quarter..].split_at(quarter);
    let (first, before, last) = (records[0].total, middle(before), middle(last));
    before - last > FALL * before.abs() && before - last > SHARE_OF_FALL * (first - last)
}

/// Inactive latent dimensions: all of them (posterior collapse), or some.
fn collapse(config: &TrainingConfig, metrics: &ModelMetrics) -> Option<Warning> {
    let (active, units) = (metrics.active_units, metrics.unit_variances.len());
    if active == units {
        return None;
    }
    let limit = ACTIVE_VARIANCE.to_string();
    let cause = if config.has_prior() {
        text!(
            "The KL term costs more than they save; lower beta (now {beta}), or let it warm up.",
            beta = config.beta.to_string()
        )
    } else {
        text!("The network has no use for them; take fewer latent dimensions, or train longer.")
    };
    Some(if active == 0 {
        Warning {
            what: text!("Posterior collapse: all rows share one point in the latent space"),
            remedy: Text::joined(
                [
                    text!(
                        "In every dimension the variance of mu over the data is at most {limit}.",
                        limit
                    ),
                    cause,
                ],
                " ",
            ),
        }
    } else {
        Warning {
            what: text!(
                "{count} of {units} latent dimensions is inactive"
                    | "{count} of {units} latent dimensions are inactive",
                count = units - active,
                units
            ),
            remedy: Text::joined(
                [
                    text!("In them the variance of mu over the data is at most {limit}.", limit),
                    cause,
                ],
                " ",
            ),
        }
    })
}

/// The held-out error rises while the training error still decreases.
fn overfitting(config: &TrainingConfig, records: &[EpochRecord]) -> Option<Warning> {
    // Early stopping that begins with a resumed training has rows of its own from then on; losses of other rows do not
    // compare.
    let has_own = |record: &EpochRecord| record.stopping_reconstruction.is_some();
    let now = records.last().map(has_own);
    let others = records.iter().rposition(|record| Some(has_own(record)) != now);
    let records = &records[others.map_or(0, |last| last + 1)..];
    let errors: Vec<f64> =
        records.iter().filter_map(|record| record.held_out_reconstruction).collect();
    if errors.len() < MIN_EPOCHS || errors.len() < records.len() {
        return None;
    }
    let width = ((WINDOW * errors.len() as f64) as usize).max(5);
    let medians: Vec<f64> =
        errors.windows(width).filter_map(|window| quantile(window.iter().copied(), 0.5)).collect();
    let (least, best) = medians.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    let now = *medians.last()?;
    let training = |at: usize| records[at].reconstruction;
    let learns = training(records.len() - 1) < training(least + width - 1);
    let advice = if config.early_stopping.is_some() {
        text!(
            "Early stopping keeps the best epoch; more rows, or a narrower network, would make it better."
        )
    } else {
        text!(
            "Stop earlier (early stopping keeps the best epoch), take more rows, or a narrower network."
        )
    };
    (now > best * (1.0 + RISE) && learns).then(|| Warning {
        what: text!(
            "The validation loss rises again, by {percent} %",
            percent = format!("{:.0}", 100.0 * (now / best - 1.0))
        ),
        remedy: Text::joined(
            [
                text!(
                    "Overfitting since about epoch {epoch}: only the training loss still decreases.",
                    epoch = records[least + width / 2].epoch
                ),
                advice,
            ],
            " ",
        ),
    })
}

/// Families that are not reachable on the map.
fn missing(config: &TrainingConfig, metrics: &ModelMetrics) -> Option<Warning> {
    let unreachable = metrics.families.iter().filter(|family| !family.reachable);
    let names: Vec<&str> = unreachable.map(|family| family.name.as_str()).collect();
    // A collapsed map has its own, simpler warning.
    if names.is_empty() || metrics.active_units == 0 {
        return None;
    }
    let what = match names.as_slice() {
        [one] => text!("No {name} can be found in the map", name = *one),
        [first, second] => text!(
            "Neither {first} nor {second} can be found in the map",
            first = *first,
            second = *second
        ),
        [first, second, rest @ ..] => {
            text!(
                "{first}, {second} and {count} more cannot be found in the map"
                    | "{first}, {second} and {count} more cannot be found in the map",
                first = *first,
                second = *second,
                count = rest.len()
            )
        }
        [] => return None,
    };
    let cause = if config.has_prior() {
        text!(
            "Rare families are blurred away: lower beta (now {beta}), vary size and rotation less, or train longer.",
            beta = config.beta.to_string()
        )
    } else {
        text!(
            "Without noise the map has gaps between its families: add latent noise and a little beta, vary size and rotation less, or train longer."
        )
    };
    let share = match names.len() {
        1 => text!("Less than 1 % of the valid cells look like it."),
        _ => text!("Less than 1 % of the valid cells look like each of them."),
    };
    Some(Warning { what, remedy: Text::joined([share, cause], " ") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::FamilyMetrics;

    fn record(epoch: usize, reconstruction: f64, held_out: f64) -> EpochRecord {
        EpochRecord {
            epoch,
            updates: 10 * epoch,
            total: reconstruction,
            reconstruction,
            kl: 1.0,
            held_out_reconstruction: Some(held_out),
            stopping_reconstruction: None,
            stopping_heads: None,
            held_out_kl: Some(1.0),
            heads: None,
            held_out_heads: None,
            sigma: None,
        }
    }

    fn metrics(variances: &[f64], shares: &[(&str, f64)]) -> ModelMetrics {
        let family = |&(name, share): &(&str, f64)| FamilyMetrics {
            name: name.to_owned(),
            shapes: 10,
            reconstruction_error: 0.1,
            share,
            reachable: share >= 0.01,
        };
        ModelMetrics {
            held_out: true,
            chose_epoch: false,
            shapes: 20,
            reconstruction_error: 0.1,
            spread: 0.2,
            kl: Some(1.0),
            unit_variances: variances.to_vec(),
            active_units: variances.iter().filter(|v| **v > ACTIVE_VARIANCE).count(),
            active_variance: ACTIVE_VARIANCE,
            smoothness: 1.0,
            smoothness_per_deviation: 1.0,
            cells: 576,
            simple: 1.0,
            reachable: 1,
            families: shares.iter().map(family).collect(),
        }
    }

    fn said(records: &[EpochRecord], metrics: Option<&ModelMetrics>) -> Vec<String> {
        let config = TrainingConfig { updates: 400, ..TrainingConfig::default() };
        warnings(&config, records, metrics)
            .into_iter()
            .map(|warning| warning.what.to_string())
            .collect()
    }

    fn falling() -> Vec<EpochRecord> {
        (1..=40).map(|epoch| record(epoch, 1.0 / epoch as f64, 1.2 / epoch as f64)).collect()
    }

    #[test]
    fn a_training_that_goes_well_is_left_in_peace() {
        let well = metrics(&[0.9, 1.1], &[("circle", 0.5), ("star", 0.5)]);
        assert!(said(&falling(), Some(&well)).is_empty());
        assert!(said(&[], None).is_empty());
    }

    #[test]
    fn learning_by_heart_shows_in_the_held_out_error() {
        let rising = |epoch: usize| 0.5 + 0.01 * (epoch as f64 - 15.0).abs();
        let by_heart: Vec<EpochRecord> =
            (1..=40).map(|epoch| record(epoch, 1.0 / epoch as f64, rising(epoch))).collect();
        let warnings = said(&by_heart, None);
        assert!(warnings[0].starts_with("The validation loss rises"), "{warnings:?}");
        // A single bad epoch is no overfitting, and neither is a training whose training error rises too.
        let mut jump = falling();
        jump[39] = record(40, 0.025, 0.04);
        assert!(said(&jump, None).is_empty());
        let worse: Vec<EpochRecord> =
            (1..=40).map(|epoch| record(epoch, rising(epoch), rising(epoch))).collect();
        assert!(said(&worse, None).is_empty());
    }

    #[test]
    fn missing_families_are_spoken_of_in_their_number() {
        let remedy = |shares: &[(&str, f64)]| {
            let config = TrainingConfig { updates: 400, ..TrainingConfig::default() };
            warnings(&config, &falling(), Some(&metrics(&[0.9, 1.1], shares)))[0].to_string()
        };
        let one = remedy(&[("circle", 0.999), ("star", 0.001)]);
        assert!(one.starts_with(
            "No star can be found in the map. Less than 1 % of the valid cells look like it. "
        ));
        let two = remedy(&[("circle", 0.998), ("star", 0.001), ("heart", 0.001)]);
        assert!(two.starts_with("Neither star nor heart can be found in the map. Less than 1 % of the valid cells look like each of them. "));
    }

    #[test]
    fn early_stopping_is_not_recommended_to_who_has_it() {
        let by_heart: Vec<EpochRecord> = (1..=40)
            .map(|epoch| {
                record(epoch, 1.0 / epoch as f64, 0.5 + 0.01 * (epoch as f64 - 15.0).abs())
            })
            .collect();
        let config = TrainingConfig { early_stopping: Some(100), ..TrainingConfig::default() };
        let found = warnings(&config, &by_heart, None);
        assert!(
            found[0].remedy.to_string().contains("Early stopping keeps the best epoch; more rows"),
            "{found:?}"
        );
    }

    /// A training whose loss has converged.
    fn settled() -> Vec<EpochRecord> {
        (1..=40).map(|epoch| record(epoch, 1.0 + 1.0 / (epoch * epoch) as f64, 1.2)).collect()
    }

    #[test]
    fn a_collapse_and_a_missing_family_are_named() {
        let families = [("circle", 0.995), ("star", 0.005)];
        let none = said(&settled(), Some(&metrics(&[0.001, 0.0], &families)));
        assert_eq!(none, ["Posterior collapse: all rows share one point in the latent space"]);
        let half = said(&settled(), Some(&metrics(&[0.9, 0.0], &families)));
        assert_eq!(
            half,
            ["1 of 2 latent dimensions is inactive", "No star can be found in the map"]
        );
        let beginning = &settled()[..5];
        assert!(said(beginning, Some(&metrics(&[0.9, 0.0], &families))).is_empty(), "too early");
    }

    #[test]
    fn a_network_that_has_hardly_learned_has_not_collapsed() {
        let inactive = metrics(&[0.001, 0.0], &[("circle", 1.0), ("star", 0.0)]);
        // A complete training of 51 updates is short, although its share is 1.
        let config = TrainingConfig { updates: 51, ..TrainingConfig::default() };
        let short = [EpochRecord { updates: 51, ..record(1, 90.0, 80.0) }];
        let found = warnings(&config, &short, Some(&inactive));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].what.to_string(), "51 updates are too few to judge by");
        assert!(!found[0].to_string().contains("beta"), "{found:?}");
        // A long training with a very small learning rate has only begun.
        let slow: Vec<EpochRecord> =
            (1..=40).map(|epoch| record(epoch, 100.0 - epoch as f64, 90.0)).collect();
        let hardly = "The network has hardly begun to learn, and its loss still decreases";
        assert_eq!(said(&slow, Some(&inactive)), [hardly]);
        // Active dimensions are no problem, even after a short training.
        let well = metrics(&[0.9, 1.1], &[("circle", 0.5), ("star", 0.5)]);
        assert!(warnings(&config, &short, Some(&well)).is_empty());
    }

    #[test]
    fn one_shape_repeated_is_told_as_that_alone() {
        let same = ModelMetrics { spread: 3e-8, ..metrics(&[0.0, 0.0], &[("shape", 1.0)]) };
        let found = said(&settled(), Some(&same));
        assert_eq!(found, ["All rows are the same, so there is nothing to learn"]);
        let early = said(&settled()[..2], Some(&same));
        assert_eq!(early, found, "it can be told at once");
    }
}
