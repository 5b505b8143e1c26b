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
            let end = begin + width.as_u64().unwrap() as usize;
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
                --batch-size 16 --beta 0.05 --seed 2 --out F/m.safetensors";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "200 rows of 40 columns"), "{said}");
    assert!(says(&said, "density: 178 of 200 rows"), "{said}");
    assert!(says(&said, "density R2 "), "{said}");
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
    run_line("predict --model F/m.safetensors --data F/alloys.csv --name id --out F/q.csv");
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
    for (line, part) in [
        (
            format!("rediscover --model {model} --property density --out F/x.json"),
            "is a model of a table",
        ),
        (
            format!("optimise --model {model} --term density:max --space input --out F/x.json"),
            "space",
        ),
        (
            format!(
                "optimise --model {model} --term density:max --candidates 2 --candidates-out F/x.svg --out F/x.json"
            ),
            "end it in .json",
        ),
        (
            "train --data F/alloys.csv --target lattice --out F/x".to_owned(),
            "'lattice' holds words",
        ),
        ("train --data F/alloys.csv --target mass --out F/x".to_owned(), "no column 'mass'"),
        ("train --target density --out F/x".to_owned(), "--data"),
        ("train --data F/alloys.csv --ignore d0 --out F/x".to_owned(), "--target"),
        ("train --data F/alloys.csv --table --points 50 --out F/x".to_owned(), "--points"),
        ("train --data F/alloys.csv --table --pca --out F/x".to_owned(), "PCA of a table"),
        ("train --data F/alloys.csv --table --output sigmoid --out F/x".to_owned(), "output"),
        ("train --data F/alloys.csv --table --data-out F/d.csv --out F/x".to_owned(), "data-out"),
        ("predict --model M --data F/alloys.csv --out F/p.csv".to_owned(), "no model of a table"),
    ] {
        // What was read of a table stands in the lines before.
        let output = run(&words(&line, folder.path()));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        let message = said.lines().last().unwrap();
        assert!(says(message, part) && !message.contains("panicked"), "{line}: {said}");
    }
    assert!(!["x", "x.csv", "x.png", "x.html", "x.json", "p.csv"].iter().any(|n| path(n).exists()));
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
