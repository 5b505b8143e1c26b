//! Every page, dialog and menu: `run` checks that every input has a name, and layout that every glyph is there.

use super::*;

fn look_at_everything(theme: Theme) {
    let mut window = open_in(theme);
    for page in [Page::Explore, Page::Train, Page::Optimise] {
        turn(&mut window, page);
        settle(&mut window);
        for fold in [words::HEADS, "More", "Steps and pace", "Path: Line"] {
            let folded: Vec<Pos2> =
                window.query_all_by_label(fold).map(|more| more.rect().center()).collect();
            for at in folded {
                click_at(&mut window, at, PointerButton::Primary);
            }
        }
        if page == Page::Optimise {
            for (group, holds) in [
                ("Starts", "From"),
                ("Penalties", "L2"),
                ("Constraints", "+ Constraint"),
                ("Method", "Optimise in"),
                ("Schedule", "Plateau patience"),
            ] {
                unfold(&mut window, group, holds);
            }
        }
        click_on_map(&mut window, 0.5, 0.5);
        settle(&mut window);
        click_label(&mut window, "Details");
        settle(&mut window);
        click_label(&mut window, "Details");
    }
    key(&mut window, Key::B);
    for _ in 0..6 {
        key(&mut window, Key::Period);
        settle(&mut window);
    }
    click(&mut window, "Show code");
    settle(&mut window);
    click_label(&mut window, "What these lines stand on");
    settle(&mut window);
    click(&mut window, "Close");
    click(&mut window, "End");
    key(&mut window, Key::V);
    settle(&mut window);
    search(&mut window);
    settle(&mut window);
    for tab in [words::BASINS, words::CANDIDATES, "Restarts"] {
        click(&mut window, tab);
        settle(&mut window);
    }
    for quantity in ["Area", "Perimeter", "Heat shedding", "Roundness"] {
        turn(&mut window, Page::Explore);
        press_below(&mut window, quantity);
        assert_eq!(window.see().quantity().label().to_string(), quantity);
    }
    train(&mut window, 2);
    until_trained(&mut window, "12 updates");
    for shortcut in [Key::O, Key::S] {
        ctrl(&mut window, shortcut);
        settle(&mut window);
        click(&mut window, "Cancel");
    }
    key(&mut window, Key::F1);
    settle(&mut window);
    click(&mut window, "Close");
    click(&mut window, "Menu");
    settle(&mut window);
    key(&mut window, Key::Escape);
    key(&mut window, Key::F5);
    settle(&mut window);
    assert_eq!(window.ctx.theme(), theme);
}

#[test]
fn everything_has_its_names_and_glyphs_in_light() {
    look_at_everything(Theme::Light);
}

#[test]
fn everything_has_its_names_and_glyphs_in_dark() {
    look_at_everything(Theme::Dark);
}

#[test]
fn the_list_of_keys_fits_into_the_smallest_window() {
    let mut window = open_as(usual(Theme::Light).with_size([960.0, 600.0]), None);
    key(&mut window, Key::F1);
    settle(&mut window);
    let close = window.get_by_role_and_label(Role::Button, "Close").rect();
    let screen = window.ctx.content_rect();
    assert!(screen.contains_rect(close), "{close:?}");
    click(&mut window, "Close");
    assert!(window.query_by_role_and_label(Role::Button, "Close").is_none());
}
