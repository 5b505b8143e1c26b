//! The reliability of answers: the distance to the data, the change of a shape in a round trip (encode and decode), and
//! the validity of its outline.

mod figures;
mod foretold;
mod health;
mod limit;
mod measure;
mod quality;
mod question;
mod smoothness;
mod statistics;
mod verdict;

pub use figures::{ACTIVE_VARIANCE, FamilyFigures, Figures, REACHABLE_SHARE};
pub use foretold::{Foretold, PredictionCheck, is_dense};
pub use health::{Warning, warnings, warnings_of};
pub use limit::{percent_with_limit, with_limit};
pub use measure::{Better, Form, Measure, RECONSTRUCTION_ERROR};
pub use quality::{MapQuality, map_quality};
pub use question::Question;
pub use statistics::{head_change, measure_statistics};
pub use verdict::{Belief, Survival, Verdict, judge, judge_with};
