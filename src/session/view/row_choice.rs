//! A choice among the rows of the data.

/// A choice of rows of the shown model's data, counted from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum RowChoice {
    /// These rows, in place of others.
    These(Vec<u32>),
    /// One row more, or one less if it is chosen.
    Toggle(u32),
    /// The rows whose points lie within a closed line on the map; besides the others (true) or in their place.
    Within(Vec<[f64; 2]>, bool),
}
