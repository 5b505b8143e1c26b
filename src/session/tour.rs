//! Latent paths, which are played while the shape morphs, and sets of new shapes.

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
use crate::explore::shapes::new_shapes::{self, NewShape};
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
                self.draw(seed);
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
        if let Some(before) = self.state.tours.tour.take() {
            // No error if a removed pin makes the path impossible: the user did not request it.
            if let Ok(tour) = self.laid() {
                self.state.tours.tour = Some(Tour { playback: before.playback, ..tour });
                self.probe_tour();
            }
        }
        if let Some(seed) = self.state.tours.drawn.as_ref().map(|drawn| drawn.seed) {
            self.draw(seed);
        }
    }

    /// Makes the planned path and shows it at `share`.
    fn lay(&mut self, share: f64, playing: bool) {
        let map = &self.state.map;
        self.state.tours.plan.hold(map);
        let speed = self.state.tours.tour.as_ref().map_or(1.0, |tour| tour.playback.speed);
        match self.laid() {
            Ok(tour) => {
                let playback = Playback { playing, share, speed, live: false };
                self.state.tours.tour = Some(Tour { playback, ..tour });
                self.state.tours.page = TourPage::Frames;
                self.state.settings.hint_followed = true;
                self.follow_tour();
            }
            // The present path stays until another one can be made.
            Err(error) => self.state.notices.error(error),
        }
    }

    fn laid(&self) -> Result<Tour> {
        let (id, entry) =
            self.state.models.shown().ok_or_else(|| {
                Error::mismatch(text!("No model is open; press Ctrl+O to open one."))
            })?;
        let (prepared, property) = (&entry.prepared, self.state.property());
        let latent_path = self.state.tours.plan.latent_path(&self.state.map, prepared)?;
        let strip = Strip::of(&prepared.model, property, &latent_path, FRAMES, None)?;
        Ok(Tour {
            model: (id, entry.version),
            line: trail::on_map(&latent_path, &prepared.projection),
            sheet: strip.rows(&prepared.model, property, false)?,
            latent_path,
            strip,
            playback: Playback::default(),
            probe: None,
        })
    }

    fn draw(&mut self, seed: u64) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        match draw(&entry.prepared, (id, entry.version), self.state.property(), seed) {
            Ok(drawn) => self.state.tours.drawn = Some(drawn),
            Err(error) => self.state.notices.error(error),
        }
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

fn draw(
    prepared: &Prepared,
    model: (ModelId, u64),
    property: Property,
    seed: u64,
) -> Result<SampledShapes> {
    let [columns, rows] = NEW_SHAPES;
    let shapes = new_shapes::new_shapes(&prepared.model, property, columns * rows, seed)?;
    let sheet = new_shapes::sheet(&shapes, columns, false);
    Ok(SampledShapes { model, seed, shapes, sheet })
}
