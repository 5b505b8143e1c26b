//! Things made of the stores for the screen: the map and its pictures, points in detail, metrics, latent paths, a comparison.

pub mod beside;
pub mod cached_metrics;
pub mod comparison;
pub mod derived;
pub mod latent_path;
pub mod metrics_cache;
pub mod planes;
pub mod refresh;
pub mod selection;
pub mod shown_planes;
pub mod shown_snapshots;
pub mod snapshots;
pub mod tours;
