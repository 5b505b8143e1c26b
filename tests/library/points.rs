//! Outlines from outside and the names of points: one shape has one z wherever it stands, what comes of it stands where
//! it stood, and a round of candidates, lab and retraining keeps its names.

use crate::command_line::{self, fail, json, run, succeed, table, told};
use crate::says::says;
use latent_explorer::data::outline::canonical::form_distance;
use latent_explorer::data::outline::conform;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::outline::geometry::{normalised, rms_radius};
use latent_explorer::data::outline::import::repair::{Ends, RawCurve};
use latent_explorer::data::outline::import::{ImportOptions, Normalise, import};
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::train::Pca;
use serde_json::Value;
use std::f64::consts::TAU;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

type Points = Vec<[f64; 2]>;

fn points_of(outline: &[f32]) -> Points {
    outline.chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])]).collect()
}

/// Turned, then made larger, then moved.
fn placed(points: &[[f64; 2]], turn: f64, size: f64, to: [f64; 2]) -> Points {
    let (sin, cos) = turn.sin_cos();
    let place = |[x, y]: &[f64; 2]| {
        [size * (x * cos - y * sin) + to[0], size * (x * sin + y * cos) + to[1]]
    };
    points.iter().map(place).collect()
}

/// The same polygon with other points on its sides, starting at its point `first`, in the opposite direction.
fn redrawn(points: &[[f64; 2]], first: usize) -> Points {
    let count = points.len();
    let mut drawn = Points::new();
    for i in 0..count {
        let (a, b) = (points[(first + i) % count], points[(first + i + 1) % count]);
        drawn.push(a);
        for share in [0.3, 0.55].into_iter().take(1 + i % 2) {
            drawn.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
        }
    }
    drawn.reverse();
    drawn
}

/// So many points evenly along the outline, from a share of it on; corners are cut as they come.
fn even(points: &[[f64; 2]], count: usize, from: f64) -> Points {
    let closed: Points = points.iter().chain(points.first()).copied().collect();
    let side = |i: usize| (closed[i + 1][0] - closed[i][0]).hypot(closed[i + 1][1] - closed[i][1]);
    let mut trajectories = vec![0.0];
    (0..points.len()).for_each(|i| trajectories.push(trajectories[i] + side(i)));
    let at = |k: usize| {
        let way = (k as f64 / count as f64 + from).fract() * trajectories[points.len()];
        let i = trajectories.partition_point(|&w| w <= way).clamp(1, points.len()) - 1;
        let share = (way - trajectories[i]) / side(i);
        [0, 1].map(|k| closed[i][k] + share * (closed[i + 1][k] - closed[i][k]))
    };
    (0..count).map(at).collect()
}

fn conformed(model: &Model, points: Points) -> (Vec<f32>, Vec<f64>, Vec<f64>) {
    let curve = RawCurve { points, ends: Ends::Joined };
    let (outline, transform) = model.source().unwrap().conform(curve).unwrap();
    let z = z_of(model, &outline);
    let restored = transform.restore(&outline);
    (outline, z, restored)
}

fn z_of(model: &Model, outline: &[f32]) -> Vec<f64> {
    model.encode(&Rows::from_flat(outline.len(), outline.to_vec())).unwrap().0.into_flat()
}

/// The greatest difference of a coordinate of two latent points, in standard deviations of the data.
fn apart(model: &Model, a: &[f64], b: &[f64]) -> f64 {
    let mu = &model.encoded.mu;
    let deviation = |k: usize| {
        let n = mu.len() as f64;
        let mean = mu.iter().map(|z| z[k]).sum::<f64>() / n;
        (mu.iter().map(|z| (z[k] - mean).powi(2)).sum::<f64>() / n).sqrt()
    };
    let each = a.iter().zip(b).enumerate().map(|(k, (a, b))| (a - b).abs() / deviation(k));
    each.fold(0.0, f64::max)
}

/// The spacing of points on an outline of unit size: the largest shift of a point along the outline by resampling, if
/// the points can be distributed over the sides differently.
const SPACING: f64 = 0.065;

/// The largest distance of a redrawn shape's z from the original's, in standard deviations of the data.
const SAME_Z: f64 = 0.05;
/// Generated rows that are redrawn: ten of each family.
const ROWS: usize = 90;

/// The corners of an outline of points, and between each two so many points as asked for: any other sampling that keeps
/// the corners.
fn resampled(points: &[[f64; 2]], count: usize) -> Points {
    let n = points.len();
    let at = |i: usize| points[i % n];
    let turn = |i: usize| {
        let (a, b, c) = (at(i + n - 1), at(i), at(i + 1));
        let (u, v) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
        (u[0] * v[1] - u[1] * v[0]).atan2(u[0] * v[0] + u[1] * v[1]).abs()
    };
    let corners: Vec<usize> = (0..n).filter(|&i| turn(i) > 0.5).collect();
    let [first, ..] = corners.as_slice() else { return even(points, count, 0.37) };
    let ends = corners[1..].iter().copied().chain([first + n]);
    let mut drawn = Points::new();
    for (from, to) in corners.iter().copied().zip(ends) {
        let side: Points = (from..=to).map(at).collect();
        let many = (count * (to - from)).div_ceil(n).max(2);
        // Evenly along the side and back again; the first half is the outward part.
        let there_and_back: Points =
            side.iter().chain(side[1..to - from].iter().rev()).copied().collect();
        drawn.extend(even(&there_and_back, 2 * many, 0.0).into_iter().take(many));
    }
    drawn
}

#[test]
fn a_generated_shape_has_its_z_wherever_it_stands() {
    for sample in BUNDLED {
        let model = sample.load().unwrap();
        let (mut cut, mut cut_off) = (0, 0);
        for row in 0..ROWS {
            let own = model.training_row(row);
            let z = z_of(&model, &own);
            let points = points_of(&own);
            // In its own form it is taken to the bit.
            let (same, of_same, _) = conformed(&model, points.clone());
            assert_eq!((&same, &of_same), (&own, &z), "row {row}");
            // A size that the data have is kept; one that they never have tells nothing.
            let unit = z_of(&model, &normalised(&own));
            // Sides are as equal as before, wherever the rounding ended.
            let near = |how: &str, expected: &[f64], found: &[f64], most: f64| {
                let off = apart(&model, expected, found);
                assert!(off < most, "row {row}, {how}: {off} of a standard deviation");
            };
            for (size, expected) in [(1.0, &z), (35.0, &unit), (1e-3, &unit)] {
                let moved = placed(&points, 0.0, size, [120.0, -7.0]);
                let (_, found, restored) = conformed(&model, moved.clone());
                near("moved and scaled", expected, &found, 1e-3);
                let off = restored.iter().zip(moved.as_flattened()).map(|(a, b)| (a - b).abs());
                assert!(off.fold(0.0, f64::max) < 1e-4 * size.max(1.0), "row {row}, size {size}");
                let (outline, found, _) = conformed(&model, redrawn(&moved, 41));
                let form = form_distance(&outline, &own);
                assert!(form < SPACING, "row {row}, size {size}: {form}");
                near("redrawn", expected, &found, SAME_Z);
                let (_, found, _) = conformed(&model, resampled(&moved, 61));
                // Of a curved side so few points are another shape.
                near("61 points", expected, &found, 3.0 * SAME_Z);
                let (_, found, _) = conformed(&model, resampled(&moved, 397));
                near("397 points", expected, &found, SAME_Z);
                let (_, found, _) = conformed(&model, even(&moved, 397, 0.37));
                // Corners that are cut off move the points of a side.
                near("397 even", expected, &found, 0.6);
                cut += 1;
                cut_off += usize::from(apart(&model, expected, &found) > SAME_Z);
            }
        }
        assert!(5 * cut_off < cut, "{cut_off} of {cut}");
    }
}

#[test]
fn a_shape_of_noisy_data_stays_as_it_is() {
    let generator =
        GeneratorConfig { samples: 90, points: 32, noise: 0.1, ..GeneratorConfig::default() };
    let data = TrainingData::generate(generator).unwrap();
    for row in 0..90 {
        let points = points_of(data.set.rows.row(row));
        let curve = RawCurve { points, ends: Ends::Listed };
        let (outline, transform) = data.source.conform(curve).unwrap();
        assert_eq!(outline, data.set.rows.row(row), "{row}");
        assert!(transform.is_plain());
    }
}

/// A thin shape with a tip at +x, or an egg without one; by `index` each has its own thickness and camber.
fn imported_shape(index: usize, tip: bool) -> Points {
    let (bow, depth) = ((index / 8) as f64 / 5.0, (index % 8) as f64 / 8.0);
    (0..120)
        .map(|i| {
            let t = TAU * f64::from(i) / 120.0;
            let x = 0.5 * (1.0 + t.cos());
            let thick = if tip { 0.1 + 0.1 * depth } else { 0.35 + 0.1 * depth };
            let half = thick * t.sin() * if tip { (1.0 - x).sqrt() } else { 1.0 + 0.4 * x };
            [x, half + 0.4 * bow * x * (1.0 - x)]
        })
        .collect()
}

/// Principal axes of 40 shapes that were imported with these options, each somewhere else and of another size.
fn imported_model(normalise: Normalise, tip: bool) -> Model {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shapes.csv");
    let mut text = "id".to_owned();
    (0..120).for_each(|i| write!(text, ",x{i},y{i}").unwrap());
    for index in 0..40 {
        let turn = if normalise.rotation { 0.3 * index as f64 } else { 0.0 };
        let size = 10.0 + index as f64;
        let shape = placed(&imported_shape(index, tip), turn, size, [5.0 * size, -size]);
        write!(text, "\ns{index}").unwrap();
        shape.iter().for_each(|[x, y]| write!(text, ",{x},{y}").unwrap());
    }
    std::fs::write(&path, text).unwrap();
    let options = ImportOptions { points: 64, normalise, ..ImportOptions::default() };
    let imported = import(&[path], &options, &CancelToken::default(), |_| ()).unwrap().unwrap();
    let data = TrainingData::imported(imported, "s".to_owned(), &options).unwrap();
    let config = TrainingConfig { latent_dim: 2, ..TrainingConfig::for_imported(&data) };
    let mut pca = Pca::new(data, &config).unwrap();
    while pca.step() {}
    pca.finish().unwrap()
}

#[test]
fn an_imported_shape_has_its_z_wherever_it_stands() {
    for (scale, rotation, tip) in
        [(true, false, true), (true, false, false), (false, false, true), (true, true, false)]
    {
        let normalise = Normalise { scale, rotation };
        let model = imported_model(normalise, tip);
        let data = model.data.clone().unwrap();
        for row in (0..40).step_by(3) {
            let own = model.training_row(row);
            let z = model.encoded.mu.row(row);
            let stood = data.transforms[row].restore(&own);
            let points: Points = stood.chunks_exact(2).map(|p| [p[0], p[1]]).collect();
            // Which end of its axis is which, nobody says: a turn beyond a right angle would turn it over.
            let turn = if rotation { -0.5 * data.transforms[row].rotation } else { 0.0 };
            let size = if scale { 0.02 } else { 1.0 };
            let moved = placed(&points, turn, size, [-400.0, 90.0]);
            for drawn in [moved.clone(), redrawn(&moved, 23), even(&moved, 173, 0.37)] {
                let (outline, found, restored) = conformed(&model, drawn);
                let off = apart(&model, z, &found);
                let case = format!("{normalise:?}, tip {tip}, row {row}");
                assert!(off < 0.15, "{case}: {off} of a standard deviation");
                assert!(form_distance(&outline, &own) < SPACING, "{case}");
                // Back in the caller's frame: each point lies where the caller's outline has one of its own.
                let radius = size * rms_radius(&own) * data.transforms[row].scale;
                for p in restored.chunks_exact(2) {
                    let away = |q: &[f64; 2]| (p[0] - q[0]).hypot(p[1] - q[1]);
                    let near = moved.iter().map(away).fold(f64::MAX, f64::min);
                    assert!(near < 0.08 * radius, "{case}: {near}");
                }
            }
        }
    }
}

#[test]
fn an_outline_that_is_none_is_named_with_its_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.csv");
    let model = BUNDLED[0].load().unwrap();
    let problem = |text: &str| {
        std::fs::write(&path, text).unwrap();
        conform::read(&path, model.source().unwrap()).unwrap_err().to_string()
    };
    let square = "0,0,1,0,1,1,0,1";
    assert!(problem(&format!("{square}\n0,0,2,2,2,0,0,1\n")).contains("x.csv: line 2"));
    assert!(problem("0,0,1,0,1\n").contains("line 1: has 5"));
    assert!(problem("").contains("x.csv"));
    std::fs::write(&path, format!("id,x0,y0,x1,y1,x2,y2,x3,y3\nsquare,{square}\n")).unwrap();
    let read = conform::read(&path, model.source().unwrap()).unwrap();
    assert_eq!((read.len(), read[0].name.as_str(), read[0].outline.len()), (1, "square", 200));
    let picture = folder.path().join("x.svg");
    std::fs::write(
        &picture,
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><path id=\"a\" d=\"M0 0H9V9H0Z\"/></svg>",
    )
    .unwrap();
    let drawn = conform::read(&picture, model.source().unwrap()).unwrap();
    assert_eq!(drawn[0].name, "a");
    assert!(form_distance(&drawn[0].outline, &read[0].outline) < 1e-3);
}

/// A model of 40 imported shapes, their length a measured value, as a file; written once.
static IMPORTED: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("points.safetensors");
    let folder = TempDir::new().unwrap();
    let [shapes, values] = ["s.csv", "v.csv"].map(|name| folder.path().join(name));
    let mut table = "name,drag [N]\n".to_owned();
    let mut text = "id".to_owned();
    (0..120).for_each(|i| write!(text, ",x{i},y{i}").unwrap());
    for index in 0..40 {
        writeln!(table, "s{index},{}", 10 + 3 * (index % 8) + index / 8).unwrap();
        write!(text, "\ns{index}").unwrap();
        let shape = placed(&imported_shape(index, true), 0.0, 100.0, [50.0, 20.0]);
        shape.iter().for_each(|[x, y]| write!(text, ",{x},{y}").unwrap());
    }
    std::fs::write(&shapes, text).unwrap();
    std::fs::write(&values, table).unwrap();
    let line = "train --points 32 --updates 2000 --hidden 32 --lr 3e-3 --heads drag --data F/s.csv --values F/v.csv --out M";
    succeed(&command_line::words(line, folder.path(), &path));
    path
});

/// Splits a line at its spaces; `M` is the model, `F/` a folder of the test.
fn words(line: &str, folder: &Path) -> Vec<String> {
    command_line::words(line, folder, &IMPORTED)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Centre and RMS radius of `x0, y0, ..`.
fn frame_of(numbers: &[f64]) -> ([f64; 2], f64) {
    let n = (numbers.len() / 2) as f64;
    let mean = |k: usize| numbers.iter().skip(k).step_by(2).sum::<f64>() / n;
    let centre = [mean(0), mean(1)];
    let square: f64 = numbers
        .chunks_exact(2)
        .map(|p| (p[0] - centre[0]).powi(2) + (p[1] - centre[1]).powi(2))
        .sum();
    (centre, (square / n).sqrt())
}

/// Shape 7 of the imported ones as an airfoil elsewhere, 0.3 long, with as many points as it was drawn with.
fn write_foreign(folder: &Path) -> Points {
    let foreign = placed(&imported_shape(7, true), 0.0, 0.3, [-4.0, 9.0]);
    let text: String = foreign.iter().map(|[x, y]| format!("{x},{y}\n")).collect();
    std::fs::write(folder.join("own.csv"), format!("x,y\n{text}")).unwrap();
    foreign
}

#[test]
fn what_comes_of_an_outline_of_ones_own_stands_where_it_stood() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let foreign = write_foreign(folder.path());
    let (centre, radius) = frame_of(foreign.as_flattened());
    let stands = |numbers: &[f64]| {
        let (at, size) = frame_of(numbers);
        (at[0] - centre[0]).hypot(at[1] - centre[1]) < 0.5 * radius
            && (0.5..2.0).contains(&(size / radius))
    };
    // Its z is that of the row that it is.
    succeed(&words("encode --model M --shapes F/own.csv --out F/z.csv", folder.path()));
    let encoded = table(&path("z.csv"));
    assert!(encoded[0].join(",").ends_with("origin_x,origin_y,scale,rotation"), "{:?}", encoded[0]);
    let model = checkpoint::load(&IMPORTED).unwrap();
    let row = model.encoded.samples.iter().position(|&sample| sample == 7).unwrap();
    let column = |name: &str| encoded[0].iter().position(|cell| cell == name).unwrap();
    let number = |name: &str| encoded[1][column(name)].parse::<f64>().unwrap();
    let z = [number("mu0"), number("mu1")];
    assert!(apart(&model, model.encoded.mu.row(row), &z) < 0.05, "{z:?}");
    // Decoding gives it back where it stood, by the table and by its name.
    succeed(&words("decode --model M --z-file F/z.csv --out F/back.json", folder.path()));
    succeed(&words(
        "decode --model M --z file:F/own.csv --z name:s7 --z mean --out F/named.json",
        folder.path(),
    ));
    let back = json(&path("back.json"));
    let named = json(&path("named.json"));
    assert!(stands(&numbers(&back[0]["outline"])) && stands(&numbers(&named[0]["outline"])));
    let (at, size) = frame_of(&numbers(&named[1]["outline"]));
    assert!(
        at[0] > 80.0 && at[0] < 120.0 && size > 20.0,
        "a row stands where it was imported: {at:?}"
    );
    let (at, size) = frame_of(&numbers(&named[2]["outline"]));
    assert!(at[0].abs() < 0.1 && (size - 1.0).abs() < 0.2, "a mean is in data units: {at:?}");
    // So does the answer of a search that begins with it, and its candidates.
    let line = "optimise --model M --property roundness --mode max --steps 20 --inside 10 --restarts 6 --perturb 0.3 \
                --from F/own.csv --candidates 2 --candidates-out F/c.csv --out F/r.json";
    succeed(&words(line, folder.path()));
    let report = json(&path("r.json"));
    assert_eq!(report["format"], 4);
    for (index, restart) in report["restarts"].as_array().unwrap().iter().enumerate() {
        assert!(stands(&numbers(&restart["decoded"])), "restart {index}");
        assert_eq!(
            (&restart["restart"], restart["frame"]["scale"].is_f64()),
            (&(index + 1).into(), true)
        );
    }
    for row in &table(&path("c.csv"))[1..] {
        assert!(stands(&row[1..].iter().map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>()));
    }
    // A morph leads from the frame of the one to that of the other, and areas are those of what is written.
    let line = "interpolate --model M --from file:F/own.csv --to name:s3 --steps 3 --out F/m.csv";
    succeed(&words(line, folder.path()));
    let morph = table(&path("m.csv"));
    // Counted from the end: a reason has commas.
    let behind =
        |name: &str| morph[0].len() - morph[0].iter().position(|cell| cell == name).unwrap();
    let (x0, area) = (behind("x0"), behind("area"));
    assert_eq!(morph[1][1], "1", "frames are counted from 1");
    let outline = |row: &[String]| {
        row[row.len() - x0..].iter().map(|v| v.parse().unwrap()).collect::<Vec<f64>>()
    };
    assert!(stands(&outline(&morph[1])));
    let (at, size) = frame_of(&outline(&morph[3]));
    assert!(at[0] > 80.0 && size > 20.0, "{at:?}");
    for row in &morph[1..4] {
        let (written, xy) = (row[row.len() - area].parse::<f64>().unwrap(), outline(row));
        let next = |i: usize| (i + 2) % xy.len();
        let twice: f64 = (0..xy.len())
            .step_by(2)
            .map(|i| xy[i] * xy[next(i) + 1] - xy[next(i)] * xy[i + 1])
            .sum();
        assert!((0.5 * twice - written).abs() < 1e-3 * written.abs(), "{written}");
    }
}

#[test]
fn points_that_are_not_there_are_named_with_those_that_are() {
    let folder = TempDir::new().unwrap();
    let from = |point: &str| {
        let line =
            format!("optimise --model M --property area --mode max --from {point} --out F/r.json");
        fail(&words(&line, folder.path()))
    };
    let unknown = from("name:s99");
    assert!(
        unknown.contains("'s99'") && unknown.matches("'s").count() > 1,
        "a like name: {unknown}"
    );
    assert!(says(&from("row:41"), "1 to 40 .. 41"), "{}", from("row:41"));
    assert!(from("row:0").contains("from 1"));
    assert!(from("F/none.csv").contains("none.csv"), "{}", from("F/none.csv"));
    assert!(from("pin:1").contains("no pin 1"));
}

#[test]
fn named_points_are_pinned_on_a_picture() {
    let folder = TempDir::new().unwrap();
    let drawn = |pins: &str| {
        let line = format!("render --model M --what points --size 300{pins} --out F/p.svg");
        succeed(&words(&line, folder.path()));
        std::fs::read_to_string(folder.path().join("p.svg")).unwrap()
    };
    let (without, with) = (drawn(""), drawn(" --pin name:s7 --pin mean"));
    let numbers = |svg: &str| (svg.matches(">1</text>").count(), svg.matches(">2</text>").count());
    let (before, after) = (numbers(&without), numbers(&with));
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1));
}

#[test]
fn a_round_of_candidates_lab_and_training_keeps_its_names() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let search = |seed: u32| {
        let line = format!(
            "optimise --model M --property drag --mode max --inside 10 --steps 200 --seed {seed} --candidates 3 \
             --candidates-out F/c{seed}.json --out F/r{seed}.json"
        );
        succeed(&words(&line, folder.path()));
        json(&path(&format!("r{seed}.json")))
    };
    let (report, other) = (search(1), search(2));
    assert_ne!(report["run"], other["run"]);
    assert_eq!(report["run"], search(1)["run"], "the same search is the same run");
    let candidates = report["candidates"].as_array().unwrap();
    assert!(!candidates.is_empty());
    let id = candidates[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(id, format!("c1-{}", report["run"].as_str().unwrap()));
    let predicted = candidates[0]["predictions"][0]["value"].as_f64().unwrap();
    let restart = candidates[0]["restart"].as_u64().unwrap() as usize;
    assert_eq!(report["restarts"][restart - 1]["restart"].as_u64(), Some(restart as u64));
    assert_eq!(report["restarts"][restart - 1]["z_best"], candidates[0]["z"]);
    assert_eq!(json(&path("c1.json"))[0]["id"], candidates[0]["id"]);

    std::fs::write(path("lab.csv"), format!("id,drag [N]\n{id},12.5\nc1-zzzzzz,3\n")).unwrap();
    let line = "lab --candidates F/r1.json --values F/lab.csv --out F/t.csv --picture F/p.png --model M \
                --data-out F/d2.csv";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "line 3 .. 'c1-zzzzzz'"), "{said}");
    assert!(says(&said, "drag: 1 .. RMS"), "{said}");
    let compared = table(&path("t.csv"));
    assert_eq!(
        compared[0].join(","),
        "id,property,unit,predicted,predicted_low,predicted_high,measured,difference"
    );
    assert_eq!(compared[1][..3], [id.as_str(), "drag", "N"]);
    assert_eq!((compared.len(), compared[1][3].parse::<f64>().unwrap()), (2, predicted));
    let difference = compared[1][7].parse::<f64>().unwrap();
    assert!((difference - (12.5 - predicted)).abs() < 1e-9);
    assert!(std::fs::read(path("p.png")).unwrap().starts_with(b"\x89PNG"));
    // Lab results are learned with the other values.
    let line = "train --points 32 --updates 40 --hidden 16 --heads drag --data F/d2.csv --values F/d2.csv --out F/m2";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "drag: 41 of 41"), "{said}");
    let next = checkpoint::load(&path("m2")).unwrap();
    let row = (0..41).find(|&row| next.row_id(row) == Some(id.as_str())).unwrap();
    assert_eq!(next.measured("drag".parse().unwrap(), row), Some(12.5));

    // Results of one search are refused by another.
    let line = "lab --candidates F/c2.json --values F/lab.csv --out F/t.csv";
    let refused = fail(&words(line, folder.path()));
    assert!(refused.contains("'c1-"), "{refused}");
    let line = "lab --candidates F/lab.csv --values F/lab.csv --out F/t.csv";
    assert!(fail(&words(line, folder.path())).contains("holds no candidates"));
}
