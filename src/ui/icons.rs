//! Buttons with a drawn sign instead of a text.

use crate::text::Text;
use egui::{Color32, Rect, Response, Sense, Stroke, Ui, Vec2, pos2, vec2};

/// Painted icons, since a font may not have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A triangle pointing right.
    Play,
    /// Two bars.
    Pause,
    /// A bar and a triangle pointing left.
    Back,
    /// A triangle pointing right and a bar.
    Forward,
    /// A square.
    Stop,
    /// A chevron pointing up.
    Up,
    /// A chevron pointing down.
    Down,
    /// A cross.
    Close,
    /// An encoder and a decoder.
    Networks,
}

/// A button with an icon; `name` is its tooltip and the text for assistive technology.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: impl Into<Text>) -> Response {
    let name = String::from(name.into());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(30.0), Sense::click());
    let response = response.accessible_name(&name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, ui.is_enabled(), &name));
    let visuals = ui.style().interact(&response);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, visuals.corner_radius, visuals.weak_bg_fill);
    }
    draw_icon(ui, icon, rect, visuals.fg_stroke.color);
    response.on_hover_text(name)
}

fn draw_icon(ui: &Ui, icon: Icon, rect: Rect, ink: Color32) {
    let c = rect.center();
    let at = |x: f32, y: f32| pos2(c.x + x, c.y + y);
    let painter = ui.painter();
    let filled = |points: Vec<egui::Pos2>| {
        painter.add(egui::Shape::convex_polygon(points, ink, Stroke::NONE));
    };
    let bar = |x: f32, w: f32, h: f32| {
        painter.rect_filled(Rect::from_center_size(at(x, 0.0), vec2(w, h)), 0.0, ink);
    };
    let line = |points: &[(f32, f32)]| {
        let points = points.iter().map(|&(x, y)| at(x, y)).collect();
        painter.add(egui::Shape::line(points, Stroke::new(1.8, ink)));
    };
    match icon {
        Icon::Play => filled(vec![at(-5.0, -7.0), at(7.0, 0.0), at(-5.0, 7.0)]),
        Icon::Pause => {
            bar(-3.5, 3.6, 13.0);
            bar(3.5, 3.6, 13.0);
        }
        Icon::Back => {
            filled(vec![at(5.0, -6.0), at(-4.0, 0.0), at(5.0, 6.0)]);
            bar(-5.5, 2.2, 12.0);
        }
        Icon::Forward => {
            filled(vec![at(-5.0, -6.0), at(4.0, 0.0), at(-5.0, 6.0)]);
            bar(5.5, 2.2, 12.0);
        }
        Icon::Stop => bar(0.0, 11.0, 11.0),
        Icon::Up => line(&[(-5.0, 3.0), (0.0, -3.0), (5.0, 3.0)]),
        Icon::Down => line(&[(-5.0, -3.0), (0.0, 3.0), (5.0, -3.0)]),
        Icon::Networks => {
            let side = |sign: f32| {
                let x = |x: f32| sign * x;
                line(&[
                    (x(11.0), -8.0),
                    (x(3.0), -3.0),
                    (x(3.0), 3.0),
                    (x(11.0), 8.0),
                    (x(11.0), -8.0),
                ]);
            };
            side(-1.0);
            side(1.0);
        }
        Icon::Close => {
            line(&[(-4.5, -4.5), (4.5, 4.5)]);
            line(&[(-4.5, 4.5), (4.5, -4.5)]);
        }
    }
}
