//! The lesson's card over the map.

use crate::session::{Command, State};
use crate::text;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::request::Requests;
use crate::ui::theme;
use crate::ui::widgets::at_right;
use egui::{
    Align2, Area, Button, FontId, Frame, Id, Label, Margin, Rect, RichText, Stroke, Ui, vec2,
};

/// Width of the card.
const WIDTH: f32 = 520.0;

/// Shows the card at the lower edge of the map, if there is a lesson.
pub fn show(ui: &mut Ui, map: Rect, state: &State, actions: &mut Requests) {
    let Some(lesson) = state.lesson() else { return };
    let area = Area::new(Id::unique("lesson"))
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(map.center_bottom() - vec2(0.0, 14.0))
        .constrain_to(map);
    area.show(ui.ctx(), |ui| {
        let frame = Frame::new()
            .fill(ui.visuals().panel_fill)
            .stroke(Stroke::new(1.5, theme::accent(ui)))
            .corner_radius(8)
            .inner_margin(Margin::symmetric(14, 10));
        frame.show(ui, |ui| {
            ui.set_width(WIDTH.min(map.width() - 60.0));
            let title = text!("How a search cheats, {place}", place = lesson.place());
            let font = FontId::new(15.0, theme::strong());
            at_right(ui, title.to_string(), font, |ui| {
                if icon_button(ui, Icon::Close, text!("End the lesson")).clicked() {
                    actions.command(Command::EndLesson);
                }
            });
            ui.add(Label::new(RichText::new(lesson.text()).size(16.0)).wrap());
            ui.add_space(4.0);
            let next = ui.add_enabled(
                lesson.is_waiting(),
                Button::new(lesson.button()).min_size(vec2(0.0, 30.0)),
            );
            if next.clicked() {
                actions.command(Command::ContinueLesson);
            }
        });
    });
}
