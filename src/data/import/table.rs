//! Outlines as CSV: a shape a row (`x0, y0, x1, y1, ..`), or one shape as the columns `x` and `y`.
//!
//! A header is optional. With one, a column `id` (or `name`) names a row's shape and a column `label`
//! (or `family`, `class`) its label; without one, a leading word is its id.

use super::clean::{Curve, Ends, MOST_POINTS};
use std::ops::Range;

/// The most rows of shapes in one file.
pub const MOST_ROWS: usize = 1_000_000;

/// One shape of a table.
pub struct Row {
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// What the table calls it; empty where it does not.
    pub id: String,
    /// Its label; empty where there is none.
    pub label: String,
    /// Its curve, or what of the row is not understood.
    pub curve: Result<Curve, String>,
}

/// What a table holds.
pub enum Table {
    /// A shape a row.
    Rows(Vec<Row>),
    /// One shape, a point a row.
    Points(Curve),
}

/// Reads a table of outlines.
///
/// # Errors
/// Says why there is no shape in it at all.
pub fn read(text: &str) -> Result<Table, String> {
    let mut records = super::records::records(text);
    let Some(first) = records.next().transpose()? else {
        return Err("is empty; it needs points as rows of numbers".to_owned());
    };
    let header = first.1.iter().all(|cell| cell.parse::<f64>().is_err());
    let columns = if header { Columns::named(&first.1)? } else { Columns::guessed(&first.1) };
    let rows = (!header).then_some(Ok(first)).into_iter().chain(records);
    let table = match columns {
        Columns::Points([x, y]) => Table::Points(points(rows, x, y)?),
        Columns::Shapes { id, label, numbers } => {
            let mut shapes = Vec::new();
            for row in rows {
                let (line, record) = row?;
                if shapes.len() == MOST_ROWS {
                    return Err(format!("has more than {MOST_ROWS} rows; split the file"));
                }
                let cell = |column: Option<usize>| {
                    column.and_then(|c| record.get(c)).unwrap_or_default().to_owned()
                };
                let curve = curve(&record, numbers.clone());
                shapes.push(Row { line, id: cell(id), label: cell(label), curve });
            }
            Table::Rows(shapes)
        }
    };
    match table {
        Table::Rows(rows) if rows.is_empty() => Err("has a header and no rows".to_owned()),
        table => Ok(table),
    }
}

/// Where what is found in a table.
enum Columns {
    Points([usize; 2]),
    Shapes { id: Option<usize>, label: Option<usize>, numbers: Range<usize> },
}

impl Columns {
    fn named(header: &csv::StringRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(plain_name).collect();
        let find = |any: &[&str]| names.iter().position(|name| any.contains(&name.as_str()));
        if let (Some(x), Some(y)) = (find(&["x"]), find(&["y"])) {
            return Ok(Self::Points([x, y]));
        }
        let id = find(&["id", "name", "shape", "file"]);
        let label = find(&["label", "family", "class", "group"]);
        let is_number = |i: &usize| Some(*i) != id && Some(*i) != label;
        let Some(begin) = (0..names.len()).find(is_number) else {
            return Err(
                "its header names no columns of points; name them x0,y0,x1,y1,.. or x,y".to_owned()
            );
        };
        let end = (begin..names.len()).find(|i| !is_number(i)).unwrap_or(names.len());
        if !(end..names.len()).all(|i| !is_number(&i)) {
            return Err(
                "its columns of points do not stand together; put id and label before them"
                    .to_owned(),
            );
        }
        Ok(Self::Shapes { id, label, numbers: begin..end })
    }

    fn guessed(first: &csv::StringRecord) -> Self {
        let is_number = |cell: &str| cell.parse::<f64>().is_ok();
        if first.len() == 2 && first.iter().all(is_number) {
            return Self::Points([0, 1]);
        }
        let begin = first.iter().position(is_number).unwrap_or(0);
        let id = (begin > 0).then_some(0);
        let label = (begin > 1).then_some(1);
        Self::Shapes { id, label, numbers: begin..usize::MAX }
    }
}

/// A column's name without its unit, in small letters.
fn plain_name(cell: &str) -> String {
    let end = cell.find(['[', '(']).unwrap_or(cell.len());
    cell[..end].trim().to_lowercase()
}

/// The curve in some columns of a row; empty cells at its end are none.
fn curve(record: &csv::StringRecord, columns: Range<usize>) -> Result<Curve, String> {
    let end = columns.end.min(record.len());
    let cells: Vec<&str> = (columns.start..end).map(|i| &record[i]).collect();
    let used = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    if used % 2 == 1 {
        return Err(format!("has {used} numbers, so the last point has no y"));
    }
    let mut points = Vec::with_capacity(used / 2);
    for (index, pair) in cells[..used].chunks_exact(2).enumerate() {
        let number = |k: usize| {
            pair[k].parse::<f64>().map_err(|_| {
                let column = columns.start + 2 * index + k + 1;
                format!("column {column}: '{}' is not a number", super::records::brief(pair[k]))
            })
        };
        points.push([number(0)?, number(1)?]);
    }
    Ok(Curve { points, ends: Ends::Listed })
}

/// The one curve of a table of points.
fn points(
    rows: impl Iterator<Item = Result<(usize, csv::StringRecord), String>>,
    x: usize,
    y: usize,
) -> Result<Curve, String> {
    let mut points = Vec::new();
    for row in rows {
        let (line, record) = row?;
        let number = |column: usize| {
            let cell = record.get(column).unwrap_or_default();
            cell.parse::<f64>().map_err(|_| {
                format!("line {line}: '{}' is not a number", super::records::brief(cell))
            })
        };
        points.push([number(x)?, number(y)?]);
        if points.len() > MOST_POINTS {
            return Err(format!("has more than {MOST_POINTS} points; thin it out"));
        }
    }
    Ok(Curve { points, ends: Ends::Listed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        match read(text) {
            Ok(Table::Rows(rows)) => rows,
            Ok(Table::Points(_)) => panic!("points"),
            Err(problem) => panic!("{problem}"),
        }
    }

    fn points(text: &str) -> Vec<[f64; 2]> {
        match read(text).unwrap_or_else(|problem| panic!("{problem}")) {
            Table::Points(curve) => curve.points,
            Table::Rows(_) => panic!("rows"),
        }
    }

    #[test]
    fn a_shape_may_be_a_row_with_or_without_names() {
        let bare = rows("0,0,1,0,1,1\n0,0,2,0,2,2,0,2\n");
        assert_eq!(bare.len(), 2);
        assert_eq!(bare[1].curve.as_ref().unwrap().points.len(), 4);
        let named = rows("x0,y0,x1,y1,x2,y2\n0,0,1,0,1,1\n");
        assert_eq!(named[0].curve, bare[0].curve);
        assert_eq!((named[0].line, named[0].id.as_str()), (2, ""));
        let with_words =
            rows("id,label,x0,y0,x1,y1,x2,y2\na,round,0,0,1,0,1,1\n\nb,,0,0,1,0,1,1\n");
        assert_eq!((with_words[0].id.as_str(), with_words[0].label.as_str()), ("a", "round"));
        assert_eq!((with_words[1].line, with_words[1].label.as_str()), (4, ""));
        let label_last = rows("x0;y0;x1;y1;x2;y2;Label\n0;0;1;0;1;1;flat\n");
        assert_eq!((label_last[0].label.as_str(), label_last[0].curve.is_ok()), ("flat", true));
        assert_eq!(rows("a,0,0,1,0,1,1\n")[0].id, "a");
    }

    #[test]
    fn one_shape_may_be_two_columns() {
        let expected = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]];
        assert_eq!(points("0,0\n1,0\n1,1\n"), expected);
        assert_eq!(points("X [mm],Y [mm]\n0,0\n1,0\n1,1\n"), expected);
        assert_eq!(points("n\tx\ty\n1\t0\t0\n2\t1\t0\n3\t1\t1\n"), expected);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let problem = |text: &str| read(text).err().unwrap();
        assert!(problem("").starts_with("is empty"));
        assert!(problem("id,label\na,b\n").contains("names no columns of points"));
        assert!(problem("x0,y0,label,x1,y1\n").contains("do not stand together"));
        assert!(problem("x0,y0\n").contains("no rows"));
        assert!(problem("x,y\n1,2\n1,two\n").starts_with("line 3: 'two'"));
        let bad = rows("0,0,1,0,1,1\n0,0,1\n0,0,one,0,1,1\n");
        let problem = |i: usize| bad[i].curve.clone().unwrap_err();
        assert!(problem(1).contains("3 numbers") && problem(2).contains("column 3: 'one'"));
    }
}
