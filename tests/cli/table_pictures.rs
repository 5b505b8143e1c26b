//! A model of a table in pictures and tables: every verb that shows rows, in the units of the file.

use super::*;
use crate::steels::{ROWS, steels, train};
use std::sync::LazyLock;

/// A folder with a model of four numbers and a category with a latent of two dimensions.
static FLAT: LazyLock<PathBuf> = LazyLock::new(|| trained("flat", 4, 2));
/// The same with a latent of three dimensions.
static DEEP: LazyLock<PathBuf> = LazyLock::new(|| trained("deep", 4, 3));

fn trained(name: &str, numbers: usize, latent: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("steels-{name}"));
    train(&folder, numbers, latent);
    folder
}

/// Runs a line in a folder of the test; `M` is the model of `steels`.
fn line(steels: &Path, folder: &Path, line: &str) -> Vec<String> {
    let line = line.replace("T/", &format!("{}/", steels.display()));
    command_line::words(&line, folder, &steels.join("steels.safetensors"))
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("'{cell}' is a number"))
}

fn column(table: &[Vec<String>], name: &str) -> Vec<String> {
    let place = table[0].iter().position(|head| head == name);
    let place = place.unwrap_or_else(|| panic!("{name} in {:?}", table[0]));
    table[1..].iter().map(|row| row[place].clone()).collect()
}

const COLUMNS: &str = "lattice,lattice_probability,d0 [unit0],d1 [unit1],d2 [unit2],d3 [unit3]";

/// A row of the file under [`COLUMNS`], with the probability of its own level.
fn own_row(row: usize) -> Vec<String> {
    let text = steels(4);
    let cells: Vec<&str> = text.lines().nth(1 + row).unwrap().split(',').collect();
    [&[cells[2], "1"][..], &cells[3..]].concat().iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn rows_are_encoded_and_decoded_in_the_units_of_the_file() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run_line = |words: &str| succeed(&line(&FLAT, folder.path(), words));
    run_line("encode --model M --shapes T/steels.csv --out F/z.csv");
    let z = table(&path("z.csv"));
    assert_eq!(z[0].join(","), "id,mu0,mu1,log_var0,log_var1");
    assert_eq!(z.len(), ROWS + 1);
    run_line("decode --model M --z-file F/z.csv --out F/rows.csv");
    let rows = table(&path("rows.csv"));
    assert_eq!(rows[0].join(","), format!("id,{COLUMNS}"));
    // Against the file itself: most categories, and numbers that follow those of the file.
    let truth: Vec<Vec<String>> = (0..ROWS).map(own_row).collect();
    let levels = column(&rows, "lattice");
    let right = levels.iter().zip(&truth).filter(|(level, row)| **level == row[0]).count();
    assert!(right > ROWS * 8 / 10, "{right} of {ROWS}");
    let probabilities = column(&rows, "lattice_probability");
    assert!(probabilities.iter().all(|p| (0.5..=1.0).contains(&number(p))), "the likelier of two");
    let (mut missed, mut spread, mut known) = (0.0, 0.0, 0.0);
    for (decoded, row) in column(&rows, "d0 [unit0]").iter().zip(&truth) {
        if let Ok(truth) = row[2].parse::<f64>() {
            missed += (number(decoded) - truth).powi(2);
            spread += (truth - 0.55).powi(2);
            known += 1.0;
        }
    }
    assert!(known > 100.0 && missed < 0.5 * spread, "{missed} of {spread}");

    // A point by its name, and JSON.
    run_line("decode --model M --z name:S7 --z mean --out F/two.json");
    let two = json(&path("two.json"));
    assert_eq!((&two[0]["name"], &two[1]["name"]), (&"S7".into(), &"mean".into()));
    assert_eq!(two[0]["row"][1]["unit"], "unit0");
    let by_file = number(&column(&rows, "d3 [unit3]")[7]);
    let by_name = two[0]["row"][4]["value"].as_f64().unwrap();
    assert!((by_file - by_name).abs() < 1e-3 * by_file, "{by_file} {by_name}");

    let refused = |words: &str| fail(&line(&FLAT, folder.path(), words));
    let message = refused("decode --model M --z mean --out F/x.svg");
    assert!(says(&message, "must end in .csv, .xlsx or .json"), "{message}");
    std::fs::write(path("short.csv"), "name,d0 [unit0]\na,1\n").unwrap();
    let message = refused("encode --model M --shapes F/short.csv --out F/x.csv");
    assert!(says(&message, "lacks"), "{message}");
    assert!(!path("x.svg").exists() && !path("x.csv").exists());
}

#[test]
fn samples_paths_and_blends_are_rows_of_the_file() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run_line = |words: &str| succeed(&line(&FLAT, folder.path(), words));
    run_line("sample --model M --count 5 --seed 3 --out F/s.csv");
    let sampled = table(&path("s.csv"));
    let head = sampled[0].join(",");
    assert!(head.starts_with("shape,z0,z1,verdict,reason,"), "{head}");
    let predicted = "predicted strength,predicted strength low,predicted strength high";
    assert!(head.ends_with(&format!(",{predicted},{COLUMNS}")), "{head}");

    // The blend begins with the row of the file, the path with its reconstruction; both end so.
    run_line("interpolate --model M --from name:S1 --to name:S2 --steps 3 --out F/i.csv");
    let text = std::fs::read_to_string(path("i.csv")).unwrap();
    let blends: Vec<&str> = text.lines().filter(|line| line.starts_with("blend,")).collect();
    assert_eq!(blends.len(), 3);
    for (line, row) in [(blends[0], 1), (blends[2], 2)] {
        let cells: Vec<&str> = line.split(',').collect();
        for (cell, own) in cells[cells.len() - 6..].iter().zip(own_row(row)) {
            match (cell.parse::<f64>(), own.parse::<f64>()) {
                (Ok(cell), Ok(own)) => assert!((cell - own).abs() < 1e-4 * own.abs().max(1.0)),
                _ => assert_eq!(*cell, own),
            }
        }
    }
    run_line("walk --model M --path axis --axis 1 --around mean --frames 4 --out F/w.csv");
    let walked = table(&path("w.csv"));
    assert_eq!(walked.len(), 5);
    assert!(walked[0].join(",").ends_with(COLUMNS));
    for words in [
        "sample --model M --count 6 --out F/s.svg",
        "interpolate --model M --from name:S1 --to mean --out F/i.svg",
        "walk --model M --path line --from name:S1 --to name:S9 --frames 6 --out F/w.svg",
        "walk --model M --path line --from name:S1 --to name:S9 --frames 2 --size 120 --out F/w.gif",
    ] {
        run_line(words);
    }
    let svg = std::fs::read_to_string(path("i.svg")).unwrap();
    assert!(svg.contains("by value"), "the blend of a table");
}

/// The closed lines of an SVG, each with its corners.
fn closed_lines(svg: &str) -> Vec<Vec<[f64; 2]>> {
    let corners = |d: &str| -> Vec<[f64; 2]> {
        let numbers = d.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
        let numbers: Vec<f64> = numbers.filter_map(|word| word.parse().ok()).collect();
        numbers.chunks_exact(2).map(|p| [p[0], p[1]]).collect()
    };
    svg.split("<path d=\"")
        .skip(1)
        .filter_map(|path| path.split_once("Z\"").map(|(d, _)| d))
        .filter(|d| !d.contains('"'))
        .map(corners)
        .collect()
}

#[test]
fn a_picture_of_a_table_has_bars() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run_line = |words: &str| succeed(&line(&FLAT, folder.path(), words));
    run_line("sample --model M --count 1 --seed 5 --out F/one.svg");
    run_line("sample --model M --count 1 --seed 5 --out F/one.csv");
    let lines = closed_lines(&std::fs::read_to_string(path("one.svg")).unwrap());
    // Two levels and four numbers: 6 bars of four corners, and the ends of the zero line.
    let [bars] = lines.iter().filter(|line| line.len() == 28).collect::<Vec<_>>()[..] else {
        panic!("{:?}", lines.iter().map(Vec::len).collect::<Vec<_>>())
    };
    // The left edge of the zero line and its right edge give the scale: they are 2 apart.
    let unit = (bars.iter().map(|p| p[0]).fold(f64::MIN, f64::max) - bars[0][0]) / 2.0;
    let zero = bars[0][1] + 0.02 * unit;
    let sampled = table(&path("one.csv"));
    let level = &column(&sampled, "lattice")[0];
    let p = number(&column(&sampled, "lattice_probability")[0]);
    let bcc = if level == "bcc" { p } else { 1.0 - p };
    // The first bar begins after the left end: left foot, left top.
    let height = (zero - bars[2][1]) / unit;
    assert!((height - bcc).abs() < 0.02 || bcc < 0.04, "{height} {bcc}");

    for words in [
        "render --model M --what heat --out F/heat.png",
        "render --model M --what points --property d1 --size 300 --out F/points.svg",
        "render --model M --what shapes --property lattice_bcc --size 300 --theme dark --out F/shapes.png",
        "render --model M --layers shapes,heat,data,trust,gradient --size 300 --out F/all.svg",
        "render --model M --what losses --size 300 --out F/losses.svg",
    ] {
        run_line(words);
    }
    let svg = std::fs::read_to_string(path("all.svg")).unwrap();
    assert!(svg.contains("strength [MPa]"), "the head is the usual property");
    let refused = |words: &str| fail(&line(&FLAT, folder.path(), words));
    let message = refused("render --model M --what heat --property roundness --out F/x.png");
    assert!(says(&message, "roundness"), "{message}");
}

#[test]
fn a_search_is_reported_rendered_and_raced_as_rows() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run_line = |words: &str| succeed(&line(&FLAT, folder.path(), words));
    run_line(
        "optimise --model M --term strength:max --restarts 6 --steps 60 --candidates 3 \
         --candidates-out F/c.csv --out F/r.json",
    );
    let candidates = table(&path("c.csv"));
    assert_eq!(candidates[0].join(","), format!("id,{COLUMNS}"));
    run_line("render --model M --search F/r.json --size 300 --out F/s.png");
    run_line("report T/steels.safetensors --search F/r.json --out F/r.html");
    let page = std::fs::read_to_string(path("r.html")).unwrap();
    assert!(page.contains("The row of the answer") && page.contains("Nearest row"));
    assert!(page.contains("unit3") && !page.contains("The outline of the answer"));
    run_line("report T/steels.safetensors --search F/r.json --out F/report.json");
    let answer = &json(&path("report.json"))["search"]["answer"];
    assert!(answer.get("outline").is_none());
    assert_eq!(answer["row"][1]["unit"], "unit0");
    let recorded = json(&path("r.json"));
    let restart = answer["restart"].as_u64().unwrap() as usize - 1;
    assert_eq!(answer["row"], recorded["restarts"][restart]["row"], "of the same search");

    run_line("race --model M --term strength:max --restarts 3 --steps 20 --out F/race.csv");
    assert!(table(&path("race.csv"))[0].contains(&"predicted_low".to_owned()));
    let message = fail(&line(
        &FLAT,
        folder.path(),
        "race --model M --term strength:max --methods adam,adam-input --out F/x.csv",
    ));
    assert!(says(&message, "searched in its latent"), "{message}");
    run_line(&format!(
        "compare T/steels.safetensors {} --out F/m.csv",
        DEEP.join("steels.safetensors").display()
    ));
}

#[test]
fn a_field_is_what_its_places_decode_to() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    // On two coordinates of three: the third is that of the mean of the encoded rows.
    let run_line = |words: &str| succeed(&line(&DEEP, folder.path(), words));
    run_line("encode --model M --shapes T/steels.csv --out F/z.csv");
    let z = table(&path("z.csv"));
    let middle = column(&z, "mu1").iter().map(|v| number(v)).sum::<f64>() / ROWS as f64;
    run_line("field --model M --property d1 --plane axes:2,0 --cells 6 --out F/f.csv");
    let field = table(&path("f.csv"));
    for cell in [&field[1], &field[22], &field[36]] {
        let [u, v, value] = [0, 1, 2].map(|k| number(&cell[k]));
        run_line(&format!("decode --model M --z={v},{middle},{u} --out F/d.csv"));
        let decoded = number(&column(&table(&path("d.csv")), "d1 [unit1]")[0]);
        assert!((decoded - value).abs() < 1e-4 * decoded.abs(), "{decoded} {value} at {u}, {v}");
    }
    // A prediction has its interval.
    run_line("field --model M --property strength --cells 3 --out F/p.csv");
    assert_eq!(table(&path("p.csv"))[0][2], "predicted");
}

#[test]
fn a_plane_leads_where_it_is_asked_to() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run_line = |words: &str| succeed(&line(&DEEP, folder.path(), words));
    for (name, plane) in
        [("pca", "pca"), ("axes", "axes:0,2"), ("points", "points:row:1,name:S5,z:0.1,-0.2,0.3")]
    {
        run_line(&format!(
            "render --model M --what heat --plane {plane} --pin row:1 --size 300 --out F/{name}.svg"
        ));
    }
    let picture = |name: &str| std::fs::read(path(name)).unwrap();
    assert_ne!(picture("pca.svg"), picture("axes.svg"));
    assert_ne!(picture("pca.svg"), picture("points.svg"));
    let refused = |steels: &Path, plane: &str| {
        let words = format!("render --model M --what heat --plane {plane} --out F/x.png");
        let output = run(&line(steels, folder.path(), &words));
        assert!(!output.status.success() && !path("x.png").exists());
        String::from_utf8(output.stderr).unwrap()
    };
    for (plane, part) in [
        ("axes:0,3", "from 0 to 2"),
        ("axes:1,1", "two different"),
        ("points:row:1,row:1,row:2", "lie on one line"),
        ("points:row:1,row:2,row:999", "no row 999"),
        ("across", "names no plane"),
    ] {
        let message = refused(&DEEP, plane);
        assert!(says(&message, part), "{plane}: {message}");
    }
    let message = refused(&FLAT, "axes:0,1");
    assert!(says(&message, "2 dimensions, which the map shows as they are"), "{message}");
}

#[test]
fn fog_lies_where_a_prediction_is_uncertain() {
    let folder = TempDir::new().unwrap();
    let fog = |property: &str| {
        let words =
            format!("render --model M --layers trust --property {property} --out F/fog.svg");
        succeed(&line(&FLAT, folder.path(), &words));
        std::fs::read_to_string(folder.path().join("fog.svg")).unwrap()
    };
    let of_distance = fog("d0");
    assert!(of_distance.contains("data:image/png") && fog("d1") == of_distance);
    assert_ne!(fog("strength"), of_distance, "a head predicts it");
}
