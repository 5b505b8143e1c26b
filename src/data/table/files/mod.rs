//! The files of tables: CSV and other text, XLSX, ODS and Parquet, all read into one [`Sheet`] of columns.

mod archive;
mod builder;
mod cell;
mod column;
mod delimited;
mod encoding;
mod foreign;
mod form;
mod header;
mod kind;
mod parquet_file;
mod read;
mod sheet;
mod workbook;

pub use column::KeptPart;
pub use form::TableForm;
pub use header::Header;
pub use read::read_sheet;
pub use sheet::{ColumnCells, Sheet};
