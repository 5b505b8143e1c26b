//! Latent paths, which are played while the shape morphs, and sets of new shapes.

use super::jobs::handle::{Handle, NoNews};
use super::jobs::path::{self, Made, Wanted};
use super::jobs::registry::{JobKind, JobResult, RunId};
use super::models::{ModelId, Prepared};
use super::path_plan::{Anchor, PathPlan};
use super::playback::Playback;
use super::probe::Probe;
use super::{Activity, Session};
use crate::data::property::Property;
use crate::error::{Error, Result};
use crate::explore::latent_path::curve::{LatentPath, PathKind};
use crate::explore::latent_path::strip::Strip;
use crate::explore::latent_path::trail;
use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::explore::shapes::new_shapes::NewShape;
use crate::model::PointRef;
use crate::text;

/// The duration of a whole latent path at speed 1, in seconds.
pub const TOUR_SECONDS: f64 = 4.0;
/// Number of frames side by side.
pub const FRAMES: usize = 16;
/// New shapes in a row, and number of rows.
pub const NEW_SHAPES: [usize; 2] = [17, 2];

/// A latent path that is played.
#[derive(Clone, Debug)]
pub struct Tour {
    /// The model of the path, and its version.
    pub model: (ModelId, u64),
    /// The path in latent space.
    pub latent_path: LatentPath,
    /// The path on the map, as a polyline.
    pub line: Vec<[f64; 2]>,
    /// The frames of the path.
    pub strip: Strip,
    /// The frames side by side.
    pub sheet: ContactSheet,
    /// The position that is shown.
    pub playback: Playback,
    /// The shape at the playhead, for the strip and the inspector; the frames are only near it.
    pub probe: Option<Probe>,
}

impl Tour {
    /// The frame nearest to the shown position.
    pub fn frame(&self) -> usize {
        let off = |share: &f64| (share - self.playback.share).abs();
        let shares = self.strip.shares.iter().enumerate();
        let nearest = shares.min_by(|a, b| off(a.1).total_cmp(&off(b.1)));
        // The end of a closed path is its beginning.
        let ended = self.latent_path.is_closed() && self.playback.share >= 1.0;
        nearest.map_or(0, |(frame, _)| frame).min(if ended { 0 } else { usize::MAX })
    }

    /// The latent point at the playhead.
    pub fn here(&self) -> Vec<f64> {
        self.latent_path.at(self.playback.share)
    }

    /// Plays, from the beginning if at the end; or pauses.
    fn toggle(&mut self) {
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && playback.share >= 1.0 {
            playback.share = 0.0;
        }
    }

    /// Stops at a share of the path.
    fn hold(&mut self, share: f64) {
        (self.playback.playing, self.playback.share) = (false, share.clamp(0.0, 1.0));
    }
}

/// Sampled new shapes.
#[derive(Clone, Debug)]
pub struct SampledShapes {
    /// The model that decoded them, and its version.
    pub model: (ModelId, u64),
    /// The seed of the random numbers.
    pub seed: u64,
    /// The shapes.
    pub shapes: Vec<NewShape>,
    /// The shapes side by side.
    pub sheet: ContactSheet,
}

/// The page below the strip while exploring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TourPage {
    /// The frames of a latent path.
    #[default]
    Frames,
    /// New shapes.
    NewShapes,
}

/// Latent paths and new shapes in the shown model.
#[derive(Clone, Debug, Default)]
pub struct Tours {
    /// The plan of the next path.
    pub plan: PathPlan,
    /// The path that is played.
    pub tour: Option<Tour>,
    /// New shapes.
    pub drawn: Option<SampledShapes>,
    /// The page that is shown.
    pub page: TourPage,
    /// The request that a job works on.
    making: Option<(RunId, TourRequest)>,
    /// The newest requests that wait for the end of that job: at most one path, and one set of new shapes.
    waiting: Vec<TourRequest>,
}

/// A latent path or new shapes that were asked for.
#[derive(Clone, Debug)]
struct TourRequest {
    /// The model and its version.
    model: (ModelId, u64),
    /// The property that colours them.
    property: Property,
    wanted: Wanted,
    /// The playback of a new path; none for one that replaces the present path, whose playback goes on.
    playback: Option<Playback>,
}

/// Actions with latent paths and new shapes.
#[derive(Clone, Debug, PartialEq)]
pub enum Touring {
    /// Change the plan of the next path; a path on the map follows it.
    Plan(PathPlan),
    /// Make the path and play it.
    Begin,
    /// Play a line from the selected point to a point of the map; without a selected point, select that point.
    To([f64; 2]),
    /// Remove the path from the map.
    End,
    /// Sample new shapes, with the next seed if there are some already.
    Draw,
    /// Sample new shapes with this seed.
    DrawWith(u64),
    /// Select the point of a new shape.
    Keep(usize),
    /// Show the frames, or the new shapes.
    Turn(TourPage),
}

impl Tours {
    /// True while the marker moves.
    pub fn is_playing(&self) -> bool {
        self.tour.as_ref().is_some_and(|tour| tour.playback.playing)
    }

    /// Stops the marker at its present position.
    pub fn pause(&mut self) {
        self.tour.iter_mut().for_each(|tour| tour.playback.playing = false);
    }

    /// Forgets the path that is being made.
    pub(super) fn leave_path(&mut self) {
        let is_path = |request: &TourRequest| matches!(request.wanted, Wanted::Frames(..));
        self.waiting.retain(|request| !is_path(request));
        self.making.take_if(|(_, request)| is_path(request));
    }

    /// Removes everything that belongs to the previous model; only the kind of path stays.
    pub(super) fn forget(&mut self, prepared: &Prepared) {
        let PathPlan { kind, turns, .. } = self.plan;
        let plan = PathPlan { kind, turns, ..PathPlan::through(prepared) };
        *self = Self { plan, ..Self::default() };
    }

    /// The shown page, if it has content.
    pub fn page(&self) -> Option<TourPage> {
        match (self.page, &self.tour, &self.drawn) {
            (TourPage::NewShapes, _, Some(_)) | (_, None, Some(_)) => Some(TourPage::NewShapes),
            (_, Some(_), _) => Some(TourPage::Frames),
            (_, None, None) => None,
        }
    }
}

impl Session {
    /// Carries out an action with a latent path or new shapes.
    pub(super) fn tour(&mut self, touring: Touring) {
        match touring {
            Touring::Plan(plan) => {
                self.state.tours.plan = plan;
                if let Some(share) = self.state.tours.tour.as_ref().map(|t| t.playback.share) {
                    self.lay(share, false);
                }
            }
            Touring::Begin => {
                self.explore();
                self.lay(0.0, true);
            }
            Touring::To(at) => {
                match self.state.map.picked.as_ref().map(|picked| picked.z.clone()) {
                    Some(from) => {
                        let Some(to) = self.latent_at(at) else { return };
                        let at = |z| Anchor::Named(PointRef::Latent(z));
                        let plan = &mut self.state.tours.plan;
                        (plan.kind, plan.from, plan.to) = (PathKind::Line, at(from), at(to));
                        self.lay(0.0, true);
                    }
                    None => self.pick(at, None),
                }
            }
            Touring::End => self.state.leave_tour(),
            Touring::Draw => {
                let seed = self.state.tours.drawn.as_ref().map(|drawn| drawn.seed.wrapping_add(1));
                self.tour(Touring::DrawWith(seed.unwrap_or(0)));
            }
            Touring::DrawWith(seed) => {
                self.explore();
                self.request(Wanted::Shapes(seed, NEW_SHAPES), None);
                self.state.tours.page = TourPage::NewShapes;
            }
            Touring::Keep(index) => {
                let shapes = self.state.tours.drawn.as_ref().map(|drawn| &drawn.shapes);
                if let Some(z) = shapes.and_then(|s| s.get(index)).map(|shape| shape.z.clone()) {
                    self.pick_latent(&z);
                }
            }
            Touring::Turn(page) => self.state.tours.page = page,
        }
    }

    /// Switches to exploring, which shows latent paths and new shapes.
    fn explore(&mut self) {
        if self.state.activity != Activity::Explore {
            self.turn(Activity::Explore);
        }
    }

    /// Advances the path by `seconds`; returns whether the marker still moves.
    pub(super) fn tour_on(&mut self, seconds: f64) -> bool {
        if self.state.activity != Activity::Explore || !self.state.tours.is_playing() {
            return false;
        }
        if let Some(tour) = &mut self.state.tours.tour {
            let playback = &mut tour.playback;
            playback.share += seconds * playback.speed / TOUR_SECONDS;
            if playback.share >= 1.0 {
                tour.hold(1.0);
            }
        }
        self.follow_tour();
        true
    }

    /// Plays the path, or pauses.
    pub(super) fn toggle_tour(&mut self) {
        self.state.tours.tour.iter_mut().for_each(Tour::toggle);
        self.follow_tour();
    }

    /// Shows the shape at a share of the path.
    pub(super) fn scrub_tour(&mut self, share: f64) {
        self.state.tours.tour.iter_mut().for_each(|tour| tour.hold(share));
        self.follow_tour();
    }

    /// Moves by whole frames.
    pub(super) fn step_tour(&mut self, steps: i64) {
        if let Some(tour) = &mut self.state.tours.tour {
            let last = tour.strip.shares.len().saturating_sub(1);
            let frame = (tour.frame() as i64 + steps).clamp(0, last as i64) as usize;
            tour.hold(tour.strip.shares[frame]);
        }
        self.follow_tour();
    }

    /// Makes paths and new shapes again, after the model or the property has changed.
    pub(super) fn tour_again(&mut self) {
        if self.state.tours.tour.is_some() {
            // No error if a removed pin makes the path impossible: the user did not request it.
            match self.planned() {
                Ok(latent_path) => self.request(Wanted::Frames(latent_path, FRAMES), None),
                Err(_) => self.state.tours.tour = None,
            }
        }
        if let Some(seed) = self.state.tours.drawn.as_ref().map(|drawn| drawn.seed) {
            self.request(Wanted::Shapes(seed, NEW_SHAPES), None);
        }
    }

    /// Makes the planned path and shows it at `share`.
    fn lay(&mut self, share: f64, playing: bool) {
        let map = &self.state.map;
        self.state.tours.plan.hold(map);
        let speed = self.state.tours.tour.as_ref().map_or(1.0, |tour| tour.playback.speed);
        match self.planned() {
            Ok(latent_path) => {
                let playback = Playback { playing, share, speed, live: false };
                self.request(Wanted::Frames(latent_path, FRAMES), Some(playback));
            }
            // The present path stays until another one can be made.
            Err(error) => self.state.notices.error(error),
        }
    }

    /// The planned path in latent space.
    fn planned(&self) -> Result<LatentPath> {
        let (_, entry) =
            self.state.models.shown().ok_or_else(|| {
                Error::mismatch(text!("No model is open; press Ctrl+O to open one."))
            })?;
        self.state.tours.plan.latent_path(&self.state.map, &entry.prepared)
    }

    /// Makes a path or new shapes: at once where geometry computes their values, by a job where a head predicts them.
    fn request(&mut self, wanted: Wanted, playback: Option<Playback>) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        let (model, property) = ((id, entry.version), self.state.property());
        if !property.is_target() {
            return match path::make(&entry.prepared.model, property, wanted) {
                Ok(made) => self.show_made(model, made, playback),
                Err(error) => self.state.notices.error(error),
            };
        }
        let kind = std::mem::discriminant(&wanted);
        let waiting = &mut self.state.tours.waiting;
        waiting.retain(|other| std::mem::discriminant(&other.wanted) != kind);
        waiting.push(TourRequest { model, property, wanted, playback });
        self.make_next();
    }

    /// Starts a job for the oldest waiting request that is still of the shown model and property, unless one runs.
    fn make_next(&mut self) {
        while self.state.tours.making.is_none() && !self.state.tours.waiting.is_empty() {
            let request = self.state.tours.waiting.remove(0);
            let Some((_, entry)) = self.state.shown().filter(|_| self.is_wanted(&request)) else {
                continue;
            };
            let (model, property) = (entry.prepared.model.clone(), request.property);
            let (subject, wanted) = (property.label(), request.wanted.clone());
            let run = self.start(JobKind::Path, subject, move |_: &Handle<NoNews>| {
                path::run(&model, property, wanted)
            });
            self.state.tours.making = Some((run, request));
        }
    }

    fn is_wanted(&self, request: &TourRequest) -> bool {
        let now = (self.state.shown_version(), self.state.property());
        now == (Some(request.model), request.property)
    }

    /// Handles the result of a job that made a path or new shapes.
    pub(super) fn path_ended(&mut self, run: RunId, result: JobResult<Made>) {
        let Some((_, request)) = self.state.tours.making.take_if(|(making, _)| *making == run)
        else {
            return;
        };
        match result {
            JobResult::Finished(made) if self.is_wanted(&request) => {
                self.show_made(request.model, made, request.playback);
            }
            JobResult::Failed(why, _) => self.state.notices.error(why),
            JobResult::Finished(_) | JobResult::Cancelled(_) => (),
        }
        self.make_next();
    }

    /// Shows a path or new shapes of the shown model.
    fn show_made(&mut self, model: (ModelId, u64), made: Made, playback: Option<Playback>) {
        let Some((_, entry)) = self.state.models.shown() else { return };
        let ((latent_path, strip), sheet) = match made {
            Made::Frames(path, sheet) => (*path, sheet),
            Made::Shapes(seed, shapes, sheet) => {
                self.state.tours.drawn = Some(SampledShapes { model, seed, shapes, sheet });
                return;
            }
        };
        let line = trail::on_map(&latent_path, &entry.prepared.projection);
        let tours = &mut self.state.tours;
        let present = tours.tour.as_ref().map(|tour| tour.playback);
        let shown = playback.or(present).unwrap_or_default();
        tours.tour =
            Some(Tour { model, latent_path, line, strip, sheet, playback: shown, probe: None });
        if playback.is_none() {
            self.probe_tour();
            return;
        }
        tours.page = TourPage::Frames;
        self.state.settings.hint_followed = true;
        self.follow_tour();
    }

    /// Selects the point at the playhead.
    fn follow_tour(&mut self) {
        if let Some(here) = self.probe_tour() {
            self.state.map.picked = Some(here);
        }
    }

    /// Evaluates the point at the playhead.
    fn probe_tour(&mut self) -> Option<Probe> {
        let projection = self.state.shown().map(|(_, entry)| &entry.prepared.projection);
        let point = self.state.tours.tour.as_ref().map(Tour::here);
        let (at, z) = projection.zip(point).map(|(projection, z)| (projection.project(&z), z))?;
        let here = self.probe(at, Some(&z));
        if let Some(tour) = &mut self.state.tours.tour {
            tour.probe.clone_from(&here);
        }
        here
    }
}
