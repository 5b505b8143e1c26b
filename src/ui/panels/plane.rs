//! The plane of the latent space that the map shows, where the latent has more than two dimensions.

use crate::explore::LatentPlane;
use crate::session::document::ids::ModelId;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::request::Requests;
use crate::ui::widgets::{number, row};
use egui::{Button, ComboBox, Ui};

/// Width of the menu.
const MENU: f32 = 150.0;

/// The menu of planes, and the numbers of two axes; nothing for a latent of two dimensions.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some((id, entry)) = state.shown() else { return };
    let projection = &entry.prepared.projection;
    if projection.is_exact() {
        return;
    }
    let before = &entry.prepared.plane;
    let mut plane = before.clone();
    let share = text!(
        "{plane}, {share} %",
        plane = plane.label(),
        share = format!("{:.0}", 100.0 * projection.explained())
    );
    row(ui, text!("Plane"), about(), |ui| {
        let combo = ComboBox::from_id_salt("plane").selected_text(share).width(MENU);
        combo.show_ui(ui, |ui| choices(ui, id, &mut plane, state)).response
    });
    if let LatentPlane::Axes(axes) = &mut plane {
        let last = projection.latent_dim() - 1;
        let mut chosen = *axes;
        for (axis, name) in chosen.iter_mut().zip([text!("To the right"), text!("Upwards")]) {
            number(ui, name, text!("A coordinate of z, counted from 0"), axis, 0..=last, 0.05);
        }
        // An axis that is chosen for the second direction too changes places with it.
        *axes = match chosen[0] == chosen[1] {
            true => [axes[1], axes[0]],
            false => chosen,
        };
    }
    if plane != *before {
        actions.command(Command::SetPlane(plane));
    }
}

fn choices(ui: &mut Ui, id: ModelId, plane: &mut LatentPlane, state: &State) {
    let pca = text!("The two directions of largest variance of the data");
    ui.selectable_value(plane, LatentPlane::Pca, LatentPlane::Pca.label()).on_hover_text(pca);
    let has_axes = matches!(plane, LatentPlane::Axes(_));
    let axes = ui.selectable_label(has_axes, text!("Two axes"));
    let axes = axes
        .on_hover_text(text!("Two coordinates of z; the others are those of the mean of the data"));
    if axes.clicked() && !has_axes {
        *plane = LatentPlane::Axes([0, 1]);
    }
    let pins = state.document.models.get(&id).map_or(&[][..], |model| &model.pins);
    let first = match pins {
        [a, b, c, ..] => Some(LatentPlane::Points([a.clone(), b.clone(), c.clone()])),
        _ => None,
    };
    let has_points = matches!(plane, LatentPlane::Points(_));
    let button = Button::selectable(has_points, text!("Through three pins"));
    let button = ui.add_enabled(first.is_some() || has_points, button);
    let button = button
        .on_hover_text(text!(
            "The plane through the first three pins, where all three lie on the map"
        ))
        .on_disabled_hover_text(text!("Right-click the map to pin three points first"));
    if let Some(first) = first.filter(|_| button.clicked()) {
        *plane = first;
    }
}

fn about() -> Text {
    text!(
        "The plane of the latent space that the map shows, and the share of the variance of the data that lies in it; \
         how far a point lies off the plane stands beside it"
    )
}
