//! The predictions of a head for held-out rows: of numbers beside what was measured, of classes with their confusion matrix and
//! reliability diagram.

use crate::data::quantity::Quantity;
use crate::explore::brief;
use crate::model::heads::card::HeadCard;
use crate::model::heads::held_out::HeldOutPredictions;
use crate::model::heads::reliability_diagram::{ReliabilityBin, ReliabilityDiagram};
use crate::session::State;
use crate::session::document::ids::ModelId;
use crate::text;
use crate::text::Text;
use crate::ui::drawer::curves;
use crate::ui::request::{Request, Requests};
use crate::ui::theme;
use crate::ui::widgets::{heading, note};
use egui::{Align, Align2, Frame, Grid, Layout, Margin, RichText, ScrollArea, Stroke, Ui, vec2};
use egui_plot::{Line, PlotPoint, Points, Text as PlotText};

/// The width of the dialog.
pub(super) const WIDTH: f32 = 720.0;
/// The height of the diagram.
const HEIGHT: f32 = 330.0;
/// The most height of a confusion matrix, and the longest name of a class in it.
const MATRIX: f32 = 150.0;
const LONGEST: usize = 10;
/// The least width of a number in it.
const COUNT: f32 = 28.0;

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    id: ModelId,
    target: Quantity,
    state: &State,
    actions: &mut Requests,
) {
    heading(ui, text!("Held-out predictions of {name}", name = target.plain_label()));
    let Some(entry) = state.model(id) else { return };
    let model = &entry.prepared.model;
    let Some(head) = model.head(target) else { return };
    let found = state.held_out_predictions(entry, target);
    let diagram = state.reliability_diagram(entry, target);
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        match (found.as_deref(), &diagram) {
            (Some(HeldOutPredictions::Numbers(pairs)), _) => {
                parity(left, pairs, model.title_lines(target).0)
            }
            (Some(HeldOutPredictions::Classes(_)), Some(found)) => {
                reliability(left, found, axis(&head.card));
            }
            _ => {
                let none = text!("No row with a known value is held out; train with more rows.");
                note(left, none);
            }
        }
        right.with_layout(Layout::top_down(Align::Min), |ui| {
            let score = head.card.score_beside_baseline(0, model.unit(target));
            let error = diagram.as_ref().map(|found| found.text());
            let sets = head.card.sets.map(|sets| sets.text());
            score.into_iter().chain(error).chain(sets).for_each(|line| _ = ui.label(line));
            if let Some(HeldOutPredictions::Classes(counts)) = found.as_deref() {
                confusion(ui, counts, head.card.task.levels());
                note(ui, explanation());
            }
        });
    });
    ui.add_space(4.0);
    if ui.button(text!("Close")).clicked() {
        actions.push(Request::HideSheet);
    }
}

/// The label of the axis of probabilities: of two classes those of the second are drawn.
fn axis(card: &HeadCard) -> Text {
    match card.task.levels() {
        [_, class] => text!("predicted probability of {class}", class),
        _ => text!("predicted probability"),
    }
}

/// Predicted over measured values, with the line on which both agree.
fn parity(ui: &mut Ui, pairs: &[[f64; 2]], title: Text) {
    let (weak, accent) = (ui.visuals().weak_text_color(), theme::accent(ui));
    let ends = pairs
        .iter()
        .flatten()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)]);
    let plot = curves::plot("parity", ui, text!("measured: {title}", title))
        .height(HEIGHT)
        .y_axis_label(text!("predicted"));
    plot.show(ui, |ui| {
        let agreement = Line::new(text!("Both agree"), vec![[ends[0]; 2], [ends[1]; 2]]);
        ui.line(agreement.stroke(Stroke::new(1.0, weak)));
        let rows = Points::new(text!("Held-out rows"), pairs.to_vec());
        ui.points(rows.radius(2.5).color(accent));
    });
}

/// The confusion matrix: a line for each true class, a column for each predicted one, shaded by the share of the line.
fn confusion(ui: &mut Ui, counts: &[Vec<usize>], levels: &[String]) {
    let name = |level: &str| RichText::new(brief(level, LONGEST)).small();
    ui.add_space(4.0);
    ui.label(text!("True class in lines, predicted class in columns"));
    ScrollArea::both().max_height(MATRIX).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new("confusion").spacing([3.0, 3.0]).show(ui, |ui| {
            ui.label("");
            levels.iter().for_each(|level| _ = ui.label(name(level)).on_hover_text(level));
            ui.end_row();
            for (level, line) in levels.iter().zip(counts) {
                ui.label(name(level)).on_hover_text(level);
                let all = line.iter().sum::<usize>().max(1);
                for (predicted, &count) in levels.iter().zip(line) {
                    let share = count as f32 / all as f32;
                    let shade = theme::accent(ui).gamma_multiply(0.6 * share);
                    let about = || {
                        text!(
                            "{count} of {all} rows of {level} are taken for {predicted}",
                            count,
                            all,
                            level,
                            predicted
                        )
                    };
                    let cell = Frame::new().fill(shade).inner_margin(Margin::symmetric(6, 2));
                    let cell = cell.show(ui, |ui| {
                        ui.set_min_width(COUNT);
                        ui.label(count.to_string());
                    });
                    cell.response.on_hover_ui(|ui| _ = ui.label(about()));
                }
                ui.end_row();
            }
        });
    });
}

fn explanation() -> Text {
    text!(
        "A dot has the predicted probabilities of a tenth of the scale; the number above it says how many. On the line they \
         come true as often as they say. The bar is the 90 % interval of the share. Of more than two classes all are \
         counted, each as a question of its own."
    )
}

fn reliability(ui: &mut Ui, found: &ReliabilityDiagram, axis: Text) {
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let accent = theme::accent(ui);
    let plot = curves::plot("reliability", ui, axis)
        .height(HEIGHT)
        .include_x(0.0)
        .include_x(1.0)
        .include_y(0.0)
        .include_y(1.0)
        .set_margin_fraction(vec2(0.04, 0.08))
        .y_axis_label(text!("share that came true"));
    plot.show(ui, |ui| {
        let agreement = Line::new(text!("Both agree"), vec![[0.0, 0.0], [1.0, 1.0]]);
        ui.line(agreement.stroke(Stroke::new(1.0, weak)));
        for bin in &found.bins {
            let &ReliabilityBin { predicted, observed, low, high, count } = bin;
            let ends = vec![[predicted, low], [predicted, high]];
            ui.line(Line::new(text!("90 % interval"), ends).stroke(Stroke::new(2.0, weak)));
            let dot = Points::new(about(bin), vec![[predicted, observed]]);
            ui.points(dot.radius(4.5).color(accent));
            let (above, number) = (PlotPoint::new(predicted, high), count.to_string());
            let text = PlotText::new("", above, RichText::new(&number).small());
            ui.text(text.anchor(Align2::CENTER_BOTTOM).color(ink));
        }
    });
}

/// `0.250 predicted, 0.300 came true (0.120 to 0.560)`.
fn about(bin: &ReliabilityBin) -> Text {
    let [predicted, observed, low, high] =
        [bin.predicted, bin.observed, bin.low, bin.high].map(|share| format!("{share:.3}"));
    text!(
        "{predicted} predicted, {observed} came true ({low} to {high})",
        predicted,
        observed,
        low,
        high
    )
}
