//! The dialog of a sweep over beta: the betas, reconstruction against KL, and a small map of each model.

use crate::explore::scene::labels::beside;
use crate::explore::shapes::miniature::{Miniature, ticks};
use crate::explore::{three_digits, tick};
use crate::session::jobs::learn::sweep::{SweepPoint, SweepRun};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::train::{MAX_BETAS, USUAL_BETAS, parse_betas};
use crate::trust::reconstruction_error_label;
use crate::ui::jobs::thin_bar;
use crate::ui::request::{Dialog, Request, Requests};
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{heading, note, primary};
use egui::{
    Align2, Button, Color32, FontId, Pos2, Rect, RichText, ScrollArea, Sense, Shape, Stroke,
    TextEdit, Ui, pos2, vec2,
};

/// Width of the dialog, in points.
pub const WIDTH: f32 = 900.0;
/// Size of the chart, in points.
const CHART: egui::Vec2 = vec2(390.0, 300.0);
/// Side of a small map, and the height of the two lines below it.
const MAP: f32 = 112.0;
const LINES: f32 = 40.0;
/// The top of the axis, as a multiple of the greatest value.
const AXIS_MARGIN: f64 = 1.1;

/// The default betas of the dialog.
pub fn usual() -> String {
    USUAL_BETAS.map(|beta| beta.to_string()).join(", ")
}

/// The button that opens the dialog.
pub fn offer(ui: &mut Ui, actions: &mut Requests) {
    let button =
        Button::new(text!("Sweep over beta\u{2026}")).min_size(vec2(ui.available_width(), 28.0));
    let about = text!(
        "Train a model for each of several betas with these settings, and compare their maps"
    );
    if ui.add(button).on_hover_text(about).clicked() {
        actions.push(Request::Show(Dialog::Sweep(usual())));
    }
}

/// Shows the dialog; `text` has the betas as typed.
pub fn sheet(ui: &mut Ui, text: &mut String, state: &State, actions: &mut Requests) {
    heading(ui, text!("Sweep over beta"));
    note(
        ui,
        text!(
            "A model for each beta, one after the other, with the settings of the Train panel: the same shapes, weights \
         at the beginning, order and noise. They differ in beta alone."
        ),
    );
    ui.add_space(4.0);
    let running = state.sweep().filter(|sweep| sweep.job.is_some());
    match running {
        Some(sweep) => progress(ui, state, sweep, actions),
        None => begin(ui, text, actions),
    }
    ui.add_space(8.0);
    match state.sweep().filter(|sweep| !sweep.done.is_empty()) {
        Some(sweep) => results(ui, &sweep.done, actions),
        None => {
            note(
                ui,
                text!(
                    "Low beta: sharp shapes, much information, a map with gaps. High beta: a regular map in which \
                 families vanish, up to posterior collapse. The first model appears here when it is trained."
                ),
            );
        }
    }
}

fn begin(ui: &mut Ui, text: &mut String, actions: &mut Requests) {
    let parsed = parse_betas(text)
        .and_then(|betas| crate::train::Sweep::check(&Default::default(), &betas).map(|()| betas));
    ui.horizontal(|ui| {
        // As high as the button, so that all are on one line.
        ui.set_min_height(36.0);
        let label = ui.label(text!("Betas")).on_hover_text(text!(
            "Weights of the KL term, separated by commas: at most {most} of 0 to 1000",
            most = MAX_BETAS
        ));
        let field = TextEdit::singleline(text).desired_width(300.0);
        ui.add(field).labelled_by(label.id);
        let count = parsed.as_ref().map_or(0, Vec::len);
        let name = text!("Train {count} model" | "Train {count} models", count);
        ui.add_enabled_ui(parsed.is_ok(), |ui| {
            ui.set_max_width(190.0);
            let tooltip = text!("Train them in the background; the window stays free");
            if primary(ui, name, tooltip).clicked() {
                parsed.iter().for_each(|betas| actions.command(Command::Sweep(betas.clone())));
            }
        });
    });
    if let Err(error) = parsed {
        ui.label(RichText::new(error.to_string()).small().color(ui.visuals().error_fg_color));
    }
}

fn progress(ui: &mut Ui, state: &State, sweep: &SweepRun, actions: &mut Requests) {
    ui.horizontal(|ui| {
        let at = (sweep.done.len() + 1).min(sweep.count);
        ui.label(text!(
            "beta {beta}, model {number} of {models}",
            beta = sweep.beta.to_string(),
            number = at,
            models = sweep.count
        ));
        thin_bar(ui, state, sweep.job, 420.0);
        let stop =
            ui.button(text!("Stop")).on_hover_text(text!("Models that are finished are kept"));
        if let Some(run) = sweep.job.filter(|_| stop.clicked()) {
            actions.command(Command::Stop(run));
        }
    });
}

fn results(ui: &mut Ui, done: &[SweepPoint], actions: &mut Requests) {
    let mut chosen = None;
    ui.horizontal_top(|ui| {
        let (rect, response) = ui.allocate_exact_size(CHART, Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Image, true, text!("Reconstruction error against information"))
        });
        let hovered = chart(ui, rect, done, response.hover_pos());
        if response.clicked() {
            chosen = hovered.map(|index| (index, true));
        }
        response.on_hover_text(
            text!("Each point is a model: how much information its latent point has on a shape (KL, in nats) and how far its reconstructions are \
             from held-out shapes. A point opens beside the shown model."),
        );
        ui.add_space(8.0);
        ScrollArea::vertical().max_height(CHART.y).auto_shrink(false).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for (index, point) in done.iter().enumerate() {
                    if let Some(beside) = card(ui, point, hovered == Some(index)) {
                        chosen = Some((index, beside));
                    }
                }
            });
        });
    });
    note(
        ui,
        text!(
            "A map opens beside the shown model; Show puts it in the shown model's place. Save what you want to keep."
        ),
    );
    if let Some((index, beside)) = chosen {
        actions.command(Command::OpenSwept(index, beside));
        actions.push(Request::HideSheet);
    }
}

/// Reconstruction against KL; returns the point under the mouse.
fn chart(ui: &Ui, rect: Rect, done: &[SweepPoint], mouse: Option<Pos2>) -> Option<usize> {
    let painter = ui.painter_at(rect);
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let font = FontId::proportional(13.0);
    let plot = Rect::from_min_max(rect.min + vec2(58.0, 10.0), rect.max - vec2(12.0, 44.0));
    let value = |point: &SweepPoint| {
        [point.metrics.kl.unwrap_or(f64::NAN), point.metrics.reconstruction_error]
    };
    let most = |k: usize| {
        let values = done.iter().map(|point| value(point)[k]).filter(|v| v.is_finite());
        let greatest = values.fold(0.0, f64::max);
        if greatest > 0.0 { AXIS_MARGIN * greatest } else { 1.0 }
    };
    let most = [most(0), most(1)];
    let place = |[kl, error]: [f64; 2]| {
        pos2(
            plot.left() + plot.width() * (kl / most[0]) as f32,
            plot.bottom() - plot.height() * (error / most[1]) as f32,
        )
    };
    let line = Stroke::new(1.0, weak.gamma_multiply(0.25));
    for value in ticks(most[0]) {
        let x = place([value, 0.0]).x;
        painter.vline(x, plot.y_range(), line);
        let at = pos2(x, plot.bottom() + 5.0);
        painter.text(at, Align2::CENTER_TOP, tick(value), font.clone(), weak);
    }
    for value in ticks(most[1]) {
        let y = place([0.0, value]).y;
        painter.hline(plot.x_range(), y, line);
        let at = pos2(plot.left() - 6.0, y);
        painter.text(at, Align2::RIGHT_CENTER, tick(value), font.clone(), weak);
    }
    let below = pos2(plot.center().x, rect.bottom() - 2.0);
    painter.text(below, Align2::CENTER_BOTTOM, text!("Information (KL), nats"), font.clone(), ink);
    let galley =
        painter.layout_no_wrap(reconstruction_error_label().to_string(), font.clone(), ink);
    let corner = pos2(rect.left() + 2.0, plot.center().y + galley.size().x / 2.0);
    let turned = egui::epaint::TextShape::new(corner, galley, ink);
    painter.add(turned.with_angle(-std::f32::consts::FRAC_PI_2));

    let shown = |point: &SweepPoint| value(point).iter().all(|v| v.is_finite());
    let mut way: Vec<&SweepPoint> = done.iter().filter(|point| shown(point)).collect();
    way.sort_by(|a, b| value(a)[0].total_cmp(&value(b)[0]));
    let way = way.into_iter().map(|point| place(value(point))).collect();
    painter.add(Shape::line(way, Stroke::new(1.8, weak)));
    let distance = |point: &SweepPoint| mouse.map(|at| at.distance(place(value(point))));
    let near = done.iter().enumerate().filter(|(_, point)| shown(point));
    let near = near.filter_map(|(index, point)| Some((index, distance(point)?)));
    let near = near.filter(|(_, d)| *d < 16.0).min_by(|a, b| a.1.total_cmp(&b.1));
    let hovered = near.map(|(index, _)| index);
    let room = [plot.min, plot.max].map(|corner| [corner.x, corner.y].map(f64::from));
    let mark = |point: &SweepPoint| {
        let at = place(value(point));
        [at - vec2(5.0, 5.0), at + vec2(5.0, 5.0)].map(|corner| [corner.x, corner.y].map(f64::from))
    };
    let mut taken: Vec<_> = done.iter().filter(|point| shown(point)).map(mark).collect();
    for (index, point) in done.iter().enumerate().filter(|(_, point)| shown(point)) {
        let at = place(value(point));
        let radius = if hovered == Some(index) { 7.0 } else { 5.0 };
        painter.circle_filled(at, radius, theme::accent(ui));
        let word = painter.layout_no_wrap(beta(point).to_string(), font.clone(), ink);
        let size = [word.size().x, word.size().y].map(f64::from);
        if let Some([[x, y], _]) = beside([at.x, at.y].map(f64::from), size, room, &mut taken) {
            painter.galley(pos2(x as f32, y as f32), word, ink);
        }
    }
    hovered
}

/// A small map with its metrics; returns how to open the model if it was clicked: beside the shown one (true) or in its
/// place (false).
fn card(ui: &mut Ui, point: &SweepPoint, lit: bool) -> Option<bool> {
    let mut chosen = None;
    ui.vertical(|ui| {
        ui.set_width(MAP);
        let name = beta(point);
        let (rect, response) = ui.allocate_exact_size(vec2(MAP, MAP + LINES), Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, text!("Compare with {name}", name = &name))
        });
        let palette = theme::palette(ui);
        let map = rect.with_max_y(rect.top() + MAP);
        ui.painter().rect_filled(map, 6.0, colour(palette.canvas));
        if lit || response.hovered() {
            let stroke = Stroke::new(2.0, theme::accent(ui));
            ui.painter().rect_stroke(map, 6.0, stroke, egui::StrokeKind::Inside);
        }
        miniature(ui, &point.miniature, map.shrink(5.0), colour(palette.shape));
        let middle = pos2(rect.center().x, map.bottom() + 4.0);
        let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
        let font = |size| FontId::proportional(size);
        ui.painter().text(middle, Align2::CENTER_TOP, &name, font(14.0), ink);
        let metrics = &point.metrics;
        let kl = metrics.kl.map_or("\u{2013}".to_owned(), three_digits);
        let text = text!("{error}, {kl} nats", error = three_digits(metrics.reconstruction_error), kl = &kl);
        let below = middle + vec2(0.0, 19.0);
        ui.painter().text(below, Align2::CENTER_TOP, text, font(12.0), weak);
        let about = text!("Reconstruction error {error}, KL {kl} nats, {count} active unit, {reachable} of {families} families found. Click to compare."
            | "Reconstruction error {error}, KL {kl} nats, {count} active units, {reachable} of {families} families found. Click to compare.", error = three_digits(metrics.reconstruction_error), kl, count = metrics.active_units, reachable = metrics.reachable, families = metrics.families.len());
        if response.on_hover_text(about).clicked() {
            chosen = Some(true);
        }
        let show = ui.add_sized([MAP, 24.0], Button::new(text!("Show")));
        if show.on_hover_text(text!("Show this model in the place of the one that is shown")).clicked() {
            chosen = Some(false);
        }
    });
    chosen
}

/// The name of a model of the sweep.
fn beta(point: &SweepPoint) -> Text {
    text!("beta {beta}", beta = point.beta.to_string())
}

fn miniature(ui: &Ui, miniature: &Miniature, rect: Rect, ink: Color32) {
    let painter = ui.painter_at(rect.expand(4.0));
    for shape in miniature.shapes() {
        let place = |[x, y]: [f64; 2]| rect.min + vec2(x as f32, y as f32) * rect.width();
        let points: Vec<Pos2> = shape.into_iter().map(place).collect();
        painter.add(Shape::closed_line(points, Stroke::new(1.2, ink)));
    }
}
