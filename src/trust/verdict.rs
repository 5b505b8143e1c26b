//! The reliability of an answer: one word for the user, and the reason if it is not believable.

use super::limit::{percent_with_limit, with_limit};
use super::prediction_checks::PredictionChecks;
use super::question::Question;
use super::statistics::{relative_change_of, usual_change};
use crate::data::domain::{Defect, Domain, TableValidity, Validity};
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::{Model, Value};
use crate::numerics::format::three_digits;
use crate::numerics::runtime::on_all_cores;
use crate::objective::ObjectiveSpec;
use crate::text;
use crate::text::Text;
use serde::Serialize;

/// The word for the reliability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reliability {
    /// Within the data, with a valid outline that the model encodes near the same latent point again.
    Believable,
    /// Within the data, but the shape or its round trip fails a check.
    Doubtful,
    /// Outside the data: the decoder was never trained there.
    Outside,
    /// Unknown: the model holds no data to compare with.
    Unknown,
}

impl Reliability {
    /// The word on the screen.
    pub fn word(self) -> Text {
        match self {
            Self::Believable => text!("believable"),
            Self::Doubtful => text!("doubtful"),
            Self::Outside => text!("outside the data"),
            Self::Unknown => text!("unknown: no data"),
        }
    }

    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Believable => "believable",
            Self::Doubtful => "doubtful",
            Self::Outside => "outside the data",
            Self::Unknown => "unknown: no data",
        }
    }
}

/// The checks of one latent point, each number with its limit, within which 99 % of the held-out data stay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The word.
    #[serde(rename = "belief")]
    pub reliability: Reliability,
    /// The distance to the tenth nearest training mean, in standard deviations of the data.
    pub density_distance: f64,
    /// The limit of this distance.
    pub usual_density_distance: f64,
    /// The encode-decode shift `|encode(decode(z)) - z|`, in latent units, over the coordinates with more signal than
    /// noise.
    pub round_trip: f64,
    /// The limit of this shift.
    pub usual_round_trip: f64,
    /// The change of every requested quantity in the round trip.
    #[serde(rename = "survival")]
    pub round_trip_changes: Vec<RoundTripChange>,
    /// The validity of the decoded row.
    #[serde(flatten)]
    pub validity: Validity,
    /// True if every requested quantity is defined for the decoded outline.
    pub in_domain: bool,
    /// Further checks of predictions; none if all requested quantities are computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "foretold")]
    pub prediction_checks: Option<PredictionChecks>,
}

/// A quantity before and after the round trip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RoundTripChange {
    /// The quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// Its value for `decode(z)`.
    pub before: f64,
    /// Its value for `decode(encode(decode(z)))`.
    pub after: f64,
    /// The relative change `|after - before| / |before|`. For a target column, which may have values near 0, the
    /// divisor is at least the standard deviation of the data.
    pub change: f64,
    /// The limit of this change, at most 0.05.
    pub usual_change: f64,
}

impl RoundTripChange {
    /// True if the change is within its limit.
    pub fn holds(&self) -> bool {
        self.change <= self.usual_change
    }

    /// The change and its limit, as text; in per cent.
    pub fn change_and_limit(&self) -> [String; 2] {
        percent_with_limit(self.change, self.usual_change)
    }
}

impl Verdict {
    /// The word on the screen.
    pub fn word(&self) -> Text {
        self.reliability.word()
    }

    /// The quantity with the greatest change in the round trip; none if no quantity was requested.
    pub fn worst(&self) -> Option<&RoundTripChange> {
        // NaN counts as the greatest change.
        let change =
            |s: &&RoundTripChange| if s.change.is_nan() { f64::INFINITY } else { s.change };
        self.round_trip_changes.iter().max_by(|a, b| change(a).total_cmp(&change(b)))
    }

    /// The quantities that it speaks of: those that were asked for, and those that a constraint bounds and a head
    /// predicts.
    pub fn quantities(&self) -> Vec<Quantity> {
        let mut all: Vec<Quantity> =
            self.round_trip_changes.iter().map(|value_change| value_change.quantity).collect();
        let predicted = self
            .prediction_checks
            .iter()
            .flat_map(|prediction_checks| &prediction_checks.predictions);
        for quantity in predicted.map(|check| check.quantity) {
            if !all.contains(&quantity) {
                all.push(quantity);
            }
        }
        all
    }

    /// The value of a quantity for the shape that was judged, `outline [input]`: as it was predicted where it was asked for,
    /// else as `domain` computes it; [`Value::NONE`] where neither can tell it.
    pub fn value(&self, domain: &Domain, quantity: Quantity, row: &[f32]) -> Value {
        let checked = self.prediction_checks.as_ref().and_then(|all| all.check_of(quantity));
        let computed = || Value::Computed(domain.value(quantity, row));
        checked.map_or_else(computed, |check| Value::Predicted(check.prediction))
    }

    /// The reason why the value of one quantity is unreliable, as the rest of a sentence, whatever the shape is like.
    pub fn doubt_of(&self, quantity: Quantity) -> Option<Text> {
        if let Some(doubt) = self.prediction_checks.as_ref().and_then(|all| all.doubt_of(quantity))
        {
            return Some(doubt);
        }
        let of = |value_change: &&RoundTripChange| {
            value_change.quantity == quantity && !value_change.holds()
        };
        let [change, limit] = self.round_trip_changes.iter().find(of)?.change_and_limit();
        let word = quantity.word();
        Some(text!(
            "encoded and decoded again, its {word} changes by {change} (limit {limit})",
            word,
            change,
            limit
        ))
    }

    /// The quantity whose doubt is the reason that [`Self::sentence`] gives; none if the reason is another one.
    pub fn named_doubt(&self) -> Option<Quantity> {
        let by_value = self.reliability == Reliability::Doubtful && self.shape_failed().is_none();
        let is_doubtful = |quantity: &Quantity| self.doubt_of(*quantity).is_some();
        self.quantities().into_iter().find(is_doubtful).filter(|_| by_value)
    }

    /// The reliability of one of its quantities: believable where only others are doubtful.
    pub fn reliability_of(&self, quantity: Quantity) -> Reliability {
        let sound = self.shape_doubt().is_none() && self.doubt_of(quantity).is_none();
        match self.reliability {
            Reliability::Doubtful if sound => Reliability::Believable,
            reliability => reliability,
        }
    }

    /// The first question that the point fails; none if it is believable.
    pub fn failed(&self) -> Option<Question> {
        match self.reliability {
            Reliability::Outside => Some(Question::Distance),
            Reliability::Unknown => Some(Question::Data),
            Reliability::Believable | Reliability::Doubtful => {
                self.shape_failed().or_else(|| self.values_failed())
            }
        }
    }

    /// The first question that a value fails.
    fn values_failed(&self) -> Option<Question> {
        let changes = || !self.round_trip_changes.iter().all(RoundTripChange::holds);
        let predicted = self.prediction_checks.as_ref().and_then(PredictionChecks::failed);
        predicted.or_else(|| changes().then_some(Question::Change))
    }

    /// The first question that the shape or its round trip fails.
    fn shape_failed(&self) -> Option<Question> {
        // NaN fails.
        let exceeds = |value: f64, limit: f64| value.is_nan() || value > limit;
        if let Some(defect) = self.validity.defect() {
            return Some(Question::Validity(defect));
        }
        let failed = [
            (!self.in_domain, Question::Domain),
            (exceeds(self.round_trip, self.usual_round_trip), Question::Shift),
        ];
        failed.into_iter().find_map(|(fails, question)| fails.then_some(question))
    }

    /// The defect of the shape or of its round trip, as the rest of a sentence; none if it has none.
    fn shape_doubt(&self) -> Option<Text> {
        Some(match self.shape_failed()? {
            Question::Validity(defect) => self.defect_in_words(defect),
            Question::Domain => {
                text!("the shape is too thin for this property to mean anything")
            }
            _ => {
                let [shift, limit] = self.shift_and_limit();
                text!(
                    "decoded and encoded again, the point moves by {shift} (limit {limit})",
                    shift,
                    limit
                )
            }
        })
    }

    /// A defect of the row, as the rest of a sentence.
    fn defect_in_words(&self, defect: Defect) -> Text {
        match (defect, self.validity) {
            (Defect::Range, Validity::Table(TableValidity { outside: Some(outside) })) => text!(
                "{column} = {value} lies outside the data, {low} to {high}",
                column = outside.name.as_str(),
                value = three_digits(outside.value),
                low = three_digits(outside.low),
                high = three_digits(outside.high)
            ),
            (Defect::Range, _) => text!("a value lies outside the data"),
            (Defect::Crossing, _) => text!("the outline crosses itself"),
            (Defect::Roughness, _) => {
                let [roughness, limit] = self.roughness_and_limit().unwrap_or_default();
                text!(
                    "the outline is rougher than the data: {roughness} (limit {limit})",
                    roughness,
                    limit
                )
            }
        }
    }

    /// The reasons to believe a point, after `Believable` or what is believed.
    fn believable(&self, asked: &[Quantity]) -> Text {
        let is_outline = self.validity.outline().is_some();
        let quantities = || listed(asked);
        match (is_outline, self.prediction_checks.is_some()) {
            (true, false) => text!(
                "Believable: among the data, an outline as smooth as theirs, and encoding it leads back here."
            ),
            (true, true) => text!(
                "Believable, as {quantities}: among the data, an outline as smooth as theirs, and encoding it leads back here.",
                quantities = quantities()
            ),
            (false, false) => text!(
                "Believable: among the data, every column within its range, and encoding it leads back here."
            ),
            (false, true) => text!(
                "Believable, as {quantities}: among the data, every column within its range, and encoding it leads back here.",
                quantities = quantities()
            ),
        }
    }

    /// One sentence that says why. Where anything is predicted, or not all that was asked for is as believable, it names
    /// the quantities that each word is said of.
    pub fn sentence(&self) -> Text {
        let asked = self.quantities();
        match self.reliability {
            Reliability::Believable => self.believable(&asked),
            Reliability::Outside => {
                let [distance, limit] = self.distance_and_limit();
                text!(
                    "Outside the data: {distance} SD away (limit {limit}); the decoder was never trained here, so what \
                     it makes is a guess.",
                    distance,
                    limit
                )
            }
            Reliability::Unknown => text!(
                "Unknown: the model holds no data, so nothing says how far this point is from what it learned."
            ),
            Reliability::Doubtful => {
                if let Some(doubt) = self.shape_doubt() {
                    return text!("Doubtful: {doubt}.", doubt);
                }
                let (sure, doubtful): (Vec<Quantity>, Vec<Quantity>) =
                    asked.into_iter().partition(|&quantity| self.doubt_of(quantity).is_none());
                let why = doubtful.first().and_then(|&quantity| self.doubt_of(quantity));
                let doubtful = text!(
                    "Doubtful, as {quantities}: {why}.",
                    quantities = listed(&doubtful),
                    why = why.unwrap_or_default()
                );
                match sure.as_slice() {
                    [] => doubtful,
                    sure => Text::joined(
                        [
                            doubtful,
                            text!("Believable, as {quantities}.", quantities = listed(sure)),
                        ],
                        " ",
                    ),
                }
            }
        }
    }

    /// The distance to the data and its limit, as text; in standard deviations of the data.
    pub fn distance_and_limit(&self) -> [String; 2] {
        with_limit(self.density_distance, self.usual_density_distance)
    }

    /// The roughness of an outline and its limit, as text, in root mean square radii; none for a row of a table.
    pub fn roughness_and_limit(&self) -> Option<[String; 2]> {
        let outline = self.validity.outline()?;
        Some(with_limit(outline.roughness, outline.usual_roughness))
    }

    /// The encode-decode shift and its limit, as text; in latent units.
    pub fn shift_and_limit(&self) -> [String; 2] {
        with_limit(self.round_trip, self.usual_round_trip)
    }
}

/// Judges every latent point for the sought quantities; `decoded` has the shape of each point. A target column without
/// a head is skipped, because the model cannot predict it.
///
/// # Errors
/// Only when the tensor library fails.
pub fn assess(
    model: &Model,
    quantities: &[Quantity],
    z: &Rows<f64>,
    decoded: &Rows<f32>,
) -> Result<Vec<Verdict>> {
    assess_with(model, quantities, &ObjectiveSpec::default(), z, decoded)
}

/// The same as [`assess`] for a search with a `spec`: the interval of a prediction must satisfy the bounds, and if heads
/// are searched, their predictions are checked even where the quantity can be computed.
///
/// # Errors
/// Only when the tensor library fails, or the data are too few to judge a prediction.
pub fn assess_with(
    model: &Model,
    quantities: &[Quantity],
    spec: &ObjectiveSpec,
    z: &Rows<f64>,
    decoded: &Rows<f32>,
) -> Result<Vec<Verdict>> {
    let prediction_checks = PredictionChecks::of_all(model, quantities, spec, z, decoded)?;
    let (again, _) = model.encode(decoded)?;
    let decoded_again = model.decode(&again)?;
    let asked: Vec<Quantity> = quantities.iter().copied().filter(|&p| model.can_tell(p)).collect();
    let domain = model.domain();
    // What can be computed is computed, also where its prediction was asked for: the change is then that of the row.
    let told = |z: &Rows<f64>, outlines: &Rows<f32>| -> Result<Vec<Vec<f64>>> {
        let basis = |&quantity: &Quantity| match model.computes(quantity) {
            true => quantity.as_computed(),
            false => quantity,
        };
        asked.iter().map(basis).map(|quantity| model.tell(quantity, z, outlines)).collect()
    };
    let (before, after) = (told(z, decoded)?, told(&again, &decoded_again)?);
    let density = model.density();
    let distances = density.distances(z);
    let statistics = &model.card.statistics;
    let usual_roughness = model.usual_roughness();
    let verdict = |i: usize| {
        let outline = decoded.row(i);
        let value_change = |(k, &quantity): (usize, &Quantity)| {
            let (before, after) = (before[k][i], after[k][i]);
            let output = model.head(quantity).and_then(|head| head.card.output(quantity));
            let head = output.map_or(0.0, |output| output.scale);
            let index = domain.index(quantity.as_computed());
            let scale = index.map_or(head, |index| domain.change_scale(index));
            let change = relative_change_of(before, after, scale);
            let usual_change = usual_change(model, quantity);
            RoundTripChange { quantity, before, after, change, usual_change }
        };
        let round_trip_changes: Vec<RoundTripChange> =
            asked.iter().enumerate().map(value_change).collect();
        let in_domain = round_trip_changes
            .iter()
            .all(|change| domain.is_defined(change.quantity.as_computed(), change.before, outline));
        let mut verdict = Verdict {
            reliability: match model.has_data() {
                true => Reliability::Outside,
                false => Reliability::Unknown,
            },
            density_distance: distances[i],
            usual_density_distance: density.threshold(),
            round_trip: density.shift(z.row(i), again.row(i)),
            usual_round_trip: statistics.round_trip,
            round_trip_changes,
            validity: domain.validity(outline, usual_roughness),
            in_domain,
            prediction_checks: prediction_checks.as_ref().map(|all| all[i].clone()),
        };
        if model.has_data() && distances[i] <= density.threshold() {
            let is_sound = verdict.shape_failed().is_none() && verdict.values_failed().is_none();
            verdict.reliability =
                if is_sound { Reliability::Believable } else { Reliability::Doubtful };
        }
        verdict
    };
    Ok(on_all_cores(z.len(), verdict))
}

/// `drag`, `drag and lift`, `drag, lift and mass`: all of them, since each word is said of these alone.
fn listed(quantities: &[Quantity]) -> Text {
    Text::list(quantities.iter().map(|quantity| quantity.word()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;
    use crate::data::domain::OutlineValidity;
    use crate::data::table::OutsideValue;
    use crate::model::bundled::BUNDLED;

    const SMOOTH: OutlineValidity =
        OutlineValidity { simple: true, roughness: 0.01, usual_roughness: 0.02 };

    fn verdict(reliability: Reliability) -> Verdict {
        let value_change = |quantity, change| RoundTripChange {
            quantity,
            before: 1.0,
            after: 1.0 + change,
            change,
            usual_change: 0.02,
        };
        Verdict {
            reliability,
            density_distance: 0.2,
            usual_density_distance: 0.5,
            round_trip: 0.1,
            usual_round_trip: 0.3,
            round_trip_changes: vec![
                value_change(Quantity::AREA, 0.01),
                value_change(Quantity::ROUNDNESS, 0.015),
            ],
            validity: Validity::Outline(SMOOTH),
            in_domain: true,
            prediction_checks: None,
        }
    }

    #[test]
    fn the_sentence_names_what_is_wrong_and_by_how_much() {
        let doubtful = verdict(Reliability::Doubtful);
        assert!(verdict(Reliability::Believable).sentence().to_string().starts_with("Believable"));
        let far = Verdict { density_distance: 0.83, ..verdict(Reliability::Outside) };
        assert!(
            far.sentence().to_string().contains("0.83")
                && far.sentence().to_string().contains("0.50")
        );
        assert_eq!(verdict(Reliability::Believable).failed(), None);
        assert_eq!(far.failed(), Some(Question::Distance));
        let crossed = Verdict {
            validity: Validity::Outline(OutlineValidity { simple: false, ..SMOOTH }),
            ..doubtful.clone()
        };
        assert_eq!(crossed.failed(), Some(Question::Validity(Defect::Crossing)));
        assert!(crossed.sentence().to_string().contains("crosses itself"));
        let rough = Verdict {
            validity: Validity::Outline(OutlineValidity { roughness: 0.5, ..SMOOTH }),
            ..doubtful.clone()
        };
        assert!(
            rough.sentence().to_string().contains("0.50")
                && rough.sentence().to_string().contains("0.02")
        );
        let thin = Verdict { in_domain: false, ..doubtful.clone() };
        assert!(thin.sentence().to_string().contains("too thin"));
        let lost = Verdict { round_trip: 0.7, ..doubtful.clone() };
        assert!(
            lost.sentence().to_string().contains("0.70")
                && lost.sentence().to_string().contains("0.30")
        );
        let mut changed = doubtful;
        changed.round_trip_changes[1].change = 0.071;
        let sentence = changed.sentence().to_string();
        assert!(sentence.contains("roundness") && sentence.contains("7.1 %"), "{sentence}");
        assert!(sentence.contains("(limit 2.0 %)"), "{sentence}");
        assert_eq!(changed.worst().map(|worst| worst.quantity), Some(Quantity::ROUNDNESS));
    }

    #[test]
    fn the_sentence_of_a_table_speaks_of_columns() {
        let of = |reliability, outside| Verdict {
            validity: Validity::Table(TableValidity { outside }),
            ..verdict(reliability)
        };
        let believable = of(Reliability::Believable, None).sentence().to_string();
        assert!(believable.contains("column") && !believable.contains("outline"), "{believable}");
        let name = ColumnName::new("density").unwrap();
        let outside = OutsideValue { name, value: 31.0, low: 0.8, high: 2.1 };
        let doubtful = of(Reliability::Doubtful, Some(outside));
        assert_eq!(doubtful.failed(), Some(Question::Validity(Defect::Range)));
        let sentence = doubtful.sentence().to_string();
        assert!(
            sentence.contains("density = 31.0 lies outside the data, 0.800 to 2.10"),
            "{sentence}"
        );
    }

    #[test]
    fn a_limit_never_looks_kept_where_it_is_broken() {
        let far = Verdict {
            density_distance: 0.4021,
            usual_density_distance: 0.4,
            ..verdict(Reliability::Outside)
        };
        assert!(
            far.sentence().to_string().contains("0.402 SD away (limit 0.400)"),
            "{}",
            far.sentence()
        );
        let far = Verdict { density_distance: 0.47, ..far };
        assert!(
            far.sentence().to_string().contains("0.47 SD away (limit 0.40)"),
            "{}",
            far.sentence()
        );
        let mut changed = verdict(Reliability::Doubtful);
        changed.round_trip_changes[0].change = 0.02004;
        assert!(
            changed.sentence().to_string().contains("2.004 % (limit 2.000 %)"),
            "{}",
            changed.sentence()
        );
        let shifted = Verdict { round_trip: 0.304, ..verdict(Reliability::Doubtful) };
        assert!(
            shifted.sentence().to_string().contains("0.304 (limit 0.300)"),
            "{}",
            shifted.sentence()
        );
    }

    #[test]
    fn points_are_judged_by_what_they_are() {
        let model = BUNDLED[0].load().unwrap();
        let mut z = Rows::from_flat(2, model.encoded.mu.row(10).to_vec());
        z.push(&[9.0, 9.0]);
        z.push(&[f64::NAN, 0.0]);
        let decoded = model.decode(&z).unwrap();
        let verdicts =
            assess(&model, &[Quantity::ROUNDNESS, Quantity::AREA], &z, &decoded).unwrap();
        let [known, far, none] = verdicts.as_slice() else { panic!("three are judged") };
        assert_eq!(known.reliability, Reliability::Believable, "{known:?}");
        assert_eq!(
            (far.reliability, none.reliability),
            (Reliability::Outside, Reliability::Outside)
        );
        assert!(far.density_distance > far.usual_density_distance);
        assert!(known.density_distance < known.usual_density_distance);
        let [roundness, area] = known.round_trip_changes.as_slice() else {
            panic!("two are measured")
        };
        assert_eq!(roundness.before, model.domain().value(Quantity::ROUNDNESS, decoded.row(0)));
        assert_eq!((roundness.quantity, area.quantity), (Quantity::ROUNDNESS, Quantity::AREA));
    }
}
