//! What goes wrong with a training, why, and what to do about it.

use super::figures::{ACTIVE_VARIANCE, Figures};
use crate::model::Model;
use crate::model::training::{EpochRecord, TrainingConfig};
use crate::numerics::statistics::quantile;
use serde::Serialize;
use std::fmt::{Display, Formatter};

/// Held-out errors are judged as medians over this share of the epochs, for single ones jump.
const WINDOW: f64 = 0.1;
/// A held-out error that has risen by this share above its least is overfitting.
const RISE: f64 = 0.05;
/// Before so many epochs nothing is said of a trend.
const LEAST_EPOCHS: usize = 10;
/// Before this share of a training the map is still coming into being.
const EARLY: f64 = 0.25;

/// Something that is wrong with a training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What is wrong, in a few words.
    pub what: String,
    /// Why it happens, and the way out.
    pub remedy: String,
}

impl Display for Warning {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}. {}", self.what, self.remedy)
    }
}

/// What is wrong with a model by its own history and by what was measured of it; nothing of one that was not trained,
/// as PCA is not.
pub fn warnings_of(model: &Model, figures: &Figures) -> Vec<Warning> {
    if model.is_linear() {
        return Vec::new();
    }
    let mut found = warnings(&model.card.training, &model.card.history, Some(figures));
    found.extend(worse_than_pca(model, figures));
    found
}

/// PCA with as many numbers, measured on the same rows, has the lesser held-out error.
fn worse_than_pca(model: &Model, figures: &Figures) -> Option<Warning> {
    let (pca, own) = (model.card.statistics.pca_error?, figures.rebuild_error);
    (own > pca).then(|| Warning {
        what: format!(
            "PCA with as many numbers is better: its squared error on held-out shapes is {:.1} % less",
            100.0 * (1.0 - pca / own)
        ),
        remedy: "Take PCA (train --pca), more shapes, or a longer training.".to_owned(),
    })
}

/// What is wrong with a training by its epochs and by what was last measured of its model.
pub fn warnings(
    config: &TrainingConfig,
    records: &[EpochRecord],
    figures: Option<&Figures>,
) -> Vec<Warning> {
    let done = records.last().map_or(0, |record| record.updates);
    let early = (done as f64) < EARLY * config.updates as f64;
    let mut warnings = Vec::new();
    warnings.extend(overfitting(config, records));
    if let Some(figures) = figures.filter(|_| !early) {
        warnings.extend(collapse(config, figures));
        warnings.extend(missing(config, figures));
    }
    warnings
}

/// The latent carries nothing, or some of its units do not.
fn collapse(config: &TrainingConfig, figures: &Figures) -> Option<Warning> {
    let (active, units) = (figures.active_units, figures.unit_variances.len());
    if active == units {
        return None;
    }
    let least = format!("the variance of mu over the data is at most {ACTIVE_VARIANCE}");
    let cause = if config.beta > 0.0 && config.latent_noise {
        format!(
            "The KL term pays more than they save; lower beta (now {}), or let it warm up.",
            config.beta
        )
    } else {
        "The network has no use for them; take fewer latent numbers, or train longer.".to_owned()
    };
    Some(if active == 0 {
        Warning {
            what: "The latent has collapsed: all shapes share one place".to_owned(),
            remedy: format!("In every unit {least}. {cause}"),
        }
    } else {
        Warning {
            what: format!("{} of {units} latent numbers carry nothing", units - active),
            remedy: format!("In them {least}. {cause}"),
        }
    })
}

/// The held-out error rises while the training error goes on falling.
fn overfitting(config: &TrainingConfig, records: &[EpochRecord]) -> Option<Warning> {
    let errors: Vec<f64> =
        records.iter().filter_map(|record| record.held_out_reconstruction).collect();
    if errors.len() < LEAST_EPOCHS || errors.len() < records.len() {
        return None;
    }
    let width = ((WINDOW * errors.len() as f64) as usize).max(5);
    let medians: Vec<f64> =
        errors.windows(width).filter_map(|window| quantile(window.iter().copied(), 0.5)).collect();
    let (least, best) = medians.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    let now = *medians.last()?;
    let training = |at: usize| records[at].reconstruction;
    let learns = training(records.len() - 1) < training(least + width - 1);
    let way_out = if config.early_stopping.is_some() {
        "Early stopping keeps the best; more shapes, or a narrower network, would make it better."
    } else {
        "Stop earlier (early stopping keeps the best), take more shapes, or a narrower network."
    };
    (now > best * (1.0 + RISE) && learns).then(|| Warning {
        what: format!("The held-out error rises again, by {:.0} %", 100.0 * (now / best - 1.0)),
        remedy: format!(
            "Since about epoch {} the network learns its training shapes by heart. {way_out}",
            records[least + width / 2].epoch
        ),
    })
}

/// Families that cannot be found in the map.
fn missing(config: &TrainingConfig, figures: &Figures) -> Option<Warning> {
    let unreachable = figures.families.iter().filter(|family| !family.reachable);
    let names: Vec<&str> = unreachable.map(|family| family.name.as_str()).collect();
    // Of a collapsed map something simpler is said.
    if names.is_empty() || figures.active_units == 0 {
        return None;
    }
    let listed = match names.as_slice() {
        [one] => format!("No {one} can be found"),
        [first, second] => format!("Neither {first} nor {second} can be found"),
        [first, second, rest @ ..] => {
            format!("{first}, {second} and {} more cannot be found", rest.len())
        }
        [] => return None,
    };
    let cause = if config.beta > 0.0 && config.latent_noise {
        format!(
            "Families that are rarely drawn are blurred away: lower beta (now {}), ",
            config.beta
        )
    } else {
        "Without noise the map has gaps between its families: add latent noise and a little beta, "
            .to_owned()
    };
    Some(Warning {
        what: format!("{listed} in the map"),
        remedy: format!(
            "Less than 1 % of the valid cells look like {}. {cause}vary size and rotation less, or train longer.",
            if names.len() == 1 { "it" } else { "each of them" }
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::FamilyFigures;

    fn record(epoch: usize, reconstruction: f64, held_out: f64) -> EpochRecord {
        EpochRecord {
            epoch,
            updates: 10 * epoch,
            total: reconstruction,
            reconstruction,
            kl: 1.0,
            held_out_reconstruction: Some(held_out),
            held_out_kl: Some(1.0),
            heads: None,
            held_out_heads: None,
            sigma: None,
        }
    }

    fn figures(variances: &[f64], shares: &[(&str, f64)]) -> Figures {
        let family = |&(name, share): &(&str, f64)| FamilyFigures {
            name: name.to_owned(),
            shapes: 10,
            rebuild_error: 0.1,
            share,
            reachable: share >= 0.01,
        };
        Figures {
            held_out: true,
            shapes: 20,
            rebuild_error: 0.1,
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

    fn said(records: &[EpochRecord], figures: Option<&Figures>) -> Vec<String> {
        let config = TrainingConfig { updates: 400, ..TrainingConfig::default() };
        warnings(&config, records, figures).into_iter().map(|warning| warning.what).collect()
    }

    fn falling() -> Vec<EpochRecord> {
        (1..=40).map(|epoch| record(epoch, 1.0 / epoch as f64, 1.2 / epoch as f64)).collect()
    }

    #[test]
    fn a_training_that_goes_well_is_left_in_peace() {
        let well = figures(&[0.9, 1.1], &[("circle", 0.5), ("star", 0.5)]);
        assert!(said(&falling(), Some(&well)).is_empty());
        assert!(said(&[], None).is_empty());
    }

    #[test]
    fn learning_by_heart_shows_in_the_held_out_error() {
        let rising = |epoch: usize| 0.5 + 0.01 * (epoch as f64 - 15.0).abs();
        let by_heart: Vec<EpochRecord> =
            (1..=40).map(|epoch| record(epoch, 1.0 / epoch as f64, rising(epoch))).collect();
        let warnings = said(&by_heart, None);
        assert!(warnings[0].starts_with("The held-out error rises"), "{warnings:?}");
        // A single bad epoch is none, and a training that fails as a whole is another matter.
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
            warnings(&config, &falling(), Some(&figures(&[0.9, 1.1], shares)))[0].to_string()
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
            found[0].remedy.contains("Early stopping keeps the best; more shapes"),
            "{found:?}"
        );
    }

    #[test]
    fn a_collapse_and_a_missing_family_are_named() {
        let families = [("circle", 0.995), ("star", 0.005)];
        let none = said(&falling(), Some(&figures(&[0.001, 0.0], &families)));
        assert_eq!(none, ["The latent has collapsed: all shapes share one place"]);
        let half = said(&falling(), Some(&figures(&[0.9, 0.0], &families)));
        assert_eq!(
            half,
            ["1 of 2 latent numbers carry nothing", "No star can be found in the map"]
        );
        let beginning = &falling()[..5];
        assert!(said(beginning, Some(&figures(&[0.9, 0.0], &families))).is_empty(), "too early");
    }
}
