//! The language changes at once. It is one for the whole process, so these tests have a process of their own.

use latent_explorer::error::{Error, check_range};
use latent_explorer::text;
use latent_explorer::text::{Language, Text, speak};
use std::path::Path;

#[test]
fn texts_that_were_made_before_follow_the_language() {
    let rows = |count: usize| text!("{count} row" | "{count} rows", count);
    let range = check_range("steps", 0, 1, 5).unwrap_err();
    let texts = [
        rows(1),
        rows(3),
        Text::list(["drag", "lift"].map(Text::from)),
        Error::io(Path::new("a.csv"), &std::io::ErrorKind::NotFound.into()).text(),
        range.text(),
    ];
    let words = || texts.each_ref().map(ToString::to_string);
    let english = words();
    assert_eq!(english[..3], ["1 row", "3 rows", "drag and lift"]);
    speak(Language::Pseudo);
    let pseudo = words();
    speak(Language::English);
    assert_eq!(words(), english);
    // The sentences are others, what stands in braces stays; `row` is no text of the program, so it is shown as it is.
    assert_eq!(pseudo[..2], english[..2]);
    assert!(pseudo[2].starts_with("drag ") && pseudo[2].ends_with(" lift"), "{}", pseudo[2]);
    assert!(pseudo[3].starts_with("a.csv: ") && pseudo[4].starts_with("steps: "));
    for (one, other) in english.iter().zip(&pseudo).skip(2) {
        assert!(one != other && one.len() < other.len(), "{other}");
    }
    assert!(pseudo[4].contains('1') && pseudo[4].contains('5') && pseudo[4].contains('0'));
}
