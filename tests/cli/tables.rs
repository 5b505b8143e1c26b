//! A table goes the whole way: train, info, predict and optimise.

use super::*;
use safetensors::SafeTensors;
use std::fmt::Write as _;

/// The numbers of a row beside its category.
const NUMBERS: usize = 39;
/// The rows of the table.
const ROWS: usize = 200;

/// A number between 0 and 1 of a row and a column, the same in every run.
fn noise(row: usize, column: usize) -> f64 {
    let mixed = (row * 7919 + column * 104_729 + 1).wrapping_mul(2_654_435_761) % 1_000_003;
    mixed as f64 / 1_000_003.0
}

/// A table of 39 numbers, one of them skewed, a category and a target that follows three of the numbers; some cells of
/// each are blank.
fn alloys() -> String {
    let mut text = "id,density [g/cm3],lattice".to_owned();
    (0..NUMBERS).for_each(|column| _ = write!(text, ",d{column} [unit{column}]"));
    text.push('\n');
    for row in 0..ROWS {
        let hidden = [noise(row, 100), noise(row, 101), noise(row, 102)];
        let density = 4.0 + 3.0 * hidden[0] - 2.0 * hidden[1] + hidden[2];
        let density = if row % 9 == 4 { "NA".to_owned() } else { format!("{density:.4}") };
        let lattice = match (row % 13, hidden[0] > 0.5) {
            (5, _) => "",
            (_, true) => "bcc",
            (_, false) => "fcc",
        };
        let _ = write!(text, "alloy {row},{density},{lattice}");
        for column in 0..NUMBERS {
            let own = hidden[column % 3] + 0.1 * noise(row, column);
            let value = match column {
                0 => (4.0 * own).exp(),
                _ => 10.0 * column as f64 + own,
            };
            match (row + 3 * column) % 29 {
                0 => text.push(','),
                _ => _ = write!(text, ",{value:.5}"),
            }
        }
        text.push('\n');
    }
    text
}

/// The description in a checkpoint.
fn card(file: &[u8]) -> Value {
    let (_, metadata) = SafeTensors::read_metadata(file).unwrap();
    let header = &metadata.metadata().as_ref().unwrap()["latent-explorer"];
    serde_json::from_str::<Value>(header).unwrap()["card"].clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Decodes a latent point by the tensors and the description of a file alone: data units, `[input]`.
fn decode(file: &[u8], z: &[f64]) -> Vec<f64> {
    let tensors = SafeTensors::deserialize(file).unwrap();
    let floats = |name: String| -> Vec<f64> {
        let bytes = tensors.tensor(&name).unwrap().data();
        bytes.chunks(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap()))).collect()
    };
    let card = card(file);
    let mut x = z.to_vec();
    for layer in card["layers"].as_array().unwrap() {
        let name = layer["name"].as_str().unwrap();
        if !name.starts_with("decoder") {
            continue;
        }
        let (weight, bias) = (floats(format!("{name}.weight")), floats(format!("{name}.bias")));
        let affine = |(row, bias): (&[f64], &f64)| -> f64 {
            bias + row.iter().zip(&x).map(|(w, x)| w * x).sum::<f64>()
        };
        let mut y: Vec<f64> = weight.chunks(x.len()).zip(&bias).map(affine).collect();
        if layer["activation"] == "relu" {
            y.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        let mut begin = 0;
        for block in layer["blocks"].as_array().into_iter().flatten() {
            let (kind, width) = block.as_object().unwrap().iter().next().unwrap();
            let floors = if kind == "floored" { numbers(width) } else { Vec::new() };
            let end = begin + width.as_u64().map_or(floors.len(), |width| width as usize);
            for (y, floor) in y[begin..end].iter_mut().zip(&floors) {
                let above = 10.0 * (*y - floor);
                *y = floor + (above.max(0.0) + (-above.abs()).exp().ln_1p()) / 10.0;
            }
            if kind == "softmax" {
                y[begin..end].iter_mut().for_each(|v| *v = v.exp());
                let sum: f64 = y[begin..end].iter().sum();
                y[begin..end].iter_mut().for_each(|v| *v /= sum);
            }
            begin = end;
        }
        x = y;
    }
    let scaling = &card["scaling"];
    let (offset, scale) = (numbers(&scaling["offset"]), numbers(&scaling["scale"]));
    let mut data: Vec<f64> =
        x.iter().zip(offset.iter().zip(scale)).map(|(x, (o, s))| x * s + o).collect();
    for column in scaling["logarithmic"].as_array().into_iter().flatten() {
        let value = &mut data[column.as_u64().unwrap() as usize];
        *value = value.exp();
    }
    data
}

/// The folder of a test with the table and its model.
fn trained() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("alloys.csv"), alloys()).unwrap();
    let line = "train --data F/alloys.csv --target density --latent-dim 16 --hidden 24 --updates 600 \
                --batch-size 16 --latent gaussian --beta 0.05 --activation relu --holdout 0.2 --early-stopping 2000 \
                --head-weight 0.1 --head-widths 64,32 --dropout 0 --weight-decay 0 --seed 2 --out F/m.safetensors";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "200 rows of 40 columns"), "{said}");
    assert!(says(&said, "density: 178 of 200 rows"), "{said}");
    assert!(says(&said, "density R2 .. MAE .. g/cm3 (ridge regression on PCA: R2 "), "{said}");
    folder
}

#[test]
fn a_table_is_trained_described_predicted_and_searched() {
    let folder = trained();
    let file = std::fs::read(folder.path().join("m.safetensors")).unwrap();
    let run_line = |line: &str| succeed(&words(line, folder.path()));

    let info: Value = serde_json::from_str(&run_line("info F/m.safetensors --json")).unwrap();
    assert_eq!(info["source"]["table"]["count"], 200);
    assert_eq!((info["input"].as_u64(), info["latent"].as_u64()), (Some(41), Some(16)));
    let columns = info["domain"]["table"]["columns"].as_array().unwrap();
    assert_eq!((columns.len(), &columns[1]["unit"]), (40, &Value::from("unit0")));
    assert_eq!(info["measured"][0]["known"], 178);
    assert!(info["heads"][0]["r2"].as_f64().unwrap() > 0.5, "{}", info["heads"]);
    assert_eq!(card(&file)["scaling"]["logarithmic"], serde_json::json!([2]), "d0 alone");
    let text = run_line("info F/m.safetensors");
    assert!(says(&text, "200 rows of 40 columns, 40 held out"), "{text}");
    assert!(says(&text, "39 columns of numbers, 1 category"), "{text}");
    assert!(!says(&text, "families"), "{text}");

    // The rows of the table itself, in another order of columns and with one more.
    let swapped: String = alloys()
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.swap(2, 7);
            cells.join(",") + ",1\n"
        })
        .collect();
    std::fs::write(folder.path().join("new.csv"), swapped.replacen(",1\n", ",more\n", 1)).unwrap();
    run_line("predict --model F/m.safetensors --data F/new.csv --name id --out F/p.csv");
    // The column that named the rows in training names them again.
    run_line("predict --model F/m.safetensors --data F/alloys.csv --out F/q.csv");
    let predicted = table(&folder.path().join("p.csv"));
    assert_eq!(predicted, table(&folder.path().join("q.csv")), "the order counts for nothing");
    let header = ["name", "density", "density_low", "density_high", "distance", "usual_distance"];
    assert_eq!(predicted[0], header);
    assert_eq!((predicted.len(), predicted[1][0].as_str()), (201, "alloy 0"));
    let alloys = alloys();
    let (mut missed, mut known, mut held) = (0.0, 0.0, 0);
    for (cells, line) in predicted[1..].iter().zip(alloys.lines().skip(1)) {
        let [value, low, high] = [1, 2, 3].map(|k| cells[k].parse::<f64>().unwrap());
        assert!(low <= high, "{cells:?}");
        if let Ok(truth) = line.split(',').nth(1).unwrap().parse::<f64>() {
            missed += (value - truth).powi(2);
            held += usize::from((low..=high).contains(&truth));
            known += 1.0;
        }
    }
    let rms = f64::sqrt(missed / known);
    assert!(known == 178.0 && rms < 0.6, "{rms}: the target has a deviation of about 1.1");
    assert!(held as f64 > 0.8 * known, "{held} in their intervals");

    // Ranked by the end of the interval that can be counted on.
    let rank = |terms: &str| {
        let line = "predict --model F/m.safetensors --data F/alloys.csv --out F/ranked.csv";
        run_line(&format!("{line} {terms}"));
        table(&folder.path().join("ranked.csv"))
    };
    for (terms, key) in [
        ("--rank density:max", (|_, low, _| -low) as fn(f64, f64, f64) -> f64),
        ("--rank density:min", |_, _, high| high),
        ("--rank density:target=5", |_, low, high| {
            f64::max((low - 5.0f64).abs(), (high - 5.0f64).abs())
        }),
    ] {
        let ranked = rank(terms);
        let keys = ranked[1..].iter().map(|cells| {
            let [value, low, high] = [1, 2, 3].map(|k| cells[k].parse::<f64>().unwrap());
            key(value, low, high)
        });
        assert!(keys.is_sorted(), "{terms}");
        let sorted = |mut rows: Vec<Vec<String>>| {
            rows.sort();
            rows
        };
        assert_eq!(sorted(ranked), sorted(predicted.clone()), "the same rows in another order");
    }

    let line = "optimise --model F/m.safetensors --term density:max --align 0.5 --restarts 6 --steps 60 \
                --candidates 2 --candidates-out F/c.json --out F/r.json";
    let said = run_line(line);
    assert_eq!(said.lines().count(), 10, "{said}");
    assert!(said.lines().all(|line| line.contains(", nearest row ")), "{said}");
    let report = json(&folder.path().join("r.json"));
    for restart in report["restarts"].as_array().unwrap() {
        let by_hand = decode(&file, &numbers(&restart["z_best"]));
        let row = restart["row"].as_array().unwrap();
        assert_eq!((row.len(), by_hand.len()), (40, 41));
        let (likely, level) =
            if by_hand[0] > by_hand[1] { (by_hand[0], "bcc") } else { (by_hand[1], "fcc") };
        assert_eq!((&row[0]["name"], &row[0]["level"]), (&"lattice".into(), &level.into()));
        assert!((row[0]["probability"].as_f64().unwrap() - likely).abs() < 1e-5);
        for (column, (cell, truth)) in row[1..].iter().zip(&by_hand[2..]).enumerate() {
            assert_eq!(cell["name"], format!("d{column}"));
            assert_eq!(cell["unit"], format!("unit{column}"));
            let value = cell["value"].as_f64().unwrap();
            assert!((value - truth).abs() < 1e-4 * truth.abs().max(1.0), "{cell} {truth}");
        }
        assert!(restart["trust"].as_object().unwrap().contains_key("outside"), "{restart}");
    }

    // A quantity of the row itself: the search and the decoder agree on it.
    let line = "optimise --model F/m.safetensors --term computed:d4:min --restarts 2 --steps 40 --out F/d4.json";
    run_line(line);
    let report = json(&folder.path().join("d4.json"));
    for restart in report["restarts"].as_array().unwrap() {
        let by_hand = decode(&file, &numbers(&restart["z_best"]))[2 + 4];
        let found = restart["value_best"].as_f64().unwrap();
        assert!((found - by_hand).abs() < 1e-4 * by_hand.abs(), "{found} {by_hand}");
        assert!(found < restart["value_start"].as_f64().unwrap());
    }

    // The file is read and written again without a change, and a training goes on from it.
    run_line("train --resume F/m.safetensors --updates 20 --out F/longer.safetensors");
    let longer = std::fs::read(folder.path().join("longer.safetensors")).unwrap();
    let rows = |file: &[u8]| {
        SafeTensors::deserialize(file).unwrap().tensor("data.rows").unwrap().data().to_vec()
    };
    assert_eq!(rows(&longer), rows(&file));
    let is_blank = |b: &[u8]| f32::from_le_bytes(b.try_into().unwrap()).is_nan();
    assert!(rows(&file).chunks(4).filter(|b| is_blank(b)).count() > 200);
}

#[test]
fn what_is_never_negative_stays_so_and_heads_have_their_weights() {
    let folder = TempDir::new().unwrap();
    let mut text = "id,share,signed,y,kind\n".to_owned();
    for row in 0..120 {
        let (a, b) = (noise(row, 1), noise(row, 2));
        let kind = if a > b { "over" } else { "under" };
        let share = (a - 0.4).max(0.0);
        let _ = writeln!(text, "r{row},{share:.4},{:.4},{:.4},{kind}", a - b, a + b);
    }
    std::fs::write(folder.path().join("t.csv"), text).unwrap();
    let run_line = |line: &str| told(&run(&words(line, folder.path())));
    let train = "train --data F/t.csv --target y,kind --hidden 12 --activation relu --updates 200 --seed 1 --dropout 0.1 --weight-decay 0.01";
    run_line(&format!("{train} --task-weight kind=3 --learn-uncertainties --out F/m.safetensors"));
    let file = std::fs::read(folder.path().join("m.safetensors")).unwrap();
    let config = card(&file)["origin"]["trained"]["config"].clone();
    let expected = [("dropout", 0.1), ("weight_decay", 0.01)];
    assert!(expected.iter().all(|(name, value)| config[name] == *value), "{config}");
    assert!(config["learned_uncertainties"] == true, "{config}");
    assert_eq!(config["task_weights"], serde_json::json!([1.0, 3.0]));

    // Far outside, where a plain network would go below zero.
    run_line(
        "optimise --model F/m.safetensors --term computed:share:min --inside 0 --restarts 4 --out F/r.json",
    );
    for restart in json(&folder.path().join("r.json"))["restarts"].as_array().unwrap() {
        let value = restart["value_best"].as_f64().unwrap();
        let by_hand = decode(&file, &numbers(&restart["z_best"]))[0];
        assert!(value >= 0.0 && (value - by_hand).abs() < 1e-5, "{value} {by_hand}");
    }
    let longer = "train --resume F/m.safetensors --updates 20 --out F/l.safetensors";
    run_line(longer);
    let unknown =
        run(&words(&format!("{train} --task-weight z=2 --out F/x.safetensors"), folder.path()));
    let unknown = String::from_utf8(unknown.stderr).unwrap();
    assert!(says(&unknown, "task-weight .. z .. y, kind"), "{unknown}");
    let unclear = fail(&words(&format!("{longer} --task-weight y"), folder.path()));
    assert!(says(&unclear, "task-weight .. density=2"), "{unclear}");
}

/// The table with one more target, of three classes and blanks.
fn alloys_with_phases() -> String {
    let mut text = String::new();
    for (row, line) in alloys().lines().enumerate() {
        let phase = match row.checked_sub(1).map(|row| (row % 11, noise(row, 101))) {
            None => "phase",
            Some((7, _)) => "",
            Some((_, hidden)) if hidden < 0.33 => "alpha",
            Some((_, hidden)) if hidden < 0.66 => "beta",
            Some(_) => "gamma",
        };
        let _ = writeln!(text, "{line},{phase}");
    }
    text
}

#[test]
fn a_target_of_words_is_learned_told_and_sought_as_classes() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("alloys.csv"), alloys_with_phases()).unwrap();
    let run_line = |line: &str| succeed(&words(line, folder.path()));
    let line = "train --data F/alloys.csv --target lattice,phase,density --latent-dim 8 --hidden 32 --updates 900 \
                --batch-size 16 --latent gaussian --beta 0.02 --activation relu --holdout 0.2 --early-stopping 2000 \
                --head-weight 0.1 --head-widths 64,32 --dropout 0 --weight-decay 0 --seed 2 --out F/m.safetensors";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "lattice accuracy .. chance .. log loss .. AUC"), "{said}");
    assert!(says(&said, "density R2 .. lattice accuracy .. phase accuracy .. chance"), "{said}");
    assert!(says(&said, "logistic regression on PCA: accuracy .. AUC"), "{said}");
    let calibrated = "lattice accuracy .. expected calibration error .. held-out rows; sets at 90 % hold the class of";
    assert!(says(&said, calibrated), "{said}");

    let info: Value = serde_json::from_str(&run_line("info F/m.safetensors --json")).unwrap();
    let heads = info["heads"].as_array().unwrap();
    let head = |name: &str| heads.iter().find(|head| head["property"] == name).unwrap();
    for (name, classes) in [("lattice", 2), ("phase", 3)] {
        let head = head(name);
        assert!(head["accuracy"].as_f64().unwrap() > 0.75, "{head}");
        assert!(head["log_loss"].as_f64() < head["chance_log_loss"].as_f64(), "{head}");
        assert!(head["r2"].is_null() && head["rmse"].is_null(), "no R2 of classes: {head}");
        assert_eq!(head["task"]["classes"].as_array().unwrap().len(), classes);
        assert_eq!(head["auc"].is_f64(), classes == 2);
        // Of 40 rows that are held out a third is for test, which is too few for a diagram.
        let calibration = &head["calibration"];
        assert!((0.0..0.3).contains(&calibration["error"].as_f64().unwrap()), "{head}");
        assert!(calibration["is_of_test_rows"] == false && calibration["rows"].as_u64() > Some(30));
        let (sets, size) = (&head["sets"], head["sets"]["mean_size"].as_f64().unwrap());
        assert_eq!(sets["tested"], head["tested"], "the rows on which its intervals were tested");
        assert!(sets["coverage"].as_f64().unwrap() > 0.7 && size <= classes as f64, "{sets}");
    }
    assert!(head("density")["calibration"].is_null() && head("density")["sets"].is_null());
    assert_eq!(
        (&head("density")["task"], head("density")["r2"].is_f64()),
        (&"regression".into(), true)
    );
    let text = run_line("info F/m.safetensors");
    assert!(says(&text, "alpha .. beta .. gamma .. of 182 of 200 rows"), "{text}");
    assert!(says(&text, "lattice .. 8 -> .. -> 1, joint: accuracy"), "{text}");

    run_line("predict --model F/m.safetensors --data F/alloys.csv --name id --out F/p.csv");
    let predicted = table(&folder.path().join("p.csv"));
    let column = |name: &str| predicted[0].iter().position(|own| own == name).unwrap();
    let text = alloys_with_phases();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    for (target, levels) in
        [("lattice", &["bcc", "fcc"][..]), ("phase", &["alpha", "beta", "gamma"])]
    {
        let own = header.iter().position(|name| *name == target).unwrap();
        let (mut known, mut right, mut held) = (0, 0, 0);
        for (cells, line) in predicted[1..].iter().zip(text.lines().skip(1)) {
            let number = |level: &str, end: &str| -> f64 {
                cells[column(&format!("{target}_{level}{end}"))].parse().unwrap()
            };
            let p: Vec<f64> = levels.iter().map(|level| number(level, "")).collect();
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{cells:?}");
            let best = (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap();
            assert_eq!(cells[column(target)], levels[best]);
            let possible = levels.iter().filter(|level| number(level, "_high") == 1.0);
            let possible: Vec<&str> = possible.copied().collect();
            assert_eq!(cells[column(&format!("{target}_set"))], possible.join("+"), "{cells:?}");
            let truth = line.split(',').nth(own).unwrap();
            if truth.is_empty() {
                continue;
            }
            known += 1;
            right += usize::from(levels[best] == truth);
            held += levels
                .iter()
                .filter(|level| {
                    let outcome = f64::from(u8::from(**level == truth));
                    let [low, high] = ["_low", "_high"].map(|end| number(level, end));
                    assert!(0.0 <= low && low <= high && high <= 1.0, "{cells:?}");
                    (low..=high).contains(&outcome)
                })
                .count();
        }
        let share = |count: usize, of: usize| count as f64 / of as f64;
        assert!(known > 170 && share(right, known) > 0.85, "{target}: {right} of {known}");
        let covered = share(held, known * levels.len());
        assert!(covered > 0.85, "{target}: {covered} of the outcomes are in their intervals");
    }

    let search = |terms: &str| {
        let line = "optimise --model F/m.safetensors --restarts 8 --steps 80 --out F/r.json";
        run_line(&format!("{line} {terms}"));
        json(&folder.path().join("r.json"))
    };
    let best = |report: &Value| {
        let restarts = report["restarts"].as_array().unwrap();
        restarts[report["best"].as_u64().unwrap() as usize - 1].clone()
    };
    let up = search("--term lattice:up=fcc --inside 0");
    let found = best(&up);
    let p = found["predicted"]["value"].as_f64().unwrap();
    assert!(p > 0.9, "{found}");
    let loss = found["loss_best"].as_f64().unwrap();
    assert!((loss + p.ln()).abs() < 1e-4, "the loss is -ln p: {loss} of {p}");
    assert_eq!(up["config"]["aim"]["terms"][0]["goal"], "up");
    let class = &found["classes"][0];
    assert_eq!(
        (&class["property"], &class["class"]),
        (&"lattice".into(), &"fcc".into()),
        "{found}"
    );
    assert!(class["probability"] == p && class["set"].is_array(), "{class}");
    assert_eq!(found["classes"].as_array().unwrap().len(), 1, "what is not sought is not told");
    run_line("report F/m.safetensors --search F/r.json --out F/r.html");
    let page = std::fs::read_to_string(folder.path().join("r.html")).unwrap();
    assert!(says(&page, "lattice, predicted .. fcc .. at 90 %"), "the class with its set");
    let down = best(&search("--term phase:down=alpha+beta --inside 0"));
    let p = down["predicted"]["value"].as_f64().unwrap();
    assert!(p < 0.1, "{down}");
    let half = best(&search("--term lattice_fcc:target=0.5 --term density:max:weight=0.01"));
    assert!((half["terms"][0]["predicted"].as_f64().unwrap() - 0.5).abs() < 0.2, "{half}");

    let refused = |terms: &str| {
        let line = "optimise --model F/m.safetensors --out F/x.json";
        fail(&words(&format!("{line} {terms}"), folder.path()))
    };
    for (terms, part) in [
        ("--term lattice:max", "lattice is one of several classes .. lattice_bcc"),
        ("--term density:up", "density is a number"),
        ("--term phase:up=delta", "phase_delta .. phase_alpha, phase_beta, phase_gamma"),
    ] {
        assert!(says(&refused(terms), part), "{terms}: {}", refused(terms));
    }

    // A head afterwards, named by its target.
    let line = "heads --model F/m.safetensors --property phase --epochs 20 --out F/n.safetensors";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "phase accuracy .. phase_alpha: 90 % intervals"), "{said}");
    let info: Value = serde_json::from_str(&run_line("info F/n.safetensors --json")).unwrap();
    assert_eq!(info["heads"].as_array().unwrap().len(), 3);
}

#[test]
fn what_a_table_has_not_is_refused_in_a_sentence() {
    let folder = trained();
    let refused = |line: &str| fail(&words(line, folder.path()));
    let path = |name: &str| folder.path().join(name);
    let text = alloys();
    std::fs::write(path("other.csv"), text.replace(",d4 ", ",e4 ").replace(",d7 ", ",e7 "))
        .unwrap();
    std::fs::write(path("unit.csv"), text.replace("[unit9]", "[kg]")).unwrap();
    std::fs::write(path("level.csv"), text.replace(",bcc,", ",hcp,")).unwrap();
    let predict = |name: &str| {
        refused(&format!("predict --model F/m.safetensors --data F/{name} --out F/p.csv"))
    };
    for (name, part) in [
        ("other.csv", "lacks 2 of them, d4, d7"),
        ("unit.csv", "'d9' in kg .. trained on unit9"),
        ("level.csv", "'hcp' in its column 'lattice'"),
    ] {
        let message = predict(name);
        assert!(says(&message, part), "{message}");
    }
    let model = "F/m.safetensors";
    let optimise =
        |more: &str| format!("optimise --model {model} --term density:max {more} --out F/x.json");
    for (line, part) in [
        (
            format!(
                "optimise --model {model} --term density:max --space input --method cma-es --out F/x.json"
            ),
            "space",
        ),
        (optimise("--lock d44=1"), "no column 'd44' .. did you mean"),
        (optimise("--lock lattice=hcp"), "'hcp' is no level of 'lattice' .. bcc .. fcc"),
        (optimise("--bound 3<=d4<=2"), "3<=d4<=2 .. 3 is greater than 2"),
        (optimise("--lock d4=40 --bound d4<=39"), "d4<=39 and d4=40"),
        (optimise("--sum d1+d2=40 --bound d1<=11 --bound d2<=21"), "d1+d2=40 .. 32.0 at most"),
        (optimise("--sum d0+d1=40 --space input"), "d0+d1=40 .. logarithm"),
        (
            "optimise --model M --property area --mode max --lock d4=1 --out F/x.json".to_owned(),
            "columns of a table",
        ),
        (
            format!(
                "optimise --model {model} --term density:max --candidates 2 --candidates-out F/x.svg --out F/x.json"
            ),
            "end it in .json",
        ),
        ("train --data F/alloys.csv --target mass --out F/x".to_owned(), "no column 'mass'"),
        ("train --target density --out F/x".to_owned(), "--data"),
        ("train --data F/alloys.csv --ignore d0 --out F/x".to_owned(), "--target"),
        ("train --data F/alloys.csv --table --points 50 --out F/x".to_owned(), "--points"),
        ("train --data F/alloys.csv --table --output sigmoid --out F/x".to_owned(), "output"),
        ("train --data F/alloys.csv --table --data-out F/d.csv --out F/x".to_owned(), "data-out"),
        ("predict --model M --data F/alloys.csv --out F/p.csv".to_owned(), "no model of a table"),
    ] {
        // What was read of a table stands in the lines before.
        let output = run(&words(&line, folder.path()));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!([1, 2].map(Some).contains(&output.status.code()), "{line}: {said}");
        let message = said.lines().last().unwrap();
        assert!(says(message, part) && !message.contains("panicked"), "{line}: {said}");
    }
    assert!(!["x", "x.csv", "x.png", "x.html", "x.json", "p.csv"].iter().any(|n| path(n).exists()));
}

#[test]
fn pca_of_a_table_is_that_of_its_standardised_columns() {
    let penguins = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_tables/penguins.csv");
    let folder = TempDir::new().unwrap();
    let pca = "--table --ignore species,island,sex --pca --holdout 0 --out F/pca.safetensors";
    let said = told(&run(&words(&format!("train --data {penguins} {pca}"), folder.path())));
    // 1.229339 by PCA of scikit-learn 1.9.1 with two components, of the columns standardised, blanks at 0.
    assert!(said.contains("PCA, reconstruction loss 1.23;"), "{said}");
}

/// The cell of a column in the row of a restart.
fn cell<'a>(restart: &'a Value, name: &str) -> &'a Value {
    let row = restart["row"].as_array().unwrap();
    row.iter().find(|cell| cell["name"] == name).unwrap()
}

#[test]
fn locks_bounds_and_sums_hold_exactly_in_input_space_and_within_their_tolerance_in_the_latent() {
    let folder = trained();
    let run_line = |line: &str| succeed(&words(line, folder.path()));
    let conditions =
        "--lock d4=40.3 --lock lattice=fcc --bound 10.2<=d1<=10.6 --sum d2+d3=51 --bound 20.4<=d2";
    let value = |restart: &Value, name: &str| cell(restart, name)["value"].as_f64().unwrap();

    let said = run_line(&format!(
        "optimise --model F/m.safetensors --term density:max --space input --input-lr 0.05 --restarts 5 --steps 80 \
         --inside 0 {conditions} --out F/i.json"
    ));
    for line in ["d4=40.3: 40.3", "lattice=fcc: 1"] {
        assert!(said.lines().any(|said| said == line), "{said}");
    }
    let report = json(&folder.path().join("i.json"));
    for restart in report["restarts"].as_array().unwrap() {
        assert_eq!(restart["valid"], true);
        assert_eq!(value(restart, "d4"), 40.3);
        let lattice = cell(restart, "lattice");
        assert_eq!((&lattice["level"], &lattice["probability"]), (&"fcc".into(), &1.0.into()));
        assert!((10.2..=10.6).contains(&value(restart, "d1")), "{restart}");
        assert!(value(restart, "d2") >= 20.4 - 1e-6, "{restart}");
        let sum = value(restart, "d2") + value(restart, "d3");
        assert!((sum - 51.0).abs() < 1e-5, "{sum}");
        let gained = |name: &str| restart[name]["value"].as_f64().unwrap();
        assert!(gained("predicted") > gained("predicted_start"), "{restart}");
    }

    let said = run_line(&format!(
        "optimise --model F/m.safetensors --term density:max --restarts 8 --steps 300 {conditions} --out F/l.json"
    ));
    assert!(says(&said, "d4=40.3 .. d2+d3=51"), "{said}");
    let report = json(&folder.path().join("l.json"));
    let restarts = report["restarts"].as_array().unwrap();
    let answers = restarts.iter().filter(|restart| restart["valid"] == true);
    assert!(answers.clone().count() >= 4, "{said}");
    for restart in answers {
        // A column has a deviation of about 0.3.
        assert!((value(restart, "d4") - 40.3).abs() < 0.02, "{restart}");
        assert_eq!(cell(restart, "lattice")["level"], "fcc");
        assert!((10.2..=10.6).contains(&value(restart, "d1")), "{restart}");
        let sum = value(restart, "d2") + value(restart, "d3");
        assert!((sum - 51.0).abs() < 0.03 && restart.get("broken").is_none(), "{sum}");
    }

    // A value that no decoded row has gives no answer, and the report says how far each row is from it.
    let output = run(&words(
        "optimise --model F/m.safetensors --term density:max --restarts 2 --steps 20 --lock d4=400 --out F/n.json",
        folder.path(),
    ));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(says(&said, "d4=400 lies outside the training rows"), "{said}");
    assert!(says(&said, "keeps every constraint; d4=400 is broken by"), "{said}");
    let report = json(&folder.path().join("n.json"));
    assert!(report["best"].is_null());
    for restart in report["restarts"].as_array().unwrap() {
        let broken = &restart["broken"][0];
        let by = broken["by"].as_f64().unwrap();
        assert_eq!(broken["constraint"], "d4=400");
        assert!((by - (400.0 - value(restart, "d4"))).abs() < 1e-3, "{restart}");
    }
}

/// Rows of four shares in per cent, some of them 0, beside a temperature and a hardness that follows them.
fn shares() -> String {
    let mut text = "iron [%],zinc [%],tin [%],lead [%],heated [K],hardness\n".to_owned();
    for row in 0..150 {
        let part = |column: usize| (noise(row, column) - 0.3).max(0.0) * (column + 1) as f64;
        let parts = [0.2 + part(0), part(1), part(2), part(3)];
        let [iron, zinc, tin, lead] = parts.map(|one| 100.0 * one / parts.iter().sum::<f64>());
        let (heated, hardness) =
            (400.0 + 90.0 * noise(row, 4), 2.0 * iron - zinc + 0.02 * iron * tin);
        let _ = writeln!(text, "{iron:.2},{zinc:.2},{tin:.2},{lead:.2},{heated:.1},{hardness:.2}");
    }
    text
}

#[test]
fn shares_add_up_in_every_answer() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("s.csv"), shares()).unwrap();
    let run_line = |line: &str| told(&run(&words(line, folder.path())));
    let said = run_line(
        "train --data F/s.csv --target hardness --updates 600 --seed 3 --out F/m.safetensors",
    );
    assert!(says(&said, "the 4 columns from iron to lead add up to 100 in every row"), "{said}");
    let card = card(&std::fs::read(folder.path().join("m.safetensors")).unwrap());
    assert_eq!(
        card["domain"]["table"]["shares"][0]["columns"],
        serde_json::json!({"start": 0, "end": 4})
    );
    let shares_of = |restart: &Value| -> Vec<f64> {
        let value = |name| cell(restart, name)["value"].as_f64().unwrap();
        ["iron", "zinc", "tin", "lead"].map(value).to_vec()
    };
    for space in ["latent", "input --inside 0 --lock tin=0 --bound lead>=5"] {
        run_line(&format!(
            "optimise --model F/m.safetensors --term hardness:max --restarts 6 --steps 60 --space {space} --out F/o.json"
        ));
        let report = json(&folder.path().join("o.json"));
        for restart in report["restarts"].as_array().unwrap() {
            let shares = shares_of(restart);
            assert!((shares.iter().sum::<f64>() - 100.0).abs() < 1e-4, "{space}: {shares:?}");
            assert!(shares.iter().all(|share| *share >= 0.0), "{space}: {shares:?}");
            let is_bound = shares[2] == 0.0 && shares[3] >= 5.0;
            assert!(is_bound || space == "latent", "{shares:?}");
        }
    }
    for (condition, said) in [
        ("--lock iron=60 --bound zinc>=50", "the columns that are shares of 100 cannot be so"),
        ("--sum iron+zinc=70", "has a part of the columns that are shares of 100"),
    ] {
        let line = format!(
            "optimise --model F/m.safetensors --term hardness:max --space input {condition} --out F/x.json"
        );
        let refused = String::from_utf8(run(&words(&line, folder.path())).stderr).unwrap();
        assert!(says(&refused, said), "{refused}");
    }
}

#[test]
fn a_damaged_table_is_told() {
    let folder = trained();
    let path = folder.path().join("m.safetensors");
    let whole = std::fs::read(&path).unwrap();
    let tensors = SafeTensors::deserialize(&whole).unwrap();
    let rows = tensors.tensor("data.rows").unwrap().data();
    let at = rows.as_ptr() as usize - whole.as_ptr() as usize;
    let mut bytes = whole.clone();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let message = fail(&words("info F/m.safetensors", folder.path()));
    assert!(says(&message, "its data are not those that it was trained on"), "{message}");
    let damage = |from: &str, to: &str| {
        let mut bytes = whole.clone();
        let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).expect(from);
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        fail(&words("info F/m.safetensors", folder.path()))
    };
    for (from, to, part) in [
        ("data.rows", "data.rowz", "'data.rows' is missing"),
        ("\\\"count\\\":200", "\\\"count\\\":201", "data.rows"),
        (
            "[\\\"bcc\\\",\\\"fcc\\\"]",
            "[\\\"fcc\\\",\\\"bcc\\\"]",
            "its columns are not those of a table",
        ),
    ] {
        let message = damage(from, to);
        assert!(says(&message, part), "{from}: {message}");
    }
}

/// A table of 190 numbers that follow four hidden ones, a density of three of these that is blank in every ninth row,
/// and ids.
fn descriptors() -> String {
    let mut text = "id,density [g/cm3]".to_owned();
    (0..190).for_each(|column| _ = write!(text, ",x{column}"));
    text.push('\n');
    for row in 0..ROWS {
        let hidden = [0, 1, 2, 3].map(|k| noise(row, 300 + k));
        let density = 4.0 + 3.0 * hidden[0] - 2.0 * hidden[1] + hidden[2];
        let density = if row % 9 == 4 { String::new() } else { format!("{density:.4}") };
        let _ = write!(text, "{row},{density}");
        for column in 0..190 {
            let own =
                hidden[column % 4] * (1.0 + hidden[(column + 1) % 3]) + 0.05 * noise(row, column);
            let _ = write!(text, ",{:.5}", own * 10f64.powi(column as i32 % 5 - 2));
        }
        text.push('\n');
    }
    text
}

#[test]
fn a_table_of_190_columns_goes_the_whole_way_behind_a_tanh() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("T.csv"), descriptors()).unwrap();
    let run_line = |line: &str| run(&words(line, folder.path()));
    let line = "train --data F/T.csv --target density --ignore id --latent-dim 128 --latent tanh \
                --activation relu --updates 300 --seed 1 --out F/m.safetensors --history F/h.csv";
    let said = told(&run_line(line));
    assert!(says(&said, "190 columns") && says(&said, "density: 178 of 200 rows"), "{said}");
    assert!(says(&said, "drawn from .. cut off at -1 and 1"), "{said}");
    assert!(!says(&said, "KL"), "{said}");

    let text = printed(run_line("info F/m.safetensors"));
    for part in [
        "200 rows of 190 columns",
        "128 dimensions, tanh without a posterior",
        "mu .. 256 -> 128 .. tanh",
        "decoder.1 .. -> 190",
        "mean square in standard deviations of each column",
        "drawn from .. mixture of the data",
    ] {
        assert!(says(&text, part), "{part}: {text}");
    }
    for absent in ["log_var", "KL", "beta", "families"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    let info: Value =
        serde_json::from_str(&printed(run_line("info F/m.safetensors --json"))).unwrap();
    assert_eq!(
        (info["training"]["latent"].as_str(), info["latent"].as_u64()),
        (Some("tanh"), Some(128))
    );
    let error = info["reconstruction_error"].as_f64().unwrap();
    assert!((0.0..0.5).contains(&error), "{error} of each column's variance");
    assert!(info["heads"][0]["r2"].as_f64().unwrap() > 0.5, "{}", info["heads"]);

    let file = std::fs::read(path("m.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    assert!(tensors.tensor("encoded.log_var").is_err());
    let mu = tensors.tensor("encoded.mu").unwrap();
    assert_eq!(mu.shape(), [200, 128]);
    let floats = mu.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    assert!(floats.clone().all(|z| z.abs() <= 1.0) && floats.into_iter().any(|z| z.abs() > 0.1));

    told(&run_line("predict --model F/m.safetensors --data F/T.csv --out F/p.csv"));
    let predicted = table(&path("p.csv"));
    let truth = descriptors();
    let missed = predicted[1..].iter().zip(truth.lines().skip(1)).filter_map(|(cells, line)| {
        let truth: f64 = line.split(',').nth(1)?.parse().ok()?;
        Some((cells[1].parse::<f64>().unwrap() - truth).powi(2))
    });
    let squares: Vec<f64> = missed.collect();
    let rms = (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
    assert!(squares.len() == 178 && rms < 0.6, "{rms}: the target has a deviation of about 1.1");

    let line = "optimise --model F/m.safetensors --term density:max --align 0.5 --restarts 4 --steps 60 \
                --out F/r.json";
    told(&run_line(line));
    let report = json(&path("r.json"));
    for restart in report["restarts"].as_array().unwrap() {
        let start = numbers(&restart["trajectory"][0]);
        assert!(start.len() == 128 && start.iter().all(|z| z.abs() <= 1.0), "{start:?}");
        let by_hand = decode(&file, &numbers(&restart["z_best"]));
        assert_eq!((by_hand.len(), restart["row"].as_array().unwrap().len()), (190, 190));
        for (cell, truth) in restart["row"].as_array().unwrap().iter().zip(by_hand) {
            let value = cell["value"].as_f64().unwrap();
            assert!((value - truth).abs() < 1e-4 * truth.abs().max(1e-2), "{cell} {truth}");
        }
    }

    told(&run_line("train --resume F/m.safetensors --updates 20 --out F/longer.safetensors"));
    for (option, part) in [
        ("--beta 0.1", "beta .. posterior"),
        ("--kl-warmup 5", "kl-warmup .. posterior"),
        ("--linear-path true", "linear-path"),
    ] {
        let line =
            format!("train --data F/T.csv --target density --latent tanh {option} --out F/x");
        let output = run_line(&line);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(says(said.lines().last().unwrap(), part), "{option}: {said}");
    }
}

#[test]
fn the_form_of_a_table_is_shown_and_told() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Semicolons, decimal commas, Windows-1252, a word of one's own for blanks, and a column of splits.
    let mut text = "gr\u{f6}\u{df}e;density;split;d1\n".to_owned();
    for row in 0..80 {
        let split = ["train", "train", "val", "test"][row % 4];
        let density = if row == 5 { "n.b.".to_owned() } else { format!("{:.3}", noise(row, 1)) };
        let _ = writeln!(text, "{:.3};{density};{split};{:.3}", noise(row, 2), noise(row, 3));
    }
    let bytes: Vec<u8> =
        text.replace('.', ",").replace("n,b,", "n.b.").chars().map(|c| c as u8).collect();
    std::fs::write(path("a.csv"), &bytes).unwrap();
    let run_line = |line: &str| run(&words(line, folder.path()));
    let shown = printed(run_line("data F/a.csv --target density --blank n.b."));
    for part in [
        "80 rows of 2 columns",
        "semicolons, windows-1252, line 1 names the columns, decimal comma, blanks n.b.",
        "density: 79 of 80 rows",
        "'split' divides the rows (--ignore",
        "40 rows for training .. 20 for the test",
        "gr\u{f6}\u{df}e",
    ] {
        assert!(says(&shown, part), "{part}: {shown}");
    }
    let line = "train --data F/a.csv --target density --blank n.b. --split split --updates 40 --heads density --out F/m.safetensors";
    let said = told(&run_line(line));
    assert!(says(&said, "read as .. windows-1252"), "{said}");
    let file = std::fs::read(path("m.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let held_out = tensors.tensor("encoded.held_out").unwrap().data().to_vec();
    let expected: Vec<u8> = (0..80).map(|row| u8::from(row % 4 > 1)).collect();
    assert_eq!(held_out, expected);
    let roles = tensors.tensor("data.roles").unwrap().data().to_vec();
    assert!((0..80).filter(|row| row % 4 == 3).all(|row| roles[row] == 3), "{roles:?}");
    told(&run_line("train --resume F/m.safetensors --updates 10 --out F/n.safetensors"));
    let again = std::fs::read(path("n.safetensors")).unwrap();
    let again = SafeTensors::deserialize(&again).unwrap();
    assert_eq!(again.tensor("data.roles").unwrap().data(), roles);

    // New rows in another form.
    let tabs: String = "density\tgr\u{f6}\u{df}e\td1\n0.5\t0.25\t0.75\n".to_owned();
    std::fs::write(path("b.txt"), &tabs).unwrap();
    let said = told(&run_line(
        "predict --model F/m.safetensors --data F/b.txt --delimiter tab --out F/p.csv",
    ));
    assert!(says(&said, "read as text separated by tabs, UTF-8"), "{said}");
    assert_eq!(table(&path("p.csv")).len(), 2);

    for (line, part) in [
        ("data F/a.csv --delimiter tab --out F/x.csv", "--target"),
        ("data F/a.csv --table --out F/x.csv", "--out"),
        ("data F/a.csv --table --delimiter klingon", "'klingon'"),
        ("data F/a.csv --table --decimal x", "'x'"),
        ("data F/a.csv --table --encoding klingon", "'klingon'"),
        ("data F/a.csv --table --sheet One", "--sheet"),
        ("train --data F/a.csv --table --split d1 --out F/x", "line 2"),
    ] {
        let message = fail(&words(line, folder.path()));
        assert!(says(&message, part), "{line}: {message}");
    }
}
