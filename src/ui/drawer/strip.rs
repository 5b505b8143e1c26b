//! The strip at the bottom: the timeline of a playback or a training; if it is open, also curves and results.

use super::learning;
use super::playing;
use super::race;
use super::results::Results;
use super::step_through;
use super::tour::{self, Pages};
use crate::explore::colour::scale;
use crate::model::Value;
use crate::session::results::probe::Probe;
use crate::session::view::ExplorePage;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::drawer::lines::two_lines;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::inspector::metrics_table;
use crate::ui::map::painting::fill_shape;
use crate::ui::request::Requests;
use crate::ui::theme::colour;
use crate::ui::widgets::note;
use egui::{Align, Align2, FontId, Layout, Painter, Pos2, Rect, Sense, Ui, UiBuilder, vec2};

/// Height of the strip.
const CLOSED: f32 = 72.0;
/// Height with curves and results.
const OPEN: f32 = 272.0;

/// Height with the rows of the data.
const WITH_DATA: f32 = 330.0;

/// Height of the timeline and the texts beside it.
const STRIP: f32 = 52.0;

/// Shows the strip and, if the drawer is open, the content below it.
pub fn show(
    ui: &mut Ui,
    state: &State,
    (results, pages): (&mut Results, &mut Pages),
    actions: &mut Requests,
) {
    // A panel is as high as its content; this one must keep its height.
    ui.set_min_size(ui.available_size());
    let (open, has_content) = (state.view.drawer_open, has_content(state));
    let (strip, _) = ui.allocate_exact_size(vec2(ui.available_width(), STRIP), Sense::hover());
    let within =
        |rect: Rect| UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    let button = strip.with_min_x(strip.right() - 30.0);
    if has_content {
        ui.scope_builder(within(button), |ui| {
            let (icon, name) = if open {
                (Icon::Down, text!("Close the drawer"))
            } else {
                (Icon::Up, text!("Open curves and results"))
            };
            if icon_button(ui, icon, name).clicked() {
                actions.command(Command::OpenDrawer(!open));
            }
        });
    }
    let rest = strip.with_max_x(button.left() - 8.0);
    ui.scope_builder(within(rest), |ui| match state.view.activity {
        Activity::Explore => exploring(ui, state, actions),
        Activity::Train => learning::strip(ui, state, actions),
        Activity::Optimise => match state.walk() {
            Some(walk) => step_through::strip(ui, walk, actions),
            None => climbing(ui, state, actions),
        },
    });
    if open && has_content {
        ui.separator();
        match (state.view.activity, state.walk()) {
            (Activity::Train, _) => learning::show(ui, state),
            _ if is_comparing(state) => metrics_table::show(ui, state),
            (Activity::Optimise, Some(walk)) => step_through::show(ui, walk, actions),
            (Activity::Optimise, None) => results.show(ui, state, actions),
            (Activity::Explore, _) => pages.show(ui, state, actions),
        }
    }
}

/// The height of the drawer.
pub fn height(state: &State) -> f32 {
    match state.view.drawer_open && has_content(state) {
        true if state.is_walking() => step_through::OPEN,
        true if is_comparing(state) => metrics_table::OPEN,
        true if shows_data(state) => WITH_DATA,
        true => OPEN,
        false => CLOSED,
    }
}

/// True if the metrics of two models are below the strip.
fn is_comparing(state: &State) -> bool {
    state.view.activity == Activity::Explore && state.view.compared.is_some()
}

/// True if the rows of the data are below the strip.
fn shows_data(state: &State) -> bool {
    state.view.activity == Activity::Explore && state.explore_page() == Some(ExplorePage::Data)
}

/// True if there is anything below the strip.
fn has_content(state: &State) -> bool {
    match state.view.activity {
        Activity::Explore => state.explore_page().is_some() || state.view.compared.is_some(),
        Activity::Train => state.watched().is_some_and(|training| !training.losses.is_empty()),
        Activity::Optimise => {
            state.search().is_some() || state.race().is_some() || state.walk().is_some()
        }
    }
}

/// Pins, and the latent path if there is one.
fn exploring(ui: &mut Ui, state: &State, actions: &mut Requests) {
    match state.tour() {
        Some(tour) => {
            pins(ui, state, true, actions);
            tour::strip(ui, state, tour, actions);
        }
        None if state.map.pins.is_empty() => {
            note(
                ui,
                text!(
                    "Right-click the map to pin points here and compare them. Shift-click it, or press Walk, to follow a \
                     latent path; it is played here."
                ),
            );
        }
        None => pins(ui, state, false, actions),
    }
}

/// Pinned shapes side by side; without their values if `narrow`.
fn pins(ui: &mut Ui, state: &State, narrow: bool, actions: &mut Requests) {
    let pins = &state.map.pins;
    let glyphs = state.glyphs();
    let predicts = |pin: &Probe| pin.value(state.quantity()).prediction().is_some();
    let width = if pins.iter().any(predicts) { 164.0 } else { 112.0 };
    for (index, pin) in pins.iter().enumerate() {
        let (rect, response) =
            ui.allocate_exact_size(vec2(if narrow { 56.0 } else { width }, 52.0), Sense::click());
        let name = text!("Pin {number}", number = index + 1);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        let painter = ui.painter_at(rect);
        let fill = if response.hovered() {
            ui.visuals().widgets.hovered.weak_bg_fill
        } else {
            ui.visuals().faint_bg_color
        };
        painter.rect_filled(rect, 6.0, fill);
        let value = pin.value(state.quantity());
        let ink = colour(scale(value.number(), state.range()));
        let centre = rect.left_center() + vec2(if narrow { 32.0 } else { 38.0 }, 0.0);
        let weak = ui.visuals().weak_text_color();
        let corner = rect.left_top() + vec2(6.0, 4.0);
        painter.text(corner, Align2::LEFT_TOP, index + 1, FontId::proportional(13.0), weak);
        fill_shape(&painter, &glyphs, &pin.outline, centre, 20.0, ink);
        if !narrow {
            beside(&painter, rect.right_center() - vec2(8.0, 0.0), value, ui);
        }
        let response =
            response.on_hover_text(text!("Click to go back to it, right-click to take it out"));
        if response.clicked() {
            actions.command(Command::PickPin(index));
        } else if response.secondary_clicked() {
            actions.command(Command::Unpin(index));
        }
    }
}

/// A value that ends at a position; the interval of a prediction is below it.
fn beside(painter: &Painter, at: Pos2, value: Value, ui: &Ui) {
    let font = FontId::proportional(14.0);
    let ink = ui.visuals().text_color();
    let Value::Predicted(predicted) = value else {
        painter.text(at, Align2::RIGHT_CENTER, value.text(), font, ink);
        return;
    };
    let [value, low, high] = predicted.shown();
    painter.text(at, Align2::RIGHT_BOTTOM, value, font, ink);
    let (small, weak) = (FontId::proportional(12.0), ui.visuals().weak_text_color());
    painter.text(at, Align2::RIGHT_TOP, text!("{low} to {high}", low, high), small, weak);
}

fn climbing(ui: &mut Ui, state: &State, actions: &mut Requests) {
    if let Some(contest) = state.race()
        && (state.search().is_none() || contest.job.is_some())
    {
        return race::strip(ui, state, contest, actions);
    }
    let Some(search_run) = state.search() else {
        note(
            ui,
            text!("Press Optimise, or double-click the map: the trajectories are played here."),
        );
        return;
    };
    let running = search_run.job.is_some();
    if let Some(run) = search_run.job
        && icon_button(ui, Icon::Stop, text!("Stop and keep")).clicked()
    {
        actions.command(Command::Stop(run));
    }
    let (icon, name) = match (search_run.is_live(), search_run.look.playback.playing) {
        (true, _) => (Icon::Pause, text!("Hold this step")),
        (_, true) => (Icon::Pause, text!("Pause")),
        (_, false) => (Icon::Play, text!("Play")),
    };
    playing::buttons(ui, (icon, name), actions);
    playing::speed(ui, search_run.look.playback.speed, actions);
    let step = search_run.shown_step().floor() as usize;
    let value = search_run.moment.as_ref().map_or(Value::NONE, |moment| moment.value);
    let (steps, rest) = match search_run.report() {
        None => (search_run.config.steps, text!("searching")),
        Some(report) => {
            let best = report.best_believable.map(|best| report.restarts[best].best());
            let best = best.map(|best| text!("best {best}", best = best.text()));
            (search_run.paths.last_step(), best.unwrap_or_else(|| text!("none believable")))
        }
    };
    let (step, text) = (text!("Step {step} of {steps}", step, steps), value.text());
    match value {
        Value::Computed(_) => {
            two_lines(ui, step, text!("value {value}, {rest}", value = text, rest), 172.0)
        }
        // Two intervals need a line each.
        Value::Predicted(_) => {
            let first = Text::joined([step, text], ": ");
            two_lines(ui, first, text!("predicted, {rest}", rest), 268.0);
        }
    }
    if running && !search_run.is_live() {
        let live = ui.button(text!("Live")).on_hover_text(text!("Follow the newest step again"));
        if live.clicked() {
            actions.command(Command::FollowNewest);
        }
    }
    let about = if running {
        text!(
            "The best objective so far (minus the loss); drag to any step, or to the end to follow the newest step"
        )
    } else {
        text!("The best objective so far (minus the loss); drag to any step")
    };
    let share = if search_run.is_live() { 1.0 } else { search_run.look.playback.share };
    playing::timeline(ui, search_run.best_so_far(), 1.0, share, about, actions);
}
