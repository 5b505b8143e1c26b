//! Searches: begun, watched, scrubbed, stopped, and their results.

use super::*;

#[test]
fn a_search_ends_with_a_star_a_table_and_a_playback() {
    let mut window = open();
    search(&mut window);
    let star = under_way(&window).star();
    assert!(star.is_some() && star == window.see().report().unwrap().best_believable);
    assert!(said(&window, "40 of 40"));
    window.get_by_label(words::BEFORE_AND_AFTER);
    assert!(said(&window, "Best believable answer"));

    key(&mut window, Key::Space);
    let search = under_way(&window);
    assert!(search.is_playing() && search.share() < 0.2, "{}", search.share());
    window.wait("some playback", |see| see.search().unwrap().share() > 0.1);
    key(&mut window, Key::Space);
    let held = under_way(&window).share();
    assert!(!under_way(&window).is_playing());
    window.run_steps(3);
    assert_eq!(under_way(&window).share(), held, "a pause is a pause");
    window.get_by_role_and_label(Role::Button, "Play");
    key(&mut window, Key::Period);
    assert!(under_way(&window).share() > held);

    open_drawer(&mut window);
    let row = window.get_all_by_label("steps done").next().expect("a row for each restart");
    row.click();
    show(&mut window);
    let chosen = under_way(&window).selected_restart().expect("a row lifts its way out");
    settle(&mut window);
    let title = format!("Restart {}", chosen + 1);
    assert!(window.query_by_label(&title).is_some(), "the inspector shows it");
    key(&mut window, Key::Escape);
    assert!(under_way(&window).selected_restart().is_none());
    press(&mut window, "Clear");
    assert!(window.see().search().is_none());
    settle(&mut window);
    ctrl(&mut window, Key::Z);
    assert!(window.see().report().is_some());
    settle(&mut window);
}

#[test]
fn the_results_have_their_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    search(&mut window);
    open_drawer(&mut window);
    // Restarts: a reason is a filter.
    let rows = |window: &Window| window.query_all_by_label("steps done").count();
    assert!(rows(&window) > 0);
    click_label(&mut window, "8 steps done");
    settle(&mut window);

    click(&mut window, words::BASINS);
    settle(&mut window);
    click_part(&mut window, words::FIRST_BASIN);
    let top = window.see().report().unwrap().basins.all[0].top;
    assert_eq!(
        (under_way(&window).selected_basin(), under_way(&window).selected_restart()),
        (Some(0), Some(top))
    );
    settle(&mut window);
    click_part(&mut window, words::FIRST_BASIN);
    assert_eq!(
        (under_way(&window).selected_basin(), under_way(&window).selected_restart()),
        (None, None)
    );

    click(&mut window, words::CANDIDATES);
    settle(&mut window);
    let candidate = under_way(&window).found().unwrap().candidates()[0].restart;
    click_part(&mut window, "Candidate c1-");
    assert_eq!(under_way(&window).selected_restart(), Some(candidate));
    let typed = |window: &mut Window, button: &str, path: &Path| {
        click(window, button);
        settle(window);
        fill_path(window, path);
    };
    let table = folder.path().join("out.csv");
    typed(&mut window, "Export\u{2026}", &table);
    click(&mut window, "Export");
    window.wait("the end of writing", |see| !see.is_busy_with_files());
    assert!(std::fs::read_to_string(&table).unwrap().starts_with("id,x0,y0,"));
    let measured = folder.path().join("measured.csv");
    let id = under_way(&window).found().unwrap().candidates()[0].id.clone();
    std::fs::write(&measured, format!("id,roundness [%]\n{id},0.9\nc77,1\n")).unwrap();
    typed(&mut window, words::READ_LAB_RESULTS, &measured);
    click(&mut window, "Import");
    settle(&mut window);
    assert!(said(&window, "line 3") && said(&window, "'c77'"));
    assert!(said(&window, "0.900 %"), "the card says so");
}

#[test]
fn a_restart_under_the_mouse_lights_up_everywhere() {
    let mut window = open();
    search(&mut window);
    open_drawer(&mut window);
    let row = window.get_all_by_label("steps done").nth(1).expect("a row for each restart");
    let at = row.rect().center();
    window.hover_at(at);
    show(&mut window);
    let second = under_way(&window).found().unwrap().order()[1];
    assert_eq!(under_way(&window).hovered_restart(), Some(second), "in the table");
    window.remove_cursor();
    show(&mut window);
    assert_eq!(under_way(&window).hovered_restart(), None);

    // On the map, at the present point of its trajectory.
    settle(&mut window);
    let view = window.see().map().view();
    let heads: Vec<[f64; 2]> = (0..8).filter_map(|i| under_way(&window).head(i)).collect();
    let head = heads.iter().position(|&head| view.contains(head)).expect("one is in sight");
    window.hover_at(place(&window, heads[head]));
    show(&mut window);
    let hovered = under_way(&window).hovered_restart().expect("the mouse is on a ring");
    let distance = |i: usize| {
        [0, 1].iter().map(|&k| (heads[i][k] - heads[head][k]).powi(2)).sum::<f64>().sqrt()
    };
    assert!(distance(hovered) < 0.2, "{hovered} for {head}");
}

#[test]
fn a_search_under_way_is_scrubbed() {
    // No restart ends by itself.
    let folder = tempfile::tempdir().unwrap();
    let search = SearchConfig { patience: None, ..SearchConfig::default() };
    let settings = Settings { search, ..Settings::default() };
    let mut window = open_with(Theme::Light, &settings, folder.path());
    turn(&mut window, Page::Optimise);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 20_000);
    press(&mut window, words::SEARCH);
    window.wait("some steps", |see| see.search().is_some_and(|search| search.steps() > 30));
    show(&mut window);
    assert!(said(&window, words::SEARCHING) && window.query_by_label("Live").is_none());
    click(&mut window, "One step back");
    assert!(!under_way(&window).is_live());
    let held = under_way(&window).shown_step();
    let steps = under_way(&window).steps();
    window.wait("more steps", |see| see.search().unwrap().steps() > steps);
    assert!((under_way(&window).shown_step() - held).abs() < 1e-6);
    window.get_by_label(words::SHAPE_AT_STEP);
    click(&mut window, "Live");
    assert!(under_way(&window).is_live());
    click(&mut window, words::OPEN_DRAWER);
    key(&mut window, Key::Escape);
    until_searched(&mut window);
    settle(&mut window);
}

#[test]
fn a_double_click_searches_from_there() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 30);
    turn(&mut window, Page::Explore);
    let at = on_map(&window, 0.45, 0.55);
    let point = map_point(&window, 0.45, 0.55);
    for _ in 0..2 {
        click_at(&mut window, at, PointerButton::Primary);
    }
    until_searched(&mut window);
    let report = window.see().report().unwrap();
    assert_eq!(report.restarts.len(), 1);
    let start = report.restarts[0].restart.start();
    assert!(near([start[0], start[1]], point), "{start:?} {point:?}");
}

#[test]
fn escape_stops_a_search() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    unfold(&mut window, "More", "Steps");
    set(&mut window, "Steps", 20_000);
    unfold(&mut window, "Schedule", "Stop on a plateau");
    tick(&mut window, "Stop on a plateau");
    assert_eq!(window.see().next_search().patience, None);
    press(&mut window, words::SEARCH);
    window.wait("some steps", |see| see.search().is_some_and(|search| search.steps() > 2));
    assert!(in_panel(&window, "Stop").is_some() && said(&window, words::SEARCHING));
    key(&mut window, Key::Escape);
    until_searched(&mut window);
    assert!(window.see().report().unwrap().restarts[0].restart.steps < 20_000);
    show(&mut window);
    assert!(window.see().sentences().len() == 1 && said(&window, &window.see().sentences()[0]));
}
