//! Cards in the drawer: a shape with its value and how far it can be believed.

use super::action::Actions;
use super::painting::fill_shape;
use super::theme::{self, colour};
use super::widgets::{belief_colour, note};
use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::optimise::{Candidate, RestartReport};
use crate::session::findings::Findings;
use crate::session::jobs::search::SearchRun;
use crate::session::{Command, State};
use egui::{FontId, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// Width of a card.
const WIDTH: f32 = 232.0;
/// Room that the scroll bar needs under the cards.
const BAR: f32 = 10.0;

/// What stands on a card.
struct Card<'a> {
    /// What assistive technology reads.
    name: String,
    restart: &'a RestartReport,
    chosen: bool,
    /// Lines beside the shape, the first of them large.
    lines: [String; 3],
}

/// The hills, best first; a click lifts the ways of its members out.
pub fn hills(
    ui: &mut Ui,
    state: &State,
    climb: &SearchRun,
    findings: &Findings,
    actions: &mut Actions,
) {
    let hills = &findings.report.hills.all;
    if hills.is_empty() {
        note(ui, "No start came to an answer, so there is no hill.");
        return;
    }
    let starts = findings.order.len();
    row(ui, "hills", hills.len(), |ui, index| {
        let hill = &hills[index];
        let members = hill.members.len();
        let top = &findings.report.restarts[hill.top];
        let kind = if top.answer.predicted.is_some() { " predicted" } else { "" };
        let card = Card {
            name: format!("Hill {}", index + 1),
            restart: top,
            chosen: climb.hill == Some(index),
            lines: [
                format!("{}{kind}", three_digits(top.answer.value())),
                format!("{members} of {starts} starts"),
                format!("Hill {}", index + 1),
            ],
        };
        let response = show(ui, &card, state);
        if response.hovered() {
            actions.pointed = Some(hill.top);
        }
        if response.clicked() {
            actions.command(Command::ChooseHill((!card.chosen).then_some(index)));
        }
    });
}

/// The candidates, best first; a click lifts the way of one out.
pub fn candidates(
    ui: &mut Ui,
    state: &State,
    climb: &SearchRun,
    findings: &Findings,
    shown: &[Candidate],
    actions: &mut Actions,
) {
    row(ui, "candidates", shown.len(), |ui, index| {
        let candidate = &shown[index];
        let restart = &findings.report.restarts[candidate.restart];
        let beside = match (restart.answer.predicted, restart.answer.gain) {
            (Some(predicted), _) => {
                let [_, low, high] = predicted.shown();
                format!("{low} to {high}")
            }
            (None, Some(gain)) => {
                let sign = if gain >= 0.0 { "+" } else { "" };
                format!("gain {sign}{}", three_digits(gain))
            }
            (None, None) => String::new(),
        };
        let measured = climb.lab.of(&candidate.id).next().map(|result| {
            let unit = result.unit.as_deref().unwrap_or_default();
            format!("measured {} {unit}", three_digits(result.value))
        });
        let card = Card {
            name: format!("Candidate {}", candidate.id),
            restart,
            chosen: climb.chosen == Some(candidate.restart) && climb.hill.is_none(),
            lines: [
                format!("{}  {}", candidate.place(), three_digits(restart.answer.value())),
                measured.unwrap_or(beside),
                match restart.answer.predicted {
                    Some(_) => format!("predicted, hill {}", candidate.hill + 1),
                    None => format!("Hill {}", candidate.hill + 1),
                },
            ],
        };
        let about = "Gain: by how much it is better than the best of the data. Of a prediction: nine in ten such intervals \
                     hold the true value";
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

/// Cards side by side, of which only those in sight are drawn.
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

fn show(ui: &mut Ui, card: &Card<'_>, state: &State) -> Response {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click());
    let name = format!("{}: {}, {}", card.name, card.lines[0], card.lines[1]);
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
    let reach = state.shown().map_or(1.0, |(_, entry)| entry.prepared.model.card.statistics.reach);
    let outline = &card.restart.decoded;
    let value = state.value_of(outline);
    painter.add(fill_shape(
        outline,
        centre,
        0.42 * side / reach as f32,
        colour(scale(value, state.range())),
    ));
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let left = rect.left() + side + 10.0;
    let [value, starts, place] = &card.lines;
    let mut y = rect.center().y - 36.0;
    let mut line = |text: &str, font: FontId, ink, step: f32, x: f32| {
        painter.text(pos2(x, y), egui::Align2::LEFT_CENTER, text, font, ink);
        y += step;
    };
    line(value, FontId::new(17.0, theme::strong()), ink, 24.0, left);
    line(starts, FontId::proportional(13.0), ink, 22.0, left);
    line(card.restart.verdict.word(), FontId::proportional(13.0), weak, 22.0, left + 14.0);
    line(place, FontId::proportional(13.0), weak, 0.0, left);
    let disc = pos2(left + 4.0, rect.center().y + 10.0);
    painter.circle_filled(disc, 4.0, belief_colour(ui, card.restart.verdict.belief));
    response.on_hover_text(card.restart.verdict.sentence())
}
