//! Networks of other depths and activations from the command line: trained, opened, resumed, searched.

use super::{fail, succeed, table, words};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const TINY: &str = "train --samples 90 --points 32 --seed 3";

fn json(line: &str, folder: &Path) -> Value {
    serde_json::from_str(&succeed(&words(line, folder))).unwrap()
}

#[test]
fn a_deep_network_is_trained_opened_resumed_and_searched() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let line = format!("{TINY} --hidden 24,12 --activation silu --lr 0.01 --epochs 60 --out F/m");
    succeed(&words(&line, at));
    let info = json("info F/m --json", at);
    let layers: Vec<(&str, u64, &str)> = info["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| {
            let text = |key: &str| layer[key].as_str().unwrap();
            (text("name"), layer["outputs"].as_u64().unwrap(), text("activation"))
        })
        .collect();
    let expected = [
        ("encoder.0", 24, "silu"),
        ("encoder.1", 12, "silu"),
        ("mu", 2, "linear"),
        ("log_var", 2, "linear"),
        ("decoder.0", 12, "silu"),
        ("decoder.1", 24, "silu"),
        ("decoder.2", 64, "linear"),
    ];
    assert_eq!(layers, expected);
    assert_eq!(info["training"]["hidden"], serde_json::json!([24, 12]));

    // Of the 64 numbers of a shape with a mean square of one half each, most are told by two.
    let error = info["reconstruction_error"].as_f64().unwrap();
    assert!(error < 8.0, "{error}");
    succeed(&words("train --resume F/m --updates 30 --out F/longer", at));
    assert_eq!(json("info F/longer --json", at)["layers"], info["layers"]);
    succeed(&words(
        "optimise --model F/m --property roundness --mode max --restarts 6 --steps 60 --out F/r.json",
        at,
    ));
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(at.join("r.json")).unwrap()).unwrap();
    let restarts = report["restarts"].as_array().unwrap();
    let best = |restart: &Value| restart["value_best"].as_f64().unwrap_or(0.0);
    let best = restarts.iter().map(best).fold(0.0, f64::max);
    assert!(best > 0.85, "a round shape is found: {best}");
}

#[test]
fn every_activation_is_trained_and_opened() {
    let folder = TempDir::new().unwrap();
    let names = ["relu", "leaky-relu:0.2", "tanh", "sigmoid", "silu", "gelu", "softplus", "linear"];
    for name in names {
        let line = format!("{TINY} --hidden 9,7,8 --activation {name} --epochs 2 --out F/m");
        succeed(&words(&line, folder.path()));
        let info = json("info F/m --json", folder.path());
        assert_eq!(info["training"]["activation"], name);
        assert!(info["reconstruction_error"].as_f64().unwrap().is_finite(), "{name}");
    }
}

#[test]
fn a_linear_path_passes_every_activation_that_can_carry_it() {
    let folder = TempDir::new().unwrap();
    for name in ["relu", "leaky-relu:0.2", "silu", "gelu", "softplus"] {
        let line = format!(
            "{TINY} --linear-path true --hidden 9,7 --activation {name} --lr 1e-8 --updates 1 --out F/m"
        );
        succeed(&words(&line, folder.path()));
        let info = json("info F/m --json", folder.path());
        let (ours, pca) = (&info["reconstruction_error"], &info["statistics"]["pca_error"]);
        let (ours, pca) = (ours.as_f64().unwrap(), pca.as_f64().unwrap());
        // The mean of the posterior is drawn in a little towards the prior.
        assert!(ours > 0.9 * pca && ours < 1.3 * pca, "{name}: {ours} {pca}");
    }
    let refused = fail(&words(
        &format!("{TINY} --linear-path true --activation tanh --out F/m"),
        folder.path(),
    ));
    assert!(refused.starts_with("linear-path") && refused.contains("tanh"), "{refused}");
}

#[test]
fn what_is_no_network_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    for (option, name) in [("--hidden 0", "hidden"), ("--hidden 8,9000", "hidden")] {
        let refused = fail(&words(&format!("{TINY} {option} --out F/m"), folder.path()));
        assert!(refused.starts_with(name), "{refused}");
    }
    for (option, name) in [
        ("--activation elu", "there are relu, leaky-relu"),
        ("--activation leaky-relu:3", "from 0 to 1"),
        ("--hidden 8,x", "--hidden"),
    ] {
        let refused = fail(&words(&format!("{TINY} {option} --out F/m"), folder.path()));
        assert!(refused.contains(name), "{refused}");
    }
}

#[test]
fn outlines_behind_a_tanh_have_no_posterior() {
    let folder = TempDir::new().unwrap();
    let run_line = |line: &str| succeed(&words(line, folder.path()));
    let recipe = "--samples 90 --points 32 --hidden 16 --epochs 30 --seed 3";
    run_line(&format!("train {recipe} --latent tanh --latent-dim 3 --out F/m.safetensors"));
    run_line("decode --model F/m.safetensors --z mean --out F/d.csv");
    run_line("encode --model F/m.safetensors --shapes F/d.csv --out F/e.csv");
    let encoded = table(&folder.path().join("e.csv"));
    assert_eq!(encoded[0][..4], ["id", "mu0", "mu1", "mu2"], "{:?}", encoded[0]);
    assert!(!encoded[0].contains(&"log_var0".to_owned()));
    assert!(encoded[1][1..4].iter().all(|z| z.parse::<f64>().unwrap().abs() < 1.0));
    run_line("sample --model F/m.safetensors --count 20 --out F/s.csv");
    let drawn = table(&folder.path().join("s.csv"));
    let z = |row: &Vec<String>| row[1..4].iter().all(|z| z.parse::<f64>().unwrap().abs() <= 1.0);
    assert!(drawn.len() == 21 && drawn[1..].iter().all(z));
}
