//! Latent paths, new shapes and reconstructions, as a person asks for them.

use super::*;
use crate::driver::{Endpoint, FRAMES, PATH_SECONDS, PathPage, PathPlan};
use latent_explorer::data::outline::family::Family;
use latent_explorer::data::source::TrainingData;
use latent_explorer::explore::latent_path::curve::PathKind;
use latent_explorer::model::PointRef;
use latent_explorer::model::format::checkpoint;
use latent_explorer::train::Pca;

fn plan(session: &Program) -> PathPlan {
    session.see().path_plan()
}

fn named(point: &str) -> Endpoint {
    Endpoint::Named(point.parse().unwrap())
}

fn share(session: &Program) -> f64 {
    session.see().path().unwrap().share()
}

fn picked(session: &Program) -> Vec<f64> {
    session.see().selected().unwrap().z().to_vec()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

/// Lets time pass until nothing moves; how long that was, in seconds.
fn play(session: &mut Program) -> f64 {
    let mut seconds = 0.0;
    while session.see().is_path_playing() {
        assert!(session.advance(0.05).is_some() && seconds < 100.0);
        seconds += 0.05;
    }
    seconds
}

#[test]
fn a_path_leads_somewhere_before_anybody_chooses() {
    let mut session = session();
    assert_eq!(
        [plan(&session).from, plan(&session).to],
        ["family:circle", "family:heart"].map(named)
    );
    // With one family its mean is no path: it leads from one shape to another.
    let generator = GeneratorConfig {
        families: vec![Family::Star],
        samples: 60,
        points: 16,
        ..GeneratorConfig::default()
    };
    let config = TrainingConfig { latent_dim: 2, ..TrainingConfig::default() };
    let mut pca = Pca::new(TrainingData::generate(generator).unwrap(), &config).unwrap();
    while pca.step() {}
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stars.safetensors");
    checkpoint::save(&pca.finish().unwrap(), &path).unwrap();
    session.act(Act::Open(path));
    session.wait("the model", |see| see.shown().model().encoded.names.len() == 1);
    assert_ne!(plan(&session).from, plan(&session).to);
    session.act(Act::PlayPath);
    assert!(session.see().is_on_path(), "{:?}", errors(&session));
}

#[test]
fn a_walk_between_two_clicks_morphs_the_shape_and_ends_there() {
    let mut session = session();
    session.act(Act::PathTo([0.2, 0.1]));
    assert!(session.see().path().is_none(), "there is nowhere to come from");
    assert!(near(&picked(&session), &[0.2, 0.1]), "so the point is kept");
    session.act(Act::PathTo([-0.5, 0.6]));
    assert!(session.see().is_on_path() && session.see().is_path_playing());
    assert_eq!(plan(&session).from, Endpoint::Named(PointRef::Latent(vec![0.2, 0.1])));
    session.advance(0.1);
    let here = picked(&session);
    assert!(!near(&here, &[0.2, 0.1]) && !near(&here, &[-0.5, 0.6]));
    let took = play(&mut session);
    assert!((took - PATH_SECONDS).abs() < 0.2, "{took}");
    assert!(near(&picked(&session), &[-0.5, 0.6]));
    assert_eq!(session.advance(1.0), None, "nothing moves any more");
    // Played again it begins where it began: the marker has not moved its ends.
    session.act(Act::TogglePlay);
    assert!(near(&picked(&session), &[0.2, 0.1]));
}

#[test]
fn the_timeline_scrubs_steps_and_changes_speed() {
    let mut session = session();
    session.act(Act::PlayPath);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    session.act(Act::Scrub(0.5));
    assert!(!session.see().is_path_playing() && share(&session) == 0.5);
    session.act(Act::StepBy(1));
    let gap = 1.0 / (FRAMES - 1) as f64;
    assert!((share(&session) - 0.5).abs() <= 1.5 * gap, "a frame on");
    let before = share(&session);
    session.act(Act::StepBy(-2));
    assert!((before - share(&session) - 2.0 * gap).abs() < 1e-9);
    session.act(Act::StepBy(-100));
    assert_eq!(share(&session), 0.0);
    session.act(Act::Speed(4.0));
    session.act(Act::TogglePlay);
    let took = play(&mut session);
    assert!((took - PATH_SECONDS / 4.0).abs() < 0.2, "{took}");
    // A selected point stops the marker.
    session.act(Act::TogglePlay);
    session.act(Act::Select([0.0, 0.0]));
    assert!(!session.see().is_path_playing());
    // In another activity the path does not advance.
    session.act(Act::TogglePlay);
    session.act(Act::Turn(Page::Train));
    let before = share(&session);
    session.advance(0.1);
    assert_eq!(share(&session), before);
    session.act(Act::Turn(Page::Explore));
    session.act(Act::Cancel);
    assert!(session.see().path().is_none() && session.see().selected().is_some());
}

#[test]
fn a_way_that_was_taken_off_the_map_comes_back() {
    let mut session = session();
    for end in [Act::EndPath, Act::Cancel] {
        session.act(Act::PathTo([0.2, 0.1]));
        session.act(Act::PathTo([-0.5, 0.6]));
        session.act(Act::Scrub(0.4));
        let (way, here) = (plan(&session), picked(&session));
        session.act(end);
        assert!(session.see().path().is_none());
        assert!(session.see().undoable().is_some());
        // The path is restored with its plan, in the activity that shows it, where it was held.
        session.act(Act::PlanPath(PathPlan { kind: PathKind::Circle, ..way.clone() }));
        session.act(Act::Turn(Page::Train));
        session.act(Act::Undo);
        assert!(session.see().path().is_none(), "that was the change of the plan");
        session.act(Act::Undo);
        assert!(session.see().is_on_path() && share(&session) == 0.4);
        let back = session.see().path().unwrap();
        assert!(near(&back.here(), &here) && plan(&session) == way);
        session.act(Act::ColourBy(Quantity::AREA));
        let back = session.see().path().unwrap();
        assert_eq!(back.verdicts()[0].round_trip_changes[0].quantity, Quantity::AREA);
        session.act(Act::ColourBy(Quantity::ROUNDNESS));
        session.act(Act::EndPath);
    }
    session.act(Act::PlayPath);
    let (sample, _) = shown(&session);
    session.act(Act::OpenBundled(1));
    assert!(session.see().path().is_none());
    session.act(Act::ShowModel(sample));
    assert!(session.see().path().is_some(), "a path waits with its model");
}

#[test]
fn new_shapes_are_looked_at_while_exploring() {
    let mut session = session();
    for act in [Act::DrawSamples, Act::PlayPath] {
        session.act(Act::Turn(Page::Optimise));
        session.act(act);
        assert_eq!(session.see().page(), Page::Explore);
    }
    assert!(session.see().samples().is_some() && session.see().is_on_path());
}

#[test]
fn a_way_on_the_map_follows_its_settings() {
    let mut session = session();
    let circle = PathPlan { kind: PathKind::Circle, radius: Some(0.4), ..plan(&session) };
    session.act(Act::PlanPath(circle.clone()));
    assert!(session.see().path().is_none(), "a setting alone lays no way");
    session.act(Act::PlayPath);
    session.act(Act::Scrub(0.25));
    session.act(Act::PlanPath(PathPlan { radius: Some(0.8), ..circle.clone() }));
    let on_map = session.see().path().unwrap();
    assert!((on_map.latent_path().length() - 0.8 * std::f64::consts::TAU).abs() < 1e-3);
    assert_eq!((share(&session), on_map.strip_size()), (0.25, [FRAMES + 1, 1]));
    // An impossible path is reported, and the previous path stays.
    session.act(Act::PlanPath(PathPlan { around: named("pin:4"), ..circle.clone() }));
    assert!(errors(&session).iter().any(|error| error.contains("4")));
    assert!(session.see().path().is_some());
    session.act(Act::Cancel);

    let axis =
        PathPlan { kind: PathKind::Axis, axis: 1, around: named("family:triangle"), ..circle };
    session.act(Act::PlanPath(axis));
    session.act(Act::PlayPath);
    let first = picked(&session)[0];
    session.act(Act::Scrub(1.0));
    assert_eq!(picked(&session)[0], first, "the other coordinate is held");
    let statistics = session.see().shown().model().card.statistics.clone();
    assert_eq!(picked(&session)[1], statistics.high[1]);
}

#[test]
fn a_kept_point_is_held_when_the_way_is_laid() {
    let mut session = session();
    let spiral = PathPlan { kind: PathKind::Spiral, around: Endpoint::Kept, ..plan(&session) };
    session.act(Act::PlanPath(spiral));
    session.act(Act::PlayPath);
    one(&errors(&session), "Click the map .. point");
    session.act(Act::Select([0.3, 0.3]));
    session.act(Act::PlayPath);
    assert_eq!(plan(&session).around, Endpoint::Named(PointRef::Latent(vec![0.3, 0.3])));
    session.act(Act::Scrub(0.7));
    assert!(!near(&picked(&session), &[0.3, 0.3]));
    session.act(Act::Scrub(0.0));
    assert!(near(&picked(&session), &[0.3, 0.3]));
    // There is no path from a point to itself.
    let still = named("family:circle");
    let line = PathPlan { kind: PathKind::Line, from: still.clone(), to: still, ..plan(&session) };
    session.act(Act::PlanPath(line));
    one(&errors(&session), "begins where it ends");
}

#[test]
fn new_shapes_are_drawn_with_the_next_seed_and_kept_by_a_click() {
    let mut session = session();
    session.act(Act::DrawSamples);
    let shapes = |session: &Program| session.see().samples().unwrap().shapes().to_vec();
    let seed = |session: &Program| session.see().samples().unwrap().seed();
    let first = shapes(&session);
    assert_eq!((seed(&session), session.see().path_page()), (0, Some(PathPage::NewShapes)));
    session.act(Act::SelectSample(5));
    assert_eq!(picked(&session), first[5].z);
    let reliability = session.see().selected().unwrap().verdict().reliability;
    assert_eq!(reliability, first[5].verdict.reliability);
    session.act(Act::DrawSamples);
    assert_eq!(seed(&session), 1);
    assert_ne!(shapes(&session)[0].z, first[0].z);
    session.act(Act::DrawSamplesWith { seed: 0 });
    assert_eq!(shapes(&session), first, "a seed brings its sample back");
    session.act(Act::SelectSample(10_000));
    assert_eq!(picked(&session), first[5].z, "there is no such shape");
    // Another model knows nothing of them.
    session.act(Act::OpenBundled(1));
    let see = session.see();
    assert!(see.samples().is_none() && see.path().is_none() && see.path_page().is_none());
}

#[test]
fn a_shape_of_the_data_is_kept_with_its_rebuild() {
    let mut session = session();
    session.act(Act::SelectRow(17));
    let probe = session.see().selected().unwrap();
    let shown = probe.reconstruction().unwrap();
    assert_eq!((shown.row, shown.rebuilt.as_slice()), (17, probe.outline()));
    let model = session.see().shown().model();
    assert_eq!(probe.z(), model.encoded.mu.row(17));
    let near = probe.neighbours(&model);
    assert_eq!((near.len(), near.first()), (3, probe.nearest()));
    // Another quantity is looked at on the same shape.
    session.act(Act::ColourBy(Quantity::AREA));
    assert_eq!(session.see().selected().unwrap().reconstruction(), probe.reconstruction());
    session.act(Act::Select([0.1, 0.1]));
    assert!(session.see().selected().unwrap().reconstruction().is_none());
    session.act(Act::SelectRow(1_000_000));
    assert!(errors(&session).iter().any(|error| error.contains("1000001")));
}
