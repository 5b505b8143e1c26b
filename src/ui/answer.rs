//! The answer of a search: what was reached, what to believe of it, and what a colleague would ask.

use super::action::Actions;
use super::curves;
use super::inspector::{canvas, reach};
use super::moment;
use super::painting::fill_shape;
use super::theme::colour;
use super::widgets::{fact, heading, note, verdict};
use crate::data::property::Property;
use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::model::Model;
use crate::model::judge::Prediction;
use crate::optimise::{RestartReport, SearchReport, TermAnswer};
use crate::session::jobs::search::SearchRun;
use crate::session::models::ModelEntry;
use crate::session::{Command, State};
use crate::trust::Foretold;
use egui::{Align2, FontId, RichText, Sense, Ui, vec2};

const SCORE: &str = "Minus the sum of each term's loss times its weight: more is better";
const PREDICTED: &str = "What the task head predicts from z, and the interval of a judge that learned apart from it: nine in ten \
     such intervals hold the true value";
/// The tooltip of an interval.
pub const INTERVAL: &str = "From a judge that learned apart from the head and that no search sees; nine in ten such intervals hold the \
     true value";
const TRUE: &str = "What the decoded shape has, by its geometry";
const IN_DATA: &str = "The best of the training data themselves by the same terms and constraints: what an answer has to beat";
const GAIN: &str =
    "By how much the answer is better than the best in the data; negative where it is worse";
const AFTER: &str = "The value after encoding the shape and decoding it again: a value that does not survive was never there";
const NEAREST: &str = "The training shape whose place in the latent is nearest, and how far it is, in standard deviations of the data";
const DISTANCE: &str = "From the answer to the tenth nearest of the training data; 99 % of held-out shapes stay within the second number";
const SHIFT: &str = "How far encoding the decoded shape leads away in the latent; 99 % of held-out shapes stay within the second number";
/// Height of the two shapes side by side.
const SIDE_BY_SIDE: f32 = 104.0;

/// Draws the answer that is chosen, or the best that can be believed.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let (Some(climb), Some(report)) = (&state.climb, state.report()) else { return };
    let index = climb.chosen.or(report.best_believable).or(report.best);
    let Some((index, restart)) = index.and_then(|i| Some((i, report.restarts.get(i)?))) else {
        heading(ui, "No answer");
        let why = if climb.config.aim.constraints.is_empty() {
            "Every restart left the property's domain at once. Try another seed, or start inside the data."
        } else {
            "No restart met a shape that keeps every constraint. Loosen one, or start from a shape that keeps them."
        };
        note(ui, why);
        return;
    };
    let title = match (climb.chosen, report.best_believable) {
        (Some(i), _) => format!("Restart {}", i + 1),
        (None, Some(_)) => "Best believable answer".to_owned(),
        (None, None) => "Best answer, not believable".to_owned(),
    };
    heading(ui, &title);
    moment::before_and_after(ui, climb, index, restart, state, actions);
    let aim = &climb.config.aim;
    let about = if aim.terms.len() == 1 { aim.property().about() } else { SCORE };
    let (first, best) = (restart.restart.start_value(), restart.restart.best_value());
    let change = format!("{}, from {}", three_digits(best), three_digits(first));
    let label = match restart.answer.predicted {
        Some(_) => format!("{}, predicted", aim.label()),
        None => aim.label().to_owned(),
    };
    fact(ui, &label, &with_unit(state, climb, &change), about);
    let interval = |ui: &mut Ui, of: &Prediction| {
        let [_, low, high] = of.shown();
        fact(ui, "90 % interval", &with_unit(state, climb, &format!("{low} to {high}")), INTERVAL);
    };
    if let Some(predicted) = &restart.answer.predicted {
        interval(ui, predicted);
    }
    if aim.is_penalised() {
        let objective = three_digits(restart.restart.best_objective());
        fact(ui, curves::OBJECTIVE, &objective, curves::ABOUT_OBJECTIVE);
    }
    for term in &restart.answer.terms {
        if let Some(why) = term.measured.and_then(|value| term.property.outside_domain(value)) {
            note(ui, why);
        }
        predicted_beside_true(ui, term, aim.terms.len() == 1);
    }
    // What a constraint bounds is predicted too.
    let checks = restart.verdict.foretold.iter().flat_map(|foretold| &foretold.predictions);
    let is_sought = |of: Property| restart.answer.terms.iter().any(|term| term.property == of);
    for check in checks.filter(|check| !is_sought(check.property)) {
        let text = check.prediction.text();
        let text = match state.models.get(climb.model.0) {
            Some(entry) => entry.prepared.model.with_unit(check.property, &text),
            None => text,
        };
        fact(ui, &format!("{}, predicted", check.property.label()), &text, PREDICTED);
    }
    let (predicted_gain, gain) = (&restart.answer.predicted_gain, restart.answer.gain);
    if let Some(data) =
        report.in_data.as_ref().filter(|_| predicted_gain.is_some() || gain.is_some())
    {
        fact(ui, "Best in the data", &with_unit(state, climb, &three_digits(data.value)), IN_DATA);
    }
    match (predicted_gain, gain) {
        (Some(gain), _) => {
            let [value, ..] = gain.shown();
            fact(ui, "Improvement, predicted", &with_unit(state, climb, &value), GAIN);
            interval(ui, gain);
        }
        (None, Some(gain)) => {
            fact(ui, "Improvement on it", &with_unit(state, climb, &three_digits(gain)), GAIN);
        }
        (None, None) => (),
    }
    match restart.restart.no_answer() {
        Some(none) => _ = note(ui, none.sentence()),
        None => verdict(ui, &restart.verdict),
    }
    if let Some(remark) = restart.verdict.foretold.as_ref().and_then(Foretold::remark) {
        note(ui, &remark);
    }
    if climb.chosen.is_none() {
        side_by_side(ui, state, report, actions);
    }
    questions(ui, restart, state.models.get(climb.model.0));
    if state.is_climb_stale() {
        let text = RichText::new("The model has changed since this climb.").small();
        ui.label(text.color(ui.visuals().warn_fg_color));
    }
}

/// A value of the aim with its unit, where it is that of one property.
fn with_unit(state: &State, climb: &SearchRun, value: &str) -> String {
    match (climb.config.aim.terms.as_slice(), state.models.get(climb.model.0)) {
        ([term], Some(entry)) => entry.prepared.model.with_unit(term.property, value),
        _ => value.to_owned(),
    }
}

/// What a head says of a term, where there is one, beside what the shape has.
fn predicted_beside_true(ui: &mut Ui, term: &TermAnswer, alone: bool) {
    // What only a head can tell has no other truth to stand beside it.
    let (Some(predicted), Some(computed)) = (term.prediction(), term.measured) else { return };
    if !alone {
        fact(ui, term.property.label(), "", PREDICTED);
    }
    let [value, low, high] = predicted.shown();
    fact(ui, "Predicted", &value, PREDICTED);
    fact(ui, "90 % interval", &format!("{low} to {high}"), INTERVAL);
    fact(ui, "Computed", &three_digits(computed), TRUE);
}

/// The best answer beside the best that can be believed, where they differ; a click shows one.
fn side_by_side(ui: &mut Ui, state: &State, report: &SearchReport, actions: &mut Actions) {
    let (Some(best), Some(believable)) = (report.best, report.best_believable) else { return };
    if best == believable {
        return;
    }
    let rect = canvas(ui, SIDE_BY_SIDE, "The best and the best believable shape");
    let unit = 0.3 * rect.height() / reach(state) as f32;
    let weak = ui.visuals().weak_text_color();
    for (index, place, name) in [(best, 0.25, "best"), (believable, 0.75, "believable")] {
        let half = rect.with_min_x(rect.left() + (place - 0.25) * rect.width());
        let half = half.with_max_x(half.left() + 0.5 * rect.width());
        let answer = &report.restarts[index];
        let value = state.value_of(&answer.decoded);
        let centre = half.center() - vec2(0.0, 12.0);
        // A tangled shape may be larger than any other; its caption stays legible.
        let above = ui.painter_at(half.with_max_y(half.bottom() - 22.0));
        above.add(fill_shape(&answer.decoded, centre, unit, colour(scale(value, state.range()))));
        let painter = ui.painter_at(half);
        let caption = format!("{name} {}", three_digits(answer.answer.value()));
        let at = half.center_bottom() - vec2(0.0, 5.0);
        painter.text(at, Align2::CENTER_BOTTOM, caption, FontId::proportional(13.0), weak);
        let id = ui.scope_id().with(("side by side", index));
        let response = ui.interact(half, id, Sense::click());
        let text = format!("Restart {} is {}. Click to show it.", index + 1, answer.verdict.word());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
        if response.on_hover_text(text).clicked() {
            actions.command(Command::ChooseRestart(Some(index)));
        }
    }
}

/// The properties that were not sought, at the start and at the answer.
fn others(ui: &mut Ui, found: &RestartReport, model: &Model) {
    let sought: Vec<Property> = found.answer.terms.iter().map(|term| term.property).collect();
    for property in model.properties().into_iter().filter(|p| !sought.contains(p)) {
        let RestartReport { restart, decoded_start, decoded, .. } = found;
        let ends = [(restart.start(), decoded_start), (restart.best_z(), decoded)];
        let [before, after] = ends
            .map(|(z, outline)| model.tell_one(property, z, outline).unwrap_or(f64::NAN))
            .map(three_digits);
        let text = model.with_unit(property, &format!("{after}, from {before}"));
        let label = match property.is_measured() {
            true => format!("{}, predicted", property.label()),
            false => property.label().to_owned(),
        };
        fact(ui, &label, &text, property.about());
    }
}

/// What a colleague would ask.
fn questions(ui: &mut Ui, restart: &RestartReport, entry: Option<&ModelEntry>) {
    let (answer, verdict) = (&restart.answer, &restart.verdict);
    ui.collapsing("Details of the answer", |ui| {
        for term in &answer.terms {
            let label = term.property.label();
            let text = match (term.measured, term.returned, term.prediction()) {
                (Some(before), Some(after), _) => {
                    format!("{} to {}", three_digits(before), three_digits(after))
                }
                (_, _, Some(predicted)) => predicted.text(),
                _ => continue,
            };
            let text = match entry {
                Some(entry) => entry.prepared.model.with_unit(term.property, &text),
                None => text,
            };
            match term.measured {
                Some(_) => fact(ui, &format!("{label}, re-decoded"), &text, AFTER),
                None => fact(ui, &format!("{label}, predicted"), &text, PREDICTED),
            };
        }
        if let Some(entry) = entry {
            others(ui, restart, &entry.prepared.model);
        }
        let [distance, limit] = verdict.distance_and_limit();
        fact(ui, "Distance to the data", &format!("{distance} SD, limit {limit}"), DISTANCE);
        let [shift, limit] = verdict.shift_and_limit();
        fact(ui, "Encode-decode shift", &format!("{shift}, limit {limit}"), SHIFT);
        if let (Some((row, distance)), Some(entry)) = (answer.nearest, entry) {
            let (encoded, title) =
                (&entry.prepared.model.encoded, entry.prepared.model.row_title(row));
            let label = encoded.labels.get(row).and_then(|l| encoded.names.get(usize::from(*l)));
            let family = label.map_or("", String::as_str);
            fact(
                ui,
                "Nearest training shape",
                &format!("{family}, {title}, {}", three_digits(distance)),
                NEAREST,
            );
        }
        let best = restart.restart.best.as_ref();
        let step = best
            .map_or("\u{2013}".to_owned(), |b| format!("{} of {}", b.step, restart.restart.steps));
        fact(
            ui,
            "Best at step",
            &step,
            "The answer is the best valid point on the way, not the last one",
        );
    });
}
