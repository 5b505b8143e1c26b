//! Ways over the map, new shapes and rebuilds, as a person asks for them.

use super::{errors, session, until};
use latent_explorer::data::family::Family;
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::source::TrainingData;
use latent_explorer::explore::route::Kind;
use latent_explorer::model::PointRef;
use latent_explorer::model::checkpoint;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::session::plan::{Anchor, Plan};
use latent_explorer::session::tour::{FRAMES, Page, TOUR_SECONDS, Touring};
use latent_explorer::session::{Activity, Command, Session};
use latent_explorer::train::Pca;

fn tour(session: &mut Session, touring: Touring) {
    session.perform(Command::Tour(touring));
}

fn plan(session: &Session) -> Plan {
    session.state().tours.plan.clone()
}

fn named(point: &str) -> Anchor {
    Anchor::Named(point.parse().unwrap())
}

fn share(session: &Session) -> f64 {
    session.state().tours.tour.as_ref().unwrap().playback.share
}

fn picked(session: &Session) -> Vec<f64> {
    session.state().map.picked.as_ref().unwrap().z.clone()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

/// Lets time pass until nothing moves; how long that was, in seconds.
fn play(session: &mut Session) -> f64 {
    let mut seconds = 0.0;
    while session.state().tours.is_playing() {
        assert!(session.advance(0.05).is_some() && seconds < 100.0);
        seconds += 0.05;
    }
    seconds
}

#[test]
fn a_walk_leads_somewhere_before_anybody_chooses() {
    let mut session = session();
    assert_eq!(
        [plan(&session).from, plan(&session).to],
        ["family:circle", "family:heart"].map(named)
    );
    // With one family its mean is no way: it leads from one shape to another.
    let recipe =
        Recipe { families: vec![Family::Star], samples: 60, points: 16, ..Recipe::default() };
    let config = TrainingConfig { latent_dim: 2, ..TrainingConfig::default() };
    let data = TrainingData::generate(recipe).unwrap();
    let mut pca = Pca::new(data, &config).unwrap();
    while pca.step() {}
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stars.safetensors");
    checkpoint::save(&pca.finish().unwrap(), &path).unwrap();
    session.perform(Command::Open(path));
    until(&mut session, "the model", |state| {
        state.shown().unwrap().1.prepared.model.encoded.names.len() == 1
    });
    assert_ne!(plan(&session).from, plan(&session).to);
    tour(&mut session, Touring::Begin);
    assert!(session.state().is_touring(), "{:?}", errors(&session));
}

#[test]
fn a_walk_between_two_clicks_morphs_the_shape_and_ends_there() {
    let mut session = session();
    tour(&mut session, Touring::To([0.2, 0.1]));
    assert!(session.state().tours.tour.is_none(), "there is nowhere to come from");
    assert!(near(&picked(&session), &[0.2, 0.1]), "so the point is kept");
    tour(&mut session, Touring::To([-0.5, 0.6]));
    assert!(session.state().is_touring() && session.state().tours.is_playing());
    assert_eq!(plan(&session).from, Anchor::Named(PointRef::Latent(vec![0.2, 0.1])));
    session.advance(0.1);
    let here = picked(&session);
    assert!(!near(&here, &[0.2, 0.1]) && !near(&here, &[-0.5, 0.6]));
    let took = play(&mut session);
    assert!((took - TOUR_SECONDS).abs() < 0.2, "{took}");
    assert!(near(&picked(&session), &[-0.5, 0.6]));
    assert_eq!(session.advance(1.0), None, "nothing moves any more");
    // Played again it begins where it began: the marker has not moved its ends.
    session.perform(Command::TogglePlay);
    assert!(near(&picked(&session), &[0.2, 0.1]));
}

#[test]
fn the_timeline_scrubs_steps_and_changes_speed() {
    let mut session = session();
    tour(&mut session, Touring::Begin);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    session.perform(Command::Scrub(0.5));
    assert!(!session.state().tours.is_playing() && share(&session) == 0.5);
    session.perform(Command::StepBy(1));
    let gap = 1.0 / (FRAMES - 1) as f64;
    assert!((share(&session) - 0.5).abs() <= 1.5 * gap, "a frame on");
    let before = share(&session);
    session.perform(Command::StepBy(-2));
    assert!((before - share(&session) - 2.0 * gap).abs() < 1e-9);
    session.perform(Command::StepBy(-100));
    assert_eq!(share(&session), 0.0);
    session.perform(Command::Speed(4.0));
    session.perform(Command::TogglePlay);
    let took = play(&mut session);
    assert!((took - TOUR_SECONDS / 4.0).abs() < 0.2, "{took}");
    // Whoever touches the point holds the marker.
    session.perform(Command::TogglePlay);
    session.perform(Command::Pick([0.0, 0.0]));
    assert!(!session.state().tours.is_playing());
    // Elsewhere time stands still on the way.
    session.perform(Command::TogglePlay);
    session.perform(Command::Turn(Activity::Train));
    let before = share(&session);
    session.advance(0.1);
    assert_eq!(share(&session), before);
    session.perform(Command::Turn(Activity::Explore));
    session.perform(Command::Cancel);
    assert!(session.state().tours.tour.is_none() && session.state().map.picked.is_some());
}

#[test]
fn a_way_that_was_taken_off_the_map_comes_back() {
    let mut session = session();
    for end in [Command::Tour(Touring::End), Command::Cancel] {
        tour(&mut session, Touring::To([0.2, 0.1]));
        tour(&mut session, Touring::To([-0.5, 0.6]));
        session.perform(Command::Scrub(0.4));
        let (way, here) = (plan(&session), picked(&session));
        session.perform(end);
        assert!(session.state().tours.tour.is_none());
        assert_eq!(session.state().undoable(), Some("Bring back the way over the map"));
        // It comes back as it was planned, where it can be seen, in the property that is looked at.
        tour(&mut session, Touring::Plan(Plan { kind: Kind::Circle, ..way.clone() }));
        session.perform(Command::Turn(Activity::Train));
        session.perform(Command::SetProperty(latent_explorer::data::property::Property::Area));
        session.perform(Command::Undo);
        assert!(session.state().is_touring() && share(&session) == 0.4);
        let back = session.state().tours.tour.as_ref().unwrap();
        assert!(near(&back.here(), &here) && plan(&session) == way);
        let area = latent_explorer::data::property::Property::Area;
        assert_eq!(back.strip.verdicts[0].survival[0].property, area);
        session.perform(Command::SetProperty(latent_explorer::data::property::Property::Roundness));
        tour(&mut session, Touring::End);
    }
    session.perform(Command::OpenSample(1));
    session.perform(Command::Undo);
    assert!(session.state().tours.tour.is_none());
    let said = |part: &str| session.state().notices.iter().any(|n| n.text.contains(part));
    assert!(said("leads through another model"));
    assert!(session.state().undoable().is_some(), "it is not lost by that");
}

#[test]
fn new_shapes_are_looked_at_while_exploring() {
    let mut session = session();
    for touring in [Touring::Draw, Touring::Begin] {
        session.perform(Command::Turn(Activity::Optimise));
        tour(&mut session, touring);
        assert_eq!(session.state().activity, Activity::Explore);
    }
    assert!(session.state().tours.drawn.is_some() && session.state().is_touring());
}

#[test]
fn a_way_on_the_map_follows_its_settings() {
    let mut session = session();
    let circle = Plan { kind: Kind::Circle, radius: Some(0.4), ..plan(&session) };
    tour(&mut session, Touring::Plan(circle.clone()));
    assert!(session.state().tours.tour.is_none(), "a setting alone lays no way");
    tour(&mut session, Touring::Begin);
    session.perform(Command::Scrub(0.25));
    tour(&mut session, Touring::Plan(Plan { radius: Some(0.8), ..circle.clone() }));
    let on_map = session.state().tours.tour.as_ref().unwrap();
    assert!((on_map.route.length() - 0.8 * std::f64::consts::TAU).abs() < 1e-3);
    assert_eq!((share(&session), on_map.sheet.size()), (0.25, [FRAMES + 1, 1]));
    // What cannot be laid is said, and the way before stays.
    tour(&mut session, Touring::Plan(Plan { around: named("pin:4"), ..circle.clone() }));
    assert!(errors(&session).iter().any(|error| error.contains("no pin 4")));
    assert!(session.state().tours.tour.is_some());
    session.perform(Command::Cancel);

    let axis = Plan { kind: Kind::Axis, axis: 1, around: named("family:triangle"), ..circle };
    tour(&mut session, Touring::Plan(axis));
    tour(&mut session, Touring::Begin);
    let first = picked(&session)[0];
    session.perform(Command::Scrub(1.0));
    assert_eq!(picked(&session)[0], first, "the other coordinate is held");
    let statistics = &session.state().shown().unwrap().1.prepared.model.card.statistics;
    assert_eq!(picked(&session)[1], statistics.high[1]);
}

#[test]
fn a_kept_point_is_held_when_the_way_is_laid() {
    let mut session = session();
    let spiral = Plan { kind: Kind::Spiral, around: Anchor::Kept, ..plan(&session) };
    tour(&mut session, Touring::Plan(spiral));
    tour(&mut session, Touring::Begin);
    assert!(errors(&session).iter().any(|error| error.contains("keep a point")));
    session.perform(Command::Pick([0.3, 0.3]));
    tour(&mut session, Touring::Begin);
    assert_eq!(plan(&session).around, Anchor::Named(PointRef::Latent(vec![0.3, 0.3])));
    session.perform(Command::Scrub(0.7));
    assert!(!near(&picked(&session), &[0.3, 0.3]));
    session.perform(Command::Scrub(0.0));
    assert!(near(&picked(&session), &[0.3, 0.3]));
    // From a place to itself there is no way.
    let still = named("family:circle");
    let line = Plan { kind: Kind::Line, from: still.clone(), to: still, ..plan(&session) };
    tour(&mut session, Touring::Plan(line));
    assert!(errors(&session).iter().any(|error| error.contains("two different places")));
}

#[test]
fn new_shapes_are_drawn_with_the_next_seed_and_kept_by_a_click() {
    let mut session = session();
    tour(&mut session, Touring::Draw);
    let drawn = |session: &Session| session.state().tours.drawn.clone().unwrap();
    let first = drawn(&session);
    assert_eq!((first.seed, session.state().tours.page()), (0, Some(Page::NewShapes)));
    tour(&mut session, Touring::Keep(5));
    assert_eq!(picked(&session), first.shapes[5].z);
    let verdict = &session.state().map.picked.as_ref().unwrap().verdict;
    assert_eq!(verdict.belief, first.shapes[5].verdict.belief);
    tour(&mut session, Touring::Draw);
    assert_eq!(drawn(&session).seed, 1);
    assert_ne!(drawn(&session).shapes[0].z, first.shapes[0].z);
    tour(&mut session, Touring::DrawWith(0));
    assert_eq!(drawn(&session).shapes, first.shapes, "a seed brings its sample back");
    tour(&mut session, Touring::Keep(10_000));
    assert_eq!(picked(&session), first.shapes[5].z, "there is no such shape");
    // Another model knows nothing of them.
    session.perform(Command::OpenSample(1));
    let tours = &session.state().tours;
    assert!(tours.drawn.is_none() && tours.tour.is_none() && tours.page().is_none());
}

#[test]
fn a_shape_of_the_data_is_kept_with_its_rebuild() {
    let mut session = session();
    session.perform(Command::PickRow(17));
    let probe = session.state().map.picked.clone().unwrap();
    let rebuild = probe.rebuild.as_ref().unwrap();
    assert_eq!((rebuild.row, &rebuild.rebuilt), (17, &probe.outline));
    let model = session.state().shown().unwrap().1.prepared.model.clone();
    assert_eq!(probe.z, model.encoded.mu.row(17));
    let near = probe.neighbours(&model);
    assert_eq!((near.len(), near.first()), (3, probe.nearest.as_ref()));
    // Another property is looked at on the same shape.
    session.perform(Command::SetProperty(latent_explorer::data::property::Property::Area));
    assert_eq!(session.state().map.picked.as_ref().unwrap().rebuild, probe.rebuild);
    session.perform(Command::Pick([0.1, 0.1]));
    assert!(session.state().map.picked.as_ref().unwrap().rebuild.is_none());
    session.perform(Command::PickRow(1_000_000));
    assert!(errors(&session).iter().any(|error| error.contains("no row 1000001")));
}
