//! The objective of a search, as it is set in the window, on the command line and in files.

use super::column_constraint::ColumnConstraint;
use crate::data::domain::Domain;
use crate::data::names::quoted::Unquoted;
use crate::data::quantity::{Quantity, predicted};
use crate::data::task::level_in_name;
use crate::error::{Error, Result, check_range};
use crate::model::Model;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The direction in which a quantity is optimised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// Maximise: the loss is `-p`.
    #[default]
    Max,
    /// Minimise: the loss is `p`.
    Min,
    /// Come as near to this value as possible: the loss is `(p - target)^2`.
    Target(f64),
    /// Towards some classes: the loss is `-ln p` of their probability.
    Up,
    /// Away from some classes: the loss is `-ln (1 - p)`.
    Down,
}

impl Goal {
    /// The loss of a quantity's value; less is better.
    pub fn loss(self, value: f64) -> f64 {
        self.loss_and_slope(value, 1.0 - value).0
    }

    /// The loss of a quantity's value and its derivative by the value; `rest` is `1 - value`, which a probability near 1
    /// has with all its digits.
    pub fn loss_and_slope(self, value: f64, rest: f64) -> (f64, f64) {
        match self {
            Self::Max => (-value, -1.0),
            Self::Min => (value, 1.0),
            Self::Target(target) => ((value - target).powi(2), 2.0 * (value - target)),
            Self::Up => (-value.ln(), -1.0 / value),
            Self::Down => (-rest.ln(), 1.0 / rest),
        }
    }

    /// The term that caution adds to the loss of a prediction whose members spread by `spread`, and its derivative by
    /// the spread. A maximum is sought of the mean less the spread, a minimum of the mean plus the spread; the same
    /// spread is added to the logarithm of a probability. For a target, the mean of `(p - target)^2` over the members is
    /// sought, which is that of their mean plus `spread^2`.
    pub fn caution(self, spread: f64) -> (f64, f64) {
        match self {
            Self::Target(_) => (spread * spread, 2.0 * spread),
            _ => (spread, 1.0),
        }
    }

    /// The end of an interval that is the worse one for this goal: what can be counted on.
    pub fn cautious_end(self, low: f64, high: f64) -> f64 {
        match self {
            Self::Max | Self::Up => low,
            Self::Min | Self::Down => high,
            Self::Target(target) if (high - target).abs() > (low - target).abs() => high,
            Self::Target(_) => low,
        }
    }

    /// The same direction for a quantity that is the probability of classes, or a number.
    pub fn for_class(self, is_of_class: bool) -> Self {
        match (self, is_of_class) {
            (Self::Max, true) => Self::Up,
            (Self::Min, true) => Self::Down,
            (Self::Up, false) => Self::Max,
            (Self::Down, false) => Self::Min,
            (goal, _) => goal,
        }
    }

    /// True if it seeks the probability of classes and no number.
    pub fn is_of_class(self) -> bool {
        matches!(self, Self::Up | Self::Down)
    }

    /// True if `value` is a better answer than `other`; NaN never is.
    pub fn better(self, value: f64, other: f64) -> bool {
        self.loss(value) < self.loss(other)
    }
}

/// One term of the sum: a quantity, its goal, and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The quantity, computed or predicted.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The goal for the quantity.
    pub goal: Goal,
    /// Its factor in the sum, above 0.
    pub weight: f64,
}

/// The side of its bound on which a constrained quantity must stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// `p >= bound`.
    AtLeast,
    /// `p <= bound`.
    AtMost,
}

/// A condition on a quantity; a point that breaks it is infeasible and never an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// The constrained quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The side of the bound.
    pub relation: Relation,
    /// The bound, in the quantity's unit.
    pub bound: f64,
}

impl Relation {
    /// The amount by which a value breaks a bound, and its derivative by the value; 0 if the value keeps it.
    pub fn missing(self, bound: f64, value: f64) -> (f64, f64) {
        let (missing, slope) = match self {
            Self::AtLeast => (bound - value, -1.0),
            Self::AtMost => (value - bound, 1.0),
        };
        if missing < 0.0 { (0.0, 0.0) } else { (missing, slope) }
    }

    /// True if a value keeps a bound; NaN never does.
    pub fn holds(self, bound: f64, value: f64) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::AtMost => value <= bound,
        }
    }
}

impl Constraint {
    /// True if a value keeps the condition; NaN never does.
    pub fn holds(&self, value: f64) -> bool {
        self.relation.holds(self.bound, value)
    }
}

/// The objective of a search: `loss(z) = sum_i weight_i * goal_i(quantity_i) + penalties`, to be minimised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, from = "WrittenSpec")]
pub struct ObjectiveSpec {
    /// The terms of the sum, at least one.
    pub terms: Vec<Term>,
    /// The weight of `|z|^2`, which keeps z near the origin; 0.01 is usual.
    pub l2: f64,
    /// The weight of `|encode(decode(z)) - z|^2`, which keeps z where the two networks agree.
    pub align: f64,
    /// The weight of the distance of z outside the data: 0 inside, growing with the squared distance. For a prediction
    /// it is in standard deviations of the sought quantities, and outside begins sooner.
    pub inside: f64,
    /// True if a prediction is sought with caution: see [`Goal::caution`].
    pub cautious: bool,
    /// Conditions on quantities.
    pub constraints: Vec<Constraint>,
    /// Conditions on columns of a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnConstraint>,
}

/// An objective as files have it: those of earlier versions name one source for all terms.
#[derive(Deserialize)]
#[serde(default)]
struct WrittenSpec {
    terms: Vec<Term>,
    by: Option<String>,
    l2: f64,
    align: f64,
    inside: f64,
    cautious: bool,
    constraints: Vec<Constraint>,
    columns: Vec<ColumnConstraint>,
}

impl Default for WrittenSpec {
    fn default() -> Self {
        let ObjectiveSpec { terms, l2, align, inside, cautious, constraints, columns } =
            ObjectiveSpec::default();
        Self { terms, by: None, l2, align, inside, cautious, constraints, columns }
    }
}

impl From<WrittenSpec> for ObjectiveSpec {
    fn from(written: WrittenSpec) -> Self {
        let WrittenSpec { terms, by, l2, align, inside, cautious, constraints, columns } = written;
        let spec = Self { terms, l2, align, inside, cautious, constraints, columns };
        if by.as_deref() == Some("head") { spec.by_heads() } else { spec }
    }
}

impl Default for ObjectiveSpec {
    fn default() -> Self {
        Self::new(Quantity::default(), Goal::Max)
    }
}

impl ObjectiveSpec {
    /// The default weight of `inside`: more than any quantity gains per step by leaving the data.
    pub const USUAL_INSIDE: f64 = 1.0;
    /// The same for a head's prediction, in standard deviations of the sought quantities.
    pub const USUAL_INSIDE_OF_PREDICTIONS: f64 = 10.0;
    /// The default weight of `align` for a prediction behind a tanh, in the same unit.
    pub const USUAL_ALIGN_OF_TANH: f64 = 0.5;

    /// The greatest weight of a penalty.
    pub const MAX_WEIGHT: f64 = 1e6;

    /// An objective of one quantity without penalties.
    pub fn new(quantity: Quantity, goal: Goal) -> Self {
        Self {
            terms: vec![Term { quantity, goal, weight: 1.0 }],
            l2: 0.0,
            align: 0.0,
            inside: 0.0,
            cautious: false,
            constraints: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// True if every term is predicted.
    pub fn reads_heads_alone(&self) -> bool {
        self.terms.iter().all(|term| term.quantity.is_predicted())
    }

    /// True if a term is predicted.
    pub fn seeks_prediction(&self) -> bool {
        self.terms.iter().any(|term| term.quantity.is_predicted())
    }

    /// True if a term, or the quantity of a constraint, is a head's prediction.
    pub fn predicts(&self) -> bool {
        self.quantities().any(Quantity::is_predicted)
    }

    /// The same objective with every term predicted.
    pub fn by_heads(mut self) -> Self {
        for term in &mut self.terms {
            term.quantity = term.quantity.as_predicted();
        }
        self
    }

    /// The default weight of `inside`: that of predictions if it reads any, else 0.
    pub fn usual_inside(&self) -> f64 {
        if self.predicts() { Self::USUAL_INSIDE_OF_PREDICTIONS } else { 0.0 }
    }

    /// The default weight of `align` on a model: that of a tanh latent, which has no prior to lead back to, if it reads
    /// predictions, else 0.
    pub fn usual_align(&self, model: &Model) -> f64 {
        if self.predicts() && model.is_behind_tanh() { Self::USUAL_ALIGN_OF_TANH } else { 0.0 }
    }

    /// The same objective with the default weights of its penalties on a model; without data there is nothing to keep
    /// inside.
    pub fn with_usual_penalties(self, model: &Model) -> Self {
        let inside = if model.has_data() { self.usual_inside() } else { 0.0 };
        Self { inside, align: self.usual_align(model), ..self }
    }

    /// Sets the default penalties on a model when a change makes an objective read predictions, or no longer read any, unless
    /// the change set the penalty too; caution applies to predictions alone.
    pub fn settle_after(&mut self, before: &Self, model: &Model) {
        if self.predicts() == before.predicts() {
            return;
        }
        let usual = self.clone().with_usual_penalties(model);
        if self.inside == before.inside {
            self.inside = usual.inside;
        }
        if self.align == before.align {
            self.align = usual.align;
        }
        self.cautious &= self.predicts();
    }

    /// The indices of the terms that must be above 0 for a point to be an answer: a search that reduces a quantity which
    /// no valid row has below 0 would go on through outlines that are turned inside out. A search that increases it
    /// leaves them without this condition.
    pub fn positive_terms(&self, domain: &Domain) -> Vec<usize> {
        let needs_positive =
            |term: &Term| domain.is_positive(term.quantity) && term.goal != Goal::Max;
        (0..self.terms.len()).filter(|&place| needs_positive(&self.terms[place])).collect()
    }

    /// The quantity that colours the map: that of the first term.
    pub fn quantity(&self) -> Quantity {
        self.terms.first().map_or_else(Quantity::default, |term| term.quantity)
    }

    /// The goal by which shown values are compared: for one term its own, for several the maximum of the score.
    pub fn goal(&self) -> Goal {
        match self.terms.as_slice() {
            [term] => term.goal,
            _ => Goal::Max,
        }
    }

    /// Every quantity that the objective reads: those of the terms, then those of the constraints.
    pub fn quantities(&self) -> impl Iterator<Item = Quantity> + '_ {
        let constrained = self.constraints.iter().map(|constraint| constraint.quantity);
        self.terms.iter().map(|term| term.quantity).chain(constrained)
    }

    /// The name of the shown value.
    pub fn label(&self) -> Text {
        match self.terms.as_slice() {
            [term] => term.quantity.plain_label(),
            _ => text!("Score"),
        }
    }

    /// The name of the shown value within a sentence.
    pub fn word(&self) -> Text {
        match self.terms.as_slice() {
            [term] => term.quantity.word(),
            _ => text!("score"),
        }
    }

    /// The title of the shown value on its own: marked as predicted if it is read from a head.
    pub fn title(&self) -> Text {
        match self.terms.as_slice() {
            [term] => term.quantity.title(),
            _ if self.seeks_prediction() => predicted(self.label()),
            _ => self.label(),
        }
    }

    /// The shown value for the terms' own values, `[terms]`: for one term the quantity, for several the score, which is
    /// `-sum_i weight_i * goal_i(quantity_i)`: more is better.
    pub fn value(&self, terms: &[f64]) -> f64 {
        match terms {
            [value] => *value,
            _ => -self.terms_loss(terms),
        }
    }

    /// [`Self::value`] at many points, `[terms][n] -> [n]`.
    pub fn values(&self, terms: &[Vec<f64>]) -> Vec<f64> {
        match terms {
            [values] => values.clone(),
            _ => {
                let rows = terms.first().map_or(0, Vec::len);
                let at = |i| terms.iter().map(|term| term[i]).collect::<Vec<f64>>();
                (0..rows).map(|i| self.value(&at(i))).collect()
            }
        }
    }

    /// `sum_i weight_i * goal_i(quantity_i)` for the terms' own values, `[terms]`; less is better.
    pub fn terms_loss(&self, terms: &[f64]) -> f64 {
        self.terms.iter().zip(terms).map(|(term, value)| term.weight * term.goal.loss(*value)).sum()
    }

    /// True if the loss holds more than the terms: the best by the loss need not be the best by the shown value.
    pub fn is_penalised(&self) -> bool {
        let weights = [self.l2, self.align, self.inside];
        self.cautious || weights.iter().any(|w| *w > 0.0) || self.is_constrained()
    }

    /// True if there are conditions that an answer must keep.
    pub fn is_constrained(&self) -> bool {
        !self.constraints.is_empty() || !self.columns.is_empty()
    }

    /// Checks the ranges of every setting.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        if self.terms.is_empty() {
            return Err(Error::setting(
                "term",
                text!("at least one is needed, such as roundness:max"),
            ));
        }
        for term in &self.terms {
            check_range("weight", term.weight, 1e-9, 1e9)?;
            if let Goal::Target(target) = term.goal {
                check_range("target", target, -1e12, 1e12)?;
            }
        }
        check_range("l2", self.l2, 0.0, Self::MAX_WEIGHT)?;
        check_range("align", self.align, 0.0, Self::MAX_WEIGHT)?;
        check_range("inside", self.inside, 0.0, Self::MAX_WEIGHT)?;
        for constraint in &self.constraints {
            check_range("constraint", constraint.bound, -1e12, 1e12)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.quantity.quoted())?;
        match self.goal {
            Goal::Max => write!(f, "max")?,
            Goal::Min => write!(f, "min")?,
            Goal::Target(target) => write!(f, "target={target}")?,
            Goal::Up => write!(f, "up")?,
            Goal::Down => write!(f, "down")?,
        }
        if self.weight == 1.0 { Ok(()) } else { write!(f, ":weight={}", self.weight) }
    }
}

impl FromStr for Term {
    type Err = Text;

    /// Parses `NAME:max|min|target=V|up|down[:weight=W]`. Classes may stand after `up` and `down`: `lattice:up=fcc+hcp`
    /// is `lattice_fcc+hcp:up`. Names and classes may be [quoted](Unquoted).
    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let form = || {
            text!(
                "must be NAME:max, NAME:min, NAME:target=V, NAME:up=CLASS or NAME:down=CLASS, and may end in :weight=W; for example area:target=2.5:weight=0.1"
            )
        };
        let names = Unquoted::new(text);
        // A name may hold any sign, so the parts are taken from the end.
        let (rest, last) = names.text.rsplit_once(':').ok_or_else(form)?;
        let (name, goal, weight) = match number(last.trim(), "weight") {
            Some(weight) => {
                let (name, goal) = rest.rsplit_once(':').ok_or_else(form)?;
                (name, goal.trim(), weight)
            }
            None => (rest, last.trim(), 1.0),
        };
        let (goal, classes) = match goal.split_once('=') {
            Some((kind @ ("up" | "down"), classes)) if !classes.trim().is_empty() => {
                let class = |class: &str| level_in_name(&names.name(class.trim()));
                let classes: Vec<String> = classes.split('+').map(class).collect();
                (kind, format!("_{}", classes.join("+")))
            }
            _ => (goal, String::new()),
        };
        let goal = match goal {
            "max" => Goal::Max,
            "min" => Goal::Min,
            "up" => Goal::Up,
            "down" => Goal::Down,
            other => Goal::Target(number(other, "target").ok_or_else(form)?),
        };
        let quantity = Quantity::from_part(&names, name.trim(), &classes)?;
        Ok(Self { quantity, goal, weight })
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
        })
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.quantity.quoted(), self.relation, self.bound)
    }
}

impl FromStr for Constraint {
    type Err = Text;

    /// Parses `NAME>=V` or `NAME<=V`; the name may be [quoted](Unquoted).
    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let names = Unquoted::new(text);
        // A name may hold any sign, so the last one is that of the bound.
        let sides = [(">=", Relation::AtLeast), ("<=", Relation::AtMost)];
        let split = |(sign, relation)| names.text.rsplit_once(sign).map(|(l, r)| (l, relation, r));
        let parsed = sides.into_iter().filter_map(split).max_by_key(|(name, ..)| name.len());
        let form = || text!("must be NAME>=V or NAME<=V; for example \"area>=0.5\"");
        let (name, relation, bound) = parsed.ok_or_else(form)?;
        let bound: f64 = bound.trim().parse().map_err(|_| form())?;
        if !bound.is_finite() {
            return Err(form());
        }
        Ok(Self { quantity: Quantity::from_part(&names, name.trim(), "")?, relation, bound })
    }
}

/// The finite number of `key=number`.
fn number(text: &str, key: &str) -> Option<f64> {
    let value = text.strip_prefix(key)?.trim_start().strip_prefix('=')?;
    value.trim().parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn terms_are_written_as_they_are_read() {
        for text in [
            "roundness:max",
            "area:target=2.5:weight=0.1",
            "heat-shedding:min",
            "lift to drag:max",
            "predicted:area:min:weight=2",
            "predicted:max",
            "CL at 0.6:max",
            "Re=1e6: CL:max:weight=2:target=0.5:weight=3",
            "max:min",
            "lattice_fcc+hcp:up",
            "lattice_Na+:down:weight=0.5",
            "\"5\"\" pipe\":max",
            "\"area: \"\"x\"\"\":min:weight=2",
        ] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
        for (bad, part) in [
            ("roundness", "NAME:max"),
            (":max", "is no name of a property"),
            ("area:target=", "target=V"),
            ("area:target=nan", "target=V"),
            ("area:rise", "NAME:max"),
            ("lattice:up=", "NAME:up=CLASS"),
            ("area:max:weight=x", "weight=W"),
            ("area:max:weight=1:more", "NAME:max"),
            ("weight=1", "NAME:max"),
            ("max:weight=1", "NAME:max"),
        ] {
            assert!(bad.parse::<Term>().unwrap_err().to_string().contains(part), "{bad}");
        }
    }

    #[test]
    fn classes_are_named_after_their_goal() {
        for (text, written) in [
            ("lattice:up=fcc", "lattice_fcc:up"),
            ("lattice:down=bcc+hcp:weight=2", "lattice_bcc+hcp:down:weight=2"),
            ("\"a:b\":up=\"c:d\" + e", "a:b_c_d+e:up"),
            ("\"max:weight=2\":min", "max:weight=2:min"),
        ] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), written);
        }
        assert_eq!(Goal::Up.loss(0.25), 4f64.ln());
        let (loss, slope) = Goal::Down.loss_and_slope(1.0, 1e-40);
        assert!((loss - 40.0 * 10f64.ln()).abs() < 1e-12 && slope == 1e40, "{loss} {slope}");
        assert!(Goal::Up.better(0.9, 0.8) && Goal::Down.better(0.1, 0.2));
    }

    #[test]
    fn constraints_are_written_as_they_are_read() {
        for (text, written) in [
            ("area>=0.5", "area>=0.5"),
            ("perimeter<=7", "perimeter<=7"),
            ("predicted:\"area\">=1", "predicted:area>=1"),
            ("\"a<=1\">=2", "a<=1>=2"),
            ("\"5\"\" pipe\"<=3", "\"5\"\" pipe\"<=3"),
        ] {
            assert_eq!(text.parse::<Constraint>().unwrap().to_string(), written);
            assert_eq!(written.parse::<Constraint>(), text.parse());
        }
        let area: Constraint = " area >= 0.5".parse().unwrap();
        assert!(area.holds(0.5) && !area.holds(0.49) && !area.holds(f64::NAN));
        for bad in ["area", "area>0.5", "area>=", "area>=inf", ">=1"] {
            assert!(bad.parse::<Constraint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_aim_that_comes_to_predict_takes_up_its_penalty() {
        let computed = ObjectiveSpec::new(Quantity::AREA, Goal::Max);
        let mut predicted = ObjectiveSpec::new("drag".parse().unwrap(), Goal::Min);
        assert!(predicted.predicts() && !computed.predicts());
        assert!(computed.clone().by_heads().predicts());
        assert_eq!(
            (computed.title().to_string(), predicted.title().to_string()),
            ("Area".to_owned(), "drag, predicted".to_owned())
        );
        let bounded = vec!["drag<=1".parse().unwrap()];
        assert!(ObjectiveSpec { constraints: bounded, ..computed.clone() }.predicts());
        let model = BUNDLED[0].load().unwrap();
        predicted.settle_after(&computed, &model);
        assert_eq!(predicted.inside, ObjectiveSpec::USUAL_INSIDE_OF_PREDICTIONS);
        let mut back =
            ObjectiveSpec { terms: computed.terms.clone(), cautious: true, ..predicted.clone() };
        back.settle_after(&predicted, &model);
        assert_eq!((back.inside, back.cautious), (0.0, false));
        let mut chosen = ObjectiveSpec { inside: 3.0, ..predicted };
        chosen.settle_after(&computed, &model);
        assert_eq!(chosen.inside, 3.0, "who sets it with the change has their way");
    }

    #[test]
    fn one_term_shows_its_quantity_and_several_their_score() {
        let terms = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect();
        let one = ObjectiveSpec { terms: terms(&["area:target=2"]), ..ObjectiveSpec::default() };
        assert_eq!((one.value(&[2.5]), one.terms_loss(&[2.5])), (2.5, 0.25));
        assert!(one.goal().better(2.1, 2.5) && !one.goal().better(f64::NAN, 2.5));
        let two = ObjectiveSpec {
            terms: terms(&["area:max", "perimeter:min:weight=2"]),
            ..ObjectiveSpec::default()
        };
        assert_eq!((two.value(&[3.0, 1.0]), two.terms_loss(&[3.0, 1.0])), (1.0, -1.0));
    }
}
