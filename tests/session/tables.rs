//! A model of a table in the program, and the planes of a latent of more than two dimensions.

use super::*;
use crate::driver::{Exportable, RowChoice};
use crate::steels::{steels, train};
use latent_explorer::data::table::{ColumnRole, TableOptions};
use latent_explorer::explore::LatentPlane;
use latent_explorer::explore::layers::heat::usual_range;
use latent_explorer::objective::Objective;
use latent_explorer::optimise::Starts as SearchStarts;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A model of 30 numbers and a category with a latent of four dimensions, trained once for all tests.
static MODEL: LazyLock<PathBuf> =
    LazyLock::new(|| train(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("steels-session"), 30, 4));

fn opened() -> Program {
    let mut session = session();
    session.act(Act::Resize([640.0, 480.0]));
    session.act(Act::Open(MODEL.clone()));
    until_files_are_done(&mut session);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    session
}

/// The quantity of this name that a head predicts, and the one that is computed.
fn named(session: &Program, name: &str) -> Quantity {
    let all = session.see().quantities();
    *all.iter().find(|quantity| quantity.name() == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn a_table_is_opened_on_what_its_head_predicts() {
    let mut session = opened();
    let see = session.see();
    assert_eq!((see.quantity().name(), see.quantity().is_predicted()), ("strength", true));
    assert_eq!(see.quantities()[0], see.quantity(), "targets stand before the columns");
    let inside = see.next_search().spec.inside;
    assert_eq!(inside, ObjectiveSpec::USUAL_INSIDE_OF_PREDICTIONS, "a prediction is sought");
    assert_eq!(see.quantities().len(), 33, "a target, two levels and 30 numbers");
    session.act(Act::ToggleLayer(MapLayer::Heat));
    session.wait("the map", |see| see.is_settled());
    // 24 bars of four corners, and the four ends of the zero line.
    let drawn = session.see().map().outlines().unwrap();
    assert!(drawn.iter().all(|glyph| glyph.len() == 2 * (4 * 24 + 4)));

    session.act(Act::ColourBy(named(&session, "d7")));
    session.wait("the heat of a column", |see| see.is_settled());
    let (low, high) = session.see().range();
    assert!(low > 69.5 && high < 71.6 && low < high, "{low} to {high}: d7 lies at 70 to 71.1");
    // All columns are decoded together; each alone has the same range.
    let shown = session.see().shown();
    let alone = Objective::for_quantity(shown.model(), named(&session, "d7"));
    let alone = usual_range(&alone, shown.projection()).unwrap().unwrap();
    assert!((alone.0 - low).abs() < 1e-4 && (alone.1 - high).abs() < 1e-4, "{alone:?}");
}

#[test]
fn a_row_is_shown_in_its_units_beside_its_reconstruction() {
    let mut session = opened();
    session.act(Act::SelectNamed("name:S17".parse().unwrap()));
    let picked = session.see().selected().unwrap();
    let shown = picked.reconstruction().unwrap();
    let line = steels(30).lines().nth(18).unwrap().to_owned();
    let cells: Vec<&str> = line.split(',').collect();
    let model = session.see().shown().model();
    let schema = model.domain().table().unwrap();
    let described = schema.describe(&shown.original);
    assert_eq!(described[0].value, cells[2]);
    for ((cell, own), column) in described.iter().zip(&cells[2..]).zip(&schema.columns).skip(1) {
        assert_eq!(cell.unit.map(|unit| &unit[..4]), Some("unit"));
        let Ok(own) = own.parse::<f64>() else {
            assert_eq!(cell.value, "\u{2013}");
            continue;
        };
        let (low, high) = column.range();
        let shown: f64 = cell.value.parse().unwrap();
        assert!((shown - own).abs() <= (high - low) / 2000.0, "{}: {shown}, not {own}", cell.name);
    }
    // By hand: differences in standard deviations, those of blanks left out.
    let scaling = &model.card.scaling;
    let errors: Vec<f64> = (0..32)
        .filter(|&k| !shown.original[k].is_nan())
        .map(|k| f64::from((shown.original[k] - shown.rebuilt[k]) / scaling.scale[k]))
        .collect();
    assert!(scaling.logarithmic().is_empty() && errors.len() == 31, "one cell is blank");
    let rms = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
    assert!((shown.error - rms).abs() < 1e-3 * rms, "{} {rms}", shown.error);
    let value = picked.value(session.see().quantity());
    let predicted = value.prediction().expect("with its interval");
    assert!(predicted.low < predicted.value && predicted.value < predicted.high);
    assert!(picked.nearest().is_some_and(|near| near.title.to_string().starts_with('S')));
}

#[test]
fn fog_thickens_where_a_prediction_is_uncertain() {
    let mut session = opened();
    session.act(Act::ToggleLayer(MapLayer::Trust));
    let whole = |see: See<'_>| see.map().fog().filter(|fog| fog.has_uncertainty);
    session.wait("both fogs", |see| whole(see).is_some() && see.is_settled());
    let (fog, shown) = (whole(session.see()).unwrap(), session.see().shown());
    let (model, strength) = (shown.model(), named(&session, "strength"));
    // By hand: half of the central nine tenths of the strengths in the file.
    let cell = |line: &str| line.split(',').nth(1).unwrap().parse::<f64>().unwrap();
    let mut strengths: Vec<f64> = steels(30).lines().skip(1).map(cell).collect();
    strengths.sort_by(f64::total_cmp);
    let at = |rank: f64| {
        let (low, high) = (strengths[rank as usize], strengths[rank as usize + 1]);
        low + rank.fract() * (high - low)
    };
    let of_data = 0.5 * (at(0.95 * 119.0) - at(0.05 * 119.0));
    let head = model.head(strength).unwrap();
    let judge = head.card.output(strength).unwrap().into_owned().judge.unwrap();
    let usual = judge.half_width.unwrap();
    assert!(1.1 * usual < of_data, "the head knows something: {usual} of {of_data}");

    let [columns, rows] = fog.size;
    let centre =
        |i: usize| fog.bounds.cell_centre(i % columns, rows - 1 - i / columns, columns, rows);
    let z = shown.projection().lift_all((0..columns * rows).map(centre));
    let predictions = model.predictions(strength, &z).unwrap().unwrap();
    let mut uncertain = 0;
    for ((prediction, multiple), &cover) in
        predictions.iter().zip(model.density().multiples(&z, 1.5)).zip(fog.cover.iter())
    {
        let opacity = |share: f64| 191.25 * share * share * (3.0 - 2.0 * share);
        let distance = ((multiple - 1.0) / 0.5).clamp(0.0, 1.0);
        let share = ((prediction.half_width() - usual) / (of_data - usual)).clamp(0.0, 1.0);
        let expected = opacity(distance).max(opacity(share));
        assert!((f64::from(cover) - expected).abs() < 0.6, "{cover} {expected}");
        uncertain += usize::from(opacity(share) > opacity(distance) + 1.0);
    }
    assert!(uncertain > 20, "{uncertain} cells are among the data and uncertain");
    // Computed quantities have no interval.
    session.act(Act::ColourBy(named(&session, "d7")));
    session.wait("the other fog", |see| {
        see.map().drawn_quantity().is_some_and(|quantity| quantity.name() == "d7")
            && see.map().fog().is_some_and(|fog| !fog.has_uncertainty)
    });
}

#[test]
fn a_search_ends_in_a_row_that_can_leave() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = opened();
    session.act(Act::Turn(Page::Optimise));
    let strength = session.see().quantity();
    let config = SearchConfig { spec: ObjectiveSpec::new(strength, Goal::Max), ..restarts(6, 40) };
    search(&mut session, config);
    until_searched(&mut session);
    let found = found(&session);
    let best = found.report().best.unwrap();
    let decoded = &found.report().restarts[best].decoded;
    assert_eq!(decoded.len(), 32);
    session.act(Act::SelectRestart(Some(best)));
    session.act(Act::Pin([0.1, 0.2]));
    let export = |what, name: &str| Act::Export {
        what,
        path: folder.path().join(name),
        pixels: [120, 100],
        dark: false,
    };
    for (what, name) in [
        (Exportable::Map, "map.svg"),
        (Exportable::Answer, "answer.csv"),
        (Exportable::Answer, "answer.json"),
        (Exportable::Pins, "pins.csv"),
        (Exportable::Data, "data.csv"),
        (Exportable::Report, "report.html"),
    ] {
        session.act(export(what, name));
        session.wait("the end of the export", |see| !see.is_exporting());
        assert_eq!(errors(&session), [""; 0], "{name}");
    }
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let answer = read("answer.csv");
    let (head, row) = answer.trim_end().split_once('\n').unwrap();
    assert!(head.starts_with("id,lattice,lattice_probability,d0 [unit0],d1 [unit1]"), "{head}");
    let d0: f32 = row.split(',').nth(3).unwrap().parse().unwrap();
    assert_eq!(d0, decoded[2], "in full precision");
    // The data leave as they came, but for the rounding of single precision.
    let data = read("data.csv");
    assert_eq!(data.lines().count(), 121);
    let own: f32 = steels(30).lines().nth(5).unwrap().split(',').nth(8).unwrap().parse().unwrap();
    let line = data.lines().nth(5).unwrap();
    assert_eq!(line.split(',').next(), Some("S4"));
    assert_eq!(line.split(',').nth(8).unwrap().parse::<f32>().unwrap(), own);

    session.act(export(Exportable::Answer, "answer.dxf"));
    session.wait("a refusal", |see| see.export_problem().is_some());
    let problem = session.see().export_problem().unwrap();
    assert!(says(&problem, ".csv, .xlsx, .json"), "{problem}");
    session.act(Act::ExportCandidates(path("candidates.csv"), 3));
    session.wait("the candidates", |_| path("candidates.csv").exists());
    assert!(read("candidates.csv").starts_with("id,lattice,"));
}

#[test]
fn what_makes_no_sense_for_a_table_is_refused_in_a_sentence() {
    let mut session = opened();
    session.act(Act::Draw(vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]));
    assert!(session.see().drawn().is_none());
    assert!(hears(&session, "This is for outlines"), "{:?}", sentences(&session));
}

#[test]
fn a_table_is_read_its_roles_are_given_and_a_model_learns_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("steels.csv");
    std::fs::write(&path, steels(4)).unwrap();
    let until_read = |session: &mut Program| {
        session.wait("the end of reading", |see| !see.import().is_running());
    };
    let mut session = session();
    session.act(Act::Open(path.clone()));
    until_read(&mut session);
    let import = session.see().import();
    let role = |session: &Program, name: &str| {
        let columns = &session.see().import().table().unwrap().columns;
        columns.iter().find(|column| column.name == name).unwrap().role
    };
    assert!(import.is_chosen() && import.kept_and_rejected().is_none());
    assert_eq!(import.data().unwrap().set.rows.len(), 120);
    assert_eq!(role(&session, "name"), ColumnRole::Name);
    assert_eq!(role(&session, "strength"), ColumnRole::Descriptor, "nothing says it is a target");
    assert!(session.see().next_training().heads.is_empty());

    let roles = TableOptions { targets: vec!["strength".to_owned()], ..TableOptions::default() };
    session.act(Act::ImportTable(path.clone(), roles.clone()));
    until_read(&mut session);
    assert_eq!(role(&session, "strength"), ColumnRole::Target);
    let asked = session.see().next_training().clone();
    assert_eq!(asked.heads, ["strength".parse::<Quantity>().unwrap().as_predicted()]);

    // What is refused leaves the rows that are there.
    let absent = TableOptions { targets: vec!["strenght".to_owned()], ..roles };
    session.act(Act::ImportTable(path, absent));
    until_read(&mut session);
    let problem = session.see().import().problem().unwrap();
    assert!(says(&problem, "no column 'strenght' .. strength"), "{problem}");
    assert_eq!(session.see().import().data().unwrap().set.measured.len(), 1);

    session.act(Act::SetTraining(TrainingConfig { updates: 20, hidden: vec![8], ..asked }));
    session.act(Act::SetFullSpeed(true));
    session.act(Act::Train);
    until_trained(&mut session);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    let model = session.see().shown().model();
    let schema = model.domain().table().unwrap();
    assert_eq!((schema.columns.len(), model.heads().len()), (5, 1));
    let id = shown(&session).0;
    session.act(Act::Save(id, folder.path().join("m.safetensors")));
    until_files_are_done(&mut session);

    // It goes on from its file.
    let mut another = Program::open();
    another.act(Act::Open(folder.path().join("m.safetensors")));
    until_files_are_done(&mut another);
    another.act(Act::SetFullSpeed(true));
    another.act(Act::ResumeTraining);
    until_trained(&mut another);
    assert!(errors(&another).is_empty(), "{:?}", errors(&another));
    assert_ne!(another.see().shown().weights(), session.see().shown().weights());
}

#[test]
fn rows_are_chosen_and_exported_searched_from_and_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("steels.csv");
    std::fs::write(&path, steels(4)).unwrap();
    let mut session = session();
    let roles = TableOptions { targets: vec!["strength".to_owned()], ..TableOptions::default() };
    session.act(Act::ImportTable(path, roles));
    session.wait("the end of reading", |see| !see.import().is_running());
    let usual = session.see().next_training().clone();
    session.act(Act::SetTraining(TrainingConfig { updates: 30, hidden: vec![8], ..usual }));
    session.act(Act::SetFullSpeed(true));
    session.act(Act::Train);
    until_trained(&mut session);

    // All points lie within a large enough line; with half of it, those on its side.
    let places = |session: &Program| {
        let shown = session.see().shown();
        shown.projection().project_all(&shown.model().encoded.mu)
    };
    let all = places(&session);
    let mut across: Vec<f64> = all.iter().map(|at| at[0]).collect();
    across.sort_by(f64::total_cmp);
    let middle = 0.5 * (across[59] + across[60]);
    let line = vec![[-9.0, -9.0], [middle, -9.0], [middle, 9.0], [-9.0, 9.0]];
    session.act(Act::ChooseRows(RowChoice::Within(line, false)));
    let left: Vec<u32> = (0..120).filter(|&row| all[row as usize][0] < middle).collect();
    assert_eq!(session.see().chosen_rows(), left);
    assert_eq!(session.see().chosen_marks().len(), 60, "all of them are marked on the map");
    session.act(Act::ChooseRows(RowChoice::Toggle(left[0])));
    assert_eq!(session.see().chosen_rows(), left[1..]);
    session.act(Act::ChooseRows(RowChoice::These(vec![7, 3, 7, 90])));
    assert_eq!(session.see().chosen_rows(), [3, 7, 90]);

    let file = folder.path().join("rows.csv");
    let (what, path) = (Exportable::Rows, file.clone());
    session.act(Act::Export { what, path, pixels: [120, 100], dark: false });
    session.wait("the end of the export", |see| !see.is_exporting());
    let written = std::fs::read_to_string(&file).unwrap();
    let names: Vec<&str> = written.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(names, ["id", "S3", "S7", "S90"]);
    assert!(written.starts_with("id,strength [MPa],lattice,d0 [unit0],"), "{written}");
    let own = steels(4).lines().nth(8).unwrap().to_owned();
    let strength = |line: &str| line.split(',').nth(1).unwrap().parse::<f32>().unwrap();
    assert_eq!(strength(written.lines().nth(2).unwrap()), strength(&own));

    session.act(Act::SetStarts(Starts { origin: StartOrigin::Chosen, spread: 0.0 }));
    let asked = session.see().search_to_begin();
    let mu = &session.see().shown().model().encoded.mu;
    let points = [3, 7, 90].map(|row: usize| mu.row(row).to_vec()).to_vec();
    assert_eq!(asked.starts, SearchStarts::Around { points, spread: 0.0 });
    assert_eq!(asked.restarts, 3);

    session.act(Act::ChooseRows(RowChoice::These(left.clone())));
    session.act(Act::TrainOnChosen);
    session.wait("the chosen rows", |see| !see.import().is_running());
    let ids = session.see().import().data().unwrap().set.ids.clone();
    assert_eq!(ids, left.iter().map(|row| format!("S{row}")).collect::<Vec<_>>());
    // A choice among these is one among the rows of the file.
    session.act(Act::Train);
    until_trained(&mut session);
    assert!(session.see().chosen_rows().is_empty(), "the model has other data");
    session.act(Act::ChooseRows(RowChoice::These((10..40).collect())));
    session.act(Act::TrainOnChosen);
    session.wait("the chosen rows", |see| !see.import().is_running());
    let data = session.see().import().data().unwrap().set.clone();
    assert_eq!(data.ids, left[10..40].iter().map(|row| format!("S{row}")).collect::<Vec<_>>());
    assert_eq!(data.rows.len(), 30);
    session.act(Act::Cancel);
    session.act(Act::Cancel);
    assert!(session.see().chosen_rows().is_empty(), "Escape chooses none");
}

#[test]
fn a_plane_is_looked_at_and_never_undone() {
    let mut session = opened();
    let projection = |session: &Program| session.see().shown().projection().clone();
    let pca = projection(&session);
    session.act(Act::Pin([0.2, 0.1]));
    session.act(Act::SelectNamed("row:9".parse().unwrap()));
    let picked = session.see().selected().unwrap();
    search(&mut session, restarts(3, 20));
    until_searched(&mut session);
    let star = session.see().search().unwrap().head(0).unwrap();

    session.act(Act::SetPlane(LatentPlane::Axes([3, 1])));
    let axes = projection(&session);
    assert_ne!(axes, pca);
    let now = session.see().selected().unwrap();
    assert_eq!((now.z(), now.at()), (picked.z(), [picked.z()[3], picked.z()[1]]));
    assert_eq!(session.see().pins()[0].at(), axes.project(session.see().pins()[0].z()));
    session.wait("the map of the plane", |see| see.is_settled());
    // The trajectories lie on the plane that is shown.
    let z = session.see().report().unwrap().restarts[0].restart.last().0.to_vec();
    let shown = session.see().trajectory_end(0).unwrap();
    assert!((shown[0] - z[3]).abs() < 1e-9 && (shown[1] - z[1]).abs() < 1e-9, "{shown:?}");
    assert_ne!(shown, star);

    session.act(Act::Undo);
    assert_eq!(projection(&session), axes, "undo takes the search back, not the view");
    let points: LatentPlane = "points:row:1,name:S5,row:9".parse().unwrap();
    session.act(Act::SetPlane(points));
    let through = projection(&session);
    assert!(through.distance(picked.z()) < 1e-9, "row 9 lies on its plane");
    assert!(axes.distance(picked.z()) > 1e-3 && through.explained() < 1.0);
    session.act(Act::SetPlane("points:row:1,row:1,row:9".parse().unwrap()));
    one(&errors(&session), "lie on one line");
    assert_eq!(projection(&session), pca, "back on PCA");
}
