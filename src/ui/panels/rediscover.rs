//! Rediscovery: the button for each head, the progress of the test, and its three numbers with their explanations.

use crate::data::quantity::Quantity;
use crate::explore::brief;
use crate::rediscover::{RediscoveryReport, Spread, Truth};
use crate::session::jobs::optimise::rediscovery::RediscoveryRun;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::jobs::thin_bar;
use crate::ui::request::Requests;
use crate::ui::widgets::{at_right, body, fact, note};
use egui::{Button, Frame, RichText, Ui};

/// The buttons for the quantities of the shown model that a head predicts.
pub fn ask(ui: &mut Ui, quantities: &[Quantity], actions: &mut Requests) {
    let question = text!("Would it have found them?");
    let single = quantities.len() == 1;
    if !quantities.is_empty() && !single {
        note(ui, &question).on_hover_text(about_test());
    }
    ui.horizontal_wrapped(|ui| {
        for &quantity in quantities {
            let text = match single {
                true => question.to_string(),
                false => brief(&quantity.label().to_string(), 20),
            };
            let name =
                text!("Would it have found the best {quantity}?", quantity = quantity.word());
            let button = ui.add(Button::new(text)).on_hover_text(about_test());
            if button.accessible_name(name).clicked() {
                actions.command(Command::Rediscover(quantity));
            }
        }
    });
}

/// The progress of the test, or its results; nothing if there is neither.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let Some(rediscovery) = state.rediscovery() else { return };
    Frame::group(ui.style()).show(ui, |ui| {
        match &rediscovery.report {
            None => under_way(ui, state, rediscovery, actions),
            Some(report) => numbers(ui, rediscovery, report, actions),
        };
    });
}

fn under_way(ui: &mut Ui, state: &State, rediscovery: &RediscoveryRun, actions: &mut Requests) {
    ui.horizontal(|ui| {
        let stop = ui.button(text!("Stop the test"));
        let about = UiCommand::Cancel.with_keys(text!("Keep the numbers of the repeats before"));
        let stop = stop.on_hover_text(about);
        if let Some(run) = rediscovery.job.filter(|_| stop.clicked()) {
            actions.command(Command::Stop(run));
        }
        note(ui, rediscovery.quantity.label());
    });
    thin_bar(ui, state, rediscovery.job, ui.available_width());
    note(ui, state.jobs.progress(rediscovery.job).words);
}

fn numbers(
    ui: &mut Ui,
    rediscovery: &RediscoveryRun,
    report: &RediscoveryReport,
    actions: &mut Requests,
) {
    let title = text!(
        "Found again? {quantity}",
        quantity = brief(&rediscovery.quantity.label().to_string(), 16)
    );
    at_right(ui, RichText::new(title).strong(), body(), |ui| {
        if icon_button(ui, Icon::Close, text!("Take the numbers away")).clicked() {
            actions.command(Command::ClearRediscovery);
        }
    });
    let mean = |spread: &Option<Spread>| {
        spread.map_or("\u{2013}".to_owned(), |spread| format!("{:.2}", spread.mean))
    };
    if let Some(of) = &report.believable {
        let share = of.share.map_or("\u{2013}".to_owned(), |share| format!("{share:.2}"));
        fact(ui, text!("Believable and right"), share, about_right());
        let chance = mean(&of.chance);
        let words = match of.truth {
            Truth::Computed => text!(
                "computed truth; {count} answer; chance {chance}"
                    | "computed truth; {count} answers; chance {chance}",
                count = of.answers,
                chance
            ),
            Truth::Planted => text!(
                "planted truth, which flatters; {count} answer; chance {chance}"
                    | "planted truth, which flatters; {count} answers; chance {chance}",
                count = of.answers,
                chance
            ),
        };
        note(ui, words).on_hover_text(of.remark.clone());
    }
    for of in &report.pointed {
        fact(ui, text!("Hidden rows nearby"), mean(&of.hidden_share), about_pointed());
        note(
            ui,
            text!(
                "{rows} hidden, {reach} of them within reach; near the best answer {answer}, near the best seen rows {seen}, near random draws {random}, chance {chance}",
                rows = of.hiding.words(),
                reach = mean(&of.within_reach),
                answer = mean(&of.hidden_share_of_best_answer),
                seen = mean(&of.hidden_share_of_best_training),
                random = mean(&of.hidden_share_of_random),
                chance = mean(&of.chance)
            ),
        );
    }
    if let Some(of) = &report.blind {
        fact(ui, text!("Blind choice"), mean(&of.percentile), about_blind());
        note(
            ui,
            text!(
                "percentile, chance 0.50; in the true best tenth {precision}, chance {chance}; in their intervals {coverage}",
                precision = mean(&of.precision),
                chance = mean(&of.chance),
                coverage = mean(&of.coverage)
            ),
        );
    }
}

fn about_test() -> Text {
    text!(
        "Test the model with what is known already, each result beside chance: is \u{201c}believable\u{201d} right, \
     would answers have pointed to the best rows had these been hidden, and what is a blind choice among unseen rows worth? \
     Heads, searches and whole models are trained and run again many times: this takes minutes, and the model stays as it is."
    )
}

fn about_right() -> Text {
    text!(
        "Of the answers called believable, the share whose true value lies in the 90 % interval: 0.9 is as promised, \
     much less means that the word promises too much. Where the truth cannot be computed it is planted: functions are drawn \
     from a Gaussian process fitted to the values, the rows are labelled by them, and heads, judge and searches begin anew. \
     That flatters a judge that is a Gaussian process itself. Chance: how many of the data\u{2019}s own values lie in the same intervals."
    )
}

fn about_pointed() -> Text {
    text!(
        "The best rows were hidden and all was trained without them. Of the ten rows nearest to each answer, so \
     many were hidden ones. More than near the best rows that were seen: the search points beyond what was known. No more than \
     near random draws: it points nowhere. Within reach are those among the data that are left; the others lie beyond their edge, \
     where no prediction is believed, so no answer can find them."
    )
}

fn about_blind() -> Text {
    text!(
        "A fifth of the rows was kept unseen. The ten were chosen whose interval ends best where it is worst; this is \
     the share of the other unseen rows that are truly worse than they. Rows drawn at random reach 0.5."
    )
}
