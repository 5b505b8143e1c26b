//! Small widgets that panels share.

use super::theme;
use crate::explore::{brief, three_digits};
use crate::text;
use crate::text::Text;
use egui::{
    Button, Color32, DragValue, Rect, Response, RichText, Sense, Stroke, TextEdit, Ui, Vec2, pos2,
    vec2,
};

/// A heading with space above.
pub fn heading(ui: &mut Ui, text: impl Into<Text>) {
    ui.add_space(4.0);
    ui.label(RichText::new(text.into()).heading());
}

/// A sentence in a weaker colour.
pub fn note(ui: &mut Ui, text: impl Into<Text>) -> Response {
    ui.add(egui::Label::new(RichText::new(text.into()).small().weak()).wrap())
}

/// The main button of a panel.
pub fn primary(ui: &mut Ui, text: impl Into<Text>, tooltip: impl Into<Text>) -> Response {
    let accent = theme::accent(ui);
    let label =
        RichText::new(text.into()).family(theme::strong()).size(16.0).color(theme::on_accent(ui));
    let size = vec2(ui.available_width(), 36.0);
    ui.add_sized(size, Button::new(label).fill(accent)).on_hover_text(tooltip.into())
}

/// A control with its name at the left and its field at the right; both have the tooltip.
pub fn row(
    ui: &mut Ui,
    name: impl Into<Text>,
    tooltip: impl Into<Text>,
    add: impl FnOnce(&mut Ui) -> Response,
) -> Response {
    let [name, tooltip] = [name.into(), tooltip.into()].map(String::from);
    ui.horizontal(|ui| {
        let label = ui.label(&name).on_hover_text(&tooltip);
        let right = egui::Layout::right_to_left(egui::Align::Center);
        let control = ui.with_layout(right, |ui| add(ui)).inner;
        control.on_hover_text(tooltip).labelled_by(label.id).accessible_name(name)
    })
    .inner
}

/// A number in a [`row`]; true if it was changed.
pub fn number<N: egui::emath::Numeric>(
    ui: &mut Ui,
    name: impl Into<Text>,
    tooltip: impl Into<Text>,
    value: &mut N,
    range: std::ops::RangeInclusive<N>,
    speed: f64,
) -> bool {
    let field = DragValue::new(value)
        .range(range)
        .speed(speed)
        .max_decimals(if N::INTEGRAL { 0 } else { 6 })
        .update_while_editing(false);
    row(ui, name, tooltip, |ui| ui.add_sized([86.0, 26.0], field)).changed()
}

/// Whole numbers in a [`row`], separated by commas; the typed text is applied as soon as it is valid.
pub fn list(ui: &mut Ui, name: impl Into<Text>, tooltip: impl Into<Text>, values: &mut Vec<usize>) {
    let name = String::from(name.into());
    let id = ui.scope_id().with(&name);
    let joined = || values.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    // While the user types, the text is not reformatted.
    let mut text = ui.data(|data| data.get_temp(id)).unwrap_or_else(joined);
    let field =
        row(ui, name, tooltip, |ui| ui.add_sized([120.0, 26.0], TextEdit::singleline(&mut text)));
    let typed: Result<Vec<usize>, _> = text.split(',').map(|word| word.trim().parse()).collect();
    if field.changed()
        && let Ok(typed) = typed
    {
        *values = typed;
    }
    // Asked before the data are locked: the answer needs the same lock.
    let is_typed = field.has_focus();
    ui.data_mut(|data| match is_typed {
        true => _ = data.insert_temp(id, text),
        false => data.remove::<String>(id),
    });
}

/// A slider over orders of magnitude with its number, below its name; true if it was changed.
pub fn log_slider(
    ui: &mut Ui,
    name: impl Into<Text>,
    tooltip: impl Into<Text>,
    value: &mut f64,
    range: std::ops::RangeInclusive<f64>,
) -> bool {
    let [name, tooltip] = [name.into(), tooltip.into()].map(String::from);
    let smallest = range.start().max(1e-4);
    ui.vertical(|ui| {
        let label = ui.label(&name).on_hover_text(&tooltip);
        ui.spacing_mut().slider_width = ui.available_width() - 86.0;
        let slider = egui::Slider::new(value, range)
            .logarithmic(true)
            .smallest_positive(smallest)
            .custom_formatter(|v, _| crate::explore::three_digits(v));
        ui.add(slider).on_hover_text(tooltip).labelled_by(label.id).accessible_name(name).changed()
    })
    .inner
}

/// Choices side by side, one of them selected; true if it was changed.
pub fn segments<T: Copy + PartialEq>(
    ui: &mut Ui,
    value: &mut T,
    choices: &[(T, Text, Text)],
) -> bool {
    let mut changed = false;
    let gap = 4.0;
    let width = (ui.available_width() - gap * (choices.len() - 1) as f32) / choices.len() as f32;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.spacing_mut().button_padding.x = 4.0;
        for (choice, label, tooltip) in choices {
            let choice = *choice;
            let button = Button::selectable(*value == choice, label.to_string())
                .min_size(vec2(width, 28.0))
                .frame_when_inactive(true);
            if ui.add(button).on_hover_text(tooltip.to_string()).clicked() {
                changed |= *value != choice;
                *value = choice;
            }
        }
    });
    changed
}

/// A name and a value on one line, the value at the right edge; on two lines if both do not fit.
pub fn fact(
    ui: &mut Ui,
    name: impl Into<Text>,
    value: impl Into<Text>,
    tooltip: impl Into<Text>,
) -> Response {
    let [name, value, tooltip] = [name.into(), value.into(), tooltip.into()].map(String::from);
    // Names of target columns are the user's own, and may be longer than a line.
    const LETTERS: usize = 32;
    let short = brief(&name, LETTERS);
    let full = if short == name { String::new() } else { format!("{name}\n") };
    let tooltip = format!("{full}{tooltip}");
    let wide = |text: &str| {
        let text = egui::WidgetText::from(text);
        let galley = text.into_galley(ui, None, f32::INFINITY, egui::TextStyle::Body);
        galley.size().x
    };
    let gap = ui.spacing().item_spacing.x;
    let fits = wide(&short) + gap + wide(&value) <= ui.available_width();
    let right = egui::Layout::right_to_left(egui::Align::Center);
    if fits {
        return ui
            .horizontal(|ui| {
                ui.label(RichText::new(short).weak()).on_hover_text(tooltip);
                ui.with_layout(right, |ui| ui.label(value)).inner
            })
            .inner;
    }
    ui.label(RichText::new(short).weak()).on_hover_text(tooltip);
    let right = egui::Layout::top_down(egui::Align::Max);
    ui.with_layout(right, |ui| ui.add(egui::Label::new(value).wrap())).inner
}

/// A disc and a sentence: the reliability.
pub fn verdict(ui: &mut Ui, verdict: &crate::trust::Verdict) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 20.0), Sense::hover());
        ui.painter().circle_filled(rect.center(), 5.0, reliability_colour(ui, verdict.reliability));
        ui.add(egui::Label::new(verdict.sentence()).wrap()).on_hover_text(evidence(verdict));
    });
}

/// The numbers behind a verdict, a line each.
fn evidence(verdict: &crate::trust::Verdict) -> Text {
    let [distance, usual_distance] = verdict.distance_and_limit();
    let [shift, usual_shift] = verdict.shift_and_limit();
    let mut lines = vec![text!(
        "Distance to the data: {distance} SD (limit {usual_distance})\n\
         Encode-decode shift: {shift} (limit {usual_shift})",
        distance,
        usual_distance,
        shift,
        usual_shift
    )];
    for value_change in &verdict.round_trip_changes {
        let [change, limit] = value_change.change_and_limit();
        let label = value_change.property.label();
        // A prediction is never shown without its interval.
        lines.push(match value_change.property.is_target() {
            true => text!(
                "{label}, predicted: re-decoded {change} apart (limit {limit})",
                label,
                change,
                limit
            ),
            false => text!(
                "{label}: {before}, re-decoded {after}: {change} (limit {limit})",
                label,
                before = three_digits(value_change.before),
                after = three_digits(value_change.after),
                change,
                limit
            ),
        });
    }
    let (simple, in_domain) = (yes(verdict.simple), yes(verdict.in_domain));
    let [roughness, usual_roughness] = verdict.roughness_and_limit();
    lines.push(text!(
        "Roughness: {roughness} (limit {usual_roughness})\n\
         Crosses itself nowhere: {simple}. Property defined: {in_domain}.\n\
         Limits are what 99 % of the data keep to that were held out of the training.",
        roughness,
        usual_roughness,
        simple,
        in_domain
    ));
    Text::joined(lines, "\n")
}

fn yes(is: bool) -> Text {
    if is { text!("yes") } else { text!("no") }
}

/// The colour of a verdict; the words beside it have the same meaning.
pub fn reliability_colour(ui: &Ui, reliability: crate::trust::Reliability) -> Color32 {
    use crate::trust::Reliability;
    let dark = ui.visuals().dark_mode;
    match reliability {
        Reliability::Believable if dark => Color32::from_rgb(92, 200, 150),
        Reliability::Believable => Color32::from_rgb(20, 140, 92),
        Reliability::Doubtful => ui.visuals().warn_fg_color,
        Reliability::Outside => ui.visuals().weak_text_color(),
    }
}

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
        Icon::Close => {
            line(&[(-4.5, -4.5), (4.5, 4.5)]);
            line(&[(-4.5, 4.5), (4.5, -4.5)]);
        }
    }
}
