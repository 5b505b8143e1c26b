//! The command line as it is used: every verb, the same bytes twice, and every kind of bad input.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

#[path = "cli/depths.rs"]
mod depths;
#[path = "cli/rediscovery.rs"]
mod rediscovery;
#[path = "cli/walks.rs"]
mod walks;

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

#[test]
fn help_and_version_end_well() {
    let help = succeed(&["--help"]);
    let verbs =
        ["train", "heads", "optimise", "race", "decode", "encode", "field", "render", "info"];
    for verb in verbs.into_iter().chain(["interpolate", "walk", "sample", "report", "lab"]) {
        assert!(help.contains(verb), "{verb}");
        let of_verb = succeed(&[verb, "--help"]);
        assert!(of_verb.contains("Example") && of_verb.contains(&format!("explorer {verb}")));
    }
    assert!(succeed(&["--version"]).starts_with("latent-explorer "));
}

#[test]
fn training_leaves_a_model_its_losses_and_its_data() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let [model, history, data] = ["m.safetensors", "h.csv", "d.csv"].map(path);
    let mut arguments = train(&model);
    arguments.extend(words("--history F/h.csv --data-out F/d.csv", folder.path()));
    succeed(&arguments);
    let losses = table(&history);
    assert_eq!(
        losses[0].join(","),
        "epoch,updates,total,reconstruction,kl,held_out_reconstruction,held_out_kl"
    );
    assert_eq!((losses.len(), losses[2][0].as_str()), (61, "2"));
    assert_eq!(losses[2][1], "6", "three batches an epoch");
    let total: f64 = losses[2][2].parse().unwrap();
    let parts: [f64; 2] = [3, 4].map(|k| losses[2][k].parse().unwrap());
    assert!((total - parts[0] - 0.1 * parts[1]).abs() < 1e-4 * total, "total is the sum");
    let outlines = table(&data);
    assert_eq!((outlines.len(), outlines[1].len()), (91, 65));
    assert_eq!(outlines[0][..4], ["label", "x0", "y0", "x1"]);

    // The data can be encoded as they were written.
    let line = "encode --shapes F/d.csv --out F/z.csv --model F/m.safetensors";
    succeed(&words(line, folder.path()));
    assert_eq!(table(&path("z.csv"))[0].join(","), "mu0,mu1,log_var0,log_var1");
    assert_eq!(table(&path("z.csv")).len(), 91);
}

#[test]
fn info_tells_what_a_model_is() {
    let text = succeed(&["info", model()]);
    for part in ["circle, ellipse", "90 outlines of 32 points", "beta 0.1", "decoder.1", "z1 from"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let json: Value = serde_json::from_str(&succeed(&["info", model(), "--json"])).unwrap();
    assert_eq!(json["samples"], 90);
    assert_eq!(json["latent"], 2);
    assert_eq!(json["losses"]["epoch"], 60);
    assert_eq!(json["training"]["seed"], 3);
    assert_eq!(json["source"]["outlines"]["seed"], 3, "one seed for all");
    assert_eq!(json["bytes"], std::fs::metadata(model()).unwrap().len());
}

#[test]
fn heads_are_trained_along_and_afterwards_and_info_lists_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("m.safetensors");
    let mut along = train(&path);
    let more = "--heads area,roundness --head-widths 8,4 --head-weight 0.5 --history F/h.csv";
    along.extend(words(more, folder.path()));
    let output = run(&along);
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    let last = said.lines().last().unwrap();
    assert!(last.contains("held out: roundness R2 ") && last.contains("; area R2 "), "{last}");
    let losses = table(&folder.path().join("h.csv"));
    assert_eq!(losses[0][7..], ["heads", "held_out_heads"]);
    let total: f64 = losses[2][2].parse().unwrap();
    let parts: [f64; 3] = [3, 4, 7].map(|k| losses[2][k].parse().unwrap());
    assert!((total - parts[0] - 0.1 * parts[1] - 0.5 * parts[2]).abs() < 1e-4 * total);

    // Without --out the file itself is written again; roundness gets a new head.
    let before = std::fs::read(&path).unwrap();
    let line = "heads --model F/m.safetensors --property perimeter,roundness --widths 5 --epochs 2";
    let output = run(&words(line, folder.path()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stderr).unwrap();
    let last = said.lines().last().unwrap();
    for part in ["held out: roundness R2 ", "RMSE", "; perimeter R2 ", "m.safetensors in "] {
        assert!(last.contains(part), "{part} in {last}");
    }
    assert!(!last.contains("area") && std::fs::read(&path).unwrap() != before);
    let info = |line: &str| succeed(&words(line, folder.path()));
    let json: Value = serde_json::from_str(&info("info F/m.safetensors --json")).unwrap();
    let heads: Vec<_> = json["heads"].as_array().unwrap().iter().collect();
    let of = |key: &str| heads.iter().map(|head| head[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("property"), ["roundness", "area", "perimeter"]);
    assert_eq!(of("trained"), ["afterwards", "joint", "afterwards"]);
    assert_eq!(of("measured"), ["held out"; 3]);
    assert_eq!(heads[1]["widths"], serde_json::json!([8, 4]));
    assert!(heads.iter().all(|h| h["r2"].is_f64() && h["rmse"].as_f64().unwrap() > 0.0));
    assert_eq!(json["training"]["heads"], serde_json::json!(["area", "roundness"]));
    let text = info("info F/m.safetensors");
    assert!(text.contains("area          5 x 2 -> 8 -> 4 -> 1, joint: R2 "), "{text}");
    assert!(text.contains("perimeter     5 x 2 -> 5 -> 1, afterwards: R2 "), "{text}");

    // A search can climb what a head predicts now; the model it came from still could not.
    let copy = "heads --model M --property area --epochs 1 --seed 7 --out F/copy.safetensors";
    let before = std::fs::read(model()).unwrap();
    for _ in 0..2 {
        succeed(&words(copy, folder.path()));
        let again = std::fs::read(folder.path().join("copy.safetensors")).unwrap();
        let known = std::fs::read(folder.path().join("first")).unwrap_or(again.clone());
        assert!(again == known, "the same seed, the same bytes");
        std::fs::write(folder.path().join("first"), again).unwrap();
    }
    assert!(std::fs::read(model()).unwrap() == before, "it was only read");
}

#[test]
fn a_damaged_head_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("m.safetensors");
    let line = "heads --model M --property area --widths 5 --epochs 1 --out F/m.safetensors";
    succeed(&words(line, folder.path()));
    let whole = std::fs::read(&path).unwrap();
    for (from, to, part) in [
        ("\"shape\":[5,2]", "\"shape\":[2,5]", "'head.area.0.weight' is F32 [2, 5]"),
        ("head.area.1.bias", "head.area.7.bias", "is missing"),
        ("\\\"scale\\\":0.", "\\\"scale\\\":-1", "the head for area do not fit"),
        (
            "\\\"property\\\":\\\"area\\\"",
            "\\\"property\\\":\\\"aria\\\"",
            "a head for aria, of which its data know nothing",
        ),
        ("\\\"rmse\\\":0.", "\\\"rmse\\\":-1", "the errors of its head for area"),
    ] {
        assert_eq!(from.len(), to.len());
        let mut bytes = whole.clone();
        let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).expect(from);
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        std::fs::write(&path, &bytes).unwrap();
        for line in ["info F/m.safetensors", "heads --model F/m.safetensors --property area"] {
            let message = fail(&words(line, folder.path()));
            assert!(message.contains("m.safetensors") && message.contains(part), "{message}");
        }
        assert!(std::fs::read(&path).unwrap() == bytes, "it is left alone");
    }
}

#[test]
fn decoding_takes_vectors_from_words_and_from_a_file() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("z.csv"), "z0,z1\n-0.1,-0.3\n1,2\n").unwrap();
    for line in [
        "decode --model M --z -0.1,-0.3 --z 1,2 --out F/words.csv",
        "decode --model M --z-file F/z.csv --out F/file.csv",
    ] {
        succeed(&words(line, folder.path()));
    }
    let of_words = table(&folder.path().join("words.csv"));
    assert_eq!(of_words, table(&folder.path().join("file.csv")));
    assert_eq!((of_words.len(), of_words[0].len()), (3, 64));
}

#[test]
fn a_search_writes_every_restart() {
    let folder = TempDir::new().unwrap();
    let line = "optimise --model M --property roundness --mode max --restarts 4 --steps 6 \
                --trajectory every:4 --out F/r.json";
    succeed(&words(line, folder.path()));
    let report: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(report["format"], 4);
    assert_eq!(report["config"]["restarts"], 4);
    assert_eq!(report["stride"], 4, "no more is kept than is written");
    assert_eq!(
        (&report["values"], &report["gradients"]),
        (&Value::from(4 * 7), &Value::from(4 * 7))
    );
    let best = report["best"].as_u64().unwrap() as usize - 1;
    let restarts = report["restarts"].as_array().unwrap();
    assert_eq!(restarts.len(), 4);
    let value = |restart: &Value| restart["value_best"].as_f64().unwrap();
    assert!(restarts.iter().all(|restart| value(restart) <= value(&restarts[best])));
    for restart in restarts {
        assert_eq!(restart["stop_reason"], "steps_done");
        assert_eq!(restart["trajectory"].as_array().unwrap().len(), 3, "0, 4 and the last");
        assert_eq!(restart["values"].as_array().unwrap().len(), 3);
        assert_eq!(restart["decoded"].as_array().unwrap().len(), 64);
        assert_eq!(restart["trajectory"][0], restart["start"]);
    }
}

#[test]
fn a_search_names_hills_and_candidates() {
    let folder = TempDir::new().unwrap();
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let search = "optimise --model M --property perimeter --mode min --restarts 6 --steps 30";
    let line = format!("{search} --out F/r.json --candidates 3 --candidates-out F/c.csv");
    succeed(&words(&line, folder.path()));
    let report = read("r.json");
    let hills = report["hills"]["all"].as_array().unwrap();
    let members = hills.iter().map(|hill| hill["members"].as_array().unwrap().len());
    assert!(members.sum::<usize>() == 6 && hills[0]["top"] == report["best"]);
    let candidates = report["candidates"].as_array().unwrap();
    assert!(candidates.len() <= 3);
    let rows = table(&folder.path().join("c.csv"));
    assert_eq!(rows.len(), 1 + candidates.len());
    assert_eq!(rows[0][0], "id");
    for (row, candidate) in rows[1..].iter().zip(candidates) {
        assert_eq!((row[0].as_str(), row.len()), (candidate["id"].as_str().unwrap(), 65));
        assert_eq!(row[1].parse::<f64>().unwrap(), candidate["outline"][0].as_f64().unwrap());
        assert_eq!(candidate["trust"]["belief"], "believable");
        assert!(
            candidate["predicted"].is_number() && candidate["measured"] == serde_json::json!([])
        );
    }
    let line = format!("{search} --out F/r.json --candidates 3 --candidates-out F/c.json");
    succeed(&words(&line, folder.path()));
    assert_eq!(read("c.json"), report["candidates"]);
    for (line, part) in [
        ("--candidates 0", "candidates: must be between 1 and 1000, not 0"),
        ("--candidates 3 --candidates-out F/c.txt", "c.txt: must end in .csv"),
        ("--candidates 3 --candidates-out F/r.json", "is named for two outputs"),
        ("--candidates-out F/c.csv", "--candidates"),
    ] {
        let message = fail(&words(&format!("{search} --out F/r.json {line}"), folder.path()));
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn a_search_can_start_from_a_file() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("z.csv"), "0.25,-0.5\n1,1\n").unwrap();
    let line = "optimise --model M --property area --mode min --restarts 9 --steps 2 \
                --starts F/z.csv --out F/r.json";
    succeed(&words(line, folder.path()));
    let report: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(report["config"]["restarts"], 2);
    assert_eq!(report["restarts"][0]["start"], serde_json::json!([0.25, -0.5]));
    let values: Vec<f64> = serde_json::from_value(report["restarts"][0]["values"].clone()).unwrap();
    assert!(values[2] < values[0], "the area shrinks: {values:?}");
}

/// Runs `optimise` on the tiny model; its report and what it said on standard error.
fn optimise(line: &str, folder: &Path) -> (Value, String) {
    let output = run(&words(&format!("optimise --model M {line} --out F/r.json"), folder));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{line}: {said}");
    let bytes = std::fs::read(folder.join("r.json")).unwrap();
    (serde_json::from_slice(&bytes).unwrap(), said)
}

fn numbers(value: &Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn an_aim_of_many_terms_is_their_weighted_sum() {
    let folder = TempDir::new().unwrap();
    let line = "--term roundness:max --term area:target=2.5:weight=0.5 --term perimeter:min:weight=0.1 \
                --l2 0.25 --restarts 3 --steps 4";
    let (report, said) = optimise(line, folder.path());
    let aim = &report["config"]["aim"];
    assert_eq!(aim["terms"].as_array().unwrap().len(), 3);
    assert_eq!(aim["terms"][1]["goal"]["target"], 2.5);
    assert_eq!((&aim["terms"][1]["weight"], &aim["l2"]), (&0.5.into(), &0.25.into()));
    let number = |value: &Value| value.as_f64().unwrap();
    for restart in report["restarts"].as_array().unwrap() {
        let terms = restart["terms"].as_array().unwrap();
        let names: Vec<&str> = terms.iter().map(|t| t["property"].as_str().unwrap()).collect();
        assert_eq!(names, ["roundness", "area", "perimeter"]);
        assert!(terms.iter().all(|term| term["predicted"].is_null()), "the model has no heads");
        let score = |key: &str| {
            let [r, a, p] = [0, 1, 2].map(|k| number(&terms[k][key]));
            r - 0.5 * (a - 2.5).powi(2) - 0.1 * p
        };
        let best = number(&restart["value_best"]);
        assert!((score("measured") - best).abs() < 1e-4, "{best} and {}", score("measured"));
        assert!((score("measured") - number(&restart["measured"])).abs() < 1e-12);
        assert!((score("returned") - number(&restart["returned"])).abs() < 1e-12);
        let far: f64 = numbers(&restart["z_best"]).iter().map(|z| z * z).sum();
        assert!((number(&restart["loss_best"]) + best - 0.25 * far).abs() < 1e-4);
        let gain = number(&restart["measured"]) - number(&report["best_in_data"]["value"]);
        assert!((number(&restart["gain"]) - gain).abs() < 1e-12);
        assert!(restart["trust"]["belief"].is_string() && restart["nearest"][1].is_f64());
    }
    assert!(said.contains("best score") && said.contains("best in the data"), "{said}");
}

#[test]
fn a_target_is_matched_and_a_constraint_kept() {
    let folder = TempDir::new().unwrap();
    let (report, said) =
        optimise("--term area:target=2.5 --restarts 4 --steps 60 --lr 0.05", folder.path());
    let best = &report["restarts"][report["best"].as_u64().unwrap() as usize - 1];
    let value = best["value_best"].as_f64().unwrap();
    let begun = best["values"][0].as_f64().unwrap();
    assert!((value - 2.5).abs() < (begun - 2.5).abs() && (value - 2.5).abs() < 0.05, "{value}");
    assert!(
        said.contains("best area") && (said.contains("nearer") || said.contains("farther")),
        "{said}"
    );

    let line = "--property area --mode max --restarts 4 --steps 60";
    let (free, _) = optimise(line, folder.path());
    let of_first = |report: &Value, key: &str| report["restarts"][0][key].as_f64().unwrap();
    let begun = free["restarts"][0]["values"][0].as_f64().unwrap();
    let bound = 0.5 * (begun + of_first(&free, "value_best"));
    let line = format!("{line} --constraint");
    let (report, _) = optimise(&format!("{line} area<={bound}"), folder.path());
    assert_eq!(report["config"]["aim"]["constraints"][0]["bound"], bound);
    let held = of_first(&report, "value_best");
    assert!(held > begun && held <= bound, "{begun} {held} {bound}");
    let (report, said) = optimise(&format!("{line} area>=1000"), folder.path());
    assert!(report["best"].is_null() && said.contains("keeps every constraint"), "{said}");
    assert!(report["restarts"].as_array().unwrap().iter().all(|r| r["valid"] == false));
}

#[test]
fn penalties_and_the_space_change_the_way() {
    let folder = TempDir::new().unwrap();
    let line = "--property heat-shedding --mode max --restarts 3 --steps 10 --trajectory full";
    let (plain, _) = optimise(line, folder.path());
    let ends = |report: &Value| -> Vec<Vec<f64>> {
        report["restarts"].as_array().unwrap().iter().map(|r| numbers(&r["z_final"])).collect()
    };
    for option in [
        "--l2 1",
        "--align 1",
        "--lr 0.01",
        "--method gradient",
        "--method momentum",
        "--method lbfgs",
        "--method cma-es",
        "--method random",
    ] {
        let (other, _) = optimise(&format!("{line} {option}"), folder.path());
        assert_ne!(ends(&other), ends(&plain), "{option}");
        assert_eq!(other["restarts"][0]["start"], plain["restarts"][0]["start"], "{option}");
    }
    let (inputs, _) = optimise(&format!("{line} --space input --input-lr 0.02"), folder.path());
    assert_eq!(inputs["config"]["space"], "input");
    assert_eq!(inputs["restarts"][0]["rates"], serde_json::json!([[0, 0.02]]));
    assert_eq!(inputs["restarts"][0]["trajectory"][0].as_array().unwrap().len(), 2, "in z");
    assert_ne!(ends(&inputs), ends(&plain));
}

#[test]
fn schedules_slow_down_and_stop_unless_they_are_turned_off() {
    let folder = TempDir::new().unwrap();
    // So large a rate cannot settle.
    let line = "--property roundness --mode max --restarts 2 --steps 120 --lr 2";
    let (report, _) = optimise(
        &format!("{line} --plateau-patience 3 --plateau-factor 0.5 --patience 25"),
        folder.path(),
    );
    for restart in report["restarts"].as_array().unwrap() {
        let rates = restart["rates"].as_array().unwrap();
        assert!(rates.len() > 1 && rates[1][1] == 1.0, "{rates:?}");
        assert_eq!(restart["stop_reason"], "converged");
        assert!(restart["steps"].as_u64().unwrap() < 120);
    }
    let (report, _) = optimise(&format!("{line} --plateau-patience 0 --patience 0"), folder.path());
    assert!(report["config"]["plateau"].is_null() && report["config"]["patience"].is_null());
    for restart in report["restarts"].as_array().unwrap() {
        assert_eq!(restart["rates"], serde_json::json!([[0, 2.0]]));
        assert_ne!(restart["stop_reason"], "converged");
    }
}

#[test]
fn starts_lie_around_outlines_and_vectors() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    succeed(&words("decode --model M --z 0.2,0.1 --z -0.5,0.4 --out F/x.csv", folder.path()));
    succeed(&words("encode --model M --shapes F/x.csv --out F/z.csv", folder.path()));
    let encoded: Vec<Vec<f64>> = table(&path("z.csv"))[1..]
        .iter()
        .map(|row| row[..2].iter().map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let starts = |report: &Value| -> Vec<Vec<f64>> {
        report["restarts"].as_array().unwrap().iter().map(|r| numbers(&r["start"])).collect()
    };
    let line = "--property area --mode min --steps 2";
    let (report, _) = optimise(&format!("{line} --from F/x.csv"), folder.path());
    assert_eq!(starts(&report), encoded, "one start a row, where the model sees it");
    let (report, _) =
        optimise(&format!("{line} --from F/x.csv --perturb 0.1 --restarts 7"), folder.path());
    let around = starts(&report);
    assert_eq!((around.len(), &around[..2]), (7, &encoded[..]));
    for (index, start) in around.iter().enumerate().skip(2) {
        let moved: Vec<f64> =
            start.iter().zip(&encoded[index % 2]).map(|(a, b)| (a - b).abs()).collect();
        assert!(moved.iter().all(|m| *m > 0.0 && *m < 0.5), "{moved:?}");
    }
    let (report, _) = optimise(&format!("{line} --from F/x.csv --perturb 0.1"), folder.path());
    assert_eq!(starts(&report).len(), 50, "as many as without --from");
    std::fs::write(path("s.csv"), "0.25,-0.5\n").unwrap();
    let (report, _) =
        optimise(&format!("{line} --starts F/s.csv --perturb 0.2 --restarts 3"), folder.path());
    assert_eq!((starts(&report).len(), &starts(&report)[0]), (3, &vec![0.25, -0.5]));
}

#[test]
fn decoded_points_keep_the_names_they_have() {
    let folder = TempDir::new().unwrap();
    let line = "decode --model M --z family:star --z 0.2,0.1 --z row:3 --z mean --out F/x.csv";
    succeed(&words(line, folder.path()));
    let rows = table(&folder.path().join("x.csv"));
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, ["id", "star", "", "row 3", "mean"]);
    succeed(&words("decode --model M --z 0.2,0.1 --out F/x.csv", folder.path()));
    assert_eq!(table(&folder.path().join("x.csv"))[0][0], "x0", "nothing has a name");
}

#[test]
fn long_ways_are_kept_more_seldom_and_this_is_said_first() {
    let folder = TempDir::new().unwrap();
    let (report, said) = optimise(
        "--property area --mode max --restarts 2 --steps 9 --trajectory none",
        folder.path(),
    );
    assert!(!said.contains("ways are kept"), "none is written: {said}");
    assert_eq!(
        (&report["stride"], &report["restarts"][0]["trajectory"]),
        (&9.into(), &Value::Array(Vec::new()))
    );
    let line = "--property area --mode max --restarts 2 --steps 9 --trajectory every:4";
    let (_, said) = optimise(line, folder.path());
    assert!(said.starts_with("ways are kept every 4 steps\n"), "{said}");
    let (_, said) = optimise("--property area --mode max --restarts 2 --steps 9", folder.path());
    assert!(!said.contains("ways are kept"), "all of them: {said}");
}

#[test]
fn a_race_writes_what_each_method_had_found_by_when() {
    let folder = TempDir::new().unwrap();
    let line = "race --model M --property roundness --mode max --restarts 4 --steps 20 \
                --methods adam,cma-es,random,lbfgs,adam-input --report F/r.json --out F/r.csv";
    let output = run(&words(line, folder.path()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let rows = table(&folder.path().join("r.csv"));
    assert_eq!(rows[0].join(","), "method,values,gradients,evaluations,best,objective");
    let report: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    let budget = 4 * 2 * 21;
    assert_eq!((&report["format"], &report["budget"]), (&3.into(), &budget.into()));
    for lane in report["lanes"].as_array().unwrap() {
        let name = lane["method"].as_str().unwrap();
        assert!(said.contains(&format!("{name}: ")), "{name} in {said}");
        let rows: Vec<Vec<f64>> = rows
            .iter()
            .filter(|row| row[0] == name)
            .map(|row| row[1..].iter().map(|cell| cell.parse().unwrap()).collect())
            .collect();
        let (first, last) = (&rows[0], &rows[rows.len() - 1]);
        assert_eq!(first[0], 4.0, "{name} begins at the starts");
        assert!(rows.iter().all(|row| row[2] == row[0] + row[1] && row[2] <= f64::from(budget)));
        assert!(rows.windows(2).all(|w| w[1][2] > w[0][2] && w[1][3] >= w[0][3]), "{name}");
        assert_eq!(last[..2], [&lane["values"], &lane["gradients"]].map(|n| n.as_f64().unwrap()));
        assert_eq!(lane["best"]["value_best"].as_f64().unwrap(), last[3], "{name}");
        assert_eq!(lane["curve"].as_array().unwrap().len(), rows.len());
        assert!(lane["best"]["returned"].is_f64() && lane["believable"].is_f64());
        assert_eq!(lane["best"]["decoded"].as_array().unwrap().len(), 64);
    }
    let last = said.lines().last().unwrap();
    match report["winner"].as_str() {
        Some(winner) => {
            assert!(last.starts_with(&format!("{winner} is first: roundness")), "{last}")
        }
        None if report["winners"].as_array().unwrap().is_empty() => {
            assert!(last.starts_with("nobody is first"), "{last}");
        }
        None => assert!(last.contains(" tie: roundness"), "{last}"),
    }
    // Three methods take part unless others are named.
    succeed(&words(
        "race --model M --term area:min --restarts 2 --steps 3 --out F/d.csv",
        folder.path(),
    ));
    let rows = table(&folder.path().join("d.csv"));
    for name in ["adam", "cma-es", "random"] {
        assert!(rows.iter().any(|row| row[0] == name), "{name}");
    }
}

#[test]
fn a_field_covers_the_data() {
    let folder = TempDir::new().unwrap();
    let line = "field --model M --property heat-shedding --cells 8 --out F/f.csv";
    succeed(&words(line, folder.path()));
    let rows = table(&folder.path().join("f.csv"));
    assert_eq!(rows[0].join(","), "u,v,value,valid");
    assert_eq!(rows.len(), 65);
    assert!(rows[1..].iter().all(|row| row[3] == "0" || row[3] == "1"));
    let number = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();
    assert!(number(1, 0) < number(2, 0) && number(1, 1) < number(64, 1), "from the lower left");
}

#[test]
fn pictures_have_their_size_and_their_format() {
    let folder = TempDir::new().unwrap();
    for (what, theme) in
        [("shapes", "light"), ("heat", "dark"), ("points", "light"), ("gradient", "light")]
    {
        let line =
            format!("render --model M --what {what} --theme {theme} --size 200 --out F/{what}.png");
        succeed(&words(&line, folder.path()));
        let bytes = std::fs::read(folder.path().join(format!("{what}.png"))).unwrap();
        let picture = resvg::tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (200, 200));
        let pixels = picture.pixels();
        assert!(pixels.iter().any(|p| *p != pixels[0]), "{what} is not blank");
    }
    let images = |options: &str| {
        let line = format!("render --model M --what heat{options} --out F/heat.svg");
        succeed(&words(&line, folder.path()));
        let svg = std::fs::read_to_string(folder.path().join("heat.svg")).unwrap();
        svg.matches("<image").count()
    };
    assert_eq!((images(""), images(" --trust")), (1, 2), "fog lies over the heat");
    let line = "render --model M --what points --size 300 --out F/points.svg";
    succeed(&words(line, folder.path()));
    let svg = std::fs::read_to_string(folder.path().join("points.svg")).unwrap();
    assert!(svg.contains("width=\"300\"") && svg.contains(">heart</text>"));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    succeed(&train(&path("again")));
    assert_eq!(std::fs::read(path("again")).unwrap(), std::fs::read(model()).unwrap());
    for line in [
        "optimise --model M --property roundness --mode max --restarts 5 --steps 20 --seed 4 --out",
        "optimise --model M --term area:target=2 --align 0.1 --restarts 70 --steps 9 --out",
        "race --model M --term area:max --methods random,adam-input --restarts 3 --steps 20 --out",
        "decode --model M --z 0.5,-0.5 --out",
        "field --model M --property area --cells 40 --out",
        "render --model M --what heat --size 120 --out",
    ] {
        let ending = if line.starts_with("render") { ".png" } else { "" };
        let [first, second] = [1, 2].map(|round| {
            let name = format!("{round}{ending}");
            succeed(&words(&format!("{line} F/{name}"), folder.path()));
            std::fs::read(path(&name)).unwrap()
        });
        assert_eq!(first, second, "{line}");
    }
}

/// The bytes of the tiny model with a part of them replaced by another of the same length.
fn damaged(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(model()).unwrap();
    let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).expect(from);
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn a_bad_checkpoint_is_told_apart_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let whole = std::fs::read(model()).unwrap();
    let header_end = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let foreign = [16u64.to_le_bytes().as_slice(), b"{}              "].concat();
    let mut not_finite = whole.clone();
    for value in not_finite[header_end..].chunks_exact_mut(4) {
        value.copy_from_slice(&f32::NAN.to_le_bytes());
    }
    for (bytes, part) in [
        (whole[..whole.len() - 9].to_vec(), "cut short"),
        (whole[..header_end - 9].to_vec(), "cut short"),
        (Vec::new(), "cut short"),
        (b"epoch,total\n1,2\n".to_vec(), "not in safetensors format"),
        (foreign, "of another program"),
        (not_finite, "not finite"),
        (damaged("\"shape\":[16,64]", "\"shape\":[64,16]"), "should be F32 [16, 64]"),
        (damaged("\\\"format\\\":3,", "\\\"format\\\":9,"), "has format 9"),
        (damaged("\\\"scaling\\\"", "\\\"skaling\\\""), "description is damaged"),
    ] {
        let path = folder.path().join("bad.safetensors");
        std::fs::write(&path, &bytes).unwrap();
        for line in ["info F/bad.safetensors", "decode --z 0,0 --out F/x --model F/bad.safetensors"]
        {
            let message = fail(&words(line, folder.path()));
            assert!(message.starts_with(path.to_str().unwrap()), "{message}");
            assert!(message.contains(part), "{part} in {message}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert!(!folder.path().join("x").exists());
    }
    let missing = fail(&words("info F/none.safetensors", folder.path()));
    assert!(
        missing.ends_with("none.safetensors: no such file or folder; check the path"),
        "{missing}"
    );
    let folder_as_file = fail(&words("info F/", folder.path()));
    assert!(folder_as_file.contains("is a folder"), "{folder_as_file}");
}

#[test]
fn a_bad_table_is_told_with_its_line() {
    let folder = TempDir::new().unwrap();
    for (text, part) in [
        ("", "has no rows"),
        ("z0,z1\n", "has no rows"),
        ("1,2\n1,2,3\n", "line 2 has 3 columns where a latent vector needs 2"),
        ("1,2\n3,four\n", "line 2, column 2: 'four' is not a finite number"),
        ("1,NaN\n", "line 1, column 2"),
    ] {
        std::fs::write(folder.path().join("z.csv"), text).unwrap();
        for line in [
            "decode --model M --z-file F/z.csv --out F/x.csv",
            "optimise --model M --property area --mode max --starts F/z.csv --out F/x.csv",
        ] {
            let message = fail(&words(line, folder.path()));
            assert!(message.contains("z.csv: ") && message.contains(part), "{part} in {message}");
        }
    }
    std::fs::write(folder.path().join("z.csv"), "1,2\n").unwrap();
    let shapes = fail(&words("encode --model M --shapes F/z.csv --out F/x.csv", folder.path()));
    assert!(shapes.contains("has 1 distinct point; an outline needs at least 3"), "{shapes}");
    for (line, part) in [
        ("--from F/z.csv", "has 1 distinct point"),
        ("--from F/none.csv", "none.csv: no such file"),
        ("--from row:91", "from: the data have rows 1 to 90"),
        ("--starts F/z.csv --perturb -1", "perturb: must be between 0 and 1000"),
        ("--starts F/z.csv --perturb many", "'many'"),
    ] {
        let line = format!("optimise --model M --term area:max {line} --out F/x.csv");
        let message = fail(&words(&line, folder.path()));
        assert!(message.contains(part), "{part} in {message}");
    }
    let same = "optimise --model M --term area:max --from F/z.csv --out F/z.csv";
    assert!(fail(&words(same, folder.path())).contains("is read by this command"));
    let missing = fail(&words("encode --model M --shapes F/no.csv --out F/x.csv", folder.path()));
    assert!(missing.contains("no.csv: no such file"), "{missing}");
    assert!(!folder.path().join("x.csv").exists());
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_any_work() {
    let folder = TempDir::new().unwrap();
    // These would take hours if they began.
    let long = "train --samples 100000 --epochs 1000000 --out";
    for (out, part) in [
        ("F/", "is a folder"),
        ("F/no/m.safetensors", "its folder does not exist"),
        ("/proc/m.safetensors", "/proc/m.safetensors: "),
        ("F/m --history F/m", "is named for two outputs"),
        ("F/m --data-out F/", "is a folder"),
        ("/dev/null", "is not an ordinary file"),
    ] {
        let message = fail(&words(&format!("{long} {out}"), folder.path()));
        assert!(message.contains(part), "{part} in {message}");
    }
    let line = "heads --model M --property area --epochs 1000000 --out F/no/m.safetensors";
    let message = fail(&words(line, folder.path()));
    assert!(message.contains("its folder does not exist"), "{message}");
    let message = fail(&words("decode --model M --z 0,0 --out M", folder.path()));
    assert!(message.contains("is read by this command"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn absurd_parameters_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    for (line, part) in [
        ("train --samples 0", "samples: must be between"),
        ("train --updates 1000000000", "updates: must be between 1 and 100000000"),
        ("train --lr -1", "lr: must be between"),
        ("train --lr inf", "not inf"),
        ("train --latent-dim 0", "latent-dim: must be"),
        ("train --points 3", "points: must be"),
        ("train --loss bce", "loss: bce needs"),
        ("train --families circle,circle", "'circle' is named twice"),
        ("train --families circle,blob", "'blob'"),
        ("train --noise=-0.1", "noise: must be"),
        ("train --heads area,area", "heads: 'area' is named twice"),
        ("train --heads girth", "'girth'"),
        ("train --head-widths 64,0", "head-widths: must be between 1 and 4096"),
        ("train --head-weight 0", "head-weight: must be"),
        ("heads --model M --property girth", "'girth'"),
        ("heads --model M --property area,area", "property: 'area' is named twice"),
        ("heads --model M --property area --epochs 0", "epochs: must be"),
        ("heads --model M --property area --lr nan", "lr: must be"),
        ("heads --model M --property area --widths 1,2,3,4,5,6,7,8,9", "widths: must name"),
        ("heads --model M --property area --widths 5000", "widths: must be"),
        ("heads --model M --property area --batch-size 0", "batch-size: must be"),
        ("heads --model M", "--property"),
        ("heads --model F/none --property area", "none: no such file"),
        ("optimise --property area --mode max --model M --restarts 0", "restarts: must be"),
        ("optimise --property area --mode max --model M --restarts -5", "'-5'"),
        ("optimise --property area --mode max --model M --steps 0", "steps: must be"),
        ("optimise --property area --mode max --model M --lr -inf", "lr: must be"),
        ("optimise --property area --mode max --model M --trajectory every:0", "every:K"),
        ("optimise --property girth --mode max --model M", "roundness"),
        ("optimise --model M", "say what is sought: --property NAME --mode max, or --term"),
        ("optimise --model M --property area", "--mode"),
        ("optimise --model M --mode max", "--property"),
        ("optimise --model M --property area --mode target=2", "--term NAME:target=V"),
        ("optimise --model M --term area:max --property area --mode max", "cannot be used with"),
        ("optimise --model M --term area", "must be NAME:max"),
        ("optimise --model M --term girth:max", "'girth' is no property"),
        ("optimise --model M --term area:max:weight=0", "weight: must be"),
        ("optimise --model M --term area:target=1e300", "target: must be"),
        ("optimise --model M --term area:max --constraint area=1", "must be NAME>=V"),
        ("optimise --model M --term area:max --l2 -1", "l2: must be"),
        ("optimise --model M --term area:max --align nan", "align: must be"),
        ("optimise --model M --term area:max --inside 1e9", "inside: must be"),
        ("optimise --model M --term area:max --objective head", "no head for area"),
        ("optimise --model M --term area:max --objective tail", "'tail'"),
        ("optimise --model M --term area:max --method hope", "'hope'"),
        ("optimise --model M --term area:max --space outer", "'outer'"),
        ("optimise --model M --term area:max --space input --method cma-es", "space: shapes are"),
        ("optimise --model M --term area:max --input-lr 0", "input-lr: must be"),
        ("optimise --model M --term area:max --plateau-factor 1", "plateau-factor: must be"),
        ("optimise --model M --term area:max --plateau-patience -1", "'-1'"),
        ("optimise --model M --term area:max --patience 9999999", "patience: must be"),
        ("optimise --model M --term area:max --perturb 0.1", "perturb: needs --from or --starts"),
        ("optimise --model M --term area:max --from M --starts M", "cannot be used with"),
        ("race --model M", "say what is sought"),
        (
            "race --model M --term area:max --methods adam,hope",
            "'hope' is no method; there are adam, cma-es",
        ),
        ("race --model M --term area:max --methods adam,random,adam", "'adam' is named twice"),
        ("race --model M --term area:max --methods=", "'' is no method"),
        ("race --model M --term area:max --space input", "name adam-input among --methods"),
        ("race --model M --term area:max --restarts 0", "restarts: must be"),
        ("race --model M --term area:max --objective head", "no head for area"),
        ("race --model M --term area:max --report M", "is read by this command"),
        ("race --model M --term area:max --report F/out", "is named for two outputs"),
        ("decode --model M", "--z"),
        ("decode --model M --z 1,2,3", "z: the model's latent has 2 numbers, not 3"),
        ("decode --model M --z 1,two", "'two' is not a finite number"),
        ("decode --model M --z 1e39,0", "z: the point is too far out"),
        ("field --model M --property area --cells 0", "cells: must be"),
        ("render --model M --what heat --size 9", "neither .png nor .svg"),
    ] {
        let message = fail(&words(&format!("{line} --out F/out"), folder.path()));
        assert!(message.contains(part), "{part} in {message}");
    }
    let message =
        fail(&words("render --model M --what heat --size 9 --out F/p.png", folder.path()));
    assert!(message.contains("size: must be between 100 and 8192"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn misuse_is_told_in_one_line() {
    for (line, part) in [
        ("train", "--out"),
        ("train --out m --colour red", "'--colour'"),
        ("optimize", "'optimize' is neither a command nor a file"),
        ("info", "<M.safetensors>"),
    ] {
        let message = fail(&words(line, Path::new("")));
        assert!(message.contains(part) && message.contains("--help"), "{part} in {message}");
    }
}

#[test]
fn a_loss_that_explodes_is_told_with_its_epoch_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let line = "train --samples 90 --epochs 5 --lr 10 --beta 1000 --out F/m.safetensors";
    std::fs::write(folder.path().join("m.safetensors"), "as it was").unwrap();
    let message = fail(&words(line, folder.path()));
    assert!(message.starts_with("training stopped at epoch 1, batch 2"), "{message}");
    assert!(message.contains("lower the learning rate"), "{message}");
    let kept = std::fs::read_to_string(folder.path().join("m.safetensors")).unwrap();
    assert_eq!(kept, "as it was");
}

#[test]
fn what_was_learned_before_a_loss_exploded_is_written() {
    let folder = TempDir::new().unwrap();
    let line = "train --samples 90 --points 32 --hidden 16 --batch-size 81 --epochs 9 --lr 1 --beta 1000 --out F/m.safetensors";
    let message = fail(&words(line, folder.path()));
    let (exploded, kept) =
        message.split_once(" (the model as it was after epoch ").expect(&message);
    assert!(exploded.contains("lower the learning rate"), "{message}");
    let epoch: usize = kept.split(' ').next().unwrap().parse().unwrap();
    let info = succeed(&words("info F/m.safetensors --json", folder.path()));
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["epochs_done"], epoch);
}

/// The warnings among what a verb says on standard error.
fn warned(line: &str, folder: &Path) -> Vec<String> {
    let output = run(&words(line, folder));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let warnings = said.lines().filter_map(|line| line.strip_prefix("warning: "));
    warnings.map(str::to_owned).collect()
}

#[test]
fn a_latent_that_collapses_is_told_with_its_remedy_wherever_it_is_measured() {
    let folder = TempDir::new().unwrap();
    let learn = |rest: &str| {
        let line = "train --samples 180 --points 32 --hidden 32 --updates 400 --lr 0.003 --out F/";
        warned(&format!("{line}{rest}"), folder.path())
    };
    let collapsed = learn("collapsed.safetensors --beta 100");
    assert_eq!(collapsed.len(), 1, "each is said once: {collapsed:?}");
    let remedy = "lower beta (now 100), or let it warm up.";
    let what = "Posterior collapse: all shapes share one place in the latent";
    assert!(collapsed[0].starts_with(what) && collapsed[0].ends_with(remedy), "{collapsed:?}");
    let well = learn("well.safetensors --beta 0.01");
    assert!(well.iter().all(|warning| !warning.contains("collapse")), "{well:?}");

    let info = "info F/collapsed.safetensors";
    assert!(succeed(&words(info, folder.path())).contains(what));
    let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let info = json(succeed(&words(&format!("{info} --json"), folder.path())));
    assert_eq!(info["warnings"][0]["what"], what);
    assert!(info["warnings"][0]["remedy"].as_str().unwrap().ends_with(remedy));

    let compare = "compare F/collapsed.safetensors F/well.safetensors --out F/t.json";
    let compared = warned(compare, folder.path());
    let of_collapsed =
        compared.iter().filter(|warning| warning.starts_with("collapsed: Posterior collapse"));
    assert_eq!(of_collapsed.count(), 1, "{compared:?}");
    let read = |name: &str| json(std::fs::read_to_string(folder.path().join(name)).unwrap());
    assert_eq!(read("t.json")[0]["warnings"], info["warnings"]);
    succeed(&words("report F/collapsed.safetensors --out F/r.json", folder.path()));
    assert_eq!(read("r.json")["warnings"], info["warnings"]);
    succeed(&words("report F/collapsed.safetensors --out F/r.html", folder.path()));
    assert!(std::fs::read_to_string(folder.path().join("r.html")).unwrap().contains(what));
}

#[test]
fn principal_axes_are_not_warned_of_as_if_they_were_trained() {
    let folder = TempDir::new().unwrap();
    let line = "train --pca --samples 90 --points 32 --out F/pca.safetensors";
    assert!(warned(line, folder.path()).is_empty());
    let info = succeed(&words("info F/pca.safetensors --json", folder.path()));
    assert_eq!(serde_json::from_str::<Value>(&info).unwrap()["warnings"], Value::Array(Vec::new()));
}

#[test]
fn after_early_stopping_all_speak_of_the_epoch_that_was_kept() {
    let folder = TempDir::new().unwrap();
    let line =
        "train --samples 90 --points 32 --hidden 16 --lr 0.03 --updates 600 --early-stopping 30";
    let output =
        run(&words(&format!("{line} --out F/m.safetensors --history F/h.csv"), folder.path()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let history = table(&folder.path().join("h.csv"));
    let rows: Vec<Vec<f64>> =
        history[1..].iter().map(|row| row.iter().map(|c| c.parse().unwrap()).collect()).collect();
    let last = rows.last().unwrap();
    let best = rows.iter().min_by(|a, b| a[5].total_cmp(&b[5])).unwrap();
    assert!(best[1] < last[1] && last[1] < 600.0, "{best:?} {last:?}");
    let validation = latent_explorer::explore::three_digits(best[5]);
    let end = said.lines().last().unwrap();
    let kept =
        format!("stopped early at update {}; kept update {}, epoch {}", last[1], best[1], best[0]);
    assert!(end.starts_with(&kept), "{kept} in {end}");
    assert!(end.contains(&format!("validation reconstruction {validation}")), "{end}");

    let json =
        |line: &str| serde_json::from_str::<Value>(&succeed(&words(line, folder.path()))).unwrap();
    let info = json("info F/m.safetensors --json");
    assert_eq!(info["updates_done"].as_f64(), Some(best[1]));
    assert_eq!(info["epochs_done"].as_f64(), Some(best[0]));
    assert_eq!(info["updates_run"].as_f64(), Some(last[1]));
    assert_eq!(info["losses"]["held_out_reconstruction"].as_f64(), Some(best[5]));
    let text = succeed(&words("info F/m.safetensors", folder.path()));
    assert!(
        text.contains(&format!("kept         update {}, epoch {}", best[1], best[0])),
        "{text}"
    );
    assert!(text.contains(&format!("validation   reconstruction {validation},")), "{text}");
    // Nine shapes are too few to keep some for stopping alone.
    assert_eq!(info["chose_epoch"], true);
    assert!(end.contains("also chose the epoch") && text.contains("also chose the epoch"), "{end}");

    let resumed = "train --resume F/m.safetensors --updates 3 --out F/on.safetensors";
    let output = run(&words(resumed, folder.path()));
    let said = String::from_utf8(output.stderr).unwrap();
    let begins =
        said.lines().find(|line| line.contains("goes on from")).unwrap_or_else(|| panic!("{said}"));
    assert!(begins.contains(&format!("update {} of {}", best[1], best[1] + 3.0)), "{begins}");
    assert!(begins.contains(&format!("validation reconstruction {validation}")), "{begins}");
}

#[test]
fn each_figure_of_reconstruction_has_a_name_of_its_own() {
    let folder = TempDir::new().unwrap();
    let train = "train --samples 90 --points 32 --hidden 16 --updates 60 --preset bce --out F/m.safetensors";
    let output = run(&words(train, folder.path()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("Sets the BCE loss, the sigmoid output"), "{said}");
    let info = succeed(&words("info F/m.safetensors --json", folder.path()));
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!(
        (&info["training"]["beta"], &info["training"]["loss"]),
        (&0.03.into(), &"bce".into())
    );
    let digits = |value: &Value| latent_explorer::explore::three_digits(value.as_f64().unwrap());
    // By another loss and scaling the loss is not the error.
    let (loss, error) = (&info["losses"]["held_out_reconstruction"], &info["reconstruction_error"]);
    assert_ne!(digits(loss), digits(error));
    let end = said.lines().last().unwrap();
    assert!(end.contains(&format!("validation reconstruction {}", digits(loss))), "{end}");
    assert!(end.contains(&format!("reconstruction error {} (data units)", digits(error))), "{end}");
    let text = succeed(&words("info F/m.safetensors", folder.path()));
    assert!(!text.contains("rebuild") && text.contains("sum of squares in data units"), "{text}");
    // Tables name the error, and still by its former name.
    succeed(&words("compare F/m.safetensors F/m.safetensors --out F/t.json", folder.path()));
    let compared = std::fs::read(folder.path().join("t.json")).unwrap();
    let compared: Value = serde_json::from_slice(&compared).unwrap();
    let figures = &compared[0]["figures"];
    assert_eq!((&figures["reconstruction_error"], &figures["rebuild_error"]), (error, error));
    succeed(&words("compare F/m.safetensors F/m.safetensors --out F/t.csv", folder.path()));
    let text = std::fs::read_to_string(folder.path().join("t.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let row: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
    let cell = |name: &str| row[header.iter().position(|column| *column == name).unwrap()];
    assert_eq!(cell("reconstruction_error"), cell("rebuild_error"));
    assert_eq!(cell("reconstruction_error_star"), cell("rebuild_error_star"));

    let refused =
        fail(&words("train --samples 90 --loss bce --out F/x.safetensors", folder.path()));
    assert!(refused.contains("output sigmoid") && refused.contains("preset bce"), "{refused}");
    // What is named beside a preset counts more.
    let own = "train --samples 90 --points 32 --updates 3 --preset bce --beta 0.2 --out F/own.safetensors";
    succeed(&words(own, folder.path()));
    let info = succeed(&words("info F/own.safetensors --json", folder.path()));
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["training"]["beta"], 0.2);
    let refused = "train --resume F/own.safetensors --preset bce --out F/x.safetensors";
    assert!(fail(&words(refused, folder.path())).contains("--preset"));
}

#[test]
fn a_short_training_has_not_collapsed() {
    let folder = TempDir::new().unwrap();
    let warnings = warned(
        "train --samples 5000 --updates 51 --lr 0.0001 --out F/m.safetensors",
        folder.path(),
    );
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("51 updates are too few to judge by"), "{warnings:?}");
}
