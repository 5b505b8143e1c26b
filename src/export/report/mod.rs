//! A report: one file that explains a model and an answer that was found in it, as HTML for people or as JSON for
//! programs.

mod contents;
mod drawing;
mod html;
mod json;
mod row;

pub use contents::{Report, ReportFormat};

#[cfg(test)]
mod soundness;
