//! The user's shapes: their import, and their use as data of the next training.

use super::Session;
use super::jobs::import::{Brought, ImportWish, ended, run};
use super::jobs::registry::{JobKind, JobResult, RunId};
use super::jobs::training::Material;
use super::state::State;
use crate::data::outline::import::name_of;
use crate::data::source::TrainingData;
use crate::model::training_config::TrainingConfig;
use crate::text;
use crate::text::Text;
use std::path::Path;
use std::sync::Arc;

/// The user's shapes, as the window sees them.
#[derive(Debug, Default)]
pub struct Own {
    /// True if the next training learns from them.
    pub chosen: bool,
    /// The input of the last import.
    pub wish: ImportWish,
    /// The import that is running.
    pub run: Option<RunId>,
    /// The imported shapes.
    pub brought: Option<Arc<Brought>>,
    /// Why the last import failed.
    pub failed: Option<Text>,
    /// The settings of trainings on families, kept here while the imported shapes are chosen.
    before: Option<TrainingConfig>,
}

impl Own {
    /// The imported shapes, if the next training learns from them.
    pub fn chosen(&self) -> Option<&TrainingData> {
        self.brought.as_ref().filter(|_| self.chosen).map(|brought| &brought.data)
    }
}

/// True if the path can only hold shapes: a folder, an airfoil, a picture, or a table whose header says so.
pub fn holds_shapes(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "safetensors" => false,
        _ if path.is_dir() => true,
        "dat" | "svg" => true,
        "csv" | "tsv" => first_line(path).is_some_and(|line| is_header_of_shapes(&line)),
        _ => false,
    }
}

/// The first line of a file, of which only the beginning is read.
fn first_line(path: &Path) -> Option<String> {
    use std::io::Read;
    let file = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
    file?;
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(4096).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().find(|line| !line.trim().is_empty()).map(str::to_owned)
}

fn is_header_of_shapes(line: &str) -> bool {
    let cells: Vec<String> =
        line.split([',', ';', '\t']).map(|c| c.trim().to_lowercase()).collect();
    let has = |name: &str| cells.iter().any(|cell| cell == name);
    has("x") && has("y") || has("x0") && has("y0")
}

impl Session {
    /// Starts an import; the previous shapes stay until the new ones are ready.
    pub(super) fn import(&mut self, wish: ImportWish) {
        if wish.paths.is_empty() {
            return self.state.notices.info(text!("Name a file or a folder of shapes first."));
        }
        // The events of a cancelled import are ignored from here on.
        self.state.own.run.into_iter().for_each(|run| self.state.jobs.cancel(run));
        let job = wish.clone();
        let run =
            self.start(JobKind::Import, name_of(&wish.paths), move |handle| run(&job, handle));
        let own = &mut self.state.own;
        (own.run, own.failed, own.wish) = (Some(run), None, wish);
        self.state.learn_from_own(true);
    }
}

impl State {
    /// The data of the next training.
    pub(super) fn material(&self) -> Material {
        match self.own.chosen() {
            Some(data) => Material::Ready(data.clone()),
            None => Material::Recipe(self.settings.generator.clone()),
        }
    }

    /// The default settings for the data of the next training.
    pub fn usual_training(&self) -> TrainingConfig {
        self.own.chosen().map_or_else(TrainingConfig::default, TrainingConfig::for_imported)
    }

    /// Uses the imported shapes for the next training, or families; each has its default settings.
    pub(super) fn learn_from_own(&mut self, own: bool) {
        self.own.chosen = own;
        let usual = self.own.chosen().map(TrainingConfig::for_imported);
        let training = &mut self.settings.training;
        match (usual, self.own.before.take()) {
            (Some(usual), before) => {
                let before = before.unwrap_or_else(|| training.clone());
                *training = TrainingConfig {
                    batch_size: before.batch_size,
                    latent_dim: before.latent_dim,
                    hidden: before.hidden.clone(),
                    activation: before.activation,
                    seed: before.seed,
                    ..usual
                };
                self.own.before = Some(before);
            }
            (None, Some(before)) => {
                *training = TrainingConfig { seed: training.seed, ..before };
            }
            (None, None) => (),
        }
    }

    /// The settings to save: those for families, since the ones for imported shapes are not saved, and the search as the
    /// user set it, without the changes of a lesson or of a model that lacks a property.
    pub(super) fn lasting_settings(&self) -> super::settings::Settings {
        let mut settings = self.settings.clone();
        let before = self.lesson.as_ref().map(|lesson| lesson.before.clone());
        settings.search = before.unwrap_or_else(|| self.chosen_search());
        if let Some(before) = &self.own.before {
            settings.training.clone_from(before);
        }
        settings
    }

    /// Handles the result of an import.
    pub(super) fn import_ended(&mut self, result: JobResult<Brought>) {
        self.own.run = None;
        match ended(result) {
            Ok(brought) => {
                self.own.brought = Some(Arc::new(brought));
                self.learn_from_own(true);
            }
            Err(why) => self.own.failed = Some(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_shapes_are_known_by_their_header() {
        assert!(is_header_of_shapes("x,y") && is_header_of_shapes("id;label;x0;y0;x1;y1"));
        assert!(!is_header_of_shapes("z0,z1") && !is_header_of_shapes("0.5,1"));
        assert!(holds_shapes(Path::new("wing.DAT")) && !holds_shapes(Path::new("m.safetensors")));
        assert!(holds_shapes(&std::env::temp_dir()));
    }
}
