//! Budgets of the window: a frame while everything runs (W6), its start (W7), memory (W8), the shape under the cursor
//! (W9), and no work at all while it is idle. `--quick` tries it out on few frames.
//!
//! Starts and memory are those of fresh processes: this program runs itself with the name of an [`Errand`].

mod window;

use cpu_time::{ProcessTime, ThreadTime};
use egui::{Event, Key, Pos2, pos2, vec2};
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::runtime;
use latent_explorer::numerics::statistics::quantile::quantile;
use latent_explorer::optimise::SearchConfig;
use latent_explorer::session::State;
use latent_explorer::session::settings::Settings;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use window::{SIZES, Window, hovering, typed};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// From one frame to the next on a usual screen.
const FRAME: Duration = Duration::from_micros(16_667);
/// What comes before an errand on the command line.
const CHILD: &str = "--child";

/// A row of the table.
struct Row {
    what: String,
    measured: String,
    allowed: String,
    kept: bool,
}

/// What a fresh process is asked for; it answers with one line.
#[derive(Clone, Copy, PartialEq)]
enum Errand {
    /// Say when the window answers.
    Answer,
    /// The memory of the window as it opens.
    Start,
    /// The memory after a whole training (W1).
    Train,
    /// The memory after a search of 10,000 restarts and 500 steps.
    Search,
}

impl Errand {
    const ALL: [Self; 4] = [Self::Answer, Self::Start, Self::Train, Self::Search];

    fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Start => "start",
            Self::Train => "train",
            Self::Search => "search",
        }
    }
}

fn main() {
    runtime::set_up();
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let child = arguments.iter().position(|argument| argument == CHILD);
    if let Some(name) = child.and_then(|at| arguments.get(at + 1)) {
        let errand = Errand::ALL.into_iter().find(|errand| errand.name() == name);
        return run(errand.expect("this program names its own errands"), quick);
    }
    println!("| what | measured | allowed |\n|---|---|---|");
    let print = |Row { what, measured, allowed, kept }| {
        let over = if kept { "" } else { " (over)" };
        println!("| {what} | {measured}{over} | {allowed} |");
    };
    print(start(quick));
    for (errand, what, most) in [
        (Errand::Start, "at start", 150.0),
        (Errand::Train, "after a whole training", f64::INFINITY),
        (Errand::Search, "after 10,000 restarts of 500 steps", f64::INFINITY),
    ] {
        print(memory(errand, what, most, quick));
    }
    print(cursor(quick));
    idle(quick).into_iter().for_each(print);
    for size in SIZES {
        // One long search whose trajectories grow all the time, and usual ones that come and go.
        for (steps, searches) in [(1_000_000, "one long search"), (500, "searches one by one")] {
            print(frames(size, steps, searches, if quick { 120 } else { 2000 }));
        }
    }
}

/// What a fresh process does.
fn run(errand: Errand, quick: bool) {
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join("settings.json");
    let restarts = if quick { 500 } else { 10_000 };
    let search = SearchConfig { restarts, ..every_step(500) };
    let updates = if quick { 500 } else { TrainingConfig::default().updates };
    let training = TrainingConfig { updates, ..TrainingConfig::default() };
    let settings = Settings { search, training, full_speed: true, ..Settings::default() };
    settings.save(&path).expect("the settings can be written");
    let mut window = Window::open(SIZES[0], Some(path));
    match errand {
        Errand::Start => (),
        Errand::Answer => {
            let before = window.state().map.probe.clone();
            window.frame(vec![Event::PointerMoved(middle(SIZES[0]))]);
            while window.state().map.probe == before {
                window.frame(Vec::new());
            }
            return println!("ready");
        }
        Errand::Train => {
            window.press(Key::Num2);
            window.click("Train");
            window.wait(|state| state.training().job.is_none());
            assert_eq!(window.state().training().updates, updates, "it learns to its end");
        }
        Errand::Search => {
            window.press(Key::Num3);
            window.press(Key::R);
            window.wait(|state| state.report().is_some());
        }
    }
    let resident = |entry: &str| -> f64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(entry));
        let kibibytes = line.and_then(|line| line.trim_end_matches("kB").trim().parse().ok());
        kibibytes.map_or(f64::NAN, |kibibytes: f64| kibibytes * 1024.0 / 1e6)
    };
    println!("{} {}", resident("VmRSS:"), resident("VmHWM:"));
}

/// A search of 50 restarts none of which slows down or ends early.
fn every_step(steps: usize) -> SearchConfig {
    SearchConfig { steps, plateau: None, patience: None, ..SearchConfig::default() }
}

/// The answer of a fresh process.
fn ask(errand: Errand, quick: bool) -> String {
    let program = std::env::current_exe().expect("this program runs");
    let mut child = Command::new(program)
        .args([CHILD, errand.name()])
        .args(quick.then_some("--quick"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be run again");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output is a pipe");
    BufReader::new(out).read_line(&mut line).expect("it writes text");
    // What the caller times is over with the line, not with the end of the process.
    std::thread::spawn(move || child.wait());
    line
}

/// W7: from the start of the process until the window shows its map and answers to the mouse.
fn start(quick: bool) -> Row {
    let seconds = (0..if quick { 2 } else { 10 }).map(|_| {
        let begun = Instant::now();
        assert_eq!(ask(Errand::Answer, quick), "ready\n");
        begun.elapsed().as_secs_f64()
    });
    let seconds: Vec<f64> = seconds.collect();
    let [median, worst] = [0.5, 1.0].map(|share| quantile(seconds.iter().copied(), share));
    let (median, worst) = (median.unwrap_or(f64::NAN), worst.unwrap_or(f64::NAN));
    Row {
        what: "start to first interactive frame (W7)".to_owned(),
        measured: format!("{median:.2} s, worst {worst:.2} s"),
        allowed: "0.5 s".to_owned(),
        kept: worst <= 0.5,
    }
}

/// W8: the memory that a fresh process holds, in megabytes of 10^6.
fn memory(errand: Errand, what: &str, most: f64, quick: bool) -> Row {
    let answer = ask(errand, quick);
    let mut numbers = answer.split_whitespace().map(|n| n.parse().unwrap_or(f64::NAN));
    let mut next = || numbers.next().unwrap_or(f64::NAN);
    let (now, peak) = (next(), next());
    Row {
        what: format!("memory (W8) {what}"),
        measured: format!("{now:.0} MB, at most {peak:.0} MB"),
        allowed: if most.is_finite() { format!("{most:.0} MB") } else { String::new() },
        kept: now <= most,
    }
}

/// W9: frames from the one that takes the move of the mouse in to the one that draws the shape decoded there.
fn cursor(quick: bool) -> Row {
    let mut window = Window::open(SIZES[0], None);
    window.be_silent();
    let at = |state: &State| state.map.probe.as_ref().map(|probe| probe.at);
    let mut moves = hovering(middle(SIZES[0]));
    window.frame(moves(window.state()));
    while at(window.state()).is_none() {
        window.frame(Vec::new());
    }
    let mut worst = 0;
    for _ in 0..if quick { 10 } else { 500 } {
        let before = at(window.state());
        let events = moves(window.state());
        window.frame(events);
        // A frame draws the state that it finds: what this one has decoded, the next one shows.
        let mut later = 1;
        while at(window.state()) == before {
            window.frame(Vec::new());
            later += 1;
        }
        worst = worst.max(later);
    }
    Row {
        what: "frames from cursor move to decoded shape, worst (W9)".to_owned(),
        measured: worst.to_string(),
        allowed: "1".to_owned(),
        kept: worst <= 1,
    }
}

/// What the whole process takes while nobody does anything: frames are drawn when the window asks for them.
fn idle(quick: bool) -> Vec<Row> {
    let (settle, rest) = if quick { (1, 1) } else { (3, 10) };
    let explore = Window::open(SIZES[0], None);
    let mut resting = Window::open(SIZES[0], None);
    resting.frame(vec![Event::PointerMoved(middle(SIZES[0]))]);
    let mut played = Window::open(SIZES[0], None);
    played.press(Key::Num3);
    played.press(Key::R);
    played.wait(|state| {
        state.search().is_some_and(|c| c.report().is_some() && c.look.playback.share >= 1.0)
    });
    let states = [
        ("explore", explore),
        ("mouse resting on the map", resting),
        ("optimise after the playback", played),
    ];
    let row = |(name, mut window): (&str, Window)| {
        window.be_silent();
        let (sender, asked) = channel();
        window.harness.ctx.set_request_repaint_callback(move |info| {
            // Nobody listens any more when the window is closed.
            let _ = sender.send(info.delay);
        });
        let mut due = Some(Instant::now());
        draw_when_asked(&mut window, &asked, &mut due, Duration::from_secs(settle));
        let (begun, taken) = (Instant::now(), ProcessTime::now());
        let frames = draw_when_asked(&mut window, &asked, &mut due, Duration::from_secs(rest));
        let percent = 100.0 * taken.elapsed().as_secs_f64() / begun.elapsed().as_secs_f64();
        Row {
            what: format!("idle, {name}"),
            measured: format!("{percent:.2} % of a core, {frames} frames in {rest} s"),
            allowed: "1 %".to_owned(),
            kept: percent <= 1.0,
        }
    };
    states.into_iter().map(row).collect()
}

/// Draws for so long, each frame when it is `due` but at most as often as a screen shows them; how many there were.
fn draw_when_asked(
    window: &mut Window,
    asked: &Receiver<Duration>,
    due: &mut Option<Instant>,
    long: Duration,
) -> usize {
    let end = Instant::now() + long;
    let (mut frames, mut last) = (0, Instant::now());
    loop {
        let until = due.map_or(end, |due| due.min(end));
        match asked.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(delay) => {
                let at = Instant::now().checked_add(delay).map(|at| at.max(last + FRAME));
                *due = (*due).into_iter().chain(at).min();
            }
            Err(RecvTimeoutError::Timeout) if Instant::now() < end => {
                (*due, last) = (None, Instant::now());
                window.frame(Vec::new());
                frames += 1;
            }
            Err(_) => return frames,
        }
    }
}

/// W6: processor time of frames while a training at full speed and searches run, the mouse moves, and all is shown.
fn frames(size: (f32, f32), steps: usize, searches: &str, count: usize) -> Row {
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join("settings.json");
    let training = TrainingConfig { updates: 100_000_000, ..TrainingConfig::default() };
    let settings =
        Settings { training, search: every_step(steps), full_speed: true, ..Settings::default() };
    settings.save(&path).expect("the settings can be written");
    let mut window = Window::open(size, Some(path));
    window.press(Key::Num2);
    window.click("Train");
    window.wait(|state| state.training().losses.curve.len() > 20);
    window.click("Open curves and results");
    for key in [Key::Num3, Key::R, Key::D, Key::T] {
        window.press(key);
    }
    window.be_silent();
    let mut moves = hovering(pos2(0.5 * size.0, 0.3 * size.1));
    let mut milliseconds = Vec::with_capacity(count);
    let mut searching = 0;
    for _ in 0..count {
        let begun = Instant::now();
        let mut events = moves(window.state());
        match window.state().search().is_some_and(|search_run| search_run.job.is_some()) {
            true => searching += 1,
            false => events.extend(typed(Key::R)),
        }
        let taken = ThreadTime::now();
        window.frame(events);
        milliseconds.push(1e3 * taken.elapsed().as_secs_f64());
        // The jobs get what a window leaves them.
        std::thread::sleep(FRAME.saturating_sub(begun.elapsed()));
    }
    assert!(window.state().training().job.is_some(), "it learns to the end of the measurement");
    let [median, nearly_all, worst] = [0.5, 0.99, 1.0]
        .map(|share| quantile(milliseconds.iter().copied(), share).expect("there were frames"));
    let busy = 100 * searching / count;
    Row {
        what: format!(
            "frame at {}x{}, training and {searches} (W6; searching in {busy} % of {count} frames)",
            size.0, size.1
        ),
        measured: format!("median {median:.2}, p99 {nearly_all:.2}, worst {worst:.2} ms"),
        allowed: "p99 4 ms".to_owned(),
        kept: nearly_all <= 4.0,
    }
}

/// The middle of a window: a point on the map.
fn middle(size: (f32, f32)) -> Pos2 {
    (0.5 * vec2(size.0, size.1)).to_pos2()
}
