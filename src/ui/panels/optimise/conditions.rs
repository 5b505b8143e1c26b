//! The penalties, the constraints, and the source of the values of a search.

use super::objective::{card, with_cross};
use crate::data::quantity::Quantity;
use crate::objective::{Constraint, ObjectiveSpec, Relation};
use crate::session::State;
use crate::text;
use crate::text::Text;
use crate::ui::panels::quantities::{MENU, menu};
use crate::ui::widgets::{note, number};
use egui::{Align, Button, ComboBox, DragValue, Key, Label, Layout, TextEdit, Ui};

/// With more constraints than this there is hardly any valid answer.
const MAX_CONSTRAINTS: usize = 6;
/// The width of the cross at the end of a line, with its gap.
const CROSS: f32 = 36.0;

/// The penalty that keeps answers inside the data, the only one outside of the folded group.
pub fn inside(ui: &mut Ui, spec: &mut ObjectiveSpec) {
    let mut on = spec.inside > 0.0;
    let tooltip = text!(
        "Add to the loss how far z lies outside the data, so that the search keeps to what \
                   the model knows. Without it a search may cheat: the value improves where the model \
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
            "a |encode(decode(z)) - z|\u{b2}: keeps z where encoding the decoded row leads back to it, \
         differentiated through both networks; 1 is usual, 0 adds nothing. Where a prediction is sought it counts in standard \
         deviations of what is sought; behind a tanh 0.5 is usual there."
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
    match spec.constraints.len() + spec.columns.len() {
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
            "Only a row that keeps every constraint can be an answer; breaking one costs"
        ))
        .clicked()
    {
        let quantity = if state.shows_table() { state.quantity() } else { Quantity::AREA };
        let bound = state.usual_target(quantity);
        spec.constraints.push(Constraint { quantity, relation: Relation::AtLeast, bound });
    }
}

/// The conditions on columns of a table, each a line with a cross, and a field for another one.
pub fn columns(ui: &mut Ui, spec: &mut ObjectiveSpec, state: &State) {
    let mut removed = None;
    for (index, condition) in spec.columns.iter().enumerate() {
        let about = text!("Remove {condition}", condition = condition.to_string());
        let line = |ui: &mut Ui| {
            ui.set_max_width(ui.available_width() - CROSS);
            ui.add(Label::new(condition.to_string()).truncate());
        };
        if with_cross(ui, about, |ui| _ = ui.scope(line)) {
            removed = Some(index);
        }
    }
    removed.map(|index| spec.columns.remove(index));
    let id = ui.scope_id().with("typed");
    let mut entry: TypedCondition = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let field = TextEdit::singleline(&mut entry.typed)
        .hint_text(text!("column = 3, or 0 <= column <= 1").to_string())
        .desired_width(f32::INFINITY);
    let tooltip = text!(
        "Hold a column at a value (column=3, lattice=fcc), between two ends (0<=column<=1), or the sum of several \
         (a+b+c=1), in the units of the table; press Enter. In the input space it is kept exactly, in the latent space \
         breaking it costs."
    );
    let field = ui.add(field).on_hover_text(tooltip).accessible_name(text!("Condition on columns"));
    if field.changed() {
        entry.problem = None;
    }
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        entry.problem = state.add_condition(spec, &entry.typed).err();
        if entry.problem.is_none() {
            entry.typed.clear();
        }
    }
    entry.problem.iter().for_each(|problem| _ = note(ui, problem.clone()));
    ui.data_mut(|data| data.insert_temp(id, entry));
}

/// A condition while it is typed, and the reason why it was refused.
#[derive(Clone, Default)]
struct TypedCondition {
    typed: String,
    problem: Option<Text>,
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
