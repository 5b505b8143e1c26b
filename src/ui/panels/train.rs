//! Training: the data, the few settings that change the map most, and the button that starts it.

use super::heads;
use super::small_buttons::{SmallButton, small_buttons};
use crate::data::outline::generator::GeneratorConfig;
use crate::data::source::Source;
use crate::explore::brief;
use crate::model::preset::Preset;
use crate::model::training_config::TrainingConfig;
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Latent, Output};
use crate::nn::loss::Reconstruction;
use crate::session::jobs::learn::training::TrainingPhase;
use crate::session::{Command, FASTEST, SLOWEST, State};
use crate::text;
use crate::text::Text;
use crate::train::about_memory;
use crate::ui::commands::UiCommand;
use crate::ui::dialogs::sweep;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{
    heading, list, log_slider, note, number, primary, row, scrolling, segments, tick, width,
};
use egui::{
    Button, CollapsingHeader, ComboBox, DragValue, FontId, Frame, Panel, RichText, Ui, vec2,
};

/// The default patience of early stopping, in updates without a better validation error.
const USUAL_PATIENCE: usize = 2000;
/// Width of the field of the updates.
const UPDATES: f32 = 86.0;

pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let under_way = state.training().phase != TrainingPhase::Idle;
    // The buttons stay visible, independent of the length of the settings.
    let below =
        Panel::bottom("train").frame(Frame::NONE).show_separator_line(false).resizable(false);
    below.show(ui, |ui| {
        ui.add_space(6.0);
        buttons(ui, state, actions);
    });
    scrolling(ui, |ui| {
        heading(ui, text!("Train"));
        ui.add_enabled_ui(!under_way, |ui| {
            data(ui, state, actions);
            let mut config = state.training_config().clone();
            let own = state.own_data().map(|data| data.set.rows.len());
            settings(
                ui,
                &mut config,
                own.unwrap_or(state.document.training.generator.samples),
                state,
                actions,
            );
            if config.seed != state.training_config().seed {
                // One seed for data and training, as on the command line.
                let generator = GeneratorConfig {
                    seed: config.seed,
                    ..state.document.training.generator.clone()
                };
                actions.command(Command::SetRecipe(generator));
            }
            if config != state.training_config() {
                actions.command(Command::SetTraining(config));
            }
        });
        heads::show(ui, state, actions);
    });
}

fn data(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let generator = &state.document.training.generator;
    let families = generator.families.len();
    let text = match state.own_data() {
        Some(data) if data.set.domain.table().is_some() => text!(
            "{name}, {count} row\u{2026}" | "{name}, {count} rows\u{2026}",
            count = data.set.rows.len(),
            name = brief(data.source.stored_name().unwrap_or_default(), 16)
        ),
        Some(data) => text!("My shapes, {number}\u{2026}", number = data.set.rows.len()),
        None if state.import_wish().table.is_some() && state.learns_own() => {
            text!("My table\u{2026}")
        }
        None if state.learns_own() => text!("My shapes\u{2026}"),
        None => text!(
            "{count} family, {shapes} shapes\u{2026}" | "{count} families, {shapes} shapes\u{2026}",
            count = families,
            shapes = generator.samples
        ),
    };
    let shown = state.shown().and_then(|(_, entry)| entry.prepared.model.card.source.as_ref());
    let stored = shown.and_then(Source::stored_name);
    if let (Some(name), None) = (stored, state.own_data()) {
        note(ui, text!("The model shown was trained on {own}; a new training uses:", own = name));
    }
    let button = Button::new(text).min_size(vec2(ui.available_width(), 30.0));
    if ui.add(button).on_hover_text(UiCommand::Data.tooltip()).clicked() {
        UiCommand::Data.request(state, actions);
    }
}

fn settings(
    ui: &mut Ui,
    config: &mut TrainingConfig,
    samples: usize,
    state: &State,
    actions: &mut Requests,
) {
    let has_posterior = config.latent == Latent::Gaussian;
    if has_posterior {
        beta(ui, config);
    } else {
        note(ui, text!("A deterministic latent behind a tanh: no beta."));
    }
    if let Some(preset) = Preset::from_config(config) {
        note(ui, text!("{preset}.", preset = preset.about()));
    }
    // The program changes no setting by itself: it shows the error until the settings are consistent.
    if let Err(error) = config.check() {
        ui.label(RichText::new(error.to_string()).small().color(ui.visuals().warn_fg_color));
    }
    CollapsingHeader::new(text!("More")).id_salt("more").show(ui, |ui| {
        updates(ui, config, samples);
        loss(ui, config, state);
        latent(ui, config, state);
        if has_posterior {
            sweep::offer(ui, actions);
        }
        number(
            ui,
            text!("Seed"),
            text!("The same seed gives the same model"),
            &mut config.seed,
            0..=u64::from(u32::MAX),
            0.1,
        );
        number(ui, text!("Batch size"), text!("Shapes of one update"), &mut config.batch_size, 1..=4096, 0.5);
        number(
            ui,
            text!("Learning rate"),
            text!("The step size of Adam on the weights"),
            &mut config.learning_rate,
            1e-6..=1.0,
            1e-4,
        );
        let tooltip = text!("Lets the learning rate fall evenly to 0, so that the last updates refine what the first ones found");
        row(ui, text!("Falling rate"), tooltip, |ui| tick(ui, &mut config.falling_rate));
        number(
            ui,
            text!("Latent dimensions"),
            text!("Dimensions of the latent space; the map shows more than two through PCA"),
            &mut config.latent_dim,
            1..=128,
            0.1,
        );
        let tooltip = text!("Units of the encoder's hidden layers, separated by commas, as 256, 128; the decoder has them in \
                       reverse order");
        list(ui, text!("Hidden layers"), tooltip, &mut config.hidden);
        let generated = 2 * state.document.training.generator.points;
        let width = state.own_data().map_or(generated, |data| data.set.rows.width());
        if let Some(memory) = about_memory(config, width) {
            note(ui, memory);
        }
        activation(ui, config);
        if has_posterior {
            posterior(ui, config);
        }
        let tooltip = text!("The share of shapes that the network is tested with and never trained on; 0.1 is usual");
        number(ui, text!("Validation share"), tooltip, &mut config.held_out, 0.0..=0.5, 0.005);
        early_stopping(ui, config);
        let tooltip = text!("The share of hidden units of encoder and heads that are left out of each update, so that none relies on another; for small data sets. \
                       0 is usual, 0.1 to 0.5 against overfitting.");
        number(ui, text!("Dropout"), tooltip, &mut config.dropout, 0.0..=0.9, 0.005);
        let tooltip = text!("Takes a share of each weight off in every update (AdamW), so that the network stays smooth; 0 is usual, \
                       0.0001 to 0.1 against overfitting");
        number(ui, text!("Weight decay"), tooltip, &mut config.weight_decay, 0.0..=100.0, 0.001);
        heads::trained_along(ui, config, state);
    });
}

/// The length of a training on `samples` rows.
fn updates(ui: &mut Ui, config: &mut TrainingConfig, samples: usize) {
    let epochs = config.updates as f64 / config.batches(samples) as f64;
    let decimals = usize::from(epochs < 100.0);
    let epochs = format!("{epochs:.decimals$}").trim_end_matches(".0").to_owned();
    let epochs = match epochs.as_str() {
        "1" => text!("1 epoch"),
        several => text!("{epochs} epochs", epochs = several),
    };
    let tooltip = text!(
        "Steps of Adam on the weights, one a batch. With these data and batches {epochs}: an epoch is a pass over all \
         shapes.",
        epochs = &epochs
    );
    let name = text!("Updates");
    // Below the field if there is no room for it between the field and its name.
    let [wide, narrow] = [(&name, 15.0), (&epochs, 13.0)]
        .map(|(text, size)| width(ui.painter(), &text.to_string(), &FontId::proportional(size)));
    let remark = RichText::new(epochs).small().weak();
    let gaps = 2.0 * ui.spacing().item_spacing.x;
    let below = wide + narrow + UPDATES + gaps > ui.available_width();
    row(ui, name, tooltip, |ui| {
        let field = DragValue::new(&mut config.updates).range(1..=1_000_000).speed(10.0);
        let field = ui.add_sized([UPDATES, 26.0], field.update_while_editing(false));
        if !below {
            ui.label(remark.clone());
        }
        field
    });
    if below {
        ui.with_layout(egui::Layout::top_down(egui::Align::Max), |ui| ui.label(remark));
    }
}

/// The settings of a latent with a posterior.
fn posterior(ui: &mut Ui, config: &mut TrainingConfig) {
    let tooltip = text!(
        "Begin as probabilistic PCA: the data centred and divided by one deviation, a linear map \
                       through both networks from the start, and the nonlinear part trained beside it. Usual for your own \
                       outlines; goes with MSE and the linear output, not with tanh or sigmoid."
    );
    row(ui, text!("Linear path (PCA)"), tooltip, |ui| tick(ui, &mut config.linear_path));
    let tooltip = text!(
        "Reparameterisation: draw z from N(mu, sigma) while training, as a VAE does; without, z is mu itself"
    );
    row(ui, text!("Sample z"), tooltip, |ui| tick(ui, &mut config.latent_noise));
    row(ui, text!("Learned variance"), about_learned_variance(), |ui| {
        let gaussian = config.loss == Reconstruction::Mse;
        ui.add_enabled_ui(gaussian, |ui| tick(ui, &mut config.sigma_vae)).inner
    });
    let tooltip = text!(
        "Updates over which beta grows from 0 to its value: first the reconstruction, then the regularity. \
                       A tenth to a half of the training is usual against posterior collapse."
    );
    number(ui, text!("KL warm-up"), tooltip, &mut config.kl_warmup, 0..=1_000_000, 10.0);
}

/// The weight of the KL term.
fn beta(ui: &mut Ui, config: &mut TrainingConfig) {
    let mut about = vec![text!(
        "The weight of the KL term. High: a regular map in which families blur or vanish. \
         Low: sharp shapes on a map with gaps. 0: a plain autoencoder."
    )];
    if config.linear_path && !config.sigma_vae {
        about.push(text!(
            "In units of twice the residual variance of PCA with as many dimensions; 1 to 4 give much the same error."
        ));
    }
    log_slider(
        ui,
        text!("Beta: reconstruction \u{2194} regularity"),
        Text::joined(about, " "),
        &mut config.beta,
        0.0..=10.0,
    );
}

/// The latent, with what is usual for it.
fn latent(ui: &mut Ui, config: &mut TrainingConfig, state: &State) {
    let latents = [
        (
            Latent::Gaussian,
            text!("Gaussian"),
            text!(
                "A posterior N(mu, sigma) and a KL term that holds it to N(0, 1), as a VAE has; the map of two dimensions is drawn as it is"
            ),
        ),
        (
            Latent::Tanh,
            text!("Tanh"),
            text!(
                "Deterministic, each dimension between -1 and 1, without noise and beta: with many dimensions usual for a table whose targets count"
            ),
        ),
    ];
    let mut chosen = config.latent;
    ui.label(text!("Latent")).on_hover_text(text!("The layer between encoder and decoder"));
    segments(ui, &mut chosen, &latents);
    if chosen != config.latent {
        *config = state.training_with_latent(chosen);
    }
}

/// The reconstruction loss and the output that goes with it.
fn loss(ui: &mut Ui, config: &mut TrainingConfig, state: &State) {
    let losses = [
        (
            Reconstruction::Mse,
            Text::verbatim("MSE"),
            text!("Mean squared error: the squared distance of every coordinate"),
        ),
        (
            Reconstruction::Bce,
            Text::verbatim("BCE"),
            text!(
                "Binary cross-entropy: each coordinate, scaled into 0 to 1, as a probability; needs the sigmoid output and a \
             smaller beta; a preset sets all three"
            ),
        ),
    ];
    // On the same line as the settings that they change, so that they do not move others out of sight.
    ui.horizontal(|ui| {
        ui.label(text!("Loss"))
            .on_hover_text(text!("How far a reconstruction is from the original"));
        let right = egui::Layout::right_to_left(egui::Align::Center);
        ui.with_layout(right, |ui| presets(ui, config, state));
    });
    segments(ui, &mut config.loss, &losses);
    let outputs = [
        (
            Output::Linear,
            text!("Linear"),
            text!("The decoder may reach any value, also beyond the data (\"continuous\")"),
        ),
        (
            Output::Sigmoid,
            text!("Sigmoid"),
            text!("The decoder keeps to the range of the data (\"discontinuous\")"),
        ),
    ];
    ui.label(text!("Output")).on_hover_text(text!("The last function of the decoder"));
    segments(ui, &mut config.output, &outputs);
}

/// The activation of the hidden layers, and the slope of a LeakyReLU.
fn activation(ui: &mut Ui, config: &mut TrainingConfig) {
    let chosen = &mut config.activation;
    row(ui, text!("Activation"), text!("The function that follows each hidden layer"), |ui| {
        let combo = ComboBox::from_id_salt("activation").selected_text(chosen.label()).width(120.0);
        let menu = combo.show_ui(ui, |ui| {
            for activation in Activation::ALL {
                let is_chosen = activation.label() == chosen.label();
                if ui.selectable_label(is_chosen, activation.label()).clicked() && !is_chosen {
                    *chosen = activation;
                }
            }
        });
        menu.response
    });
    if let Activation::LeakyRelu(slope) = chosen {
        number(
            ui,
            text!("Slope below 0"),
            text!("Of the LeakyReLU; 0.01 is usual"),
            slope,
            0.0..=1.0,
            0.005,
        );
    }
}

/// Early stopping: off, or after this number of updates without a better validation error.
fn early_stopping(ui: &mut Ui, config: &mut TrainingConfig) {
    let tooltip = text!(
        "End when the error on held-out shapes has not improved for so many updates, and keep the best. \
                   For small data sets."
    );
    let mut on = config.early_stopping.is_some();
    row(ui, text!("Early stopping"), tooltip, |ui| {
        ui.add_enabled_ui(config.held_out > 0.0, |ui| tick(ui, &mut on)).inner
    });
    let patience = config.early_stopping.unwrap_or(USUAL_PATIENCE);
    config.early_stopping = (on && config.held_out > 0.0).then_some(patience);
    if let Some(patience) = &mut config.early_stopping {
        let tooltip =
            text!("Updates without a better held-out error after which the training ends");
        number(ui, text!("Patience"), tooltip, patience, 1..=1_000_000, 10.0);
    }
}

/// Settings that go together.
fn presets(ui: &mut Ui, config: &mut TrainingConfig, state: &State) {
    let menu = ui.menu_button(text!("Preset\u{2026}"), |ui| {
        if ui
            .button(text!("Default"))
            .on_hover_text(text!("All settings as they are usual for these data"))
            .clicked()
        {
            *config = TrainingConfig { seed: config.seed, ..state.usual_training() };
        }
        for preset in Preset::ALL {
            if ui.button(preset.label()).on_hover_text(preset.about()).clicked() {
                if config.latent == Latent::Tanh {
                    *config = state.training_with_latent(Latent::Gaussian);
                }
                preset.apply(config);
            }
        }
    });
    menu.response.on_hover_text(text!("Settings that go together; the tooltip of each lists them"));
}

/// The buttons of a training, each at its place whatever runs. Its progress stands below the map.
fn buttons(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let training = state.training();
    let is_idle = training.phase == TrainingPhase::Idle;
    let train = |ui: &mut Ui| primary(ui, UiCommand::Train.label(), UiCommand::Train.tooltip());
    if ui.add_enabled_ui(is_idle, train).inner.clicked() {
        UiCommand::Train.request(state, actions);
    }
    let finishing = (training.phase == TrainingPhase::Finishing)
        .then(|| text!("The training has ended; the model is being finished"));
    let busy = (!is_idle).then(|| text!("A training is under way"));
    let stuck = busy.clone().or_else(|| state.cannot_go_on());
    let nothing = training.plan.is_none().then_some(text!("Nothing was trained yet"));
    let course = [pause_or_go_on(state, &finishing, &stuck), stop(state, &finishing)];
    small_buttons(ui, course, actions);
    let more = CollapsingHeader::new(text!("Steps and pace")).id_salt("pace");
    more.show_unindented(ui, |ui| {
        let portions = [
            SmallButton::new(UiCommand::OneBatch, finishing.clone(), state),
            SmallButton::new(UiCommand::OneEpoch, finishing, state),
        ];
        small_buttons(ui, portions, actions);
        let again = [
            SmallButton::new(UiCommand::ResetTraining, nothing, state),
            SmallButton::new(UiCommand::Branch, stuck, state),
            SmallButton::new(UiCommand::NewSeed, busy, state),
        ];
        small_buttons(ui, again, actions);
        pace(ui, state, actions);
    });
}

fn pause_or_go_on(state: &State, finishing: &Option<Text>, stuck: &Option<Text>) -> SmallButton {
    let pause = |name, about, paused| SmallButton {
        name,
        about: UiCommand::PlayOrPause.with_keys(about),
        refusal: finishing.clone(),
        request: Some(Request::Do(Command::PauseTraining(paused))),
    };
    match state.training().phase {
        TrainingPhase::Idle => SmallButton::new(UiCommand::GoOn, stuck.clone(), state),
        TrainingPhase::Paused => pause(text!("Go on"), text!("Go on with the training"), false),
        _ => pause(text!("Pause"), text!("Pause the training"), true),
    }
}

fn stop(state: &State, finishing: &Option<Text>) -> SmallButton {
    let about = UiCommand::Cancel.with_keys(text!("End here and keep the model as it is now"));
    let job = state.training().job;
    let refusal = match job {
        None => Some(text!("No training is under way")),
        Some(_) => finishing.clone(),
    };
    let request = job.map(|job| Request::Do(Command::Stop(job)));
    SmallButton { name: text!("Stop"), about, refusal, request }
}

fn pace(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let mut full_speed = state.preferences.full_speed;
    let mut pace = state.preferences.pace.0;
    let speed = 0.02 * pace;
    ui.horizontal(|ui| {
        let tooltip = text!("Without this a training is slowed down so that it can be watched");
        if ui.checkbox(&mut full_speed, text!("Full speed")).on_hover_text(tooltip).changed() {
            actions.command(Command::SetFullSpeed(full_speed));
        }
        let field = DragValue::new(&mut pace)
            .range(SLOWEST..=FASTEST)
            .speed(speed)
            .max_decimals(0)
            .suffix(text!(" / s").to_string());
        let right = egui::Layout::right_to_left(egui::Align::Center);
        let tooltip = text!(
            "Updates a second of a training that is watched; {slower} and {faster} halve and double them",
            slower = UiCommand::Slower.keys(),
            faster = UiCommand::Faster.keys()
        );
        let field = ui.with_layout(right, |ui| ui.add_enabled(!full_speed, field)).inner;
        let field = field.accessible_name(text!("Pace")).on_hover_text(tooltip);
        if field.changed() {
            actions.command(Command::SetPace(pace));
        }
    });
}

fn about_learned_variance() -> Text {
    text!(
        "sigma-VAE: the decoder learns its own variance, one for all coordinates, and so finds the \
                     balance of reconstruction and regularity by itself; beta 1 is then a VAE by the book. Goes with MSE."
    )
}
