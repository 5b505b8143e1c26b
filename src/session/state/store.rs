//! The state that the window shows: the four stores, and what is made of them for the screen.

use crate::data::column_name::ColumnName;
use crate::data::domain::Domain;
use crate::data::quantity::Quantity;
use crate::data::source::TrainingData;
use crate::explore::scene::map_layer::MapLayers;
use crate::explore::three_digits;
use crate::model::Model;
use crate::model::bundled::BUNDLED;
use crate::model::training_config::TrainingConfig;
use crate::objective::{ColumnConstraint, Goal, ObjectiveSpec};
use crate::optimise::{SearchConfig, SearchReport};
use crate::session::action::Action;
use crate::session::document::ImportWish;
use crate::session::document::ids::{JobId, ModelId, RunId};
use crate::session::document::{
    Document, ModelRef, ModelSource, OpenModel, OwnShapes, StepThroughSpec,
};
use crate::session::history::History;
use crate::session::jobs::keep::export::Exporting;
use crate::session::jobs::learn::heads::HeadsRun;
use crate::session::jobs::learn::import::Brought;
use crate::session::jobs::learn::import::ImportRun;
use crate::session::jobs::learn::sweep::SweepRun;
use crate::session::jobs::learn::training::Training;
use crate::session::jobs::optimise::race::RaceRun;
use crate::session::jobs::optimise::rediscovery::RediscoveryRun;
use crate::session::jobs::optimise::search::SearchRun;
use crate::session::jobs::registry::Registry;
use crate::session::map::{LatentMap, MapPictures};
use crate::session::notices::Notices;
use crate::session::preferences::Preferences;
use crate::session::results::freehand::FreehandShape;
use crate::session::results::lesson::Lesson;
use crate::session::results::models::ModelEntry;
use crate::session::results::playback::Playback;
use crate::session::results::step_through::StepThroughState;
use crate::session::runs::Runs;
use crate::session::screen::comparison::Comparison;
use crate::session::screen::derived::Derived;
use crate::session::screen::metrics_cache::MetricsOf;
use crate::session::screen::shown_planes::ShownPlanes;
use crate::session::screen::shown_snapshots::ShownSnapshots;
use crate::session::screen::tours::Tours;
use crate::session::settings::Settings;
use crate::session::view::search_look::FollowedRestart;
use crate::session::view::{Activity, SearchLook, ShownSearch, View};
use crate::text;
use crate::text::Text;
use std::borrow::Cow;
use std::sync::Arc;

/// The state of the program.
#[derive(Debug)]
pub struct State {
    /// The decisions of a person.
    pub document: Document,
    /// The documents so far.
    pub history: History,
    /// The results of jobs.
    pub runs: Runs,
    /// Model, layers, part of the map and point that are looked at.
    pub view: View,
    /// Habits of a person.
    pub preferences: Preferences,
    /// All running jobs.
    pub jobs: Registry,
    /// Notices for the user.
    pub notices: Notices,
    /// The map.
    pub map: LatentMap,
    /// The second map, while two models are compared.
    pub comparison: Option<Comparison>,
    /// Latent paths and new shapes, made of their plans.
    pub tours: Tours,
    /// The metrics of models.
    pub metrics: MetricsOf,
    /// The restart under the mouse, in map, curves or table.
    pub hovered_restart: Option<usize>,
    /// The followed restart of the search that is looked at.
    pub(in crate::session) followed: FollowedRestart,
    /// The training of heads, if there is one.
    pub heads: Option<HeadsRun>,
    /// The present export.
    pub export: Exporting,
    /// Shown where there is no training.
    pub(in crate::session) no_training: Training,
    /// Why the last freehand line was no shape.
    pub drawing_problem: Option<Text>,
    /// Snapshots of trainings that are shown in place of the newest states of their models.
    pub(in crate::session) snapshots: ShownSnapshots,
    /// Models on other planes than those of their results.
    pub(in crate::session) planes: ShownPlanes,
    /// Derived values that views show.
    pub(super) derived: Derived,
}

impl State {
    /// A state without models.
    pub fn new(settings: Settings) -> Self {
        let (training, search, layers, preferences) = settings.into_parts();
        let document = Document::new(training, search);
        Self {
            history: History::new(&document),
            document,
            runs: Runs::default(),
            view: View::new(layers),
            preferences,
            jobs: Registry::default(),
            notices: Notices::default(),
            map: LatentMap::default(),
            comparison: None,
            tours: Tours::default(),
            metrics: MetricsOf::default(),
            hovered_restart: None,
            followed: FollowedRestart::default(),
            heads: None,
            export: Exporting::default(),
            no_training: Training::default(),
            drawing_problem: None,
            snapshots: ShownSnapshots::default(),
            planes: ShownPlanes::default(),
            derived: Derived::default(),
        }
    }

    // Models.

    /// The open models of which there is something to show, oldest first.
    pub fn models(&self) -> impl Iterator<Item = (ModelId, &ModelEntry)> {
        let models = self.document.models.iter();
        let replaced = move |id: &ModelId| {
            let mut others = self.document.models.values();
            others.any(|other| {
                other.instead_of == Some(*id) && self.runs.models.contains_key(&other.run)
            })
        };
        models
            .filter(move |(id, _)| !replaced(id))
            .filter_map(move |(id, _)| Some((*id, self.model(*id)?)))
    }

    /// An open model on the plane that the view shows, with the heads that were trained for it.
    pub fn model(&self, id: ModelId) -> Option<&ModelEntry> {
        self.result_of(id).map(|entry| self.planes.entry(id, entry))
    }

    /// An open model on the plane of its result.
    pub(in crate::session) fn result_of(&self, id: ModelId) -> Option<&ModelEntry> {
        self.entry(self.document.models.get(&id)?)
    }

    /// A model as it is shown: its newest state or the shown snapshot of its training, with the heads that were trained
    /// for it.
    fn entry(&self, open: &OpenModel) -> Option<&ModelEntry> {
        let newest = self.runs.models.get(&open.run)?;
        let base = self.snapshots.entry(open.run).unwrap_or(newest);
        Some(self.runs.with_heads(open, base))
    }

    /// The model of this name, if it is at hand.
    pub(in crate::session) fn model_at(&self, of: ModelRef) -> Option<&ModelEntry> {
        self.runs.model_at(of).or_else(|| self.snapshots.at(of))
    }

    /// The present result of an open model, without later heads.
    pub fn run_of(&self, id: ModelId) -> Option<RunId> {
        self.document.models.get(&id).map(|model| model.run)
    }

    /// The shown model.
    pub fn shown(&self) -> Option<(ModelId, &ModelEntry)> {
        self.view.shown.and_then(|id| Some((id, self.model(id)?)))
    }

    /// Identity of the shown model, and its state that is shown.
    pub(in crate::session) fn shown_state(&self) -> Option<(ModelId, ModelRef)> {
        self.shown().map(|(id, entry)| (id, entry.of))
    }

    /// Identity and version of the shown model.
    pub fn shown_version(&self) -> Option<(ModelId, u64)> {
        self.shown().map(|(id, entry)| (id, entry.version))
    }

    /// An open model of this origin of which there is something to show. A model that comes with the program counts until it is
    /// saved to a file.
    pub(in crate::session) fn model_from(&self, source: &ModelSource) -> Option<ModelId> {
        let is_from =
            |id: &ModelId| self.document.models.get(id).is_some_and(|m| *m.source == *source);
        let mut models = self.models();
        let bundled = matches!(source, ModelSource::Bundled(_));
        models.find(|(id, e)| is_from(id) && !(bundled && e.path.is_some())).map(|(id, _)| id)
    }

    /// The open model that is the bundled one of this index, if it is open.
    pub fn sample_model(&self, index: usize) -> Option<ModelId> {
        self.model_from(&ModelSource::Bundled(BUNDLED.get(index)?.id().to_owned()))
    }

    /// The suggested path for saving a model: its own file, or a new name.
    pub fn suggested_path(&self, model: ModelId) -> String {
        let Some(entry) = self.model(model) else { return String::new() };
        let name = self.name(model);
        match &entry.path {
            Some(path) => path.display().to_string(),
            None => {
                let name = name.to_string().to_lowercase().replace([' ', ',', '/', '\\'], "_");
                format!("{name}.safetensors")
            }
        }
    }

    /// The name of an open model: the one that a person gave it, else that of its origin.
    pub fn name(&self, model: ModelId) -> Text {
        let given = self.document.models.get(&model).and_then(|open| open.name.as_ref());
        let own = || self.model(model).map(|entry| entry.name.clone()).unwrap_or_default();
        given.map_or_else(own, Text::verbatim)
    }

    /// True if closing the program would lose something.
    pub fn has_unsaved(&self) -> bool {
        let newest = |model: &OpenModel| self.runs.models.get(&model.run);
        self.document.models.values().filter_map(newest).any(|entry| entry.unsaved)
    }

    // Results of the document.

    /// The search that is looked at.
    pub fn search(&self) -> Option<ShownSearch<'_>> {
        let id = self.shown_search_id()?;
        let (run, look) = (self.runs.searches.get(&id)?, self.view.looks.get(&id)?);
        Some(ShownSearch::new((id, run), look, self.hovered_restart, &self.followed))
    }

    /// The search that is looked at, and where one looks in it.
    pub(in crate::session) fn search_look_mut(&mut self) -> Option<(&SearchRun, &mut SearchLook)> {
        let id = self.shown_search_id()?;
        Some((self.runs.searches.get(&id)?, self.view.looks.get_mut(&id)?))
    }

    fn shown_search_id(&self) -> Option<RunId> {
        self.view.search.filter(|run| self.document.searches.contains_key(run))
    }

    /// The race.
    pub fn race(&self) -> Option<&RaceRun> {
        self.runs.races.get(&self.document.race.as_ref()?.run)
    }

    /// The selected contender of the race.
    pub fn chosen_contender(&self) -> Option<usize> {
        let run = self.document.race.as_ref()?.run;
        self.view.contender.filter(|(race, _)| *race == run).map(|(_, contender)| contender)
    }

    /// The sweep over beta.
    pub fn sweep(&self) -> Option<&SweepRun> {
        self.runs.sweeps.get(&self.document.sweep.as_ref()?.run)
    }

    /// The rediscovery, or its results.
    pub fn rediscovery(&self) -> Option<&RediscoveryRun> {
        self.runs.rediscoveries.get(&self.document.rediscovery?.run)
    }

    fn shown_step_through(&self) -> Option<&StepThroughSpec> {
        self.document.step_through.as_ref().filter(|walk| Some(walk.model) == self.view.shown)
    }

    /// The step-by-step search in the shown model.
    pub fn walk(&self) -> Option<&StepThroughState> {
        self.runs.step_throughs.get(&self.shown_step_through()?.run)
    }

    pub(in crate::session) fn walk_mut(&mut self) -> Option<&mut StepThroughState> {
        let run = self.shown_step_through()?.run;
        self.runs.step_throughs.get_mut(&run)
    }

    /// The freehand shape, if the shown model has encoded it.
    pub fn drawn(&self) -> Option<&FreehandShape> {
        let drawn = self.runs.drawings.get(&self.document.drawing.as_ref()?.run)?;
        Some(drawn).filter(|drawn| Some(drawn.model) == self.shown_version())
    }

    /// The lesson, if there is one.
    pub fn lesson(&self) -> Option<Lesson> {
        let spec = self.document.lesson.as_ref()?;
        let last = spec.searches.last().and_then(|run| self.runs.searches.get(run));
        Some(Lesson::new(spec, last.and_then(SearchRun::report)))
    }

    /// The report of the search, if there is one.
    pub fn report(&self) -> Option<&SearchReport> {
        self.search().and_then(|search_run| search_run.run().report())
    }

    // The user's own shapes.

    fn own(&self) -> Option<&OwnShapes> {
        self.document.training.own.as_ref()
    }

    /// The last import, while it runs and once it is over.
    pub fn import(&self) -> Option<&ImportRun> {
        self.runs.imports.get(&self.own()?.import.run)
    }

    /// The files and options of the last import, for the next one.
    pub fn import_wish(&self) -> ImportWish {
        self.own().map(|own| (*own.import.wish).clone()).unwrap_or_default()
    }

    /// The imported shapes, and their result: those of the last import, or of the one before until it is over.
    pub(in crate::session) fn brought(&self) -> Option<(RunId, &Arc<Brought>)> {
        let own = self.own()?;
        let brought = |run: RunId| Some((run, self.runs.imports.get(&run)?.brought.as_ref()?));
        brought(own.import.run).or_else(|| brought(own.before?))
    }

    /// The imported shapes.
    pub fn imported(&self) -> Option<&Arc<Brought>> {
        self.brought().map(|(_, brought)| brought)
    }

    /// True if the next training learns from the imported shapes.
    pub fn learns_own(&self) -> bool {
        self.document.training.learns_own
    }

    /// The imported shapes, if the next training learns from them.
    pub fn own_data(&self) -> Option<&TrainingData> {
        self.imported().filter(|_| self.learns_own()).map(|brought| &brought.data)
    }

    /// The settings of the next training: those for its data, which are the default ones for imported data until the user
    /// changes them. Outlines keep the network that was chosen for generated ones.
    pub fn training_config(&self) -> TrainingConfig {
        let next = &self.document.training;
        let Some(data) = self.own_data() else { return next.config.clone() };
        if let Some(config) = next.own.as_ref().and_then(|own| own.config.clone()) {
            return config;
        }
        let TrainingConfig { batch_size, latent_dim, hidden, activation, seed, .. } =
            next.config.clone();
        let usual = TrainingConfig::for_imported(data);
        if data.set.domain.table().is_some() {
            return TrainingConfig { seed, ..usual };
        }
        TrainingConfig { batch_size, latent_dim, hidden, activation, seed, ..usual }
    }

    // The objective.

    /// The settings of the next search for the shown model: as the user set them, or with another objective if the model lacks
    /// a quantity of that one, such as a target column of other data.
    pub fn search_config(&self) -> Cow<'_, SearchConfig> {
        let chosen = &self.document.search.config;
        match self.shown().and_then(|(_, entry)| replacement(&chosen.spec, &entry.prepared.model)) {
            None => Cow::Borrowed(chosen),
            Some(spec) => Cow::Owned(SearchConfig { spec, ..chosen.clone() }),
        }
    }

    /// The quantity of the map's colours, which is also the first term of the objective.
    pub fn quantity(&self) -> Quantity {
        self.search_config().spec.quantity()
    }

    /// The layers of the present activity.
    pub fn visible(&self) -> MapLayers {
        self.view.visible()
    }

    /// The quantities for colours and objectives: those of the shown model.
    pub fn quantities(&self) -> Vec<Quantity> {
        let own = self.shown().map(|(_, entry)| entry.prepared.model.quantities());
        self.in_menu_order(own.unwrap_or_else(|| Domain::default().quantities()))
    }

    /// Quantities in the order of menus: the targets of a table stand before its columns, which may be many.
    fn in_menu_order(&self, mut quantities: Vec<Quantity>) -> Vec<Quantity> {
        if self.shows_table() {
            quantities.sort_by_key(|quantity| !quantity.is_predicted());
        }
        quantities
    }

    /// The quantities among which the colours are chosen: those that are known of the data, and the present one.
    pub fn colour_choices(&self) -> Vec<Quantity> {
        let known = self.shown().map(|(_, entry)| entry.prepared.model.known_quantities());
        let mut all = known.unwrap_or_else(|| Domain::default().quantities());
        if !all.contains(&self.quantity()) {
            all.push(self.quantity());
        }
        self.in_menu_order(all)
    }

    /// The quantities that heads of the next training can learn: those that are known of its data.
    pub fn learnable(&self) -> Vec<Quantity> {
        let own = self.own_data().map(|data| data.set.quantities());
        let known = own.unwrap_or_else(|| Domain::default().quantities());
        known.into_iter().map(Quantity::as_predicted).collect()
    }

    /// True if the shown model can compute or predict a quantity of any shape.
    pub fn can_tell(&self, quantity: Quantity) -> bool {
        self.shown().is_some_and(|(_, entry)| entry.prepared.model.can_tell(quantity))
    }

    /// True if a quantity of the shown model is the probability of classes.
    pub fn is_of_class(&self, quantity: Quantity) -> bool {
        self.shown().is_some_and(|(_, entry)| entry.prepared.model.is_of_class(quantity))
    }

    /// The unit of a quantity in the shown model; empty if none is known.
    pub fn unit(&self, quantity: Quantity) -> &str {
        self.shown().map_or("", |(_, entry)| entry.prepared.model.unit(quantity))
    }

    /// The range of the colour scale: the held one, or the model's own.
    pub fn range(&self) -> (f64, f64) {
        let own = || self.shown().map(|(_, entry)| entry.prepared.range(self.quantity()));
        let held = self.view.held_range.or(self.view.training_range);
        held.or_else(own).unwrap_or((0.0, 1.0))
    }

    /// The default target of a quantity: the middle of its range in the shown model.
    pub fn usual_target(&self, quantity: Quantity) -> f64 {
        let range = self.shown().map(|(_, entry)| entry.prepared.range(quantity));
        let middle = range.map_or(1.0, |(low, high)| 0.5 * (low + high));
        // Rounded as on the screen.
        three_digits(middle).parse().unwrap_or(middle)
    }

    /// True if the range is held.
    pub fn is_range_held(&self) -> bool {
        self.view.held_range.is_some()
    }

    /// Holds the present range, or releases it.
    pub fn hold_range(&mut self, hold: bool) {
        self.view.held_range = hold.then(|| self.range());
    }

    /// Holds the present range for a training, or releases it.
    pub fn hold_range_for_training(&mut self, hold: bool) {
        self.view.training_range = hold.then(|| self.range());
    }

    /// Releases the ranges after a change of the quantity of the colours, which has another range.
    pub(in crate::session) fn release_range(&mut self) {
        self.hold_range(false);
        self.hold_range_for_training(false);
        self.hold_range_for_training(self.runs.training_now().is_some());
    }

    // The screen.

    /// True if the search was made with another model, or another version, than the shown one.
    pub fn is_search_stale(&self) -> bool {
        self.search().is_some_and(|search_run| Some(search_run.model) != self.shown_version())
    }

    /// True if a step-by-step search is on the screen.
    pub fn is_walking(&self) -> bool {
        self.view.activity == Activity::Optimise && self.walk().is_some()
    }

    /// True if a latent path is on the screen.
    pub fn is_touring(&self) -> bool {
        self.view.activity == Activity::Explore && self.tours.tour.is_some()
    }

    /// The playback on the screen.
    pub(in crate::session) fn playback_mut(&mut self) -> Option<&mut Playback> {
        match self.is_touring() {
            true => self.view.path_mut(),
            false => self.search_look_mut().map(|(_, look)| &mut look.playback),
        }
    }

    /// The map position of the shown point and its direction of steepest improvement, with the decrease of the loss per
    /// map unit; only while optimising.
    pub fn uphill(&self) -> Option<([f64; 2], [f64; 2])> {
        let (_, entry) = self.shown().filter(|_| self.view.activity == Activity::Optimise)?;
        let probe = self.map.probe.as_ref();
        let (at, gradient) = match (probe, self.walk(), &self.map.picked) {
            (None, Some(walk), _) => {
                (entry.prepared.projection.project(&walk.here.z), walk.gradient()?)
            }
            (Some(probe), ..) | (None, None, Some(probe)) => {
                (probe.at, &*probe.slope.as_ref()?.gradient)
            }
            (None, None, None) => return None,
        };
        let uphill = entry.prepared.projection.downhill(gradient);
        (uphill != [0.0; 2] && uphill.iter().all(|v| v.is_finite())).then_some((at, uphill))
    }

    /// Shows a model and all of its data.
    pub(in crate::session) fn show(&mut self, id: ModelId) {
        let before = self.shown().map(|(_, entry)| entry.prepared.model.clone());
        self.view.before = self.view.shown.replace(id);
        (self.view.wanted, self.view.wanted_beside) = (None, None);
        let Some((_, entry)) = self.shown() else { return };
        let prepared = entry.prepared.clone();
        let data = |model: Option<&Arc<Model>>| model?.data.as_ref().map(Arc::as_ptr);
        if data(before.as_ref()) != data(Some(&prepared.model)) {
            self.view.chosen = Arc::default();
        }
        // Another model's shapes would have wrong positions and sizes.
        self.map.picture = MapPictures::default();
        (self.map.probe, self.map.picked) = (None, None);
        self.view.selection = None;
        self.view.map.fit(prepared.home);
        self.tours.forget();
        if let Some(search) = self.view.last_search(id) {
            self.view.search = Some(search);
        }
        self.tell_of_objective(before.as_deref(), &prepared.model);
    }

    /// Reports that the shown model lacks a quantity of the user's objective, or that it has one that the model before lacked.
    pub(in crate::session) fn tell_of_objective(&mut self, before: Option<&Model>, model: &Model) {
        let spec = &self.document.search.config.spec;
        let was_replaced = before.is_some_and(|before| replacement(spec, before).is_some());
        match replacement(spec, model) {
            None if was_replaced => {
                let word = spec.word();
                self.notices.info(text!("This model has it: {word} is optimised again.", word));
            }
            Some(other) => {
                let unknown = spec.quantities().find(|quantity| !model.knows(*quantity));
                let unknown = unknown.map_or("", Quantity::name);
                self.notices.info(text!(
                    "This model has no '{unknown}'; {word} is optimised instead.",
                    unknown,
                    word = other.word()
                ));
            }
            None => (),
        }
    }

    /// True if the next undo brings a freehand shape back.
    pub fn undoes_drawing(&self) -> bool {
        matches!(self.history.last(), Some(Action::Draw(..) | Action::RemoveDrawing))
    }

    /// Takes back that a result was asked for, since nothing came of it; undo does not lead through it.
    pub(in crate::session) fn retract(&mut self, run: RunId) {
        let Some(document) = self.history.retract(run) else { return };
        let given = self.document.given();
        self.document = Document::clone(&document);
        self.document.count_from(given);
        self.view.wanted.take_if(|id| !self.document.models.contains_key(id));
    }

    /// The job of a training, if one runs.
    pub fn training_job(&self) -> Option<JobId> {
        self.runs.training_now().and_then(|(_, training)| training.job)
    }
}

/// The objective that is optimised instead if `model` lacks a quantity of an objective; none if it has all of them.
fn replacement(spec: &ObjectiveSpec, model: &Model) -> Option<ObjectiveSpec> {
    let table = model.domain().table();
    let has_column = |name: &ColumnName| {
        table.is_some_and(|table| table.columns.iter().any(|c| c.name == *name))
    };
    let lacks = spec.quantities().any(|quantity| !model.knows(quantity))
        || spec.columns.iter().flat_map(ColumnConstraint::columns).any(|name| !has_column(name));
    let usual = || ObjectiveSpec::new(model.usual_quantity(), Goal::Max);
    lacks.then(|| usual().with_usual_penalties(model))
}
