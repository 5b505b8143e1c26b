//! The half of the data dialog for a table: its file, the form of the file, the roles of its columns, and its rows.

use super::fields::path_field;
use crate::data::table::{ColumnRole, FileColumn, TableForm, TableOptions, TableReport};
use crate::session::document::ImportWish;
use crate::session::jobs::learn::import::{Brought, ImportReport};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::data_sheet::{SheetLook, SheetMarks};
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{body, heading, note, primary, width};
use egui::{CollapsingHeader, ComboBox, RichText, ScrollArea, TextEdit, Ui, vec2};
use std::path::PathBuf;

/// The height of the list of columns, the least one of the rows, and the room below them.
const COLUMNS: f32 = 120.0;
const LEAST_ROWS: f32 = 130.0;
const BELOW: f32 = 150.0;
/// The most remarks that are shown.
const REMARKS: usize = 4;
/// The width of the menu of a role.
const ROLE: f32 = 120.0;

/// Typed and chosen values, kept while the program runs.
#[derive(Default)]
pub struct TableImportForm {
    path: String,
    form: TableForm,
    /// The files whose form it is.
    of: Vec<PathBuf>,
    look: SheetLook,
}

impl TableImportForm {
    /// The import of files in the stated form, with the roles that their columns were given if they are those of `before`.
    pub fn wish(&self, before: &ImportWish, paths: Vec<PathBuf>) -> ImportWish {
        let roles = before.table.clone().filter(|_| paths == before.paths).unwrap_or_default();
        let table = Some(TableOptions { form: self.form.clone(), ..roles });
        ImportWish { paths, table, ..ImportWish::default() }
    }

    /// The typed file, or that of the last import.
    fn paths(&self, before: &ImportWish) -> Vec<PathBuf> {
        let typed = self.path.trim();
        match typed.is_empty() {
            true if before.table.is_some() => before.paths.clone(),
            true => Vec::new(),
            false => vec![PathBuf::from(typed)],
        }
    }

    /// Shows the form.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let before = state.import_wish();
        let import = state.import().filter(|_| before.table.is_some());
        let job = import.and_then(|import| import.job);
        let failed = import.and_then(|import| import.failed.as_ref());
        if let Some(table) = before.table.as_ref().filter(|_| self.of != before.paths) {
            (self.form, self.of) = (table.form.clone(), before.paths.clone());
        }
        self.place(ui, &before, actions);
        self.form(ui);
        let wish = self.wish(&before, self.paths(&before));
        let read = state.imported().and_then(|brought| match &brought.report {
            ImportReport::Table(report) => Some((brought, report)),
            ImportReport::Outlines(_) => None,
        });
        let again = read.is_some() && wish.paths == before.paths;
        match job {
            Some(job) => super::import::running(ui, state, job, actions),
            None if again && wish == before => {}
            None => {
                let name = if again { text!("Read again") } else { text!("Read") };
                let about = text!("Read the table; nothing is changed where it is");
                ui.add_enabled_ui(!wish.paths.is_empty(), |ui| {
                    if primary(ui, name, about).clicked() {
                        actions.command(Command::Import(wish));
                    }
                });
            }
        }
        if let Some(why) = failed {
            ui.label(RichText::new(why.to_string()).color(ui.visuals().error_fg_color));
        }
        match read {
            Some((brought, report)) => self.result(ui, brought, report, &before, actions),
            None if job.is_none() && failed.is_none() => {
                note(
                    ui,
                    text!(
                        "Name a file or drop it on the window: CSV and other text, XLSX, ODS or Parquet, a row for each sample."
                    ),
                );
            }
            None => (),
        }
    }

    fn place(&mut self, ui: &mut Ui, before: &ImportWish, actions: &mut Requests) {
        ui.horizontal(|ui| {
            let name = text!("File\u{2026}");
            let button = width(ui.painter(), &name.to_string(), &body()).ceil() + 30.0;
            let room = ui.available_width() - button.max(75.0);
            let field = |ui: &mut Ui| {
                ui.set_width(room);
                path_field(ui, &mut self.path, text!("path of a table"))
            };
            let entered = ui.scope(field).inner;
            if entered {
                actions.command(Command::Import(self.wish(before, self.paths(before))));
            }
            let about = text!("A file, in the system's own dialog");
            if ui.button(name).on_hover_text(about).clicked() {
                actions.push(Request::BrowseShapes(self.wish(before, Vec::new()), false));
            }
        });
    }

    /// The form of the file, as far as a person states it.
    fn form(&mut self, ui: &mut Ui) {
        let title = CollapsingHeader::new(text!("Form of the file")).id_salt("form");
        title.show(ui, |ui| {
            let form = &mut self.form;
            ui.horizontal_wrapped(|ui| {
                let own = text!("recognised");
                let delimiters = [
                    (None, own.clone()),
                    (Some(','), text!("comma")),
                    (Some(';'), text!("semicolon")),
                    (Some('\t'), text!("tab")),
                    (Some('|'), text!("bar")),
                ];
                choice(ui, "delimiter", text!("Delimiter"), &mut form.delimiter, &delimiters);
                let marks =
                    [(None, own.clone()), (Some('.'), text!("point")), (Some(','), text!("comma"))];
                choice(ui, "decimal", text!("Decimal mark"), &mut form.decimal, &marks);
                let headers = [
                    (None, own.clone()),
                    (Some(true), text!("first row")),
                    (Some(false), text!("none")),
                ];
                choice(ui, "header", text!("Header"), &mut form.header, &headers);
                let label = |code: &str| (Some(code.to_owned()), Text::verbatim(code));
                let encodings =
                    ["utf-8", "utf-16le", "windows-1252", "gb18030", "shift_jis"].map(label);
                let encodings: Vec<_> = [(None, own)].into_iter().chain(encodings).collect();
                choice(ui, "encoding", text!("Encoding"), &mut form.encoding, &encodings);
            });
            ui.horizontal(|ui| {
                let mut sheet = form.sheet.clone().unwrap_or_default();
                let field = TextEdit::singleline(&mut sheet)
                    .hint_text(text!("worksheet: the first with a table").to_string())
                    .desired_width(240.0);
                ui.add(field).accessible_name(text!("Worksheet"));
                form.sheet = Some(sheet).filter(|name| !name.trim().is_empty());
                let mut blanks = form.blanks.join(", ");
                let field = TextEdit::singleline(&mut blanks)
                    .hint_text(text!("words for blanks: NA, NaN, null, - ..").to_string())
                    .desired_width(f32::INFINITY);
                if ui.add(field).accessible_name(text!("Words for blanks")).changed() {
                    let words = blanks.split(',').map(|word| word.trim().to_owned());
                    form.blanks = words.filter(|word| !word.is_empty()).collect();
                }
            });
        });
    }

    /// What was read: remarks, the roles of the columns, and the rows.
    fn result(
        &mut self,
        ui: &mut Ui,
        brought: &Brought,
        report: &TableReport,
        before: &ImportWish,
        actions: &mut Requests,
    ) {
        let sheet = &brought.sheet;
        let size = text!(
            "{count} row of {columns} columns" | "{count} rows of {columns} columns",
            count = sheet.rows(),
            columns = report.columns.len()
        );
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(size).strong());
            note(ui, text!("read as {form}", form = report.recognised.clone()));
        });
        remarks(ui, report);
        if brought.data.set.measured.is_empty() {
            note(
                ui,
                text!(
                    "No column is a target: choose the role of what is to be predicted, or train without."
                ),
            );
        }
        if let Some(options) = self.columns(ui, report, before) {
            actions.command(Command::Import(ImportWish { table: Some(options), ..before.clone() }));
        }
        heading(ui, text!("Rows"));
        let height = ui.ctx().content_rect().bottom() - ui.cursor().top() - BELOW;
        let marks = SheetMarks { row: None, chosen: None };
        self.look.show(ui, sheet, marks, height.max(LEAST_ROWS));
    }

    /// The columns of the file, each with a menu of its role; the options with another role if one was chosen.
    fn columns(
        &self,
        ui: &mut Ui,
        report: &TableReport,
        before: &ImportWish,
    ) -> Option<TableOptions> {
        let mut changed = None;
        heading(ui, text!("Columns"));
        let line = ui.spacing().interact_size.y + 2.0;
        let list = ScrollArea::vertical().id_salt("columns").max_height(COLUMNS);
        let lines = report.columns.len().div_ceil(2);
        list.auto_shrink([false, true]).show_rows(ui, line, lines, |ui, lines| {
            for first in lines {
                ui.horizontal(|ui| {
                    let half = ui.available_width() / 2.0;
                    let pair = report.columns.iter().enumerate().skip(2 * first).take(2);
                    for (index, column) in pair {
                        let own = ui.allocate_ui(vec2(half - 8.0, line), |ui| {
                            ui.set_width(half - 8.0);
                            role_menu(ui, index, column)
                        });
                        if let Some(role) = own.inner {
                            let options =
                                self.wish(before, before.paths.clone()).table.unwrap_or_default();
                            changed = Some(with_role(options, report, index, role));
                        }
                    }
                });
            }
        });
        changed
    }
}

fn role_name(role: ColumnRole) -> Text {
    match role {
        ColumnRole::Descriptor => text!("Descriptor"),
        ColumnRole::Target => text!("Target"),
        ColumnRole::Name => text!("Name"),
        ColumnRole::Group => text!("Group"),
        ColumnRole::Split => text!("Split"),
        ColumnRole::Ignored => text!("Ignored"),
    }
}

fn about_role(role: ColumnRole) -> Text {
    match role {
        ColumnRole::Descriptor => text!("Describes the row: the network reads and decodes it"),
        ColumnRole::Target => {
            text!("Is predicted from the latent point by a head, and can be optimised")
        }
        ColumnRole::Name => text!("Names the row"),
        ColumnRole::Group => text!("Rows of one group are all trained on or all held out"),
        ColumnRole::Split => text!("Divides the rows by words such as train and test"),
        ColumnRole::Ignored => text!("Is not used"),
    }
}

/// The name of a column and the menu of its role; another role if one was chosen.
fn role_menu(ui: &mut Ui, index: usize, column: &FileColumn) -> Option<ColumnRole> {
    let mut role = column.role;
    ui.horizontal(|ui| {
        let name = match column.unit.as_str() {
            "" => column.name.clone(),
            unit => format!("{} [{unit}]", column.name),
        };
        let menu =
            ComboBox::from_id_salt(("role", index)).width(ROLE).selected_text(role_name(role));
        let response = menu
            .show_ui(ui, |ui| {
                for one in ColumnRole::ALL {
                    let line = ui.selectable_value(&mut role, one, role_name(one));
                    line.on_hover_text(about_role(one));
                }
            })
            .response;
        let of = text!("Role of {column}", column = name.as_str());
        response.on_hover_text(about_role(role)).accessible_name(of);
        ui.add(egui::Label::new(&name).truncate()).on_hover_text(name);
    });
    (role != column.role).then_some(role)
}

/// The options by which a column has another role; the others keep theirs.
fn with_role(
    options: TableOptions,
    report: &TableReport,
    index: usize,
    role: ColumnRole,
) -> TableOptions {
    let changed = report
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| (column, if i == index { role } else { column.role }));
    let mut named: Vec<(String, ColumnRole)> =
        changed.map(|(column, role)| (column.name.clone(), role)).collect();
    // There is one column of names, one of groups and one of splits.
    if matches!(role, ColumnRole::Name | ColumnRole::Group | ColumnRole::Split) {
        let others = named.iter_mut().enumerate().filter(|(i, _)| *i != index);
        others
            .filter(|(_, (_, own))| *own == role)
            .for_each(|(_, own)| own.1 = ColumnRole::Ignored);
    }
    let all = |wanted: ColumnRole| {
        let own = named.iter().filter(|(_, role)| *role == wanted);
        own.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let one = |wanted: ColumnRole| all(wanted).into_iter().next();
    TableOptions {
        targets: all(ColumnRole::Target),
        ignore: all(ColumnRole::Ignored),
        descriptors: all(ColumnRole::Descriptor),
        name: one(ColumnRole::Name),
        group: one(ColumnRole::Group),
        split: one(ColumnRole::Split),
        ..options
    }
}

fn choice<T: Clone + PartialEq>(
    ui: &mut Ui,
    id: &str,
    name: Text,
    value: &mut T,
    choices: &[(T, Text)],
) {
    ui.label(name.clone());
    let own = choices.iter().find(|(one, _)| one == value).map(|(_, text)| text.clone());
    let menu = ComboBox::from_id_salt(id).width(96.0).selected_text(own.unwrap_or_default());
    let response = menu.show_ui(ui, |ui| {
        for (one, text) in choices {
            ui.selectable_value(value, one.clone(), text.clone());
        }
    });
    response.response.accessible_name(name);
}

/// Warnings, guesses and what was set aside; more of them in a tooltip.
fn remarks(ui: &mut Ui, report: &TableReport) {
    let warnings = report.warnings.iter().map(|text| (text.clone(), true));
    let guesses = report.guesses.iter().map(|guess| (guess.about.clone(), false));
    let aside = report.aside.list.iter().map(|aside| {
        let parts = aside.place.iter().chain([&aside.reason]).cloned();
        (text!("Ignored: {reason}", reason = Text::joined(parts, " ")), false)
    });
    let all: Vec<(Text, bool)> = warnings.chain(guesses).chain(aside).collect();
    let lines = || Text::joined(all.iter().map(|(text, _)| text.clone()), "\n");
    for (text, is_warning) in all.iter().take(REMARKS) {
        let line = RichText::new(text.clone()).small();
        let line = match is_warning {
            true => line.color(ui.visuals().warn_fg_color),
            false => line.weak(),
        };
        ui.add(egui::Label::new(line).truncate()).on_hover_text(text.clone());
    }
    if all.len() > REMARKS {
        let count = all.len() - REMARKS;
        note(ui, text!("{count} more remark" | "{count} more remarks", count))
            .on_hover_text(lines());
    }
}
