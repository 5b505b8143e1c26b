//! Small widgets that panels share.

use super::theme;
use crate::explore::{brief, three_digits};
use crate::text;
use crate::text::Text;
use egui::{
    Align, Align2, Atom, Button, Checkbox, Color32, DragValue, FontId, Label, Layout, Margin,
    Painter, Pos2, Rect, Response, RichText, ScrollArea, Sense, TextEdit, TextWrapMode, Ui,
    UiBuilder, Vec2, vec2,
};

/// The smallest font of a text that is too long for its room, in points.
pub const SMALLEST: f32 = 11.0;

/// The part of a panel's right margin in which the bar of its list lies, in points.
const BAR: i8 = 10;

/// The width of a text on one line.
pub fn width(painter: &Painter, text: &str, font: &FontId) -> f32 {
    painter.layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x
}

/// The sizes to try for a text, largest first.
fn sizes(usual: f32) -> impl Iterator<Item = f32> {
    let smaller = std::iter::successors(Some(usual - 1.0), |size| Some(size - 1.0));
    std::iter::once(usual).chain(smaller.take_while(|size| *size >= SMALLEST))
}

/// The font, or a smaller one in which the text fits into the room; the smallest if it fits in none.
pub fn fitting(painter: &Painter, text: &str, font: FontId, room: f32) -> FontId {
    let smallest = SMALLEST.min(font.size);
    let at = |size: f32| FontId::new(size, font.family.clone());
    sizes(font.size)
        .map(at)
        .find(|font| width(painter, text, font) <= room)
        .unwrap_or_else(|| at(smallest))
}

/// Paints a text whole into a width: in a smaller font if it must, on several lines if it is too long even then.
pub fn paint_whole(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    text: impl ToString,
    font: FontId,
    ink: Color32,
    room: f32,
) -> Rect {
    let text = text.to_string();
    let font = fitting(painter, &text, font, room);
    let galley = painter.layout(text, font, ink, room.max(1.0));
    let rect = anchor.anchor_size(at, galley.size());
    painter.galley(rect.min, galley, ink);
    rect
}

/// A label whole in the available width: in a smaller font if a word is too long for it, on several lines if it must.
pub fn whole_label(ui: &Ui, text: RichText, font: FontId) -> Label {
    let longest = text.text().split_whitespace().max_by_key(|word| word.chars().count());
    let font = fitting(ui.painter(), longest.unwrap_or_default(), font, ui.available_width());
    Label::new(text.font(font)).wrap()
}

/// A name of at most so many letters as it is; a longer one in a smaller font if it has room so, or else cut.
pub fn short_or_small(
    painter: &Painter,
    name: &str,
    letters: usize,
    font: FontId,
    room: f32,
) -> (String, FontId) {
    let small = fitting(painter, name, font.clone(), room);
    let is_long = name.chars().count() > letters;
    match is_long && width(painter, name, &small) <= room {
        true => (name.to_owned(), small),
        false => (brief(name, letters), font),
    }
}

/// The size of the field of a number.
pub const NUMBER: Vec2 = vec2(86.0, 26.0);

/// The font of the body.
pub fn body() -> FontId {
    FontId::proportional(15.0)
}

/// A control at the right end of a line, and its label in the room that it leaves; the responses of both.
pub fn at_right<R>(
    ui: &mut Ui,
    label: impl Into<RichText>,
    font: FontId,
    add: impl FnOnce(&mut Ui) -> R,
) -> (Response, R) {
    let label = label.into();
    ui.horizontal(|ui| {
        // First, since only its label can break into lines.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let line = ui.available_rect_before_wrap();
            let control = add(ui);
            let rest = line.with_max_x(ui.available_rect_before_wrap().right());
            let rest = UiBuilder::new().max_rect(rest).layout(Layout::left_to_right(Align::Center));
            let label = ui.scope_builder(rest, |ui| ui.add(whole_label(ui, label, font))).inner;
            (label, control)
        })
        .inner
    })
    .inner
}

/// Buttons side by side: the size of their texts, the margin beside a text, and the gap between buttons, in points.
#[derive(Clone, Copy, Debug)]
pub struct Buttons {
    pub size: f32,
    pub margin: f32,
    pub gap: f32,
}

impl Buttons {
    /// Fills the width with buttons, which `add` adds by their index, text and width. They are equally wide if every text has
    /// room in its share; otherwise each is as wide as its text needs, in a smaller font and at last on more lines, so that
    /// the texts of a longer language are whole too.
    pub fn fill(
        self,
        ui: &mut Ui,
        names: &[String],
        mut add: impl FnMut(&mut Ui, usize, RichText, f32),
    ) {
        let (room, usual) = (ui.available_width(), self.widths(ui, names, self.size));
        let gaps = |count: usize| self.gap * count.saturating_sub(1) as f32;
        let sum = |widths: &[f32]| widths.iter().sum::<f32>() + gaps(widths.len());
        let share = (room - gaps(names.len())) / names.len() as f32;
        if usual.iter().all(|width| *width <= share) {
            return self.line(ui, names, self.size, 0, &vec![share; names.len()], &mut add);
        }
        let size = self.size_in(ui, names);
        let widths = self.widths(ui, names, size);
        let mut begin = 0;
        while begin < names.len() {
            let fits = |end: &usize| sum(&widths[begin..*end]) <= room;
            let end = (begin + 2..=names.len()).take_while(fits).last().unwrap_or(begin + 1);
            let rest = (room - sum(&widths[begin..end])) / (end - begin) as f32;
            let line: Vec<f32> = widths[begin..end].iter().map(|width| width + rest).collect();
            self.line(ui, names, size, begin, &line, &mut add);
            begin = end;
        }
    }

    /// A line of the buttons from index `begin` on.
    fn line(
        self,
        ui: &mut Ui,
        names: &[String],
        size: f32,
        begin: usize,
        widths: &[f32],
        add: &mut impl FnMut(&mut Ui, usize, RichText, f32),
    ) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = self.gap;
            ui.spacing_mut().button_padding.x = self.margin;
            if widths.len() == 1 {
                ui.style_mut().wrap_mode = Some(TextWrapMode::Wrap);
            }
            for (index, width) in (begin..).zip(widths) {
                add(ui, index, RichText::new(&names[index]).size(size), *width);
            }
        });
    }

    /// The size, or a smaller one at which all texts fit on one line; the smallest if they fit at none.
    pub fn size_in(self, ui: &Ui, names: &[String]) -> f32 {
        let room = ui.available_width() - self.gap * names.len().saturating_sub(1) as f32;
        let fits = |size: &f32| self.widths(ui, names, *size).iter().sum::<f32>() <= room;
        sizes(self.size).find(fits).unwrap_or(SMALLEST.min(self.size))
    }

    /// The length of the line of all buttons.
    pub fn length(self, ui: &Ui, names: &[String]) -> f32 {
        let gaps = self.gap * names.len().saturating_sub(1) as f32;
        self.widths(ui, names, self.size).iter().sum::<f32>() + gaps
    }

    fn widths(self, ui: &Ui, names: &[String], size: f32) -> Vec<f32> {
        let font = FontId::proportional(size);
        let of = |name: &String| width(ui.painter(), name, &font) + 2.0 * self.margin;
        names.iter().map(of).collect()
    }
}

/// A list that scrolls in a panel. Its bar lies in the margin of the panel, so that all rows end at the same edge, with a bar
/// and without.
pub fn scrolling(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let (usual, room) = (ui.spacing().scroll, ui.available_rect_before_wrap());
    let with_bar = room.with_max_x(room.right() + f32::from(BAR));
    let mut outer = ui.new_child(UiBuilder::new().max_rect(with_bar));
    outer.spacing_mut().scroll.floating_allocated_width = 0.0;
    let margin = Margin { right: BAR, ..Margin::ZERO };
    let area = ScrollArea::vertical().auto_shrink(false).content_margin(margin);
    area.show(&mut outer, |ui| {
        ui.spacing_mut().scroll = usual;
        add(ui);
    });
    ui.advance_cursor_after_rect(room);
}

/// A button as wide as the panel, with its text in the middle.
pub fn wide_button(text: impl Into<Text>, ui: &Ui) -> Button<'static> {
    let centred = (Atom::grow(), String::from(text.into()), Atom::grow());
    Button::new(centred).min_size(vec2(ui.available_width(), 28.0))
}

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
    let (label, control) = at_right(ui, &name, body(), add);
    let label = label.on_hover_text(&tooltip);
    control.on_hover_text(tooltip).labelled_by(label.id).accessible_name(name)
}

/// A box to tick in a [`row`], as large as its sign, so that it ends where other fields end.
pub fn tick(ui: &mut Ui, on: &mut bool) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = ui.spacing().icon_width;
        ui.add(Checkbox::without_text(on))
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
    row(ui, name, tooltip, |ui| ui.add_sized(NUMBER, field)).changed()
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
        // The number is as wide as those of other rows.
        let spacing = ui.spacing_mut();
        spacing.interact_size.x = NUMBER.x;
        let gap = spacing.item_spacing.x;
        ui.spacing_mut().slider_width = ui.available_width() - gap - NUMBER.x;
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
    let names: Vec<String> = choices.iter().map(|(_, label, _)| label.to_string()).collect();
    Buttons { size: 15.0, margin: 4.0, gap: 4.0 }.fill(ui, &names, |ui, index, text, width| {
        let (choice, _, tooltip) = &choices[index];
        let choice = *choice;
        let button = Button::selectable(*value == choice, text)
            .min_size(vec2(width, 28.0))
            .frame_when_inactive(true);
        if ui.add(button).on_hover_text(tooltip.to_string()).clicked() {
            changed |= *value != choice;
            *value = choice;
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
        let label = value_change.quantity.label();
        // A prediction is never shown without its interval.
        lines.push(match value_change.quantity.is_predicted() {
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
    let in_domain = yes(verdict.in_domain);
    lines.push(match (verdict.validity.outline(), verdict.roughness_and_limit()) {
        (Some(outline), Some([roughness, usual_roughness])) => text!(
            "Roughness: {roughness} (limit {usual_roughness})\n\
             Crosses itself nowhere: {simple}. Property defined: {in_domain}.\n\
             Limits are what 99 % of the data keep to that were held out of the training.",
            roughness,
            usual_roughness,
            simple = yes(outline.simple),
            in_domain
        ),
        _ => text!(
            "Every column within its range: {valid}. Property defined: {in_domain}.\n\
             Limits are what 99 % of the data keep to that were held out of the training.",
            valid = yes(verdict.validity.defect().is_none()),
            in_domain
        ),
    });
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
        Reliability::Outside | Reliability::Unknown => ui.visuals().weak_text_color(),
    }
}
