//! Files that leave the program, and what is said when they cannot.

use super::*;
use crate::driver::Exportable;
use std::path::{Path, PathBuf};

/// An export of the small kind.
fn export(what: Exportable, path: PathBuf) -> Act {
    Act::Export { what, path, pixels: [120, 100], dark: false }
}

fn until_exported(session: &mut Program) {
    session.wait("the end of the export", |see| !see.is_exporting());
}

#[test]
fn everything_that_is_there_can_leave() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = session();
    session.act(Act::Turn(Page::Optimise));
    session.act(Act::Pin([0.2, 0.1]));
    search(&mut session, restarts(6, 20));
    until_searched(&mut session);
    for (what, name, begins) in [
        (Exportable::Map, "map.png", &b"\x89PNG"[..]),
        (Exportable::Map, "map.svg", b"<svg"),
        (Exportable::Losses, "losses.svg", b"<svg"),
        (Exportable::Values, "values.svg", b"<svg"),
        (Exportable::Answer, "answer.dxf", b"999\n"),
        (Exportable::Pins, "pins.csv", b"id,x0,y0"),
        (Exportable::Report, "report.json", b"{"),
        (Exportable::Data, "data.csv", b"label,x0,y0"),
    ] {
        session.act(export(what, path(name)));
        until_exported(&mut session);
        assert_eq!(errors(&session), [""; 0], "{name}");
        assert!(std::fs::read(path(name)).unwrap().starts_with(begins), "{name}");
    }
    let map = std::fs::read_to_string(path("map.svg")).unwrap();
    assert!(map.contains("width=\"120\" height=\"100\"") && map.contains("<image"), "heat is on");
    let values = std::fs::read_to_string(path("values.svg")).unwrap();
    assert!(values.contains(">step</text>"));
    assert!(hears(&session, "data.csv"), "{:?}", sentences(&session));
}

#[test]
fn an_export_that_fails_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("old.png"), "old").unwrap();
    let mut session = session();
    for (what, name, facts) in [
        (Exportable::Map, "no/map.png", "no/map.png"),
        (Exportable::Map, "map.jpg", "map.jpg .. .png .. .svg"),
        // There is nothing of these yet.
        (Exportable::Film, "film.gif", ""),
        (Exportable::Pins, "pins.csv", ""),
        (Exportable::Strip, "strip.png", ""),
        (Exportable::Walk, "walk.gif", ""),
        (Exportable::NewShapes, "new.svg", ""),
        (Exportable::Rebuild, "rebuild.svg", ""),
    ] {
        session.act(export(what, path(name)));
        until_exported(&mut session);
        let failed = session.see().export_problem().unwrap();
        assert!(says(&failed, facts), "{failed}");
        session.act(Act::Cancel);
    }
    let (what, path_of_old) = (Exportable::Map, path("old.png"));
    session.act(Act::Export { what, path: path_of_old, pixels: [0, 0], dark: true });
    until_exported(&mut session);
    assert!(says(&errors(&session)[0], "size:  .. 100 .. 8192"), "{:?}", errors(&session));
    assert_eq!(std::fs::read(path("old.png")).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    // The next one that goes well takes the sentence away.
    session.act(export(Exportable::Losses, path("l.svg")));
    until_exported(&mut session);
    assert_eq!(session.see().export_problem(), None);
}

#[test]
fn a_training_leaves_as_a_film_of_its_moments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.gif");
    let mut session = session();
    train(&mut session, config(3));
    until_trained(&mut session);
    let snapshots = session.see().watched().snapshots();
    assert!(snapshots > 1, "{snapshots}");
    session.act(export(Exportable::Training, path.clone()));
    until_exported(&mut session);
    assert_eq!(errors(&session), [""; 0]);
    assert_eq!(frames(&path), snapshots.min(60));
}

#[test]
fn a_film_can_be_cancelled_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("climb.gif");
    let mut session = session();
    search(&mut session, restarts(4, 10));
    until_searched(&mut session);
    session.act(export(Exportable::Film, path));
    assert!(session.see().is_exporting());
    session.act(export(Exportable::Map, folder.path().join("map.png")));
    assert!(hears(&session, "being exported; wait"), "{:?}", sentences(&session));
    session.act(Act::Stop(JobKind::Export));
    until_exported(&mut session);
    assert!(hears(&session, "cancelled .. nothing was written"), "{:?}", sentences(&session));
    assert_eq!(errors(&session), [""; 0]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Makes a latent path, samples new shapes and selects a data row.
fn play_path(session: &mut Program) {
    session.act(Act::PlayPath);
    session.act(Act::DrawSamples);
    session.act(Act::SelectRow(17));
}

/// The frames of a film.
fn frames(path: &Path) -> usize {
    let file = std::fs::File::open(path).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(file).unwrap();
    std::iter::from_fn(|| decoder.read_next_frame().unwrap().map(drop)).count()
}

#[test]
fn walks_new_shapes_and_rebuilds_leave_as_they_are_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = session();
    play_path(&mut session);
    for (what, name) in [
        (Exportable::Strip, "strip.svg"),
        (Exportable::NewShapes, "new.svg"),
        (Exportable::Rebuild, "rebuild.svg"),
        (Exportable::Walk, "walk.gif"),
        (Exportable::Strip, "strip.png"),
    ] {
        session.act(export(what, path(name)));
        until_exported(&mut session);
        assert_eq!(errors(&session), [""; 0], "{name}");
    }
    let text = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let see = session.see();
    let captions = |name: &str, cells: &[latent_explorer::explore::shapes::contact_sheet::Cell]| {
        let drawn = text(name);
        assert!(drawn.contains("width=\"120\" height=\"100\""), "{name}");
        cells.iter().all(|cell| drawn.contains(&format!(">{}</text>", cell.value.text())))
    };
    assert!(captions("strip.svg", see.path().unwrap().strip()));
    assert!(captions("new.svg", see.samples().unwrap().sheet()));
    let selected = see.selected().unwrap();
    let shown = selected.reconstruction().unwrap();
    let error = latent_explorer::explore::three_digits(shown.error);
    let drawn = text("rebuild.svg");
    assert!(drawn.contains(&format!("{}, row 18", shown.family)) && drawn.contains(&error));
    assert_eq!(frames(&path("walk.gif")), 60, "four seconds");
    let pixels = resvg::tiny_skia::Pixmap::load_png(path("strip.png")).unwrap();
    assert_eq!((pixels.width(), pixels.height()), (120, 100));
}

#[test]
fn a_picture_that_finds_no_room_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    play_path(&mut session);
    let kept = format!("{:?}", session.see().path().unwrap().latent_path());
    let all = [
        (Exportable::Strip, "strip.png"),
        (Exportable::Strip, "strip.svg"),
        (Exportable::NewShapes, "new.png"),
        (Exportable::Rebuild, "rebuild.svg"),
        (Exportable::Walk, "walk.gif"),
    ];
    for (what, name) in all {
        std::fs::write(folder.path().join(name), "old").unwrap();
        // A folder that is not there, one that takes no file, and a folder in the place of the file.
        let taken = folder.path().join("taken").join(name);
        std::fs::create_dir_all(&taken).unwrap();
        let missing = folder.path().join("no").join(name);
        let unwritable = Path::new("/proc").join(name);
        for path in [missing, unwritable, taken] {
            session.act(export(what, path.clone()));
            until_exported(&mut session);
            let failed = session.see().export_problem().unwrap();
            assert!(failed.contains(path.to_str().unwrap()), "{failed}");
            assert_eq!(errors(&session).last(), Some(&failed), "the sentence is on the map too");
            session.act(Act::Cancel);
        }
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), b"old");
    }
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, all.len() + 1, "nothing else is left behind");
    assert_eq!(format!("{:?}", session.see().path().unwrap().latent_path()), kept);
    assert!(session.see().samples().is_some());
}

#[test]
fn a_walk_that_is_cancelled_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    play_path(&mut session);
    session.act(export(Exportable::Walk, folder.path().join("walk.gif")));
    session.act(Act::Stop(JobKind::Export));
    until_exported(&mut session);
    assert!(hears(&session, "cancelled .. nothing was written"), "{:?}", sentences(&session));
    assert_eq!(errors(&session), [""; 0]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_picture_of_the_map_has_what_a_person_does_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.svg");
    let mut session = session();
    let map = |session: &mut Program| {
        session.act(export(Exportable::Map, path.clone()));
        until_exported(session);
        assert_eq!(errors(session), [""; 0]);
        std::fs::read_to_string(&path).unwrap()
    };
    // Ends of latent paths are rings, and so is the selected point; stars have a colour that no other mark has.
    let rings = |svg: &str| svg.matches("fill=\"none\" stroke-width=\"1.8\"").count();
    let stars = |svg: &str| svg.matches("fill=\"#e34220\"").count();
    let lines = |svg: &str| svg.matches("<g fill=\"none\" stroke-width=\"2\"").count();
    let bare = map(&mut session);
    assert_eq!((rings(&bare), stars(&bare)), (0, 0));
    session.act(Act::Select([0.2, 0.1]));
    assert_eq!(rings(&map(&mut session)), 1, "the kept point");

    session.act(Act::PathTo([-0.5, 0.6]));
    session.act(Act::Scrub(0.5));
    let toured = map(&mut session);
    let thick = "<g fill=\"none\" stroke-width=\"2.2\"";
    assert!(toured.contains(thick) && !bare.contains(thick), "the way over the map");
    assert_eq!(rings(&toured), 0, "its bead marks the point");

    step_through(&mut session, [0.4, -0.7], restarts(1, 6));
    session.act(Act::StepThrough(StepThrough::Steps(3)));
    assert_eq!(session.see().page(), Page::Optimise);
    let walked = map(&mut session);
    assert_eq!((lines(&walked), rings(&walked), walked.contains(thick)), (1, 1, false));

    race(&mut session, restarts(6, 30));
    let raced = map(&mut session);
    assert_eq!((lines(&raced), stars(&raced)), (0, 0), "no lane is looked at yet");
    session.act(Act::SelectContender(Some(0)));
    let raced = map(&mut session);
    assert_eq!(stars(&raced), 1, "the answer of a lane");
    let trajectories = |svg: &str| svg.matches("<g fill=\"none\" stroke-width=\"1.6\"").count();
    assert_eq!(trajectories(&raced), 1, "and the way to it");

    search(&mut session, restarts(6, 20));
    until_searched(&mut session);
    session.act(Act::Scrub(1.0));
    assert!(trajectories(&map(&mut session)) > 1, "all ways of a climb");
}
