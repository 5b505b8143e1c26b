//! The penalties, the constraints, and the source of the values of a search.

use super::objective::{card, property_menu, with_cross};
use crate::data::property::Property;
use crate::objective::{Constraint, ObjectiveSpec, Relation, ValueSource};
use crate::session::State;
use crate::ui::widgets::{note, number};
use egui::{Align, Button, ComboBox, DragValue, Layout, Ui, vec2};

/// With more constraints than this there is hardly any valid answer.
const MOST: usize = 6;

/// The penalty that keeps answers inside the data, the only one outside of the folded group.
pub fn inside(ui: &mut Ui, spec: &mut ObjectiveSpec) {
    let mut on = spec.inside > 0.0;
    let tooltip = "Add to the loss how far z lies outside the data, so that the search keeps to shapes \
                   that the model knows. Without it a climb may cheat: the value rises where the model \
                   was never trained. Its weight is under More, Penalties.";
    if ui.checkbox(&mut on, "Stay inside the data").on_hover_text(tooltip).changed() {
        let usual = match spec.predicts() {
            true => ObjectiveSpec::USUAL_INSIDE_OF_PREDICTIONS,
            false => ObjectiveSpec::USUAL_INSIDE,
        };
        spec.inside = if on { usual } else { 0.0 };
    }
    if spec.terms.iter().any(|term| spec.reads_head(term.property)) {
        let tooltip = "Seek the mean of the head's members less their standard deviation (of a minimum the mean and \
                       the deviation): the search keeps to where they agree. The interval comes from a judge that no \
                       search sees, with caution and without.";
        ui.checkbox(&mut spec.cautious, "Cautious").on_hover_text(tooltip);
    }
}

/// The state of the penalties in a few words.
pub fn penalties_in_words(spec: &ObjectiveSpec) -> &'static str {
    match (spec.l2 > 0.0, spec.align > 0.0) {
        (false, false) => "none",
        (true, false) => "L2",
        (false, true) => "alignment",
        (true, true) => "L2, alignment",
    }
}

/// The weights of the penalties; 0 adds nothing.
pub fn penalties(ui: &mut Ui, spec: &mut ObjectiveSpec) {
    number(
        ui,
        "L2",
        "l |z|\u{b2}: keeps z near the origin, where most of the data lie; 0.01 is usual, 0 adds nothing. \
         It knows nothing of the gaps between the data.",
        &mut spec.l2,
        0.0..=1e6,
        0.001,
    );
    number(
        ui,
        "Alignment",
        "a |encode(decode(z)) - z|\u{b2}: keeps z where encoding the decoded shape leads back to it, \
         differentiated through both networks; 1 is usual, 0 adds nothing.",
        &mut spec.align,
        0.0..=1e6,
        0.01,
    );
    number(
        ui,
        "Inside the data",
        "The weight of how far z lies outside the data; 1 is usual, 0 adds nothing. Where a prediction is sought it \
         counts in standard deviations of what is sought; there 10 is usual, and outside begins at the density that \
         three quarters of the held-out shapes keep.",
        &mut spec.inside,
        0.0..=1e6,
        0.1,
    );
}

/// The number of constraints in words.
pub fn constraints_in_words(spec: &ObjectiveSpec) -> String {
    match spec.constraints.len() {
        0 => "none".to_owned(),
        some => some.to_string(),
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
    let another = ui.add_enabled(spec.constraints.len() < MOST, Button::new("+ Constraint"));
    if another
        .on_hover_text(
            "Only a shape that keeps every constraint can be an answer; breaking one costs",
        )
        .clicked()
    {
        let property = Property::Area;
        let bound = state.usual_target(property);
        spec.constraints.push(Constraint { property, relation: Relation::AtLeast, bound });
    }
}

fn constraint_card(ui: &mut Ui, index: usize, constraint: &mut Constraint, state: &State) -> bool {
    let name = |what: &str| format!("{what} {}", index + 1);
    let before = constraint.property;
    let removed = with_cross(ui, &name("Remove constraint"), |ui| {
        let menu = property_menu(ui, &name("constrained"), &mut constraint.property, state);
        menu.on_hover_text(constraint.property.about()).accessible_name(name("Constrained"));
    });
    if constraint.property != before {
        constraint.bound = state.usual_target(constraint.property);
    }
    ui.horizontal(|ui| {
        let words = |relation| if relation == Relation::AtLeast { "at least" } else { "at most" };
        let combo = ComboBox::from_id_salt(name("relation"))
            .selected_text(words(constraint.relation))
            .width(80.0);
        let response = combo.show_ui(ui, |ui| {
            for choice in [Relation::AtLeast, Relation::AtMost] {
                ui.selectable_value(&mut constraint.relation, choice, words(choice));
            }
        });
        response.response.accessible_name(name("Side"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let speed = 0.005 * constraint.bound.abs().max(1e-3);
            let bound = DragValue::new(&mut constraint.bound)
                .range(-1e9..=1e9)
                .speed(speed)
                .max_decimals(6)
                .update_while_editing(false);
            ui.add_sized([72.0, 28.0], bound)
                .on_hover_text("The bound, in the property's unit")
                .accessible_name(name("Bound"));
        });
    });
    removed
}

/// The source of the values: computed, or predicted if the model has a head for every term.
pub fn read_by(ui: &mut Ui, spec: &mut ObjectiveSpec, state: &State) {
    let Some((_, entry)) = state.shown() else { return };
    if spec.terms.iter().all(|term| term.property.is_target()) {
        note(ui, "Value: what was measured is read off its head.");
        return;
    }
    let mut properties = spec.terms.iter().map(|term| term.property);
    let missing = properties.find(|property| entry.prepared.model.head(*property).is_none());
    ui.label("Value").on_hover_text("Which numbers are climbed");
    let width = 0.5 * (ui.available_width() - 4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut choice = |by: ValueSource, label: &str, enabled: bool| {
            let button = Button::selectable(spec.by == by, label)
                .min_size(vec2(width, 28.0))
                .frame_when_inactive(true);
            let response = ui.add_enabled(enabled, button);
            if response.clicked() {
                spec.by = by;
            }
            response
        };
        choice(ValueSource::Geometry, "Geometry", true).on_hover_text(
            "The exact geometry of the decoded shape, differentiated through the decoder",
        );
        let head = choice(ValueSource::Head, "Head", missing.is_none());
        match missing {
            None => head.on_hover_text(
                "f(z) = head(z): what a small network predicts from z, without decoding",
            ),
            Some(property) => head.on_disabled_hover_text(format!(
                "The model has no head for {}. Train has one learn it: \"Predict properties\".",
                property.word()
            )),
        };
    });
}
