//! Curves: losses over epochs, values over steps, lab results against predictions.

use crate::model::training_config::{EpochRecord, Losses};
use crate::optimise::PredictedValue;
use crate::session::Command;
use crate::session::results::findings::Findings;
use crate::session::results::losses::CurvePoint;
use crate::session::view::{ShownSearch, ShownTraining};
use crate::text;
use crate::text::Text;
use crate::ui::request::Requests;
use crate::ui::theme;
use crate::ui::widgets::note;
use egui::{Align2, Color32, Pos2, RichText, Stroke, Ui, vec2};
use egui_plot::{
    Corner, Legend, Line, LineStyle, Plot, PlotPoint, PlotPoints, PlotTransform, Points,
    Text as PlotText, VLine,
};

/// The name of the quantity that a penalised search maximises.
pub fn objective() -> Text {
    text!("Objective")
}

/// The explanation of the objective.
pub fn about_objective() -> Text {
    text!(
        "Minus the loss: the value (of a minimum its negative, of a target minus the squared distance) less all \
         penalties. The search maximises it, and the best so far is the best by it."
    )
}

/// The largest distance of the mouse from a curve that it points at, in points of the screen.
const POINTING_TOLERANCE: f32 = 9.0;

/// A plot that the mouse does not move or zoom.
pub fn plot<'a>(name: &str, ui: &Ui, x: impl Into<Text>) -> Plot<'a> {
    Plot::new(name.to_owned())
        .height(ui.available_height() - 4.0)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .show_x(false)
        .show_y(false)
        .set_margin_fraction(vec2(0.02, 0.08))
        .x_axis_label(x.into())
}

/// The losses of a training, on a logarithmic scale so that all can be seen; validation losses are dashed. A line marks
/// the shown snapshot, or the epoch that early stopping `kept`.
pub fn losses(ui: &mut Ui, training: &ShownTraining<'_>, kept: Option<&EpochRecord>) {
    let dark = ui.visuals().dark_mode;
    let pick = |light: (u8, u8, u8), in_dark: (u8, u8, u8)| {
        let (r, g, b) = if dark { in_dark } else { light };
        Color32::from_rgb(r, g, b)
    };
    let blue = pick((24, 95, 190), (120, 174, 255));
    let amber = pick((180, 95, 0), (240, 184, 84));
    let green = pick((20, 130, 90), (104, 208, 160));
    let violet = pick((140, 60, 160), (214, 150, 236));
    type Learned = (Text, fn(&Losses) -> f64, Color32);
    type HeldOut = (Text, fn(&EpochRecord) -> Option<f64>, Color32);
    let mut learned: Vec<Learned> = vec![
        (text!("Total"), |l| l.total, ui.visuals().text_color()),
        (text!("Reconstruction loss"), |l| l.reconstruction, blue),
        (Text::verbatim("KL"), |l| l.kl, amber),
    ];
    let mut held_out: Vec<HeldOut> = vec![
        (text!("Reconstruction loss"), |r| r.held_out_reconstruction, blue),
        (Text::verbatim("KL"), |r| r.held_out_kl, amber),
    ];
    if training.losses.epochs.iter().any(|record| record.stopping_reconstruction.is_some()) {
        held_out.push((
            text!("Reconstruction loss, stopping rows"),
            |r| r.stopping_reconstruction,
            violet,
        ));
    }
    if training.plan.as_ref().is_some_and(|plan| !plan.config.heads.is_empty()) {
        learned.push((text!("Heads"), |l| l.heads, green));
        held_out.push((text!("Heads"), |r| r.held_out_heads, green));
    }
    let accent = theme::accent(ui);
    // The record of an epoch that was not finished stands at the point that was reached.
    let epoch_of = |record: &EpochRecord| (record.epoch as f64).min(training.epochs);
    let logarithm = |[x, y]: [f64; 2]| (y > 0.0).then(|| [x, y.log10()]);
    let legend = Legend::default().position(Corner::RightTop);
    let plot = plot("losses", ui, text!("epoch (dashed: validation, rows held out of training)"))
        .legend(legend)
        // From the beginning to the present point, also if there is only one point.
        .include_x(0.0)
        .include_x(training.epochs)
        .y_axis_formatter(|mark, _| crate::explore::tick(10f64.powf(mark.value)));
    plot.show(ui, |ui| {
        for (name, value, colour) in learned {
            let curve = training.losses.curve.iter();
            let points = curve.map(|point: &CurvePoint| [point.epoch, value(&point.losses)]);
            let points: PlotPoints<'_> = points.filter_map(logarithm).collect();
            ui.line(Line::new(name, points).color(colour).width(2.0));
        }
        for (name, value, colour) in held_out {
            let records = training.losses.epochs.iter();
            let points = records.filter_map(|record| Some([epoch_of(record), value(record)?]));
            let points: PlotPoints<'_> = points.filter_map(logarithm).collect();
            ui.line(
                Line::new(name, points).color(colour).width(1.6).style(LineStyle::dashed_dense()),
            );
        }
        let shown = training.asked.map(|_| training.shown_epochs());
        if let Some(epoch) = shown.or(kept.map(epoch_of)) {
            ui.vline(VLine::new("", epoch).color(accent).width(1.5));
        }
    });
}

/// The value of every restart over its steps, or the `objective` of a penalised search, with a line at the shown step.
/// The curve under the mouse is highlighted, a click selects it.
pub fn values(ui: &mut Ui, search_run: ShownSearch<'_>, objective: bool, actions: &mut Requests) {
    let Some(findings) = &search_run.findings else { return };
    let objective = objective && !findings.objectives.is_empty();
    let curves = if objective { &findings.objectives } else { &findings.curves };
    let ink = ui.visuals().text_color();
    let weak = ui.visuals().weak_text_color().gamma_multiply(0.55);
    let (accent, star) = (theme::accent(ui), theme::colour(theme::palette(ui).star));
    let step = search_run.shown_step();
    let best = findings.report.best_believable;
    let stroke = |index: usize| {
        let of_basin = search_run.look.basin.is_some()
            && findings.trajectories[index].group == search_run.look.basin;
        match () {
            () if search_run.look.chosen == Some(index) => Stroke::new(2.6, accent),
            () if search_run.hovered == Some(index) => Stroke::new(2.6, ink),
            () if best == Some(index) => Stroke::new(2.2, star),
            () if of_basin => Stroke::new(1.4, ink),
            () => Stroke::new(1.0, weak),
        }
    };
    let lifted =
        |index: usize| search_run.look.chosen == Some(index) || search_run.hovered == Some(index);
    let label = if objective { self::objective() } else { search_run.config.spec.title() };
    let shown = plot("values", ui, text!("step")).y_axis_label(label).show(ui, |ui| {
        // The best is drawn last, so that it is on top; highlighted ones are above it.
        for top in [false, true] {
            for (index, points) in curves.iter().rev().filter(|(i, _)| lifted(*i) == top) {
                let name = text!("Restart {number}", number = index + 1);
                let points = PlotPoints::from(points.clone());
                ui.line(Line::new(name, points).stroke(stroke(*index)));
            }
        }
        if let Some(restart) = search_run.followed().map(|index| &findings.report.restarts[index])
            && let (Some(predicted), false) = (restart.best().prediction(), objective)
        {
            let step = restart.restart.best.as_ref().map_or(0.0, |best| best.step as f64);
            let ends = vec![[step, predicted.low], [step, predicted.high]];
            ui.line(Line::new(text!("90 % interval"), ends).stroke(Stroke::new(2.0, star)));
        }
        ui.vline(VLine::new(text!("Shown"), step).color(accent).width(1.0));
    });
    let Some(at) = shown.response.hover_pos() else { return };
    actions.pointed = nearest(curves, &shown.transform, at);
    if actions.pointed.is_some() && shown.response.clicked() {
        actions.command(Command::ChooseRestart(actions.pointed));
    }
}

/// The restart whose curve is vertically nearest to a position on the screen, if any is near.
fn nearest(
    curves: &[(usize, Vec<[f64; 2]>)],
    transform: &PlotTransform,
    at: Pos2,
) -> Option<usize> {
    let step = transform.value_from_position(at).x;
    let distance = |points: &[[f64; 2]]| {
        let after = points.partition_point(|point| point[0] < step);
        let (a, b) = (points.get(after.checked_sub(1)?)?, points.get(after)?);
        let value = a[1] + (step - a[0]) / (b[0] - a[0]) * (b[1] - a[1]);
        Some((transform.position_from_point_y(value) - at.y).abs())
    };
    let distances = curves.iter().filter_map(|(index, points)| Some((*index, distance(points)?)));
    let near = distances.filter(|(_, distance)| *distance < POINTING_TOLERANCE);
    near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// The values of a running search, of as many restarts as can be distinguished.
pub fn under_way(ui: &mut Ui, search_run: ShownSearch<'_>) {
    let weak = ui.visuals().weak_text_color().gamma_multiply(0.55);
    let accent = theme::accent(ui);
    plot("values", ui, text!("step")).y_axis_label(search_run.config.spec.title()).show(ui, |ui| {
        for (index, points) in &search_run.under_way.curves {
            let followed = search_run.followed() == Some(*index);
            let (width, ink) = if followed { (2.2, accent) } else { (1.0, weak) };
            let line = Line::new(text!("Restart {number}", number = index + 1), points.clone());
            ui.line(line.stroke(Stroke::new(width, ink)));
        }
        ui.vline(VLine::new(text!("Shown"), search_run.shown_step()).color(accent).width(1.0));
    });
}

/// Lab results of the candidates against their predictions; on the line both are equal.
pub fn measured(ui: &mut Ui, search_run: ShownSearch<'_>, findings: &Findings) {
    let mut known = findings.report.comparisons(&findings.candidates, &search_run.lab);
    let Some(first) = known.first() else {
        note(
            ui,
            text!(
                "Measured values appear here against the predicted ones: export the candidates, make and \
             measure them, and import a CSV with a header such as id,drag [N]."
            ),
        );
        return;
    };
    // Only the first of several quantities: each has its own unit.
    let (quantity, label) = (first.predicted.quantity, first.title());
    known.retain(|comparison| comparison.predicted.quantity == quantity);
    let ends = |of: &PredictedValue| [of.low, of.high].into_iter().flatten().collect::<Vec<_>>();
    let all = || {
        let values = known.iter().flat_map(|known| [known.predicted.value, known.measured]);
        values.chain(known.iter().flat_map(move |known| ends(&known.predicted)))
    };
    let (low, high) =
        all().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let (ink, weak, accent) =
        (ui.visuals().text_color(), ui.visuals().weak_text_color(), theme::accent(ui));
    // Names of points at the edge need space.
    let plot = plot("measured", ui, text!("predicted"))
        .set_margin_fraction(vec2(0.12, 0.2))
        .y_axis_label(text!("measured: {label}", label));
    plot.show(ui, |ui| {
        let agreement = Line::new(text!("Both agree"), vec![[low, low], [high, high]]);
        ui.line(agreement.stroke(Stroke::new(1.0, weak)));
        for known in &known {
            let of = findings.candidates.iter().find(|candidate| candidate.id == known.id);
            let chosen =
                of.is_some_and(|candidate| search_run.look.chosen == Some(candidate.restart));
            let colour = if chosen { accent } else { ink };
            let (id, at) = (known.id.as_str(), [known.predicted.value, known.measured]);
            if let (Some(low), Some(high)) = (known.predicted.low, known.predicted.high) {
                let ends = vec![[low, known.measured], [high, known.measured]];
                ui.line(Line::new(text!("90 % interval"), ends).stroke(Stroke::new(1.0, weak)));
            }
            ui.points(Points::new(id, vec![at]).radius(4.0).color(colour));
            let text = RichText::new(format!(" {id}")).small();
            let place = PlotPoint::new(at[0], at[1]);
            ui.text(PlotText::new(id, place, text).anchor(Align2::LEFT_BOTTOM).color(colour));
        }
    });
}
