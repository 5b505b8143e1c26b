//! Task heads: the ones trained jointly with a model, and the ones that the shown model has or can learn.

use crate::data::quantity::Quantity;
use crate::explore::{brief, three_digits};
use crate::model::Model;
use crate::model::heads::card::HeadCard;
use crate::model::heads::score::HeadScore;
use crate::model::training_config::TrainingConfig;
use crate::session::document::ids::{JobId, ModelId};
use crate::session::results::models::ModelEntry;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::jobs::thin_bar;
use crate::ui::panels::rediscover;
use crate::ui::request::{Dialog, Request, Requests};
use crate::ui::widgets::{at_right, body, note, number, row, tick};
use egui::{Align, Button, CollapsingHeader, RichText, Ui};

/// The heads of the next training, and their weight.
pub fn trained_along(ui: &mut Ui, config: &mut TrainingConfig, state: &State) {
    ui.label(text!("Train heads jointly")).on_hover_text(text!(
        "Task heads: small networks on z that learn a property together with the model, so that \
         the latent space keeps what the property needs"
    ));
    for quantity in state.learnable() {
        let mut wanted = config.heads.contains(&quantity);
        let tooltip = state.about(quantity);
        if row(ui, short(quantity, 24), tooltip, |ui| tick(ui, &mut wanted)).changed() {
            if wanted {
                config.heads.push(quantity);
            } else {
                config.heads.retain(|other| *other != quantity);
            }
        }
    }
    // Sorted, since the order of the clicks must not change the model.
    config.heads.sort();
    if !config.heads.is_empty() {
        let tooltip = text!(
            "The weight of the heads' errors beside the other losses: the higher it is, the more the latent \
             space is ordered by these properties, at the cost of the reconstruction"
        );
        number(ui, text!("Head weight"), tooltip, &mut config.head_weight, 0.001..=1000.0, 0.05);
        let tooltip = text!(
            "Learns how uncertain each property is, and weighs its error by that (Kendall et al. 2018), so that an easy \
             property does not drown a hard one"
        );
        row(ui, text!("Learn uncertainties"), tooltip, |ui| {
            tick(ui, &mut config.learned_uncertainties)
        });
    }
}

/// The heads of the shown model, a button for each missing one, and the progress of the training of heads.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some((id, entry)) = state.shown() else { return };
    let learning = state.is_learning(id);
    let section = CollapsingHeader::new(text!("Predict properties"))
        .id_salt("heads")
        .show_unindented(ui, |ui| {
            match &state.heads {
                Some(heads) => under_way(ui, state, heads.job, actions),
                None => {
                    _ = note(
                        ui,
                        text!("Properties that the shown model predicts from z, without decoding:"),
                    )
                }
            }
            let model = &entry.prepared.model;
            let mut quantities = model.learnable();
            // The columns of a table are decoded: a head for one would repeat that.
            let is_table = model.domain().table().is_some();
            quantities.retain(|quantity| !is_table || !model.computes(*quantity));
            let missing: Vec<Quantity> =
                quantities.iter().copied().filter(|p| model.head(*p).is_none()).collect();
            ui.add_enabled_ui(!learning && state.heads.is_none(), |ui| {
                for &quantity in &quantities {
                    match model.head(quantity) {
                        Some(head) => known(ui, id, entry, &head.card, actions),
                        None => unknown(ui, state, quantity, actions),
                    }
                }
                if missing.len() > 1
                    && ui
                        .button(text!("Train all heads"))
                        .on_hover_text(text!("Train a head for every property without one"))
                        .clicked()
                {
                    actions.command(Command::TrainHeads(missing));
                }
                if state.rediscovery().is_none_or(|test| test.job.is_none()) {
                    let mut predicted = quantities;
                    predicted.retain(|quantity| model.can_tell(quantity.as_predicted()));
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

/// The quantities among these that cannot be predicted without a head yet, and the button that trains it; nothing if
/// there are none.
pub fn wanted(ui: &mut Ui, state: &State, quantities: &[Quantity], actions: &mut Requests) {
    let Some((id, entry)) = state.shown() else { return };
    let model = &entry.prepared.model;
    let Some(&quantity) = quantities.iter().find(|p| !model.can_tell(**p)) else { return };
    let name = quantity.plain_label();
    if !model.knows(quantity) {
        note(
            ui,
            text!(
                "This model has no values of {name}: its data have no such column. Choose another property.",
                name
            ),
        );
        return;
    }
    let learning = state.is_learning(id);
    match &state.heads {
        Some(heads) => under_way(ui, state, heads.job, actions),
        None if learning => {
            _ = note(
                ui,
                text!("A head for {name} can be trained after the training of the model.", name),
            )
        }
        None => {
            note(ui, text!("No head predicts {name} of other rows yet.", name = &name));
            let button = ui.button(text!("Train head: {quantity}", quantity = short(quantity, 20)));
            if button.on_hover_text(about_training()).clicked() {
                actions.command(Command::TrainHeads(vec![quantity]));
            }
        }
    }
}

fn under_way(ui: &mut Ui, state: &State, run: JobId, actions: &mut Requests) {
    ui.horizontal(|ui| {
        let stop = ui.button(text!("Stop heads"));
        let about = UiCommand::Cancel.with_keys(text!("Keep the heads that are finished"));
        if stop.on_hover_text(about).clicked() {
            actions.command(Command::Stop(run));
        }
        note(ui, state.jobs.progress(Some(run)).words);
    });
    thin_bar(ui, state, Some(run), ui.available_width());
}

fn unknown(ui: &mut Ui, state: &State, quantity: Quantity, actions: &mut Requests) {
    let (label, ()) = at_right(ui, short(quantity, 20), body(), |ui| {
        let button = ui.add(Button::new(text!("Train head"))).on_hover_text(about_training());
        if button
            .accessible_name(text!("Train head: {quantity}", quantity = quantity.plain_label()))
            .clicked()
        {
            actions.command(Command::TrainHeads(vec![quantity]));
        }
    });
    label.on_hover_text(state.about(quantity));
}

fn known(ui: &mut Ui, id: ModelId, entry: &ModelEntry, card: &HeadCard, actions: &mut Requests) {
    let model = &entry.prepared.model;
    let unit = |value: f64| model.with_unit(card.quantity, &three_digits(value));
    let value = match card.scores.first() {
        Some(HeadScore::Regression(score)) => {
            Text::verbatim(format!("R\u{b2} {:.3}  \u{b1}{}", score.r2, unit(score.rmse)))
        }
        Some(score) => score.brief(),
        None => Text::default(),
    };
    let tooltip = Text::joined(explanation(model, card), "\n\n");
    let value = RichText::new(value).small();
    let (label, value) = at_right(ui, short(card.quantity, 20), body(), |ui| ui.link(value));
    if value.clicked() {
        actions.push(Request::Show(Dialog::HeldOut(id, card.quantity)));
    }
    label.on_hover_text(tooltip.clone());
    value.on_hover_text(tooltip);
}

/// The explanation of a head and of its two numbers, a paragraph each.
fn explanation(model: &Model, card: &HeadCard) -> Vec<Text> {
    let unit = |value: f64| model.with_unit(card.quantity, &three_digits(value));
    let quantity = card.quantity.plain_label();
    let members = match card.members {
        1 => text!("one network"),
        number => text!("the mean of {number} networks", number),
    };
    let is_held_out = model.encoded.held_out.contains(&true);
    let head = match (card.joint, is_held_out) {
        (true, true) => text!(
            "{quantity}: {members}, trained jointly with the model, tested on rows held out of training.",
            quantity,
            members
        ),
        (true, false) => text!(
            "{quantity}: {members}, trained jointly with the model, tested on the training rows, as none is held out.",
            quantity,
            members
        ),
        (false, true) => text!(
            "{quantity}: {members}, trained afterwards on the frozen model, tested on rows held out of training.",
            quantity,
            members
        ),
        (false, false) => text!(
            "{quantity}: {members}, trained afterwards on the frozen model, tested on the training rows, as none is held out.",
            quantity,
            members
        ),
    };
    if let Some(score) = card.scores.first().filter(|score| score.classes().is_some()) {
        let meaning = text!(
            "Accuracy is the share of rows whose class is the most probable one, the log loss the mean of -ln p of \
             their classes. Chance is to give every row the shares of the classes."
        );
        let score = card.score_beside_baseline(0, "").unwrap_or_else(|| score.text(""));
        let sets = card.sets.map(|sets| sets.text());
        let click = text!(
            "Click to see which classes are confused, and how far its probabilities can be relied on."
        );
        return [head, score].into_iter().chain(sets).chain([meaning, click]).collect();
    }
    let beside =
        card.baselines.first().and(card.score_beside_baseline(0, model.unit(card.quantity)));
    let explained = text!(
        "R\u{b2} is the share of the variation that it explains: 1 is perfect, 0 no better than always \
         predicting the mean. 0.95 is usual; less means that the latent space has lost what the property \
         depends on, as two numbers lose the exact size of a shape, and with it the area."
    );
    let error =
        text!("\u{b1} is the RMSE, the size of its usual error in the property\u{2019}s own unit.");
    let judge = card.outputs.first().and_then(|output| output.judge.as_ref());
    let judged = judge.and_then(|judge| {
        let (coverage, half) = (judge.coverage?, judge.half_width?);
        Some(text!(
            "Its 90 % intervals, of a judge that was trained separately and that no search sees, hold {coverage} % of \
             {tested} test rows and reach {half} to either side there.",
            coverage = format!("{:.0}", 100.0 * coverage),
            tested = judge.tested,
            half = unit(half)
        ))
    });
    let click = text!("Click to see predicted beside measured values.");
    let told = std::iter::once(head).chain(beside).chain([explained, error]).chain(judged);
    told.chain([click]).collect()
}

/// The label of a quantity, cut to at most `most` letters.
fn short(quantity: Quantity, most: usize) -> String {
    brief(&quantity.plain_label().to_string(), most)
}

fn about_training() -> Text {
    text!(
        "Train a small network, z \u{2192} 64 \u{2192} 32 \u{2192} 1, to predict it; the model \
         itself stays as it is. Takes seconds."
    )
}
