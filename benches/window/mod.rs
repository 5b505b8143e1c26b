//! The whole window without a screen, for the benches that need one.

use eframe::App as _;
use egui::{Event, Key, Modifiers, Pos2, RawInput, Rect, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use latent_explorer::session::State;
use latent_explorer::ui::App;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Sizes of the window, in points.
pub const SIZES: [(f32, f32); 2] = [(1280.0, 720.0), (1920.0, 1080.0)];

/// The whole window without a screen.
pub struct Window {
    /// The test harness of egui, which brings the window into each state and finds its buttons.
    pub harness: Harness<'static, App>,
    frame: eframe::Frame,
    /// Its size, in points.
    pub size: Vec2,
}

impl Window {
    /// Opens on the first sample and waits for its picture.
    pub fn open((width, height): (f32, f32), settings: Option<PathBuf>) -> Self {
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

    /// What the window shows.
    pub fn state(&self) -> &State {
        self.harness.state().state()
    }

    /// Nobody listens with a screen reader from here on, as in most windows.
    pub fn be_silent(&self) {
        self.harness.ctx.disable_accesskit();
    }

    /// Steps the window until `done`.
    pub fn wait(&mut self, done: impl Fn(&State) -> bool) {
        let begun = Instant::now();
        while !done(self.state()) {
            assert!(begun.elapsed() < Duration::from_secs(300), "the window hangs");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.run_steps(3);
    }

    /// Presses and releases a key.
    pub fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    /// Clicks the last of the buttons with this name: those of panels come after those of the top.
    pub fn click(&mut self, name: &str) {
        let buttons = self.harness.get_all_by_role_and_label(egui::accesskit::Role::Button, name);
        buttons.last().expect("there is such a button").click();
        self.harness.run_steps(3);
    }

    /// A frame as the window runs it, without the harness, so that nothing it does for tests is counted.
    pub fn frame(&mut self, events: Vec<Event>) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            predicted_dt: 1.0 / 60.0,
            events,
            ..RawInput::default()
        };
        let ctx = self.harness.ctx.clone();
        let app = self.harness.state_mut();
        let mut output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx(), &mut self.frame);
            app.ui(ui, &mut self.frame);
        });
        // What a graphics driver would take.
        output.textures_delta.clear();
        let drawn = ctx.tessellate(output.shapes, output.pixels_per_point);
        assert!(!drawn.is_empty(), "something is always drawn");
    }
}

/// The mouse moves over the map, so that every frame decodes another point.
pub fn hovering(centre: Pos2) -> impl FnMut(&State) -> Vec<Event> {
    let mut moves = 0u32;
    move |_| {
        moves += 1;
        let angle = 0.1 * moves as f32;
        vec![Event::PointerMoved(centre + 90.0 * vec2(angle.cos(), angle.sin()))]
    }
}

/// A key that is pressed and released.
pub fn typed(key: Key) -> Vec<Event> {
    let modifiers = Modifiers::NONE;
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    vec![event(true), event(false)]
}
