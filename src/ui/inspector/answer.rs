//! The answer of a search: its values, its reliability, and further details.

use super::side_panel::{canvas, reach};
use crate::data::property::Property;
use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::model::Value;
use crate::optimise::{SearchReport, TermAnswer};
use crate::session::jobs::search::SearchRun;
use crate::session::models::ModelEntry;
use crate::session::{Command, State};
use crate::trust::PredictionChecks;
use crate::ui::action::Actions;
use crate::ui::drawer::curves;
use crate::ui::drawer::playhead;
use crate::ui::map::painting::fill_shape;
use crate::ui::theme::colour;
use crate::ui::widgets::{fact, heading, note, verdict};
use egui::{Align2, FontId, RichText, Sense, Ui, vec2};

const SCORE: &str = "Minus the sum of each term's loss times its weight: more is better";
/// The tooltip of a prediction.
pub const PREDICTED: &str = "What the task head predicts from z, and the interval of a judge that learned apart from it: nine in ten \
     such intervals hold the true value";
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

/// Shows the selected answer, or the best reliable one.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let (Some(search_run), Some(report)) = (&state.search_run, state.report()) else { return };
    let index = search_run.chosen.or(report.best_believable).or(report.best);
    let Some((index, restart)) = index.and_then(|i| Some((i, report.restarts.get(i)?))) else {
        heading(ui, "No answer");
        let why = if search_run.config.spec.constraints.is_empty() {
            "Every restart left the property's domain at once. Try another seed, or start inside the data."
        } else {
            "No restart met a shape that keeps every constraint. Loosen one, or start from a shape that keeps them."
        };
        note(ui, why);
        return;
    };
    let title = match (search_run.chosen, report.best_believable) {
        (Some(i), _) => format!("Restart {}", i + 1),
        (None, Some(_)) => "Best believable answer".to_owned(),
        (None, None) => "Best answer, not believable".to_owned(),
    };
    heading(ui, &title);
    if state.is_search_stale() {
        let id = search_run.model.0;
        let name =
            state.models.get(id).map_or("a model that was closed", |entry| entry.name.as_str());
        let text = match state.shown_version() {
            Some((shown, _)) if shown == id => {
                "The model has changed since this search.".to_owned()
            }
            _ => format!("Found in {name}, not in the model that is shown."),
        };
        ui.label(RichText::new(text).small().color(ui.visuals().warn_fg_color));
    }
    playhead::before_and_after(ui, search_run, index, restart, state, actions);
    let spec = &search_run.config.spec;
    let about = if spec.terms.len() == 1 { spec.property().about() } else { SCORE };
    let unit = match spec.terms.as_slice() {
        [term] => report.unit(term.property),
        _ => "",
    };
    let best = restart.best();
    match best {
        Value::Computed(_) => {
            let change = format!("{}, from {}", best.text(), restart.start.text_in(unit));
            fact(ui, spec.label(), &change, about);
        }
        Value::Predicted(_) => {
            fact(ui, &best.title(spec.label()), &best.text_in(unit), PREDICTED);
            fact(ui, "At the start, predicted", &restart.start.text_in(unit), PREDICTED);
        }
    }
    if spec.is_penalised() {
        let objective = three_digits(restart.restart.best_objective());
        fact(ui, curves::OBJECTIVE, &objective, curves::ABOUT_OBJECTIVE);
    }
    for term in &restart.answer.terms {
        if let Some(why) = term.measured.and_then(|value| term.property.outside_domain(value)) {
            note(ui, why);
        }
        let is_above = best.prediction().is_some() && spec.terms.len() == 1;
        predicted_beside_computed(ui, term, report.unit(term.property), is_above);
    }
    // The property of a constraint can be predicted too.
    for check in restart.bounded() {
        let predicted = Value::Predicted(check.prediction);
        let text = predicted.text_in(report.unit(check.property));
        fact(ui, &predicted.title(check.property.label()), &text, PREDICTED);
    }
    if let (Some(data), Some(gain)) = (&report.in_data, restart.answer.gained()) {
        fact(ui, "Best in the data", &Value::Computed(data.value).text_in(unit), IN_DATA);
        let label = match gain {
            Value::Computed(_) => "Improvement on it",
            Value::Predicted(_) => "Improvement, predicted",
        };
        fact(ui, label, &gain.text_in(unit), GAIN);
    }
    match restart.restart.no_answer() {
        Some(none) => _ = note(ui, none.sentence()),
        None => verdict(ui, &restart.verdict),
    }
    if let Some(remark) =
        restart.verdict.prediction_checks.as_ref().and_then(PredictionChecks::remark)
    {
        note(ui, &remark);
    }
    if search_run.chosen.is_none() {
        side_by_side(ui, state, report, actions);
    }
    questions(ui, search_run, index, state.models.get(search_run.model.0));
}

/// The prediction of a term beside the computed value, if there is one and it is not shown above.
fn predicted_beside_computed(ui: &mut Ui, term: &TermAnswer, unit: &str, is_above: bool) {
    let Some(predicted) = term.prediction().map(Value::Predicted) else { return };
    let label = term.property.label();
    if !is_above {
        fact(ui, &predicted.title(label), &predicted.text_in(unit), PREDICTED);
    }
    // A property that only a head predicts has no computed value.
    if let Some(computed) = term.measured {
        fact(ui, &format!("{label}, computed"), &three_digits(computed), TRUE);
    }
}

/// The best answer beside the best reliable one, if they differ; a click selects one.
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
        let lines = match answer.answer.value() {
            value @ Value::Computed(_) => vec![format!("{name} {}", value.text())],
            value @ Value::Predicted(_) => vec![format!("{name}, predicted"), value.text()],
        };
        let height = 17.0 * lines.len() as f32;
        // A self-intersecting shape may be larger than any other; its caption must stay legible.
        let above = ui.painter_at(half.with_max_y(half.bottom() - height - 5.0));
        above.add(fill_shape(&answer.decoded, centre, unit, colour(scale(value, state.range()))));
        let painter = ui.painter_at(half);
        let at = half.center_bottom() - vec2(0.0, 5.0);
        let font = FontId::proportional(13.0);
        painter.text(at, Align2::CENTER_BOTTOM, lines.join("\n"), font, weak);
        let id = ui.scope_id().with(("side by side", index));
        let response = ui.interact(half, id, Sense::click());
        let text = format!("Restart {} is {}. Click to show it.", index + 1, answer.verdict.word());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
        if response.on_hover_text(text).clicked() {
            actions.command(Command::ChooseRestart(Some(index)));
        }
    }
}

/// Details of the answer that an engineer needs to judge it.
fn questions(ui: &mut Ui, search_run: &SearchRun, index: usize, entry: Option<&ModelEntry>) {
    let Some(report) = search_run.report() else { return };
    let restart = &report.restarts[index];
    let (answer, verdict) = (&restart.answer, &restart.verdict);
    ui.collapsing("Details of the answer", |ui| {
        for term in &answer.terms {
            let (Some(before), Some(after)) = (term.measured, term.returned) else { continue };
            let text = format!("{} to {}", three_digits(before), three_digits(after));
            fact(ui, &format!("{}, re-decoded", term.property.label()), &text, AFTER);
        }
        // Properties of constraints are shown above.
        let is_above = |of: Property| restart.bounded().any(|check| check.property == of);
        let besides =
            search_run.besides.iter().filter(|(of, _)| *of == index).flat_map(|(_, all)| all);
        for (property, value) in besides.filter(|(property, _)| !is_above(*property)) {
            let unit = search_run.frozen.unit(*property);
            fact(ui, &value.title(property.label()), &value.text_in(unit), property.about());
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
