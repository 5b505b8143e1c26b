//! Doubts about a table that may still be learned from: leaked targets, and classes of a single row.

use super::files::ColumnCells;
use crate::data::dataset::Target;
use crate::text;
use crate::text::Text;

/// The correlation from which a column is a linear copy of another: single precision leaves seven digits.
const COPY: f64 = 1.0 - 1e-9;
/// The fewest rows in which both are known for a correlation to mean anything.
const MIN_ROWS: usize = 5;
/// The most single classes that are named.
const MAX_NAMED: usize = 5;

/// A warning if a column of descriptors says what a target is: equal to it, an increasing linear copy, or the same words
/// by other names.
pub fn leak(name: &Text, cells: &ColumnCells, targets: &[Target]) -> Option<Text> {
    let target = targets.iter().find(|target| match cells {
        ColumnCells::Numbers(values) => {
            !target.task.has_classes() && correlation(values, &target.values) > COPY
        }
        ColumnCells::Words(_, of_rows) => {
            target.task.has_classes() && are_same(of_rows, &target.values)
        }
        _ => false,
    })?;
    Some(text!(
        "{column} is a copy of the target '{target}', so the model would learn to copy it; ignore it (--ignore) unless it is known before",
        column = name.clone(),
        target = target.name.as_str()
    ))
}

/// The correlation of the rows in which both are known; 0 if they are too few.
fn correlation(x: &[f32], y: &[f64]) -> f64 {
    let known = || {
        let pairs = x.iter().zip(y).map(|(x, y)| (f64::from(*x), *y));
        pairs.filter(|(x, y)| !x.is_nan() && !y.is_nan())
    };
    let n = known().count();
    if n < MIN_ROWS {
        return 0.0;
    }
    let (x, y) = known().fold((0.0, 0.0), |sums, (x, y)| (sums.0 + x, sums.1 + y));
    let (x, y) = (x / n as f64, y / n as f64);
    let [xx, xy, yy] = known().fold([0.0; 3], |[xx, xy, yy], (a, b)| {
        let (a, b) = (a - x, b - y);
        [xx + a * a, xy + a * b, yy + b * b]
    });
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

/// True if each level stands with one class alone, and each class with one level, in the rows where both are known.
fn are_same(levels: &[Option<u32>], classes: &[f64]) -> bool {
    let known = levels.iter().zip(classes).filter_map(|(level, class)| {
        Some(((*level)?, (!class.is_nan()).then_some(*class as u32)?))
    });
    let pairs: std::collections::HashSet<(u32, u32)> = known.clone().collect();
    let count = |part: fn(&(u32, u32)) -> u32| {
        pairs.iter().map(part).collect::<std::collections::HashSet<u32>>().len()
    };
    let rows = known.count();
    rows >= MIN_ROWS
        && pairs.len() > 1
        && count(|pair| pair.0) == pairs.len()
        && count(|pair| pair.1) == pairs.len()
}

/// A warning if classes of a target stand in one row each: they stay, and are not learned.
pub fn single_classes(target: &Target) -> Option<Text> {
    let levels = target.task.levels();
    if levels.is_empty() {
        return None;
    }
    let mut counts = vec![0; levels.len()];
    for value in target.values.iter().filter(|value| !value.is_nan()) {
        counts[*value as usize] += 1;
    }
    let single: Vec<&String> = levels
        .iter()
        .zip(&counts)
        .filter(|(_, count)| **count == 1)
        .map(|(level, _)| level)
        .collect();
    let named = single.iter().take(MAX_NAMED).map(|level| Text::verbatim(level.as_str()));
    let more = single.len().saturating_sub(MAX_NAMED);
    let more = (more > 0).then(|| text!("{number} more", number = more));
    (!single.is_empty()).then(|| {
        text!(
            "classes of '{target}' stand in one row each, which is learned or tested but not both: {names}; leave their cells empty, or add rows",
            target = target.name.as_str(),
            names = Text::list(named.chain(more))
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;
    use crate::data::task::Task;

    fn target(task: Task, values: &[f64]) -> Target {
        let name = ColumnName::new("strength").unwrap();
        Target { name, unit: String::new(), task, values: values.to_vec() }
    }

    #[test]
    fn copies_of_a_target_are_found() {
        let y = target(Task::Regression, &[1.0, 2.0, 4.0, 8.0, 16.0, f64::NAN]);
        let is_leak = |values: &[f32]| {
            let cells = ColumnCells::Numbers(values.to_vec());
            leak(&Text::verbatim("x"), &cells, std::slice::from_ref(&y)).is_some()
        };
        assert!(is_leak(&[1.0, 2.0, 4.0, 8.0, 16.0, 0.0]));
        assert!(is_leak(&[3.2, 5.2, 9.2, 17.2, 33.2, f32::NAN]), "2 y + 1.2");
        assert!(!is_leak(&[-1.0, -2.0, -4.0, -8.0, -16.0, 0.0]));
        assert!(!is_leak(&[1.0, 2.0, 4.0, 8.0, 16.1, 0.0]));
        assert!(!is_leak(&[1.0, 2.0, f32::NAN, f32::NAN, f32::NAN, 0.0]), "two rows say nothing");
        let levels = ["bcc", "fcc"].map(str::to_owned).to_vec();
        let y = target(Task::Classes(levels.clone()), &[0.0, 1.0, 0.0, 1.0, 1.0]);
        let same = |of_rows: [u32; 5]| {
            let cells = ColumnCells::Words(levels.clone(), of_rows.map(Some).to_vec());
            leak(&Text::verbatim("x"), &cells, std::slice::from_ref(&y)).is_some()
        };
        assert!(same([1, 0, 1, 0, 0]) && !same([1, 0, 1, 0, 1]));
    }

    #[test]
    fn a_class_of_one_row_is_named() {
        let levels = ["a", "b", "c"].map(str::to_owned).to_vec();
        let once =
            single_classes(&target(Task::Classes(levels.clone()), &[0.0, 0.0, 1.0, 2.0, 2.0]));
        assert!(once.unwrap().to_string().contains("not both: b;"));
        assert_eq!(single_classes(&target(Task::Regression, &[7.0, 2.0])), None);
        assert_eq!(
            single_classes(&target(Task::Classes(levels), &[0.0, 0.0, 1.0, 1.0, f64::NAN])),
            None
        );
    }
}
