//! The shapes of a restart: at its start, at the shown step, and at its best step.

use crate::explore::colour::scale;
use crate::objective::Space;
use crate::optimise::RestartReport;
use crate::session::view::ShownSearch;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::map::painting::fill_shape;
use crate::ui::request::Requests;
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{fact, heading};
use egui::{Align2, FontId, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

const HEIGHT: f32 = 124.0;

/// A shape with its position on the canvas and its caption.
struct Station<'a> {
    outline: &'a [f32],
    /// From the left edge (0) to the right one (1).
    place: f32,
    caption: Text,
}

/// Start, shown step and best side by side; a drag across them scrubs from start to best.
pub fn before_and_after(
    ui: &mut Ui,
    search_run: ShownSearch<'_>,
    index: usize,
    report: &RestartReport,
    state: &State,
    actions: &mut Requests,
) {
    let (rect, response) =
        canvas(ui, text!("Before the search and after"), Sense::click_and_drag());
    let end = if report.restart.best.is_some() { text!("best") } else { text!("last") };
    let mut stations = vec![
        Station { outline: &report.decoded_start, place: 0.17, caption: text!("start") },
        Station { outline: &report.decoded, place: 0.83, caption: end },
    ];
    if let Some(moment) = search_run.moment.as_ref().filter(|moment| moment.restart == index) {
        let caption =
            text!("step {step}", step = (moment.step.floor() as usize).min(report.restart.steps));
        stations.push(Station { outline: &moment.outline, place: 0.5, caption });
    }
    draw(ui, rect, &stations, state);

    // The share of the steps between the two shapes at the shown step.
    let best = report.restart.best.as_ref().map_or(report.restart.steps, |best| best.step);
    let whole = search_run.paths.share_at(best as f64).max(1e-9);
    let gone = (search_run.paths.share_at(search_run.shown_step()) / whole).min(1.0) as f32;
    let x = |gone: f32| rect.left() + (0.17 + 0.66 * gone) * rect.width();
    let y = rect.top() + 9.0;
    let accent = theme::accent(ui);
    let rail = Stroke::new(2.0, ui.visuals().weak_text_color().gamma_multiply(0.5));
    ui.painter().hline(x(0.0)..=x(1.0), y, rail);
    ui.painter().hline(x(0.0)..=x(gone), y, Stroke::new(2.0, accent));
    ui.painter().circle_filled(pos2(x(gone), y), 5.0, accent);
    let about = match search_run.config.space {
        Space::Latent => text!("Drag across to follow the trajectory from the start to the best"),
        Space::Input => {
            text!(
                "Drag across to follow the trajectory from the start to the best; between them the model's rendering \
                 of the shape is shown, whose own numbers were moved"
            )
        }
    };
    let response = response.on_hover_text(about);
    if (response.dragged() || response.clicked())
        && let Some(at) = response.interact_pointer_pos()
    {
        let share = ((at.x - x(0.0)) / (x(1.0) - x(0.0))).clamp(0.0, 1.0);
        actions.command(Command::Scrub(f64::from(share) * whole));
    }
}

/// The known values of the followed restart while the search runs.
pub fn under_way(ui: &mut Ui, search_run: ShownSearch<'_>, state: &State) {
    let Some(moment) = &search_run.moment else { return };
    let number = moment.restart + 1;
    heading(
        ui,
        match search_run.look.chosen {
            None => text!("Restart {number}, best so far", number),
            Some(_) => text!("Restart {number}", number),
        },
    );
    let (rect, _) = canvas(ui, text!("The decoded point at this step"), Sense::hover());
    let caption = text!("step {step}", step = moment.step.floor() as usize);
    draw(ui, rect, &[Station { outline: &moment.outline, place: 0.5, caption }], state);
    let about =
        text!("At the step that is shown; the timeline goes back, and its end follows the newest");
    fact(ui, moment.value.title(search_run.config.spec.label()), moment.value.text(), about);
}

fn canvas(ui: &mut Ui, name: Text, sense: Sense) -> (Rect, Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), sense);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    ui.painter().rect_filled(rect, 8.0, colour(theme::palette(ui).canvas));
    (rect, response)
}

fn draw(ui: &Ui, rect: Rect, stations: &[Station<'_>], state: &State) {
    let painter = ui.painter_at(rect);
    let glyphs = state.glyphs();
    let reach = 0.44 * (rect.width() / 3.0).min(0.72 * rect.height());
    for Station { outline, place, caption } in stations {
        let centre = rect.left_top() + vec2(place * rect.width(), 0.51 * rect.height());
        let value = state.value_of(outline);
        let ink = colour(scale(value, state.range()));
        fill_shape(&painter, &glyphs, outline, centre, reach, ink);
        painter.text(
            pos2(centre.x, rect.bottom() - 4.0),
            Align2::CENTER_BOTTOM,
            caption,
            FontId::proportional(12.0),
            ui.visuals().weak_text_color(),
        );
    }
}
