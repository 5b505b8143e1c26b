//! Shapes of one's own: imported, learned from, drawn.

use super::*;
use crate::own_files::{write_ellipses, write_rows};
use latent_explorer::data::domain::Domain;
use latent_explorer::data::outline::import::{ImportOptions, import, import_with_values};
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::Model;
use latent_explorer::model::format::checkpoint;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::train::Pca;
use std::fmt::Write;

/// The principal axes of data, without a head.
fn axes_of(data: TrainingData) -> Model {
    let config = TrainingConfig::for_imported(&data);
    let mut pca = Pca::new(data, &config).unwrap();
    while pca.step() {}
    pca.finish().unwrap()
}

/// Takes in what jobs report until the import is over.
fn until_imported(session: &mut Program) {
    session.wait("the end of the import", |see| !see.import().is_running());
}

#[test]
fn the_window_learns_from_shapes_that_were_opened_and_goes_back_to_families() {
    let folder = tempfile::tempdir().unwrap();
    write_ellipses(folder.path(), 20);
    std::fs::write(folder.path().join("bad.dat"), "nothing\n").unwrap();
    let settings = folder.path().join("settings.json");
    let mut session = Program::open_with_settings(settings.clone());
    let usual = session.see().next_training().clone();
    session.act(Act::Open(folder.path().to_owned()));
    until_imported(&mut session);
    let import = session.see().import();
    assert_eq!((import.is_chosen(), import.kept_and_rejected()), (true, Some((20, 1))));
    let training = session.see().next_training();
    assert_eq!(
        (training.updates, training.held_out, training.early_stopping),
        (8000, 0.2, Some(2000))
    );

    // The error of a failed import stays on the screen, and so do the previous shapes.
    let (paths, options) = (vec![folder.path().join("bad.dat")], ImportOptions::default());
    session.act(Act::Import { paths, values: None, options });
    until_imported(&mut session);
    assert!(says(&session.see().import().problem().unwrap(), "bad.dat"));
    assert!(session.see().import().data().is_some());

    let quick =
        TrainingConfig { updates: 10, hidden: vec![8], ..session.see().next_training().clone() };
    session.act(Act::SetTraining(quick));
    session.act(Act::SetFullSpeed(true));
    session.act(Act::Train);
    until_trained(&mut session);
    let model = session.see().shown().model();
    assert_eq!(model.data.as_ref().unwrap().rows.len(), 20);

    // The next session knows nothing of these shapes, so it gets the settings of families.
    session.save_settings();
    let saved = std::fs::read_to_string(&settings).unwrap();
    assert!(saved.contains(&format!("\"updates\": {}", usual.updates)), "{saved}");
    session.act(Act::LearnFromOwn(false));
    assert_eq!(session.see().next_training(), usual);
}

#[test]
fn an_import_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    write_ellipses(folder.path(), 400);
    let mut session = Program::open();
    session.act(Act::Open(folder.path().to_owned()));
    session.act(Act::Cancel);
    until_imported(&mut session);
    assert!(session.see().import().data().is_none());
    assert!(session.see().import().problem().is_some(), "it says so");
    session.act(Act::Train);
    assert!(!session.see().training().is_running(), "there is nothing to learn from yet");
}

#[test]
fn a_drawn_shape_finds_its_place_and_can_be_brought_back() {
    let mut session = Program::open();
    let line = |long: f64| -> Vec<[f64; 2]> {
        (0..60)
            .map(|i| std::f64::consts::TAU * f64::from(i) / 60.0)
            .map(|t| [400.0 + 90.0 * long * t.cos(), 300.0 + 90.0 * t.sin()])
            .collect()
    };
    session.act(Act::Draw(line(1.0)));
    let circle = session.see().drawn().unwrap();
    let (difference, encoded) = circle.differences();
    assert!(difference < 0.1 && difference <= encoded + 1e-9, "{difference} {encoded}");
    let (z, at) = (circle.z().to_vec(), circle.at());
    let picked = session.see().selected().unwrap();
    assert_eq!((picked.z(), picked.nearest().unwrap().family.as_str()), (z.as_slice(), "circle"));
    // A line that is no shape leaves the one before.
    session.act(Act::Draw(vec![[0.0, 0.0], [10.0, 10.0]]));
    assert!(session.see().drawing_problem().unwrap().contains("3"));
    assert_eq!(session.see().drawn().unwrap().z(), z);
    session.act(Act::Draw(line(1.7)));
    assert_eq!(session.see().selected().unwrap().nearest().unwrap().family, "ellipse");
    session.act(Act::Undo);
    assert_eq!(session.see().drawn().unwrap().z(), z);
    session.act(Act::ClearDrawn);
    assert!(session.see().drawn().is_none());
    session.act(Act::Undo);
    session.act(Act::SearchFrom(at));
    assert!(session.see().search().unwrap().is_running());
}

#[test]
fn few_shapes_far_out_are_shown_when_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut table = String::new();
    // Ellipses of 150 proportions, and one by itself.
    for proportion in (0..150).map(|i| 1.5 + 0.004 * f64::from(i)).chain([12.0]) {
        let coordinates = (0..40).flat_map(|k| {
            let t = std::f64::consts::TAU * f64::from(k) / 40.0;
            [proportion * t.cos(), t.sin()]
        });
        let row: Vec<String> = coordinates.map(|c| c.to_string()).collect();
        writeln!(table, "{}", row.join(",")).unwrap();
    }
    std::fs::write(path("own.csv"), table).unwrap();
    let own = import(
        &[path("own.csv").into()],
        &ImportOptions::default(),
        &CancelToken::default(),
        |_| (),
    );
    let data =
        TrainingData::imported(own.unwrap().unwrap(), "own".to_owned(), &ImportOptions::default());
    checkpoint::save(&axes_of(data.unwrap()), path("own.safetensors").as_ref()).unwrap();

    let mut session = Program::open();
    let bundled = session.see().shown();
    assert!(bundled.home() == bundled.whole() && bundled.beyond().is_empty(), "as it always was");
    session.act(Act::Resize([700.0, 500.0]));
    session.act(Act::Open(path("own.safetensors").into()));
    session.wait("the model", |see| see.models() == 2);
    let model = session.see().shown();
    let beyond = model.beyond();
    assert!(!beyond.is_empty() && beyond.len() <= 4, "{beyond:?}");
    let [home, whole] = [model.home(), model.whole()].map(|bounds| bounds.size()[0]);
    assert!(home < 0.4 * whole, "{home} of {whole}");
    let in_view = |session: &Program| {
        let view = session.see().map().view();
        beyond.iter().filter(|at| view.contains(**at)).count()
    };
    let opened = session.see().map().view();
    assert!(in_view(&session) < beyond.len());
    session.act(Act::Fit);
    assert_eq!(in_view(&session), beyond.len(), "fitted again, all are there");
    session.act(Act::Fit);
    assert_eq!(session.see().map().view(), opened);
    session.act(Act::Zoom([0.0; 2], 3.0));
    session.act(Act::Fit);
    assert_eq!(session.see().map().view(), opened, "from anywhere else the home view comes first");
}

#[test]
fn the_window_says_what_it_cannot_tell_and_colours_by_it_once_a_head_has_learned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pca.safetensors");
    let [shapes, values] = write_rows(folder.path());
    let options = ImportOptions { points: 32, ..ImportOptions::default() };
    let own =
        import_with_values(&[shapes], Some(&values), &options, &CancelToken::default(), |_| ());
    let data = TrainingData::imported(own.unwrap().unwrap(), "e".to_owned(), &options);
    checkpoint::save(&axes_of(data.unwrap()), &path).unwrap();
    let mut session = Program::open();
    let stiff: Quantity = "stiffness".parse().unwrap();
    session.act(Act::Resize([600.0, 400.0]));
    session.act(Act::Open(path));
    session.wait("what follows", |see| see.quantities().contains(&stiff));
    session.act(Act::ColourBy(stiff));
    session.act(Act::Select([0.0, 0.0]));
    let value = |session: &Program| session.see().selected().unwrap().value(stiff);
    assert!(value(&session).number().is_nan() && !session.see().can_tell(stiff));
    let told = |see: See<'_>| {
        let values = see.map().values().filter(|_| see.map().drawn_quantity() == Some(stiff));
        values.map(|values| values.iter().any(|value| value.is_finite()))
    };
    session.wait("what follows", |see| told(see) == Some(false));
    let (low, high) = session.see().range();
    assert!(low > 10.0 && high < 20.0, "the colours span what was measured: {low} {high}");
    session.act(Act::Search);
    assert!(session.see().search().is_none() && hears(&session, "stiffness"), "it names the head");

    session.act(Act::TrainHeads(vec![stiff]));
    session.wait("what follows", |see| !see.is_training_heads());
    assert!(value(&session).prediction().is_some(), "it is looked at again");
    session.wait("what follows", |see| told(see) == Some(true));

    // Many predictions take their time: a job makes them.
    session.act(Act::PlayPath);
    assert!(session.see().path().is_none() && session.see().jobs().contains(&JobKind::Path));
    session.act(Act::DrawSamples);
    session.wait("the path and the new shapes", |see| see.path().and(see.samples()).is_some());
    session.act(Act::PlayPath);
    session.act(Act::EndPath);
    session.wait("the end of the job", |see| !see.jobs().contains(&JobKind::Path));
    assert!(session.see().path().is_none(), "a path that was taken away does not come back");
    session.act(Act::ColourBy(Quantity::AREA));
    session.act(Act::PlayPath);
    assert!(session.see().path().is_some(), "what geometry computes is there at once");
}

#[test]
fn shapes_with_values_are_learned_with_their_heads_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let [shapes, values] = write_rows(folder.path());
    let mut session = Program::open();
    let options = ImportOptions { points: 32, ..ImportOptions::default() };
    session.act(Act::Import { paths: vec![shapes], values: Some(values), options });
    session.wait("what follows", |see| !see.import().is_running());
    let see = session.see();
    assert_eq!(see.next_training().heads, ["stiffness".parse::<Quantity>().unwrap()]);
    assert!(see.learnable().contains(&"rare".parse().unwrap()));
    session.act(Act::LearnFromOwn(false));
    let see = session.see();
    let computed = Domain::default().quantities().into_iter().map(Quantity::as_predicted);
    assert!(see.next_training().heads.is_empty() && see.learnable().into_iter().eq(computed));
}

#[test]
fn an_objective_that_a_model_lacks_comes_back_with_the_model_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let (model, settings) = (folder.path().join("own.safetensors"), folder.path().join("s.json"));
    let [shapes, values] = write_rows(folder.path());
    let options = ImportOptions { points: 32, ..ImportOptions::default() };
    let own =
        import_with_values(&[shapes], Some(&values), &options, &CancelToken::default(), |_| ());
    let data = TrainingData::imported(own.unwrap().unwrap(), "e".to_owned(), &options);
    checkpoint::save(&axes_of(data.unwrap()), &model).unwrap();
    let stiff: Quantity = "stiffness".parse().unwrap();
    let spec = ObjectiveSpec::new(stiff, Goal::Min);

    let mut session = Program::open_with_settings(settings.clone());
    let bundled = session.see().shown().id();
    session.act(Act::Open(model.clone()));
    session.wait("the model", |see| see.quantities().contains(&stiff));
    let own = session.see().shown().id();
    session.act(Act::SetSearch(SearchConfig { spec: spec.clone(), ..SearchConfig::default() }));
    session.act(Act::ToggleRangeLock);
    let spec = session.see().next_search().spec.clone();
    assert_eq!(spec.quantity(), stiff);
    session.act(Act::ShowModel(bundled));
    assert_ne!(session.see().quantity(), stiff);
    assert!(!session.see().is_range_held() && hears(&session, "'stiffness'"));
    let with_steps = SearchConfig { steps: 77, ..session.see().next_search().clone() };
    session.act(Act::SetSearch(with_steps));
    session.act(Act::ShowModel(own));
    assert_eq!(session.see().next_search().spec, spec);
    assert_eq!(session.see().next_search().steps, 77, "the other settings are the newest");
    session.act(Act::ShowModel(bundled));
    session.save_settings();

    let mut again = Program::open_with_settings(settings);
    assert_ne!(again.see().quantity(), stiff, "it opens on the bundled model");
    again.act(Act::Open(model));
    again.wait("the model", |see| see.quantities().contains(&stiff));
    assert_eq!(again.see().next_search().spec, spec);
    // The user's own choice takes the place of what was set aside.
    again.act(Act::OpenBundled(0));
    again.act(Act::ColourBy(Quantity::AREA));
    again.act(Act::OpenBundled(1));
    assert_eq!(again.see().quantity(), Quantity::AREA);
}
