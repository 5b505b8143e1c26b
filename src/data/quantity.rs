//! Quantities: numbers that belong to a row, each with its name and its source.

use super::column_name::ColumnName;
use super::names::quoted::{Unquoted, quoted};
use super::outline::quantities::OutlineQuantity;
use crate::error::Error;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The source of the values of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueSource {
    /// Computed from the numbers of any row.
    Computed,
    /// Predicted by a task head at a latent point; known of the rows of the data.
    Predicted,
}

impl ValueSource {
    /// The word before the name in a file and on the command line.
    const fn word(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Predicted => "predicted",
        }
    }

    /// The source that stands before a name, as in `predicted:area`, and the name.
    fn before(text: &str) -> Option<(Self, &str)> {
        let with =
            |source: Self| Some((source, text.strip_prefix(source.word())?.strip_prefix(':')?));
        [Self::Computed, Self::Predicted].into_iter().find_map(with)
    }

    /// The source of a quantity whose name is written without one: outlines have four names that are computed.
    fn usual(name: ColumnName) -> Self {
        match OutlineQuantity::from_name(name.as_str()) {
            Some(_) => Self::Computed,
            None => Self::Predicted,
        }
    }
}

/// A quantity of a row, by its name and its source. The same name may be computed and predicted: a head may learn what
/// can also be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Quantity {
    source: ValueSource,
    name: ColumnName,
}

impl Default for Quantity {
    fn default() -> Self {
        Self::ROUNDNESS
    }
}

/// The order of menus: what is computed first, the quantities of outlines in their own order, then by name.
impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |quantity: &Self| {
            let own = quantity.outline();
            let place = OutlineQuantity::ALL.into_iter().position(|known| Some(known) == own);
            (quantity.source, place.unwrap_or(usize::MAX), quantity.name)
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<OutlineQuantity> for Quantity {
    fn from(quantity: OutlineQuantity) -> Self {
        Self::of_outlines(quantity)
    }
}

impl Quantity {
    /// [`OutlineQuantity::Roundness`], computed.
    pub const ROUNDNESS: Self = Self::of_outlines(OutlineQuantity::Roundness);
    /// [`OutlineQuantity::Area`], computed.
    pub const AREA: Self = Self::of_outlines(OutlineQuantity::Area);
    /// [`OutlineQuantity::Perimeter`], computed.
    pub const PERIMETER: Self = Self::of_outlines(OutlineQuantity::Perimeter);
    /// [`OutlineQuantity::HeatShedding`], computed.
    pub const HEAT_SHEDDING: Self = Self::of_outlines(OutlineQuantity::HeatShedding);

    const fn of_outlines(quantity: OutlineQuantity) -> Self {
        Self::computed(ColumnName::built_in(quantity.name()))
    }

    /// The quantity of this name that is computed.
    pub const fn computed(name: ColumnName) -> Self {
        Self { source: ValueSource::Computed, name }
    }

    /// The quantity of this name that a head predicts.
    pub const fn predicted(name: ColumnName) -> Self {
        Self { source: ValueSource::Predicted, name }
    }

    /// The quantity of the same name that a head predicts.
    pub const fn as_predicted(self) -> Self {
        Self::predicted(self.name)
    }

    /// The quantity of the same name that is computed.
    pub const fn as_computed(self) -> Self {
        Self::computed(self.name)
    }

    /// True if a head gives its values.
    pub fn is_predicted(self) -> bool {
        self.source == ValueSource::Predicted
    }

    /// True if its name alone stands for it in files and on the command line.
    pub fn is_bare(self) -> bool {
        self.source == ValueSource::usual(self.name) && ValueSource::before(self.name()).is_none()
    }

    /// Its name as a handle, without the source.
    pub fn column(self) -> ColumnName {
        self.name
    }

    /// Its name, without the source.
    pub fn name(self) -> &'static str {
        self.name.as_str()
    }

    /// The quantity of outlines that has this name.
    fn outline(self) -> Option<OutlineQuantity> {
        OutlineQuantity::from_name(self.name())
    }

    /// The name on the screen. A prediction of what can be computed says so, for the other has the same name.
    pub fn label(self) -> Text {
        match self.outline() {
            Some(_) if self.is_predicted() => predicted(self.plain_label()),
            _ => self.plain_label(),
        }
    }

    fn with_source(source: Option<ValueSource>, name: &str) -> Result<Self, Text> {
        let name = match OutlineQuantity::from_name(name) {
            Some(quantity) => ColumnName::built_in(quantity.name()),
            None => ColumnName::new(name)?,
        };
        Ok(Self { source: source.unwrap_or_else(|| ValueSource::usual(name)), name })
    }

    /// Parses a part of a text as [`FromStr`] does; its name may be quoted in the text, and `ending` is added to it.
    ///
    /// # Errors
    /// When the text is no name.
    pub fn from_part(text: &Unquoted, part: &str, ending: &str) -> Result<Self, Text> {
        let (source, name) = ValueSource::before(part).unzip();
        let name = text.name(name.unwrap_or(part).trim());
        Self::with_source(source, &(name.into_owned() + ending))
    }

    /// As it is displayed, its name in quotes if it has any itself: so [`Self::from_part`] reads it.
    pub fn quoted(self) -> String {
        let name = quoted(self.name(), &[]);
        if self.is_bare() { name.into_owned() } else { format!("{}:{name}", self.source.word()) }
    }

    /// The name on the screen without its source.
    pub fn plain_label(self) -> Text {
        self.outline().map_or_else(|| Text::verbatim(self.name()), OutlineQuantity::label)
    }

    /// The name on the screen where it stands alone: marked if it is predicted.
    pub fn title(self) -> Text {
        if self.is_predicted() { predicted(self.plain_label()) } else { self.plain_label() }
    }

    /// The name within a sentence, without its source.
    pub fn word(self) -> Text {
        // Upper case may have a meaning, as in cL.
        self.outline().map_or_else(|| Text::verbatim(self.name()), OutlineQuantity::word)
    }

    /// Converts a value of a shape in data units to that of the same shape `scale` times as large; a quantity that is
    /// no geometry is unchanged.
    pub fn at_scale(self, value: f64, scale: f64) -> f64 {
        self.outline().map_or(value, |quantity| quantity.at_scale(value, scale))
    }
}

/// The title of a prediction: `Drag, predicted`.
pub fn predicted(name: Text) -> Text {
    text!("{name}, predicted", name)
}

/// The name alone, or `predicted:area` and `computed:mass` where the source is not that of a bare name.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_bare() {
            write!(f, "{}:", self.source.word())?;
        }
        f.write_str(self.name())
    }
}

impl FromStr for Quantity {
    type Err = Text;

    /// A name, or `predicted:NAME` or `computed:NAME`; the names of the quantities of outlines in any letter case.
    fn from_str(text: &str) -> Result<Self, Text> {
        let (source, name) = ValueSource::before(text).unzip();
        Self::with_source(source, name.unwrap_or(text).trim())
    }
}

impl TryFrom<String> for Quantity {
    type Error = Text;

    fn try_from(text: String) -> Result<Self, Text> {
        text.parse()
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.to_string()
    }
}

/// Predicted quantities in a file: their names alone.
pub mod predicted_name {
    use super::Quantity;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the name.
    ///
    /// # Errors
    /// The errors of the serializer.
    pub fn serialize<S: Serializer>(quantity: &Quantity, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(quantity.name())
    }

    /// Reads a name.
    ///
    /// # Errors
    /// When the text is no name.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Quantity, D::Error> {
        Ok(Quantity::deserialize(from)?.as_predicted())
    }
}

/// As [`predicted_name`], for a list.
pub mod predicted_names {
    use super::Quantity;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the names.
    ///
    /// # Errors
    /// The errors of the serializer.
    pub fn serialize<S: Serializer>(quantities: &[Quantity], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(quantities.iter().map(|quantity| quantity.name()))
    }

    /// Reads names.
    ///
    /// # Errors
    /// When a text is no name.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Quantity>, D::Error> {
        let quantities = Vec::<Quantity>::deserialize(from)?;
        Ok(quantities.into_iter().map(Quantity::as_predicted).collect())
    }
}

/// Fails unless the values of a quantity of this name, computed or measured, are among those that `are_known`.
///
/// # Errors
/// Names the quantity and the available ones.
pub fn check_known(quantity: Quantity, are_known: &[Quantity]) -> Result<(), Error> {
    if are_known.iter().any(|known| known.column() == quantity.column()) {
        return Ok(());
    }
    let names = are_known.iter().map(|quantity| Text::verbatim(quantity.to_string()));
    let name = quantity.to_string();
    Err(Error::mismatch(text!(
        "'{name}' is no property here; there are {names}",
        name,
        names = Text::joined(names, ", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_by_name_and_source() {
        let drag: Quantity = "drag".parse().unwrap();
        assert!(drag.is_predicted() && drag.label().to_string() == "drag");
        assert_eq!("AREA".parse(), Ok(Quantity::AREA));
        assert_eq!("predicted:Area".parse(), Ok(Quantity::AREA.as_predicted()));
        assert_eq!(Quantity::AREA.as_predicted().to_string(), "predicted:area");
        assert_eq!(drag.as_computed().to_string(), "computed:drag");
        for one in OutlineQuantity::ALL.map(Quantity::from).into_iter().chain([drag]) {
            for quantity in [one, one.as_predicted(), one.as_computed()] {
                let text = serde_json::to_string(&quantity).unwrap();
                assert_eq!(text, format!("\"{quantity}\""));
                assert_eq!(serde_json::from_str::<Quantity>(&text).unwrap(), quantity);
            }
        }
        for name in ["lost:area", "CL at 0.6", "computed:predicted:area", "a, \"b\": c<=1"] {
            let quantity: Quantity = name.parse().unwrap();
            assert_eq!(quantity.to_string().parse(), Ok(quantity), "{name}");
        }
        let titles = [Quantity::AREA.as_predicted(), drag].map(|q| q.title().to_string());
        assert_eq!(titles, ["Area, predicted", "drag, predicted"]);
        assert_eq!(Quantity::AREA.as_predicted().label().to_string(), "Area, predicted");
    }
}
