//! Latent Explorer: see, teach and use optimisation in a latent space.
//!
//! ```text
//!     x --encode--> z --decode--> x'        the autoencoder; frozen during exploration and search
//! ```
//!
//! A user does four things: learn a model, explore it, optimise in it, export the results. The modules, from the lowest
//! layer to the highest; a module uses only those before it, and `explore`, `optimise` and `train` do not use each
//! other:
//!
//! - [`mod@text`], [`error`] and [`numerics`]: texts that can be translated; one error type; Adam, keyed randomness, percentiles, matrix products, atomic file
//!   writes
//! - [`data`]: outlines, the families that generate them, plain geometry, scaling, tables
//! - [`nn`]: dense layers and the variational autoencoder, forwards and backwards without a graph; losses
//! - [`model`]: the frozen model with its heads and its density, its checkpoint
//! - [`objective`]: terms, penalties, constraints, and the objective that everything calls
//! - [`trust`]: the density of the data, the quality of a map, the reliability of an answer
//! - [`train`], [`optimise`], [`explore`]: training, search and display of a model
//! - [`export`]: pictures and tables; [`rediscover`]: a test if a search finds shapes that are known already
//! - [`session`]: commands, jobs, events, state: the program without its window
//! - [`ui`]: the window; [`cli`]: the same actions on the command line

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
pub mod text;
pub mod train;
pub mod trust;
pub mod ui;
