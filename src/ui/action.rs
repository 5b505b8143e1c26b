//! What views ask for: a command to the session, or something of the window alone.

use super::export_sheet::ExportForm;
use crate::session::Command;
use crate::session::jobs::export::Export;
use crate::session::jobs::import::ImportWish;
use crate::session::models::ModelId;

/// A sheet over the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Sheet {
    /// Open a model: a typed path, a dialog, a recent file, a sample.
    Open(String),
    /// Save a model under a typed path or a dialog.
    Save(ModelId, String),
    /// The data of the next training.
    Data,
    /// A model would be lost by closing it.
    CloseUnsaved(ModelId),
    /// Models, or what jobs would make, would be lost by leaving.
    QuitUnsaved,
    /// The search as a program.
    Code,
    /// A sweep over these betas, as they are typed.
    Sweep(String),
    /// A shape is drawn.
    Draw,
    /// A point is named, as it is typed.
    GoTo(String),
    /// The keys.
    Keys,
    /// At most so many candidates go to a file under a typed path or a dialog.
    Export(String, usize),
    /// Pictures, films, outlines and reports leave.
    Out(ExportForm),
    /// Measured values come from a file under a typed path or a dialog.
    Import(String),
}

/// What a view asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Something for the session.
    Do(Command),
    /// Lay a sheet over the window.
    Show(Sheet),
    /// Take the sheet away.
    HideSheet,
    /// Choose a file to open in the system's dialog.
    BrowseOpen,
    /// Choose where to save a model in the system's dialog.
    BrowseSave(ModelId),
    /// Choose files of shapes, or a folder of them, in the system's dialog; the rest of the wish stays.
    BrowseShapes(ImportWish, bool),
    /// Begin a race and look at it.
    Race,
    /// Choose where to write at most so many candidates in the system's dialog.
    BrowseExport(usize),
    /// Choose where to write an export in the system's dialog.
    BrowseOut(Export),
    /// Lay the sheet for exports over the window.
    ShowExport,
    /// Choose a file with measured values in the system's dialog.
    BrowseImport,
    /// Show or hide the left panel.
    TogglePanel,
    /// Open or close the list of what runs.
    ToggleJobs,
    /// Open the drawer at the bottom.
    OpenDrawer,
    /// Open or close the drawer at the bottom.
    ToggleDrawer,
    /// Show the map large, for a room.
    TogglePresent,
    /// Fill the screen, or stop to.
    ToggleFullScreen,
    /// Put text on the clipboard.
    Copy(String),
    /// Put a picture of the window on the clipboard.
    CopyPicture,
    /// Leave the program, whatever is unsaved.
    Quit,
}

impl Action {
    /// Whether it says that the mouse has left a map.
    pub fn is_leaving(&self) -> bool {
        *self == Self::Do(Command::Hover(None))
    }
}

/// What was asked for in this frame.
#[derive(Debug, Default)]
pub struct Actions {
    /// The actions, in order.
    pub list: Vec<Action>,
    /// The restart that the mouse is on, in whichever view.
    pub pointed: Option<usize>,
}

impl Actions {
    /// Asks for a command.
    pub fn command(&mut self, command: Command) {
        self.push(Action::Do(command));
    }

    /// Whether the mouse is said to be on a point of a map.
    pub fn hovers_somewhere(&self) -> bool {
        self.list.iter().any(|action| matches!(action, Action::Do(Command::Hover(Some(_)))))
    }

    /// Asks for anything.
    pub fn push(&mut self, action: Action) {
        self.list.push(action);
    }
}
