//! The division of rows by a column of words such as `train` and `test`.

use crate::data::records::brief;
use crate::data::roles::{Role, share};
use crate::text;
use crate::text::Text;
use std::collections::HashMap;

/// The words of each role, in lower case and without what separates their parts.
const WORDS: [(Role, &[&str]); 4] = [
    (Role::Training, &["train", "training", "learn", "fit"]),
    (Role::Stopping, &["validation", "valid", "val", "dev", "stopping"]),
    (Role::Calibration, &["calibration", "calib", "cal"]),
    (Role::Test, &["test", "testing", "holdout", "heldout"]),
];

/// The role of a word in a column of splits.
pub fn role_of(word: &str) -> Option<Role> {
    let word = word.to_lowercase().replace(['_', '-', ' '], "");
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(role, _)| *role)
}

/// The role of each row by its word. Rows for calibration are needed: where no row has them, half of the validation rows
/// take their place, or a third of the test rows if there are no validation rows. Rows of one of the `groups` have one
/// role; without groups each row stands alone.
///
/// # Errors
/// Names the row of another word or of none, a part that is empty, and a group on two sides.
pub fn roles<'a>(
    words: impl Iterator<Item = &'a str>,
    place: impl Fn(usize) -> Text,
    groups: &[u32],
) -> Result<Vec<Role>, Text> {
    let mut roles = Vec::new();
    for (row, word) in words.enumerate() {
        roles.push(role_of(word).ok_or_else(|| match word {
            "" => text!(
                "{place} has no word in the column of splits; write train, validation, calibration or test",
                place = place(row)
            ),
            _ => text!(
                "{place} has '{word}' in the column of splits; write train, validation, calibration or test",
                place = place(row),
                word = brief(word)
            ),
        })?);
    }
    let mut of_groups = HashMap::new();
    for (row, (group, role)) in groups.iter().zip(&roles).enumerate() {
        if of_groups.insert(group, role).is_some_and(|other| other != role) {
            return Err(text!(
                "{place} is in a group with rows on the other side of the split; give each group one side, or leave out --group",
                place = place(row)
            ));
        }
    }
    let rows =
        |role: Role| -> Vec<usize> { (0..roles.len()).filter(|&row| roles[row] == role).collect() };
    let [training, validation, calibration, test] = Role::ALL.map(rows);
    if training.is_empty() {
        return Err(text!("has no row for training in its column of splits; write train for some"));
    }
    if training.len() == roles.len() {
        return Err(text!(
            "has no row but for training in its column of splits; write validation or test for some, or leave out the column"
        ));
    }
    let key = |row: usize| groups.get(row).copied().unwrap_or(row as u32);
    if calibration.is_empty() {
        match validation.is_empty() {
            true => {
                share(&mut roles, &test, key, 0, &[Role::Stopping, Role::Calibration, Role::Test])
            }
            false => share(&mut roles, &validation, key, 0, &[Role::Stopping, Role::Calibration]),
        }
    }
    Ok(roles)
}

/// `training 80, stopping 10, calibration 10, test 20 rows`.
pub fn about(roles: &[Role]) -> Text {
    let count = |role: Role| roles.iter().filter(|own| **own == role).count();
    let [training, stopping, calibration, test] = Role::ALL.map(count);
    text!(
        "{training} rows for training, {stopping} for stopping, {calibration} for calibration, {test} for the test",
        training,
        stopping,
        calibration,
        test
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str], groups: &[u32]) -> Result<Vec<Role>, String> {
        let place = |row: usize| text!("line {line}", line = row + 2);
        roles(words.iter().copied(), place, groups).map_err(|problem| problem.to_string())
    }

    #[test]
    fn words_give_roles_and_calibration_is_never_missing() {
        use Role::{Calibration, Stopping, Test, Training};
        let all = ["train", "Val", "CALIB", "test"];
        assert_eq!(of(&all, &[]).unwrap(), [Training, Stopping, Calibration, Test]);
        let halves = of(&["train", "valid", "valid", "test"], &[]).unwrap();
        assert!(halves[1..3].contains(&Stopping) && halves[1..3].contains(&Calibration));
        assert_eq!((halves[0], halves[3]), (Training, Test));
        let thirds = of(&["train", "test", "test", "test"], &[]).unwrap();
        assert!(Role::ALL.iter().all(|role| thirds.contains(role)), "{thirds:?}");
        let together = of(&["train", "val", "val", "test"], &[0, 1, 1, 2]).unwrap();
        assert_eq!(together[1], together[2], "a group is not divided");
    }

    #[test]
    fn a_split_that_cannot_be_used_is_told() {
        for (words, groups, part) in [
            (&["train", "foo"][..], &[][..], "'foo'"),
            (&["train", ""], &[], "line 3"),
            (&["test", "val"], &[], "training"),
            (&["train", "train"], &[], "test"),
            (&["train", "test"], &[7, 7], "group"),
        ] {
            let refused = of(words, groups).unwrap_err();
            assert!(refused.contains(part), "{refused}");
        }
    }
}
