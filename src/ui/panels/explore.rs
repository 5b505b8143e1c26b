//! Exploring: the quantity of the map's colours, and the selected point.

use super::{heads, plane, quantities};
use crate::explore::three_digits;
use crate::model::Model;
use crate::nn::autoencoder::Output;
use crate::nn::loss::Reconstruction;
use crate::session::screen::selection::MapPoint;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::request::Requests;
use crate::ui::widgets::{fact, heading, note, number, primary, wide_button};
use egui::{Button, CollapsingHeader, Ui, vec2};

/// The most quantities with a button each; more are in a menu.
const MAX_BUTTONS: usize = 12;

pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    heading(ui, text!("Colour by"));
    colours(ui, state, actions);
    plane::show(ui, state, actions);
    heads::wanted(ui, state, &[state.quantity()], actions);
    super::tour::show(ui, state, actions);
    point(ui, state, actions);
    let draw = UiCommand::DrawShape;
    let button = wide_button(draw.label(), ui);
    let drawing = ui.add_enabled(draw.is_offered(state), button);
    let why = state.only_for_outlines().unwrap_or_default();
    if drawing.on_hover_text(draw.tooltip()).on_disabled_hover_text(why).clicked() {
        draw.request(state, actions);
    }
    // No control changes the description of the model, so it is folded.
    if let Some((_, entry)) = state.shown() {
        let header = CollapsingHeader::new(text!("Model")).id_salt("model");
        header.show(ui, |ui| facts(ui, &entry.prepared.model));
    }
}

/// The quantities for the colours: a button each, or one menu where there are many.
fn colours(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let choices = state.colour_choices();
    if choices.len() > MAX_BUTTONS {
        let mut chosen = state.quantity();
        let width = ui.available_width() - 12.0;
        let menu = quantities::menu(ui, "colour-by", width, &mut chosen, state);
        menu.on_hover_text(state.about(chosen)).accessible_name(text!("Colour by"));
        if chosen != state.quantity() {
            actions.command(Command::SetQuantity(chosen));
        }
        return;
    }
    for quantity in choices {
        let chosen = state.quantity() == quantity;
        let button =
            Button::selectable(chosen, quantity.label()).min_size(vec2(ui.available_width(), 28.0));
        if ui.add(button).on_hover_text(state.about(quantity)).clicked() {
            actions.command(Command::SetQuantity(quantity));
        }
    }
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
                false => entry.prepared.plane.axis_names(),
            };
            for (k, name) in names.into_iter().enumerate() {
                let tooltip = if exact {
                    text!("A coordinate of the latent point; drag or type")
                } else {
                    text!("The place on the plane of the map; drag or type")
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
    if ui.add(wide_button(command.label(), ui)).on_hover_text(command.tooltip()).clicked() {
        command.request(state, actions);
    }
}

/// Facts of a model: its data, and how it was trained.
pub(in crate::ui) fn facts(ui: &mut Ui, model: &Model) {
    let names = &model.encoded.names;
    let samples = model.card.source.as_ref().map(|source| source.samples().to_string());
    if model.domain().table().is_some() {
        let about = text!("Rows of the table that it was trained on and tested with");
        if let Some(samples) = samples {
            fact(ui, text!("Rows"), samples, about);
        }
        for (name, value) in model.domain().facts() {
            fact(ui, name, value, text!("What a row holds beside its targets"));
        }
    } else {
        fact(ui, text!("Families"), names.len().to_string(), names.join(", "));
        let about = text!("Outlines that it was trained on and tested with");
        if let Some(samples) = samples {
            fact(ui, text!("Shapes"), samples, about);
        }
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
                "The loss above on rows that were held out of training, summed over the numbers of a row, in the network's units"
            ),
        );
    }
}
