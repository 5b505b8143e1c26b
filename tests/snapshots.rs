//! Few pictures of the window, compared with those kept in `tests/snapshots`; the feature `snapshots`
//! turns them on. They need a graphics adapter, for which a software one will do; without any they are
//! skipped, unless `LATENT_EXPLORER_DEMAND_SNAPSHOTS=1`. After a change that is meant:
//!
//! ```text
//! UPDATE_SNAPSHOTS=1 cargo test --features snapshots --test snapshots
//! ```
#![cfg(feature = "snapshots")]

use egui::{Key, Theme};
use egui_kittest::SnapshotOptions;
use egui_kittest::wgpu::WgpuTestRenderer;

#[path = "driver/mod.rs"]
mod driver;

use driver::window::{Window, open_as, until_searched, usual};
use driver::{Drive, MapLayer};

/// The window on its first map, ready for a picture; none where no adapter can take one.
fn open(theme: Theme) -> Option<Window> {
    let Ok(renderer) = std::panic::catch_unwind(WgpuTestRenderer::new) else {
        let demanded = std::env::var("LATENT_EXPLORER_DEMAND_SNAPSHOTS").is_ok_and(|v| v == "1");
        assert!(!demanded, "snapshots are demanded, and there is no graphics adapter");
        println!("skipped: there is no graphics adapter to take a picture with");
        return None;
    };
    // Letters have other edges on other drivers, and ways of a climb other last digits on other
    // processors; anything that a person would notice changes more than this.
    let options = SnapshotOptions::new().threshold(2.0).max_failed_pixels(3000);
    let builder = usual(theme).with_render_cursor(false).with_options(options).renderer(renderer);
    let mut window = open_as(builder, None);
    settle(&mut window);
    Some(window)
}

/// Waits until the finest map is drawn and nothing moves.
fn settle(window: &mut Window) {
    driver::window::settle(window);
    window.wait("the finest map", |see| {
        let fine = see.map().heat_columns().is_some_and(|columns| columns > 128);
        see.map().is_drawn() && (fine || !see.layers().has(MapLayer::Heat))
    });
    window.run();
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.step();
    settle(window);
}

#[test]
fn exploring_in_light() {
    let Some(mut window) = open(Theme::Light) else { return };
    // Arrow keys keep a point without a mouse.
    press(&mut window, Key::ArrowRight);
    window.snapshot("explore_light");
}

#[test]
fn a_finished_climb_in_dark() {
    let Some(mut window) = open(Theme::Dark) else { return };
    press(&mut window, Key::Num3);
    window.key_press(Key::R);
    until_searched(&mut window);
    window.wait("the end of the playback", |see| see.search().unwrap().share() >= 1.0);
    settle(&mut window);
    // The panel says what a climb costs in seconds of this machine, and which of the restarts that meet at one optimum is
    // the best, with the picture of its start, is a matter of the last digit.
    let options = SnapshotOptions::new().max_failed_pixels(4000usize);
    window.snapshot_options("optimise_dark", &options);
}

#[test]
fn training_in_light() {
    let Some(mut window) = open(Theme::Light) else { return };
    press(&mut window, Key::Num2);
    window.snapshot("train_light");
}
