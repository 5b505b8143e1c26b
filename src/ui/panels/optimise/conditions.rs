//! The penalties, the constraints, and the source of the values of a search.

use super::objective::{card, with_cross};
use crate::data::quantity::Quantity;
use crate::objective::{Constraint, ObjectiveSpec, Relation};
use crate::session::State;
use crate::text;
use crate::text::Text;
use crate::ui::panels::quantities::{MENU, menu};
use crate::ui::widgets::number;
use egui::{Align, Button, ComboBox, DragValue, Layout, Ui};

/// With more constraints than this there is hardly any valid answer.
const MAX_CONSTRAINTS: usize = 6;

/// The penalty that keeps answers inside the data, the only one outside of the folded group.
pub fn inside(ui: &mut Ui, spec: &mut ObjectiveSpec) {
    let mut on = spec.inside > 0.0;
    let tooltip = text!(
        "Add to the loss how far z lies outside the data, so that the search keeps to shapes \
                   that the model knows. Without it a search may cheat: the value improves where the model \
                   was never trained. Its weight is under More, Penalties."
    );
    if ui.checkbox(&mut on, text!("Stay inside the data")).on_hover_text(tooltip).changed() {
        let usual = match spec.predicts() {
            true => ObjectiveSpec::USUAL_INSIDE_OF_PREDICTIONS,
            false => ObjectiveSpec::USUAL_INSIDE,
        };
        spec.inside = if on { usual } else { 0.0 };
    }
    if spec.seeks_prediction() {
        let tooltip = text!(
            "Optimise the mean of the head's members less their standard deviation (of a minimum the mean and \
                       the deviation): the search keeps to where they agree. The interval comes from a judge that no \
                       search sees, with caution and without."
        );
        ui.checkbox(&mut spec.cautious, text!("Cautious")).on_hover_text(tooltip);
    }
}

/// The state of the penalties in a few words.
pub fn penalties_in_words(spec: &ObjectiveSpec) -> Text {
    match (spec.l2 > 0.0, spec.align > 0.0) {
        (false, false) => text!("none"),
        (true, false) => Text::verbatim("L2"),
        (false, true) => text!("alignment"),
        (true, true) => text!("L2, alignment"),
    }
}

/// The weights of the penalties; 0 adds nothing.
pub fn penalties(ui: &mut Ui, spec: &mut ObjectiveSpec) {
    number(
        ui,
        "L2",
        text!(
            "l |z|\u{b2}: keeps z near the origin, where most of the data lie; 0.01 is usual, 0 adds nothing. \
         It knows nothing of the gaps between the data."
        ),
        &mut spec.l2,
        0.0..=1e6,
        0.001,
    );
    number(
        ui,
        text!("Alignment"),
        text!(
            "a |encode(decode(z)) - z|\u{b2}: keeps z where encoding the decoded shape leads back to it, \
         differentiated through both networks; 1 is usual, 0 adds nothing."
        ),
        &mut spec.align,
        0.0..=1e6,
        0.01,
    );
    number(
        ui,
        text!("Inside the data"),
        text!(
            "The weight of how far z lies outside the data; 1 is usual, 0 adds nothing. Where a prediction is sought it \
         counts in standard deviations of what is sought; there 10 is usual, and outside begins at the density that \
         three quarters of the held-out rows keep."
        ),
        &mut spec.inside,
        0.0..=1e6,
        0.1,
    );
}

/// The number of constraints in words.
pub fn constraints_in_words(spec: &ObjectiveSpec) -> Text {
    match spec.constraints.len() {
        0 => text!("none"),
        number => Text::verbatim(number.to_string()),
    }
}

/// The constraints that a shape must satisfy to be an answer.
pub fn constraints(ui: &mut Ui, spec: &mut ObjectiveSpec, state: &State) {
    let mut removed = None;
    for (index, constraint) in spec.constraints.iter_mut().enumerate() {
        if card(ui, |ui| constraint_card(ui, index, constraint, state)) {
            removed = Some(index);
        }
    }
    removed.map(|index| spec.constraints.remove(index));
    let another = ui
        .add_enabled(spec.constraints.len() < MAX_CONSTRAINTS, Button::new(text!("+ Constraint")));
    if another
        .on_hover_text(text!(
            "Only a shape that keeps every constraint can be an answer; breaking one costs"
        ))
        .clicked()
    {
        let quantity = if state.shows_table() { state.quantity() } else { Quantity::AREA };
        let bound = state.usual_target(quantity);
        spec.constraints.push(Constraint { quantity, relation: Relation::AtLeast, bound });
    }
}

fn constraint_card(ui: &mut Ui, index: usize, constraint: &mut Constraint, state: &State) -> bool {
    let number = index + 1;
    let before = constraint.quantity;
    let removed = with_cross(ui, text!("Remove constraint {number}", number), |ui| {
        let menu = menu(ui, ("constrained", index), MENU, &mut constraint.quantity, state);
        menu.on_hover_text(state.about(constraint.quantity))
            .accessible_name(text!("Constrained {number}", number));
    });
    if constraint.quantity != before {
        constraint.bound = state.usual_target(constraint.quantity);
    }
    ui.horizontal(|ui| {
        let words = |relation| {
            if relation == Relation::AtLeast { text!("at least") } else { text!("at most") }
        };
        let combo = ComboBox::from_id_salt(("relation", index))
            .selected_text(words(constraint.relation))
            .width(80.0);
        let response = combo.show_ui(ui, |ui| {
            for choice in [Relation::AtLeast, Relation::AtMost] {
                ui.selectable_value(&mut constraint.relation, choice, words(choice));
            }
        });
        response.response.accessible_name(text!("Side {number}", number));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let speed = 0.005 * constraint.bound.abs().max(1e-3);
            let bound = DragValue::new(&mut constraint.bound)
                .range(-1e9..=1e9)
                .speed(speed)
                .max_decimals(6)
                .update_while_editing(false);
            ui.add_sized([72.0, 28.0], bound)
                .on_hover_text(text!("The bound, in the property's unit"))
                .accessible_name(text!("Bound {number}", number));
        });
    });
    removed
}
