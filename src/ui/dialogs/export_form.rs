//! The user's choices for an export.

use crate::session::State;
use crate::session::jobs::keep::export::{Export, Exportable};
use std::path::{Path, PathBuf};

/// The user's choices.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportForm {
    pub what: Exportable,
    pub path: String,
    pub pixels: [u32; 2],
    /// The usual size of the export.
    pub usual: [u32; 2],
    pub dark: bool,
    /// True if this dialog has started an export whose end was not handled yet.
    pub begun: bool,
}

/// The longest side of the picture, in pixels.
pub fn most(what: Exportable) -> u32 {
    if what.is_film() { 4096 } else { 8192 }
}

pub fn stem(what: Exportable) -> &'static str {
    match what {
        Exportable::Map => "map",
        Exportable::Losses => "losses",
        Exportable::Values => "values",
        Exportable::Lab => "measured",
        Exportable::Film => "search",
        Exportable::Training => "training",
        Exportable::Strip => "strip",
        Exportable::Walk => "walk",
        Exportable::NewShapes => "new_shapes",
        Exportable::Rebuild => "reconstruction",
        Exportable::Report => "report",
        Exportable::Answer => "answer",
        Exportable::Pins => "pins",
        Exportable::Data => "data",
        Exportable::Rows => "rows",
    }
}

impl ExportForm {
    /// The map as on the screen, in the size and the theme of the window.
    pub fn new(state: &State, dark: bool) -> Self {
        let what = Exportable::default();
        let usual = what.usual_size(state);
        let mut form = Self { what, path: String::new(), pixels: usual, usual, dark, begun: false };
        form.turn(what, state);
        form
    }

    /// Switches to another kind of export: a suggested name and size change with it; the folder and a chosen size stay.
    pub fn turn(&mut self, what: Exportable, state: &State) {
        let (path, is_table) = (PathBuf::from(self.path.trim()), state.shows_table());
        let suggested = |what: Exportable| format!("{}.{}", stem(what), what.endings(is_table)[0]);
        let is_own = |s| s != stem(self.what) && !what.fits(&path, is_table);
        let own = path.file_stem().is_some_and(is_own);
        let name = match own {
            true => path.with_extension(what.endings(is_table)[0]),
            false => path.with_file_name(suggested(what)),
        };
        let chosen =
            self.pixels != self.usual && self.pixels.iter().all(|side| *side <= most(what));
        self.usual = what.usual_size(state);
        if !chosen {
            self.pixels = self.usual;
        }
        (self.what, self.path) = (what, name.display().to_string());
    }
}

impl ExportForm {
    pub fn order(&self, path: &Path) -> Export {
        Export { what: self.what, path: path.to_owned(), pixels: self.pixels, dark: self.dark }
    }
}
