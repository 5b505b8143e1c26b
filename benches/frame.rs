//! W6: the processor time of one frame of the whole window: logic, views and tessellation.
//!
//! The test harness of egui brings the window into each state and finds its buttons; the frames that
//! are timed run without it, so that nothing it does for tests is counted. What the graphics driver
//! does afterwards is not counted either.

use cpu_time::ThreadTime;
use criterion::{Criterion, criterion_group, criterion_main};
use eframe::App as _;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::optimise::SearchConfig;
use latent_explorer::session::State;
use latent_explorer::session::settings::Settings;
use latent_explorer::ui::App;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sizes of the window, in points.
const SIZES: [(f32, f32); 2] = [(1280.0, 720.0), (1920.0, 1080.0)];

/// The whole window without a screen.
struct Window {
    harness: Harness<'static, App>,
    frame: eframe::Frame,
    size: Vec2,
}

impl Window {
    /// Opens on the first sample and waits for its picture.
    fn open((width, height): (f32, f32), settings: Option<PathBuf>) -> Self {
        let size = vec2(width, height);
        let harness = Harness::builder()
            .with_size(size)
            .with_max_steps(1)
            .with_accessibility_check(false)
            .allow_missing_glyphs()
            .build_eframe(|cc| App::new(cc, settings, None));
        let mut window = Self { harness, frame: eframe::Frame::_new_kittest(), size };
        window.wait(|state| state.map.picture.key.is_some_and(|key| Some(key) == state.map.asked));
        window
    }

    /// Steps the window until `done`.
    fn wait(&mut self, done: impl Fn(&State) -> bool) {
        let begun = Instant::now();
        while !done(self.harness.state().state()) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the window hangs");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.run_steps(3);
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    /// Clicks the last of the buttons with this name: those of panels come after those of the top.
    fn click(&mut self, name: &str) {
        let buttons = self.harness.get_all_by_role_and_label(egui::accesskit::Role::Button, name);
        buttons.last().expect("there is such a button").click();
        self.harness.run_steps(3);
    }

    /// The frame that is timed.
    fn frame(&mut self, events: Vec<Event>) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            predicted_dt: 1.0 / 60.0,
            events,
            ..RawInput::default()
        };
        let ctx = self.harness.ctx.clone();
        let app = self.harness.state_mut();
        let output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx(), &mut self.frame);
            app.ui(ui, &mut self.frame);
        });
        let drawn = ctx.tessellate(output.shapes, output.pixels_per_point);
        assert!(!drawn.is_empty(), "something is always drawn");
    }

    /// Times frames whose events `input` gives, one call a frame.
    fn bench(
        &mut self,
        c: &mut Criterion,
        name: &str,
        mut input: impl FnMut(&State) -> Vec<Event>,
    ) {
        // Nobody listens with a screen reader, as in most windows.
        self.harness.ctx.disable_accesskit();
        let name = format!("{name} {}x{}", self.size.x, self.size.y);
        let mut group = c.benchmark_group("frame (W6)");
        group.bench_function(name, |b| {
            b.iter_custom(|frames| {
                let begun = ThreadTime::now();
                for _ in 0..frames {
                    let events = input(self.harness.state().state());
                    self.frame(events);
                }
                begun.elapsed()
            });
        });
    }
}

/// The mouse is pressed on the map and then moves around in a small circle.
fn dragging(centre: Pos2) -> impl FnMut(&State) -> Vec<Event> {
    let mut moves = 0u32;
    move |_| {
        let angle = 0.1 * moves as f32;
        let at = centre + 40.0 * vec2(angle.cos(), angle.sin());
        moves += 1;
        let mut events = vec![Event::PointerMoved(at)];
        if moves == 1 {
            events.push(Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed: true,
                modifiers: Modifiers::NONE,
            });
        }
        events
    }
}

/// The mouse moves over the map, so that every frame decodes another point.
fn hovering(centre: Pos2) -> impl FnMut(&State) -> Vec<Event> {
    let mut moves = 0u32;
    move |_| {
        moves += 1;
        let angle = 0.1 * moves as f32;
        vec![Event::PointerMoved(centre + 90.0 * vec2(angle.cos(), angle.sin()))]
    }
}

/// Nobody does anything.
fn nothing(_: &State) -> Vec<Event> {
    Vec::new()
}

/// The playback begins again whenever it has ended.
fn playing(state: &State) -> Vec<Event> {
    let over = state.climb.as_ref().is_some_and(|climb| !climb.playback.playing);
    if !over {
        return Vec::new();
    }
    let key = |pressed| Event::Key {
        key: Key::Space,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    vec![key(true), key(false)]
}

fn frame(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join("settings.json");
    // Longer than the bench, at the pace that can be watched.
    let training = TrainingConfig { updates: 1_000_000, ..TrainingConfig::default() };
    // Ways of all their steps: none stops early.
    let search = SearchConfig { plateau: None, patience: None, ..SearchConfig::default() };
    let settings = Settings { training, search, ..Settings::default() };
    settings.save(&path).expect("the settings can be written");
    for size in SIZES {
        let middle = pos2(0.5 * size.0, 0.5 * size.1);
        let mut window = Window::open(size, None);
        window.bench(c, "explore, idle", nothing);
        window.bench(c, "explore, moving over the map", hovering(middle));
        window.bench(c, "explore, panning", dragging(middle));

        let mut window = Window::open(size, Some(path.clone()));
        everything(&mut window);
        window.bench(c, "optimise, everything shown", nothing);
        window.bench(c, "optimise, everything shown, playing", playing);
        let above = pos2(middle.x, 0.3 * size.1);
        window.bench(c, "optimise, everything shown, panning", dragging(above));

        let mut window = Window::open(size, Some(path.clone()));
        window.press(Key::Num2);
        window.click("Train");
        window.wait(|state| state.training.curve.len() > 20);
        window.click("Open curves and results");
        window.bench(c, "training", nothing);
    }
}

/// A finished climb of 50 restarts over heat, shapes, data and trust, with curves and table.
fn everything(window: &mut Window) {
    window.press(Key::Num3);
    window.press(Key::R);
    window.wait(|state| {
        state.climb.as_ref().is_some_and(|c| c.report().is_some() && c.playback.share >= 1.0)
    });
    window.press(Key::D);
    window.press(Key::T);
    window.click("Open curves and results");
    // The fine heat map comes last.
    window
        .wait(|state| state.map.picture.heat.as_ref().is_some_and(|(heat, _)| heat.columns > 200));
    let state = window.harness.state().state();
    let steps = state.report().expect("it has finished").restarts[0].restart.steps;
    assert!(steps == 500 && state.map.size[1] < f64::from(window.size.y) - 200.0);
}

criterion_group!(benches, frame);
criterion_main!(benches);
