//! Text in its forms: delimiters, decimal marks, encodings, headers and blanks.

use super::{read_file, shown};
use crate::says::says;
use latent_explorer::data::table::{TableForm, TableOptions};

fn read(text: &[u8], form: TableForm) -> Result<(Vec<f32>, String), String> {
    let import = read_file("a.csv", text, &TableOptions { form, ..TableOptions::default() })?;
    Ok((import.set.rows.as_flat().to_vec(), shown(&import)))
}

#[test]
fn forms_are_recognised_and_shown() {
    let wide = |text: &str| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
    };
    for (text, shown) in [
        (b"m,k\n1.5,2\n2,1\n".to_vec(), "separated by commas, UTF-8, line 1 names"),
        (b"m;k\n1,5;2\n2;1\n".to_vec(), "separated by semicolons, UTF-8 .. decimal comma"),
        (b"m\tk\r\n1,5\t2\r\n2\t1\r\n".to_vec(), "separated by tabs .. decimal comma"),
        (b"m|k\n1.5|2\n2|1\n".to_vec(), "separated by bars"),
        (b"\xef\xbb\xbfm,k\n1.5,2\n2,1\n".to_vec(), "UTF-8"),
        (wide("m,k\n1.5,2\n2,1\n"), "UTF-16BE"),
        (b"# \xb0C\nm,k\n1.5,2\n2,1\n".to_vec(), "windows-1252"),
        (b"1.5,2\n2,1\n".to_vec(), "no header, so the columns are called c1, c2"),
        (b"# m,k\n1.5,2\n2,1\n".to_vec(), "a comment names the columns"),
    ] {
        let (values, said) = read(&text, TableForm::default()).unwrap();
        assert_eq!(values, [1.5, 2.0, 2.0, 1.0], "{said}");
        assert!(says(&said, shown), "{shown}: {said}");
    }
}

#[test]
fn a_number_may_be_a_name_where_words_stand_above_numbers() {
    let options = TableOptions::default();
    let import = read_file("a.csv", b"name,mass,2020\nFe,1,2\nCu,2,1\n", &options).unwrap();
    let names: Vec<&str> =
        import.schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["mass", "2020"]);
}

#[test]
fn every_part_of_the_form_can_be_told() {
    let form = TableForm::default;
    let (values, said) =
        read(b"a~b\n1~2\n2~1\n", TableForm { delimiter: Some('~'), ..form() }).unwrap();
    assert_eq!(values, [1.0, 2.0, 2.0, 1.0], "{said}");
    let quoted = b"a,b\n\"1,5\",2\n\"2,5\",1\n";
    let (values, _) = read(quoted, TableForm { decimal: Some(','), ..form() }).unwrap();
    assert_eq!(values, [1.5, 2.0, 2.5, 1.0]);
    let chinese = b"\xc3\xfb,k\n1,2\n2,1\n";
    let (_, said) =
        read(chinese, TableForm { encoding: Some("gbk".to_owned()), ..form() }).unwrap();
    assert!(says(&said, "GBK"), "{said}");
    let (values, said) =
        read(b"1,2\n2,1\n3,5\n", TableForm { header: Some(true), ..form() }).unwrap();
    assert_eq!((values.len(), says(&said, "line 1 names")), (4, true), "{said}");
    let (_, said) =
        read(b"a,1\nb,2\na,3\nb,4\n", TableForm { header: Some(false), ..form() }).unwrap();
    assert!(says(&said, "c1, c2"), "{said}");
    let unknown = TableForm { encoding: Some("klingon".to_owned()), ..form() };
    assert!(says(&read(b"a\n1\n", unknown).unwrap_err(), "'klingon' .. unknown"));
    let sheet = TableForm { sheet: Some("A".to_owned()), ..form() };
    assert!(says(&read(b"a\n1\n", sheet).unwrap_err(), "--sheet"));
}

#[test]
fn words_for_blanks_are_recognised_shown_and_told() {
    let (values, said) =
        read(b"a,b\nNA,2\n1,n/a\n2,NULL\n3,-\n4,7\n", TableForm::default()).unwrap();
    assert_eq!(values.iter().filter(|value| value.is_nan()).count(), 4);
    assert!(says(&said, "blanks - .. NA .. NULL and n/a"), "{said}");
    let blanks = ["-999", "below"].map(str::to_owned).to_vec();
    let text = b"a,b\n-999,2\n1,below\n2,3\n3,7\n";
    let (values, said) = read(text, TableForm { blanks, ..TableForm::default() }).unwrap();
    assert_eq!(values.iter().filter(|value| value.is_nan()).count(), 2, "{said}");
}

#[test]
fn quotes_and_newlines_stand_in_fields() {
    let text = b"name,note,m\n\"Fe, \"\"alpha\"\"\",\"one\ntwo\",1\nCu,\"one\ntwo\",x\nAl,three,2\nNi,three,3\n";
    let import = read_file("a.csv", text, &TableOptions::default()).unwrap();
    assert_eq!(import.set.ids[0], "Fe, \"alpha\"");
    let said = shown(&import);
    assert!(says(&said, "line 4, column 'm': 'x'"), "{said}");
}

#[test]
fn a_large_table_is_read_straight_into_columns() {
    use std::fmt::Write as _;
    let mut text = "id,kind".to_owned();
    (0..20).for_each(|column| _ = write!(text, ",x{column}"));
    text.push('\n');
    for row in 0..20_000 {
        let _ = write!(text, "r{row},{}", ["a", "b"][row % 2]);
        (0..20).for_each(|column| _ = write!(text, ",{}", (row * 31 + column * 7) % 1009));
        text.push('\n');
    }
    let import = read_file("a.csv", text.as_bytes(), &TableOptions::default()).unwrap();
    assert_eq!((import.set.rows.len(), import.set.rows.width()), (20_000, 22));
    assert_eq!(import.set.rows.row(19_999)[2], ((19_999 * 31) % 1009) as f32);
    assert_eq!(import.set.ids[19_999], "r19999");
}
