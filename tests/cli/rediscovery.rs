//! `rediscover` as it is used: a table on standard output, a report, the same bytes twice, and bad input.

use super::{fail, run, says, succeed, told, words};
use serde_json::Value;

#[test]
fn a_blind_choice_is_reported_as_a_table_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let line =
        "rediscover --model M --property area --mode min --parts c --repeats 2 --out F/a.json";
    let output = run(&words(line, folder.path()));
    assert!(told(&output).contains("wrote "));
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.contains("0.50"), "{table}");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let report: Value = serde_json::from_slice(&read("a.json")).unwrap();
    assert_eq!((&report["format"], &report["config"]["goal"]), (&1.into(), &"min".into()));
    let repeats = report["blind"]["repeats"].as_array().unwrap();
    assert_eq!(repeats.len(), 2);
    // A fifth of 90 shapes; a tenth of these 18 is 2.
    assert!(repeats.iter().all(|repeat| repeat["unseen"] == 18 && repeat["chosen"] == 10));
    assert!(repeats.iter().all(|repeat| repeat["chance"] == 2.0 / 18.0));
    assert!(report["believable"].is_null() && report["pointed"] == Value::Array(Vec::new()));
    succeed(&words(&line.replace("a.json", "b.json"), folder.path()));
    assert!(read("a.json") == read("b.json"), "the same seeds give the same bytes");
}

#[test]
fn what_cannot_be_done_is_told_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    for (options, part) in [
        ("--property drag --out F/a.json", "'drag' .. roundness, area, perimeter, heat-shedding"),
        ("--property area --parts a,x --out F/a.json", "--parts .. 'x' .. a, b and c"),
        ("--property area --repeats 0 --out F/a.json", "repeats: .. 1 .. 1000"),
        ("--property area --functions 0 --out F/a.json", "functions: .. 1 .. 10000"),
        ("--property area --mode most --out F/a.json", "--mode .. max .. min"),
        ("--property area --out M", "is read by this command .. another file"),
        ("--property area --out F/no/a.json", "no/a.json .. create it"),
    ] {
        let line = format!("rediscover --model M {options}");
        let message = fail(&words(&line, folder.path()));
        assert!(says(&message, part), "{message}");
    }
    assert!(!folder.path().join("a.json").exists());
}
