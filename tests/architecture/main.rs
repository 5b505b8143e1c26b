//! The walls of the house, read from the source: who may import whom, what stays outside, and no circles.

mod source;
mod texts;

use source::{Crate, Reference, Target, source_files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use texts::{Texts, placeholders, pseudo};

/// The rooms, floor by floor: a room imports from lower floors alone, so never from its neighbours.
const FLOORS: &[&[&str]] = &[
    &["text"],
    &["error"],
    &["numerics"],
    &["data"],
    &["nn"],
    &["model"],
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
            "nn",
            "model",
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
/// Files that a folder holds at most, beside its `mod.rs`.
const MAX_FILES: usize = 15;
/// Crates of the window, which only `ui` may know.
const WINDOW: &[&str] = &["egui", "eframe", "egui_plot", "egui_extras", "rfd"];
/// Threads and channels, which the modules below `session` do not use: their caller has them.
const THREADS_AND_CHANNELS: &[&[&str]] = &[
    &["crossbeam_channel"],
    &["std", "sync", "mpsc"],
    &["std", "thread", "spawn"],
    &["std", "thread", "Builder"],
];
static SOURCE: LazyLock<Crate> =
    LazyLock::new(|| Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));
static REFERENCES: LazyLock<Vec<Reference>> = LazyLock::new(|| SOURCE.references());

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The room of a file or a module: the first part of its path.
fn room<'a>(mut parts: impl Iterator<Item = &'a str>) -> &'a str {
    parts.next().map_or("", |first| first.strip_suffix(".rs").unwrap_or(first))
}

fn room_of_file(file: &Path) -> &str {
    room(file.iter().filter_map(|part| part.to_str()))
}

fn may_import(from: &str, to: &str) -> bool {
    let shut = SHUT.iter().any(|(room, others)| *room == from && others.contains(&to));
    from == to || !shut && floor(to).is_some_and(|low| floor(from).is_some_and(|high| low < high))
}

/// The walls that a reference breaks.
fn breach(reference: &Reference) -> Option<String> {
    let from = room_of_file(&reference.from);
    if from == "lib" {
        return None;
    }
    let to = match &reference.to {
        Target::Item(file) => room_of_file(file),
        Target::Module(path) => room(path.iter().map(String::as_str)),
        Target::Foreign(path) => {
            let starts = |with: &&&[&str]| {
                path.len() >= with.len() && path.iter().zip(**with).all(|(a, b)| a == b)
            };
            let window = WINDOW.contains(&path[0].as_str()) && from != "ui" && from != "main";
            let thread =
                floor(from) < floor("session") && THREADS_AND_CHANNELS.iter().any(|t| starts(&t));
            return (window || thread).then(|| format!("{from} uses {}", path.join("::")));
        }
    };
    // `use crate::*` and `crate::Item` reach what the root declares, past all walls.
    (!may_import(from, to)).then(|| format!("{from} imports {to}"))
}

fn breaches(references: &[Reference]) -> BTreeSet<(PathBuf, usize, String)> {
    let found = references
        .iter()
        .filter_map(|reference| Some((reference.from.clone(), reference.line, breach(reference)?)));
    found.collect()
}

/// All that `start` uses, and what that uses.
fn reached<'a>(
    uses: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
    start: &'a Path,
) -> BTreeSet<&'a Path> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(file) = open.pop() {
        let next = uses.get(file).into_iter().flatten();
        open.extend(next.filter(|&&to| seen.insert(to)).copied());
    }
    seen
}

/// The files of `room` that can reach themselves over what they use of each other, each with the files of its circle.
fn circles(references: &[Reference], room: &str) -> BTreeSet<BTreeSet<PathBuf>> {
    let mut uses: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for reference in references {
        if let Target::Item(to) = &reference.to
            && !reference.in_tests
            && *to != reference.from
            && room_of_file(&reference.from) == room
            && room_of_file(to) == room
        {
            uses.entry(&reference.from).or_default().insert(to);
        }
    }
    let reach: BTreeMap<&Path, BTreeSet<&Path>> =
        uses.keys().map(|file| (*file, reached(&uses, file))).collect();
    let knotted = reach.iter().filter(|(file, all)| all.contains(*file));
    let circle = |(file, all): (&&Path, &BTreeSet<&Path>)| {
        let back = |to: &&&Path| reach.get(**to).is_some_and(|all| all.contains(file));
        all.iter().filter(back).map(|to| to.to_path_buf()).collect()
    };
    knotted.map(circle).collect()
}

#[test]
fn no_wall_is_broken() {
    let broken: Vec<String> = breaches(&REFERENCES)
        .into_iter()
        .map(|(file, line, what)| format!("src/{}:{line}: {what}", file.display()))
        .collect();
    assert!(broken.is_empty(), "walls are broken:\n{}", broken.join("\n"));
}

#[test]
fn no_room_holds_a_circle() {
    let mut knotted = Vec::new();
    for room in FLOORS.iter().copied().flatten() {
        for circle in circles(&REFERENCES, room) {
            let files: Vec<String> = circle.iter().map(|f| f.display().to_string()).collect();
            knotted.push(files.join(" "));
        }
    }
    assert!(knotted.is_empty(), "files import each other in circles:\n{}", knotted.join("\n"));
}

/// The document, its actions and their history read no clock, file, thread or view, and no result.
#[test]
fn actions_know_the_document_alone() {
    let pure = |file: &Path| {
        let places =
            ["session/document", "session/apply", "session/action.rs", "session/history.rs"];
        places.iter().any(|place| file.starts_with(place))
    };
    const WORLD: &[&str] =
        &["time", "fs", "env", "thread", "sync::Mutex", "sync::RwLock", "io", "net"];
    let foreign = |path: &[String]| {
        let rest = path.get(1..).map(|rest| rest.join("::")).unwrap_or_default();
        path.first().is_some_and(|first| first == "std")
            && WORLD.iter().any(|w| rest.starts_with(w))
    };
    let mut seen = 0;
    let broken = REFERENCES.iter().filter(|reference| pure(&reference.from) && !reference.in_tests);
    let broken = broken.filter(|reference| {
        seen += 1;
        match &reference.to {
            Target::Item(file) => room_of_file(file) == "session" && !pure(file),
            Target::Module(_) => false,
            Target::Foreign(path) => foreign(path),
        }
    });
    let broken: Vec<_> = broken.map(|r| (&r.from, r.line, &r.to)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(seen > 50, "{seen}");
}

#[test]
fn a_room_of_many_files_has_rooms_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    source_files(&root, &mut paths);
    let mut files: BTreeMap<&Path, usize> = BTreeMap::new();
    for file in &paths {
        let is_part = file.file_name().is_some_and(|name| name != "mod.rs");
        *files.entry(file.parent().unwrap_or(file)).or_default() += usize::from(is_part);
    }
    assert!(files.len() > 30, "the source was not read: {files:?}");
    files.retain(|_, files| *files > MAX_FILES);
    assert!(files.is_empty(), "more than {MAX_FILES} files: {files:?}");
}

#[test]
fn a_mod_file_only_declares() {
    let busy = &SOURCE.busy_mod_files;
    assert!(busy.is_empty(), "more than declarations: {busy:#?}");
}

/// Commands, state and events may change without the tests: only their driver knows them.
#[test]
fn tests_know_session_and_window_through_their_driver_alone() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let (mut folders, mut seen, mut found) = (vec![tests.clone()], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let other = path == tests.join("driver") || path == tests.join("architecture");
            if path.is_dir() && !other {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                seen += 1;
                let source = std::fs::read_to_string(&path).unwrap();
                let packed: String = source.split_whitespace().collect();
                let named = |room: &&&str| packed.contains(&format!("latent_explorer::{room}"));
                let rooms = ["session", "ui", "{"].iter().filter(named);
                found.extend(rooms.map(|room| format!("{}: {room}", path.display())));
            }
        }
    }
    assert!(seen > 50 && found.is_empty(), "not through the driver:\n{}", found.join("\n"));
}

/// A new room must be given its floor here before it can be entered.
#[test]
fn the_rooms_are_those_of_the_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: Vec<String> = std::fs::read_dir(root)
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

/// A small crate with rooms of the plan.
fn sketch(files: &[(&str, &str)]) -> Vec<Reference> {
    let house = [
        (
            "lib.rs",
            "pub mod error; pub mod numerics; pub mod data; pub mod model; pub mod train; pub mod export; pub mod session; pub mod ui; pub mod cli;",
        ),
        ("error.rs", "pub enum Error {}"),
        ("numerics/mod.rs", "pub mod adam; pub mod files;"),
        ("data/mod.rs", "pub mod rows;"),
        ("data/rows.rs", "pub struct Rows;"),
        ("model/mod.rs", "mod vae; pub use vae::Model;"),
        ("model/vae.rs", "pub struct Model;"),
        ("export/mod.rs", "pub mod png;"),
        ("export/png.rs", "pub fn write() {}"),
        ("train/mod.rs", "pub struct Trainer;"),
        ("session/mod.rs", "pub struct State;"),
        ("ui/mod.rs", "pub fn run() {} pub struct App;"),
        ("cli/mod.rs", "pub fn run() {}"),
    ];
    let given = |path: &str| files.iter().any(|(p, _)| *p == path);
    let all = house.iter().filter(|(path, _)| !given(path)).chain(files);
    Crate::parse(all.map(|(path, source)| (PathBuf::from(path), (*source).to_owned()))).references()
}

#[test]
fn every_breach_of_a_wall_is_seen() {
    for (path, source) in [
        ("data/rows.rs", "use crate::model::Model;"),
        ("data/rows.rs", "fn f() { crate :: ui::run() }"),
        ("data/rows.rs", "fn f() { println!(\"{}\", crate::ui::run()) }"),
        ("data/rows.rs", "macro_rules! m { () => { crate::ui::run() } }"),
        ("cli/mod.rs", "use crate::session::State;"),
        ("ui/app.rs", "use crate::cli::run;"),
        ("main.rs", "use latent_explorer::model::Model;"),
        ("numerics/adam.rs", "use crate::data::rows::Rows;"),
        ("error.rs", "use crate::numerics::adam;"),
        ("model/mod.rs", "use crate::{data::rows, session::State};"),
        ("model/vae.rs", "use super::super::export::png;"),
        ("model/mod.rs", "use super::export::png;"),
        ("model/mod.rs", "mod tests { use super::super::export::png; }"),
        ("model/mod.rs", "mod tests { fn f() {} } use super::export::png;"),
        ("model/mod.rs", "use crate::*;"),
        ("session/mod.rs", "fn f(ctx: egui::Context) {}"),
        ("train/mod.rs", "fn f() { let (a, b) = crossbeam_channel::unbounded(); }"),
        ("train/mod.rs", "use std::sync::mpsc::channel;"),
        ("train/mod.rs", "fn f() { std::thread::spawn(|| ()); }"),
        ("train/mod.rs", "fn f() { std::thread::Builder::new(); }"),
    ] {
        assert_eq!(breaches(&sketch(&[(path, source)])).len(), 1, "{path}: {source}");
    }
    let through = "use std::thread; fn f() { thread::spawn(|| ()); }";
    assert!(!breaches(&sketch(&[("train/mod.rs", through)])).is_empty());
    for (path, source) in [
        ("model/vae.rs", "use crate::data::rows::Rows; use crate::error::Error;"),
        ("model/vae.rs", "// use crate::ui::App;\n/* crate::ui /* egui */ egui */ fn f() {}"),
        (
            "model/vae.rs",
            "const S: &str = \"crate::ui egui\"; const R: &str = r#\"egui \" crate::ui\"#;",
        ),
        ("model/vae.rs", "pub(crate) fn f() { std::thread::scope(|s| ()); }"),
        ("model/mod.rs", "mod tests { fn f() {} use super::*; }"),
        ("ui/app.rs", "use super::run; use crate::session::State; fn f(c: egui::Context) {}"),
        ("session/mod.rs", "use crossbeam_channel::Sender; fn f() { std::thread::spawn(|| ()); }"),
        ("main.rs", "use latent_explorer::cli; fn f() { latent_explorer::ui::run(); cli::run() }"),
    ] {
        let found = breaches(&sketch(&[(path, source)]));
        assert!(found.is_empty(), "{path}: {source}: {found:?}");
    }
}

#[test]
fn circles_are_found_through_reexports_and_macros_alone() {
    let house = |shapes: &str| {
        let files = [
            (
                "data/mod.rs",
                "mod rows; mod shapes; pub use rows::Rows; pub use shapes::{Shape, area};",
            ),
            ("data/rows.rs", "use super::shapes::Shape; pub struct Rows(Vec<Shape>);"),
            ("data/shapes.rs", shapes),
        ];
        circles(&sketch(&files), "data").len()
    };
    let shape = "pub struct Shape; pub fn area() {}";
    assert_eq!(house(shape), 0);
    assert_eq!(house(&format!("{shape} use crate::data::Rows;")), 1);
    assert_eq!(house(&format!("{shape} use super::*; fn f(r: Rows) {{}}")), 1);
    assert_eq!(house(&format!("{shape} fn f() {{ format!(\"\", crate::data::Rows) }}")), 1);
    assert_eq!(house(&format!("{shape} #[cfg(test)] mod tests {{ use crate::data::Rows; }}")), 0);
    // A module that is only passed through is not used: what counts is the file of the item.
    assert_eq!(house(&format!("{shape} use crate::data::area as measure;")), 0);
}

/// The kinds of data are told apart in one file: everything else asks the domain. Tests make domains of their own.
#[test]
fn the_kinds_of_data_are_told_apart_in_one_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source::source_files(&root, &mut files);
    let names_a_kind = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        let own = text.split("#[cfg(test)]").next().unwrap_or_default();
        ["Domain::Outline", "Domain::Table"].iter().any(|kind| own.contains(kind))
    };
    let is_apart = |file: &PathBuf| {
        file.ends_with("data/domain.rs") || file.to_string_lossy().ends_with("_tests.rs")
    };
    let text = std::fs::read_to_string(root.join("data/domain.rs")).unwrap();
    assert!(
        text.contains("Self::Table(") && files.len() > 100,
        "the files are those of the source"
    );
    files.retain(|file| !is_apart(file) && names_a_kind(file));
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn no_type_name_stands_twice() {
    let mut files: BTreeMap<&str, BTreeSet<&PathBuf>> = BTreeMap::new();
    for (name, file) in &SOURCE.types {
        files.entry(name).or_default().insert(file);
    }
    let twice: Vec<_> = files.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Source files whose literals are programs, markup or names of fonts.
const NOT_FOR_PEOPLE: &[&str] =
    &["optimise/codegen", "export/pictures/svg_elements.rs", "export/pictures/png.rs"];
/// Literals that read like words and are none for people, or the same in every language: names in files, ids of widgets,
/// keys, names of settings and units.
const SAME_EVERYWHERE: &[&str] = &[
    "{} h {} min",
    "{} min {} s",
    "row {}",
    "outside the data",
    "unknown: no data",
    "steps done",
    "left the domain",
    "not finite",
    "computed {}",
    "a part of the data",
    "predicted {name}{end}",
    "animation size",
    "frames per second",
    "seconds of a frame",
    "shape {}",
    "restart {}",
    "pin {}",
    "verdict {}",
    "restart\tstart\tbest\tbest_step\tmeasured\tgain\tfinal\tsteps\tended\ttrust\tdensity_distance\tround_trip\tchange\tobjective",
    "Possible values:",
    "possible values:",
    "For more",
    "latent-explorer: {}",
    "side by side",
    "latent axis",
    "Tab",
    "Latent Explorer",
];

fn texts() -> Vec<(PathBuf, Texts)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source::source_files(&root, &mut files);
    files.sort();
    let read = |file: PathBuf| {
        let texts = Texts::read(&std::fs::read_to_string(&file).unwrap());
        (file.strip_prefix(&root).unwrap().to_owned(), texts)
    };
    let is_test = |file: &PathBuf| {
        let name = file.file_stem().and_then(|name| name.to_str());
        name.is_some_and(|name| name == "tests" || name.ends_with("_tests"))
    };
    files.retain(|file| !is_test(file));
    files.into_iter().map(read).collect()
}

#[test]
fn texts_name_their_arguments() {
    for (file, found) in texts() {
        for text in found.texts {
            let at = format!("{}:{}: {:?}", file.display(), text.line, text.english);
            let named = placeholders(&text.english);
            assert!(named.is_subset(&text.arguments), "{at} has no argument for all it names");
            let Some(plural) = &text.plural else {
                assert_eq!(named, text.arguments, "{at}");
                continue;
            };
            assert!(text.arguments.contains("count"), "{at} has two forms and no count");
            let others = placeholders(plural);
            assert!(others.is_subset(&text.arguments), "{at} has no argument for all it names");
            let unused = text
                .arguments
                .iter()
                .find(|a| *a != "count" && !others.contains(*a) && !named.contains(*a));
            assert_eq!(unused, None, "{at}");
        }
    }
}

#[test]
fn whatever_reads_like_words_goes_through_the_macro() {
    let help = latent_explorer::cli::help_texts();
    let is_known =
        |words: &String| SAME_EVERYWHERE.contains(&words.as_str()) || help.contains(words);
    let bare: Vec<String> = texts()
        .iter()
        .filter(|(file, _)| !NOT_FOR_PEOPLE.iter().any(|other| file.starts_with(other)))
        .flat_map(|(file, found)| {
            let unknown = found.bare.iter().filter(|(_, words)| !is_known(words));
            unknown.map(move |(line, words)| format!("{}:{line}: {words:?}", file.display()))
        })
        .collect();
    assert!(bare.is_empty(), "wrap these in text!:\n{}", bare.join("\n"));
}

#[test]
fn catalogues_keep_what_stands_in_braces() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/text");
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let catalogue = polib::po_file::parse(&file).unwrap();
        for message in catalogue.messages() {
            let english = placeholders(message.msgid());
            let at = format!("{}: {:?}", file.display(), message.msgid());
            match message.msgstr_plural() {
                Ok(forms) => {
                    let plural = placeholders(message.msgid_plural().unwrap());
                    let known: BTreeSet<String> = english.union(&plural).cloned().collect();
                    assert!(forms.iter().all(|form| placeholders(form).is_subset(&known)), "{at}");
                }
                Err(_) if message.is_translated() => {
                    assert_eq!(placeholders(message.msgstr().unwrap()), english, "{at}");
                }
                Err(_) => {}
            }
        }
    }
}

/// The catalogue of the pseudo-language has every text of the source and of the help; `UPDATE_TEXT=1` writes it.
#[test]
fn the_pseudo_language_has_every_text() {
    use polib::message::Message;
    let about = "Project-Id-Version: Latent Explorer\nContent-Type: text/plain; charset=UTF-8\n\
                 Content-Transfer-Encoding: 8bit\nLanguage: en-x-pseudo\n\
                 Plural-Forms: nplurals=2; plural=(n != 1);\n";
    let about = polib::metadata::CatalogMetadata::parse(about).unwrap();
    let mut catalogue = polib::catalog::Catalog::new(about);
    let keys = texts().into_iter().flat_map(|(_, found)| found.texts);
    let keys: BTreeSet<_> = keys.map(|text| (text.context, text.english, text.plural)).collect();
    let help = latent_explorer::cli::help_texts().into_iter().map(|english| (None, english, None));
    for (context, english, plural) in keys.into_iter().chain(help) {
        let mut message = match &plural {
            Some(_) => Message::build_plural(),
            None => Message::build_singular(),
        };
        if let Some(context) = context {
            message.with_msgctxt(context);
        }
        message.with_msgid(english.clone());
        match plural {
            Some(plural) => {
                let forms = vec![pseudo(&english), pseudo(&plural)];
                message.with_msgid_plural(plural).with_msgstr_plural(forms);
            }
            None => _ = message.with_msgstr(pseudo(&english)),
        }
        catalogue.append_or_update(message.done());
    }
    let mut written = std::io::BufWriter::new(Vec::new());
    polib::po_file::write(&catalogue, &mut written).unwrap();
    let written = String::from_utf8(written.into_inner().unwrap()).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/text/pseudo.po");
    if std::env::var_os("UPDATE_TEXT").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == written,
        "texts have changed: UPDATE_TEXT=1 cargo test --features snapshots --test architecture"
    );
}
