//! Two models side by side, and a sweep over beta.

use super::*;
use latent_explorer::data::outline::generator::GeneratorConfig;

fn are_measured(see: See<'_>) -> bool {
    [see.shown(), see.beside().expect("both")].into_iter().all(|model| see.metrics(model).is_some())
}

#[test]
fn both_maps_follow_the_mouse_on_either() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut window = open_in(theme);
        window.key_press(Key::K);
        window.step();
        settle(&mut window);
        let rect = |window: &Window, name: &str| window.get_by_label(name).rect();
        let first = rect(&window, words::MAP);
        let second = rect(&window, words::SECOND_MAP);
        assert!((first.size() - second.size()).length() < 1.0, "{first:?} {second:?}");
        assert!(first.right() <= second.left());
        // From one map to the other and back: the point is never lost.
        for map in [first, second, first] {
            window.hover_at(map.center() + egui::vec2(20.0, 0.0));
            show(&mut window);
            let point = window.see().hovered().expect("the first model's view of it");
            let twin = window.see().hovered_beside().expect("the second's");
            assert_eq!(point.at(), twin.at());
        }
        let view = window.see().map().view();
        window.hover_at(second.center());
        wheel(&mut window);
        (0..8).for_each(|_| window.step());
        assert_ne!(window.see().map().view(), view, "the second map zooms both");
        settle(&mut window);
        window.key_press(Key::K);
        window.run();
        assert!(window.see().beside().is_none());
    }
}

#[test]
fn the_drawer_compares_figures_and_the_menu_offers_pca() {
    let mut window = open();
    window.get_by_role_and_label(Role::Button, "Compare").click();
    window.step();
    settle(&mut window);
    window.wait("the figures", are_measured);
    click_label(&mut window, words::OPEN_DRAWER);
    window.run();
    for label in ["Information (KL), nats", "Active units", "Families found", "heart"] {
        assert!(window.query_all_by_label(label).next().is_some(), "{label}");
    }
    let menu = window.query_all_by_role(Role::Button).find_map(|node| {
        let name = node.accesskit_node().label()?;
        name.starts_with("Nine families, sigmoid").then_some(node)
    });
    menu.expect("the title of the second map").click();
    show(&mut window);
    click_label(&mut window, "PCA of the same data");
    window.wait("PCA", |see| see.beside().is_some_and(|model| model.model().is_linear()));
    settle(&mut window);
    assert!(said(&window, "PCA of Nine families"));
    click_label(&mut window, "End the comparison");
    assert!(window.see().beside().is_none());
}

#[test]
fn a_sweep_is_begun_watched_and_opened_from_its_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        generator: GeneratorConfig { samples: 90, points: 32, ..GeneratorConfig::default() },
        training: TrainingConfig { updates: 6, hidden: vec![16], ..TrainingConfig::default() },
        ..Settings::default()
    };
    let mut window = open_with(Theme::Dark, &settings, folder.path());
    window.key_press(Key::Num2);
    window.step();
    click_label(&mut window, "More");
    window.run();
    click_label(&mut window, words::SWEEP);
    window.run();
    fill(&mut window, "Betas", "4, x");
    assert!(said(&window, "'x'"));
    assert!(window.get_by_label("Train 0 models").accesskit_node().is_disabled());
    fill(&mut window, "Betas", "4");
    click_label(&mut window, "Train 1 model");
    window.wait("the sweep", |see| see.sweep().is_some_and(|sweep| !sweep.is_running()));
    window.run();
    click_label(&mut window, "Compare with beta 4");
    settle(&mut window);
    assert_eq!(window.see().beside().unwrap().name(), "beta 4");
    assert_eq!(window.see().page(), Page::Train);
    assert!(window.query_by_label("Compare with beta 4").is_none(), "the sheet is gone");
}
