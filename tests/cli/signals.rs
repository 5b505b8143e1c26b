//! Signals end a training, a sweep, a search and a race with the best so far, and take the processes that try pictures with them.

use super::*;
use latent_explorer::data::outline::import::{ImportOptions, import};
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::numerics::runtime;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::yield_now;

/// A picture with an arc that takes far longer than any limit.
const ENDLESS: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>\
    <path d='M20 50A30 30 0 0 1 1e38 50L50 90Z'/></svg>";

/// The program that runs a line, with the usual reaction to signals, whatever the tests were begun with.
fn begun(line: &str, folder: &Path) -> (Child, BufReader<ChildStderr>) {
    let mut command = Command::new("env");
    command.args(["--default-signal", env!("CARGO_BIN_EXE_latent-explorer")]);
    let child =
        command.args(words(line, folder)).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    (child, said)
}

/// Sends signals to a process, one after the other.
fn send(signals: &[&str], process: u32) {
    let kill = signals.iter().map(|signal| format!("kill -{signal} {process}"));
    let kill = kill.collect::<Vec<_>>().join(" && ");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Runs a line, sends it signals once it shows progress, and returns its status.
fn interrupted(line: &str, folder: &Path, signals: &[&str]) -> Option<i32> {
    let (mut child, said) = begun(line, folder);
    let mut said = said.lines();
    said.by_ref().map(Result::unwrap).find(|line| line.ends_with(" left")).expect("progress");
    send(signals, child.id());
    // Nothing else is lost: what is said is read to the end.
    said.for_each(|line| drop(line.unwrap()));
    child.wait().unwrap().code()
}

const ENDLESS_TRAINING: &str = "--samples 90 --points 32 --hidden 16 --updates 100000000";

#[test]
fn the_best_so_far_is_written_and_the_status_names_the_signal() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    for (signal, number) in [("TERM", 15), ("HUP", 1)] {
        let line = format!("train {ENDLESS_TRAINING} --out F/{signal}.safetensors");
        assert_eq!(interrupted(&line, folder, &[signal]), Some(128 + number));
        let shown = succeed(&words(&format!("info F/{signal}.safetensors"), folder));
        assert!(shown.contains("100,000,000") || shown.contains("100000000"), "{shown}");
    }

    let search = "--model M --property roundness --mode max --steps 1000000";
    let line = format!("optimise {search} --method random --trajectory none --out F/r.json");
    assert_eq!(interrupted(&line, folder, &["INT"]), Some(128 + 2));
    let report = json(&folder.join("r.json"));
    assert_eq!(report["restarts"][0]["stop_reason"], "cancelled");
    assert!(report["best"].is_number());

    let line = format!("race {search} --methods adam,random --out F/race.csv");
    assert_eq!(interrupted(&line, folder, &["TERM"]), Some(128 + 15));
    assert!(table(&folder.join("race.csv")).len() > 2);
}

#[test]
fn a_second_signal_ends_at_once_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let line = format!("train {ENDLESS_TRAINING} --out F/m.safetensors");
    // Stopped meanwhile, it meets both before it can end by the first one.
    let status = interrupted(&line, folder.path(), &["STOP", "INT", "TERM", "CONT"]);
    assert!([Some(128 + 2), Some(128 + 15)].contains(&status), "{status:?}");
    assert!(!folder.path().join("m.safetensors").exists());
}

#[test]
fn a_sweep_keeps_the_models_that_were_trained() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let betas: Vec<String> = (1..=16).map(|k| format!("0.{k:02}")).collect();
    let line = format!(
        "sweep --samples 90 --points 32 --hidden 16 --updates 4000 --betas {} --models F/models \
         --out F/s.csv",
        betas.join(",")
    );
    let (mut child, said) = begun(&line, folder);
    let is_written = |beta: &String| {
        let file = folder.join(format!("models/beta_{}.safetensors", beta.trim_end_matches('0')));
        std::fs::metadata(file).is_ok_and(|file| file.len() > 0)
    };
    while !is_written(&betas[0]) {
        assert_eq!(child.try_wait().unwrap(), None);
        yield_now();
    }
    send(&["TERM"], child.id());
    said.lines().for_each(|line| drop(line.unwrap()));
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15));
    let rows = table(&folder.join("s.csv")).len() - 1;
    assert!(rows < betas.len(), "{rows}");
    assert_eq!(rows, betas.iter().filter(|beta| is_written(beta)).count());

    let line = format!("sweep {ENDLESS_TRAINING} --betas 1,2 --out F/none.csv");
    assert_eq!(interrupted(&line, folder, &["INT"]), Some(128 + 2));
    assert!(!folder.join("none.csv").exists(), "there is no model yet");
}

/// The processes that try pictures for a process.
#[cfg(target_os = "linux")]
fn trials_of(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name());
    let ids = processes.filter_map(|name| name.to_str()?.parse::<u32>().ok());
    let is_trial = |id: &u32| {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{id}/{file}"));
        let (status, line) = (read("status").unwrap_or_default(), read("cmdline"));
        status.lines().any(|line| line == format!("PPid:\t{parent}"))
            && line.is_ok_and(|line| line.contains("--try-pictures"))
    };
    ids.filter(is_trial).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn an_import_that_is_cancelled_ends_the_trial_of_a_picture() {
    let folder = TempDir::new().unwrap();
    let picture = folder.path().join("endless.svg");
    std::fs::write(&picture, ENDLESS).unwrap();
    runtime::set_program(env!("CARGO_BIN_EXE_latent-explorer").into());
    let (own, cancel) = (std::process::id(), CancelToken::default());
    let options = ImportOptions::default();
    let imported = std::thread::scope(|scope| {
        let task = scope.spawn(|| import(&[picture], &options, &cancel, |_| ()));
        while trials_of(own).is_empty() {
            assert!(!task.is_finished());
            yield_now();
        }
        cancel.cancel();
        task.join().unwrap()
    });
    assert!(imported.unwrap().is_none(), "it was cancelled");
    assert_eq!(trials_of(own), Vec::<u32>::new());
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_is_ended_takes_the_trial_of_a_picture_with_it() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("endless.svg"), ENDLESS).unwrap();
    let (mut child, _said) = begun("data F/endless.svg --out F/out.csv", folder.path());
    let trial = loop {
        assert_eq!(child.try_wait().unwrap(), None);
        if let [trial] = trials_of(child.id())[..] {
            break trial;
        }
        yield_now();
    };
    send(&["KILL"], child.id());
    child.wait().unwrap();
    // Nobody is left to end it: it does so itself.
    let is_running = || {
        let line = std::fs::read_to_string(format!("/proc/{trial}/cmdline"));
        line.is_ok_and(|line| line.contains("--try-pictures"))
    };
    while is_running() {
        yield_now();
    }
}
