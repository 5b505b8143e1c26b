//! The form of a table's file, as far as a person states it.

use serde::{Deserialize, Serialize};

/// The form of a table's file; what is not stated is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableForm {
    /// The worksheet to read, by its name. Without it: the first with a table.
    pub sheet: Option<String>,
    /// The character between the cells of a text: an ASCII character.
    pub delimiter: Option<char>,
    /// The decimal mark of a text: a point or a comma.
    pub decimal: Option<char>,
    /// The encoding of a text, by a label of the WHATWG encoding standard, such as `windows-1252` or `gb18030`.
    pub encoding: Option<String>,
    /// True if the first row names the columns. Without names they are called `c1`, `c2`, and so on.
    pub header: Option<bool>,
    /// The words that stand for a blank, beside an empty cell; small and capital letters are the same. Without any: `NA`,
    /// `NaN`, `null`, `-` and the like.
    pub blanks: Vec<String>,
}
