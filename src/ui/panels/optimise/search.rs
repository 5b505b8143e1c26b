//! The settings of the search: restarts, starts, method, schedule and stopping.

use crate::model::card::StartDistribution;
use crate::objective::Space;
use crate::optimise::schedule::Plateau;
use crate::optimise::{Method, Rule, SearchConfig};
use crate::session::State;
use crate::session::document::{StartChoice, StartOrigin};
use crate::text;
use crate::text::Text;
use crate::ui::request::{Dialog, Request, Requests};
use crate::ui::widgets::{note, number, row, segments};
use egui::{ComboBox, Ui};

/// The number of starts.
pub fn restarts(ui: &mut Ui, config: &mut SearchConfig) {
    number(
        ui,
        text!("Restarts"),
        text!("The number of starts; many, because there are many local optima"),
        &mut config.restarts,
        1..=10_000,
        0.5,
    );
}

/// The length of a step; nothing for methods that choose their own.
fn step_size(ui: &mut Ui, config: &mut SearchConfig) {
    // Each space has its own learning rate.
    let (name, rate, tooltip) = match (config.method, config.space) {
        (Method::Lbfgs | Method::Random, _) => return,
        (Method::CmaEs, _) => (
            text!("First spread"),
            &mut config.rate,
            text!(
                "sigma: how far from its start the first population is drawn, in latent units; it adapts"
            ),
        ),
        (_, Space::Latent) => (
            text!("Step size"),
            &mut config.rate,
            text!(
                "The learning rate, in latent units: with Adam about the length of the first step in each \
             coordinate; 0.1 is usual"
            ),
        ),
        (_, Space::Input) => (
            text!("Step size"),
            &mut config.input_rate,
            text!(
                "The learning rate of the row's own numbers, in the network's units; 0.01 is usual"
            ),
        ),
    };
    number(ui, name, tooltip, rate, 1e-4..=10.0, 0.005);
}

/// The length and the number of steps, and the seed.
pub fn steps(ui: &mut Ui, config: &mut SearchConfig) {
    step_size(ui, config);
    let tooltip = text!(
        "How many steps each restart takes at most; methods that count otherwise get the \
                   same budget of values and gradients"
    );
    number(ui, text!("Steps"), tooltip, &mut config.steps, 1..=20_000, 5.0);
    let tooltip = text!("The same seed draws the same starts");
    number(ui, text!("Seed"), tooltip, &mut config.seed, 0..=u64::from(u32::MAX), 0.1);
}

/// The latent distribution that the model states.
fn stated(state: &State) -> &StartDistribution {
    let start = state.shown().map(|(_, entry)| &entry.prepared.model.card.start);
    start.unwrap_or(&StartDistribution::StandardNormal)
}

fn origin_label(state: &State, origin: StartOrigin) -> Text {
    match origin {
        StartOrigin::Stated => stated(state).label(),
        StartOrigin::StandardNormal => StartDistribution::StandardNormal.label(),
        StartOrigin::Point => text!("kept point"),
        StartOrigin::Neighbour => text!("nearest row"),
        StartOrigin::Chosen => text!("chosen rows"),
    }
}

/// The choice of the starts, in a few words.
pub fn starts_in_words(state: &State, starts: StartChoice) -> Text {
    origin_label(state, starts.origin)
}

/// The choice of the starts.
pub fn starts(ui: &mut Ui, state: &State, starts: &mut StartChoice, actions: &mut Requests) {
    let mut choices = vec![(StartOrigin::Stated, stated(state).about())];
    if *stated(state) != StartDistribution::StandardNormal {
        choices.push((StartOrigin::StandardNormal, text!("N(0, 1), whatever the model states")));
    }
    choices.push((StartOrigin::Point, text!("Around the point that you keep by clicking the map")));
    choices.push((
        StartOrigin::Neighbour,
        text!("Around the training row nearest to the kept point, where the model encodes it"),
    ));
    choices.push((
        StartOrigin::Chosen,
        text!("Around the rows that you chose on the map or in the data, in turn"),
    ));
    row(ui, text!("From"), text!("Where restarts begin"), |ui| {
        let selected = origin_label(state, starts.origin);
        let combo = ComboBox::from_id_salt("origin").selected_text(selected).width(126.0);
        let menu = combo.show_ui(ui, |ui| {
            for (origin, about) in choices {
                let label = origin_label(state, origin);
                ui.selectable_value(&mut starts.origin, origin, label).on_hover_text(about);
            }
        });
        menu.response
    });
    let is_around_point = matches!(starts.origin, StartOrigin::Point | StartOrigin::Neighbour);
    if is_around_point || starts.origin == StartOrigin::Chosen {
        number(
            ui,
            text!("Spread"),
            text!(
                "sigma: the standard deviation by which starts are moved in every latent coordinate; the \
             first is the point itself. 0 leaves that one alone."
            ),
            &mut starts.spread,
            0.0..=100.0,
            0.01,
        );
        if is_around_point && state.map.picked.is_none() {
            note(ui, text!("Click the map to keep a point."));
        }
        if starts.origin == StartOrigin::Chosen {
            let count = state.view.chosen.len();
            note(ui, text!("{count} row is chosen." | "{count} rows are chosen.", count));
        }
    }
    if ui
        .button(text!("Optimise from a file\u{2026}"))
        .on_hover_text(text!(
            "A CSV with one latent point a line; dropping the file on the window does the same"
        ))
        .clicked()
    {
        actions.push(Request::Show(Dialog::Open(String::new())));
    }
}

/// The method, and the space in which it moves.
pub fn method(ui: &mut Ui, config: &mut SearchConfig) {
    row(ui, text!("Method"), config.method.about(), |ui| {
        let combo =
            ComboBox::from_id_salt("method").selected_text(config.method.label()).width(120.0);
        let menu = combo.show_ui(ui, |ui| {
            for method in Method::ALL {
                ui.selectable_value(&mut config.method, method, method.label())
                    .on_hover_text(method.about());
            }
        });
        menu.response
    });
    let follows = Rule::from_method(config.method).is_some();
    if !follows {
        config.space = Space::Latent;
    }
    ui.label(text!("Optimise in")).on_hover_text(text!("The space in which the method moves"));
    let spaces = [
        (
            Space::Latent,
            text!("Latent space"),
            text!("z moves; the decoder makes the row of it, so it stays like the data"),
        ),
        (
            Space::Input,
            text!("Input space"),
            text!(
                "The numbers of the row move by themselves, without the decoder: see what the latent \
             space saves. The trajectory is drawn where the encoder places it."
            ),
        ),
    ];
    if segments(ui, &mut config.space, &spaces) && !follows {
        // The other methods search only the latent space.
        config.method = Method::Adam;
    }
}

/// The state of the schedule in a few words.
pub fn schedule_in_words(config: &SearchConfig) -> Text {
    if Rule::from_method(config.method).is_none() {
        return text!("the method's own");
    }
    match (config.plateau.is_some(), config.patience.is_some()) {
        (true, true) => text!("plateau, early stopping"),
        (true, false) => text!("plateau"),
        (false, true) => text!("early stopping"),
        (false, false) => text!("constant"),
    }
}

/// The conditions for reducing a restart's learning rate and for stopping it.
pub fn schedule(ui: &mut Ui, config: &mut SearchConfig) {
    if Rule::from_method(config.method).is_none() {
        note(ui, text!("This method ends by itself, or when its budget is spent."));
        return;
    }
    let mut slows = config.plateau.is_some();
    let tooltip = text!(
        "Each restart by itself takes smaller steps when its loss has stopped falling \
                   (PyTorch's ReduceLROnPlateau)"
    );
    if ui.checkbox(&mut slows, text!("Slow down on a plateau")).on_hover_text(tooltip).changed() {
        config.plateau = slows.then(Plateau::default);
    }
    if let Some(plateau) = &mut config.plateau {
        let tooltip = text!(
            "Steps in a row without a better loss before the step size is reduced; 20 is usual"
        );
        number(ui, text!("Plateau patience"), tooltip, &mut plateau.patience, 0..=100_000, 0.2);
        let tooltip = text!("The step size is multiplied with it then; 0.1 is usual");
        number(ui, text!("Factor"), tooltip, &mut plateau.factor, 0.0..=0.99, 0.005);
    }
    let mut stops = config.patience.is_some();
    let tooltip =
        text!("Each restart by itself ends when its loss has stopped falling (early stopping)");
    if ui.checkbox(&mut stops, text!("Stop on a plateau")).on_hover_text(tooltip).changed() {
        config.patience = if stops { SearchConfig::default().patience } else { None };
    }
    if let Some(patience) = &mut config.patience {
        let tooltip =
            text!("Steps in a row without a better loss before the restart ends; 50 is usual");
        number(ui, text!("Patience"), tooltip, patience, 1..=100_000, 0.2);
    }
}
