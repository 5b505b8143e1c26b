//! The reliability of answers: the distance to the data, the change of a shape in a round trip (encode and decode), and
//! the validity of its outline.

mod diagnostics;
mod limit;
mod map_coverage;
mod metric;
mod model_metrics;
mod prediction_checks;
mod question;
mod smoothness;
mod statistics;
mod verdict;

pub use diagnostics::{Warning, warnings, warnings_of};
pub use limit::{percent_with_limit, with_limit};
pub use map_coverage::{MapCoverage, map_coverage};
pub use metric::{Better, Metric, MetricFormat, reconstruction_error_label};
pub use model_metrics::{ACTIVE_VARIANCE, FamilyMetrics, ModelMetrics, REACHABLE_SHARE};
pub use prediction_checks::{PredictionCheck, PredictionChecks, is_dense};
pub use question::Question;
pub use statistics::{head_changes, measure_statistics};
pub use verdict::{Reliability, RoundTripChange, Verdict, assess, assess_with};
