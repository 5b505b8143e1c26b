//! The options of the form of a table's file: what they leave out is recognised.

use super::names::{Listed, all, names};
use crate::data::table::TableForm;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use clap::Args;

const FORM: &str = "The form of a table's file";

/// The arguments of the form of a table's file.
#[derive(Debug, Args)]
pub struct FormArguments {
    /// The worksheet of a workbook [default: the first with a table]
    #[arg(long, value_name = "NAME", help_heading = FORM)]
    sheet: Option<String>,
    /// The character between the cells of a text: comma, semicolon, tab, bar or any other [default: recognised]
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = FORM)]
    delimiter: Option<char>,
    /// The decimal mark of a text, comma or point [default: a point, and also a comma where it does not separate cells]
    #[arg(long, value_name = "MARK", value_parser = decimal, help_heading = FORM)]
    decimal: Option<char>,
    /// The encoding of a text, such as windows-1252, utf-16le or gb18030 [default: UTF-8 or UTF-16 if it is, else
    /// windows-1252]
    #[arg(long, value_name = "NAME", help_heading = FORM)]
    encoding: Option<String>,
    /// The first row names no columns: they are called c1, c2, ..
    #[arg(long, help_heading = FORM)]
    no_header: bool,
    /// The first row names the columns, even if it holds numbers
    #[arg(long, conflicts_with = "no_header", help_heading = FORM)]
    header: bool,
    /// Words that stand for a blank, separated by commas, in place of the usual ones [default: NA, N/A, NaN, null, None,
    /// -, ? and errors of spreadsheets]
    #[arg(long = "blank", value_name = "WORDS", value_parser = names, allow_hyphen_values = true, help_heading = FORM)]
    blanks: Vec<Listed<String>>,
}

impl FormArguments {
    /// The form that is stated.
    pub fn form(&self) -> TableForm {
        TableForm {
            sheet: self.sheet.clone(),
            delimiter: self.delimiter,
            decimal: self.decimal,
            encoding: self.encoding.clone(),
            header: match (self.header, self.no_header) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            blanks: all(&self.blanks),
        }
    }

    /// Fails if one of these options is given although no table is read.
    ///
    /// # Errors
    /// Names the option.
    pub fn check_unused(&self) -> Result<()> {
        let named = [
            ("sheet", self.sheet.is_some()),
            ("delimiter", self.delimiter.is_some()),
            ("decimal", self.decimal.is_some()),
            ("encoding", self.encoding.is_some()),
            ("no-header", self.no_header),
            ("header", self.header),
            ("blank", !self.blanks.is_empty()),
        ];
        match named.iter().find(|(_, named)| *named) {
            Some((name, _)) => Err(Error::setting(
                name,
                text!("goes with a table; name its targets (--target), or give --table"),
            )),
            None => Ok(()),
        }
    }
}

/// A delimiter by its name or itself.
fn delimiter(text: &str) -> std::result::Result<char, Text> {
    let named = [
        ("comma", ','),
        ("semicolon", ';'),
        ("tab", '\t'),
        ("\\t", '\t'),
        ("bar", '|'),
        ("pipe", '|'),
        ("space", ' '),
    ];
    let own = named.iter().find(|(name, _)| *name == text).map(|(_, own)| *own);
    let mut characters = text.chars();
    match (own, characters.next(), characters.next()) {
        (Some(own), ..) | (None, Some(own), None) if own.is_ascii() && own != '"' => Ok(own),
        _ => Err(text!(
            "'{given}' is no delimiter; write comma, semicolon, tab, bar or one character",
            given = text
        )),
    }
}

/// A decimal mark by its name or itself.
fn decimal(text: &str) -> std::result::Result<char, Text> {
    match text {
        "," | "comma" => Ok(','),
        "." | "point" => Ok('.'),
        _ => Err(text!("'{given}' is no decimal mark; write comma or point", given = text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_names() {
        for (text, expected) in [("tab", '\t'), ("\\t", '\t'), (";", ';'), ("bar", '|'), ("~", '~')]
        {
            assert_eq!(delimiter(text).unwrap(), expected);
        }
        assert!(["", ";;", "\"", "\u{e4}"].iter().all(|text| delimiter(text).is_err()));
        assert_eq!((decimal("comma").unwrap(), decimal(".").unwrap()), (',', '.'));
        assert!(decimal(";").is_err());
    }
}
