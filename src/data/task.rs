//! The task of a target column: a number, or one of several classes.

use super::column_name::ColumnName;
use super::names::unique::UniqueNames;
use super::quantity::Quantity;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The most classes of a target, and the most levels of a category.
pub const MAX_LEVELS: usize = 100;
/// The longest name of a level, so that a number fits after it.
const LONGEST_LEVEL_NAME: usize = 60;

/// Signs that separate the parts of a goal or of a list.
const SEPARATORS: [char; 6] = [',', '"', ':', '<', '>', '='];

/// The task of a target column and of the head that learns it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A number.
    #[default]
    Regression,
    /// One of these classes, at least two, in alphabetical order; a value is the index of its class. Two classes are a
    /// binary task.
    Classes(Vec<String>),
}

/// The reading of a target's values as one of its quantities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetReading {
    /// The value itself.
    Value,
    /// 1 for a value among these classes, else 0.
    Classes(ClassSet),
}

impl TargetReading {
    /// A value as the quantity; NaN stays NaN.
    pub fn read(&self, value: f64) -> f64 {
        match self {
            Self::Value => value,
            Self::Classes(_) if value.is_nan() => f64::NAN,
            Self::Classes(set) => f64::from(u8::from(set.contains(value as usize))),
        }
    }
}

/// Some of the classes of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSet(Vec<bool>);

impl ClassSet {
    /// The set of these classes of `count`.
    pub fn new(count: usize, classes: &[usize]) -> Self {
        Self((0..count).map(|class| classes.contains(&class)).collect())
    }

    /// True if it holds the class with this index.
    pub fn contains(&self, class: usize) -> bool {
        self.0.get(class).copied().unwrap_or(false)
    }

    /// The indices of its classes.
    pub fn classes(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().filter(|(_, own)| **own).map(|(class, _)| class)
    }
}

impl Task {
    /// Checks the classes of a target of this name.
    ///
    /// # Errors
    /// When they are fewer than two, too many, not in order, or their names are more than the program can hold.
    pub fn check(&self, name: ColumnName) -> Result<(), Text> {
        let Self::Classes(levels) = self else { return Ok(()) };
        let fits = (2..=MAX_LEVELS).contains(&levels.len());
        if !fits || !levels.is_sorted_by(|a, b| a < b) {
            return Err(text!(
                "the classes of '{name}' are not those of a target",
                name = name.as_str()
            ));
        }
        level_names(name, levels).try_for_each(|name| ColumnName::new(&name).map(drop))
    }

    /// The classes; none of a number.
    pub fn levels(&self) -> &[String] {
        match self {
            Self::Regression => &[],
            Self::Classes(levels) => levels,
        }
    }

    /// True if it has classes.
    pub fn has_classes(&self) -> bool {
        matches!(self, Self::Classes(_))
    }

    /// True if `value` may stand in a target: NaN, a number, or the index of a class.
    pub fn allows(&self, value: f64) -> bool {
        match self {
            Self::Regression => !value.is_infinite(),
            Self::Classes(levels) => {
                value.is_nan()
                    || value >= 0.0 && value.fract() == 0.0 && value < levels.len() as f64
            }
        }
    }

    /// The quantities of a checked target of this name: the value itself, or the probability of each class,
    /// `lattice_fcc`.
    pub fn quantities(&self, name: ColumnName) -> Vec<Quantity> {
        match self {
            Self::Regression => vec![Quantity::predicted(name)],
            Self::Classes(levels) => {
                let names =
                    level_names(name, levels).filter_map(|name| ColumnName::new(&name).ok());
                names.map(Quantity::predicted).collect()
            }
        }
    }

    /// The classes that a quantity is the probability of: one, `lattice_fcc`, or one of several, `lattice_fcc+hcp`; none
    /// if it is no probability of this target.
    pub fn classes_of(&self, name: ColumnName, quantity: Quantity) -> Option<ClassSet> {
        let Self::Classes(levels) = self else { return None };
        let prefix = format!("{name}_");
        let rest = quantity.name().strip_prefix(&prefix)?;
        let names: Vec<String> = level_names(name, levels).collect();
        let names: Vec<&str> =
            names.iter().map(|own| own.strip_prefix(&prefix).unwrap_or(own)).collect();
        let classes = parts(rest, &names)?;
        let mut sorted = classes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        // All of them together are certain, which is no question.
        let is_set = sorted.len() == classes.len() && sorted.len() < levels.len();
        is_set.then(|| ClassSet::new(levels.len(), &classes))
    }

    /// Some classes of a checked target of this name as they stand in the name of their quantity: `fcc+hcp`; empty for none.
    pub fn set_name(&self, name: ColumnName, set: &ClassSet) -> String {
        let prefix = format!("{name}_");
        let names: Vec<String> = level_names(name, self.levels()).collect();
        let own = set.classes().filter_map(|class| names.get(class));
        let own = own.map(|own| own.strip_prefix(&prefix).unwrap_or(own));
        own.collect::<Vec<&str>>().join("+")
    }

    /// The reading of the values of a target of this name as a quantity; none if it has not this quantity.
    pub fn reading(&self, name: ColumnName, quantity: Quantity) -> Option<TargetReading> {
        if quantity.column() == name {
            return Some(TargetReading::Value);
        }
        self.classes_of(name, quantity).map(TargetReading::Classes)
    }
}

/// The indices of the names that stand in `text` with a plus between them; a name may hold a plus itself.
fn parts(text: &str, names: &[&str]) -> Option<Vec<usize>> {
    if let Some(last) = names.iter().position(|name| *name == text) {
        return Some(vec![last]);
    }
    names.iter().enumerate().find_map(|(index, name)| {
        let rest = parts(text.strip_prefix(name)?.strip_prefix('+')?, names)?;
        Some([vec![index], rest].concat())
    })
}

/// The names of the quantities of a target's classes, all different.
fn level_names(name: ColumnName, levels: &[String]) -> impl Iterator<Item = String> + '_ {
    let mut unique = UniqueNames::default();
    levels.iter().map(move |level| unique.add(level_name(name, level)))
}

/// `lattice_fcc`, with underscores for signs of the level that separate the parts of a goal.
pub fn level_name(column: ColumnName, level: &str) -> String {
    let name = format!("{column}_{}", level_in_name(level));
    name.chars().take(LONGEST_LEVEL_NAME).collect::<String>().trim_end().to_owned()
}

/// A level as it stands in the name of its quantity.
pub fn level_in_name(level: &str) -> String {
    level.replace(|c: char| c.is_control() || SEPARATORS.contains(&c), "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(levels: &[&str]) -> Task {
        Task::Classes(levels.iter().map(|level| (*level).to_owned()).collect())
    }

    fn name(text: &str) -> ColumnName {
        ColumnName::new(text).unwrap()
    }

    #[test]
    fn a_class_has_a_quantity_of_its_own_and_so_have_several_together() {
        let task = classes(&["Na", "Na+", "a:b", "a=b"]);
        let ion = name("ion");
        assert_eq!(task.check(ion), Ok(()));
        let named: Vec<&str> = task.quantities(ion).iter().map(|q| q.name()).collect();
        assert_eq!(named, ["ion_Na", "ion_Na+", "ion_a_b", "ion_a_b#2"]);
        let of = |text: &str| {
            let set = task.classes_of(ion, Quantity::predicted(name(text)))?;
            Some(set.classes().collect::<Vec<usize>>())
        };
        assert_eq!(of("ion_Na+"), Some(vec![1]), "a name that holds a plus");
        assert_eq!(of("ion_Na++a_b"), Some(vec![1, 2]));
        assert_eq!(of("ion_a_b#2+Na"), Some(vec![0, 3]));
        let named = |classes: &[usize]| task.set_name(ion, &ClassSet::new(4, classes));
        assert_eq!(of(&format!("ion_{}", named(&[1, 3]))), Some(vec![1, 3]), "{}", named(&[1, 3]));
        assert_eq!((named(&[0]), named(&[])), ("Na".to_owned(), String::new()));
        for none in ["ion", "ion_K", "ion_Na+Na", "ion_Na+Na++a_b+a_b#2", "Na", "ion_+Na"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(Task::Regression.classes_of(ion, Quantity::predicted(name("ion_Na"))), None);
    }

    #[test]
    fn values_are_read_as_the_value_itself_or_as_0_and_1() {
        let lattice = name("lattice");
        let task = classes(&["bcc", "fcc", "hcp"]);
        let read = |text: &str, value: f64| {
            task.reading(lattice, Quantity::predicted(name(text))).unwrap().read(value)
        };
        assert_eq!([0.0, 1.0, 2.0].map(|v| read("lattice_fcc", v)), [0.0, 1.0, 0.0]);
        assert_eq!([0.0, 1.0, 2.0].map(|v| read("lattice_hcp+bcc", v)), [1.0, 0.0, 1.0]);
        assert!(read("lattice_fcc", f64::NAN).is_nan() && read("lattice", 2.0) == 2.0);
        assert_eq!(task.reading(lattice, Quantity::AREA), None);
        assert!(task.allows(f64::NAN) && task.allows(2.0) && Task::Regression.allows(-0.5));
        assert!(![3.0, -1.0, 0.5, f64::INFINITY].iter().any(|v| task.allows(*v)));
    }

    #[test]
    fn a_task_is_written_and_checked() {
        for (task, text) in [
            (Task::Regression, r#""regression""#),
            (classes(&["bcc", "fcc"]), r#"{"classes":["bcc","fcc"]}"#),
        ] {
            assert_eq!(serde_json::to_string(&task).unwrap(), text);
            assert_eq!(serde_json::from_str::<Task>(text).unwrap(), task);
        }
        for bad in [&["a"][..], &["b", "a"], &["a", "a"]] {
            assert!(
                classes(bad).check(name("lattice")).unwrap_err().to_string().contains("lattice")
            );
        }
    }
}
