//! The division of rows: by a column, by groups, and by both.

use super::{read_file, shown};
use crate::says::says;
use latent_explorer::data::roles::Role;
use latent_explorer::data::table::TableOptions;

/// Rows of these words in a column `part`, in groups of two.
fn table(header: &str, words: &[&str]) -> String {
    let row = |(row, word): (usize, &&str)| format!("{row},{},{word},{}\n", row * row % 7, row / 2);
    format!("m,k,{header},lot\n{}", words.iter().enumerate().map(row).collect::<String>())
}

#[test]
fn a_column_divides_the_rows() {
    let words = ["train", "train", "val", "val", "test", "test", "train", "train"];
    let options = TableOptions { split: Some("part".to_owned()), ..TableOptions::default() };
    let import = read_file("a.csv", table("part", &words).as_bytes(), &options).unwrap();
    let split = &import.set.split;
    assert_eq!(split[0], Role::Training);
    assert_eq!([split[4], split[5]], [Role::Test; 2]);
    assert!(split[2..4].contains(&Role::Calibration) && split[2..4].contains(&Role::Stopping));
    let held_out = import.set.held_out(3, 1);
    assert_eq!(held_out, words.map(|word| word != "train"));
    assert_eq!(&import.set.roles(&held_out, 9), split, "whatever the seed");
    assert!(says(&shown(&import), "4 rows for training .. 2 for the test"));

    // A column with a usual name is taken, and said.
    let import =
        read_file("a.csv", table("split", &words).as_bytes(), &TableOptions::default()).unwrap();
    assert!(!import.set.split.is_empty());
    assert!(says(&shown(&import), "column 'split' divides the rows (--ignore"));
    let ignored = TableOptions { ignore: vec!["split".to_owned()], ..TableOptions::default() };
    assert!(
        read_file("a.csv", table("split", &words).as_bytes(), &ignored)
            .unwrap()
            .set
            .split
            .is_empty()
    );
}

#[test]
fn a_split_that_is_empty_or_unknown_is_refused() {
    for (words, grouped, part) in [
        (&["train", "train", "train"][..], false, "no row but for training"),
        (&["test", "val", "val"], false, "no row for training"),
        (
            &["train", "later", "test"],
            false,
            "line 3 has 'later' .. train, validation, calibration or test",
        ),
        (&["train", "", "test"], false, "line 3"),
        (&["train", "test", "test"], true, "line 3 .. group .. --group"),
    ] {
        let group = grouped.then(|| "lot".to_owned());
        let options =
            TableOptions { split: Some("part".to_owned()), group, ..TableOptions::default() };
        let refused = read_file("a.csv", table("part", words).as_bytes(), &options).unwrap_err();
        assert!(says(&refused, part), "{refused}");
    }
    let options = TableOptions { group: Some("lot".to_owned()), ..TableOptions::default() };
    let refused = read_file("a.csv", b"m,k,lot\n1,2,a\n2,3,a\n", &options).unwrap_err();
    assert!(says(&refused, "one group by its column 'lot'"), "{refused}");
}
