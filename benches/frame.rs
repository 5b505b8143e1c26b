//! W6: the processor time of one frame of the whole window: logic, views and tessellation.
//!
//! The work of the graphics driver afterwards is not counted.

mod window;

use cpu_time::ThreadTime;
use criterion::{Criterion, criterion_group, criterion_main};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::runtime;
use latent_explorer::optimise::SearchConfig;
use latent_explorer::session::State;
use latent_explorer::session::settings::Settings;
use window::{SIZES, Window, hovering, typed};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times frames whose events `input` gives, one call a frame.
fn bench(
    window: &mut Window,
    c: &mut Criterion,
    name: &str,
    mut input: impl FnMut(&State) -> Vec<Event>,
) {
    window.be_silent();
    let name = format!("{name} {}x{}", window.size.x, window.size.y);
    let mut group = c.benchmark_group("frame (W6)");
    group.bench_function(name, |b| {
        b.iter_custom(|frames| {
            let begun = ThreadTime::now();
            for _ in 0..frames {
                let events = input(window.state());
                window.frame(events);
            }
            begun.elapsed()
        });
    });
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

/// Nobody does anything.
fn nothing(_: &State) -> Vec<Event> {
    Vec::new()
}

/// The playback begins again whenever it has ended.
fn playing(state: &State) -> Vec<Event> {
    let over = state.search().is_some_and(|search_run| !search_run.look.playback.playing);
    if !over {
        return Vec::new();
    }
    typed(Key::Space)
}

fn frame(c: &mut Criterion) {
    runtime::set_up();
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join("settings.json");
    // Longer than the bench, at the pace that can be watched.
    let training = TrainingConfig { updates: 1_000_000, ..TrainingConfig::default() };
    // Trajectories of all their steps: none stops early.
    let search = SearchConfig { plateau: None, patience: None, ..SearchConfig::default() };
    let settings = Settings { training, search, ..Settings::default() };
    settings.save(&path).expect("the settings can be written");
    for size in SIZES {
        let middle = pos2(0.5 * size.0, 0.5 * size.1);
        let mut window = Window::open(size, None);
        bench(&mut window, c, "explore, idle", nothing);
        bench(&mut window, c, "explore, moving over the map", hovering(middle));
        bench(&mut window, c, "explore, panning", dragging(middle));

        let mut window = Window::open(size, Some(path.clone()));
        everything(&mut window);
        bench(&mut window, c, "optimise, everything shown", nothing);
        bench(&mut window, c, "optimise, everything shown, playing", playing);
        let above = pos2(middle.x, 0.3 * size.1);
        bench(&mut window, c, "optimise, everything shown, panning", dragging(above));

        let mut window = Window::open(size, Some(path.clone()));
        window.press(Key::Num2);
        window.click("Train");
        window.wait(|state| state.training().losses.curve.len() > 20);
        window.click("Open curves and results");
        bench(&mut window, c, "training", nothing);
    }
}

/// A finished search of 50 restarts over heat, shapes, data and trust, with curves and table.
fn everything(window: &mut Window) {
    window.press(Key::Num3);
    window.press(Key::R);
    window.wait(|state| {
        state.search().is_some_and(|c| c.report().is_some() && c.look.playback.share >= 1.0)
    });
    window.press(Key::D);
    window.press(Key::T);
    window.click("Open curves and results");
    // The fine heat map comes last.
    window.wait(|state| {
        state.map.picture.content.heat.as_ref().is_some_and(|(heat, _)| heat.columns > 200)
    });
    let state = window.state();
    let steps = state.report().expect("it has finished").restarts[0].restart.steps;
    assert!(steps == 500 && state.view.map.size()[1] < f64::from(window.size.y) - 200.0);
}

criterion_group!(benches, frame);
criterion_main!(benches);
