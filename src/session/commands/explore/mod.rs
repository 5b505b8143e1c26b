//! Commands about what is looked at.

pub mod compare;
pub mod drawing;
pub mod latent_path;
pub mod pins;
pub mod rows;
