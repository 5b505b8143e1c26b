//! The drawer of a step-by-step search: its buttons, the numbers of the update, and its code.

use crate::explore::three_digits;
use crate::numerics::adam::{BETA_1, BETA_2, EPSILON};
use crate::objective::Space;
use crate::optimise::{MOMENTUM, Rule, StepThrough, StopReason, UpdateStage, UpdateTrace};
use crate::session::Command;
use crate::session::results::step_through::{StepThroughRun, StepThroughState};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::dialogs::code::listing;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::request::{Dialog, Request, Requests};
use crate::ui::theme;
use crate::ui::widgets::{fitting, width};
use egui::{
    Align, Align2, Button, FontId, Layout, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, pos2,
    vec2,
};

/// Height of the drawer with the numbers and the code.
pub const OPEN: f32 = 304.0;
/// The most coordinates that are shown; with more, the first ones and the norm of the whole vector.
const MAX_COORDINATES: usize = 4;
/// Width of the names of rows, and of a number.
const COLUMNS: [f32; 2] = [112.0, 84.0];
const ROW: f32 = 22.0;

/// The strip: the buttons, the present stage, and the formula of the stage with its numbers.
pub fn strip(ui: &mut Ui, walk: &StepThroughState, actions: &mut Requests) {
    let by_hand = &walk.by_hand;
    let mut press = |walking| actions.command(Command::Walk(walking));
    if icon_button(ui, Icon::Back, UiCommand::StepBack.with_keys(text!("One stage back"))).clicked()
    {
        press(StepThroughRun::GoBack);
    }
    let (accent, ink) = (theme::accent(ui), theme::on_accent(ui));
    let label = RichText::new(text!("Next stage")).family(theme::strong()).color(ink);
    let next = ui.add_enabled(by_hand.ended().is_none(), Button::new(label).fill(accent));
    let about = UiCommand::StepOn.with_keys(text!("On to the next part of the update"));
    if next.on_hover_text(about).clicked() {
        press(StepThroughRun::GoOn);
    }
    for (name, tooltip, walking) in [
        (
            text!("Whole step"),
            UiCommand::PlayOrPause.with_keys(text!("To the beginning of the next update")),
            StepThroughRun::Steps(1),
        ),
        (text!("10 steps"), text!("Ten updates at once"), StepThroughRun::Steps(10)),
        (
            text!("Start again"),
            text!("Back to the start; the same numbers again"),
            StepThroughRun::Reset,
        ),
        (
            text!("End"),
            UiCommand::Cancel.with_keys(text!("Remove the step-by-step search from the map")),
            StepThroughRun::End,
        ),
    ] {
        if ui.button(name).on_hover_text(tooltip).clicked() {
            press(walking);
        }
    }
    let steps = by_hand.config().steps;
    let title = text!("Step {past} of {steps}", past = by_hand.past().len(), steps);
    super::lines::two_lines(ui, title, stage_name(by_hand), 150.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::hover());
    let [first, second] = formula(walk);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &first));
    let painter = ui.painter_at(rect);
    let font = FontId::monospace(13.0);
    let ink = ui.visuals().text_color();
    let both = [&first, &second].map(Text::to_string);
    // A formula that is cut in a narrow window is whole in its tooltip.
    if both.iter().any(|text| width(&painter, text, &font) > rect.width()) {
        response.on_hover_text(both.join("\n"));
    }
    for (text, up) in [(first, -9.0), (second, 9.0)] {
        let at = rect.left_center() + vec2(0.0, up);
        painter.text(at, Align2::LEFT_CENTER, text, font.clone(), ink);
    }
}

/// `Gradient, 2 of 5`.
fn stage_name(by_hand: &StepThrough) -> Text {
    let stage = by_hand.stage();
    let name = match (stage, by_hand.rule()) {
        (UpdateStage::Value, _) => text!("Value"),
        (UpdateStage::Gradient, _) => text!("Gradient"),
        (UpdateStage::Memory, Rule::Adam) => text!("Moments"),
        (UpdateStage::Memory, _) => text!("Velocity"),
        (UpdateStage::Correction, _) => text!("Correction"),
        (UpdateStage::Move, _) => text!("Move"),
        (UpdateStage::Plateau, _) => text!("Plateau"),
        (UpdateStage::End, _) => {
            return by_hand.ended().map_or_else(|| text!("over"), StopReason::label);
        }
    };
    let stages = by_hand.stages();
    let place = stages.iter().position(|&other| other == stage).map_or(0, |place| place + 1);
    text!("{name}, {place} of {stages}", name, place, stages = stages.len())
}

/// A factor as text in a product; a negative one has brackets.
fn factor(value: f64) -> String {
    let text = three_digits(value);
    if value < 0.0 { format!("({text})") } else { text }
}

/// `1 - beta`, the weight of the new value in a moving average, without the rounding error of the subtraction.
fn rest(beta: f64) -> f64 {
    (1e6 * (1.0 - beta)).round() / 1e6
}

/// The formula of the stage with the numbers of the first coordinate.
fn formula(walk: &StepThroughState) -> [Text; 2] {
    let by_hand = &walk.by_hand;
    let Some(moment) = by_hand.moment() else { return over(walk) };
    let before = by_hand.past().last();
    let old = |of: fn(&UpdateTrace) -> &Vec<f64>| {
        before.and_then(|m| of(m).first()).copied().unwrap_or(0.0)
    };
    let first = |values: &[f64]| values.first().copied().unwrap_or(f64::NAN);
    let moved = if by_hand.config().space == Space::Latent { "z" } else { "s" };
    let g = first(&moment.gradient);
    let (m, v) = (first(&moment.first), first(&moment.second));
    let (m_hat, v_hat) = moment.corrected();
    let (m_hat, v_hat) = (first(&m_hat), first(&v_hat));
    let t = moment.step + 1;
    let rate = moment.rate;
    match (by_hand.stage(), by_hand.rule()) {
        (UpdateStage::Value, _) => value(walk, moment),
        (UpdateStage::Gradient, _) => [
            Text::verbatim(format!("g = d loss / d {moved},  g0 = {}", three_digits(g))),
            text!("back through frozen weights; the arrow points against it, to less loss"),
        ],
        (UpdateStage::Memory, Rule::Adam) => [
            Text::verbatim(format!(
                "m0 = {BETA_1} × {} + {} × {} = {}",
                factor(old(|m| &m.first)),
                rest(BETA_1),
                factor(g),
                three_digits(m)
            )),
            Text::verbatim(format!(
                "v0 = {BETA_2} × {} + {} × {}² = {}",
                factor(old(|m| &m.second)),
                rest(BETA_2),
                factor(g),
                three_digits(v)
            )),
        ],
        (UpdateStage::Memory, _) => [
            Text::verbatim(format!(
                "v0 = {MOMENTUM} × {} + {} = {}",
                factor(old(|m| &m.first)),
                factor(g),
                three_digits(m)
            )),
            text!("the velocity keeps nine tenths of itself and takes the gradient in"),
        ],
        (UpdateStage::Correction, _) => [
            Text::verbatim(format!(
                "m_hat0 = {} / (1 - {BETA_1}^{t}) = {}",
                three_digits(m),
                three_digits(m_hat)
            )),
            Text::verbatim(format!(
                "v_hat0 = {} / (1 - {BETA_2}^{t}) = {}",
                three_digits(v),
                three_digits(v_hat)
            )),
        ],
        (UpdateStage::Move, rule) => {
            let (from, to) =
                (three_digits(first(&moment.point)), three_digits(first(&moment.next)));
            let step = match rule {
                Rule::Adam => format!(
                    "{} / (√{} + {})",
                    factor(m_hat),
                    three_digits(v_hat),
                    three_digits(EPSILON)
                ),
                _ => factor(m),
            };
            [
                Text::verbatim(format!(
                    "{moved}0 = {from} - {} × {step} = {to}",
                    three_digits(rate)
                )),
                text!("every coordinate by itself; the weights stay as they are"),
            ]
        }
        (UpdateStage::Plateau | UpdateStage::End, _) => {
            let after = three_digits(moment.falls_to.unwrap_or(rate));
            let patience = by_hand.config().plateau.map_or(0, |plateau| plateau.patience);
            [
                text!("the rate falls from {rate} to {after}", rate = three_digits(rate), after),
                text!(
                    "no better loss for more than {count} step: smaller steps from here on"
                        | "no better loss for more than {count} steps: smaller steps from here on",
                    count = patience
                ),
            ]
        }
    }
}

fn value(walk: &StepThroughState, moment: &UpdateTrace) -> [Text; 2] {
    let config = walk.by_hand.config();
    let loss = text!("loss = {loss}", loss = three_digits(moment.loss));
    let count = moment.waited.0.max(moment.waited.1);
    let waited = (count > 0).then(|| match config.patience {
        Some(limit) => text!(
            "no better for {count} step, stops at {limit}"
                | "no better for {count} steps, stops at {limit}",
            count,
            limit
        ),
        None => text!("no better for {count} step" | "no better for {count} steps", count),
    });
    [equation(walk), Text::joined([loss].into_iter().chain(waited), "   ")]
}

/// `roundness = 0.785`, or of a prediction `drag, predicted = 17.2 (16.9 to 17.8)`.
fn equation(walk: &StepThroughState) -> Text {
    let name = walk.by_hand.config().spec.word();
    Text::joined([walk.value.title(name), walk.value.text()], " = ")
}

fn over(walk: &StepThroughState) -> [Text; 2] {
    let why = match walk.by_hand.ended() {
        Some(StopReason::Converged) => {
            text!("early stopping: the loss has not improved for long enough")
        }
        Some(StopReason::StepsDone) => text!("all steps are done"),
        Some(StopReason::LeftDomain) => text!("here the property means nothing"),
        Some(StopReason::NotFinite) => text!("a value or gradient is not a finite number"),
        Some(StopReason::Cancelled) | None => Text::default(),
    };
    [equation(walk), why]
}

/// Below the strip: the numbers at the left, the code at the right.
pub fn show(ui: &mut Ui, walk: &StepThroughState, actions: &mut Requests) {
    let rect = ui.available_rect_before_wrap();
    let coordinates = walk.by_hand.moment().map_or(2, |moment| moment.point.len());
    let shown = coordinates.min(MAX_COORDINATES) + usize::from(coordinates > MAX_COORDINATES);
    let width = COLUMNS[0] + COLUMNS[1] * shown.max(2) as f32;
    let left = rect.with_max_x(rect.left() + width);
    numbers(ui, left, walk);
    let right = rect.with_min_x(left.right() + 20.0);
    ui.scope_builder(UiBuilder::new().max_rect(right).layout(Layout::top_down(Align::Min)), |ui| {
        ScrollArea::both().id_salt("code").auto_shrink(false).show(ui, |ui| {
            listing(ui, &walk.code, Some(walk.by_hand.stage()));
        });
    });
    let corner = Rect::from_min_max(pos2(right.right() - 112.0, right.top()), right.right_bottom());
    ui.scope_builder(
        UiBuilder::new().max_rect(corner).layout(Layout::right_to_left(Align::Min)),
        |ui| {
            let button = ui.button(RichText::new(text!("Show code")).small());
            if button.on_hover_text(text!("The whole script, and the command line")).clicked() {
                actions.push(Request::Show(Dialog::Code));
            }
        },
    );
}

fn length(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// A row of the numbers: its name, its explanation, the stage that computes it, its values.
type TraceRow = (Text, Text, UpdateStage, Vec<f64>);

fn rows(by_hand: &StepThrough) -> Vec<TraceRow> {
    let Some(moment) = by_hand.moment() else {
        return vec![(
            Text::verbatim("z"),
            text!("Where it has ended"),
            UpdateStage::End,
            by_hand.here().0.to_vec(),
        )];
    };
    let (m_hat, v_hat) = moment.corrected();
    let point = match by_hand.config().space {
        Space::Latent => "z",
        Space::Input => "s",
    };
    let mut rows: Vec<TraceRow> = vec![
        (
            Text::verbatim(point),
            text!("Where the update begins"),
            UpdateStage::Value,
            moment.point.clone(),
        ),
        (
            text!("gradient g"),
            text!("How the loss changes with each coordinate"),
            UpdateStage::Gradient,
            moment.gradient.clone(),
        ),
    ];
    match by_hand.rule() {
        Rule::Adam => rows.extend([
            (
                Text::verbatim("m"),
                text!("First moment: a running mean of the gradient"),
                UpdateStage::Memory,
                moment.first.clone(),
            ),
            (
                Text::verbatim("v"),
                text!("Second moment: a running mean of its square"),
                UpdateStage::Memory,
                moment.second.clone(),
            ),
            (
                Text::verbatim("m_hat"),
                text!("m corrected for its start at zero"),
                UpdateStage::Correction,
                m_hat,
            ),
            (
                Text::verbatim("v_hat"),
                text!("v corrected for its start at zero"),
                UpdateStage::Correction,
                v_hat,
            ),
        ]),
        Rule::Momentum => rows.push((
            text!("velocity v"),
            text!("The gradients so far, each counting nine tenths of the next"),
            UpdateStage::Memory,
            moment.first.clone(),
        )),
        Rule::Gradient => (),
    }
    rows.push((
        text!("of an update" => "step"),
        text!("What is added"),
        UpdateStage::Move,
        moment.moved(),
    ));
    rows.push((
        text!("next {point}", point),
        text!("Where the update ends"),
        UpdateStage::Move,
        moment.next.clone(),
    ));
    rows
}

/// The numbers of the update, a row each; the ones of the present stage are highlighted, later ones are a dot.
fn numbers(ui: &mut Ui, rect: Rect, walk: &StepThroughState) {
    let by_hand = &walk.by_hand;
    let stage = by_hand.stage();
    let rows = rows(by_hand);
    let coordinates = rows.first().map_or(0, |row| row.3.len());
    let shown = coordinates.min(MAX_COORDINATES);
    let painter = ui.painter_at(rect);
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let number_at = |column: usize, y: f32| {
        pos2(rect.left() + COLUMNS[0] + COLUMNS[1] * (column + 1) as f32 - 10.0, y)
    };
    let small = FontId::proportional(13.0);
    let header = rect.top() + 0.5 * ROW;
    let names = (0..shown)
        .map(|k| k.to_string())
        .chain((coordinates > shown).then(|| text!("length").to_string()));
    for (column, name) in names.enumerate() {
        painter.text(number_at(column, header), Align2::RIGHT_CENTER, name, small.clone(), weak);
    }
    for (index, (name, about, made, values)) in rows.into_iter().enumerate() {
        let top = rect.top() + ROW * (index + 1) as f32;
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW - 1.0));
        if made == stage && stage != UpdateStage::End {
            painter.rect_filled(row, 4.0, ui.visuals().selection.bg_fill);
            let bar = Rect::from_min_size(row.min, vec2(3.0, row.height()));
            painter.rect_filled(bar, 1.5, theme::accent(ui));
        }
        let known = made <= stage;
        let response = ui.interact(row, ui.scope_id().with(("row", index)), Sense::hover());
        let text = |value: f64| if known { three_digits(value) } else { "\u{b7}".to_owned() };
        let length = (coordinates > shown).then(|| length(&values));
        let texts: Vec<String> =
            values.iter().take(shown).copied().chain(length).map(text).collect();
        let spoken = format!("{name}: {}", texts.join(", "));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken));
        let y = row.center().y;
        let colour = if known { ink } else { weak };
        let at = pos2(row.left() + 10.0, y);
        let name = name.to_string();
        let font = fitting(&painter, &name, small.clone(), COLUMNS[0] - 10.0);
        painter.text(at, Align2::LEFT_CENTER, name, font, colour);
        for (column, text) in texts.into_iter().enumerate() {
            let font = FontId::proportional(14.0);
            painter.text(number_at(column, y), Align2::RIGHT_CENTER, text, font, colour);
        }
        let full: Vec<String> = values.iter().take(8).map(f64::to_string).collect();
        let full = known.then(|| Text::verbatim(full.join("\n")));
        response.on_hover_text(Text::joined([about].into_iter().chain(full), "\n"));
    }
}
