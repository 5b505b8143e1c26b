//! Two models side by side, and a sweep over beta: in the session and in the window.

use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::kittest::{NodeT, Queryable};
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::rows::Rows;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::session::compare::Rival;
use latent_explorer::session::event::{End, Event};
use latent_explorer::session::jobs::registry::{JobProgress, JobResult};
use latent_explorer::session::measuring::Measured;
use latent_explorer::session::models::{ModelEntry, ModelId};
use latent_explorer::session::settings::Settings;
use latent_explorer::session::{Activity, Command, Session, State};
use latent_explorer::trust::Figures;

#[path = "common/session.rs"]
mod common;
#[path = "common/learning.rs"]
mod learning;
#[path = "common/window.rs"]
mod windows;

use common::until;
use learning::set_small;
use windows::{Window, open_as, settle, until as draw_until, usual};

fn session() -> Session {
    let mut session = common::session();
    session.perform(Command::Resize([400.0, 400.0]));
    session
}

fn beside(session: &Session) -> (ModelId, &ModelEntry) {
    session.state().beside().expect("a comparison")
}

fn shown(session: &Session) -> ModelId {
    session.state().shown_version().unwrap().0
}

/// Few shapes, few updates, no brake.
fn small(session: &mut Session) {
    let config = TrainingConfig { updates: 6, hidden: vec![16], ..TrainingConfig::default() };
    set_small(session, config);
}

fn are_measured(state: &State) -> bool {
    [state.shown(), state.beside()].into_iter().all(|model| {
        let (id, entry) = model.expect("both");
        matches!(state.figures.get((id, entry.version)), Some(Measured::Known(_)))
    })
}

#[test]
fn the_other_sample_stands_beside_the_first_with_its_own_picture_and_figures() {
    let mut session = session();
    let first = shown(&session);
    session.perform(Command::ToggleComparison);
    assert_eq!(shown(&session), first, "the first map keeps its model");
    assert_eq!(beside(&session).1.name, "Nine families, sigmoid");
    let second = beside(&session).0;
    until(&mut session, "both pictures", |state| {
        let comparison = state.comparison.as_ref().unwrap();
        let drawn = |key: Option<_>, asked| key.is_some() && key == asked;
        drawn(state.map.picture.key, state.map.asked)
            && drawn(comparison.picture.key, comparison.asked)
    });
    let comparison = session.state().comparison.as_ref().unwrap();
    let [a, b] = [&session.state().map.picture, &comparison.picture].map(|p| p.key.unwrap());
    assert_eq!((a.model.0, b.model.0), (first, second));
    assert_eq!((a.view, a.size, a.range), (b.view, b.size, b.range));
    let outlines = |picture: &latent_explorer::session::map::Picture| {
        picture.grid.as_ref().unwrap().outlines.clone()
    };
    assert_ne!(outlines(&session.state().map.picture), outlines(&comparison.picture));
    // All data of both are in view.
    for entry in [session.state().shown().unwrap().1, beside(&session).1] {
        let home = entry.prepared.home;
        let view = a.view.grown(1e-9);
        assert!(view.contains(home.low) && view.contains(home.high), "{view:?} {home:?}");
    }
    until(&mut session, "the figures", are_measured);
    let entry = beside(&session).1;
    let known = session.state().figures.get((second, entry.version)).unwrap();
    let Measured::Known(figures) = known else { unreachable!() };
    assert_eq!(**figures, Figures::of(&entry.prepared.model).unwrap());

    session.perform(Command::ToggleComparison);
    assert!(session.state().comparison.is_none());
    assert_eq!(session.state().models.len(), 2, "what was opened stays open");
}

#[test]
fn one_point_is_seen_by_both_models() {
    let mut session = session();
    session.perform(Command::ToggleComparison);
    session.perform(Command::Hover(Some([0.4, -0.7])));
    session.perform(Command::Pick([0.1, 0.2]));
    let state = session.state();
    let comparison = state.comparison.as_ref().unwrap();
    for (first, second) in
        [(&state.map.probe, &comparison.probe), (&state.map.picked, &comparison.picked)]
    {
        let [first, second] = [first, second].map(|probe| probe.as_ref().unwrap());
        assert_eq!((first.at, &first.z), (second.at, &second.z));
        for (probe, entry) in [(first, state.shown().unwrap().1), (second, beside(&session).1)] {
            let z = Rows::from_flat(2, probe.z.clone());
            assert_eq!(probe.outline, entry.prepared.model.decode(&z).unwrap().into_flat());
        }
        assert_ne!(first.outline, second.outline);
    }
    session.perform(Command::Hover(None));
    let comparison = session.state().comparison.as_ref().unwrap();
    assert!(comparison.probe.is_none() && comparison.picked.is_some());
}

#[test]
fn closing_showing_and_undoing_leave_no_gap() {
    let mut session = session();
    session.perform(Command::ToggleComparison);
    let (first, second) = (shown(&session), beside(&session).0);
    session.perform(Command::ShowModel(second));
    assert_eq!((shown(&session), beside(&session).0), (second, first), "they change places");
    session.perform(Command::CloseModel(second));
    assert_eq!(shown(&session), first);
    assert!(session.state().comparison.is_none(), "nothing is left to compare with");
    session.perform(Command::Undo);
    assert_eq!(shown(&session), second);
    session.perform(Command::ToggleComparison);
    assert_eq!(beside(&session).0, first, "an open model comes before a sample");
    session.perform(Command::CloseModel(first));
    assert!(session.state().comparison.is_none());
    // A model cannot stand beside itself.
    session.perform(Command::CompareWith(Rival::Open(second)));
    assert!(session.state().comparison.is_none());
}

#[test]
fn pca_of_the_same_data_is_made_once() {
    let mut session = session();
    session.perform(Command::CompareWith(Rival::Pca));
    until(&mut session, "PCA", |state| state.comparison.is_some());
    let (id, entry) = beside(&session);
    assert_eq!(entry.name, "PCA of Nine families");
    let (ours, theirs) =
        (&entry.prepared.model, &session.state().shown().unwrap().1.prepared.model);
    assert!(ours.is_linear() && ours.card.source == theirs.card.source);
    assert_eq!(ours.encoded.held_out, theirs.encoded.held_out, "the same split");
    session.perform(Command::CompareWith(Rival::Sample(1)));
    session.perform(Command::CompareWith(Rival::Pca));
    assert_eq!((beside(&session).0, session.state().models.len()), (id, 3));
    session.perform(Command::ShowModel(id));
    session.perform(Command::CompareWith(Rival::Pca));
    let told = session.state().notices.iter().any(|n| n.text.contains("is PCA itself"));
    assert!(told);
}

#[test]
fn pca_is_stopped_by_hand_and_its_failure_is_told() {
    let mut session = session();
    let told = |session: &Session, part: &str| {
        session.state().notices.iter().any(|notice| notice.text.contains(part))
    };
    for by_escape in [true, false] {
        session.perform(Command::CompareWith(Rival::Pca));
        let run = session.state().pca.unwrap();
        let stop = if by_escape { Command::Cancel } else { Command::Stop(run) };
        session.perform(Command::CompareWith(Rival::Pca));
        assert!(told(&session, "PCA is under way"));
        session.perform(stop);
        until(&mut session, "the end of PCA", |state| state.pca.is_none());
        assert!(told(&session, "PCA stopped; nothing was made."));
        assert!(session.state().models.len() == 1 && session.state().comparison.is_none());
        let notices: Vec<u64> = session.state().notices.iter().map(|notice| notice.id).collect();
        notices.into_iter().for_each(|id| session.perform(Command::Dismiss(id)));
    }
    // Whoever ends the comparison waits for it no longer.
    session.perform(Command::CompareWith(Rival::Sample(1)));
    session.perform(Command::CompareWith(Rival::Pca));
    session.perform(Command::ToggleComparison);
    until(&mut session, "the end of PCA", |state| state.pca.is_none());
    assert!(told(&session, "PCA stopped") && session.state().comparison.is_none());

    session.perform(Command::CompareWith(Rival::Pca));
    let run = session.state().pca.unwrap();
    let end = JobResult::Failed("no axes".to_owned(), None);
    session.apply(Event::Ended(run, End::Pca(end)));
    assert!(told(&session, "no axes") && session.state().pca.is_none());
    // Progress that comes late is nobody's.
    session.apply(Event::Progress(run, JobProgress::default(), None));
    assert!(session.state().pca.is_none());
}

#[test]
fn a_training_goes_on_while_models_are_compared() {
    let mut session = session();
    session.perform(Command::ToggleComparison);
    let second = beside(&session).0;
    small(&mut session);
    session.perform(Command::Train);
    until(&mut session, "the end of the training", |state| state.training.run.is_none());
    let trained = session.state().training.model.unwrap();
    assert_eq!((shown(&session), beside(&session).0), (trained, second));
    session.perform(Command::Hover(Some([0.1, 0.1])));
    until(&mut session, "the figures", are_measured);
    // The model that is learned may also be the second one.
    session.perform(Command::ShowModel(second));
    assert_eq!(beside(&session).0, trained);
    session.perform(Command::ResetTraining);
    until(&mut session, "the end of the training", |state| state.training.run.is_none());
    let errors: Vec<_> = session.state().notices.iter().filter(|n| n.is_error).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_sweep_is_trained_opened_replaced_and_brought_back() {
    let mut session = session();
    small(&mut session);
    session.perform(Command::Sweep(vec![0.1, 0.1]));
    assert!(session.state().sweep.is_none(), "refused");
    session.perform(Command::Sweep(vec![0.1, 4.0]));
    session.perform(Command::Sweep(vec![1.0]));
    until(&mut session, "the sweep", |s| s.sweep.as_ref().is_some_and(|s| s.run.is_none()));
    let sweep = session.state().sweep.as_ref().unwrap();
    assert_eq!(sweep.done.iter().map(|point| point.beta).collect::<Vec<_>>(), [0.1, 4.0]);
    assert_eq!((sweep.count, sweep.done.len()), (2, 2));
    assert_eq!(session.state().models.len(), 1, "none is opened unasked");

    session.perform(Command::OpenSwept(1, true));
    let (id, entry) = beside(&session);
    assert_eq!((entry.name.as_str(), entry.unsaved), ("beta 4", true));
    assert_eq!(entry.prepared.model.card.training.beta, 4.0);
    session.perform(Command::OpenSwept(0, false));
    assert_eq!(session.state().shown().unwrap().1.name, "beta 0.1");
    session.perform(Command::OpenSwept(1, true));
    assert_eq!((beside(&session).0, session.state().models.len()), (id, 3), "not opened twice");
    session.perform(Command::OpenSwept(7, true));

    session.perform(Command::Sweep(vec![2.0]));
    until(&mut session, "the sweep", |s| s.sweep.as_ref().is_some_and(|s| s.run.is_none()));
    assert_eq!(session.state().sweep.as_ref().unwrap().done[0].beta, 2.0);
    session.perform(Command::Undo);
    assert_eq!(session.state().sweep.as_ref().unwrap().done.len(), 2, "the sweep before");
}

#[test]
fn a_sweep_that_is_stopped_keeps_what_is_whole() {
    let mut session = session();
    small(&mut session);
    let config = session.state().settings.training.clone();
    session.perform(Command::SetTraining(TrainingConfig { updates: 300, ..config }));
    session.perform(Command::Sweep(vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]));
    until(&mut session, "a model", |s| s.sweep.as_ref().is_some_and(|s| !s.done.is_empty()));
    session.perform(Command::Cancel);
    until(&mut session, "the end", |s| s.sweep.as_ref().is_some_and(|s| s.run.is_none()));
    let done = session.state().sweep.as_ref().unwrap().done.len();
    assert!((1..8).contains(&done), "{done}");
    assert!(session.state().notices.iter().any(|n| n.text.contains("Sweep stopped")));
}

fn open(theme: Theme) -> Window {
    open_as(usual(theme), None)
}

fn click(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    window.step();
    window.step();
}

#[test]
fn both_maps_follow_the_mouse_on_either() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut window = open(theme);
        window.key_press(Key::K);
        window.step();
        settle(&mut window);
        let rect = |window: &Window, name: &str| window.get_by_label(name).rect();
        let first = rect(&window, "Map of the latent space");
        let second = rect(&window, "Map of the second model");
        assert!((first.size() - second.size()).length() < 1.0, "{first:?} {second:?}");
        assert!(first.right() <= second.left());
        // From one map to the other and back: the point is never lost.
        for map in [first, second, first] {
            window.hover_at(map.center() + egui::vec2(20.0, 0.0));
            window.step();
            window.step();
            let state = window.state().state();
            let probe = state.map.probe.as_ref().expect("the first model's view of it");
            let twin = state.comparison.as_ref().unwrap().probe.as_ref().expect("the second's");
            assert_eq!(probe.at, twin.at);
        }
        let view = window.state().state().map.view;
        window.hover_at(second.center());
        window.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 60.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        });
        (0..8).for_each(|_| window.step());
        assert_ne!(window.state().state().map.view, view, "the second map zooms both");
        settle(&mut window);
        window.key_press(Key::K);
        window.run();
        assert!(window.state().state().comparison.is_none());
    }
}

#[test]
fn the_drawer_compares_figures_and_the_menu_offers_pca() {
    let mut window = open(Theme::Light);
    window.get_by_role_and_label(Role::Button, "Compare").click();
    window.step();
    settle(&mut window);
    draw_until(&mut window, "the figures", are_measured);
    click(&mut window, "Open curves and results");
    window.run();
    for label in ["Information (KL), nats", "Active units", "Families found", "heart"] {
        assert!(window.query_all_by_label(label).next().is_some(), "{label}");
    }
    let menu = window.query_all_by_role(Role::Button).find_map(|node| {
        let name = node.accesskit_node().label()?;
        name.starts_with("Nine families, sigmoid").then_some(node)
    });
    menu.expect("the title of the second map").click();
    window.step();
    window.step();
    click(&mut window, "PCA of the same data");
    draw_until(&mut window, "PCA", |state| {
        state.beside().is_some_and(|(_, entry)| entry.prepared.model.is_linear())
    });
    settle(&mut window);
    assert!(window.query_all_by_label_contains("PCA of Nine families").next().is_some());
    click(&mut window, "End the comparison");
    assert!(window.state().state().comparison.is_none());
}

#[test]
fn a_sweep_is_begun_watched_and_opened_from_its_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let settings = Settings {
        recipe: Recipe { samples: 90, points: 32, ..Recipe::default() },
        training: TrainingConfig { updates: 6, hidden: vec![16], ..TrainingConfig::default() },
        ..Settings::default()
    };
    settings.save(&path).unwrap();
    let mut window = open_as(usual(Theme::Dark), Some(path));
    window.key_press(Key::Num2);
    window.step();
    click(&mut window, "More");
    window.run();
    click(&mut window, "Sweep over beta\u{2026}");
    window.run();
    window.get_by_role_and_label(Role::TextInput, "Betas").focus();
    window.step();
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    window.event(egui::Event::Text("4, x".to_owned()));
    window.step();
    window.step();
    assert!(window.query_all_by_label_contains("'x' is not a number").next().is_some());
    assert!(window.get_by_label("Train 0 models").accesskit_node().is_disabled());
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    window.event(egui::Event::Text("4".to_owned()));
    window.step();
    window.step();
    click(&mut window, "Train 1 model");
    draw_until(&mut window, "the sweep", |s| s.sweep.as_ref().is_some_and(|s| s.run.is_none()));
    window.run();
    click(&mut window, "Compare with beta 4");
    settle(&mut window);
    let state = window.state().state();
    assert_eq!(state.beside().unwrap().1.name, "beta 4");
    assert_eq!(state.activity, Activity::Train);
    assert!(window.query_by_label("Compare with beta 4").is_none(), "the sheet is gone");
}
