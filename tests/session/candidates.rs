//! Candidates of a search, and what a lab measured of them.

use super::*;

#[test]
fn candidates_go_out_and_measured_values_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = session();
    let spec = ObjectiveSpec { inside: ObjectiveSpec::USUAL_INSIDE, ..ObjectiveSpec::default() };
    search(&mut session, SearchConfig { spec, ..restarts(40, 150) });
    until_searched(&mut session);
    let found = found(&session);
    let count = found.candidates().len();
    assert!(count > 1, "roundness has several hills that can be believed");

    session.act(Act::ExportCandidates(path("c.csv"), 1));
    until_files_are_done(&mut session);
    assert!(hears(&session, "c.csv"));
    let table = std::fs::read_to_string(path("c.csv")).unwrap();
    assert_eq!(table.lines().count(), 2);
    let [first, second] = [0, 1].map(|place| found.candidates()[place].id.clone());
    assert_eq!(first, format!("c1-{}", found.report().run));
    assert!(table.starts_with("id,x0,y0,") && table.contains(&format!("\n{first},")));

    // Unreadable lines are reported by their numbers; the others count.
    let text = format!("id,value [%]\n{first},0.97\nc99,1\n{first},3\n{second},tall\n{second}\n");
    std::fs::write(path("m.csv"), text).unwrap();
    session.act(Act::ReadLabResults(path("m.csv")));
    assert_eq!(under_way(&session).lab().results_of(&first).next().unwrap().value, 0.97);
    assert_eq!(under_way(&session).lab().len(), 1);
    let told = errors(&session);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with(path("m.csv").to_str().unwrap()), "{told:?}");
    assert!(says(&told[0], "line 3 .. 'c99'"), "{told:?}");
    assert!(hears(&session, "1 measured value .. 1 more line"), "{:?}", sentences(&session));
    session.act(Act::Cancel);

    // Later tables add to it, and an empty one takes nothing away.
    std::fs::write(path("m.csv"), format!("id,roundness\n{second},0.5\n")).unwrap();
    session.act(Act::ReadLabResults(path("m.csv")));
    for (name, text) in [("empty.csv", Some("")), ("missing.csv", None)] {
        if let Some(text) = text {
            std::fs::write(path(name), text).unwrap();
        }
        session.act(Act::ReadLabResults(path(name)));
        assert!(errors(&session)[0].contains(name), "{:?}", errors(&session));
        session.act(Act::Cancel);
    }
    assert_eq!(under_way(&session).lab().len(), 2);
    session.act(Act::ClearSearch);
    session.act(Act::Undo);
    assert_eq!(under_way(&session).lab().len(), 2, "they belong to their climb");

    session.act(Act::ExportCandidates(path("c.json"), 9));
    until_files_are_done(&mut session);
    let text = std::fs::read_to_string(path("c.json")).unwrap();
    assert!(text.contains("\"value\": 0.97") && text.contains("\"unit\": \"%\""), "{text}");
    session.act(Act::ExportCandidates(path("no/c.csv"), 9));
    until_files_are_done(&mut session);
    assert!(errors(&session)[0].contains("no/c.csv"), "{:?}", errors(&session));
}
