//! A race below the strip: one line for each optimiser, best so far against evaluations spent, and a card for each.

use super::curves;
use crate::explore::colour::scale;
use crate::explore::{grouped, three_digits};
use crate::model::Value;
use crate::objective::Space;
use crate::optimise::{Contender, ContenderReport, Method, Tally};
use crate::session::jobs::optimise::race::{ContenderState, RaceRun};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::trust::RoundTripChange;
use crate::ui::commands::UiCommand;
use crate::ui::drawer::lines;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::inspector::answer::about_predicted;
use crate::ui::map::painting::fill_shape;
use crate::ui::request::Requests;
use crate::ui::theme::{self, colour};
use crate::ui::widgets::{fact, fitting, heading, note, paint_whole, reliability_colour, verdict};
use egui::{
    Align2, Button, Color32, FontId, Painter, Pos2, Rect, Response, RichText, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, pos2, vec2,
};
use egui_plot::{GridInput, GridMark, Line, LineStyle, PlotPoint, PlotPoints, PlotUi, Points};

/// Width of the plot.
const PLOT_WIDTH: f32 = 440.0;
/// Width of a card.
const CARD_WIDTH: f32 = 184.0;
/// Height of the scroll bar under the cards.
const BAR: f32 = 10.0;

/// The options of the race view, kept between frames.
#[derive(Debug)]
pub struct RaceView {
    /// The axis counts only evaluations of the value, not values and gradients.
    values_only: bool,
    /// The axis is logarithmic.
    logarithmic: bool,
    /// The contender whose card is under the mouse.
    pointed: Option<usize>,
}

impl Default for RaceView {
    fn default() -> Self {
        Self { values_only: false, logarithmic: true, pointed: None }
    }
}

/// The colour of a contender, the same in every race; distinguishable in light and dark and with colour blindness.
fn contender_colour(ui: &Ui, contender: Contender) -> Color32 {
    let (light, dark) = match (contender.space, contender.method) {
        (Space::Input, _) => ((196, 10, 46), (255, 245, 120)),
        (_, Method::Adam) => ((24, 95, 190), (120, 174, 255)),
        (_, Method::CmaEs) => ((225, 119, 0), (214, 138, 30)),
        (_, Method::Random) => ((122, 112, 126), (178, 180, 186)),
        (_, Method::Gradient) => ((110, 158, 92), (70, 230, 140)),
        (_, Method::Momentum) => ((112, 0, 140), (225, 70, 170)),
        (_, Method::Lbfgs) => ((74, 26, 20), (160, 90, 245)),
    };
    let (r, g, b) = if ui.visuals().dark_mode { dark } else { light };
    Color32::from_rgb(r, g, b)
}

/// The optimisers of the next race.
pub fn contenders(ui: &mut Ui, state: &State, actions: &mut Requests) {
    for contender in Contender::ALL {
        let mut on = state.document.search.contenders.0.contains(&contender);
        if ui.checkbox(&mut on, contender.label()).on_hover_text(contender.about()).changed() {
            actions.command(Command::ToggleLane(contender));
        }
    }
}

/// The strip while a race runs, or after it if there is no search to play.
pub fn strip(ui: &mut Ui, state: &State, contest: &RaceRun, actions: &mut Requests) {
    if let Some(run) = contest.job {
        if icon_button(ui, Icon::Stop, text!("Stop and keep")).clicked() {
            actions.command(Command::Stop(run));
        }
        ui.spinner();
        let share = state.jobs.progress(contest.job).share.unwrap_or(0.0);
        let share = text!("Racing, {share} %", share = format!("{:.0}", 100.0 * share));
        let names = contest.contenders.0.iter().map(|contender| contender.label());
        lines::two_lines(ui, share, Text::joined(names, ", "), ui.available_width());
    } else if let Some((first, rest)) = outcome(contest) {
        lines::two_lines(ui, first, rest, ui.available_width());
    }
}

/// The winner and its value.
fn outcome(contest: &RaceRun) -> Option<(Text, Text)> {
    let report = &contest.results.as_ref()?.report;
    let Some(contender) = report.winners.first().map(|&winner| &report.contenders[winner]) else {
        let why = text!("The cards say why of each method's answer.");
        return Some((text!("No answer can be believed"), why));
    };
    let value = contender.answer().map_or(Value::NONE, |(_, answer)| answer.best());
    let spent = contender.reached.map_or(0, |tally| tally.evaluations());
    let names = report.winners.iter().map(|&winner| report.contenders[winner].contender.label());
    let names = Text::list(names);
    let who = match report.winners.len() {
        1 => text!("{contender} is first", contender = names),
        _ => text!("{contenders} tie", contenders = names),
    };
    let first = Text::joined([who, value.named(report.spec().word())], ": ");
    let rest = text!(
        "as good as the best answer that can be believed after {spent} of {budget} evaluations",
        spent = grouped(spent),
        budget = grouped(report.budget())
    );
    Some((first, rest))
}

impl RaceView {
    /// The controls beside the tabs.
    pub fn controls(
        &mut self,
        ui: &mut Ui,
        state: &State,
        contest: &RaceRun,
        actions: &mut Requests,
    ) {
        let choices = [
            (
                false,
                text!("Values + gradients"),
                text!("A gradient counts as one more value, as it costs about as much"),
            ),
            (true, text!("Values"), text!("Values alone, as if gradients were free")),
        ];
        for (values_only, name, about) in choices {
            let button = Button::selectable(self.values_only == values_only, name);
            if ui.add(button).on_hover_text(about).clicked() {
                self.values_only = values_only;
            }
        }
        ui.checkbox(&mut self.logarithmic, text!("Log"))
            .on_hover_text(text!("Each step along the axis is ten times the one before"));
        ui.add_space(8.0);
        ui.menu_button(text!("Add"), |ui| contenders(ui, state, actions))
            .response
            .on_hover_text(text!("Who takes part in the next race"));
        let race = UiCommand::Race;
        let again = ui.add_enabled(race.is_offered(state), Button::new(text!("Race again")));
        if again.on_hover_text(race.tooltip()).clicked() {
            race.request(state, actions);
        }
        if contest.job.is_none() {
            let clear = ui.button(text!("Clear race")).on_hover_text(text!(
                "Forget this race; {keys} brings it back",
                keys = UiCommand::Undo.keys()
            ));
            if clear.clicked() {
                actions.command(Command::ClearRace);
            }
        }
        // Without a search the strip shows the outcome.
        if let Some((first, rest)) = outcome(contest).filter(|_| state.search().is_some()) {
            ui.add(egui::Label::new(RichText::new(first.to_string()).small()).truncate())
                .on_hover_text(Text::joined([first, rest], "\n"));
        }
    }

    /// Shows the plot and the cards.
    pub fn show(&mut self, ui: &mut Ui, state: &State, contest: &RaceRun, actions: &mut Requests) {
        if contest.standings.is_empty() {
            note(ui, text!("At the start\u{2026}"));
            return;
        }
        let size = ui.available_size();
        let column = egui::Layout::top_down(egui::Align::Min);
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(PLOT_WIDTH, size.y), column, |ui| {
                self.lines(ui, state, contest);
            });
            let right = vec2(size.x - PLOT_WIDTH - 16.0, size.y);
            ui.allocate_ui_with_layout(right, column, |ui| {
                self.cards(ui, state, contest, actions);
            });
        });
    }

    fn lines(&self, ui: &mut Ui, state: &State, contest: &RaceRun) {
        let lifted = self.pointed.or(state.chosen_contender());
        let penalised = contest.config.spec.is_penalised();
        let along = |tally: &Tally| {
            let spent = if self.values_only { tally.values } else { tally.evaluations() };
            if self.logarithmic { (spent.max(1) as f64).log10() } else { spent as f64 }
        };
        let line = |(index, standing): (usize, &ContenderState)| ContenderLine {
            contender: standing.contender,
            points: stairs(standing, along, penalised),
            colour: contender_colour(ui, standing.contender),
            width: if lifted == Some(index) { 3.4 } else { 2.0 },
            going: standing.going,
        };
        let lines: Vec<ContenderLine> = contest.standings.iter().enumerate().map(line).collect();
        let ends = lines.iter().filter_map(|line| Some(line.points.last()?[0]));
        let begins = lines.iter().filter_map(|line| Some(line.points.first()?[0]));
        let (from, to) = (begins.fold(f64::INFINITY, f64::min), ends.fold(0.0, f64::max));
        let logarithmic = self.logarithmic;
        let spec = &contest.config.spec;
        let label = if penalised { curves::objective() } else { spec.title() };
        let mut plot = curves::plot("race", ui, "")
            .y_axis_label(label)
            .x_axis_formatter(move |mark, _| along_axis(mark, logarithmic, to))
            // Space for the names.
            .include_x(to + 0.5 * (to - from).max(1e-3));
        if logarithmic {
            plot = plot.x_grid_spacer(decades);
        }
        let shown = plot.show(ui, |ui| lines.iter().for_each(|line| line.show(ui)));
        let end = |line: &ContenderLine| {
            let &[x, y] = line.points.last()?;
            Some(shown.transform.position_from_point(&PlotPoint::new(x, y)))
        };
        let frame = shown.transform.frame();
        let end_x = shown.transform.position_from_point_x(to);
        names(&ui.painter_at(*frame), *frame, end_x, &lines, end);
    }

    fn cards(&mut self, ui: &mut Ui, state: &State, contest: &RaceRun, actions: &mut Requests) {
        self.pointed = None;
        ScrollArea::horizontal().id_salt("race_cards").auto_shrink(false).show(ui, |ui| {
            let height = ui.available_height() - BAR;
            ui.horizontal_top(|ui| {
                for (index, standing) in contest.standings.iter().enumerate() {
                    let (rect, response) =
                        ui.allocate_exact_size(vec2(CARD_WIDTH, height), Sense::click());
                    card(ui, rect, &response, state, contest, index);
                    if response.hovered() {
                        self.pointed = Some(index);
                    }
                    let answer = judged(contest, index).and_then(ContenderReport::answer);
                    let sentence = answer.map(|(_, answer)| answer.verdict.sentence());
                    let about = [standing.contender.about()].into_iter().chain(sentence);
                    let about = Text::joined(about, "\n\n");
                    if response.on_hover_text(about).clicked() {
                        let chosen = (state.chosen_contender() != Some(index)).then_some(index);
                        actions.command(Command::ChooseLane(chosen));
                    }
                }
            });
        });
    }
}

/// One optimiser in the plot.
struct ContenderLine {
    contender: Contender,
    points: Vec<[f64; 2]>,
    colour: Color32,
    width: f32,
    going: bool,
}

impl ContenderLine {
    fn show(&self, ui: &mut PlotUi<'_>) {
        let style = match self.contender.space {
            Space::Latent => LineStyle::Solid,
            Space::Input => LineStyle::dashed_loose(),
        };
        let points = PlotPoints::from(self.points.clone());
        // Without this, steps closer than pixels are painted as an area.
        let line = Line::new(self.contender.label(), points).style(style).allow_band(false);
        ui.line(line.stroke(Stroke::new(self.width, self.colour)));
        if let Some(&end) = self.points.last().filter(|_| !self.going) {
            let end = Points::new(self.contender.label(), PlotPoints::from(vec![end]));
            ui.points(end.radius(3.5).color(self.colour));
        }
    }
}

/// The smallest distance between two names, in points.
const NAME: f32 = 15.0;

/// The names of the lines beyond `end_x`, the end of the longest one, as near to the height of their line as the others
/// allow.
fn names(
    painter: &Painter,
    frame: Rect,
    end_x: f32,
    lines: &[ContenderLine],
    end: impl Fn(&ContenderLine) -> Option<Pos2>,
) {
    let mut ends: Vec<(Pos2, &ContenderLine)> =
        lines.iter().filter_map(|line| Some((end(line)?, line))).collect();
    ends.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
    let mut places = vec![0.0_f32; ends.len()];
    let mut least = frame.top() + 0.5 * NAME;
    for (place, (at, _)) in places.iter_mut().zip(&ends) {
        *place = at.y.max(least);
        least = *place + NAME;
    }
    let mut most = frame.bottom() - 0.5 * NAME;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - NAME;
    }
    for (&y, (at, line)) in places.iter().zip(&ends) {
        let thin = Stroke::new(1.0, line.colour.gamma_multiply(0.5));
        let turn = pos2(end_x + 3.0, at.y);
        painter.line(vec![*at, turn, pos2(end_x + 16.0, y)], thin);
        let font = FontId::proportional(13.0);
        let at = pos2(end_x + 19.0, y);
        let label = line.contender.label().to_string();
        let font = fitting(painter, &label, font, frame.right() - at.x);
        painter.text(at, Align2::LEFT_CENTER, label, font, line.colour);
    }
}

/// The best so far stays constant until something better is found, so the line has steps. With penalties it shows the
/// objective, since a better objective can have a worse value.
fn stairs(
    standing: &ContenderState,
    along: impl Fn(&Tally) -> f64,
    objective: bool,
) -> Vec<[f64; 2]> {
    let best = |tally: &Tally| if objective { tally.best_objective() } else { tally.best_value };
    let mut points: Vec<[f64; 2]> = Vec::new();
    for (x, best) in standing.curve.iter().map(|tally| (along(tally), best(tally))) {
        if !best.is_finite() {
            continue;
        }
        if let Some(&[_, before]) = points.last()
            && before != best
        {
            points.push([x, before]);
        }
        points.push([x, best]);
    }
    points
}

/// Marks at 1, 2, .. 9 of each visible order of magnitude.
fn decades(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let first = low.floor().max(0.0) as i32;
    let last = high.ceil().min(12.0) as i32;
    let mark = |decade: i32, digit: i32| GridMark {
        value: f64::from(decade) + f64::from(digit).log10(),
        step_size: if digit == 1 { 1.0 } else { 0.1 },
    };
    (first..last.max(first))
        .flat_map(|decade| (1..10).map(move |digit| mark(decade, digit)))
        // The text of a mark left of the plot would overlap the plot.
        .filter(|mark| mark.value >= low)
        .collect()
}

/// The label of a mark; empty beyond the end of the race and between orders of magnitude.
fn along_axis(mark: GridMark, logarithmic: bool, end: f64) -> String {
    let beyond = mark.value > end + 1e-9;
    let count = if logarithmic { 10f64.powf(mark.value) } else { mark.value };
    match count.max(0.0).round() as usize {
        _ if beyond || (logarithmic && mark.step_size < 1.0) => String::new(),
        count if count > 0 && count.is_multiple_of(1_000_000) => format!("{}M", count / 1_000_000),
        count if count > 0 && count.is_multiple_of(1000) => format!("{}k", count / 1000),
        count => count.to_string(),
    }
}

/// The result of a contender, once the race is over.
fn judged(contest: &RaceRun, contender: usize) -> Option<&ContenderReport> {
    contest.results.as_ref()?.report.contenders.get(contender)
}

/// One contender: its shape, its value, its reliability, and its evaluations.
fn card(ui: &Ui, rect: Rect, response: &Response, state: &State, contest: &RaceRun, index: usize) {
    let standing = &contest.standings[index];
    let report = judged(contest, index);
    let answer = report.and_then(|contender| Some(contender.answer()?.1));
    let tally = standing.tally();
    let value = standing.value;
    let word = match (answer, report) {
        (Some(answer), _) => answer.verdict.word(),
        (None, Some(_)) => text!("no answer"),
        (None, None) => Text::default(),
    };
    let chosen = state.chosen_contender() == Some(index);
    let name = format!("{}: {}, {word}", standing.contender.label(), value.title(value.text()));
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), chosen, &name)
    });
    let painter = ui.painter_at(rect);
    let lifted = response.hovered() || response.has_focus();
    let visuals = ui.visuals();
    let fill = if lifted { visuals.widgets.hovered.weak_bg_fill } else { visuals.faint_bg_color };
    painter.rect_filled(rect, 8.0, fill);
    if chosen {
        let stroke = Stroke::new(2.0, theme::accent(ui));
        painter.rect_stroke(rect, 8.0, stroke, StrokeKind::Inside);
    }
    let (ink, weak) = (visuals.text_color(), visuals.weak_text_color());
    let small = FontId::proportional(13.0);
    let text = |at: Pos2, text: Text, font: FontId, ink| {
        let room = rect.right() - 4.0 - at.x;
        paint_whole(&painter, at, Align2::LEFT_CENTER, text, font, ink, room);
    };

    let top = rect.top() + 14.0;
    let swatch = pos2(rect.left() + 14.0, top);
    painter.circle_filled(swatch, 5.0, contender_colour(ui, standing.contender));
    let title = FontId::new(14.0, theme::strong());
    let winners = contest.results.as_ref().map_or(&[][..], |results| &results.report.winners);
    let mut right = rect.right() - 8.0;
    if winners.contains(&index) {
        let at = pos2(rect.right() - 10.0, top);
        let place = if winners.len() > 1 { text!("tie") } else { text!("first") };
        let ink = theme::accent(ui);
        right = painter.text(at, Align2::RIGHT_CENTER, place, small.clone(), ink).left() - 4.0;
    }
    let (at, label) = (swatch + vec2(11.0, 0.0), standing.contender.label());
    paint_whole(&painter, at, Align2::LEFT_CENTER, label, title, ink, right - at.x);

    let bottom = rect.bottom() - 40.0;
    let line = |k: f32| pos2(rect.left() + 10.0, bottom + 10.0 + 17.0 * k);
    let middle = 0.5 * (top + 10.0 + bottom);
    let side = (bottom - top - 12.0).min(0.45 * rect.width());
    let centre = pos2(rect.left() + 0.5 * side + 6.0, middle);
    if !standing.outline.is_empty() {
        let quantity = state.value_of(&standing.outline);
        let ink = colour(scale(quantity, state.range()));
        fill_shape(&painter, &state.glyphs(), &standing.outline, centre, 0.42 * side, ink);
    }
    let left = rect.left() + side + 14.0;
    let large = FontId::new(17.0, theme::strong());
    if contest.config.spec.is_penalised() {
        let objective = answer.map_or(tally.best_objective(), |a| a.restart.best_objective());
        let objective = text!("objective {objective}", objective = three_digits(objective));
        text(pos2(left, middle + 28.0), objective, small.clone(), weak);
    }
    let shown = match value {
        Value::Computed(_) => value.text(),
        Value::Predicted(predicted) => {
            let [value, low, high] = predicted.shown();
            let interval = text!("predicted, {low} to {high}", low, high);
            text(line(0.0), interval, small.clone(), weak);
            value.into()
        }
    };
    text(pos2(left, middle - 12.0), shown, large, ink);
    if let Some(answer) = answer {
        let disc = pos2(left + 4.0, middle + 10.0);
        painter.circle_filled(disc, 4.0, reliability_colour(ui, answer.verdict.reliability));
        text(disc + vec2(10.0, 0.0), word, small.clone(), weak);
    } else {
        text(pos2(left, middle + 10.0), word, small.clone(), weak);
    }

    if let (Some(answer), Value::Computed(_)) = (answer, value) {
        let returned = answer.answer.returned.unwrap_or(f64::NAN);
        let holds = answer.verdict.round_trip_changes.iter().all(RoundTripChange::holds);
        let ink = if holds { weak } else { visuals.warn_fg_color };
        let beside = text!("{returned} re-decoded", returned = three_digits(returned));
        text(line(0.0), beside, small.clone(), ink);
    }
    let spent = text!(
        "{values} + {gradients} in {seconds}",
        values = grouped(tally.values),
        gradients = grouped(tally.gradients),
        seconds = crate::explore::duration(standing.seconds)
    );
    text(line(1.0), spent, small, weak);
}

/// The answer of the selected contender: the shape, and the shape encoded and decoded once more.
pub fn answer(ui: &mut Ui, state: &State, contest: &RaceRun) -> bool {
    let Some(index) = state.chosen_contender() else { return false };
    let Some(results) = &contest.results else { return false };
    let contender = &results.report.contenders[index];
    let (Some((_, answer)), Some(found)) = (contender.answer(), &results.answers[index]) else {
        return false;
    };
    heading(ui, contender.contender.label());
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), 120.0), Sense::hover());
    let name = text!("The answer and what the model makes of it");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    ui.painter().rect_filled(rect, 8.0, colour(theme::palette(ui).canvas));
    let painter = ui.painter_at(rect);
    let reach = 0.42 * (rect.width() / 2.0).min(rect.height());
    let glyphs = state.glyphs();
    let weak = ui.visuals().weak_text_color();
    for (outline, x, caption) in
        [(&answer.decoded, 0.25, text!("answer")), (&found.returned, 0.75, text!("re-decoded"))]
    {
        let centre = rect.left_top() + vec2(x * rect.width(), 0.46 * rect.height());
        let ink = colour(scale(state.value_of(outline), state.range()));
        fill_shape(&painter, &glyphs, outline, centre, reach, ink);
        let at = pos2(centre.x, rect.bottom() - 4.0);
        painter.text(at, Align2::CENTER_BOTTOM, caption, FontId::proportional(12.0), weak);
    }
    let (value, label) = (answer.best(), results.report.spec().label());
    match value {
        Value::Predicted(_) => fact(ui, value.title(label), value.text(), about_predicted()),
        Value::Computed(_) => {
            let returned = three_digits(answer.answer.returned.unwrap_or(f64::NAN));
            let about = text!("Before and after encoding the answer and decoding it once more");
            fact(ui, label, text!("{value} to {returned}", value = value.text(), returned), about)
        }
    };
    if results.report.spec().is_penalised() {
        let objective = three_digits(answer.restart.best_objective());
        fact(ui, curves::objective(), objective, curves::about_objective());
    }
    let about = text!("By how much it is better than the best in the data");
    if let Some(gain) = answer.answer.gained() {
        fact(ui, gain.title(text!("Improvement on the data")), gain.text(), about);
    }
    let restarts = contender.report.restarts.len();
    let believable = text!(
        "{believable} % of {restarts}",
        believable = format!("{:.0}", 100.0 * contender.believable()),
        restarts
    );
    fact(
        ui,
        text!("Restarts believable"),
        believable,
        text!("Whose own best answer can be believed"),
    );
    verdict(ui, &answer.verdict);
    if Some(contest.model) != state.shown_version() {
        let text = RichText::new(text!("The map shows another model than this race searched."));
        ui.label(text.small().color(ui.visuals().warn_fg_color));
    }
    true
}
