//! Facts in what the program says: names, numbers and options, whatever the wording.

/// Whether a text has all facts in it; ` .. ` stands between two of them.
pub fn says(text: &str, facts: &str) -> bool {
    facts.split(" .. ").all(|fact| text.contains(fact))
}
