//! The list of running jobs: a button in the top bar, shown while there are any, and the list behind it.

use super::commands::UiCommand;
use super::request::Requests;
use super::theme;
use super::widgets::note;
use crate::explore::{brief, duration};
use crate::session::document::ids::JobId;
use crate::session::jobs::learn::training::TrainingPhase;
use crate::session::jobs::registry::{Job, JobProgress};
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use egui::util::IdTypeMap;
use egui::{
    Align, Button, Context, Id, Layout, Popup, PopupCloseBehavior, ProgressBar, Response, RichText,
    Ui, vec2,
};
use std::time::Duration;

/// A job is listed after this time: the button does not flicker for short jobs.
const LISTED_AFTER: Duration = Duration::from_millis(400);
/// The name of the list as a popup.
const LIST: &str = "jobs";
/// The width of the list, in points.
const WIDTH: f32 = 340.0;

/// The button, and the list after a click; nothing if no job runs.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let ctx = ui.ctx().clone();
    let waits = state.jobs.iter().filter_map(|(_, job)| LISTED_AFTER.checked_sub(job.elapsed()));
    waits.min().into_iter().for_each(|wait| ctx.request_repaint_after(wait));
    let listed = state.jobs.iter().rev().filter(|(_, job)| job.elapsed() >= LISTED_AFTER);
    let listed: Vec<(JobId, &Job)> = listed.collect();
    if listed.is_empty() {
        return;
    }
    let sign = ui.add(Button::new(text!("{number} running", number = listed.len())));
    let list = Popup::menu(&sign).id(Id::unique(LIST)).width(WIDTH);
    let shown = list.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(WIDTH);
        // The elapsed seconds change while nothing else does.
        ctx.request_repaint_after(Duration::from_secs(1));
        for (index, (run, job)) in listed.iter().enumerate() {
            if index > 0 {
                ui.separator();
            }
            // Named by its run, so that a row that disappears does not move the keyboard focus.
            ui.push_id(run.0, |ui| row(ui, *run, job, state, actions));
        }
    });
    if shown.is_none() {
        ctx.data_mut(|data| data.remove::<FocusFirst>(Id::unique(LIST)));
    }
    sign.on_hover_text(UiCommand::Jobs.tooltip());
}

/// Opens or closes the list by the keyboard. The focus moves into it once, when it opens: a key that is pressed later must
/// not cancel a job by chance.
pub fn toggle_list(ctx: &Context) {
    let list = Id::unique(LIST);
    Popup::toggle_id(ctx, list);
    if Popup::is_id_open(ctx, list) {
        ctx.data_mut(|data| data.insert_temp(list, FocusFirst));
    }
}

/// Stored until the first button of the list has taken the keyboard focus.
#[derive(Clone, Copy, Default)]
struct FocusFirst;

/// One job: its kind, its object, its progress, its duration, and its buttons.
fn row(ui: &mut Ui, run: JobId, job: &Job, state: &State, actions: &mut Requests) {
    let kind = job.kind.label();
    ui.horizontal(|ui| {
        ui.label(RichText::new(kind.to_string()).family(theme::strong()));
        let subject = job.subject.to_string();
        note(ui, brief(&subject, 30)).on_hover_text(subject);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            note(ui, duration(job.elapsed().as_secs_f64()));
        });
    });
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if job.can_be_cancelled() {
                let about = text!("End it; its results so far are kept where they are useful");
                let cancel = ui.add(Button::new(text!("Cancel")).small()).on_hover_text(about);
                // In the first pass, which only measures the list, nothing can have the focus.
                let wish = |data: &mut IdTypeMap| data.remove_temp::<FocusFirst>(Id::unique(LIST));
                if !ui.is_sizing_pass() && ui.data_mut(wish).is_some() {
                    cancel.request_focus();
                }
                if cancel.accessible_name(text!("Cancel {kind}", kind = &kind)).clicked() {
                    actions.command(Command::Stop(run));
                }
            } else if job.control.is_cancelled() {
                note(ui, text!("ending\u{2026}"));
            }
            if job.kind.has_pause() && state.training().job == Some(run) {
                pause(ui, &kind, state.training().phase, actions);
            }
            let size = vec2(ui.available_width(), 18.0);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                bar(ui, &job.progress).accessible_name(text!("Progress of {kind}", kind = &kind));
            });
        });
    });
}

fn pause(ui: &mut Ui, kind: &Text, phase: TrainingPhase, actions: &mut Requests) {
    let (name, paused) = match phase {
        TrainingPhase::Running => (text!("Pause"), false),
        TrainingPhase::Paused => (text!("Go on"), true),
        TrainingPhase::Idle | TrainingPhase::Finishing => return,
    };
    let button = ui.add(Button::new(name.clone()).small());
    if button.accessible_name(text!("{name}: {kind}", name, kind)).clicked() {
        actions.command(Command::PauseTraining(!paused));
    }
}

/// The progress of a job, with its text or per cent; a spinner if the progress is unknown.
pub fn bar(ui: &mut Ui, progress: &JobProgress) -> Response {
    match progress.share {
        Some(share) => {
            let bar = ProgressBar::new(share as f32).desired_height(18.0);
            let words = progress.words.to_string();
            ui.add(match words.is_empty() {
                true => bar.show_percentage(),
                false => bar.text(RichText::new(words).small()),
            })
        }
        None => ui.spinner(),
    }
}

/// The progress of a run without its text, as a thin bar.
pub fn thin_bar(ui: &mut Ui, state: &State, run: Option<JobId>, width: f32) -> Response {
    let share = state.jobs.progress(run).share.unwrap_or(0.0);
    ui.add(ProgressBar::new(share as f32).desired_width(width).desired_height(8.0))
}
