//! Walks over the map, new shapes and rebuilds, by mouse and keyboard.

use super::{
    Window, act, click, click_at, key, map, map_point, near, on_map, open, said, settle, state,
};
use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, Pos2};
use egui_kittest::kittest::Queryable;
use latent_explorer::model::PointRef;
use latent_explorer::session::plan::Anchor;
use latent_explorer::session::tour::Page;

fn playing(window: &Window) -> bool {
    state(window).tours.is_playing()
}

fn share(window: &Window) -> f64 {
    state(window).tours.tour.as_ref().unwrap().playback.share
}

/// A place in a picture, from its upper left corner (0, 0) to its lower right one (1, 1).
fn in_picture(window: &Window, name: &str, x: f32, y: f32) -> Pos2 {
    let rect = window.get_by_label(name).rect();
    egui::pos2(rect.left() + x * rect.width(), rect.top() + y * rect.height())
}

#[test]
fn a_walk_is_played_and_scrubbed_and_shows_its_frames() {
    let mut window = open();
    assert!(said(&window, "press Walk"), "the empty strip says what to do");
    click(&mut window, "Walk");
    assert!(playing(&window) && state(&window).is_touring());
    let before = share(&window);
    window.step();
    window.step();
    assert!(share(&window) > before, "time passes");
    key(&mut window, Key::Space);
    assert!(!playing(&window));
    settle(&mut window);
    // The drawer has opened on the frames; the last of them is the end of the way.
    assert!(said(&window, "outside the data") && said(&window, "Click a frame"));
    let last = in_picture(&window, "Frames of the walk", 0.96, 0.25);
    click_at(&mut window, last, PointerButton::Primary);
    settle(&mut window);
    assert_eq!(share(&window), 1.0);
    key(&mut window, Key::Comma);
    assert!(share(&window) < 1.0);
    key(&mut window, Key::CloseBracket);
    let speed = state(&window).tours.tour.as_ref().unwrap().playback.speed;
    assert_eq!(speed, 2.0);
    let rect = window.get_by_role_and_label(Role::Slider, "Timeline").rect();
    click_at(&mut window, rect.center(), PointerButton::Primary);
    assert!((share(&window) - 0.5).abs() < 0.01);
    key(&mut window, Key::Escape);
    settle(&mut window);
    assert!(state(&window).tours.tour.is_none() && !said(&window, "Click a frame"));
}

#[test]
fn a_shift_click_walks_there_from_the_kept_point() {
    let mut window = open();
    let (from, to) = (map_point(&window, 0.3, 0.5), map_point(&window, 0.6, 0.4));
    let at = on_map(&window, 0.3, 0.5);
    click_at(&mut window, at, PointerButton::Primary);
    let at = on_map(&window, 0.6, 0.4);
    window.hover_at(at);
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::SHIFT);
        let event = egui::Event::PointerButton { pos: at, button, pressed, modifiers };
        window.event_modifiers(event, modifiers);
    }
    act(&mut window);
    assert!(state(&window).is_touring());
    let line = state(&window).tours.tour.as_ref().unwrap().line.clone();
    assert!(near(line[0], from) && near(line[1], to), "{line:?} from {from:?} to {to:?}");
    assert!(matches!(state(&window).tours.plan.to, Anchor::Named(PointRef::Latent(_))));
}

#[test]
fn new_shapes_are_drawn_beside_the_map_and_one_is_kept() {
    let mut window = open();
    click(&mut window, "New shapes");
    settle(&mut window);
    assert!(said(&window, "doubtful"));
    let second = in_picture(&window, "Sheet of new shapes", 1.5 / 17.0, 0.25);
    click_at(&mut window, second, PointerButton::Primary);
    settle(&mut window);
    let tours = &state(&window).tours;
    let shapes = &tours.drawn.as_ref().unwrap().shapes;
    assert_eq!(state(&window).map.picked.as_ref().unwrap().z, shapes[1].z);
    assert_eq!(tours.page(), Some(Page::NewShapes));
    let again = window.query_all_by_role_and_label(Role::Button, "New sample").next();
    again.expect("a button draws again").click();
    settle(&mut window);
    assert_eq!(state(&window).tours.drawn.as_ref().unwrap().seed, 1);
}

#[test]
fn keys_walk_and_draw_and_bring_a_way_back() {
    let mut window = open();
    key(&mut window, Key::N);
    settle(&mut window);
    assert_eq!(state(&window).tours.page(), Some(Page::NewShapes));
    key(&mut window, Key::N);
    assert_eq!(state(&window).tours.drawn.as_ref().unwrap().seed, 1, "another sample");
    key(&mut window, Key::W);
    assert!(playing(&window));
    key(&mut window, Key::Escape);
    assert!(state(&window).tours.tour.is_none());
    super::ctrl(&mut window, Key::Z);
    assert!(state(&window).is_touring() && !playing(&window));
}

#[test]
fn a_dot_of_the_data_shows_its_rebuild_while_the_mouse_is_on_it() {
    let mut window = open();
    key(&mut window, Key::D);
    settle(&mut window);
    let (_, entry) = state(&window).shown().unwrap();
    let points = entry.prepared.points.clone();
    let (rect, view) = (map(&window), state(&window).map.view);
    let place = |[u, v]: [f64; 2]| {
        let share = [(u - view.low[0]) / view.size()[0], (v - view.low[1]) / view.size()[1]];
        egui::pos2(
            rect.left() + share[0] as f32 * rect.width(),
            rect.bottom() - share[1] as f32 * rect.height(),
        )
    };
    // One that nothing lies upon: chips at the top, the scale at the right.
    let free = rect.shrink2(egui::vec2(120.0, 80.0));
    let index =
        (0..points.rows.len()).find(|&i| free.contains(place(points.positions[i]))).unwrap();
    click_at(&mut window, place(points.positions[index]), PointerButton::Primary);
    settle(&mut window);
    let rebuild = state(&window).map.picked.as_ref().unwrap().rebuild.clone().unwrap();
    let nearest = points.positions[points.rows.iter().position(|&r| r == rebuild.row).unwrap()];
    assert!(place(nearest).distance(place(points.positions[index])) < 5.0);
    assert!(said(&window, "RMS error"));
    assert!(said(&window, &format!("The data's row {}", rebuild.row + 1)));
    let elsewhere = on_map(&window, 0.2, 0.2);
    window.hover_at(elsewhere);
    act(&mut window);
    assert!(!said(&window, "of the data, "), "elsewhere it is the mouse's own shape");
}

#[test]
fn the_bar_and_the_inspector_tell_of_one_shape_on_every_frame() {
    let mut window = open();
    click(&mut window, "Walk");
    let (mut frames, mut between) = (0, 0);
    while playing(&window) && frames < 400 {
        let state = state(&window);
        let tour = state.tours.tour.as_ref().unwrap();
        let here = state.map.picked.as_ref().unwrap();
        assert_eq!(tour.probe.as_ref(), Some(here));
        let (word, property) = (here.verdict.word(), state.property());
        let value = here.value(property).text();
        // The bar, and the sentence of the inspector.
        assert!(said(&window, &format!("%, {value}, {word}")), "{value}, {word}");
        assert!(said(&window, &here.verdict.sentence()));
        between += usize::from(tour.strip.verdicts[tour.frame()].word() != word);
        frames += 1;
        window.step();
    }
    assert!(
        frames > 20 && between > 0,
        "the nearest frame tells another word: {between} of {frames}"
    );
}
