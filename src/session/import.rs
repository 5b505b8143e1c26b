//! Shapes of one's own: they are imported, and the next training learns from them.

use super::Session;
use super::jobs::import::{Brought, ImportWish, ended, run};
use super::jobs::registry::{JobKind, JobResult, RunId};
use super::jobs::training::Material;
use super::state::State;
use crate::data::import::name_of;
use crate::data::source::TrainingData;
use crate::model::training::TrainingConfig;
use std::path::Path;
use std::sync::Arc;

/// Shapes of one's own, as the window sees them.
#[derive(Debug, Default)]
pub struct Own {
    /// True if the next training learns from them.
    pub chosen: bool,
    /// The input of the last import.
    pub wish: ImportWish,
    /// The import under way.
    pub run: Option<RunId>,
    /// The shapes that are there.
    pub brought: Option<Arc<Brought>>,
    /// Why the last import brought nothing.
    pub failed: Option<String>,
    /// The settings of trainings on families, while those on one's own shapes have others.
    before: Option<TrainingConfig>,
}

impl Own {
    /// The shapes that the next training learns from, if it learns from these.
    pub fn chosen(&self) -> Option<&TrainingData> {
        self.brought.as_ref().filter(|_| self.chosen).map(|brought| &brought.data)
    }
}

/// True if this can only be shapes: a folder, an airfoil, a picture, or a table whose header says so.
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

/// The beginning of a file, up to the first line's end.
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
    /// Begins to import; what was imported before stays until the new shapes are there.
    pub(super) fn import(&mut self, wish: ImportWish) {
        if wish.paths.is_empty() {
            return self.state.notices.info("Name a file or a folder of shapes first.");
        }
        // An import under way is foreign from here on.
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
            None => Material::Recipe(self.settings.recipe.clone()),
        }
    }

    /// The settings that are usual for what the next training learns from.
    pub fn usual_training(&self) -> TrainingConfig {
        self.own.chosen().map_or_else(TrainingConfig::default, TrainingConfig::for_imported)
    }

    /// Lets the next training learn from one's own shapes, or from families; each has its usual settings.
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

    /// The settings that are remembered: those of families, for one's own shapes are not.
    pub(super) fn lasting_settings(&self) -> super::settings::Settings {
        let mut settings = self.settings.clone();
        if let Some(before) = &self.own.before {
            settings.training.clone_from(before);
        }
        settings
    }

    /// Takes the end of an import in.
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
