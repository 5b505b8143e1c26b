//! Training: the data, the few settings that change the map, and the button that starts it.

use super::heads;
use crate::data::recipe::Recipe;
use crate::explore::duration;
use crate::model::losses::Reconstruction;
use crate::model::training::TrainingConfig;
use crate::model::vae::Output;
use crate::session::training::Phase;
use crate::session::{Command, State};
use crate::ui::action::{Action, Actions, Sheet};
use crate::ui::widgets::{heading, log_slider, note, number, primary, row, segments};
use clap::ValueEnum;
use egui::{Button, Frame, Panel, ProgressBar, ScrollArea, Ui, vec2};

pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let under_way = state.training.phase != Phase::Idle;
    // What is pressed stays in sight, however long the settings are.
    let buttons =
        Panel::bottom("train").frame(Frame::NONE).show_separator_line(false).resizable(false);
    buttons.show(ui, |ui| {
        ui.add_space(6.0);
        if under_way { running(ui, state, actions) } else { idle(ui, state, actions) }
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        heading(ui, "Train");
        ui.add_enabled_ui(!under_way, |ui| {
            data(ui, &state.settings.recipe, actions);
            let mut config = state.settings.training.clone();
            settings(ui, &mut config);
            if config.seed != state.settings.training.seed {
                // One seed for data and training, as on the command line.
                let recipe = Recipe { seed: config.seed, ..state.settings.recipe.clone() };
                actions.command(Command::SetRecipe(recipe));
            }
            if config != state.settings.training {
                actions.command(Command::SetTraining(config));
            }
        });
        heads::show(ui, state, actions);
    });
}

fn data(ui: &mut Ui, recipe: &Recipe, actions: &mut Actions) {
    let families = recipe.families.len();
    let plural = if families == 1 { "family" } else { "families" };
    let text = format!("{families} {plural}, {} shapes\u{2026}", recipe.samples);
    let button = Button::new(text).min_size(vec2(ui.available_width(), 30.0));
    if ui
        .add(button)
        .on_hover_text("Choose the families, how many shapes, and how they vary")
        .clicked()
    {
        actions.push(Action::Show(Sheet::Data));
    }
}

fn settings(ui: &mut Ui, config: &mut TrainingConfig) {
    let tooltip = "Steps of Adam on the weights, one a batch";
    number(ui, "Updates", tooltip, &mut config.updates, 1..=1_000_000, 10.0);
    log_slider(
        ui,
        "Detail \u{2194} order (beta)",
        "beta, the weight of the KL term. High: a tidy map in which families blur or vanish. \
         Low: sharp shapes on a map with gaps. 0: a plain autoencoder.",
        &mut config.beta,
        0.0..=10.0,
    );
    let losses = [
        (Reconstruction::Mse, "Squared", "MSE: the squared distance of every coordinate"),
        (
            Reconstruction::Bce,
            "Cross-entropy",
            "BCE: each coordinate, scaled into 0 to 1, as a probability; needs the sigmoid output",
        ),
    ];
    ui.label("Loss").on_hover_text("How far a rebuilt shape is from the original");
    if segments(ui, &mut config.loss, &losses) {
        take_loss(config, config.loss);
    }
    let outputs = [
        (
            Output::Linear,
            "Linear",
            "The decoder may reach any value, also beyond the data (\"continuous\")",
        ),
        (
            Output::Sigmoid,
            "Sigmoid",
            "The decoder keeps to the range of the data (\"discontinuous\")",
        ),
    ];
    ui.label("Output").on_hover_text("What the decoder ends in");
    if segments(ui, &mut config.output, &outputs) && config.output == Output::Linear {
        take_loss(config, Reconstruction::Mse);
    }
    number(
        ui,
        "Seed",
        "The same seed gives the same model",
        &mut config.seed,
        0..=u64::from(u32::MAX),
        0.1,
    );
    ui.collapsing("More", |ui| {
        number(ui, "Batch size", "Shapes of one update", &mut config.batch_size, 1..=4096, 0.5);
        number(
            ui,
            "Learning rate",
            "The step size of Adam on the weights",
            &mut config.learning_rate,
            1e-6..=1.0,
            1e-4,
        );
        number(
            ui,
            "Latent numbers",
            "Dimensions of the latent; the map shows more than two through PCA",
            &mut config.latent_dim,
            1..=128,
            0.1,
        );
        number(ui, "Hidden width", "Units of the hidden layers", &mut config.hidden, 4..=1024, 1.0);
        let tooltip =
            "Draw z from N(mu, sigma) while training, as a VAE does; without, z is mu itself";
        row(ui, "Latent noise", tooltip, |ui| ui.checkbox(&mut config.latent_noise, ""));
        heads::trained_along(ui, config);
        presets(ui, config);
    });
}

/// Cross-entropy is not defined for values that leave 0 to 1, so it brings the sigmoid; a beta that
/// was the usual one of the other loss becomes the usual one of this.
fn take_loss(config: &mut TrainingConfig, loss: Reconstruction) {
    if Reconstruction::value_variants().iter().any(|other| config.beta == other.usual_beta()) {
        config.beta = loss.usual_beta();
    }
    config.loss = loss;
    if loss == Reconstruction::Bce {
        config.output = Output::Sigmoid;
    }
}

fn presets(ui: &mut Ui, config: &mut TrainingConfig) {
    let usual = TrainingConfig { seed: config.seed, ..TrainingConfig::default() };
    ui.menu_button("Presets", |ui| {
        if ui.button("Usual").on_hover_text("The settings of the first model").clicked() {
            *config = usual.clone();
        }
        if ui
            .button("As in the article")
            .on_hover_text("beta 1: watch families vanish from the map")
            .clicked()
        {
            *config = TrainingConfig { beta: 1.0, ..usual.clone() };
        }
        if ui
            .button("Plain autoencoder")
            .on_hover_text("beta 0 and no noise: sharp shapes, a map with holes")
            .clicked()
        {
            *config = TrainingConfig { beta: 0.0, latent_noise: false, ..usual };
        }
    });
}

fn idle(ui: &mut Ui, state: &State, actions: &mut Actions) {
    if primary(ui, "Train", "Learn a new model; the open ones stay").clicked() {
        actions.command(Command::Train);
    }
    pace(ui, state, actions);
    if state.training.settings.is_some() {
        let again = ui
            .button("Reset, same seed")
            .on_hover_text("Train the last model again from its beginning");
        if again.clicked() {
            actions.command(Command::ResetTraining);
        }
    }
    note(
        ui,
        "A new model is learned beside the open ones; the menu at the top left goes back to them.",
    );
}

fn running(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let training = &state.training;
    let paused = training.phase == Phase::Paused;
    let (name, tooltip) = if paused {
        ("Go on", "Learn on (Space)")
    } else {
        ("Pause", "Let the training wait (Space)")
    };
    if primary(ui, name, tooltip).clicked() {
        actions.command(Command::PauseTraining(!paused));
    }
    ui.horizontal(|ui| {
        if ui.button("Stop").on_hover_text("End here and keep what was learned (Esc)").clicked() {
            actions.command(Command::StopTraining);
        }
        if ui
            .button("Reset, same seed")
            .on_hover_text("Begin again from the same random weights")
            .clicked()
        {
            actions.command(Command::ResetTraining);
        }
    });
    pace(ui, state, actions);
    ui.add(ProgressBar::new(training.share as f32).desired_height(8.0));
    let left = if paused {
        "paused".to_owned()
    } else {
        format!("{} left", duration(training.seconds_left))
    };
    note(ui, format!("Epoch {} of {}, {left}", training.epoch, training.epochs));
}

fn pace(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let mut full_speed = state.settings.full_speed;
    let tooltip = "Without this a training is slowed down so that it can be watched";
    if ui.checkbox(&mut full_speed, "Full speed").on_hover_text(tooltip).changed() {
        actions.command(Command::SetFullSpeed(full_speed));
    }
}
