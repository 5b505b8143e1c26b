//! Tables as data: a row of descriptors is what a network learns, and beside it stand targets, a name and a group.

mod columns;
mod options;
mod read;
mod schema;

pub use options::TableOptions;
pub use read::{ClassTarget, TableImport, read};
pub use schema::{ColumnKind, DescribedCell, TableColumn, TableSchema};
