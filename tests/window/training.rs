//! Trainings from the panel.

use super::*;
use latent_explorer::model::preset::Preset;
use latent_explorer::nn::autoencoder::Output;
use latent_explorer::nn::loss::Reconstruction;

#[test]
fn three_epochs_are_trained_and_the_old_model_stays() {
    let mut window = open();
    train(&mut window, 3);
    until_trained(&mut window, "18 updates (3 epochs)");
    let model = window.see().shown();
    assert_eq!(model.epochs(), 3);
    assert!(said(&window, "18 of 18: epoch 3.0"), "the drawer says how far it is");
    click_part(&mut window, "Trained");
    settle(&mut window);
    click(&mut window, "Nine families");
    settle(&mut window);
    assert_eq!(window.see().shown().name(), "Nine families");
    assert_eq!(window.see().models(), 2);
}

#[test]
fn a_training_pauses_with_space_and_stopping_keeps_what_it_learned() {
    let mut window = open();
    train(&mut window, 5000);
    window.wait("the second epoch", |see| see.training().epochs() >= 1.0);
    key(&mut window, Key::Space);
    assert_eq!(window.see().training().phase(), TrainingPhase::Paused);
    show(&mut window);
    assert!(in_panel(&window, "Go on").is_some() && said(&window, "paused"));
    press(&mut window, "Go on");
    assert_eq!(window.see().training().phase(), TrainingPhase::Running);
    press(&mut window, "Stop");
    until_trained(&mut window, "Training");
    let model = window.see().shown();
    assert!(model.is_unsaved() && !model.model().card.history().is_empty());
    assert!(in_panel(&window, "Train").is_some(), "the next can begin");
    open_drawer(&mut window);
    assert!(map(&window).height() < 450.0, "the drawer is open");
}

#[test]
fn nothing_is_set_but_what_is_pressed_and_a_preset_says_what_it_sets() {
    let mut window = open();
    turn(&mut window, Page::Train);
    let usual = TrainingConfig::default();
    let training = |window: &Window| window.see().next_training().clone();
    unfold(&mut window, "More", "BCE");
    press(&mut window, "BCE");
    settle(&mut window);
    assert_eq!(training(&window), TrainingConfig { loss: Reconstruction::Bce, ..usual.clone() });
    assert!(said(&window, "output sigmoid") && said(&window, "preset bce"), "it cannot be trained");
    press(&mut window, "Sigmoid");
    settle(&mut window);
    let wanted = TrainingConfig { output: Output::Sigmoid, ..training(&window) };
    assert!(training(&window).check().is_ok() && training(&window) == wanted);
    assert_eq!(training(&window).beta, usual.beta, "beta stays");
    assert!(!said(&window, "preset bce"));

    for preset in Preset::ALL {
        let menu = in_panel_beginning(&window, "Preset");
        click_at(&mut window, menu, PointerButton::Primary);
        settle(&mut window);
        click(&mut window, &preset.label().to_string());
        settle(&mut window);
        let mut wanted = usual.clone();
        preset.apply(&mut wanted);
        assert_eq!(training(&window), wanted);
        assert!(said(&window, &preset.about().to_string()), "{preset:?} says what it has set");
    }
}

#[test]
fn heads_are_learned_from_the_panel() {
    let mut window = open();
    train(&mut window, 1);
    until_trained(&mut window, "6 updates");
    let fold = window.get_by_label(words::HEADS).rect().center();
    click_at(&mut window, fold, PointerButton::Primary);
    settle(&mut window);
    click(&mut window, words::TRAIN_HEAD);
    window.wait("the head", |see| !see.is_training_heads());
    show(&mut window);
    assert!(said(&window, "Roundness R\u{b2} "));
    assert!(window.query_by_label(words::TRAIN_HEAD).is_none(), "it is there");
    window.get_by_label("Train head: Area");
    settle(&mut window);
    click(&mut window, words::TRAIN_ALL_HEADS);
    window.wait("the heads", |see| !see.is_training_heads());
    show(&mut window);
    let model = window.see().shown();
    assert_eq!(model.model().heads().len(), 4);
    assert!(
        window.query_by_label(words::TRAIN_ALL_HEADS).is_none(),
        "there is nothing left to learn"
    );
    settle(&mut window);

    unfold(&mut window, "More", "Train heads jointly");
    window.get_by_role_and_label(Role::CheckBox, "Perimeter").click_accesskit();
    show(&mut window);
    window.get_by_role_and_label(Role::CheckBox, "Area").click_accesskit();
    show(&mut window);
    let asked = [Quantity::AREA, Quantity::PERIMETER].map(Quantity::as_predicted);
    assert_eq!(window.see().next_training().heads, asked);
    settle(&mut window);
    window.get_by_role_and_label(Role::SpinButton, "Head weight");
}

#[test]
fn what_comes_after_the_last_update_is_said() {
    let mut window = open();
    turn(&mut window, Page::Train);
    // Thousands of shapes take their time to be encoded and judged.
    unfold(&mut window, "Steps and pace", "Full speed");
    tick(&mut window, "Full speed");
    unfold(&mut window, "More", "Updates");
    set(&mut window, "Updates", 9);
    press(&mut window, "Train");
    window.wait("the last update", |see| see.training().phase() == TrainingPhase::Finishing);
    window.step();
    assert!(said(&window, "Finishing"));
    assert!(!said(&window, "0.0 s left"));
    until_trained(&mut window, "9 updates");
}

#[test]
fn buttons_keep_their_places_whatever_runs() {
    let mut window = open();
    turn(&mut window, Page::Train);
    unfold(&mut window, "Steps and pace", "One batch");
    let places = |window: &Window| {
        let names = ["Train", "Stop", "Reset", "One batch", "One epoch", "Branch", "New seed"];
        names.map(|name| in_panel(window, name).expect(name).rect())
    };
    let before = places(&window);
    // The second of two clicks finds the button where it was, and it does nothing more.
    for name in ["One batch", "One batch", "Train", "Train"] {
        let place = in_panel(&window, name).unwrap().rect().center();
        click_at(&mut window, place, PointerButton::Primary);
        show(&mut window);
        assert_eq!(places(&window), before, "{name}");
    }
    assert!(window.see().training().is_running());
    press(&mut window, "Stop");
    window.wait("the end of the training", |see| !see.training().is_running());
    settle(&mut window);
    assert_eq!(places(&window), before);
}
