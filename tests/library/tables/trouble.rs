//! Tables with something wrong: what is said, and what is used all the same.

use super::{read_file, shown};
use crate::says::says;
use latent_explorer::data::table::{TableImport, TableOptions};

fn read(text: &str, options: &TableOptions) -> Result<TableImport, String> {
    read_file("a.csv", text.as_bytes(), options)
}

fn targets(names: &[&str]) -> TableOptions {
    let targets = names.iter().map(|name| (*name).to_owned()).collect();
    TableOptions { targets, ..TableOptions::default() }
}

#[test]
fn what_can_be_used_is_used_and_the_rest_is_named() {
    let mut text = "name,m,k,same,none,bad,far,day,#\n".to_owned();
    for row in 0..12 {
        let bad = if row == 5 { "<3" } else { "4.5" };
        let far = if row == 7 { "inf" } else { "1" };
        text +=
            &format!("r{row},{row},{},7,,{bad},{far}{row},2024-01-{:02},{row}\n", row % 3, row + 1);
    }
    text += "total\n";
    let import = read(&text.replace("inf7", "inf"), &TableOptions::default()).unwrap();
    let names: Vec<&str> =
        import.schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!((names, import.set.rows.len()), (vec!["m", "k"], 12));
    let said = shown(&import);
    for part in [
        "line 14 .. 1 cells .. 9 columns",
        "'same' .. 7",
        "'none' .. blank",
        "line 7, column 'bad': '<3' is a word .. --blank",
        "line 9, column 'far': 'inf' .. finite",
        "'day' .. dates such as 2024-01-01",
        "'#' .. counts",
    ] {
        assert!(says(&said, part), "{part}: {said}");
    }
}

#[test]
fn what_makes_a_table_useless_is_refused() {
    for (text, options, part) in [
        ("m,k\n1,2\n", TableOptions::default(), "single row"),
        ("m,k\n1,2\n2\n3\n", TableOptions::default(), "line 3 .. 1 cells .. 2 columns"),
        ("m,k,m\n1,2,3\n2,3,4\n", TableOptions::default(), "columns 1 and 3 .. 'm'"),
        ("mass,k\n1,2\n2,1\n", targets(&["mas"]), "'mas'; did you mean 'mass'?"),
        ("mass,k\n1,2\n2,1\nx,3\n4,4\n", targets(&["mass"]), "line 4, column 'mass': 'x'"),
        ("day,k\n2024-01-01,2\n2024-01-02,1\n", targets(&["day"]), "'day' .. dates"),
        ("mass,k\n1,2\n1,1\n", targets(&["mass"]), "'mass' is 1"),
    ] {
        let refused = read(text, &options).unwrap_err();
        assert!(says(&refused, part), "{refused}");
    }
}

#[test]
fn leaks_and_single_classes_are_warned_of() {
    let mut text = "y,twice,k,phase\n".to_owned();
    for row in 0..9 {
        let y = 1.5 * f64::from(row * row);
        let phase = ["alpha", "alpha", "beta"][row as usize % 3];
        text += &format!(
            "{y},{},{},{}\n",
            2.0 * y + 1.0,
            row % 4,
            if row == 8 { "gamma" } else { phase }
        );
    }
    let import = read(&text, &targets(&["y", "phase"])).unwrap();
    assert_eq!(import.report.warnings.len(), 2);
    let said = shown(&import);
    assert!(says(&said, "column 'twice' is a copy of the target 'y' .. --ignore"), "{said}");
    assert!(says(&said, "'phase' .. one row each .. gamma"), "{said}");
    assert!(import.set.measured[1].values.iter().all(|value| !value.is_nan()), "it stays");
}

#[test]
fn guesses_say_how_to_change_them() {
    let text = "smiles,batch,species,fold,m\nC,1,a,1,1\nCC,1,b,2,2\nCCC,2,a,1,3\nCO,2,b,2,5\n";
    let import = read(text, &TableOptions::default()).unwrap();
    let said = shown(&import);
    for part in [
        "'smiles' names the rows (--name",
        "'batch' .. (--group names it)",
        "'species' .. (--target names it)",
        "'fold' .. --split",
    ] {
        assert!(says(&said, part), "{part}: {said}");
    }
}
