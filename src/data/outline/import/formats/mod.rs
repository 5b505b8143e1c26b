//! The formats of files with outlines: what each of them says.

pub mod airfoil;
pub(super) mod cover;
pub(super) mod header;
pub(super) mod parts;
pub mod svg;
pub mod table;
pub mod trial;
