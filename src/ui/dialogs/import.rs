//! The half of the data dialog for the user's shapes: their files, their options, and the result.

use super::fields::{path_field, preview_grid};
use crate::data::outline::import::{ImportOptions, ImportedOutline, LabelFrom};
use crate::data::outline::spacing::Spacing;
use crate::session::document::ImportWish;
use crate::session::document::ids::JobId;
use crate::session::jobs::learn::import::{Brought, ImportReport, OutlinesReport};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::jobs::bar;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{body, fact, heading, note, number, primary, row, segments, tick, width};
use egui::{Button, RichText, ScrollArea, TextEdit, Ui, vec2};
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
            table: None,
            only: None,
        }
    }

    /// Shows the form.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let import = state.import().filter(|_| state.import_wish().table.is_none());
        let job = import.and_then(|import| import.job);
        let failed = import.and_then(|import| import.failed.as_ref());
        self.places(ui, actions);
        ui.spacing_mut().item_spacing.x = 28.0;
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            self.labels(left);
            self.normalising(right);
        });
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(4.0);
        match job {
            Some(job) => running(ui, state, job, actions),
            None => self.begin(ui, state, actions),
        }
        ui.add_space(4.0);
        if let Some(why) = failed {
            ui.label(RichText::new(why.to_string()).color(ui.visuals().error_fg_color));
        }
        let read = state.imported().and_then(|brought| match &brought.report {
            ImportReport::Outlines(report) => Some((brought, report)),
            ImportReport::Table(_) => None,
        });
        match read {
            Some((brought, report)) => result(ui, brought, report),
            None if job.is_none() && failed.is_none() => {
                note(
                    ui,
                    text!(
                        "Name a file or a folder, or drop it on the window: CSV (a shape a row, or the columns x and y), \
                          airfoils (.dat), SVG paths."
                    ),
                );
            }
            None => (),
        }
    }

    fn places(&mut self, ui: &mut Ui, actions: &mut Requests) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            // The two buttons take the rest, with their margins and gaps.
            let wide = |name: Text| width(ui.painter(), &name.to_string(), &body()).ceil();
            let buttons = wide(text!("File\u{2026}")) + wide(text!("Folder\u{2026}")) + 56.0;
            let width = ui.available_width() - buttons.max(150.0);
            let entered = ui
                .scope(|ui| {
                    ui.set_width(width);
                    path_field(ui, &mut self.path, text!("path of a file or a folder"))
                })
                .inner;
            if entered {
                actions.command(Command::Import(self.wish()));
            }
            if ui
                .button(text!("File\u{2026}"))
                .on_hover_text(text!("One or several files, in the system's own dialog"))
                .clicked()
            {
                actions.push(Request::BrowseShapes(self.wish(), false));
            }
            if ui
                .button(text!("Folder\u{2026}"))
                .on_hover_text(text!("A folder and the folders in it"))
                .clicked()
            {
                actions.push(Request::BrowseShapes(self.wish(), true));
            }
        });
        let field = TextEdit::singleline(&mut self.values)
            .hint_text(
                text!("measured values, if there are any: a CSV such as name,drag [N]").to_string(),
            )
            .desired_width(f32::INFINITY)
            .margin(vec2(8.0, 6.0));
        ui.add(field).accessible_name(text!("Measured values")).on_hover_text(
            text!("A table with a column of the shapes' names, or of their places from 1, and columns of their measured \
             values, with a unit in brackets"),
        );
    }

    fn labels(&mut self, ui: &mut Ui) {
        ui.label(text!("Labels")).on_hover_text(text!("The source of the names on the map"));
        let choices = [
            (
                None,
                text!("Default"),
                text!("A column called label, else the names of folders, else one label for all"),
            ),
            (
                Some(LabelFrom::Folder),
                text!("Folder"),
                text!("The name of the folder that a file is in"),
            ),
            (
                Some(LabelFrom::File),
                text!("File"),
                text!("The name of the file; at most 100 different ones"),
            ),
            (Some(LabelFrom::None), text!("None"), text!("One label for all")),
        ];
        segments(ui, &mut self.options.labels, &choices);
    }

    fn normalising(&mut self, ui: &mut Ui) {
        let normalise = &mut self.options.normalise;
        let tooltip = text!(
            "Each shape gets the same size (a unit RMS radius); its own size is remembered and restored on export"
        );
        row(ui, text!("Same size"), tooltip, |ui| tick(ui, &mut normalise.scale));
        let tooltip = text!(
            "The long axis of each shape is turned onto the horizontal; its angle is remembered"
        );
        row(ui, text!("Same direction"), tooltip, |ui| tick(ui, &mut normalise.rotation));
        let spacing = &mut self.options.spacing;
        let mut is_curved = *spacing == Spacing::Curvature;
        let tooltip = text!(
            "Points are closer together where the outline is curved, as at the leading edge of an airfoil"
        );
        row(ui, text!("Closer at curves"), tooltip, |ui| tick(ui, &mut is_curved));
        *spacing = if is_curved { Spacing::Curvature } else { Spacing::Arc };
        let tooltip = text!("Points of an outline; twice as many numbers");
        number(ui, text!("Points"), tooltip, &mut self.options.points, 16..=400, 1.0);
    }

    fn begin(&self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let wish = self.wish();
        // Files from a dialog or dropped files are imported again with the new options.
        let before = state.import_wish();
        let has_files = before.table.is_none() && !before.paths.is_empty();
        let wish = match (wish.paths.is_empty(), !has_files) {
            (true, false) => ImportWish { paths: before.paths.clone(), ..wish },
            _ => wish,
        };
        let was_read = state.imported().is_some() && before.table.is_none();
        let again = was_read && wish.paths == before.paths;
        if again && wish == before {
            return;
        }
        let name = if again { text!("Import again") } else { text!("Import") };
        ui.add_enabled_ui(!wish.paths.is_empty(), |ui| {
            if primary(ui, name, text!("Read the shapes; nothing is changed where they are"))
                .clicked()
            {
                actions.command(Command::Import(wish));
            }
        });
    }
}

/// The progress of an import, and the button that stops it.
pub(super) fn running(ui: &mut Ui, state: &State, run: JobId, actions: &mut Requests) {
    ui.horizontal(|ui| {
        if ui.add(Button::new(text!("Stop")).min_size(vec2(80.0, 30.0))).clicked() {
            actions.command(Command::Stop(run));
        }
        bar(ui, &state.jobs.progress(Some(run)));
    });
}

/// The accepted shapes with a preview, and the rejected ones.
fn result(ui: &mut Ui, brought: &Brought, report: &OutlinesReport) {
    let OutlinesReport { kept, rejected, aside } = report;
    let set = &brought.data.set;
    ui.horizontal(|ui| {
        let changed = kept.iter().filter(|kept| !kept.notes.is_empty()).count();
        ui.label(
            RichText::new(text!("{count} shape" | "{count} shapes", count = kept.len())).strong(),
        );
        note(ui, text!("{number} left out", number = rejected.count()));
        if changed > 0 {
            note(ui, text!("{changed} repaired", changed)).on_hover_text(repaired(&set.ids, kept));
        }
        if aside.count() > 0 {
            let reasons = aside.by_reason().into_iter().take(12);
            let lines = reasons.map(|(reason, files)| {
                text!("{reason}" | "in {count} files: {reason}", count = files, reason)
            });
            let lines = Text::joined(lines, "\n");
            note(ui, text!("{number} ignored", number = aside.count())).on_hover_text(lines);
        }
        let names = set.names.len();
        if names > 1 {
            note(ui, text!("{count} label" | "{count} labels", count = names))
                .on_hover_text(set.names.join(", "));
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
            name,
            text!("{known} of {rows}", known, rows = set.rows.len()),
            text!("Shapes with a value of this"),
        );
    }
    if rejected.count() == 0 {
        return;
    }
    heading(ui, text!("Left out"));
    let height = ui.text_style_height(&egui::TextStyle::Body);
    ScrollArea::vertical()
        .id_salt("rejected")
        .max_height(4.0 * (height + 6.0))
        .auto_shrink([false, true])
        .show_rows(ui, height, rejected.list.len(), |ui, rows| {
            for rejection in &rejected.list[rows] {
                let file = rejection.file.file_name().unwrap_or_default().to_string_lossy();
                let text = match &rejection.place {
                    Some(place) => text!(
                        "{file}, {place}: {reason}",
                        file = file.as_ref(),
                        place,
                        reason = &rejection.reason
                    ),
                    None => {
                        text!("{file}: {reason}", file = file.as_ref(), reason = &rejection.reason)
                    }
                };
                ui.add(egui::Label::new(RichText::new(text).small()).truncate())
                    .on_hover_text(rejection.text());
            }
        });
}

/// The first few shapes that were repaired during the import, a line each.
fn repaired(ids: &[String], kept: &[ImportedOutline]) -> Text {
    let repaired = kept.iter().zip(ids).filter(|(kept, _)| !kept.notes.is_empty());
    let lines = repaired.take(12).map(|(kept, id)| {
        let notes = Text::joined(kept.notes.iter().map(|note| note.text()), "; ");
        text!("{id}: {notes}", id, notes)
    });
    Text::joined(lines, "\n")
}
