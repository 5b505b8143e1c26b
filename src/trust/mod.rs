//! What can be believed: where the data are, whether a shape survives the round trip, whether it is one.

mod figures;
mod foretold;
mod health;
mod limit;
mod measure;
mod quality;
mod smoothness;
mod statistics;
mod verdict;

pub use figures::{ACTIVE_VARIANCE, FamilyFigures, Figures, REACHABLE_SHARE};
pub use foretold::{Foretold, PredictionCheck, is_dense};
pub use health::{Warning, warnings, warnings_of};
pub use limit::{percent_with_limit, with_limit};
pub use measure::{Better, Form, Measure, RECONSTRUCTION_ERROR};
pub use quality::{MapQuality, map_quality};
pub use statistics::{head_change, measure_statistics};
pub use verdict::{Belief, Survival, Verdict, judge, judge_with};
