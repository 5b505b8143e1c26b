//! Opening, saving and closing of models.

use super::import::holds_shapes;
use super::jobs::handle::{Handle, NoNews};
use super::jobs::import::ImportWish;
use super::jobs::registry::JobKind;
use super::jobs::save::Saved;
use super::jobs::{open, save};
use super::models::{ModelEntry, ModelId, Prepared};
use super::undo::Undo;
use super::{Command, Session};
use crate::model::bundled::BUNDLED;
use crate::text;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    pub(super) fn open(&mut self, path: PathBuf) {
        if holds_shapes(&path) {
            let wish = ImportWish { paths: vec![path], ..self.state.own.wish.clone() };
            return self.import(ImportWish { values: None, ..wish });
        }
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
            return self.search_from_file(&path);
        }
        let name = file_name(&path);
        self.start(JobKind::Open, name, move |handle| open::run(path, handle));
    }

    pub(super) fn open_sample(&mut self, index: usize) {
        if let Some(id) = self.sample(index) {
            self.perform(Command::ShowModel(id));
        }
    }

    /// A bundled model among the open models; opens it if necessary.
    pub(super) fn sample(&mut self, index: usize) -> Option<ModelId> {
        let sample = BUNDLED.get(index)?;
        let open =
            self.state.models.iter().find(|(_, e)| e.name == sample.name() && e.path.is_none());
        if let Some((id, _)) = open {
            return Some(id);
        }
        match sample.load().and_then(Prepared::new) {
            Ok(prepared) => {
                let id = self.state.models.allot();
                let entry = ModelEntry {
                    name: sample.name(),
                    version: 0,
                    path: None,
                    unsaved: false,
                    prepared: Arc::new(prepared),
                };
                self.state.models.insert(id, entry);
                Some(id)
            }
            Err(error) => {
                self.state.notices.error(error);
                None
            }
        }
    }

    pub(super) fn save(&mut self, id: ModelId, path: PathBuf) {
        let Some(entry) = self.state.models.get(id) else { return };
        let (name, prepared) = (file_name(&path), entry.prepared.clone());
        let saved = Saved { id, prepared, path };
        self.start(JobKind::Save, name, move |_: &Handle<NoNews>| save::run(saved));
    }

    pub(super) fn close(&mut self, id: ModelId) {
        if self.state.training.run.is_some() && self.state.training.model == Some(id) {
            return self
                .state
                .notices
                .info(text!("This model is being trained; stop the training first."));
        }
        if self.state.models.len() == 1 {
            return self
                .state
                .notices
                .info(text!("This is the only open model; open another one first."));
        }
        if let Some(heads) = self.state.heads.as_ref().filter(|heads| heads.model.0 == id) {
            self.state.jobs.cancel(heads.run);
        }
        if self.state.rediscovery.as_ref().is_some_and(|r| r.model == id) {
            self.clear_rediscovery();
        }
        if let Some(entry) = self.state.models.remove(id) {
            self.state.lose(Undo::Model(id, entry));
        }
        if let Some((shown, _)) = self.state.models.shown() {
            self.state.show(shown);
        }
    }
}

/// The last part of a path, for the screen.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
