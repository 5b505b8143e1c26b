//! Notices: whole whatever their length, and dismissed by a click or Escape.

use super::*;

/// Asks for a file whose name makes a sentence of many lines.
fn ask_for_what_is_not_there(window: &mut Window) {
    ctrl(window, Key::O);
    let path = "/nowhere".repeat(60) + "/model.safetensors";
    fill_path(window, Path::new(&path));
    click(window, "Open");
    window.wait("the refusal", |see| !see.errors().is_empty());
    // The notice has its place once its size is known.
    settle(window);
}

#[test]
fn a_long_notice_is_whole_in_the_smallest_window() {
    let builder = usual(Theme::Light).with_size([960.0, 600.0]);
    let mut window = open_as(builder, None);
    ask_for_what_is_not_there(&mut window);
    let text = window.see().errors()[0].clone();
    let notice = window.get_by_label(&text).rect();
    assert!(map(&window).contains_rect(notice), "{notice:?} on {:?}", map(&window));
    assert!(notice.height() > 60.0, "it has several lines");
    let cross = window.get_by_role_and_label(Role::Button, "Dismiss").rect();
    assert!(cross.left() >= notice.right(), "{cross:?} beside {notice:?}");

    click_at(&mut window, notice.center(), PointerButton::Primary);
    assert!(window.see().errors().is_empty(), "a click dismisses it");
    assert!(window.see().selected().is_none(), "and is none on the map");
    ask_for_what_is_not_there(&mut window);
    key(&mut window, Key::Escape);
    assert!(window.see().errors().is_empty());
    settle(&mut window);
}
