//! The command line as it is used: every verb, the same bytes twice, and every kind of bad input.

mod compare;
mod depths;
mod export;
mod heads;
mod help;
mod maps;
mod optimise;
mod rediscovery;
mod refusals;
#[path = "../common/says.rs"]
mod says;
mod training;
mod walks;

use says::says;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

/// A model of 90 shapes after sixty epochs, trained once for all tests.
static MODEL: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tiny.safetensors");
    succeed(&train(&path));
    path
});

fn model() -> &'static str {
    MODEL.to_str().unwrap()
}

/// The arguments of a training that takes a moment.
fn train(out: &Path) -> Vec<String> {
    let words = "train --samples 90 --epochs 60 --points 32 --hidden 16 --seed 3 --out";
    words.split(' ').map(str::to_owned).chain([out.display().to_string()]).collect()
}

fn run<S: AsRef<str>>(arguments: &[S]) -> Output {
    let program = env!("CARGO_BIN_EXE_latent-explorer");
    Command::new(program).args(arguments.iter().map(AsRef::as_ref)).output().unwrap()
}

fn succeed<S: AsRef<str>>(arguments: &[S]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs what must fail with status 1, nothing on standard output and one line; returns that line.
fn fail<S: AsRef<str>>(arguments: &[S]) -> String {
    let output = run(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.ends_with('\n'), "{message}");
    message.strip_prefix("latent-explorer: ").expect(&message).trim_end().to_owned()
}

/// Splits a command at its spaces; `M` is the tiny model, `F/` a folder of the test.
fn words(line: &str, folder: &Path) -> Vec<String> {
    let word = |word: &str| match word.strip_prefix("F/") {
        Some(name) => folder.join(name).display().to_string(),
        None if word == "M" => model().to_owned(),
        None => word.to_owned(),
    };
    line.split(' ').map(word).collect()
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}
