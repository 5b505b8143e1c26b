//! The latent point itself, if it has more than two dimensions: a bar for each coordinate, and sliders that move one.

use crate::explore::three_digits;
use crate::model::card::LatentStatistics;
use crate::session::Command;
use crate::session::results::probe::Probe;
use crate::text;
use crate::ui::request::Requests;
use crate::ui::theme;
use egui::{Color32, Id, Rect, RichText, Sense, Slider, Stroke, Ui, pos2, vec2};

/// The most sliders at once; a latent with more dimensions shows the one whose bar was clicked.
const MAX_SLIDERS: usize = 6;
/// Height of the bar chart.
const HEIGHT: f32 = 84.0;

/// Shows bars and sliders of the point; moving a slider selects the new point.
pub fn show(ui: &mut Ui, probe: &Probe, statistics: &LatentStatistics, actions: &mut Requests) {
    let reach = reach(&probe.z, statistics);
    let id = Id::unique("latent axis");
    let last = probe.z.len().saturating_sub(1);
    let mut chosen = ui.data(|data| data.get_temp::<usize>(id)).unwrap_or(0).min(last);
    if let Some(axis) = bars(ui, probe, statistics, reach, chosen) {
        chosen = axis;
        ui.data_mut(|data| data.insert_temp(id, axis));
    }
    let few = probe.z.len() <= MAX_SLIDERS;
    let shown = if few { 0..probe.z.len() } else { chosen..chosen + 1 };
    for axis in shown {
        let mut value = probe.z[axis];
        let name = format!("z{axis}");
        ui.horizontal(|ui| {
            let label = ui.label(RichText::new(&name).weak());
            ui.spacing_mut().slider_width = ui.available_width() - 82.0;
            let slider = Slider::new(&mut value, -reach..=reach)
                .clamping(egui::SliderClamping::Never)
                .custom_formatter(|v, _| three_digits(v));
            ui.add(slider)
                .on_hover_text(text!("Move the kept point along this axis alone"))
                .labelled_by(label.id)
                .accessible_name(&name)
        });
        if value != probe.z[axis] {
            let mut z = probe.z.clone();
            z[axis] = value;
            actions.command(Command::PickLatent(z));
        }
    }
}

/// The range of the axes: it covers the data's box and the point itself, and is the same for all axes.
fn reach(z: &[f64], statistics: &LatentStatistics) -> f64 {
    let all = z.iter().chain(&statistics.low).chain(&statistics.high);
    1.1 * all.filter(|v| v.is_finite()).fold(1.0, |reach: f64, v| reach.max(v.abs()))
}

/// A bar for each coordinate over the range of the data; returns the axis whose bar was clicked.
fn bars(
    ui: &mut Ui,
    probe: &Probe,
    statistics: &LatentStatistics,
    reach: f64,
    chosen: usize,
) -> Option<usize> {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, text!("Latent point")));
    let painter = ui.painter_at(rect);
    let palette = theme::palette(ui);
    painter.rect_filled(rect, 8.0, theme::colour(palette.canvas));
    let inner = rect.shrink(6.0);
    let width = inner.width() / probe.z.len() as f32;
    let y = |value: f64| inner.center().y - (value / reach) as f32 * inner.height() / 2.0;
    let column = |axis: usize, low: f64, high: f64| {
        let gap = (0.15 * width).min(3.0);
        let left = inner.left() + axis as f32 * width;
        let (top, bottom) = (y(high.max(low)), y(high.min(low)));
        Rect::from_min_max(pos2(left + gap, top), pos2(left + width - gap, bottom))
    };
    let usual = ui.visuals().weak_text_color().gamma_multiply(0.22);
    let zero = Stroke::new(1.0, ui.visuals().weak_text_color().gamma_multiply(0.6));
    let bounds = statistics.low.iter().zip(&statistics.high);
    for (axis, (z, (low, high))) in probe.z.iter().zip(bounds).enumerate() {
        painter.rect_filled(column(axis, *low, *high), 1.0, usual);
        let bar = column(axis, 0.0, *z);
        let outside = z < low || z > high;
        let ink: Color32 = match (axis == chosen, outside) {
            (true, _) => theme::accent(ui),
            (_, true) => ui.visuals().warn_fg_color,
            _ => theme::colour(palette.shape),
        };
        painter.rect_filled(bar, 1.0, ink);
    }
    painter.hline(inner.x_range(), y(0.0), zero);
    let axis_at = |x: f32| ((x - inner.left()) / width).floor().max(0.0) as usize;
    let under = response.hover_pos().map(|at| axis_at(at.x).min(probe.z.len() - 1));
    let text = under.map(|axis| {
        let (low, high) = (statistics.low[axis], statistics.high[axis]);
        let [z, low, high] = [probe.z[axis], low, high].map(three_digits);
        text!(
            "z{axis} = {z}; 98 % of the data lie from {low} to {high}. Click to move along it.",
            axis,
            z,
            low,
            high
        )
    });
    let response = response.on_hover_text(text.unwrap_or_default());
    response.clicked().then_some(under).flatten()
}
