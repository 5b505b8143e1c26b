//! Files that are opened, saved, dropped, exported, and what is asked before work is lost.

use super::*;
use egui::{DroppedFile, ViewportCommand, ViewportEvent, ViewportId};
use std::sync::Arc;

#[test]
fn the_export_sheet_writes_and_keeps_the_path_of_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    ctrl(&mut window, Key::E);
    settle(&mut window);
    click(&mut window, "SVG");
    settle(&mut window);
    assert_eq!(path_field(&window).as_deref(), Some("map.svg"), "the format is the ending");
    click(&mut window, "Losses");
    settle(&mut window);
    assert_eq!(path_field(&window).as_deref(), Some("losses.png"), "the name follows what leaves");
    let typed = |window: &mut Window, path: &Path| {
        fill_path(window, path);
        settle(window);
    };
    let missing = folder.path().join("no/losses.png");
    typed(&mut window, &missing);
    click(&mut window, "Export");
    window.wait("the failure", |see| see.export_problem().is_some());
    settle(&mut window);
    assert_eq!(path_field(&window).as_deref(), missing.to_str());
    let whole = folder.path().join("losses.png");
    typed(&mut window, &whole);
    click(&mut window, "Export");
    window.wait("the picture", |see| !see.is_exporting() && see.export_problem().is_none());
    settle(&mut window);
    assert!(std::fs::read(&whole).unwrap().starts_with(b"\x89PNG"));
    assert!(path_field(&window).is_none(), "what is written takes the sheet away");
}

#[test]
fn a_broken_file_is_told_by_name_and_the_model_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.safetensors");
    std::fs::write(&path, "not a model").unwrap();
    let mut window = open();
    let before = window.see().shown().version();
    open_typed(&mut window, &path);
    window.wait("the refusal", |see| !see.errors().is_empty());
    settle(&mut window);
    assert!(said(&window, path.to_str().unwrap()));
    assert_eq!(window.see().shown().version(), before);
    settle(&mut window);
    click(&mut window, "Dismiss");
    assert!(!said(&window, path.to_str().unwrap()));
    assert_eq!(window.see().notices().count(), 0);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_model_is_saved_by_its_sheet_and_opens_by_dropping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.safetensors");
    let mut window = open();
    ctrl(&mut window, Key::S);
    assert_eq!(path_field(&window).as_deref(), Some("nine_families.safetensors"));
    fill_path(&mut window, &path);
    click(&mut window, "Save");
    window.wait("the end of saving", |see| !see.is_busy_with_files());
    assert_eq!(window.see().shown().name(), "kept");
    assert!(path.exists());
    window.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    show(&mut window);
    settle(&mut window);
    assert_eq!(window.see().shown().path(), Some(path.as_path()));
    ctrl(&mut window, Key::O);
    window.get_by_label("kept.safetensors");
    click(&mut window, "Cancel");
    assert!(window.query_by_label("kept.safetensors").is_none());
}

#[test]
fn unsaved_work_is_asked_about_before_it_is_lost() {
    let mut window = open();
    train(&mut window, 1);
    until_trained(&mut window, "6 updates");
    let close = |window: &mut Window| {
        click_part(window, "Trained");
        click(window, "Close");
        settle(window);
    };
    close(&mut window);
    assert!(said(&window, "without saving?"));
    click(&mut window, "Cancel");
    assert_eq!(window.see().models(), 2);

    let viewport = window.input_mut().viewports.get_mut(&ViewportId::ROOT).unwrap();
    viewport.events.push(ViewportEvent::Close);
    window.step();
    let commands = &window.output().viewport_output[&ViewportId::ROOT].commands;
    assert!(commands.contains(&ViewportCommand::CancelClose), "{commands:?}");
    settle(&mut window);
    assert!(said(&window, "Leave without saving?"));
    click(&mut window, "Stay");
    assert!(!said(&window, "Leave without saving?"));

    close(&mut window);
    click(&mut window, "Close without saving");
    settle(&mut window);
    assert_eq!(window.see().models(), 1);
    let viewport = window.input_mut().viewports.get_mut(&ViewportId::ROOT).unwrap();
    viewport.events.push(ViewportEvent::Close);
    window.step();
    let commands = &window.output().viewport_output[&ViewportId::ROOT].commands;
    assert!(!commands.contains(&ViewportCommand::CancelClose), "nothing is lost any more");
}

#[test]
fn a_model_has_the_name_that_it_is_given() {
    let mut window = open();
    key(&mut window, Key::M);
    settle(&mut window);
    assert!(said(&window, "The model is frozen"));
    fill(&mut window, "Name", "\u{3a9} of mine");
    key(&mut window, Key::Enter);
    settle(&mut window);
    window.get_by_role_and_label(Role::Button, "\u{3a9} of mine");
    ctrl(&mut window, Key::Z);
    settle(&mut window);
    window.get_by_role_and_label(Role::Button, "Nine families");
}

#[test]
fn the_next_person_starts_fresh() {
    let mut window = open();
    search(&mut window);
    assert_eq!(window.see().next_search().restarts, 8);
    click(&mut window, "Menu");
    click(&mut window, "Start fresh\u{2026}");
    settle(&mut window);
    click(&mut window, "Start fresh");
    settle(&mut window);
    assert!(window.see().search().is_none() && window.see().report().is_none());
    assert_eq!(window.see().next_search(), SearchConfig::default());
}
