//! The list of what runs: it shows each job, how far it is, and ends it.

use super::*;

fn list(window: &mut Window, sign: &str) {
    until_said(window, sign);
    window.get_by_role_and_label(Role::Button, sign).click_accesskit();
    act(window);
}

fn until_said(window: &mut Window, sign: &str) {
    let begun = std::time::Instant::now();
    while window.query_by_role_and_label(Role::Button, sign).is_none() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(120), "in vain for {sign}");
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn what_runs_is_listed_and_can_be_paused_and_cancelled() {
    let mut window = open();
    assert!(window.query_by_label_contains("running").is_none(), "nothing runs");
    train(&mut window, 100_000);
    list(&mut window, "1 running");
    window.get_by_label("Progress of Training");
    window.get_by_role_and_label(Role::Button, "Pause: Training").click_accesskit();
    act(&mut window);
    assert_eq!(state(&window).training.phase, Phase::Paused);
    window.get_by_role_and_label(Role::Button, "Go on: Training").click_accesskit();
    act(&mut window);
    assert_eq!(state(&window).training.phase, Phase::Running);
    window.get_by_role_and_label(Role::Button, "Cancel Training").click_accesskit();
    act(&mut window);
    until(&mut window, "the end of the training", |state| state.training.run.is_none());
    until(&mut window, "the end of all", |state| state.jobs.is_empty());
    settle(&mut window);
    assert!(window.query_by_label_contains("running").is_none(), "nothing runs any more");
}

#[test]
fn the_list_is_reached_by_keys_alone() {
    let mut window = open();
    train(&mut window, 100_000);
    until_said(&mut window, "1 running");
    key(&mut window, Key::J);
    act(&mut window);
    window.get_by_label("Progress of Training");
    // The first button of the list has the keyboard.
    key(&mut window, Key::Enter);
    act(&mut window);
    until(&mut window, "the end of the training", |state| state.training.run.is_none());
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
    act(&mut window);
    assert!(said(&window, "Still running, and lost: Training"));
    window.get_by_role_and_label(Role::Button, "Stay").click_accesskit();
    act(&mut window);
    assert!(state(&window).training.run.is_some());
}
