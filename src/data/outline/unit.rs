//! The unit of length in which the outlines of a file stand.

use serde::{Deserialize, Serialize};

/// A unit of length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LengthUnit {
    /// No unit: the file does not say one.
    #[default]
    #[serde(rename = "")]
    Unknown,
    /// Millimetres.
    #[serde(rename = "mm")]
    Millimetre,
    /// Centimetres.
    #[serde(rename = "cm")]
    Centimetre,
    /// Metres.
    #[serde(rename = "m")]
    Metre,
    /// Inches.
    #[serde(rename = "in")]
    Inch,
}

impl LengthUnit {
    /// Every unit that files may say.
    pub const ALL: [Self; 4] = [Self::Millimetre, Self::Centimetre, Self::Metre, Self::Inch];

    /// The symbol; empty if it is unknown.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Millimetre => "mm",
            Self::Centimetre => "cm",
            Self::Metre => "m",
            Self::Inch => "in",
        }
    }

    /// The unit with this symbol; unknown for any other word.
    pub fn from_symbol(symbol: &str) -> Self {
        let is_it = |unit: &Self| unit.symbol() == symbol;
        Self::ALL.into_iter().find(is_it).unwrap_or_default()
    }

    /// True if no unit is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// The unit that all of these are; unknown if they differ.
    pub fn common(units: impl IntoIterator<Item = Self>) -> Self {
        let mut units = units.into_iter();
        let first = units.next().unwrap_or_default();
        if units.all(|unit| unit == first) { first } else { Self::Unknown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_known_by_its_symbol_and_lost_where_units_differ() {
        for unit in LengthUnit::ALL {
            assert_eq!(LengthUnit::from_symbol(unit.symbol()), unit);
            assert_eq!(serde_json::to_value(unit).unwrap(), unit.symbol());
        }
        assert!(["px", "", "MM"].iter().all(|word| LengthUnit::from_symbol(word).is_unknown()));
        let [mm, inch] = [LengthUnit::Millimetre, LengthUnit::Inch];
        assert_eq!(LengthUnit::common([mm, mm]), mm);
        assert!(LengthUnit::common([mm, inch]).is_unknown() && LengthUnit::common([]).is_unknown());
    }
}
