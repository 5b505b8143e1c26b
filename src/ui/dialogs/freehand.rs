//! The dialog for a freehand shape, and its reconstruction by the model.

use crate::data::glyph::Glyphs;
use crate::explore::three_digits;
use crate::session::results::freehand::FreehandShape;
use crate::session::screen::selection::MapPoint;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::map::painting::{fill_shape, outline_shape};
use crate::ui::request::{Request, Requests};
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{fact, heading, note, primary};
use egui::{Color32, FontId, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, vec2};

/// The side of the canvas, in points.
const SIDE: f32 = 360.0;
/// The smallest distance of two points of the line, in points; closer ones are ignored.
const STEP: f32 = 2.0;
/// The most points of a line; later ones are ignored.
const MAX_POINTS: usize = 20_000;

/// The line that is being drawn.
#[derive(Default)]
pub struct FreehandPen {
    line: Vec<Pos2>,
}

impl FreehandPen {
    /// Shows the dialog.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        heading(ui, text!("Draw a shape"));
        ui.horizontal_top(|ui| {
            self.canvas(ui, state, actions);
            ui.add_space(12.0);
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                match (&state.drawing_problem, state.drawn()) {
                    (Some(problem), _) => {
                        ui.label(RichText::new(problem.to_string()).color(ui.visuals().error_fg_color));
                    }
                    (None, Some(drawn)) => found(ui, drawn, state, actions),
                    (None, None) => {
                        note(
                            ui,
                            text!("Draw one closed line with the mouse held down. On release it appears on the map, with the \
                             nearest shape that the model can decode."),
                        );
                    }
                }
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    if state.document.drawing.is_some()
                        && ui.button(text!("Clear")).on_hover_text(text!("An empty canvas; Undo brings the shape back")).clicked()
                    {
                        actions.command(Command::ClearDrawn);
                    }
                    if state.undoes_drawing()
                        && ui.button(text!("Undo")).on_hover_text(text!("Bring back the shape before")).clicked()
                    {
                        actions.command(Command::Undo);
                    }
                    if ui.button(text!("Done")).on_hover_text(text!("The point stays on the map")).clicked() {
                        actions.push(Request::HideSheet);
                    }
                });
            });
        });
    }

    fn canvas(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::drag());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Image, true, text!("Canvas to draw on"))
        });
        let palette = theme::palette(ui);
        ui.painter().rect_filled(rect, 8.0, colour(palette.canvas));
        let response = response.on_hover_cursor(egui::CursorIcon::Crosshair);
        if response.drag_started() {
            self.line.clear();
            self.line.extend(ui.input(|i| i.pointer.press_origin()));
        }
        if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            let at = at.clamp(rect.min, rect.max);
            let far = self.line.last().is_none_or(|last| last.distance(at) >= STEP);
            if far && self.line.len() < MAX_POINTS {
                self.line.push(at);
            }
        }
        if response.drag_stopped() {
            let line = std::mem::take(&mut self.line);
            let up = |p: &Pos2| [f64::from(p.x), -f64::from(p.y)];
            actions.command(Command::Draw(line.iter().map(up).collect()));
        }
        let ink = ui.visuals().text_color();
        if self.line.is_empty() {
            match state.drawn() {
                Some(drawn) => both(ui, rect, drawn),
                None => {
                    let text = text!("draw here");
                    let weak = ui.visuals().weak_text_color();
                    let centre = egui::Align2::CENTER_CENTER;
                    ui.painter().text(
                        rect.center(),
                        centre,
                        text,
                        FontId::proportional(15.0),
                        weak,
                    );
                }
            }
        } else {
            ui.painter().add(Shape::line(self.line.clone(), Stroke::new(2.0, ink)));
        }
    }
}

/// The freehand shape filled, its reconstruction as a line over it.
fn both(ui: &Ui, rect: Rect, drawn: &FreehandShape) {
    let reach = |outline: &[f32]| outline.iter().fold(0f32, |m, v| m.max(v.abs()));
    let farthest = reach(&drawn.outline).max(reach(&drawn.rebuilt)).max(1e-6);
    let glyphs = Glyphs::of_outlines(f64::from(farthest));
    let unit = 0.44 * rect.width();
    let painter = ui.painter().with_clip_rect(rect);
    let shape = colour(theme::palette(ui).shape);
    fill_shape(&painter, &glyphs, &drawn.outline, rect.center(), unit, shape);
    let line: Color32 = ui.visuals().text_color();
    painter.add(outline_shape(
        &glyphs,
        &drawn.rebuilt,
        rect.center(),
        unit,
        Stroke::new(2.0, line),
    ));
}

fn found(ui: &mut Ui, drawn: &FreehandShape, state: &State, actions: &mut Requests) {
    note(ui, text!("Filled: your shape. Line: the nearest that the model can decode; its point is marked on the map."))
        .on_hover_text(about_reconstruction());
    fact(ui, text!("Difference"), three_digits(drawn.difference), about_difference());
    fact(
        ui,
        text!("By the encoder alone"),
        three_digits(drawn.encoded_difference),
        text!("The difference before the search over z"),
    );
    if let Some(probe) = state.map.picked.as_ref().filter(|probe| probe.z == drawn.z) {
        if let Some(nearest) = &probe.nearest {
            fact(
                ui,
                text!("Nearest of the data"),
                &nearest.family,
                text!("The label of the training shape that the model places nearest"),
            );
        }
        crate::ui::widgets::verdict(ui, &probe.verdict);
    }
    ui.add_space(6.0);
    if primary(ui, text!("Optimise from here"), text!("Start a search from this shape's point"))
        .clicked()
    {
        actions.push(Request::HideSheet);
        actions.command(Command::SearchFrom(MapPoint::Latent(drawn.z.clone())));
    }
}

fn about_reconstruction() -> Text {
    text!(
        "The nearest shape that the decoder can make: the encoder's point, improved by a search over z"
    )
}

fn about_difference() -> Text {
    text!(
        "Root mean square distance of points after centring and scaling both; a circle and a square differ by about 0.1"
    )
}
