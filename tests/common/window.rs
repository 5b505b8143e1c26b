//! The whole window for tests: no driver, no display.

use egui::Theme;
use egui_kittest::{Harness, HarnessBuilder};
use latent_explorer::session::State;
use latent_explorer::ui::App;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub type Window = Harness<'static, App>;

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

/// Draws frames until the state is as it should be; a job that never ends is an error.
pub fn until(window: &mut Window, what: &str, done: impl Fn(&State) -> bool) {
    let begun = Instant::now();
    while !done(window.state().state()) {
        let notices: Vec<_> = window.state().state().notices.iter().collect();
        assert!(begun.elapsed() < Duration::from_secs(120), "in vain for {what}: {notices:?}");
        window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until the maps are drawn and nothing moves; names of inputs and glyphs are checked on the way.
pub fn settle(window: &mut Window) {
    until(window, "the maps", |state| {
        let picture = &state.map.picture;
        let heat = picture.heat.is_some() || !state.visible().heat;
        let first = heat && (picture.fog.is_some() || !state.visible().trust);
        let beside = state.comparison.as_ref();
        let second = beside.is_none_or(|c| c.picture.key.is_some() && c.picture.key == c.asked);
        let drawn = picture.key.is_some() && picture.key == state.map.asked;
        drawn && first && second && no_short_jobs(state)
    });
    window.run();
}

/// Whether no job runs but those that a person waits for.
pub fn no_short_jobs(state: &State) -> bool {
    state.jobs.iter().all(|(_, job)| job.kind.is_lost_by_leaving())
}
