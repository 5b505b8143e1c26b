//! The map under the mouse and the keys.

use super::*;
use latent_explorer::explore::scene::map_layer::{MapLayer, MapLayers};

#[test]
fn it_opens_on_a_map_to_explore() {
    let window = open();
    assert_eq!(window.see().page(), Page::Explore);
    assert_eq!(window.see().layers(), MapLayers::from_iter([MapLayer::Shapes]));
    assert!(window.see().map().outlines().is_some());
    assert!(window.query_by_label("Nine families").is_some(), "the model's name");
    assert!(window.query_by_label(words::NO_SHAPE).is_some());
    let map = map(&window);
    assert!(map.width() > 600.0 && map.height() > 500.0, "{map:?}");
}

#[test]
fn hovering_shows_the_shape_and_clicking_keeps_it() {
    let mut window = open();
    window.hover_at(on_map(&window, 0.4, 0.6));
    show(&mut window);
    window.get_by_label(words::SHAPE_AT_CURSOR);
    let probe = window.see().hovered().unwrap();
    assert!(near(probe.at(), map_point(&window, 0.4, 0.6)), "{:?}", probe.at());
    assert_eq!(probe.outline().len(), 200);
    assert!(said(&window, &probe.verdict().sentence().to_string()), "trust is said in a sentence");

    window.remove_cursor();
    show(&mut window);
    assert!(window.see().hovered().is_none());
    window.get_by_label(words::NO_SHAPE);

    click_on_map(&mut window, 0.3, 0.5);
    window.remove_cursor();
    settle(&mut window);
    window.get_by_label(words::SHAPE_AT_CURSOR);
    let picked = window.see().selected().unwrap();
    assert!(near(picked.at(), map_point(&window, 0.3, 0.5)));
    key(&mut window, Key::ArrowRight);
    let moved = window.see().selected().unwrap();
    assert!(moved.at()[0] > picked.at()[0] && moved.at()[1] == picked.at()[1]);
    key(&mut window, Key::Escape);
    assert!(window.see().selected().is_none());
}

#[test]
fn the_right_button_pins_and_takes_out() {
    let mut window = open();
    for (x, pins) in [(0.3, 1), (0.6, 2)] {
        let at = on_map(&window, x, 0.5);
        click_at(&mut window, at, PointerButton::Secondary);
        assert_eq!(window.see().pins().len(), pins);
    }
    settle(&mut window);
    click(&mut window, "Pin 2");
    let back = window.see().selected().unwrap().at();
    assert!(near(back, map_point(&window, 0.6, 0.5)));
    window.get_by_label("Pin 1").click_secondary();
    show(&mut window);
    assert_eq!(window.see().pins().len(), 1);
    ctrl(&mut window, Key::Z);
    assert_eq!(window.see().pins().len(), 2);
}

#[test]
fn dragging_and_the_wheel_move_the_map() {
    let mut window = open();
    let before = window.see().map().view();
    let (from, to) = (on_map(&window, 0.5, 0.5), on_map(&window, 0.6, 0.5));
    window.hover_at(from);
    window.drag_at(from);
    window.hover_at(to);
    window.drop_at(to);
    show(&mut window);
    let moved = window.see().map().view();
    let shift = (before.low[0] - moved.low[0]) / before.size()[0];
    assert!((shift - 0.1).abs() < 0.02, "{shift}");
    window.hover_at(from);
    wheel(&mut window);
    settle(&mut window);
    assert!(window.see().map().view().size()[0] < moved.size()[0], "the wheel zooms in");
    key(&mut window, Key::F);
    settle(&mut window);
    assert_eq!(window.see().map().view().size(), before.size());
}

#[test]
fn keys_switch_layers_and_hide_the_panel() {
    let mut window = open();
    for (pressed, layer) in [
        (Key::G, MapLayer::Shapes),
        (Key::H, MapLayer::Heat),
        (Key::D, MapLayer::Data),
        (Key::P, MapLayer::Paths),
        (Key::T, MapLayer::Trust),
        (Key::V, MapLayer::Gradient),
        (Key::A, MapLayer::Axes),
    ] {
        let before = window.see().layers();
        key(&mut window, pressed);
        assert_eq!(window.see().layers(), before.toggled(layer), "{pressed:?}");
        settle(&mut window);
    }
    let width = map(&window).width();
    key(&mut window, Key::L);
    settle(&mut window);
    assert!(map(&window).width() > width + 200.0);
    key(&mut window, Key::L);
    settle(&mut window);
    assert_eq!(map(&window).width(), width);
}

#[test]
fn text_grows_as_far_as_the_window_has_room() {
    let mut window = open();
    let zoom = |window: &Window| window.ctx.zoom_factor();
    let scaled = |window: &mut Window, pressed: Key| {
        ctrl(window, pressed);
        settle(window);
        zoom(window)
    };
    let usual = zoom(&window);
    assert_eq!(usual, 1.0);
    assert_eq!(scaled(&mut window, Key::Plus), 1.1);
    let most = (0..9).map(|_| scaled(&mut window, Key::Plus)).last().unwrap();
    let shown = window.ctx.content_rect().size();
    assert!(shown.x >= 959.0 && shown.y >= 599.0 && most > 1.1, "{shown:?} at {most}");
    assert_eq!(scaled(&mut window, Key::Num0), 1.0);
    key(&mut window, Key::F5);
    settle(&mut window);
    assert!(zoom(&window) > 1.2, "a projector has larger text");
}
