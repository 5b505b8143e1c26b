//! The objective: one term, or a weighted sum of several.

use crate::data::quantity::Quantity;
use crate::objective::{Goal, ObjectiveSpec, Term};
use crate::session::State;
use crate::text;
use crate::text::Text;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::panels::quantities::{MENU, menu};
use crate::ui::widgets::{number, row, segments};
use egui::{Align, Button, ComboBox, DragValue, Frame, Layout, Margin, Ui};

/// The most terms that can be weighted in the panel.
const MAX_TERMS: usize = 6;

/// A goal without its target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GoalKind {
    Max,
    Min,
    Match,
    Up,
    Down,
}

impl GoalKind {
    /// The goals that a quantity can have, and the present one.
    fn choices(term: &Term, state: &State) -> Vec<Self> {
        let usual = match state.is_of_class(term.quantity) {
            true => [Self::Up, Self::Down, Self::Match],
            false => [Self::Max, Self::Min, Self::Match],
        };
        let own = Some(Self::from_goal(term.goal)).filter(|own| !usual.contains(own));
        usual.into_iter().chain(own).collect()
    }

    fn from_goal(goal: Goal) -> Self {
        match goal {
            Goal::Max => Self::Max,
            Goal::Min => Self::Min,
            Goal::Target(_) => Self::Match,
            Goal::Up => Self::Up,
            Goal::Down => Self::Down,
        }
    }

    fn label(self) -> Text {
        match self {
            Self::Max => text!("Maximise"),
            Self::Min => text!("Minimise"),
            Self::Match => text!("Match"),
            Self::Up => text!("More probable"),
            Self::Down => text!("Less probable"),
        }
    }

    fn about(self) -> Text {
        match self {
            Self::Max => text!("Search for the greatest value: minimise the loss -p"),
            Self::Min => text!("Search for the least value: minimise the loss p"),
            Self::Match => {
                text!("Come as near as possible to a value: minimise the loss (p - target)\u{b2}")
            }
            Self::Up => {
                text!("Move towards this class: minimise the loss -ln p of its probability")
            }
            Self::Down => text!("Move away from this class: minimise the loss -ln (1 - p)"),
        }
    }
}

/// The button that adds a term.
pub fn another_term(ui: &mut Ui, spec: &mut ObjectiveSpec, state: &State) {
    let another = ui.add_enabled(spec.terms.len() < MAX_TERMS, Button::new(text!("+ Term")));
    if another
        .on_hover_text(
            text!("Seek several properties at once. The loss is the sum of each term's loss times its weight; \
             the score is minus that sum. The first term colours the map."),
        )
        .clicked()
    {
        let mut all = state.quantities().into_iter();
        let free = all.find(|p| spec.terms.iter().all(|t| t.quantity != *p));
        let quantity = free.unwrap_or_default();
        spec.terms.push(Term { quantity, goal: Goal::Max, weight: 1.0 });
    }
}

/// The terms: one as plain controls, several as a card each.
pub fn terms(ui: &mut Ui, spec: &mut ObjectiveSpec, state: &State) {
    if let [term] = spec.terms.as_mut_slice() {
        let before = term.quantity;
        row(ui, text!("Property"), state.about(term.quantity), |ui| {
            menu(ui, "property", MENU, &mut term.quantity, state)
        });
        retarget(term, before, state);
        let mut kind = GoalKind::from_goal(term.goal);
        let choices = GoalKind::choices(term, state);
        let choices = choices.into_iter().map(|kind| (kind, kind.label(), kind.about()));
        segments(ui, &mut kind, &choices.collect::<Vec<_>>());
        settle(term, kind, state);
        target(ui, text!("Target"), term, state);
    } else {
        let mut removed = None;
        for (index, term) in spec.terms.iter_mut().enumerate() {
            if card(ui, |ui| term_card(ui, index, term, state)) {
                removed = Some(index);
            }
        }
        removed.map(|index| spec.terms.remove(index));
    }
}

/// Another quantity has other target values, and a class other goals than a number.
fn retarget(term: &mut Term, before: Quantity, state: &State) {
    if term.quantity == before {
        return;
    }
    term.goal = match term.goal {
        Goal::Target(_) => Goal::Target(state.usual_target(term.quantity)),
        goal => goal.for_class(state.is_of_class(term.quantity)),
    };
}

/// Sets the goal of a term, with a default target if it has none yet.
fn settle(term: &mut Term, kind: GoalKind, state: &State) {
    term.goal = match (kind, term.goal) {
        (GoalKind::Max, _) => Goal::Max,
        (GoalKind::Min, _) => Goal::Min,
        (GoalKind::Up, _) => Goal::Up,
        (GoalKind::Down, _) => Goal::Down,
        (GoalKind::Match, Goal::Target(target)) => Goal::Target(target),
        (GoalKind::Match, _) => Goal::Target(state.usual_target(term.quantity)),
    };
}

fn target(ui: &mut Ui, name: Text, term: &mut Term, state: &State) {
    if let Goal::Target(value) = &mut term.goal {
        let speed = 0.005 * state.usual_target(term.quantity).abs().max(1e-3);
        number(
            ui,
            name,
            text!("The value to match, in the property's unit"),
            value,
            -1e9..=1e9,
            speed,
        );
    }
}

/// A term among several; returns whether it is removed.
fn term_card(ui: &mut Ui, index: usize, term: &mut Term, state: &State) -> bool {
    let number = index + 1;
    let before = term.quantity;
    let removed = with_cross(ui, text!("Remove term {number}", number), |ui| {
        let menu = menu(ui, ("property", index), MENU, &mut term.quantity, state);
        menu.on_hover_text(state.about(term.quantity))
            .accessible_name(text!("Property {number}", number));
    });
    retarget(term, before, state);
    ui.horizontal(|ui| {
        let mut kind = GoalKind::from_goal(term.goal);
        let combo =
            ComboBox::from_id_salt(("goal", index)).selected_text(kind.label()).width(100.0);
        let response = combo.show_ui(ui, |ui| {
            for choice in GoalKind::choices(term, state) {
                let about = choice.about();
                ui.selectable_value(&mut kind, choice, choice.label()).on_hover_text(about);
            }
        });
        response.response.accessible_name(text!("Goal {number}", number));
        settle(term, kind, state);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let weight = DragValue::new(&mut term.weight)
                .range(1e-6..=1e6)
                .speed(0.01)
                .max_decimals(6)
                .prefix("\u{d7} ")
                .update_while_editing(false);
            ui.add_sized([72.0, 28.0], weight)
                .on_hover_text(text!("The weight of this term in the sum"))
                .accessible_name(text!("Weight {number}", number));
        });
    });
    target(ui, text!("Target {number}", number), term, state);
    removed
}

/// A group with a background of its own.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let fill = ui.visuals().faint_bg_color;
    let frame = Frame::new().fill(fill).corner_radius(6).inner_margin(Margin::symmetric(8, 6));
    frame.show(ui, add).inner
}

/// A line with a close button at its right end; returns whether that was clicked.
pub fn with_cross(ui: &mut Ui, name: Text, add: impl FnOnce(&mut Ui)) -> bool {
    ui.horizontal(|ui| {
        add(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            icon_button(ui, Icon::Close, name).clicked()
        })
        .inner
    })
    .inner
}
