//! The colours of a picture.

use crate::explore::colour::Palette;
use clap::ValueEnum;

/// A colour theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// For paper
    Light,
    /// For a dark room
    Dark,
}

impl Theme {
    /// Its colours.
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &Palette::LIGHT,
            Self::Dark => &Palette::DARK,
        }
    }
}
