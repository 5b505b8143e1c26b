//! Outlines as CSV: a shape a row (`x0, y0, x1, y1, ..`), or a point a row (`x`, `y`).
//!
//! Columns are recognised by their headers; columns that are neither a coordinate, an id nor a label are not used, and
//! reported. Points of several outlines are separated by a column `id` (or `name`, `shape`, ..), by empty lines, or by
//! marks such as 999 999. A header is optional; without one a leading word is an id, a second one a label.

use super::header::{ColumnNames, CoordinateColumns};
use super::parts::{self, goes_on, is_mark};
use crate::data::outline::import::repair::{Ends, MAX_POINTS, RawCurve};
use crate::data::outline::unit::LengthUnit;
use crate::data::records::{Records, brief};
use crate::text;
use crate::text::Text;
use csv::StringRecord;
use std::collections::{HashMap, HashSet};

/// The most rows of shapes in one file.
pub const MAX_ROWS: usize = 1_000_000;
/// Runs of at least this many rows with one value in a column may be separate outlines.
const SHORTEST_RUN: usize = 3;
/// Two parts with fewer points than this are not joined into one curve.
const MIN_OF_ONE: usize = 16;

/// One shape of a table.
pub struct OutlineRow {
    /// The place in the table, such as `line 3`.
    pub place: Text,
    /// The id in the table; empty if there is none.
    pub id: String,
    /// Its label; empty if there is none.
    pub label: String,
    /// Its curve, or the part of the row that is not understood.
    pub curve: Result<RawCurve, Text>,
}

/// The outlines of a table.
pub enum OutlineTable {
    /// Shapes with a row or an id each.
    Rows(Vec<OutlineRow>),
    /// Curves without names: one, or several separated by empty lines or marks.
    Curves(Vec<RawCurve>),
}

/// The outlines of a table and its other columns.
pub struct Read {
    /// The shapes.
    pub table: OutlineTable,
    /// The columns that are not used, a clause.
    pub aside: Option<Text>,
    /// The unit that the names of the columns of coordinates have.
    pub unit: LengthUnit,
}

/// Reads a table of outlines.
///
/// # Errors
/// Gives the reason why there is no shape in the table.
pub fn read(text: &str) -> Result<Read, Text> {
    let records = Records::read(text)?;
    let Some((_, first)) = records.rows.first() else {
        return Err(text!("is empty; it needs points as rows of numbers"));
    };
    let is_number = |cell: &str| records.number(cell).is_some();
    let named_above = || {
        let fitting = records.comments.iter().rev().filter(|names| names.len() == first.len());
        let mut headers = fitting.map(ColumnNames::new);
        headers.find(|header| header.coordinates().is_ok())
    };
    let (header, rows) = if !first.iter().any(is_number) {
        (Some(ColumnNames::new(first)), &records.rows[1..])
    } else if let Some(header) = counted(&records) {
        (Some(header), &records.rows[1..])
    } else {
        (named_above(), &records.rows[..])
    };
    let mut read = match header {
        Some(header) if header.coordinates().is_err() => match block_of_points(&records) {
            Some(read) => read?,
            None => by_header(&records, &header, rows)?,
        },
        Some(header) => by_header(&records, &header, rows)?,
        None => by_place(&records, rows)?,
    };
    if rows.len() < records.rows.len() && first.len() == 2 && first.iter().all(is_number) {
        read.aside = Some(text!("the first line, 0,1, taken for a header"));
    }
    Ok(read)
}

/// The first block of points in a file of several blocks, each below its own header: a file may begin with words and
/// values, and go on with other curves, as that of an airfoil with its camber line. None if no line names x and y.
fn block_of_points(records: &Records) -> Option<Result<Read, Text>> {
    let is_point = |(_, record): &&(usize, StringRecord)| {
        record.iter().any(|cell| records.number(cell).is_some())
    };
    let headers = records.rows.iter().enumerate().filter(|(_, row)| !is_point(row));
    let mut headers = headers.map(|(at, (_, names))| (at, ColumnNames::new(names)));
    let (begin, header) = headers
        .find(|(_, header)| matches!(header.coordinates(), Ok(CoordinateColumns::Point(_))))?;
    let rows = &records.rows[begin + 1..];
    let rows = &rows[..rows.iter().take_while(is_point).count()];
    let read = by_header(records, &header, rows);
    Some(read.map(|read| {
        let others = text!("the lines before and after its first block of points");
        Read { aside: Some(Text::list([others].into_iter().chain(read.aside))), ..read }
    }))
}

/// The header of counted columns, as in data frames without names. A row of two numbers may be a point as well: it is a
/// header only if every other number is written with a fraction or an exponent.
fn counted(records: &Records) -> Option<ColumnNames> {
    let (_, first) = records.rows.first()?;
    let header = ColumnNames::counted(first)?;
    let is_written_as_float =
        |cell: &str| cell.contains(['.', 'e', 'E']) || cell.parse::<f64>().is_err();
    let mut others = records.rows[1..].iter().flat_map(|(_, record)| record);
    (first.len() > 2 || others.all(is_written_as_float)).then_some(header)
}

type NumberedRecords<'a> = &'a [(usize, StringRecord)];

fn by_header(
    records: &Records,
    header: &ColumnNames,
    rows: NumberedRecords<'_>,
) -> Result<Read, Text> {
    let label = header.label();
    let coordinates = header.coordinates()?;
    if rows.is_empty() {
        return Err(text!("has a header and no rows"));
    }
    let width = |record: &StringRecord| {
        record.len() - record.iter().rev().take_while(|cell| cell.is_empty()).count()
    };
    if let Some((line, record)) = rows.iter().find(|(_, record)| width(record) > header.len()) {
        return Err(text!(
            "line {line} has {cells} cells, and the header names {columns} columns; write numbers with a decimal point, or \
             separate the cells by semicolons",
            line = *line,
            cells = width(record),
            columns = header.len()
        ));
    }
    match coordinates {
        CoordinateColumns::Point([x, y]) => points(records, Some(header), rows, [x, y]),
        CoordinateColumns::Shape(pairs) => {
            let id = header.ids().next().or_else(|| names(records, header, rows, &pairs));
            let used = pairs.as_flattened().iter().copied().chain(id).chain(label);
            let aside = header.left_aside(used);
            let unit = header.unit(pairs.as_flattened());
            Ok(Read { table: shapes(records, rows, id, label, &pairs)?, aside, unit })
        }
    }
}

/// The first column of words that differ in every row, as the index of a data frame may be: they are ids under any
/// column name.
fn names(
    records: &Records,
    header: &ColumnNames,
    rows: NumberedRecords<'_>,
    pairs: &[[usize; 2]],
) -> Option<usize> {
    let coordinates = pairs.as_flattened();
    let is_free = |i: &usize| !coordinates.contains(i) && Some(*i) != header.label();
    (0..header.len()).filter(is_free).find(|&column| {
        let cells = || rows.iter().map(|(_, record)| record.get(column).unwrap_or_default());
        let are_words = cells().all(|cell| !cell.is_empty() && records.number(cell).is_none());
        rows.len() > 1 && are_words && cells().collect::<HashSet<_>>().len() == rows.len()
    })
}

/// Reads rows without a header.
fn by_place(records: &Records, rows: NumberedRecords<'_>) -> Result<Read, Text> {
    let width = rows.iter().map(|(_, record)| record.len()).max().unwrap_or(0);
    let first = &rows[0].1;
    let begin = first.iter().position(|cell| records.number(cell).is_some()).unwrap_or(0);
    let has_index = begin == 0 && width > 2 && counts_rows(rows, 0);
    let aside = has_index.then(|| text!("column 1, which counts the rows"));
    let begin = begin + usize::from(has_index);
    if width == begin + 2 && (begin == 0 || has_index) {
        let mut read = points(records, None, rows, [begin, begin + 1])?;
        read.aside = aside;
        return Ok(read);
    }
    if has_index && width % 2 == 0 {
        return Err(text!(
            "its first column counts the rows, and the other numbers are no pairs; name the columns \
                    in a header: x0,y0,x1,y1,.."
        ));
    }
    if begin == 1 && width == 3 {
        // A word before each point: the id of its outline.
        return points(records, Some(&ColumnNames::new(["id", "x", "y"])), rows, [1, 2]);
    }
    if width == begin + 4 && rows.len() >= SHORTEST_RUN {
        return Err(text!(
            "has four numbers on each line, which are no outline; if they are x and y with decimal commas, separate them by \
             semicolons, else name the columns in a header: x,y"
        ));
    }
    let id = (begin > 0 && !has_index).then_some(0);
    let label = (begin > 1 && !has_index).then_some(1);
    let pairs: Vec<[usize; 2]> = (begin..width).step_by(2).map(|x| [x, x + 1]).collect();
    let unit = LengthUnit::Unknown;
    Ok(Read { table: shapes(records, rows, id, label, &pairs)?, aside, unit })
}

/// True if a column counts the rows, from 0 or from 1.
fn counts_rows(rows: NumberedRecords<'_>, column: usize) -> bool {
    let counts = |from: usize| {
        let mut cells = rows.iter().map(|(_, record)| record.get(column)).enumerate();
        cells.all(|(i, cell)| cell == Some((i + from).to_string().as_str()))
    };
    rows.len() >= SHORTEST_RUN && (counts(0) || counts(1))
}

/// A shape for each row.
fn shapes(
    records: &Records,
    rows: NumberedRecords<'_>,
    id: Option<usize>,
    label: Option<usize>,
    pairs: &[[usize; 2]],
) -> Result<OutlineTable, Text> {
    if rows.len() > MAX_ROWS {
        return Err(text!("has more than {most} rows; split the file", most = MAX_ROWS));
    }
    let shape = |(line, record): &(usize, StringRecord)| {
        let cell = |column: Option<usize>| {
            column.and_then(|c| record.get(c)).unwrap_or_default().to_owned()
        };
        let curve = curve(records, record, pairs);
        OutlineRow {
            place: text!("line {line}", line = *line),
            id: cell(id),
            label: cell(label),
            curve,
        }
    };
    Ok(OutlineTable::Rows(rows.iter().map(shape).collect()))
}

/// The curve in some columns of a row; empty cells at the end are ignored.
fn curve(records: &Records, record: &StringRecord, pairs: &[[usize; 2]]) -> Result<RawCurve, Text> {
    let cell = |column: usize| record.get(column).unwrap_or_default();
    let columns = pairs.as_flattened();
    let used = columns.iter().rposition(|&c| !cell(c).is_empty()).map_or(0, |last| last + 1);
    if used % 2 == 1 {
        return Err(text!("has {numbers} numbers, so the last point has no y", numbers = used));
    }
    let number = |column: usize| {
        let text = cell(column);
        records.number(text).ok_or_else(|| {
            text!(
                "column {column}: '{cell}' is not a number",
                column = column + 1,
                cell = brief(text)
            )
        })
    };
    let mut points = Vec::with_capacity(used / 2);
    for &[x, y] in &pairs[..used / 2] {
        points.push([number(x)?, number(y)?]);
    }
    let reach = parts::reach(&points);
    if let Some(at) = points.iter().position(|&p| is_mark(p, reach)) {
        let [x, y] = points[at];
        return Err(text!(
            "point {number} is ({x}, {y}), which is a mark and no point",
            number = at + 1,
            x = x.to_string(),
            y = y.to_string()
        ));
    }
    Ok(RawCurve { points, ends: Ends::Listed })
}

/// A point of a table with a point a row.
struct PointRow<'a> {
    line: usize,
    record: &'a StringRecord,
    at: [f64; 2],
}

/// The curves of a table with a point a row.
fn points(
    records: &Records,
    header: Option<&ColumnNames>,
    rows: NumberedRecords<'_>,
    [x, y]: [usize; 2],
) -> Result<Read, Text> {
    let mut points = Vec::with_capacity(rows.len());
    for (line, record) in rows {
        let number = |column: usize| {
            let cell = record.get(column).unwrap_or_default();
            // An empty pair is a mark, as NaN is.
            let number = if cell.is_empty() { Some(f64::NAN) } else { records.number(cell) };
            number.ok_or_else(|| {
                text!("line {line}: '{cell}' is not a number", line = *line, cell = brief(cell))
            })
        };
        let at = [number(x)?, number(y)?];
        let cell = |column: usize| record.get(column).unwrap_or_default();
        if at[0].is_nan() != at[1].is_nan() && (cell(x).is_empty() || cell(y).is_empty()) {
            return Err(text!("line {line}: '{cell}' is not a number", line = *line, cell = ""));
        }
        points.push(PointRow { line: *line, record, at });
    }
    let Some(header) = header else {
        let table = OutlineTable::Curves(parted(records, &points.iter().collect::<Vec<_>>())?);
        return Ok(Read { table, aside: None, unit: LengthUnit::Unknown });
    };
    let unit = header.unit(&[x, y]);
    let label = header.label();
    let id = header.ids().find(|&column| tells_apart(&points, column));
    let others = || (0..header.len()).filter(|i| ![Some(x), Some(y), id].contains(&Some(*i)));
    let groups = match id {
        Some(column) => by_id(&points, column, header)?,
        None => vec![("", points.iter().collect())],
    };
    for column in others().filter(|_| points.len() >= 2 * SHORTEST_RUN) {
        if groups.iter().any(|(_, group)| has_runs(group, column) || restarts(group, column)) {
            return Err(text!(
                "its column {column} may tell outlines apart; call it id if it does, else take it out",
                column = header.name(column)
            ));
        }
    }
    let Some(id) = id else {
        let aside = header.left_aside([x, y]);
        let table = OutlineTable::Curves(parted(records, &groups[0].1)?);
        return Ok(Read { table, aside, unit });
    };
    let aside = header.left_aside([x, y, id].into_iter().chain(label));
    let row = |(id, group): (&str, Vec<&PointRow<'_>>)| {
        let first = group[0];
        let cell = |column: Option<usize>| column.and_then(|c| first.record.get(c));
        let curve = parted(records, &group).and_then(|mut curves| match curves.len() {
            1 => Ok(curves.remove(0)),
            n => Err(text!(
                "is {outlines} outlines with one id; give each an id of its own",
                outlines = n
            )),
        });
        OutlineRow {
            place: text!("from line {line}", line = first.line),
            id: id.to_owned(),
            label: cell(label).unwrap_or_default().to_owned(),
            curve,
        }
    };
    Ok(Read { table: OutlineTable::Rows(groups.into_iter().map(row).collect()), aside, unit })
}

fn is_separator(at: [f64; 2], reach: [f64; 2]) -> bool {
    at.iter().all(|v| v.is_nan()) || is_mark(at, reach)
}

/// True if a column has several values but not a different one on every row, as a column of ids has.
fn tells_apart(points: &[PointRow<'_>], column: usize) -> bool {
    let values: HashSet<&str> =
        points.iter().map(|point| point.record.get(column).unwrap_or_default()).collect();
    values.len() > 1 && values.len() < points.len()
}

/// The points of each id, in the order in which the ids come.
fn by_id<'a>(
    points: &'a [PointRow<'a>],
    column: usize,
    header: &ColumnNames,
) -> Result<Vec<(&'a str, Vec<&'a PointRow<'a>>)>, Text> {
    let mut places = HashMap::new();
    let mut groups: Vec<(&str, Vec<&PointRow<'_>>)> = Vec::new();
    for point in points {
        let id = point.record.get(column).unwrap_or_default();
        if id.is_empty() {
            if point.at.iter().all(|v| v.is_nan()) {
                continue;
            }
            let (line, name) = (point.line, header.name(column));
            return Err(text!(
                "line {line} has nothing in the column {name} that tells outlines apart",
                line,
                name
            ));
        }
        let place = *places.entry(id).or_insert_with(|| {
            groups.push((id, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(point);
    }
    Ok(groups)
}

/// True if each value of a column is on several consecutive rows and nowhere else, and the points jump between two
/// values: such a column probably identifies outlines.
fn has_runs(points: &[&PointRow<'_>], column: usize) -> bool {
    let cell = |point: &PointRow<'_>| point.record.get(column).unwrap_or_default().to_owned();
    let runs: Vec<&[&PointRow<'_>]> = points.chunk_by(|a, b| cell(a) == cell(b)).collect();
    let values: HashSet<String> = runs.iter().map(|run| cell(run[0])).collect();
    if runs.len() < 2
        || values.len() < runs.len()
        || runs.iter().any(|run| run.len() < SHORTEST_RUN)
    {
        return false;
    }
    let at = |run: &[&PointRow<'_>]| run.iter().map(|point| point.at).collect::<Vec<_>>();
    runs.windows(2).any(|pair| !goes_on(&at(pair[0]), &at(pair[1]), MIN_OF_ONE))
}

/// True if a column counts points and starts again, as the index of a point within its outline does.
fn restarts(points: &[&PointRow<'_>], column: usize) -> bool {
    let cell =
        |point: &&PointRow<'_>| point.record.get(column).unwrap_or_default().parse::<i64>().ok();
    let Some(numbers) = points.iter().map(cell).collect::<Option<Vec<i64>>>() else { return false };
    let begins: Vec<bool> = numbers.iter().map(|&n| n == numbers[0]).collect();
    let goes_on = |(i, pair): (usize, &[i64])| begins[i + 1] || pair[1] == pair[0] + 1;
    let runs = begins.iter().filter(|&&begins| begins).count();
    let is_long = numbers.windows(SHORTEST_RUN - 1).enumerate().all(|(i, _)| {
        !begins[i]
            || i + SHORTEST_RUN <= numbers.len() && !begins[i + 1..i + SHORTEST_RUN].contains(&true)
    });
    runs > 1 && is_long && numbers.windows(2).enumerate().all(goes_on)
}

/// The curves of points that empty lines or marks separate.
fn parted(records: &Records, points: &[&PointRow<'_>]) -> Result<Vec<RawCurve>, Text> {
    if points.len() > MAX_POINTS {
        return Err(text!("has more than {most} points; thin it out", most = MAX_POINTS));
    }
    let reach = parts::reach(points.iter().map(|point| &point.at));
    let mut curves = Vec::new();
    for element in points.split(|point| is_separator(point.at, reach)) {
        // The points of one id need not be on consecutive lines.
        let is_apart = |a: &&PointRow<'_>, b: &&PointRow<'_>| records.is_apart(a.line, b.line);
        // Empty lines separate nothing if one follows every line.
        let all = element.len() > 1 && element.windows(2).all(|p| is_apart(&p[0], &p[1]));
        let found = element.chunk_by(|a, b| all || !is_apart(a, b));
        let found = found.map(|part| part.iter().map(|point| point.at).collect()).collect();
        curves.extend(parts::outlines(found, MIN_OF_ONE)?);
    }
    if curves.is_empty() {
        curves.push(Vec::new());
    }
    Ok(curves.into_iter().map(|points| RawCurve { points, ends: Ends::Listed }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    fn rows(text: &str) -> Vec<OutlineRow> {
        match read(text) {
            Ok(Read { table: OutlineTable::Rows(rows), .. }) => rows,
            Ok(_) => panic!("curves"),
            Err(problem) => panic!("{problem}"),
        }
    }

    fn curves(text: &str) -> Vec<Vec<[f64; 2]>> {
        match read(text).unwrap_or_else(|problem| panic!("{problem}")).table {
            OutlineTable::Curves(curves) => curves.into_iter().map(|curve| curve.points).collect(),
            OutlineTable::Rows(_) => panic!("rows"),
        }
    }

    fn points(text: &str) -> Vec<[f64; 2]> {
        let mut curves = curves(text);
        assert_eq!(curves.len(), 1, "{text}");
        curves.remove(0)
    }

    /// The columns that are not used.
    fn aside(text: &str) -> String {
        read(text).unwrap().aside.unwrap_or_default().to_string()
    }

    fn problem(text: &str) -> String {
        match read(text) {
            Err(problem) => problem.to_string(),
            Ok(_) => panic!("{text}"),
        }
    }

    #[test]
    fn a_shape_may_be_a_row_with_or_without_names() {
        let bare = rows("0,0,1,0,1,1\n0,0,2,0,2,2,0,2\n");
        assert_eq!(bare.len(), 2);
        assert_eq!(bare[1].curve.as_ref().unwrap().points.len(), 4);
        let named = rows("x0,y0,x1,y1,x2,y2\n0,0,1,0,1,1\n");
        assert_eq!(named[0].curve, bare[0].curve);
        assert_eq!((named[0].place.to_string().as_str(), named[0].id.as_str()), ("line 2", ""));
        let with_words =
            rows("id,label,x0,y0,x1,y1,x2,y2\na,round,0,0,1,0,1,1\n\nb,,0,0,1,0,1,1\n");
        assert_eq!((with_words[0].id.as_str(), with_words[0].label.as_str()), ("a", "round"));
        assert_eq!(
            (with_words[1].place.to_string().as_str(), with_words[1].label.as_str()),
            ("line 4", "")
        );
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
    fn other_columns_of_rows_are_no_coordinates_and_are_named() {
        let right = rows("0,0,1,0,1,1\n0,0,2,0,2,2\n0,0,3,0,3,3\n");
        for (text, expected) in [
            (",x0,y0,x1,y1,x2,y2,drag\n0,0,0,1,0,1,1,5\n1,0,0,2,0,2,2,6\n2,0,0,3,0,3,3,7\n", 2),
            (
                "Unnamed: 0,id,x0,y0,x1,y1,x2,y2\n0,a,0,0,1,0,1,1\n1,b,0,0,2,0,2,2\n2,c,0,0,3,0,3,3\n",
                1,
            ),
            (
                "x0,x1,x2,area,y0,y1,y2,n,n2\n0,1,1,9,0,0,1,1,1\n0,2,2,9,0,0,2,2,2\n0,3,3,9,0,0,3,3,3\n",
                3,
            ),
            (",0,1,2,3,4,5\n0,0,0,1,0,1,1\n1,0,0,2,0,2,2\n2,0,0,3,0,3,3\n", 1),
            ("0,1,2,3,4,5\n0,0,1,0,1,1\n0,0,2,0,2,2\n0,0,3,0,3,3\n", 0),
            ("0,0,0,1,0,1,1\n1,0,0,2,0,2,2\n2,0,0,3,0,3,3\n", 1),
            ("# x0,y0,x1,y1,x2,y2,area\n0,0,1,0,1,1,1\n0,0,2,0,2,2,1\n0,0,3,0,3,3,1\n", 1),
        ] {
            let read = rows(text);
            assert_eq!(read.len(), 3, "{text}");
            for (read, right) in read.iter().zip(&right) {
                assert_eq!(read.curve, right.curve, "{text}");
            }
            let said = aside(text);
            let count = said.split(' ').next().and_then(|word| word.parse().ok());
            assert_eq!(count.unwrap_or(usize::from(!said.is_empty())), expected, "{said}");
        }
        let named = rows(",x0,y0,x1,y1,x2,y2,drag\nrib0,0,0,1,0,1,1,5\nrib1,0,0,2,0,2,2,6\n");
        assert_eq!((named[1].id.as_str(), named[1].curve.is_ok()), ("rib1", true));
        let unpaired = problem("0,0,0,1,0,1,1,5\n1,0,0,2,0,2,2,6\n2,0,0,3,0,3,3,7\n");
        assert!(unpaired.contains("counts the rows"), "{unpaired}");
        let marked = rows("0,0,1,0,1,1,999,999\n")[0].curve.clone().unwrap_err().to_string();
        assert!(marked.contains("(999, 999)"), "{marked}");
    }

    #[test]
    fn other_columns_of_points_are_no_coordinates_and_are_named() {
        let expected = [[0.0, 0.5], [1.0, 0.0], [1.0, 1.0]];
        for (text, said) in [
            (",x,y\n0,0,0.5\n1,1,0\n2,1,1\n", "1 column: (without a name)"),
            ("y,drag,x\n0.5,4,0\n0,4,1\n1,4,1\n", "1 column: 'drag'"),
            ("0,1\n0.0,0.5\n1.0,0.0\n1.0,1.0\n", "the first line, 0,1, taken for a header"),
            (",0,1\n0,0.0,0.5\n1,1.0,0.0\n2,1.0,1.0\n", "1 column: (without a name)"),
            ("0,0,0.5\n1,1,0\n2,1,1\n", "column 1, which counts the rows"),
            ("# x,y\n0,0.5\n1,0\n1,1\n", ""),
            ("x;y\n0;0,5\n1;0\n1;1\n", ""),
            ("x,y\n0,0.5\n1,0\n1,1\n999,999\n", ""),
            ("x,y\n0,0.5\n1,0\n1,1\nNaN,NaN\n", ""),
        ] {
            assert_eq!(
                (points(text).as_slice(), aside(text).as_str()),
                (&expected[..], said),
                "{text}"
            );
        }
        assert_eq!(points("0,1\n1,0\n1,1\n")[0], [0.0, 1.0], "whole numbers are points");
    }

    #[test]
    fn an_id_beside_x_and_y_makes_several_outlines() {
        let two = [[[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]], [[-3.0, 4.0], [-5.0, 0.0], [-2.0, -1.0]]];
        let cells = ["0,0", "4,0", "2,3", "-3,4", "-5,0", "-2,-1"];
        let table = |header: &str, row: fn(usize, &str) -> String| {
            let rows: Vec<String> = (0..6).map(|i| row(i, cells[i])).collect();
            format!("{header}\n{}\n", rows.join("\n"))
        };
        for text in [
            table("id,x,y", |i, cell| format!("{},{cell}", ["a", "b"][i / 3])),
            table("X,Y,Z,ID", |i, cell| format!("{cell},0.0,{}", i / 3)),
            table("Selection,X,Y", |i, cell| format!("Selection {},{cell}", i / 3)),
            table(",name,n,x,y", |i, cell| format!("{i},{},{},{cell}", i / 3, i % 3)),
            table("label,x,y,roi", |i, cell| format!("flat,{cell},{}", i / 3)),
            cells.iter().enumerate().map(|(i, c)| format!("{},{c}\n", ["a", "b"][i / 3])).collect(),
            "id,x,y\na,0,0\nb,-3,4\na,4,0\nb,-5,0\nb,-2,-1\na,2,3\n".to_owned(),
        ] {
            let rows = rows(&text);
            assert_eq!(rows.len(), 2, "{text}");
            for (row, points) in rows.iter().zip(two) {
                assert_eq!(row.curve.as_ref().unwrap().points, points, "{text}");
                assert!(!row.id.is_empty() && row.place.to_string().starts_with("from line "));
            }
        }
        assert_eq!(rows("label,x,y,id\nu,0,0,a\nu,4,0,a\nv,1,1,b\n")[1].label, "v");
        for (text, column) in [
            (table("slice,x,y", |i, cell| format!("{},{cell}", i / 3)), "'slice'"),
            (table("class,x,y", |i, cell| format!("{},{cell}", i / 3)), "'class'"),
            (table("x,y,z", |i, cell| format!("{cell},{}", 0.5 * (i / 3) as f64)), "'z'"),
            (table("n,x,y", |i, cell| format!("{},{cell}", 1 + i % 3)), "'n'"),
        ] {
            let problem = problem(&text);
            assert!(
                problem.contains(column) && problem.contains("tell outlines apart"),
                "{problem}"
            );
        }
        let square = |x: i32| format!("a,{x},0\na,{},0\na,{},2\na,{x},2\na,{x},0\n", x + 2, x + 2);
        let twice = format!("id,x,y\n{}a,NaN,NaN\n{}b,0,0\nb,1,0\nb,1,1\n", square(0), square(5));
        let twice = rows(&twice)[0].curve.clone().unwrap_err().to_string();
        assert!(twice.contains("2 outlines"), "{twice}");
        let gap = problem("id,x,y\na,0,0\na,4,0\n,2,3\nb,1,1\n");
        assert!(says(&gap, "line 4 .. 'id'"), "{gap}");
    }

    #[test]
    fn empty_lines_and_marks_set_outlines_apart() {
        let square = "0,0\n2,0\n2,2\n0,2\n0,0\n";
        let other = "5,5\n7,5\n7,7\n5,7\n5,5\n";
        for apart in ["\n", "\n\n", "999,999\n", "NaN,NaN\n", ",\n"] {
            let found = curves(&format!("x,y\n{square}{apart}{other}"));
            assert_eq!((found.len(), found[1][0]), (2, [5.0, 5.0]), "{apart:?}");
            assert_eq!(found[0].len(), 5);
        }
        assert_eq!(points(&square.replace('\n', "\n\n")).len(), 5, "every line is followed by one");
        let line = |y: i32, from: i32| {
            (0..9).map(|i| format!("{},{y}\n", (from - i).abs())).collect::<String>()
        };
        assert_eq!(points(&format!("{}\n{}", line(0, 0), line(1, 8))).len(), 18, "it goes on");
        let halves = problem("0,0\n1,0\n2,0\n\n9,9\n8,9\n7,9\n");
        assert!(halves.contains("2 parts"), "{halves}");
    }

    #[test]
    fn the_first_block_of_points_is_the_outline() {
        let text = "Name,KITE 11\nChord(mm),4\n,\nAirfoil surface,\nX(mm),Y(mm)\n4,0\n2,1\n0,0\n,\n\
                    Camber line,\nX(mm),Y(mm)\n0,0\n4,0.5\n";
        assert_eq!(points(text), [[4.0, 0.0], [2.0, 1.0], [0.0, 0.0]]);
        assert!(aside(text).contains("first block of points"), "{}", aside(text));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(problem("").starts_with("is empty"));
        assert!(problem("id,label\na,b\n").contains("names no columns of points"));
        assert!(says(&problem("x0,y0,label,x1\n"), "x1 .. y1"));
        assert!(problem("x0,y0\n").contains("no rows") && problem("x,y\n").contains("no rows"));
        let commas = problem("x,y\n0,5,1,2\n1,5,1,3\n1,0,2,0\n");
        assert!(says(&commas, "line 2 .. 4 cells .. 2 columns .. decimal point"), "{commas}");
        assert!(problem("0,5,1,2\n1,5,1,3\n1,0,2,0\n").contains("decimal commas"));
        assert_eq!(points("x,y\n0,1,,\n1,0,,\n1,1\n")[0], [0.0, 1.0]);
        assert!(problem("x,y\n1,2\n1,two\n").starts_with("line 3: 'two'"));
        assert!(problem("x,y\n1,2\n1,\n").starts_with("line 3: ''"));
        let bad = rows("0,0,1,0,1,1\n0,0,1\n0,0,one,0,1,1\n");
        let problem = |i: usize| bad[i].curve.clone().unwrap_err().to_string();
        assert!(problem(1).contains("3 numbers") && problem(2).contains("column 3: 'one'"));
    }
}
