//! The strip at the bottom: the timeline of what is played or learned; opened, its curves and results.

use super::action::{Action, Actions};
use super::learning;
use super::painting::fill_shape;
use super::race;
use super::results::Results;
use super::theme::{self, colour};
use super::walk;
use super::widgets::{Icon, icon_button, note};
use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::session::climb::Climb;
use crate::session::{Activity, Command, State};
use egui::{
    Align, Align2, FontId, Layout, Painter, Rect, Sense, Stroke, Ui, UiBuilder, pos2, vec2,
};

/// Height of the strip.
const CLOSED: f32 = 72.0;
/// Height with curves and results.
const OPEN: f32 = 272.0;

/// Height of the timeline and what stands beside it.
const STRIP: f32 = 52.0;

/// Draws the strip and, when `open`, what is under it.
pub fn show(ui: &mut Ui, state: &State, open: bool, results: &mut Results, actions: &mut Actions) {
    // A panel is as high as what it holds; this one keeps its height whatever that is.
    ui.set_min_size(ui.available_size());
    let has_content = has_content(state);
    let (strip, _) = ui.allocate_exact_size(vec2(ui.available_width(), STRIP), Sense::hover());
    let within =
        |rect: Rect| UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    let button = strip.with_min_x(strip.right() - 30.0);
    if has_content {
        ui.scope_builder(within(button), |ui| {
            let (icon, name) = if open {
                (Icon::Down, "Close the drawer")
            } else {
                (Icon::Up, "Open curves and results")
            };
            if icon_button(ui, icon, name).clicked() {
                actions.push(Action::ToggleDrawer);
            }
        });
    }
    let rest = strip.with_max_x(button.left() - 8.0);
    ui.scope_builder(within(rest), |ui| match state.activity {
        Activity::Explore => pins(ui, state, actions),
        Activity::Train => learning::strip(ui, state, actions),
        Activity::Optimise => match &state.walk {
            Some(walk) => walk::strip(ui, walk, actions),
            None => climbing(ui, state, actions),
        },
    });
    if open && has_content {
        ui.separator();
        match (state.activity, &state.walk) {
            (Activity::Train, _) => learning::show(ui, state),
            (Activity::Optimise, Some(walk)) => walk::show(ui, walk, actions),
            (Activity::Optimise, None) => results.show(ui, state, actions),
            _ => (),
        }
    }
}

/// How high it is.
pub fn height(state: &State, open: bool) -> f32 {
    match open && has_content(state) {
        true if state.is_walking() => walk::OPEN,
        true => OPEN,
        false => CLOSED,
    }
}

/// Whether there is anything under the strip.
fn has_content(state: &State) -> bool {
    match state.activity {
        Activity::Explore => false,
        Activity::Train => state.watched().is_some_and(|training| !training.curve.is_empty()),
        Activity::Optimise => state.climb.is_some() || state.race.is_some() || state.walk.is_some(),
    }
}

/// Shapes that were pinned, side by side.
fn pins(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let pins = &state.map.pins;
    if pins.is_empty() {
        note(ui, "Right-click the map to pin shapes here and compare them.");
        return;
    }
    let reach = state.shown().map_or(1.0, |(_, entry)| entry.prepared.model.card.statistics.reach);
    for (index, pin) in pins.iter().enumerate() {
        let (rect, response) = ui.allocate_exact_size(vec2(112.0, 52.0), Sense::click());
        let name = format!("Pin {}", index + 1);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        let painter = ui.painter_at(rect);
        let fill = if response.hovered() {
            ui.visuals().widgets.hovered.weak_bg_fill
        } else {
            ui.visuals().faint_bg_color
        };
        painter.rect_filled(rect, 6.0, fill);
        let value = pin.value(state.property());
        let centre = rect.left_center() + vec2(38.0, 0.0);
        let weak = ui.visuals().weak_text_color();
        let corner = rect.left_top() + vec2(6.0, 4.0);
        painter.text(corner, Align2::LEFT_TOP, index + 1, FontId::proportional(13.0), weak);
        painter.add(fill_shape(
            &pin.outline,
            centre,
            20.0 / reach as f32,
            colour(scale(value, state.range())),
        ));
        let at = rect.right_center() - vec2(8.0, 0.0);
        painter.text(
            at,
            Align2::RIGHT_CENTER,
            three_digits(value),
            FontId::proportional(14.0),
            ui.visuals().text_color(),
        );
        let response = response.on_hover_text("Click to go back to it, right-click to take it out");
        if response.clicked() {
            actions.command(Command::PickPin(index));
        } else if response.secondary_clicked() {
            actions.command(Command::Unpin(index));
        }
    }
}

fn climbing(ui: &mut Ui, state: &State, actions: &mut Actions) {
    if let Some(contest) = &state.race
        && (state.climb.is_none() || contest.run.is_some())
    {
        return race::strip(ui, contest, actions);
    }
    let Some(climb) = &state.climb else {
        note(ui, "Press Climb, or double-click the map: the ways are played here.");
        return;
    };
    let running = climb.run.is_some();
    if running && icon_button(ui, Icon::Stop, "Stop and keep").clicked() {
        actions.command(Command::StopClimb);
    }
    if icon_button(ui, Icon::Back, "One step back").clicked() {
        actions.command(Command::StepBy(-1));
    }
    let (icon, name) = match (climb.is_live(), climb.playback.playing) {
        (true, _) => (Icon::Pause, "Hold this step"),
        (_, true) => (Icon::Pause, "Pause"),
        (_, false) => (Icon::Play, "Play"),
    };
    if icon_button(ui, icon, name).clicked() {
        actions.command(Command::TogglePlay);
    }
    if icon_button(ui, Icon::Forward, "One step on").clicked() {
        actions.command(Command::StepBy(1));
    }
    let speed = climb.playback.speed;
    ui.menu_button(format!("{speed}\u{d7}"), |ui| {
        for choice in [0.25, 0.5, 1.0, 2.0, 4.0] {
            if ui.selectable_label(speed == choice, format!("{choice}\u{d7}")).clicked() {
                actions.command(Command::Speed(choice / speed));
            }
        }
    })
    .response
    .on_hover_text("Speed of the playback ([ and ])");
    let step = climb.shown_step().floor() as usize;
    let value = climb.moment.as_ref().map_or(f64::NAN, |moment| moment.value);
    let (steps, rest) = match climb.report() {
        None => (climb.config.steps, "climbing".to_owned()),
        Some(report) => {
            let best = report.best_believable.map(|best| &report.restarts[best].restart);
            let best = best.map(|best| format!("best {}", three_digits(best.best_value())));
            (climb.paths.last_step(), best.unwrap_or("none believable".to_owned()))
        }
    };
    let second = format!("value {}, {rest}", three_digits(value));
    two_lines(ui, &format!("Step {step} of {steps}"), &second, 172.0);
    if running && !climb.is_live() {
        let live = ui.button("Live").on_hover_text("Follow the newest step again");
        if live.clicked() {
            actions.command(Command::FollowNewest);
        }
    }
    playback(ui, climb, actions);
}

/// The best value so far against the playback, with a hand that can be dragged.
fn playback(ui: &mut Ui, climb: &Climb, actions: &mut Actions) {
    let share = if climb.is_live() { 1.0 } else { climb.playback.share };
    let about = if climb.run.is_some() {
        "The best value so far; drag to any moment, or to the end to follow the newest step"
    } else {
        "The best value so far; drag to any moment"
    };
    if let Some(share) = timeline(ui, &climb.best_so_far, 1.0, share, about) {
        actions.command(Command::Scrub(share));
    }
}

/// A curve that fills the `done` share of the room, and a hand on it at `share`; where the hand was put.
pub fn timeline(ui: &mut Ui, values: &[f64], done: f64, share: f64, about: &str) -> Option<f64> {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Timeline"));
    let painter = ui.painter_at(rect.expand(2.0));
    painter.rect_filled(rect, 6.0, ui.visuals().faint_bg_color);
    let weak = ui.visuals().weak_text_color();
    let curve = rect.with_max_x(rect.left() + (rect.width() * done as f32).max(1.0));
    sparkline(&painter, curve.shrink2(vec2(0.0, 5.0)), values, weak);
    let x = rect.left() + rect.width() * share.clamp(0.0, 1.0) as f32;
    let accent = theme::accent(ui);
    painter.vline(x, rect.y_range(), Stroke::new(2.0, accent));
    painter.circle_filled(pos2(x, rect.center().y), 6.0, accent);
    let response = response.on_hover_text(about);
    let moved = response.dragged() || response.clicked();
    let at = response.interact_pointer_pos().filter(|_| moved)?;
    Some(f64::from((at.x - rect.left()) / rect.width()).clamp(0.0, 1.0))
}

/// A line over a quieter one.
pub fn two_lines(ui: &mut Ui, first: &str, second: &str, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 46.0), Sense::hover());
    let name = format!("{first}: {second}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &name));
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let at = rect.left_center();
    ui.painter().text(
        at - vec2(0.0, 1.0),
        Align2::LEFT_BOTTOM,
        first,
        FontId::proportional(15.0),
        ink,
    );
    ui.painter().text(
        at + vec2(0.0, 2.0),
        Align2::LEFT_TOP,
        second,
        FontId::proportional(13.0),
        weak,
    );
}

/// A line without axes over the whole of `rect`.
fn sparkline(painter: &Painter, rect: Rect, values: &[f64], ink: egui::Color32) {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) =
        finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if values.len() < 2 || low > high {
        return;
    }
    let span = (high - low).max(1e-12);
    let point = |(i, v): (usize, &f64)| {
        let x = i as f32 / (values.len() - 1) as f32;
        let y = ((v - low) / span) as f32;
        pos2(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
    };
    let points = values.iter().enumerate().filter(|(_, v)| v.is_finite()).map(point).collect();
    painter.line(points, Stroke::new(1.8, ink));
}
