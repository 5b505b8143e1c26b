//! Lines of text and of numbers in the strip.

use crate::text::Text;
use crate::ui::widgets::{self, paint_whole};
use egui::{Align2, FontId, Painter, Rect, Sense, Stroke, Ui, pos2, vec2};

/// A line of text over a weaker one, `width` wide or wider if the texts are.
pub fn two_lines(ui: &mut Ui, first: impl Into<Text>, second: impl Into<Text>, width: f32) {
    let [first, second] = [first.into(), second.into()].map(String::from);
    let [large, small] = [15.0, 13.0].map(FontId::proportional);
    let own = |text, font| widgets::width(ui.painter(), text, font);
    let own = own(&first, &large).max(own(&second, &small));
    // The timeline gives way to a longer text, down to its playhead.
    let width = own.min(ui.available_width() - 90.0).max(width);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 46.0), Sense::hover());
    let name = format!("{first}: {second}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &name));
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let at = rect.left_center();
    let [up, down] = [at - vec2(0.0, 1.0), at + vec2(0.0, 2.0)];
    paint_whole(ui.painter(), up, Align2::LEFT_BOTTOM, first, large, ink, width);
    paint_whole(ui.painter(), down, Align2::LEFT_TOP, second, small, weak, width);
}

/// A line plot without axes over the whole of `rect`.
pub fn sparkline(painter: &Painter, rect: Rect, values: &[f64], ink: egui::Color32) {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) =
        finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if values.len() < 2 || low > high {
        return;
    }
    let span = (high - low).max(1e-12);
    let point = |(i, v): (usize, &f64)| {
        let x = i as f32 / (values.len() - 1) as f32;
        let y = ((v - low) / span) as f32;
        pos2(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
    };
    let points = values.iter().enumerate().filter(|(_, v)| v.is_finite()).map(point).collect();
    painter.line(points, Stroke::new(1.8, ink));
}
