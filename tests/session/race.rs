//! Races of several optimisers.

use super::*;
use latent_explorer::optimise::Contender;

#[test]
fn a_race_ends_with_an_answer_of_every_method_and_leaves_the_search_alone() {
    let mut session = session();
    search(&mut session, restarts(4, 6));
    until_searched(&mut session);
    let climbed = found(&session);
    let input = Contender { method: Method::Adam, space: Space::Input };
    session.act(Act::ToggleContender(input));
    session.act(Act::ToggleContender(Contender::from_method(Method::CmaEs)));
    race(&mut session, restarts(6, 30));
    let contest = session.see().race().unwrap();
    assert_eq!(contest.names(), ["adam", "random", "adam-input"]);
    let results = contest.results().unwrap();
    for (contender, (tally, going, numbers)) in
        results.report().contenders.iter().zip(contest.tallies())
    {
        assert_eq!((contender.curve[0].values, contender.tally().evaluations()), (6, 6 * 2 * 31));
        assert_eq!(tally, contender.tally());
        assert!(!going && numbers == 200);
    }
    assert!(found(&session).is(&climbed), "the climb is still there");

    // Its answer is looked at where the encoder sees it; a climb takes the map back.
    session.act(Act::SelectContender(Some(2)));
    let contest = session.see().race().unwrap();
    let z = contest.shown_answer().unwrap();
    assert_eq!(session.see().selected().unwrap().z(), z);
    session.act(Act::SelectContender(Some(99)));
    assert!(session.see().race().unwrap().selected().is_none());
    session.act(Act::SelectContender(Some(0)));
    session.act(Act::Cancel);
    assert!(session.see().race().unwrap().selected().is_none(), "Esc lets go of it");
    session.act(Act::SelectContender(Some(0)));
    search(&mut session, restarts(2, 2));
    assert!(session.see().race().unwrap().selected().is_none());
    until_searched(&mut session);
}

#[test]
fn a_race_is_watched_stopped_and_brought_back() {
    let mut session = session();
    session.act(Act::SetSearch(restarts(50, 20_000)));
    session.act(Act::Race);
    session.wait("curves on the way", |see| {
        let race = see.race().unwrap();
        let has_shape = race.tallies().iter().all(|(_, _, numbers)| *numbers == 200);
        let lengths = race.curve_lengths();
        !lengths.is_empty() && lengths.iter().all(|length| *length > 2) && has_shape
    });
    let share = session.see().share_of(JobKind::Race).unwrap();
    assert!(share > 0.0 && share < 1.0, "{share}");
    session.act(Act::Cancel);
    session.wait("its end", |see| see.race().is_none_or(|race| !race.is_running()));
    one(&sentences(&session), "stopped .. kept");
    let results = session.see().race().unwrap().results().unwrap();
    assert_eq!(results.report().contenders.len(), 3);

    race(&mut session, restarts(2, 3));
    session.act(Act::Undo);
    let back = session.see().race().unwrap().results().unwrap();
    assert!(back.is(&results), "the one that was replaced");
    session.act(Act::ClearRace);
    assert!(session.see().race().is_none());
    assert!(session.see().undoable().is_some());
    session.act(Act::Undo);
    assert!(session.see().race().is_some());

    // One that cannot begin changes nothing.
    session.act(Act::SetSearch(restarts(0, 3)));
    session.act(Act::Race);
    assert!(errors(&session)[0].contains("restarts"));
    let kept = session.see().race().unwrap().results().unwrap();
    assert!(kept.is(&results));
}
