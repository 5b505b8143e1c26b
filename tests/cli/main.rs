//! The command line as it is used: every verb, the same bytes twice, and every kind of bad input.

#[path = "../common/command_line.rs"]
mod command_line;
mod compare;
mod conventions;
mod depths;
mod export;
mod heads;
mod help;
mod hostile;
#[path = "../common/imported.rs"]
mod imported;
mod maps;
mod optimise;
mod quoted_names;
mod rediscovery;
mod refusals;
#[path = "../common/says.rs"]
mod says;
#[cfg(unix)]
mod signals;
#[path = "../common/steels.rs"]
mod steels;
mod table_pictures;
mod tables;
mod training;
mod walks;
mod without_data;

use command_line::{fail, json, printed, run, run_in, succeed, table, told};
use says::says;
use serde_json::Value;
use std::path::{Path, PathBuf};
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

/// Splits a line at its spaces; `M` is the tiny model, `F/` a folder of the test.
fn words(line: &str, folder: &Path) -> Vec<String> {
    command_line::words(line, folder, &MODEL)
}
