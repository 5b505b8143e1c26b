//! The dialogs that write candidates to a file and read their lab results.

use super::fields::path_field;
use crate::export::outlines::{OutlineFormat, endings};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{heading, note};
use egui::{Button, RichText, Ui};
use std::path::PathBuf;

/// Asks for the file of at most `most` candidates.
pub fn export(ui: &mut Ui, path: &mut String, most: usize, state: &State, actions: &mut Requests) {
    heading(ui, text!("Export the candidates"));
    let entered = path_field(ui, path, text!("path of a file"));
    let target = PathBuf::from(path.trim());
    let named = !path.trim().is_empty();
    let whole = std::path::absolute(&target).unwrap_or_else(|_| target.clone());
    let replaces = target.is_file();
    let is_table = state.shows_table();
    let has_ending = |end: &str| target.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
    let (ready, endings) = match is_table {
        true => {
            (["csv", "xlsx", "json"].into_iter().any(has_ending), text!(".csv, .xlsx or .json"))
        }
        false => (OutlineFormat::from_path(&target).is_ok(), endings()),
    };
    match ready {
        false if named => warning(ui, text!("The name must end in {endings}.", endings)),
        _ if replaces => warning(
            ui,
            text!("{path} exists and would be replaced.", path = whole.display().to_string()),
        ),
        _ if named => _ = note(ui, whole.display().to_string()),
        _ => (),
    }
    let words = match is_table {
        true => text!(
            "As .csv or .xlsx: the rows with their names, in the units of the table, for whoever makes them. As .json: also z, values \
             and verdicts, for latent-explorer lab. The ids assign measured values to their candidates; no other search has \
             them."
        ),
        false => text!(
            "As .csv, .svg or .dxf: the outlines with their names, for whoever makes them; as airfoils (.dat) in a \
         new folder, its name ending in /. As .json: also z, values and verdicts, for latent-explorer lab. The ids \
         assign measured values to their candidates; no other search has them."
        ),
    };
    note(ui, words);
    ui.horizontal(|ui| {
        let name = if replaces { text!("Replace it") } else { text!("Export") };
        let clicked = ui.add_enabled(ready, Button::new(name)).clicked();
        // Enter alone replaces no file.
        if clicked || (entered && ready && !replaces) {
            actions.push(Request::HideSheet);
            actions.command(Command::ExportCandidates(target, most));
        }
        if ui
            .button(text!("Browse\u{2026}"))
            .on_hover_text(text!("The system's own dialog"))
            .clicked()
        {
            actions.push(Request::BrowseExport(most));
        }
        if ui.button(text!("Cancel")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}

/// Asks for the file of the lab results.
pub fn import(ui: &mut Ui, path: &mut String, actions: &mut Requests) {
    heading(ui, text!("Import measured values"));
    note(
        ui,
        text!(
            "A CSV with a header: id, then a column for each property that was sought, such as drag [N]; the form is that \
         of the values beside shapes of your own. The ids are those of this search's candidates: values of another \
         are refused."
        ),
    );
    let entered = path_field(ui, path, text!("path of a file"));
    let named = !path.trim().is_empty();
    ui.horizontal(|ui| {
        let clicked = ui.add_enabled(named, Button::new(text!("Import"))).clicked();
        if (clicked || entered) && named {
            actions.push(Request::HideSheet);
            actions.command(Command::ImportLabResults(PathBuf::from(path.trim())));
        }
        if ui
            .button(text!("Browse\u{2026}"))
            .on_hover_text(text!("The system's own dialog"))
            .clicked()
        {
            actions.push(Request::BrowseImport);
        }
        if ui.button(text!("Cancel")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}

fn warning(ui: &mut Ui, text: Text) {
    ui.label(RichText::new(text).small().color(ui.visuals().warn_fg_color));
}
