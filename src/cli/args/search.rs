//! The arguments of every search: objective, starts, number of steps.

use super::point::{point_or_path, points};
use crate::data::csv::read_latents;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::model::{Model, PointRef, Value};
use crate::objective::{ColumnConstraint, Constraint, Goal, ObjectiveSpec, Space, Term};
use crate::optimise::schedule::Plateau;
use crate::optimise::{Search, SearchConfig, Starts};
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::{Path, PathBuf};

/// The objective, the starts and the steps of a search; the method is a separate argument.
#[derive(Debug, Args)]
pub struct SearchArguments {
    /// The only property to optimise; the short form of one --term. A target column of the data is predicted by its
    /// head; predicted:area takes the prediction of a head where the shape itself could be measured
    #[arg(id = "property", long = "property", value_name = "NAME", requires = "mode", help_heading = SOUGHT)]
    quantity: Option<Quantity>,
    /// The goal of --property: max or min
    #[arg(long, value_name = "MODE", requires = "property", value_parser = goal, help_heading = SOUGHT)]
    mode: Option<Goal>,
    /// A property with its goal, such as area:target=2.5:weight=0.1; may be given several times, the loss is the sum of
    /// weight x (-p for max, p for min, (p - V)^2 for target=V); the weight is 1 unless given. Of a target of words
    /// lattice:up=fcc+hcp is towards these classes, -ln p of their probability, and lattice:down=bcc away, -ln (1 - p)
    ///
    /// In this option and in --constraint, --lock, --bound and --sum a name that has signs of the option in it stands in
    /// double quotes, and a quote in it is written twice: 'phase:up="a:b"', '"a>=b"<=7', '"x=1"=3', '0<="a<=b"<=1',
    /// '"Na+"+b=1'
    #[arg(
        long = "term",
        value_name = "NAME:max|min|target=V[:weight=W]",
        conflicts_with_all = ["property", "mode"],
        help_heading = SOUGHT
    )]
    terms: Vec<Term>,
    /// Read "head" as predicted: before every property; an option of earlier versions
    #[arg(long, value_name = "WHICH", value_parser = ["geometry", "head"], hide = true, help_heading = SOUGHT)]
    objective: Option<String>,
    /// Weight of |z|^2 in the loss, which keeps z near the origin; 0.01 is typical
    #[arg(long, value_name = "W", default_value_t = 0.0, allow_hyphen_values = true, help_heading = SOUGHT)]
    l2: f64,
    /// Weight of |encode(decode(z)) - z|^2 in the loss, which keeps z where both networks agree; for a predicted property
    /// in standard deviations of the property [default: 0.5 for a predicted property behind a tanh, else 0]
    #[arg(long, value_name = "W", allow_hyphen_values = true, help_heading = SOUGHT)]
    align: Option<f64>,
    /// Weight of the distance of z outside the data, which keeps the search among known shapes; 1 is typical for
    /// geometric properties. For a predicted property it counts in standard deviations of the property, and outside
    /// begins at the density that three quarters of the held-out rows exceed [default: 10 for a predicted property,
    /// else 0]
    #[arg(long, value_name = "W", allow_hyphen_values = true, help_heading = SOUGHT)]
    inside: Option<f64>,
    /// Optimise a prediction cautiously: for max the mean of the head's members minus their standard deviation, for min
    /// the mean plus the deviation
    #[arg(long, help_heading = SOUGHT)]
    cautious: bool,
    /// A condition on the shape, such as "area>=0.5" or "perimeter<=7"; may be given several times. Only a shape that
    /// satisfies all of them can be an answer
    #[arg(long = "constraint", value_name = "CONDITION", help_heading = SOUGHT)]
    constraints: Vec<Constraint>,
    /// Hold a column of a table at a value in its own unit, such as "density=3", or a category at a level, such as
    /// "lattice=fcc"; may be given several times. With --space input it is held exactly; in the latent within 0.05
    /// standard deviations of the column, and a category at a probability of at least 0.5
    #[arg(long = "lock", value_name = "COLUMN=V", value_parser = ColumnConstraint::lock, allow_hyphen_values = true, help_heading = SOUGHT)]
    locks: Vec<ColumnConstraint>,
    /// Keep a column of a table between values in its own unit, such as "0<=density<=1" or "density<=1"; may be given
    /// several times
    #[arg(long = "bound", value_name = "V<=COLUMN<=W", value_parser = ColumnConstraint::bound, allow_hyphen_values = true, help_heading = SOUGHT)]
    bounds: Vec<ColumnConstraint>,
    /// Keep the sum of columns of a table at a value, such as "a+b+c=1"; may be given several times, for different
    /// columns. With --bound "0<=a" and so on they are shares. The tolerance is that of --lock
    #[arg(long = "sum", value_name = "COLUMN+COLUMN=V", value_parser = ColumnConstraint::sum, allow_hyphen_values = true, help_heading = SOUGHT)]
    sums: Vec<ColumnConstraint>,

    /// Number of starts, sampled from the start distribution of the model, for a VAE N(0, 1): 1 to 100000 [default: 50]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = STARTS)]
    restarts: Option<usize>,
    /// The seed of the starts: 0 to 2^64-1
    #[arg(long, value_name = "N", default_value_t = SearchConfig::default().seed, allow_hyphen_values = true, help_heading = STARTS)]
    seed: u64,
    /// Start from these latent vectors, one a row, instead of sampling --restarts of them; of a table with a header
    /// from its columns mu0,.. or z0,..
    #[arg(long, value_name = "Z.csv", conflicts_with = "from", help_heading = STARTS)]
    starts: Option<PathBuf>,
    /// Start from this point: z:0.1,-0.3, row:17, name:NAME, family:NAME, mean or file:X.csv, each outline of a file as
    /// the model encodes it, at any position; may be given several times. The answer of an outline is written in its
    /// frame
    #[arg(long, value_name = "POINT|X.csv", value_parser = point_or_path, allow_hyphen_values = true, help_heading = STARTS)]
    from: Vec<PointRef>,
    /// Sample --restarts starts around those of --starts or --from in turn: each first unchanged, then moved by N(0,
    /// STD^2) in every latent coordinate
    #[arg(long, value_name = "STD", allow_hyphen_values = true, help_heading = STARTS)]
    perturb: Option<f64>,

    /// Updates of each restart: 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = SearchConfig::default().steps, allow_hyphen_values = true, help_heading = STEPS)]
    steps: usize,
    /// Move z, or the numbers of the row itself, those of a shape or of a table; starts and trajectories are given in z
    /// for both
    #[arg(long, value_name = "WHICH", default_value = "latent", help_heading = STEPS)]
    space: Space,
    /// The learning rate of z, in latent units: 1e-8 to 100
    #[arg(long, value_name = "RATE", default_value_t = SearchConfig::default().rate, allow_hyphen_values = true, help_heading = STEPS)]
    lr: f64,
    /// The learning rate of the row's numbers with --space input, in the network's units: 1e-8 to 100
    #[arg(long, value_name = "RATE", default_value_t = SearchConfig::default().input_rate, allow_hyphen_values = true, help_heading = STEPS)]
    input_lr: f64,
    /// Steps without a better loss after which a restart reduces its rate; 0 keeps the rate
    #[arg(long, value_name = "N", default_value_t = Plateau::default().patience, allow_hyphen_values = true, help_heading = STEPS)]
    plateau_patience: usize,
    /// The factor of that reduction: 0 to 0.999999
    #[arg(long, value_name = "F", default_value_t = Plateau::default().factor, allow_hyphen_values = true, help_heading = STEPS)]
    plateau_factor: f64,
    /// Steps without a better loss after which a restart ends; 0 runs all steps
    #[arg(long, value_name = "N", default_value_t = SearchConfig::default().patience.unwrap_or(0), allow_hyphen_values = true, help_heading = STEPS)]
    patience: usize,
}

const SOUGHT: &str = "What is sought";
const STARTS: &str = "Where it begins";
const STEPS: &str = "How it goes on";

/// Latent points, `[points][latent]`.
type LatentPoints = Vec<Vec<f64>>;

impl SearchArguments {
    /// Every file that is read, including the checkpoint `model`.
    pub fn inputs<'a>(&'a self, model: &'a Path) -> Vec<&'a Path> {
        let from = self.from.iter().filter_map(PointRef::file);
        self.starts.as_deref().into_iter().chain(from).chain([model]).collect()
    }

    /// True if an objective is given.
    pub fn is_asked(&self) -> bool {
        self.quantity.is_some() || !self.terms.is_empty()
    }

    /// The settings of a search in `model`; reads files with starts.
    ///
    /// # Errors
    /// When no objective is given, a setting is out of range, or a file cannot be read or does not fit.
    pub fn config(&self, model: &Model) -> Result<SearchConfig> {
        let plateau = Plateau {
            patience: self.plateau_patience,
            factor: self.plateau_factor,
            ..Plateau::default()
        };
        let mut config = SearchConfig {
            spec: self.spec(model)?,
            space: self.space,
            steps: self.steps,
            rate: self.lr,
            input_rate: self.input_lr,
            seed: self.seed,
            plateau: Some(plateau),
            patience: Some(self.patience).filter(|&patience| patience > 0),
            ..SearchConfig::default()
        };
        config.restarts = self.restarts.unwrap_or(config.restarts);
        let perturb = self.perturb.unwrap_or(0.0);
        if let Some((points, frames)) = self.given_starts(model)? {
            let rows = points.len();
            config.restarts = match self.restarts {
                // More restarts than rows would be copies without a perturbation.
                _ if perturb == 0.0 => rows,
                Some(restarts) => restarts,
                None => config.restarts.max(rows),
            };
            config.starts = Starts::Around { points, spread: perturb };
            config.frames = frames;
        } else if self.perturb.is_some() {
            return Err(Error::setting(
                "perturb",
                text!("needs --from or --starts, around which to draw"),
            ));
        }
        config.check()?;
        config.plateau = config.plateau.filter(|plateau| plateau.patience > 0);
        Ok(config)
    }

    fn spec(&self, model: &Model) -> Result<ObjectiveSpec> {
        let terms = match (self.quantity, self.mode) {
            (Some(quantity), Some(goal)) => ObjectiveSpec::new(quantity, goal).terms,
            _ if self.terms.is_empty() => {
                return Err(Error::usage(text!(
                    "say what is sought: --property NAME --mode max, or --term NAME:max, once or \
                     several times; --help tells more"
                )));
            }
            _ => self.terms.clone(),
        };
        let spec = ObjectiveSpec {
            terms,
            l2: self.l2,
            align: 0.0,
            inside: 0.0,
            cautious: self.cautious,
            constraints: self.constraints.clone(),
            columns: [&self.locks, &self.bounds, &self.sums]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        };
        let by_heads = self.objective.as_deref() == Some("head");
        let spec = if by_heads { spec.by_heads() } else { spec };
        if spec.cautious && !spec.seeks_prediction() {
            return Err(Error::setting(
                "cautious",
                text!(
                    "is for what a head predicts; what geometry tells is known for certain, so leave it out"
                ),
            ));
        }
        let usual = spec.with_usual_penalties(model);
        let (inside, align) =
            (self.inside.unwrap_or(usual.inside), self.align.unwrap_or(usual.align));
        Ok(ObjectiveSpec { inside, align, ..usual })
    }

    /// The latent points of --starts or --from, `[points][latent]`, and the frames of their shapes; no frames if all
    /// are the identity.
    fn given_starts(
        &self,
        model: &Model,
    ) -> Result<Option<(LatentPoints, Vec<SimilarityTransform>)>> {
        let (z, frames): (LatentPoints, Vec<SimilarityTransform>) = match &self.starts {
            Some(path) => {
                let latents = read_latents(path, model.latent_dim())?;
                (latents.z.iter().map(<[f64]>::to_vec).collect(), latents.frames)
            }
            None if self.from.is_empty() => return Ok(None),
            None => {
                let named = self.from.iter().map(|named| points("from", named, model));
                let all = named.collect::<Result<Vec<_>>>()?.into_iter().flatten();
                all.map(|point| (point.z, point.frame.unwrap_or_default())).unzip()
            }
        };
        let frames =
            if frames.iter().all(SimilarityTransform::is_plain) { Vec::new() } else { frames };
        Ok(Some((z, frames)))
    }
}

/// The best value so far as text; for a penalised search the objective, which never falls, stands before the value.
pub(in crate::cli) fn best_so_far(search: &Search) -> Text {
    let spec = &search.config().spec;
    let Some((_, best)) = search.best() else { return Value::NONE.text() };
    // A failure is told when the report is made.
    let value = spec.shown_at(search.objective().model(), &best.z, best.value);
    let value = value.unwrap_or(Value::NONE);
    if !spec.is_penalised() {
        return value.text();
    }
    let named = value.named(spec.word());
    text!("objective {objective} ({value})", objective = three_digits(-best.loss), value = named)
}

/// A value, with the objective if the search is penalised.
pub(in crate::cli) fn with_objective(value: Text, objective: f64, spec: &ObjectiveSpec) -> Text {
    if spec.is_penalised() {
        text!("{value} (objective {objective})", value, objective = three_digits(objective))
    } else {
        value
    }
}

/// Parses the goal of a single property.
pub(in crate::cli) fn goal(text: &str) -> std::result::Result<Goal, Text> {
    match text {
        "max" => Ok(Goal::Max),
        "min" => Ok(Goal::Min),
        _ => Err(text!("must be max or min; --term NAME:target=V matches a value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command::{Invocation, Verb, parse_from};
    use crate::model::bundled::BUNDLED;
    use crate::optimise::Method;
    use crate::optimise::codegen::command_line;

    /// The settings of a generated command line; its file of starts is written into a folder of the test.
    fn read_back(line: &str, model: &Model, folder: &Path) -> SearchConfig {
        let (points, line) = line.split_once("latent-explorer").unwrap();
        let rows = points.split_whitespace().skip(2).take_while(|word| *word != ">");
        let rows = rows.collect::<Vec<_>>().join("\n");
        let starts = folder.join("starts.csv");
        std::fs::write(&starts, rows).unwrap();
        let line = format!("latent-explorer{line}").replace("starts.csv", starts.to_str().unwrap());
        let words = line.split(' ').map(|word| word.trim_matches('"').into());
        let Invocation::Command(command) = parse_from(words).unwrap() else { panic!("{line}") };
        let Verb::Optimise(arguments) = *command else { panic!("{line}") };
        arguments.config(model).unwrap()
    }

    #[test]
    fn the_command_line_that_is_shown_of_a_search_asks_for_that_search() {
        let folder = tempfile::tempdir().unwrap();
        let model = BUNDLED[0].load().unwrap();
        let terms = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let spec = ObjectiveSpec {
            terms: terms(&["predicted:area:target=2.5:weight=0.5", "predicted:roundness:max"]),
            l2: 0.01,
            align: 0.5,
            inside: 1.0,
            cautious: true,
            constraints: vec!["perimeter<=7".parse().unwrap(), "area>=0.5".parse().unwrap()],
            columns: vec![
                ColumnConstraint::lock("lattice=fcc").unwrap(),
                ColumnConstraint::bound("-1<=d1<=0.5").unwrap(),
                ColumnConstraint::bound("d2<=3").unwrap(),
                ColumnConstraint::sum("a+b=1").unwrap(),
            ],
        };
        let around = |spread| Starts::Around { points: vec![vec![0.5, -1.25]], spread };
        let usual = SearchConfig::default();
        let plateau = Plateau { factor: 0.5, patience: 7, ..Plateau::default() };
        for config in [
            usual.clone(),
            SearchConfig { spec, ..usual.clone() },
            SearchConfig {
                method: Method::CmaEs,
                restarts: 9,
                steps: 30,
                rate: 0.5,
                seed: 4,
                ..usual.clone()
            },
            SearchConfig {
                space: Space::Input,
                input_rate: 0.5,
                plateau: Some(plateau),
                ..usual.clone()
            },
            SearchConfig { plateau: None, patience: None, ..usual.clone() },
            SearchConfig { starts: around(0.25), restarts: 12, ..usual.clone() },
            SearchConfig { starts: around(0.0), restarts: 1, ..usual.clone() },
        ] {
            let line = command_line(&config, &model, "m.safetensors");
            assert_eq!(read_back(&line, &model, folder.path()), config, "{line}");
        }
    }
}
