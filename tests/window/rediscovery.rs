//! Would it have found them? From the button of a head to the three numbers.

use super::*;
use crate::driver::JobKind;

#[test]
fn a_head_is_put_to_the_test_and_its_numbers_stand_beside_chance() {
    let mut window = open();
    train(&mut window, 1);
    until_trained(&mut window, "6 updates");
    let fold = window.get_by_label(words::HEADS).rect().center();
    click_at(&mut window, fold, PointerButton::Primary);
    settle(&mut window);
    assert!(!said(&window, words::REDISCOVER), "nothing predicts yet");
    click(&mut window, words::TRAIN_HEAD);
    window.wait("the head", |see| !see.is_training_heads());
    settle(&mut window);
    let ask = words::REDISCOVER;
    scroll_to(&mut window, Role::Button, ask);
    click(&mut window, ask);
    assert!(window.query_by_label(ask).is_none(), "one at a time");
    // A repeat of the first part is a little more than a fortieth of the whole.
    window.wait("the first repeat", |see| {
        !see.is_rediscovering()
            || see.share_of(JobKind::Rediscovery).is_some_and(|share| share > 0.03)
    });
    show(&mut window);
    assert!(said(&window, " of 20, "), "it says where it is");
    window.get_by_role_and_label(Role::Button, words::STOP_REDISCOVERY).click_accesskit();
    show(&mut window);
    window.wait("the end", |see| !see.is_rediscovering());
    settle(&mut window);
    assert!(window.see().rediscovery_report().unwrap().believable.is_some());
    assert!(said(&window, "Believable and right") && said(&window, "computed truth; "));
    scroll_to(&mut window, Role::Button, words::CLEAR_REDISCOVERY);
    click(&mut window, words::CLEAR_REDISCOVERY);
    assert!(window.see().rediscovery().is_none() && !said(&window, "Believable and right"));
    window.get_by_role_and_label(Role::Button, ask);
}
