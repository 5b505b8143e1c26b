//! Curves: losses over epochs, values over steps.

use super::theme;
use crate::session::State;
use crate::session::climb::Climb;
use crate::session::training::CurvePoint;
use crate::train::Losses;
use egui::{Color32, Stroke, Ui, vec2};
use egui_plot::{Corner, Legend, Line, Plot, PlotPoints, VLine};

/// A plot that holds still.
pub fn plot<'a>(name: &str, ui: &Ui, x: &str) -> Plot<'a> {
    Plot::new(name.to_owned())
        .height(ui.available_height() - 4.0)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .show_x(false)
        .show_y(false)
        .set_margin_fraction(vec2(0.02, 0.08))
        .x_axis_label(x.to_owned())
}

/// The three losses of a training, on a logarithmic scale so that none hides another.
pub fn losses(ui: &mut Ui, state: &State) {
    let curve = &state.training.curve;
    let dark = ui.visuals().dark_mode;
    let pick = |light: (u8, u8, u8), in_dark: (u8, u8, u8)| {
        let (r, g, b) = if dark { in_dark } else { light };
        Color32::from_rgb(r, g, b)
    };
    type Series = (&'static str, fn(&Losses) -> f64, Color32);
    let series: [Series; 3] = [
        ("Total", |l| l.total, ui.visuals().text_color()),
        ("Rebuild error", |l| l.reconstruction, pick((24, 95, 190), (120, 174, 255))),
        ("KL", |l| l.kl, pick((180, 95, 0), (240, 184, 84))),
    ];
    let legend = Legend::default().position(Corner::RightTop);
    let plot = plot("losses", ui, "epoch")
        .legend(legend)
        .y_axis_formatter(|mark, _| crate::explore::three_digits(10f64.powf(mark.value)));
    plot.show(ui, |ui| {
        for (name, value, colour) in series {
            let points: PlotPoints<'_> = curve
                .iter()
                .map(|point: &CurvePoint| [point.epoch, value(&point.losses)])
                .filter(|[_, y]| *y > 0.0)
                .map(|[x, y]| [x, y.log10()])
                .collect();
            ui.line(Line::new(name, points).color(colour).width(2.0));
        }
    });
}

/// The value of every restart over its steps; a line at the step that is shown.
pub fn values(ui: &mut Ui, climb: &Climb) {
    let Some(findings) = &climb.findings else { return };
    let weak = ui.visuals().weak_text_color().gamma_multiply(0.55);
    let (accent, star) = (theme::accent(ui), theme::colour(theme::palette(ui).star));
    let step = climb.shown_step();
    let best = findings.report.best_believable;
    plot("values", ui, "step").show(ui, |ui| {
        // The best last, so that they lie on top.
        for (index, points) in findings.curves.iter().rev() {
            let (colour, width) = match (climb.chosen == Some(*index), best == Some(*index)) {
                (true, _) => (accent, 2.6),
                (_, true) => (star, 2.2),
                _ => (weak, 1.0),
            };
            let name = format!("Restart {}", index + 1);
            let points = PlotPoints::from(points.clone());
            ui.line(Line::new(name, points).stroke(Stroke::new(width, colour)));
        }
        ui.vline(VLine::new("Shown", step).color(accent).width(1.0));
    });
}
