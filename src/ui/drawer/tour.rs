//! Latent paths in the strip at the bottom, and their frames, new shapes, or the rows of the data, below it.

use super::lines::two_lines;
use super::playing;
use crate::explore::latent_path::curve::PathShape;
use crate::explore::shapes::contact_sheet::{ContactSheet, mark};
use crate::explore::{Bounds, Scene, three_digits};
use crate::model::{PointRef, Value};
use crate::session::commands::command::Touring;
use crate::session::document::{StartChoice, StartOrigin};
use crate::session::jobs::keep::export::Exportable;
use crate::session::screen::tours::{SampledShapes, ShownTour, Tour};
use crate::session::view::{Activity, ExplorePage, RowChoice};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::trust::Reliability;
use crate::ui::commands::UiCommand;
use crate::ui::data_sheet::{SheetClick, SheetLook, SheetMarks};
use crate::ui::icons::{Icon, icon_button};
use crate::ui::map::painting::{Cache, paint};
use crate::ui::map::transform::Transform;
use crate::ui::request::{Request, Requests};
use crate::ui::theme::{self, colour};
use crate::ui::widgets::note;
use egui::{Align, Button, DragValue, Layout, Rect, Response, Sense, Ui, vec2};

/// The pages with their names and explanations.
fn pages() -> [(ExplorePage, Text, Text); 3] {
    [
        (ExplorePage::Frames, text!("Walk"), text!("The frames of the path side by side")),
        (
            ExplorePage::NewShapes,
            text!("New samples"),
            text!("Points drawn and decoded, each with its reliability"),
        ),
        (ExplorePage::Data, text!("Data"), text!("The rows that the model learned from")),
    ]
}

/// The levels of reliability, best first.
const RELIABILITIES: [Reliability; 3] =
    [Reliability::Believable, Reliability::Doubtful, Reliability::Outside];

/// Data kept between frames.
#[derive(Default)]
pub struct Pages {
    cache: Cache,
    look: SheetLook,
}

/// The playback and timeline of the path.
pub fn strip(ui: &mut Ui, state: &State, tour: ShownTour<'_>, actions: &mut Requests) {
    let play = if tour.playback.playing {
        (Icon::Pause, text!("Pause"))
    } else {
        (Icon::Play, text!("Play"))
    };
    playing::buttons(ui, play, actions);
    playing::speed(ui, tour.playback.speed, actions);
    let quantity = state.quantity();
    let share = Text::verbatim(format!("{:.0} %", 100.0 * tour.playback.share));
    let here = tour.probe.iter().flat_map(|here| {
        let value = here.value(quantity);
        let word = here.verdict.reliability_of(quantity).word();
        [value.title(value.text_in(state.unit(quantity))), word]
    });
    let second = Text::joined([share].into_iter().chain(here), ", ");
    let predicts = tour.strip.values.iter().any(|value| value.prediction().is_some());
    two_lines(ui, title(tour.tour()), second, if predicts { 330.0 } else { 210.0 });
    let values: Vec<f64> = tour.strip.values.iter().map(|value| value.number()).collect();
    let about = text!(
        "{quantity} along the path; drag to any place on it",
        quantity = state.quantity().label()
    );
    let right = 38.0;
    let width = (ui.available_width() - right).max(60.0);
    ui.allocate_ui(vec2(width, 46.0), |ui| {
        playing::timeline(ui, &values, 1.0, tour.playback.share, about, actions);
    });
    if icon_button(
        ui,
        Icon::Close,
        text!(
            "Remove the path from the map ({keys}; {undo} brings it back)",
            keys = UiCommand::Cancel.keys(),
            undo = UiCommand::Undo.keys()
        ),
    )
    .clicked()
    {
        actions.command(Command::Tour(Touring::End));
    }
}

/// A value of the quantity of the map's colours, as text.
fn named(state: &State, value: Value) -> Text {
    let quantity = state.quantity();
    value.named_in(quantity.word(), state.unit(quantity))
}

/// The description of a latent path in a few words.
fn title(tour: &Tour) -> Text {
    let length = three_digits(tour.latent_path.length());
    match tour.latent_path.form() {
        PathShape::Line { .. } => text!("Line of {length}", length),
        PathShape::Circle { radius, .. } => {
            text!("Circle, r = {radius}", radius = three_digits(*radius))
        }
        PathShape::Spiral { turns, .. } => {
            text!("Spiral, {turns} turns", turns = three_digits(*turns))
        }
        PathShape::Axis { axis, low, high, .. } => {
            text!(
                "z{axis} from {low} to {high}",
                axis,
                low = three_digits(*low),
                high = three_digits(*high)
            )
        }
    }
}

impl Pages {
    /// Shows the selected page.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let Some(page) = state.explore_page() else { return };
        let row = vec2(ui.available_width(), 26.0);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().button_padding = vec2(9.0, 2.0);
            for (choice, name, about) in pages() {
                let is_there = state.has_explore_page(choice);
                let button = Button::selectable(page == choice, name);
                if is_there && ui.add(button).on_hover_text(about).clicked() {
                    actions.command(Command::Tour(Touring::Turn(choice)));
                }
            }
            ui.add_space(14.0);
            match (page, &state.tours.drawn) {
                (ExplorePage::NewShapes, Some(drawn)) => sampled(ui, drawn, actions),
                (ExplorePage::Data, _) => chosen_rows(ui, state, actions),
                _ => {
                    marks(ui, RELIABILITIES.map(Reliability::word));
                    note(ui, text!("Click a frame to go there."));
                }
            }
        });
        match (page, state.tour(), &state.tours.drawn) {
            (ExplorePage::Frames, Some(tour), _) => self.frames(ui, state, tour, actions),
            (ExplorePage::NewShapes, _, Some(drawn)) => self.new_shapes(ui, state, drawn, actions),
            (ExplorePage::Data, ..) => self.data(ui, state, actions),
            _ => (),
        }
    }

    fn frames(&mut self, ui: &mut Ui, state: &State, tour: ShownTour<'_>, actions: &mut Requests) {
        let [_, rows] = tour.sheet.size();
        let cell = tour.sheet.cell(tour.frame());
        let low = [cell.low[0], tour.sheet.bounds().low[1]];
        let marked = Bounds { low, high: [cell.high[0], low[1] + rows as f64] };
        let (response, over) =
            self.sheet(ui, state, &tour.sheet, Some(marked), text!("Frames of the path"));
        let Some(index) = over else { return };
        let frames = tour.strip.shares.len();
        let frame = index % frames;
        let share = 100.0 * tour.strip.shares[frame];
        let text = if index < frames {
            let value = named(state, tour.strip.values[frame]);
            let sentence = tour.strip.verdicts[frame].sentence();
            text!(
                "At {share} % of the path: {value}. {sentence}",
                share = format!("{share:.0}"),
                value,
                sentence
            )
        } else {
            text!(
                "At {share} % of the blend: every point goes straight to its counterpart.",
                share = format!("{share:.0}")
            )
        };
        if response.on_hover_text_at_pointer(text).clicked() {
            actions.command(Command::Scrub(tour.strip.shares[frame]));
        }
    }

    fn new_shapes(
        &mut self,
        ui: &mut Ui,
        state: &State,
        drawn: &SampledShapes,
        actions: &mut Requests,
    ) {
        let kept = state.map.picked.as_ref().map(|picked| &picked.z);
        let chosen = drawn.shapes.iter().position(|shape| Some(&shape.z) == kept);
        let marked = chosen.map(|index| drawn.sheet.cell(index));
        let (response, over) =
            self.sheet(ui, state, &drawn.sheet, marked, text!("Sheet of new samples"));
        let Some(index) = over else { return };
        let value = named(state, drawn.shapes[index].value);
        let sentence = drawn.shapes[index].verdict.sentence();
        let text =
            text!("{value}. {sentence}\nClick to keep its point on the map.", value, sentence);
        if response.on_hover_text_at_pointer(text).clicked() {
            actions.command(Command::Tour(Touring::Keep(index)));
        }
    }

    /// The rows of the data; the nearest one to the selected point is marked.
    fn data(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let Some(sheet) = state.data_sheet() else { return };
        let height = ui.available_height();
        let marks = SheetMarks { row: state.nearest_row(), chosen: Some(&state.view.chosen) };
        let clicked = self.look.show(ui, sheet, marks, height);
        actions.list.extend(clicked.map(|clicked| {
            Request::Do(match clicked {
                SheetClick::Row(row) => Command::PickNamed(PointRef::Row(row + 1)),
                SheetClick::Choice(choice) => Command::ChooseRows(choice),
            })
        }));
    }

    /// Paints a contact sheet as large as possible; returns the shape under the mouse.
    fn sheet(
        &mut self,
        ui: &mut Ui,
        state: &State,
        sheet: &ContactSheet,
        marked: Option<Bounds>,
        name: Text,
    ) -> (Response, Option<usize>) {
        let palette = theme::palette(ui);
        let room = ui.available_size();
        let (rect, response) = ui.allocate_exact_size(room, Sense::click());
        let response = response.accessible_name(name.to_string());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 8.0, colour(palette.canvas));
        let view = sheet.bounds();
        let [columns, rows] = view.size().map(|side| side as f32);
        let unit = ((rect.width() - 8.0) / columns).min((rect.height() - 4.0) / rows);
        let place = Rect::from_center_size(rect.center(), unit * vec2(columns, rows));
        let transform = Transform { rect: place, view };
        let scene = sheet.scene(state.range(), marked, f64::from(unit), palette);
        paint(&painter, &scene, transform, &mut self.cache);
        let over = response.hover_pos().and_then(|at| sheet.index_at(transform.to_map(at)));
        (response, over)
    }
}

/// The menu of the chosen rows, and how to choose some.
fn chosen_rows(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let draws = state.view.draws_lasso;
    let lasso = Button::selectable(draws, text!("Lasso"));
    let about = text!(
        "The next drag over the map draws a line around rows and chooses them; Ctrl-drag does the same, with Shift besides the others"
    );
    if ui.add(lasso).on_hover_text(about).clicked() {
        actions.command(Command::DrawLasso(!draws));
    }
    let count = state.view.chosen.len();
    if count == 0 {
        note(ui, text!("Click a row to keep its point; Ctrl-click chooses rows."));
        return;
    }
    let title = text!("{count} row chosen" | "{count} rows chosen", count);
    ui.menu_button(format!("{title} \u{23f7}"), |ui| {
        let is_search = text!("Begin a search at their points, in turn, by the present objective");
        if ui.button(text!("Search from them")).on_hover_text(is_search).clicked() {
            let starts = StartChoice { origin: StartOrigin::Chosen, spread: 0.0 };
            actions.command(Command::SetStarts(starts));
            actions.command(Command::Turn(Activity::Optimise));
            actions.command(Command::Climb);
        }
        let train = ui.add_enabled_ui(state.import_of_chosen().is_ok(), |ui| {
            ui.button(text!("Train on them")).on_hover_text(text!(
                "The next training learns from these rows alone; opening the file again brings the others back"
            ))
        });
        let train = match state.import_of_chosen() {
            Ok(_) => train.inner,
            Err(why) => train.inner.on_disabled_hover_text(why),
        };
        if train.clicked() {
            actions.command(Command::TrainOnChosen);
            actions.command(Command::Turn(Activity::Train));
        }
        let about = text!("Write them with all their columns: CSV or XLSX");
        if ui.button(text!("Export them\u{2026}")).on_hover_text(about).clicked() {
            actions.push(Request::ShowExport(Some(Exportable::Rows)));
        }
        if ui.button(text!("Choose none")).clicked() {
            actions.command(Command::ChooseRows(RowChoice::These(Vec::new())));
        }
    });
}

/// The seed of the new shapes, and a button that samples again.
fn sampled(ui: &mut Ui, drawn: &SampledShapes, actions: &mut Requests) {
    if ui
        .button(text!("New sample"))
        .on_hover_text(UiCommand::NewShapes.with_keys(text!("Draw again, with the next seed")))
        .clicked()
    {
        actions.command(Command::Tour(Touring::Draw));
    }
    let of =
        |reliability| drawn.shapes.iter().filter(|s| s.verdict.reliability == reliability).count();
    let mut seed = drawn.seed;
    let field = DragValue::new(&mut seed)
        .speed(0.1)
        .prefix(format!("{} ", text!("seed")))
        .update_while_editing(false);
    let field =
        ui.add(field).on_hover_text(text!("The same seed draws the same points; drag or type"));
    if field.accessible_name(text!("Seed")).changed() {
        actions.command(Command::Tour(Touring::DrawWith(seed)));
    }
    ui.add_space(8.0);
    marks(
        ui,
        RELIABILITIES.map(|reliability| {
            let count = Text::verbatim(of(reliability).to_string());
            Text::joined([count, reliability.word()], " ")
        }),
    );
    note(ui, text!("Click a sample to keep its point."));
}

/// The marks of the reliability levels, each with its text.
fn marks(ui: &mut Ui, words: [Text; 3]) {
    let palette = theme::palette(ui);
    for (reliability, word) in RELIABILITIES.into_iter().zip(words) {
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 20.0), Sense::hover());
        let view = Bounds::centred([0.0; 2], [1.0, 20.0 / 14.0]);
        let scene = Scene { layers: vec![mark(reliability, [0.0; 2], palette)] };
        paint(ui.painter(), &scene, Transform { rect, view }, &mut Cache::default());
        note(ui, word);
        ui.add_space(8.0);
    }
}
