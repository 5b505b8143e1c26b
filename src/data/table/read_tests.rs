//! Tests of tables as data.

use super::options::TableOptions;
use super::read::{TableImport, read, read_unless};
use super::schema::ColumnKind;
use crate::error::{Result, says};
use crate::numerics::cancel_token::CancelToken;

fn read_text(text: &str, options: &TableOptions) -> Result<TableImport> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alloys.csv");
    std::fs::write(&path, text).unwrap();
    read(&path, options)
}

fn options(targets: &[&str], ignore: &[&str]) -> TableOptions {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    TableOptions { targets: owned(targets), ignore: owned(ignore), ..TableOptions::default() }
}

fn problem(text: &str, options: &TableOptions) -> String {
    read_text(text, options).unwrap_err().to_string()
}

fn aside(import: &TableImport) -> Vec<String> {
    import.report.aside.list.iter().map(ToString::to_string).collect()
}

const ALLOYS: &str = "\
formula,mass [g],lattice,note,density (g/cm3),class,lot
Fe,55.8,bcc,x,7.87,magnetic,a
Cu,63.5,fcc,x,,plain,b
Al,27.0,fcc,x,2.70,plain,a
Ni,NA,,x,8.91,magnetic,
Cr,52.0,bcc,x,7.19,,b
";

#[test]
fn a_table_becomes_descriptors_targets_and_names() {
    let mut options = options(&["density", "Class"], &[]);
    options.group = Some("lot".to_owned());
    let import = read_text(ALLOYS, &options).unwrap();
    let columns: Vec<(&str, Option<&str>, usize)> = import
        .schema
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.unit.as_deref(), column.width()))
        .collect();
    assert_eq!(columns, [("mass", Some("g"), 1), ("lattice", None, 2)]);
    assert_eq!(import.schema.columns[0].kind, ColumnKind::Number { low: 27.0, high: 63.5 });
    assert_eq!(import.set.ids, ["Fe", "Cu", "Al", "Ni", "Cr"]);
    assert_eq!(import.set.rows.row(0), [55.8, 1.0, 0.0]);
    assert_eq!(import.set.rows.row(2), [27.0, 0.0, 1.0]);
    assert!(import.set.rows.row(3).iter().all(|v| v.is_nan()), "NA and an empty cell");
    let [density, class] = import.set.measured.as_slice() else { panic!("{import:?}") };
    assert_eq!((density.name.as_str(), density.unit.as_str()), ("density", "g/cm3"));
    assert_eq!(density.values[0], f64::from(7.87f32));
    assert!(density.values[1].is_nan());
    assert_eq!(class.values[..4], [0.0, 1.0, 1.0, 0.0]);
    assert!(class.values[4].is_nan());
    assert_eq!(class.task.levels(), ["magnetic", "plain"]);
    assert_eq!(import.set.groups, [0, 1, 0, 3, 1]);
    assert_eq!(import.set.names, ["magnetic", "plain", "alloys"]);
    assert_eq!(import.set.labels, [0, 1, 1, 0, 2]);
    let aside = aside(&import);
    assert!(aside.len() == 1 && says(&aside[0], "'note' .. x"), "{aside:?}");
    let shown = import.schema.describe(import.set.rows.row(0));
    assert_eq!((shown[0].value.as_str(), shown[1].value.as_str()), ("55.8", "bcc"));
}

#[test]
fn separators_decimal_commas_and_comments_are_those_of_other_tables() {
    let text = "# alloys\nname;mass [g];ratio\nFe;55,8;1\n# note\nCu;63,5;2\n";
    let import = read_text(text, &TableOptions::default()).unwrap();
    assert_eq!(import.set.rows.as_flat(), [55.8, 1.0, 63.5, 2.0]);
    let quoted = "name,mass\n\"Fe, alpha\",1\n\"Fe\ngamma\",2\n";
    let import = read_text(quoted, &TableOptions::default()).unwrap();
    assert_eq!(import.set.ids, ["Fe, alpha", "Fe gamma"]);
}

#[test]
fn rows_are_named_by_words_before_numbers() {
    let ids = |text: &str| {
        let import = read_text(text, &TableOptions::default()).unwrap();
        (import.set.ids.clone(), aside(&import).len(), import.schema.columns.len())
    };
    let named = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    assert_eq!(ids("id,name,m\n7,Fe,1\n8,Cu,2\n"), (named(["Fe", "Cu"]), 1, 1));
    assert_eq!(ids("Sample ID,m\n7,1\n8,2\n"), (named(["7", "8"]), 0, 1));
    assert_eq!(ids(",m\n0,1\n1,2\n"), (named(["1", "2"]), 1, 1), "an index names nothing");
    assert_eq!(ids(",m\nFe,1\nCu,2\n"), (named(["Fe", "Cu"]), 0, 1));
    assert_eq!(ids("m,k\n1,2\n2,1\n"), (named(["1", "2"]), 0, 2));
    // Of equal words none is a name, and one that stands in every row is no descriptor either.
    assert_eq!(ids("name,m\nFe,1\nFe,2\n"), (named(["1", "2"]), 1, 1));
    let mut asked = TableOptions { name: Some("metal".to_owned()), ..TableOptions::default() };
    let twice = read_text("metal,m\nFe,1\nFe,2\n,3\n", &asked).unwrap();
    assert_eq!(twice.set.ids, ["Fe", "Fe#2", "3"]);
    asked.name = Some("metall".to_owned());
    assert!(problem("metal,m\nFe,1\n", &asked).contains("'metal'"));
}

#[test]
fn a_cell_that_cannot_be_used_is_named_with_its_place() {
    let plain = TableOptions::default();
    for (text, facts) in [
        ("name,m\na,1\nb,2\nc,three\n", "alloys.csv .. line 4 .. 'm' .. 'three' .. ignore"),
        ("name,m\na,1\nb,inf\n", "line 3 .. 'm' .. 'inf' .. finite"),
        ("name,m\na,1\nb,1e300\n", "line 3 .. 'm' .. '1e300' .. finite"),
        ("name,m,k\na,1,2\n\nb,2\n", "line 4 .. 2 cells .. 3 columns"),
        ("name,m\na,1,2\n", "line 2 .. 3 cells .. 2 columns"),
        ("name,m,k,m\na,1,2,3\n", "columns 2 .. 4 .. 'm'"),
        ("name,m [g],m [kg]\na,1,2\n", "columns 2 .. 3 .. 'm'"),
        ("name,m\n", "no rows"),
        ("name,m\n,\n", "no rows"),
        ("name,,m\na,1,1\nb,2,2\n", "column 2 has no name"),
        ("name,a\u{7}b\na,1\nb,2\n", "'ab' .. column 2"),
        ("name,m\na,1\nb,1\n", "no column of descriptors .. 'm' .. 1"),
        ("", "empty"),
    ] {
        let problem = problem(text, &plain);
        assert!(says(&problem, facts), "{text:?}: {problem}");
    }
}

#[test]
fn columns_that_are_named_must_be_there_and_hold_something() {
    let text = "name,mass,density [g/cm3],words,none\na,1,2,u,\nb,2,2,v,\nc,3,2,w,\n";
    for (targets, ignore, facts) in [
        (&["densty"][..], &[][..], "'densty' .. 'density'"),
        (&["density"], &[], "'density' .. 2"),
        (&["none"], &[], "'none' .. blank"),
        (&["mass"], &["Mass"], "'mass' .. two purposes"),
        (&["mass"], &["zzzzzz"], "'zzzzzz' .. name, mass, density, words .. none"),
    ] {
        let problem = problem(text, &options(targets, ignore));
        assert!(says(&problem, facts), "{problem}");
    }
    let import = read_text(text, &options(&["words"], &["density [g/cm3]"])).unwrap();
    assert_eq!(import.set.measured[0].values, [0.0, 1.0, 2.0], "each class once");
    let aside = aside(&import);
    assert!(aside.len() == 1 && says(&aside[0], "'none' .. blank"), "{aside:?}");
}

#[test]
fn words_that_no_rows_share_are_no_category() {
    let text = "name,where,m\na,north,1\nb,south,2\nc,east,3\n\nd,west,4\n,,\n";
    let import = read_text(text, &TableOptions::default()).unwrap();
    assert_eq!((import.schema.columns.len(), import.set.rows.len()), (1, 4));
    let aside = aside(&import);
    assert!(says(&aside[0], "line 7 .. no value"), "{aside:?}");
    assert!(says(&aside[1], "'where' .. 4 different words .. 4 rows"), "{aside:?}");
}

#[test]
fn a_reading_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.csv");
    let lines: String = (0..5000).map(|row| format!("{row},{}\n", 0.5 * f64::from(row))).collect();
    std::fs::write(&path, format!("a,b\n{lines}")).unwrap();
    let cancel = CancelToken::default();
    let read = read_unless(&path, &TableOptions::default(), &cancel).unwrap();
    assert_eq!(read.unwrap().set.rows.len(), 5000);
    cancel.cancel();
    assert_eq!(read_unless(&path, &TableOptions::default(), &cancel).unwrap(), None);
}
