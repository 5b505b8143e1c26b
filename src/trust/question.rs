//! The questions that a verdict asks of a point.

use crate::data::domain::Defect;
use crate::text;
use crate::text::Text;

/// A question of the verdict, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Data to compare with.
    Data,
    /// The distance to the data.
    Distance,
    /// A row that data can have.
    Validity(Defect),
    /// A shape for which the quantity is defined.
    Domain,
    /// The shift of the point over decode and encode.
    Shift,
    /// Agreement of head and judge.
    Judge,
    /// Agreement of the prediction with what geometry computes for the decoded outline.
    Computed,
    /// An interval that reaches the values of the data.
    MeasuredRange,
    /// An interval that keeps the constraints.
    Constraint,
    /// The density of the data.
    Density,
    /// The change of the value over decode, encode, decode.
    Change,
}

impl Question {
    /// The number of points that fail it, in words.
    pub fn failures(self, count: usize) -> Text {
        match self {
            Self::Data => text!("{count} that no data can judge", count),
            Self::Distance => text!("{count} outside the data", count),
            Self::Validity(Defect::Crossing) => {
                text!("{count} with an outline that crosses itself", count)
            }
            Self::Validity(Defect::Roughness) => text!("{count} rougher than the data", count),
            Self::Validity(Defect::Range) => {
                text!("{count} with a value outside the data of its column", count)
            }
            Self::Domain => text!("{count} too thin for the property", count),
            Self::Judge => text!("{count} where head and judge disagree", count),
            Self::Computed => {
                text!("{count} where the shape has another value than predicted", count)
            }
            Self::MeasuredRange => text!("{count} predicted beyond all measured values", count),
            Self::Constraint => text!("{count} where a constraint may not hold", count),
            Self::Density => text!("{count} where the data are sparse", count),
            Self::Change => {
                text!("{count} with a value that changes when encoded and decoded again", count)
            }
            Self::Shift => text!(
                "{count} that moves when decoded and encoded again"
                    | "{count} that move when decoded and encoded again",
                count
            ),
        }
    }
}
