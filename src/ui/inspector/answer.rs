//! The answer of a search: its values, its reliability, and further details.

use super::canvas::canvas;
use super::row::{self, Beside};
use crate::data::quantity::Quantity;
use crate::data::quantity::predicted;
use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::model::Value;
use crate::optimise::{SearchReport, TermAnswer};
use crate::session::results::models::ModelEntry;
use crate::session::view::ShownSearch;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::trust::PredictionChecks;
use crate::ui::drawer::curves;
use crate::ui::drawer::playhead;
use crate::ui::map::painting::fill_shape;
use crate::ui::request::Requests;
use crate::ui::theme::colour;
use crate::ui::widgets::{fact, fitting, heading, note, verdict};
use egui::{Align2, CollapsingHeader, FontId, RichText, Sense, Ui, vec2};

/// Height of the two shapes side by side.
const SIDE_BY_SIDE: f32 = 104.0;

/// Shows the selected answer, or the best reliable one.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let (Some(search_run), Some(report)) = (state.search(), state.report()) else { return };
    let index = search_run.look.chosen.or(report.best_believable).or(report.best);
    let Some((index, restart)) = index.and_then(|i| Some((i, report.restarts.get(i)?))) else {
        heading(ui, text!("No answer"));
        let why = if !search_run.config.spec.is_constrained() {
            text!(
                "Every restart left the property's domain at once. Try another seed, or start inside the data."
            )
        } else {
            text!(
                "No restart found a row that keeps every constraint. Loosen one, or start from a row that keeps them."
            )
        };
        note(ui, why);
        return;
    };
    let title = match (search_run.look.chosen, report.best_believable) {
        (Some(i), _) => text!("Restart {number}", number = i + 1),
        (None, Some(_)) => text!("Best believable answer"),
        (None, None) => text!("Best answer, not believable"),
    };
    heading(ui, title);
    if state.is_search_stale() {
        let id = search_run.model.0;
        let text = match (state.shown_version(), state.model(id)) {
            (Some((shown, _)), _) if shown == id => {
                text!("The model has changed since this search.")
            }
            (_, Some(entry)) => {
                text!("Found in {name}, not in the model that is shown.", name = &entry.name)
            }
            (_, None) => text!("Found in a model that was closed, not in the model that is shown."),
        };
        ui.label(RichText::new(text).small().color(ui.visuals().warn_fg_color));
    }
    playhead::before_and_after(ui, search_run, index, restart, state, actions);
    let spec = &search_run.config.spec;
    let about = if spec.terms.len() == 1 { state.about(spec.quantity()) } else { about_score() };
    let unit = match spec.terms.as_slice() {
        [term] => report.unit(term.quantity),
        _ => "",
    };
    let best = restart.best();
    match best {
        Value::Computed(_) => {
            let change = text!(
                "{best}, from {start}",
                best = best.text(),
                start = restart.start.text_in(unit)
            );
            fact(ui, spec.label(), change, about);
        }
        Value::Predicted(_) => {
            fact(ui, best.title(spec.label()), best.text_in(unit), about_predicted());
            fact(
                ui,
                text!("At the start, predicted"),
                restart.start.text_in(unit),
                about_predicted(),
            );
        }
    }
    if spec.is_penalised() {
        let objective = three_digits(restart.restart.best_objective());
        fact(ui, curves::objective(), objective, curves::about_objective());
    }
    for term in &restart.answer.terms {
        if let Some(why) =
            term.measured.and_then(|value| state.outside_domain(term.quantity, value))
        {
            note(ui, why);
        }
        let is_above = best.prediction().is_some() && spec.terms.len() == 1;
        predicted_beside_computed(ui, term, report.unit(term.quantity), is_above);
    }
    // The quantity of a constraint can be predicted too.
    for check in restart.bounded() {
        let predicted = Value::Predicted(check.prediction);
        let text = predicted.text_in(report.unit(check.quantity));
        fact(ui, predicted.title(check.quantity.plain_label()), text, about_predicted());
    }
    for class in &restart.answer.classes {
        fact(ui, predicted(class.quantity.plain_label()), class.text(), about_class());
    }
    if let (Some(data), Some(gain)) = (&report.in_data, restart.answer.gained()) {
        fact(
            ui,
            text!("Best in the data"),
            Value::Computed(data.value).text_in(unit),
            about_best_in_data(),
        );
        let label = match gain {
            Value::Computed(_) => text!("Improvement on it"),
            Value::Predicted(_) => text!("Improvement, predicted"),
        };
        fact(ui, label, gain.text_in(unit), about_improvement());
    }
    match restart.restart.no_answer() {
        Some(none) => _ = note(ui, none.sentence()),
        None => verdict(ui, &restart.verdict),
    }
    if let Some(remark) =
        restart.verdict.prediction_checks.as_ref().and_then(PredictionChecks::remark)
    {
        note(ui, remark);
    }
    if report.table.is_some() {
        let model = &search_run.frozen;
        let nearest = restart.answer.nearest.map(|(row, _)| row);
        let known = nearest.map(|row| (row, model.training_row(row)));
        let beside = known.as_ref().map(|(row, values)| Beside::of_data(model, *row, values));
        row::ranges(ui, model, &restart.decoded, beside.as_ref());
        row::show(ui, "answer", model, &restart.decoded, beside.as_ref(), actions);
    }
    if search_run.look.chosen.is_none() {
        side_by_side(ui, state, report, actions);
    }
    questions(ui, state, search_run, index, state.model(search_run.model.0));
}

/// The prediction of a term beside the computed value, if there is one and it is not shown above.
fn predicted_beside_computed(ui: &mut Ui, term: &TermAnswer, unit: &str, is_above: bool) {
    let Some(predicted) = term.prediction().map(Value::Predicted) else { return };
    let label = term.quantity.label();
    if !is_above {
        fact(ui, predicted.title(&label), predicted.text_in(unit), about_predicted());
    }
    // A quantity that only a head predicts has no computed value.
    if let Some(computed) = term.measured {
        fact(ui, text!("{label}, computed", label), three_digits(computed), about_computed());
    }
}

/// The best answer beside the best reliable one, if they differ; a click selects one.
fn side_by_side(ui: &mut Ui, state: &State, report: &SearchReport, actions: &mut Requests) {
    let (Some(best), Some(believable)) = (report.best, report.best_believable) else { return };
    if best == believable {
        return;
    }
    let rect = canvas(ui, SIDE_BY_SIDE, text!("The best and the best believable answer"));
    let (glyphs, reach) = (state.glyphs(), 0.3 * rect.height());
    let weak = ui.visuals().weak_text_color();
    for (index, place, name) in
        [(best, 0.25, text!("best")), (believable, 0.75, text!("believable"))]
    {
        let half = rect.with_min_x(rect.left() + (place - 0.25) * rect.width());
        let half = half.with_max_x(half.left() + 0.5 * rect.width());
        let answer = &report.restarts[index];
        let value = state.value_of(&answer.decoded);
        let centre = half.center() - vec2(0.0, 12.0);
        let lines = match answer.answer.value() {
            value @ Value::Computed(_) => {
                vec![text!("{name} {value}", name = &name, value = value.text())]
            }
            value @ Value::Predicted(_) => vec![predicted(name.clone()), value.text()],
        };
        let height = 17.0 * lines.len() as f32;
        // A self-intersecting shape may be larger than any other; its caption must stay legible.
        let above = ui.painter_at(half.with_max_y(half.bottom() - height - 5.0));
        let ink = colour(scale(value, state.range()));
        fill_shape(&above, &glyphs, &answer.decoded, centre, reach, ink);
        let painter = ui.painter_at(half);
        let at = half.center_bottom() - vec2(0.0, 5.0);
        let font = FontId::proportional(13.0);
        let lines = Text::joined(lines, "\n").to_string();
        let font = fitting(&painter, &lines, font, half.width() - 6.0);
        painter.text(at, Align2::CENTER_BOTTOM, lines, font, weak);
        let id = ui.scope_id().with(("side by side", index));
        let response = ui.interact(half, id, Sense::click());
        let text = text!(
            "Restart {number} is {verdict}. Click to show it.",
            number = index + 1,
            verdict = answer.verdict.word()
        );
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if response.on_hover_text(text).clicked() {
            actions.command(Command::ChooseRestart(Some(index)));
        }
    }
}

/// Details of the answer that an engineer needs to judge it.
fn questions(
    ui: &mut Ui,
    state: &State,
    search_run: ShownSearch<'_>,
    index: usize,
    entry: Option<&ModelEntry>,
) {
    let Some(report) = search_run.report() else { return };
    let restart = &report.restarts[index];
    let (answer, verdict) = (&restart.answer, &restart.verdict);
    let details = CollapsingHeader::new(text!("Details of the answer")).id_salt("answer");
    details.show(ui, |ui| {
        for term in &answer.terms {
            let (Some(before), Some(after)) = (term.measured, term.returned) else { continue };
            let text = text!(
                "{before} to {after}",
                before = three_digits(before),
                after = three_digits(after)
            );
            let label = text!("{quantity}, re-decoded", quantity = term.quantity.label());
            fact(ui, label, text, about_re_decoded());
        }
        // Quantities of constraints are shown above.
        let is_above = |of: Quantity| restart.bounded().any(|check| check.quantity == of);
        let besides =
            search_run.besides.iter().filter(|(of, _)| *of == index).flat_map(|(_, all)| *all);
        for (quantity, value) in besides.filter(|(quantity, _)| !is_above(*quantity)) {
            let unit = search_run.frozen.unit(*quantity);
            fact(
                ui,
                value.title(quantity.plain_label()),
                value.text_in(unit),
                state.about(*quantity),
            );
        }
        let [distance, limit] = verdict.distance_and_limit();
        fact(
            ui,
            text!("Distance to the data"),
            text!("{distance} SD, limit {limit}", distance, limit),
            about_distance(),
        );
        let [shift, limit] = verdict.shift_and_limit();
        fact(
            ui,
            text!("Encode-decode shift"),
            text!("{shift}, limit {limit}", shift, limit),
            about_shift(),
        );
        if let (Some((row, distance)), Some(entry)) = (answer.nearest, entry) {
            let model = &entry.prepared.model;
            let (encoded, title) = (&model.encoded, model.row_title(row));
            let label = encoded.labels.get(row).and_then(|l| encoded.names.get(usize::from(*l)));
            let family = label.map_or("", String::as_str);
            let nearest = text!(
                "{family}, {title}, {distance}",
                family,
                title,
                distance = three_digits(distance)
            );
            let (name, about) = match model.domain().table() {
                Some(_) => (
                    text!("Nearest training row"),
                    text!(
                        "The training row that is nearest in the latent space, and how far it is, in standard deviations of the data"
                    ),
                ),
                None => (text!("Nearest training shape"), about_nearest()),
            };
            fact(ui, name, nearest, about);
        }
        let best = restart.restart.best.as_ref();
        let step = best.map_or(Text::verbatim("\u{2013}"), |b| {
            text!("{step} of {steps}", step = b.step, steps = restart.restart.steps)
        });
        fact(
            ui,
            text!("Best at step"),
            step,
            text!("The answer is the best valid point of the trajectory, not the last one"),
        );
    });
}

fn about_score() -> Text {
    text!("Minus the sum of each term's loss times its weight: more is better")
}

/// The tooltip of a prediction.
pub fn about_predicted() -> Text {
    text!(
        "What the task head predicts from z, and the interval of a judge that was trained separately: nine in ten \
     such intervals hold the true value"
    )
}

/// The tooltip of a predicted class.
pub fn about_class() -> Text {
    text!(
        "The most probable class by the task head, then the classes that a judge, which was trained separately, does not \
         rule out: nine in ten such sets hold the true class, whichever it is. A set without classes means that the row is \
         like none of them."
    )
}

fn about_computed() -> Text {
    text!("The value of the decoded shape, by its geometry")
}

fn about_best_in_data() -> Text {
    text!(
        "The best of the training data by the same terms and constraints: an answer has to be better"
    )
}

fn about_improvement() -> Text {
    text!("By how much the answer is better than the best in the data; negative where it is worse")
}

fn about_re_decoded() -> Text {
    text!(
        "The value after encoding the answer and decoding it again: a value that changes much is not that of a real row"
    )
}

fn about_nearest() -> Text {
    text!(
        "The training row that is nearest in the latent space, and how far it is, in standard deviations of the data"
    )
}

fn about_distance() -> Text {
    text!(
        "From the answer to the tenth nearest of the training data; 99 % of held-out rows stay within the second number"
    )
}

fn about_shift() -> Text {
    text!(
        "The distance in the latent space between the point and the encoding of its decoded row; 99 % of held-out rows stay within the second number"
    )
}
