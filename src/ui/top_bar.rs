//! The top bar: model, activity, menu.

use super::commands::{MenuSection, UiCommand};
use super::icons::{Icon, icon_button};
use super::request::Requests;
use super::widgets::fitting;
use super::{jobs, theme};
use crate::model::bundled::BUNDLED;
use crate::session::document::ids::ModelId;
use crate::session::results::models::ModelEntry;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use egui::containers::menu::MenuButton;
use egui::{Align, Button, FontId, Layout, Rect, RichText, Ui, UiBuilder, vec2};

/// The width of the sign of the networks beside the name of the model, with its gap.
const SIGN: f32 = 38.0;

/// Shows the bar.
pub fn show(ui: &mut Ui, state: &State, presenting: bool, actions: &mut Requests) {
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
        if presenting {
            main_button(ui, state, actions);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let room = ui.available_width() - SIGN;
            ui.scope(|ui| {
                ui.set_max_width(room);
                models(ui, state, actions);
            });
            if icon_button(ui, Icon::Networks, UiCommand::Model.tooltip()).clicked() {
                UiCommand::Model.request(state, actions);
            }
        });
    });
    let right = rect.with_min_x(middle.right() + 12.0);
    side(ui, right, Layout::right_to_left(Align::Center), &mut |ui| {
        ui.menu_button(RichText::new(text!("Menu")), |ui| menu(ui, state, actions))
            .response
            .on_hover_text(text!("Files, theme, help"));
        for (command, is_on) in
            [(UiCommand::Present, presenting), (UiCommand::Compare, state.view.compared.is_some())]
        {
            let button = Button::selectable(is_on, command.label());
            if ui.add(button).on_hover_text(command.tooltip()).clicked() {
                command.request(state, actions);
            }
        }
    });
}

fn activities(ui: &mut Ui, state: &State, actions: &mut Requests) {
    ui.spacing_mut().item_spacing.x = 6.0;
    for activity in [Activity::Explore, Activity::Train, Activity::Optimise] {
        let command = UiCommand::Turn(activity);
        let text = RichText::new(command.label()).family(theme::strong()).size(16.0);
        let button =
            Button::selectable(state.view.activity == activity, text).min_size(vec2(104.0, 30.0));
        if ui.add(button).on_hover_text(command.tooltip()).clicked() {
            command.request(state, actions);
        }
    }
}

/// The main button of the activity, whose panel is hidden for a projector.
fn main_button(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let (command, is_free) = match state.view.activity {
        Activity::Explore => (UiCommand::PlayPath, true),
        Activity::Train => (UiCommand::Train, UiCommand::Train.is_offered(state)),
        Activity::Optimise => {
            (UiCommand::Optimise, state.search().is_none_or(|search| search.job.is_none()))
        }
    };
    let text = RichText::new(command.label()).family(theme::strong()).color(theme::on_accent(ui));
    let button = Button::new(text).fill(theme::accent(ui));
    if ui.add_enabled(is_free, button).on_hover_text(command.tooltip()).clicked() {
        command.request(state, actions);
    }
}

fn models(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some((shown, entry)) = state.shown() else { return };
    let text = title(state, shown, entry).to_string();
    let room = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
    let font = fitting(ui.painter(), &text, FontId::new(16.0, theme::strong()), room);
    let text = RichText::new(text).font(font);
    ui.set_max_width(ui.available_width());
    let button = Button::new(text).truncate();
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(240.0);
        for (id, entry) in state.models() {
            if ui.selectable_label(id == shown, title(state, id, entry)).clicked() {
                actions.command(Command::ShowModel(id));
            }
        }
        for (index, sample) in BUNDLED.iter().enumerate() {
            let open = state.sample_model(index).is_some();
            if !open && ui.button(sample.name()).on_hover_text(sample.about()).clicked() {
                actions.command(Command::OpenSample(index));
            }
        }
        ui.separator();
        item(ui, UiCommand::Model, state, actions);
        item(ui, UiCommand::Save, state, actions);
        item(ui, UiCommand::CloseModel, state, actions);
    });
    response.on_hover_text(text!(
        "{name}: the model that is shown; open ones and samples are in this menu",
        name = state.name(shown)
    ));
}

/// The name of a model, marked while it is not saved.
fn title(state: &State, id: ModelId, entry: &ModelEntry) -> Text {
    let name = state.name(id);
    if entry.unsaved { text!("{name} (unsaved)", name) } else { name }
}

fn menu(ui: &mut Ui, state: &State, actions: &mut Requests) {
    ui.set_min_width(230.0);
    let sections = [
        MenuSection::Files,
        MenuSection::View,
        MenuSection::Theme,
        MenuSection::TextScale,
        MenuSection::Help,
    ];
    for section in sections {
        if !matches!(section, MenuSection::Files | MenuSection::TextScale) {
            ui.separator();
        }
        let all = UiCommand::all();
        let commands = all.filter(|command| command.menu_section() == Some(section));
        match section {
            MenuSection::Theme => themes(ui, commands, state, actions),
            MenuSection::TextScale => text_scale(ui, commands, state, actions),
            _ => commands.for_each(|command| item(ui, command, state, actions)),
        }
    }
}

/// A command in a menu; nothing while it cannot be chosen.
fn item(ui: &mut Ui, command: UiCommand, state: &State, actions: &mut Requests) {
    if !command.is_offered(state) {
        return;
    }
    let button = Button::new(command.title(state));
    let button = match command.shortcuts() {
        [] => button,
        _ => button.shortcut_text(command.keys()),
    };
    if ui.add(button).on_hover_text(command.about()).clicked() {
        command.request(state, actions);
    }
}

/// The themes on one line.
fn themes(
    ui: &mut Ui,
    commands: impl Iterator<Item = UiCommand>,
    state: &State,
    actions: &mut Requests,
) {
    ui.horizontal(|ui| {
        ui.label(text!("Theme"));
        for command in commands {
            let is_chosen = command == UiCommand::Theme(state.preferences.theme);
            if ui.selectable_label(is_chosen, command.label()).clicked() {
                command.request(state, actions);
            }
        }
    });
}

/// The size of texts and controls on one line, the present one in the middle.
fn text_scale(
    ui: &mut Ui,
    commands: impl Iterator<Item = UiCommand>,
    state: &State,
    actions: &mut Requests,
) {
    ui.horizontal(|ui| {
        ui.label(text!("Text"));
        for command in commands {
            let label = match command {
                UiCommand::TextUsual => {
                    let percent = 100.0 * state.preferences.text_scale.factor();
                    text!("{percent} %", percent = format!("{percent:.0}"))
                }
                _ => command.label(),
            };
            if ui.button(label).on_hover_text(command.tooltip()).clicked() {
                command.request(state, actions);
            }
        }
    });
}
