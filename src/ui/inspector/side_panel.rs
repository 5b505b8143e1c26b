//! The right panel: the shown shape, its quantities, its nearest neighbour, and its reliability.

use super::answer::{self, about_class};
use super::axes;
use super::reconstruction;
use super::row::{self, Beside};
use crate::data::quantity::{Quantity, predicted};
use crate::explore::three_digits;
use crate::model::{Model, Value};
use crate::session::results::models::ModelEntry;
use crate::session::results::probe::Probe;
use crate::session::{Activity, State};
use crate::text;
use crate::text::Text;
use crate::ui::drawer::diagram;
use crate::ui::drawer::playhead;
use crate::ui::drawer::race;
use crate::ui::inspector::canvas::canvas;
use crate::ui::inspector::canvas::ink;
use crate::ui::map::compare;
use crate::ui::map::painting::{fill_shape, outline_shape};
use crate::ui::request::{Request, Requests};
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{fact, note, scrolling, verdict};
use egui::{Align2, CollapsingHeader, FontId, Stroke, Ui};

/// The most target columns beside the usual rows; the details list all of them.
const MAX_MEASURED: usize = 3;
/// The distance from the plane of the map up to which a point counts as one of it: rounding.
const ON_PLANE: f64 = 1e-6;

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    scrolling(ui, |ui| {
        let walk = state.walk().filter(|_| state.is_walking());
        if let Some(walk) = walk {
            diagram::show(ui, walk, state);
        } else if state.view.activity == Activity::Optimise
            && state.race().is_some_and(|contest| race::answer(ui, state, contest))
        {
            ui.separator();
        } else if state.view.activity == Activity::Optimise && state.report().is_some() {
            answer::show(ui, state, actions);
            ui.separator();
        } else if state.view.activity == Activity::Optimise
            && let Some(search_run) = state.search().filter(|search_run| search_run.job.is_some())
        {
            playhead::under_way(ui, search_run, state);
            ui.separator();
        }
        let kept = walk.map(|walk| &walk.here).or(state.map.picked.as_ref());
        // While a marker follows a latent path, its shape is shown, independent of the mouse.
        let mouse =
            state.map.probe.as_ref().filter(|_| !state.is_touring() || !state.is_path_playing());
        let looked_at = mouse.or(kept);
        if state.view.compared.is_some() && walk.is_none() {
            return compare::shapes(ui, state);
        }
        match looked_at {
            Some(probe) => shape(ui, probe, state, actions),
            None => empty(ui, state),
        }
    });
}

fn empty(ui: &mut Ui, state: &State) {
    let is_table = state.shows_table();
    let name = if is_table { text!("No row yet") } else { text!("No shape yet") };
    let rect = canvas(ui, 210.0, name);
    let text = match (state.report(), is_table) {
        (Some(_), _) => text!("Move over the map"),
        (None, true) => text!("Move over the map\nto see its rows"),
        (None, false) => text!("Move over the map\nto see its shapes"),
    };
    let font = FontId::proportional(15.0);
    let ink = ui.visuals().weak_text_color();
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, font, ink);
    note(
        ui,
        text!(
            "Click to keep a point, Shift-click for a path to it, right-click to pin it, \
         double-click to search from it. Arrow keys move the point."
        ),
    );
}

fn shape(ui: &mut Ui, probe: &Probe, state: &State, actions: &mut Requests) {
    let busy = state.search().is_some() || state.walk().is_some();
    let compact = state.view.activity == Activity::Optimise && busy;
    let entry = state.model(probe.model.0);
    let model = entry.map(|entry| &*entry.prepared.model);
    let beside = model.and_then(|model| beside(model, probe));
    match model.filter(|model| model.domain().table().is_some()) {
        Some(model) => row::ranges(ui, model, &probe.outline, beside.as_ref()),
        None => outline(ui, probe, state, if compact { 130.0 } else { 230.0 }),
    }
    if let Some((rebuild, model)) = probe.rebuild.as_ref().zip(model) {
        reconstruction::facts(ui, rebuild, model);
    }
    quantities(ui, probe, state, compact);
    let learning = state.is_learning(probe.model.0);
    if !learning {
        verdict(ui, &probe.verdict);
    }
    slope(ui, probe);
    if let Some(model) = model {
        row::show(ui, "probe", model, &probe.outline, beside.as_ref(), actions);
    }
    if let Some(entry) = entry.filter(|_| probe.z.len() > 2) {
        off_plane(ui, entry, probe);
        // In a step-by-step search only the update moves the point.
        ui.add_enabled_ui(!state.is_walking(), |ui| {
            axes::show(ui, probe, &entry.prepared.model.card.statistics, actions);
        });
    }
    details(ui, probe, state, actions);
}

/// The outline at the point, and over it the nearest one of the data, or the one that it reconstructs.
fn outline(ui: &mut Ui, probe: &Probe, state: &State, height: f32) {
    let rect = canvas(ui, height, text!("The shape at the cursor"));
    let (glyphs, reach) = (state.glyphs(), 0.44 * rect.height());
    let painter = ui.painter_at(rect);
    let factor = fill_shape(
        &painter,
        &glyphs,
        &probe.outline,
        rect.center(),
        reach,
        ink(ui, state, probe.value(state.quantity()).number()),
    );
    // What lies over it has the same scale.
    let over = factor * reach;
    if let Some(rebuild) = &probe.rebuild {
        reconstruction::paint(&painter, &glyphs, rebuild, rect.center(), over, ui);
    } else if let Some(nearest) = &probe.nearest {
        // Outlined, so that it is visible on every colour of the scale.
        let casing = colour(theme::palette(ui).canvas).gamma_multiply(0.7);
        for (width, ink) in [(3.2, casing), (1.4, ui.visuals().text_color())] {
            let stroke = Stroke::new(width, ink);
            painter.add(outline_shape(&glyphs, &nearest.outline, rect.center(), over, stroke));
        }
    }
}

/// The row of the data itself, or the nearest one, beside a row of a table.
fn beside<'a>(model: &Model, probe: &'a Probe) -> Option<Beside<'a>> {
    match (&probe.rebuild, &probe.nearest) {
        (Some(rebuild), _) => Some(Beside::of_data(model, rebuild.row, &rebuild.original)),
        (None, Some(nearest)) => Some(Beside::of_data(model, nearest.row, &nearest.outline)),
        (None, None) => None,
    }
}

/// The distance from the plane of the map; nothing for a point on it.
fn off_plane(ui: &mut Ui, entry: &ModelEntry, probe: &Probe) {
    let distance = entry.prepared.projection.distance(&probe.z);
    if distance > ON_PLANE {
        let about = text!(
            "The distance of the latent point from the plane of the map, in latent units: the map shows the nearest point of the plane"
        );
        fact(ui, text!("Off the plane"), three_digits(distance), about);
    }
}

/// The magnitude of the objective's gradient there.
fn slope(ui: &mut Ui, probe: &Probe) {
    let Some(slope) = &probe.slope else { return };
    let steepness = slope.gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    fact(ui, text!("Steepness"), three_digits(steepness), about_steepness());
}

/// The quantity of the map's colours, two more, and the target values of the data.
fn quantities(ui: &mut Ui, probe: &Probe, state: &State, compact: bool) {
    let chosen = state.quantity();
    let others = || probe.values.iter().map(|(quantity, _)| *quantity).filter(|&p| p != chosen);
    // The columns of a table stand below, all of them.
    let plain = if state.shows_table() { 0 } else { 2 };
    let (plain, measured) = if compact { (0, 0) } else { (plain, MAX_MEASURED) };
    let rows = std::iter::once(chosen)
        .chain(others().filter(|quantity| !quantity.is_predicted()).take(plain))
        .chain(others().filter(|quantity| quantity.is_predicted()).take(measured));
    if !compact {
        classes(ui, probe, state);
    }
    for quantity in rows {
        value(ui, probe, quantity, state, three_digits);
    }
}

/// The predicted class of each target of classes; for a data row after the class that it has.
fn classes(ui: &mut Ui, probe: &Probe, state: &State) {
    let model = state.model(probe.model.0).map(|entry| &entry.prepared.model);
    let row = probe.rebuild.as_ref().map(|rebuild| rebuild.row);
    for class in &probe.classes {
        let (label, prediction) = (class.quantity.plain_label(), class.text());
        match model.zip(row).and_then(|(model, row)| model.measured_class(class.quantity, row)) {
            Some(measured) => {
                let both = text!("{measured}, predicted {prediction}", measured, prediction);
                fact(ui, label, both, about_class())
            }
            None => fact(ui, predicted(label), prediction, about_class()),
        };
    }
}

/// A quantity of the shape with its unit: for a data row the target value before the prediction; or the reason why
/// there is no value. A quantity that is doubtful itself is marked, even if the shape is reliable otherwise.
fn value(ui: &mut Ui, probe: &Probe, quantity: Quantity, state: &State, digits: fn(f64) -> String) {
    let value = probe.value(quantity);
    let shown = match value {
        Value::Computed(computed) => Text::verbatim(digits(computed)),
        Value::Predicted(_) => value.text(),
    };
    let label = quantity.label();
    let Some(entry) = state.model(probe.model.0) else {
        fact(ui, value.title(label), shown, state.about(quantity));
        return;
    };
    let model = &entry.prepared.model;
    let row = probe.rebuild.as_ref().map(|rebuild| rebuild.row);
    let measured = row.and_then(|row| model.measured(quantity, row)).map(digits);
    let in_unit = |words: Text| model.with_unit(quantity, &words.to_string());
    match (measured, value) {
        (Some(measured), Value::Predicted(_)) => {
            let both = text!("{measured}, predicted {prediction}", measured, prediction = shown);
            fact(ui, label, in_unit(both), about_both())
        }
        (None, Value::Predicted(_)) => {
            fact(ui, value.title(label), in_unit(shown), about_predicted())
        }
        (Some(measured), _) => fact(ui, label, in_unit(measured.into()), state.about(quantity)),
        (None, _) if model.can_tell(quantity) => {
            fact(ui, label, in_unit(shown), state.about(quantity))
        }
        (None, _) => fact(ui, label, text!("no head yet"), about_missing_head()),
    };
    let doubt = probe.verdict.doubt_of(quantity).filter(|_| value.prediction().is_some());
    if let Some(doubt) = doubt {
        // The first reason is in the sentence of the verdict.
        let is_below = probe.verdict.named_doubt() == Some(quantity);
        note(ui, if is_below { text!("Doubtful.") } else { text!("Doubtful: {doubt}.", doubt) });
    }
    if let Some(why) = state.outside_domain(quantity, value.number()) {
        note(ui, why);
    }
}

fn details(ui: &mut Ui, probe: &Probe, state: &State, actions: &mut Requests) {
    CollapsingHeader::new(text!("Details")).id_salt("details").show(ui, |ui| {
        let is_table = state.shows_table();
        let listed = probe.values.iter().filter(|(of, _)| !is_table || of.is_predicted());
        for (quantity, _) in listed {
            value(ui, probe, *quantity, state, |value| format!("{value:.6}"));
        }
        for (i, z) in probe.z.iter().enumerate().take(8) {
            fact(ui, format!("z{i}"), format!("{z:.6}"), text!("A coordinate of the latent point"));
        }
        fact(
            ui,
            text!("Distance to the data"),
            three_digits(probe.verdict.density_distance),
            about_distance(),
        );
        if let Some(slope) = &probe.slope {
            fact(ui, text!("Loss"), format!("{:.6}", slope.loss), about_loss());
            for (i, g) in slope.gradient.iter().enumerate().take(8) {
                fact(ui, text!("gradient {i}", i), format!("{g:.6}"), about_gradient());
            }
        }
        fact(
            ui,
            text!("Encode-decode shift"),
            three_digits(probe.verdict.round_trip),
            about_shift(),
        );
        for value_change in &probe.verdict.round_trip_changes {
            let [change, limit] = value_change.change_and_limit();
            let text = match value_change.quantity.is_predicted() {
                true => text!("{change} apart, limit {limit}", change, limit),
                false => Text::verbatim(three_digits(value_change.after)),
            };
            let label = text!("{quantity}, re-decoded", quantity = value_change.quantity.label());
            fact(ui, label, text, about_re_decoded());
        }
        if let Some(nearest) = &probe.nearest {
            let title =
                text!("{family}, {title}", family = &nearest.family, title = &nearest.title);
            let (name, about, difference) = match is_table {
                true => (
                    text!("Nearest training row"),
                    text!("The training row that the model places nearest"),
                    text!("Root mean square difference of the values, in shares of their ranges"),
                ),
                false => (text!("Nearest training shape"), about_nearest(), about_difference()),
            };
            fact(ui, name, title, about);
            let words = if is_table { text!("Difference") } else { text!("Difference in form") };
            fact(ui, words, three_digits(nearest.difference), difference);
        }
        reconstruction::neighbours(ui, probe, state);
        ui.horizontal_wrapped(|ui| {
            if ui
                .button(text!("Copy point"))
                .on_hover_text(text!("The latent coordinates in full precision"))
                .clicked()
            {
                actions.push(Request::Copy(joined(&probe.z)));
            }
            if !is_table
                && ui
                    .button(text!("Copy outline"))
                    .on_hover_text(text!("x0,y0,x1,y1,.. in full precision"))
                    .clicked()
            {
                actions.push(Request::Copy(joined(&probe.outline)));
            }
        });
    });
}

fn joined<T: std::fmt::Display>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

fn about_shift() -> Text {
    text!(
        "The distance between the point and the encoding of its decoded row: |encode(decode(z)) - z|"
    )
}

fn about_distance() -> Text {
    text!(
        "From this point to the tenth nearest of the training data, in standard deviations of the data"
    )
}

fn about_re_decoded() -> Text {
    text!(
        "The property of decode(encode(decode(z))); of a prediction how much that differs from the one here, and \
     what 99 % of the held-out data stay within"
    )
}

fn about_both() -> Text {
    text!(
        "What was measured of this row of the data, and what the task head predicts at its point, with the interval \
     of a judge that was trained separately"
    )
}

fn about_predicted() -> Text {
    text!(
        "What the task head predicts here, and the interval of a judge that was trained separately: nine in ten such \
     intervals hold the true value"
    )
}

fn about_missing_head() -> Text {
    text!(
        "This is a column of the data; of other rows only a task head predicts it. Train one in Train, \
     Predict properties."
    )
}

fn about_nearest() -> Text {
    text!("The training shape that the model places nearest; its outline is drawn over the shape")
}

fn about_difference() -> Text {
    text!("Root mean square distance of points after centring and scaling both")
}

fn about_steepness() -> Text {
    text!(
        "The length of the gradient: how much the loss falls for each unit of z along the arrow on the map. \
     The arrow is 52 points long at 1 and 20 more for every factor of ten."
    )
}

fn about_loss() -> Text {
    text!("The loss that the search minimises, penalties included")
}

fn about_gradient() -> Text {
    text!("How the loss changes with this coordinate; the arrow points against it")
}
