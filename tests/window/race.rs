//! Races of several optimisers.

use super::*;

#[test]
fn methods_race_and_each_has_its_line_and_its_card() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    set(&mut window, "Restarts", 6);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 30);
    press_below(&mut window, words::RACE);
    let over = |see: See<'_>| see.race().is_some_and(|race| race.results().is_some());
    window.wait("the end of the race", over);
    settle(&mut window);
    assert!(map(&window).height() < 450.0, "the drawer has opened");
    assert!(said(&window, "first") || said(&window, "No answer can be believed"));
    for contender in ["Adam: ", "CMA-ES: ", "Random search: "] {
        window.get_by_label_contains(contender);
    }
    click_part(&mut window, "CMA-ES: ");
    window.get_by_label("The answer and what the model makes of it");
    let race = window.see().race().unwrap();
    assert_eq!(race.selected(), Some(1));
    assert!(window.see().selected().is_some(), "it is kept on the map");
    key(&mut window, Key::Escape);
    assert!(window.see().race().unwrap().selected().is_none());

    for name in ["Values", "Values + gradients"] {
        click(&mut window, name);
    }
    window.get_by_label("Log").click();
    settle(&mut window);
    click(&mut window, "Add");
    settle(&mut window);
    let choices = window.query_all_by_role_and_label(Role::CheckBox, "Adam on the shape");
    choices.last().unwrap().click();
    settle(&mut window);
    assert_eq!(window.see().next_race().to_string(), "adam,cma-es,random,adam-input");
    key(&mut window, Key::Escape);
    settle(&mut window);
    click(&mut window, words::RACE_AGAIN);
    window.wait("a race of four", |see| {
        see.race().is_some_and(|race| race.results().is_some() && race.contenders() == 4)
    });
    settle(&mut window);
    window.get_by_label_contains("Adam on the shape: ");

    // A climb turns to its own results; the race is a tab away.
    search(&mut window);
    assert!(window.query_by_label(words::BASINS).is_some());
    assert!(window.query_by_label_contains("CMA-ES: ").is_none());
    // A button of that name stands in the panel too.
    let tabs = window.query_all_by_role_and_label(Role::Button, words::RACE);
    tabs.max_by(|a, b| a.rect().top().total_cmp(&b.rect().top())).unwrap().click();
    settle(&mut window);
    window.get_by_label_contains("CMA-ES: ");
    click(&mut window, words::CLEAR_RACE);
    assert!(window.see().race().is_none() && window.see().search().is_some());
    ctrl(&mut window, Key::Z);
    assert!(window.see().race().is_some());
}
