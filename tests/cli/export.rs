//! Pictures, films and reports as the command line writes them.

use super::command_line;
use super::{fail, says, succeed};
use latent_explorer::numerics::atomic_file::read;
use std::path::Path;
use tempfile::TempDir;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_models/nine_families.safetensors");

/// Splits a line at its spaces; `M` is the sample model, `F/` the folder.
fn words(line: &str, folder: &Path) -> Vec<String> {
    command_line::words(line, folder, Path::new(MODEL))
}

/// A small search, written to F/best.json.
const SEARCH: &str = "optimise --model M --property roundness --mode max --restarts 6 --steps 30 --candidates 3 \
                      --out F/best.json";

fn text(folder: &Path, name: &str) -> String {
    String::from_utf8(read(&folder.join(name)).unwrap()).unwrap()
}

/// The frames of a film as a viewer gets them: delay in hundredths of a second, width and height of each.
fn film(folder: &Path, name: &str) -> ([u16; 2], Vec<(u16, [u16; 2])>) {
    let file = std::fs::File::open(folder.join(name)).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(file).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames.push((frame.delay, [frame.width, frame.height]));
    }
    ([decoder.width(), decoder.height()], frames)
}

#[test]
fn any_layers_go_together_and_a_search_lies_on_them() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    succeed(&words(SEARCH, folder));
    let options = "--layers heat,data,paths,trust,gradient --size 160x120 --search F/best.json";
    succeed(&words(&format!("render --model M {options} --out F/all.svg"), folder));
    let svg = text(folder, "all.svg");
    assert!(svg.contains("width=\"160\" height=\"120\""));
    assert_eq!(svg.matches("<image").count(), 2, "heat and fog");
    assert!(svg.contains(">heart</text>") && svg.contains("#e34220"), "names and a star");
    succeed(&words("render --model M --layers data --size 120 --out F/data.svg", folder));
    let alone = text(folder, "data.svg");
    assert!(alone.contains("<circle") && !alone.contains("<image") && !alone.contains("Roundness"));
    succeed(&words(
        "render --model M --what values --search F/best.json --size 200 --out F/v.svg",
        folder,
    ));
    assert!(text(folder, "v.svg").contains(">The answer</text>"));
    succeed(&words("render --model M --what losses --size 200x100 --out F/l.png", folder));
    let losses =
        resvg::tiny_skia::Pixmap::decode_png(&read(&folder.join("l.png")).unwrap()).unwrap();
    assert_eq!((losses.width(), losses.height()), (200, 100));
}

#[test]
fn a_search_and_a_training_become_films() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    succeed(&words(SEARCH, folder));
    let options = "--size 120x100 --seconds 0.5 --fps 8";
    succeed(&words(
        &format!("render --model M --search F/best.json {options} --out F/s.gif"),
        folder,
    ));
    let (size, frames) = film(folder, "s.gif");
    assert_eq!((size, frames.len()), ([120, 100], 4));
    assert_eq!(frames[0].1, [120, 100], "the first one is whole");
    assert!(frames.iter().all(|(_, [w, h])| *w > 1 && *h > 1), "each differs: {frames:?}");
    assert_eq!(frames[3].0, 150, "the last one rests");

    std::fs::create_dir(folder.join("epochs")).unwrap();
    for epochs in [10, 2, 1] {
        let line = format!(
            "train --families circle,star --samples 60 --points 16 --hidden 8 --epochs {epochs}"
        );
        succeed(&words(&format!("{line} --out F/epochs/epoch-{epochs}.safetensors"), folder));
    }
    let line = format!("render --model M --snapshots F/epochs {options} --out F/t.gif");
    succeed(&words(&line, folder));
    let (size, frames) = film(folder, "t.gif");
    assert_eq!((size, frames.len()), ([120, 100], 3), "a picture for each of them");
}

#[test]
fn what_cannot_be_drawn_is_said_before_any_work() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("none")).unwrap();
    std::fs::write(folder.join("none.json"), "{}").unwrap();
    for (line, part) in [
        ("--what heat --out F/x.jpg", ".png .. .svg"),
        ("--what heat --size 0 --out F/x.png", "size: .. 100 .. 8192"),
        ("--what heat --size 200xwide --out F/x.png", "1920x1080"),
        ("--what heat --out F/x.gif", "--search .. --snapshots"),
        ("--what heat --search F/none.json --out F/x.gif", "none.json .. optimise --out"),
        ("--what losses --search F/none.json --out F/x.gif", "x.gif .. .png .. .svg"),
        ("--snapshots F/none --out F/x.gif", ".safetensors .. train --snapshots"),
        ("--snapshots F/none --out F/x.png", ".gif"),
        ("--search F/none.json --fps 0 --out F/x.gif", "fps: .. 1 .. 50"),
        ("--search F/none.json --seconds 120 --fps 50 --out F/x.gif", "2 .. 2000 .. 6000"),
        ("--search F/none.json --size 5000 --out F/x.gif", "16 .. 4096"),
        ("--what values --out F/x.png", "what: .. --search R.json"),
        ("--layers heat,paths --out F/x.png", "layers: paths .. --search R.json"),
        ("--what heat --out F/no/x.png", "no/x.png .. create it"),
        ("--what heat --out /proc/x.png", "/proc/x.png: "),
    ] {
        let message = fail(&words(&format!("render --model M {line}"), folder));
        assert!(says(&message, part), "{part} in {message}");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn a_search_of_another_model_is_told_apart() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    succeed(&words(SEARCH, folder));
    let train = "train --families circle,star --samples 60 --points 16 --hidden 8 --epochs 1 --out";
    succeed(&words(&format!("{train} F/other.safetensors"), folder));
    let line = "render --model F/other.safetensors --search F/best.json --size 120 --out F/x.png";
    let message = fail(&words(line, folder));
    assert!(message.contains("best.json") && message.contains("another model"), "{message}");
    assert!(!folder.join("x.png").exists());
}

#[test]
fn outlines_leave_in_the_format_that_the_name_says() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let decode = "decode --model M --z 0.5,-0.5 --z 0,1 --out";
    let count = |name: &str, part: &str| {
        succeed(&words(&format!("{decode} F/{name}"), folder));
        text(folder, name).matches(part).count()
    };
    assert_eq!(count("x.dxf", "\nPOLYLINE\n"), 2);
    assert_eq!(count("x.dxf", "\nVERTEX\n"), 200);
    assert_eq!((count("x.svg", "<path"), count("x.json", "\"outline\"")), (2, 2));
    assert_eq!(count("x.csv", "\n"), 3);
    succeed(&words(&format!("{decode} F/foils/"), folder));
    let first = text(&folder.join("foils"), "shape_1.dat");
    assert_eq!((first.lines().next(), first.lines().count()), (Some("shape 1"), 102));
    let message = fail(&words(&format!("{decode} F/x.dat"), folder));
    assert!(says(&message, "2 .. /"), "{message}");
    let message = fail(&words(&format!("{decode} F/x.stl"), folder));
    assert!(says(&message, ".csv .. .json .. .svg .. .dxf .. .dat"), "{message}");
    let message = fail(&words(&format!("{decode} F/foils/"), folder));
    assert!(message.contains("is a folder already"), "{message}");
    succeed(&words(&format!("{SEARCH} --candidates-out F/try.dxf"), folder));
    assert!(text(folder, "try.dxf").contains("\nC1-"));
}

#[test]
fn a_report_explains_a_model_and_its_answer() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    succeed(&words(SEARCH, folder));
    succeed(&words("report M --search F/best.json --out F/r.html", folder));
    let page = text(folder, "r.html");
    let best: serde_json::Value = serde_json::from_str(&text(folder, "best.json")).unwrap();
    let answer = best["best_believable"].as_u64().or(best["best"].as_u64()).unwrap() as usize;
    let value = best["restarts"][answer - 1]["value_best"].as_f64().unwrap();
    assert!(page.contains(&latent_explorer::explore::three_digits(value)));
    assert!(!page.contains("<script") && !page.contains("http"));
    let options = "--property roundness --mode max --restarts 6 --steps 30";
    succeed(&words(&format!("report M {options} --out F/r.json"), folder));
    let json: serde_json::Value = serde_json::from_str(&text(folder, "r.json")).unwrap();
    assert_eq!(
        json["search"]["answer"]["restart"], answer,
        "the same search gives the same answer"
    );
    assert_eq!(json["search"]["answer"]["measured"], best["restarts"][answer - 1]["measured"]);
    for (line, part) in [
        ("--out F/r.pdf", "r.pdf .. .html .. .json"),
        ("--out F/no/r.html", "no/r.html .. create it"),
        ("--search F/none.json --out F/r.html", "none.json .. check the path"),
        ("--term area:max --restarts 0 --out F/r.html", "restarts: .. 1 .. 100000"),
        (
            "--search F/best.json --term area:max --out F/r.html",
            "--search .. cannot be used with .. --term",
        ),
    ] {
        let message = fail(&words(&format!("report M {line}"), folder));
        assert!(says(&message, part), "{part} in {message}");
    }
}

#[test]
fn decode_and_encode_say_what_they_wrote() {
    let folder = TempDir::new().unwrap();
    for (line, facts) in [
        ("decode --model M --z 0,0 --out F/x.csv", "1 outline to .. x.csv"),
        ("encode --model M --shapes F/x.csv --out F/z.csv", "1 latent vector to .. z.csv"),
    ] {
        let output = command_line::run(&words(line, folder.path()));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && says(&text, facts), "{text}");
        assert!(output.stdout.is_empty());
    }
}
