//! The native checkpoint: safetensors with a JSON card.

mod card_checks;
pub mod checkpoint;
mod earlier;
pub(super) mod embedded_dataset;
pub(super) mod tensors;
