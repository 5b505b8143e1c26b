//! The right panel: the shown shape, its quantities, its reliability.

pub mod answer;
pub mod axes;
pub mod canvas;
pub mod metrics_table;
pub mod reconstruction;
pub mod row;
pub mod side_panel;
