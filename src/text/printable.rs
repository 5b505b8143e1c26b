//! Words of others as they may stand on a terminal or in a sentence.

use std::borrow::Cow;

/// The most signs that a sentence quotes of others.
const QUOTED: usize = 80;

/// The same words with every sign escaped that a terminal would act on: control characters but line ends and
/// tabulators, and marks that turn the direction of writing.
pub fn printable(words: &str) -> Cow<'_, str> {
    escaped(words, |c| acts(c) && c != '\n' && c != '\t')
}

/// JSON with every sign escaped as JSON has it that a terminal would act on; JSON itself escapes only some.
pub fn escaped_json(json: &str) -> String {
    let escape = |c: char| match acts(c) && c != '\n' {
        true => format!("\\u{:04x}", u32::from(c)),
        false => c.to_string(),
    };
    json.chars().map(escape).collect()
}

/// The same words with every sign escaped that ends a line or that a terminal would act on.
pub(super) fn in_line(words: &str) -> Cow<'_, str> {
    escaped(words, acts)
}

/// The first [`QUOTED`] signs, and a sign that there are more.
pub(super) fn shortened(words: &str) -> Cow<'_, str> {
    match words.char_indices().nth(QUOTED) {
        Some((end, _)) => Cow::Owned(format!("{}…", &words[..end])),
        None => Cow::Borrowed(words),
    }
}

fn escaped(words: &str, is_escaped: fn(char) -> bool) -> Cow<'_, str> {
    if !words.contains(is_escaped) {
        return Cow::Borrowed(words);
    }
    let mut safe = String::with_capacity(words.len() + 16);
    for c in words.chars() {
        if is_escaped(c) { safe.extend(c.escape_unicode()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// True for control characters, separators of lines and marks of direction (Unicode 16, UAX 9, 2.1 to 2.6).
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn nothing_of_others_acts_on_a_terminal() {
        assert_eq!(printable("a\tb\n"), "a\tb\n");
        assert_eq!(
            printable("\u{1b}[31mred\u{7}\u{9b}\u{202e}"),
            "\\u{1b}[31mred\\u{7}\\u{9b}\\u{202e}"
        );
        let text = text!("in test" => "no {thing}", thing = "a\nb\u{1b}");
        assert_eq!(text.to_string(), "no a\\u{a}b\\u{1b}");
    }

    #[test]
    fn json_stays_json() {
        let name = "\u{1b}a\u{7f}\u{9b}\u{202e}é";
        let json = escaped_json(&serde_json::to_string_pretty(&[name]).unwrap());
        assert_eq!(printable(&json), json);
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [name]);
    }

    #[test]
    fn quotations_are_short() {
        let long = "é".repeat(200);
        let text = text!("in test" => "'{cell}' is none: {whole}", cell = &long, whole = &long);
        assert_eq!(text.to_string(), format!("'{}…' is none: {long}", "é".repeat(80)));
        let text = text!("in test" => "is damaged ({error})", error = &long);
        assert_eq!(text.to_string().chars().count(), "is damaged (…)".chars().count() + 80);
    }
}
