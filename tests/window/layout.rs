//! What is at first sight, and where its edges are.

use super::*;
use egui::accesskit;
use latent_explorer::explore::{Projection, home_view};

/// The right edge of every row of the left panel: its width less its border and its margin.
const EDGE: f32 = 260.0 - 1.0 - 14.0;
const PAGES: [Page; 3] = [Page::Explore, Page::Train, Page::Optimise];
/// What unfolds, whose titles stand at the left.
const FOLDS: [&str; 5] = ["More", "Model", "Path", "Predict properties", "Steps and pace"];
const INPUTS: [Role; 6] =
    [Role::Button, Role::CheckBox, Role::ComboBox, Role::SpinButton, Role::Slider, Role::TextInput];

fn smallest() -> Window {
    open_as(usual(Theme::Light).with_size([960.0, 600.0]), None)
}

/// The inputs of the left panel, below the bar at the top.
fn inputs(window: &Window) -> Vec<(accesskit::Node, String, egui::Rect)> {
    let mut found = Vec::new();
    for role in INPUTS {
        for node in window.query_all_by_role(role) {
            let (rect, access) = (node.rect(), node.accesskit_node());
            if rect.left() < EDGE && rect.top() > 40.0 && rect.bottom() < 520.0 {
                found.push((access.data().clone(), access.label().unwrap_or_default(), rect));
            }
        }
    }
    found
}

#[test]
fn the_rows_of_all_panels_end_at_one_edge() {
    for mut window in [smallest(), open()] {
        for page in PAGES {
            turn(&mut window, page);
            settle(&mut window);
            let all = inputs(&window);
            for (_, name, rect) in &all {
                assert!(rect.right() < EDGE + 0.6, "{page:?}: {name} ends at {}", rect.right());
            }
            // The last of each line, where it is not a name that stands at the left.
            for (node, name, rect) in &all {
                let is_last = all.iter().all(|(_, _, other)| {
                    other.right() <= rect.right() || !other.y_range().intersects(rect.y_range())
                });
                let is_fold = FOLDS.iter().any(|fold| name.starts_with(fold));
                if is_last && !is_fold && node.role() != Role::CheckBox {
                    let right = rect.right();
                    assert!((right - EDGE).abs() < 0.6, "{page:?}: {name} ends at {right}");
                }
            }
        }
    }
}

#[test]
fn each_page_has_six_controls_at_first_sight() {
    let mut window = open();
    for page in PAGES {
        turn(&mut window, page);
        settle(&mut window);
        let mut names: Vec<String> = Vec::new();
        for (node, name, _) in inputs(&window).into_iter().filter(|(node, ..)| !node.is_disabled())
        {
            // Buttons of one choice are one control, as a slider and its number are.
            let is_choice = node.role() == Role::Button && node.toggled().is_some();
            names.push(if is_choice { "a choice".to_owned() } else { name });
        }
        names.sort();
        names.dedup();
        assert!(names.len() <= 6, "{page:?}: {names:?}");
    }
}

#[test]
fn the_first_view_leaves_free_what_the_buttons_cover() {
    for mut window in [smallest(), open()] {
        settle(&mut window);
        let lowest = ["Shapes", "Axes", "Fit"]
            .map(|name| window.get_by_role_and_label(Role::Button, name).rect().bottom());
        let lowest = lowest.into_iter().fold(0.0, f32::max);
        let model = window.see().shown().model();
        let home = home_view(&model, &Projection::from_mu(&model.encoded.mu));
        let highest = place(&window, [home.low[0], home.high[1]]).y;
        assert!(highest > lowest, "the data begin at {highest}, the buttons reach to {lowest}");
    }
}

#[test]
fn the_table_of_restarts_has_the_columns_that_were_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open_with(Theme::Light, &Settings::default(), folder.path());
    search(&mut window);
    open_drawer(&mut window);
    let has = |window: &Window, name: &str| window.query_all_by_label(name).next().is_some();
    for name in ["#", "Trust", "Best", "Ended", "Optimum"] {
        assert!(has(&window, name), "{name}");
    }
    assert!(!has(&window, "Shift") && !has(&window, "Distance"));
    click(&mut window, "Columns");
    settle(&mut window);
    window.get_by_role_and_label(Role::CheckBox, "Shift").click();
    settle(&mut window);
    key(&mut window, Key::Escape);
    settle(&mut window);
    assert!(has(&window, "Shift"));
    drop(window);
    let settings = Settings::load(&folder.path().join("settings.json")).unwrap();
    let shown: Vec<_> = settings.restart_columns.iter().collect();
    assert!(shown.contains(&RestartColumn::Shift) && shown.len() == 5, "{shown:?}");
}
