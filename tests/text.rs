//! The language changes at once. It is one for the whole process, so these tests have a process of their own.

#[path = "driver/mod.rs"]
mod driver;

use driver::window::{Window, key, open_as, settle, turn, until_searched, usual};
use driver::{Drive, Page};
use egui::epaint::{ClippedShape, Shape};
use egui::{Key, Rect, Theme, vec2};
use egui_kittest::kittest::Queryable;
use latent_explorer::error::{Error, check_range};
use latent_explorer::text;
use latent_explorer::text::{Language, Text, speak};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Taken by every test: the language is one for all of them.
static LANGUAGE: Mutex<()> = Mutex::new(());

/// A text on the screen: its letters, its place, and the part of the screen in which it is visible.
struct Written {
    text: String,
    place: Rect,
    clip: Rect,
    is_elided: bool,
}

impl Written {
    fn seen(&self) -> Rect {
        self.place.intersect(self.clip)
    }

    /// True if letters are missing or lie beyond the left or right edge of the part of the screen for it.
    fn is_cut(&self) -> bool {
        let [left, right] =
            [self.place.left() - self.clip.left(), self.clip.right() - self.place.right()];
        self.is_elided || (self.seen().is_positive() && left.min(right) < -1.0)
    }

    fn covers(&self, other: &Self) -> bool {
        // Lines of text may touch.
        let [one, other] = [self, other].map(|written| written.seen().shrink2(vec2(1.0, 3.0)));
        one.is_positive() && other.is_positive() && one.intersects(other)
    }
}

fn written(window: &Window) -> Vec<Written> {
    let mut all = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in &window.output().shapes {
        collect(shape, *clip_rect, &mut all);
    }
    all
}

fn collect(shape: &Shape, clip: Rect, all: &mut Vec<Written>) {
    match shape {
        // A box without a name has an empty text.
        Shape::Text(text) if text.galley.text().is_empty() => (),
        Shape::Text(text) => all.push(Written {
            text: text.galley.text().to_owned(),
            place: text.visual_bounding_rect(),
            clip,
            is_elided: text.galley.elided,
        }),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, all)),
        _ => (),
    }
}

/// Fails if a text of the window is cut, or lies over another one outside of the map, where names of the data may.
fn all_is_whole(window: &Window, at: &str) {
    let map = window.get_by_label(&text!("Map of the latent space").to_string()).rect();
    let all = written(window);
    let cut: Vec<&str> = all.iter().filter(|w| w.is_cut()).map(|w| w.text.as_str()).collect();
    assert!(cut.is_empty(), "{at}: cut: {cut:?}");
    let beside: Vec<&Written> = all.iter().filter(|w| !map.contains(w.place.center())).collect();
    for (index, one) in beside.iter().enumerate() {
        for other in &beside[index + 1..] {
            assert!(!one.covers(other), "{at}: '{}' and '{}'", one.text, other.text);
        }
    }
}

/// Unfolds what is folded away under a title that begins so.
fn unfold(window: &mut Window, title: &Text) {
    let title = title.to_string();
    let folded = window.query_all_by_label_contains(&title).next();
    folded.unwrap_or_else(|| panic!("no '{title}'")).click_accesskit();
    settle(window);
}

#[test]
fn the_smallest_window_holds_a_longer_language() {
    let _alone = LANGUAGE.lock().unwrap_or_else(PoisonError::into_inner);
    speak(Language::Pseudo);
    let mut window = open_as(usual(Theme::Light).with_size([960.0, 600.0]), None);
    all_is_whole(&window, "exploring");
    key(&mut window, Key::ArrowRight);
    settle(&mut window);
    all_is_whole(&window, "a kept point");
    for (pressed, page) in [(Key::W, "a path"), (Key::N, "new shapes")] {
        key(&mut window, pressed);
        settle(&mut window);
        // The drawer has titles of its own, which this leaves out.
        let close = text!("Close the drawer").to_string();
        window.query_by_label(&close).into_iter().for_each(|button| button.click());
        settle(&mut window);
        all_is_whole(&window, page);
    }
    turn(&mut window, Page::Train);
    settle(&mut window);
    all_is_whole(&window, "training");
    for title in [text!("Predict properties"), text!("More")] {
        unfold(&mut window, &title);
        all_is_whole(&window, "training, unfolded");
    }
    turn(&mut window, Page::Optimise);
    settle(&mut window);
    all_is_whole(&window, "optimising");
    unfold(&mut window, &text!("More"));
    for group in [text!("Starts"), text!("Penalties"), text!("Constraints"), text!("Schedule")] {
        unfold(&mut window, &group);
        all_is_whole(&window, "optimising, unfolded");
    }
    key(&mut window, Key::R);
    until_searched(&mut window);
    window.wait("the end of the playback", |see| see.search().unwrap().share() >= 1.0);
    settle(&mut window);
    all_is_whole(&window, "a finished search");
    drop(window);
    speak(Language::English);
}

#[test]
fn texts_that_were_made_before_follow_the_language() {
    let _alone = LANGUAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let pebbles = |count: usize| text!("{count} pebble" | "{count} pebbles", count);
    let range = check_range("steps", 0, 1, 5).unwrap_err();
    let texts = [
        pebbles(1),
        pebbles(3),
        Text::list(["drag", "lift"].map(Text::from)),
        Error::io(Path::new("a.csv"), &std::io::ErrorKind::NotFound.into()).text(),
        range.text(),
    ];
    let words = || texts.each_ref().map(ToString::to_string);
    let english = words();
    assert_eq!(english[..3], ["1 pebble", "3 pebbles", "drag and lift"]);
    speak(Language::Pseudo);
    let pseudo = words();
    speak(Language::English);
    assert_eq!(words(), english);
    // The sentences are others, what stands in braces stays; `pebble` is no text of the program, so it is shown as it is.
    assert_eq!(pseudo[..2], english[..2]);
    assert!(pseudo[2].starts_with("drag ") && pseudo[2].ends_with(" lift"), "{}", pseudo[2]);
    assert!(pseudo[3].starts_with("a.csv: ") && pseudo[4].starts_with("steps: "));
    for (one, other) in english.iter().zip(&pseudo).skip(2) {
        assert!(one != other && one.len() < other.len(), "{other}");
    }
    assert!(pseudo[4].contains('1') && pseudo[4].contains('5') && pseudo[4].contains('0'));
}
