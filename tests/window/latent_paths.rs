//! Latent paths, new shapes and reconstructions, by mouse and keyboard.

use super::*;
use crate::driver::{Endpoint, PathPage};
use latent_explorer::model::PointRef;

fn playing(window: &Window) -> bool {
    window.see().is_path_playing()
}

fn share(window: &Window) -> f64 {
    window.see().path().unwrap().share()
}

#[test]
fn a_walk_is_played_and_scrubbed_and_shows_its_frames() {
    let mut window = open();
    assert!(said(&window, words::PLAY_PATH), "the empty strip says what to do");
    click(&mut window, words::PLAY_PATH);
    assert!(playing(&window) && window.see().is_on_path());
    let before = share(&window);
    window.step();
    window.step();
    assert!(share(&window) > before, "time passes");
    key(&mut window, Key::Space);
    assert!(!playing(&window));
    settle(&mut window);
    // The drawer has opened on the frames; the last of them is the end of the path.
    assert!(said(&window, "outside the data") && said(&window, words::FRAMES_HINT));
    let last = in_picture(&window, words::PATH_FRAMES, 0.96, 0.25);
    click_at(&mut window, last, PointerButton::Primary);
    settle(&mut window);
    assert_eq!(share(&window), 1.0);
    key(&mut window, Key::Comma);
    assert!(share(&window) < 1.0);
    key(&mut window, Key::CloseBracket);
    let speed = window.see().path().unwrap().speed();
    assert_eq!(speed, 2.0);
    let rect = window.get_by_role_and_label(Role::Slider, "Timeline").rect();
    click_at(&mut window, rect.center(), PointerButton::Primary);
    assert!((share(&window) - 0.5).abs() < 0.01);
    key(&mut window, Key::Escape);
    settle(&mut window);
    assert!(window.see().path().is_none() && !said(&window, words::FRAMES_HINT));
}

#[test]
fn a_shift_click_walks_there_from_the_kept_point() {
    let mut window = open();
    let (from, to) = (map_point(&window, 0.3, 0.5), map_point(&window, 0.6, 0.4));
    click_on_map(&mut window, 0.3, 0.5);
    let at = on_map(&window, 0.6, 0.4);
    click_with(&mut window, at, PointerButton::Primary, Modifiers::SHIFT);
    assert!(window.see().is_on_path());
    let line = window.see().path().unwrap().line();
    assert!(near(line[0], from) && near(line[1], to), "{line:?} from {from:?} to {to:?}");
    assert!(matches!(window.see().path_plan().to, Endpoint::Named(PointRef::Latent(_))));
}

#[test]
fn new_shapes_are_drawn_beside_the_map_and_one_is_kept() {
    let mut window = open();
    click(&mut window, words::DRAW_SAMPLES);
    settle(&mut window);
    assert!(said(&window, "doubtful"));
    let second = in_picture(&window, words::SAMPLE_SHEET, 1.5 / 17.0, 0.25);
    click_at(&mut window, second, PointerButton::Primary);
    settle(&mut window);
    let see = window.see();
    assert_eq!(see.selected().unwrap().z(), see.samples().unwrap().shapes()[1].z);
    assert_eq!(see.path_page(), Some(PathPage::NewShapes));
    let again = window.query_all_by_role_and_label(Role::Button, words::DRAW_AGAIN).next();
    again.expect("a button draws again").click();
    settle(&mut window);
    assert_eq!(window.see().samples().unwrap().seed(), 1);
}

#[test]
fn keys_walk_and_draw_and_bring_a_way_back() {
    let mut window = open();
    key(&mut window, Key::N);
    settle(&mut window);
    assert_eq!(window.see().path_page(), Some(PathPage::NewShapes));
    key(&mut window, Key::N);
    assert_eq!(window.see().samples().unwrap().seed(), 1, "another sample");
    key(&mut window, Key::W);
    assert!(playing(&window));
    key(&mut window, Key::Escape);
    assert!(window.see().path().is_none());
    ctrl(&mut window, Key::Z);
    assert!(window.see().is_on_path() && !playing(&window));
}

#[test]
fn a_dot_of_the_data_shows_its_rebuild_while_the_mouse_is_on_it() {
    let mut window = open();
    key(&mut window, Key::D);
    settle(&mut window);
    let places = window.see().shown().data_points().into_iter();
    let places: Vec<(usize, Pos2)> = places.map(|(row, at)| (row, place(&window, at))).collect();
    // One that nothing lies upon: chips at the top, the scale at the right.
    let free = map(&window).shrink2(egui::vec2(120.0, 80.0));
    let clicked = places.iter().find(|(_, at)| free.contains(*at)).unwrap().1;
    click_at(&mut window, clicked, PointerButton::Primary);
    settle(&mut window);
    let row = window.see().selected().unwrap().reconstruction().unwrap().row;
    let shown = places.iter().find(|place| place.0 == row).unwrap().1;
    assert!(shown.distance(clicked) < 5.0);
    assert!(said(&window, "RMS error"));
    assert!(said(&window, &format!("row {}", row + 1)));
    let elsewhere = on_map(&window, 0.2, 0.2);
    window.hover_at(elsewhere);
    show(&mut window);
    assert!(!said(&window, "of the data, "), "elsewhere it is the mouse's own shape");
}

#[test]
fn the_bar_and_the_inspector_tell_of_one_shape_on_every_frame() {
    let mut window = open();
    click(&mut window, words::PLAY_PATH);
    let (mut frames, mut between) = (0, 0);
    while playing(&window) && frames < 400 {
        let see = window.see();
        let path = see.path().unwrap();
        let here = see.selected().unwrap();
        assert_eq!(path.selection().as_ref(), Some(&here));
        let (word, quantity) = (here.verdict().word(), see.quantity());
        let value = here.value(quantity).text();
        // The bar, and the sentence of the inspector.
        assert!(said(&window, &format!("%, {value}, {word}")), "{value}, {word}");
        assert!(said(&window, &here.verdict().sentence().to_string()));
        between += usize::from(path.verdicts()[path.frame()].word() != word);
        frames += 1;
        window.step();
    }
    assert!(
        frames > 20 && between > 0,
        "the nearest frame tells another word: {between} of {frames}"
    );
}
