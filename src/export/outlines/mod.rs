//! Outlines in the formats of other programs: tables, drawings, airfoils; the file extension decides.

mod dat;
mod drawing;
mod dxf;
mod format;
mod outline;
mod write;

pub use format::{OutlineFormat, endings};
pub use outline::NamedOutline;
pub use write::{
    check_holds_several, check_target, holds_values, of_set, write_outlines, write_set,
};

#[cfg(test)]
mod tests;
