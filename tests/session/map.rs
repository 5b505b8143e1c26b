//! The map: its layers, its colours, points on it.

use super::*;
use crate::driver::jobs;

#[test]
fn a_point_is_kept_by_its_name() {
    let mut session = session();
    let named = |name: &str| Act::SelectNamed(name.parse().unwrap());
    session.act(named("row:17"));
    let picked = session.see().selected().unwrap();
    assert_eq!(
        picked.reconstruction().map(|shown| (shown.row, shown.title.to_string())),
        Some((16, "row 17".to_owned()))
    );
    session.act(Act::Pin(picked.at()));
    session.act(named("family:star"));
    let star = session.see().selected().unwrap();
    assert!(star.reconstruction().is_none() && star.z() != picked.z());
    session.act(named("pin:1"));
    assert_eq!(session.see().selected().unwrap().z(), picked.z());
    session.act(named("row:5001"));
    assert!(errors(&session)[0].contains("5001"), "{:?}", errors(&session));
    assert_eq!(session.see().selected().unwrap().z(), picked.z(), "it stays where it was");
}

#[test]
fn the_map_is_drawn_for_the_newest_wish() {
    let mut session = session();
    let drawn = |see: See<'_>| see.map().is_drawn() && see.map().outlines().is_some();
    session.act(Act::Resize([640.0, 480.0]));
    session.wait("the first picture", drawn);
    assert!(session.see().map().heat_columns().is_none(), "nobody asked for heat");
    session.act(Act::Turn(Page::Optimise));
    for _ in 0..20 {
        session.act(Act::Zoom([0.3, 0.2], 1.05));
    }
    session.act(Act::ColourBy(Quantity::AREA));
    session.wait("the last picture", |see| drawn(see) && see.map().heat_columns().is_some());
    assert_eq!(session.see().map().drawn_quantity(), Some(Quantity::AREA));
    jobs::picture_fails(&mut session, "no paper");
    assert!(session.see().map().outlines().is_some(), "the old picture stays");
    one(&errors(&session), "no paper");
}

#[test]
fn fog_stays_until_newer_fog_is_there() {
    let mut session = session();
    session.act(Act::Resize([640.0, 480.0]));
    session.wait("a picture", |see| see.map().drawn_quantity().is_some());
    assert!(session.see().map().fog().is_none(), "nobody asked for fog");
    session.act(Act::ToggleLayer(MapLayer::Trust));
    session.wait("fog", |see| see.map().fog().is_some());
    let first = session.see().map().fog().unwrap().bounds;
    session.act(Act::Zoom([0.3, 0.2], 1.5));
    session.wait("fog of the new view", |see| {
        see.map().fog().expect("there always is some").bounds != first
    });
    session.act(Act::ToggleLayer(MapLayer::Trust));
    session.wait("no fog", |see| see.map().fog().is_none());
}

#[test]
fn a_held_range_is_that_of_its_own_quantity() {
    let mut session = session();
    session.act(Act::ToggleRangeLock);
    let roundness = session.see().range();
    session.act(Act::SetSearch(SearchConfig {
        spec: ObjectiveSpec::new(Quantity::PERIMETER, Goal::Max),
        ..SearchConfig::default()
    }));
    assert_ne!(session.see().range(), roundness);
    session.act(Act::ColourBy(Quantity::ROUNDNESS));
    assert_eq!(session.see().range(), roundness);
}

#[test]
fn the_arrow_at_a_point_shows_where_the_whole_objective_gets_better() {
    let mut session = session();
    let at = [0.4, -0.7];
    session.act(Act::Select(at));
    assert!(session.see().uphill().is_none(), "exploring asks for no gradient");
    session.act(Act::Turn(Page::Optimise));
    let (from, up) = session.see().uphill().unwrap();
    assert_eq!(from, at);
    let selected = session.see().selected().unwrap();
    let gradient = selected.gradient().unwrap();
    assert_eq!([-gradient[0], -gradient[1]], up);
    let spec = ObjectiveSpec { l2: 100.0, ..ObjectiveSpec::default() };
    session.act(Act::SetSearch(SearchConfig { spec, ..SearchConfig::default() }));
    let (_, home) = session.see().uphill().unwrap();
    assert!(home[0] < -70.0 && home[1] > 100.0, "a strong L2 penalty points home: {home:?}");
    session.act(Act::Hover(Some([1.0, 1.0])));
    assert_eq!(session.see().uphill().unwrap().0, [1.0, 1.0]);
}

#[test]
fn the_gradient_is_a_layer_that_follows_the_aim() {
    let mut session = session();
    session.act(Act::Resize([720.0, 600.0]));
    session.act(Act::ToggleLayer(MapLayer::Gradient));
    let arrows = |see: See<'_>| see.map().gradient();
    let current = |see: See<'_>| see.map().is_drawn();
    session.wait("the arrows", |see| arrows(see).is_some() && current(see));
    let up = arrows(session.see()).unwrap();
    assert!(up.len() > 100);
    let down = ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Min);
    let config = SearchConfig { spec: down, ..SearchConfig::default() };
    session.act(Act::SetSearch(config));
    session.wait("the other arrows", |see| {
        current(see) && arrows(see).is_some_and(|arrows| arrows != up)
    });
    let down = arrows(session.see()).unwrap();
    let same = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6;
    assert!(up.iter().zip(down.iter()).all(|(up, down)| same(up[0], down[1])));
    session.act(Act::ToggleLayer(MapLayer::Gradient));
    session.wait("a map without", |see| current(see) && arrows(see).is_none());
}

#[test]
fn the_map_follows_a_point_that_is_gone_to_by_its_name() {
    let mut session = session();
    session.act(Act::Resize([600.0, 400.0]));
    let view = session.see().map().view();
    session.act(Act::SelectNamed("mean".parse().unwrap()));
    assert_eq!(session.see().map().view(), view, "it is visible already");
    session.act(Act::SelectNamed("z:40,-3".parse().unwrap()));
    let selected = session.see().selected().unwrap().at();
    let moved = session.see().map().view();
    assert!(moved.contains(selected) && !view.contains(selected), "{selected:?} {moved:?}");
    assert!((moved.size()[0] - view.size()[0]).abs() < 1e-9, "the scale stays");
}
