//! Morphs, walks and samples from the command line.

use super::{fail, model, run, says, succeed, table, told, words};
use std::collections::HashMap;
use std::path::Path;
use tempfile::TempDir;

/// A table with its columns by name.
struct Table {
    places: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Verdicts are sentences with commas, so this reads as CSV is written.
    fn read(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let names = reader.headers().unwrap().clone();
        let places = names.iter().enumerate().map(|(i, name)| (name.to_owned(), i)).collect();
        let row = |record: csv::Result<csv::StringRecord>| {
            record.unwrap().iter().map(str::to_owned).collect()
        };
        Self { places, rows: reader.records().map(row).collect() }
    }

    fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.places[column]]
    }

    fn number(&self, row: usize, column: &str) -> f64 {
        self.cell(row, column).parse().unwrap()
    }

    fn outline(&self, row: usize) -> Vec<f32> {
        self.rows[row][self.places["x0"]..].iter().map(|cell| cell.parse().unwrap()).collect()
    }
}

fn written(line: &str, folder: &Path, name: &str) -> Table {
    succeed(&words(&format!("{line} --model M --out F/{name}"), folder));
    Table::read(&folder.join(name))
}

#[test]
fn a_morph_goes_both_ways_between_the_same_ends() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let line = "interpolate --from z:0.2,0.1 --to family:star --steps 5";
    let morph = written(line, at, "m.csv");
    assert_eq!(morph.rows.len(), 10);
    let paths: Vec<&str> = (0..10).map(|row| morph.cell(row, "path")).collect();
    assert_eq!((&paths[..5], &paths[5..]), (&["latent"; 5][..], &["blend"; 5][..]));
    assert_eq!(morph.number(1, "share"), 0.25);
    assert_eq!((morph.number(0, "z0"), morph.number(0, "z1")), (0.2, 0.1));
    assert_eq!(morph.cell(5, "z0"), "", "a blend has no latent point");
    // Shapes that are decoded together may round otherwise than one alone.
    let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
    for (path, blend) in [(0, 5), (4, 9)] {
        assert!(morph.outline(path).iter().zip(&morph.outline(blend)).all(near));
    }
    assert_ne!(morph.outline(2), morph.outline(7));
    let middle = 0.5 * (morph.number(0, "z1") + morph.number(4, "z1"));
    assert!((morph.number(2, "z1") - middle).abs() < 1e-9);
    assert!(["believable", "doubtful", "outside the data"].contains(&morph.cell(2, "verdict")));
    // The values of a point in the table are those of its decoded shape.
    let z = format!("{},{}", morph.cell(2, "z0"), morph.cell(2, "z1"));
    succeed(&[
        "decode",
        "--model",
        model(),
        "--z",
        &z,
        "--out",
        at.join("x.csv").to_str().unwrap(),
    ]);
    let decoded: Vec<f32> =
        table(&at.join("x.csv"))[1].iter().map(|cell| cell.parse().unwrap()).collect();
    assert!(decoded.iter().zip(&morph.outline(2)).all(near));
}

#[test]
fn a_shape_of_a_file_or_a_row_begins_the_blend_itself() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    succeed(&words("data --samples 90 --points 32 --seed 3 --out F/data.csv", at));
    let data = table(&at.join("data.csv"));
    std::fs::write(at.join("shape.csv"), data[5][1..].join(",")).unwrap();
    let line =
        format!("interpolate --from file:{} --to row:90 --steps 2", at.join("shape.csv").display());
    let morph = written(&line, at, "m.csv");
    let shape: Vec<f32> =
        table(&at.join("shape.csv"))[0].iter().map(|cell| cell.parse().unwrap()).collect();
    assert_eq!(morph.outline(2), shape);
    assert_ne!(morph.outline(0), shape, "the path begins with its rebuild");
}

#[test]
fn walks_keep_an_even_pace_and_an_axis_moves_alone() {
    let folder = TempDir::new().unwrap();
    let z = |walk: &Table, row| [walk.number(row, "z0"), walk.number(row, "z1")];
    let circle = "walk --path circle --around z:0.1,0.2 --radius 0.5 --frames 8";
    let circle = written(circle, folder.path(), "c.csv");
    assert_eq!((circle.rows.len(), z(&circle, 0)), (8, [0.6, 0.2]));
    for row in 0..8 {
        let [x, y] = z(&circle, row);
        assert!(((x - 0.1).hypot(y - 0.2) - 0.5).abs() < 1e-9);
    }
    let axis =
        written("walk --path axis --axis 1 --around z:0.4,9 --frames 5", folder.path(), "a.csv");
    assert!((0..5).all(|row| axis.number(row, "z0") == 0.4));
    let gap = |row| axis.number(row + 1, "z1") - axis.number(row, "z1");
    assert!(gap(0) > 0.0 && (gap(0) - gap(3)).abs() < 1e-9);
    let line = "walk --path line --from z:0,0 --to z:1,-1 --frames 3";
    let line = written(line, folder.path(), "l.csv");
    assert_eq!((z(&line, 0), z(&line, 2)), ([0.0, 0.0], [1.0, -1.0]));
    let spiral = written("walk --path spiral --frames 20", folder.path(), "s.csv");
    assert_eq!(spiral.number(19, "share"), 1.0);
}

#[test]
fn a_sample_is_the_same_for_its_seed() {
    let folder = TempDir::new().unwrap();
    let sample = |seed: usize, count: usize| {
        let name = format!("{seed}-{count}.csv");
        written(&format!("sample --count {count} --seed {seed}"), folder.path(), &name)
    };
    let (first, again, other) = (sample(3, 6), sample(3, 4), sample(4, 4));
    assert_eq!((first.rows.len(), first.cell(5, "shape")), (6, "6"));
    for row in 0..4 {
        assert_eq!(first.cell(row, "z1"), again.cell(row, "z1"));
        assert_ne!(first.cell(row, "z1"), other.cell(row, "z1"));
        let reason = first.cell(row, "reason").to_lowercase();
        assert!(reason.starts_with(first.cell(row, "verdict")), "{reason}");
        assert!(first.number(row, "roundness") <= 1.0 && first.number(row, "perimeter") > 0.0);
    }
}

#[test]
fn pictures_and_animations_are_written_whole() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let svg = |name: &str| std::fs::read_to_string(at.join(name)).unwrap();
    succeed(&words("interpolate --model M --from row:1 --to row:2 --steps 3 --out F/m.svg", at));
    assert!(svg("m.svg").contains(">Path<") && svg("m.svg").contains("Blend"));
    succeed(&words("sample --model M --count 9 --theme dark --out F/s.svg", at));
    assert!(svg("s.svg").contains("outside the data") && svg("s.svg").contains("Roundness"));
    succeed(&words("walk --model M --path spiral --frames 4 --out F/w.svg", at));
    assert!(svg("w.svg").matches("Z\" fill=\"").count() >= 4);
    succeed(&words("sample --model M --count 2 --size 300 --out F/s.png", at));
    assert_eq!(std::fs::read(at.join("s.png")).unwrap()[..4], *b"\x89PNG");
    let line = "walk --model M --path circle --frames 3 --seconds 0.3 --size 240 --out F/w.gif";
    let said = told(&run(&words(line, at)));
    assert!(said.contains("3 frames"), "{said}");
    let gif = std::fs::read(at.join("w.gif")).unwrap();
    assert_eq!((&gif[..6], u16::from_le_bytes([gif[6], gif[7]])), (&b"GIF89a"[..], 240));
    succeed(&words(&line.replace("w.gif", "again.gif"), at));
    assert_eq!(gif, std::fs::read(at.join("again.gif")).unwrap(), "the same bytes twice");
}

#[test]
fn what_cannot_be_walked_is_told_in_one_line() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("two.csv"), "1,2\n3,4\n").unwrap();
    let two = folder.path().join("two.csv").display().to_string();
    let morph = "interpolate --model M --out F/m.csv";
    for (line, part) in [
        (format!("{morph} --from row:91 --to z:0,0"), "from: .. 1 to 90 .. 91"),
        (format!("{morph} --from z:0,0,0 --to z:0,0"), "from: .. 2 .. 3"),
        (
            format!("{morph} --from z:0,0 --to family:boat"),
            "to: 'boat' .. circle, ellipse .. heart",
        ),
        (
            format!("{morph} --from star --to z:0,0"),
            "'star' .. z:NUMBERS .. family:NAME .. file:PATH",
        ),
        (
            format!("{morph} --from z:0,0 --to file:{two}"),
            "two.csv .. 2 distinct points .. at least 3",
        ),
        (format!("{morph} --from z:0,0 --to file:/none.csv"), "none.csv"),
        (format!("{morph} --from z:0,0 --to z:1e300,0"), "to: .. too far out .. nearer"),
        (format!("{morph} --from z:0,0 --to z:1,1 --steps 1"), "steps: .. 2 .. 1000 .. 1"),
        (
            "interpolate --model M --from z:0,0 --to z:1,1 --out F/m.gif".to_owned(),
            "walk --path line",
        ),
        (
            "interpolate --model M --from z:0,0 --to z:1,1 --out F/none/m.csv".to_owned(),
            "none/m.csv .. create it",
        ),
        (
            format!("interpolate --model M --from z:0,0 --to file:{two} --out {two}"),
            "two.csv: is read .. another file",
        ),
        ("walk --model M --path line --from z:0,0 --out F/w.csv".to_owned(), "to: .. --help"),
        (
            "walk --model M --path circle --turns 2 --out F/w.csv".to_owned(),
            "turns: .. --path circle",
        ),
        ("walk --model M --path circle --radius 0 --out F/w.csv".to_owned(), "radius: .. 0"),
        ("walk --model M --path axis --axis 2 --out F/w.csv".to_owned(), "axis: .. 0 .. 1"),
        (
            "walk --model M --path circle --frames 100 --seconds 1 --out F/w.gif".to_owned(),
            "frames: 100 .. 0.1 .. 50",
        ),
        ("walk --model M --path circle --out F/w.mp4".to_owned(), ".png .. .svg"),
        (
            "walk --model M --path circle --size 4000 --out F/w.gif".to_owned(),
            "size: .. 100 .. 2048 .. 4000",
        ),
        ("sample --model M --count 0 --out F/s.csv".to_owned(), "count: .. 1 .. 100000 .. 0"),
        ("sample --model M --count 401 --out F/s.png".to_owned(), "count: .. 1 .. 400 .. 401"),
        ("sample --model M --out F/s.gif".to_owned(), ".csv .. .svg .. .png"),
    ] {
        let message = fail(&words(&line, folder.path()));
        assert!(says(&message, part), "{part} in {message}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}
