//! The menu of the quantities of the shown model.

use crate::data::quantity::Quantity;
use crate::session::State;
use crate::text;
use crate::ui::widgets::{body, short_or_small};
use egui::{ComboBox, Popup, PopupCloseBehavior, RichText, TextEdit, Ui};

/// Width of the menu.
pub const MENU: f32 = 130.0;
/// With more quantities than this the menu has a field that searches them.
const MANY: usize = 12;

/// The quantities to choose from; of many, those whose name contains what is typed.
pub fn menu(
    ui: &mut Ui,
    id: impl std::hash::Hash + std::fmt::Debug,
    width: f32,
    quantity: &mut Quantity,
    state: &State,
) -> egui::Response {
    let label = quantity.label().to_string();
    let (label, font) = short_or_small(ui.painter(), &label, 15, body(), width - 30.0);
    let label = RichText::new(label).font(font);
    let combo = ComboBox::from_id_salt(id).selected_text(label).width(width);
    let choices = state.quantities();
    if choices.len() <= MANY {
        let menu = combo.show_ui(ui, |ui| lines(ui, choices, quantity, state));
        return menu.response;
    }
    // A click into the field must not close the menu.
    let combo = combo.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let before = *quantity;
    let menu = combo.show_ui(ui, |ui| {
        let id = ui.scope_id().with("typed");
        let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let field = TextEdit::singleline(&mut typed).hint_text(text!("find").to_string());
        let field = ui.add(field.desired_width(f32::INFINITY));
        field.accessible_name(text!("Find a property"));
        let wanted = typed.to_lowercase();
        ui.data_mut(|data| data.insert_temp(id, typed));
        let mut found = choices;
        found.retain(|choice| choice.name().to_lowercase().contains(&wanted));
        lines(ui, found, quantity, state);
        if *quantity != before {
            ui.data_mut(|data| data.remove::<String>(id));
            Popup::close_all(ui.ctx());
        }
    });
    menu.response
}

fn lines(ui: &mut Ui, choices: Vec<Quantity>, quantity: &mut Quantity, state: &State) {
    for choice in choices {
        let line = ui.selectable_value(quantity, choice, choice.label());
        line.on_hover_ui(|ui| _ = ui.label(state.about(choice)));
    }
}
