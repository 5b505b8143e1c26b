//! `compare`, `sweep` and `train --pca` as they are used from the command line.

use super::command_line::{printed, refusal};
use super::{json, run_in, says, told};
use latent_explorer::model::format::checkpoint;
use serde_json::Value;
use std::path::Path;

/// Runs a line that must succeed; what it says.
fn succeed(line: &str, folder: &Path) -> String {
    told(&run_in(folder, line))
}

/// Runs a line that must fail and leave no file behind; its message.
fn fail(line: &str, folder: &Path) -> String {
    let before = std::fs::read_dir(folder).unwrap().count();
    let message = refusal(run_in(folder, line));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), before, "{line}");
    message
}

const TINY: &str = "--samples 90 --points 32 --seed 3";

#[test]
fn a_sweep_trains_what_training_one_by_one_would_and_compare_measures_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let f = folder.path();
    let settings = format!("{TINY} --epochs 2 --hidden 16");
    let said = succeed(
        &format!("sweep --betas 0.1,4 {settings} --out s.csv --models kept --picture s.svg"),
        f,
    );
    assert!(says(&said, "beta 0.1 .. 2 models .. s.csv"), "{said}");
    for beta in ["0.1", "4"] {
        succeed(&format!("train --beta {beta} {settings} --out alone.safetensors"), f);
        let bytes = |name: &str| std::fs::read(f.join(name)).unwrap();
        assert_eq!(bytes("alone.safetensors"), bytes(&format!("kept/beta_{beta}.safetensors")));
    }
    let models = "kept/beta_0.1.safetensors kept/beta_4.safetensors";
    succeed(&format!("compare {models} --out t.csv"), f);
    let read = |name: &str| std::fs::read_to_string(f.join(name)).unwrap();
    assert_eq!(read("s.csv"), read("t.csv"));
    let table = read("t.csv");
    let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    assert_eq!(header[..4], ["model", "beta", "reconstruction_error", "kl"]);
    for column in
        ["active_units", "reachable", "simple", "reconstruction_error_star", "share_heart"]
    {
        assert!(header.contains(&column), "{column}");
    }
    assert!(table.lines().nth(2).unwrap().starts_with("kept/beta_4.safetensors,4,"));

    succeed(&format!("sweep --betas 0.1,4 {settings} --out s.json"), f);
    let json: Value = serde_json::from_str(&read("s.json")).unwrap();
    assert_eq!(json[0]["beta"], 0.1);
    assert_eq!(json[0]["model"], Value::Null, "it was not kept");
    let error: f64 = table.lines().nth(1).unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert_eq!(json[0]["figures"]["reconstruction_error"], error);
    assert_eq!(json[1]["figures"]["families"].as_array().unwrap().len(), 9);

    let picture = read("s.svg");
    assert!(latent_explorer::export::pictures::png::png(&picture).is_ok());
    assert_eq!(picture.matches("<circle").count(), 2, "a point for each beta");
    assert!(picture.contains("beta 0.1"));
}

#[test]
fn pca_stands_beside_an_autoencoder() {
    let folder = tempfile::tempdir().unwrap();
    let f = folder.path();
    succeed(&format!("train --pca {TINY} --out pca.safetensors"), f);
    succeed(&format!("train --epochs 1 --hidden 16 {TINY} --out vae.safetensors"), f);
    assert!(checkpoint::load(&f.join("pca.safetensors")).unwrap().is_linear());
    assert!(!checkpoint::load(&f.join("vae.safetensors")).unwrap().is_linear());
    let said = succeed("compare vae.safetensors pca.safetensors --out t.json", f);
    let kl = said.lines().find(|line| line.starts_with("Information")).unwrap();
    assert!(kl.ends_with("  –"), "PCA has no KL: {kl}");
    let info = printed(run_in(f, "info pca.safetensors"));
    assert!(info.contains("principal axes"), "{info}");
    // Commands that work for any model work for this one.
    for line in [
        "optimise --model pca.safetensors --property roundness --mode max --restarts 4 --steps 5 --out o.json",
        "render --model pca.safetensors --what shapes --size 200 --out p.png",
        "heads --model pca.safetensors --property area --epochs 1 --out h.safetensors",
    ] {
        succeed(line, f);
    }
    assert!(fail(&format!("train --pca --beta 1 {TINY} --out x.safetensors"), f).contains("--pca"));
    let wide = fail(&format!("train --pca --latent-dim 65 {TINY} --out x.safetensors"), f);
    assert!(wide.contains("latent-dim") && wide.contains("64"), "{wide}");
}

#[test]
fn outlines_of_ones_own_are_swept_and_have_principal_axes() {
    let folder = tempfile::tempdir().unwrap();
    let f = folder.path();
    let own = f.join("own");
    std::fs::create_dir(&own).unwrap();
    // Ellipses of forty proportions.
    for index in 0..40 {
        let point = |k: usize| {
            let t = std::f64::consts::TAU * k as f64 / 60.0;
            format!("{},{}\n", (1.0 + 0.02 * index as f64) * t.cos(), t.sin())
        };
        let text: String = (0..60).map(point).collect();
        std::fs::write(own.join(format!("e{index:02}.csv")), text).unwrap();
    }
    let settings = "--data own --points 32 --hidden 8 --updates 20";
    succeed(&format!("sweep --betas 0.1,1 {settings} --models kept --out s.csv"), f);
    succeed("train --pca --data own --points 32 --latent-dim 1 --out pca.safetensors", f);
    // The outlines are in the file: it is measured without theirs.
    std::fs::remove_dir_all(&own).unwrap();
    succeed("compare kept/beta_0.1.safetensors pca.safetensors --out t.json", f);
    let json = json(&f.join("t.json"));
    let error = |i: usize| json[i]["figures"]["reconstruction_error"].as_f64().unwrap();
    assert!(error(0) < error(1), "two axes, begun as PCA, leave less than one: {json}");
}

#[test]
fn what_cannot_work_is_said_before_anything_is_trained() {
    let folder = tempfile::tempdir().unwrap();
    let f = folder.path();
    for (line, part) in [
        ("sweep --betas 1,1 --out s.csv", "betas: 1 is named twice .. once"),
        ("sweep --betas 1,2000 --out s.csv", "betas: .. 0 .. 1000 .. 2000"),
        ("sweep --betas 1,x --out s.csv", "'x' .. --betas"),
        ("sweep --beta 1 --betas 2 --out s.csv", "--beta .. cannot be used with .. --betas"),
        ("sweep --out s.txt", ".json .. .csv"),
        ("sweep --out none/s.csv", "none/s.csv .. create it"),
        ("sweep --picture s.png --out s.csv", "s.png .. .svg"),
        ("sweep --loss bce --out s.csv", "output sigmoid .. preset bce"),
        ("compare a.safetensors b.safetensors --out t.csv", "a.safetensors .. check the path"),
        ("compare a.safetensors --out t.csv", "2 values .. 1"),
    ] {
        let said = fail(line, f);
        assert!(says(&said, part), "{line}: {said}");
    }
}
