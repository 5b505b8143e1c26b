//! A model without data in the window: a map around N(0, 1), a search from there, and no word of belief.

use super::*;
use crate::imported::of_outlines;
use latent_explorer::model::format::checkpoint;
use latent_explorer::trust::Reliability;

#[test]
fn a_model_without_data_is_shown_and_searched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("elsewhere.safetensors");
    checkpoint::save(&of_outlines(), &path).unwrap();
    let mut session = session();
    session.act(Act::Resize([640.0, 480.0]));
    session.act(Act::Open(path));
    until_files_are_done(&mut session);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    assert_eq!(session.see().shown().name(), "elsewhere");
    let view = session.see().map().view();
    assert!(view.contains([2.3, -2.3]) && view.contains([-2.3, 2.3]), "{view:?}");
    session.act(Act::Select([0.3, -0.4]));
    assert!(session.see().selected().is_some());
    for layer in [MapLayer::Data, MapLayer::Heat, MapLayer::Trust, MapLayer::Gradient] {
        session.act(Act::ToggleLayer(layer));
    }
    session.wait("the map", |see| see.is_settled());

    search(&mut session, restarts(4, 30));
    until_searched(&mut session);
    let report = session.see().report().unwrap();
    assert!(report.best.is_some() && report.best_believable.is_none());
    assert!(report.restarts.iter().all(|r| r.verdict.reliability == Reliability::Unknown));
    let inside = ObjectiveSpec { inside: 1.0, ..ObjectiveSpec::default() };
    search(&mut session, SearchConfig { spec: inside, ..restarts(2, 5) });
    one(&errors(&session), "inside .. holds none");
}
