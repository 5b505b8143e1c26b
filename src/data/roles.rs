//! Roles of rows: training, early stopping, calibration of intervals, test.

use crate::numerics::random::{Purpose, stream};
use rand::RngCore;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The fewest rows that choose an epoch alone: the mean loss of fewer differs too much from that of other rows.
pub const MIN_STOPPING: usize = 20;

/// The purpose of a row of the data; each row has exactly one. A checkpoint stores its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Networks and Gaussian processes learn from it.
    Training,
    /// Early stopping uses it, so that the epoch is not chosen by rows on which something is set or tested.
    Stopping,
    /// The width of intervals is set on it.
    Calibration,
    /// Nothing is fitted to it: its errors are what to expect on new shapes.
    Test,
}

impl Role {
    /// All roles, in the order of their numbers in a checkpoint.
    pub const ALL: [Self; 4] = [Self::Training, Self::Stopping, Self::Calibration, Self::Test];
}

/// Assigns the held-out rows to stopping, calibration and test, about a third each; the others are for training. `key`
/// gives the group of a row, or the row itself if it is in none: rows of one group have one role. The same rows, keys
/// and seed give the same roles.
pub fn roles(held_out: &[bool], key: impl Fn(usize) -> u32, seed: u64) -> Vec<Role> {
    let mut roles = vec![Role::Training; held_out.len()];
    let rows: Vec<usize> = (0..held_out.len()).filter(|&row| held_out[row]).collect();
    share(&mut roles, &rows, key, seed, &[Role::Stopping, Role::Calibration, Role::Test]);
    roles
}

/// Gives some rows the roles `among` in about equal parts: whole groups of one `key`, in a seeded order.
pub fn share(
    roles: &mut [Role],
    rows: &[usize],
    key: impl Fn(usize) -> u32,
    seed: u64,
    among: &[Role],
) {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for &row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    let total: usize = groups.values().map(Vec::len).sum();
    let place = |key: u32| stream(seed, Purpose::Roles, 0, u64::from(key)).next_u64();
    let mut in_order: Vec<(u64, Vec<usize>)> =
        groups.into_iter().map(|(key, rows)| (place(key), rows)).collect();
    in_order.sort();
    let mut before = 0;
    for (_, rows) in in_order {
        // The middle of the group decides, so that a single row is for calibration.
        let part = among.len() * (2 * before + rows.len()) / (2 * total);
        let role = among[part.min(among.len() - 1)];
        before += rows.len();
        rows.into_iter().for_each(|row| roles[row] = role);
    }
}

/// The groups of rows, by the words that name them.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The group of each row, `[rows]`; at first each is a group of its own.
    groups: Vec<u32>,
    /// The first row of each group, by its name.
    first: HashMap<String, u32>,
}

impl Membership {
    /// A group of its own for each row.
    pub fn new(rows: usize) -> Self {
        Self { groups: (0..rows as u32).collect(), first: HashMap::new() }
    }

    /// Puts a row into the group of this name; an empty name changes nothing.
    pub fn join(&mut self, row: usize, name: &str) {
        if !name.is_empty() {
            let own = self.groups[row];
            self.groups[row] = *self.first.entry(name.to_owned()).or_insert(own);
        }
    }

    /// The group of each row, `[rows]`.
    pub fn into_groups(self) -> Vec<u32> {
        self.groups
    }
}

/// The held-out rows, divided by their use in early stopping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation {
    /// Rows whose loss alone ends a training and chooses its epoch. None without early stopping, or if they would be
    /// fewer than [`MIN_STOPPING`]: then the rows below choose it.
    pub stopping: Option<Vec<usize>>,
    /// Rows whose loss is reported as the validation loss.
    pub reported: Vec<usize>,
}

impl Validation {
    /// Divides the held-out rows; with early stopping the rows for stopping are kept apart if there are enough.
    pub fn new(roles: &[Role], early_stopping: bool) -> Self {
        let rows = |is: fn(Role) -> bool| -> Vec<usize> {
            (0..roles.len()).filter(|&row| is(roles[row])).collect()
        };
        let stopping = rows(|role| role == Role::Stopping);
        if early_stopping && stopping.len() >= MIN_STOPPING {
            let reported = rows(|role| matches!(role, Role::Calibration | Role::Test));
            return Self { stopping: Some(stopping), reported };
        }
        Self { stopping: None, reported: rows(|role| role != Role::Training) }
    }
}

/// Marks the held-out rows: whole groups in a seeded order, until about `count` rows are marked. `groups` gives the
/// group of each row.
pub fn held_out_by_groups(groups: &[u32], count: usize, seed: u64) -> Vec<bool> {
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    groups.iter().for_each(|&group| *sizes.entry(group).or_default() += 1);
    let place = |group: u32| stream(seed, Purpose::Split, 1, u64::from(group)).next_u64();
    let mut in_order: Vec<(u64, u32, usize)> =
        sizes.into_iter().map(|(group, size)| (place(group), group, size)).collect();
    in_order.sort_unstable();
    let (mut taken, mut chosen) = (0, BTreeSet::new());
    for &(_, group, size) in &in_order {
        // A group is skipped if taking it would miss the count by more than skipping it.
        if taken + size.div_ceil(2) <= count {
            taken += size;
            chosen.insert(group);
        }
    }
    if chosen.is_empty() && count > 0 && in_order.len() > 1 {
        // The smallest group is taken if every group is larger than that.
        chosen.extend(in_order.iter().min_by_key(|(_, _, size)| size).map(|(_, group, _)| *group));
    }
    groups.iter().map(|group| chosen.contains(group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(roles: &[Role], role: Role) -> usize {
        roles.iter().filter(|&&other| other == role).count()
    }

    #[test]
    fn what_is_held_out_is_shared_in_thirds() {
        let held_out: Vec<bool> = (0..1000).map(|row| row % 4 == 0).collect();
        let found = roles(&held_out, |row| row as u32, 7);
        assert!(found.iter().zip(&held_out).all(|(role, held)| (*role != Role::Training) == *held));
        for role in [Role::Stopping, Role::Calibration, Role::Test] {
            assert!((83..=84).contains(&count(&found, role)), "{role:?}");
        }
        assert_eq!(found, roles(&held_out, |row| row as u32, 7));
        assert_ne!(found, roles(&held_out, |row| row as u32, 8));
        let one = roles(&[false, true], |row| row as u32, 0);
        assert_eq!(one, [Role::Training, Role::Calibration]);
        assert!(roles(&[false; 3], |_| 0, 0).iter().all(|role| *role == Role::Training));
    }

    #[test]
    fn rows_that_stop_are_not_reported_unless_they_are_few() {
        for (count, apart) in [(60, true), (57, false)] {
            let roles = roles(&vec![true; count], |row| row as u32, 0);
            let all: Vec<usize> = (0..count).collect();
            let whole = Validation { stopping: None, reported: all.clone() };
            assert_eq!(Validation::new(&roles, false), whole);
            let found = Validation::new(&roles, true);
            if !apart {
                assert_eq!(found, whole);
                continue;
            }
            let stopping = found.stopping.unwrap();
            assert!(stopping.iter().all(|&row| roles[row] == Role::Stopping));
            assert!(found.reported.iter().all(|&row| roles[row] != Role::Stopping));
            let mut both = [stopping, found.reported].concat();
            both.sort_unstable();
            assert_eq!(both, all);
        }
    }

    #[test]
    fn a_group_has_one_role_and_falls_on_one_side() {
        let groups: Vec<u32> = (0..1000).map(|row| row / 7).collect();
        let held_out = held_out_by_groups(&groups, 100, 3);
        let found = roles(&held_out, |row| groups[row], 3);
        for row in 1..1000 {
            if groups[row] == groups[row - 1] {
                assert_eq!((held_out[row], found[row]), (held_out[row - 1], found[row - 1]));
            }
        }
        let held = held_out.iter().filter(|held| **held).count();
        assert!((95..=105).contains(&held), "{held}");
        assert!(count(&found, Role::Calibration) >= 28 && count(&found, Role::Test) >= 28);
        let whole = held_out_by_groups(&[5; 10], 1, 0);
        assert_eq!(whole, [false; 10], "the only group is learned from");
        assert_eq!(held_out_by_groups(&[1, 1, 1, 2, 2, 1], 1, 0).iter().filter(|h| **h).count(), 2);
    }
}
