//! The top bar: model, activity, menu.

use super::action::{Action, Actions, Dialog};
use super::widgets::fitting;
use super::{jobs, theme};
use crate::model::bundled::BUNDLED;
use crate::session::preferences::ThemeChoice;
use crate::session::results::models::ModelEntry;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use egui::containers::menu::MenuButton;
use egui::{Align, Button, FontId, Layout, Rect, RichText, Ui, UiBuilder, vec2};

/// Shows the bar.
pub fn show(ui: &mut Ui, state: &State, presenting: bool, actions: &mut Actions) {
    let rect = ui.available_rect_before_wrap();
    let middle = Rect::from_center_size(rect.center(), vec2(330.0, 30.0));
    ui.scope_builder(
        UiBuilder::new().max_rect(middle).layout(Layout::left_to_right(Align::Center)),
        |ui| {
            activities(ui, state, actions);
        },
    );
    let side = |ui: &mut Ui, rect: Rect, layout: Layout, add: &mut dyn FnMut(&mut Ui)| {
        ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| add(ui));
    };
    let left = rect.with_max_x(middle.left() - 12.0);
    side(ui, left, Layout::right_to_left(Align::Center), &mut |ui| {
        jobs::show(ui, state, actions);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| models(ui, state, actions));
    });
    let right = rect.with_min_x(middle.right() + 12.0);
    side(ui, right, Layout::right_to_left(Align::Center), &mut |ui| {
        ui.menu_button(RichText::new(text!("Menu")), |ui| menu(ui, state, actions))
            .response
            .on_hover_text(text!("Files, theme, help"));
        let present = Button::selectable(presenting, text!("Present"));
        if ui
            .add(present)
            .on_hover_text(text!("Projector mode: a large map and large text (F5)"))
            .clicked()
        {
            actions.push(Action::TogglePresent);
        }
        let comparing = Button::selectable(state.comparison.is_some(), text!("Compare"));
        let about = text!("Two models on two maps: the same point, seen by both (K)");
        if ui.add(comparing).on_hover_text(about).clicked() {
            actions.command(Command::ToggleComparison);
        }
    });
}

fn activities(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let activities = [
        (Activity::Explore, text!("Explore"), text!("Move over the map and see what it holds (1)")),
        (Activity::Train, text!("Train"), text!("Train a model and watch the map take shape (2)")),
        (Activity::Optimise, text!("Optimise"), text!("Search for the best shapes (3)")),
    ];
    ui.spacing_mut().item_spacing.x = 6.0;
    for (activity, name, tooltip) in activities {
        let text = RichText::new(name).family(theme::strong()).size(16.0);
        let button =
            Button::selectable(state.view.activity == activity, text).min_size(vec2(104.0, 30.0));
        if ui.add(button).on_hover_text(tooltip).clicked() {
            actions.command(Command::Turn(activity));
        }
    }
}

fn models(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let Some((shown, entry)) = state.shown() else { return };
    let text = title(entry).to_string();
    let room = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
    let font = fitting(ui.painter(), &text, FontId::new(16.0, theme::strong()), room);
    let text = RichText::new(text).font(font);
    ui.set_max_width(ui.available_width());
    let button = Button::new(text).truncate();
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(240.0);
        for (id, entry) in state.models() {
            if ui.selectable_label(id == shown, title(entry)).clicked() {
                actions.command(Command::ShowModel(id));
            }
        }
        for (index, sample) in BUNDLED.iter().enumerate() {
            let open = state.models().any(|(_, e)| e.name == sample.name() && e.path.is_none());
            if !open && ui.button(sample.name()).on_hover_text(sample.about()).clicked() {
                actions.command(Command::OpenSample(index));
            }
        }
        ui.separator();
        if ui.add(Button::new(text!("Save\u{2026}")).shortcut_text("Ctrl+S")).clicked() {
            actions.push(Action::Show(Dialog::Save(shown, state.suggested_path(shown))));
        }
        if ui.button(text!("Close")).clicked() {
            let unsaved = entry.unsaved;
            actions.push(if unsaved {
                Action::Show(Dialog::CloseUnsaved(shown))
            } else {
                Action::Do(Command::CloseModel(shown))
            });
        }
    });
    response.on_hover_text(text!(
        "{name}: the model that is shown; open ones and samples are in this menu",
        name = &entry.name
    ));
}

/// The name of a model, marked while it is not saved.
fn title(entry: &ModelEntry) -> Text {
    let name = &entry.name;
    if entry.unsaved { text!("{name} (unsaved)", name) } else { name.clone() }
}

fn menu(ui: &mut Ui, state: &State, actions: &mut Actions) {
    ui.set_min_width(230.0);
    let mut item = |ui: &mut Ui, name: Text, keys: &str, action: Action| {
        if ui.add(Button::new(name).shortcut_text(keys)).clicked() {
            actions.push(action);
        }
    };
    item(ui, text!("Open\u{2026}"), "Ctrl+O", Action::Show(Dialog::Open(String::new())));
    if let Some((shown, _)) = state.shown() {
        item(
            ui,
            text!("Save\u{2026}"),
            "Ctrl+S",
            Action::Show(Dialog::Save(shown, state.suggested_path(shown))),
        );
    }
    item(ui, text!("Export\u{2026}"), "Ctrl+E", Action::ShowExport);
    if let Some(action) = state.history.undoable() {
        item(ui, text!("Undo: {action}", action), "Ctrl+Z", Action::Do(Command::Undo));
    }
    if let Some(action) = state.history.redoable() {
        item(ui, text!("Redo: {action}", action), "Ctrl+Shift+Z", Action::Do(Command::Redo));
    }
    ui.separator();
    item(ui, text!("Go to a point\u{2026}"), "Ctrl+G", Action::Show(Dialog::GoTo(String::new())));
    item(ui, text!("Fit view"), "F", Action::Do(Command::Fit));
    item(ui, text!("Left panel"), "Tab", Action::TogglePanel);
    item(ui, text!("Full screen"), "F11", Action::ToggleFullScreen);
    item(ui, text!("Copy picture"), "Ctrl+Shift+C", Action::CopyPicture);
    ui.separator();
    ui.horizontal(|ui| {
        ui.label(text!("Theme"));
        for (choice, name) in [
            (ThemeChoice::System, text!("System")),
            (ThemeChoice::Light, text!("Light")),
            (ThemeChoice::Dark, text!("Dark")),
        ] {
            if ui.selectable_label(state.preferences.theme == choice, name).clicked() {
                actions.command(Command::SetTheme(choice));
            }
        }
    });
    ui.separator();
    let lesson = ui.button(text!("Lesson: how a search cheats"));
    if lesson
        .on_hover_text(text!(
            "Three searches on the shown model that teach when to believe an answer"
        ))
        .clicked()
    {
        actions.push(Action::Do(Command::BeginLesson));
    }
    if ui.add(Button::new(text!("Keys")).shortcut_text("F1")).clicked() {
        actions.push(Action::Show(Dialog::Keys));
    }
}
