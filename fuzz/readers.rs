//! Every reader of bytes that come from outside of the program, a function each: fuzz targets, and the replay of their corpus in the
//! tests, call these.
//!
//! A reader may refuse what it likes, in words. It must not panic, and what it takes must be usable: written again, it is read as the same.

use latent_explorer::data::column_name::ColumnName;
use latent_explorer::data::csv;
use latent_explorer::data::outline::conform;
use latent_explorer::data::outline::import::values;
use latent_explorer::data::outline::import::{Import, ImportOptions, import};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::table::{self, TableForm, TableImport, TableOptions};
use latent_explorer::explore::LatentPlane;
use latent_explorer::export::tables::lab;
use latent_explorer::model::Model;
use latent_explorer::model::PointRef;
use latent_explorer::model::format::checkpoint;
use latent_explorer::nn::activation::Activation;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::objective::{ColumnConstraint, Constraint, Term};
use latent_explorer::optimise::{
    Contender, Contenders, RecordedSearch, Search, Trajectory, read_lab_results,
};
use latent_explorer::rediscover::RediscoveryParts;
use latent_explorer::session::settings::Settings;
use latent_explorer::text::Text;
use latent_explorer::train::parse_betas;
use safetensors::SafeTensors;
use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

/// The name of a target, which is that of its folder in `corpus/`, and its reader.
pub type Reader = (&'static str, fn(&[u8]));

/// All targets.
pub const READERS: [Reader; 15] = [
    ("airfoil", airfoil),
    ("arguments", arguments),
    ("candidates", candidates),
    ("card", card),
    ("checkpoint", checkpoint),
    ("objective", objective),
    ("outlines", outlines),
    ("points", points),
    ("report", report),
    ("rows", rows),
    ("settings", settings),
    ("svg", svg),
    ("table", table),
    ("values", values),
    ("vectors", vectors),
];

/// Models that a training of three updates made: of generated outlines, of imported outlines, of a table.
const MODELS: [&[u8]; 3] = [
    include_bytes!("corpus/checkpoint/generated.safetensors"),
    include_bytes!("corpus/checkpoint/imported.safetensors"),
    include_bytes!("corpus/checkpoint/table.safetensors"),
];
static GENERATED: LazyLock<Arc<Model>> = LazyLock::new(|| model(0));
static IMPORTED: LazyLock<Arc<Model>> = LazyLock::new(|| model(1));
static TABLE: LazyLock<Arc<Model>> = LazyLock::new(|| model(2));

fn model(index: usize) -> Arc<Model> {
    Arc::new(checkpoint::from_bytes(MODELS[index]).expect("a whole file"))
}

thread_local! {
    /// The folder of the files that are read: one a thread, for tests run at once.
    static FOLDER: TempDir = tempfile::tempdir().expect("a folder for files");
}

/// Calls a reader of files with a file that holds these bytes.
fn with_file<T>(name: &str, bytes: &[u8], read: impl FnOnce(&Path) -> T) -> T {
    FOLDER.with(|folder| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        read(&path)
    })
}

/// Imports a file of shapes as data, and reads it as shapes of one's own for a model. No program is known that could try a picture
/// apart, so pictures that need it are refused.
fn shapes(name: &str, bytes: &[u8]) {
    with_file(name, bytes, |path| {
        let options = ImportOptions { points: 32, ..ImportOptions::default() };
        match import(&[path.to_owned()], &options, &CancelToken::default(), |_| ()) {
            Ok(Some(Import { set, kept, aside, rejected, .. })) => {
                assert!(set.rows.len() == kept.len() && set.ids.len() == kept.len());
                assert!(set.rows.as_flat().iter().all(|v| v.is_finite()), "{:?}", set.rows);
                let said = aside.list.iter().chain(&rejected.list);
                said.for_each(|part| drop(part.text().to_string()));
            }
            Ok(None) => unreachable!("nobody cancels it"),
            Err(error) => drop(error.to_string()),
        }
        let source = GENERATED.source().expect("it has data");
        for shape in conform::read(path, source).into_iter().flatten() {
            assert!(shape.outline.iter().all(|v| v.is_finite()), "{:?}", shape.outline);
        }
    });
}

/// An airfoil `.dat`.
pub fn airfoil(bytes: &[u8]) {
    shapes("shape.dat", bytes);
}

/// An SVG picture: what is asked of it before, and of one that is harmless its parsing and its paths.
pub fn svg(bytes: &[u8]) {
    shapes("shape.svg", bytes);
}

/// Outlines in a CSV.
pub fn outlines(bytes: &[u8]) {
    shapes("shape.csv", bytes);
}

/// Values of shapes and of candidates in a CSV.
pub fn values(bytes: &[u8]) {
    let ids: Vec<String> = ["e1", "naca 0012", "3", "shape.dat"].map(str::to_owned).to_vec();
    let sought = [("drag", "N"), ("lift", "")];
    let sought = sought.map(|(name, unit)| (name.parse().expect("a name"), unit.to_owned()));
    with_file("values.csv", bytes, |path| {
        for groups in [None, Some("batch")] {
            if let Ok(values) = values::read(path, &ids, &["area"], groups) {
                assert!(values.measured.iter().all(|column| column.values.len() == ids.len()));
            }
        }
        if let Ok((lab, _)) = read_lab_results(path, &sought, &ids) {
            assert!(lab.len() <= sought.len() * ids.len());
        }
    });
}

/// A table of descriptors and targets, and the rows of its own columns in it.
pub fn table(bytes: &[u8]) {
    with_file("table.csv", bytes, |path| {
        let targets = vec!["strength".to_owned()];
        let group = Some("batch".to_owned());
        for options in [
            TableOptions::default(),
            TableOptions { targets: targets.clone(), ..TableOptions::default() },
            TableOptions { targets, group, ..TableOptions::default() },
        ] {
            let Ok(import) = table::read(path, &options) else { continue };
            let TableImport { schema, set, named_by, report } = import;
            assert!(set.measured.iter().all(|column| column.values.len() == set.rows.len()));
            let read = table::read_as(path, &schema, None, named_by.as_deref(), &options.form);
            // Refuses rows that a training leaves out: each new row is to be predicted.
            match read {
                Ok(read) => {
                    assert_eq!(read.rows.as_flat().len(), schema.width() * read.names.len());
                }
                Err(error) => {
                    assert!(report.aside.count() > 0, "a table has its own columns: {error:?}");
                }
            }
        }
    });
}

/// New rows of a known table.
pub fn rows(bytes: &[u8]) {
    let schema = TABLE.domain().table().expect("it is one of a table");
    with_file("rows.csv", bytes, |path| {
        if let Ok(read) =
            table::read_as(path, schema, None, TABLE.named_by(), &TableForm::default())
        {
            assert_eq!(read.rows.as_flat().len(), schema.width() * read.names.len());
        }
    });
}

/// Vectors in a CSV: numbers of outlines, and latent points with ids and frames.
pub fn vectors(bytes: &[u8]) {
    with_file("vectors.csv", bytes, |path| {
        if let Ok(rows) = csv::read(path, 4, &Text::verbatim("a vector")) {
            assert!(rows.as_flat().iter().all(|v| v.is_finite()));
        }
        if let Ok(latents) = csv::read_latents(path, 2) {
            assert!(latents.z.as_flat().iter().all(|v| v.is_finite()));
        }
    });
}

/// A whole file of a model.
pub fn checkpoint(bytes: &[u8]) {
    if let Ok(model) = checkpoint::from_bytes(bytes) {
        use_model(&model);
    }
}

/// The description in a file of a model, of the present format and of earlier ones; the tensors are whole.
pub fn card(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let kind = ["\"table\"", "\"imported\""].iter().position(|part| text.contains(part));
    let tensors = MODELS[kind.map_or(0, |kind| 2 - kind)];
    let tensors = SafeTensors::deserialize(tensors).expect("a whole file");
    let card = HashMap::from([("latent-explorer".to_owned(), text.to_owned())]);
    let file = safetensors::serialize(tensors.tensors(), Some(card)).expect("a file");
    checkpoint(&file);
}

/// Does with a model what each person does who opens it.
fn use_model(model: &Model) {
    let written = checkpoint::to_bytes(model).expect("what was read can be written");
    checkpoint::from_bytes(&written).expect("what was written can be read");
    for point in [PointRef::Mean, PointRef::Row(1)] {
        if let Err(error) = point.all(model, &[]) {
            drop(error.to_string());
        }
    }
}

/// The settings of the window.
pub fn settings(bytes: &[u8]) {
    with_file("settings.json", bytes, |path| {
        let Ok(mut settings) = Settings::load(path) else { return };
        settings.mend();
        assert_eq!(settings.mend(), None);
        settings.save(path).expect("what was read can be written");
        assert_eq!(Settings::load(path).ok().as_ref(), Some(&settings));
        settings.into_parts();
    });
}

/// The report of a search, to be repeated.
pub fn report(bytes: &[u8]) {
    with_file("report.json", bytes, |path| {
        let Ok(recorded) = RecordedSearch::read(path) else { return };
        recorded.best_value();
        // More starts take longer and are read no differently.
        if recorded.config.restarts <= 10 {
            for model in [&GENERATED, &TABLE] {
                drop(Search::new(Arc::clone(model), recorded.config.clone()));
            }
        }
    });
}

/// The candidates of a report, or of a file of their own, with lab results that extend the data of a model.
pub fn candidates(bytes: &[u8]) {
    with_file("candidates.json", bytes, |path| {
        let Ok(candidates) = lab::read_candidates(path) else { return };
        let ids: Vec<String> = candidates.iter().map(|candidate| candidate.id.clone()).collect();
        let predictions = candidates.iter().flat_map(|candidate| &candidate.predictions);
        let sought: Vec<(Quantity, String)> =
            predictions.map(|p| (p.quantity, p.unit.clone())).take(1).collect();
        let results = path.with_extension("csv");
        let lines = ids.iter().map(|id| [id.as_str(), "1.5"]);
        csv::write(&results, &["id", "value"].map(str::to_owned), lines).expect("a file");
        let Ok((results, _)) = read_lab_results(&results, &sought, &ids) else { return };
        for candidate in &candidates {
            drop(results.beside(&candidate.id, &candidate.predictions));
        }
        if let Ok(set) = lab::extended_data(&IMPORTED, &candidates, &results) {
            assert!(set.rows.as_flat().iter().all(|v| v.is_finite()), "{:?}", set.rows);
        }
    });
}

/// The name of a point, and of a plane through points.
pub fn points(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    written_as_read::<PointRef>(text);
    drop(text.parse::<LatentPlane>());
    if let Ok(point) = text.parse::<PointRef>()
        && point.file().is_none()
        && let Err(error) = point.all(&IMPORTED, &[vec![0.1, -0.3]])
    {
        drop(error.to_string());
    }
}

/// Terms, constraints and conditions on columns.
pub fn objective(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    written_as_read::<Term>(text);
    written_as_read::<Constraint>(text);
    written_as_read::<Quantity>(text);
    for parse in [
        ColumnConstraint::lock,
        ColumnConstraint::bound,
        ColumnConstraint::sum,
        ColumnConstraint::parse,
    ] {
        if let Ok(condition) = parse(text) {
            let written = condition.to_string();
            assert_eq!(parse(&written), Ok(condition.clone()), "{written}");
            assert_eq!(ColumnConstraint::parse(&written), Ok(condition), "{written}");
        }
    }
}

/// The other words of the command line that have a form of their own.
pub fn arguments(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    written_as_read::<Activation>(text);
    written_as_read::<Contender>(text);
    written_as_read::<Contenders>(text);
    written_as_read::<RediscoveryParts>(text);
    drop(text.parse::<Trajectory>());
    drop(parse_betas(text));
    drop(ColumnName::new(text));
}

/// Parses a text; what it means must be written so that it is read as the same.
fn written_as_read<T: FromStr<Err = Text> + Display + Debug + PartialEq>(text: &str) {
    match text.parse::<T>() {
        Ok(value) => assert_eq!(value.to_string().parse(), Ok(value), "{text:?}"),
        Err(problem) => drop(problem.to_string()),
    }
}
