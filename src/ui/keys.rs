//! Actions of the keyboard.

use super::action::{Action, Actions, Dialog};
use crate::explore::scene::map_layer::MapLayer;
use crate::session::commands::command::Touring;
use crate::session::results::step_through::StepThroughRun;
use crate::session::screen::selection::MapPoint;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use egui::{Context, FocusDirection, Key, KeyboardShortcut, Modifiers};

/// The keys and their actions, for the dialog that lists them.
pub fn help() -> Vec<(Text, Text)> {
    let verbatim = |keys: &str| Text::verbatim(keys);
    vec![
        (verbatim("1  2  3"), text!("Explore, Train, Optimise")),
        (text!("Click, arrow keys"), text!("Keep a point, move it")),
        (
            text!("Shift-click, right-click"),
            text!("Follow a path there while the shape morphs, pin it"),
        ),
        (text!("Double-click, C"), text!("Optimise from there")),
        (verbatim("R"), text!("Optimise from all starts")),
        (verbatim("B"), text!("Search step by step")),
        (verbatim("W   N"), text!("Follow a path over the map, sample new shapes")),
        (text!("Space   ,   ."), text!("Play or pause, one step back, one step on")),
        (text!("step by step"), text!("A whole step, one stage back, one stage on")),
        (verbatim("[   ]"), text!("Slower, faster")),
        (verbatim("G  H  D  P  T  V"), text!("Shapes, heat, data, paths, trust, gradient")),
        (verbatim("K"), text!("Compare two models")),
        (verbatim("F"), text!("Fit view; again: with outliers")),
        (verbatim("Tab"), text!("Left panel")),
        (text!("Drag, scroll"), text!("Move the map, zoom")),
        (verbatim("J"), text!("List what runs, and end it")),
        (verbatim("F1   F5   F11"), text!("Keys, projector mode, full screen")),
        (verbatim("Ctrl+O   Ctrl+S   Ctrl+E"), text!("Open, save, export")),
        (verbatim("Ctrl+G"), text!("Go to a point by its name")),
        (verbatim("Ctrl+Z   Ctrl+Shift+Z"), text!("Undo, redo")),
        (verbatim("Esc"), text!("Cancel, deselect")),
        (verbatim("Ctrl+Shift+C"), text!("Copy a picture of the window")),
    ]
}

/// Converts keys to actions; while a text field has the focus, only keys with Ctrl or function keys.
pub fn read(ctx: &Context, state: &State, sheet_open: bool, actions: &mut Actions) {
    let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    let pressed = |shortcut: KeyboardShortcut| ctx.input_mut(|i| i.consume_shortcut(&shortcut));
    let plain = |key| pressed(KeyboardShortcut::new(Modifiers::NONE, key));
    if pressed(KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::C)) {
        actions.push(Action::CopyPicture);
    }
    if sheet_open {
        return;
    }
    if pressed(ctrl(Key::O)) {
        actions.push(Action::Show(Dialog::Open(String::new())));
    }
    if pressed(ctrl(Key::S))
        && let Some((id, _)) = state.shown()
    {
        actions.push(Action::Show(Dialog::Save(id, state.suggested_path(id))));
    }
    if pressed(ctrl(Key::G)) {
        actions.push(Action::Show(Dialog::GoTo(String::new())));
    }
    if pressed(ctrl(Key::E)) {
        actions.push(Action::ShowExport);
    }
    // A text field has undo and redo of its own.
    if !ctx.text_edit_focused() {
        // First with Shift: the shortcut without it matches both.
        let shift = KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        if pressed(shift) || pressed(ctrl(Key::Y)) {
            actions.command(Command::Redo);
        }
        if pressed(ctrl(Key::Z)) {
            actions.command(Command::Undo);
        }
    }
    for (key, action) in [
        (Key::F1, Action::Show(Dialog::Keys)),
        (Key::F5, Action::TogglePresent),
        (Key::F11, Action::ToggleFullScreen),
    ] {
        if plain(key) {
            actions.push(action);
        }
    }
    // A clicked button has the focus too, but takes no text; an open menu needs the keys that close it and move in it.
    if ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
        return;
    }
    if plain(Key::Tab) {
        actions.push(Action::TogglePanel);
        // The library has moved its focus already; here the key switches the panel.
        ctx.memory_mut(|memory| {
            memory.move_focus(FocusDirection::None);
            if let Some(focused) = memory.focused() {
                memory.surrender_focus(focused);
            }
        });
    }
    if plain(Key::J) {
        actions.push(Action::ToggleJobs);
    }
    let commands = [
        (Key::Num1, Command::Turn(Activity::Explore)),
        (Key::Num2, Command::Turn(Activity::Train)),
        (Key::Num3, Command::Turn(Activity::Optimise)),
        (Key::Space, Command::TogglePlay),
        (Key::Comma, Command::StepBy(-1)),
        (Key::Period, Command::StepBy(1)),
        (Key::OpenBracket, Command::Speed(0.5)),
        (Key::CloseBracket, Command::Speed(2.0)),
        (Key::R, Command::Climb),
        (Key::G, Command::ToggleLayer(MapLayer::Shapes)),
        (Key::H, Command::ToggleLayer(MapLayer::Heat)),
        (Key::D, Command::ToggleLayer(MapLayer::Data)),
        (Key::P, Command::ToggleLayer(MapLayer::Paths)),
        (Key::T, Command::ToggleLayer(MapLayer::Trust)),
        (Key::V, Command::ToggleLayer(MapLayer::Gradient)),
        (Key::B, Command::Walk(StepThroughRun::Begin)),
        (Key::W, Command::Tour(Touring::Begin)),
        (Key::N, Command::Tour(Touring::Draw)),
        (Key::K, Command::ToggleComparison),
        (Key::F, Command::Fit),
        (Key::Escape, Command::Cancel),
        (Key::ArrowLeft, Command::Nudge([-0.02, 0.0])),
        (Key::ArrowRight, Command::Nudge([0.02, 0.0])),
        (Key::ArrowDown, Command::Nudge([0.0, -0.02])),
        (Key::ArrowUp, Command::Nudge([0.0, 0.02])),
    ];
    for (key, command) in commands {
        if plain(key) {
            actions.command(command);
        }
    }
    let point = match (&state.map.probe, &state.map.picked) {
        (Some(_), _) => Some(MapPoint::Hovered),
        (None, Some(_)) => Some(MapPoint::Selected),
        (None, None) => None,
    };
    if let Some(point) = point
        && plain(Key::C)
    {
        actions.command(Command::SearchFrom(point));
    }
}
