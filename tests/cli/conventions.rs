//! Conventions of command lines: standard streams, quiet runs, progress for programs, exit status, completions.

use super::*;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Runs the program with a text on standard input.
fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_latent-explorer"));
    program.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // A program that fails early closes its end.
    let _ = pipe.write_all(input);
    drop(pipe);
    child.wait_with_output().unwrap()
}

#[test]
fn a_dash_is_standard_input_or_output() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("twenty.csv");
    succeed(&["data", "--samples", "20", "--points", "32", "--out", file.to_str().unwrap()]);
    let written = std::fs::read(&file).unwrap();
    let direct = run(&["data", "--samples", "20", "--points", "32", "--out", "-"]);
    assert_eq!(direct.stdout, written);
    assert_eq!(String::from_utf8_lossy(&written).lines().count(), 21);

    let through = run_with_input(&["data", "-", "--points", "32", "--out", "-"], &written);
    told(&through);
    let again = String::from_utf8(through.stdout).unwrap();
    assert_eq!(again.lines().count(), 21, "{again}");
    let picture = run_with_input(&["data", "-", "--points", "32", "--out=-.svg"], &written);
    told(&picture);
    assert!(picture.stdout.starts_with(b"<svg"));

    let model_bytes = std::fs::read(model()).unwrap();
    let info = run_with_input(&["info", "-"], &model_bytes);
    assert!(says(&printed(info), "format 4 .. docs/checkpoint.md"));
    let encoded =
        run_with_input(&["encode", "--model", model(), "--shapes", "-", "--out", "-"], &written);
    assert_eq!(printed(encoded).lines().count(), 21);
    let search = "optimise --model M --property area --mode max --restarts 2 --steps 3 --out -";
    let report = printed(run(&words(search, folder.path())));
    assert!(serde_json::from_str::<Value>(&report).is_ok(), "{report}");

    let twice = refusal_of(&["data", "--out", "-", "-", "--rejects", "-"]);
    assert!(twice.contains("named for two outputs"), "{twice}");
    let empty =
        String::from_utf8(run_with_input(&["data", "-", "--out", "-"], b"").stderr).unwrap();
    assert!(says(&empty, "-: is empty"), "{empty}");
}

fn refusal_of(arguments: &[&str]) -> String {
    command_line::refusal(run_with_input(arguments, b""))
}

#[test]
fn progress_is_for_people_for_programs_or_for_nobody() {
    let folder = TempDir::new().unwrap();
    let line =
        |more: &str| run(&words(&format!("data --samples 90 --out F/d.csv {more}"), folder.path()));
    assert!(told(&line("")).contains("wrote 90 outlines"));
    for quiet in ["--quiet", "-q", "--progress none"] {
        assert_eq!(told(&line(quiet)), "", "{quiet}");
    }
    let said = told(&line("--progress json"));
    let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "done");
    assert!(last["text"].as_str().unwrap().contains("90 outlines"), "{said}");
    assert!(said.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{said}");
    let refused = run(&words("data --samples 0 --out F/e.csv --quiet", folder.path()));
    assert!(says(&command_line::refusal(refused), "samples: .. 1 .. 1000000 .. 0"));
}

#[test]
fn the_exit_status_tells_what_went_wrong() {
    let folder = TempDir::new().unwrap();
    let search =
        "optimise --model M --property area --mode max --restarts 2 --steps 3 --out F/r.json";
    let race = "race --model M --property area --mode max --out F/race.csv";
    for (line, status) in [
        ("info M".to_owned(), 0),
        ("info F/none.safetensors".to_owned(), 1),
        ("info".to_owned(), 2),
        ("data --out F/d.csv --points 3".to_owned(), 2),
        (format!("{search} --constraint area>=1000"), 3),
        ("optimise --model M --property area --mode max --restarts 2 --steps 300 --inside 0 --lr 0.5 \
          --out F/r.json"
            .to_owned(), 4),
        (format!("{race} --restarts 2 --steps 3 --constraint area>=1000"), 3),
        (format!("{race} --restarts 2 --steps 300 --inside 0 --lr 0.5 --methods adam"), 4),
        (format!("{race} --restarts 10 --steps 200 --inside 10 --methods adam,random"), 0),
        ("rediscover --model M --property area --parts a --repeats 1 --restarts 1 --steps 1 \
          --out F/found.json"
            .to_owned(), 4),
        ("rediscover --model M --property area --parts c --repeats 1 --out F/c.json".to_owned(), 0),
    ] {
        let output = run(&words(&line, folder.path()));
        assert_eq!(output.status.code(), Some(status), "{line}: {output:?}");
    }
    for file in ["r.json", "race.csv", "found.json"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
}

#[test]
fn completions_and_manual_pages_have_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = succeed(&["completions", shell]);
        assert!(["optimise", "interpolate", "--restarts"].iter().all(|word| script.contains(word)));
    }
    let page = succeed(&["man"]);
    assert!(page.contains(".TH latent") && page.contains("optimise"), "{page}");
    let of_verb = succeed(&["man", "optimise"]);
    assert!(of_verb.contains("restarts") && of_verb.contains("optimise"), "{of_verb}");
    let unknown = fail(&["man", "optimize"]);
    assert!(says(&unknown, "'optimize' .. 'optimise'"), "{unknown}");
    assert!(says(&fail(&["trian"]), "'trian' .. 'train'"));
}
