//! The table of restarts, best first.

use super::curves;
use crate::explore::three_digits;
use crate::optimise::{RestartReport, SearchReport, StopReason};
use crate::session::Command;
use crate::session::jobs::search::SearchRun;
use crate::session::runs::findings::Findings;
use crate::text;
use crate::text::Text;
use crate::ui::action::Actions;
use crate::ui::widgets::reliability_colour;
use egui::{RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

const ROW: f32 = 22.0;
/// Width of the additional column of a penalised search, with its gap.
const OBJECTIVE_WIDTH: f32 = 70.0;

/// Width of an interval, in each of the three columns that have one in a search of predictions.
const INTERVAL_WIDTH: f32 = 66.0;

/// The additional width of the table of a search, compared with that of a plain one.
pub fn extra_width(report: &SearchReport) -> f32 {
    let objective = if report.config.spec.is_penalised() { OBJECTIVE_WIDTH } else { 0.0 };
    objective + if predicts(report) { 3.0 * INTERVAL_WIDTH } else { 0.0 }
}

fn predicts(report: &SearchReport) -> bool {
    report.restarts.iter().any(|restart| restart.start.prediction().is_some())
}

/// Shows the restarts `rows` as a table, in their order, scrolled to row `sought`; a click on a row highlights its
/// trajectory, another click ends that.
pub fn show(
    ui: &mut Ui,
    search_run: &SearchRun,
    findings: &Findings,
    rows: &[usize],
    sought: Option<usize>,
    actions: &mut Actions,
) {
    let Findings { report, trajectories, .. } = findings;
    let value = |name: Text, in_short: Text| match predicts(report) {
        true => (name, 62.0 + INTERVAL_WIDTH),
        false => (in_short, 62.0),
    };
    let penalised = report.config.spec.is_penalised();
    let before = [
        (Text::verbatim("#"), 34.0),
        (text!("Trust"), 86.0),
        value(text!("Start, predicted"), text!("Start")),
        value(text!("Best, predicted"), text!("Best")),
    ];
    let objective = penalised.then(|| (curves::objective(), OBJECTIVE_WIDTH - 8.0));
    let after = [
        (text!("at step"), 56.0),
        value(text!("Final, predicted"), text!("Final")),
        (text!("Steps"), 48.0),
        (text!("Ended"), 104.0),
        (text!("Optimum"), 56.0),
        (text!("Distance"), 60.0),
        (text!("Shift"), 60.0),
    ];
    let columns: Vec<(Text, f32)> = before.into_iter().chain(objective).chain(after).collect();
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
    for (_, width) in &columns {
        table = table.column(Column::exact(*width));
    }
    let table = table.column(Column::remainder().clip(true));
    let header = table.header(ROW, |mut row| {
        for name in columns.into_iter().map(|c| c.0).chain([text!("Change")]) {
            row.col(|ui| {
                ui.label(RichText::new(name).small().weak());
            });
        }
    });
    header.body(|body| {
        body.rows(ROW, rows.len(), |mut row| {
            let index = rows[row.index()];
            row.set_selected(search_run.chosen == Some(index));
            row.set_hovered(search_run.hovered == Some(index));
            cells(&mut row, index, &report.restarts[index], trajectories[index].group, penalised);
            let response = row.response();
            if response.hovered() {
                actions.pointed = Some(index);
            }
            if response.clicked() {
                let chosen = (search_run.chosen != Some(index)).then_some(index);
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
            let text = RichText::new(text).small();
            ui.label(if none.is_some() { text.weak() } else { text });
        });
    };
    text(row, (index + 1).to_string());
    // Beside the number, so that it is visible in a narrow window.
    row.col(|ui| {
        if let Some(none) = none {
            let text = RichText::new(none.label()).small().weak();
            ui.label(text).on_hover_text(none.sentence());
            return;
        }
        let colour = reliability_colour(ui, report.verdict.reliability);
        let text = RichText::new(report.verdict.word()).small().color(colour);
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
