//! The keys of texts.

/// The key of a text. It is made by [`text!`](crate::text!) alone, so that a test finds every key in the source.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// A word that tells apart equal English texts with different translations; mostly none.
    pub context: Option<&'static str>,
    /// The English text, with its arguments as `{name}`; where there is a plural, that for a count of 1.
    pub english: &'static str,
    /// The English text for other counts, if the argument `count` decides on the form.
    pub plural: Option<&'static str>,
    /// The names of the arguments.
    pub arguments: &'static [&'static str],
}
