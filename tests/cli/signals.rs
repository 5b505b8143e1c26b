//! Signals end a training, a search and a race with the best so far.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Runs a line, sends it a signal once it shows progress, and returns its status.
fn interrupted(line: &str, folder: &Path, signal: &str) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latent-explorer"));
    let child =
        command.args(words(line, folder)).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    said.by_ref().map(Result::unwrap).find(|line| line.ends_with(" left")).expect("progress");
    let kill = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    assert!(kill.unwrap().success());
    // Nothing else is lost: what is said is read to the end.
    said.for_each(|line| drop(line.unwrap()));
    child.wait().unwrap().code()
}

#[test]
fn the_best_so_far_is_written_and_the_status_names_the_signal() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let line =
        "train --samples 90 --points 32 --hidden 16 --updates 100000000 --out F/m.safetensors";
    assert_eq!(interrupted(line, folder, "TERM"), Some(128 + 15));
    let shown = succeed(&words("info F/m.safetensors", folder));
    assert!(shown.contains("100,000,000") || shown.contains("100000000"), "{shown}");

    let search = "--model M --property roundness --mode max --steps 1000000";
    let line = format!("optimise {search} --method random --trajectory none --out F/r.json");
    assert_eq!(interrupted(&line, folder, "INT"), Some(128 + 2));
    let report = json(&folder.join("r.json"));
    assert_eq!(report["restarts"][0]["stop_reason"], "cancelled");
    assert!(report["best"].is_number());

    let line = format!("race {search} --methods adam,random --out F/race.csv");
    assert_eq!(interrupted(&line, folder, "TERM"), Some(128 + 15));
    assert!(table(&folder.join("race.csv")).len() > 2);
}
