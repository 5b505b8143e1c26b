//! The list of what runs: it shows each job, how far it is, and ends it.

use super::*;
use egui::{ViewportCommand, ViewportEvent, ViewportId};

/// Presses a button by its name, wherever it lies.
fn press_anywhere(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click_accesskit();
    show(window);
}

#[test]
fn what_runs_is_listed_and_can_be_paused_and_cancelled() {
    let mut window = open();
    assert!(!said(&window, "running"), "nothing runs");
    train(&mut window, 100_000);
    until_button(&mut window, "1 running");
    press_anywhere(&mut window, "1 running");
    window.get_by_label("Progress of Training");
    press_anywhere(&mut window, "Pause: Training");
    assert_eq!(window.see().training().phase(), TrainingPhase::Paused);
    press_anywhere(&mut window, "Go on: Training");
    assert_eq!(window.see().training().phase(), TrainingPhase::Running);
    press_anywhere(&mut window, "Cancel Training");
    window.wait("the end of the training", |see| !see.training().is_running());
    window.wait("the end of all", |see| see.jobs().is_empty());
    settle(&mut window);
    assert!(!said(&window, "running"), "nothing runs any more");
}

#[test]
fn the_list_is_reached_by_keys_alone() {
    let mut window = open();
    train(&mut window, 100_000);
    until_button(&mut window, "1 running");
    key(&mut window, Key::J);
    show(&mut window);
    window.get_by_label("Progress of Training");
    // The first button of the list has the keyboard.
    key(&mut window, Key::Enter);
    show(&mut window);
    window.wait("the end of the training", |see| !see.training().is_running());
}

#[test]
fn leaving_asks_about_what_runs() {
    let mut window = open();
    train(&mut window, 100_000);
    let viewport = window.input_mut().viewports.get_mut(&ViewportId::ROOT).unwrap();
    viewport.events.push(ViewportEvent::Close);
    window.step();
    let commands = &window.output().viewport_output[&ViewportId::ROOT].commands;
    assert!(commands.contains(&ViewportCommand::CancelClose), "{commands:?}");
    show(&mut window);
    assert!(said(&window, "lost: Training"));
    press_anywhere(&mut window, "Stay");
    assert!(window.see().training().is_running());
}

#[test]
fn a_key_cancels_nothing_in_a_list_that_the_mouse_opened() {
    let mut window = open();
    train(&mut window, 100_000);
    until_button(&mut window, "1 running");
    press_anywhere(&mut window, "1 running");
    window.get_by_label("Progress of Training");
    let before = window.see().training().updates();
    key(&mut window, Key::Space);
    window.wait("more updates", |see| see.training().updates() > before + 100);
    assert!(window.see().training().is_running() && !said(&window, "ending"));
}
