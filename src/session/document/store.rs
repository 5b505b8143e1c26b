//! The document.

use crate::explore::latent_path::curve::PathKind;
use crate::session::document::ModelSource;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{
    DrawingSpec, LessonSpec, NextSearch, NextTraining, OpenModel, RaceSpec, RediscoverySpec,
    SearchSpec, StepThroughSpec, SweepSpec,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Number of identities that were given so far. Documents that differ in it alone are equal: after undo it does not go back,
/// since an identity is never given twice.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Counter(u64);

impl PartialEq for Counter {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The decisions of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    ids: Counter,
    /// The open models, oldest first.
    pub models: BTreeMap<ModelId, OpenModel>,
    /// The data and the settings of the next training.
    pub training: NextTraining,
    /// The settings of the next search and of the next race.
    pub search: NextSearch,
    /// The kind of the last latent path, and its turns, for the default path of the next model.
    pub path_style: Option<(PathKind, f64)>,
    /// The searches, oldest first.
    pub searches: BTreeMap<RunId, Arc<SearchSpec>>,
    /// The race.
    pub race: Option<Arc<RaceSpec>>,
    /// The sweep over beta.
    pub sweep: Option<Arc<SweepSpec>>,
    /// The rediscovery.
    pub rediscovery: Option<RediscoverySpec>,
    /// The step-by-step search.
    pub step_through: Option<StepThroughSpec>,
    /// The freehand shape.
    pub drawing: Option<Arc<DrawingSpec>>,
    /// The lesson.
    pub lesson: Option<LessonSpec>,
}

impl Document {
    /// A document without models, with the settings of the next training and the next search.
    pub fn new(training: NextTraining, search: NextSearch) -> Self {
        Self { training, search, ..Self::default() }
    }

    /// An identity for a model.
    pub fn new_model(&mut self) -> ModelId {
        self.ids.0 += 1;
        ModelId(self.ids.0)
    }

    /// An identity for a result.
    pub fn new_run(&mut self) -> RunId {
        self.ids.0 += 1;
        RunId(self.ids.0)
    }

    /// Number of identities that were given so far.
    pub fn given(&self) -> u64 {
        self.ids.0
    }

    /// Counts on from at least this number of identities: a document that undo brings back gives none again, and a recorded
    /// action gives those that it gave.
    pub fn count_from(&mut self, given: u64) {
        self.ids.0 = self.ids.0.max(given);
    }

    /// Opens a model that a run makes.
    pub fn open(&mut self, source: ModelSource) -> ModelId {
        let (id, run) = (self.new_model(), self.new_run());
        self.models.insert(id, OpenModel::new(run, source));
        id
    }

    /// The model whose present run this is.
    pub fn model_of(&self, run: RunId) -> Option<ModelId> {
        self.models.iter().find(|(_, model)| model.run == run).map(|(id, _)| *id)
    }

    /// All results that the document refers to.
    pub fn runs(&self) -> BTreeSet<RunId> {
        let mut runs: BTreeSet<RunId> = self.searches.keys().copied().collect();
        let searched = self.searches.values().map(|spec| spec.of);
        let raced = self.race.as_ref().map(|race| race.of);
        let tested = self.rediscovery.map(|test| test.of);
        let walked = self.step_through.as_ref().map(|walk| walk.of);
        let drew = self.drawing.as_ref().map(|drawing| drawing.of);
        let used = searched.chain(raced).chain(tested).chain(walked).chain(drew);
        runs.extend(used.map(|of| of.run));
        for model in self.models.values() {
            runs.insert(model.run);
            runs.extend(model.heads.iter().flat_map(|heads| [heads.run, heads.of.run]));
            match &*model.source {
                ModelSource::Bundled(_) | ModelSource::File(_) => (),
                ModelSource::Training(spec) => {
                    runs.extend(spec.from.map(|(run, _)| run).into_iter().chain(spec.data.run()));
                }
                ModelSource::Swept(run, _) | ModelSource::Pca(run) => _ = runs.insert(*run),
            }
        }
        let own = self.training.own.as_ref();
        runs.extend(own.map(|own| own.import.run));
        runs.extend(own.and_then(|own| own.before));
        runs.extend(self.race.as_ref().map(|race| race.run));
        runs.extend(self.sweep.as_ref().map(|sweep| sweep.run));
        runs.extend(self.rediscovery.map(|test| test.run));
        runs.extend(self.step_through.as_ref().map(|walk| walk.run));
        runs.extend(self.drawing.as_ref().map(|drawing| drawing.run));
        runs
    }

    /// The document as if a result had never been asked for, since nothing came of it; `before` is the one without it. None if
    /// another decision rests on that result.
    pub fn without(&self, run: RunId, before: &Self) -> Option<Self> {
        let mut document = self.clone();
        let made: Vec<ModelId> =
            self.models.iter().filter(|(_, model)| model.run == run).map(|(id, _)| *id).collect();
        for id in made {
            match before.models.get(&id) {
                Some(known) => {
                    let model = document.models.get_mut(&id)?;
                    (model.run, model.source) = (known.run, known.source.clone());
                    model.heads.clone_from(&known.heads);
                }
                None => {
                    let model = document.models.remove(&id)?;
                    let is_used = !model.pins.is_empty()
                        || model.path.is_some()
                        || model.path_shown
                        || model.samples.is_some();
                    if is_used {
                        return None;
                    }
                }
            }
        }
        for model in document.models.values_mut() {
            model.heads.retain(|heads| heads.run != run);
        }
        document.searches.remove(&run);
        document.lesson.iter_mut().for_each(|lesson| lesson.searches.retain(|own| *own != run));
        if document.race.as_ref().is_some_and(|race| race.run == run) {
            document.race.clone_from(&before.race);
        }
        if document.sweep.as_ref().is_some_and(|sweep| sweep.run == run) {
            document.sweep.clone_from(&before.sweep);
        }
        if document.rediscovery.is_some_and(|test| test.run == run) {
            document.rediscovery = before.rediscovery;
        }
        (!document.runs().contains(&run)).then_some(document)
    }

    /// The approximate memory of the parts that are not shared with `before`, the document that it was made from, in bytes:
    /// what is written of a part takes about as much.
    pub fn bytes_beside(&self, before: Option<&Self>) -> usize {
        let model = |(id, model): (&ModelId, &OpenModel)| {
            let known = before.and_then(|before| before.models.get(id));
            let shared = known.is_some_and(|known| Arc::ptr_eq(&known.source, &model.source));
            let source = if shared { 0 } else { written(&*model.source) };
            size_of::<OpenModel>() + written(&(&model.pins, &model.path, &model.heads)) + source
        };
        let search = |(run, spec): (&RunId, &Arc<SearchSpec>)| {
            let known = before.is_some_and(|before| before.searches.contains_key(run));
            size_of::<(RunId, Arc<SearchSpec>)>() + if known { 0 } else { written(&**spec) }
        };
        let models: usize = self.models.iter().map(model).sum();
        let searches: usize = self.searches.iter().map(search).sum();
        let kept = [
            before.is_none_or(|before| before.race != self.race).then(|| written(&self.race)),
            before.is_none_or(|before| before.sweep != self.sweep).then(|| written(&self.sweep)),
            before
                .is_none_or(|before| before.drawing != self.drawing)
                .then(|| written(&self.drawing)),
        ];
        let settings = written(&(&self.training, &self.search, &self.lesson, &self.step_through));
        size_of::<Self>() + models + searches + settings + kept.into_iter().flatten().sum::<usize>()
    }
}

fn written(part: &impl Serialize) -> usize {
    serde_json::to_vec(part).map_or(0, |bytes| bytes.len())
}
