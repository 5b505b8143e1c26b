//! The program as it is run from the command line.
#![allow(dead_code, reason = "each binary of tests uses a part")]

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program with these arguments.
pub fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Output {
    program().args(arguments).output().unwrap()
}

/// Runs a line, split at its spaces, in a folder.
pub fn run_in(folder: &Path, line: &str) -> Output {
    program().args(line.split_whitespace()).current_dir(folder).output().unwrap()
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_latent-explorer"))
}

/// Splits a line at its spaces; `M` is a model, `F/` and `file:F/` begin files in a folder of the test.
pub fn words(line: &str, folder: &Path, model: &Path) -> Vec<String> {
    let word = |word: &str| {
        let (kind, place) =
            word.split_at(if word.starts_with("file:") { "file:".len() } else { 0 });
        match place.strip_prefix("F/") {
            Some(name) => format!("{kind}{}", folder.join(name).display()),
            None if word == "M" => model.display().to_string(),
            None => word.to_owned(),
        }
    };
    line.split_whitespace().map(word).collect()
}

/// Standard output of a run that succeeded.
pub fn printed(output: Output) -> String {
    told(&output);
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a run that succeeded, or of a search without a feasible (3) or a believable answer (4).
pub fn told(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    let status = output.status.code();
    assert!([0, 3, 4].map(Some).contains(&status), "{status:?}: {said}");
    said
}

/// The message of a run that failed: with status 1, or 2 for wrong usage, nothing on standard output and one line.
pub fn refusal(output: Output) -> String {
    let said = String::from_utf8(output.stderr).unwrap();
    assert!([1, 2].map(Some).contains(&output.status.code()), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(said.lines().count(), 1, "{said}");
    said.strip_prefix("latent-explorer: ").expect(&said).strip_suffix('\n').expect(&said).to_owned()
}

/// Runs what must succeed; its standard output.
pub fn succeed<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    printed(run(arguments))
}

/// Runs what must fail; its message.
pub fn fail<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    refusal(run(arguments))
}

/// The cells of a table, its header first.
pub fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path);
    let records = reader.as_mut().unwrap().records();
    records.map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A file as JSON.
pub fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
