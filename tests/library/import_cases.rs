//! Files as people have them, each folder of `import_cases` one kind that was once read wrongly or refused without the
//! real reason: the names, areas and values that come of each.

use crate::says::says;
use latent_explorer::data::outline::geometry::area;
use latent_explorer::data::outline::import::{
    Import, ImportOptions, LabelFrom, Normalise, import_with_values,
};
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::numerics::runtime;
use std::path::{Path, PathBuf};

/// The result of an import of one file or folder, or the reason why nothing came of it.
fn read(name: &str, values: Option<&str>) -> Result<Import, String> {
    // Pictures with references are first read by a process of the program.
    runtime::set_program(env!("CARGO_BIN_EXE_latent-explorer").into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library/import_cases");
    let options = ImportOptions {
        normalise: Normalise { scale: false, rotation: false },
        labels: Some(LabelFrom::None),
        ..ImportOptions::default()
    };
    let path = |name: &str| -> PathBuf { folder.join(name) };
    let values = values.map(path);
    let paths = [path(name)];
    let import =
        import_with_values(&paths, values.as_deref(), &options, &CancelToken::default(), |_| ());
    import.map(Option::unwrap).map_err(|problem| problem.to_string())
}

/// The areas of outlines, in the units of their files.
fn areas(import: &Import) -> Vec<f64> {
    import.set.rows.iter().map(area).collect()
}

fn are_near(found: &[f64], expected: &[f64]) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 0.01)
}

#[test]
fn single_outlines_have_their_areas() {
    for (name, expected) in [
        ("dat-remark/plain.dat", &[0.0815][..]),
        ("dat-remark/remark-arrow.dat", &[0.0815]),
        ("dat-remark/remark-direct.dat", &[0.0815]),
        ("dat-remark/remark-thousands.dat", &[0.0815]),
        ("dat-flatback/root-te02.dat", &[0.2139]),
        ("dat-flatback/root-te08.dat", &[0.2439]),
        ("dat-flatback/root-te12.dat", &[0.2639]),
        ("dat-flatback/root-te20.dat", &[0.3039]),
        ("dat-elements/main-end.dat", &[0.0815]),
        ("dat-elements/biplane-blank.dat", &[0.0815, 0.0815]),
        ("dat-two-halves/no-counts.dat", &[0.0815]),
        ("dat-two-halves/selig.dat", &[0.0815]),
        ("dat-two-halves/with-counts.dat", &[0.0815]),
        ("csv-decimal-comma/with-header.csv", &[4.534]),
        ("csv-decimal-comma/no-header.csv", &[4.534]),
        ("csv-decimal-comma/tabs.tsv", &[4.534]),
        ("csv-savetxt/plain.csv", &[4.534]),
        ("csv-savetxt/commented.csv", &[4.534]),
        ("csv-savetxt/commented-note.csv", &[4.534]),
        ("csv-sep-line/sep.csv", &[4.534]),
        ("csv-trailing-comma/header.csv", &[4.534]),
        ("csv-trailing-comma/no-header.csv", &[4.534]),
        ("csv-long/two-triangles.csv", &[6.0, 7.0]),
        ("csv-airfoiltools/foil.csv", &[1678.0]),
        ("svg-artboard-clip/icon.svg", &[3233.0]),
        ("svg-huge-numbers/near.svg", &[50.15]),
        ("svg-mm/plate-bare.svg", &[1000.0]),
        ("svg-mm/plate-icon.svg", &[1000.0]),
        ("svg-mm/plate-mm.svg", &[1000.0]),
        ("svg-mm/plate-px.svg", &[1000.0]),
        ("svg-rounding/needle.svg", &[3600.0]),
        ("svg-hidden/clear.svg", &[824.4]),
        ("svg-hidden/page.svg", &[824.4]),
    ] {
        let import = read(name, None).unwrap_or_else(|problem| panic!("{problem}"));
        assert!(are_near(&areas(&import), expected), "{name}: {:?}", areas(&import));
        assert_eq!(import.rejected.count(), 0, "{name}");
    }
}

#[test]
fn tables_of_shapes_agree_whatever_columns_they_have_beside_them() {
    let right = read("csv-pandas-shapes/right.csv", None).unwrap();
    for (name, aside) in [
        ("index-and-drag.csv", "2 columns .. 'drag'"),
        ("named-index.csv", "'Unnamed: 0'"),
        ("two-extras.csv", "2 columns: 'area', 'perimeter'"),
    ] {
        let import = read(&format!("csv-pandas-shapes/{name}"), None).unwrap();
        assert_eq!(import.set.rows, right.set.rows, "{name}");
        assert!(says(&import.aside.list[0].to_string(), aside), "{:?}", import.aside);
    }
    for (name, first) in [
        ("csv-decimal-comma/row.csv", 3.127),
        ("csv-savetxt/rows.csv", 3.127),
        ("csv-trailing-comma/rows.csv", 3.09),
        ("csv-long/cells.csv", 3.117),
        ("csv-long/xyzid.csv", 3.117),
    ] {
        let import = read(name, None).unwrap();
        assert_eq!((import.set.rows.len(), import.rejected.count()), (12, 0), "{name}");
        assert!(are_near(&areas(&import)[..1], &[first]), "{name}: {:?}", areas(&import));
    }
}

#[test]
fn values_belong_to_the_shapes_that_they_name() {
    let commas = read("csv-decimal-comma/shapes", Some("csv-decimal-comma/values.csv")).unwrap();
    let drag = &commas.set.measured[0].values;
    assert!((drag[0] - 0.4).abs() < 1e-6 && (drag[1] - 0.5).abs() < 1e-6, "{drag:?}");
    let indexed = read("values-pandas/shapes", Some("values-pandas/values.csv")).unwrap();
    assert_eq!(indexed.set.measured[0].values[..3], [10.0, 11.0, 12.0]);
    let right = read("values-pandas/shapes", Some("values-pandas/values-right.csv")).unwrap();
    assert_eq!(indexed.set.measured, right.set.measured);
    let trailing = read("values-pandas/shapes", Some("csv-trailing-comma/values.csv")).unwrap();
    assert_eq!(trailing.set.measured[0].values[..2], [10.0, 11.0]);
    let separated = read("csv-decimal-comma/shapes", Some("csv-sep-line/values.csv")).unwrap();
    assert!((separated.set.measured[0].values[0] - 0.4).abs() < 1e-6);
}

#[test]
fn pictures_that_cannot_be_read_exactly_say_so() {
    let clipped = read("svg-clip/disc.svg", None).unwrap_err();
    assert!(clipped.contains("is cut by a clip path"), "{clipped}");
    for name in ["svg-huge-numbers/survey-group.svg", "svg-huge-numbers/survey-small.svg"] {
        let problem = read(name, None).unwrap_err();
        assert!(problem.contains("single precision"), "{problem}");
    }
}

#[test]
fn a_reason_that_all_parts_of_a_file_share_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let odd: String = (0..40).map(|_| "s,0,0,1,0,1\n").collect();
    std::fs::write(path("odd.csv"), odd).unwrap();
    std::fs::write(path("comma.csv"), "x,y\n0,5,1,2\n1,5,1,3\n1,0,2,0\n").unwrap();
    let circle: String = (0..40)
        .map(|i| std::f64::consts::TAU * f64::from(i) / 40.0)
        .map(|t| format!("{},{}\n", t.cos(), t.sin()))
        .collect();
    std::fs::write(path("round.csv"), format!("x,y\n{circle}")).unwrap();
    std::fs::write(path("v.csv"), "name,CL at 0.6\nROUND.DAT,0.5\n").unwrap();
    let values = path("v.csv");
    let paths = [path("odd.csv"), path("comma.csv"), path("round.csv")];
    let options = ImportOptions::default();
    let import =
        import_with_values(&paths, Some(&values), &options, &CancelToken::default(), |_| ());
    let import = import.unwrap().unwrap();
    let reasons: Vec<String> = import.rejected.list.iter().map(ToString::to_string).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(says(&reasons[0], "odd.csv: .. 40 .. no y"), "{reasons:?}");
    assert!(says(&reasons[1], "comma.csv: line 2 .. 4 cells .. decimal point"), "{reasons:?}");
    let value = &import.set.measured[0];
    assert_eq!((value.name.as_str(), value.values.as_slice()), ("CL at 0.6", &[0.5][..]));
}
