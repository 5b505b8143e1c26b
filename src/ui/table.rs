//! The table of restarts, best first.

use super::action::Actions;
use super::widgets::belief_colour;
use crate::explore::three_digits;
use crate::optimise::RestartReport;
use crate::session::Command;
use crate::session::climb::{Climb, Findings};
use egui::{RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

const ROW: f32 = 22.0;

/// Draws the table; a click on a row lifts its way out, another one lets it go.
pub fn show(ui: &mut Ui, climb: &Climb, findings: &Findings, actions: &mut Actions) {
    let Findings { report, order, .. } = findings;
    let columns = [
        ("#", 34.0),
        ("Start", 62.0),
        ("Best", 62.0),
        ("at step", 56.0),
        ("Final", 62.0),
        ("Steps", 48.0),
        ("Ended", 104.0),
        ("Distance", 60.0),
        ("Round trip", 70.0),
        ("Change", 58.0),
    ];
    let mut table = TableBuilder::new(ui)
        .striped(true)
        .sense(Sense::click())
        .auto_shrink(false)
        .min_scrolled_height(0.0);
    for (_, width) in columns {
        table = table.column(Column::exact(width));
    }
    let table = table.column(Column::remainder().clip(true));
    let header = table.header(ROW, |mut row| {
        for name in columns.iter().map(|c| c.0).chain(["Trust"]) {
            row.col(|ui| {
                ui.label(RichText::new(name).small().weak());
            });
        }
    });
    header.body(|body| {
        body.rows(ROW, order.len(), |mut row| {
            let index = order[row.index()];
            row.set_selected(climb.chosen == Some(index));
            cells(&mut row, index, &report.restarts[index]);
            if row.response().clicked() {
                let chosen = (climb.chosen != Some(index)).then_some(index);
                actions.command(Command::ChooseRestart(chosen));
            }
        });
    });
}

fn cells(row: &mut egui_extras::TableRow<'_, '_>, index: usize, report: &RestartReport) {
    let restart = &report.restart;
    let step = restart.best.as_ref().map_or("\u{2013}".to_owned(), |b| b.step.to_string());
    let reason = restart.stop_reason.map_or("", crate::optimise::StopReason::label);
    let worst = report.verdict.worst();
    let change = worst.map_or("\u{2013}".to_owned(), |s| format!("{:.1} %", 100.0 * s.change));
    let texts = [
        (index + 1).to_string(),
        three_digits(restart.start_value()),
        three_digits(restart.best_value()),
        step,
        three_digits(restart.last.1),
        restart.steps.to_string(),
        reason.to_owned(),
        three_digits(report.verdict.density_distance),
        three_digits(report.verdict.round_trip),
        change,
    ];
    for text in texts {
        row.col(|ui| {
            ui.label(RichText::new(text).small());
        });
    }
    row.col(|ui| {
        let colour = belief_colour(ui, report.verdict.belief);
        let text = RichText::new(report.verdict.word()).small().color(colour);
        ui.label(text).on_hover_text(report.verdict.sentence());
    });
}
