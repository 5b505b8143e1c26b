//! Tables: CSV and JSON of metrics, histories, shapes, candidates and lab results.

pub mod candidates;
pub mod csv;
pub mod lab;
pub mod metrics_table;
pub mod rows;
pub mod shapes;
pub mod sheet;
pub mod spreadsheet;
