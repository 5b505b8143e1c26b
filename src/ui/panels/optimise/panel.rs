//! Optimising: the objective, the number of starts, the cost, and the button that starts the search.

use super::{conditions, objective, search};
use crate::explore::duration;
use crate::optimise::SearchConfig;
use crate::session::screen::selection::MapPoint;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::drawer::race;
use crate::ui::panels::heads;
use crate::ui::panels::small_buttons::{SmallButton, small_buttons};
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{body, fitting, heading, note, primary, scrolling, width};
use egui::{Button, CollapsingHeader, Frame, Panel, RichText, Ui};

pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    // The buttons stay visible, independent of the length of the settings.
    let buttons =
        Panel::bottom("climb").frame(Frame::NONE).show_separator_line(false).resizable(false);
    buttons.show(ui, |ui| {
        ui.add_space(6.0);
        search_run(ui, state, actions);
    });
    scrolling(ui, |ui| {
        let mut config = state.search_config().into_owned();
        let mut starts = state.document.search.starts;
        heading(ui, text!("Optimise"));
        objective::terms(ui, &mut config.spec, state);
        let sought: Vec<_> = config.spec.quantities().collect();
        heads::wanted(ui, state, &sought, actions);
        search::restarts(ui, &mut config);
        conditions::inside(ui, &mut config.spec);
        let more = CollapsingHeader::new(text!("More")).id_salt("more");
        more.show_unindented(ui, |ui| {
            objective::another_term(ui, &mut config.spec, state);
            search::steps(ui, &mut config);
            group(ui, "starts", text!("Starts"), search::starts_in_words(state, starts), |ui| {
                search::starts(ui, state, &mut starts, actions);
            });
            group(
                ui,
                "penalties",
                text!("Penalties"),
                conditions::penalties_in_words(&config.spec),
                |ui| {
                    conditions::penalties(ui, &mut config.spec);
                },
            );
            let constraints = conditions::constraints_in_words(&config.spec);
            group(ui, "constraints", text!("Constraints"), constraints, |ui| {
                conditions::constraints(ui, &mut config.spec, state);
                if state.shows_table() {
                    conditions::columns(ui, &mut config.spec, state);
                }
            });
            group(ui, "method", text!("Method"), config.method.label(), |ui| {
                search::method(ui, &mut config);
            });
            group(ui, "schedule", text!("Schedule"), search::schedule_in_words(&config), |ui| {
                search::schedule(ui, &mut config);
            });
            let contenders = text!(
                "{count} method" | "{count} methods",
                count = state.document.search.contenders.0.len()
            );
            group(ui, "race", text!("Race"), contenders, |ui| race::contenders(ui, state, actions));
            other_searches(ui, state, actions);
            show_code(ui, state, actions);
            copy_table(ui, state, actions);
        });
        if state.search().is_none() {
            let words = match state.shows_table() {
                true => text!(
                    "The model stays as it is; only the latent point z moves, along the gradient of the property of its \
                     decoded row. The answer is a row in the units of the table."
                ),
                false => text!(
                    "The model stays as it is; only the latent point z moves, along the gradient \
                     of the property of its decoded row."
                ),
            };
            note(ui, words);
        }
        if config != *state.search_config() {
            actions.command(Command::SetSearch(config));
        }
        if starts != state.document.search.starts {
            actions.command(Command::SetStarts(starts));
        }
    });
}

/// Settings that can be folded; the title shows their state.
fn group(ui: &mut Ui, id: &str, name: Text, value: Text, add: impl FnOnce(&mut Ui)) {
    let title = text!("{name}: {value}", name, value).to_string();
    // The triangle before the title has the width of an indentation.
    let room = ui.available_width() - ui.spacing().indent - ui.spacing().button_padding.x;
    let title = match width(ui.painter(), &title, &body()) <= room {
        true => title,
        false => title.replacen(": ", ":\n", 1),
    };
    let font = fitting(ui.painter(), &title, body(), room);
    CollapsingHeader::new(RichText::new(title).font(font)).id_salt(id).show(ui, add);
}

fn search_run(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let job = state.search().and_then(|search_run| search_run.job);
    let optimise =
        |ui: &mut Ui| primary(ui, UiCommand::Optimise.label(), UiCommand::Optimise.tooltip());
    if ui.add_enabled_ui(job.is_none(), optimise).inner.clicked() {
        UiCommand::Optimise.request(state, actions);
    }
    cost(ui, state);
    let point = match (&state.map.picked, &state.map.probe) {
        (Some(_), _) => Some(MapPoint::Selected),
        (None, Some(_)) => Some(MapPoint::Hovered),
        (None, None) => None,
    };
    let from_here = text!(
        "Search from the kept point alone ({keys}, or double-click on the map)",
        keys = UiCommand::OptimiseFrom.keys()
    );
    let nowhere = || text!("Click the map to keep the point from which to search");
    let nothing = || text!("There is no search to take away");
    let idle = || text!("No search is under way");
    let clear = UiCommand::ClearSearch;
    let stop = text!("End the search and keep the trajectories so far");
    let buttons = [
        SmallButton {
            name: text!("From here"),
            about: from_here,
            refusal: point.is_none().then(nowhere),
            request: point.map(|point| Request::Do(Command::SearchFrom(point))),
        },
        SmallButton::new(clear, (!clear.is_offered(state)).then(nothing), state),
        SmallButton {
            name: text!("Stop"),
            about: UiCommand::Cancel.with_keys(stop),
            refusal: job.is_none().then(idle),
            request: job.map(|job| Request::Do(Command::Stop(job))),
        },
    ];
    small_buttons(ui, buttons, actions);
}

/// The other ways to search: step by step, and by several methods side by side.
fn other_searches(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let (hand, race) = (UiCommand::StepByStep, UiCommand::Race);
    let no_gradient = || text!("By hand goes with the methods that follow a gradient step by step");
    let racing = || text!("A race is under way");
    let buttons = [
        SmallButton::new(hand, (!hand.is_offered(state)).then(no_gradient), state),
        SmallButton::new(race, (!race.is_offered(state)).then(racing), state),
    ];
    small_buttons(ui, buttons, actions);
}

/// The estimated cost of the next search.
fn cost(ui: &mut Ui, state: &State) {
    let Some((_, entry)) = state.shown() else { return };
    // Starts without a point yet cost as much as any others.
    let config = state.next_search().unwrap_or_else(|_| state.search_config().into_owned());
    let SearchConfig { restarts, steps, .. } = config;
    // No search takes zero seconds; a line may break before the time, not inside it.
    let seconds = duration(entry.prepared.seconds(&config).max(0.1)).replace(' ', "\u{a0}");
    let mut lines = vec![text!(
        "{restarts} \u{d7} {steps}, about {seconds}",
        restarts = text!("{count} restart" | "{count} restarts", count = restarts),
        steps = text!("{count} step" | "{count} steps", count = steps),
        seconds
    )];
    let stride = config.stride(entry.prepared.model.latent_dim());
    if stride > 1 {
        lines.push(text!("trajectories kept every {stride} steps", stride));
    }
    let text = Text::joined(lines, "\n");
    note(ui, text).on_hover_text(
        text!("From the speed of this model on this machine; restarts that end early make it less. \
         Of very long trajectories only every so many steps are kept, so that they fit into memory; the best \
         and the last point are always kept."),
    );
}

fn show_code(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let command = UiCommand::ShowCode;
    let code = ui.add_enabled(command.is_offered(state), Button::new(command.label()));
    let why = state.only_for_outlines().unwrap_or_default();
    if code.on_hover_text(command.tooltip()).on_disabled_hover_text(why).clicked() {
        command.request(state, actions);
    }
}

fn copy_table(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let report = state.report();
    let copy = ui.add_enabled(report.is_some(), Button::new(text!("Copy the table")));
    let copy = copy.on_hover_text(text!("Every restart in full precision, for a spreadsheet"));
    if let Some(report) = report.filter(|_| copy.clicked()) {
        actions.push(Request::Copy(report.table()));
    }
}
