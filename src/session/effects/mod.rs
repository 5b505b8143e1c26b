//! Actions are carried out, the work that they ask for begins, and its events arrive.

pub mod act;
pub mod carry_out;
pub mod material;
pub mod replay;
pub mod take_in;
pub mod training;
