//! Files that would hurt: pictures that never end, devices, names that act on a terminal or a spreadsheet, damaged
//! counts; outputs that are inputs; a closed standard error.

use super::*;
use serde_json::json;
use std::process::{Command, Stdio};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>";

/// A picture of 30 levels, each of which has the one below it twice; `kind` is `clipPath` or `mask`.
fn doubling(kind: &str, attribute: &str) -> String {
    let rect = |k: usize| format!("<rect width='9' height='9' {attribute}='url(#m{k})'/>");
    let level = |k: usize| format!("<{kind} id='m{k}'>{0}{0}</{kind}>", rect(k + 1));
    let levels: String = (0..30).map(level).collect();
    format!(
        "{SVG}<defs>{levels}<{kind} id='m30'><rect width='9' height='9'/></{kind}></defs>{}</svg>",
        rect(0)
    )
}

/// The tiny model with another header.
fn edited(edit: impl Fn(&mut Value)) -> Vec<u8> {
    let whole = std::fs::read(model()).unwrap();
    let end = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let mut header: Value = serde_json::from_slice(&whole[8..end]).unwrap();
    let own = &mut header["__metadata__"]["latent-explorer"];
    let mut card: Value = serde_json::from_str(own.as_str().unwrap()).unwrap();
    edit(&mut card);
    *own = card.to_string().into();
    let header = header.to_string().into_bytes();
    [&(header.len() as u64).to_le_bytes(), header.as_slice(), &whole[end..]].concat()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn pictures_without_an_end_are_left_out_and_the_rest_of_their_folder_goes_in() {
    let folder = TempDir::new().unwrap();
    let disc = "<circle id='a' cx='50' cy='50' r='30'/>";
    for (name, text) in [
        ("arc.svg", format!("{SVG}<path d='M20 50A30 30 0 0 1 1e38 50L50 90Z'/></svg>")),
        ("clip.svg", doubling("clipPath", "clip-path")),
        ("mask.svg", doubling("mask", "mask")),
        ("plain.svg", format!("{SVG}{disc}</svg>")),
        ("used.svg", format!("{SVG}<defs>{disc}</defs><use href='#a'/></svg>")),
    ] {
        std::fs::create_dir_all(folder.path().join("in")).unwrap();
        std::fs::write(folder.path().join("in").join(name), text).unwrap();
    }
    let said = told(&run_in(folder.path(), "data in --out out.csv"));
    assert!(says(&said, "2 outlines") && says(&said, "3"), "{said}");
    for name in ["arc.svg", "clip.svg", "mask.svg"] {
        let line = said.lines().find(|line| line.contains(name)).expect(&said);
        assert!(line.contains("too long or too much memory"), "{line}");
    }
    let names: Vec<String> =
        table(&folder.path().join("out.csv")).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(names, ["id", "plain", "used"]);
    let alone = refusal_in(folder.path(), "encode --model M --shapes in/arc.svg --out z.csv");
    assert!(alone.contains("arc.svg"), "{alone}");
}

fn refusal_in(folder: &Path, line: &str) -> String {
    command_line::refusal(run_in(folder, &line.replace(" M ", &format!(" {} ", model()))))
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_refused() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    for line in ["info /dev/zero", "decode --model M --z-file /dev/zero --out F/x.csv"] {
        let message = fail(&words(line, folder.path()));
        assert!(message.contains("ordinary file"), "{message}");
    }
    if made.is_ok_and(|status| status.success()) {
        for line in ["info F/pipe.csv", "data F/pipe.csv --out F/x.csv", "data F/ --out F/x.csv"] {
            let message = fail(&words(line, folder.path()));
            assert!(message.contains("pipe.csv") && message.contains("ordinary"), "{message}");
        }
    }
}

#[test]
fn damaged_counts_and_layers_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let refused = |bytes: Vec<u8>| {
        std::fs::write(folder.path().join("bad.safetensors"), bytes).unwrap();
        fail(&words("info F/bad.safetensors", folder.path()))
    };
    let twice = refused(edited(|header| {
        let layers = header["card"]["layers"].as_array_mut().unwrap();
        let mu = layers.iter().find(|layer| layer["name"] == "mu").unwrap().clone();
        layers.push(mu);
    }));
    assert!(says(&twice, "damaged .. 'mu'"), "{twice}");
    let steps = refused(edited(|header| header["resume"]["rows"][0][1] = json!(u32::MAX)));
    assert!(says(&steps, "damaged .. 4294967295"), "{steps}");
    let updates = refused(edited(|header| header["resume"]["updates"] = json!(u64::MAX / 2)));
    assert!(says(&updates, "damaged .. 9223372036854775807"), "{updates}");
}

#[test]
fn nothing_of_a_file_acts_on_a_terminal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("m.safetensors");
    let name = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}\nall is well";
    std::fs::write(&path, edited(|header| header["label_names"][0] = json!(name))).unwrap();
    let line = format!("info {}", path.display());
    let printed = succeed(&line.split(' ').collect::<Vec<_>>());
    let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!printed.lines().any(|line| line.starts_with("all is well")), "{printed}");
    assert!(printed.contains("owned") && !printed.contains(acts), "{printed:?}");
    let message = fail(&["info", "a\u{1b}[31m\nlatent-explorer: all is well"]);
    assert!(!message.contains(acts), "{message:?}");
    let long = "z".repeat(5000);
    let table = format!("1,2\n1,{long}\n");
    std::fs::write(folder.path().join("z.csv"), table).unwrap();
    let message = fail(&words("decode --model M --z-file F/z.csv --out F/x.csv", folder.path()));
    assert!(
        message.contains("line 2, column 2") && message.matches('z').count() < 100,
        "{message}"
    );
}

#[test]
fn a_name_that_is_a_formula_is_written_as_a_word_and_read_as_it_was() {
    let folder = TempDir::new().unwrap();
    let square = "0,0,1,0,1,1,0,1";
    let text = format!("id,x0,y0,x1,y1,x2,y2,x3,y3\n=1+1,{square}\n@b,{square}\n-3x,{square}\n");
    std::fs::write(folder.path().join("a.csv"), text).unwrap();
    for (from, to) in [("a.csv", "b.csv"), ("b.csv", "c.csv")] {
        told(&run_in(folder.path(), &format!("data {from} --out {to}")));
        let names: Vec<String> =
            table(&folder.path().join(to)).into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(names, ["id", "'=1+1", "'@b", "'-3x"]);
    }
}

#[test]
fn no_input_is_overwritten_and_nothing_is_written_that_nobody_named() {
    let folder = TempDir::new().unwrap();
    let square = "0,0,1,0,1,1,0,1";
    let shapes = format!("id,x0,y0,x1,y1,x2,y2,x3,y3\na,{square}\nb,{square}\n");
    std::fs::write(folder.path().join("shapes.csv"), &shapes).unwrap();
    std::fs::write(folder.path().join("values.csv"), "name,drag [N]\na,1\nb,2\n").unwrap();
    for out in ["shapes.csv", "values.csv", "./values.csv"] {
        let line = format!("data shapes.csv --values values.csv --out {out}");
        let message = command_line::refusal(run_in(folder.path(), &line));
        assert!(message.contains("is read by this command"), "{message}");
    }
    told(&run_in(folder.path(), "data shapes.csv --values values.csv --out d.csv"));
    told(&run_in(folder.path(), "data shapes.csv --values values.csv --out d.svg"));
    assert_eq!(files(folder.path()), ["d.csv", "d.svg", "shapes.csv", "values.csv"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("shapes.csv")).unwrap(), shapes);
}

#[test]
fn a_closed_standard_error_is_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_latent-explorer"));
    let status = command.args(["info", "none"]).stderr(writer).stdout(Stdio::null()).status();
    assert_eq!(status.unwrap().code(), Some(1));
}
