//! Actions and their effects: the document changes, the history records it, and the work that was asked for begins.

use super::Session;
use super::action::{Action, Effect};
use super::apply::apply;
use super::document::{DataSpec, ModelSource};
use super::ids::{ModelId, RunId};
use super::import::ImportRun;
use super::jobs::handle::{Handle, NoNews};
use super::jobs::race::RaceRun;
use super::jobs::rediscovery::RediscoveryRun;
use super::jobs::registry::JobKind;
use super::jobs::search::SearchRun;
use super::jobs::sweep::SweepRun;
use super::jobs::training::Material;
use super::jobs::{import, open, pca, race, rediscovery, search, sweep};
use super::model_files::file_name;
use super::models::{ModelEntry, Prepared};
use super::step_through::StepThroughState;
use crate::data::outline::import::name_of;
use crate::error::{Error, Result};
use crate::model::bundled::BUNDLED;
use crate::rediscover::RediscoverConfig;
use crate::text;
use std::sync::Arc;

impl Session {
    /// Carries an action out.
    pub(super) fn act(&mut self, action: Action) {
        let state = &mut self.state;
        let effect = apply(&mut state.document, action.clone());
        if state.history.record(&state.document, &action, self.gesture) {
            state.notices.info(text!("The oldest steps can no longer be undone."));
        }
        self.forget_results();
        if let Some(effect) = effect {
            self.carry_out(effect);
        }
    }

    /// Takes the last action back. Work that it began goes on.
    pub(super) fn undo(&mut self) {
        match self.state.history.undo() {
            Some(document) => self.turn_to(&document),
            None => self.state.notices.info(text!("There is nothing to undo.")),
        }
    }

    /// Carries out again what was taken back last.
    pub(super) fn redo(&mut self) {
        match self.state.history.redo() {
            Some(document) => self.turn_to(&document),
            None => self.state.notices.info(text!("There is nothing to redo.")),
        }
    }

    fn turn_to(&mut self, document: &super::document::Document) {
        let state = &mut self.state;
        let present = std::mem::replace(&mut state.document, document.clone());
        state.document.count_beyond(&present);
        self.show_what_came_back(&present);
    }

    /// Turns the view to what an undo or a redo has brought back: a model, a search, a latent path, a step-by-step search.
    fn show_what_came_back(&mut self, before: &super::document::Document) {
        let state = &mut self.state;
        let document = &state.document;
        let model = document.models.iter().find(|(id, _)| !before.models.contains_key(id));
        let model = model.map(|(id, _)| *id);
        let search = document.searches.iter().find(|(run, _)| !before.searches.contains_key(run));
        let search = search.map(|(run, spec)| (*run, spec.model));
        let shown = state.view.shown;
        let path = |document: &super::document::Document| {
            shown.and_then(|id| document.models.get(&id)).is_some_and(|model| model.path_shown)
        };
        let path_is_back = path(document) && !path(before);
        let walk_is_back =
            document.step_through.is_some() && document.step_through != before.step_through;
        if let Some(id) = model {
            state.view.wanted = Some(id);
        }
        if let Some((run, model)) = search {
            state.view.look_at_search(model, run);
        }
        if path_is_back {
            state.view.activity = super::Activity::Explore;
        } else if walk_is_back {
            state.view.activity = super::Activity::Optimise;
        }
    }

    /// Forgets results that no document refers to any more.
    fn forget_results(&mut self) {
        let state = &mut self.state;
        let history = &state.history;
        state.runs.retain(|run| history.refers_to(run));
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Make(model) => self.make(model),
            Effect::Import(run) => self.begin_import(run),
            Effect::Sweep => self.begin_sweep(),
            Effect::Search(run) => self.run_search(run),
            Effect::Race => self.run_race(),
            Effect::Rediscover => self.begin_rediscovery(),
            Effect::Draw => self.make_drawing(),
            Effect::StepThrough => {
                if let Err(error) = self.begin_walk() {
                    self.state.notices.error(error);
                }
            }
        }
    }

    /// Makes the present result of a model.
    fn make(&mut self, id: ModelId) {
        let Some(model) = self.state.document.models.get(&id) else { return };
        let (run, source) = (model.run, model.source.clone());
        let made = match &*source {
            ModelSource::Bundled(name) => self.load_bundled(run, name),
            ModelSource::File(path) => {
                let (path, name) = (path.clone(), file_name(path));
                self.start(JobKind::Open, name, move |handle| open::run(path, run, handle));
                Ok(())
            }
            ModelSource::Training(spec) => self.begin_training(id, run, spec),
            ModelSource::Swept(sweep, index) => self.open_point(run, *sweep, *index),
            ModelSource::Pca(of) => self.begin_pca(run, *of),
        };
        if let Err(error) = made {
            self.state.notices.error(error);
        }
    }

    fn load_bundled(&mut self, run: RunId, name: &str) -> Result<()> {
        let unknown = || Error::mismatch(text!("no model '{name}' comes with the program", name));
        let sample = BUNDLED.iter().find(|s| s.id() == name).ok_or_else(unknown)?;
        let prepared = Arc::new(Prepared::new(sample.load()?)?);
        self.insert(
            run,
            ModelEntry { name: sample.name(), version: 0, path: None, unsaved: false, prepared },
        );
        Ok(())
    }

    /// Enters a model with a version of its own.
    fn insert(&mut self, run: RunId, entry: ModelEntry) {
        let version = self.state.runs.next_version();
        self.state.runs.models.insert(run, ModelEntry { version, ..entry });
    }

    fn open_point(&mut self, run: RunId, sweep: RunId, index: usize) -> Result<()> {
        let point = self.state.runs.sweeps.get(&sweep).and_then(|sweep| sweep.done.get(index));
        let missing = || Error::mismatch(text!("This model of the sweep is not trained yet."));
        let point = point.ok_or_else(missing)?;
        let (name, prepared) = (format!("beta {}", point.beta), point.prepared.clone());
        self.insert(
            run,
            ModelEntry { name: name.into(), version: 0, path: None, unsaved: true, prepared },
        );
        Ok(())
    }

    fn begin_pca(&mut self, run: RunId, of: RunId) -> Result<()> {
        let nothing = || Error::mismatch(text!("No model is open."));
        let entry = self.state.runs.models.get(&of).ok_or_else(nothing)?;
        let (model, subject) = (entry.prepared.model.clone(), entry.name.clone());
        let name = text!("PCA of {name}", name = &entry.name);
        self.start(JobKind::Pca, subject, move |handle| pca::run(&model, name, run, handle));
        Ok(())
    }

    fn begin_import(&mut self, run: RunId) {
        let Some(own) = &self.state.document.training.own else { return };
        let wish = own.import.wish.clone();
        let work = move |handle: &Handle<NoNews>| import::run(&wish, handle);
        let job = self.start(JobKind::Import, name_of(&own_paths(&self.state.document)), work);
        let import = ImportRun { job: Some(job), brought: None, failed: None };
        self.state.runs.imports.insert(run, import);
    }

    /// The data that a specification names.
    pub(super) fn material(&self, data: &DataSpec) -> Result<Material> {
        match data {
            DataSpec::Generated(generator) => Ok(Material::Recipe(generator.clone())),
            DataSpec::Imported(run) => {
                let import = self.state.runs.imports.get(run);
                let brought = import.and_then(|import| import.brought.as_ref());
                let missing = || Error::mismatch(text!("the shapes of the import are not there"));
                Ok(Material::Ready(brought.ok_or_else(missing)?.data.clone()))
            }
            DataSpec::OfModel(run) => {
                // Data that a training has made are not made again.
                let training = self.state.runs.trainings.get(run);
                if let Some(context) = training.and_then(|training| training.context.as_ref()) {
                    return Ok(Material::Ready(context.training_data()));
                }
                let missing = || Error::mismatch(text!("No model is open."));
                let entry = self.state.runs.models.get(run).ok_or_else(missing)?;
                Ok(Material::Ready(entry.prepared.model.training_data()?))
            }
        }
    }

    fn begin_sweep(&mut self) {
        let Some(spec) = self.state.document.sweep.clone() else { return };
        let material = match self.material(&spec.data) {
            Ok(material) => material,
            Err(error) => return self.state.notices.error(error),
        };
        let (run, name) = (spec.run, material.name());
        let made = SweepRun {
            job: None,
            count: spec.betas.len(),
            beta: spec.betas.first().copied().unwrap_or(f64::NAN),
            done: Vec::new(),
        };
        let job = self.start(JobKind::Sweep, name, move |handle| {
            sweep::run(material, spec.config.clone(), &spec.betas, handle)
        });
        self.state.runs.sweeps.insert(run, SweepRun { job: Some(job), ..made });
    }

    fn run_search(&mut self, run: RunId) {
        let state = &self.state;
        let Some(spec) = state.document.searches.get(&run).cloned() else { return };
        let Some(entry) = state.model(spec.model) else { return };
        let (prepared, version) = (entry.prepared.clone(), entry.version);
        let (name, speed) = (entry.name.clone(), state.search().map_or(1.0, |s| s.playback.speed));
        let begun = SearchRun::new((spec.model, version), &prepared, spec.config.clone(), speed);
        let job = self.start(JobKind::Search, name, move |handle| {
            search::run(&prepared, spec.config.clone(), handle)
        });
        self.state.runs.searches.insert(run, SearchRun { job: Some(job), ..begun });
    }

    fn run_race(&mut self) {
        let Some(spec) = self.state.document.race.clone() else { return };
        let Some(entry) = self.state.model(spec.model) else { return };
        let (prepared, version) = (entry.prepared.clone(), entry.version);
        let (run, name) = (spec.run, entry.name.clone());
        let begun = RaceRun {
            job: None,
            model: (spec.model, version),
            config: spec.config.clone(),
            contenders: spec.contenders.clone(),
            standings: Vec::new(),
            results: None,
            chosen: None,
        };
        let job = self.start(JobKind::Race, name, move |handle| {
            race::run(&prepared, spec.config.clone(), &spec.contenders, handle)
        });
        self.state.runs.races.insert(run, RaceRun { job: Some(job), ..begun });
    }

    fn begin_rediscovery(&mut self) {
        let Some(spec) = self.state.document.rediscovery else { return };
        let Some(entry) = self.state.model(spec.model) else { return };
        let config =
            RediscoverConfig { goal: spec.goal, ..RediscoverConfig::from_property(spec.property) };
        let (model, subject) = (entry.prepared.model.clone(), spec.property.label());
        let job = self.start(JobKind::Rediscovery, subject, move |handle| {
            rediscovery::run(model, config, handle)
        });
        let begun = RediscoveryRun {
            job: Some(job),
            model: spec.model,
            property: spec.property,
            report: None,
        };
        self.state.runs.rediscoveries.insert(spec.run, begun);
    }

    /// Begins the step-by-step search of the document.
    fn begin_walk(&mut self) -> Result<()> {
        let state = &self.state;
        let Some(spec) = state.document.step_through.clone() else { return Ok(()) };
        let Some(entry) = state.model(spec.model) else { return Ok(()) };
        let (version, prepared) = ((spec.model, entry.version), entry.prepared.clone());
        let config = state.search_config().into_owned();
        let walk = StepThroughState::new(version, prepared, &config, spec.start)?;
        self.state.runs.step_throughs.insert(spec.run, walk);
        Ok(())
    }
}

fn own_paths(document: &super::document::Document) -> Vec<std::path::PathBuf> {
    document.training.own.as_ref().map(|own| own.import.wish.paths.clone()).unwrap_or_default()
}
