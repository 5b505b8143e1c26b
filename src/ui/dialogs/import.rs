//! The half of the data dialog for the user's shapes: their files, their options, and the result.

use super::over_window::{path_field, preview_grid};
use crate::data::outline::import::{ImportOptions, LabelFrom};
use crate::session::import::Own;
use crate::session::jobs::import::{Brought, ImportWish};
use crate::session::jobs::registry::{JobProgress, RunId};
use crate::session::{Command, State};
use crate::ui::action::{Action, Actions};
use crate::ui::widgets::{fact, heading, note, number, primary, row, segments};
use egui::{Button, ProgressBar, RichText, ScrollArea, TextEdit, Ui, vec2};
use std::path::PathBuf;

/// Shapes in the preview.
const PREVIEW: usize = 24;

/// Typed and chosen values, kept while the program runs.
#[derive(Default)]
pub struct ImportForm {
    path: String,
    values: String,
    options: ImportOptions,
}

impl ImportForm {
    /// The import that the form describes.
    pub fn wish(&self) -> ImportWish {
        let typed =
            |text: &str| Some(PathBuf::from(text.trim())).filter(|p| !p.as_os_str().is_empty());
        ImportWish {
            paths: typed(&self.path).into_iter().collect(),
            values: typed(&self.values),
            options: self.options.clone(),
        }
    }

    /// Shows the form.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Actions) {
        let own = &state.own;
        self.places(ui, actions);
        ui.spacing_mut().item_spacing.x = 28.0;
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            self.labels(left);
            self.normalising(right);
        });
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(4.0);
        match own.run {
            Some(run) => running(ui, state, run, actions),
            None => self.begin(ui, own, actions),
        }
        ui.add_space(4.0);
        if let Some(why) = &own.failed {
            ui.label(RichText::new(why).color(ui.visuals().error_fg_color));
        }
        match &own.brought {
            Some(brought) => result(ui, brought),
            None if own.run.is_none() && own.failed.is_none() => {
                note(
                    ui,
                    "Name a file or a folder, or drop it on the window: CSV (a shape a row, or the columns x and y), \
                          airfoils (.dat), SVG paths.",
                );
            }
            None => (),
        }
    }

    fn places(&mut self, ui: &mut Ui, actions: &mut Actions) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let width = ui.available_width() - 150.0;
            let entered = ui
                .scope(|ui| {
                    ui.set_width(width);
                    path_field(ui, &mut self.path, "path of a file or a folder")
                })
                .inner;
            if entered {
                actions.command(Command::Import(self.wish()));
            }
            if ui
                .button("File\u{2026}")
                .on_hover_text("One or several files, in the system's own dialog")
                .clicked()
            {
                actions.push(Action::BrowseShapes(self.wish(), false));
            }
            if ui.button("Folder\u{2026}").on_hover_text("A folder and those in it").clicked() {
                actions.push(Action::BrowseShapes(self.wish(), true));
            }
        });
        let field = TextEdit::singleline(&mut self.values)
            .hint_text("measured values, if there are any: a CSV such as name,drag [N]")
            .desired_width(f32::INFINITY)
            .margin(vec2(8.0, 6.0));
        ui.add(field).accessible_name("Measured values").on_hover_text(
            "A table with a column of the shapes' names, or of their places from 1, and columns of what was measured of \
             them, with a unit in brackets",
        );
    }

    fn labels(&mut self, ui: &mut Ui) {
        ui.label("Labels").on_hover_text("What the names on the map are");
        let choices = [
            (
                None,
                "Usual",
                "A column called label, else the names of folders, else one label for all",
            ),
            (Some(LabelFrom::Folder), "Folder", "The name of the folder that a file is in"),
            (Some(LabelFrom::File), "File", "The name of the file; at most 100 different ones"),
            (Some(LabelFrom::None), "None", "One label for all"),
        ];
        segments(ui, &mut self.options.labels, &choices);
    }

    fn normalising(&mut self, ui: &mut Ui) {
        let normalise = &mut self.options.normalise;
        let tooltip = "Each shape gets the same size (a unit RMS radius); its own is remembered and given back on export";
        row(ui, "Same size", tooltip, |ui| {
            ui.add(egui::Checkbox::without_text(&mut normalise.scale))
        });
        let tooltip =
            "The long axis of each shape is turned onto the horizontal; its angle is remembered";
        row(ui, "Same direction", tooltip, |ui| {
            ui.add(egui::Checkbox::without_text(&mut normalise.rotation))
        });
        let tooltip = "Points of an outline; twice as many numbers";
        number(ui, "Points", tooltip, &mut self.options.points, 16..=400, 1.0);
    }

    fn begin(&self, ui: &mut Ui, own: &Own, actions: &mut Actions) {
        let wish = self.wish();
        // Files from a dialog or dropped files are imported again with the new options.
        let wish = match (wish.paths.is_empty(), own.wish.paths.is_empty()) {
            (true, false) => ImportWish { paths: own.wish.paths.clone(), ..wish },
            _ => wish,
        };
        let again = own.brought.is_some() && wish.paths == own.wish.paths;
        if again && wish == own.wish {
            return;
        }
        let name = if again { "Import again" } else { "Import" };
        ui.add_enabled_ui(!wish.paths.is_empty(), |ui| {
            if primary(ui, name, "Read the shapes; nothing is changed where they are").clicked() {
                actions.command(Command::Import(wish));
            }
        });
    }
}

fn running(ui: &mut Ui, state: &State, run: RunId, actions: &mut Actions) {
    ui.horizontal(|ui| {
        if ui.add(Button::new("Stop").min_size(vec2(80.0, 30.0))).clicked() {
            actions.command(Command::Stop(run));
        }
        let JobProgress { share, words } = state.jobs.progress(Some(run));
        let bar = ProgressBar::new(share.unwrap_or(0.0) as f32);
        ui.add(bar.text(words).desired_height(26.0));
    });
}

/// The accepted shapes with a preview, and the rejected ones.
fn result(ui: &mut Ui, brought: &Brought) {
    let Brought { data, kept, rejected, aside } = brought;
    let set = &data.set;
    ui.horizontal(|ui| {
        let changed = kept.iter().filter(|kept| !kept.notes.is_empty()).count();
        ui.label(RichText::new(format!("{} shapes", kept.len())).strong());
        note(ui, format!("{} left out", rejected.count()));
        if changed > 0 {
            note(ui, format!("{changed} mended")).on_hover_text(mended(brought));
        }
        if aside.count() > 0 {
            let reasons = aside.by_reason().into_iter().take(12);
            let lines = reasons.map(|(reason, files)| match files {
                1 => reason.to_owned(),
                _ => format!("in {files} files: {reason}"),
            });
            let text = lines.collect::<Vec<_>>().join("\n");
            note(ui, format!("{} left aside", aside.count())).on_hover_text(text);
        }
        let names = set.names.len();
        if names > 1 {
            note(ui, format!("{names} labels")).on_hover_text(set.names.join(", "));
        }
    });
    // Evenly chosen, so that the preview shows all of a folder and not only its beginning.
    let stride = set.rows.len().div_ceil(PREVIEW).max(1);
    let shapes: Vec<&[f32]> = set.rows.iter().step_by(stride).collect();
    preview_grid(ui, &shapes);
    for measured in &set.measured {
        let known = measured.known();
        let name = match measured.unit.as_str() {
            "" => measured.name.to_string(),
            unit => format!("{} [{unit}]", measured.name),
        };
        fact(
            ui,
            &name,
            &format!("{known} of {}", set.rows.len()),
            "Shapes of which this was measured",
        );
    }
    if rejected.count() == 0 {
        return;
    }
    heading(ui, "Left out");
    let height = ui.text_style_height(&egui::TextStyle::Body);
    ScrollArea::vertical()
        .id_salt("rejected")
        .max_height(4.0 * (height + 6.0))
        .auto_shrink([false, true])
        .show_rows(ui, height, rejected.list.len(), |ui, rows| {
            for rejection in &rejected.list[rows] {
                let file = rejection.file.file_name().map(|n| n.to_string_lossy().into_owned());
                let place = if rejection.place.is_empty() {
                    String::new()
                } else {
                    format!(", {}", rejection.place)
                };
                let text = format!("{}{place}: {}", file.unwrap_or_default(), rejection.reason);
                ui.add(egui::Label::new(RichText::new(text).small()).truncate())
                    .on_hover_text(rejection.to_string());
            }
        });
}

/// The first few shapes that were repaired during the import.
fn mended(brought: &Brought) -> String {
    let ids = &brought.data.set.ids;
    let lines = brought.kept.iter().zip(ids).filter(|(kept, _)| !kept.notes.is_empty());
    let lines = lines.take(12).map(|(kept, id)| format!("{id}: {}", kept.notes.join("; ")));
    lines.collect::<Vec<_>>().join("\n")
}
