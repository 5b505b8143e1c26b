//! Where the restarts of a search begin.

use super::*;

#[test]
fn a_search_from_a_point_begins_there() {
    let mut session = session();
    session.act(Act::SetSearch(SearchConfig {
        spec: ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Min),
        ..restarts(50, 8)
    }));
    session.act(Act::SearchFrom([0.4, -0.3]));
    until_searched(&mut session);
    let search_run = session.see().search().unwrap();
    assert_eq!(search_run.config().restarts, 1);
    let report = search_run.report().unwrap();
    assert_eq!(report.restarts.len(), 1);
    assert_eq!(report.restarts[0].restart.start(), [0.4, -0.3]);
    assert_eq!(report.config.spec.goal(), Goal::Min);
    assert_eq!(session.see().next_search().restarts, 50, "the setting stays");
}

#[test]
fn a_point_of_a_wide_latent_is_moved_along_one_axis_and_searched_from_off_the_plane() {
    let mut session = session();
    train(&mut session, TrainingConfig { latent_dim: 5, ..config(3) });
    until_trained(&mut session);
    let z = vec![0.1, -0.2, 0.3, 2.0, -1.5];
    session.act(Act::SelectLatent(z.clone()));
    let picked = session.see().selected().unwrap();
    assert_eq!(picked.z(), z);
    session.act(Act::SelectLatent(vec![0.0; 2]));
    assert_eq!(session.see().selected().unwrap().z(), z, "another width is no point here");
    session.act(Act::SetSearch(restarts(50, 3)));
    session.act(Act::SearchFromSelected);
    until_searched(&mut session);
    assert_eq!(session.see().report().unwrap().restarts[0].restart.start(), z);
    // A place of the map where nothing is looked at is on the plane.
    session.act(Act::SearchFrom([0.25, 0.5]));
    until_searched(&mut session);
    let start = session.see().report().unwrap().restarts[0].restart.start().to_vec();
    let projection = session.see().shown().projection();
    assert_eq!(start, projection.lift([0.25, 0.5]));
}

#[test]
fn starts_lie_around_the_kept_point_or_the_shape_nearest_to_it() {
    let mut session = session();
    session.act(Act::SetSearch(restarts(9, 3)));
    let around = |origin, spread| Act::SetStarts(Starts { origin, spread });
    session.act(around(StartOrigin::Point, 0.2));
    for command in [Act::Search, Act::Race] {
        session.act(command);
        assert!(session.see().search().is_none() && session.see().race().is_none());
        one(&errors(&session), "click the map .. point");
        session.act(Act::Cancel);
    }
    session.act(Act::Select([0.4, -0.3]));
    let mut starts_of = |command| {
        session.act(command);
        session.act(Act::Search);
        until_searched(&mut session);
        let report = session.see().report().unwrap();
        let starts = report.restarts.iter().map(|r| r.restart.start().to_vec());
        starts.collect::<Vec<_>>()
    };
    let starts = starts_of(around(StartOrigin::Point, 0.2));
    assert_eq!((starts.len(), &starts[0]), (9, &vec![0.4, -0.3]));
    let far = |z: &[f64]| (z[0] - 0.4).hypot(z[1] + 0.3);
    assert!(starts[1..].iter().all(|z| far(z) > 0.0 && far(z) < 1.5), "{starts:?}");
    let alone = starts_of(around(StartOrigin::Point, 0.0));
    assert_eq!(alone, [vec![0.4, -0.3]], "more would be copies");
    let shape = starts_of(around(StartOrigin::Neighbour, 0.2));
    let drawn = starts_of(around(StartOrigin::Stated, 0.2));
    assert_eq!((shape.len(), drawn.len()), (9, 9));
    let model = session.see().shown().model();
    let mu = &model.encoded.mu;
    assert!(mu.iter().any(|row| row == shape[0]), "where the model sees a training shape");
    assert!(far(&shape[0]) < 0.5 && far(&drawn[0]) > 0.0);
    assert_eq!(session.see().next_search().restarts, 9, "the setting stays");
}

#[test]
fn starts_come_from_a_file_or_an_error_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("starts.csv");
    let mut session = session();
    search(&mut session, restarts(3, 5));
    until_searched(&mut session);
    let before = found(&session);
    for bad in ["1,2,3\n", "1,two\nthree,four\n", ""] {
        std::fs::write(&path, bad).unwrap();
        session.act(Act::Open(path.clone()));
        let told = errors(&session);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(path.to_str().unwrap()), "{told:?}");
        assert!(found(&session).is(&before));
        session.act(Act::Cancel);
    }
    std::fs::write(&path, "z0,z1\n0.5,0.25\n-1,0\n").unwrap();
    session.act(Act::Open(path));
    until_searched(&mut session);
    let report = session.see().report().unwrap();
    let starts: Vec<&[f64]> = report.restarts.iter().map(|r| r.restart.start()).collect();
    assert_eq!(starts, [[0.5, 0.25], [-1.0, 0.0]]);
    assert!(errors(&session).is_empty());
}
