//! The sentence for a command line that cannot be parsed, made of the facts that clap reports: its own sentences are English.

use crate::text;
use crate::text::Text;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error;
use std::num::{IntErrorKind, ParseFloatError, ParseIntError};

/// The problem and its remedies, in one line.
pub(super) fn explain(error: &clap::Error) -> Text {
    let remedies = remedies(error).into_iter().chain([text!("--help tells more")]);
    Text::joined([problem(error)].into_iter().chain(remedies), "; ")
}

/// The problem. Kinds that no command can cause have no sentence of their own; a test holds that there is no such command.
fn problem(error: &clap::Error) -> Text {
    let [argument, value, command] =
        [ContextKind::InvalidArg, ContextKind::InvalidValue, ContextKind::InvalidSubcommand]
            .map(|kind| words(error, kind).join(", "));
    match error.kind() {
        ErrorKind::MissingRequiredArgument => text!(
            "a required argument is missing: {argument}"
                | "required arguments are missing: {argument}",
            count = words(error, ContextKind::InvalidArg).len(),
            argument
        ),
        ErrorKind::UnknownArgument => text!("unexpected argument '{argument}'", argument),
        ErrorKind::InvalidSubcommand => text!("unknown command '{command}'", command),
        ErrorKind::InvalidValue if value.is_empty() => {
            text!("'{argument}' needs a value", argument)
        }
        ErrorKind::InvalidValue => {
            text!("invalid value '{value}' for '{argument}'", value, argument)
        }
        ErrorKind::ValueValidation => text!(
            "invalid value '{value}' for '{argument}': {reason}",
            value,
            argument,
            reason = error.source().map(reason).unwrap_or_default()
        ),
        ErrorKind::TooManyValues => {
            text!("unexpected value '{value}' for '{argument}', which takes none", value, argument)
        }
        ErrorKind::TooFewValues => text!(
            "'{argument}' needs at least {least} values, and {count} was given"
                | "'{argument}' needs at least {least} values, and {count} were given",
            argument,
            least = number(error, ContextKind::MinValues),
            count = number(error, ContextKind::ActualNumValues)
        ),
        ErrorKind::ArgumentConflict => {
            conflict(if argument.is_empty() { command } else { argument }, error)
        }
        ErrorKind::InvalidUtf8 => text!("a part of the command line is not valid UTF-8"),
        _ => text!("the command line cannot be understood"),
    }
}

/// An argument or a command that cannot stand beside others, or beside itself.
fn conflict(given: String, error: &clap::Error) -> Text {
    let others = words(error, ContextKind::PriorArg);
    if others == [given.as_str()] {
        return text!("'{argument}' cannot be given more than once", argument = given);
    }
    let others = others.into_iter().map(|other| Text::verbatim(format!("'{other}'")));
    text!(
        "'{argument}' cannot be used with {others}",
        argument = given,
        others = Text::list(others)
    )
}

/// The reason for which a value cannot be parsed; those of the standard library are English.
fn reason(source: &(dyn Error + 'static)) -> Text {
    if let Some(text) = source.downcast_ref::<Text>() {
        return text.clone();
    }
    if let Some(error) = source.downcast_ref::<ParseIntError>() {
        return match error.kind() {
            IntErrorKind::PosOverflow => text!("it is too large"),
            _ => text!("it must be a whole number, not below 0"),
        };
    }
    if source.is::<ParseFloatError>() {
        return text!("it must be a number");
    }
    Text::verbatim(source.to_string())
}

/// The allowed values, and similar names that exist.
fn remedies(error: &clap::Error) -> Vec<Text> {
    let mut remedies = Vec::new();
    let allowed = words(error, ContextKind::ValidValue);
    if !allowed.is_empty() {
        remedies.push(text!("choose one of {allowed}", allowed = allowed.join(", ")));
    }
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedValue] {
        let similar = words(error, kind).into_iter();
        remedies.extend(similar.map(|name| text!("'{name}' is similar", name)));
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        let argument = words(error, ContextKind::InvalidArg).join(", ");
        remedies.extend(tips.iter().filter_map(|english| tip(&english.to_string(), &argument)));
    }
    remedies
}

/// A tip that clap gives as a sentence alone: the argument is one of a command, or can be passed as a value.
fn tip(english: &str, argument: &str) -> Option<Text> {
    let quoted =
        |words: &str| words.strip_prefix('\'')?.strip_suffix("' exists").map(str::to_owned);
    if let Some(usage) = quoted(english) {
        return Some(text!("'{usage}' exists", usage));
    }
    let passed = format!("-- {argument}");
    english.contains(&passed).then(|| text!("write '{passed}' to pass it as a value", passed))
}

/// The words of a part of an error, none if it has no such part.
fn words(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    }
}

/// The number in a part of an error, 0 if it has no such part.
fn number(error: &clap::Error, kind: ContextKind) -> usize {
    match error.get(kind) {
        Some(ContextValue::Number(number)) => usize::try_from(*number).unwrap_or_default(),
        _ => 0,
    }
}
