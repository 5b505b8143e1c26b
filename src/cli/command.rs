//! The command line as a whole: which verb, with which arguments.

use super::verbs::{
    codec, compare, data, field, heads, info, interpolate, lab, optimise, race, rediscover, render,
    report, sample, sweep, train, walk,
};
use crate::error::{Error, Result};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
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
}

/// See, teach and use optimisation in a latent space
#[derive(Debug, Parser)]
#[command(name = "latent-explorer", version, args_conflicts_with_subcommands = true)]
#[command(long_about = "See, teach and use optimisation in a latent space.\n\n\
    Without a command the window opens. The commands do the same without a window: they read and \
    write files, show their progress on standard error, and end with status 1 and one line on any \
    error. The same files and seeds give the same bytes on one machine.")]
#[command(after_help = "Examples:\n  \
    latent-explorer\n  \
    latent-explorer nine.safetensors\n  \
    latent-explorer train --out nine.safetensors\n  \
    latent-explorer optimise --model nine.safetensors --property roundness --mode max --out best.json\n\n\
    A model file that is named like a command is opened with a path: latent-explorer ./train")]
struct Arguments {
    /// A checkpoint to open in the window [default: the sample model]
    model: Option<PathBuf>,
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
    Optimise(optimise::OptimiseArguments),
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
}

/// Reads the command line of this process. `--help` and `--version` are answered here and end the process.
///
/// # Errors
/// Explains in one line the part that is not understood.
pub fn parse() -> Result<Invocation> {
    parse_from(std::env::args_os())
}

pub(super) fn parse_from(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation> {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { command: Some(command), .. }) => Ok(Invocation::Command(Box::new(command))),
        Ok(Arguments { model: Some(word), .. }) if is_mistyped(&word) => {
            let word = word.display();
            let problem =
                format!("'{word}' is neither a command nor a file; --help lists the commands");
            Err(Error::Usage(problem))
        }
        Ok(Arguments { model, .. }) => Ok(Invocation::Window { model }),
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            error.exit()
        }
        Err(error) => Err(Error::Usage(in_one_line(&error.to_string()))),
    }
}

/// Runs a command.
///
/// # Errors
/// Names the file or the setting that is wrong.
pub fn run(command: &Verb) -> Result<()> {
    match command {
        Verb::Train(arguments) => train::run(arguments),
        Verb::Sweep(arguments) => sweep::run(arguments),
        Verb::Data(arguments) => data::run(arguments),
        Verb::Heads(arguments) => heads::run(arguments),
        Verb::Optimise(arguments) => optimise::run(arguments),
        Verb::Race(arguments) => race::run(arguments),
        Verb::Lab(arguments) => lab::run(arguments),
        Verb::Rediscover(arguments) => rediscover::run(arguments),
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
    }
}

/// True if a word in the place of a model is probably a mistyped command: a bare word that is no existing file.
fn is_mistyped(word: &Path) -> bool {
    let bare = word.extension().is_none() && word.components().count() == 1;
    bare && !word.exists() && !word.starts_with(".")
}

/// Joins the paragraphs of a clap message into one line, without the usage, which `--help` shows better.
fn in_one_line(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let paragraphs =
        message.split("\n\n").map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "));
    let kept: Vec<String> = paragraphs
        .filter(|p| !p.is_empty() && !p.starts_with("Usage:") && !p.starts_with("For more"))
        .collect();
    format!("{}; --help tells more", kept.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse_words(words: &str) -> Result<Invocation> {
        parse_from(words.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
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

    #[test]
    fn misuse_is_told_in_one_line() {
        for (words, part) in [
            ("latent-explorer train", "--out <M.safetensors>"),
            ("latent-explorer train --out m --epochs many", "'--epochs <N>'"),
            ("latent-explorer train --out m --families circle,sqare", "'square'"),
            ("latent-explorer decode --model m --out x.csv", "--z"),
            ("latent-explorer optimize", "'optimize'"),
            ("latent-explorer m.safetensors info m.safetensors", "info"),
        ] {
            let message = parse_words(words).unwrap_err().to_string();
            assert!(message.contains(part) && !message.contains('\n'), "{message}");
        }
    }
}
