//! What is sought: the terms, what is added to their sum, and what must hold.

use crate::data::property::Property;
use crate::objective::{Aim, By, Constraint, Goal, Relation, Term};
use crate::session::State;
use crate::ui::widgets::{Icon, icon_button, number, row, segments};
use egui::{Align, Button, ComboBox, DragValue, Frame, Layout, Margin, RichText, Ui, vec2};

/// More terms than this cannot be weighed against each other.
const MOST_TERMS: usize = 6;
/// The weight that keeps a search inside the data.
const INSIDE: f64 = 10.0;

/// A goal without its target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Max,
    Min,
    Match,
}

const WAYS: [(Way, &str, &str); 3] = [
    (Way::Max, "Maximise", "Climb to the greatest value: minimise the loss -p"),
    (Way::Min, "Minimise", "Descend to the least value: minimise the loss p"),
    (
        Way::Match,
        "Match",
        "Come as near as can be to a value: minimise the loss (p - target)\u{b2}",
    ),
];

impl Way {
    fn of(goal: Goal) -> Self {
        match goal {
            Goal::Max => Self::Max,
            Goal::Min => Self::Min,
            Goal::Target(_) => Self::Match,
        }
    }

    fn label(self) -> &'static str {
        WAYS[self as usize].1
    }
}

/// The heading, and beside it the button that seeks one more property.
pub fn title(ui: &mut Ui, aim: &mut Aim) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new("Climb").heading());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| another_term(ui, aim));
    });
}

fn another_term(ui: &mut Ui, aim: &mut Aim) {
    let another = ui.add_enabled(aim.terms.len() < MOST_TERMS, Button::new("+ Term").small());
    if another
        .on_hover_text(
            "Seek several properties at once. The loss is the sum of each term's loss times its weight; \
             the score is minus that sum. The first term colours the map.",
        )
        .clicked()
    {
        let free = Property::ALL.into_iter().find(|p| aim.terms.iter().all(|t| t.property != *p));
        let property = free.unwrap_or_default();
        aim.terms.push(Term { property, goal: Goal::Max, weight: 1.0 });
    }
}

/// The terms: one as plain controls, several as a card each.
pub fn terms(ui: &mut Ui, aim: &mut Aim, state: &State) {
    if let [term] = aim.terms.as_mut_slice() {
        let before = term.property;
        row(ui, "Property", term.property.about(), |ui| {
            property_menu(ui, "property", &mut term.property)
        });
        retarget(term, before, state);
        let mut way = Way::of(term.goal);
        segments(ui, &mut way, &WAYS);
        settle(term, way, state);
        target(ui, "Target", term, state);
    } else {
        let mut removed = None;
        for (index, term) in aim.terms.iter_mut().enumerate() {
            if card(ui, |ui| term_card(ui, index, term, state)) {
                removed = Some(index);
            }
        }
        removed.map(|index| aim.terms.remove(index));
    }
}

/// Another property has other values to match.
fn retarget(term: &mut Term, before: Property, state: &State) {
    if term.property != before && matches!(term.goal, Goal::Target(_)) {
        term.goal = Goal::Target(state.usual_target(term.property));
    }
}

/// Gives a term its goal, with a target where it has none yet.
fn settle(term: &mut Term, way: Way, state: &State) {
    term.goal = match (way, term.goal) {
        (Way::Max, _) => Goal::Max,
        (Way::Min, _) => Goal::Min,
        (Way::Match, Goal::Target(target)) => Goal::Target(target),
        (Way::Match, _) => Goal::Target(state.usual_target(term.property)),
    };
}

fn target(ui: &mut Ui, name: &str, term: &mut Term, state: &State) {
    if let Goal::Target(value) = &mut term.goal {
        let speed = 0.005 * state.usual_target(term.property).abs().max(1e-3);
        number(ui, name, "The value to match, in the property's unit", value, -1e9..=1e9, speed);
    }
}

/// A term among several; whether it is taken out.
fn term_card(ui: &mut Ui, index: usize, term: &mut Term, state: &State) -> bool {
    let name = |what: &str| format!("{what} {}", index + 1);
    let before = term.property;
    let removed = with_cross(ui, &name("Remove term"), |ui| {
        let menu = property_menu(ui, &name("property"), &mut term.property);
        menu.on_hover_text(term.property.about()).accessible_name(name("Property"));
    });
    retarget(term, before, state);
    ui.horizontal(|ui| {
        let mut way = Way::of(term.goal);
        let combo = ComboBox::from_id_salt(name("goal")).selected_text(way.label()).width(100.0);
        let response = combo.show_ui(ui, |ui| {
            for (choice, label, about) in WAYS {
                ui.selectable_value(&mut way, choice, label).on_hover_text(about);
            }
        });
        response.response.accessible_name(name("Goal"));
        settle(term, way, state);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let weight = DragValue::new(&mut term.weight)
                .range(1e-6..=1e6)
                .speed(0.01)
                .max_decimals(6)
                .prefix("\u{d7} ")
                .update_while_editing(false);
            ui.add_sized([72.0, 28.0], weight)
                .on_hover_text("The weight of this term in the sum")
                .accessible_name(name("Weight"));
        });
    });
    target(ui, &name("Target"), term, state);
    removed
}

/// Something on a ground of its own.
fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let fill = ui.visuals().faint_bg_color;
    let frame = Frame::new().fill(fill).corner_radius(6).inner_margin(Margin::symmetric(8, 6));
    frame.show(ui, add).inner
}

/// A line with a cross at its right end; whether that was pressed.
fn with_cross(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) -> bool {
    ui.horizontal(|ui| {
        add(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            icon_button(ui, Icon::Close, name).clicked()
        })
        .inner
    })
    .inner
}

fn property_menu(ui: &mut Ui, id: &str, property: &mut Property) -> egui::Response {
    let combo = ComboBox::from_id_salt(id).selected_text(property.label()).width(130.0);
    combo
        .show_ui(ui, |ui| {
            for choice in Property::ALL {
                ui.selectable_value(property, choice, choice.label()).on_hover_text(choice.about());
            }
        })
        .response
}

/// The one penalty that everybody needs.
pub fn inside(ui: &mut Ui, aim: &mut Aim) {
    let mut on = aim.inside > 0.0;
    let tooltip = "Add to the loss how far z lies outside the data, so that the search keeps to shapes \
                   that the model knows. Without it a climb may cheat: the value rises where the model \
                   was never trained. Its weight is under More, Penalties.";
    if ui.checkbox(&mut on, "Stay inside the data").on_hover_text(tooltip).changed() {
        aim.inside = if on { INSIDE } else { 0.0 };
    }
}

/// How the penalties stand, in few words.
pub fn penalties_in_words(aim: &Aim) -> &'static str {
    match (aim.l2 > 0.0, aim.align > 0.0) {
        (false, false) => "none",
        (true, false) => "L2",
        (false, true) => "alignment",
        (true, true) => "L2, alignment",
    }
}

/// The weights of what is added to the sum; 0 adds nothing.
pub fn penalties(ui: &mut Ui, aim: &mut Aim) {
    number(
        ui,
        "L2",
        "l |z|\u{b2}: keeps z near the origin, where most of the data lie; 0.01 is usual, 0 adds nothing. \
         It knows nothing of the gaps between the data.",
        &mut aim.l2,
        0.0..=1e6,
        0.001,
    );
    number(
        ui,
        "Alignment",
        "a |encode(decode(z)) - z|\u{b2}: keeps z where encoding the decoded shape leads back to it, \
         differentiated through both networks; 1 is usual, 0 adds nothing.",
        &mut aim.align,
        0.0..=1e6,
        0.01,
    );
    number(
        ui,
        "Inside the data",
        "The weight of how far z lies outside the data; 10 is usual, 0 adds nothing.",
        &mut aim.inside,
        0.0..=1e6,
        0.1,
    );
}

/// How many constraints there are, in words.
pub fn constraints_in_words(aim: &Aim) -> String {
    match aim.constraints.len() {
        0 => "none".to_owned(),
        some => some.to_string(),
    }
}

/// What a shape must keep to be an answer.
pub fn constraints(ui: &mut Ui, aim: &mut Aim, state: &State) {
    let mut removed = None;
    for (index, constraint) in aim.constraints.iter_mut().enumerate() {
        if card(ui, |ui| constraint_card(ui, index, constraint, state)) {
            removed = Some(index);
        }
    }
    removed.map(|index| aim.constraints.remove(index));
    let another = ui.add_enabled(aim.constraints.len() < MOST_TERMS, Button::new("+ Constraint"));
    if another
        .on_hover_text(
            "Only a shape that keeps every constraint can be an answer; breaking one costs",
        )
        .clicked()
    {
        let property = Property::Area;
        let bound = state.usual_target(property);
        aim.constraints.push(Constraint { property, relation: Relation::AtLeast, bound });
    }
}

fn constraint_card(ui: &mut Ui, index: usize, constraint: &mut Constraint, state: &State) -> bool {
    let name = |what: &str| format!("{what} {}", index + 1);
    let before = constraint.property;
    let removed = with_cross(ui, &name("Remove constraint"), |ui| {
        let menu = property_menu(ui, &name("constrained"), &mut constraint.property);
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

/// Which numbers are climbed; heads only where the model has one for every term.
pub fn read_by(ui: &mut Ui, aim: &mut Aim, state: &State) {
    let Some((_, entry)) = state.shown() else { return };
    let mut properties = aim.terms.iter().map(|term| term.property);
    let missing = properties.find(|property| entry.prepared.model.head(*property).is_none());
    ui.label("Value").on_hover_text("Which numbers are climbed");
    let width = 0.5 * (ui.available_width() - 4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut choice = |by: By, label: &str, enabled: bool| {
            let button = Button::selectable(aim.by == by, label)
                .min_size(vec2(width, 28.0))
                .frame_when_inactive(true);
            let response = ui.add_enabled(enabled, button);
            if response.clicked() {
                aim.by = by;
            }
            response
        };
        choice(By::Geometry, "Geometry", true).on_hover_text(
            "The exact geometry of the decoded shape, differentiated through the decoder",
        );
        let head = choice(By::Head, "Head", missing.is_none());
        match missing {
            None => head.on_hover_text(
                "f(z) = head(z): what a small network predicts from z, without decoding",
            ),
            Some(property) => head.on_disabled_hover_text(format!(
                "The model has no head for {}. One is trained on the frozen model by: \
                 latent-explorer heads --model M --property {}",
                property.label().to_lowercase(),
                property.name()
            )),
        };
    });
}
