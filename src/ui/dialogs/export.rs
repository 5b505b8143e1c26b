//! The dialog that exports pictures, films, outlines and reports.

use super::fields::path_field;
use crate::session::document::ids::JobId;
use crate::session::jobs::keep::export::Exportable;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::dialogs::export_form::ExportForm;
use crate::ui::dialogs::export_form::most;
use crate::ui::jobs::bar;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{body, heading, note, width};
use egui::{Align, Button, DragValue, Layout, RichText, Ui, vec2};
use std::path::PathBuf;

/// Width of the names at the left of rows.
const NAMES: f32 = 60.0;

/// Sizes by name.
fn sizes() -> [(Text, [u32; 2]); 3] {
    [
        (Text::verbatim("1920 x 1080"), [1920, 1080]),
        (Text::verbatim("3840 x 2160"), [3840, 2160]),
        (text!("Square"), [1200, 1200]),
    ]
}

/// The name and the explanation of an export.
fn label(what: Exportable, is_table: bool) -> (Text, Text) {
    match what {
        Exportable::Answer if is_table => {
            (text!("Answer"), text!("The row of the answer, in the units of the table"))
        }
        Exportable::Pins if is_table => {
            (text!("Pins"), text!("The rows of the pins, in the units of the table"))
        }
        Exportable::Data if is_table => {
            (text!("Data"), text!("The rows that the shown model was trained on"))
        }
        Exportable::Map => {
            (text!("Map"), text!("The map as it is shown, with the layers that are on"))
        }
        Exportable::Losses => (text!("Losses"), text!("The losses of the shown model's training")),
        Exportable::Lab => (
            text!("Measured"),
            text!(
                "The measured values of the candidates against the predictions: picture or table"
            ),
        ),
        Exportable::Values => {
            (text!("Values"), text!("The value of every restart of the search over its steps"))
        }
        Exportable::Film => (
            text!("Search film"),
            text!("The search as a film: its trajectories grow over the map"),
        ),
        Exportable::Training => (
            text!("Training film"),
            text!("The watched training as a film: the map as it took shape"),
        ),
        Exportable::Strip => (
            text!("Path strip"),
            text!(
                "The frames of the path over the map side by side, and for a line those of the linear interpolation"
            ),
        ),
        Exportable::Walk => (
            text!("Path film"),
            text!("The path over the map as a film, with what is decoded beside the map"),
        ),
        Exportable::NewShapes => {
            (text!("New samples"), text!("The new samples with their verdicts"))
        }
        Exportable::Rebuild => (
            text!("Reconstruction"),
            text!("The kept row of the data beside its reconstruction, with the error drawn"),
        ),
        Exportable::Report => (
            text!("Report"),
            text!("One file that explains the model, with the answer of the search"),
        ),
        Exportable::Answer => {
            (text!("Answer"), text!("The outline of the answer, or of the selected restart"))
        }
        Exportable::Pins => (text!("Pins"), text!("The pinned outlines")),
        Exportable::Data => {
            (text!("Data"), text!("The shapes that the shown model was trained on"))
        }
        Exportable::Rows => {
            (text!("Chosen rows"), text!("The chosen rows of the data with all their columns"))
        }
    }
}

/// Asks for the kind and the file of the export; while it is written, shows the progress.
pub fn show(ui: &mut Ui, form: &mut ExportForm, state: &State, actions: &mut Requests) {
    heading(ui, text!("Export"));
    if let Some(run) = state.export.job {
        return writing(ui, state, run, actions);
    }
    if std::mem::take(&mut form.begun) && state.export.failed.is_none() {
        actions.push(Request::HideSheet);
    }
    choose(ui, form, state);
    let entered = path_field(ui, &mut form.path, text!("path of a file"));
    endings(ui, form, state);
    if form.what.is_picture() {
        page(ui, form);
    }
    ui.add_space(6.0);
    finish(ui, form, state, entered, actions);
}

fn writing(ui: &mut Ui, state: &State, run: JobId, actions: &mut Requests) {
    bar(ui, &state.jobs.progress(Some(run))).accessible_name(text!("Exported"));
    ui.horizontal(|ui| {
        if ui.button(text!("Cancel")).on_hover_text(text!("Nothing is left behind")).clicked() {
            actions.command(Command::Stop(run));
        }
        if ui
            .button(text!("Hide"))
            .on_hover_text(text!("It goes on; a notice appears when it is done"))
            .clicked()
        {
            actions.push(Request::HideSheet);
        }
    });
}

fn choose(ui: &mut Ui, form: &mut ExportForm, state: &State) {
    ui.horizontal_wrapped(|ui| {
        for what in Exportable::ALL {
            let (name, about) = label(what, state.shows_table());
            let missing = what.missing(state);
            let button = Button::selectable(form.what == what, name).frame_when_inactive(true);
            let response = ui.add_enabled(missing.is_none(), button).on_hover_text(about.clone());
            let why = text!("{about}. {missing}", about, missing = missing.unwrap_or_default());
            if response.on_disabled_hover_text(why).clicked() {
                form.turn(what, state);
            }
        }
    });
    ui.add_space(4.0);
}

fn endings(ui: &mut Ui, form: &mut ExportForm, state: &State) {
    let path = PathBuf::from(form.path.trim());
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    named_row(ui, text!("Format"), |ui| {
        for known in form.what.endings(state.shows_table()) {
            let button = Button::selectable(ending == *known, known.to_uppercase());
            if ui.add(button.frame_when_inactive(true)).clicked() {
                form.path = path.with_extension(known).display().to_string();
            }
        }
    });
}

fn page(ui: &mut Ui, form: &mut ExportForm) {
    let most = most(form.what);
    named_row(ui, text!("Size"), |ui| {
        let side = |ui: &mut Ui, side: &mut u32, name: Text| {
            let field = DragValue::new(side).range(100..=most).speed(4.0);
            ui.add(field).on_hover_text(text!("In pixels")).accessible_name(name);
        };
        side(ui, &mut form.pixels[0], text!("Width"));
        ui.label("x");
        side(ui, &mut form.pixels[1], text!("Height"));
        let others = sizes().into_iter().filter(|(_, pixels)| *pixels != form.usual);
        for (name, pixels) in std::iter::once((text!("Default"), form.usual)).chain(others) {
            let button = Button::selectable(form.pixels == pixels, name);
            if ui.add(button.frame_when_inactive(true)).clicked() {
                form.pixels = pixels;
            }
        }
    });
    named_row(ui, text!("Colours"), |ui| {
        for (dark, name, about) in [
            (false, text!("Light"), text!("For paper")),
            (true, text!("Dark"), text!("For a dark room")),
        ] {
            let button = Button::selectable(form.dark == dark, name).frame_when_inactive(true);
            if ui.add(button).on_hover_text(about).clicked() {
                form.dark = dark;
            }
        }
    });
}

/// A row with its name at the left; all names have the same width.
fn named_row(ui: &mut Ui, name: Text, add: impl FnOnce(&mut Ui)) {
    let names = [text!("Format"), text!("Size"), text!("Colours")];
    let wide = |name: &Text| width(ui.painter(), &name.to_string(), &body());
    let names = names.iter().map(wide).fold(NAMES, f32::max);
    ui.horizontal_wrapped(|ui| {
        let size = vec2(names, 24.0);
        let left = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(size, left, |ui| {
            ui.set_min_width(names);
            ui.label(RichText::new(name).weak());
        });
        add(ui);
    });
}

/// The file that would be written, a reason against it, and the buttons.
fn finish(
    ui: &mut Ui,
    form: &mut ExportForm,
    state: &State,
    entered: bool,
    actions: &mut Requests,
) {
    let target = PathBuf::from(form.path.trim());
    let whole = std::path::absolute(&target).unwrap_or_else(|_| target.clone());
    let (fits, replaces) = (form.what.fits(&target, state.shows_table()), target.is_file());
    let missing = form.what.missing(state);
    let ready = fits && missing.is_none();
    let problem = match (&state.export.failed, missing) {
        (_, Some(missing)) => Some(missing),
        _ if !fits => {
            let known = form.what.endings(state.shows_table());
            Some(text!(
                "The name must end in {endings}." | "The name must end in one of {endings}.",
                count = known.len(),
                endings =
                    Text::joined(known.iter().map(|end| Text::verbatim(format!(".{end}"))), ", ")
            ))
        }
        (Some(failed), _) => Some(failed.clone()),
        _ if replaces => {
            Some(text!("{path} exists and would be replaced.", path = whole.display().to_string()))
        }
        _ => None,
    };
    match problem {
        Some(problem) => {
            ui.label(RichText::new(problem).small().color(ui.visuals().warn_fg_color));
        }
        None => _ = note(ui, whole.display().to_string()),
    }
    ui.horizontal(|ui| {
        let name = if replaces { text!("Replace it") } else { text!("Export") };
        let clicked = ui.add_enabled(ready, Button::new(name)).clicked();
        // Enter alone replaces no file.
        if clicked || (entered && ready && !replaces) {
            form.begun = true;
            actions.command(Command::Export(form.order(&target)));
        }
        if ui
            .button(text!("Browse\u{2026}"))
            .on_hover_text(text!("The system's own dialog"))
            .clicked()
        {
            actions.push(Request::BrowseOut(form.order(&target)));
        }
        if ui.button(text!("Close")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}
