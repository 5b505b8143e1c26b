//! The table of restarts, best first.

use super::curves;
use crate::explore::three_digits;
use crate::optimise::{NoAnswer, RestartReport, SearchReport, StopReason};
use crate::session::Command;
use crate::session::preferences::{RestartColumn, RestartColumns};
use crate::session::results::findings::Findings;
use crate::session::view::ShownSearch;
use crate::text;
use crate::text::Text;
use crate::trust::Reliability;
use crate::ui::request::Requests;
use crate::ui::widgets::{SMALLEST, fitting, reliability_colour, width};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{FontId, PopupCloseBehavior, RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

const ROW: f32 = 22.0;
/// Width of a value, and of the interval behind one that is predicted.
const VALUE: f32 = 62.0;
const INTERVAL: f32 = 66.0;
/// The space between two columns.
const GAP: f32 = 8.0;
/// A cell without content.
const NOTHING: &str = "\u{2013}";

/// A column that is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// The number of the restart.
    Number,
    /// The objective, by which restarts of a search with penalties are ordered.
    Objective,
    /// A column that was chosen.
    Chosen(RestartColumn),
}

/// The columns of a search, from left to right: the objective stands beside the best value.
fn shown(report: &SearchReport, chosen: &RestartColumns) -> Vec<Shown> {
    use RestartColumn::{Best, Start, Trust};
    let is_before = |column: &RestartColumn| matches!(column, Trust | Start | Best);
    let (before, after): (Vec<_>, Vec<_>) = chosen.iter().partition(is_before);
    let objective = report.config.spec.is_penalised().then_some(Shown::Objective);
    let chosen = |columns: Vec<RestartColumn>| columns.into_iter().map(Shown::Chosen);
    [Shown::Number]
        .into_iter()
        .chain(chosen(before))
        .chain(objective)
        .chain(chosen(after))
        .collect()
}

/// A column: its name, its usual width, and the words in it that the width must hold.
struct Words {
    name: Text,
    width: f32,
    words: Vec<Text>,
}

impl Words {
    fn new(column: Shown, report: &SearchReport) -> Self {
        use {NoAnswer as N, Reliability as R, StopReason as S};
        let plain = |name: Text, width: f32| Self { name, width, words: Vec::new() };
        let value = |name: Text, in_short: Text| match predicts(report) {
            true => plain(name, VALUE + INTERVAL),
            false => plain(in_short, VALUE),
        };
        match column {
            Shown::Number => plain(Text::verbatim("#"), 34.0),
            Shown::Objective => plain(curves::objective(), VALUE),
            Shown::Chosen(column) => match column {
                RestartColumn::Trust => {
                    let words = [R::Believable, R::Doubtful, R::Outside].map(R::word).into_iter();
                    let words = words.chain([N::NeverValid, N::Infeasible].map(N::label)).collect();
                    Self { words, ..plain(name(column), 86.0) }
                }
                RestartColumn::Ended => {
                    let ended =
                        [S::StepsDone, S::Converged, S::LeftDomain, S::NotFinite, S::Cancelled];
                    Self { words: ended.map(S::label).into(), ..plain(name(column), 104.0) }
                }
                RestartColumn::Start => value(text!("Start, predicted"), name(column)),
                RestartColumn::Best => value(text!("Best, predicted"), name(column)),
                RestartColumn::Final => value(text!("Final, predicted"), name(column)),
                RestartColumn::Steps => plain(name(column), 48.0),
                RestartColumn::BestStep | RestartColumn::Optimum => plain(name(column), 56.0),
                RestartColumn::Distance | RestartColumn::Shift | RestartColumn::Change => {
                    plain(name(column), 60.0)
                }
            },
        }
    }

    /// The usual width, or a larger one if the name or a word needs it even in the smallest font.
    fn width(&self, ui: &Ui) -> f32 {
        let font = FontId::proportional(SMALLEST);
        let wide = |text: &Text| width(ui.painter(), &text.to_string(), &font).ceil();
        self.words.iter().chain([&self.name]).map(wide).fold(self.width, f32::max)
    }
}

/// The name of a column.
fn name(column: RestartColumn) -> Text {
    match column {
        RestartColumn::Trust => text!("Trust"),
        RestartColumn::Start => text!("Start"),
        RestartColumn::Best => text!("Best"),
        RestartColumn::BestStep => text!("at step"),
        RestartColumn::Final => text!("Final"),
        RestartColumn::Steps => text!("Steps"),
        RestartColumn::Ended => text!("Ended"),
        RestartColumn::Optimum => text!("Optimum"),
        RestartColumn::Distance => text!("Distance"),
        RestartColumn::Shift => text!("Shift"),
        RestartColumn::Change => text!("Change"),
    }
}

/// The meaning of a column.
fn about(column: RestartColumn) -> Text {
    match column {
        RestartColumn::Trust => text!("Whether the answer can be believed, or why there is none"),
        RestartColumn::Start => text!("The value at the start"),
        RestartColumn::Best => text!("The value of the answer, the best feasible point"),
        RestartColumn::BestStep => text!("The step of the answer"),
        RestartColumn::Final => text!("The value at the last step"),
        RestartColumn::Steps => text!("The steps that were done"),
        RestartColumn::Ended => text!("Why the restart ended"),
        RestartColumn::Optimum => {
            text!("The local optimum of the answer; restarts with the same number agree")
        }
        RestartColumn::Distance => text!("The distance of the answer to the data"),
        RestartColumn::Shift => text!("The encode-decode shift of the answer"),
        RestartColumn::Change => {
            text!("The greatest change of a value when the answer is re-decoded")
        }
    }
}

/// The menu of the columns.
pub fn columns_menu(ui: &mut Ui, chosen: &RestartColumns, actions: &mut Requests) {
    let stays = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (button, _) = MenuButton::new(text!("Columns")).config(stays).ui(ui, |ui| {
        for column in RestartColumn::ALL {
            let mut on = chosen.has(column);
            if ui.checkbox(&mut on, name(column)).on_hover_text(about(column)).clicked() {
                actions.command(Command::ToggleColumn(column));
            }
        }
    });
    button.on_hover_text(text!("The columns of the table"));
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

/// The width of the table.
pub fn width_of(ui: &Ui, report: &SearchReport, chosen: &RestartColumns) -> f32 {
    let columns = shown(report, chosen).into_iter();
    // The bar that scrolls stands at the right.
    let bar = ui.spacing().scroll.allocated_width();
    columns.map(|column| Words::new(column, report).width(ui) + GAP).sum::<f32>() + bar
}

/// Shows the restarts `rows` as a table of the `chosen` columns, in their order, scrolled to row `sought`; a click on a row
/// highlights its trajectory, another click ends that.
pub fn show(
    ui: &mut Ui,
    chosen: &RestartColumns,
    search_run: ShownSearch<'_>,
    findings: &Findings,
    (rows, sought): (&[usize], Option<usize>),
    actions: &mut Requests,
) {
    let Findings { report, trajectories, .. } = findings;
    let columns = shown(report, chosen);
    let words: Vec<Words> = columns.iter().map(|column| Words::new(*column, report)).collect();
    let widths: Vec<f32> = words.iter().map(|words| words.width(ui)).collect();
    // No space between rows, so that many fit.
    ui.spacing_mut().item_spacing = egui::vec2(GAP, 0.0);
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
    let header = table.header(ROW, |mut row| {
        for (words, column) in words.into_iter().zip(&columns) {
            row.col(|ui| {
                let label = ui.label(in_cell(ui, words.name).weak());
                if let Shown::Chosen(column) = column {
                    label.on_hover_text(about(*column));
                }
            });
        }
    });
    header.body(|body| {
        body.rows(ROW, rows.len(), |mut row| {
            let index = rows[row.index()];
            row.set_selected(search_run.look.chosen == Some(index));
            row.set_hovered(search_run.hovered == Some(index));
            let (restart, basin) = (&report.restarts[index], trajectories[index].group);
            columns.iter().for_each(|column| cell(&mut row, *column, index, restart, basin));
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

fn cell(
    row: &mut TableRow<'_, '_>,
    column: Shown,
    index: usize,
    report: &RestartReport,
    basin: Option<usize>,
) {
    let (restart, verdict) = (&report.restart, &report.verdict);
    let none = restart.no_answer();
    let text = match column {
        Shown::Number => (index + 1).to_string(),
        Shown::Objective => three_digits(restart.best_objective()),
        Shown::Chosen(RestartColumn::Trust) => {
            row.col(|ui| match none {
                Some(none) => {
                    let text = in_cell(ui, none.label()).weak();
                    ui.label(text).on_hover_text(none.sentence());
                }
                None => {
                    let colour = reliability_colour(ui, verdict.reliability);
                    let text = in_cell(ui, verdict.word()).color(colour);
                    ui.label(text).on_hover_text(verdict.sentence());
                }
            });
            return;
        }
        Shown::Chosen(RestartColumn::Start) => report.start.text().to_string(),
        Shown::Chosen(RestartColumn::Best) => report.best().text().to_string(),
        Shown::Chosen(RestartColumn::BestStep) => {
            restart.best.as_ref().map_or(NOTHING.to_owned(), |best| best.step.to_string())
        }
        Shown::Chosen(RestartColumn::Final) => report.last.text().to_string(),
        Shown::Chosen(RestartColumn::Steps) => restart.steps.to_string(),
        Shown::Chosen(RestartColumn::Ended) => {
            restart.stop_reason.map_or_else(Text::default, StopReason::label).to_string()
        }
        Shown::Chosen(RestartColumn::Optimum) => {
            basin.map_or(NOTHING.to_owned(), |basin| (basin + 1).to_string())
        }
        Shown::Chosen(RestartColumn::Distance) => three_digits(verdict.density_distance),
        Shown::Chosen(RestartColumn::Shift) => three_digits(verdict.round_trip),
        Shown::Chosen(RestartColumn::Change) => {
            verdict.worst().map_or(NOTHING.to_owned(), |s| format!("{:.1} %", 100.0 * s.change))
        }
    };
    row.col(|ui| {
        let text = in_cell(ui, text);
        ui.label(if none.is_some() { text.weak() } else { text });
    });
}
