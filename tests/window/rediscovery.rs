//! Would it have found them? From the button of a head to the three numbers.

use super::*;

#[test]
fn a_head_is_put_to_the_test_and_its_numbers_stand_beside_chance() {
    let mut window = open();
    train(&mut window, 1);
    until_trained(&mut window, "Training finished");
    let fold = window.get_by_label("Predict properties").rect().center();
    click_at(&mut window, fold, egui::PointerButton::Primary);
    settle(&mut window);
    assert!(!said(&window, "Would it have found"), "nothing predicts yet");
    click(&mut window, "Learn roundness");
    until(&mut window, "the head", |state| state.heads.is_none());
    settle(&mut window);
    let ask = "Would it have found the best roundness?";
    scroll_to(&mut window, Role::Button, ask);
    click(&mut window, ask);
    assert!(window.query_by_label(ask).is_none(), "one at a time");
    // A repeat of the first part is a little more than a fortieth of the whole.
    until(&mut window, "the first repeat", |state| {
        state.rediscovery.as_ref().is_none_or(|test| {
            state.jobs.progress(test.run).share.is_some_and(|share| share > 0.03)
        })
    });
    act(&mut window);
    assert!(said(&window, " of 20, "), "it says where it is");
    window.get_by_role_and_label(Role::Button, "Stop the test").click_accesskit();
    act(&mut window);
    until(&mut window, "the end", |state| {
        state.rediscovery.as_ref().is_none_or(|test| test.run.is_none())
    });
    settle(&mut window);
    let report = state(&window).rediscovery.as_ref().unwrap().report.clone().unwrap();
    assert!(report.believable.is_some());
    assert!(said(&window, "Believable and right") && said(&window, "computed truth; "));
    scroll_to(&mut window, Role::Button, "Take the numbers away");
    click(&mut window, "Take the numbers away");
    assert!(state(&window).rediscovery.is_none() && !said(&window, "Believable and right"));
    window.get_by_role_and_label(Role::Button, ask);
}
