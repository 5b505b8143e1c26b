//! Conditions on columns of a table, as they are set on the command line and in files.

use crate::data::column_name::ColumnName;
use crate::data::names::quoted::{Unquoted, quoted};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The signs of an order.
const ORDERS: [&str; 2] = ["<=", ">="];

/// A condition on columns of a table, in the units and levels of its file; a row that breaks it is never an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnConstraint {
    /// The column has this value.
    Lock {
        /// The column.
        column: ColumnName,
        /// A number, or a level of a category.
        value: String,
    },
    /// The numbers of the column lie between these ends, both included; at least one end is given.
    Bound {
        /// The column.
        column: ColumnName,
        /// The lower end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<f64>,
        /// The upper end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<f64>,
    },
    /// The numbers of the columns add up to the total.
    Sum {
        /// The columns, at least two.
        columns: Vec<ColumnName>,
        /// Their sum.
        total: f64,
    },
}

impl ColumnConstraint {
    /// Parses `COLUMN=V`. In this and the other forms a name, and the level here, may be [quoted](Unquoted).
    ///
    /// # Errors
    /// When the text has another form, or the name is none.
    pub fn lock(text: &str) -> Result<Self, Text> {
        Self::lock_of(&Unquoted::new(text))
    }

    fn lock_of(names: &Unquoted) -> Result<Self, Text> {
        let form = || text!("must be COLUMN=V; for example \"density=3\" or \"lattice=fcc\"");
        // A name may hold any sign, so the last one is that of a number; the name of a level may hold it too.
        let (name, last) = names.text.rsplit_once('=').ok_or_else(form)?;
        let is_number = last.trim().parse::<f64>().is_ok();
        let (column, value) =
            if is_number { (name, last) } else { names.text.split_once('=').ok_or_else(form)? };
        let value = names.name(value.trim()).trim().to_owned();
        if value.is_empty() || value.contains(char::is_control) || column.ends_with(['<', '>']) {
            return Err(form());
        }
        Ok(Self::Lock { column: column_of(names, column)?, value })
    }

    /// Parses `V<=COLUMN`, `COLUMN<=V` or `V<=COLUMN<=W`; `>=` turns the order around.
    ///
    /// # Errors
    /// When the text has another form, or the name is none.
    pub fn bound(text: &str) -> Result<Self, Text> {
        Self::bound_of(&Unquoted::new(text))
    }

    fn bound_of(names: &Unquoted) -> Result<Self, Text> {
        let form =
            || text!("must be V<=COLUMN, COLUMN<=V or V<=COLUMN<=W; for example \"0<=density<=1\"");
        let text = names.text.as_str();
        // A name may hold any sign, so the numbers are taken off its two ends.
        let ends = |sign: &str| {
            let begin = text.split_once(sign).and_then(|(v, rest)| Some((number(v)?, rest)));
            let (before, rest) = begin.map_or((None, text), |(v, rest)| (Some(v), rest));
            let end = rest.rsplit_once(sign).and_then(|(rest, v)| Some((rest, number(v)?)));
            let (rest, after) = end.map_or((rest, None), |(rest, v)| (rest, Some(v)));
            (before, rest, after)
        };
        let (low, column, high) = match (ends("<="), ends(">=")) {
            ((low, column, high), (None, _, None)) if low.or(high).is_some() => (low, column, high),
            ((None, _, None), (high, column, low)) if low.or(high).is_some() => (low, column, high),
            // Neither sign has a number, or both have one.
            _ => return Err(form()),
        };
        if ORDERS.into_iter().any(|sign| column.contains(sign)) {
            return Err(form());
        }
        Ok(Self::Bound { column: column_of(names, column)?, low, high })
    }

    /// Parses `COLUMN+COLUMN+..=V`.
    ///
    /// # Errors
    /// When the text has another form, or a name is none.
    pub fn sum(text: &str) -> Result<Self, Text> {
        Self::sum_of(&Unquoted::new(text))
    }

    fn sum_of(names: &Unquoted) -> Result<Self, Text> {
        let form =
            || text!("must be COLUMN+COLUMN=V with two columns or more; for example \"a+b+c=1\"");
        let (columns, total) = names.text.rsplit_once('=').ok_or_else(form)?;
        let total = number(total).ok_or_else(form)?;
        if columns.ends_with(['<', '>']) {
            return Err(form());
        }
        let columns = columns.split('+').map(|name| column_of(names, name));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        if columns.len() < 2 {
            return Err(form());
        }
        Ok(Self::Sum { columns, total })
    }

    /// Parses a condition of any of the three kinds: a bound has `<=` or `>=`, a sum has `+` before `=`.
    ///
    /// # Errors
    /// When the text is none of them, or a name is none.
    pub fn parse(text: &str) -> Result<Self, Text> {
        let names = Unquoted::new(text);
        if ORDERS.into_iter().any(|sign| names.text.contains(sign)) {
            return Self::bound_of(&names);
        }
        match names.text.split_once('=') {
            Some((columns, _)) if columns.contains('+') => Self::sum_of(&names),
            Some(_) => Self::lock_of(&names),
            None => Err(text!("must be COLUMN=V, V<=COLUMN<=W or COLUMN+COLUMN=V")),
        }
    }

    /// The columns that it holds, by name.
    pub fn columns(&self) -> &[ColumnName] {
        match self {
            Self::Lock { column, .. } | Self::Bound { column, .. } => std::slice::from_ref(column),
            Self::Sum { columns, .. } => columns,
        }
    }

    /// The name of its option on the command line, without dashes.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Lock { .. } => "lock",
            Self::Bound { .. } => "bound",
            Self::Sum { .. } => "sum",
        }
    }
}

fn column_of(names: &Unquoted, part: &str) -> Result<ColumnName, Text> {
    ColumnName::new(&names.name(part.trim()))
}

/// A finite number.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|v: &f64| v.is_finite())
}

/// As it is parsed, whatever the kind that is expected.
impl fmt::Display for ColumnConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock { column, value } => {
                let column = quoted(column.as_str(), &["=", "+", "<", ">"]);
                write!(f, "{column}={}", quoted(value, &["=", "<=", ">="]))
            }
            Self::Bound { column, low, high } => {
                if let Some(low) = low {
                    write!(f, "{low}<=")?;
                }
                // A name that is a number would be an end.
                let is_number = number(column.as_str()).is_some();
                let signs = if is_number { &[""][..] } else { &ORDERS };
                f.write_str(&quoted(column.as_str(), signs))?;
                high.map_or(Ok(()), |high| write!(f, "<={high}"))
            }
            Self::Sum { columns, total } => {
                let signs = ["=", "+", "<", ">"];
                let names = columns.iter().map(|name| quoted(name.as_str(), &signs));
                write!(f, "{}={total}", names.collect::<Vec<_>>().join("+"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    type Parse = fn(&str) -> Result<ColumnConstraint, Text>;

    const LOCK: Parse = ColumnConstraint::lock;
    const BOUND: Parse = ColumnConstraint::bound;
    const SUM: Parse = ColumnConstraint::sum;

    #[test]
    fn conditions_are_written_as_they_are_read() {
        for (parse, option, text, written) in [
            (LOCK, "lock", "d4=3.25", "d4=3.25"),
            (LOCK, "lock", " lattice = a=b", "lattice=\"a=b\""),
            (LOCK, "lock", "lattice=\"a=5\"", "lattice=\"a=5\""),
            (LOCK, "lock", "\"a<=b+c\" = \">=5\"", "\"a<=b+c\"=\">=5\""),
            (LOCK, "lock", "\"say \"\"x\"\"\"=3", "\"say \"\"x\"\"\"=3"),
            (LOCK, "lock", "CL at Re=1e6=0.5", "\"CL at Re=1e6\"=0.5"),
            (BOUND, "bound", "0<=\"a<=b\"<=1", "0<=\"a<=b\"<=1"),
            (BOUND, "bound", "\"5\"<=7", "\"5\"<=7"),
            (BOUND, "bound", "1 >= \"d>=4\"", "\"d>=4\"<=1"),
            (BOUND, "bound", "0<=drag: T<50<=1", "0<=drag: T<50<=1"),
            (BOUND, "bound", "0<=d4<=1", "0<=d4<=1"),
            (BOUND, "bound", "1 >= d4 >= -2.5", "-2.5<=d4<=1"),
            (BOUND, "bound", "d4<=1e-3", "d4<=0.001"),
            (BOUND, "bound", "d4>=0", "0<=d4"),
            (BOUND, "bound", "0>=d4", "d4<=0"),
            (SUM, "sum", "a + b +c=1", "a+b+c=1"),
            (SUM, "sum", "\"Na+\" + b=1", "\"Na+\"+b=1"),
            (SUM, "sum", "\"a=1\"+\"b<=2\"=1", "\"a=1\"+\"b<=2\"=1"),
        ] {
            let condition = parse(text).unwrap();
            assert_eq!((condition.to_string().as_str(), condition.option()), (written, option));
            assert_eq!(parse(written).unwrap(), condition);
            assert_eq!(ColumnConstraint::parse(text).unwrap(), condition);
            let json = serde_json::to_string(&condition).unwrap();
            assert_eq!(serde_json::from_str::<ColumnConstraint>(&json).unwrap(), condition);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for (parse, text, part) in [
            (LOCK, "d4", "COLUMN=V"),
            (LOCK, "d4=", "COLUMN=V"),
            (LOCK, "d4<=3", "COLUMN=V"),
            (LOCK, "=3", "is no name"),
            (LOCK, "\"\"=3", "is no name"),
            (LOCK, "lattice=\"\"", "COLUMN=V"),
            (BOUND, "d4", "V<=COLUMN"),
            (BOUND, "d4=3", "V<=COLUMN"),
            (BOUND, "0<=d4<=x", "V<=COLUMN"),
            (BOUND, "0<=d4>=1", "V<=COLUMN"),
            (BOUND, "inf<=d4", "V<=COLUMN"),
            (SUM, "a=1", "two columns"),
            (SUM, "a+b", "COLUMN+COLUMN=V"),
            (SUM, "a+b=nan", "COLUMN+COLUMN=V"),
            (SUM, "a+=1", "is no name"),
            (SUM, "a+b >=5", "COLUMN+COLUMN=V"),
        ] {
            let message = parse(text).unwrap_err().to_string();
            assert!(says(&message, part), "{text}: {message}");
        }
    }
}
