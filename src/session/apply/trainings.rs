//! Trainings, and their data.

use crate::data::outline::generator::GeneratorConfig;
use crate::data::quantity::Quantity;
use crate::model::training_config::TrainingConfig;
use crate::session::action::Effect;
use crate::session::document::ImportWish;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{
    DataSpec, Document, HeadsSpec, ImportSpec, ModelRef, ModelSource, OwnShapes, SweepSpec,
    TrainingSpec,
};
use std::sync::Arc;

pub(super) fn set_generator(document: &mut Document, generator: GeneratorConfig) -> Option<Effect> {
    document.training.generator = generator;
    None
}

/// The settings are those of the data that the next training learns from.
pub(super) fn set_config(document: &mut Document, config: TrainingConfig) -> Option<Effect> {
    let next = &mut document.training;
    match next.own.as_mut().filter(|_| next.learns_own) {
        Some(own) => own.config = Some(config),
        None => next.config = config,
    }
    None
}

pub(super) fn import(
    document: &mut Document,
    wish: ImportWish,
    before: Option<RunId>,
) -> Option<Effect> {
    let run = document.new_run();
    let import = ImportSpec { run, wish: Arc::new(wish) };
    document.training.own = Some(OwnShapes { import, before, config: None });
    document.training.learns_own = true;
    Some(Effect::Import(run))
}

pub(super) fn learn_from_own(document: &mut Document, own: bool) -> Option<Effect> {
    document.training.learns_own = own;
    None
}

pub(super) fn train(document: &mut Document, spec: TrainingSpec) -> Option<Effect> {
    Some(Effect::Make(document.open(ModelSource::Training(Box::new(spec)))))
}

pub(super) fn train_new_seed(document: &mut Document, spec: TrainingSpec) -> Option<Effect> {
    document.training.generator.seed = spec.config.seed;
    set_config(document, spec.config.clone());
    train(document, spec)
}

/// The model has more heads once they are trained; undo leads back to the one without them.
pub(super) fn train_heads(
    document: &mut Document,
    model: ModelId,
    of: ModelRef,
    quantities: Vec<Quantity>,
) -> Option<Effect> {
    document.models.get(&model)?;
    let run = document.new_run();
    let heads = Arc::new(HeadsSpec { run, of, quantities });
    document.models.get_mut(&model)?.heads.push(heads);
    Some(Effect::TrainHeads(run))
}

/// The model has a new result from here on; undo leads back to the one before.
pub(super) fn retrain(
    document: &mut Document,
    model: ModelId,
    spec: TrainingSpec,
) -> Option<Effect> {
    let run = document.new_run();
    let open = document.models.get_mut(&model)?;
    open.heads.clear();
    (open.run, open.source) = (run, Arc::new(ModelSource::Training(Box::new(spec))));
    Some(Effect::Make(model))
}

pub(super) fn sweep(
    document: &mut Document,
    data: DataSpec,
    config: TrainingConfig,
    betas: Vec<f64>,
) -> Option<Effect> {
    let run = document.new_run();
    document.sweep = Some(Arc::new(SweepSpec { run, data, config, betas }));
    Some(Effect::Sweep)
}
