//! Work that the usual things make, counted: allocations, tensors, vertices, pictures made anew. More of it is slower on
//! every machine, and no clock is asked.

#[path = "driver/mod.rs"]
mod driver;

use candle_core::{Device, Tensor};
use driver::Drive;
use driver::window::{Window, open};
use egui::epaint::{Primitive, Shape};
use egui::{Key, pos2};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::objective::{Goal, ObjectiveSpec, Space, ValueSource};
use latent_explorer::optimise::{Search, SearchConfig};
use latent_explorer::train::Trainer;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, with a count for each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is handed on to the system's allocator as it came; the count is a number of this thread that needs
// no memory and is never dropped.
#[expect(unsafe_code, reason = "an allocator is unsafe by its nature")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Counts of what some work made, for each repetition.
#[derive(Debug)]
struct Made {
    allocations: usize,
    tensors: usize,
}

/// Repeats some work, the first times unseen: they fill what is kept. A pool of one thread does it, so that the count of
/// that thread is the count of all of it.
fn made(mut work: impl FnMut() + Send) -> Made {
    const REPEATS: usize = 20;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        (0..3).for_each(|_| work());
        let (tensors, allocations) = (tensors_made(), ALLOCATIONS.get());
        (0..REPEATS).for_each(|_| work());
        let allocations = ALLOCATIONS.get() - allocations;
        let tensors = tensors_made() - tensors - 1;
        Made { allocations: allocations / REPEATS, tensors: tensors / REPEATS }
    })
}

/// The number of tensors made so far: each has the next number, which is part of its name.
fn tensors_made() -> usize {
    let fresh = Tensor::new(0f32, &Device::Cpu).unwrap();
    let name = format!("{:?}", fresh.id());
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// Tensors are numbered for all threads: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn trainer(config: TrainingConfig) -> Trainer {
    let generator = GeneratorConfig { samples: 2000, ..GeneratorConfig::default() };
    Trainer::new(TrainingData::generate(generator).unwrap(), config).unwrap()
}

#[test]
fn an_update_of_a_training_makes_no_tensor() {
    let _turn = alone();
    for sigma_vae in [false, true] {
        let mut trainer = trainer(TrainingConfig { sigma_vae, ..TrainingConfig::default() });
        let made = made(|| assert!(trainer.step().unwrap().losses.total.is_finite()));
        println!("{made:?}");
        assert_eq!(made.tensors, 0);
        assert!(5 * made.allocations <= 6 * 19, "{made:?}");
    }
}

/// A step of 50 restarts on the first sample, none of which ends.
fn step(spec: ObjectiveSpec, space: Space) -> Made {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    let config =
        SearchConfig { spec, space, plateau: None, patience: None, ..SearchConfig::default() };
    let mut search = Search::new(model, config).unwrap();
    made(|| assert!(search.step().unwrap()))
}

#[test]
fn a_step_of_a_search_makes_no_tensor() {
    let _turn = alone();
    let spec = ObjectiveSpec::default();
    for (spec, allocations) in [
        (ObjectiveSpec { by: ValueSource::Head, ..spec.clone() }, [290, 300]),
        (ObjectiveSpec { l2: 0.01, inside: 1.0, align: 0.1, ..spec.clone() }, [64, 74]),
        (ObjectiveSpec::new(spec.quantity(), Goal::Target(0.5)), [34, 32]),
        (spec, [34, 32]),
    ] {
        for (space, usual) in [Space::Latent, Space::Input].into_iter().zip(allocations) {
            let made = step(spec.clone(), space);
            println!("{made:?}");
            assert_eq!(made.tensors, 0, "{spec:?}");
            // Of the products, the evaluation and the trajectories, which grow; a fifth may be added.
            assert!(5 * made.allocations <= 6 * usual, "{made:?} {spec:?} {space:?}");
        }
    }
}

/// Triangles of what a window drew last: the number of their corners, and where the great meshes lie in memory.
fn drawn(window: &Window) -> (usize, Vec<*const egui::Mesh>) {
    let output = window.output();
    // Dots of the data and shapes of the map are one each, however many there are.
    assert!(output.shapes.len() < 1000, "{}", output.shapes.len());
    let great = output.shapes.iter().filter_map(|clipped| match &clipped.shape {
        Shape::Mesh(mesh) if mesh.vertices.len() > 1000 => Some(Arc::as_ptr(mesh)),
        _ => None,
    });
    let great = great.collect();
    let triangles = window.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
    let corners = |primitive: &Primitive| match primitive {
        Primitive::Mesh(mesh) => mesh.vertices.len(),
        Primitive::Callback(_) => 0,
    };
    (triangles.iter().map(|clipped| corners(&clipped.primitive)).sum(), great)
}

#[test]
fn pictures_stay_while_nothing_changes_and_a_frame_has_not_too_many_corners() {
    let _turn = alone();
    let mut window = open();
    window.step();
    let (corners, meshes) = drawn(&window);
    assert!(!meshes.is_empty(), "the shapes of the map are one mesh");
    println!("explore: {corners} corners");
    assert!(corners < 35_000, "{corners}");
    for i in 0..5 {
        window.hover_at(pos2(500.0 + 20.0 * i as f32, 350.0));
        window.step();
        assert_eq!(drawn(&window).1, meshes, "the mouse moves, the map does not");
    }

    window.key_press(Key::Num3);
    window.key_press(Key::R);
    window.wait("the search", |see| {
        see.search().is_some_and(|search| search.report().is_some() && search.share() >= 1.0)
    });
    window.key_press(Key::D);
    window.key_press(Key::T);
    window.run();
    let (corners, meshes) = drawn(&window);
    println!("optimise, everything shown: {corners} corners");
    assert!(corners < 60_000, "{corners}");
    window.step();
    assert_eq!(drawn(&window).1, meshes, "nothing moves");
}
