//! One restart that is stepped through by hand.

use super::*;
use crate::driver::StepThroughFacts;
use latent_explorer::optimise::{Rule, Search, StopReason, UpdateStage};

fn walked(session: &Program) -> StepThroughFacts<'_> {
    session.see().step_through().unwrap()
}

#[test]
fn a_walk_by_hand_makes_the_steps_of_the_search() {
    let mut session = session();
    let from = [0.4, -0.7];
    step_through(&mut session, from, restarts(9, 6));
    assert_eq!(session.see().page(), Page::Optimise);
    let config = walked(&session).stepper().config().clone();
    assert_eq!((config.restarts, walked(&session).start()), (1, from.as_slice()));
    let model = session.see().shown().model();
    let mut search = Search::new(model, config).unwrap();
    let mut going = true;
    while going {
        let walk = walked(&session);
        let restart = &search.restarts()[0];
        assert_eq!(walk.stepper().here(), restart.last());
        assert_eq!(walk.here().z(), restart.last().0, "the shape is that of the point");
        assert_eq!(walk.trajectory().len(), search.done() + 1);
        going = search.step().unwrap();
        // Space makes a whole step.
        session.act(Act::TogglePlay);
    }
    let walk = walked(&session);
    assert_eq!(walk.stepper().ended(), Some(StopReason::StepsDone));
    assert_eq!(walk.here().z(), search.restarts()[0].last().0);
    assert!(walk.step().is_none() && walk.gradient().is_none());
    session.act(Act::StepThrough(StepThrough::Reset));
    assert_eq!(walked(&session).trajectory(), [from]);
    session.act(Act::StepThrough(StepThrough::Steps(4)));
    assert_eq!(walked(&session).trajectory().len(), 5);
}

#[test]
fn stages_of_a_walk_go_forwards_and_back() {
    let mut session = session();
    step_through(&mut session, [0.4, -0.7], restarts(1, 6));
    let at_start = session.see().uphill();
    assert!(at_start.is_none(), "the gradient is not known yet");
    let mut seen = Vec::new();
    for _ in 0..12 {
        let walk = walked(&session);
        seen.push((walk.stepper().stage(), walk.here(), walk.step(), session.see().uphill()));
        session.act(Act::StepBy(1));
    }
    let stages: Vec<UpdateStage> = seen.iter().take(5).map(|seen| seen.0).collect();
    assert_eq!(stages, UpdateStage::for_rule(Rule::Adam));
    let (move_made, next) = (&seen[4].1, &seen[5].1);
    assert!(
        move_made.z() == next.z() && move_made.z() != seen[3].1.z(),
        "the point moves in its stage"
    );
    assert!(seen[1].3.is_some() && seen[1].2.is_some() && seen[4].2.is_none());
    for before in seen.into_iter().rev() {
        session.act(Act::StepBy(-1));
        let walk = walked(&session);
        let now = (walk.stepper().stage(), walk.here(), walk.step(), session.see().uphill());
        assert!(now == before, "{now:?} {before:?}");
    }
}

#[test]
fn a_walk_begins_again_with_new_settings_and_ends_when_it_should() {
    let mut session = session();
    let from = [0.4, -0.7];
    step_through(&mut session, from, restarts(5, 6));
    session.act(Act::StepThrough(StepThrough::Steps(3)));
    session.act(Act::SetSearch(restarts(7, 6)));
    assert_eq!(walked(&session).trajectory().len(), 4, "other restarts are no matter of this one");
    session.act(Act::SetSearch(SearchConfig { rate: 0.3, ..restarts(7, 6) }));
    assert_eq!(walked(&session).trajectory(), [from]);
    assert_eq!(walked(&session).stepper().moment().unwrap().rate, 0.3);
    session.act(Act::StepThrough(StepThrough::NextStage));
    session.act(Act::ColourBy(Quantity::AREA));
    assert_eq!(walked(&session).stepper().config().spec.quantity(), Quantity::AREA);
    assert_eq!(walked(&session).stepper().stage(), UpdateStage::Value);
    session.act(Act::Cancel);
    assert!(session.see().step_through().is_none() && session.see().selected().is_some());

    session.act(Act::StepThrough(StepThrough::Begin));
    session.act(Act::OpenBundled(1));
    assert!(session.see().step_through().is_none(), "it belongs to its model");
    session.act(Act::StepThrough(StepThrough::Begin));
    let drawn = walked(&session).start().to_vec();
    let model = session.see().shown().model();
    let starts = session.see().next_search().draw_starts(&model).unwrap();
    assert_eq!(drawn, starts.row(0), "without a point it begins at the first start");
    session.act(Act::StepThrough(StepThrough::End));
    assert!(session.see().step_through().is_none());
    session.act(Act::StepThrough(StepThrough::Begin));
    search(&mut session, restarts(2, 3));
    assert!(session.see().step_through().is_none(), "a climb takes its place");
    until_searched(&mut session);
    session.act(Act::SetSearch(SearchConfig { method: Method::CmaEs, ..restarts(2, 3) }));
    session.act(Act::StepThrough(StepThrough::Begin));
    assert!(errors(&session)[0].contains("adam"), "{:?}", errors(&session));
}

#[test]
fn a_walk_by_hand_that_is_ended_comes_back() {
    let mut session = session();
    step_through(&mut session, [0.4, -0.7], restarts(1, 6));
    for end in [Act::StepThrough(StepThrough::End), Act::Cancel, Act::Race, Act::Search] {
        step_through(&mut session, [0.4, -0.7], restarts(1, 6));
        session.act(Act::StepThrough(StepThrough::Steps(3)));
        let path = walked(&session).trajectory();
        session.act(end);
        assert!(session.see().step_through().is_none());
        assert!(session.see().undoable().is_some());
        session.act(Act::Turn(Page::Explore));
        session.act(Act::Undo);
        assert!(session.see().is_stepping_through() && walked(&session).trajectory() == path);
        session.act(Act::Stop(JobKind::Race));
        session.act(Act::Stop(JobKind::Search));
        session.act(Act::StepThrough(StepThrough::Reset));
        session.act(Act::StepThrough(StepThrough::End));
    }
}
