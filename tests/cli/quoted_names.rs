//! Names of columns and classes that hold the signs of the options in which they are written.

use super::*;
use std::fmt::Write as _;

#[test]
fn names_with_signs_are_written_in_quotes() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let mut rows = "id,y:z,phase,a+b,d,c<=1,x=1\n".to_owned();
    for row in 0..60 {
        let (a, c) = (f64::from(row % 10) / 10.0, f64::from(row % 7) / 7.0);
        let phase = if row % 10 < 5 { "u:v" } else { "w" };
        let _ = writeln!(rows, "r{row},{},{phase},{a},{},{c},{}", 3.0 * a + c, 1.0 - a, row % 13);
    }
    std::fs::write(folder.join("t.csv"), rows).unwrap();
    succeed(&words(
        "train --data F/t.csv --target y:z,phase --heads y:z,phase --latent-dim 2 --hidden 8 --updates 60 --out F/t.safetensors",
        folder,
    ));
    let search =
        words("optimise --model F/t.safetensors --space input --restarts 2 --steps 3", folder);
    let searched = |conditions: &[&str]| {
        let out = words("--out F/r.json", folder);
        let all: Vec<&str> =
            search.iter().map(String::as_str).chain(conditions.iter().copied()).collect();
        run(&[all, out.iter().map(String::as_str).collect()].concat())
    };
    let held = printed(searched(&[
        "--term",
        "phase:up=\"u:v\"",
        "--term",
        "\"y:z\":max:weight=0.5",
        "--constraint",
        "\"y:z\">=-100",
        "--lock",
        "\"x=1\"=3",
        "--bound",
        "0<=\"c<=1\"<=1",
        "--sum",
        "\"a+b\"+d=1",
    ]));
    assert!(held.lines().any(|line| line == "\"x=1\"=3: 3"), "{held}");
    for condition in ["0<=\"c<=1\"<=1: ", "\"a+b\"+d=1: 1"] {
        assert!(held.contains(condition), "{held}");
    }
    let aim = &json(&folder.join("r.json"))["config"]["aim"];
    let terms: Vec<_> = aim["terms"].as_array().unwrap().iter().map(|t| &t["property"]).collect();
    assert_eq!(terms, ["phase_u_v", "y:z"]);
    assert_eq!(aim["constraints"][0]["property"], "y:z");

    // Without the quotes the names end at their signs.
    for (option, condition) in [("--lock", "x=y"), ("--bound", "0<=c<=1<=1"), ("--sum", "a+b+d=1")]
    {
        let refused = command_line::refusal(searched(&["--term", "y:z:max", option, condition]));
        assert!(refused.contains("column") || refused.contains("COLUMN"), "{refused}");
    }
}
