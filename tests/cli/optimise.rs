//! Searches and races.

use super::*;

/// Runs `optimise` on the tiny model; its report and what it said on standard error.
fn optimise(line: &str, folder: &Path) -> (Value, String) {
    let said = told(&run(&words(&format!("optimise --model M {line} --out F/r.json"), folder)));
    (json(&folder.join("r.json")), said)
}

fn numbers(value: &Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn a_search_writes_every_restart() {
    let folder = TempDir::new().unwrap();
    let line = "optimise --model M --property roundness --mode max --restarts 4 --steps 6 \
                --trajectory every:4 --out F/r.json";
    succeed(&words(line, folder.path()));
    let report = json(&folder.path().join("r.json"));
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
    let read = |name: &str| json(&folder.path().join(name));
    let search = "optimise --model M --property perimeter --mode min --restarts 6 --steps 30";
    let line = format!("{search} --out F/r.json --candidates 3 --candidates-out F/c.csv");
    succeed(&words(&line, folder.path()));
    let report = read("r.json");
    let basins = report["hills"]["all"].as_array().unwrap();
    let members = basins.iter().map(|basin| basin["members"].as_array().unwrap().len());
    assert!(members.sum::<usize>() == 6 && basins[0]["top"] == report["best"]);
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
        ("--candidates 0", "candidates: .. 1 .. 1000 .. 0"),
        ("--candidates 3 --candidates-out F/c.txt", "c.txt .. .csv, .json, .svg, .dxf .. .dat"),
        ("--candidates 3 --candidates-out F/r.json", "r.json .. two files"),
        ("--candidates-out F/c.csv", "--candidates"),
    ] {
        let message = fail(&words(&format!("{search} --out F/r.json {line}"), folder.path()));
        assert!(says(&message, part), "{part} in {message}");
    }
}

#[test]
fn a_search_can_start_from_a_file() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("z.csv"), "0.25,-0.5\n1,1\n").unwrap();
    let line = "optimise --model M --property area --mode min --restarts 9 --steps 2 \
                --starts F/z.csv --out F/r.json";
    succeed(&words(line, folder.path()));
    let report = json(&folder.path().join("r.json"));
    assert_eq!(report["config"]["restarts"], 2);
    assert_eq!(report["restarts"][0]["start"], serde_json::json!([0.25, -0.5]));
    let values: Vec<f64> = serde_json::from_value(report["restarts"][0]["values"].clone()).unwrap();
    assert!(values[2] < values[0], "the area shrinks: {values:?}");
}

#[test]
fn an_aim_of_many_terms_is_their_weighted_sum() {
    let folder = TempDir::new().unwrap();
    let line = "--term roundness:max --term area:target=2.5:weight=0.5 --term perimeter:min:weight=0.1 \
                --l2 0.25 --restarts 3 --steps 4";
    let (report, said) = optimise(line, folder.path());
    let spec = &report["config"]["aim"];
    assert_eq!(spec["terms"].as_array().unwrap().len(), 3);
    assert_eq!(spec["terms"][1]["goal"]["target"], 2.5);
    assert_eq!((&spec["terms"][1]["weight"], &spec["l2"]), (&0.5.into(), &0.25.into()));
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
fn long_ways_are_kept_more_seldom_and_this_is_said_first() {
    let folder = TempDir::new().unwrap();
    let line = "--property area --mode max --restarts 2 --steps 9";
    let (_, all) = optimise(line, folder.path());
    let first = |said: &str| said.lines().next().unwrap_or_default().to_owned();
    let (report, said) = optimise(&format!("{line} --trajectory none"), folder.path());
    assert_eq!(first(&said), first(&all), "none is written, so nothing is said of it");
    assert_eq!(
        (&report["stride"], &report["restarts"][0]["trajectory"]),
        (&9.into(), &Value::Array(Vec::new()))
    );
    let (_, said) = optimise(&format!("{line} --trajectory every:4"), folder.path());
    assert!(first(&said).contains("4 steps") && !all.contains("4 steps"), "{said}");
}

#[test]
fn a_race_writes_what_each_method_had_found_by_when() {
    let folder = TempDir::new().unwrap();
    let line = "race --model M --property roundness --mode max --restarts 4 --steps 20 \
                --methods adam,cma-es,random,lbfgs,adam-input --report F/r.json --out F/r.csv";
    let said = told(&run(&words(line, folder.path())));
    let rows = table(&folder.path().join("r.csv"));
    assert_eq!(rows[0].join(","), "method,values,gradients,evaluations,best,objective");
    let report = json(&folder.path().join("r.json"));
    let budget = 4 * 2 * 21;
    assert_eq!((&report["format"], &report["budget"]), (&3.into(), &budget.into()));
    for contender in report["lanes"].as_array().unwrap() {
        let name = contender["method"].as_str().unwrap();
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
        assert_eq!(
            last[..2],
            [&contender["values"], &contender["gradients"]].map(|n| n.as_f64().unwrap())
        );
        assert_eq!(contender["best"]["value_best"].as_f64().unwrap(), last[3], "{name}");
        assert_eq!(contender["curve"].as_array().unwrap().len(), rows.len());
        assert!(contender["best"]["returned"].is_f64() && contender["believable"].is_f64());
        assert_eq!(contender["best"]["decoded"].as_array().unwrap().len(), 64);
    }
    let last = said.lines().last().unwrap();
    match report["winner"].as_str() {
        Some(winner) => {
            assert!(last.starts_with(winner) && last.contains("roundness"), "{last}")
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
