//! The dialogs that write candidates to a file and read their lab results.

use super::over_window::path_field;
use crate::export::outlines::{ENDINGS, OutlineFormat};
use crate::session::Command;
use crate::ui::action::{Action, Actions};
use crate::ui::widgets::{heading, note};
use egui::{Button, RichText, Ui};
use std::path::PathBuf;

/// Asks for the file of at most `most` candidates.
pub fn export(ui: &mut Ui, path: &mut String, most: usize, actions: &mut Actions) {
    heading(ui, "Export the candidates");
    let entered = path_field(ui, path, "path of a file");
    let target = PathBuf::from(path.trim());
    let named = !path.trim().is_empty();
    let whole = std::path::absolute(&target).unwrap_or_else(|_| target.clone());
    let replaces = target.is_file();
    let format = OutlineFormat::of(&target);
    match &format {
        Err(_) if named => warning(ui, &format!("The name must end in {ENDINGS}.")),
        _ if replaces => warning(ui, &format!("{} exists and would be replaced.", whole.display())),
        _ if named => _ = note(ui, whole.display().to_string()),
        _ => (),
    }
    note(
        ui,
        "As .csv, .svg or .dxf: the outlines with their names, for whoever makes them; as airfoils (.dat) in a \
         new folder, its name ending in /. As .json: also z, values and verdicts, for latent-explorer lab. The ids \
         are the way back for what is measured; no other climb has them.",
    );
    let ready = format.is_ok();
    ui.horizontal(|ui| {
        let name = if replaces { "Replace it" } else { "Export" };
        let clicked = ui.add_enabled(ready, Button::new(name)).clicked();
        // Enter alone replaces no file.
        if clicked || (entered && ready && !replaces) {
            actions.push(Action::HideSheet);
            actions.command(Command::ExportCandidates(target, most));
        }
        if ui.button("Browse\u{2026}").on_hover_text("The system's own dialog").clicked() {
            actions.push(Action::BrowseExport(most));
        }
        if ui.button("Cancel").clicked() {
            actions.push(Action::HideSheet);
        }
    });
}

/// Asks for the file of the lab results.
pub fn import(ui: &mut Ui, path: &mut String, actions: &mut Actions) {
    heading(ui, "Import measured values");
    note(
        ui,
        "A CSV with a header: id, then a column for each property that was sought, such as drag [N]; the form is that \
         of the values beside shapes of your own. The ids are those of this climb's candidates: values of another \
         are refused.",
    );
    let entered = path_field(ui, path, "path of a file");
    let named = !path.trim().is_empty();
    ui.horizontal(|ui| {
        let clicked = ui.add_enabled(named, Button::new("Import")).clicked();
        if (clicked || entered) && named {
            actions.push(Action::HideSheet);
            actions.command(Command::ImportLabResults(PathBuf::from(path.trim())));
        }
        if ui.button("Browse\u{2026}").on_hover_text("The system's own dialog").clicked() {
            actions.push(Action::BrowseImport);
        }
        if ui.button("Cancel").clicked() {
            actions.push(Action::HideSheet);
        }
    });
}

fn warning(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).small().color(ui.visuals().warn_fg_color));
}
