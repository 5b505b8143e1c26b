//! Small buttons that fill the width of a panel, each at its place whether it can be pressed or not.

use crate::session::State;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::Buttons;
use egui::{Button, Ui, vec2};

/// A small button.
pub struct SmallButton {
    pub name: Text,
    /// The explanation.
    pub about: Text,
    /// The reason why it cannot be pressed, if it cannot.
    pub refusal: Option<Text>,
    pub request: Option<Request>,
}

impl SmallButton {
    /// The button of a command.
    pub fn new(command: UiCommand, refusal: Option<Text>, state: &State) -> Self {
        let (name, about, request) = (command.label(), command.tooltip(), command.action(state));
        Self { name, about, refusal, request }
    }
}

/// Shows buttons that share a line, on more lines if their texts are too long for one.
pub fn small_buttons<const N: usize>(ui: &mut Ui, row: [SmallButton; N], actions: &mut Requests) {
    let names = row.each_ref().map(|button| button.name.to_string());
    Buttons { size: 14.0, margin: 2.0, gap: 4.0 }.fill(ui, &names, |ui, index, text, width| {
        let SmallButton { about, refusal, request, .. } = &row[index];
        let button = Button::new(text).min_size(vec2(width, 26.0));
        let response = ui.add_enabled(refusal.is_none(), button).on_hover_text(about.clone());
        if response.on_disabled_hover_text(refusal.clone().unwrap_or_default()).clicked() {
            request.iter().for_each(|request| actions.push(request.clone()));
        }
    });
}
