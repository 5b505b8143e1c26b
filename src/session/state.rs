//! Everything the window shows, and how events change it.

use super::climb::{Climb, Playback, UnderWay};
use super::compare::{Comparison, FiguresOf};
use super::drawing::{Drawing, Drawn};
use super::event::{End, Outcome, Product, Progress, RunId, SearchProgress, TrainingProgress};
use super::export::Exporting;
use super::findings::so_far;
use super::heads::HeadsRun;
use super::lesson::Lesson;
use super::map::{Map, Picture};
use super::models::{ModelEntry, ModelId, Models, Prepared};
use super::notices::Notices;
use super::own::Own;
use super::pca::PcaRun;
use super::plan::Plan;
use super::probe::Probe;
use super::race::Contest;
use super::settings::Settings;
use super::sweep::BetaSweep;
use super::timeline::Newest;
use super::tour::{Tour, Tours};
use super::training::{Phase, Training};
use super::walk::Walk;
use crate::data::property::Property;
use crate::explore::compose::Visible;
use crate::explore::{Bounds, three_digits};
use crate::optimise::SearchReport;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What a person is busy with; each has its own panel and its own choice of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// Looking.
    #[default]
    Explore,
    /// Learning a model.
    Train,
    /// Searching in it.
    Optimise,
}

/// A layer of the map that can be switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Decoded shapes.
    Shapes,
    /// The property as a heat map.
    Heat,
    /// Encoded data.
    Data,
    /// Ways of a search.
    Paths,
    /// Where answers cannot be trusted.
    Trust,
    /// Where the objective gets better.
    Gradient,
}

/// What a job that makes no model or search of its own is for.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Opening a file.
    Open,
    /// Saving this model as it was then.
    Save(ModelId, Arc<Prepared>),
    /// Writing candidates.
    Export,
    /// Making a moment of this model's training into a model.
    Moment(ModelId),
    /// Measuring the figures of this version of a model.
    Measure((ModelId, u64)),
}

/// Something that was lost and can be brought back.
#[derive(Debug)]
pub enum Lost {
    /// A model that was closed.
    Model(ModelId, ModelEntry),
    /// A search that was cleared or replaced.
    Climb(Box<Climb>),
    /// A race that was cleared or replaced.
    Race(Box<Contest>),
    /// A sweep that was replaced.
    Sweep(Box<BetaSweep>),
    /// A shape that was drawn.
    Drawn(Box<Drawn>),
    /// A pin that was taken out, and its place.
    Pin(usize, Box<Probe>),
    /// A way over the map that was taken off it, and how it was planned.
    Tour(Box<(Tour, Plan)>),
    /// A walk by hand that had begun to move.
    Walk(Box<Walk>),
}

/// How many losses can be undone.
const MOST_LOST: usize = 6;

/// The state of the program.
#[derive(Debug)]
pub struct State {
    /// What the person is busy with.
    pub activity: Activity,
    /// The open models.
    pub models: Models,
    /// The map.
    pub map: Map,
    /// The training that is under way, or was last.
    pub training: Training,
    /// Trainings before it, by the models that they made.
    pub earlier: BTreeMap<ModelId, Training>,
    /// A shape that was drawn.
    pub drawing: Drawing,
    /// Shapes of one's own.
    pub own: Own,
    /// The heads that are being trained, if any.
    pub heads: Option<HeadsRun>,
    /// The search.
    pub climb: Option<Climb>,
    /// The race.
    pub race: Option<Contest>,
    /// The second map, while two models are compared.
    pub comparison: Option<Comparison>,
    /// The figures of models.
    pub figures: FiguresOf,
    /// The search for principal axes that is under way, if any.
    pub pca: Option<PcaRun>,
    /// The sweep over beta.
    pub sweep: Option<BetaSweep>,
    /// A lesson under way.
    pub lesson: Option<Lesson>,
    /// The search by hand.
    pub walk: Option<Walk>,
    /// Ways over the map, and new shapes.
    pub tours: Tours,
    /// Sentences for the person.
    pub notices: Notices,
    /// What is remembered.
    pub settings: Settings,
    /// What is being exported.
    pub export: Exporting,
    /// Jobs that open or save.
    pub errands: BTreeMap<RunId, Errand>,
    held_range: Option<(f64, f64)>,
    /// While a model is learned its range would jump; what the person holds comes first.
    training_range: Option<(f64, f64)>,
    lost: Vec<Lost>,
    /// The model on the second map whose training follows the one that is watched.
    pub(super) linked: Option<ModelId>,
    /// Versions that models have had, so that none is given twice.
    versions: u64,
}

impl State {
    /// Nothing is open yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            activity: Activity::default(),
            models: Models::default(),
            map: Map::new(Bounds { low: [-3.0; 2], high: [3.0; 2] }),
            training: Training::default(),
            earlier: BTreeMap::new(),
            linked: None,
            versions: 0,
            drawing: Drawing::default(),
            own: Own::default(),
            heads: None,
            climb: None,
            race: None,
            comparison: None,
            figures: FiguresOf::default(),
            pca: None,
            sweep: None,
            lesson: None,
            walk: None,
            tours: Tours::through(0),
            notices: Notices::default(),
            settings,
            export: Exporting::default(),
            errands: BTreeMap::new(),
            held_range: None,
            training_range: None,
            lost: Vec::new(),
        }
    }

    /// The property that colours the map: the one that is climbed is the one that is looked at.
    pub fn property(&self) -> Property {
        self.settings.search.aim.property()
    }

    /// The layers of the present activity.
    pub fn visible(&self) -> Visible {
        self.settings.layers.0[self.activity as usize]
    }

    /// What can colour the map and be sought: the properties of the model that is shown.
    pub fn properties(&self) -> Vec<Property> {
        let own = self.shown().map(|(_, entry)| entry.prepared.model.properties());
        own.unwrap_or_else(|| Property::ALL.to_vec())
    }

    /// What heads of the next training can learn: the properties of its data.
    pub fn learnable(&self) -> Vec<Property> {
        let own = self.own.chosen().map(|data| data.set.properties());
        own.unwrap_or_else(|| Property::ALL.to_vec())
    }

    /// Whether the model that is shown can tell a property of any shape.
    pub fn can_tell(&self, property: Property) -> bool {
        self.shown().is_some_and(|(_, entry)| entry.prepared.model.can_tell(property))
    }

    /// The property that colours the map, of an outline, told by the model that is shown; NaN where it cannot.
    pub fn value_of(&self, outline: &[f32]) -> f64 {
        let property = self.property();
        let told = self.shown().map(|(_, e)| e.prepared.model.tell_outline(property, outline));
        told.and_then(Result::ok).unwrap_or(f64::NAN)
    }

    /// A value of a property as it is shown: three digits, and the unit where the model that is shown has one.
    pub fn said(&self, property: Property, value: f64) -> String {
        let digits = three_digits(value);
        match self.shown() {
            Some((_, entry)) if value.is_finite() => {
                entry.prepared.model.with_unit(property, &digits)
            }
            _ => digits,
        }
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

    /// The model that is shown, prepared.
    pub fn shown(&self) -> Option<(ModelId, &ModelEntry)> {
        self.models.shown()
    }

    /// Identity and version of the model that is shown.
    pub fn shown_version(&self) -> Option<(ModelId, u64)> {
        self.models.shown().map(|(id, entry)| (id, entry.version))
    }

    /// The range of the colour scale: held, or the model's own.
    pub fn range(&self) -> (f64, f64) {
        let own = || self.shown().map(|(_, entry)| entry.prepared.range(self.property()));
        self.held_range.or(self.training_range).or_else(own).unwrap_or((0.0, 1.0))
    }

    /// A target for a property where none was chosen yet: the middle of its range in the model shown.
    pub fn usual_target(&self, property: Property) -> f64 {
        let range = self.shown().map(|(_, entry)| entry.prepared.range(property));
        let middle = range.map_or(1.0, |(low, high)| 0.5 * (low + high));
        // As it will be read on the screen.
        three_digits(middle).parse().unwrap_or(middle)
    }

    /// Whether the range is held.
    pub fn is_range_held(&self) -> bool {
        self.held_range.is_some()
    }

    /// Holds the present range, or lets it go.
    pub fn hold_range(&mut self, hold: bool) {
        self.held_range = hold.then(|| self.range());
    }

    /// Holds the present range for a training, or lets it go.
    pub fn hold_range_for_training(&mut self, hold: bool) {
        self.training_range = hold.then(|| self.range());
    }

    /// Whether the search was made from another model, or another version, than the one shown.
    pub fn is_climb_stale(&self) -> bool {
        self.climb.as_ref().is_some_and(|climb| Some(climb.model) != self.shown_version())
    }

    /// Whether a walk by hand is on the screen.
    pub fn is_walking(&self) -> bool {
        self.activity == Activity::Optimise && self.walk.is_some()
    }

    /// Whether a way over the map is on the screen.
    pub fn is_touring(&self) -> bool {
        self.activity == Activity::Explore && self.tours.tour.is_some()
    }

    /// The playback of what is on the screen.
    pub(super) fn playback_mut(&mut self) -> Option<&mut Playback> {
        match self.is_touring() {
            true => self.tours.tour.as_mut().map(|tour| &mut tour.playback),
            false => self.climb.as_mut().map(|climb| &mut climb.playback),
        }
    }

    /// Where the point that is looked at would go on the map to get better, with the loss that it gains for
    /// each map unit; while a search is what the person is busy with.
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

    /// Whether closing the program would lose something.
    pub fn has_unsaved(&self) -> bool {
        self.models.iter().any(|(_, entry)| entry.unsaved)
    }

    /// Remembers a loss so that it can be undone.
    pub fn lose(&mut self, lost: Lost) {
        self.lost.push(lost);
        let excess = self.lost.len().saturating_sub(MOST_LOST);
        self.lost.drain(..excess);
    }

    /// What can be undone, in words.
    pub fn undoable(&self) -> Option<&'static str> {
        self.lost.last().map(|lost| match lost {
            Lost::Model(..) => "Undo closing a model",
            Lost::Climb(_) => "Bring back the last climb",
            Lost::Race(_) => "Bring back the last race",
            Lost::Sweep(_) => "Bring back the last sweep",
            Lost::Drawn(_) => "Bring back the drawn shape",
            Lost::Pin(..) => "Undo unpinning",
            Lost::Tour(_) => "Bring back the way over the map",
            Lost::Walk(_) => "Bring back the walk by hand",
        })
    }

    /// Brings back what was last lost.
    pub fn undo(&mut self) {
        match self.lost.pop() {
            Some(Lost::Model(id, entry)) => {
                self.models.insert(id, entry);
                self.show(id);
            }
            Some(Lost::Climb(climb)) => {
                if let Some(present) = self.climb.replace(*climb) {
                    present.control.cancel();
                }
            }
            Some(Lost::Race(race)) => {
                if let Some(present) = self.race.replace(*race) {
                    present.control.cancel();
                }
            }
            Some(Lost::Sweep(sweep)) => {
                if let Some(present) = self.sweep.replace(*sweep) {
                    present.control.cancel();
                }
            }
            Some(Lost::Drawn(drawn)) => {
                self.drawing = Drawing { drawn: Some(*drawn), problem: None };
            }
            Some(Lost::Pin(place, pin)) => {
                if self.shows(pin.model.0) {
                    self.map.pins.insert(place.min(self.map.pins.len()), *pin);
                } else {
                    self.notices.info("That pin belongs to another model; show that one first.");
                    self.lost.push(Lost::Pin(place, pin));
                }
            }
            Some(Lost::Tour(tour)) => {
                if self.shows(tour.0.model.0) {
                    (self.tours.tour, self.tours.plan) = (Some(tour.0), tour.1);
                } else {
                    self.notices.info("That way leads through another model; show that one first.");
                    self.lost.push(Lost::Tour(tour));
                }
            }
            Some(Lost::Walk(walk)) => {
                if self.shows(walk.model.0) {
                    self.walk = Some(*walk);
                } else {
                    self.notices.info("That walk is one in another model; show that one first.");
                    self.lost.push(Lost::Walk(walk));
                }
            }
            None => self.notices.info("There is nothing to undo."),
        }
    }

    fn shows(&self, id: ModelId) -> bool {
        self.shown_version().is_some_and(|(shown, _)| shown == id)
    }

    /// Takes the way off the map.
    pub(super) fn leave_tour(&mut self) {
        self.tours.pause();
        if let Some(tour) = self.tours.tour.take() {
            self.lose(Lost::Tour(Box::new((tour, self.tours.plan.clone()))));
        }
    }

    /// Takes the walk by hand off the map; one that has not moved is no loss.
    pub(super) fn leave_walk(&mut self) {
        if let Some(walk) = self.walk.take_if(|walk| !walk.by_hand.past().is_empty()) {
            self.lose(Lost::Walk(Box::new(walk)));
        }
        self.walk = None;
    }

    /// Shows a model and all of its data; pins stay with the model they were made in.
    pub fn show(&mut self, id: ModelId) {
        self.models.show(id);
        self.walk = None;
        let map = &mut self.map;
        // Another model's shapes would stand in the wrong places at the wrong size.
        map.picture = Picture::default();
        map.probe = None;
        map.picked = None;
        map.shelve_pins(id);
        if let Some((_, entry)) = self.models.shown() {
            let (home, families) = (entry.prepared.home, entry.prepared.model.encoded.names.len());
            self.map.fit(home);
            self.tours.forget(families);
        }
    }

    /// Takes the progress of a job in; foreign runs are dropped.
    pub fn progress(&mut self, run: RunId, progress: Progress) {
        match progress {
            Progress::Training(progress) if self.training.run == Some(run) => {
                self.trained(progress)
            }
            Progress::Search(progress) => self.searched(run, &progress),
            Progress::Race(progress) => self.raced(run, progress),
            Progress::Sweep(progress) => self.swept(run, progress),
            Progress::Export(share) => self.export.progress(run, share),
            Progress::Pca(share) => {
                if let Some(pca) = self.pca.as_mut().filter(|pca| pca.run == run) {
                    pca.share = share;
                }
            }
            Progress::Heads(progress) => {
                if let Some(heads) = self.heads.as_mut().filter(|heads| heads.run == run) {
                    (heads.property, heads.share) = (progress.property, progress.share);
                }
            }
            Progress::Import(progress) if self.own.run == Some(run) => {
                self.own.progress = Some(progress);
            }
            Progress::Training(_) | Progress::Import(_) => (),
        }
    }

    fn trained(&mut self, progress: TrainingProgress) {
        let training = &mut self.training;
        training.share = progress.share;
        (training.updates, training.epochs) = (progress.updates, progress.epochs);
        training.seconds_left = progress.seconds_left;
        training.extend_curve(&progress.curve);
        training.extend_records(&progress.records);
        training.figures = progress.figures.or(training.figures.take());
        training.setup = progress.setup.or(training.setup.take());
        progress.moments.into_iter().for_each(|moment| training.timeline.push(moment));
        if let (Some(id), Some(prepared)) = (training.model, progress.snapshot) {
            self.renew(id, prepared);
        }
    }

    /// A version that no model has had yet.
    pub(super) fn next_version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// Puts a newer version of a model in the place of the one before.
    fn renew(&mut self, id: ModelId, prepared: Arc<Prepared>) {
        let version = self.next_version();
        // Who looks at an older moment goes on doing so.
        if let Some(newest) = self.learned_mut(id).and_then(|t| t.timeline.newest.as_mut()) {
            *newest = Newest { prepared, version, path: None, unsaved: true };
            return;
        }
        let first = match self.models.get_mut(id) {
            Some(entry) => {
                entry.prepared = prepared;
                entry.version = version;
                entry.unsaved = true;
                entry.path = None;
                false
            }
            None => {
                let name = format!("Trained {}", id.0);
                let entry = ModelEntry { name, version, path: None, unsaved: true, prepared };
                self.models.insert(id, entry);
                true
            }
        };
        if first {
            self.show(id);
            // A branch is watched beside what it left.
            let trunk = self.learned(id).and_then(|training| training.trunk);
            trunk.into_iter().for_each(|trunk| self.put_beside(trunk));
        } else {
            self.fit_if_lost(id);
        }
    }

    /// Shows all of a model's data when they have left the map, which was fitted to them.
    pub(super) fn fit_if_lost(&mut self, id: ModelId) {
        let on_screen = [self.shown_version().map(|(id, _)| id), self.beside().map(|(id, _)| id)];
        let Some(home) = self.home().filter(|_| on_screen.contains(&Some(id))) else { return };
        if self.map.is_fitted() {
            // The map follows the data only when they leave it or shrink to a spot, and never when
            // the person has moved it: a map that moves all the time cannot be read.
            let view = self.map.view.grown(0.02);
            let lost = !view.contains(home.low) || !view.contains(home.high);
            let [w, h] = [0, 1].map(|k| home.size()[k] / self.map.view.size()[k]);
            if lost || w.max(h) < 0.62 {
                self.map.fit(home.grown(0.06));
            }
        }
    }

    fn searched(&mut self, run: RunId, progress: &SearchProgress) {
        let Some(climb) = self.climb.as_mut().filter(|climb| climb.run == Some(run)) else {
            return;
        };
        let held = climb.shown_step();
        let paths = Arc::make_mut(&mut climb.paths);
        for (line, points) in progress.points.iter().enumerate() {
            paths.extend(line, points.iter(), &climb.projection);
        }
        paths.wind();
        climb.under_way.extend(progress);
        climb.hold_step(held);
        let (stride, values) = (climb.paths.stride(), &climb.under_way.best_values);
        climb.best_so_far =
            so_far(&climb.paths, |step| values.get(step / stride).copied().unwrap_or(f64::NAN));
    }

    /// Takes the end of a job in; the person sees which end it was.
    pub fn ended(&mut self, run: RunId, end: End) {
        if self.training.run == Some(run) {
            self.training_ended(end);
        } else if self.own.run == Some(run) {
            self.import_ended(end);
        } else if let Some(heads) = self.heads.take_if(|heads| heads.run == run) {
            self.heads_ended(heads.model, end);
        } else if self.climb.as_ref().is_some_and(|climb| climb.run == Some(run)) {
            self.climb_ended(end);
        } else if self.race.as_ref().is_some_and(|race| race.run == Some(run)) {
            self.race_ended(end);
        } else if self.sweep.as_ref().is_some_and(|sweep| sweep.run == Some(run)) {
            self.sweep_ended(end);
        } else if self.export.run.as_ref().is_some_and(|export| export.run == run) {
            self.export_ended(end);
        } else if self.pca.as_ref().is_some_and(|pca| pca.run == run) {
            self.pca_ended(end);
        } else if let Some(errand) = self.errands.remove(&run) {
            self.errand_ended(&errand, end);
        }
    }

    fn training_ended(&mut self, End { outcome, product }: End) {
        let training = &mut self.training;
        training.run = None;
        training.phase = Phase::Idle;
        let (id, before) = (training.model, training.before);
        let kept = product.is_some() || training.epochs >= 1.0;
        self.hold_range_for_training(false);
        match (id, product) {
            (Some(id), Some(Product::Trained(prepared, figures))) => {
                self.training.figures = figures;
                self.renew(id, prepared);
            }
            // What the last picture showed is worth keeping once an epoch was learned.
            (Some(_), _) if kept => (),
            (Some(id), _) => {
                let was_shown = self.shown_version().is_some_and(|(shown, _)| shown == id);
                self.models.remove(id);
                if let Some(before) = before.filter(|_| was_shown) {
                    self.show(before);
                }
            }
            _ => (),
        }
        match outcome {
            Outcome::Finished => {
                let Training { updates, epochs, .. } = self.training;
                let early = if updates < self.training.total_updates() {
                    " early, the best is kept,"
                } else {
                    ""
                };
                let epochs = format!("{epochs:.1}").trim_end_matches(".0").to_owned();
                self.notices.info(format!(
                    "Training finished{early} after {updates} updates ({epochs} epochs). Save it with Ctrl+S."
                ));
            }
            Outcome::Cancelled => self.notices.info("Training stopped; what it learned is kept."),
            Outcome::Failed(why) if kept => {
                self.notices.error(format!("{why} (what was learned before is kept)"));
            }
            Outcome::Failed(why) => self.notices.error(why),
        }
    }

    /// A model that was closed meanwhile, or has learned on, takes no heads any more.
    fn heads_ended(&mut self, (id, version): (ModelId, u64), End { outcome, product }: End) {
        let entry = self.models.get_mut(id).filter(|entry| entry.version == version);
        let learned = match (entry, product) {
            (Some(entry), Some(Product::Heads(prepared, properties))) => {
                let score = |property: &Property| {
                    let card = &prepared.model.head(*property)?.card;
                    Some(format!("{} R\u{b2} {:.3}", property.label(), card.r2))
                };
                let scores: Vec<String> = properties.iter().filter_map(score).collect();
                entry.prepared = prepared;
                entry.unsaved = true;
                // What nobody could tell before colours the maps now.
                self.map.asked = None;
                self.comparison.iter_mut().for_each(|comparison| comparison.asked = None);
                Some(scores.join(", "))
            }
            _ => None,
        };
        match (outcome, learned) {
            (Outcome::Failed(why), None) => self.notices.error(why),
            (Outcome::Failed(why), Some(scores)) => {
                self.notices.error(format!("{why} (learned before: {scores})"));
            }
            (_, Some(scores)) => {
                self.notices.info(format!("Predicted now: {scores}. Save it with Ctrl+S."));
            }
            (Outcome::Cancelled, None) => self.notices.info("Stopped; no head was learned."),
            (Outcome::Finished, None) => (),
        }
    }

    fn climb_ended(&mut self, End { outcome, product }: End) {
        let Some(climb) = self.climb.as_mut() else { return };
        climb.run = None;
        match product {
            Some(Product::Searched(findings)) => {
                let held = climb.shown_step();
                let again = Playback { playing: true, share: 0.0, live: true, ..climb.playback };
                climb.paths = findings.paths.clone();
                climb.best_so_far.clone_from(&findings.best_so_far);
                climb.under_way = UnderWay::default();
                // What the hand holds stays; who has watched it to its end sees it once more in peace.
                if climb.playback.live {
                    climb.playback = again;
                } else {
                    climb.hold_step(held);
                }
                climb.moment = None;
                if findings.report.best_believable.is_none() {
                    self.notices
                        .info("No answer can be believed: the table says why, restart by restart.");
                }
                self.lesson.iter_mut().for_each(|lesson| lesson.climbed(&findings.report));
                climb.findings = Some(findings);
            }
            _ => self.climb = None,
        }
        match outcome {
            Outcome::Finished => (),
            Outcome::Cancelled => self.notices.info("Climb stopped; the ways so far are kept."),
            Outcome::Failed(why) => self.notices.error(why),
        }
    }

    fn errand_ended(&mut self, errand: &Errand, End { outcome, product }: End) {
        match (outcome, product, errand) {
            (Outcome::Failed(why), _, Errand::Moment(id)) => {
                self.developed(*id, None);
                self.notices.error(why);
            }
            (outcome, product, Errand::Measure(model)) => {
                let figures = match product {
                    Some(Product::Measured(figures)) => Some(figures),
                    _ => None,
                };
                self.measured(*model, outcome, figures);
            }
            (Outcome::Failed(why), ..) => self.notices.error(why),
            (_, Some(Product::Opened(prepared, path)), _) => self.opened(prepared, &path),
            (_, Some(Product::Developed(prepared)), Errand::Moment(id)) => {
                self.developed(*id, Some(prepared));
            }
            (_, Some(Product::Exported(path)), _) => {
                self.notices.info(format!("Candidates written to {}.", path.display()));
            }
            (_, Some(Product::Saved(path)), Errand::Save(id, saved)) => {
                if let Some(entry) = self.models.get_mut(*id) {
                    // A model that went on learning meanwhile, or got a head, is still unsaved.
                    entry.unsaved = !Arc::ptr_eq(&entry.prepared, saved);
                    entry.name = name_of(&path);
                    entry.path = Some(path.clone());
                }
                self.settings.remember(&path);
                self.notices.info(format!("Saved as {}.", path.display()));
            }
            _ => (),
        }
    }

    fn opened(&mut self, prepared: Arc<Prepared>, path: &Path) {
        let id = self.models.allot();
        let entry = ModelEntry {
            name: name_of(path),
            version: 0,
            path: Some(path.to_owned()),
            unsaved: false,
            prepared,
        };
        // A file that is opened again takes the place of its older self, if nothing is lost with that.
        let same = |e: &ModelEntry| e.path.as_deref() == Some(path) && !e.unsaved;
        let older = self.models.iter().find(|(_, e)| same(e)).map(|(id, _)| id);
        older.and_then(|older| self.models.remove(older));
        self.models.insert(id, entry);
        self.show(id);
        self.settings.remember(path);
    }

    /// The report of the search, if there is one.
    pub fn report(&self) -> Option<&SearchReport> {
        self.climb.as_ref().and_then(Climb::report)
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}
