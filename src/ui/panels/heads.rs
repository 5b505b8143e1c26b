//! Task heads: the ones trained jointly with a model, and the ones that the shown model has or can learn.

use crate::data::property::Property;
use crate::explore::{brief, three_digits};
use crate::model::head::HeadCard;
use crate::model::training_config::TrainingConfig;
use crate::session::jobs::registry::RunId;
use crate::session::models::ModelEntry;
use crate::session::{Command, State};
use crate::ui::action::Actions;
use crate::ui::jobs::thin_bar;
use crate::ui::panels::rediscover;
use crate::ui::widgets::{note, number, row};
use egui::{Align, Button, CollapsingHeader, Layout, RichText, Ui};

const LEARN: &str = "Train a small network, z \u{2192} 64 \u{2192} 32 \u{2192} 1, to predict it; the model \
                     itself stays as it is. Takes seconds.";

/// The heads of the next training, and their weight.
pub fn trained_along(ui: &mut Ui, config: &mut TrainingConfig, state: &State) {
    ui.label("Predict along").on_hover_text(
        "Task heads: small networks on z that learn a property together with the model, so that \
         the latent keeps what the property needs",
    );
    for property in state.learnable() {
        let mut wanted = config.heads.contains(&property);
        let tooltip = property.about();
        if row(ui, &brief(property.label(), 24), tooltip, |ui| ui.checkbox(&mut wanted, ""))
            .changed()
        {
            if wanted {
                config.heads.push(property);
            } else {
                config.heads.retain(|other| *other != property);
            }
        }
    }
    // Sorted, since the order of the clicks must not change the model.
    config.heads.sort();
    if !config.heads.is_empty() {
        let tooltip = "How much the heads' errors count beside the other losses: more, and the latent \
                       orders itself by these properties at the cost of detail";
        number(ui, "Head weight", tooltip, &mut config.head_weight, 0.001..=1000.0, 0.05);
    }
}

/// The heads of the shown model, a button for each missing one, and the progress of the training of heads.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let Some((id, entry)) = state.shown() else { return };
    let learning = state.training.run.is_some() && state.training.model == Some(id);
    let section = CollapsingHeader::new("Predict properties").show_unindented(ui, |ui| {
        match &state.heads {
            Some(heads) => under_way(ui, state, heads.run, actions),
            None => _ = note(ui, "What the shown model can tell from z alone, without decoding:"),
        }
        let model = &entry.prepared.model;
        let properties = model.properties();
        let missing: Vec<Property> =
            properties.iter().copied().filter(|p| model.head(*p).is_none()).collect();
        ui.add_enabled_ui(!learning && state.heads.is_none(), |ui| {
            for &property in &properties {
                match model.head(property) {
                    Some(head) => known(ui, entry, &head.card),
                    None => unknown(ui, property, actions),
                }
            }
            if missing.len() > 1
                && ui
                    .button("Learn all")
                    .on_hover_text("Train every head that is missing")
                    .clicked()
            {
                actions.command(Command::TrainHeads(missing));
            }
            if state.rediscovery.as_ref().is_none_or(|test| test.run.is_none()) {
                let mut predicted = properties;
                predicted.retain(|property| model.head(*property).is_some());
                rediscover::ask(ui, &predicted, actions);
            }
        });
        rediscover::show(ui, state, actions);
    });
    // Scrolls once to a section that was unfolded at the lower end.
    let key = section.header_response.id.with("open");
    let open = section.fully_open();
    let was_open =
        ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default::<bool>(key), open));
    if open && !was_open {
        section.header_response.scroll_to_me(Some(Align::Min));
    }
}

/// The properties among these that cannot be predicted without a head yet, and the button that trains it; nothing if
/// there are none.
pub fn wanted(ui: &mut Ui, state: &State, properties: &[Property], actions: &mut Actions) {
    let Some((id, entry)) = state.shown() else { return };
    let model = &entry.prepared.model;
    let Some(&property) = properties.iter().find(|p| !model.can_tell(**p)) else { return };
    let name = property.label();
    if !model.properties().contains(&property) {
        note(
            ui,
            format!(
                "This model knows no {name}: it was not measured of its data. Choose another property."
            ),
        );
        return;
    }
    let learning = state.training.run.is_some() && state.training.model == Some(id);
    match &state.heads {
        Some(heads) => under_way(ui, state, heads.run, actions),
        None if learning => {
            _ = note(ui, format!("A head can learn {name} once the model has finished."))
        }
        None => {
            note(ui, format!("No head tells {name} of other shapes yet."));
            let button = ui.button(format!("Learn {}", brief(name, 20)));
            if button.on_hover_text(LEARN).clicked() {
                actions.command(Command::TrainHeads(vec![property]));
            }
        }
    }
}

fn under_way(ui: &mut Ui, state: &State, run: RunId, actions: &mut Actions) {
    ui.horizontal(|ui| {
        let stop = ui.button("Stop heads");
        if stop.on_hover_text("Keep the heads that are whole (Esc)").clicked() {
            actions.command(Command::Stop(run));
        }
        note(ui, state.jobs.progress(Some(run)).words);
    });
    thin_bar(ui, state, Some(run));
}

fn unknown(ui: &mut Ui, property: Property, actions: &mut Actions) {
    ui.horizontal(|ui| {
        ui.label(brief(property.label(), 20)).on_hover_text(property.about());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = ui.add(Button::new("Learn")).on_hover_text(LEARN);
            if button.accessible_name(format!("Learn {}", property.name())).clicked() {
                actions.command(Command::TrainHeads(vec![property]));
            }
        });
    });
}

fn known(ui: &mut Ui, entry: &ModelEntry, card: &HeadCard) {
    let error = entry.prepared.model.with_unit(card.property, &three_digits(card.rmse));
    let value = format!("R\u{b2} {:.3}  \u{b1}{error}", card.r2);
    let on = if entry.prepared.model.encoded.held_out.contains(&true) {
        "shapes held out of training"
    } else {
        "the training shapes, as none is held out"
    };
    let trained =
        if card.joint { "along with the model" } else { "afterwards, on the frozen model" };
    let unit = |value: f64| entry.prepared.model.with_unit(card.property, &three_digits(value));
    let judged = card.judge.as_ref().and_then(|judge| {
        let (coverage, half) = (judge.coverage?, judge.half_width?);
        Some(format!(
            "\n\nIts 90 % intervals, of a judge that learned apart from it and that no search sees, hold {:.0} % of {} \
             test rows and reach {} to either side there.",
            100.0 * coverage,
            judge.tested,
            unit(half)
        ))
    });
    let judged = judged.unwrap_or_default();
    let members = match card.members {
        1 => "one network".to_owned(),
        some => format!("the mean of {some} networks"),
    };
    let tooltip = format!(
        "{}: {members}, trained {trained}, measured on {on}.\n\n\
         R\u{b2} is the share of the variation that it explains: 1 is perfect, 0 no better than always \
         saying the mean. 0.95 is usual; less means that the latent has lost what the property \
         depends on, as two numbers lose the exact size of a shape, and with it the area.\n\n\
         \u{b1} is the RMSE, the size of its usual error in the property\u{2019}s own unit.{judged}",
        card.property.label()
    );
    ui.horizontal(|ui| {
        let room = 33usize.saturating_sub(value.chars().count()).max(6);
        ui.label(brief(card.property.label(), room)).on_hover_text(&tooltip);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(value).small()).on_hover_text(tooltip);
        });
    });
}
