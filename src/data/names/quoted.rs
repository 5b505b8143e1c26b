//! Names in double quotes inside a text that has signs of its own, such as `0<="a<=b"<=1`.
//!
//! A quoted name begins at the beginning of the text or after a sign (`=`, `+` or `:`), and ends where the text or a sign follows;
//! a quote inside of it is written twice, as in a CSV. A quote anywhere else is a letter of a name.

use std::borrow::Cow;

/// Takes the place of a quoted name, with its number after it: no name has a control character.
const MARK: char = '\u{1}';

/// A text without its quoted names, so that no sign in them is read as one of the text.
pub struct Unquoted {
    /// The text, with a mark in the place of each quoted name.
    pub text: String,
    /// The names as they were quoted, and as they are.
    names: Vec<(String, String)>,
}

impl Unquoted {
    /// Takes the quoted names out of a text.
    pub fn new(text: &str) -> Self {
        let (mut bare, mut names) = (String::with_capacity(text.len()), Vec::new());
        let mut rest = text;
        while let Some(at) = rest.find('"') {
            bare.push_str(&rest[..at]);
            rest = &rest[at..];
            let before = bare.trim_end().chars().next_back();
            let begins = before.is_none_or(|sign| ['=', '+', ':'].contains(&sign));
            match quotation(rest).filter(|_| begins) {
                Some((length, name)) => {
                    bare.push_str(&mark(names.len()));
                    names.push((rest[..length].to_owned(), name));
                    rest = &rest[length..];
                }
                None => {
                    bare.push('"');
                    rest = &rest[1..];
                }
            }
        }
        Self { text: bare + rest, names }
    }

    /// The name that a part of the text means. A quotation that is but a piece of the part is a piece of a name.
    pub fn name<'a>(&self, part: &'a str) -> Cow<'a, str> {
        let marks = || (0..).map(mark).zip(&self.names);
        if let Some((_, (_, name))) = marks().find(|(mark, _)| part == mark) {
            return Cow::Owned(name.clone());
        }
        let mut name = Cow::Borrowed(part);
        for (mark, (quoted, _)) in marks().filter(|(mark, _)| part.contains(mark)) {
            name = Cow::Owned(name.replace(&mark, quoted));
        }
        name
    }
}

fn mark(index: usize) -> String {
    format!("{MARK}{index}{MARK}")
}

/// The length of the quotation with which a text begins, and the name in it; none if it does not end, or if more of a name
/// follows.
fn quotation(text: &str) -> Option<(usize, String)> {
    let mut name = String::new();
    let mut rest = text.strip_prefix('"')?;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => {
                let ends = after.trim_start().chars().next();
                let ends = ends.is_none_or(|sign| ['<', '>', '=', '+', ':'].contains(&sign));
                return ends.then_some((text.len() - after.len(), name));
            }
        }
    }
}

/// A name as it stands in a text with these signs: in quotes if it has one of them, or a quote.
pub fn quoted<'a>(name: &'a str, signs: &[&str]) -> Cow<'a, str> {
    if name.contains('"') || signs.iter().any(|sign| name.contains(sign)) {
        Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_names_are_taken_out_and_put_back() {
        for (text, parts, names) in [
            ("0<=\"a<=b\"<=1", "0<=\u{1}0\u{1}<=1", vec!["a<=b"]),
            (
                " \"a+b\" + \"say \"\"c\"\"\"=1",
                " \u{1}0\u{1} + \u{1}1\u{1}=1",
                vec!["a+b", "say \"c\""],
            ),
            ("predicted:\"x:max\":min", "predicted:\u{1}0\u{1}:min", vec!["x:max"]),
            ("\"\"=3", "\u{1}0\u{1}=3", vec![""]),
            // Quotes that are letters of names.
            ("5\" pipe=3", "5\" pipe=3", vec![]),
            ("\"a\" and \"b\"=3", "\"a\" and \"b\"=3", vec![]),
            ("\"open=3", "\"open=3", vec![]),
            ("a, \"b\": c<=1", "a, \"b\": c<=1", vec![]),
        ] {
            let found = Unquoted::new(text);
            assert_eq!(found.text, parts);
            let meant: Vec<_> =
                (0..names.len()).map(|k| found.name(&mark(k)).into_owned()).collect();
            assert_eq!(meant, names, "{text}");
        }
        let inside = Unquoted::new("drag: \"x\": y");
        assert_eq!(
            inside.name("drag: \u{1}0\u{1}: y"),
            "drag: \"x\": y",
            "a part of a longer name"
        );
    }

    #[test]
    fn names_with_signs_are_quoted() {
        assert_eq!(quoted("a+b", &["="]), "a+b");
        assert_eq!(quoted("a=b", &["="]), "\"a=b\"");
        assert_eq!(quoted("5\" pipe", &[]), "\"5\"\" pipe\"");
    }
}
