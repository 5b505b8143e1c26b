//! What leaves the window, and what is said when it cannot.

use super::{
    JobKind, climb, config, errors, race, search, sentences, session, stop, train, until,
    until_climbed, until_trained, walk,
};
use latent_explorer::session::jobs::export::{Export, Exportable};
use latent_explorer::session::tour::Touring;
use latent_explorer::session::walk::Walking;
use latent_explorer::session::{Activity, Command, Session};

/// An export of the small kind.
fn export(what: Exportable, path: std::path::PathBuf) -> Command {
    Command::Export(Export { what, path, pixels: [120, 100], dark: false })
}

fn until_exported(session: &mut Session) {
    until(session, "the end of the export", |state| state.export.run.is_none());
}

#[test]
fn everything_that_is_there_can_leave() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = session();
    session.perform(Command::Turn(Activity::Optimise));
    session.perform(Command::Pin([0.2, 0.1]));
    climb(&mut session, search(6, 20));
    until_climbed(&mut session);
    for (what, name, begins) in [
        (Exportable::Map, "map.png", &b"\x89PNG"[..]),
        (Exportable::Map, "map.svg", b"<svg"),
        (Exportable::Losses, "losses.svg", b"<svg"),
        (Exportable::Values, "values.svg", b"<svg"),
        (Exportable::Answer, "answer.dxf", b"  0\nSECTION"),
        (Exportable::Pins, "pins.csv", b"id,x0,y0"),
        (Exportable::Report, "report.json", b"{"),
        (Exportable::Data, "data.csv", b"label,x0,y0"),
    ] {
        session.perform(export(what, path(name)));
        until_exported(&mut session);
        assert_eq!(errors(&session), [""; 0], "{name}");
        assert!(std::fs::read(path(name)).unwrap().starts_with(begins), "{name}");
    }
    let map = std::fs::read_to_string(path("map.svg")).unwrap();
    assert!(map.contains("width=\"120\" height=\"100\"") && map.contains("<image"), "heat is on");
    let values = std::fs::read_to_string(path("values.svg")).unwrap();
    assert!(values.contains(">step</text>"));
    let said = sentences(&session);
    assert!(said.iter().any(|s| s.starts_with("Written to") && s.contains("data.csv")), "{said:?}");
}

#[test]
fn an_export_that_fails_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("old.png"), "old").unwrap();
    let mut session = session();
    for (what, name, part) in [
        (Exportable::Map, "no/map.png", "its folder does not exist"),
        (Exportable::Map, "map.jpg", "must end in .png or .svg"),
        (Exportable::Film, "film.gif", "Climb first."),
        (Exportable::Pins, "pins.csv", "pin shapes first"),
        (Exportable::Strip, "strip.png", "Press Walk"),
        (Exportable::Walk, "walk.gif", "Press Walk"),
        (Exportable::NewShapes, "new.svg", "or N, first"),
        (Exportable::Rebuild, "rebuild.svg", "Click a dot of the data"),
    ] {
        session.perform(export(what, path(name)));
        until_exported(&mut session);
        let failed = session.state().export.failed.clone().unwrap();
        assert!(failed.contains(part), "{failed}");
        session.perform(Command::Cancel);
    }
    let tiny = Export { what: Exportable::Map, path: path("old.png"), pixels: [0, 0], dark: true };
    session.perform(Command::Export(tiny));
    until_exported(&mut session);
    assert!(
        errors(&session)[0].contains("size: must be between 100 and 8192"),
        "{:?}",
        errors(&session)
    );
    assert_eq!(std::fs::read(path("old.png")).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    // The next one that goes well takes the sentence away.
    session.perform(export(Exportable::Losses, path("l.svg")));
    until_exported(&mut session);
    assert_eq!(session.state().export.failed, None);
}

#[test]
fn a_training_leaves_as_a_film_of_its_moments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.gif");
    let mut session = session();
    train(&mut session, config(3));
    until_trained(&mut session);
    let moments = session.state().watched().unwrap().timeline.moments().len();
    assert!(moments > 1, "{moments}");
    session.perform(export(Exportable::Training, path.clone()));
    until_exported(&mut session);
    assert_eq!(errors(&session), [""; 0]);
    let mut decoder =
        gif::DecodeOptions::new().read_info(std::fs::File::open(path).unwrap()).unwrap();
    let mut frames = 0;
    while decoder.read_next_frame().unwrap().is_some() {
        frames += 1;
    }
    assert_eq!(frames, moments.min(60));
}

#[test]
fn a_film_can_be_cancelled_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("climb.gif");
    let mut session = session();
    climb(&mut session, search(4, 10));
    until_climbed(&mut session);
    session.perform(export(Exportable::Film, path));
    assert!(session.state().export.run.is_some());
    session.perform(export(Exportable::Map, folder.path().join("map.png")));
    assert!(sentences(&session).iter().any(|s| s.contains("wait for it or cancel it")));
    stop(&mut session, JobKind::Export);
    until_exported(&mut session);
    assert!(sentences(&session).iter().any(|s| s == "Export cancelled; nothing was written."));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Lays a way, draws new shapes and keeps a shape of the data.
fn tour(session: &mut Session) {
    session.perform(Command::Tour(Touring::Begin));
    session.perform(Command::Tour(Touring::Draw));
    session.perform(Command::PickRow(17));
}

/// The frames of a film.
fn frames(path: &std::path::Path) -> usize {
    let file = std::fs::File::open(path).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(file).unwrap();
    std::iter::from_fn(|| decoder.read_next_frame().unwrap().map(drop)).count()
}

#[test]
fn walks_new_shapes_and_rebuilds_leave_as_they_are_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = session();
    tour(&mut session);
    for (what, name) in [
        (Exportable::Strip, "strip.svg"),
        (Exportable::NewShapes, "new.svg"),
        (Exportable::Rebuild, "rebuild.svg"),
        (Exportable::Walk, "walk.gif"),
        (Exportable::Strip, "strip.png"),
    ] {
        session.perform(export(what, path(name)));
        until_exported(&mut session);
        assert_eq!(errors(&session), [""; 0], "{name}");
    }
    let text = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let state = session.state();
    let captions = |name: &str, cells: &[latent_explorer::explore::sheet::Cell]| {
        let drawn = text(name);
        assert!(drawn.contains("width=\"120\" height=\"100\""), "{name}");
        cells.iter().all(|cell| drawn.contains(&format!(">{}</text>", cell.value.text())))
    };
    assert!(captions("strip.svg", state.tours.tour.as_ref().unwrap().sheet.cells()));
    assert!(text("strip.svg").contains("Latent path") && text("strip.svg").contains("Blend"));
    assert!(captions("new.svg", state.tours.drawn.as_ref().unwrap().sheet.cells()));
    let rebuild = state.map.picked.as_ref().unwrap().rebuild.as_ref().unwrap();
    let error = latent_explorer::explore::three_digits(rebuild.error);
    let drawn = text("rebuild.svg");
    assert!(drawn.contains(&format!("{}, row 18", rebuild.family)) && drawn.contains(&error));
    assert_eq!(frames(&path("walk.gif")), 60, "four seconds");
    let pixels = resvg::tiny_skia::Pixmap::load_png(path("strip.png")).unwrap();
    assert_eq!((pixels.width(), pixels.height()), (120, 100));
}

#[test]
fn a_picture_that_finds_no_room_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    tour(&mut session);
    let kept = format!("{:?}", session.state().tours.tour.as_ref().unwrap().route);
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
        let unwritable = std::path::Path::new("/proc").join(name);
        for path in [missing, unwritable, taken] {
            session.perform(export(what, path.clone()));
            until_exported(&mut session);
            let failed = session.state().export.failed.clone().unwrap();
            assert!(failed.contains(path.to_str().unwrap()), "{failed}");
            assert_eq!(errors(&session).last(), Some(&failed), "the sentence is on the map too");
            session.perform(Command::Cancel);
        }
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), b"old");
    }
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, all.len() + 1, "nothing else is left behind");
    let tours = &session.state().tours;
    assert_eq!(format!("{:?}", tours.tour.as_ref().unwrap().route), kept);
    assert!(tours.drawn.is_some());
}

#[test]
fn a_walk_that_is_cancelled_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    tour(&mut session);
    session.perform(export(Exportable::Walk, folder.path().join("walk.gif")));
    stop(&mut session, JobKind::Export);
    until_exported(&mut session);
    assert!(sentences(&session).iter().any(|s| s == "Export cancelled; nothing was written."));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_picture_of_the_map_has_what_a_person_does_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.svg");
    let mut session = session();
    let map = |session: &mut Session| {
        session.perform(export(Exportable::Map, path.clone()));
        until_exported(session);
        assert_eq!(errors(session), [""; 0]);
        std::fs::read_to_string(&path).unwrap()
    };
    // Ends of ways are rings, and so is the kept point; stars have the colour of no other mark.
    let rings = |svg: &str| svg.matches("fill=\"none\" stroke-width=\"1.8\"").count();
    let stars = |svg: &str| svg.matches("fill=\"#e34220\"").count();
    let lines = |svg: &str| svg.matches("<g fill=\"none\" stroke-width=\"2\"").count();
    let bare = map(&mut session);
    assert_eq!((rings(&bare), stars(&bare)), (0, 0));
    session.perform(Command::Pick([0.2, 0.1]));
    assert_eq!(rings(&map(&mut session)), 1, "the kept point");

    session.perform(Command::Tour(Touring::To([-0.5, 0.6])));
    session.perform(Command::Scrub(0.5));
    let toured = map(&mut session);
    let thick = "<g fill=\"none\" stroke-width=\"2.2\"";
    assert!(toured.contains(thick) && !bare.contains(thick), "the way over the map");
    assert_eq!(rings(&toured), 0, "its bead marks the point");

    walk(&mut session, [0.4, -0.7], search(1, 6));
    session.perform(Command::Walk(Walking::Steps(3)));
    assert_eq!(session.state().activity, Activity::Optimise);
    let walked = map(&mut session);
    assert_eq!((lines(&walked), rings(&walked), walked.contains(thick)), (1, 1, false));

    race(&mut session, search(6, 30));
    let raced = map(&mut session);
    assert_eq!((lines(&raced), stars(&raced)), (0, 0), "no lane is looked at yet");
    session.perform(Command::ChooseLane(Some(0)));
    let raced = map(&mut session);
    assert_eq!(stars(&raced), 1, "the answer of a lane");
    let ways = |svg: &str| svg.matches("<g fill=\"none\" stroke-width=\"1.6\"").count();
    assert_eq!(ways(&raced), 1, "and the way to it");

    climb(&mut session, search(6, 20));
    until_climbed(&mut session);
    session.perform(Command::Scrub(1.0));
    assert!(ways(&map(&mut session)) > 1, "all ways of a climb");
}
