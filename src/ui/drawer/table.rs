//! The table of restarts, best first.

use super::curves;
use crate::explore::three_digits;
use crate::optimise::{NoAnswer, RestartReport, SearchReport, StopReason};
use crate::session::Command;
use crate::session::results::findings::Findings;
use crate::session::view::ShownSearch;
use crate::text;
use crate::text::Text;
use crate::trust::Reliability;
use crate::ui::request::Requests;
use crate::ui::widgets::{SMALLEST, fitting, reliability_colour, width};
use egui::{FontId, RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

const ROW: f32 = 22.0;
/// Width of the additional column of a penalised search, with its gap.
const OBJECTIVE_WIDTH: f32 = 70.0;

/// Width of an interval, in each of the three columns that have one in a search of predictions.
const INTERVAL_WIDTH: f32 = 66.0;

/// The additional width of the table of a search, compared with that of a plain one.
pub fn extra_width(ui: &Ui, report: &SearchReport) -> f32 {
    let objective = if report.config.spec.is_penalised() { OBJECTIVE_WIDTH } else { 0.0 };
    let columns = columns(report);
    let usual: f32 = columns.iter().map(|column| column.width).sum();
    let grown: f32 = columns.iter().map(|column| column.width_of_words(ui)).sum();
    objective + if predicts(report) { 3.0 * INTERVAL_WIDTH } else { 0.0 } + grown - usual
}

/// A column: its name, its usual width, and the words in it that the width must hold.
struct Words {
    name: Text,
    width: f32,
    words: Vec<Text>,
}

impl Words {
    /// The usual width, or a larger one if the name or a word needs it even in the smallest font.
    fn width_of_words(&self, ui: &Ui) -> f32 {
        let font = FontId::proportional(SMALLEST);
        let wide = |text: &Text| width(ui.painter(), &text.to_string(), &font).ceil();
        self.words.iter().chain([&self.name]).map(wide).fold(self.width, f32::max)
    }
}

fn columns(report: &SearchReport) -> Vec<Words> {
    use {NoAnswer as N, Reliability as R, StopReason as S};
    let plain = |(name, width)| Words { name, width, words: Vec::new() };
    let value = |name: Text, in_short: Text| match predicts(report) {
        true => plain((name, 62.0 + INTERVAL_WIDTH)),
        false => plain((in_short, 62.0)),
    };
    let trust = [R::Believable, R::Doubtful, R::Outside].map(R::word).into_iter();
    let trust = trust.chain([N::NeverValid, N::Infeasible].map(N::label)).collect();
    let ended = [S::StepsDone, S::Converged, S::LeftDomain, S::NotFinite, S::Cancelled];
    let before = [
        plain((Text::verbatim("#"), 34.0)),
        Words { name: text!("Trust"), width: 86.0, words: trust },
        value(text!("Start, predicted"), text!("Start")),
        value(text!("Best, predicted"), text!("Best")),
    ];
    let penalised = report.config.spec.is_penalised();
    let objective = penalised.then(|| plain((curves::objective(), OBJECTIVE_WIDTH - 8.0)));
    let after = [
        plain((text!("at step"), 56.0)),
        value(text!("Final, predicted"), text!("Final")),
        plain((text!("Steps"), 48.0)),
        Words { name: text!("Ended"), width: 104.0, words: ended.map(S::label).into() },
        plain((text!("Optimum"), 56.0)),
        plain((text!("Distance"), 60.0)),
        plain((text!("Shift"), 60.0)),
    ];
    before.into_iter().chain(objective).chain(after).collect()
}

/// A text in the font of the table, or a smaller one in which it fits into its cell.
fn in_cell(ui: &Ui, text: impl Into<Text>) -> RichText {
    let text = String::from(text.into());
    let font = fitting(ui.painter(), &text, FontId::proportional(13.0), ui.available_width());
    RichText::new(text).font(font)
}

fn predicts(report: &SearchReport) -> bool {
    report.restarts.iter().any(|restart| restart.start.prediction().is_some())
}

/// Shows the restarts `rows` as a table, in their order, scrolled to row `sought`; a click on a row highlights its
/// trajectory, another click ends that.
pub fn show(
    ui: &mut Ui,
    search_run: ShownSearch<'_>,
    findings: &Findings,
    rows: &[usize],
    sought: Option<usize>,
    actions: &mut Requests,
) {
    let Findings { report, trajectories, .. } = findings;
    let penalised = report.config.spec.is_penalised();
    let columns = columns(report);
    let widths: Vec<f32> = columns.iter().map(|column| column.width_of_words(ui)).collect();
    // No space between rows, so that many fit.
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut table = TableBuilder::new(ui)
        .striped(true)
        .sense(Sense::click())
        .auto_shrink(false)
        .min_scrolled_height(0.0);
    if let Some(sought) = sought {
        table = table.scroll_to_row(sought, None);
    }
    for width in widths {
        table = table.column(Column::exact(width));
    }
    let table = table.column(Column::remainder().clip(true));
    let header = table.header(ROW, |mut row| {
        for name in columns.into_iter().map(|column| column.name).chain([text!("Change")]) {
            row.col(|ui| {
                ui.label(in_cell(ui, name).weak());
            });
        }
    });
    header.body(|body| {
        body.rows(ROW, rows.len(), |mut row| {
            let index = rows[row.index()];
            row.set_selected(search_run.look.chosen == Some(index));
            row.set_hovered(search_run.hovered == Some(index));
            cells(&mut row, index, &report.restarts[index], trajectories[index].group, penalised);
            let response = row.response();
            if response.hovered() {
                actions.pointed = Some(index);
            }
            if response.clicked() {
                let chosen = (search_run.look.chosen != Some(index)).then_some(index);
                actions.command(Command::ChooseRestart(chosen));
            }
        });
    });
}

fn cells(
    row: &mut egui_extras::TableRow<'_, '_>,
    index: usize,
    report: &RestartReport,
    basin: Option<usize>,
    penalised: bool,
) {
    let restart = &report.restart;
    let none = restart.no_answer();
    let step = restart.best.as_ref().map_or("\u{2013}".to_owned(), |b| b.step.to_string());
    let reason = restart.stop_reason.map_or_else(Text::default, StopReason::label);
    let worst = report.verdict.worst();
    let change = worst.map_or("\u{2013}".to_owned(), |s| format!("{:.1} %", 100.0 * s.change));
    let objective = penalised.then(|| three_digits(restart.best_objective()));
    let text = |row: &mut egui_extras::TableRow<'_, '_>, text: String| {
        row.col(|ui| {
            let text = in_cell(ui, text);
            ui.label(if none.is_some() { text.weak() } else { text });
        });
    };
    text(row, (index + 1).to_string());
    // Beside the number, so that it is visible in a narrow window.
    row.col(|ui| {
        if let Some(none) = none {
            let text = in_cell(ui, none.label()).weak();
            ui.label(text).on_hover_text(none.sentence());
            return;
        }
        let colour = reliability_colour(ui, report.verdict.reliability);
        let text = in_cell(ui, report.verdict.word()).color(colour);
        ui.label(text).on_hover_text(report.verdict.sentence());
    });
    let values = [report.start.text(), report.best().text()].map(String::from);
    let rest = [
        step,
        report.last.text().to_string(),
        restart.steps.to_string(),
        reason.to_string(),
        basin.map_or("\u{2013}".to_owned(), |basin| (basin + 1).to_string()),
        three_digits(report.verdict.density_distance),
        three_digits(report.verdict.round_trip),
        change,
    ];
    values.into_iter().chain(objective).chain(rest).for_each(|cell| text(row, cell));
}
