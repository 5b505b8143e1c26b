//! Import of the user's own outlines: files and folders in, canonical outlines out, with a reason for each one left
//! out.
//!
//! A file is read whole but bounded and parsed by its format; each curve in it is cleaned and converted to canonical
//! form on its own, so one bad file, row or path does not affect the others.

pub mod airfoil;
pub mod clean;
mod cover;
pub mod files;
pub mod form;
mod header;
mod labels;
mod options;
mod outcome;
mod parts;
mod read;
mod records;
mod shapes;
pub mod stroke;
pub mod svg;
pub mod table;
pub mod values;
mod watch;

pub use labels::MOST_LABELS;
pub use options::{ImportOptions, LabelFrom, Normalise};
pub use outcome::{Import, ImportProgress, Kept, Rejection, Summary};
pub use read::{FEWEST, import, import_with_values, name_of};
