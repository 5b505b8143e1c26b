//! Arguments that several verbs share.

pub mod form;
pub mod import;
pub mod learning;
pub mod names;
pub mod point;
pub mod search;
pub mod sheet;
pub mod table;
pub mod theme;
pub mod training;
