//! The questions that a verdict asks of a point.

/// A question of the verdict, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The distance to the data.
    Distance,
    /// An outline without crossings.
    Crossing,
    /// An outline as smooth as the data.
    Roughness,
    /// A shape for which the property is defined.
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
    /// The text about points that fail it, after their number.
    pub fn failure(self) -> &'static str {
        match self {
            Self::Distance => "outside the data",
            Self::Crossing => "with an outline that crosses itself",
            Self::Roughness => "rougher than the data",
            Self::Domain => "too thin for the property",
            Self::Judge => "where head and judge disagree",
            Self::Computed => "where the shape has another value than predicted",
            Self::MeasuredRange => "predicted beyond all that was measured",
            Self::Constraint => "where a constraint may not hold",
            Self::Density => "where the data are sparse",
            Self::Change => "with a value that changes when encoded and decoded again",
            Self::Shift => "that move when decoded and encoded again",
        }
    }
}
