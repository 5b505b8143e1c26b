//! A text for people: an English sentence, which is also the key of its translations, with its arguments.

use super::catalogue::translation;
use super::key::Key;
use super::printable::{in_line, shortened};
use serde::{Serialize, Serializer};
use std::fmt;

/// An argument of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number of things, which may decide on the form of the text.
    Count(u64),
    /// Words that are the same in every language: names, formatted numbers.
    Words(String),
    /// Another text.
    Text(Text),
}

/// A text with its arguments. It becomes words when it is shown, in the language of that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// A text of the program.
    Keyed {
        /// Its key.
        key: &'static Key,
        /// Its arguments, in the order of their names in the key.
        arguments: Vec<Argument>,
    },
    /// Words that are the same in every language: names, formatted numbers, what another program said.
    Verbatim(String),
    /// Texts one after the other, with something between them.
    Joined(Vec<Text>, &'static str),
}

/// A text that can be translated: `text!("Open a model")`, `text!("{path} is empty", path = path.display().to_string())`.
/// An argument without `=` is the variable of that name. With two texts the argument `count` chooses:
/// `text!("{count} row" | "{count} rows", count = rows.len())`. A word before `=>` tells equal English texts apart:
/// `text!("of a network" => "Layer")`. Floating-point numbers are formatted before, by one function of their kind.
#[macro_export]
macro_rules! text {
    ($context:literal => $english:literal $(| $plural:literal)? $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::text!(@ Some($context), $english, [$($plural)?], $($name $(= $value)?),*)
    };
    ($english:literal $(| $plural:literal)? $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::text!(@ None, $english, [$($plural)?], $($name $(= $value)?),*)
    };
    (@ $context:expr, $english:literal, [$($plural:literal)?], $($name:ident $(= $value:expr)?),*) => {{
        static KEY: $crate::text::Key = $crate::text::Key {
            context: $context,
            english: $english,
            plural: $crate::text!(@plural $($plural)?),
            arguments: &[$(stringify!($name)),*],
        };
        $crate::text::Text::keyed(&KEY, [$($crate::text!(@argument $name $(= $value)?)),*])
    }};
    (@plural) => { None };
    (@plural $plural:literal) => { Some($plural) };
    (@argument $name:ident) => { $crate::text::Argument::from($name) };
    (@argument $name:ident = $value:expr) => { $crate::text::Argument::from($value) };
}

impl Text {
    /// A text of the program; [`text!`](crate::text!) calls this. It is never inlined: there are some two thousand texts.
    #[inline(never)]
    pub fn keyed<const N: usize>(key: &'static Key, arguments: [Argument; N]) -> Self {
        Self::Keyed { key, arguments: Vec::from(arguments) }
    }

    /// Words that are the same in every language.
    pub fn verbatim(words: impl Into<String>) -> Self {
        Self::Verbatim(words.into())
    }

    /// The texts one after the other.
    pub fn joined(texts: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        Self::Joined(texts.into_iter().collect(), between)
    }

    /// A list in a sentence: `drag`, `drag and lift`, `drag, lift and mass`.
    pub fn list(texts: impl IntoIterator<Item = Self>) -> Self {
        let mut texts: Vec<Self> = texts.into_iter().collect();
        match texts.pop() {
            None => Self::verbatim(""),
            Some(one) if texts.is_empty() => one,
            Some(last) => text!("{others} and {last}", others = Self::Joined(texts, ", "), last),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Verbatim(String::new())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verbatim(words) => f.write_str(words),
            Self::Joined(texts, between) => texts.iter().enumerate().try_for_each(|(i, text)| {
                f.write_str(if i > 0 { between } else { "" })?;
                text.fmt(f)
            }),
            Self::Keyed { key, arguments } => {
                let argument = |name: &str| {
                    let named =
                        key.arguments.iter().zip(arguments).find(|(known, _)| **known == name);
                    named.map(|(_, argument)| argument)
                };
                let count = match argument("count") {
                    Some(Argument::Count(count)) => Some(*count),
                    _ => None,
                };
                fill(f, translation(key, count), argument)
            }
        }
    }
}

/// The problem with a word on the command line is a text.
impl std::error::Error for Text {}

/// Writes a sentence with its arguments; a placeholder without an argument stays as it is. Words in quotation marks, and
/// those of another program's `error`, are shortened.
fn fill<'a>(
    f: &mut fmt::Formatter<'_>,
    mut sentence: &str,
    argument: impl Fn(&str) -> Option<&'a Argument>,
) -> fmt::Result {
    while let Some(start) = sentence.find('{') {
        let Some(length) = sentence[start..].find('}') else { break };
        let end = start + length + 1;
        f.write_str(&sentence[..start])?;
        let name = &sentence[start + 1..end - 1];
        let is_quoted = sentence[..start].ends_with('\'') && sentence[end..].starts_with('\'');
        match argument(name) {
            Some(Argument::Words(words)) if is_quoted || name == "error" => {
                f.write_str(&shortened(&in_line(words)))?;
            }
            Some(argument) => fmt::Display::fmt(argument, f)?,
            None => f.write_str(&sentence[start..end])?,
        }
        sentence = &sentence[end..];
    }
    f.write_str(sentence)
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Words(words) => f.write_str(&in_line(words)),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::Verbatim(words)
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::verbatim(words)
    }
}

impl From<&String> for Text {
    fn from(words: &String) -> Self {
        Self::verbatim(words)
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.to_string()
    }
}

impl From<Text> for Argument {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&Text> for Argument {
    fn from(text: &Text) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Argument {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Argument {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<&String> for Argument {
    fn from(words: &String) -> Self {
        Self::Words(words.clone())
    }
}

impl From<&&str> for Argument {
    fn from(words: &&str) -> Self {
        Self::Words((*words).to_owned())
    }
}

impl From<char> for Argument {
    fn from(letter: char) -> Self {
        Self::Words(letter.to_string())
    }
}

impl From<&usize> for Argument {
    fn from(count: &usize) -> Self {
        Self::from(*count)
    }
}

impl From<u32> for Argument {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<usize> for Argument {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<u64> for Argument {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_where_they_are_named() {
        let name = "a.csv";
        let text = text!("{name}: {count} row" | "{name}: {count} rows", name, count = 1_usize);
        assert_eq!(text.to_string(), "a.csv: 1 row");
        let text = text!("{name}: {count} row" | "{name}: {count} rows", name, count = 12_usize);
        assert_eq!(text.to_string(), "a.csv: 12 rows");
        let inner = text!("in test" => "no {thing}", thing = String::from("{name}"));
        assert_eq!(text!("{why}; {unknown}", why = inner).to_string(), "no {name}; {unknown}");
    }

    #[test]
    fn lists_read_as_in_a_sentence() {
        let list =
            |words: &[&str]| Text::list(words.iter().map(|word| Text::verbatim(*word))).to_string();
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
