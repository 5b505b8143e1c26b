//! Tables as data: a row of descriptors is what a network learns, and beside it stand targets, a name and a group.

mod checks;
mod column_roles;
mod domain;
mod files;
mod options;
mod profile;
mod read;
mod read_as;
#[cfg(test)]
mod read_tests;
mod schema;
mod shares;
mod split;

pub use column_roles::ColumnRole;
pub use domain::{OutsideValue, TableDomain};
pub use files::TableForm;
pub use options::TableOptions;
pub use profile::{ProfileCell, most_unusual_first, profile};
pub use read::{FileColumn, Guess, TableImport, TableReport, read, read_unless};
pub use read_as::{NamedRows, read_as};
pub use schema::{ColumnKind, DescribedCell, Shares, TableCell, TableColumn, TableSchema};
