//! Two models side by side.

use super::*;
use crate::driver::jobs::{self, EndsWith};
use crate::driver::{ComparisonModel, ModelFacts};
use latent_explorer::data::rows::Rows;
use latent_explorer::trust::ModelMetrics;

/// Opens with a map whose size is known.
fn with_a_map() -> Program {
    let mut session = session();
    session.act(Act::Resize([400.0, 400.0]));
    session
}

fn beside(session: &Program) -> ModelFacts<'_> {
    session.see().beside().expect("a comparison")
}

fn are_measured(see: See<'_>) -> bool {
    [see.shown(), see.beside().expect("both")].into_iter().all(|model| see.metrics(model).is_some())
}

#[test]
fn the_other_sample_stands_beside_the_first_with_its_own_picture_and_figures() {
    let mut session = with_a_map();
    let first = session.see().shown().id();
    session.act(Act::ToggleComparison);
    assert_eq!(session.see().shown().id(), first, "the first map keeps its model");
    assert_eq!(beside(&session).name(), "Nine families, sigmoid");
    let second = beside(&session).id();
    session
        .wait("both pictures", |see| see.map().is_drawn() && see.second_map().unwrap().is_drawn());
    let maps = [session.see().map(), session.see().second_map().unwrap()];
    let [a, b] = maps.map(|map| map.drawn_for().unwrap());
    assert_eq!((a.0, b.0), (first, second));
    assert_eq!((a.1, a.2, a.3), (b.1, b.2, b.3));
    assert_ne!(maps[0].outlines().unwrap(), maps[1].outlines().unwrap());
    // All data of both are in view.
    for model in [session.see().shown(), beside(&session)] {
        let home = model.home();
        let view = a.1.grown(1e-9);
        assert!(view.contains(home.low) && view.contains(home.high), "{view:?} {home:?}");
    }
    session.wait("the figures", are_measured);
    let model = beside(&session);
    let metrics = session.see().metrics(model).unwrap();
    assert_eq!(*metrics, ModelMetrics::from_model(&model.model()).unwrap());

    session.act(Act::ToggleComparison);
    assert!(session.see().beside().is_none());
    assert_eq!(session.see().models(), 2, "what was opened stays open");
}

#[test]
fn one_point_is_seen_by_both_models() {
    let mut session = with_a_map();
    session.act(Act::ToggleComparison);
    session.act(Act::Hover(Some([0.4, -0.7])));
    session.act(Act::Select([0.1, 0.2]));
    let see = session.see();
    let hovered = (see.hovered(), see.hovered_beside());
    for (first, second) in [hovered, (see.selected(), see.selected_beside())] {
        let [first, second] = [first, second].map(Option::unwrap);
        assert_eq!((first.at(), first.z()), (second.at(), second.z()));
        for (point, model) in [(&first, see.shown()), (&second, beside(&session))] {
            let z = Rows::from_flat(2, point.z().to_vec());
            assert_eq!(point.outline(), model.model().decode(&z).unwrap().into_flat());
        }
        assert_ne!(first.outline(), second.outline());
    }
    session.act(Act::Hover(None));
    let see = session.see();
    assert!(see.hovered_beside().is_none() && see.selected_beside().is_some());
}

#[test]
fn closing_showing_and_undoing_leave_no_gap() {
    let mut session = with_a_map();
    session.act(Act::ToggleComparison);
    let (first, second) = (session.see().shown().id(), beside(&session).id());
    session.act(Act::ShowModel(second));
    assert_eq!(
        (session.see().shown().id(), beside(&session).id()),
        (second, first),
        "they change places"
    );
    session.act(Act::CloseModel(second));
    assert_eq!(session.see().shown().id(), first);
    assert!(session.see().beside().is_none(), "nothing is left to compare with");
    session.act(Act::Undo);
    assert_eq!(session.see().shown().id(), second);
    session.act(Act::ToggleComparison);
    assert_eq!(beside(&session).id(), first, "an open model comes before a sample");
    session.act(Act::CloseModel(first));
    assert!(session.see().beside().is_none());
    // A model cannot stand beside itself.
    session.act(Act::CompareWith(ComparisonModel::Open(second)));
    assert!(session.see().beside().is_none());
}

#[test]
fn pca_of_the_same_data_is_made_once() {
    let mut session = with_a_map();
    session.act(Act::CompareWith(ComparisonModel::Pca));
    session.wait("PCA", |see| see.beside().is_some());
    let id = beside(&session).id();
    assert!(says(&beside(&session).name(), "PCA .. Nine families"));
    let (ours, theirs) = (beside(&session).model(), session.see().shown().model());
    assert!(ours.is_linear() && ours.card.source == theirs.card.source);
    assert_eq!(ours.encoded.held_out, theirs.encoded.held_out, "the same split");
    session.act(Act::CompareWith(ComparisonModel::Sample(1)));
    session.act(Act::CompareWith(ComparisonModel::Pca));
    assert_eq!((beside(&session).id(), session.see().models()), (id, 3));
    session.act(Act::ShowModel(id));
    session.act(Act::CompareWith(ComparisonModel::Pca));
    assert!(hears(&session, "PCA"), "it says why not");
}

#[test]
fn pca_is_stopped_by_hand_and_its_failure_is_told() {
    let mut session = with_a_map();
    for stop in [Act::Cancel, Act::Stop(JobKind::Pca)] {
        session.act(Act::CompareWith(ComparisonModel::Pca));
        assert!(session.see().is_making_pca());
        session.act(Act::CompareWith(ComparisonModel::Pca));
        one(&sentences(&session), "PCA is under way");
        session.act(stop);
        session.wait("the end of PCA", |see| !see.is_making_pca());
        one(&sentences(&session)[1..], "PCA stopped");
        assert!(session.see().models() == 1 && session.see().beside().is_none());
        let notices = session.see().notice_ids();
        notices.into_iter().for_each(|id| session.act(Act::DismissNotice(id)));
    }
    // After the comparison has ended, the result is not needed any more.
    session.act(Act::CompareWith(ComparisonModel::Sample(1)));
    session.act(Act::CompareWith(ComparisonModel::Pca));
    session.act(Act::ToggleComparison);
    session.wait("the end of PCA", |see| !see.is_making_pca());
    assert!(hears(&session, "PCA") && session.see().beside().is_none());

    session.act(Act::CompareWith(ComparisonModel::Pca));
    let job = jobs::end(&mut session, JobKind::Pca, EndsWith::Failure("no axes"));
    assert!(hears(&session, "no axes") && !session.see().is_making_pca());
    // Progress that comes late is nobody's.
    jobs::late_progress(&mut session, &job);
    assert!(!session.see().is_making_pca());
}

#[test]
fn a_training_goes_on_while_models_are_compared() {
    let mut session = with_a_map();
    session.act(Act::ToggleComparison);
    let second = beside(&session).id();
    session.set_small(TrainingConfig { updates: 6, hidden: vec![16], ..TrainingConfig::default() });
    session.act(Act::Train);
    session.wait("the end of the training", |see| !see.training().is_running());
    let trained = session.see().training().model().unwrap();
    assert_eq!((session.see().shown().id(), beside(&session).id()), (trained, second));
    session.act(Act::Hover(Some([0.1, 0.1])));
    session.wait("the figures", are_measured);
    // The model that is learned may also be the second one.
    session.act(Act::ShowModel(second));
    assert_eq!(beside(&session).id(), trained);
    session.act(Act::ResetTraining);
    session.wait("the end of the training", |see| !see.training().is_running());
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
}
