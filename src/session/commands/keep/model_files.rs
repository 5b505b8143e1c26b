//! Opening, saving and closing of models.

use crate::data::table::TableOptions;
use crate::model::bundled::BUNDLED;
use crate::session::action::Action;
use crate::session::commands::learn::import::{holds_shapes, holds_table, import};
use crate::session::commands::optimise::search::search_from_file;
use crate::session::core::Core;
use crate::session::document::ImportWish;
use crate::session::document::ids::ModelId;
use crate::session::effects::act::act;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::keep::save::{self, Saved};
use crate::session::jobs::registry::JobKind;
use crate::session::results::models::file_name;
use crate::text;
use std::path::PathBuf;

pub(in crate::session) fn open(core: &mut Core, path: PathBuf) {
    if holds_shapes(&path) {
        let wish = ImportWish { paths: vec![path], ..core.state.import_wish() };
        return import(core, ImportWish { values: None, table: None, only: None, ..wish });
    }
    if holds_table(&path, core.state.shown_table()) {
        let table = Some(TableOptions::default());
        return import(core, ImportWish { paths: vec![path], table, ..ImportWish::default() });
    }
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return search_from_file(core, &path);
    }
    // A file that is opened again replaces its older model, unless that has unsaved changes.
    let mut models = core.state.models();
    let older = models.find(|(_, e)| e.path.as_ref() == Some(&path) && !e.unsaved);
    let older = older.map(|(id, _)| id);
    drop(models);
    act(core, Action::OpenFile(path, older));
    core.state.view.wanted = core.state.document.models.keys().next_back().copied();
}

pub(in crate::session) fn open_sample(core: &mut Core, index: usize) {
    if let Some(id) = sample(core, index)
        && core.state.view.shown != Some(id)
    {
        core.state.show(id);
    }
}

/// A bundled model among the open models; opens it if necessary.
pub(in crate::session) fn sample(core: &mut Core, index: usize) -> Option<ModelId> {
    if core.state.sample_model(index).is_none() {
        act(core, Action::OpenBundled(BUNDLED.get(index)?.id().to_owned()));
    }
    core.state.sample_model(index)
}

pub(in crate::session) fn save(core: &mut Core, id: ModelId, path: PathBuf) {
    let Some(entry) = core.state.model(id) else { return };
    let run = entry.of.run;
    let (name, prepared) = (file_name(&path), entry.prepared.clone());
    let saved = Saved { run, prepared, path };
    core.start(JobKind::Save, name, move |_: &Handle<NoNews>| save::run(saved));
}

/// Closes a model. Work on it goes on, and undo brings it back.
pub(in crate::session) fn close(core: &mut Core, id: ModelId) {
    if core.state.models().all(|(other, _)| other == id) {
        return core
            .state
            .notices
            .info(text!("This is the only open model; open another one first."));
    }
    act(core, Action::Close(id));
}
