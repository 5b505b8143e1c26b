//! The system's file dialogs, which wait on threads of their own.

use crate::session::Command;
use crate::session::document::ImportWish;
use crate::session::document::ids::ModelId;
use crate::session::jobs::keep::export::Export;
use crate::text;
use crate::ui::request::{Request, Requests};
use crossbeam_channel::{Receiver, Sender};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The time that a person needs at least to close a dialog: one that has gone before was never shown.
const QUICKEST: Duration = Duration::from_millis(150);

/// The end of a file dialog.
enum DialogEnd {
    /// The choice of a person.
    Chosen(Box<Command>),
    /// The system has shown no dialog.
    None,
}

/// Open file dialogs, and the channel of their answers.
pub struct FileDialogs {
    sender: Sender<DialogEnd>,
    answers: Receiver<DialogEnd>,
    ctx: egui::Context,
}

impl FileDialogs {
    /// No open dialogs.
    pub fn new(ctx: egui::Context) -> Self {
        let (sender, answers) = crossbeam_channel::unbounded();
        Self { sender, answers, ctx }
    }

    /// Asks for a file to open.
    pub fn open(&self) {
        self.ask(|| {
            let dialog = rfd::FileDialog::new()
                .set_title(text!("Open a model"))
                .add_filter(text!("Models and starts"), &["safetensors", "csv"]);
            dialog.pick_file().map(Command::Open)
        });
    }

    /// Asks for the file to save a model to.
    pub fn save(&self, model: ModelId, suggested: &str) {
        let name = PathBuf::from(suggested)
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        self.ask(move || {
            let dialog = rfd::FileDialog::new()
                .set_title(text!("Save the model"))
                .add_filter(text!("Model"), &["safetensors"])
                .set_file_name(name);
            dialog.save_file().map(|path| Command::Save(model, path))
        });
    }

    /// Asks for the file of the candidates.
    pub fn export(&self, most: usize, is_table: bool) {
        self.ask(move || {
            let dialog = rfd::FileDialog::new().set_title(text!("Export the candidates"));
            let dialog = match is_table {
                true => dialog.add_filter(text!("Rows"), &["csv"]),
                false => dialog.add_filter(text!("Outlines"), &["csv", "svg", "dxf"]),
            };
            let dialog =
                dialog.add_filter(text!("Everything"), &["json"]).set_file_name("candidates.csv");
            dialog.save_file().map(|path| Command::ExportCandidates(path, most))
        });
    }

    /// Asks for the file of an export.
    pub fn out(&self, export: Export, is_table: bool) {
        self.ask(move || {
            let name = export.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let dialog = rfd::FileDialog::new().set_title(text!("Export")).set_file_name(name);
            let endings = export.what.endings(is_table);
            let dialog =
                endings.iter().fold(dialog, |d, end| d.add_filter(end.to_uppercase(), &[end]));
            dialog.save_file().map(|path| Command::Export(Export { path, ..export }))
        });
    }

    /// Asks for a file of lab results.
    pub fn import(&self) {
        self.ask(|| {
            let dialog = rfd::FileDialog::new()
                .set_title(text!("Import measured values"))
                .add_filter(text!("Tables"), &["csv"]);
            dialog.pick_file().map(Command::ImportLabResults)
        });
    }

    /// Asks for files of shapes, for a folder of them, or for a table.
    pub fn data(&self, wish: ImportWish, folder: bool) {
        self.ask(move || {
            if wish.table.is_some() {
                let tables = ["csv", "tsv", "txt", "xlsx", "ods", "parquet"];
                let dialog = rfd::FileDialog::new().set_title(text!("Read a table"));
                let path = dialog.add_filter(text!("Tables"), &tables).pick_file();
                return path.map(|path| {
                    Command::Import(ImportWish { paths: vec![path], only: None, ..wish })
                });
            }
            let dialog = rfd::FileDialog::new().set_title(text!("Import shapes"));
            let paths = if folder {
                dialog.pick_folders()
            } else {
                dialog.add_filter(text!("Shapes"), &["csv", "tsv", "dat", "svg"]).pick_files()
            };
            paths.map(|paths| Command::Import(ImportWish { paths, only: None, ..wish }))
        });
    }

    /// The file dialog returns nothing both if it is cancelled and if the system has none, then at once; the window's own
    /// dialog with its typed path stays open behind it for the second case.
    fn ask(&self, dialog: impl FnOnce() -> Option<Command> + Send + 'static) {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        let wait = move || {
            let begun = Instant::now();
            let answer = match dialog() {
                Some(command) => DialogEnd::Chosen(Box::new(command)),
                None if begun.elapsed() < QUICKEST => DialogEnd::None,
                None => return,
            };
            let _closing = sender.send(answer);
            ctx.request_repaint();
        };
        let started = std::thread::Builder::new().name("dialog".to_owned()).spawn(wait);
        drop(started);
    }

    /// Handles answers; an answer also closes the window's own dialog.
    pub fn collect(&self, actions: &mut Requests) {
        for answer in self.answers.try_iter() {
            match answer {
                DialogEnd::Chosen(command) => {
                    actions.push(Request::HideSheet);
                    actions.command(*command);
                }
                DialogEnd::None => actions.command(Command::Tell(text!(
                    "The system shows no file dialog (it has no XDG desktop portal). Type the path, or drop the file on the window."
                ))),
            }
        }
    }
}
