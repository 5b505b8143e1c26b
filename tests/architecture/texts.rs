//! The texts in the source: every `text!`, and every literal that reads like words and is none.

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// Macros and functions whose literals nobody but a programmer reads, or which are the same in every language.
const UNTRANSLATED: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "panic",
    "unreachable",
    "todo",
    "expect",
    "verbatim",
    "include_str",
    "include_bytes",
    "concat",
    "env",
];

/// The key of a text and the names of its arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundText {
    pub context: Option<String>,
    pub english: String,
    pub plural: Option<String>,
    pub arguments: BTreeSet<String>,
    /// The line that it stands on, from 1.
    pub line: usize,
}

/// Texts of a file, and the literals that read like words outside of them, each with its line.
#[derive(Debug, Default)]
pub struct Texts {
    pub texts: Vec<FoundText>,
    pub bare: Vec<(usize, String)>,
}

impl Texts {
    /// Reads a source file; `#[cfg(test)]` items are left out.
    pub fn read(source: &str) -> Self {
        let mut texts = Self::default();
        let file: TokenStream = source.parse().expect("the source is Rust");
        texts.walk(&file.into_iter().collect::<Vec<_>>());
        texts
    }

    fn walk(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            at += match &tokens[at..] {
                [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(_), ..]
                    if hash.as_char() == '#' && bang.as_char() == '!' =>
                {
                    3
                }
                [TokenTree::Punct(hash), TokenTree::Group(attribute), rest @ ..]
                    if hash.as_char() == '#' && attribute.delimiter() == Delimiter::Bracket =>
                {
                    2 + if is_for_tests(&attribute.stream()) { item_length(rest) } else { 0 }
                }
                [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(group), ..]
                    if name == "text" && bang.as_char() == '!' =>
                {
                    self.text(group.stream(), name.span().start().line);
                    3
                }
                [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(group), ..]
                    if bang.as_char() == '!' =>
                {
                    if !UNTRANSLATED.contains(&name.to_string().as_str()) && name != "macro_rules" {
                        self.walk(&group.stream().into_iter().collect::<Vec<_>>());
                    }
                    3
                }
                [TokenTree::Ident(name), TokenTree::Group(group), ..]
                    if group.delimiter() == Delimiter::Parenthesis
                        && UNTRANSLATED.contains(&name.to_string().as_str()) =>
                {
                    2
                }
                [TokenTree::Group(group), ..] => {
                    self.walk(&group.stream().into_iter().collect::<Vec<_>>());
                    1
                }
                [TokenTree::Literal(literal), ..] => {
                    let words = string(literal).filter(|words| reads_like_words(words));
                    self.bare.extend(words.map(|words| (literal.span().start().line, words)));
                    1
                }
                _ => 1,
            };
        }
    }

    /// Reads what stands in `text!(..)`: `context => one | many, name, name = value`.
    fn text(&mut self, tokens: TokenStream, line: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_comma =
            |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
        let mut parts = tokens.split(is_comma);
        let first = parts.next().unwrap_or_default();
        let has_context =
            first.iter().any(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == '='));
        let literals = first.iter().filter_map(|token| match token {
            TokenTree::Literal(literal) => string(literal),
            _ => None,
        });
        let mut literals: std::collections::VecDeque<String> = literals.collect();
        let context = if has_context { literals.pop_front() } else { None };
        let Some(english) = literals.pop_front() else { return };
        let arguments = parts.clone().filter_map(|part| Some(part.first()?.to_string())).collect();
        self.texts.push(FoundText {
            context,
            english,
            plural: literals.pop_front(),
            arguments,
            line,
        });
        parts.for_each(|part| self.walk(part));
    }
}

/// The names in braces of a sentence.
pub fn placeholders(sentence: &str) -> BTreeSet<String> {
    let ends = sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    ends.map(|(name, _)| name.to_owned()).collect()
}

/// Two words, or one that begins as a label does.
fn reads_like_words(literal: &str) -> bool {
    let is_word = |word: &str| {
        word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || "'-,.:;?!".contains(c))
    };
    let words: Vec<&str> = literal.split_whitespace().collect();
    let is_sentence = words.windows(2).any(|pair| pair.iter().all(|word| is_word(word)));
    let mut letters = literal.chars();
    let is_label = letters.next().is_some_and(char::is_uppercase)
        && literal.len() > 2
        && letters.all(char::is_lowercase);
    is_sentence || is_label
}

fn string(literal: &Literal) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|literal| literal.value())
}

fn is_for_tests(attribute: &TokenStream) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text == "test" || text.starts_with("cfg(test)") || text.starts_with("cfg_attr(test")
}

/// The number of tokens of the item that follows an attribute: to its body or its semicolon.
fn item_length(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1)
}

/// A sentence in the pseudo-language: letters with accents, vowels twice, so that it is about half as long again. What
/// stands in braces stays.
pub fn pseudo(sentence: &str) -> String {
    let mut is_name = false;
    let mut accented = String::new();
    for letter in sentence.chars() {
        is_name = (is_name || letter == '{') && letter != '}';
        let with_accent = match letter {
            _ if is_name => letter,
            'a' => 'á',
            'e' => 'é',
            'i' => 'í',
            'o' => 'ö',
            'u' => 'ü',
            'c' => 'ç',
            'n' => 'ñ',
            'A' => 'Á',
            'E' => 'É',
            'I' => 'Í',
            'O' => 'Ö',
            'U' => 'Ü',
            other => other,
        };
        accented.push(with_accent);
        if "áéíöü".contains(with_accent) {
            accented.push(with_accent);
        }
    }
    accented
}
