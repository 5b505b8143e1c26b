//! One restart, stepped through by hand.

use super::*;
use crate::driver::StepThroughFacts;
use latent_explorer::optimise::UpdateStage;

fn walk(window: &Window) -> StepThroughFacts<'_> {
    window.see().step_through().unwrap()
}

#[test]
fn one_restart_is_walked_by_hand() {
    let mut window = open();
    turn(&mut window, Page::Optimise);
    click_on_map(&mut window, 0.4, 0.6);
    window.remove_cursor();
    unfold(&mut window, "More", "Steps");
    press_below(&mut window, words::STEP_THROUGH);
    settle(&mut window);
    assert!(near(walk(&window).trajectory()[0], window.see().selected().unwrap().at()));
    assert!(said(&window, "0 of 500: Value, 1 of 5") && said(&window, "roundness = "));
    window.get_by_label("What moves and what is locked");
    for (pressed, sentence) in [
        (Key::Period, "Gradient, 2 of 5"),
        (Key::Period, "m0 = 0.9 × 0 + 0.1 × "),
        (Key::Period, "m_hat0 = "),
        (Key::Comma, "v: "),
        (Key::Space, "1 of 500: Value, 1 of 5"),
    ] {
        key(&mut window, pressed);
        assert!(said(&window, sentence), "{sentence}");
    }
    click(&mut window, "Next stage");
    assert_eq!(walk(&window).stepper().stage(), UpdateStage::Gradient);
    let lit = window.get_by_label_contains("loss.backward()");
    assert_eq!(lit.accesskit_node().toggled(), Some(Toggled::True), "the running line is lit");
    click(&mut window, "10 steps");
    assert_eq!(walk(&window).trajectory().len(), 12);
    click(&mut window, "Start again");
    assert_eq!(walk(&window).trajectory().len(), 1);

    click(&mut window, "Show code");
    settle(&mut window);
    assert!(said(&window, "PyTorch") && said(&window, "--starts starts.csv"));
    let copied = |window: &Window| {
        window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    };
    window.get_by_role_and_label(Role::Button, "Copy script").click();
    window.step();
    let script = copied(&window).expect("a script on the clipboard");
    assert!(script.starts_with("import") && script.contains("loss = -roundness(x)"), "{script}");
    click(&mut window, "Close");
    key(&mut window, Key::Escape);
    assert!(window.see().step_through().is_none());
    settle(&mut window);
    assert!(map(&window).height() > 500.0, "the drawer has nothing left to show");
}
