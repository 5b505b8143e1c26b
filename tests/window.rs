//! The whole window, used as a person would use it: no driver, no display, by mouse and keyboard.

use egui::accesskit::{Role, Toggled};
use egui::{DroppedFile, Key, Modifiers, Pos2, Theme, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use latent_explorer::data::property::Property;
use latent_explorer::explore::compose::Visible;
use latent_explorer::model::preset::Preset;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::nn::autoencoder::Output;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::objective::{Aim, By, Goal, Space};
use latent_explorer::optimise::{Method, SearchConfig, Stage};
use latent_explorer::session::jobs::search::SearchRun;
use latent_explorer::session::jobs::training::Phase;
use latent_explorer::session::settings::Settings;
use latent_explorer::session::{Activity, State};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[path = "common/window.rs"]
mod common;
#[path = "window/jobs.rs"]
mod jobs;
#[path = "window/rediscovery.rs"]
mod rediscovery;
#[path = "window/tours.rs"]
mod tours;

use common::{Window, no_short_jobs, open_as, settle, until, usual};

fn open_in(theme: Theme) -> Window {
    open_with(theme, None)
}

/// Opens with the settings in a file, if one is named.
fn open_with(theme: Theme, settings: Option<PathBuf>) -> Window {
    open_as(usual(theme), settings)
}

fn open() -> Window {
    open_in(Theme::Light)
}

fn state(window: &Window) -> &State {
    window.state().state()
}

fn map(window: &Window) -> egui::Rect {
    window.get_by_label("Map of the latent space").rect()
}

/// A place on the map, from its lower left corner (0, 0) to its upper right one (1, 1).
fn on_map(window: &Window, x: f32, y: f32) -> Pos2 {
    let rect = map(window);
    egui::pos2(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
}

/// The map coordinates of the same place.
fn map_point(window: &Window, x: f64, y: f64) -> [f64; 2] {
    let view = state(window).map.view;
    [0, 1].map(|k| view.low[k] + [x, y][k] * view.size()[k])
}

fn near(a: [f64; 2], b: [f64; 2]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.02)
}

/// Lets go of what the last events have led to: the frame that acts, and one that shows it.
fn act(window: &mut Window) {
    window.step();
    window.step();
}

fn click_at(window: &mut Window, at: Pos2, button: egui::PointerButton) {
    window.hover_at(at);
    for pressed in [true, false] {
        let modifiers = Modifiers::NONE;
        window.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
    }
    act(window);
}

fn click(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    act(window);
}

/// A button of the left panel; the top bar has one of the same name for each activity.
fn in_panel<'w>(window: &'w Window, name: &'w str) -> Option<Node<'w>> {
    let mut buttons = window.query_all_by_role_and_label(Role::Button, name);
    buttons.find(|button| button.rect().right() < 262.0)
}

fn press(window: &mut Window, name: &str) {
    in_panel(window, name).unwrap_or_else(|| panic!("no button '{name}' at the left")).click();
    act(window);
}

fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    act(window);
}

fn ctrl(window: &mut Window, key: Key) {
    window.key_press_modifiers(Modifiers::CTRL | Modifiers::COMMAND, key);
    act(window);
}

/// Types a number into a field, digit by digit, and confirms it.
fn set(window: &mut Window, name: &str, number: usize) {
    scroll_to(window, Role::SpinButton, name);
    window.get_by_role_and_label(Role::SpinButton, name).click();
    act(window);
    for digit in number.to_string().chars() {
        let pressed = Key::from_name(&digit.to_string()).unwrap();
        window.key_down(pressed);
        window.event(egui::Event::Text(digit.to_string()));
        window.key_up(pressed);
    }
    key(window, Key::Enter);
}

/// Opens what is folded away under a title that begins so, unless what it holds is there already.
fn unfold(window: &mut Window, title: &str, holds: &str) {
    let is_there = |window: &Window| window.query_all_by_label(holds).next().is_some();
    if !is_there(window) {
        let folded = window.query_all_by_label_contains(title).next();
        folded.unwrap_or_else(|| panic!("no '{title}'")).click_accesskit();
        settle(window);
    }
    assert!(is_there(window), "'{holds}' under '{title}'");
}

/// A control of the left panel that may lie below what is in sight.
fn scroll_to(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).scroll_to_me();
    settle(window);
}

/// Chooses from a menu of the left panel.
fn choose(window: &mut Window, menu: &str, choice: &str) {
    scroll_to(window, Role::ComboBox, menu);
    window.get_by_role_and_label(Role::ComboBox, menu).click();
    settle(window);
    // The menu lies over everything; a button of the same name may stand below it.
    let choices = window.query_all_by_role_and_label(Role::Button, choice);
    choices.last().unwrap_or_else(|| panic!("no '{choice}' under '{menu}'")).click();
    settle(window);
}

fn tick(window: &mut Window, name: &str) {
    scroll_to(window, Role::CheckBox, name);
    window.get_by_role_and_label(Role::CheckBox, name).click();
    settle(window);
}

/// Presses a button that may lie below what is in sight.
fn press_below(window: &mut Window, name: &str) {
    scroll_to(window, Role::Button, name);
    press(window, name);
    settle(window);
}

fn said(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

/// Begins a training of few shapes.
fn train(window: &mut Window, epochs: usize) {
    // Of 180 shapes in batches of 32; 20 are held out.
    let updates = 6 * epochs;
    key(window, Key::Num2);
    assert_eq!(state(window).activity, Activity::Train);
    window.get_by_label_contains("9 families").click();
    act(window);
    settle(window);
    set(window, "Shapes", 200);
    click(window, "Done");
    assert_eq!(state(window).settings.recipe.samples, 200);
    set(window, "Updates", updates);
    assert_eq!(state(window).settings.training.updates, updates);
    assert_eq!(state(window).activity, Activity::Train, "digits in a field turn no page");
    press(window, "Train");
    assert_eq!(state(window).training.phase, Phase::Running);
}

/// Waits for the end of a training and for the sentence that says which end it was.
fn until_trained(window: &mut Window, sentence: &str) {
    until(window, "the end of the training", |state| state.training.run.is_none());
    act(window);
    assert!(said(window, sentence), "{sentence}");
    settle(window);
}

/// Climbs with few restarts and waits until the playback has come to its end.
fn climb(window: &mut Window) {
    key(window, Key::Num3);
    set(window, "Restarts", 8);
    unfold(window, "More", "Steps");
    set(window, "Steps", 40);
    assert!(said(window, "8 restarts \u{d7} 40 steps, about"), "the cost is said before");
    press(window, "Climb");
    until(window, "the end of the climb", |state| state.report().is_some());
    until(window, "the end of the playback", |state| {
        state.climb.as_ref().is_some_and(|climb| climb.playback.share >= 1.0)
    });
    settle(window);
}

#[test]
fn it_opens_on_a_map_to_explore() {
    let window = open();
    assert_eq!(state(&window).activity, Activity::Explore);
    assert_eq!(state(&window).visible(), Visible { shapes: true, ..Visible::default() });
    assert!(state(&window).map.picture.grid.is_some());
    assert!(window.query_by_label("Nine families").is_some(), "the model's name");
    assert!(window.query_by_label("No shape yet").is_some());
    let map = map(&window);
    assert!(map.width() > 600.0 && map.height() > 500.0, "{map:?}");
}

#[test]
fn hovering_shows_the_shape_and_clicking_keeps_it() {
    let mut window = open();
    window.hover_at(on_map(&window, 0.4, 0.6));
    act(&mut window);
    window.get_by_label("The shape at the cursor");
    let probe = state(&window).map.probe.clone().unwrap();
    assert!(near(probe.at, map_point(&window, 0.4, 0.6)), "{:?}", probe.at);
    assert_eq!(probe.outline.len(), 200);
    assert!(said(&window, &probe.verdict.sentence()), "trust is said in a sentence");

    window.remove_cursor();
    act(&mut window);
    assert!(state(&window).map.probe.is_none());
    window.get_by_label("No shape yet");

    let at = on_map(&window, 0.3, 0.5);
    click_at(&mut window, at, egui::PointerButton::Primary);
    window.remove_cursor();
    settle(&mut window);
    window.get_by_label("The shape at the cursor");
    let picked = state(&window).map.picked.clone().unwrap();
    assert!(near(picked.at, map_point(&window, 0.3, 0.5)));
    key(&mut window, Key::ArrowRight);
    let moved = state(&window).map.picked.clone().unwrap();
    assert!(moved.at[0] > picked.at[0] && moved.at[1] == picked.at[1]);
    key(&mut window, Key::Escape);
    assert!(state(&window).map.picked.is_none());
}

#[test]
fn the_right_button_pins_and_takes_out() {
    let mut window = open();
    for (x, pins) in [(0.3, 1), (0.6, 2)] {
        let at = on_map(&window, x, 0.5);
        click_at(&mut window, at, egui::PointerButton::Secondary);
        assert_eq!(state(&window).map.pins.len(), pins);
    }
    settle(&mut window);
    click(&mut window, "Pin 2");
    let back = state(&window).map.picked.as_ref().unwrap().at;
    assert!(near(back, map_point(&window, 0.6, 0.5)));
    window.get_by_label("Pin 1").click_secondary();
    act(&mut window);
    assert_eq!(state(&window).map.pins.len(), 1);
    ctrl(&mut window, Key::Z);
    assert_eq!(state(&window).map.pins.len(), 2);
}

#[test]
fn dragging_and_the_wheel_move_the_map() {
    let mut window = open();
    let before = state(&window).map.view;
    let (from, to) = (on_map(&window, 0.5, 0.5), on_map(&window, 0.6, 0.5));
    window.hover_at(from);
    window.drag_at(from);
    window.hover_at(to);
    window.drop_at(to);
    act(&mut window);
    let moved = state(&window).map.view;
    let shift = (before.low[0] - moved.low[0]) / before.size()[0];
    assert!((shift - 0.1).abs() < 0.02, "{shift}");
    window.hover_at(from);
    window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 60.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    settle(&mut window);
    assert!(state(&window).map.view.size()[0] < moved.size()[0], "the wheel zooms in");
    key(&mut window, Key::F);
    settle(&mut window);
    assert_eq!(state(&window).map.view.size(), before.size());
}

#[test]
fn three_epochs_are_trained_and_the_old_model_stays() {
    let mut window = open();
    train(&mut window, 3);
    until_trained(&mut window, "Training finished after 18 updates (3 epochs)");
    let (_, entry) = state(&window).shown().unwrap();
    assert_eq!(entry.prepared.model.card.history.len(), 3);
    assert!(said(&window, "Update 18 of 18: epoch 3.0, done"), "the drawer says how far it is");
    window.get_by_label_contains("Trained").click();
    act(&mut window);
    settle(&mut window);
    click(&mut window, "Nine families");
    settle(&mut window);
    assert_eq!(state(&window).shown().unwrap().1.name, "Nine families");
    assert_eq!(state(&window).models.len(), 2);
}

#[test]
fn a_training_pauses_with_space_and_stopping_keeps_what_it_learned() {
    let mut window = open();
    train(&mut window, 5000);
    until(&mut window, "the second epoch", |state| state.training.epochs >= 1.0);
    key(&mut window, Key::Space);
    assert_eq!(state(&window).training.phase, Phase::Paused);
    act(&mut window);
    assert!(in_panel(&window, "Go on").is_some() && said(&window, "paused"));
    press(&mut window, "Go on");
    assert_eq!(state(&window).training.phase, Phase::Running);
    press(&mut window, "Stop");
    until_trained(&mut window, "what it learned is kept");
    let (_, entry) = state(&window).shown().unwrap();
    assert!(entry.unsaved && !entry.prepared.model.card.history.is_empty());
    assert!(in_panel(&window, "Train").is_some(), "the next can begin");
    click(&mut window, "Open curves and results");
    settle(&mut window);
    assert!(map(&window).height() < 450.0, "the drawer is open");
}

#[test]
fn a_climb_ends_with_a_star_a_table_and_a_playback() {
    let mut window = open();
    climb(&mut window);
    let star = state(&window).climb.as_ref().unwrap().star();
    assert!(star.is_some() && star == state(&window).report().unwrap().best_believable);
    assert!(said(&window, "Step 40 of 40: value"));
    window.get_by_label("The shape before and after");
    assert!(said(&window, "Best believable answer"));

    key(&mut window, Key::Space);
    let playback = state(&window).climb.as_ref().unwrap().playback;
    assert!(playback.playing && playback.share < 0.2, "{playback:?}");
    until(&mut window, "some playback", |s| s.climb.as_ref().unwrap().playback.share > 0.1);
    key(&mut window, Key::Space);
    let held = state(&window).climb.as_ref().unwrap().playback;
    assert!(!held.playing);
    window.run_steps(3);
    assert_eq!(state(&window).climb.as_ref().unwrap().playback, held, "a pause is a pause");
    window.get_by_role_and_label(Role::Button, "Play");
    key(&mut window, Key::Period);
    assert!(state(&window).climb.as_ref().unwrap().playback.share > held.share);

    click(&mut window, "Open curves and results");
    settle(&mut window);
    let row = window.get_all_by_label("steps done").next().expect("a row for each restart");
    row.click();
    act(&mut window);
    let chosen = state(&window).climb.as_ref().unwrap().chosen.expect("a row lifts its way out");
    settle(&mut window);
    let title = format!("Restart {}", chosen + 1);
    assert!(window.query_by_label(&title).is_some(), "the inspector shows it");
    key(&mut window, Key::Escape);
    assert!(state(&window).climb.as_ref().unwrap().chosen.is_none());
    press(&mut window, "Clear");
    assert!(state(&window).climb.is_none());
    settle(&mut window);
    ctrl(&mut window, Key::Z);
    assert!(state(&window).report().is_some());
    settle(&mut window);
}

fn shown_climb(window: &Window) -> &SearchRun {
    state(window).climb.as_ref().unwrap()
}

#[test]
fn the_results_have_their_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    climb(&mut window);
    click(&mut window, "Open curves and results");
    settle(&mut window);
    // Restarts: a reason is a filter.
    let rows = |window: &Window| window.query_all_by_label("steps done").count();
    assert!(rows(&window) > 0);
    window.get_by_label("8 steps done").click();
    act(&mut window);
    settle(&mut window);

    click(&mut window, "Hills");
    settle(&mut window);
    window.get_by_label_contains("Hill 1: ").click();
    act(&mut window);
    let top = state(&window).report().unwrap().hills.all[0].top;
    assert_eq!((shown_climb(&window).hill, shown_climb(&window).chosen), (Some(0), Some(top)));
    settle(&mut window);
    window.get_by_label_contains("Hill 1: ").click();
    act(&mut window);
    assert_eq!((shown_climb(&window).hill, shown_climb(&window).chosen), (None, None));

    click(&mut window, "Candidates");
    settle(&mut window);
    let candidate = shown_climb(&window).findings.as_ref().unwrap().candidates[0].restart;
    window.get_by_label_contains("Candidate c1-").click();
    act(&mut window);
    assert_eq!(shown_climb(&window).chosen, Some(candidate));
    let typed = |window: &mut Window, button: &str, path: &Path| {
        click(window, button);
        settle(window);
        let field = window.get_by_role_and_label(Role::TextInput, "Path");
        field.set_text_value_accesskit(path.to_str().unwrap());
        act(window);
    };
    let table = folder.path().join("out.csv");
    typed(&mut window, "Export\u{2026}", &table);
    click(&mut window, "Export");
    until(&mut window, "the end of writing", no_short_jobs);
    assert!(std::fs::read_to_string(&table).unwrap().starts_with("id,x0,y0,"));
    let measured = folder.path().join("measured.csv");
    let id = shown_climb(&window).findings.as_ref().unwrap().candidates[0].id.clone();
    std::fs::write(&measured, format!("id,roundness [%]\n{id},0.9\nc77,1\n")).unwrap();
    typed(&mut window, "Import measured\u{2026}", &measured);
    click(&mut window, "Import");
    settle(&mut window);
    assert!(said(&window, "line 3: no candidate is called 'c77'"));
    assert!(said(&window, "measured 0.900 %"), "the card says so");
}

#[test]
fn the_export_sheet_writes_and_keeps_the_path_of_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    ctrl(&mut window, Key::E);
    settle(&mut window);
    click(&mut window, "SVG");
    settle(&mut window);
    let path = |window: &Window| window.get_by_role_and_label(Role::TextInput, "Path").value();
    assert_eq!(path(&window).as_deref(), Some("map.svg"), "the format is the ending");
    click(&mut window, "Losses");
    settle(&mut window);
    assert_eq!(path(&window).as_deref(), Some("losses.png"), "the name follows what leaves");
    let typed = |window: &mut Window, path: &Path| {
        let field = window.get_by_role_and_label(Role::TextInput, "Path");
        field.set_text_value_accesskit(path.to_str().unwrap());
        act(window);
        settle(window);
    };
    let missing = folder.path().join("no/losses.png");
    typed(&mut window, &missing);
    click(&mut window, "Export");
    until(&mut window, "the failure", |state| state.export.failed.is_some());
    settle(&mut window);
    assert_eq!(path(&window).as_deref(), missing.to_str());
    let whole = folder.path().join("losses.png");
    typed(&mut window, &whole);
    click(&mut window, "Export");
    until(&mut window, "the picture", |state| {
        state.export.run.is_none() && state.export.failed.is_none()
    });
    settle(&mut window);
    assert!(std::fs::read(&whole).unwrap().starts_with(b"\x89PNG"));
    let field = window.query_by_role_and_label(Role::TextInput, "Path");
    assert!(field.is_none(), "what is written takes the sheet away");
}

#[test]
fn a_restart_under_the_mouse_lights_up_everywhere() {
    let mut window = open();
    climb(&mut window);
    click(&mut window, "Open curves and results");
    settle(&mut window);
    let row = window.get_all_by_label("steps done").nth(1).expect("a row for each restart");
    let at = row.rect().center();
    window.hover_at(at);
    act(&mut window);
    let second = shown_climb(&window).findings.as_ref().unwrap().order[1];
    assert_eq!(shown_climb(&window).hovered, Some(second), "in the table");
    window.remove_cursor();
    act(&mut window);
    assert_eq!(shown_climb(&window).hovered, None);

    // On the map, where its way has come to.
    settle(&mut window);
    let (view, rect) = (state(&window).map.view, map(&window));
    let climb = shown_climb(&window);
    let heads: Vec<[f64; 2]> =
        (0..8).filter_map(|i| climb.paths.head(i, climb.shown_step())).collect();
    let head = heads.iter().position(|&head| view.contains(head)).expect("one is in sight");
    let share = [0, 1].map(|k| ((heads[head][k] - view.low[k]) / view.size()[k]) as f32);
    let at =
        egui::pos2(rect.left() + share[0] * rect.width(), rect.bottom() - share[1] * rect.height());
    window.hover_at(at);
    act(&mut window);
    let hovered = shown_climb(&window).hovered.expect("the mouse is on a ring");
    let distance = |i: usize| {
        [0, 1].iter().map(|&k| (heads[i][k] - heads[head][k]).powi(2)).sum::<f64>().sqrt()
    };
    assert!(distance(hovered) < 0.2, "{hovered} for {head}");
}

#[test]
fn a_climb_under_way_is_scrubbed() {
    // No restart ends by itself.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let search = SearchConfig { patience: None, ..SearchConfig::default() };
    Settings { search, ..Settings::default() }.save(&path).unwrap();
    let mut window = open_with(Theme::Light, Some(path));
    key(&mut window, Key::Num3);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 20_000);
    press(&mut window, "Climb");
    until(&mut window, "some steps", |state| {
        state.climb.as_ref().is_some_and(|c| c.paths.last_step() > 30)
    });
    act(&mut window);
    assert!(said(&window, "climbing") && window.query_by_label("Live").is_none());
    click(&mut window, "One step back");
    assert!(!shown_climb(&window).is_live());
    let held = shown_climb(&window).shown_step();
    let steps = shown_climb(&window).paths.last_step();
    until(&mut window, "more steps", |s| s.climb.as_ref().unwrap().paths.last_step() > steps);
    assert!((shown_climb(&window).shown_step() - held).abs() < 1e-6);
    window.get_by_label("The shape at this step");
    click(&mut window, "Live");
    assert!(shown_climb(&window).is_live());
    click(&mut window, "Open curves and results");
    key(&mut window, Key::Escape);
    until(&mut window, "the end of the climb", |state| state.report().is_some());
    settle(&mut window);
}

#[test]
fn methods_race_and_each_has_its_line_and_its_card() {
    let mut window = open();
    key(&mut window, Key::Num3);
    set(&mut window, "Restarts", 6);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 30);
    press(&mut window, "Race");
    let over = |state: &State| state.race.as_ref().is_some_and(|race| race.results.is_some());
    until(&mut window, "the end of the race", over);
    settle(&mut window);
    assert!(map(&window).height() < 450.0, "the drawer has opened");
    assert!(said(&window, "first") || said(&window, "No answer can be believed"));
    for lane in ["Adam: ", "CMA-ES: ", "Random search: "] {
        window.get_by_label_contains(lane);
    }
    window.get_by_label_contains("CMA-ES: ").click();
    act(&mut window);
    window.get_by_label("The answer and what the model makes of it");
    let race = state(&window).race.as_ref().unwrap();
    assert_eq!(race.chosen, Some(1));
    assert!(state(&window).map.picked.is_some(), "it is kept on the map");
    key(&mut window, Key::Escape);
    assert!(state(&window).race.as_ref().unwrap().chosen.is_none());

    for name in ["Values", "Values + gradients"] {
        click(&mut window, name);
    }
    window.get_by_label("Log").click();
    settle(&mut window);
    click(&mut window, "Add");
    settle(&mut window);
    let choices = window.query_all_by_role_and_label(Role::CheckBox, "Adam on the shape");
    choices.last().unwrap().click();
    settle(&mut window);
    assert_eq!(state(&window).settings.race.to_string(), "adam,cma-es,random,adam-input");
    key(&mut window, Key::Escape);
    settle(&mut window);
    click(&mut window, "Race again");
    until(&mut window, "a race of four", |state| {
        state.race.as_ref().is_some_and(|race| race.results.is_some() && race.lanes.0.len() == 4)
    });
    settle(&mut window);
    window.get_by_label_contains("Adam on the shape: ");

    // A climb turns to its own results; the race is a tab away.
    climb(&mut window);
    assert!(window.query_by_label("Hills").is_some());
    assert!(window.query_by_label_contains("CMA-ES: ").is_none());
    // A button of that name stands in the panel too.
    let tabs = window.query_all_by_role_and_label(Role::Button, "Race");
    tabs.max_by(|a, b| a.rect().top().total_cmp(&b.rect().top())).unwrap().click();
    settle(&mut window);
    window.get_by_label_contains("CMA-ES: ");
    click(&mut window, "Clear race");
    assert!(state(&window).race.is_none() && state(&window).climb.is_some());
    ctrl(&mut window, Key::Z);
    assert!(state(&window).race.is_some());
}

#[test]
fn one_restart_is_walked_by_hand() {
    let mut window = open();
    key(&mut window, Key::Num3);
    let at = on_map(&window, 0.4, 0.6);
    click_at(&mut window, at, egui::PointerButton::Primary);
    window.remove_cursor();
    press(&mut window, "By hand");
    settle(&mut window);
    let walk = |window: &Window| state(window).walk.clone().unwrap();
    assert!(near(walk(&window).path()[0], state(&window).map.picked.as_ref().unwrap().at));
    assert!(said(&window, "Step 0 of 500: Value, 1 of 5") && said(&window, "roundness = "));
    window.get_by_label("What moves and what is locked");
    for (pressed, sentence) in [
        (Key::Period, "Gradient, 2 of 5"),
        (Key::Period, "m0 = 0.9 × 0 + 0.1 × "),
        (Key::Period, "m_hat0 = "),
        (Key::Comma, "v: "),
        (Key::Space, "Step 1 of 500: Value, 1 of 5"),
    ] {
        key(&mut window, pressed);
        assert!(said(&window, sentence), "{sentence}");
    }
    click(&mut window, "Next stage");
    assert_eq!(walk(&window).by_hand.stage(), Stage::Gradient);
    let lit = window.get_by_label_contains("loss.backward()");
    assert_eq!(lit.accesskit_node().toggled(), Some(Toggled::True), "the running line is lit");
    click(&mut window, "10 steps");
    assert_eq!(walk(&window).path().len(), 12);
    click(&mut window, "Start again");
    assert_eq!(walk(&window).path().len(), 1);

    click(&mut window, "Show code");
    settle(&mut window);
    assert!(said(&window, "The same search in PyTorch") && said(&window, "--starts starts.csv"));
    let copied = |window: &Window| {
        window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    };
    window.get_by_role_and_label(Role::Button, "Copy script").click();
    window.step();
    let script = copied(&window).expect("a script on the clipboard");
    assert!(script.starts_with("import") && script.contains("loss = -roundness(x)"), "{script}");
    click(&mut window, "Close");
    key(&mut window, Key::Escape);
    assert!(state(&window).walk.is_none());
    settle(&mut window);
    assert!(map(&window).height() > 500.0, "the drawer has nothing left to show");
}

#[test]
fn a_double_click_climbs_from_there() {
    let mut window = open();
    key(&mut window, Key::Num3);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 30);
    key(&mut window, Key::Num1);
    let at = on_map(&window, 0.45, 0.55);
    let point = map_point(&window, 0.45, 0.55);
    for _ in 0..2 {
        click_at(&mut window, at, egui::PointerButton::Primary);
    }
    until(&mut window, "the end of the climb", |state| state.report().is_some());
    let report = state(&window).report().unwrap();
    assert_eq!(report.restarts.len(), 1);
    let start = report.restarts[0].restart.start();
    assert!(near([start[0], start[1]], point), "{start:?} {point:?}");
}

#[test]
fn escape_stops_a_climb() {
    let mut window = open();
    key(&mut window, Key::Num3);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 20_000);
    unfold(&mut window, "Schedule", "Stop on a plateau");
    tick(&mut window, "Stop on a plateau");
    assert_eq!(state(&window).settings.search.patience, None);
    press(&mut window, "Climb");
    until(&mut window, "some steps", |state| {
        state.climb.as_ref().is_some_and(|c| c.paths.last_step() > 2)
    });
    assert!(in_panel(&window, "Stop").is_some() && said(&window, "climbing"));
    key(&mut window, Key::Escape);
    until(&mut window, "the end of the climb", |state| state.report().is_some());
    assert!(state(&window).report().unwrap().restarts[0].restart.steps < 20_000);
    act(&mut window);
    assert!(said(&window, "Climb stopped"));
}

fn sought(window: &Window) -> &Aim {
    &state(window).settings.search.aim
}

#[test]
fn terms_are_added_weighed_matched_and_taken_out() {
    let mut window = open();
    key(&mut window, Key::Num3);
    press(&mut window, "Match");
    let middle = state(&window).usual_target(Property::Roundness);
    assert_eq!(sought(&window).goal(), Goal::Target(middle), "a target to begin with");
    set(&mut window, "Target", 1);
    assert_eq!(sought(&window).goal(), Goal::Target(1.0));
    choose(&mut window, "Property", "Area");
    let middle = state(&window).usual_target(Property::Area);
    assert_eq!(sought(&window).goal(), Goal::Target(middle), "another property, another target");

    press(&mut window, "+ Term");
    settle(&mut window);
    assert_eq!(sought(&window).terms[1].property, Property::Roundness, "one that is free");
    choose(&mut window, "Property 2", "Perimeter");
    choose(&mut window, "Goal 2", "Minimise");
    set(&mut window, "Weight 2", 3);
    let second = sought(&window).terms[1];
    assert_eq!(second.to_string(), "perimeter:min:weight=3");
    assert_eq!(state(&window).property(), Property::Area, "the first colours the map");
    press(&mut window, "Remove term 1");
    settle(&mut window);
    assert_eq!((sought(&window).terms.len(), state(&window).property()), (1, Property::Perimeter));
    assert!(in_panel(&window, "Minimise").is_some(), "one term has plain controls again");
}

#[test]
fn penalties_constraints_and_schedules_are_set_under_more() {
    let mut window = open();
    key(&mut window, Key::Num3);
    tick(&mut window, "Stay inside the data");
    assert!(sought(&window).inside > 0.0);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Penalties", "L2");
    set(&mut window, "L2", 2);
    set(&mut window, "Alignment", 3);
    set(&mut window, "Inside the data", 0);
    assert_eq!(
        (sought(&window).l2, sought(&window).align, sought(&window).inside),
        (2.0, 3.0, 0.0)
    );
    assert!(said(&window, "Penalties: L2, alignment"));

    unfold(&mut window, "Constraints", "+ Constraint");
    press_below(&mut window, "+ Constraint");
    choose(&mut window, "Constrained 1", "Perimeter");
    choose(&mut window, "Side 1", "at most");
    set(&mut window, "Bound 1", 7);
    assert_eq!(sought(&window).constraints[0].to_string(), "perimeter<=7");
    assert!(said(&window, "Constraints: 1"));
    press_below(&mut window, "Remove constraint 1");
    assert!(sought(&window).constraints.is_empty());

    unfold(&mut window, "Schedule", "Slow down on a plateau");
    set(&mut window, "After steps", 7);
    set(&mut window, "Patience", 9);
    let search = &state(&window).settings.search;
    assert_eq!((search.plateau.unwrap().patience, search.patience), (7, Some(9)));
    tick(&mut window, "Slow down on a plateau");
    tick(&mut window, "Stop on a plateau");
    let search = &state(&window).settings.search;
    assert_eq!((search.plateau, search.patience), (None, None));
    settle(&mut window);
}

#[test]
fn methods_and_spaces_that_exclude_each_other_follow_each_other() {
    let mut window = open();
    key(&mut window, Key::Num3);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Method", "Moves");
    let search = |window: &Window| state(window).settings.search.clone();
    press_below(&mut window, "Shape itself");
    set(&mut window, "Step size", 2);
    assert_eq!((search(&window).space, search(&window).input_rate), (Space::Input, 2.0));
    assert_eq!(search(&window).rate, 0.1, "each space has its own");
    choose(&mut window, "Method", "CMA-ES");
    assert_eq!((search(&window).method, search(&window).space), (Method::CmaEs, Space::Latent));
    assert!(said(&window, "First spread") && search(&window).check().is_ok());
    press_below(&mut window, "Shape itself");
    assert_eq!((search(&window).method, search(&window).space), (Method::Adam, Space::Input));
    // The sample models have a head for every property.
    assert_eq!(sought(&window).by, By::Geometry);
    press_below(&mut window, "Head");
    assert_eq!(sought(&window).by, By::Head);
    press_below(&mut window, "Geometry");
    assert_eq!(sought(&window).by, By::Geometry);
}

#[test]
fn starts_lie_around_the_kept_point_once_there_is_one() {
    let mut window = open();
    key(&mut window, Key::Num3);
    set(&mut window, "Restarts", 6);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Starts", "From");
    choose(&mut window, "From", "kept point");
    assert!(said(&window, "Click the map to keep a point."));
    press(&mut window, "Climb");
    settle(&mut window);
    assert!(said(&window, "click the map to keep the point") && state(&window).climb.is_none());
    let at = on_map(&window, 0.5, 0.5);
    click_at(&mut window, at, egui::PointerButton::Primary);
    set(&mut window, "Spread", 0);
    assert!(said(&window, "1 restart \u{d7} 500 steps"), "more would be copies");
    press(&mut window, "Climb");
    until(&mut window, "the end of the climb", |state| state.report().is_some());
    let start = state(&window).report().unwrap().restarts[0].restart.start().to_vec();
    assert_eq!(start, state(&window).map.picked.as_ref().unwrap().z);
}

/// Opens the path that is typed into the sheet for it.
fn open_typed(window: &mut Window, path: &Path) {
    ctrl(window, Key::O);
    window.get_by_role_and_label(Role::TextInput, "Path").focus();
    act(window);
    window.event(egui::Event::Text(path.display().to_string()));
    key(window, Key::Enter);
    until(window, "the end of opening", no_short_jobs);
    act(window);
}

#[test]
fn a_broken_file_is_told_by_name_and_the_model_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.safetensors");
    std::fs::write(&path, "not a model").unwrap();
    let mut window = open();
    let before = state(&window).shown_version();
    open_typed(&mut window, &path);
    assert!(said(&window, path.to_str().unwrap()) && said(&window, "is not a checkpoint"));
    assert_eq!(state(&window).shown_version(), before);
    settle(&mut window);
    click(&mut window, "Dismiss");
    assert!(!said(&window, "is not a checkpoint"));
    assert_eq!(state(&window).notices.iter().count(), 0);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_model_is_saved_by_its_sheet_and_opens_by_dropping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.safetensors");
    let mut window = open();
    ctrl(&mut window, Key::S);
    let field = window.get_by_role_and_label(Role::TextInput, "Path");
    assert_eq!(field.value().as_deref(), Some("nine_families.safetensors"));
    field.set_text_value_accesskit(path.to_str().unwrap());
    act(&mut window);
    click(&mut window, "Save");
    until(&mut window, "the end of saving", no_short_jobs);
    assert_eq!(state(&window).shown().unwrap().1.name, "kept");
    assert!(path.exists());
    window.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    act(&mut window);
    settle(&mut window);
    assert_eq!(state(&window).shown().unwrap().1.path.as_deref(), Some(path.as_path()));
    ctrl(&mut window, Key::O);
    window.get_by_label("kept.safetensors");
    click(&mut window, "Cancel");
    assert!(window.query_by_label("kept.safetensors").is_none());
}

#[test]
fn unsaved_work_is_asked_about_before_it_is_lost() {
    let mut window = open();
    train(&mut window, 1);
    until_trained(&mut window, "Training finished");
    let close = |window: &mut Window| {
        window.get_by_label_contains("Trained").click();
        act(window);
        click(window, "Close");
        settle(window);
    };
    close(&mut window);
    assert!(said(&window, "without saving?"));
    click(&mut window, "Cancel");
    assert_eq!(state(&window).models.len(), 2);

    let viewport = window.input_mut().viewports.get_mut(&ViewportId::ROOT).unwrap();
    viewport.events.push(ViewportEvent::Close);
    window.step();
    let commands = &window.output().viewport_output[&ViewportId::ROOT].commands;
    assert!(commands.contains(&ViewportCommand::CancelClose), "{commands:?}");
    settle(&mut window);
    assert!(said(&window, "Leave without saving?"));
    click(&mut window, "Stay");
    assert!(!said(&window, "Leave without saving?"));

    close(&mut window);
    click(&mut window, "Close without saving");
    settle(&mut window);
    assert_eq!(state(&window).models.len(), 1);
    let viewport = window.input_mut().viewports.get_mut(&ViewportId::ROOT).unwrap();
    viewport.events.push(ViewportEvent::Close);
    window.step();
    let commands = &window.output().viewport_output[&ViewportId::ROOT].commands;
    assert!(!commands.contains(&ViewportCommand::CancelClose), "nothing is lost any more");
}

#[test]
fn heads_are_learned_from_the_panel() {
    let mut window = open();
    train(&mut window, 1);
    until_trained(&mut window, "Training finished");
    let fold = window.get_by_label("Predict properties").rect().center();
    click_at(&mut window, fold, egui::PointerButton::Primary);
    settle(&mut window);
    click(&mut window, "Learn roundness");
    until(&mut window, "the head", |state| state.heads.is_none());
    act(&mut window);
    assert!(said(&window, "Predicted now: Roundness R\u{b2} "));
    assert!(window.query_by_label("Learn roundness").is_none(), "it is there");
    window.get_by_label("Learn area");
    settle(&mut window);
    click(&mut window, "Learn all");
    until(&mut window, "the heads", |state| state.heads.is_none());
    act(&mut window);
    let (_, entry) = state(&window).shown().unwrap();
    assert_eq!(entry.prepared.model.heads().len(), 4);
    assert!(window.query_by_label("Learn all").is_none(), "there is nothing left to learn");
    settle(&mut window);

    let fold = window.get_by_label("More").rect().center();
    click_at(&mut window, fold, egui::PointerButton::Primary);
    settle(&mut window);
    window.get_by_role_and_label(Role::CheckBox, "Perimeter").click_accesskit();
    act(&mut window);
    window.get_by_role_and_label(Role::CheckBox, "Area").click_accesskit();
    act(&mut window);
    let training = &state(&window).settings.training;
    assert_eq!(training.heads, [Property::Area, Property::Perimeter]);
    settle(&mut window);
    window.get_by_role_and_label(Role::SpinButton, "Head weight");
}

#[test]
fn keys_switch_layers_and_hide_the_panel() {
    let mut window = open();
    for (pressed, layer) in [
        (Key::G, (|v| v.shapes) as fn(Visible) -> bool),
        (Key::H, |v| v.heat),
        (Key::D, |v| v.data),
        (Key::P, |v| v.paths),
        (Key::T, |v| v.trust),
        (Key::V, |v| v.gradient),
    ] {
        let before = layer(state(&window).visible());
        key(&mut window, pressed);
        assert_ne!(layer(state(&window).visible()), before, "{pressed:?}");
        settle(&mut window);
    }
    let width = map(&window).width();
    key(&mut window, Key::Tab);
    settle(&mut window);
    assert!(map(&window).width() > width + 200.0);
    key(&mut window, Key::Tab);
    settle(&mut window);
    assert_eq!(map(&window).width(), width);
}

#[test]
fn nothing_is_set_but_what_is_pressed_and_a_preset_says_what_it_sets() {
    let mut window = open();
    key(&mut window, Key::Num2);
    let usual = TrainingConfig::default();
    let training = |window: &Window| state(window).settings.training.clone();
    press(&mut window, "BCE");
    settle(&mut window);
    assert_eq!(training(&window), TrainingConfig { loss: Reconstruction::Bce, ..usual.clone() });
    assert!(said(&window, "output sigmoid") && said(&window, "preset bce"), "it cannot be trained");
    press(&mut window, "Sigmoid");
    settle(&mut window);
    let wanted = TrainingConfig { output: Output::Sigmoid, ..training(&window) };
    assert!(training(&window).check().is_ok() && training(&window) == wanted);
    assert_eq!(training(&window).beta, usual.beta, "beta stays");
    assert!(!said(&window, "preset bce"));

    for preset in Preset::ALL {
        let menu = in_panel_beginning(&window, "Preset");
        click_at(&mut window, menu, egui::PointerButton::Primary);
        settle(&mut window);
        click(&mut window, preset.label());
        settle(&mut window);
        let mut wanted = usual.clone();
        preset.apply(&mut wanted);
        assert_eq!(training(&window), wanted);
        assert!(said(&window, &preset.about()), "{preset:?} says what it has set");
    }
}

/// The middle of the button of the left panel whose name begins so.
fn in_panel_beginning(window: &Window, name: &str) -> Pos2 {
    let buttons = window.query_all_by_label_contains(name);
    let button = buttons.into_iter().find(|b| b.accesskit_node().role() == Role::Button);
    button.unwrap_or_else(|| panic!("no button '{name}..'")).rect().center()
}

/// Goes through every page, sheet and menu: `run` checks that every input has a name, and layout that
/// every glyph is there.
fn look_at_everything(theme: Theme) {
    let mut window = open_in(theme);
    for page in [Key::Num1, Key::Num2, Key::Num3] {
        key(&mut window, page);
        settle(&mut window);
        for fold in ["Predict properties", "More"] {
            let folded: Vec<Pos2> =
                window.query_all_by_label(fold).map(|more| more.rect().center()).collect();
            for at in folded {
                click_at(&mut window, at, egui::PointerButton::Primary);
            }
        }
        if page == Key::Num3 {
            for (group, holds) in [
                ("Starts", "From"),
                ("Penalties", "L2"),
                ("Constraints", "+ Constraint"),
                ("Method", "Moves"),
                ("Schedule", "After steps"),
            ] {
                unfold(&mut window, group, holds);
            }
        }
        let at = on_map(&window, 0.5, 0.5);
        click_at(&mut window, at, egui::PointerButton::Primary);
        settle(&mut window);
        window.get_by_label("Details").click();
        act(&mut window);
        settle(&mut window);
        window.get_by_label("Details").click();
        act(&mut window);
    }
    key(&mut window, Key::B);
    for _ in 0..6 {
        key(&mut window, Key::Period);
        settle(&mut window);
    }
    click(&mut window, "Show code");
    settle(&mut window);
    window.get_by_label("What these lines stand on").click();
    act(&mut window);
    settle(&mut window);
    click(&mut window, "Close");
    click(&mut window, "End");
    key(&mut window, Key::V);
    settle(&mut window);
    climb(&mut window);
    settle(&mut window);
    for tab in ["Hills", "Candidates", "Restarts"] {
        click(&mut window, tab);
        settle(&mut window);
    }
    for property in ["Area", "Perimeter", "Heat shedding", "Roundness"] {
        key(&mut window, Key::Num1);
        press(&mut window, property);
        settle(&mut window);
        assert_eq!(state(&window).property().label(), property);
    }
    train(&mut window, 2);
    until_trained(&mut window, "Training finished");
    for shortcut in [Key::O, Key::S] {
        ctrl(&mut window, shortcut);
        settle(&mut window);
        click(&mut window, "Cancel");
    }
    key(&mut window, Key::F1);
    settle(&mut window);
    click(&mut window, "Close");
    click(&mut window, "Menu");
    settle(&mut window);
    key(&mut window, Key::Escape);
    key(&mut window, Key::F5);
    settle(&mut window);
    assert_eq!(window.ctx.theme(), theme);
}

#[test]
fn everything_has_its_names_and_glyphs_in_light() {
    look_at_everything(Theme::Light);
}

#[test]
fn everything_has_its_names_and_glyphs_in_dark() {
    look_at_everything(Theme::Dark);
}

#[test]
fn what_comes_after_the_last_update_is_said() {
    let mut window = open();
    key(&mut window, Key::Num2);
    // Thousands of shapes take their time to be encoded and judged.
    tick(&mut window, "Full speed");
    set(&mut window, "Updates", 9);
    press(&mut window, "Train");
    until(&mut window, "the last update", |state| state.training.phase == Phase::Finishing);
    window.step();
    assert!(said(&window, "Finishing: encoding and judging"));
    assert!(!said(&window, "0.0 s left"));
    until_trained(&mut window, "Training finished after 9 updates");
}
