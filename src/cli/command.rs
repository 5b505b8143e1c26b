//! The command line as a whole: which verb, with which arguments.

use super::misuse;
use super::outcome::CommandOutcome;
use super::progress::{self, ProgressForm};
use super::verbs::explore::{codec, field, info, interpolate, predict, sample, walk};
use super::verbs::keep::{render, report};
use super::verbs::learn::{compare, data, heads, sweep, train};
use super::verbs::optimise::{lab, race, rediscover, search};
use super::verbs::{completions, man};
use crate::data::outline::import::formats::trial;
use crate::error::{Error, Result};
use crate::text;
use crate::text::{Language, suggestion};
use clap::builder::StyledStr;
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The request of the command line.
#[derive(Debug)]
pub enum Invocation {
    /// Opens the window, with a model if one is given.
    Window {
        /// The checkpoint to open.
        model: Option<PathBuf>,
    },
    /// Runs one command and exits.
    Command(Box<Verb>),
    /// Tries pictures for the program that has begun this one, see [`trial`].
    PictureTrial,
}

/// See, teach and use optimisation in a latent space
#[derive(Debug, Parser)]
#[command(name = "latent-explorer", version, args_conflicts_with_subcommands = true)]
#[command(long_about = "See, teach and use optimisation in a latent space.\n\n\
    Without a command the window opens. The commands do the same without a window: they read and \
    write files, show their progress on standard error, and end with one line on any error. The name - \
    stands for standard input or standard output wherever a file is named. The same files and seeds \
    give the same bytes on one machine.")]
#[command(after_help = "Examples:\n  \
    latent-explorer\n  \
    latent-explorer nine.safetensors\n  \
    latent-explorer train --out nine.safetensors\n  \
    latent-explorer optimise --model nine.safetensors --property roundness --mode max --out best.json\n\n\
    A model file that is named like a command is opened with a path: latent-explorer ./train\n\n\
    Exit status:\n  \
    0  done\n  \
    1  a file, or a computation, is at fault\n  \
    2  wrong usage: an argument is unknown, missing, or out of its range\n  \
    3  searches (optimise, race) met no feasible point\n  \
    4  searches (optimise, race, rediscover) found answers, and none is believable")]
struct Arguments {
    /// A checkpoint to open in the window [default: the sample model]
    model: Option<PathBuf>,
    /// Show neither progress nor notes, only errors
    #[arg(short, long, global = true, help_heading = "Reporting")]
    quiet: bool,
    /// The form of progress and notes on standard error
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        default_value = "text",
        help_heading = "Reporting"
    )]
    progress: ProgressForm,
    #[command(subcommand)]
    command: Option<Verb>,
}

/// A command with its arguments.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Generate outlines and train a model on them
    Train(Box<train::TrainArguments>),
    /// Train a model for each of several betas and compare the results
    Sweep(Box<sweep::SweepArguments>),
    /// Generate outlines, or import your own, and write them as a table
    Data(data::DataArguments),
    /// Train heads that predict properties for an existing model
    Heads(heads::HeadsArguments),
    /// Optimise a property from many starts and assess the answers
    Optimise(search::OptimiseArguments),
    /// Predict the targets of new rows of a table
    Predict(predict::PredictArguments),
    /// Compare several methods from the same starts with the same budget
    Race(race::RaceArguments),
    /// Compare lab results of candidates with the predictions, and add them to the data of the next training
    Lab(lab::LabArguments),
    /// Test if a search in the model finds shapes that are known already
    Rediscover(rediscover::RediscoverArguments),
    /// Turn latent vectors into outlines
    Decode(codec::DecodeArguments),
    /// Turn outlines into latent vectors
    Encode(codec::EncodeArguments),
    /// Morph one shape into another, through the latent and point by point
    Interpolate(interpolate::InterpolateArguments),
    /// Follow a latent path while the shape morphs
    Walk(walk::WalkArguments),
    /// Sample new shapes and assess them
    Sample(sample::SampleArguments),
    /// Write a property over the map as a table
    Field(field::FieldArguments),
    /// Draw the map, curves, or a film of a search or a training
    Render(render::RenderArguments),
    /// Compare the metrics of several models
    Compare(compare::CompareArguments),
    /// Explain a model, and an answer that was found in it, in one file
    Report(report::ReportArguments),
    /// Show what a model is and how it was trained
    Info(info::InfoArguments),
    /// Print the completions of a shell
    Completions(completions::CompletionsArguments),
    /// Print the manual page of the program or of a command
    Man(man::ManArguments),
}

/// Reads the command line of this process. `--help` and `--version` are answered here and end the process.
///
/// # Errors
/// Explains in one line the part that is not understood.
pub fn parse() -> Result<Invocation> {
    match std::env::args_os().nth(1) {
        Some(first) if first == trial::ARGUMENT => Ok(Invocation::PictureTrial),
        _ => parse_from(std::env::args_os()),
    }
}

pub(super) fn parse_from(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation> {
    match understand(arguments) {
        Ok(Arguments { command: Some(command), quiet, progress, .. }) => {
            progress::report_as(if quiet { ProgressForm::None } else { progress });
            Ok(Invocation::Command(Box::new(command)))
        }
        Ok(Arguments { model: Some(word), .. }) if is_mistyped(&word) => {
            let word = word.display().to_string();
            let verbs: Vec<String> =
                tree().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
            Err(Error::usage(text!(
                "'{word}' is neither a command nor a file; {similar}; --help lists the commands",
                similar = suggestion(&word, &verbs),
                word
            )))
        }
        Ok(Arguments { model, .. }) => Ok(Invocation::Window { model }),
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            error.exit()
        }
        Err(error) => Err(Error::usage(misuse::explain(&error))),
    }
}

/// Parses the words of a command line, with the help in the language of the program.
fn understand(
    arguments: impl IntoIterator<Item = OsString>,
) -> std::result::Result<Arguments, clap::Error> {
    let mut command = match text::language() {
        Language::English => Arguments::command(),
        _ => reworded(tree(), &mut text::words_for),
    };
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    Arguments::from_arg_matches_mut(&mut matches)
}

/// Every English paragraph, label and heading of the help of all commands, sorted: the keys of its translations.
pub fn help_texts() -> Vec<String> {
    let mut found = BTreeSet::new();
    reworded(tree(), &mut |english: &str| {
        found.insert(english.to_owned());
        None
    });
    found.into_iter().collect()
}

/// All commands with their arguments, those that clap adds included.
fn tree() -> Command {
    let mut command = Arguments::command();
    command.build();
    command
}

/// The command and those below it with other words in their help: `words` gives those for an English text, if there
/// are any.
fn reworded(mut command: Command, words: &mut impl FnMut(&str) -> Option<&'static str>) -> Command {
    type Part = (fn(&Command) -> Option<&StyledStr>, fn(Command, String) -> Command);
    let parts: [Part; 6] = [
        (Command::get_about, |command, text| command.about(text)),
        (Command::get_long_about, |command, text| command.long_about(text)),
        (Command::get_before_help, |command, text| command.before_help(text)),
        (Command::get_before_long_help, |command, text| command.before_long_help(text)),
        (Command::get_after_help, |command, text| command.after_help(text)),
        (Command::get_after_long_help, |command, text| command.after_long_help(text)),
    ];
    for (get, set) in parts {
        if let Some(text) = get(&command).and_then(|english| in_paragraphs(english, words)) {
            command = set(command, text);
        }
    }
    if let Some(heading) = words("Commands") {
        command = command.subcommand_help_heading(heading);
    }
    if let Some(usage) = words("Usage:") {
        command = command.help_template(format!(
            "{{before-help}}{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}"
        ));
    }
    command.mut_args(|arg| reworded_arg(arg, words)).mut_subcommands(|one| reworded(one, words))
}

/// As [`reworded`], for an argument.
fn reworded_arg(mut arg: Arg, words: &mut impl FnMut(&str) -> Option<&'static str>) -> Arg {
    type Part = (fn(&Arg) -> Option<&StyledStr>, fn(Arg, String) -> Arg);
    let parts: [Part; 2] = [
        (Arg::get_help, |arg, text| arg.help(text)),
        (Arg::get_long_help, |arg, text| arg.long_help(text)),
    ];
    for (get, set) in parts {
        if let Some(text) = get(&arg).and_then(|english| in_paragraphs(english, words)) {
            arg = set(arg, text);
        }
    }
    let usual = if arg.is_positional() { "Arguments" } else { "Options" };
    if let Some(heading) = words(arg.get_help_heading().unwrap_or(usual)) {
        arg = arg.help_heading(heading);
    }
    with_values(arg, words)
}

/// Other words for a text of paragraphs, each of which is a key; one without other words stays.
fn in_paragraphs(
    english: &StyledStr,
    words: &mut impl FnMut(&str) -> Option<&'static str>,
) -> Option<String> {
    let english = english.to_string();
    let all: Vec<(&str, Option<&str>)> =
        english.split("\n\n").map(|paragraph| (paragraph, words(paragraph))).collect();
    let is_changed = all.iter().any(|(_, other)| other.is_some());
    let shown = all.iter().map(|(paragraph, other)| other.unwrap_or(paragraph));
    is_changed.then(|| shown.collect::<Vec<_>>().join("\n\n"))
}

/// The argument with its possible values in its help. Clap takes their help from their type, where it cannot be
/// replaced: they are hidden there.
fn with_values(arg: Arg, words: &mut impl FnMut(&str) -> Option<&'static str>) -> Arg {
    let values = arg.get_possible_values();
    let mut is_changed = false;
    let lines = values.iter().filter_map(|value| {
        let english = value.get_help()?.to_string();
        let translation = words(&english);
        is_changed |= translation.is_some();
        Some(format!("- {}: {}", value.get_name(), translation.unwrap_or(&english)))
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    let (before, brief) = (words("Possible values:"), words("possible values:"));
    if !is_changed {
        return arg;
    }
    let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let long = arg.get_long_help().map_or_else(|| help.clone(), ToString::to_string);
    let (before, brief) =
        (before.unwrap_or("Possible values:"), brief.unwrap_or("possible values:"));
    arg.help(format!("{help} [{brief} {}]", names.join(", ")))
        .long_help(format!("{long}\n\n{before}\n{lines}"))
        .hide_possible_values(true)
}

/// Runs a command.
///
/// # Errors
/// Names the file or the setting that is wrong.
pub fn run(command: &Verb) -> Result<CommandOutcome> {
    let result = match command {
        Verb::Train(arguments) => train::run(arguments),
        Verb::Sweep(arguments) => sweep::run(arguments),
        Verb::Data(arguments) => data::run(arguments),
        Verb::Heads(arguments) => heads::run(arguments),
        Verb::Optimise(arguments) => return search::run(arguments),
        Verb::Predict(arguments) => predict::run(arguments),
        Verb::Race(arguments) => return race::run(arguments),
        Verb::Lab(arguments) => lab::run(arguments),
        Verb::Rediscover(arguments) => return rediscover::run(arguments),
        Verb::Decode(arguments) => codec::decode(arguments),
        Verb::Encode(arguments) => codec::encode(arguments),
        Verb::Interpolate(arguments) => interpolate::run(arguments),
        Verb::Walk(arguments) => walk::run(arguments),
        Verb::Sample(arguments) => sample::run(arguments),
        Verb::Compare(arguments) => compare::run(arguments),
        Verb::Field(arguments) => field::field(arguments),
        Verb::Render(arguments) => render::run(arguments),
        Verb::Report(arguments) => report::run(arguments),
        Verb::Info(arguments) => info::run(arguments),
        Verb::Completions(arguments) => completions::run(arguments, Arguments::command()),
        Verb::Man(arguments) => man::run(arguments, Arguments::command()),
    };
    result.map(|()| CommandOutcome::Done)
}

/// Tries pictures until there are none any more.
///
/// # Errors
/// When the program that sends them has ended.
pub fn try_pictures() -> Result<()> {
    let standard_input = text!("standard input").to_string();
    trial::serve().map_err(|error| Error::io(Path::new(&standard_input), &error))
}

/// True if a word in the place of a model is probably a mistyped command: a bare word that is no existing file.
fn is_mistyped(word: &Path) -> bool {
    let bare = word.extension().is_none() && word.components().count() == 1;
    bare && !word.exists() && !word.starts_with(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;
    use std::error::Error as _;
    use std::num::{ParseFloatError, ParseIntError};

    fn parse_words(words: &str) -> Result<Invocation> {
        parse_from(words.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn help_is_reworded_everywhere() {
        let texts = help_texts();
        for part in [
            "The checkpoint",
            "Task heads",
            "Its size: a unit RMS radius",
            "Show what a model is and how it was trained",
        ] {
            assert!(texts.iter().any(|text| text == part), "{part}");
        }
        let mut all = reworded(tree(), &mut |_: &str| Some("XX"));
        let render = all.find_subcommand_mut("render").unwrap();
        for help in [render.render_help().to_string(), render.render_long_help().to_string()] {
            for part in ["XX", "light", "shapes", "--model", "M.safetensors"] {
                assert!(help.contains(part), "{part} in {help}");
            }
            for left in ["Usage", "Options", "checkpoint", "paper", "Print"] {
                assert!(!help.contains(left), "{left} in {help}");
            }
        }
        all.debug_assert();
    }

    #[test]
    fn without_a_command_the_window_opens() {
        let model = |words| match parse_words(words) {
            Ok(Invocation::Window { model }) => model,
            other => panic!("{other:?}"),
        };
        assert_eq!(model("latent-explorer"), None);
        assert_eq!(model("latent-explorer m.safetensors"), Some("m.safetensors".into()));
        assert_eq!(model("latent-explorer ./train"), Some("./train".into()));
    }

    /// Kinds of errors without a sentence of their own come of settings that no command has.
    #[test]
    fn no_command_causes_an_error_without_a_sentence() {
        let root = tree();
        for command in [&root].into_iter().chain(root.get_subcommands()) {
            assert!(!command.is_subcommand_required_set(), "{command}");
            assert!(!command.is_arg_required_else_help_set(), "{command}");
            for arg in command.get_arguments() {
                let values = arg.get_num_args().unwrap();
                let is_fixed = values.min_values() == values.max_values();
                assert!(!arg.is_require_equals_set(), "{command} {arg}");
                assert!(!is_fixed || values.max_values() <= 1, "{command} {arg}");
            }
        }
    }

    #[test]
    fn each_refusal_of_a_value_has_a_reason_that_can_be_translated() {
        let root = tree();
        let mut refused = 0;
        for command in root.get_subcommands() {
            for name in command.get_arguments().filter_map(Arg::get_long) {
                for value in ["?", "-1", &"9".repeat(40)] {
                    let line =
                        ["latent-explorer", command.get_name(), &format!("--{name}={value}")];
                    let Err(error) = root.clone().try_get_matches_from(line) else { continue };
                    if error.kind() == ErrorKind::ValueValidation {
                        let reason = error.source().unwrap();
                        assert!(
                            reason.is::<Text>()
                                || reason.is::<ParseIntError>()
                                || reason.is::<ParseFloatError>(),
                            "{line:?}: {reason}"
                        );
                        refused += 1;
                    }
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }
}
