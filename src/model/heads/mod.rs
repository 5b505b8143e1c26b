//! Task heads: their card, their ensemble, the judge of their predictions.

pub mod card;
pub mod class_prediction;
pub mod head;
pub mod held_out;
pub mod judge;
pub mod planted;
mod predict;
pub mod reading;
pub mod reliability_diagram;
pub mod score;
