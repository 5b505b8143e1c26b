//! A search as a command line.

use super::line::{MAX_STARTS, STARTS, joined};
use crate::model::Model;
use crate::objective::{Goal, Space, Term};
use crate::optimise::{SearchConfig, Starts};
use std::fmt::Write;

/// The command line that runs this search on the model, which lies in `file`, with the options that differ from their
/// defaults.
pub fn command_line(config: &SearchConfig, model: &Model, file: &str) -> String {
    let usual = SearchConfig::default();
    let spec = &config.spec;
    let mut line = String::new();
    if let Starts::Around { points, .. } = &config.starts
        && points.len() <= MAX_STARTS
    {
        let rows = points.iter().map(|point| joined(point, ",")).collect::<Vec<_>>();
        let _infallible = writeln!(line, "printf '%s\\n' {} > {STARTS}", rows.join(" "));
    }
    line += "latent-explorer optimise";
    let mut option = |name: &str, value: String| {
        let _infallible = match value.as_str() {
            "" => write!(line, " --{name}"),
            value => write!(line, " --{name} {}", quoted(value)),
        };
    };
    option("model", file.to_owned());
    match spec.terms.as_slice() {
        [Term { quantity, goal: goal @ (Goal::Max | Goal::Min), weight: 1.0 }] => {
            option("property", quantity.to_string());
            option("mode", if *goal == Goal::Max { "max" } else { "min" }.to_owned());
        }
        terms => terms.iter().for_each(|term| option("term", term.to_string())),
    }
    let penalties = spec.clone().with_usual_penalties(model);
    for (name, weight, usual) in [
        ("l2", spec.l2, 0.0),
        ("align", spec.align, penalties.align),
        ("inside", spec.inside, penalties.inside),
    ] {
        if weight != usual {
            option(name, weight.to_string());
        }
    }
    if spec.cautious {
        option("cautious", String::new());
    }
    for constraint in &spec.constraints {
        option("constraint", constraint.to_string());
    }
    for condition in &spec.columns {
        option(condition.option(), condition.to_string());
    }
    if config.method != usual.method {
        option("method", config.method.name().to_owned());
    }
    if config.space == Space::Input {
        option("space", "input".to_owned());
    }
    match &config.starts {
        Starts::Around { spread, .. } => {
            option("starts", STARTS.to_owned());
            if *spread > 0.0 {
                option("perturb", spread.to_string());
                option("restarts", config.restarts.to_string());
            }
        }
        _ if config.restarts != usual.restarts => option("restarts", config.restarts.to_string()),
        _ => (),
    }
    if config.steps != usual.steps {
        option("steps", config.steps.to_string());
    }
    let rate = match config.space {
        Space::Latent => ("lr", config.rate, usual.rate),
        Space::Input => ("input-lr", config.input_rate, usual.input_rate),
    };
    if rate.1 != rate.2 {
        option(rate.0, rate.1.to_string());
    }
    if config.seed != usual.seed {
        option("seed", config.seed.to_string());
    }
    match &config.plateau {
        None => option("plateau-patience", "0".to_owned()),
        Some(plateau) => {
            let usual = usual.plateau.unwrap_or_default();
            if plateau.patience != usual.patience {
                option("plateau-patience", plateau.patience.to_string());
            }
            if plateau.factor != usual.factor {
                option("plateau-factor", plateau.factor.to_string());
            }
        }
    }
    if config.patience != usual.patience {
        option("patience", config.patience.unwrap_or(0).to_string());
    }
    option("out", "best.json".to_owned());
    line
}

/// A word of a command line, in quotes if a shell would interpret its characters.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,+@%".contains(c);
    match word {
        _ if word.chars().all(plain) && !word.is_empty() => word.to_owned(),
        _ if !word.contains(['"', '$', '`', '\\', '!']) => format!("\"{word}\""),
        _ => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
