//! Begins the work that actions ask for.

use crate::data::outline::import::name_of;
use crate::error::{Error, Result};
use crate::model::bundled::BUNDLED;
use crate::rediscover::RediscoverConfig;
use crate::session::action::Effect;
use crate::session::core::Core;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{ModelRef, ModelSource};
use crate::session::effects::material::material;
use crate::session::effects::training::begin_training;
use crate::session::jobs::explore::open;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::learn::heads::HeadsRun;
use crate::session::jobs::learn::import::ImportRun;
use crate::session::jobs::learn::sweep::SweepRun;
use crate::session::jobs::learn::{heads, import, pca, sweep};
use crate::session::jobs::optimise::race::RaceRun;
use crate::session::jobs::optimise::rediscovery::RediscoveryRun;
use crate::session::jobs::optimise::search::SearchRun;
use crate::session::jobs::optimise::{race, rediscovery, search};
use crate::session::jobs::registry::JobKind;
use crate::session::notices::Cause;
use crate::session::results::freehand::{FreehandShape, outline};
use crate::session::results::models::{ModelEntry, Prepared, file_name};
use crate::session::results::step_through::StepThroughState;
use crate::session::screen::selection::pick_latent;
use crate::text;
use crate::text::Text;
use std::sync::Arc;

/// Begins the work of an effect.
pub(in crate::session) fn carry_out(core: &mut Core, effect: Effect) {
    match effect {
        Effect::Make(model) => make(core, model),
        Effect::Import(run) => begin_import(core, run),
        Effect::Sweep => begin_sweep(core),
        Effect::Search(run) => run_search(core, run),
        Effect::Race => run_race(core),
        Effect::TrainHeads(run) => begin_heads(core, run),
        Effect::Rediscover => begin_rediscovery(core),
        Effect::Draw => make_drawing(core),
        Effect::StepThrough => {
            if let Err(error) = begin_walk(core) {
                core.state.notices.error(JobKind::Search, error);
            }
        }
    }
}

/// Makes the present result of a model.
fn make(core: &mut Core, id: ModelId) {
    let Some(model) = core.state.document.models.get(&id) else { return };
    let (run, source) = (model.run, model.source.clone());
    let kind = match &*source {
        ModelSource::Training(_) => JobKind::Training,
        ModelSource::Pca(_) => JobKind::Pca,
        ModelSource::Bundled(_) | ModelSource::File(_) | ModelSource::Swept(..) => JobKind::Open,
    };
    core.state.notices.settle(kind);
    let made = match &*source {
        ModelSource::Bundled(name) => load_bundled(core, run, name),
        ModelSource::File(path) => {
            let (path, name) = (path.clone(), file_name(path));
            core.start_run(run, JobKind::Open, name, move |handle| open::run(path, run, handle));
            Ok(())
        }
        ModelSource::Training(spec) => begin_training(core, id, run, spec),
        ModelSource::Swept(sweep, index) => open_point(core, run, *sweep, *index),
        ModelSource::Pca(of) => begin_pca(core, run, *of),
    };
    if let Err(error) = made {
        core.state.notices.error(kind, error);
        core.state.retract(run);
    }
}

fn load_bundled(core: &mut Core, run: RunId, name: &str) -> Result<()> {
    let unknown = || Error::mismatch(text!("no model '{name}' comes with the program", name));
    let sample = BUNDLED.iter().find(|s| s.id() == name).ok_or_else(unknown)?;
    let prepared = Arc::new(Prepared::new(sample.load()?)?);
    insert(core, run, (sample.name(), false), prepared);
    Ok(())
}

/// Enters a model with its name, and with true if no file has it.
fn insert(core: &mut Core, run: RunId, (name, unsaved): (Text, bool), prepared: Arc<Prepared>) {
    let (of, version) = (ModelRef::result(run), core.state.runs.next_version());
    let entry = ModelEntry { of, name, version, path: None, unsaved, prepared };
    core.state.runs.models.insert(run, entry);
}

fn open_point(core: &mut Core, run: RunId, sweep: RunId, index: usize) -> Result<()> {
    let point = core.state.runs.sweeps.get(&sweep).and_then(|sweep| sweep.done.get(index));
    let missing = || Error::mismatch(text!("This model of the sweep is not trained yet."));
    let point = point.ok_or_else(missing)?;
    let (name, prepared) = (format!("beta {}", point.beta), point.prepared.clone());
    insert(core, run, (name.into(), true), prepared);
    Ok(())
}

fn begin_pca(core: &mut Core, run: RunId, of: RunId) -> Result<()> {
    let nothing = || Error::mismatch(text!("No model is open."));
    let entry = core.state.runs.models.get(&of).ok_or_else(nothing)?;
    let (model, subject) = (entry.prepared.model.clone(), entry.name.clone());
    let name = text!("PCA of {name}", name = &entry.name);
    core.start_run(run, JobKind::Pca, subject, move |handle| pca::run(&model, name, run, handle));
    Ok(())
}

fn begin_import(core: &mut Core, run: RunId) {
    let Some(own) = &core.state.document.training.own else { return };
    let wish = own.import.wish.clone();
    let name = name_of(&wish.paths);
    let work = move |handle: &Handle<NoNews>| import::run(&wish, handle);
    let job = core.start_run(run, JobKind::Import, name, work);
    let import = ImportRun { job: Some(job), brought: None, failed: None };
    core.state.runs.imports.insert(run, import);
}

fn begin_sweep(core: &mut Core) {
    let Some(spec) = core.state.document.sweep.clone() else { return };
    let material = match material(core, &spec.data) {
        Ok(material) => material,
        Err(error) => {
            core.state.notices.error(JobKind::Sweep, error);
            return core.state.retract(spec.run);
        }
    };
    let (run, name) = (spec.run, material.name());
    let made = SweepRun {
        job: None,
        count: spec.betas.len(),
        beta: spec.betas.first().copied().unwrap_or(f64::NAN),
        done: Vec::new(),
    };
    let job = core.start_run(run, JobKind::Sweep, name, move |handle| {
        sweep::run(material, spec.config.clone(), &spec.betas, handle)
    });
    core.state.runs.sweeps.insert(run, SweepRun { job: Some(job), ..made });
}

fn run_search(core: &mut Core, run: RunId) {
    let state = &core.state;
    let Some(spec) = state.document.searches.get(&run).cloned() else { return };
    let Some(entry) = state.model_at(spec.of) else { return };
    let (prepared, version) = (entry.prepared.clone(), entry.version);
    let name = entry.name.clone();
    let begun = SearchRun::new((spec.model, version), &prepared, spec.config.clone());
    let job = core.start_run(run, JobKind::Search, name, move |handle| {
        search::run(&prepared, spec.config.clone(), handle)
    });
    core.state.runs.searches.insert(run, SearchRun { job: Some(job), ..begun });
}

fn run_race(core: &mut Core) {
    let Some(spec) = core.state.document.race.clone() else { return };
    let Some(entry) = core.state.model_at(spec.of) else { return };
    let (prepared, version) = (entry.prepared.clone(), entry.version);
    let (run, name) = (spec.run, entry.name.clone());
    let begun = RaceRun {
        job: None,
        model: (spec.model, version),
        plane: prepared.plane.clone(),
        config: spec.config.clone(),
        contenders: spec.contenders.clone(),
        standings: Vec::new(),
        results: None,
    };
    let job = core.start_run(run, JobKind::Race, name, move |handle| {
        race::run(&prepared, spec.config.clone(), &spec.contenders, handle)
    });
    core.state.runs.races.insert(run, RaceRun { job: Some(job), ..begun });
}

fn begin_heads(core: &mut Core, run: RunId) {
    let mut heads = core.state.document.models.values().flat_map(|model| &model.heads);
    let Some(spec) = heads.find(|heads| heads.run == run).cloned() else { return };
    let Some(base) = core.state.model_at(spec.of).cloned() else { return };
    let (prepared, name) = (base.prepared.clone(), base.name.clone());
    let job = core.start_run(run, JobKind::Heads, name, move |handle| {
        heads::run(&prepared, &spec.quantities, handle)
    });
    core.state.heads = Some(HeadsRun { job, run, base });
}

fn begin_rediscovery(core: &mut Core) {
    let Some(spec) = core.state.document.rediscovery else { return };
    let Some(entry) = core.state.model_at(spec.of) else { return };
    let config =
        RediscoverConfig { goal: spec.goal, ..RediscoverConfig::from_quantity(spec.quantity) };
    let (model, subject) = (entry.prepared.model.clone(), spec.quantity.label());
    let job = core.start_run(spec.run, JobKind::Rediscovery, subject, move |handle| {
        rediscovery::run(model, config, handle)
    });
    let begun =
        RediscoveryRun { job: Some(job), model: spec.model, quantity: spec.quantity, report: None };
    core.state.runs.rediscoveries.insert(spec.run, begun);
}

/// Begins the step-by-step search of the document.
fn begin_walk(core: &mut Core) -> Result<()> {
    let state = &core.state;
    let Some(spec) = state.document.step_through.clone() else { return Ok(()) };
    let Some(entry) = state.model_at(spec.of) else { return Ok(()) };
    let (version, prepared) = ((spec.model, entry.version), entry.prepared.clone());
    let config = state.search_config().into_owned();
    let walk = StepThroughState::new(version, prepared, &config, spec.start)?;
    core.state.runs.step_throughs.insert(spec.run, walk);
    Ok(())
}

/// Makes the freehand shape of the document, and selects its point.
fn make_drawing(core: &mut Core) {
    let Some(spec) = core.state.document.drawing.clone() else { return };
    let Some(entry) = core.state.model_at(spec.of) else { return };
    let (prepared, version) = (entry.prepared.clone(), (spec.model, entry.version));
    let outline = match outline(&prepared.model, &spec.line) {
        Ok(outline) => outline,
        Err(problem) => return core.state.drawing_problem = Some(problem),
    };
    match FreehandShape::new(&prepared, version, outline) {
        Ok(drawn) => {
            let z = drawn.z.clone();
            core.state.runs.drawings.insert(spec.run, drawn);
            pick_latent(core, &z);
        }
        Err(error) => core.state.notices.error(Cause::Model, error),
    }
}
