//! The class that a head predicts at a latent point, and the classes that are not ruled out there.

use super::card::HeadCard;
use super::judge::Prediction;
use super::score::most_probable;
use crate::data::quantity::Quantity;
use crate::data::task::ClassSet;
use crate::numerics::format::three_digits;
use crate::text;
use crate::text::Text;
use serde::Serialize;

/// The most classes of a set whose names are in its text.
const MAX_NAMED: usize = 4;

/// The prediction set of a target: its classes that are not ruled out at 90 %, which are those whose interval holds the
/// indicator 1; an interval that is NaN rules nothing out. `predictions [classes]` are the probabilities with their
/// intervals. Each class is judged by calibration rows of its own, so the set holds the true class in 90 % of the rows of
/// every class (label-conditional conformal sets: Sadinle, Lei & Wasserman 2019, section 2.2). It is empty where a row is
/// like none of the classes.
pub fn prediction_set(predictions: &[Prediction]) -> ClassSet {
    let is_possible = |p: &Prediction| p.high >= 1.0 || p.high.is_nan();
    let classes = predictions.iter().enumerate().filter(|(_, p)| is_possible(p));
    ClassSet::new(predictions.len(), &classes.map(|(class, _)| class).collect::<Vec<usize>>())
}

/// A predicted class with its probability and its prediction set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassPrediction {
    /// The target.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The most probable class.
    pub class: String,
    /// Its probability, 0 to 1.
    pub probability: f64,
    /// The classes that are not ruled out at 90 %, in the order of the target; none without data to judge by.
    pub set: Option<Vec<String>>,
}

impl ClassPrediction {
    /// The predicted class of a head of classes; `predictions [classes]` are the probabilities with their intervals.
    pub fn new(card: &HeadCard, predictions: &[Prediction]) -> Self {
        let levels = card.task.levels();
        let probabilities: Vec<f64> = predictions.iter().map(|p| p.value).collect();
        let class = most_probable(&probabilities);
        let is_judged = predictions.iter().any(|p| !p.high.is_nan());
        let names = |set: ClassSet| set.classes().map(|class| levels[class].clone()).collect();
        Self {
            quantity: card.quantity,
            class: levels[class].clone(),
            probability: probabilities[class],
            set: is_judged.then(|| names(prediction_set(predictions))),
        }
    }

    /// `Adelie 0.81, one of Adelie, Chinstrap at 90 %`.
    pub fn text(&self) -> Text {
        let predicted =
            Text::verbatim(format!("{} {}", self.class, three_digits(self.probability)));
        let set = self.set.as_ref().map(|set| match set.as_slice() {
            [] => text!("like none of the classes at 90 %"),
            [class] => text!("only {class} at 90 %", class),
            classes if classes.len() > MAX_NAMED => {
                text!("one of {number} classes at 90 %", number = classes.len())
            }
            classes => text!("one of {classes} at 90 %", classes = classes.join(", ")),
        });
        Text::joined([predicted].into_iter().chain(set), ", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::task::Task;
    use crate::model::heads::card::HeadTarget;

    fn card(levels: &[&str]) -> HeadCard {
        let values: Vec<f64> = (0..20).map(|row| (row % levels.len()) as f64).collect();
        let held_out: Vec<bool> = (0..20).map(|row| row >= 15).collect();
        let target = HeadTarget {
            quantity: "species".parse().unwrap(),
            task: &Task::Classes(levels.iter().map(|level| (*level).to_owned()).collect()),
            is_computed: false,
            values: &values,
            held_out: &held_out,
        };
        HeadCard::for_target(target, 2, &[], false).unwrap()
    }

    fn of(all: &[(f64, f64)]) -> Vec<Prediction> {
        all.iter().map(|&(value, high)| Prediction { value, low: 0.0, high }).collect()
    }

    #[test]
    fn a_set_has_the_classes_whose_interval_holds_one() {
        let set = |highs: &[f64]| -> Vec<usize> {
            let all: Vec<(f64, f64)> = highs.iter().map(|high| (0.5, *high)).collect();
            prediction_set(&of(&all)).classes().collect()
        };
        assert_eq!(set(&[1.0, 0.999, 1.0]), [0, 2]);
        assert!(set(&[0.4, 0.9]).is_empty(), "like none");
        assert_eq!(set(&[f64::NAN, 0.2]), [0], "what is not known rules nothing out");
    }

    #[test]
    fn a_predicted_class_is_told_with_its_set() {
        let card = card(&["Adelie", "Chinstrap", "Gentoo"]);
        let told = |all: &[(f64, f64)]| ClassPrediction::new(&card, &of(all)).text().to_string();
        let both = [(0.81, 1.0), (0.17, 1.0), (0.02, 0.3)];
        assert_eq!(told(&both), "Adelie 0.810, one of Adelie, Chinstrap at 90 %");
        let one = [(0.2, 0.3), (0.1, 0.3), (0.7, 1.0)];
        assert_eq!(told(&one), "Gentoo 0.700, only Gentoo at 90 %");
        let none = [(0.4, 0.9), (0.3, 0.8), (0.3, 0.8)];
        assert_eq!(told(&none), "Adelie 0.400, like none of the classes at 90 %");
        let unknown = [(0.4, f64::NAN), (0.6, f64::NAN), (0.0, f64::NAN)];
        assert_eq!(told(&unknown), "Chinstrap 0.600", "without data");
        assert_eq!(told(&[(f64::NAN, 1.0); 3]).split(' ').nth(1), Some("\u{2013},"));
        let many = self::card(&["a", "b", "c", "d", "e"]);
        let many = ClassPrediction::new(&many, &of(&[(0.2, 1.0); 5])).text().to_string();
        assert_eq!(many, "a 0.200, one of 5 classes at 90 %");
    }
}
