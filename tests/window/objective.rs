//! The panel of what is sought and how.

use super::*;
use latent_explorer::objective::{Goal, ObjectiveSpec, Space};
use latent_explorer::optimise::Method;

fn sought(window: &Window) -> ObjectiveSpec {
    window.see().next_search().spec
}

#[test]
fn terms_are_added_weighed_matched_and_taken_out() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    press(&mut window, "Match");
    let middle = window.see().usual_target(Quantity::ROUNDNESS);
    assert_eq!(sought(&window).goal(), Goal::Target(middle), "a target to begin with");
    set(&mut window, "Target", 1);
    assert_eq!(sought(&window).goal(), Goal::Target(1.0));
    choose(&mut window, "Property", "Area");
    let middle = window.see().usual_target(Quantity::AREA);
    assert_eq!(sought(&window).goal(), Goal::Target(middle), "another property, another target");

    unfold(&mut window, "More", "Steps");
    press_below(&mut window, "+ Term");
    assert_eq!(sought(&window).terms[1].quantity, Quantity::ROUNDNESS, "one that is free");
    choose(&mut window, "Property 2", "Perimeter");
    choose(&mut window, "Goal 2", "Minimise");
    set(&mut window, "Weight 2", 3);
    let second = sought(&window).terms[1];
    assert_eq!(second.to_string(), "perimeter:min:weight=3");
    assert_eq!(window.see().quantity(), Quantity::AREA, "the first colours the map");
    press(&mut window, "Remove term 1");
    settle(&mut window);
    assert_eq!((sought(&window).terms.len(), window.see().quantity()), (1, Quantity::PERIMETER));
    assert!(in_panel(&window, "Minimise").is_some(), "one term has plain controls again");
}

#[test]
fn penalties_constraints_and_schedules_are_set_under_more() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    tick(&mut window, "Stay inside the data");
    assert!(sought(&window).inside > 0.0);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Penalties", "L2");
    set(&mut window, "L2", 2);
    set(&mut window, "Alignment", 3);
    set(&mut window, "Inside the data", 0);
    assert_eq!(
        (sought(&window).l2, sought(&window).align, sought(&window).inside),
        (2.0, 3.0, 0.0)
    );
    assert!(said(&window, "Penalties: L2, alignment"));

    unfold(&mut window, "Constraints", "+ Constraint");
    press_below(&mut window, "+ Constraint");
    choose(&mut window, "Constrained 1", "Perimeter");
    choose(&mut window, "Side 1", "at most");
    set(&mut window, "Bound 1", 7);
    assert_eq!(sought(&window).constraints[0].to_string(), "perimeter<=7");
    assert!(said(&window, "Constraints: 1"));
    press_below(&mut window, "Remove constraint 1");
    assert!(sought(&window).constraints.is_empty());

    unfold(&mut window, "Schedule", "Slow down on a plateau");
    set(&mut window, "Plateau patience", 7);
    set(&mut window, "Patience", 9);
    let search = window.see().next_search();
    assert_eq!((search.plateau.unwrap().patience, search.patience), (7, Some(9)));
    tick(&mut window, "Slow down on a plateau");
    tick(&mut window, "Stop on a plateau");
    let search = window.see().next_search();
    assert_eq!((search.plateau, search.patience), (None, None));
    settle(&mut window);
}

#[test]
fn methods_and_spaces_that_exclude_each_other_follow_each_other() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Method", "Optimise in");
    let search = |window: &Window| window.see().next_search().clone();
    press_below(&mut window, words::INPUT_SPACE);
    set(&mut window, "Step size", 2);
    assert_eq!((search(&window).space, search(&window).input_rate), (Space::Input, 2.0));
    assert_eq!(search(&window).rate, 0.1, "each space has its own");
    choose(&mut window, "Method", "CMA-ES");
    assert_eq!((search(&window).method, search(&window).space), (Method::CmaEs, Space::Latent));
    assert!(said(&window, "First spread") && search(&window).check().is_ok());
    press_below(&mut window, words::INPUT_SPACE);
    assert_eq!((search(&window).method, search(&window).space), (Method::Adam, Space::Input));
    // The sample models have a head for every quantity.
    choose(&mut window, "Property", "Area, predicted");
    assert_eq!(sought(&window).quantity(), Quantity::AREA.as_predicted());
    choose(&mut window, "Property", "Area");
    assert_eq!(sought(&window).quantity(), Quantity::AREA);
}

#[test]
fn starts_lie_around_the_kept_point_once_there_is_one() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    set(&mut window, "Restarts", 6);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Starts", "From");
    choose(&mut window, "From", "kept point");
    press(&mut window, words::SEARCH);
    settle(&mut window);
    assert!(window.see().search().is_none());
    let asked = window.see().errors();
    assert!(asked.len() == 1 && said(&window, &asked[0]), "it asks for a point: {asked:?}");
    click_on_map(&mut window, 0.5, 0.5);
    set(&mut window, "Spread", 0);
    assert!(said(&window, "1 restart \u{d7} 500 steps"), "more would be copies");
    press(&mut window, words::SEARCH);
    until_searched(&mut window);
    let start = window.see().report().unwrap().restarts[0].restart.start().to_vec();
    assert_eq!(start, window.see().selected().unwrap().z());
}
