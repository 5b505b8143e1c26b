//! A latent path: the curve, its shapes, its animation.

pub mod curve;
pub mod linear_interpolation;
pub mod path_animation;
pub mod strip;
pub mod trail;
