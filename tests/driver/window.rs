//! The whole window, without a driver and without a display: gestures by what is written on the screen.

use super::program::PATIENCE;
use super::{Drive, Page, SearchFacts, See, Settings, words};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Theme, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, HarnessBuilder, Node};
use latent_explorer::ui::App;
use std::path::{Path, PathBuf};

pub type Window = Harness<'static, App>;

/// The right edge of the left panel.
const PANEL: f32 = 262.0;

impl Drive for Window {
    fn see(&self) -> See<'_> {
        See::new(self.state().state())
    }

    fn take_in(&mut self) {
        self.step();
    }
}

/// A window of the usual size before it is opened.
pub fn usual(theme: Theme) -> HarnessBuilder<App> {
    // Jobs wake the window at any moment, so it takes some frames until nothing is left to draw.
    Harness::builder()
        .with_size([1280.0, 720.0])
        .with_theme(theme)
        .with_max_steps(200)
        .with_step_dt(0.05)
}

/// Opens a window with the settings in a file, if one is named.
pub fn open_as(builder: HarnessBuilder<App>, settings: Option<PathBuf>) -> Window {
    let mut window = builder.build_eframe(|cc| App::new(cc, settings, None));
    settle(&mut window);
    window
}

pub fn open_in(theme: Theme) -> Window {
    open_as(usual(theme), None)
}

pub fn open() -> Window {
    open_in(Theme::Light)
}

/// Opens with settings, written to a file in a folder of the test.
pub fn open_with(theme: Theme, settings: &Settings, folder: &Path) -> Window {
    let path = folder.join("settings.json");
    settings.save(&path).unwrap();
    open_as(usual(theme), Some(path))
}

/// Waits until the maps are drawn and nothing moves; also checks the names of inputs and the glyphs.
pub fn settle(window: &mut Window) {
    window.wait("the maps", |see| see.is_settled());
    window.run();
}

/// Draws the frame that acts upon what was done, and one that shows it.
pub fn show(window: &mut Window) {
    window.step();
    window.step();
}

// The map.

pub fn map(window: &Window) -> egui::Rect {
    window.get_by_label(words::MAP).rect()
}

/// A place on the map, from its lower left corner (0, 0) to its upper right one (1, 1).
pub fn on_map(window: &Window, x: f32, y: f32) -> Pos2 {
    let rect = map(window);
    pos2(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
}

/// The map coordinates of the same place.
pub fn map_point(window: &Window, x: f64, y: f64) -> [f64; 2] {
    let view = window.see().map().view();
    [0, 1].map(|k| view.low[k] + [x, y][k] * view.size()[k])
}

/// The place of a point of the map on the screen.
pub fn place(window: &Window, point: [f64; 2]) -> Pos2 {
    let view = window.see().map().view();
    let [x, y] = [0, 1].map(|k| ((point[k] - view.low[k]) / view.size()[k]) as f32);
    on_map(window, x, y)
}

/// True if two points of the map are equal within the precision of pixels.
pub fn near(a: [f64; 2], b: [f64; 2]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.02)
}

pub fn click_at(window: &mut Window, at: Pos2, button: PointerButton) {
    click_with(window, at, button, Modifiers::NONE);
}

pub fn click_with(window: &mut Window, at: Pos2, button: PointerButton, modifiers: Modifiers) {
    window.hover_at(at);
    for pressed in [true, false] {
        let event = Event::PointerButton { pos: at, button, pressed, modifiers };
        // Each event takes a frame: pressing and releasing no modifiers would part the clicks of a double click.
        match modifiers.is_none() {
            true => window.event(event),
            false => window.event_modifiers(event, modifiers),
        }
    }
    show(window);
}

/// Clicks at a place of the map, as [`on_map`] has it.
pub fn click_on_map(window: &mut Window, x: f32, y: f32) {
    let at = on_map(window, x, y);
    click_at(window, at, PointerButton::Primary);
}

/// Turns the wheel where the mouse is, away from the person.
pub fn wheel(window: &mut Window) {
    window.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 60.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
}

/// A place in a picture, from its upper left corner (0, 0) to its lower right one (1, 1).
pub fn in_picture(window: &Window, name: &str, x: f32, y: f32) -> Pos2 {
    let rect = window.get_by_label(name).rect();
    pos2(rect.left() + x * rect.width(), rect.top() + y * rect.height())
}

// Buttons, fields and keys.

/// True if a part of a text is on the screen.
pub fn said(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

pub fn click(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    show(window);
}

/// Clicks anything with this name.
pub fn click_label(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    show(window);
}

/// Clicks anything in whose name this stands.
pub fn click_part(window: &mut Window, part: &str) {
    window.get_by_label_contains(part).click();
    show(window);
}

/// A button of the left panel; the top bar has one of the same name for each page.
pub fn in_panel<'w>(window: &'w Window, name: &'w str) -> Option<Node<'w>> {
    let mut buttons = window.query_all_by_role_and_label(Role::Button, name);
    buttons.find(|button| button.rect().right() < PANEL)
}

pub fn press(window: &mut Window, name: &str) {
    in_panel(window, name).unwrap_or_else(|| panic!("no button '{name}' at the left")).click();
    show(window);
}

/// Presses a button that may lie below what is in sight.
pub fn press_below(window: &mut Window, name: &str) {
    scroll_to(window, Role::Button, name);
    press(window, name);
    settle(window);
}

/// The middle of the button of the left panel whose name begins so.
pub fn in_panel_beginning(window: &Window, name: &str) -> Pos2 {
    let buttons = window.query_all_by_label_contains(name);
    let button = buttons.into_iter().find(|b| b.accesskit_node().role() == Role::Button);
    button.unwrap_or_else(|| panic!("no button '{name}..'")).rect().center()
}

pub fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    show(window);
}

pub fn ctrl(window: &mut Window, key: Key) {
    window.key_press_modifiers(Modifiers::CTRL | Modifiers::COMMAND, key);
    show(window);
}

/// Types a number into a field, digit by digit, and confirms it.
pub fn set(window: &mut Window, name: &str, number: usize) {
    scroll_to(window, Role::SpinButton, name);
    window.get_by_role_and_label(Role::SpinButton, name).click();
    show(window);
    for digit in number.to_string().chars() {
        let pressed = Key::from_name(&digit.to_string()).unwrap();
        window.key_down(pressed);
        window.event(Event::Text(digit.to_string()));
        window.key_up(pressed);
    }
    key(window, Key::Enter);
}

/// Puts a text into the field of this name, in place of what was there.
pub fn fill(window: &mut Window, name: &str, text: &str) {
    window.get_by_role_and_label(Role::TextInput, name).focus();
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text(text.to_owned()));
    show(window);
}

/// Writes a path into the field of a dialog.
pub fn fill_path(window: &mut Window, path: &Path) {
    let field = window.get_by_role_and_label(Role::TextInput, "Path");
    field.set_text_value_accesskit(path.to_str().unwrap());
    show(window);
}

/// The path in the field of a dialog.
pub fn path_field(window: &Window) -> Option<String> {
    window.query_by_role_and_label(Role::TextInput, "Path").and_then(|field| field.value())
}

/// Opens what is folded away under a title that begins so, unless what it holds is there already.
pub fn unfold(window: &mut Window, title: &str, holds: &str) {
    let is_there = |window: &Window| window.query_all_by_label(holds).next().is_some();
    if !is_there(window) {
        let folded = window.query_all_by_label_contains(title).next();
        folded.unwrap_or_else(|| panic!("no '{title}'")).click_accesskit();
        settle(window);
    }
    assert!(is_there(window), "'{holds}' under '{title}'");
}

/// A control of the left panel that may lie below what is in sight.
pub fn scroll_to(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).scroll_to_me();
    settle(window);
}

/// Chooses from a menu of the left panel.
pub fn choose(window: &mut Window, menu: &str, choice: &str) {
    scroll_to(window, Role::ComboBox, menu);
    window.get_by_role_and_label(Role::ComboBox, menu).click();
    settle(window);
    // The menu lies over everything; a button of the same name may stand below it.
    let choices = window.query_all_by_role_and_label(Role::Button, choice);
    choices.last().unwrap_or_else(|| panic!("no '{choice}' under '{menu}'")).click();
    settle(window);
}

pub fn tick(window: &mut Window, name: &str) {
    scroll_to(window, Role::CheckBox, name);
    window.get_by_role_and_label(Role::CheckBox, name).click();
    settle(window);
}

// Longer tasks.

/// Turns to a page by its key.
pub fn turn(window: &mut Window, page: Page) {
    let pressed = match page {
        Page::Explore => Key::Num1,
        Page::Train => Key::Num2,
        Page::Optimise => Key::Num3,
    };
    key(window, pressed);
    assert_eq!(window.see().page(), page);
}

pub fn open_drawer(window: &mut Window) {
    click(window, words::OPEN_DRAWER);
    settle(window);
}

/// Begins a training of 200 shapes, 20 of them held out: 6 batches of 32 in an epoch.
pub fn train(window: &mut Window, epochs: usize) {
    let updates = 6 * epochs;
    turn(window, Page::Train);
    click_part(window, "9 families");
    settle(window);
    set(window, "Shapes", 200);
    click(window, "Done");
    assert_eq!(window.see().next_data().samples, 200);
    unfold(window, "More", "Updates");
    set(window, "Updates", updates);
    assert_eq!(window.see().next_training().updates, updates);
    click_label(window, "More");
    settle(window);
    assert_eq!(window.see().page(), Page::Train, "digits in a field turn no page");
    press(window, "Train");
    assert!(window.see().training().is_running());
}

/// Waits for the end of a training and for what is said of it.
pub fn until_trained(window: &mut Window, said_of_it: &str) {
    window.wait("the end of the training", |see| !see.training().is_running());
    show(window);
    assert!(said(window, said_of_it), "{said_of_it}");
    settle(window);
}

/// Searches with 8 restarts of 40 steps and waits until the playback has come to its end.
pub fn search(window: &mut Window) {
    turn(window, Page::Optimise);
    set(window, "Restarts", 8);
    unfold(window, "More", "Steps");
    set(window, "Steps", 40);
    assert!(said(window, "8 restarts \u{d7} 40 steps"), "the cost is said before");
    press(window, words::SEARCH);
    until_searched(window);
    window.wait("the end of the playback", |see| see.search().unwrap().share() >= 1.0);
    settle(window);
}

/// The present search, or the last one.
pub fn under_way(window: &Window) -> SearchFacts<'_> {
    window.see().search().unwrap()
}

/// Waits until there is a button of this name.
pub fn until_button(window: &mut Window, name: &str) {
    let begun = std::time::Instant::now();
    while window.query_by_role_and_label(Role::Button, name).is_none() {
        assert!(begun.elapsed() < PATIENCE, "in vain for {name}");
        window.take_in();
    }
}

pub fn until_searched(window: &mut Window) {
    window.wait("the end of the search", |see| see.report().is_some());
}

/// Opens the path that is typed into the dialog for it.
pub fn open_typed(window: &mut Window, path: &Path) {
    ctrl(window, Key::O);
    window.get_by_role_and_label(Role::TextInput, "Path").focus();
    show(window);
    window.event(Event::Text(path.display().to_string()));
    key(window, Key::Enter);
    window.wait("the end of opening", |see| !see.is_busy_with_files());
    show(window);
}
