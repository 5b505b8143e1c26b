//! Sweeps over beta.

use super::*;

/// Few shapes, few updates, no brake.
fn small(session: &mut Program) {
    let config = TrainingConfig { updates: 6, hidden: vec![16], ..TrainingConfig::default() };
    session.set_small(config);
}

#[test]
fn a_sweep_is_trained_opened_replaced_and_brought_back() {
    let mut session = session();
    small(&mut session);
    session.act(Act::Sweep(vec![0.1, 0.1]));
    assert!(session.see().sweep().is_none(), "refused");
    session.act(Act::Sweep(vec![0.1, 4.0]));
    session.act(Act::Sweep(vec![1.0]));
    session.wait("the sweep", |see| see.sweep().is_some_and(|sweep| !sweep.is_running()));
    let sweep = session.see().sweep().unwrap();
    assert_eq!(sweep.done(), [0.1, 4.0]);
    assert_eq!((sweep.count(), sweep.done().len()), (2, 2));
    assert_eq!(session.see().models(), 1, "none is opened unasked");

    session.act(Act::OpenSwept { index: 1, beside: true });
    let model = session.see().beside().unwrap();
    let id = model.id();
    assert_eq!((model.name().as_str(), model.is_unsaved()), ("beta 4", true));
    assert_eq!(model.model().card.training().unwrap().beta, 4.0);
    session.act(Act::OpenSwept { index: 0, beside: false });
    assert_eq!(session.see().shown().name(), "beta 0.1");
    session.act(Act::OpenSwept { index: 1, beside: true });
    assert_eq!(
        (session.see().beside().unwrap().id(), session.see().models()),
        (id, 3),
        "not opened twice"
    );
    session.act(Act::OpenSwept { index: 7, beside: true });

    session.act(Act::Sweep(vec![2.0]));
    session.wait("the sweep", |see| see.sweep().is_some_and(|sweep| !sweep.is_running()));
    assert_eq!(session.see().sweep().unwrap().done()[0], 2.0);
    session.act(Act::Undo);
    assert_eq!(session.see().sweep().unwrap().done().len(), 2, "the sweep before");
}

#[test]
fn a_sweep_that_is_stopped_keeps_what_is_whole() {
    let mut session = session();
    small(&mut session);
    let config = session.see().next_training().clone();
    session.act(Act::SetTraining(TrainingConfig { updates: 300, ..config }));
    session.act(Act::Sweep(vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]));
    session.wait("a model", |see| see.sweep().is_some_and(|sweep| !sweep.done().is_empty()));
    session.act(Act::Cancel);
    session.wait("the end", |see| see.sweep().is_some_and(|sweep| !sweep.is_running()));
    let done = session.see().sweep().unwrap().done().len();
    assert!((1..8).contains(&done), "{done}");
    let kept = if done == 1 { "model".to_owned() } else { format!("{done} models") };
    one(&sentences(&session), &format!("stopped .. {kept} .. kept"));
    assert_eq!(errors(&session), [""; 0]);
}
