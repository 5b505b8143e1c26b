#![doc = "Latent Explorer."]
pub mod cli;
pub mod data;
pub mod error;
pub mod explore;
pub mod export;
pub mod model;
pub mod numerics;
pub mod objective;
pub mod optimise;
pub mod session;
pub mod train;
pub mod trust;
pub mod ui;
