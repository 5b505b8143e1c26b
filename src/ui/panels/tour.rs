//! The plan of the next latent path, and new shapes.

use crate::explore::latent_path::curve::{MAX_RADIUS, MAX_TURNS, PathKind, usual_radius};
use crate::model::PointRef;
use crate::session::commands::command::Touring;
use crate::session::document::{Anchor, PathPlan};
use crate::session::results::models::Prepared;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::request::Requests;
use crate::ui::widgets::{Buttons, heading, number, row, segments};
use egui::{Button, CollapsingHeader, ComboBox, Ui};

/// The kinds of latent paths, as [`segments`] takes them.
fn kinds() -> [(PathKind, Text, Text); 4] {
    PathKind::ALL.map(|kind| {
        let about = match kind {
            PathKind::Line => {
                text!("Straight from one point to another; Shift-click the map does the same")
            }
            PathKind::Circle => text!("Once around a point, parallel to the map"),
            PathKind::Spiral => text!("Around a point and outwards, parallel to the map"),
            PathKind::Axis => text!(
                "One coordinate of z from the 1st to the 99th percentile of the data, the others fixed"
            ),
        };
        (kind, kind.label(), about)
    })
}

/// Shows the section.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some((_, entry)) = state.shown() else { return };
    let prepared = &entry.prepared;
    heading(ui, text!("Latent path"));
    let about = prepared.model.card.start.about();
    let keys = UiCommand::NewShapes.keys();
    let draw = match &state.tours.drawn {
        None => text!("Draw samples ({keys}) from: {about}", keys, about),
        Some(_) => text!("Draw again, with the next seed ({keys}), from: {about}", keys, about),
    };
    let buttons =
        [(UiCommand::PlayPath, UiCommand::PlayPath.tooltip()), (UiCommand::NewShapes, draw)];
    let names = buttons.each_ref().map(|(command, _)| command.title(state).to_string());
    let side_by_side = Buttons { size: 15.0, margin: 6.0, gap: ui.spacing().item_spacing.x };
    side_by_side.fill(ui, &names, |ui, index, text, width| {
        let (command, tooltip) = &buttons[index];
        let button = ui.add_sized([width, 30.0], Button::new(text));
        if button.on_hover_text(tooltip.clone()).clicked() {
            command.request(state, actions);
        }
    });
    let mut plan = state.path_plan().clone();
    let title = text!("Path: {kind}", kind = plan.kind.label());
    CollapsingHeader::new(title).id_salt("path").show_unindented(ui, |ui| {
        segments(ui, &mut plan.kind, &kinds());
        let place = |ui: &mut Ui, id, name, tooltip, anchor: &mut Anchor| {
            places(ui, state, prepared, id, [name, tooltip], anchor);
        };
        match plan.kind {
            PathKind::Line => {
                place(ui, "from", text!("From"), text!("Where the line begins"), &mut plan.from);
                place(ui, "to", text!("To"), text!("Where the line ends"), &mut plan.to);
            }
            PathKind::Circle | PathKind::Spiral => {
                place(
                    ui,
                    "around",
                    text!("Around"),
                    text!("The centre of the path"),
                    &mut plan.around,
                );
                radius(ui, &mut plan, prepared);
            }
            PathKind::Axis => {
                place(
                    ui,
                    "through",
                    text!("Through"),
                    text!("The point whose other coordinates are kept"),
                    &mut plan.around,
                );
                let last = prepared.model.latent_dim().saturating_sub(1);
                let tooltip = text!("Which coordinate of z moves, counted from 0");
                number(ui, text!("Coordinate"), tooltip, &mut plan.axis, 0..=last, 0.05);
            }
        }
        if plan.kind == PathKind::Spiral {
            let tooltip = text!("How often the spiral goes around");
            number(ui, text!("Turns"), tooltip, &mut plan.turns, 0.1..=MAX_TURNS, 0.02);
        }
    });
    if plan != state.path_plan() {
        actions.command(Command::Tour(Touring::Plan(plan)));
    }
}

fn radius(ui: &mut Ui, plan: &mut PathPlan, prepared: &Prepared) {
    let mut radius = plan.radius.unwrap_or_else(|| usual_radius(prepared.home));
    if number(ui, text!("Radius"), about_radius(), &mut radius, 1e-3..=MAX_RADIUS, 0.01) {
        plan.radius = Some(radius);
    }
}

/// A menu of the points that a latent path can lead to.
fn places(
    ui: &mut Ui,
    state: &State,
    prepared: &Prepared,
    id: &str,
    [name, tooltip]: [Text; 2],
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
        let combo = ComboBox::from_id_salt(("place", id)).selected_text(selected).width(140.0);
        let menu = combo.show_ui(ui, |ui| {
            for choice in choices {
                let text = label(&choice);
                ui.selectable_value(anchor, choice, text);
            }
        });
        menu.response
    });
}

fn label(anchor: &Anchor) -> Text {
    match anchor {
        Anchor::Kept => text!("kept point"),
        Anchor::Named(PointRef::Latent(_)) => text!("clicked point"),
        Anchor::Named(PointRef::Pin(pin)) => text!("pin {pin}", pin),
        Anchor::Named(PointRef::Family(name)) => Text::verbatim(name),
        Anchor::Named(PointRef::Mean) => text!("all data"),
        Anchor::Named(other) => Text::verbatim(other.to_string()),
    }
}

fn about_radius() -> Text {
    text!("How far the path is from its centre, in latent units")
}
