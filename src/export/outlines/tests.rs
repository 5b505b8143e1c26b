use super::*;
use crate::data::dataset::{Dataset, Target};
use crate::data::domain::Domain;
use crate::data::outline::unit::LengthUnit;
use crate::data::rows::Rows;
use crate::data::task::Task;
use crate::error::Result;
use crate::error::says;
use std::path::Path;

/// A triangle whose numbers are not round in binary, clockwise, and a square.
const TRIANGLE: [f32; 6] = [0.1, -0.3, -1.7, 0.25, 1.5, 2.0];
const SQUARE: [f32; 8] = [1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0];

/// Outlines without names.
fn bare(rows: &Rows<f32>) -> Vec<NamedOutline<'_>> {
    rows.iter().map(|row| NamedOutline::named("", row)).collect()
}

fn written(name: &str, outlines: &[NamedOutline<'_>]) -> Result<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write_outlines(&path, outlines)?;
    Ok(std::fs::read_to_string(path).unwrap())
}

fn drag() -> crate::data::column_name::ColumnName {
    crate::data::column_name::ColumnName::new("drag").unwrap()
}

fn both() -> [NamedOutline<'static>; 2] {
    let square = NamedOutline::named("b/\u{e9} <2>", &SQUARE).of_kind(Some("square"));
    [NamedOutline::named("c1", &TRIANGLE), square]
}

fn numbers(text: &str) -> Vec<f32> {
    let cells = text.split(|c: char| c.is_whitespace() || ",MZ".contains(c));
    cells.filter_map(|cell| cell.parse().ok()).collect()
}

#[test]
fn tables_hold_names_where_there_are_some() {
    let rows = Rows::from_flat(6, TRIANGLE.to_vec());
    let table = written("a.csv", &bare(&rows)).unwrap();
    assert_eq!(table, "x0,y0,x1,y1,x2,y2\n0.1,-0.3,-1.7,0.25,1.5,2\n");
    let labelled = NamedOutline::named("c1", &TRIANGLE).of_kind(Some("odd"));
    let table = written("a.CSV", &[labelled, NamedOutline::named("c2", &TRIANGLE)]).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "id,label,x0,y0,x1,y1,x2,y2");
    assert!(lines[1].starts_with("c1,odd,0.1,-0.3") && lines[2].starts_with("c2,,0.1,-0.3"));
    let uneven = written("a.csv", &both()).unwrap_err().to_string();
    assert!(uneven.contains("of 3 and of 4 points") && uneven.contains(".dxf"), "{uneven}");
}

#[test]
fn json_reads_back_to_the_same_numbers() {
    let text = written("a.json", &both()).unwrap();
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&list[0]["id"], &list[1]["label"]), (&"c1".into(), &"square".into()));
    assert!(list[0].get("label").is_none());
    let read = |place: usize| -> Vec<f32> {
        serde_json::from_value(list[place]["outline"].clone()).unwrap()
    };
    assert_eq!((read(0), read(1)), (TRIANGLE.to_vec(), SQUARE.to_vec()));
}

#[test]
fn paths_of_a_drawing_hold_the_numbers_and_stand_apart() {
    let text = written("a.svg", &both()).unwrap();
    let paths: Vec<Vec<f32>> =
        text.split("d=\"").skip(1).map(|part| numbers(part.split('"').next().unwrap())).collect();
    assert_eq!(paths, [TRIANGLE.to_vec(), SQUARE.to_vec()]);
    assert!(text.contains("<title>b/\u{e9} &lt;2&gt;</title>"));
    let tree = resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default()).unwrap();
    let paths = tree.root().children().iter().flat_map(|node| match node {
        resvg::usvg::Node::Group(group) => group.children(),
        _ => std::slice::from_ref(node),
    });
    let boxes: Vec<_> = paths.map(|node| node.abs_bounding_box()).collect();
    assert_eq!(boxes.len(), 2);
    assert!(boxes[0].right() < boxes[1].left(), "{boxes:?}");
    let all = tree.root().abs_stroke_bounding_box();
    assert!(all.left() >= 0.0 && all.right() <= tree.size().width(), "{all:?}");
}

/// The groups of a DXF: code and value.
fn groups(text: &str) -> Vec<(u16, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len() % 2, 0);
    lines.chunks_exact(2).map(|pair| (pair[0].trim().parse().unwrap(), pair[1])).collect()
}

#[test]
fn a_dxf_holds_a_closed_polyline_each_on_its_own_layer() {
    let twice = [both()[0].clone(), both()[1].clone(), both()[0].clone()];
    let text = written("a.dxf", &twice).unwrap();
    let groups = groups(&text);
    assert_eq!(groups.last(), Some(&(0, "EOF")));
    assert!(groups.contains(&(1, "AC1009")));
    let begins = |kind: &'static str| {
        groups.iter().enumerate().filter(move |(_, g)| **g == (0, kind)).map(|(i, _)| i)
    };
    let layers: Vec<&str> = begins("POLYLINE").map(|i| groups[i + 1].1).collect();
    assert_eq!(layers, ["C1", "B____2_", "C1_2"]);
    assert!(begins("POLYLINE").all(|i| groups[i + 6] == (70, "1")), "each is closed");
    let declared: Vec<&str> = begins("LAYER").map(|i| groups[i + 1].1).collect();
    assert_eq!(declared, layers);
    let vertices = |layer: &str| -> Vec<f32> {
        let of_layer = begins("VERTEX").filter(|&i| groups[i + 1].1 == layer);
        of_layer.flat_map(|i| [2, 3].map(|k| groups[i + k].1.parse().unwrap())).collect()
    };
    assert_eq!((vertices("C1"), vertices("B____2_")), (TRIANGLE.to_vec(), SQUARE.to_vec()));
}

#[test]
fn an_airfoil_begins_and_ends_at_its_right_end_and_goes_over_the_top() {
    let text = written("a.dat", &both()[..1]).unwrap();
    let (name, points) = text.split_once('\n').unwrap();
    assert_eq!(name, "c1");
    assert_eq!(numbers(points), [1.5, 2.0, -1.7, 0.25, 0.1, -0.3, 1.5, 2.0]);
    let several = written("a.dat", &both()).unwrap_err().to_string();
    assert!(says(&several, "2 .. /"), "{several}");
}

#[test]
fn several_airfoils_go_into_a_new_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foils/");
    check_target(&path).unwrap();
    let outlines = [both()[0].clone(), both()[1].clone(), both()[0].clone()];
    write_outlines(&path, &outlines).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["b_\u{e9}__2_.dat", "c1-2.dat", "c1.dat"]);
    // Names that become equal, and one that is already what another would become; long names of letters of two bytes.
    let long = "\u{e9}".repeat(300);
    let unlike = ["x_-2", "x?", "x!", "X_", &long, &format!("{long}b")];
    let unlike: Vec<_> = unlike.map(|name| NamedOutline::named(name, &TRIANGLE)).into();
    let other = folder.path().join("unlike/");
    write_outlines(&other, &unlike).unwrap();
    let names = std::fs::read_dir(&other).unwrap().map(|entry| entry.unwrap().file_name());
    let names: std::collections::HashSet<String> =
        names.map(|name| name.into_string().unwrap().to_lowercase()).collect();
    assert_eq!(names.len(), 6);
    assert!(names.iter().all(|name| name.len() <= 255));
    std::fs::remove_dir_all(&other).unwrap();
    let again = write_outlines(&path, &outlines).unwrap_err().to_string();
    assert!(again.contains("is a folder already"), "{again}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn what_cannot_be_written_is_said_and_the_old_file_stays() {
    let message = |name: &str, outlines: &[NamedOutline<'_>]| {
        written(name, outlines).unwrap_err().to_string()
    };
    assert!(says(&message("a.doc", &both()), ".csv .. .json .. .svg .. .dxf .. .dat"));
    assert!(message("a.csv", &[]).contains("no outline"));
    let broken = [1.0, f32::NAN];
    let outlines = [both()[0].clone(), NamedOutline::named("", &broken)];
    assert!(message("a.dxf", &outlines).contains("shape 2 is not finite"));
    let missing = Path::new("/no/such/folder/a.dxf");
    assert!(check_target(missing).unwrap_err().to_string().contains("folder does not exist"));
    let missing = Path::new("/no/such/folder/foils/");
    assert!(check_target(missing).unwrap_err().to_string().contains("no such file or folder"));
}

#[test]
fn a_restored_outline_stands_where_it_stood() {
    let placed = vec![500_000.125, -7.0, 500_001.5, 3.0, 499_999.0, 4.0];
    let outline =
        NamedOutline::named("far", &TRIANGLE).restored(placed.clone(), LengthUnit::Millimetre);
    let text = written("a.json", std::slice::from_ref(&outline)).unwrap();
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    let read: Vec<f64> = serde_json::from_value(list[0]["outline"].clone()).unwrap();
    assert_eq!(read, placed);
    assert!(written("a.dat", &[outline]).unwrap().contains("\n 500000.125 -7\n"));
}

#[test]
fn a_data_set_leaves_with_its_names_and_where_it_stood() {
    use crate::data::outline::transform::SimilarityTransform;
    let set = Dataset {
        domain: Domain::default(),
        rows: Rows::from_flat(6, TRIANGLE.to_vec()),
        labels: vec![0],
        names: vec!["odd".to_owned()],
        ids: vec!["t1".to_owned()],
        transforms: vec![SimilarityTransform { origin: [100.0, 0.0], scale: 10.0, rotation: 0.0 }],
        measured: vec![Target {
            name: drag(),
            unit: "N".to_owned(),
            task: Task::Regression,
            values: vec![2.5],
        }],
        groups: vec![],
        split: vec![],
        unit: LengthUnit::Millimetre,
    };
    let folder = tempfile::tempdir().unwrap();
    let written_whole = |name: &str| {
        write_set(&folder.path().join(name), &set).unwrap();
        std::fs::read_to_string(folder.path().join(name)).unwrap()
    };
    let whole = written_whole("a.csv");
    assert!(
        whole.starts_with("id,label,x0,y0,x1,y1,x2,y2,drag [N]\n") && whole.ends_with(",2.5\n")
    );
    assert!(written_whole("a.json").contains(r#""values":{"drag [N]":2.5}"#));
    assert!(!holds_values(Path::new("a.svg")) && holds_values(Path::new("a")));
    let table = written("a.csv", &of_set(&set)).unwrap();
    let (header, row) = table.split_once('\n').unwrap();
    assert!(header.starts_with("id,label,x0,y0") && row.starts_with("t1,odd,"), "{table}");
    let (first, restored) = (numbers(row), [101.0f32, -3.0, 83.0, 2.5, 115.0, 20.0]);
    assert!(first.iter().zip(restored).all(|(a, b)| (a - b).abs() < 1e-4), "{row}");
    let generated = Dataset { ids: vec![], transforms: vec![], ..set };
    assert!(written("a.csv", &of_set(&generated)).unwrap().contains("\nodd,0.1,-0.3,"));
}
