//! Latent Explorer: see, teach and use optimisation in a latent space.
//!
//! ```text
//!     x --encode--> z --decode--> x'        the autoencoder; frozen while anyone looks or searches
//! ```
//!
//! Everything a person does is one of four verbs: learn a model, explore it, optimise in it, keep what
//! came of it. The rooms of the house, from the ground up; a room knows only those before it, and
//! `explore`, `optimise` and `train` do not know each other:
//!
//! - [`error`] and [`numerics`]: one error type; Adam, keyed randomness, percentiles, matrix products, whole-file writes
//! - [`data`]: outlines, the families that generate them, plain geometry, scaling, tables
//! - [`nn`]: dense layers and the variational autoencoder, forwards and backwards without a graph, losses
//! - [`model`]: the frozen model with its heads and its density, its checkpoint
//! - [`objective`]: aims, constraints, the objective that everything calls
//! - [`trust`]: where the data are, what a map is worth, how far an answer can be believed
//! - [`train`], [`optimise`], [`explore`]: how it is learned, searched and seen
//! - [`export`]: pictures and tables; [`rediscover`]: would it have found what is known already?
//! - [`session`]: commands, jobs, events, state: the program without its window
//! - [`ui`]: the window; [`cli`]: the same verbs without one

pub mod cli;
pub mod data;
pub mod error;
pub mod explore;
pub mod export;
pub mod model;
pub mod nn;
pub mod numerics;
pub mod objective;
pub mod optimise;
pub mod rediscover;
pub mod session;
pub mod train;
pub mod trust;
pub mod ui;
