//! Opening, saving and closing of models.

use super::Session;
use super::action::Action;
use super::document::ModelSource;
use super::ids::ModelId;
use super::import::holds_shapes;
use super::jobs::handle::{Handle, NoNews};
use super::jobs::import::ImportWish;
use super::jobs::registry::JobKind;
use super::jobs::save::{self, Saved};
use crate::model::bundled::BUNDLED;
use crate::text;
use std::path::{Path, PathBuf};

impl Session {
    pub(super) fn open(&mut self, path: PathBuf) {
        if holds_shapes(&path) {
            let wish = ImportWish { paths: vec![path], ..self.state.import_wish() };
            return self.import(ImportWish { values: None, ..wish });
        }
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
            return self.search_from_file(&path);
        }
        // A file that is opened again replaces its older model, unless that has unsaved changes.
        let mut models = self.state.models();
        let older = models.find(|(_, e)| e.path.as_ref() == Some(&path) && !e.unsaved);
        let older = older.map(|(id, _)| id);
        drop(models);
        self.act(Action::OpenFile(path, older));
        self.state.view.wanted = self.state.document.models.keys().next_back().copied();
    }

    pub(super) fn open_sample(&mut self, index: usize) {
        if let Some(id) = self.sample(index)
            && self.state.view.shown != Some(id)
        {
            self.state.show(id);
        }
    }

    /// A bundled model among the open models; opens it if necessary.
    pub(super) fn sample(&mut self, index: usize) -> Option<ModelId> {
        let name = BUNDLED.get(index)?.id().to_owned();
        let source = ModelSource::Bundled(name.clone());
        if self.state.model_from(&source).is_none() {
            self.act(Action::OpenBundled(name));
        }
        self.state.model_from(&source)
    }

    pub(super) fn save(&mut self, id: ModelId, path: PathBuf) {
        let Some((run, entry)) = self.state.run_of(id).zip(self.state.model(id)) else { return };
        let (name, prepared) = (file_name(&path), entry.prepared.clone());
        let saved = Saved { run, prepared, path };
        self.start(JobKind::Save, name, move |_: &Handle<NoNews>| save::run(saved));
    }

    /// Closes a model. Work on it goes on, and undo brings it back.
    pub(super) fn close(&mut self, id: ModelId) {
        if self.state.models().all(|(other, _)| other == id) {
            return self
                .state
                .notices
                .info(text!("This is the only open model; open another one first."));
        }
        self.act(Action::Close(id));
    }
}

/// The last part of a path, for the screen.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
