//! Facts of the program as a person can see them.

mod files;
mod map;
mod models;
mod paths;
mod race;
mod search;
mod selection;
mod step_through;
mod training;

pub use files::ImportFacts;
pub use map::MapFacts;
pub use models::ModelFacts;
pub use paths::{PathFacts, SampleFacts};
pub use race::RaceFacts;
pub use search::{Found, Moment, SearchFacts};
pub use selection::{DrawnShape, Selection};
pub use step_through::StepThroughFacts;
pub use training::{SweepFacts, TrainingFacts};

use super::{JobKind, ModelRef, Page, PathPage, PathPlan, SearchRef};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::explore::scene::map_layer::{MapLayer, MapLayers};
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::optimise::{Contenders, SearchConfig, SearchReport};
use latent_explorer::rediscover::RediscoveryReport;
use latent_explorer::session::State;
pub use latent_explorer::session::document::Document;
use latent_explorer::session::jobs::registry::Job;
use latent_explorer::session::settings::Settings;
use std::path::PathBuf;

/// All there is to see at a moment.
#[derive(Clone, Copy)]
pub struct See<'a>(&'a State);

impl<'a> See<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self(state)
    }

    pub fn page(self) -> Page {
        self.0.view.activity
    }

    /// The visible notices, errors included.
    pub fn notices(self) -> impl Iterator<Item = String> + 'a {
        self.0.notices.iter().map(|notice| notice.text.to_string())
    }

    /// The visible notices that are no errors.
    pub fn sentences(self) -> Vec<String> {
        let said = self.0.notices.iter().filter(|notice| !notice.is_error());
        said.map(|notice| notice.text.to_string()).collect()
    }

    pub fn errors(self) -> Vec<String> {
        let errors = self.0.notices.iter().filter(|notice| notice.is_error());
        errors.map(|notice| notice.text.to_string()).collect()
    }

    /// By what notices are dismissed.
    pub fn notice_ids(self) -> Vec<u64> {
        self.0.notices.iter().map(|notice| notice.id).collect()
    }

    /// The name of what undo would bring back.
    pub fn undoable(self) -> Option<String> {
        self.0.history.undoable().map(String::from)
    }

    /// The name of what redo would carry out again.
    pub fn redoable(self) -> Option<String> {
        self.0.history.redoable().map(String::from)
    }

    /// What was decided so far.
    pub fn document(self) -> Document {
        self.0.document.clone()
    }

    /// The number of remembered documents, and their approximate memory in bytes.
    pub fn history_size(self) -> (usize, usize) {
        self.0.history.size()
    }

    /// The approximate memory of the results, in bytes.
    pub fn result_bytes(self) -> usize {
        self.0.runs.bytes()
    }

    // Models.

    /// The number of open models.
    pub fn models(self) -> usize {
        self.0.models().count()
    }

    /// All of them, oldest first.
    pub fn model_refs(self) -> Vec<ModelRef> {
        self.0.models().map(|(id, _)| id).collect()
    }

    /// The one that is shown.
    pub fn shown(self) -> ModelFacts<'a> {
        let (id, entry) = self.0.shown().expect("a model is shown");
        ModelFacts { id, entry }
    }

    /// The one beside it.
    pub fn beside(self) -> Option<ModelFacts<'a>> {
        self.0.beside().map(|(id, entry)| ModelFacts { id, entry })
    }

    pub fn model(self, id: ModelRef) -> ModelFacts<'a> {
        ModelFacts { id, entry: self.0.model(id).expect("it is open") }
    }

    pub fn has_unsaved(self) -> bool {
        self.0.has_unsaved()
    }

    // The map.

    pub fn map(self) -> MapFacts<'a> {
        let map = &self.0.map;
        MapFacts {
            view: self.0.view.map.bounds,
            is_fitted: self.0.view.map.is_fitted(),
            picture: &map.picture,
            asked: map.asked,
        }
    }

    /// The second map, while two models are compared.
    pub fn second_map(self) -> Option<MapFacts<'a>> {
        let comparison = self.0.comparison.as_ref()?;
        Some(MapFacts { picture: &comparison.picture, asked: comparison.asked, ..self.map() })
    }

    /// True if every map is drawn with the layers that are on, and no file is being opened or written.
    pub fn is_settled(self) -> bool {
        let (map, layers) = (self.map(), self.layers());
        let heat = map.heat_columns().is_some() || !layers.has(MapLayer::Heat);
        let distance = map.fog().is_some() || !layers.has(MapLayer::Trust);
        let second = self.second_map().is_none_or(MapFacts::is_drawn);
        map.is_drawn() && heat && distance && second && !self.is_busy_with_files()
    }

    /// The quantity that colours the map.
    pub fn quantity(self) -> Quantity {
        self.0.quantity()
    }

    /// The quantities that can colour the map.
    pub fn quantities(self) -> Vec<Quantity> {
        self.0.quantities()
    }

    pub fn can_tell(self, quantity: Quantity) -> bool {
        self.0.can_tell(quantity)
    }

    /// The range of the colours.
    pub fn range(self) -> (f64, f64) {
        self.0.range()
    }

    pub fn is_range_held(self) -> bool {
        self.0.is_range_held()
    }

    pub fn layers(self) -> MapLayers {
        self.0.visible()
    }

    /// The point under the mouse.
    pub fn hovered(self) -> Option<Selection> {
        self.0.map.probe.clone().map(Selection)
    }

    /// The point that is kept.
    pub fn selected(self) -> Option<Selection> {
        self.0.map.picked.clone().map(Selection)
    }

    /// Both as the second model sees them.
    pub fn hovered_beside(self) -> Option<Selection> {
        self.0.comparison.as_ref()?.probe.clone().map(Selection)
    }

    pub fn selected_beside(self) -> Option<Selection> {
        self.0.comparison.as_ref()?.picked.clone().map(Selection)
    }

    pub fn pins(self) -> Vec<Selection> {
        self.0.map.pins.iter().cloned().map(Selection).collect()
    }

    /// A shape that was drawn by hand, and why the last line was none.
    pub fn drawn(self) -> Option<DrawnShape<'a>> {
        self.0.drawn().map(DrawnShape)
    }

    pub fn drawing_problem(self) -> Option<String> {
        self.0.drawing_problem.clone().map(String::from)
    }

    /// The direction in which the objective gets better: a point of the map and the change there.
    pub fn uphill(self) -> Option<([f64; 2], [f64; 2])> {
        self.0.uphill()
    }

    // Training.

    /// The present training, or the last one.
    pub fn training(self) -> TrainingFacts<'a> {
        TrainingFacts::new(self.0, self.0.training(), self.0.trained_model())
    }

    /// The one of the model that is shown.
    pub fn watched(self) -> TrainingFacts<'a> {
        let watched = self.0.watched().expect("a training of the model that is shown");
        TrainingFacts::new(self.0, watched.training(), self.0.watched_model())
    }

    /// The one that made a model.
    pub fn training_of(self, id: ModelRef) -> TrainingFacts<'a> {
        let training = self.0.learned(id).expect("it was trained here");
        TrainingFacts::new(self.0, training.training(), Some(id))
    }

    /// True while heads are being trained.
    pub fn is_training_heads(self) -> bool {
        self.0.heads.is_some()
    }

    /// The quantities that heads of the next training can learn.
    pub fn learnable(self) -> Vec<Quantity> {
        self.0.learnable()
    }

    pub fn sweep(self) -> Option<SweepFacts<'a>> {
        self.0.sweep().map(SweepFacts)
    }

    /// True while PCA of the data is being computed.
    pub fn is_making_pca(self) -> bool {
        self.0.jobs.newest(JobKind::Pca).is_some()
    }

    /// The quantity that is put to the test.
    pub fn rediscovery(self) -> Option<Quantity> {
        self.0.rediscovery().map(|test| test.quantity)
    }

    pub fn is_rediscovering(self) -> bool {
        self.0.rediscovery().is_some_and(|test| test.job.is_some())
    }

    pub fn rediscovery_report(self) -> Option<&'a RediscoveryReport> {
        self.0.rediscovery()?.report.as_deref()
    }

    // Searches.

    pub fn search(self) -> Option<SearchFacts<'a>> {
        self.0.search().map(SearchFacts)
    }

    /// The place on the shown map where a trajectory of the search ends.
    pub fn trajectory_end(self, restart: usize) -> Option<[f64; 2]> {
        let view = self.0.annotations().search_run?;
        view.paths.head(restart, view.paths.last_step() as f64)
    }

    /// All searches, oldest first.
    pub fn searches(self) -> Vec<SearchRef> {
        self.0.document.searches.keys().copied().collect()
    }

    pub fn report(self) -> Option<&'a SearchReport> {
        self.0.report()
    }

    /// True if the search was made with another model, or another version of it, than the shown one.
    pub fn is_search_stale(self) -> bool {
        self.0.is_search_stale()
    }

    pub fn race(self) -> Option<RaceFacts<'a>> {
        self.0.race().map(|race| RaceFacts(race, self.0.chosen_contender()))
    }

    pub fn step_through(self) -> Option<StepThroughFacts<'a>> {
        let projection = self.0.shown().map(|(_, entry)| &entry.prepared.projection)?;
        self.0.walk().map(|walk| StepThroughFacts(walk, projection))
    }

    pub fn is_stepping_through(self) -> bool {
        self.0.is_walking()
    }

    /// A target for a quantity where none was chosen.
    pub fn usual_target(self, quantity: Quantity) -> f64 {
        self.0.usual_target(quantity)
    }

    // Latent paths and new shapes.

    pub fn path(self) -> Option<PathFacts<'a>> {
        self.0.tour().map(PathFacts)
    }

    pub fn path_plan(self) -> PathPlan {
        self.0.path_plan()
    }

    pub fn is_on_path(self) -> bool {
        self.0.is_touring()
    }

    pub fn is_path_playing(self) -> bool {
        self.0.is_path_playing()
    }

    pub fn samples(self) -> Option<SampleFacts<'a>> {
        self.0.tours.drawn.as_ref().map(SampleFacts)
    }

    pub fn path_page(self) -> Option<PathPage> {
        self.0.explore_page()
    }

    // Files.

    /// True while a short job runs: a file that is opened or saved, metrics, a snapshot.
    pub fn is_busy_with_files(self) -> bool {
        self.0.jobs.iter().any(|(_, job)| !job.kind.is_lost_by_leaving())
    }

    pub fn is_exporting(self) -> bool {
        self.0.export.job.is_some()
    }

    pub fn export_problem(self) -> Option<String> {
        self.0.export.failed.clone().map(String::from)
    }

    pub fn import(self) -> ImportFacts<'a> {
        ImportFacts(self.0)
    }

    // Jobs.

    /// The kinds of all jobs that run, the oldest first.
    pub fn jobs(self) -> Vec<JobKind> {
        self.0.jobs.iter().map(|(_, job)| job.kind).collect()
    }

    /// The share that is done of the newest job of a kind; none where none runs, or none is known.
    pub fn share_of(self, kind: JobKind) -> Option<f64> {
        self.newest(kind)?.progress.share
    }

    /// The name of what the newest job of a kind works on.
    pub fn subject_of(self, kind: JobKind) -> Option<String> {
        self.newest(kind).map(|job| job.subject.to_string())
    }

    fn newest(self, kind: JobKind) -> Option<&'a Job> {
        self.0.jobs.iter().map(|(_, job)| job).rfind(|job| job.kind == kind)
    }

    /// The kinds of jobs that quitting would lose, of which it asks.
    pub fn lost_by_leaving(self) -> Vec<JobKind> {
        self.0.jobs.lost_by_leaving().map(|job| job.kind).collect()
    }

    // Settings of the next jobs.

    pub fn next_training(self) -> TrainingConfig {
        self.0.training_config()
    }

    pub fn next_data(self) -> &'a GeneratorConfig {
        &self.0.document.training.generator
    }

    /// The search that would begin now, with its starts.
    pub fn search_to_begin(self) -> SearchConfig {
        self.0.next_search().unwrap()
    }

    /// The chosen rows of the data, counted from 0, and their places on the map.
    pub fn chosen_rows(self) -> Vec<u32> {
        self.0.view.chosen.to_vec()
    }

    pub fn chosen_marks(self) -> Vec<[f64; 2]> {
        self.0.annotations().chosen.to_vec()
    }

    pub fn next_search(self) -> SearchConfig {
        self.0.search_config().into_owned()
    }

    pub fn next_race(self) -> &'a Contenders {
        &self.0.document.search.contenders
    }

    /// Updates a second of a training with its brake on.
    pub fn pace(self) -> f64 {
        self.0.preferences.pace.0
    }

    pub fn recent_files(self) -> &'a [PathBuf] {
        &self.0.preferences.recent
    }

    /// True once the user has followed the first hint.
    pub fn hint_followed(self) -> bool {
        self.0.preferences.hint_followed
    }

    /// All that is remembered.
    pub fn settings(self) -> Settings {
        Settings::from_stores(&self.0.document, &self.0.view, &self.0.preferences)
    }
}
