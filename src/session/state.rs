//! The complete state that the window shows.

use super::cached_metrics::MetricsOf;
use super::compare::Comparison;
use super::drawing::Drawing;
use super::import::Own;
use super::jobs::export::Exporting;
use super::jobs::heads::HeadsRun;
use super::jobs::race::RaceRun;
use super::jobs::rediscovery::RediscoveryRun;
use super::jobs::registry::{Registry, RunId};
use super::jobs::search::SearchRun;
use super::jobs::sweep::SweepRun;
use super::jobs::training::Training;
use super::lesson::Lesson;
use super::map::{LatentMap, MapPictures};
use super::models::{ModelEntry, ModelId, Models};
use super::notices::Notices;
use super::playback::Playback;
use super::settings::Settings;
use super::step_through::StepThroughState;
use super::tour::Tours;
use super::undo::Undo;
use crate::data::property::Property;
use crate::explore::scene::compose::LayerVisibility;
use crate::explore::{Bounds, three_digits};
use crate::model::Model;
use crate::objective::{Goal, ObjectiveSpec};
use crate::optimise::{SearchConfig, SearchReport};
use crate::text;
use std::collections::BTreeMap;

/// The user's activity; each has its own panel and its own choice of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// Exploring.
    #[default]
    Explore,
    /// Training a model.
    Train,
    /// Optimising in its latent space.
    Optimise,
}

/// A layer of the map that can be switched on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Decoded shapes.
    Shapes,
    /// The property as a heat map.
    Heat,
    /// Encoded data.
    Data,
    /// Trajectories of a search.
    Paths,
    /// The areas where answers are unreliable.
    Trust,
    /// The direction of a better objective.
    Gradient,
}

/// The state of the program.
#[derive(Debug)]
pub struct State {
    /// The present activity.
    pub activity: Activity,
    /// The open models.
    pub models: Models,
    /// The map.
    pub map: LatentMap,
    /// The present training, or the last one.
    pub training: Training,
    /// Earlier trainings, by the models that they made.
    pub earlier: BTreeMap<ModelId, Training>,
    /// The freehand shape.
    pub drawing: Drawing,
    /// The user's shapes.
    pub own: Own,
    /// The training of heads, if there is one.
    pub heads: Option<HeadsRun>,
    /// The present rediscovery, or its results.
    pub rediscovery: Option<RediscoveryRun>,
    /// The search.
    pub search_run: Option<SearchRun>,
    /// The race.
    pub race: Option<RaceRun>,
    /// The second map, while two models are compared.
    pub comparison: Option<Comparison>,
    /// The metrics of models.
    pub metrics: MetricsOf,
    /// The run of PCA, if there is one.
    pub pca: Option<RunId>,
    /// The sweep over beta.
    pub sweep: Option<SweepRun>,
    /// The lesson, if there is one.
    pub lesson: Option<Lesson>,
    /// The step-by-step search.
    pub walk: Option<StepThroughState>,
    /// Latent paths, and new shapes.
    pub tours: Tours,
    /// Notices for the user.
    pub notices: Notices,
    /// The saved settings.
    pub settings: Settings,
    /// The present export.
    pub export: Exporting,
    /// All running jobs.
    pub jobs: Registry,
    /// The objective that the user set last, while the shown model lacks a property of it: the settings then have another
    /// one in its place.
    aim_aside: Option<ObjectiveSpec>,
    held_range: Option<(f64, f64)>,
    /// The range during a training, which would otherwise change all the time; the range held by the user takes
    /// precedence.
    training_range: Option<(f64, f64)>,
    pub(super) lost: Vec<Undo>,
    /// The model on the second map whose training shows the same update as the watched one.
    pub(super) linked: Option<ModelId>,
    /// Number of versions given to models so far, so that none is given twice.
    pub(super) versions: u64,
    /// Number of models that were trained so far; each is named by its number.
    pub(super) trained: u64,
}

impl State {
    /// A state without models.
    pub fn new(settings: Settings) -> Self {
        Self {
            activity: Activity::default(),
            models: Models::default(),
            map: LatentMap::new(Bounds { low: [-3.0; 2], high: [3.0; 2] }),
            training: Training::default(),
            earlier: BTreeMap::new(),
            linked: None,
            versions: 0,
            trained: 0,
            drawing: Drawing::default(),
            own: Own::default(),
            heads: None,
            rediscovery: None,
            search_run: None,
            race: None,
            comparison: None,
            metrics: MetricsOf::default(),
            pca: None,
            sweep: None,
            lesson: None,
            walk: None,
            tours: Tours::default(),
            notices: Notices::default(),
            settings,
            export: Exporting::default(),
            jobs: Registry::default(),
            aim_aside: None,
            held_range: None,
            training_range: None,
            lost: Vec::new(),
        }
    }

    /// The property of the map's colours, which is also the first term of the objective.
    pub fn property(&self) -> Property {
        self.settings.search.spec.property()
    }

    /// The layers of the present activity.
    pub fn visible(&self) -> LayerVisibility {
        self.settings.layers.0[self.activity as usize]
    }

    /// The properties for colours and objectives: those of the shown model.
    pub fn properties(&self) -> Vec<Property> {
        let own = self.shown().map(|(_, entry)| entry.prepared.model.properties());
        own.unwrap_or_else(|| Property::ALL.to_vec())
    }

    /// The properties that heads of the next training can learn: those of its data.
    pub fn learnable(&self) -> Vec<Property> {
        let own = self.own.chosen().map(|data| data.set.properties());
        own.unwrap_or_else(|| Property::ALL.to_vec())
    }

    /// True if the shown model can compute or predict a property of any shape.
    pub fn can_tell(&self, property: Property) -> bool {
        self.shown().is_some_and(|(_, entry)| entry.prepared.model.can_tell(property))
    }

    /// The property of the map's colours for an outline, by the shown model; NaN if the model cannot compute or predict
    /// it.
    pub fn value_of(&self, outline: &[f32]) -> f64 {
        let property = self.property();
        let told = self.shown().map(|(_, e)| e.prepared.model.tell_outline(property, outline));
        told.and_then(Result::ok).unwrap_or(f64::NAN)
    }

    /// The unit of a property in the shown model; empty if none is known.
    pub fn unit(&self, property: Property) -> &str {
        self.shown().map_or("", |(_, entry)| entry.prepared.model.unit(property))
    }

    /// Switches a layer of the present activity.
    pub fn toggle(&mut self, overlay: Overlay) {
        let visible = &mut self.settings.layers.0[self.activity as usize];
        let layer = match overlay {
            Overlay::Shapes => &mut visible.shapes,
            Overlay::Heat => &mut visible.heat,
            Overlay::Data => &mut visible.data,
            Overlay::Paths => &mut visible.paths,
            Overlay::Trust => &mut visible.trust,
            Overlay::Gradient => &mut visible.gradient,
        };
        *layer = !*layer;
    }

    /// The shown model.
    pub fn shown(&self) -> Option<(ModelId, &ModelEntry)> {
        self.models.shown()
    }

    /// Identity and version of the shown model.
    pub fn shown_version(&self) -> Option<(ModelId, u64)> {
        self.models.shown().map(|(id, entry)| (id, entry.version))
    }

    /// The range of the colour scale: the held one, or the model's own.
    pub fn range(&self) -> (f64, f64) {
        let own = || self.shown().map(|(_, entry)| entry.prepared.range(self.property()));
        self.held_range.or(self.training_range).or_else(own).unwrap_or((0.0, 1.0))
    }

    /// The default target of a property: the middle of its range in the shown model.
    pub fn usual_target(&self, property: Property) -> f64 {
        let range = self.shown().map(|(_, entry)| entry.prepared.range(property));
        let middle = range.map_or(1.0, |(low, high)| 0.5 * (low + high));
        // Rounded as on the screen.
        three_digits(middle).parse().unwrap_or(middle)
    }

    /// True if the range is held.
    pub fn is_range_held(&self) -> bool {
        self.held_range.is_some()
    }

    /// Holds the present range, or releases it.
    pub fn hold_range(&mut self, hold: bool) {
        self.held_range = hold.then(|| self.range());
    }

    /// Holds the present range for a training, or releases it.
    pub fn hold_range_for_training(&mut self, hold: bool) {
        self.training_range = hold.then(|| self.range());
    }

    /// True if the search was made with another model, or another version, than the shown one.
    pub fn is_search_stale(&self) -> bool {
        self.search_run
            .as_ref()
            .is_some_and(|search_run| Some(search_run.model) != self.shown_version())
    }

    /// True if a step-by-step search is on the screen.
    pub fn is_walking(&self) -> bool {
        self.activity == Activity::Optimise && self.walk.is_some()
    }

    /// True if a latent path is on the screen.
    pub fn is_touring(&self) -> bool {
        self.activity == Activity::Explore && self.tours.tour.is_some()
    }

    /// The playback on the screen.
    pub(super) fn playback_mut(&mut self) -> Option<&mut Playback> {
        match self.is_touring() {
            true => self.tours.tour.as_mut().map(|tour| &mut tour.playback),
            false => self.search_run.as_mut().map(|search_run| &mut search_run.playback),
        }
    }

    /// The map position of the shown point and its direction of steepest improvement, with the decrease of the loss per
    /// map unit; only while optimising.
    pub fn uphill(&self) -> Option<([f64; 2], [f64; 2])> {
        let (_, entry) = self.shown().filter(|_| self.activity == Activity::Optimise)?;
        let probe = self.map.probe.as_ref();
        let (at, gradient) = match (probe, &self.walk, &self.map.picked) {
            (None, Some(walk), _) => (walk.here.at, walk.gradient()?),
            (Some(probe), ..) | (None, None, Some(probe)) => {
                (probe.at, &*probe.slope.as_ref()?.gradient)
            }
            (None, None, None) => return None,
        };
        let uphill = entry.prepared.projection.downhill(gradient);
        (uphill != [0.0; 2] && uphill.iter().all(|v| v.is_finite())).then_some((at, uphill))
    }

    /// True if closing the program would lose something.
    pub fn has_unsaved(&self) -> bool {
        self.models.iter().any(|(_, entry)| entry.unsaved)
    }

    /// Shows a model and all of its data; pins stay with their model.
    pub fn show(&mut self, id: ModelId) {
        self.models.show(id);
        self.walk = None;
        let map = &mut self.map;
        // Another model's shapes would have wrong positions and sizes.
        map.picture = MapPictures::default();
        map.probe = None;
        map.picked = None;
        map.shelve_pins(id);
        if let Some((_, entry)) = self.models.shown() {
            let prepared = entry.prepared.clone();
            self.map.fit(prepared.home);
            self.tours.forget(&prepared);
            self.settle_spec(&prepared.model);
        }
    }

    /// Sets the objective that the user chose; one that was set aside is forgotten.
    pub(super) fn choose_aim(&mut self, spec: ObjectiveSpec) {
        if spec == self.settings.search.spec {
            return;
        }
        self.aim_aside = None;
        self.set_spec(spec);
        if let Some(prepared) = self.shown().map(|(_, entry)| entry.prepared.clone()) {
            self.settle_spec(&prepared.model);
        }
    }

    /// Sets the objective. Another property of the colours has another range: a held one is released.
    fn set_spec(&mut self, spec: ObjectiveSpec) {
        let recoloured = spec.property() != self.property();
        self.settings.search.spec = spec;
        if recoloured {
            self.hold_range(false);
            self.hold_range_for_training(false);
            self.hold_range_for_training(self.training.run.is_some());
        }
    }

    /// Sets an objective aside, and reports it, if `model` lacks a property of it, such as a target column of other
    /// data; restores the one that was set aside if `model` has all of its properties.
    fn settle_spec(&mut self, model: &Model) {
        let known = model.properties();
        let lacking =
            |spec: &ObjectiveSpec| spec.properties().find(|property| !known.contains(property));
        if let Some(aside) = self.aim_aside.take_if(|aside| lacking(aside).is_none()) {
            self.notices
                .info(text!("This model has it: {word} is optimised again.", word = aside.word()));
            return self.set_spec(aside);
        }
        let Some(unknown) = lacking(&self.settings.search.spec) else { return };
        let Some(&property) = known.first() else { return };
        let spec = self.settings.search.spec.clone();
        self.aim_aside.get_or_insert(spec);
        self.set_spec(ObjectiveSpec::new(property, Goal::Max));
        let (unknown, word) = (unknown.name(), property.word());
        self.notices.info(text!(
            "This model has no '{unknown}'; {word} is optimised instead.",
            unknown,
            word
        ));
    }

    /// The settings of the search as the user set them, with the objective that was set aside, if there is one.
    pub(super) fn chosen_search(&self) -> SearchConfig {
        let mut search = self.settings.search.clone();
        search.spec = self.aim_aside.clone().unwrap_or(search.spec);
        search
    }

    /// The report of the search, if there is one.
    pub fn report(&self) -> Option<&SearchReport> {
        self.search_run.as_ref().and_then(SearchRun::report)
    }
}
