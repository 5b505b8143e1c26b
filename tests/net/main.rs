//! The net: numbers of every verb on both sample models and on a small imported set, held to stored results, so that
//! code can move below them. `expected/` has a file for each verb; after a change that is meant, such as new sample
//! models, all are written again, to be reviewed as a diff:
//!
//! ```text
//! UPDATE_NET=1 cargo test --features snapshots --test net
//! ```
//!
//! Numbers may differ by [`TOLERANCE`]. Sums in f32 of another order (other vectors, other kernels, other processors)
//! differ by some 1e-7 of their value, which few updates and few steps do not raise above it; so trainings and searches
//! here are short. A trained map is held elsewhere, by what it is good for.

#[path = "../common/command_line.rs"]
mod command_line;
mod differences;
mod record;

use command_line::{json, printed, run_in};
use differences::differences;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// Of two numbers, relative to the greater of them and 1.
const TOLERANCE: f64 = 1e-6;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The model of the imported set, made once: 60 outlines, a measured value of most, a head for it.
const IMPORT: &str = "train --data shapes --values values.csv --points 24 --hidden 8 --updates 30 --seed 3 \
                      --heads drag --head-widths 8 --out imported.safetensors";

static IMPORTED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = folder();
    printed(run_in(folder.path(), IMPORT));
    std::fs::read(folder.path().join("imported.safetensors")).unwrap()
});

/// A folder with the imported set and the sample models.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = Path::new(ROOT);
    let copy = |from: PathBuf, to: &str| {
        std::fs::copy(from, folder.path().join(to)).unwrap();
    };
    std::fs::create_dir(folder.path().join("shapes")).unwrap();
    for name in ["shapes/shapes.csv", "shapes/wing.dat", "shapes/leaf.svg", "values.csv"] {
        copy(root.join("tests/net").join(name), name);
    }
    copy(root.join("sample_models/nine_families.safetensors"), "nine.safetensors");
    copy(root.join("sample_models/nine_families_sigmoid.safetensors"), "sigmoid.safetensors");
    folder
}

/// Every file in a folder and those below it, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs lines one after the other in a folder: what each prints and writes.
fn written(lines: &[String], folder: &Path) -> Value {
    let mut known = files(folder);
    let mut all = Map::new();
    for line in lines {
        let text = printed(run_in(folder, line));
        let mut of_line = Map::new();
        if !text.is_empty() {
            of_line.insert("standard output".to_owned(), record::output(&text));
        }
        for path in files(folder).into_iter().filter(|path| !known.contains(path)) {
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            of_line.insert(name, record::file(&path));
        }
        known = files(folder);
        all.insert(line.clone(), Value::Object(of_line));
    }
    Value::Object(all)
}

/// Runs lines in which `M` is a model for each model that is named.
fn on_models(models: &[&str], lines: &[impl AsRef<str>]) -> Value {
    let of_model = |model: &&str| {
        let folder = folder();
        if *model == "imported" {
            std::fs::write(folder.path().join("imported.safetensors"), &*IMPORTED).unwrap();
        }
        let file = format!("{model}.safetensors");
        let word = |word: &str| if word == "M" { file.clone() } else { word.to_owned() };
        let named = |line: &str| line.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = lines.iter().map(|line| named(line.as_ref())).collect();
        ((*model).to_owned(), written(&lines, folder.path()))
    };
    Value::Object(models.iter().map(of_model).collect())
}

/// Holds what a verb made to what is stored of it, or stores it where that is asked for.
fn hold(verb: &str, made: Value) {
    let path = Path::new(ROOT).join(format!("tests/net/expected/{verb}.json"));
    let stored = std::fs::read(&path).unwrap_or_else(|_| b"{}".to_vec());
    let differ = differences(&serde_json::from_slice(&stored).unwrap(), &made);
    if std::env::var("UPDATE_NET").is_ok_and(|value| value == "1") {
        if !differ.is_empty() {
            std::fs::write(path, record::text(&made)).unwrap();
        }
    } else {
        let shown = differ.iter().take(40).cloned().collect::<Vec<_>>().join("\n  ");
        assert!(differ.is_empty(), "{verb} differs in {} places:\n  {shown}", differ.len());
    }
}

const ALL: &[&str] = &["nine", "sigmoid", "imported"];
const SAMPLES: &[&str] = &["nine", "sigmoid"];
const OWN: &[&str] = &["imported"];
/// One model, which tells as much as all.
const ONE: &[&str] = &["nine"];

/// Results of different models, each by its name.
fn together<const N: usize>(parts: [Value; N]) -> Value {
    let mut all = Map::new();
    for (model, lines) in parts.into_iter().flat_map(|part| part.as_object().unwrap().clone()) {
        let of_model = all.entry(model).or_insert_with(|| Value::Object(Map::new()));
        of_model.as_object_mut().unwrap().extend(lines.as_object().unwrap().clone());
    }
    Value::Object(all)
}

/// Lines that need no model.
fn alone(lines: &[&str]) -> Value {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    written(&lines, folder().path())
}

#[test]
fn data() {
    hold(
        "data",
        alone(&[
            "data --samples 90 --points 16 --seed 3 --out nine.csv",
            "data --families star,heart --samples 40 --size-variation 0.3 --rotation 90 \
             --aspect-variation 0.2 --noise 0.02 --points 24 --out wild.json",
            "data --families circle,square --samples 20 --points 16 --out two.svg",
            "data --families circle,square --samples 20 --points 16 --out two.dxf",
            "data shapes --out own.csv --rejects rejects.csv --points 32 --label-from file",
            "data shapes/shapes.csv --values values.csv --groups batch --normalise scale,rotation \
             --points 24 --out with_values.csv",
            "data shapes/wing.dat shapes/leaf.svg --normalise none --points 24 --out folder/",
        ]),
    );
}

#[test]
fn train() {
    let tiny = "--samples 90 --points 16 --hidden 8 --seed 3 --updates 6";
    let lines = [
        "--out usual.safetensors --history usual.csv --data-out data.csv",
        "--out article.safetensors --preset article --without-state",
        "--out bce.safetensors --preset bce --without-state",
        "--out plain.safetensors --preset plain --latent-dim 3 --without-state",
        "--out linear.safetensors --preset linear-path --kl-warmup 4 --without-state",
        "--out variance.safetensors --sigma-vae --no-noise-latent --holdout 0.2 --without-state",
        "--out heads.safetensors --heads roundness,area --head-widths 8,4 --head-weight 0.5 --without-state",
        "--out stopped.safetensors --early-stopping 3 --lr 0.03 --falling-lr --batch-size 16 --without-state",
        "--out snapshots.safetensors --snapshots kept --without-state",
    ];
    let mut lines: Vec<String> = lines.iter().map(|line| format!("train {tiny} {line}")).collect();
    lines.extend(
        [
            "train --resume usual.safetensors --updates 3 --beta 0.3 --out on.safetensors",
            "train --pca --samples 90 --points 16 --latent-dim 3 --seed 3 --out pca.safetensors",
            "train --pca --data shapes --points 24 --out pca_own.safetensors",
            IMPORT,
        ]
        .map(str::to_owned),
    );
    hold("train", written(&lines, folder().path()));
}

#[test]
fn sweep() {
    hold(
        "sweep",
        alone(&[
            "sweep --betas 0.1,4 --samples 90 --points 16 --hidden 8 --updates 6 --seed 3 \
             --out sweep.csv --models kept --picture sweep.svg",
            "sweep --betas 0.5 --data shapes --points 24 --hidden 8 --updates 6 --out own.json",
        ]),
    );
}

#[test]
fn heads() {
    let of_samples = "heads --model M --property area --widths 5 --epochs 1 --members 2 --seed 4 \
                      --out heads.safetensors";
    let of_own = "heads --model M --property drag,roundness --widths 5 --epochs 2 --members 2 \
                  --out heads.safetensors";
    hold("heads", together([on_models(SAMPLES, &[of_samples]), on_models(OWN, &[of_own])]));
}

#[test]
fn info() {
    hold("info", on_models(ALL, &["info M --json", "info M"]));
}

#[test]
fn decode_and_encode() {
    let lines = [
        "decode --model M --z 0.2,-0.3 --z row:17 --z mean --out decoded.csv",
        "decode --model M --z 0.2,-0.3 --out decoded.dat",
        "encode --model M --shapes shapes/shapes.csv --out z.csv",
        "encode --model M --shapes shapes/wing.dat --out wing.csv",
        "decode --model M --z-file z.csv --out again.json",
    ];
    let families = ["decode --model M --z family:star --z family:heart --out families.csv"];
    hold("codec", together([on_models(ALL, &lines), on_models(SAMPLES, &families)]));
}

#[test]
fn interpolate() {
    let lines = [
        "interpolate --model M --from row:3 --to z:0.4,-0.6 --steps 5 --out morph.csv",
        "interpolate --model M --from row:3 --to file:shapes/leaf.svg --steps 3 --property area \
         --out morph.svg",
        "interpolate --model M --from mean --to row:5 --steps 3 --size 300 --out morph.png",
    ];
    hold("interpolate", on_models(ALL, &lines));
}

#[test]
fn walk() {
    let lines = [
        "walk --model M --path line --from row:3 --to row:9 --frames 4 --out line.csv",
        "walk --model M --path circle --around z:0.1,0.2 --radius 0.5 --frames 4 --out circle.csv",
        "walk --model M --path spiral --turns 2 --frames 5 --property perimeter --out spiral.svg",
        "walk --model M --path axis --axis 1 --frames 4 --out axis.csv",
        "walk --model M --path circle --frames 3 --seconds 0.3 --size 240 --out circle.gif",
    ];
    hold("walk", on_models(ALL, &lines));
}

#[test]
fn sample() {
    let lines = [
        "sample --model M --count 6 --seed 3 --out new.csv",
        "sample --model M --count 4 --theme dark --out new.svg",
    ];
    hold("sample", on_models(ALL, &lines));
}

#[test]
fn field() {
    let lines = ["roundness", "area", "perimeter", "heat-shedding"].map(|quantity| {
        format!("field --model M --property {quantity} --cells 6 --out {quantity}.csv")
    });
    let drag = ["field --model M --property drag --cells 6 --out drag.csv"];
    hold("field", together([on_models(ALL, &lines), on_models(OWN, &drag)]));
}

#[test]
fn optimise() {
    let lines = [
        "--property roundness --mode max --candidates 3 --candidates-out candidates.csv",
        "--property area --mode min",
        "--property perimeter --mode max",
        "--term heat-shedding:max --inside 10",
        "--term area:target=2.5:weight=0.5 --term roundness:max --l2 0.1 --align 0.5",
        "--term area:max --constraint perimeter<=7 --constraint area>=0.5",
        "--term area:max --from row:17 --from mean --perturb 0.1",
        "--term roundness:max --space input --input-lr 0.02",
        "--term roundness:max --lr 2 --plateau-patience 1 --plateau-factor 0.5 --patience 3",
    ];
    let methods = [
        "--term roundness:max --method gradient",
        "--term roundness:max --method momentum",
        "--term roundness:max --method lbfgs",
        "--term roundness:max --method cma-es",
        "--term roundness:max --method random",
    ];
    let heads = [
        "--term roundness:max --objective head",
        "--term area:min --objective head --cautious --inside 1",
    ];
    let own = [
        "--term drag:min",
        "--term drag:max --cautious --constraint drag<=2 --candidates 2 \
         --candidates-out candidates.json",
        "--term drag:target=1 --term area:max:weight=0.1",
    ];
    let numbered = |kind: &str, lines: &[&str]| -> Vec<String> {
        let search = "optimise --model M --restarts 2 --steps 4 --seed 2 --trajectory every:2";
        let lines = lines.iter().enumerate();
        lines.map(|(i, line)| format!("{search} {line} --out {kind}_{i}.json")).collect()
    };
    let of_all = on_models(ALL, &numbered("any", &lines));
    let of_one = on_models(ONE, &numbered("method", &methods));
    let of_samples = on_models(SAMPLES, &numbered("head", &heads));
    let of_own = on_models(OWN, &numbered("drag", &own));
    hold("optimise", together([of_all, of_one, of_samples, of_own]));
}

#[test]
fn race() {
    let lines = [
        "race --model M --property roundness --mode max --restarts 3 --steps 5 \
         --methods adam,cma-es,random,gradient,momentum,lbfgs,adam-input --report all.json --out all.csv",
        "race --model M --term area:target=2 --inside 1 --restarts 2 --steps 4 --out usual.csv",
    ];
    hold("race", on_models(ALL, &lines));
}

#[test]
fn lab() {
    let folder = folder();
    std::fs::write(folder.path().join("imported.safetensors"), &*IMPORTED).unwrap();
    let search = "optimise --model imported.safetensors --term drag:min --restarts 6 --steps 10 --inside 0 \
                  --candidates 2 --out best.json";
    printed(run_in(folder.path(), search));
    // The names of candidates are those of their run.
    let best = json(&folder.path().join("best.json"));
    let candidates = best["candidates"].as_array().unwrap();
    assert!(!candidates.is_empty(), "{best}");
    let rows =
        candidates.iter().map(|candidate| format!("{},0.75\n", candidate["id"].as_str().unwrap()));
    let measured = "id,drag [N]\n".to_owned() + &rows.collect::<String>();
    std::fs::write(folder.path().join("measured.csv"), measured).unwrap();
    let line = "lab --candidates best.json --values measured.csv --out told.csv --picture told.svg \
                --model imported.safetensors --data-out next.csv";
    hold("lab", written(&[line.to_owned()], folder.path()));
}

#[test]
fn rediscover() {
    // The sample models have too many rows for a test of a minute.
    let lines = [
        "train --samples 90 --points 16 --hidden 8 --updates 6 --seed 3 --out tiny.safetensors",
        "rediscover --model tiny.safetensors --property area --mode min --parts c --repeats 1 \
         --restarts 2 --steps 2 --out tiny.json",
    ];
    let own = [
        "rediscover --model M --property drag --mode min --parts a,b,c --functions 1 --repeats 1 \
         --restarts 2 --steps 2 --out found.json",
    ];
    hold("rediscover", together([on_models(OWN, &own), on_models(ONE, &lines)]));
}

#[test]
fn render() {
    let lines = [
        "optimise --model M --term roundness:max --restarts 3 --steps 5 --out search.json",
        "render --model M --what shapes --property area --size 300 --out shapes.svg",
        "render --model M --what heat --trust --size 300x200 --out heat.svg",
        "render --model M --what points --theme dark --pin row:17 --pin mean --out points.svg",
        "render --model M --what gradient --size 300 --out gradient.svg",
        "render --model M --what losses --out losses.svg",
        "render --model M --what values --search search.json --out values.svg",
        "render --model M --layers data,paths,trust --search search.json --size 300 --out search.svg",
    ];
    let pixels = [
        "render --model M --what shapes --size 300x200 --out shapes.png",
        "render --model M --search search.json --size 200 --seconds 0.5 --fps 4 --out search.gif",
    ];
    hold(
        "render",
        together([on_models(ALL, &lines), on_models(ONE, &[&lines[..1], &pixels].concat())]),
    );
}

#[test]
fn compare() {
    let lines = [
        "train --pca --samples 90 --points 16 --seed 3 --out pca.safetensors",
        IMPORT,
        "compare nine.safetensors sigmoid.safetensors pca.safetensors --out models.json",
        "compare nine.safetensors imported.safetensors --out models.csv",
    ];
    hold("compare", alone(&lines));
}

#[test]
fn report() {
    let answer =
        ["report M --term area:target=2.5 --inside 1 --restarts 2 --steps 3 --out answer.json"];
    let others = [
        "report M --out model.json",
        "report M --property roundness --mode max --restarts 2 --steps 3 --out answer.html",
    ];
    hold("report", together([on_models(ALL, &answer), on_models(ONE, &others)]));
}
