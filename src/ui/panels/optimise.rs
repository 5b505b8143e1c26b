//! Optimising: what is climbed, from how many starts, and the button that starts it.

use crate::data::property::Property;
use crate::objective::Goal;
use crate::optimise::Rule;
use crate::session::climb::Climb;
use crate::session::walk::Walking;
use crate::session::{Command, State};
use crate::ui::action::{Action, Actions, Sheet};
use crate::ui::race;
use crate::ui::widgets::{heading, note, number, primary, row, segments};
use egui::{Button, ComboBox, Ui};

pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    heading(ui, "Climb");
    let mut config = state.settings.search.clone();
    let goals = [
        (Goal::Max, "Maximise", "Climb to the greatest value: minimise the loss -f(z)"),
        (Goal::Min, "Minimise", "Descend to the least value: minimise the loss f(z)"),
    ];
    if let Some(term) = config.aim.terms.first_mut() {
        property(ui, &mut term.property);
        segments(ui, &mut term.goal, &goals);
    }
    number(
        ui,
        "Restarts",
        "How many starts, drawn from N(0, 1); many, because there are many hills",
        &mut config.restarts,
        1..=10_000,
        0.5,
    );
    number(
        ui,
        "Steps",
        "How many steps of Adam each restart takes",
        &mut config.steps,
        1..=20_000,
        5.0,
    );
    number(
        ui,
        "Step size",
        "Adam's learning rate, in latent units: about the length of the first step in each coordinate",
        &mut config.rate,
        1e-4..=10.0,
        0.005,
    );
    number(
        ui,
        "Seed",
        "The same seed draws the same starts",
        &mut config.seed,
        0..=u64::from(u32::MAX),
        0.1,
    );
    if config != state.settings.search {
        actions.command(Command::SetSearch(config));
    }
    ui.add_space(4.0);
    let climb = state.climb.as_ref();
    if climb.is_some_and(|climb| climb.run.is_some()) {
        if primary(ui, "Stop", "End the climb and keep the ways so far (Esc)").clicked() {
            actions.command(Command::StopClimb);
        }
    } else if primary(ui, "Climb", "Let all restarts climb at once (R)").clicked() {
        actions.command(Command::Climb);
    }
    let point = state.map.picked.as_ref().or(state.map.probe.as_ref()).map(|p| p.at);
    ui.horizontal(|ui| {
        let from_here = ui.add_enabled(point.is_some(), egui::Button::new("From the cursor"));
        let from_here = from_here
            .on_hover_text("Climb from the kept point alone (C, or double-click on the map)");
        if let Some(at) = point.filter(|_| from_here.clicked()) {
            actions.command(Command::ClimbFrom(at));
        }
        let clear = ui.add_enabled(climb.is_some(), egui::Button::new("Clear"));
        if clear.on_hover_text("Take the ways off the map; Ctrl+Z brings them back").clicked() {
            actions.command(Command::ClearClimb);
        }
    });
    race::buttons(ui, state, actions);
    let by_gradient = Rule::of(state.settings.search.method).is_some();
    let by_hand = ui.add_enabled(by_gradient, Button::new("Step by hand"));
    let by_hand = by_hand
        .on_hover_text(
            "Walk one restart from the kept point (or a drawn start) through every stage of the update, \
             with its numbers and its code (B)",
        )
        .on_disabled_hover_text("By hand goes with the methods that follow a gradient step by step");
    if by_hand.clicked() {
        actions.command(Command::Walk(Walking::Begin));
    }
    ui.collapsing("More", |ui| {
        if ui
            .button("Show code\u{2026}")
            .on_hover_text("The lines of PyTorch and the command line that do the same")
            .clicked()
        {
            actions.push(Action::Show(Sheet::Code));
        }
        if ui
            .button("Starts from a file\u{2026}")
            .on_hover_text(
                "A CSV with one latent point a line; dropping the file on the window does the same",
            )
            .clicked()
        {
            actions.push(Action::Show(Sheet::Open(String::new())));
        }
        let report = climb.and_then(Climb::report);
        let copy = ui.add_enabled(report.is_some(), egui::Button::new("Copy the table"));
        let copy = copy.on_hover_text("Every restart in full precision, for a spreadsheet");
        if let Some(report) = report.filter(|_| copy.clicked()) {
            actions.push(Action::Copy(report.table()));
        }
    });
    if climb.is_none() {
        note(
            ui,
            "The model stays as it is; only the latent point z moves, uphill, along the gradient \
             of the property of its decoded shape.",
        );
    }
}

fn property(ui: &mut Ui, property: &mut Property) {
    row(ui, "Property", property.about(), |ui| {
        let combo = ComboBox::from_id_salt("property").selected_text(property.label()).width(130.0);
        combo
            .show_ui(ui, |ui| {
                for choice in Property::ALL {
                    ui.selectable_value(property, choice, choice.label())
                        .on_hover_text(choice.about());
                }
            })
            .response
    });
}
