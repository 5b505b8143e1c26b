//! Tables as data: a row of descriptors is what a network learns, and beside it stand targets, a name and a group.

mod columns;
mod domain;
mod options;
mod read;
mod read_as;
mod schema;

pub use domain::{OutsideValue, TableDomain};
pub use options::TableOptions;
pub use read::{TableImport, read};
pub use read_as::{NamedRows, read_as};
pub use schema::{ColumnKind, DescribedCell, TableCell, TableColumn, TableSchema};
