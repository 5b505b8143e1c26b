//! The left panel, one for each activity: at most six controls, the others under "More", and one main button.

pub(in crate::ui) mod explore;
mod heads;
mod optimise;
mod panel;
mod plane;
mod quantities;
mod rediscover;
mod small_buttons;
mod tour;
mod train;

pub use panel::show;
