//! Training in the strip and the drawer: the timeline of its snapshots, its losses, and its diagnostics.

use super::curves;
use super::lines::two_lines;
use super::playing;
use crate::explore::{brief, duration, grouped, three_digits};
use crate::session::jobs::learn::training::TrainingPhase;
use crate::session::state::metrics::Health;
use crate::session::view::ShownTraining;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::trust::{FamilyMetrics, ModelMetrics, Warning};
use crate::ui::icons::{Icon, icon_button};
use crate::ui::request::Requests;
use crate::ui::theme;
use crate::ui::widgets::note;
use egui::{Align, Align2, Button, FontId, Layout, Rect, RichText, ScrollArea, Sense, Ui, vec2};

/// The text between the last update and the finished model.
fn finishing() -> [Text; 2] {
    [text!("Finishing"), text!("encoding and testing\u{2026}")]
}

/// Width of the diagnostics beside the curves.
const HEALTH: f32 = 330.0;
/// Width of the warning button.
const CONCERNS: f32 = 92.0;
/// Opacity of metrics that belong to another snapshot.
const STALE: f32 = 0.55;
/// Width of a family's name and of its number beside its bar.
const NAME: f32 = 86.0;
const NUMBER: f32 = 58.0;

/// The strip: play, the losses, and the timeline.
pub fn strip(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some(training) = state.watched().filter(|training| !training.losses.is_empty()) else {
        let text = match state.training().phase {
            TrainingPhase::Idle => {
                text!("Press Train and watch the losses fall while the map takes shape.")
            }
            TrainingPhase::Finishing => text!("Finishing: encoding and testing\u{2026}"),
            _ => text!("The first epoch\u{2026}"),
        };
        note(ui, text);
        return;
    };
    buttons(ui, &training, actions);
    let asked = training.asked;
    let kept = state.kept_epoch();
    let updates = match (asked, kept) {
        (Some(moment), _) => moment.resume.updates,
        (None, Some((updates, _))) => updates,
        (None, None) => training.updates,
    };
    let rest = match training.phase {
        _ if asked.is_some() => text!("earlier"),
        _ if kept.is_some() => text!("the best, kept"),
        TrainingPhase::Idle if training.share < 1.0 => text!("stopped"),
        TrainingPhase::Idle => text!("done"),
        TrainingPhase::Finishing => text!("finishing\u{2026}"),
        TrainingPhase::Paused => text!("paused"),
        TrainingPhase::Running => {
            text!("{time} left", time = duration(training.seconds_left))
        }
    };
    // While another model is shown, the bar says whose training it is.
    let watched =
        state.watched_model().filter(|id| state.shown().is_none_or(|(shown, _)| shown != *id));
    if let Some(id) = watched {
        two_lines(ui, brief(&state.name(id).to_string(), 16), text!("is being trained"), 124.0);
    }
    let total = training.total_updates();
    let at = text!("Update {updates} of {total}", updates, total);
    let epochs = kept.map_or(training.shown_epochs(), |(_, record)| record.epoch as f64);
    let epoch = text!("epoch {epochs}, {rest}", epochs = format!("{epochs:.1}"), rest);
    let [first, second] = match training.phase {
        TrainingPhase::Finishing if asked.is_none() => finishing(),
        _ => [at, epoch],
    };
    two_lines(ui, first, second, 178.0);
    let record = asked.and_then(|moment| moment.history.last());
    let record = record.or(kept.map(|(_, record)| record));
    let last = training.losses.curve.last().map(|point| point.losses);
    let [reconstruction, kl] = match (record, last) {
        (Some(record), _) => [record.reconstruction, record.kl],
        (None, Some(losses)) if asked.is_none() => [losses.reconstruction, losses.kl],
        _ => [f64::NAN; 2],
    };
    two_lines(ui, text!("Reconstruction loss"), three_digits(reconstruction), 140.0);
    two_lines(ui, Text::verbatim("KL"), three_digits(kl), 58.0);
    let health = state.health();
    match health.as_ref().map(|health| (health, health.warnings.first())) {
        Some((health, Some(first))) => concern_button(ui, health, first, actions),
        // The timeline keeps its length while it is dragged from snapshot to snapshot.
        _ if asked.is_some() => {
            ui.allocate_space(vec2(CONCERNS, 1.0));
        }
        _ => (),
    }
    if training.job.is_some() && asked.is_some() {
        let live = ui.button(text!("Live")).on_hover_text(text!("Follow the newest state again"));
        if live.clicked() {
            actions.command(Command::FollowNewest);
        }
    }
    let curve = training.losses.curve.iter();
    let values: Vec<f64> = curve.map(|point| point.losses.total.max(1e-12).ln()).collect();
    let whole = total.max(1) as f64;
    let done = (training.updates as f64 / whole).min(1.0);
    let about =
        text!("The loss; drag to any update of the training, to its end for the newest state");
    playing::timeline(ui, &values, done, updates as f64 / whole, about, actions);
}

fn buttons(ui: &mut Ui, training: &ShownTraining<'_>, actions: &mut Requests) {
    let stoppable = matches!(training.phase, TrainingPhase::Running | TrainingPhase::Paused);
    if let Some(run) = training.job.filter(|_| stoppable)
        && icon_button(ui, Icon::Stop, text!("Stop and keep")).clicked()
    {
        actions.command(Command::Stop(run));
    }
    let (icon, name) = match training.phase {
        TrainingPhase::Running => (Icon::Pause, text!("Pause")),
        TrainingPhase::Paused => (Icon::Play, text!("Go on")),
        _ if training.is_playing => (Icon::Pause, text!("Pause")),
        TrainingPhase::Idle | TrainingPhase::Finishing => {
            (Icon::Play, text!("Play the training again"))
        }
    };
    playing::buttons(ui, (icon, name), actions);
}

/// A warning button; the text is in its tooltip and in the drawer.
fn concern_button(ui: &mut Ui, health: &Health<'_>, first: &Warning, actions: &mut Requests) {
    let text = text!("{count} warning" | "{count} warnings", count = health.warnings.len());
    let colour = match health.stale {
        Some(_) => ui.visuals().weak_text_color(),
        None => ui.visuals().warn_fg_color,
    };
    let button = Button::new(RichText::new(text).color(colour)).min_size(vec2(CONCERNS, 0.0));
    if ui.add(button).on_hover_text(first.to_string()).clicked() {
        actions.command(Command::OpenDrawer(true));
    }
}

/// The open drawer: the curves, and the diagnostics of the model beside them.
pub fn show(ui: &mut Ui, state: &State) {
    let Some(training) = state.watched() else { return };
    let area = ui.available_rect_before_wrap();
    let side = |rect: Rect| egui::UiBuilder::new().max_rect(rect);
    let split = area.right() - HEALTH;
    ui.scope_builder(side(area.with_max_x(split - 18.0)), |ui| {
        curves::losses(ui, &training, state.kept_epoch().map(|(_, record)| record));
    });
    let Some(known) = state.health() else { return };
    let asked = training.asked_updates();
    ui.scope_builder(side(area.with_min_x(split)), |ui| health(ui, &known, asked));
}

/// The diagnostics of a model; `asked` is the shown update, if it is not the newest.
fn health(ui: &mut Ui, health: &Health<'_>, asked: Option<usize>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        if let Some(asked) = asked {
            let asked = grouped(asked);
            note(ui, match health.stale {
                Some(before) => text!("Update {before}; computing metrics of {asked}\u{2026}", before = grouped(before), asked),
                None => text!("Update {asked}", asked),
            });
        }
        if health.stale.is_some() {
            ui.multiply_opacity(STALE);
        }
        for Warning { what, remedy } in &health.warnings {
            let text = RichText::new(what.to_string()).color(ui.visuals().warn_fg_color).family(theme::strong());
            ui.add(egui::Label::new(text).wrap());
            note(ui, remedy);
            ui.add_space(4.0);
        }
        let Some(metrics) = health.metrics else {
            let learns = text!("The metrics are computed now and then during the training.");
            note(ui, health.failed.cloned().unwrap_or(learns));
            return;
        };
        let of = metrics.scope();
        let tooltip = text!("The mean squared distance between a shape and its reconstruction, summed over all coordinates, in data units, family by \
             family, of {of}. Usual: within a factor of two or three of each other; a family that stands out is one the map \
             has no room for.", of);
        ui.label(RichText::new(text!("Reconstruction error by family (data units)")).weak()).on_hover_text(tooltip);
        families(ui, metrics);
        ui.add_space(4.0);
        units(ui, metrics);
    });
}

/// A bar for each family; the one with the worst reconstruction has the longest.
fn families(ui: &mut Ui, metrics: &ModelMetrics) {
    let errors = metrics.families.iter().map(|family| family.reconstruction_error);
    let worst = errors.filter(|error| error.is_finite()).fold(0.0, f64::max);
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let bar = theme::accent(ui).gamma_multiply(0.6);
    let missing = ui.visuals().warn_fg_color;
    for FamilyMetrics { name, reconstruction_error, share, reachable, .. } in &metrics.families {
        let (row, response) =
            ui.allocate_exact_size(vec2(ui.available_width() - 12.0, 15.0), Sense::hover());
        let value = three_digits(*reconstruction_error);
        let label = text!("{name}: reconstruction error {value}", name, value = &value);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &label));
        let font = FontId::proportional(13.0);
        let painter = ui.painter();
        let colour = if *reachable { ink } else { missing };
        painter.text(row.left_center(), Align2::LEFT_CENTER, name, font.clone(), colour);
        let track = row.with_min_x(row.left() + NAME).with_max_x(row.right() - NUMBER);
        let part = if worst > 0.0 { (reconstruction_error / worst) as f32 } else { 0.0 };
        let width = track.width() * if part.is_finite() { part } else { 0.0 };
        let filled =
            Rect::from_min_size(track.min, vec2(width, track.height())).shrink2(vec2(0.0, 3.0));
        painter.rect_filled(filled, 2.0, bar);
        painter.text(row.right_center(), Align2::RIGHT_CENTER, value, font, weak);
        let share = format!("{:.1}", 100.0 * share);
        let found = match *reachable {
            true => text!("{share} % of the valid cells of the map look like it", share),
            false => text!(
                "{share} % of the valid cells of the map look like it: less than 1 %, so it cannot be found",
                share
            ),
        };
        response.on_hover_text(found);
    }
}

/// The number of active latent dimensions.
fn units(ui: &mut Ui, metrics: &ModelMetrics) {
    let tooltip = text!(
        "Latent dimensions whose mean varies over the data: variance above {limit} (Burda et al. 2016). All of a small latent \
         are usual; none is posterior collapse.",
        limit = metrics.active_variance.to_string()
    );
    ui.horizontal(|ui| {
        ui.label(RichText::new(text!("Active units")).weak()).on_hover_text(tooltip.clone());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            let text = text!(
                "{active} of {all}",
                active = metrics.active_units,
                all = metrics.unit_variances.len()
            );
            ui.label(text).on_hover_text(tooltip);
        });
    });
}
