//! The walls of the house, read from the source: who may import whom, and what stays outside.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, floor by floor: a room imports from lower floors alone, so never from its neighbours.
const FLOORS: &[&[&str]] = &[
    &["error"],
    &["numerics"],
    &["data"],
    &["model"],
    &["fused"],
    &["objective"],
    &["trust"],
    &["explore", "optimise", "train"],
    &["export", "rediscover"],
    &["session"],
    &["ui", "cli"],
    &["main"],
];
/// Imports that the floors would allow and the house does not: the command line runs no session, and
/// the program does nothing but count the cores and choose between window and command line.
const SHUT: &[(&str, &[&str])] = &[
    ("cli", &["session"]),
    (
        "main",
        &[
            "data",
            "model",
            "fused",
            "objective",
            "trust",
            "explore",
            "optimise",
            "train",
            "export",
            "rediscover",
            "session",
        ],
    ),
];
/// Crates of the window, which only `ui` may know.
const WINDOW: &[&str] = &["egui", "eframe", "egui_plot", "egui_extras", "rfd"];
/// What the rooms below `session` do without: whoever calls them owns threads and messages.
const CHANNELS: &[&str] = &["crossbeam_channel", "mpsc"];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn may_import(from: &str, to: &str) -> bool {
    let shut = SHUT.iter().any(|(room, others)| *room == from && others.contains(&to));
    from == to || !shut && floor(to).is_some_and(|low| floor(from).is_some_and(|high| low < high))
}

/// A name or a sign, and the line it stands on.
#[derive(Clone, Debug, PartialEq)]
struct Token {
    text: String,
    line: usize,
}

/// The names and signs of Rust source; comments and everything between quotes are left out.
fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let starts =
        |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| text.get(at + i) == Some(&c));
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < text.len() {
        let begin = at;
        let c = text[at];
        if starts(at, "//") {
            while at < text.len() && text[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if starts(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 || at >= text.len() {
                    break;
                }
            }
        } else if let Some(hashes) = raw_string(&text, at) {
            let end: String =
                std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            at = (at + hashes + 2..text.len()).find(|&i| starts(i, &end)).unwrap_or(text.len());
            at += end.len();
        } else if c == '"' {
            at += 1;
            while at < text.len() && text[at] != '"' {
                at += if text[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if c == '\'' && starts(at + 1, "\\") {
            // An escaped character; a lifetime has no closing quote and falls through to the signs.
            at = (at + 3..text.len()).find(|&i| text[i] == '\'').unwrap_or(text.len()) + 1;
        } else if c == '\'' && text.get(at + 2) == Some(&'\'') {
            at += 3;
        } else if c.is_alphanumeric() || c == '_' {
            while at < text.len() && (text[at].is_alphanumeric() || text[at] == '_') {
                at += 1;
            }
            tokens.push(Token { text: text[begin..at].iter().collect(), line });
        } else {
            if !c.is_whitespace() {
                tokens.push(Token { text: c.to_string(), line });
            }
            at += 1;
        }
        line += text[begin..at.min(text.len())].iter().filter(|&&c| c == '\n').count();
    }
    tokens
}

/// The hashes of a raw string that begins here, as in `r"` or `br##"`.
fn raw_string(text: &[char], at: usize) -> Option<usize> {
    let within = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
    if within || text.get(at) != Some(&'r') {
        return None;
    }
    let hashes = text[at + 1..].iter().take_while(|&&c| c == '#').count();
    (text.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// Every breach of a wall in the source of a file at `path`, below `src`: its line and what it does.
fn breaches(path: &Path, source: &str) -> Vec<(usize, String)> {
    let parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let room = parts[0].as_str();
    // `mod.rs` stands for its folder; `lib.rs` is the root itself.
    let depth = parts.len() - usize::from(parts.last().is_some_and(|name| name == "mod"));
    let tokens = tokens(source);
    let text = |i: usize| tokens.get(i).map_or("", |token| token.text.as_str());
    let path_follows = |i: usize| text(i) == ":" && text(i + 1) == ":";
    let below_session = floor(room) < floor("session");
    let mut found = Vec::new();
    // Braces that are open, and those of them that hold a module of its own.
    let (mut braces, mut modules) = (0, Vec::new());
    for (i, token) in tokens.iter().enumerate() {
        let name = token.text.as_str();
        match name {
            "{" => {
                braces += 1;
                if i > 1 && text(i - 2) == "mod" {
                    modules.push(braces);
                }
            }
            "}" => {
                modules.retain(|&opened| opened != braces);
                braces -= 1;
            }
            _ => (),
        }
        let mut breach = |what: String| found.push((token.line, what));
        if WINDOW.contains(&name) && room != "ui" && room != "main" {
            breach(format!("{room} knows {name}"));
        }
        if below_session && CHANNELS.contains(&name) {
            breach(format!("{room} uses a channel ({name})"));
        }
        let starts_thread = || ["spawn", "Builder", "{", "*"].contains(&text(i + 3));
        if below_session && name == "thread" && path_follows(i + 1) && starts_thread() {
            breach(format!("{room} starts a thread"));
        }
        let root = match name {
            "crate" | "latent_explorer" => path_follows(i + 1).then_some(i + 3),
            // As many `super` as the file is deep lead to the root as well.
            "super" if text(i.wrapping_sub(3)) != "super" => {
                let chain = (0..).take_while(|k| text(i + 3 * k) == "super").count();
                (room != "lib" && chain >= depth + modules.len()).then_some(i + 3 * chain)
            }
            _ => None,
        };
        for to in root.map_or_else(Vec::new, |first| first_names(&tokens, first)) {
            if room != "lib" && !may_import(room, &to) {
                breach(format!("{room} imports {to}"));
            }
        }
    }
    found
}

/// What a path from the root goes on with: one name, or the names at the head of each of a group.
fn first_names(tokens: &[Token], at: usize) -> Vec<String> {
    if tokens.get(at).is_none_or(|token| token.text != "{") {
        return tokens.get(at).map(|token| token.text.clone()).into_iter().collect();
    }
    let (mut names, mut depth) = (Vec::new(), 0);
    for pair in tokens[at..].windows(2) {
        match pair[0].text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => (),
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && ["{", ","].contains(&pair[0].text.as_str()) && pair[1].text != "}" {
            names.push(pair[1].text.clone());
        }
    }
    names
}

fn source_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn no_wall_is_broken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    files.sort();
    let mut broken = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&root).unwrap();
        for (line, what) in breaches(path, &fs::read_to_string(file).unwrap()) {
            broken.push(format!("src/{}:{line}: {what}", path.display()));
        }
    }
    assert!(broken.is_empty(), "walls are broken:\n{}", broken.join("\n"));
}

/// Commands, state and events may change without the tests: only their driver knows them.
#[test]
fn tests_know_session_and_window_through_their_driver_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.starts_with(root.join("driver"))) {
        let tokens = tokens(&fs::read_to_string(file).unwrap());
        for (i, token) in tokens.iter().enumerate().filter(|(_, t)| t.text == "latent_explorer") {
            for room in first_names(&tokens, i + 3) {
                if ["session", "ui"].contains(&room.as_str()) {
                    found.push(format!("{}:{}: {room}", file.display(), token.line));
                }
            }
        }
    }
    assert!(files.len() > 50 && found.is_empty(), "not through the driver:\n{}", found.join("\n"));
}

/// A new room must be given its floor here before it can be entered.
#[test]
fn the_rooms_are_those_of_the_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut plan: Vec<String> =
        FLOORS.iter().flat_map(|f| f.iter()).map(|r| r.to_string()).collect();
    plan.push("lib".to_owned());
    rooms.sort();
    plan.sort();
    assert_eq!(rooms, plan);
}

#[test]
fn every_way_around_a_wall_is_seen() {
    let count = |path: &str, source: &str| breaches(Path::new(path), source).len();
    for (path, source) in [
        ("data/rows.rs", "use crate::model::Model;"),
        ("data/rows.rs", "fn f() { crate :: ui::run(None) }"),
        ("explore/heat.rs", "use crate::train::Trainer;"),
        ("cli/mod.rs", "use crate::session::Session;"),
        ("ui/app.rs", "use crate::cli::run;"),
        ("main.rs", "use latent_explorer::model::Model;"),
        ("numerics/adam.rs", "use crate::data::rows::Rows;"),
        ("error.rs", "use crate::numerics::files;"),
        ("trust/verdict.rs", "use crate::{data::{rows, train}, session::{Command, State}};"),
        ("trust/verdict.rs", "use super::super::export::png;"),
        ("trust/mod.rs", "use super::export::png;"),
        ("trust/mod.rs", "use crate::*;"),
        ("trust/mod.rs", "mod tests { use super::super::export::png; }"),
        ("trust/mod.rs", "mod tests { fn f() {} } use super::export::png;"),
        ("session/mod.rs", "fn f(ctx: egui::Context) {}"),
        ("lib.rs", "use rfd::FileDialog;"),
        ("train/trainer.rs", "let (a, b) = crossbeam_channel::unbounded();"),
        ("train/trainer.rs", "use std::sync::mpsc::channel;"),
        ("train/trainer.rs", "std::thread::spawn(|| ());"),
        ("train/trainer.rs", "thread::Builder::new()"),
        ("train/trainer.rs", "let c = '\"'; use crate::ui::App; let d = '\"';"),
        ("train/trainer.rs", "fn f<'a>(x: &'a str) {} use crate::ui::App;"),
        ("train/trainer.rs", "let c = '\\''; let s = r#\"\"\"#; use crate::ui::App;"),
    ] {
        assert_eq!(count(path, source), 1, "{path}: {source}");
    }
    for (path, source) in [
        ("model/vae.rs", "use crate::data::{rows::Rows, scaling}; use crate::error::Result;"),
        ("model/vae.rs", "// use crate::ui::App;\n/* crate::ui /* egui */ egui */"),
        ("model/vae.rs", "let s = \"crate::ui \\\" egui\"; let r = r#\"egui \" crate::ui\"#;"),
        ("model/vae.rs", "pub(crate) fn f() {} use super::layers; std::thread::scope(|s| ());"),
        ("trust/mod.rs", "mod tests { fn f() {} use super::*; }"),
        ("ui/panels/train.rs", "use super::super::widgets; use crate::session::State;"),
        ("session/job.rs", "use crossbeam_channel::Sender; std::thread::spawn(|| ());"),
        ("main.rs", "use latent_explorer::cli; latent_explorer::ui::run(None);"),
    ] {
        assert_eq!(count(path, source), 0, "{path}: {source}");
    }
    let lines = breaches(Path::new("data/rows.rs"), "/* \n */ \"\n\"\nuse crate::ui::App;");
    assert_eq!(lines, [(4, "data imports ui".to_owned())]);
}
