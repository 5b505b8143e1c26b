//! The results of a search, below the strip: restarts, local optima, candidates and a race, each in its tab.

use super::race::RaceView;
use super::{cards, curves, table};
use crate::session::results::findings::{Ending, Findings};
use crate::session::view::ShownSearch;
use crate::session::{Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::commands::UiCommand;
use crate::ui::request::{Dialog, Request, Requests};
use crate::ui::widgets::note;
use egui::{
    Align, Button, ComboBox, DragValue, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, vec2,
};

/// Width of the plot of lab results against predictions.
const PLOT_WIDTH: f32 = 330.0;

/// The smallest width of the right column in a narrow window.
const MIN_RIGHT: f32 = 200.0;

/// The selected tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Restarts,
    Basins,
    Candidates,
    Race,
}

impl Tab {
    /// The tabs with their names and explanations, in their order.
    fn all() -> [(Self, Text, Text); 4] {
        [
            (
                Self::Restarts,
                text!("Restarts"),
                text!("Every start: its answer, and the curve of its value or objective"),
            ),
            (Self::Basins, text!("Local optima"), text!("Which starts reached the same optimum")),
            (
                Self::Candidates,
                text!("Candidates"),
                text!(
                    "Different answers that can be believed, one for each local optimum: to be made and measured"
                ),
            ),
            (
                Self::Race,
                text!("Race"),
                text!("Several methods from the same starts with the same budget"),
            ),
        ]
    }
}

/// The results and their options, kept between frames.
pub struct Results {
    tab: Tab,
    /// The table shows only restarts with this stop reason.
    ending: Option<Ending>,
    /// The restart that was selected in the previous frame.
    seen: Option<usize>,
    /// The number of candidates to export.
    most: usize,
    /// The curves show the objective of a penalised search instead of the value.
    objective: bool,
    race: RaceView,
}

/// The choice among the searches; nothing if there is only one.
fn searches(ui: &mut Ui, state: &State, actions: &mut Requests) {
    let searches = &state.document.searches;
    let place = searches.keys().position(|run| Some(*run) == state.view.search);
    let Some(place) = place.filter(|_| searches.len() > 1) else { return };
    let (number, all) = (place + 1, searches.len());
    let combo = ComboBox::from_id_salt("searches").selected_text(text!(
        "Search {number} of {all}",
        number,
        all
    ));
    let menu = combo.width(128.0).show_ui(ui, |ui| {
        for (index, (run, spec)) in searches.iter().enumerate().rev() {
            let name = match state.model(spec.model) {
                Some(_) => state.name(spec.model),
                None => text!("a closed model"),
            };
            let label = text!(
                "{number}: {word}, {count} restart, in {name}"
                    | "{number}: {word}, {count} restarts, in {name}",
                number = index + 1,
                word = spec.config.spec.word(),
                count = spec.config.restarts,
                name
            );
            if ui.selectable_label(index == place, label).clicked() {
                actions.command(Command::ChooseSearch(*run));
            }
        }
    });
    menu.response.on_hover_text(text!(
        "All searches are kept until they are cleared; choose one to look at"
    ));
}

impl Default for Results {
    fn default() -> Self {
        Self {
            tab: Tab::default(),
            ending: None,
            seen: None,
            most: 8,
            objective: false,
            race: RaceView::default(),
        }
    }
}

impl Results {
    /// Switches from the race to the search.
    pub fn show_search(&mut self) {
        if self.tab == Tab::Race {
            self.tab = Tab::Restarts;
        }
    }

    /// Switches to the race.
    pub fn show_race(&mut self) {
        self.tab = Tab::Race;
    }

    /// Shows the tabs and the content of the selected one: for a search, a race, or both.
    pub fn show(&mut self, ui: &mut Ui, state: &State, actions: &mut Requests) {
        let (search_run, race) = (state.search(), state.race());
        self.tab = match (self.tab, search_run, race) {
            (Tab::Race, _, None) => Tab::Restarts,
            (_, None, Some(_)) => Tab::Race,
            (tab, ..) => tab,
        };
        let line = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 26.0));
        let saved = save_as(ui, line, state, self.tab, actions);
        // On more lines where they do not fit beside the button at the right.
        let row = vec2(line.width() - saved.width() - 4.0, 26.0);
        let layout = Layout::left_to_right(Align::Center).with_main_wrap(true);
        ui.allocate_ui_with_layout(row, layout, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().button_padding = vec2(9.0, 2.0);
            for (tab, name, about) in Tab::all() {
                let is_there = if tab == Tab::Race { race.is_some() } else { search_run.is_some() };
                if is_there {
                    let button = Button::selectable(self.tab == tab, name);
                    if ui.add(button).on_hover_text(about).clicked() {
                        self.tab = tab;
                    }
                }
            }
            ui.add_space(14.0);
            match (self.tab, race, search_run.map(|search_run| &search_run.run().findings)) {
                (Tab::Race, Some(race), _) => self.race.controls(ui, state, race, actions),
                (Tab::Restarts, _, Some(Some(findings))) => {
                    self.endings(ui, findings);
                    self.plotted(ui, findings);
                }
                (Tab::Basins, _, Some(Some(findings))) => _ = note(ui, summary(findings)),
                (Tab::Candidates, _, Some(Some(findings))) => self.exchange(ui, findings, actions),
                _ => _ = note(ui, text!("Searching\u{2026}")),
            }
        });
        match (self.tab, race, search_run) {
            (Tab::Race, Some(race), _) => self.race.show(ui, state, race, actions),
            (_, _, Some(search_run)) => self.search_run(ui, state, search_run, actions),
            _ => (),
        }
        self.seen = search_run.and_then(|search_run| search_run.look.chosen);
    }

    fn search_run(
        &mut self,
        ui: &mut Ui,
        state: &State,
        search_run: ShownSearch<'_>,
        actions: &mut Requests,
    ) {
        match (self.tab, &search_run.findings) {
            (_, None) => curves::under_way(ui, search_run),
            (Tab::Basins, Some(findings)) => {
                cards::basins(ui, state, search_run, findings, actions)
            }
            (Tab::Candidates, Some(findings)) => {
                self.candidates(ui, state, search_run, findings, actions);
            }
            (_, Some(findings)) => self.restarts(ui, state, search_run, findings, actions),
        }
    }

    fn restarts(
        &mut self,
        ui: &mut Ui,
        state: &State,
        search_run: ShownSearch<'_>,
        findings: &Findings,
        actions: &mut Requests,
    ) {
        let columns = &state.preferences.restart_columns;
        let rows = findings.that_ended(self.ending);
        // A restart that was selected elsewhere is scrolled into view.
        let chosen = search_run.look.chosen.filter(|_| search_run.look.chosen != self.seen);
        let sought = chosen.and_then(|chosen| rows.iter().position(|&row| row == chosen));
        let width = table::width_of(ui, &findings.report, columns);
        let left = |ui: &mut Ui, actions: &mut Requests| {
            if width <= ui.available_width() {
                return table::show(ui, columns, search_run, findings, (rows, sought), actions);
            }
            // In a narrow window the last columns are reached by scrolling.
            ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
                ui.set_width(width);
                table::show(ui, columns, search_run, findings, (rows, sought), actions);
            });
        };
        let objective = self.objective;
        beside(ui, width, actions, left, |ui, actions| {
            curves::values(ui, search_run, objective, actions);
        });
    }

    /// The stop reasons with the number of their restarts: a click shows only those.
    fn endings(&mut self, ui: &mut Ui, findings: &Findings) {
        if !findings.endings.iter().any(|(ending, _)| Some(*ending) == self.ending) {
            self.ending = None;
        }
        for (ending, restarts) in &findings.endings {
            let on = self.ending == Some(*ending);
            let text = RichText::new(format!("{} {}", restarts.len(), ending.label())).small();
            let button = ui.add(Button::selectable(on, text));
            if button.on_hover_text(text!("Show these alone, or all again")).clicked() {
                self.ending = (!on).then_some(*ending);
            }
        }
    }

    /// The choice of the curves' quantity, if there is one.
    fn plotted(&mut self, ui: &mut Ui, findings: &Findings) {
        if !penalised(findings) {
            return;
        }
        ui.add_space(14.0);
        let value = findings.report.config.spec.title();
        for (objective, name, about) in [
            (false, value, text!("The curves show the value, without penalties")),
            (true, curves::objective(), curves::about_objective()),
        ] {
            let button = Button::selectable(self.objective == objective, name);
            if ui.add(button).on_hover_text(about).clicked() {
                self.objective = objective;
            }
        }
    }

    fn candidates(
        &self,
        ui: &mut Ui,
        state: &State,
        search_run: ShownSearch<'_>,
        findings: &Findings,
        actions: &mut Requests,
    ) {
        let shown = &findings.candidates[..self.most.min(findings.candidates.len())];
        let width = ui.available_width() - PLOT_WIDTH - 24.0;
        let left = |ui: &mut Ui, actions: &mut Requests| {
            cards::candidates(ui, state, search_run, findings, shown, actions);
        };
        beside(ui, width, actions, left, |ui, _| curves::measured(ui, search_run, findings));
    }

    /// The number of candidates, and the buttons to export them and to import lab results.
    fn exchange(&mut self, ui: &mut Ui, findings: &Findings, actions: &mut Requests) {
        if findings.candidates.is_empty() {
            note(ui, text!("No answer can be believed, so there is nothing to try."));
            return;
        }
        note(ui, text!("At most"));
        let most = findings.candidates.len();
        let mut count = self.most.min(most);
        let field = DragValue::new(&mut count).range(1..=most).speed(0.05);
        let about = text!(
            "How many candidates: the best of each local optimum, from the best optimum down"
        );
        if ui.add(field).on_hover_text(about).accessible_name(text!("Candidates wanted")).changed()
        {
            self.most = count;
        }
        ui.add_space(8.0);
        let export = ui.button(text!("Export\u{2026}"));
        let about = text!("Outlines with their names as CSV, or everything as JSON");
        if export.on_hover_text(about).clicked() {
            let path = "candidates.csv".to_owned();
            actions.push(Request::Show(Dialog::Export(path, count)));
        }
        let import = ui.button(text!("Import measured\u{2026}"));
        let about =
            text!("A CSV with a header such as id,drag [N]: what a lab measured of the candidates");
        if import.on_hover_text(about).clicked() {
            actions.push(Request::Show(Dialog::Import(String::new())));
        }
    }
}

/// True if the search had penalties, so that its objective differs from the shown value.
fn penalised(findings: &Findings) -> bool {
    findings.report.config.spec.is_penalised()
}

/// `6 local optima; 47 of 50 starts have an answer; 3 lower ones were not compared`.
fn summary(findings: &Findings) -> Text {
    let basins = &findings.report.basins;
    let starts = findings.order.len();
    let placed: usize = basins.all.iter().map(|basin| basin.members.len()).sum();
    let mut parts =
        vec![text!("{count} local optimum" | "{count} local optima", count = basins.all.len())];
    let answers = placed + basins.unplaced;
    if answers < starts {
        parts.push(text!(
            "{answers} of {count} start has an answer"
                | "{answers} of {count} starts have an answer",
            answers,
            count = starts
        ));
    }
    if basins.unplaced > 0 {
        parts.push(text!(
            "{count} lower one was not compared" | "{count} lower ones were not compared",
            count = basins.unplaced
        ));
    }
    Text::joined(parts, "; ")
}

/// The button that exports, at the right end of a line, and what `tab` has beside it: the choice among the searches, the
/// columns of the table; where they are.
fn save_as(ui: &mut Ui, line: Rect, state: &State, tab: Tab, actions: &mut Requests) -> Rect {
    let right = Layout::right_to_left(Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(line).layout(right));
    ui.spacing_mut().button_padding = vec2(9.0, 2.0);
    if ui.button(text!("Save as\u{2026}")).on_hover_text(UiCommand::Export.tooltip()).clicked() {
        actions.push(Request::ShowExport(None));
    }
    if tab == Tab::Restarts && state.report().is_some() {
        table::columns_menu(&mut ui, &state.preferences.restart_columns, actions);
    }
    if tab != Tab::Race {
        searches(&mut ui, state, actions);
    }
    ui.min_rect()
}

/// Two columns, the left one of the given width if there is space.
fn beside(
    ui: &mut Ui,
    width: f32,
    actions: &mut Requests,
    left: impl FnOnce(&mut Ui, &mut Requests),
    right: impl FnOnce(&mut Ui, &mut Requests),
) {
    let size = ui.available_size();
    let width = width.min(size.x - MIN_RIGHT);
    let column = Layout::top_down(Align::Min);
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(width, size.y), column, |ui| left(ui, actions));
        let rest = vec2(size.x - width - 24.0, size.y);
        ui.allocate_ui_with_layout(rest, column, |ui| right(ui, actions));
    });
}
