//! People's own outlines from end to end: files in, a table or a model out, and what a model keeps of them.

use crate::command_line::{fail, refusal, run, succeed, told};
use crate::own_files::write_ellipses;
use crate::says::says;
use crate::trained;
use latent_explorer::data::outline::canonical::form_distance;
use latent_explorer::data::outline::import::{Import, ImportOptions, import, import_with_values};
use latent_explorer::data::source::{Source, TrainingData};
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::cancel_token::CancelToken;
use std::fmt::Write;
use std::path::Path;

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

#[test]
fn a_folder_becomes_a_model_that_keeps_its_outlines() {
    let folder = tempfile::tempdir().unwrap();
    let shapes = folder.path().join("shapes");
    std::fs::create_dir(&shapes).unwrap();
    write_ellipses(&shapes, 30);
    std::fs::write(shapes.join("open.csv"), "0,0\n1,0\n2,1\n3,3\n4,6\n5,10\n").unwrap();
    std::fs::write(folder.path().join("v.csv"), "name,drag [N]\ne000,1\ne001,2.5\nnobody,3\n")
        .unwrap();
    let model_path = path(folder.path(), "m.safetensors");
    let said = told(&run(&[
        "train",
        "--data",
        shapes.to_str().unwrap(),
        "--values",
        &path(folder.path(), "v.csv"),
        "--updates",
        "20",
        "--hidden",
        "16",
        "--points",
        "32",
        "--out",
        &model_path,
    ]));
    assert!(says(&said, "30 outlines .. open.csv"), "{said}");
    assert!(says(&said, "drag: 2 of 30 .. nobody"), "{said}");

    // The data may be gone.
    let again = import(
        std::slice::from_ref(&shapes),
        &ImportOptions { points: 32, ..ImportOptions::default() },
        &CancelToken::default(),
        |_| (),
    );
    let again = again.unwrap().unwrap();
    std::fs::remove_dir_all(&shapes).unwrap();
    let model = checkpoint::load(Path::new(&model_path)).unwrap();
    let Some(Source::Imported(source)) = &model.card.source else {
        panic!("{:?}", model.card.source)
    };
    assert_eq!((source.name.as_str(), source.count, source.points), ("shapes", 30, 32));
    assert_eq!(
        (model.card.training().unwrap().held_out, model.encoded.names.as_slice()),
        (0.2, &["shapes".to_owned()][..])
    );
    for row in 0..model.encoded.mu.len() {
        assert_eq!(
            model.training_row(row),
            again.set.rows.row(model.encoded.samples[row] as usize)
        );
    }
    let set = model.training_data().unwrap().set;
    assert_eq!((&set.ids, &set.transforms), (&again.set.ids, &again.set.transforms));
    let restored = set.transforms[3].restore(set.rows.row(3));
    let middle = restored.iter().step_by(2).sum::<f64>() / 32.0;
    assert!((middle - 40.0).abs() < 1.0, "{middle}");
    assert_eq!((set.measured[0].name.as_str(), set.measured[0].unit.as_str()), ("drag", "N"));
    assert!(set.measured[0].values[1] == 2.5 && set.measured[0].values[2].is_nan());

    let text = succeed(&["info", &model_path]);
    assert!(text.contains("shapes"), "{text}");
    // The model can be trained further without the files.
    let longer = path(folder.path(), "longer.safetensors");
    succeed(&["train", "--resume", &model_path, "--updates", "5", "--out", &longer]);
}

#[test]
fn a_table_that_was_written_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let table = path(folder.path(), "nine.csv");
    succeed(&["data", "--out", &table, "--samples", "90", "--points", "48"]);
    let again = path(folder.path(), "again.csv");
    let rejects = path(folder.path(), "rejects.csv");
    let read_again = ["data", &table, "--out", &again, "--points", "48", "--rejects", &rejects];
    let said = told(&run(&read_again));
    assert!(says(&said, "90 outlines .. circle 10"), "{said}");
    assert_eq!(std::fs::read_to_string(&rejects).unwrap(), "file,place,reason\n");
    let read = |path: &str| {
        let options = ImportOptions { points: 48, ..ImportOptions::default() };
        import(&[path.into()], &options, &CancelToken::default(), |_| ()).unwrap().unwrap().set
    };
    let (first, second) = (read(&table), read(&again));
    assert_eq!((&first.labels, &first.names), (&second.labels, &second.names));
    for (a, b) in first.rows.iter().zip(second.rows.iter()) {
        assert!(form_distance(a, b) < 1e-4);
    }
}

#[test]
fn a_model_keeps_the_spacing_of_its_outlines() {
    use latent_explorer::data::outline::import::repair::{Ends, RawCurve};
    use latent_explorer::data::outline::spacing::Spacing;
    let folder = tempfile::tempdir().unwrap();
    // Slender ellipses of 400 points, whose ends are cut by 60 points at equal distances.
    let slender = |index: usize| -> Vec<[f64; 2]> {
        let thick = 0.1 + 0.01 * index as f64;
        let at = (0..400).map(|i| std::f64::consts::TAU * f64::from(i) / 400.0);
        at.map(|t| [t.cos(), thick * t.sin()]).collect()
    };
    let shapes = folder.path().join("shapes");
    std::fs::create_dir(&shapes).unwrap();
    for index in 0..12 {
        let text: String = slender(index).iter().map(|[x, y]| format!("{x},{y}\n")).collect();
        std::fs::write(shapes.join(format!("e{index}.csv")), text).unwrap();
    }
    let read = |spacing| {
        let options = ImportOptions { points: 60, spacing, ..ImportOptions::default() };
        let never = CancelToken::default();
        let imported = import(std::slice::from_ref(&shapes), &options, &never, |_| ()).unwrap();
        TrainingData::imported(imported.unwrap(), "shapes".to_owned(), &options).unwrap()
    };
    let lost = |data: &TrainingData| {
        let set = &data.set;
        let area = set.transforms[0].scale.powi(2)
            * latent_explorer::data::outline::geometry::area(set.rows.row(0));
        1.0 - area / (0.1 * std::f64::consts::PI)
    };
    let (even, closer) = (read(Spacing::Arc), read(Spacing::Curvature));
    assert!(lost(&closer) < 0.6 * lost(&even), "{} {}", lost(&closer), lost(&even));

    let config =
        TrainingConfig { updates: 5, hidden: vec![8], ..TrainingConfig::for_imported(&closer) };
    let model = trained(closer.clone(), config);
    let model = checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap();
    let source = model.card.source.as_ref().unwrap();
    let again = source.conform(RawCurve { points: slender(3), ends: Ends::Joined }).unwrap();
    let place = closer.set.ids.iter().position(|id| id == "e3").unwrap();
    assert_eq!(again.0, closer.set.rows.row(place));
    // An outline that is in this form already stays as it is.
    let own = |row: &[f32]| row.chunks(2).map(|p| [f64::from(p[0]), f64::from(p[1])]).collect();
    let curve = RawCurve { points: own(&again.0), ends: Ends::Joined };
    assert_eq!(source.conform(curve).unwrap().0, again.0);
}

/// Ellipses as a table such as pandas writes: an index, x0, y0, .., and `drag`.
fn write_table_of_ellipses(path: &Path, count: usize) {
    let names: Vec<String> = (0..40).map(|i| format!("x{i},y{i}")).collect();
    let mut text = format!(",{},drag\n", names.join(","));
    for index in 0..count {
        let long = 1.0 + index as f64 / count as f64;
        let points = (0..40).map(|i| std::f64::consts::TAU * f64::from(i) / 40.0);
        let points: Vec<String> =
            points.map(|t| format!("{},{}", long * t.cos(), t.sin())).collect();
        writeln!(text, "{index},{},{}", points.join(","), 0.5 + index as f64).unwrap();
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn an_index_and_a_drag_are_no_coordinates_and_the_drag_is_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let [table, values, out, rejects] =
        ["t.csv", "v.csv", "d.csv", "r.csv"].map(|name| path(folder.path(), name));
    write_table_of_ellipses(Path::new(&table), 12);
    let text =
        told(&run(&["data", &table, "--out", &out, "--rejects", &rejects, "--points", "40"]));
    assert!(text.contains("12 outlines"), "{text}");
    assert!(says(&text, "2 columns .. 'drag'"), "{text}");
    assert!(std::fs::read_to_string(&rejects).unwrap().contains("2 columns"));
    let read = |path: &str| {
        let options = ImportOptions { points: 40, ..ImportOptions::default() };
        import(&[path.into()], &options, &CancelToken::default(), |_| ()).unwrap().unwrap()
    };
    let written = read(&out);
    assert_eq!((written.set.rows.len(), written.aside.count()), (12, 0));
    for (index, (row, transform)) in
        written.set.rows.iter().zip(&written.set.transforms).enumerate()
    {
        let area = transform.scale.powi(2) * latent_explorer::data::outline::geometry::area(row);
        let expected = std::f64::consts::PI * (1.0 + index as f64 / 12.0);
        assert!((area / expected - 1.0).abs() < 0.01, "{area} {expected}");
    }
    // The place counts from 1, and the index from 0 is no place.
    let refused = fail(&["data", &table, "--values", &table, "--out", &out]);
    assert!(refused.contains("may count from 0"), "{refused}");
    // A table written with its values is read as shapes and as values.
    std::fs::write(&values, ",drag [N],shape\n0,7.5,2\n1,8.5,3\n").unwrap();
    succeed(&["data", &table, "--values", &values, "--out", &out]);
    let again = path(folder.path(), "again.csv");
    let text = told(&run(&["data", &out, "--values", &out, "--out", &again]));
    assert!(says(&text, "drag: 2 of 12 shapes"), "{text}");
    let [first, second] = [&out, &again].map(|path| std::fs::read_to_string(path).unwrap());
    let column = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.rsplit(',').next().unwrap().to_owned()).collect()
    };
    assert_eq!(column(&first)[..4], ["drag [N]", "", "7.5", "8.5"]);
    assert_eq!(column(&first), column(&second));
}

#[test]
fn why_no_head_learns_a_value_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let [table, values, out] =
        ["t.csv", "v.csv", "m.safetensors"].map(|name| path(folder.path(), name));
    write_table_of_ellipses(Path::new(&table), 40);
    let rows = |count: usize| -> String { (1..=count).map(|i| format!("{i},{i}\n")).collect() };
    let train = |count: usize, more: &[&str]| {
        std::fs::write(&values, format!("place,drag\n{}", rows(count))).unwrap();
        let line =
            ["train", "--data", &table, "--values", &values, "--updates", "3", "--out", &out];
        told(&run(&[line.as_slice(), &["--hidden", "4"], more].concat()))
    };
    let few = train(12, &[]);
    assert!(few.contains("no head learns drag: 12 shapes have a value"), "{few}");
    assert!(few.contains("--heads drag"), "{few}");
    for said in [train(40, &[]), train(29, &["--heads", "drag"])] {
        assert!(said.contains("wrote") && !said.contains("no head learns"), "{said}");
    }
}

#[test]
fn no_file_is_written_that_is_read_or_that_nobody_named() {
    let folder = tempfile::tempdir().unwrap();
    let shapes = folder.path().join("shapes");
    std::fs::create_dir(&shapes).unwrap();
    write_ellipses(&shapes, 12);
    let values = path(folder.path(), "d-values.csv");
    std::fs::write(&values, "name,drag [N]\ne000,1\ne001,2.5\n").unwrap();
    let whole = |path: &str| std::fs::read_to_string(path).unwrap();
    let before = [whole(&values), whole(&path(&shapes, "e003.csv"))];
    let shapes_path = shapes.display().to_string();
    let out = path(folder.path(), "d.csv");
    succeed(&["data", &shapes_path, "--values", &values, "--out", &out]);
    let mut there: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    there.sort();
    assert_eq!(there, ["d-values.csv", "d.csv", "shapes"]);
    let drawing = path(folder.path(), "d.svg");
    let text = told(&run(&["data", &shapes_path, "--values", &values, "--out", &drawing]));
    assert!(text.contains("without their target values"), "{text}");

    // A wrong output path is reported before any work, since the training would take long.
    let [inside, model, taken] = [
        path(&shapes, "e003.csv"),
        path(folder.path(), "m.safetensors"),
        path(&shapes, "e004.csv"),
    ];
    let train = ["train", "--data", &shapes_path, "--out", &model, "--epochs", "1000000"];
    let to = |more: &[&str]| run(&[&train[..], more].concat());
    for (output, part) in [
        (run(&["data", &shapes_path, "--out", &inside]), "is read by this command"),
        (
            run(&["data", &shapes_path, "--out", &out, "--rejects", &inside]),
            "e003.csv: is read .. another file",
        ),
        (
            run(&["data", &shapes_path, "--values", &values, "--out", &values]),
            "d-values.csv: is read .. another file",
        ),
        (to(&["--data-out", &inside]), "is read by this command"),
        (to(&["--history", &inside]), "is read by this command"),
        (
            to(&["--data-out", &path(folder.path(), "d.dat")]),
            "holds one outline and there are several",
        ),
        (to(&["--snapshots", &taken]), "is not a folder"),
        (
            to(&["--values", &values, "--snapshots", folder.path().to_str().unwrap()]),
            "holds a file",
        ),
    ] {
        let message = refusal(output);
        assert!(says(&message, part), "{part}: {message}");
    }
    assert_eq!([whole(&values), whole(&inside)], before);
    assert!(!Path::new(&model).exists());
}

#[test]
fn both_verbs_write_the_same_table() {
    let folder = tempfile::tempdir().unwrap();
    let shapes = folder.path().join("shapes");
    std::fs::create_dir(&shapes).unwrap();
    write_ellipses(&shapes, 12);
    std::fs::write(folder.path().join("v.csv"), "name,drag [N]\ne000,1\ne001,2.5\n").unwrap();
    let [values, by_data, by_training, by_axes, model] =
        ["v.csv", "a.csv", "b.csv", "c.csv", "m.safetensors"].map(|name| path(folder.path(), name));
    let own = ["--values", &values, "--points", "32"];
    let shapes = shapes.display().to_string();
    let train = ["train", "--data", &shapes, "--out", &model];
    let learn = ["--updates", "3", "--hidden", "8", "--data-out", &by_training];
    for words in [
        [&["data", &shapes, "--out", &by_data][..], &own].concat(),
        [&train[..], &own, &learn].concat(),
        [&train[..], &own, &["--pca", "--latent-dim", "2", "--data-out", &by_axes]].concat(),
    ] {
        succeed(&words);
    }
    let whole = |path: &str| std::fs::read_to_string(path).unwrap();
    assert!(whole(&by_data).starts_with("id,label,x0,y0,x1,y1,"));
    assert_eq!((whole(&by_training), whole(&by_axes)), (whole(&by_data), whole(&by_data)));
}

#[test]
fn what_was_left_aside_is_said_with_its_count() {
    let folder = tempfile::tempdir().unwrap();
    let picture = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'>\
        <g opacity='0'><rect width='30' height='30'/><rect width='9' height='30'/></g>\
        <path id='hull' d='M20,60 c10,25,50,25,60,0 z'/></svg>";
    for name in ["a.svg", "b.svg"] {
        std::fs::write(folder.path().join(name), picture).unwrap();
    }
    write_table_of_ellipses(&folder.path().join("t.csv"), 10);
    let out = tempfile::tempdir().unwrap();
    let (from, to) = (path(folder.path(), ""), path(out.path(), "o.csv"));
    let text = told(&run(&["data", &from, "--out", &to]));
    assert!(text.contains("12 outlines"), "{text}");
    assert!(says(&text, "2 files .. 2 paths"), "{text}");
    assert!(says(&text, "2 columns .. 'drag'"), "{text}");
}

#[test]
fn misuse_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    write_ellipses(folder.path(), 3);
    let out = path(folder.path(), "out");
    let shapes = folder.path().to_str().unwrap();
    for (arguments, part) in [
        (vec!["train", "--out", &out, "--data", "nowhere"], "nowhere"),
        (vec!["train", "--out", &out, "--data", shapes, "--samples", "90"], "cannot be used with"),
        (vec!["train", "--out", &out, "--values", "v.csv"], "values: "),
        (vec!["data", "--out", &out, "--label-from", "file"], "label-from: "),
        (vec!["data", "--out", &out, "--spacing", "curvature"], "spacing: "),
        (vec!["data", shapes, "--out", &out, "--normalise", "none,scale"], "normalise: "),
        (vec!["data", shapes, "--out", &out, "--points", "3"], "points: .. 16 .. 1000"),
        (vec!["data", shapes, "--out", &out, "--values", "nowhere.csv"], "nowhere.csv"),
    ] {
        let message = fail(&arguments);
        assert!(says(&message, part), "{part} in {message}");
    }
    // The count of an import is told before its outlines turn out to be too few.
    let output = run(&["train", "--out", &out, "--data", shapes]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 2), "{said}");
    assert!(says(&said, "kept 3 outlines .. too few .. at least 10"), "{said}");
}

#[test]
fn sizes_may_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    write_ellipses(folder.path(), 20);
    let mut options = ImportOptions { points: 32, ..ImportOptions::default() };
    options.normalise.scale = false;
    let imported = import(&[folder.path().to_owned()], &options, &CancelToken::default(), |_| ())
        .unwrap()
        .unwrap();
    let data = TrainingData::imported(imported, "e".to_owned(), &options).unwrap();
    let largest = data.set.rows.as_flat().iter().fold(0f32, |m, v| m.max(v.abs()));
    assert!(largest > 15.0, "{largest}");
    let config =
        TrainingConfig { updates: 300, hidden: vec![16], ..TrainingConfig::for_imported(&data) };
    let model = trained(data, config);
    let decoded = model.decode(&model.encoded.mu).unwrap();
    let apart = form_distance(decoded.row(0), &model.training_row(0));
    assert!(apart < 0.3, "{apart}");
}

#[test]
fn damaged_outlines_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    write_ellipses(folder.path(), 12);
    let options = ImportOptions { points: 16, ..ImportOptions::default() };
    let imported = import(&[folder.path().to_owned()], &options, &CancelToken::default(), |_| ())
        .unwrap()
        .unwrap();
    let data = TrainingData::imported(imported, "e".to_owned(), &options).unwrap();
    let config = TrainingConfig { updates: 5, hidden: vec![8], ..TrainingConfig::default() };
    let mut model = trained(data, config);
    assert!(checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).is_ok());
    let problem = |set: latent_explorer::data::dataset::Dataset,
                   model: &mut latent_explorer::model::Model| {
        let kept = model.data.replace(std::sync::Arc::new(set));
        let problem =
            checkpoint::from_bytes(&checkpoint::to_bytes(model).unwrap()).unwrap_err().to_string();
        model.data = kept;
        problem
    };
    let whole = (**model.data.as_ref().unwrap()).clone();
    let mut set = whole.clone();
    set.rows.row_mut(0)[0] += 1.0;
    assert!(problem(set, &mut model).contains("not those that it was trained on"));
    let mut set = whole.clone();
    set.transforms[0].scale = 0.0;
    assert!(problem(set, &mut model).contains("where its outlines stood"));
    let mut set = whole.clone();
    set.ids.pop();
    assert!(problem(set, &mut model).contains("not all named"));
    let mut set = whole.clone();
    set.labels[0] = 9;
    assert!(problem(set, &mut model).contains("labels"));
    model.data = None;
    let bytes = checkpoint::to_bytes(&model).unwrap();
    assert!(
        checkpoint::from_bytes(&bytes)
            .unwrap_err()
            .to_string()
            .contains("'data.outlines' is missing")
    );
}

#[test]
fn a_column_that_is_read_as_values_is_not_left_aside() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("t.csv");
    write_table_of_ellipses(&table, 12);
    // The index names the shapes; a text is neither a coordinate nor a value.
    let text = std::fs::read_to_string(&table).unwrap();
    let lines = text.lines().enumerate().map(|(line, text)| match line {
        0 => format!("id{text},remark,label\n"),
        _ => format!("s{text},none{},round\n", line % 2),
    });
    std::fs::write(&table, lines.collect::<String>()).unwrap();
    let never = CancelToken::default();
    let read = |values| {
        let options = ImportOptions::default();
        let paths = [table.clone()];
        import_with_values(&paths, values, &options, &never, |_| ()).unwrap().unwrap()
    };
    let reasons = |import: &Import| {
        import.aside.list.iter().map(|part| part.reason.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&read(None)), ["2 columns: 'drag', 'remark'"]);
    let both = read(Some(table.as_path()));
    assert_eq!(both.set.measured.len(), 1);
    assert_eq!(reasons(&both), ["1 column: 'remark'"]);
}
