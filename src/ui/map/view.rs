//! The map: the scene, its mouse actions, and the controls over it.

use super::lesson;
use super::painting::{Cache, paint};
use super::transform::Transform;
use crate::explore::Bounds;
use crate::explore::colour::Palette;
use crate::explore::grouped;
use crate::explore::scene::axes::LatentFrame;
use crate::explore::scene::compose::{Annotations, EncodedPoints, MapData, compose};
use crate::explore::scene::map_layer::MapLayer;
use crate::session::commands::command::Touring;
use crate::session::results::models::{ModelEntry, Prepared};
use crate::session::screen::selection::MapPoint;
use crate::session::view::RowChoice;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::request::{Request, Requests};
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{Buttons, note, paint_whole};
use egui::{
    Align, Align2, Color32, FontId, Frame, Layout, Margin, Painter, PointerButton, Pos2, Rect,
    Response, RichText, Sense, Shape, Stroke, Ui, UiBuilder, vec2,
};

/// The largest distance of the mouse from a mark that it grabs, in points.
const GRAB: f32 = 11.0;
/// The largest distance of the mouse from a dot of the data that it points at, in points.
const DOT: f32 = 5.0;

/// The least distance between two corners of a line around rows, in points.
const LASSO_STEP: f32 = 3.0;

/// The free space below the buttons over the map, in points.
const BELOW_CHIPS: f32 = 2.0;

/// Data kept between frames.
#[derive(Default)]
pub struct MapView {
    cache: Cache,
    dragging_pick: bool,
    /// The line that is drawn around rows.
    lasso: Option<Vec<Pos2>>,
    last_hover: Option<(Pos2, Bounds)>,
}

impl MapView {
    /// Draws the map into all of `ui` and converts mouse actions to commands.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let rect = ui.available_rect_before_wrap();
        let size = [f64::from(rect.width()), f64::from(rect.height())];
        let transform = Transform { rect, view: state.view.map.bounds };
        let response = ui.interact(rect, ui.scope_id().with("map"), Sense::click_and_drag());
        let response = response.accessible_name(text!("Map of the latent space"));
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Canvas, true, text!("Map of the latent space"))
        });
        self.mouse(ui, &response, transform, state, actions);

        let palette = theme::palette(ui);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0.0, colour(palette.canvas));
        let Some((_, entry)) = state.shown() else {
            empty(&painter, rect, ui.visuals().weak_text_color());
            return;
        };
        let annotations = state.annotations();
        let subject = MapData {
            content: &state.map.picture.content,
            reach: entry.prepared.model.glyphs().reach,
            range: state.range(),
            points: &entry.prepared.points,
            values: &state.point_values(entry),
            annotations: &annotations,
            unit: transform.unit(),
            frame: LatentFrame::new(&entry.prepared.model, &entry.prepared.projection),
            pins: &state.map.pins.iter().map(|pin| pin.at).collect::<Vec<_>>(),
        };
        let plain = state.view.activity == Activity::Train;
        let scene = compose(&subject, state.visible(), plain, state.view.map.bounds, palette);
        paint(&painter, &scene, transform, &mut self.cache);
        self.twin(&painter, &response, state, transform, palette);
        if let Some(line) = &self.lasso {
            painter.add(Shape::closed_line(line.clone(), Stroke::new(2.0, theme::accent(ui))));
        }

        let chips = chips(ui, rect, state, actions);
        let covered = f64::from((chips.bottom() - rect.top()).ceil() + BELOW_CHIPS);
        let map = &state.view.map;
        if (map.size(), map.covered()) != (size, covered) || !state.map.measured {
            actions.command(Command::Resize(size, covered));
        }
        far_out(ui, rect, state, entry);
        if !state.preferences.hint_followed
            && state.view.activity == Activity::Explore
            && state.notices.iter().next().is_none()
        {
            let place = rect.with_min_y(chips.bottom());
            hint(ui, place, text!("Move over the map. Double-click to optimise from there."));
        }
        lesson::show(ui, rect, state, actions);
    }

    /// Draws the second map of a comparison: another model in the same view, with the same layers and colours. The
    /// mouse acts as on the first map, but searches begin only there.
    pub fn show_beside(
        &mut self,
        ui: &mut Ui,
        state: &State,
        entry: &ModelEntry,
        actions: &mut Requests,
    ) {
        let Some(comparison) = &state.comparison else { return };
        let rect = ui.available_rect_before_wrap();
        let transform = Transform { rect, view: state.view.map.bounds };
        let name = text!("Map of the second model");
        let response = ui.interact(rect, ui.scope_id().with("map"), Sense::click_and_drag());
        let response = response.accessible_name(name.to_string());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
        self.mouse(ui, &response, transform, state, actions);
        let of_searches = |action: &Request| {
            matches!(
                action,
                Request::Do(
                    Command::SearchFrom(_) | Command::ChooseRestart(_) | Command::ChooseRows(_)
                )
            )
        };
        actions.list.retain(|action| !of_searches(action));
        actions.pointed = None;

        let palette = theme::palette(ui);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0.0, colour(palette.canvas));
        // Latent paths and trajectories belong to the first model; the selected point is shown with both.
        let annotations = Annotations { kept: state.annotations().kept, ..Annotations::default() };
        let subject = MapData {
            content: &comparison.picture.content,
            reach: entry.prepared.model.glyphs().reach,
            range: state.range(),
            points: &entry.prepared.points,
            values: &state.point_values(entry),
            annotations: &annotations,
            unit: transform.unit(),
            frame: LatentFrame::new(&entry.prepared.model, &entry.prepared.projection),
            pins: &[],
        };
        let plain = state.view.activity == Activity::Train;
        let scene = compose(&subject, state.visible(), plain, state.view.map.bounds, palette);
        paint(&painter, &scene, transform, &mut self.cache);
        self.twin(&painter, &response, state, transform, palette);
        far_out(ui, rect, state, entry);
    }

    /// The point under the mouse on the other map.
    fn twin(
        &self,
        painter: &Painter,
        response: &Response,
        state: &State,
        transform: Transform,
        palette: &Palette,
    ) {
        let probe = state.map.probe.as_ref().filter(|_| state.view.compared.is_some());
        if let Some(probe) = probe.filter(|_| !response.hovered()) {
            let at = transform.to_screen(probe.at);
            painter.circle_stroke(at, 5.0, Stroke::new(4.0, colour(palette.canvas)));
            painter.circle_stroke(at, 5.0, Stroke::new(1.8, colour(palette.text)));
        }
    }

    fn mouse(
        &mut self,
        ui: &Ui,
        response: &Response,
        transform: Transform,
        state: &State,
        actions: &mut Requests,
    ) {
        let hover = response.hover_pos().filter(|_| !response.dragged());
        // A view that moves under a resting mouse changes the point too.
        let here = hover.map(|at| (at, transform.view));
        if here != self.last_hover {
            self.last_hover = here;
            // Over the selected data row, the inspector shows the row and its reconstruction.
            let kept = state.map.picked.as_ref().filter(|picked| picked.rebuild.is_some());
            let kept = kept.map(|kept| transform.to_screen(kept.at));
            let looked = hover.filter(|at| kept.is_none_or(|kept| kept.distance(*at) > GRAB));
            actions.command(Command::Hover(looked.map(|at| transform.to_map(at))));
        }
        if let Some(at) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
            let factor = f64::from(pinch) * f64::from(scroll * 0.004).exp();
            if factor != 1.0 {
                actions.command(Command::Zoom(transform.to_map(at), factor));
            }
        }
        if let Some(at) = hover {
            actions.pointed = restart_at(state, transform, at);
        }
        let pick = state.map.picked.as_ref().map(|picked| transform.to_screen(picked.at));
        if response.drag_started_by(PointerButton::Primary) {
            let from = ui.input(|i| i.pointer.press_origin());
            self.dragging_pick =
                from.zip(pick).is_some_and(|(from, pick)| from.distance(pick) < GRAB);
            let draws = state.view.draws_lasso || ui.input(|i| i.modifiers.command);
            self.lasso = from.filter(|_| draws && state.data_sheet().is_some()).map(|at| vec![at]);
        }
        if let Some(line) = &mut self.lasso {
            let here = response.interact_pointer_pos();
            let is_new = |at: &Pos2| line.last().is_none_or(|last| last.distance(*at) > LASSO_STEP);
            let here = here.filter(is_new);
            line.extend(here);
            if response.drag_stopped() {
                let besides = ui.input(|i| i.modifiers.shift);
                let line = line.iter().map(|&at| transform.to_map(at)).collect();
                actions.command(Command::ChooseRows(RowChoice::Within(line, besides)));
                self.lasso = None;
            }
            return;
        }
        if response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle)
        {
            match (self.dragging_pick, response.interact_pointer_pos()) {
                (true, Some(at)) => actions.command(Command::Pick(transform.to_map(at))),
                _ => {
                    let delta = response.drag_delta();
                    let unit = transform.unit();
                    let by = [-f64::from(delta.x) / unit, f64::from(delta.y) / unit];
                    if by != [0.0, 0.0] {
                        actions.command(Command::Pan(by));
                    }
                }
            }
        }
        if response.drag_stopped() {
            self.dragging_pick = false;
        }
        let Some(at) = response.interact_pointer_pos() else { return };
        let point = transform.to_map(at);
        if response.double_clicked() {
            actions.command(Command::SearchFrom(MapPoint::At(point)));
        } else if response.clicked() {
            let restart = restart_at(state, transform, at);
            match restart {
                Some(_) => actions.command(Command::ChooseRestart(restart)),
                None if ui.input(|i| i.modifiers.shift) => {
                    actions.command(Command::Tour(Touring::To(MapPoint::At(point))));
                }
                None => actions.command(match row_at(state, transform, at) {
                    Some(row) => Command::PickRow(row),
                    None => Command::Pick(point),
                }),
            }
        } else if response.secondary_clicked() {
            actions.command(Command::Pin(MapPoint::At(point)));
        }
    }
}

/// The restart whose star or ring is at a position on the screen.
fn restart_at(state: &State, transform: Transform, at: Pos2) -> Option<usize> {
    if state.shown_race().is_some() {
        return None;
    }
    let search_run = state.shown_search().filter(|_| state.visible().has(MapLayer::Paths))?;
    let star = search_run.star.filter(|&star| transform.to_screen(star).distance(at) < GRAB);
    if star.is_some() {
        return state.search()?.star();
    }
    let heads = (0..search_run.paths.len())
        .filter_map(|i| Some((i, search_run.paths.head(i, search_run.step)?)));
    let distances = heads.map(|(i, head)| (i, transform.to_screen(head).distance(at)));
    let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (nearest.1 < GRAB).then_some(nearest.0)
}

/// The data row whose dot is at a position on the screen.
fn row_at(state: &State, transform: Transform, at: Pos2) -> Option<usize> {
    // While optimising, a click selects a start point, even on a dot of the data.
    let busy = state.view.activity == Activity::Optimise || !state.visible().has(MapLayer::Data);
    let (_, entry) = state.shown().filter(|_| !busy)?;
    let EncodedPoints { positions, rows, .. } = &entry.prepared.points;
    let places = positions.iter().map(|&place| transform.to_screen(place).distance(at));
    let nearest = places.zip(rows.iter()).min_by(|a, b| a.0.total_cmp(&b.0));
    nearest.filter(|(distance, _)| *distance < DOT).map(|(_, &row)| row)
}

fn empty(painter: &Painter, rect: Rect, ink: Color32) {
    let font = FontId::proportional(17.0);
    let text = text!(
        "No model is open. Drop a checkpoint here, or press {keys}.",
        keys = UiCommand::Open.keys()
    );
    let room = rect.width() - 20.0;
    paint_whole(painter, rect.center(), Align2::CENTER_CENTER, text, font, ink, room);
}

/// The background of controls over the map.
pub(in crate::ui) fn plate(ui: &Ui) -> Frame {
    let fill = ui.visuals().panel_fill.gamma_multiply(0.96);
    Frame::new().fill(fill).corner_radius(8).inner_margin(Margin::symmetric(6, 4))
}

/// The buttons of the layers, on more lines where they do not fit on one; where they are.
fn chips(ui: &mut Ui, rect: Rect, state: &State, actions: &mut Requests) -> Rect {
    let visible = state.visible();
    // Two maps have less space; the buttons reach from the first over the second.
    let (size, margin, maps) =
        if state.view.compared.is_some() { (13.0, 5.0, 2.0) } else { (14.0, 9.0, 1.0) };
    let room = vec2(maps * rect.width() - 20.0, 34.0);
    let place = Rect::from_min_size(rect.min + vec2(10.0, 10.0), room);
    let side_by_side = Buttons { size, margin, gap: 3.0 };
    let (glyphs, names) = (state.glyphs(), MapLayer::ALL.map(|layer| layer.label().to_string()));
    let plate = plate(ui);
    let all: Vec<String> = names.iter().cloned().chain([text!("Fit").to_string()]).collect();
    let fits = side_by_side.length(ui, &all) + plate.inner_margin.sum().x <= room.x;
    let layout = Layout::left_to_right(Align::Min).with_main_wrap(!fits);
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(layout), |ui| {
        let shown = plate.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(side_by_side.gap, 3.0);
            ui.spacing_mut().button_padding = vec2(margin, 3.0);
            for (layer, name) in MapLayer::ALL.into_iter().zip(names) {
                let name = RichText::new(name).size(size);
                let button = egui::Button::selectable(visible.has(layer), name);
                let command = UiCommand::Layer(layer);
                let response = ui.add_enabled(command.is_offered(state), button);
                // Of a table the shapes are bars, whose heights have a meaning.
                let bars = glyphs.about().filter(|_| layer == MapLayer::Shapes);
                let about = Text::joined([command.tooltip()].into_iter().chain(bars), "\n");
                if response.on_hover_text(about).clicked() {
                    command.request(state, actions);
                }
            }
            let fit = egui::Button::new(RichText::new(text!("Fit")).size(size));
            if ui.add(fit).on_hover_text(UiCommand::Fit.tooltip()).clicked() {
                UiCommand::Fit.request(state, actions);
            }
        });
        shown.response.rect
    })
    .inner
}

/// The number of data points outside of a fitted view, at the lower right.
fn far_out(ui: &mut Ui, rect: Rect, state: &State, entry: &ModelEntry) {
    let Prepared { beyond, model, .. } = &*entry.prepared;
    let view = state.view.map.bounds;
    let count = beyond.iter().filter(|at| !view.contains(**at)).count();
    let settled = state.view.map.is_fitted() && state.training().job.is_none();
    if count == 0 || !settled {
        return;
    }
    let all = grouped(model.encoded.mu.len());
    let keys = UiCommand::Fit.keys();
    let text = text!(
        "{count} of {all} rows lies beyond; {keys} shows all"
            | "{count} of {all} rows lie beyond; {keys} shows all",
        count,
        all,
        keys
    );
    let place = UiBuilder::new().max_rect(rect.shrink(10.0));
    ui.scope_builder(place.layout(Layout::bottom_up(Align::Max)), |ui| {
        plate(ui).show(ui, |ui| note(ui, text));
    });
}

/// A hint at the lower edge, until the user has followed it once; not where it would cover the buttons.
fn hint(ui: &Ui, rect: Rect, text: Text) {
    let ink = ui.visuals().text_color();
    let font = FontId::new(16.0, theme::strong());
    let galley = ui.painter().layout(text.into(), font, ink, rect.width() - 48.0);
    let height = f32::max(42.0, 20.0 + galley.size().y);
    // It would cover most of a low map.
    if 3.0 * height > rect.height() {
        return;
    }
    let at = rect.center_bottom() - vec2(0.5 * galley.size().x, height);
    let plate = Rect::from_min_size(at, galley.size()).expand2(vec2(14.0, 7.0));
    ui.painter().rect_filled(plate, 17.0, ui.visuals().panel_fill);
    ui.painter().galley(at, galley, ink);
}
