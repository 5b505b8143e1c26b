//! Cards in the drawer: a shape with its value and its reliability.

use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::model::Value;
use crate::optimise::{Candidate, RestartReport};
use crate::session::results::findings::Findings;
use crate::session::view::ShownSearch;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::map::painting::fill_shape;
use crate::ui::request::Requests;
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{note, paint_whole, reliability_colour};
use egui::{Align2, FontId, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// Width of a card.
const WIDTH: f32 = 232.0;
/// Height of the scroll bar under the cards.
const BAR: f32 = 10.0;

/// The content of a card.
struct ShapeCard<'a> {
    /// The text for assistive technology.
    name: Text,
    restart: &'a RestartReport,
    chosen: bool,
    /// The lines below the value; the reliability is between them.
    lines: [Text; 2],
}

/// The local optima, best first; a click highlights the trajectories of their restarts.
pub fn basins(
    ui: &mut Ui,
    state: &State,
    search_run: ShownSearch<'_>,
    findings: &Findings,
    actions: &mut Requests,
) {
    let basins = &findings.report.basins.all;
    if basins.is_empty() {
        note(ui, text!("No start has an answer, so there is no local optimum."));
        return;
    }
    let starts = findings.order.len();
    row(ui, "optima", basins.len(), |ui, index| {
        let basin = &basins[index];
        let members = basin.members.len();
        let top = &findings.report.restarts[basin.top];
        let card = ShapeCard {
            name: text!("Optimum {number}", number = index + 1),
            restart: top,
            chosen: search_run.look.basin == Some(index),
            lines: [
                text!(
                    "{members} of {count} start" | "{members} of {count} starts",
                    members,
                    count = starts
                ),
                text!("Optimum {number}", number = index + 1),
            ],
        };
        let response = show(ui, &card, state);
        if response.hovered() {
            actions.pointed = Some(basin.top);
        }
        if response.clicked() {
            actions.command(Command::ChooseHill((!card.chosen).then_some(index)));
        }
    });
}

/// The candidates, best first; a click highlights the trajectory of one.
pub fn candidates(
    ui: &mut Ui,
    state: &State,
    search_run: ShownSearch<'_>,
    findings: &Findings,
    shown: &[Candidate],
    actions: &mut Requests,
) {
    row(ui, "candidates", shown.len(), |ui, index| {
        let candidate = &shown[index];
        let restart = &findings.report.restarts[candidate.restart];
        // The interval of a predicted gain is beside the shape, where there is space for it.
        let gain = restart.answer.gained().and_then(Value::computed).map(|gain| {
            let sign = if gain >= 0.0 { "+" } else { "" };
            text!("gain {gain}", gain = format!("{sign}{}", three_digits(gain)))
        });
        let measured = search_run.lab.results_of(&candidate.id).next().map(|result| {
            let unit = result.unit.as_deref().unwrap_or_default();
            text!("measured {value} {unit}", value = three_digits(result.value), unit)
        });
        let card = ShapeCard {
            name: text!("Candidate {id}", id = &candidate.id),
            restart,
            chosen: search_run.look.chosen == Some(candidate.restart)
                && search_run.look.basin.is_none(),
            lines: [
                measured.or(gain).unwrap_or_default(),
                text!(
                    "{place}, optimum {number}",
                    place = candidate.place(),
                    number = candidate.basin + 1
                ),
            ],
        };
        let about = text!(
            "Gain: the improvement on the best in the data. Of a prediction: nine in ten such intervals hold the \
             true value"
        );
        let response = show(ui, &card, state).on_hover_text(about);
        if response.hovered() {
            actions.pointed = Some(candidate.restart);
        }
        if response.clicked() {
            let chosen = (!card.chosen).then_some(candidate.restart);
            actions.command(Command::ChooseRestart(chosen));
        }
    });
}

/// Cards side by side; only visible ones are drawn.
fn row(ui: &mut Ui, id: &str, count: usize, mut add: impl FnMut(&mut Ui, usize)) {
    ScrollArea::horizontal().id_salt(id).auto_shrink(false).show_viewport(ui, |ui, seen| {
        let height = ui.available_height() - BAR;
        let step = WIDTH + 8.0;
        let origin = ui.max_rect().min;
        ui.set_width(step * count as f32);
        let first = (seen.min.x / step).floor().max(0.0) as usize;
        let after = ((seen.max.x / step).ceil().max(0.0) as usize).min(count);
        for index in first..after {
            let place = pos2(origin.x + step * index as f32, origin.y);
            let rect = Rect::from_min_size(place, vec2(WIDTH, height));
            ui.scope_builder(egui::UiBuilder::new().max_rect(rect).id_salt(index), |ui| {
                add(ui, index);
            });
        }
    });
}

fn show(ui: &mut Ui, card: &ShapeCard<'_>, state: &State) -> Response {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click());
    let value = card.restart.answer.value();
    let name = format!("{}: {}, {}", card.name, value.text(), card.lines[0]);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), card.chosen, &name)
    });
    let painter = ui.painter_at(rect);
    let fill = if response.hovered() || response.has_focus() {
        ui.visuals().widgets.hovered.weak_bg_fill
    } else {
        ui.visuals().faint_bg_color
    };
    painter.rect_filled(rect, 8.0, fill);
    if card.chosen {
        let stroke = Stroke::new(2.0, theme::accent(ui));
        painter.rect_stroke(rect, 8.0, stroke, StrokeKind::Inside);
    }
    let side = rect.height().min(0.44 * rect.width());
    let centre = rect.left_center() + vec2(0.5 * side + 4.0, 0.0);
    let outline = &card.restart.decoded;
    let ink = colour(scale(state.value_of(outline), state.range()));
    fill_shape(&painter, &state.glyphs(), outline, centre, 0.42 * side, ink);
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let left = rect.left() + side + 10.0;
    let [first, last] = &card.lines;
    let mut y = rect.center().y - if value.prediction().is_some() { 46.0 } else { 36.0 };
    let mut line = |text: Text, font: FontId, ink, step: f32, x: f32| {
        let (at, room) = (pos2(x, y), rect.right() - 6.0 - x);
        let text = paint_whole(&painter, at, Align2::LEFT_CENTER, text, font, ink, room);
        y += step;
        text
    };
    let small = || FontId::proportional(13.0);
    let large = FontId::new(17.0, theme::strong());
    match value {
        Value::Computed(_) => _ = line(value.text(), large, ink, 24.0, left),
        Value::Predicted(predicted) => {
            let [value, low, high] = predicted.shown();
            let end = line(value.into(), large, ink, 0.0, left).right() + 6.0;
            line(text!("predicted"), FontId::proportional(12.0), weak, 20.0, end);
            line(text!("{low} to {high}", low, high), small(), ink, 20.0, left);
        }
    }
    line(first.clone(), small(), ink, 22.0, left);
    let word = line(card.restart.verdict.word(), small(), weak, 22.0, left + 14.0);
    line(last.clone(), small(), weak, 0.0, left);
    let disc = pos2(left + 4.0, word.center().y);
    painter.circle_filled(disc, 4.0, reliability_colour(ui, card.restart.verdict.reliability));
    response.on_hover_text(card.restart.verdict.sentence())
}
