//! Import of the user's own outlines: files and folders in, canonical outlines out, with a reason for each one left
//! out.
//!
//! A file is read whole but bounded and parsed by its format; each curve in it is cleaned and converted to canonical
//! form on its own, so one bad file, row or path does not affect the others.

pub mod canonicalise;
pub mod files;
pub mod formats;
pub mod freehand;
mod labels;
mod options;
mod progress;
mod read;
pub mod repair;
mod report;
mod shapes;
pub mod values;

pub use labels::MAX_LABELS;
pub use options::{ImportOptions, LabelFrom, Normalise};
pub use read::{MIN_OUTLINES, import, import_with_values, name_of};
pub use repair::Note;
pub use report::{Import, ImportProgress, ImportedOutline, Rejection, Summary};
