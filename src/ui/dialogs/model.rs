//! The shown model: its name, its networks and what moves in each mode, its settings.

use crate::model::Model;
use crate::nn::layer::LayerSpec;
use crate::session::document::ids::ModelId;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::drawer::diagram::{DiagramPainter, FlowDirection, Network};
use crate::ui::panels::explore;
use crate::ui::request::{Request, Requests};
use crate::ui::widgets::{heading, note};
use egui::{Key, Sense, TextEdit, Ui, pos2, vec2};

/// The height of the diagram without heads.
const HEIGHT: f32 = 120.0;
/// The height of the row of the heads.
const HEADS: f32 = 66.0;

/// Shows the dialog; `name` is the name as it is typed.
pub(super) fn show(
    ui: &mut Ui,
    id: ModelId,
    name: &mut String,
    state: &State,
    actions: &mut Requests,
) {
    heading(ui, text!("Model"));
    let Some(entry) = state.model(id) else { return };
    let model = &entry.prepared.model;
    let before = state.name(id);
    ui.horizontal(|ui| {
        ui.label(text!("Name"));
        let field = TextEdit::singleline(name).desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name(text!("Name"));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if (entered || field.lost_focus()) && before.to_string() != *name {
            actions.command(Command::RenameModel(id, name.clone()));
        }
        if entered {
            actions.push(Request::HideSheet);
        }
    });
    ui.add_space(4.0);
    diagram(ui, model, state.view.activity);
    note(ui, explanation(state.view.activity));
    ui.add_space(4.0);
    explore::facts(ui, model);
    ui.add_space(6.0);
    if ui.button(text!("Close")).clicked() {
        actions.push(Request::HideSheet);
    }
}

fn explanation(activity: Activity) -> Text {
    match activity {
        Activity::Explore => text!(
            "The model is frozen. The map chooses the latent point z, and the decoder makes a row of it; the encoder places the \
             rows of the data on the map."
        ),
        Activity::Train => text!(
            "The weights move: the gradient of the loss, the reconstruction error and beta times KL, runs back through decoder \
             and encoder."
        ),
        Activity::Optimise => text!(
            "The model is frozen. z alone moves, along the gradient of the property of its decoded row, or of what a head \
             predicts."
        ),
    }
}

/// x -> encoder -> z -> decoder -> x', with the widths of the layers, and the heads below.
fn diagram(ui: &mut Ui, model: &Model, activity: Activity) {
    let heads = model.heads();
    let height = if heads.is_empty() { HEIGHT } else { HEIGHT + HEADS };
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let layers = &model.card.layers;
    let (inwards, outwards) = (widths(layers, "encoder"), widths(layers, "decoder"));
    let about = text!(
        "Encoder {inwards}, latent {latent}, decoder {outwards}",
        inwards = inwards.clone(),
        latent = model.latent_dim(),
        outwards = outwards.clone()
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &about));
    let is_training = activity == Activity::Train;
    let pen = DiagramPainter::new(ui, rect, None, !is_training);
    let at = |share: f32, y: f32| pos2(rect.left() + share * rect.width(), rect.top() + y);
    let places = [0.06, 0.28, 0.5, 0.72, 0.94].map(|share| at(share, 46.0));
    let [x, encoder, z, decoder, out] = places;
    for pair in places.windows(2) {
        pen.arrow(pair[0], pair[1], FlowDirection::Forward);
    }
    pen.network(encoder, Network::Encoder, false);
    pen.network(decoder, Network::Decoder, false);
    pen.node(x, "x", false);
    pen.node(z, "z", !is_training);
    pen.node(out, "x'", false);
    let weak = ui.visuals().weak_text_color();
    let sizes =
        [x, z, out].into_iter().zip([model.input_dim(), model.latent_dim(), model.input_dim()]);
    sizes.for_each(|(centre, size)| pen.text(centre, &size.to_string(), 12.0, weak));
    pen.text(encoder + vec2(0.0, 44.0), &inwards, 11.0, weak);
    pen.text(decoder + vec2(0.0, 44.0), &outwards, 11.0, weak);
    if !heads.is_empty() {
        let (head, y) = (at(0.5, HEIGHT + 20.0), at(0.72, HEIGHT + 20.0));
        pen.arrow(z, head, FlowDirection::Forward);
        pen.arrow(head, y, FlowDirection::Forward);
        pen.network(head, Network::Head, false);
        pen.node(y, "y", false);
        pen.text(y, &heads.len().to_string(), 12.0, weak);
    }
}

/// The widths of the layers of a part, such as "200 - 256 - 128".
fn widths(layers: &[LayerSpec], part: &str) -> String {
    let mut own = layers.iter().filter(|layer| layer.name.starts_with(part)).peekable();
    let first = own.peek().map(|layer| layer.inputs);
    let all: Vec<String> =
        first.into_iter().chain(own.map(|layer| layer.outputs)).map(|n| n.to_string()).collect();
    all.join(" - ")
}
