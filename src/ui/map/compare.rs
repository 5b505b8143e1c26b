//! Comparison of two models: the two maps with their titles, and the two shapes at the cursor.

use super::colour_scale;
use super::painting::fill_shape;
use super::view::MapView;
use crate::explore::colour::scale;
use crate::explore::three_digits;
use crate::model::Value;
use crate::model::bundled::BUNDLED;
use crate::session::document::ids::ModelId;
use crate::session::jobs::registry::JobKind;
use crate::session::results::models::ModelEntry;
use crate::session::results::probe::Probe;
use crate::session::screen::comparison::ComparisonModel;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::jobs::thin_bar;
use crate::ui::request::Requests;
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{fitting, note, reliability_colour, whole_label};
use egui::containers::menu::MenuButton;
use egui::{
    Align, Button, FontId, Label, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, vec2,
};

/// Width of the names of the quantities, in points.
const NAMES: f32 = 112.0;
/// Height of the title above a map.
const TITLE: f32 = 34.0;

/// One of the two maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The shown model; only its map has searches and trainings.
    First,
    /// The comparison model.
    Second,
}

/// The two maps.
#[derive(Default)]
pub struct Maps {
    first: MapView,
    second: MapView,
}

impl Maps {
    /// Draws one map, or two of equal size side by side during a comparison, and the colour scale below.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let whole = ui.available_rect_before_wrap();
        let mut all = whole;
        if colour_scale::is_needed(state) {
            all.max.y -= colour_scale::HEIGHT;
            colour_scale::show(ui, whole.with_min_y(all.bottom()), state, actions);
        }
        ui.scope_builder(UiBuilder::new().max_rect(all), |ui| self.maps(ui, all, state, actions));
    }

    fn maps(&mut self, ui: &mut Ui, all: Rect, state: &State, actions: &mut Requests) {
        let Some(beside) = state.beside() else { return self.first.show(ui, state, actions) };
        let middle = all.center().x.round();
        let halves = [all.with_max_x(middle - 0.5), all.with_min_x(middle + 0.5)];
        let line = Stroke::new(1.0, ui.visuals().widgets.noninteractive.bg_stroke.color);
        let within = |rect: Rect| UiBuilder::new().max_rect(rect);
        let [left, right] = halves.map(|half| half.with_min_y(half.top() + TITLE));
        ui.scope_builder(within(right).id_salt("second"), |ui| {
            self.second.show_beside(ui, state, beside.1, actions);
        });
        ui.scope_builder(within(left).id_salt("first"), |ui| self.first.show(ui, state, actions));
        // A mouse that moves from one map to the other enters the second before it leaves the first.
        if actions.hovers_somewhere() {
            actions.list.retain(|action| !action.is_leaving());
        }
        for (half, side) in halves.into_iter().zip([Side::First, Side::Second]) {
            let title = half.with_max_y(half.top() + TITLE);
            ui.painter().rect_filled(title, 0.0, ui.visuals().panel_fill);
            let inner = within(title.shrink2(vec2(8.0, 2.0))).id_salt(side == Side::First);
            let inner = inner.layout(Layout::right_to_left(Align::Center));
            ui.scope_builder(inner, |ui| match side {
                Side::First => first_title(ui, state, actions),
                Side::Second => second_title(ui, state, beside.0, actions),
            });
        }
        ui.painter().vline(middle, all.y_range(), line);
    }
}

fn fit(ui: &mut Ui, id: ModelId, actions: &mut Requests) {
    let tooltip = text!(
        "Fit both maps to the data of this model (F: to those of both); again: to those far out too"
    );
    if ui.add(Button::new(text!("Fit")).small()).on_hover_text(tooltip).clicked() {
        actions.command(Command::FitModel(id));
    }
}

fn first_title(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some((id, _)) = state.shown() else { return };
    fit(ui, id, actions);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let name = RichText::new(state.name(id)).family(theme::strong());
        ui.add(Label::new(name).truncate());
    });
}

/// The name of the second model, which opens the menu of comparison models.
fn second_title(ui: &mut Ui, state: &State, id: ModelId, actions: &mut Requests) {
    if icon_button(ui, Icon::Close, text!("End the comparison")).clicked() {
        actions.command(Command::ToggleComparison);
    }
    fit(ui, id, actions);
    if let Some(run) = state.jobs.newest(JobKind::Pca) {
        if ui
            .add(Button::new(text!("Stop")).small())
            .on_hover_text(UiCommand::Cancel.with_keys(text!("Nothing is made of PCA")))
            .clicked()
        {
            actions.command(Command::Stop(run));
        }
        thin_bar(ui, state, state.jobs.newest(JobKind::Pca), 84.0)
            .accessible_name(text!("Principal axes that are found"));
        ui.label(RichText::new("PCA").small());
    }
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let name = RichText::new(format!("{} \u{23f7}", state.name(id))).family(theme::strong());
        let button = Button::new(name).truncate();
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.set_min_width(230.0);
            rivals(ui, state, id, actions);
        });
        response.on_hover_text(text!(
            "The model on this map; choose another one, or PCA of the same data"
        ));
    });
}

fn rivals(ui: &mut Ui, state: &State, beside: ModelId, actions: &mut Requests) {
    let shown = state.shown().map(|(id, _)| id);
    for (id, _) in state.models().filter(|(id, _)| Some(*id) != shown) {
        if ui.selectable_label(id == beside, state.name(id)).clicked() {
            actions.command(Command::CompareWith(ComparisonModel::Open(id)));
        }
    }
    for (index, sample) in BUNDLED.iter().enumerate() {
        let open = state.sample_model(index).is_some();
        if !open && ui.button(sample.name()).on_hover_text(sample.about()).clicked() {
            actions.command(Command::CompareWith(ComparisonModel::Sample(index)));
        }
    }
    ui.separator();
    let pca = text!(
        "The baseline without a network: the directions in which the shapes of the first model differ most"
    );
    if ui.button(text!("PCA of the same data")).on_hover_text(pca).clicked() {
        actions.command(Command::CompareWith(ComparisonModel::Pca));
    }
    let swap = text!("The first map becomes the second, and the second the first");
    if ui.button(text!("Change places")).on_hover_text(swap).clicked() {
        actions.command(Command::ShowModel(beside));
    }
}

/// Both shapes at the cursor, each from its model, with their quantities and reliability.
pub fn shapes(ui: &mut Ui, state: &State) {
    let Some(comparison) = &state.comparison else { return };
    let second = comparison.probe.as_ref().or(comparison.picked.as_ref());
    let first = state.map.probe.as_ref().or(state.map.picked.as_ref());
    let both = [(state.shown(), first), (state.beside(), second)];
    let width = (ui.available_width() - 12.0) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        for (model, probe) in both {
            let Some((id, entry)) = model else { continue };
            let column = Layout::top_down(Align::Min);
            ui.allocate_ui_with_layout(vec2(width, 0.0), column, |ui| {
                ui.set_width(width);
                let name = RichText::new(state.name(id)).family(theme::strong()).size(14.0);
                ui.add(Label::new(name).truncate());
                canvas(ui, state, (id, entry), probe);
            });
        }
    });
    match (first, second) {
        (Some(first), Some(second)) => values(ui, state, [first, second]),
        _ => {
            note(
                ui,
                text!("Move over either map: the same latent point is decoded by both models."),
            );
        }
    }
}

/// One shape, in the usual size for its model.
fn canvas(ui: &mut Ui, state: &State, (id, entry): (ModelId, &ModelEntry), probe: Option<&Probe>) {
    let size = vec2(ui.available_width(), 140.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let name = text!("The shape of {model}", model = state.name(id));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    ui.painter().rect_filled(rect, 8.0, colour(theme::palette(ui).canvas));
    let Some(probe) = probe else { return };
    let (glyphs, reach) = (entry.prepared.model.glyphs(), 0.44 * rect.width().min(rect.height()));
    let plain = state.view.activity == Activity::Train;
    let value = probe.value(state.quantity()).number();
    let shape = theme::palette(ui).shape;
    let ink = colour(if plain { shape } else { scale(value, state.range()) });
    fill_shape(&ui.painter_at(rect), glyphs, &probe.outline, rect.center(), reach, ink);
}

/// Every quantity of both shapes, the one of the maps' colours first, and the reliability.
fn values(ui: &mut Ui, state: &State, both: [&Probe; 2]) {
    let mut quantities = vec![state.quantity()];
    for (quantity, _) in both.iter().flat_map(|probe| &probe.values) {
        if !quantities.contains(quantity) {
            quantities.push(*quantity);
        }
    }
    for quantity in quantities {
        let values = both.map(|probe| probe.value(quantity));
        let predicted = values.into_iter().find(|value| value.prediction().is_some());
        let label = predicted.unwrap_or(Value::NONE).title(quantity.plain_label());
        let shown = values.map(|value| match value {
            Value::Predicted(_) => (RichText::new(value.text()), 13.0, None),
            Value::Computed(_) => (RichText::new(value.text()), 15.0, None),
        });
        row(ui, label, state.about(quantity), shown);
    }
    let words = both.map(|probe| {
        // There is space for a few letters; the tooltip has the sentence.
        let word = RichText::new(probe.verdict.word());
        let colour = reliability_colour(ui, probe.verdict.reliability);
        (word.color(colour), 13.0, Some(probe.verdict.sentence()))
    });
    row(ui, text!("Trust"), text!("How far each model can be believed here"), words);
    let place = |probe: &Probe| probe.z.iter().map(|z| three_digits(*z)).collect::<Vec<_>>();
    let z = place(both[0]);
    if z.len() <= 4 {
        note(ui, Text::verbatim(format!("z = ({})", z.join(", "))));
    }
    if both[0].z.len() != both[1].z.len() || both[0].z.len() > 2 {
        note(
            ui,
            text!("The two latents are not the same space: what agrees is the place on the maps."),
        );
    }
}

/// A name and two values in columns below the centres of the shapes.
fn row(ui: &mut Ui, name: Text, about: Text, values: [(RichText, f32, Option<Text>); 2]) {
    let width = (ui.available_width() - NAMES) / 2.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let cell = |ui: &mut Ui, width: f32, label: RichText, size: f32, about: Option<Text>| {
            let layout = Layout::left_to_right(Align::Center);
            ui.allocate_ui_with_layout(vec2(width, 22.0), layout, |ui| {
                ui.set_width(width);
                let font = FontId::proportional(size);
                let font = fitting(ui.painter(), label.text(), font, width - 2.0);
                let response = ui.add(whole_label(ui, label, font));
                if let Some(about) = about {
                    response.on_hover_text(about);
                }
            });
        };
        cell(ui, NAMES, RichText::new(name).weak(), 15.0, Some(about));
        for (text, size, about) in values {
            cell(ui, width, text, size, about);
        }
    });
}
