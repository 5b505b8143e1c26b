//! Requests of the views: a command for the session, or an action of the window alone.

use super::dialogs::export_form::ExportForm;
use crate::data::quantity::Quantity;
use crate::session::Command;
use crate::session::document::ImportWish;
use crate::session::document::ids::ModelId;
use crate::session::jobs::keep::export::{Export, Exportable};

/// A dialog over the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// Open a model: a typed path, the system's file dialog, a recent file, a bundled model.
    Open(String),
    /// Save a model under a typed path or with the system's file dialog.
    Save(ModelId, String),
    /// The networks and the settings of a model, and its name as typed.
    Model(ModelId, String),
    /// The predictions of a head for held-out rows.
    HeldOut(ModelId, Quantity),
    /// The data of the next training.
    Data,
    /// A model would be lost by closing it.
    CloseUnsaved(ModelId),
    /// Models, or the results of jobs, would be lost by quitting.
    QuitUnsaved,
    /// Models, results and settings would be forgotten.
    StartFresh,
    /// The search as a program.
    Code,
    /// A sweep over these betas, as typed.
    Sweep(String),
    /// Draw a freehand shape.
    Draw,
    /// Select a point by its name, as typed.
    GoTo(String),
    /// The list of keys.
    Keys,
    /// Write at most this many candidates to a typed path or with the system's file dialog.
    Export(String, usize),
    /// Export pictures, films, outlines and reports.
    Out(ExportForm),
    /// Read lab results from a typed path or with the system's file dialog.
    Import(String),
}

/// A request of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// A command for the session.
    Do(Command),
    /// Open a dialog over the window.
    Show(Dialog),
    /// Close the dialog.
    HideSheet,
    /// Choose a file to open in the system's file dialog.
    BrowseOpen,
    /// Choose the file to save a model to in the system's file dialog.
    BrowseSave(ModelId),
    /// Choose files of shapes, or a folder of them, in the system's file dialog; the other options stay.
    BrowseShapes(ImportWish, bool),
    /// Begin as for a new person.
    StartFresh,
    /// Begin a race and show it.
    Race,
    /// Choose the file for at most this many candidates in the system's file dialog.
    BrowseExport(usize),
    /// Choose the file of an export in the system's file dialog.
    BrowseOut(Export),
    /// Open the export dialog, with this kind of export if one is named.
    ShowExport(Option<Exportable>),
    /// Choose a file of lab results in the system's file dialog.
    BrowseImport,
    /// Show or hide the left panel.
    TogglePanel,
    /// Open or close the list of running jobs.
    ToggleJobs,
    /// Switch the projector mode, with a large map and large text.
    TogglePresent,
    /// Switch the full screen on or off.
    ToggleFullScreen,
    /// Copy text to the clipboard.
    Copy(String),
    /// Copy a picture of the window to the clipboard.
    CopyPicture,
    /// Quit the program without saving.
    Quit,
}

impl Request {
    /// True if the action reports that the mouse has left a map.
    pub fn is_leaving(&self) -> bool {
        *self == Self::Do(Command::Hover(None))
    }
}

/// The requests of this frame.
#[derive(Debug, Default)]
pub struct Requests {
    /// The actions, in order.
    pub list: Vec<Request>,
    /// The restart under the mouse, in any view.
    pub pointed: Option<usize>,
}

impl Requests {
    /// Adds a command.
    pub fn command(&mut self, command: Command) {
        self.push(Request::Do(command));
    }

    /// True if an action reports that the mouse is on a point of a map.
    pub fn hovers_somewhere(&self) -> bool {
        self.list.iter().any(|action| matches!(action, Request::Do(Command::Hover(Some(_)))))
    }

    /// Adds an action.
    pub fn push(&mut self, action: Request) {
        self.list.push(action);
    }
}
