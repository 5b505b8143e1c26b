//! Task heads: their card, their ensemble, the judge of their predictions.

pub mod card;
pub mod head;
pub mod judge;
pub mod planted;
mod predict;
pub mod reading;
pub mod score;
