//! Errors go when their cause has gone.

use super::*;
use latent_explorer::nn::loss::Reconstruction;

#[test]
fn an_error_of_opening_goes_when_something_opens() {
    let mut session = session();
    session.act(Act::Open("/nowhere/model.safetensors".into()));
    session.wait("the refusal", |see| !see.errors().is_empty());
    session.act(Act::ColourBy(Quantity::AREA));
    assert_eq!(errors(&session).len(), 1, "something else leaves it");
    session.act(Act::OpenBundled(1));
    assert!(errors(&session).is_empty());
}

#[test]
fn a_refused_search_is_forgotten_once_it_can_begin() {
    let mut session = session();
    session.act(Act::SetStarts(Starts { origin: StartOrigin::Point, ..Starts::default() }));
    session.act(Act::Search);
    one(&errors(&session), "point");
    session.act(Act::Select([0.0, 0.0]));
    assert!(errors(&session).is_empty(), "there is a point now");
}

#[test]
fn a_refused_training_is_forgotten_with_other_settings_and_escape_dismisses() {
    let mut session = session();
    let usual = config(1);
    let refused = TrainingConfig { loss: Reconstruction::Bce, ..usual.clone() };
    for settles in [Act::SetTraining(usual), Act::Cancel] {
        session.act(Act::SetTraining(refused.clone()));
        session.act(Act::Train);
        one(&errors(&session), "output sigmoid");
        session.act(settles);
        assert!(errors(&session).is_empty());
    }
}
