//! Dialogs over the window: opening, saving, the data of a training, questions, the keys.

use super::candidates;
use super::export;
use super::freehand;
use super::import;
use super::table::TableImportForm;
use crate::data::outline::family::Family;
use crate::data::outline::generator::GeneratorConfig;
use crate::explore::brief;
use crate::model::PointRef;
use crate::model::bundled::BUNDLED;
use crate::session::document::ImportWish;
use crate::session::document::ids::ModelId;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::KeysLine;
use crate::ui::dialogs::fields::{path_field, preview_grid, take_usual_button, usual_button};
use crate::ui::request::{Dialog, Request, Requests};
use crate::ui::theme::{self};
use crate::ui::widgets::{heading, note, number, segments};
use egui::{Align2, Button, FocusDirection, Id, Modal, RichText, ScrollArea, Ui};
use std::path::PathBuf;

/// Height of the margins of a dialog and of the window around it, in points.
const MARGINS: f32 = 84.0;
/// The distance of a dialog from the top of the window, in points.
const TOP: f32 = 24.0;
/// Shapes in the preview of a data set.
const PREVIEW: usize = 36;

/// Dialogs and their state while they are open.
#[derive(Default)]
pub struct Dialogs {
    shown: Option<Dialog>,
    /// True until the dialog has been drawn once.
    is_new: bool,
    preview: Option<(GeneratorConfig, Vec<Vec<f32>>)>,
    own: import::ImportForm,
    table: TableImportForm,
    /// The chosen half for data of one's own; none for that of the last import.
    shows_table: Option<bool>,
    pen: freehand::FreehandPen,
}

impl Dialogs {
    /// Opens a dialog over the window.
    pub fn open(&mut self, sheet: Dialog) {
        self.is_new |=
            self.shown.as_ref().map(std::mem::discriminant) != Some(std::mem::discriminant(&sheet));
        self.shown = Some(sheet);
    }

    /// Closes the dialog.
    pub fn close(&mut self) {
        self.shown = None;
        self.preview = None;
        self.shows_table = None;
    }

    /// The import for files that are dropped on the window, if the open dialog expects shapes.
    pub fn wish(&self, state: &State) -> Option<ImportWish> {
        let asked = self.shown == Some(Dialog::Data) && state.learns_own();
        asked.then(|| match self.is_table(state) {
            true => self.table.wish(&state.import_wish(), Vec::new()),
            false => self.own.wish(),
        })
    }

    /// True if the data dialog shows its half for a table.
    fn is_table(&self, state: &State) -> bool {
        self.shows_table.unwrap_or_else(|| state.import_wish().table.is_some())
    }

    /// True if a dialog is open.
    pub fn is_open(&self) -> bool {
        self.shown.is_some()
    }

    /// Shows the dialog, if one is open.
    pub fn show(&mut self, ctx: &egui::Context, state: &State, actions: &mut Requests) {
        let Some(mut sheet) = self.shown.take() else { return };
        let id = Id::unique("sheet");
        // Held at its top: it stays there whatever its height becomes.
        let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, [0.0, TOP]);
        let response = Modal::new(id).area(area).show(ctx, |ui| {
            ui.set_width(match sheet {
                Dialog::Data if state.learns_own() && self.is_table(state) => 860.0,
                Dialog::Data | Dialog::Draw => 700.0,
                Dialog::Code => 860.0,
                Dialog::Sweep(_) => super::sweep::WIDTH,
                Dialog::HeldOut(..) => super::held_out::WIDTH,
                Dialog::Out(_) => 620.0,
                _ => 460.0,
            });
            // In a low window a dialog scrolls; nothing of it is cut.
            let height = ctx.content_rect().height() - MARGINS;
            scrolled(height).show(ui, |ui| match &mut sheet {
                Dialog::Open(path) => open(ui, path, state, actions),
                Dialog::Save(id, path) => save(ui, *id, path, state, actions),
                Dialog::Model(id, name) => super::model::show(ui, *id, name, state, actions),
                Dialog::HeldOut(id, target) => {
                    super::held_out::show(ui, *id, *target, state, actions)
                }
                Dialog::Data => self.data(ui, state, actions),
                Dialog::CloseUnsaved(id) => close_unsaved(ui, *id, state, actions),
                Dialog::QuitUnsaved => quit_unsaved(ui, state, actions),
                Dialog::StartFresh => start_fresh(ui, state, actions),
                Dialog::Code => super::code::sheet(ui, state, actions),
                Dialog::Draw => self.pen.show(ui, state, actions),
                Dialog::Keys => keys(ui, actions),
                Dialog::GoTo(name) => go_to(ui, name, actions),
                Dialog::Sweep(betas) => super::sweep::sheet(ui, betas, state, actions),
                Dialog::Export(path, most) => candidates::export(ui, path, *most, state, actions),
                Dialog::Out(form) => export::show(ui, form, state, actions),
                Dialog::Import(path) => candidates::import(ui, path, actions),
            });
        });
        if response.should_close() {
            actions.push(Request::HideSheet);
        }
        let usual = take_usual_button(ctx);
        // A field has the keyboard, else the button that Return is to press, else the first control.
        if std::mem::take(&mut self.is_new) && !ctx.text_edit_focused() {
            ctx.memory_mut(|memory| {
                memory.focused().into_iter().for_each(|id| memory.surrender_focus(id));
                match usual {
                    Some(button) => memory.request_focus(button),
                    None => memory.move_focus(FocusDirection::Next),
                }
            });
            ctx.request_repaint();
        }
        self.shown = Some(sheet);
    }

    /// The data of the next training: families, or shapes or a table of one's own.
    fn data(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        heading(ui, text!("Data"));
        let now = (state.learns_own(), state.learns_own() && self.is_table(state));
        let mut chosen = now;
        let choices = [
            (
                (false, false),
                text!("Families"),
                text!("Outlines that are generated: nine families with their variations"),
            ),
            ((true, false), text!("My shapes"), text!("Outlines from your own files")),
            (
                (true, true),
                text!("My table"),
                text!("Rows of descriptors and targets from your own file"),
            ),
        ];
        if segments(ui, &mut chosen, &choices) {
            self.shows_table = Some(chosen.1).filter(|_| chosen.0);
            if chosen.0 != now.0 {
                actions.command(Command::LearnFromOwn(chosen.0));
            }
        }
        ui.add_space(6.0);
        if state.learns_own() {
            match self.is_table(state) {
                true => self.table.show(ui, state, actions),
                false => self.own.show(ui, state, actions),
            }
            ui.add_space(6.0);
            if usual_button(ui, text!("Done")).clicked() {
                actions.push(Request::HideSheet);
            }
        } else {
            self.families(ui, &state.document.training.generator, actions);
        }
    }

    fn families(&mut self, ui: &mut Ui, generator: &GeneratorConfig, actions: &mut Requests) {
        let mut edited = generator.clone();
        ui.horizontal_wrapped(|ui| {
            for family in Family::ALL {
                let on = edited.families.contains(&family);
                if ui.add(Button::selectable(on, family.name()).frame_when_inactive(true)).clicked()
                {
                    toggle(&mut edited.families, family);
                }
            }
        });
        ui.spacing_mut().item_spacing.x = 28.0;
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            number(
                left,
                text!("Shapes"),
                text!("All families together; a tenth is held out for testing"),
                &mut edited.samples,
                100..=100_000,
                20.0,
            );
            number(
                left,
                text!("Points"),
                text!("Points of an outline; twice as many numbers"),
                &mut edited.points,
                16..=400,
                1.0,
            );
            number(
                right,
                text!("Size variation"),
                text!("Sizes vary by this fraction to either side"),
                &mut edited.size_variation,
                0.0..=0.9,
                0.005,
            );
            number(
                right,
                text!("Rotation"),
                text!("Degrees to either side"),
                &mut edited.rotation,
                0.0..=180.0,
                0.5,
            );
            number(
                right,
                text!("Aspect variation"),
                text!("Proportions vary by this fraction; no ellipse becomes a circle"),
                &mut edited.aspect_variation,
                0.0..=0.25,
                0.002,
            );
            number(
                right,
                text!("Noise"),
                text!("Spread of every coordinate, as a fraction of the radius"),
                &mut edited.noise,
                0.0..=0.5,
                0.002,
            );
        });
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(6.0);
        self.preview(ui, &edited);
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if usual_button(ui, text!("Done")).clicked() {
                actions.push(Request::HideSheet);
            }
            let seed = edited.seed;
            if ui
                .button(text!("Default data"))
                .on_hover_text(text!("All nine families with small variations"))
                .clicked()
            {
                edited = GeneratorConfig { seed, ..GeneratorConfig::default() };
            }
        });
        if edited != *generator {
            actions.command(Command::SetRecipe(edited));
        }
    }

    /// The first shapes of the generator.
    fn preview(&mut self, ui: &mut Ui, generator: &GeneratorConfig) {
        if generator.check().is_err() {
            note(ui, text!("Choose at least one family."));
            return;
        }
        if self.preview.as_ref().is_none_or(|(known, _)| known != generator) {
            let shapes = (0..PREVIEW).map(|i| generator.sample(i)).collect();
            self.preview = Some((generator.clone(), shapes));
        }
        let Some((_, shapes)) = &self.preview else { return };
        preview_grid(ui, &shapes.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }
}

/// A part of a dialog that scrolls only if it is higher than `height`, in points: whatever the height of the dialog was
/// before.
fn scrolled(height: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(height).min_scrolled_height(height)
}

/// Switches a family; the list keeps the order of [`Family::ALL`].
fn toggle(families: &mut Vec<Family>, family: Family) {
    let on = !families.contains(&family);
    *families = Family::ALL
        .into_iter()
        .filter(|f| if *f == family { on } else { families.contains(f) })
        .collect();
}

/// Asks for the name of a point, as on the command line.
fn go_to(ui: &mut Ui, name: &mut String, actions: &mut Requests) {
    heading(ui, text!("Go to a point"));
    note(
        ui,
        text!(
            "{names}, or file:shape.csv: an outline of your own, in any position, size and number of points.",
            names = "z:0.1,-0.3  row:17  name:n0012  family:star  pin:1  mean"
        ),
    );
    let entered = path_field(ui, name, "row:17");
    let point = name.parse::<PointRef>();
    if let Err(problem) = &point
        && !name.trim().is_empty()
    {
        note(ui, problem);
    }
    ui.horizontal(|ui| {
        let clicked = ui.add_enabled(point.is_ok(), Button::new(text!("Go"))).clicked();
        if let Ok(point) = point
            && (clicked || entered)
        {
            actions.push(Request::HideSheet);
            actions.command(Command::PickNamed(point));
        }
        if ui.button(text!("Cancel")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}

fn open(ui: &mut Ui, path: &mut String, state: &State, actions: &mut Requests) {
    heading(ui, text!("Open"));
    note(
        ui,
        text!(
            "A model (.safetensors), or starts for a search (.csv). Dropping a file on the window does the same."
        ),
    );
    let mut chosen =
        path_field(ui, path, text!("path of a file")).then(|| PathBuf::from(path.trim()));
    ui.horizontal(|ui| {
        if ui.add_enabled(!path.trim().is_empty(), Button::new(text!("Open"))).clicked() {
            chosen = Some(PathBuf::from(path.trim()));
        }
        if ui
            .button(text!("Browse\u{2026}"))
            .on_hover_text(text!("The system's own dialog"))
            .clicked()
        {
            actions.push(Request::BrowseOpen);
        }
        if ui.button(text!("Cancel")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
    if !state.preferences.recent.is_empty() {
        heading(ui, text!("Recent"));
        for recent in &state.preferences.recent {
            let name = recent
                .file_name()
                .map_or_else(|| recent.display().to_string(), |n| n.to_string_lossy().into_owned());
            if ui.link(name).on_hover_text(recent.display().to_string()).clicked() {
                chosen = Some(recent.clone());
            }
        }
    }
    heading(ui, text!("Samples"));
    for (index, sample) in BUNDLED.iter().enumerate() {
        if ui.link(sample.name()).on_hover_text(sample.about()).clicked() {
            actions.push(Request::HideSheet);
            actions.command(Command::OpenSample(index));
        }
    }
    if let Some(path) = chosen.filter(|path| !path.as_os_str().is_empty()) {
        actions.push(Request::HideSheet);
        actions.command(Command::Open(path));
    }
}

fn save(ui: &mut Ui, id: ModelId, path: &mut String, state: &State, actions: &mut Requests) {
    heading(ui, text!("Save the model"));
    let entered = path_field(ui, path, text!("path of a file"));
    let target = with_extension(path.trim());
    let own = state.model(id).and_then(|entry| entry.path.as_deref()) == Some(target.as_path());
    let replaces = target.is_file() && !own;
    let whole = std::path::absolute(&target).unwrap_or_else(|_| target.clone());
    if replaces {
        let text =
            text!("{path} exists and would be replaced.", path = whole.display().to_string());
        ui.label(RichText::new(text).small().color(ui.visuals().warn_fg_color));
    } else if !path.trim().is_empty() {
        note(ui, whole.display().to_string());
    }
    note(
        ui,
        text!(
            "The checkpoint holds the weights, the encoded data and how they were made: it opens without the data."
        ),
    );
    ui.horizontal(|ui| {
        let name = if replaces { text!("Replace it") } else { text!("Save") };
        let clicked = ui.add_enabled(!path.trim().is_empty(), Button::new(name)).clicked();
        // Enter alone replaces no file.
        if (clicked || (entered && !replaces)) && !path.trim().is_empty() {
            actions.push(Request::HideSheet);
            actions.command(Command::Save(id, target));
        }
        if ui
            .button(text!("Browse\u{2026}"))
            .on_hover_text(text!("The system's own dialog"))
            .clicked()
        {
            actions.push(Request::BrowseSave(id));
        }
        if ui.button(text!("Cancel")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}

/// The path with the extension that can be opened as a model, unless it has it.
fn with_extension(path: &str) -> PathBuf {
    let path = PathBuf::from(path);
    if path.extension().is_some_and(|e| e == "safetensors") || path.as_os_str().is_empty() {
        return path;
    }
    let mut name = path.into_os_string();
    name.push(".safetensors");
    name.into()
}

fn close_unsaved(ui: &mut Ui, id: ModelId, state: &State, actions: &mut Requests) {
    let name = state.name(id);
    heading(ui, text!("Close '{name}' without saving?", name));
    if state.is_learning(id) {
        note(
            ui,
            text!(
                "It is being trained. The training goes on until it is stopped; Undo brings the model back."
            ),
        );
    }
    ui.horizontal(|ui| {
        if ui.button(text!("Save\u{2026}")).clicked() {
            actions.push(Request::Show(Dialog::Save(id, state.suggested_path(id))));
        }
        if ui.button(text!("Close without saving")).clicked() {
            actions.push(Request::HideSheet);
            actions.command(Command::CloseModel(id));
        }
        if ui.button(text!("Cancel")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}

fn quit_unsaved(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let (question, leave) = match state.has_unsaved() {
        false => (text!("Leave?"), text!("Leave")),
        true => (text!("Leave without saving?"), text!("Leave without saving")),
    };
    heading(ui, question);
    lost(ui, state);
    ui.horizontal(|ui| {
        if ui.button(text!("Stay")).clicked() {
            actions.push(Request::HideSheet);
        }
        if ui.button(leave).clicked() {
            actions.push(Request::Quit);
        }
    });
}

/// The models that are not saved, and the jobs whose results would be lost.
fn lost(ui: &mut Ui, state: &State) {
    let unsaved = state.models().filter(|(_, entry)| entry.unsaved);
    let names: Vec<Text> = unsaved.map(|(id, _)| state.name(id)).collect();
    let jobs = state.jobs.lost_by_leaving();
    let jobs: Vec<Text> = jobs
        .map(|job| {
            let subject = brief(&job.subject.to_string(), 30);
            text!("{kind} ({subject})", kind = job.kind.label(), subject)
        })
        .collect();
    if !names.is_empty() {
        ui.label(text!("Not saved: {models}.", models = Text::joined(names, ", ")));
    }
    if !jobs.is_empty() {
        ui.label(text!("Still running, and lost: {jobs}.", jobs = Text::joined(jobs, ", ")));
    }
}

fn start_fresh(ui: &mut Ui, state: &State, actions: &mut Requests) {
    heading(ui, text!("Start fresh?"));
    ui.label(text!(
        "Open models, searches, pins and settings are forgotten, as for a person who has never used the program; files stay. \
         This cannot be undone."
    ));
    lost(ui, state);
    ui.horizontal(|ui| {
        if ui.button(text!("Keep all")).clicked() {
            actions.push(Request::HideSheet);
        }
        if ui.button(text!("Start fresh")).clicked() {
            actions.push(Request::HideSheet);
            actions.push(Request::StartFresh);
        }
    });
}

fn keys(ui: &mut Ui, actions: &mut Requests) {
    heading(ui, text!("Keys"));
    // Scrolls by itself, so that the button below stays visible.
    let height = ui.ctx().content_rect().height() - MARGINS - 90.0;
    scrolled(height).show(ui, |ui| {
        let table = egui::Grid::new("keys").num_columns(2).spacing([24.0, 5.0]).striped(true);
        table.show(ui, |ui| {
            for line in KeysLine::all() {
                ui.label(RichText::new(line.keys()).family(theme::strong()));
                ui.label(line.about());
                ui.end_row();
            }
        });
    });
    if usual_button(ui, text!("Close")).clicked() {
        actions.push(Request::HideSheet);
    }
}
