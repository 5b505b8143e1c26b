//! Requests of the keyboard.

use super::commands::UiCommand;
use super::request::Requests;
use crate::session::State;
use egui::{Context, Key, KeyboardShortcut, Popup};

/// Converts keys to actions; while a text field has the focus, only keys with Ctrl or function keys.
pub fn read(ctx: &Context, state: &State, sheet_open: bool, actions: &mut Requests) {
    // A clicked button has the focus too, but takes no text; an open menu needs the keys that close it and move in it.
    let (typing, in_menu) = (ctx.text_edit_focused(), Popup::is_any_open(ctx));
    let is_heard = |command: UiCommand, shortcut: KeyboardShortcut| match command {
        UiCommand::CopyPicture => true,
        _ if sheet_open => false,
        // A text field has undo and redo of its own.
        UiCommand::Undo | UiCommand::Redo => !typing,
        _ => has_ctrl_or_function_key(shortcut) || !(typing || in_menu),
    };
    let all = UiCommand::all()
        .flat_map(|command| command.shortcuts().iter().map(move |&shortcut| (command, shortcut)));
    let heard = all.filter(|&(command, shortcut)| is_heard(command, shortcut));
    // First those with Shift: a shortcut without it matches both.
    let (with_shift, without): (Vec<_>, Vec<_>) =
        heard.partition(|(_, shortcut)| shortcut.modifiers.shift);
    for (command, shortcut) in with_shift.into_iter().chain(without) {
        if !ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
            continue;
        }
        command.request(state, actions);
    }
}

fn has_ctrl_or_function_key(shortcut: KeyboardShortcut) -> bool {
    shortcut.modifiers.command || (Key::F1..=Key::F35).contains(&shortcut.logical_key)
}
