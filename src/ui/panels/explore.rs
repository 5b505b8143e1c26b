//! Exploring: the quantity of the map's colours, and the selected point.

use super::heads;
use crate::explore::three_digits;
use crate::nn::autoencoder::Output;
use crate::nn::loss::Reconstruction;
use crate::session::screen::selection::MapPoint;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::request::Requests;
use crate::ui::widgets::{fact, heading, note, number, primary};
use egui::{Button, CollapsingHeader, Ui, vec2};

pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    heading(ui, text!("Colour by"));
    for quantity in state.colour_choices() {
        let chosen = state.quantity() == quantity;
        let button =
            Button::selectable(chosen, quantity.label()).min_size(vec2(ui.available_width(), 28.0));
        if ui.add(button).on_hover_text(state.about(quantity)).clicked() {
            actions.command(Command::SetQuantity(quantity));
        }
    }
    heads::wanted(ui, state, &[state.quantity()], actions);
    super::tour::show(ui, state, actions);
    point(ui, state, actions);
    button(ui, UiCommand::DrawShape, state, actions);
    // No control changes the description of the model, so it is folded.
    CollapsingHeader::new(text!("Model")).id_salt("model").show(ui, |ui| model(ui, state));
}

fn point(ui: &mut Ui, state: &State, actions: &mut Requests) {
    heading(ui, text!("Point"));
    let Some((_, entry)) = state.shown() else { return };
    match &state.map.picked {
        Some(picked) => {
            let mut at = picked.at;
            let mut changed = false;
            let exact = entry.prepared.projection.is_exact();
            let names = match exact {
                true => ["z0", "z1"].map(Text::verbatim),
                false => [text!("First axis"), text!("Second axis")],
            };
            for (k, name) in names.into_iter().enumerate() {
                let tooltip = if exact {
                    text!("A coordinate of the latent point; drag or type")
                } else {
                    text!("The place on the plane of largest variance (PCA); drag or type")
                };
                changed |= number(ui, name, tooltip, &mut at[k], -1e3..=1e3, 0.01);
            }
            if changed {
                actions.command(Command::Pick(at));
            }
            ui.add_space(4.0);
            let from = UiCommand::OptimiseFrom;
            if primary(ui, from.label(), from.tooltip()).clicked() {
                actions.command(Command::SearchFrom(MapPoint::Selected));
            }
            button(ui, UiCommand::Pin, state, actions);
        }
        None => {
            note(ui, text!("Click the map to keep a point; arrow keys move it."));
        }
    }
}

fn button(ui: &mut Ui, command: UiCommand, state: &State, actions: &mut Requests) {
    if ui.button(command.label()).on_hover_text(command.tooltip()).clicked() {
        command.request(state, actions);
    }
}

fn model(ui: &mut Ui, state: &State) {
    let Some((_, entry)) = state.shown() else { return };
    let model = &entry.prepared.model;
    let names = &model.encoded.names;
    fact(ui, text!("Families"), names.len().to_string(), names.join(", "));
    if let Some(source) = &model.card.source {
        fact(
            ui,
            text!("Shapes"),
            source.samples().to_string(),
            text!("Outlines that it was trained on and tested with"),
        );
    }
    let Some(training) = model.card.training() else { return };
    let loss = match training.loss {
        Reconstruction::Mse => "MSE",
        Reconstruction::Bce => "BCE",
    };
    fact(ui, text!("Loss"), loss, text!("How far a reconstruction is from the original"));
    fact(
        ui,
        text!("Beta"),
        three_digits(training.beta),
        text!("The weight of regularity against reconstruction: the factor of the KL term"),
    );
    let output = match training.output {
        Output::Linear => text!("linear"),
        Output::Sigmoid => text!("sigmoid"),
    };
    fact(ui, text!("Output"), output, text!("The last function of the decoder"));
    if let Some(error) = model.card.record().and_then(|e| e.held_out_reconstruction) {
        fact(
            ui,
            text!("Reconstruction loss (validation)"),
            three_digits(error),
            text!(
                "The loss above on shapes that were held out of training, summed over the numbers of a shape, in the network's units"
            ),
        );
    }
}
