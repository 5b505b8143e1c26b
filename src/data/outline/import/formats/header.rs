//! Column names in the header of a table of outlines.

use crate::data::column_name::name_and_unit;
use crate::data::outline::unit::LengthUnit;
use crate::data::records::brief;
use crate::text;
use crate::text::Text;

/// Names of the column that identifies outlines.
const IDS: [&str; 22] = [
    "id",
    "name",
    "shape",
    "file",
    "selection",
    "object",
    "contour",
    "outline",
    "polygon",
    "curve",
    "cell",
    "roi",
    "track",
    "particle",
    "element",
    "part",
    "airfoil",
    "profile",
    "section",
    "trace",
    "sample",
    "filename",
];
/// Names of the column of labels.
const LABELS: [&str; 4] = ["label", "family", "class", "group"];
/// The most columns that a message lists by name.
const NAMED: usize = 6;

/// A header: the plain name of each column.
pub struct ColumnNames {
    /// The names as they are in the file.
    written: Vec<String>,
    /// The names without units, in lower case.
    plain: Vec<String>,
}

/// The meaning of a column of coordinates: x or y, and of which point; no point index in a table with a point a row.
#[derive(Clone, Copy, PartialEq)]
struct Coordinate {
    axis: usize,
    point: Option<usize>,
}

/// The columns of the coordinates of a table.
pub enum CoordinateColumns {
    /// A point a row: the columns x and y.
    Point([usize; 2]),
    /// A shape a row: the columns of each point's x and y, in the order of the points.
    Shape(Vec<[usize; 2]>),
}

impl ColumnNames {
    /// The header that consists of these cells.
    pub fn new<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        let written: Vec<String> = cells.into_iter().map(str::to_owned).collect();
        let plain = written.iter().map(|cell| plain_name(cell)).collect();
        Self { written, plain }
    }

    /// The header that cells with the numbers 0, 1, 2, .. form, as data frames without names write it: x and y in turn.
    pub fn counted<'a>(cells: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let cells: Vec<&str> = cells.into_iter().collect();
        let is_number = |cell: &&str| cell.parse::<f64>().is_ok();
        let count = cells.iter().copied().filter(|cell| is_number(cell)).count();
        let mut numbers = cells.iter().filter(|cell| is_number(cell)).enumerate();
        if count < 2 || count % 2 == 1 || !numbers.all(|(k, cell)| **cell == k.to_string()) {
            return None;
        }
        let mut k = 0;
        let name = |cell: &&str| {
            if !is_number(cell) {
                return plain_name(cell);
            }
            k += 1;
            let axis = if k % 2 == 1 { 'x' } else { 'y' };
            if count == 2 { axis.to_string() } else { format!("{axis}{}", (k - 1) / 2) }
        };
        let plain = cells.iter().map(name).collect();
        Some(Self { written: cells.iter().map(|cell| (*cell).to_owned()).collect(), plain })
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.plain.len()
    }

    /// Finds the columns of the coordinates.
    ///
    /// # Errors
    /// When there are none, or an x without its y, or two columns of one name.
    pub fn coordinates(&self) -> Result<CoordinateColumns, Text> {
        let found: Vec<(usize, Coordinate)> = (0..self.len())
            .filter_map(|i| coordinate(&self.plain[i], &self.written[i]).map(|c| (i, c)))
            .collect();
        let column = |axis, point| {
            let mut same = found.iter().filter(|(_, c)| *c == Coordinate { axis, point });
            let first = same.next().map(|(i, _)| *i);
            match (first, same.next()) {
                (Some(first), Some(_)) => {
                    let name = brief(&self.written[first]);
                    Err(text!("names two columns '{name}'; name each column once", name))
                }
                _ => Ok(first),
            }
        };
        let mut points: Vec<usize> = found.iter().filter_map(|(_, c)| c.point).collect();
        points.sort_unstable();
        points.dedup();
        let (x, y) = (column(0, None)?, column(1, None)?);
        if let (Some(x), Some(y), true) = (x, y, points.len() < 3) {
            return Ok(CoordinateColumns::Point([x, y]));
        }
        if points.is_empty() {
            return Err(text!(
                "its header names no columns of points; name them x0,y0,x1,y1,.. or x,y"
            ));
        }
        let pair = |&point: &usize| match (column(0, Some(point))?, column(1, Some(point))?) {
            (Some(x), Some(y)) => Ok([x, y]),
            (x, _) => {
                let (there, missing) = if x.is_some() { ('x', 'y') } else { ('y', 'x') };
                Err(text!(
                    "has a column {there}{point} and none {missing}{point}; name both",
                    there,
                    point,
                    missing
                ))
            }
        };
        Ok(CoordinateColumns::Shape(points.iter().map(pair).collect::<Result<_, Text>>()?))
    }

    /// The unit in brackets after the names of all these columns; unknown if it is not one.
    pub fn unit(&self, columns: &[usize]) -> LengthUnit {
        let unit =
            |&column: &usize| LengthUnit::from_symbol(name_and_unit(&self.written[column]).1);
        LengthUnit::common(columns.iter().map(unit))
    }

    /// The columns that may identify outlines, by their names.
    pub fn ids(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(|&i| IDS.contains(&self.plain[i].as_str()))
    }

    /// The column of labels.
    pub fn label(&self) -> Option<usize> {
        (0..self.len()).find(|&i| LABELS.contains(&self.plain[i].as_str()))
    }

    /// The name of a column, for a message.
    pub fn name(&self, column: usize) -> Text {
        match brief(&self.written[column]) {
            name if name.is_empty() => text!("(without a name)"),
            name => text!("'{name}'", name),
        }
    }

    /// A clause about the columns that are not among `used`: their number and names; none if all are used.
    pub fn left_aside(&self, used: impl IntoIterator<Item = usize>) -> Option<Text> {
        let used: Vec<usize> = used.into_iter().collect();
        let mut is_used = vec![false; self.len()];
        used.into_iter().for_each(|i| is_used[i] = true);
        let others: Vec<usize> = (0..self.len()).filter(|&i| !is_used[i]).collect();
        columns_aside(others.iter().map(|&i| self.name(i)))
    }
}

/// A clause about columns that are not used, such as `2 columns: (without a name), 'drag'`.
pub fn columns_aside(names: impl IntoIterator<Item = Text>) -> Option<Text> {
    let mut names: Vec<Text> = names.into_iter().collect();
    let count = names.len();
    names.truncate(NAMED);
    let names = Text::joined(names, ", ");
    match count.saturating_sub(NAMED) {
        0 if count == 0 => None,
        0 => Some(text!("{count} column: {names}" | "{count} columns: {names}", count, names)),
        more => {
            Some(text!("{number} columns: {names} and {more} more", number = count, names, more))
        }
    }
}

/// True if a column with this name identifies shapes.
pub fn is_id(cell: &str) -> bool {
    IDS.contains(&plain_name(cell).as_str())
}

/// True if a column of this name holds coordinates in a table of outlines.
pub fn is_coordinate(cell: &str) -> bool {
    coordinate(&plain_name(cell), cell).is_some()
}

/// A column's name without its unit, in lower case.
fn plain_name(cell: &str) -> String {
    let end = cell.find(['[', '(']).unwrap_or(cell.len());
    cell[..end].trim().to_lowercase()
}

/// `x`, or `x0`, `x_0`, `x[0]`, `p0x`, `0_x` and the like.
fn coordinate(plain: &str, written: &str) -> Option<Coordinate> {
    let axis = |word: &str| ["x", "y"].iter().position(|axis| *axis == word);
    if let (Some(axis), None) = (axis(plain), index_in_brackets(written)) {
        return Some(Coordinate { axis, point: None });
    }
    if let (Some(axis), Some(point)) = (axis(plain), index_in_brackets(written)) {
        return Some(Coordinate { axis, point: Some(point) });
    }
    let word: String = plain.chars().filter(|c| !"_-. ".contains(*c)).collect();
    let word = ["point", "pt", "p"].iter().find_map(|p| word.strip_prefix(p)).unwrap_or(&word);
    let (first, last) = (word.chars().next()?, word.chars().next_back()?);
    let (axis, digits) = match (axis(&first.to_string()), axis(&last.to_string())) {
        (Some(axis), None) => (axis, word.get(1..)?),
        (None, Some(axis)) => (axis, word.get(..word.len() - 1)?),
        _ => return None,
    };
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let point = is_number.then(|| digits.parse().ok())?;
    point.map(|point| Coordinate { axis, point: Some(point) })
}

/// The 3 of `x[3]`; none for a unit in brackets.
fn index_in_brackets(written: &str) -> Option<usize> {
    let begin = written.find(['[', '('])?;
    written[begin + 1..].trim_end().trim_end_matches([']', ')']).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    fn header(line: &str) -> ColumnNames {
        ColumnNames::new(line.split(','))
    }

    fn shape(line: &str) -> Vec<[usize; 2]> {
        match header(line).coordinates() {
            Ok(CoordinateColumns::Shape(pairs)) => pairs,
            Ok(CoordinateColumns::Point(_)) => panic!("points"),
            Err(problem) => panic!("{problem}"),
        }
    }

    #[test]
    fn coordinates_are_told_by_their_names_wherever_they_stand() {
        let expected = [[1, 2], [3, 4], [5, 6]];
        for line in [
            ",x0,y0,x1,y1,x2,y2,drag",
            "area,X0 [mm],Y0 [mm],X1 [mm],Y1 [mm],X2 [mm],Y2 [mm]",
            "id,x_1,y_1,x_2,y_2,x_3,y_3,z_1",
            "n,x[0],y[0],x[1],y[1],x[2],y[2]",
            "n,p0x,p0y,p1x,p1y,p2x,p2y",
        ] {
            assert_eq!(shape(line), expected, "{line}");
        }
        assert_eq!(shape("x0,x1,x2,y0,y1,y2"), [[0, 3], [1, 4], [2, 5]]);
        assert_eq!(shape("x10,y10,x9,y9,x11,y11"), [[2, 3], [0, 1], [4, 5]]);
        let point = |line: &str| match header(line).coordinates() {
            Ok(CoordinateColumns::Point(columns)) => columns,
            _ => panic!("{line}"),
        };
        assert_eq!(point("X(mm),Y(mm)"), [0, 1]);
        assert_eq!(point("Unnamed: 0,y,x,z"), [2, 1]);
    }

    #[test]
    fn what_cannot_be_told_is_refused() {
        let problem = |line: &str| header(line).coordinates().err().unwrap().to_string();
        assert!(problem("a,b,c,d").contains("no columns of points"));
        assert!(says(&problem("x0,y0,x1,x2,y2"), "x1 .. y1"));
        assert!(problem("x,y,x,y").contains("'x'"));
        assert!(problem("x0,y0,x1,y1,x1,y1").contains("'x1'"));
    }

    #[test]
    fn columns_that_are_counted_are_x_and_y_in_turn() {
        let counted = |line: &str| ColumnNames::counted(line.split(','));
        let header = counted(",0,1,2,3,4,5,drag").unwrap();
        let Ok(CoordinateColumns::Shape(pairs)) = header.coordinates() else { panic!("no shapes") };
        assert_eq!(pairs, [[1, 2], [3, 4], [5, 6]]);
        let aside = header.left_aside(pairs.concat()).unwrap().to_string();
        assert_eq!(aside, "2 columns: (without a name), 'drag'");
        assert!(counted("0,1,1,1").is_none() && counted("a,0,1,2").is_none());
        assert!(counted("0.0,1.0").is_none() && counted("a,b").is_none());
    }
}
