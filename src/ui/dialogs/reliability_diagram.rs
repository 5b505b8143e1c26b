//! The reliability diagram of a target of classes, with the scores of its head.

use crate::data::quantity::Quantity;
use crate::model::heads::card::HeadCard;
use crate::model::heads::reliability_diagram::{ReliabilityBin, ReliabilityDiagram};
use crate::session::State;
use crate::session::document::ids::ModelId;
use crate::text;
use crate::text::Text;
use crate::ui::drawer::curves;
use crate::ui::request::{Request, Requests};
use crate::ui::theme;
use crate::ui::widgets::{heading, note};
use egui::{Align, Align2, Layout, RichText, Stroke, Ui, vec2};
use egui_plot::{Line, PlotPoint, Points, Text as PlotText};

/// The width of the dialog.
pub(super) const WIDTH: f32 = 720.0;
/// The height of the diagram.
const HEIGHT: f32 = 330.0;

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    id: ModelId,
    target: Quantity,
    state: &State,
    actions: &mut Requests,
) {
    heading(ui, text!("Probabilities of {name}", name = target.plain_label()));
    let Some(entry) = state.model(id) else { return };
    let Some(head) = entry.prepared.model.head(target) else { return };
    let found = state.reliability_diagram(entry, target);
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        match &found {
            Some(found) => diagram(left, found, axis(&head.card)),
            None => {
                let none = text!("No row with a known class is held out, so there is no diagram.");
                note(left, none);
            }
        }
        right.with_layout(Layout::top_down(Align::Min), |ui| {
            let score = head.card.score_beside_baseline(0, "");
            let error = found.as_ref().map(|found| found.text());
            let sets = head.card.sets.map(|sets| sets.text());
            score.into_iter().chain(error).chain(sets).for_each(|line| _ = ui.label(line));
            note(ui, explanation());
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

fn explanation() -> Text {
    text!(
        "A dot has the predicted probabilities of a tenth of the scale; the number above it says how many. On the line they \
         come true as often as they say. The bar is the 90 % interval of the share. Of more than two classes all are \
         counted, each as a question of its own."
    )
}

fn diagram(ui: &mut Ui, found: &ReliabilityDiagram, axis: Text) {
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
