//! The plan of the next latent path, and new shapes.

use crate::explore::latent_path::curve::{MOST_RADIUS, MOST_TURNS, PathKind, usual_radius};
use crate::model::PointRef;
use crate::session::models::Prepared;
use crate::session::path_plan::{Anchor, PathPlan};
use crate::session::tour::Touring;
use crate::session::{Command, State};
use crate::ui::action::Actions;
use crate::ui::widgets::{heading, number, row, segments};
use egui::{Button, ComboBox, Ui, vec2};

const KINDS: [(PathKind, &str, &str); 4] = [
    (
        PathKind::Line,
        "Line",
        "Straight from one place to another; Shift-click the map does the same",
    ),
    (PathKind::Circle, "Circle", "Once around a place, parallel to the map"),
    (PathKind::Spiral, "Spiral", "Around a place and outwards, parallel to the map"),
    (
        PathKind::Axis,
        "Axis",
        "One coordinate of z from the 1st to the 99th percentile of the data, the others held",
    ),
];
const RADIUS: &str = "How far the way goes from its middle, in latent units";

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let Some((_, entry)) = state.shown() else { return };
    let prepared = &entry.prepared;
    heading(ui, "Walk");
    let mut plan = state.tours.plan.clone();
    segments(ui, &mut plan.kind, &KINDS);
    let place = |ui: &mut Ui, name, tooltip, anchor: &mut Anchor| {
        places(ui, state, prepared, name, tooltip, anchor);
    };
    match plan.kind {
        PathKind::Line => {
            place(ui, "From", "Where the line begins", &mut plan.from);
            place(ui, "To", "Where the line ends", &mut plan.to);
        }
        PathKind::Circle | PathKind::Spiral => {
            place(ui, "Around", "The middle of the way", &mut plan.around);
            radius(ui, &mut plan, prepared);
        }
        PathKind::Axis => {
            place(ui, "Through", "The point whose other coordinates are held", &mut plan.around);
            let last = prepared.model.latent_dim().saturating_sub(1);
            let tooltip = "Which coordinate of z moves, counted from 0";
            number(ui, "Coordinate", tooltip, &mut plan.axis, 0..=last, 0.05);
        }
    }
    if plan.kind == PathKind::Spiral {
        let tooltip = "How often the spiral goes around";
        number(ui, "Turns", tooltip, &mut plan.turns, 0.1..=MOST_TURNS, 0.02);
    }
    if plan != state.tours.plan {
        actions.command(Command::Tour(Touring::Plan(plan)));
    }
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let size = vec2(0.5 * (ui.available_width() - ui.spacing().item_spacing.x), 30.0);
        let walk = ui.add_sized(size, Button::new("Walk"));
        let walk =
            walk.on_hover_text("Follow the way from its beginning while the shape morphs (W)");
        if walk.clicked() {
            actions.command(Command::Tour(Touring::Begin));
        }
        let (name, tooltip) = match &state.tours.drawn {
            None => ("New shapes", "Draw shapes (N) from: "),
            Some(_) => ("New sample", "Draw again, with the next seed (N), from: "),
        };
        let tooltip = format!("{tooltip}{}", prepared.model.card.start.about());
        if ui.add_sized(size, Button::new(name)).on_hover_text(tooltip).clicked() {
            actions.command(Command::Tour(Touring::Draw));
        }
    });
}

fn radius(ui: &mut Ui, plan: &mut PathPlan, prepared: &Prepared) {
    let mut radius = plan.radius.unwrap_or_else(|| usual_radius(prepared.home));
    if number(ui, "Radius", RADIUS, &mut radius, 1e-3..=MOST_RADIUS, 0.01) {
        plan.radius = Some(radius);
    }
}

/// A menu of the points that a latent path can lead to.
fn places(
    ui: &mut Ui,
    state: &State,
    prepared: &Prepared,
    name: &str,
    tooltip: &str,
    anchor: &mut Anchor,
) {
    let named = [PointRef::Mean]
        .into_iter()
        .chain((1..=state.map.pins.len()).map(PointRef::Pin))
        .chain(prepared.model.encoded.names.iter().cloned().map(PointRef::Family));
    let mut choices = vec![Anchor::Kept];
    choices.extend(named.map(Anchor::Named));
    if !choices.contains(anchor) {
        choices.insert(0, anchor.clone());
    }
    row(ui, name, tooltip, |ui| {
        let selected = label(anchor);
        let combo = ComboBox::from_id_salt(("place", name)).selected_text(selected).width(140.0);
        let menu = combo.show_ui(ui, |ui| {
            for choice in choices {
                let text = label(&choice);
                ui.selectable_value(anchor, choice, text);
            }
        });
        menu.response
    });
}

fn label(anchor: &Anchor) -> String {
    match anchor {
        Anchor::Kept => "kept point".to_owned(),
        Anchor::Named(PointRef::Latent(_)) => "clicked point".to_owned(),
        Anchor::Named(PointRef::Pin(pin)) => format!("pin {pin}"),
        Anchor::Named(PointRef::Family(name)) => name.clone(),
        Anchor::Named(PointRef::Mean) => "all data".to_owned(),
        Anchor::Named(other) => other.to_string(),
    }
}
