//! The window: reads the state, draws the panels, passes their requests to the session.

use super::dialogs::export_form::ExportForm;
use super::dialogs::file_dialogs::FileDialogs;
use super::dialogs::over_window::Dialogs;
use super::drawer::results::Results;
use super::drawer::strip;
use super::drawer::tour::Pages;
use super::inspector::side_panel;
use super::map::compare::Maps;
use super::request::{Dialog, Request, Requests};
use super::{jobs, keys, notices, panels, theme, top_bar};
use crate::session::commands::learn::import::{holds_shapes, holds_table};
use crate::session::document::ImportWish;
use crate::session::preferences::ThemeChoice;
use crate::session::{Command, Session, State};
use egui::{CentralPanel, Frame, Margin, Panel, Vec2, ViewportCommand, vec2};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The longest time in a frame for handling reports of jobs.
const INBOX_BUDGET: Duration = Duration::from_millis(1);

/// The size of texts and controls for a projector, as a multiple of the chosen one.
const PROJECTOR: f32 = 1.35;
/// The size of the window in which nothing is cut, in points.
const LEAST_WINDOW: Vec2 = vec2(960.0, 600.0);
/// The same for a projector, where the left panel is hidden.
const LEAST_PRESENTED: Vec2 = vec2(700.0, 520.0);

/// The size of the window at its opening, in points.
pub const FIRST_SIZE: Vec2 = vec2(1280.0, 720.0);
/// The lines of a screen from which on texts grow with their number, if the system scales nothing: they would be too small
/// to be read.
const MANY_LINES: f32 = 1440.0;

/// The window.
pub struct App {
    session: Session,
    maps: Maps,
    sheets: Dialogs,
    dialogs: FileDialogs,
    theme: ThemeChoice,
    panel_hidden: bool,
    results: Results,
    pages: Pages,
    presenting: bool,
    quitting: bool,
    /// The size of texts and controls that the screen needs, once it is known.
    screen_scale: Option<f32>,
}

impl App {
    /// Opens on the first bundled model, or on `model` if there is one; `settings` is the file of the settings, if
    /// there is one.
    pub fn new(
        cc: &eframe::CreationContext<'_>,
        settings: Option<PathBuf>,
        model: Option<PathBuf>,
    ) -> Self {
        theme::install(&cc.egui_ctx);
        let ctx = cc.egui_ctx.clone();
        let mut session = Session::new(settings, Arc::new(move || ctx.request_repaint()));
        if let Some(path) = model {
            session.perform(Command::Open(path));
        }
        let wanted = session.state().preferences.theme;
        theme::choose(&cc.egui_ctx, wanted);
        Self {
            session,
            maps: Maps::default(),
            sheets: Dialogs::default(),
            dialogs: FileDialogs::new(cc.egui_ctx.clone()),
            theme: wanted,
            panel_hidden: false,
            results: Results::default(),
            pages: Pages::default(),
            presenting: false,
            quitting: false,
            screen_scale: None,
        }
    }

    /// The state that the window shows.
    pub fn state(&self) -> &State {
        self.session.state()
    }

    fn act(&mut self, ctx: &egui::Context, action: Request) {
        match action {
            Request::Do(command) => {
                let run = |session: &Session| session.state().search().and_then(|c| c.job);
                let before = run(&self.session);
                let import = |session: &Session| session.state().import().and_then(|c| c.job);
                let importing = import(&self.session);
                self.session.perform(command);
                if import(&self.session).is_some_and(|job| Some(job) != importing) {
                    self.sheets.open(Dialog::Data);
                }
                if run(&self.session).is_some_and(|run| Some(run) != before) {
                    self.results.show_search();
                }
            }
            Request::Show(sheet) => self.sheets.open(sheet),
            Request::HideSheet => self.sheets.close(),
            Request::BrowseOpen => self.dialogs.open(),
            Request::BrowseSave(id) => {
                self.dialogs.save(id, &self.session.state().suggested_path(id))
            }
            Request::BrowseExport(most) => {
                self.dialogs.export(most, self.session.state().shows_table());
            }
            Request::BrowseOut(export) => {
                self.dialogs.out(export, self.session.state().shows_table());
            }
            Request::ShowExport(what) => {
                let state = self.session.state();
                let mut form = ExportForm::new(state, ctx.theme() == egui::Theme::Dark);
                what.into_iter().for_each(|what| form.turn(what, state));
                self.sheets.open(Dialog::Out(form));
            }
            Request::BrowseImport => self.dialogs.import(),
            Request::BrowseShapes(wish, folder) => self.dialogs.data(wish, folder),
            Request::Race => {
                self.session.perform(Command::Race);
                if self.session.state().race().is_some_and(|race| race.job.is_some()) {
                    self.results.show_race();
                }
            }
            Request::TogglePanel => self.panel_hidden = !self.panel_hidden,
            Request::ToggleJobs => jobs::toggle_list(ctx),
            Request::TogglePresent => {
                self.presenting = !self.presenting;
            }
            Request::ToggleFullScreen => {
                let full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!full));
            }
            Request::Copy(text) => ctx.copy_text(text),
            Request::CopyPicture => {
                let board = ctx.clone();
                let callback =
                    egui::ScreenshotCallback::new(move |image| board.copy_image((*image).clone()));
                ctx.send_viewport_cmd(ViewportCommand::Screenshot(callback));
            }
            Request::StartFresh => {
                self.session.start_fresh();
                self.results = Results::default();
                self.pages = Pages::default();
                self.maps = Maps::default();
            }
            Request::Quit => {
                self.quitting = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    /// The size of texts and controls: as it was chosen, larger for a projector, and never so large that the window would
    /// cut them.
    fn zoom(&self, ctx: &egui::Context) -> f32 {
        let chosen =
            self.session.state().preferences.text_scale.factor() * self.screen_scale.unwrap_or(1.0);
        let (wanted, least) = match self.presenting {
            true => (PROJECTOR * chosen, LEAST_PRESENTED),
            false => (chosen, LEAST_WINDOW),
        };
        let room = ctx.content_rect().size() * ctx.zoom_factor() / least;
        wanted.min(f32::max(room.min_elem(), 1.0))
    }

    /// Takes the scale that the screen needs, once it is known, and lets the window grow with it.
    fn look_at_screen(&mut self, ctx: &egui::Context) {
        if self.screen_scale.is_none()
            && let Some(scale) = screen_scale(ctx)
        {
            self.screen_scale = Some(scale);
            if scale > 1.0 {
                ctx.send_viewport_cmd(ViewportCommand::InnerSize(scale * FIRST_SIZE));
            }
        }
    }

    /// Dropped files, and the request to close the window.
    fn window_events(&self, ctx: &egui::Context, actions: &mut Requests) {
        let (dropped, close) = ctx.input(|i| {
            let paths: Vec<PathBuf> =
                i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect();
            (paths, i.viewport().close_requested())
        });
        if dropped.is_empty() {
        } else if let Some(wish) = self.sheets.wish(self.session.state()) {
            actions.command(Command::Import(ImportWish { paths: dropped, only: None, ..wish }));
        } else if dropped.iter().all(|path| holds_shapes(path)) {
            let wish = ImportWish { paths: dropped, ..ImportWish::default() };
            actions.command(Command::Import(wish));
        } else {
            let shown = self.session.state().shown_table();
            if dropped.iter().any(|path| holds_table(path, shown)) {
                actions.push(Request::Show(Dialog::Data));
            }
            dropped.into_iter().for_each(|path| actions.command(Command::Open(path)));
        }
        let state = self.session.state();
        let loses = state.has_unsaved() || state.jobs.lost_by_leaving().next().is_some();
        if close && !self.quitting && loses {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            actions.push(Request::Show(Dialog::QuitUnsaved));
        }
    }
}

/// The size of texts and controls on the present screen: the usual one, or a larger one on a screen of very many lines that
/// the system does not scale. None while the screen is not known.
fn screen_scale(ctx: &egui::Context) -> Option<f32> {
    let (screen, system) = ctx.input(|i| {
        let viewport = i.viewport();
        (viewport.monitor_size, viewport.native_pixels_per_point)
    });
    let lines = screen?.y * ctx.pixels_per_point();
    let is_scaled = system.is_some_and(|system| system != 1.0);
    // In quarters.
    let scale = (4.0 * lines / MANY_LINES).floor() / 4.0;
    Some(if is_scaled { 1.0 } else { scale.max(1.0) })
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let more = self.session.drain(INBOX_BUDGET);
        let seconds = f64::from(ctx.input(|i| i.unstable_dt));
        match self.session.advance(seconds) {
            Some(wait) if wait > 0.0 => ctx.request_repaint_after(Duration::from_secs_f64(wait)),
            Some(_) => ctx.request_repaint(),
            None => (),
        }
        if more {
            ctx.request_repaint();
        }
        let wanted = self.session.state().preferences.theme;
        if self.theme != wanted {
            theme::choose(ctx, wanted);
            self.theme = wanted;
        }
        self.look_at_screen(ctx);
        ctx.set_zoom_factor(self.zoom(ctx));
        if let Some(wait) = self.session.keep_settings() {
            ctx.request_repaint_after(Duration::from_secs_f64(wait));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let mut actions = Requests::default();
        let ctx = ui.ctx().clone();
        let state = self.session.state();
        keys::read(&ctx, state, self.sheets.is_open(), &mut actions);
        self.window_events(&ctx, &mut actions);
        self.dialogs.collect(&mut actions);

        let fill = ui.visuals().panel_fill;
        let frame = |x: i8, y: i8| Frame::new().fill(fill).inner_margin(Margin::symmetric(x, y));
        Panel::top("top").exact_size(40.0).frame(frame(12, 4)).show(ui, |ui| {
            top_bar::show(ui, state, self.presenting, &mut actions);
        });
        let height = strip::height(state);
        Panel::bottom("drawer").exact_size(height).frame(frame(12, 8)).show(ui, |ui| {
            let contents = (&mut self.results, &mut self.pages);
            strip::show(ui, state, contents, &mut actions);
        });
        if !self.presenting && !self.panel_hidden {
            let left = Panel::left("controls").exact_size(260.0).resizable(false);
            left.frame(frame(14, 8)).show(ui, |ui| panels::show(ui, state, &mut actions));
        }
        Panel::right("inspector").exact_size(300.0).resizable(false).frame(frame(14, 8)).show(
            ui,
            |ui| {
                side_panel::show(ui, state, &mut actions);
            },
        );
        let map = CentralPanel::no_frame().show(ui, |ui| self.maps.show(ui, state, &mut actions));
        notices::show(&ctx, map.response.rect, state, &mut actions);
        self.sheets.show(&ctx, state, &mut actions);

        // The views have used the old state in this frame; it changes only now.
        let hovered = state.hovered_restart;
        if actions.pointed != hovered {
            actions.command(Command::HoverRestart(actions.pointed));
        }
        if !actions.list.is_empty() {
            ctx.request_repaint();
        }
        // Changes of one drag are taken back at once.
        let drags = |i: &egui::InputState| i.pointer.any_down() || i.pointer.any_released();
        self.session.set_gesture(ctx.input(drags));
        for action in actions.list {
            self.act(&ctx, action);
        }
    }
}
