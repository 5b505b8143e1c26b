//! Models and files that are opened, saved, closed; settings that are remembered.

use super::*;

#[test]
fn it_opens_on_a_sample_with_nothing_to_do() {
    let mut session = session();
    let see = session.see();
    assert_eq!(see.page(), Page::Explore);
    assert_eq!(see.models(), 1);
    assert_eq!(see.shown().name(), "Nine families");
    assert!(!see.has_unsaved() && see.notices().next().is_none());
    assert_eq!(session.advance(1.0), None, "nothing moves by itself");
}

#[test]
fn a_broken_file_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("text.safetensors"), "not a model").unwrap();
    std::fs::write(path("empty.safetensors"), "").unwrap();
    std::fs::create_dir(path("folder.safetensors")).unwrap();
    let mut session = session();
    let whole = bytes(&session, shown(&session).0);
    std::fs::write(path("cut.safetensors"), &whole[..whole.len() / 2]).unwrap();
    session.act(Act::Select([0.2, 0.1]));
    let before = (shown(&session), session.see().selected(), session.see().map().view());
    for name in ["text", "empty", "folder", "cut", "missing"] {
        let file = path(&format!("{name}.safetensors"));
        session.act(Act::Open(file.clone()));
        until_files_are_done(&mut session);
        let told = errors(&session);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(file.to_str().unwrap()), "{told:?}");
        let see = session.see();
        assert_eq!((shown(&session), see.selected(), see.map().view()), before);
        assert!(see.recent_files().is_empty());
        session.act(Act::Cancel);
    }
}

#[test]
fn a_file_that_does_not_open_leaves_no_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    session.act(Act::Pin([0.1, 0.2]));
    session.act(Act::Open(folder.path().join("missing.safetensors")));
    // Whatever is done before the failure is heard of stays.
    session.act(Act::Pin([0.3, 0.2]));
    session.act(Act::Undo);
    until_files_are_done(&mut session);
    assert_eq!(errors(&session).len(), 1);
    assert_eq!(session.see().redoable().as_deref(), Some("pin a point"));
    session.act(Act::Redo);
    assert_eq!(session.see().pins().len(), 2);
    assert_eq!(session.see().history_size().0, 3, "the first model, and two pins");
    session.act(Act::Undo);
    session.act(Act::Undo);
    assert!(session.see().pins().is_empty() && session.see().undoable().is_none());
    session.act(Act::Redo);
    session.act(Act::Redo);
    assert_eq!(session.see().pins().len(), 2);
}

#[test]
fn a_saved_model_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    let mut session = session();
    let id = trained(&mut session);
    assert!(session.see().has_unsaved());
    session.act(Act::Save(id, path.clone()));
    until_files_are_done(&mut session);
    let model = session.see().model(id);
    assert_eq!((model.name().as_str(), model.is_unsaved()), ("mine", false));
    assert_eq!(model.path(), Some(path.as_path()));
    assert_eq!(session.see().recent_files(), std::slice::from_ref(&path));
    let saved = bytes(&session, id);
    assert!(std::fs::read(&path).unwrap() == saved);
    session.act(Act::Open(path.clone()));
    until_files_are_done(&mut session);
    assert_eq!(session.see().models(), 2, "it takes the place of its older self");
    let again = shown(&session).0;
    assert!(bytes(&session, again) == saved && errors(&session).is_empty());
    let mut another = Program::open();
    another.act(Act::Open(path));
    until_files_are_done(&mut another);
    assert_eq!(another.see().shown().name(), "mine");
    assert!(bytes(&another, shown(&another).0) == saved);
}

#[test]
fn a_model_that_cannot_be_written_stays_unsaved() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    let id = trained(&mut session);
    for path in [folder.path().join("no/m.safetensors"), folder.path().to_owned()] {
        session.act(Act::Save(id, path.clone()));
        until_files_are_done(&mut session);
        let told = errors(&session);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(path.to_str().unwrap()), "{told:?}");
        assert!(session.see().has_unsaved());
        session.act(Act::Cancel);
    }
}

#[test]
fn a_closed_model_comes_back() {
    let mut session = session();
    let (sample, _) = shown(&session);
    session.act(Act::CloseModel(sample));
    assert_eq!(session.see().models(), 1, "the only model stays open");
    let id = trained(&mut session);
    let before = bytes(&session, id);
    session.act(Act::CloseModel(id));
    assert_eq!(shown(&session).0, sample);
    assert!(!session.see().has_unsaved());
    assert!(session.see().undoable().is_some());
    session.act(Act::Undo);
    assert_eq!(shown(&session).0, id);
    assert!(bytes(&session, id) == before && session.see().has_unsaved());
}

#[test]
fn a_model_that_is_closed_while_it_learns_comes_back_with_what_it_learned() {
    let mut session = session();
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 2);
    let (id, _) = shown(&session);
    session.act(Act::CloseModel(id));
    assert_eq!(session.see().models(), 1);
    assert!(session.see().jobs().contains(&JobKind::Training), "its training goes on, listed");
    let updates = session.see().training().updates();
    session.act(Act::Undo);
    assert_eq!(shown(&session).0, id);
    session.wait("more updates", |see| see.training_of(id).updates() > updates);
    assert!(session.see().training_of(id).snapshots() > 0, "with its timeline");
    session.act(Act::CloseModel(id));
    session.act(Act::Stop(JobKind::Training));
    session.wait("its end", |see| !see.jobs().contains(&JobKind::Training));
    one(&sentences(&session), "not open");
    session.act(Act::Undo);
    assert!(session.see().model(id).is_unsaved() && session.see().model(id).epochs() > 0);
}

#[test]
fn what_is_looked_at_belongs_to_the_model_that_is_shown() {
    let mut session = session();
    let (sample, _) = shown(&session);
    session.act(Act::Pin([0.1, 0.2]));
    session.act(Act::Select([0.3, 0.1]));
    session.act(Act::ShowModel(sample));
    assert!(session.see().selected().is_some(), "the same model again changes nothing");
    session.act(Act::OpenBundled(1));
    let (other, _) = shown(&session);
    assert!(session.see().pins().is_empty() && session.see().selected().is_none());
    session.act(Act::Pin([0.4, 0.4]));
    session.act(Act::Select([0.0, 0.0]));
    session.act(Act::Zoom([0.0, 0.0], 3.0));
    session.act(Act::CloseModel(other));
    let see = session.see();
    assert_eq!((shown(&session).0, see.selected().is_none()), (sample, true));
    assert!(see.map().is_fitted(), "the view is that of the model that is left");
    let pins: Vec<_> = see.pins().iter().map(|pin| (pin.model(), pin.at())).collect();
    assert_eq!(pins, [(sample, [0.1, 0.2])], "pins wait with the model they were made in");
    session.act(Act::Undo);
    assert_eq!(session.see().pins()[0].at(), [0.4, 0.4]);
}

#[test]
fn settings_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let open = || Program::open_with_settings(path.clone());
    let mut session = open();
    session.save_settings();
    assert!(!path.exists(), "nothing has changed");
    session.act(Act::SetTheme(Theme::Dark));
    session.act(Act::SetSearch(restarts(7, 70)));
    session.act(Act::SetTraining(config(12)));
    session.act(Act::SetFullSpeed(true));
    session.act(Act::SetStarts(Starts { origin: StartOrigin::Point, spread: 0.5 }));
    session.act(Act::Select([0.0, 0.0]));
    session.save_settings();
    let settings = session.see().settings();
    assert!(session.see().hint_followed());
    assert_eq!(open().see().settings(), settings);
    std::fs::write(&path, "not settings").unwrap();
    let session = open();
    one(&errors(&session), path.to_str().unwrap());
    assert_eq!(session.see().settings().theme, Theme::System);
    assert_eq!(session.see().models(), 1);
}

#[test]
fn settings_that_cannot_be_written_are_told_once_and_last_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let (file, locked) = (folder.path().join("file"), folder.path().join("settings.json"));
    std::fs::write(&file, "").unwrap();
    let saved = r#"{"text_scale":1.5}"#;
    std::fs::write(&locked, saved).unwrap();
    let mut permissions = std::fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&locked, permissions).unwrap();
    for (path, named) in [(file.join("settings.json"), &file), (locked.clone(), &locked)] {
        let mut session = Program::open_with_settings(path);
        for theme in [Theme::Dark, Theme::Light] {
            session.act(Act::SetTheme(theme));
            session.save_settings();
            one(&errors(&session), named.to_str().unwrap());
            assert_eq!(session.see().settings().theme, theme);
        }
    }
    assert_eq!(std::fs::read_to_string(&locked).unwrap(), saved, "those of before are unchanged");
}
