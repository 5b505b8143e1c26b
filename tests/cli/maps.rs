//! Decoded shapes, fields and pictures of maps; the same bytes twice.

use super::*;

#[test]
fn decoding_takes_vectors_from_words_and_from_a_file() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("z.csv"), "z0,z1\n-0.1,-0.3\n1,2\n").unwrap();
    for line in [
        "decode --model M --z -0.1,-0.3 --z 1,2 --out F/words.csv",
        "decode --model M --z-file F/z.csv --out F/file.csv",
    ] {
        succeed(&words(line, folder.path()));
    }
    let of_words = table(&folder.path().join("words.csv"));
    assert_eq!(of_words, table(&folder.path().join("file.csv")));
    assert_eq!((of_words.len(), of_words[0].len()), (3, 64));
}

#[test]
fn decoded_points_keep_the_names_they_have() {
    let folder = TempDir::new().unwrap();
    let line = "decode --model M --z family:star --z 0.2,0.1 --z row:3 --z mean --out F/x.csv";
    succeed(&words(line, folder.path()));
    let rows = table(&folder.path().join("x.csv"));
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, ["id", "star", "", "row 3", "mean"]);
    succeed(&words("decode --model M --z 0.2,0.1 --out F/x.csv", folder.path()));
    assert_eq!(table(&folder.path().join("x.csv"))[0][0], "x0", "nothing has a name");
}

#[test]
fn a_field_covers_the_data() {
    let folder = TempDir::new().unwrap();
    let line = "field --model M --property heat-shedding --cells 8 --out F/f.csv";
    succeed(&words(line, folder.path()));
    let rows = table(&folder.path().join("f.csv"));
    assert_eq!(rows[0].join(","), "u,v,value,valid");
    assert_eq!(rows.len(), 65);
    assert!(rows[1..].iter().all(|row| row[3] == "0" || row[3] == "1"));
    let number = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();
    assert!(number(1, 0) < number(2, 0) && number(1, 1) < number(64, 1), "from the lower left");
}

#[test]
fn pictures_have_their_size_and_their_format() {
    let folder = TempDir::new().unwrap();
    for (what, theme) in
        [("shapes", "light"), ("heat", "dark"), ("points", "light"), ("gradient", "light")]
    {
        let line =
            format!("render --model M --what {what} --theme {theme} --size 200 --out F/{what}.png");
        succeed(&words(&line, folder.path()));
        let bytes = std::fs::read(folder.path().join(format!("{what}.png"))).unwrap();
        let picture = resvg::tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (200, 200));
        let pixels = picture.pixels();
        assert!(pixels.iter().any(|p| *p != pixels[0]), "{what} is not blank");
    }
    let images = |options: &str| {
        let line = format!("render --model M --what heat{options} --out F/heat.svg");
        succeed(&words(&line, folder.path()));
        let svg = std::fs::read_to_string(folder.path().join("heat.svg")).unwrap();
        svg.matches("<image").count()
    };
    assert_eq!((images(""), images(" --trust")), (1, 2), "fog lies over the heat");
    let line = "render --model M --what points --size 300 --out F/points.svg";
    succeed(&words(line, folder.path()));
    let svg = std::fs::read_to_string(folder.path().join("points.svg")).unwrap();
    assert!(svg.contains("width=\"300\"") && svg.contains(">heart</text>"));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    succeed(&train(&path("again")));
    assert_eq!(std::fs::read(path("again")).unwrap(), std::fs::read(model()).unwrap());
    for line in [
        "optimise --model M --property roundness --mode max --restarts 5 --steps 20 --seed 4 --out",
        "optimise --model M --term area:target=2 --align 0.1 --restarts 70 --steps 9 --out",
        "race --model M --term area:max --methods random,adam-input --restarts 3 --steps 20 --out",
        "decode --model M --z 0.5,-0.5 --out",
        "field --model M --property area --cells 40 --out",
        "render --model M --what heat --size 120 --out",
    ] {
        let ending = if line.starts_with("render") { ".png" } else { "" };
        let [first, second] = [1, 2].map(|round| {
            let name = format!("{round}{ending}");
            succeed(&words(&format!("{line} F/{name}"), folder.path()));
            std::fs::read(path(&name)).unwrap()
        });
        assert_eq!(first, second, "{line}");
    }
}
