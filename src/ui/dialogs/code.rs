//! Listings: the lines of a program with the present one highlighted, and the dialog that shows all of them.

use super::fields::usual_button;
use crate::optimise::UpdateStage;
use crate::optimise::codegen::CodeLine;
use crate::session::State;
use crate::session::screen::derived::SearchCode;
use crate::text;
use crate::ui::commands::UiCommand;
use crate::ui::request::{Request, Requests};
use crate::ui::theme;
use crate::ui::widgets::{heading, note};
use egui::style::ScrollAnimation;
use egui::text::{LayoutJob, TextFormat};
use egui::{CollapsingHeader, Color32, FontId, Rect, RichText, ScrollArea, Sense, Ui, vec2};

/// The size of code, in points.
const SIZE: f32 = 13.0;
/// Height of a line of code.
const LINE: f32 = 17.0;
/// Left margin of a line of code.
const INDENT: f32 = 8.0;

/// Shows the lines; the background of the `lit` stage is highlighted.
pub fn listing(ui: &mut Ui, lines: &[CodeLine], lit: Option<UpdateStage>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    // The listing scrolls to the present line, but not while the user scrolls.
    let id = ui.scope_id().with("running");
    let moved = ui.data_mut(|data| {
        let running = data.get_temp_mut_or_default::<Option<UpdateStage>>(id);
        std::mem::replace(running, lit) != lit
    });
    for line in lines {
        let is_lit = lit.is_some() && line.stage == lit;
        let galley = ui.painter().layout_job(job(ui, &line.text, is_lit));
        let size = vec2((galley.size().x + 2.0 * INDENT).max(ui.available_width()), LINE);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::Label, true, is_lit, line.text.trim())
        });
        if is_lit {
            ui.painter().rect_filled(rect, 4.0, ui.visuals().selection.bg_fill);
            let bar = Rect::from_min_size(rect.min, vec2(3.0, LINE));
            ui.painter().rect_filled(bar, 1.5, theme::accent(ui));
            if moved {
                let room = rect.expand2(vec2(0.0, 2.0 * LINE));
                ui.scroll_to_rect_animation(room, None, ScrollAnimation::none());
            }
        }
        let at = rect.left_center() + vec2(INDENT, -0.5 * galley.size().y);
        ui.painter().galley(at, galley, ui.visuals().text_color());
    }
}

/// A line; its comment has a weaker colour.
fn job(ui: &Ui, text: &str, lit: bool) -> LayoutJob {
    let format = |color: Color32| TextFormat {
        font_id: FontId::monospace(SIZE),
        color,
        ..TextFormat::default()
    };
    let ink = ui.visuals().text_color();
    let weak = if lit { ink } else { ui.visuals().weak_text_color() };
    let comment = text.find("# ").unwrap_or(text.len());
    let mut job = LayoutJob::default();
    job.append(&text[..comment], 0.0, format(ink));
    job.append(&text[comment..], 0.0, format(weak));
    job
}

/// The dialog: the search in PyTorch and as a command line, with the present settings.
pub fn sheet(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some((_, entry)) = state.shown() else { return };
    let Some(code) = state.search_code() else { return };
    let SearchCode { lines, preamble, command } = &*code;
    let walk = state.walk().filter(|_| state.is_walking());

    heading(ui, text!("The same search in PyTorch"));
    ScrollArea::both().max_height(390.0).auto_shrink([false, true]).show(ui, |ui| {
        listing(ui, lines, walk.map(|walk| walk.by_hand.stage()));
        ui.add_space(8.0);
        let header = CollapsingHeader::new(text!("What these lines stand on"));
        header.id_salt("preamble").show(ui, |ui| {
            let plain = |text: &String| CodeLine { text: text.clone(), stage: None };
            let ground: Vec<CodeLine> = preamble.iter().map(plain).collect();
            listing(ui, &ground, None);
        });
    });
    heading(ui, text!("And on the command line"));
    ui.add(egui::Label::new(RichText::new(command).font(FontId::monospace(SIZE))).wrap());
    if entry.path.is_none() {
        note(
            ui,
            text!(
                "Both read the model from its file: save it first ({keys}).",
                keys = UiCommand::Save.keys()
            ),
        );
    }
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let copy = ui
            .button(text!("Copy script"))
            .on_hover_text(text!("All of it: PyTorch runs it as it is"));
        if copy.clicked() {
            let search = lines.iter().map(|line| line.text.as_str());
            let script: Vec<&str> = preamble.iter().map(String::as_str).chain(search).collect();
            actions.push(Request::Copy(script.join("\n") + "\n"));
        }
        if ui.button(text!("Copy command")).clicked() {
            actions.push(Request::Copy(command.clone()));
        }
        if usual_button(ui, text!("Close")).clicked() {
            actions.push(Request::HideSheet);
        }
    });
}
