//! Tours: ways over the map that are played while the shape morphs, and sheets of new shapes.

use super::models::{ModelId, Prepared};
use super::plan::{Anchor, Plan};
use super::playback::Playback;
use super::probe::Probe;
use super::{Activity, Session};
use crate::data::property::Property;
use crate::error::{Error, Result};
use crate::explore::route::{Kind, Route};
use crate::explore::sample::{self, NewShape};
use crate::explore::sheet::Sheet;
use crate::explore::strip::Strip;
use crate::explore::trail;
use crate::model::PointRef;

/// A whole way takes this long at speed 1, in seconds.
pub const TOUR_SECONDS: f64 = 4.0;
/// Frames side by side.
pub const FRAMES: usize = 16;
/// New shapes in a row, and rows of them.
pub const NEW_SHAPES: [usize; 2] = [17, 2];

/// A way that is played.
#[derive(Clone, Debug)]
pub struct Tour {
    /// The model that it leads through, and its version.
    pub model: (ModelId, u64),
    /// The way.
    pub route: Route,
    /// The way on the map.
    pub line: Vec<[f64; 2]>,
    /// Its frames.
    pub strip: Strip,
    /// The frames side by side.
    pub sheet: Sheet,
    /// Which moment is shown.
    pub playback: Playback,
    /// The shape under the playhead, which the bar tells of and the inspector shows; the frames are only near it.
    pub probe: Option<Probe>,
}

impl Tour {
    /// The frame that is nearest to the moment that is shown.
    pub fn frame(&self) -> usize {
        let off = |share: &f64| (share - self.playback.share).abs();
        let shares = self.strip.shares.iter().enumerate();
        let nearest = shares.min_by(|a, b| off(a.1).total_cmp(&off(b.1)));
        // Of a closed way the end is the beginning.
        let ended = self.route.is_closed() && self.playback.share >= 1.0;
        nearest.map_or(0, |(frame, _)| frame).min(if ended { 0 } else { usize::MAX })
    }

    /// The latent point under the playhead.
    pub fn here(&self) -> Vec<f64> {
        self.route.at(self.playback.share)
    }

    /// Plays, from the beginning if at the end, or pauses.
    fn toggle(&mut self) {
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && playback.share >= 1.0 {
            playback.share = 0.0;
        }
    }

    /// Stops at a share of the way.
    fn hold(&mut self, share: f64) {
        (self.playback.playing, self.playback.share) = (false, share.clamp(0.0, 1.0));
    }
}

/// New shapes that were drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The model that drew them, and its version.
    pub model: (ModelId, u64),
    /// The seed of the draw.
    pub seed: u64,
    /// The shapes.
    pub shapes: Vec<NewShape>,
    /// The shapes side by side.
    pub sheet: Sheet,
}

/// What lies under the strip while one explores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The frames of a way.
    #[default]
    Frames,
    /// New shapes.
    NewShapes,
}

/// Ways and new shapes in the model that is shown.
#[derive(Clone, Debug, Default)]
pub struct Tours {
    /// What the next way is.
    pub plan: Plan,
    /// The way that is played.
    pub tour: Option<Tour>,
    /// New shapes.
    pub drawn: Option<Drawn>,
    /// Which of them is looked at.
    pub page: Page,
}

/// What can be done with them.
#[derive(Clone, Debug, PartialEq)]
pub enum Touring {
    /// Change what the next way is; one that is on the map follows.
    Plan(Plan),
    /// Lay the way and play it.
    Begin,
    /// Play a line from the kept point to a point of the map, or keep that one where none is.
    To([f64; 2]),
    /// Take the way off the map.
    End,
    /// Draw new shapes, with the next seed where some are there.
    Draw,
    /// Draw new shapes with this seed.
    DrawWith(u64),
    /// Keep the point of a new shape.
    Keep(usize),
    /// Look at the frames, or at the new shapes.
    Turn(Page),
}

impl Tours {
    /// Whether the marker moves.
    pub fn is_playing(&self) -> bool {
        self.tour.as_ref().is_some_and(|tour| tour.playback.playing)
    }

    /// The marker stops where it is.
    pub fn pause(&mut self) {
        self.tour.iter_mut().for_each(|tour| tour.playback.playing = false);
    }

    /// Another model is shown: nothing of the one before means anything in it, but the kind of way.
    pub(super) fn forget(&mut self, prepared: &Prepared) {
        let Plan { kind, turns, .. } = self.plan;
        let plan = Plan { kind, turns, ..Plan::through(prepared) };
        *self = Self { plan, ..Self::default() };
    }

    /// What is looked at, as far as it is there.
    pub fn page(&self) -> Option<Page> {
        match (self.page, &self.tour, &self.drawn) {
            (Page::NewShapes, _, Some(_)) | (_, None, Some(_)) => Some(Page::NewShapes),
            (_, Some(_), _) => Some(Page::Frames),
            (_, None, None) => None,
        }
    }
}

impl Session {
    /// Carries out what is to be done with a way or with new shapes.
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
                        (plan.kind, plan.from, plan.to) = (Kind::Line, at(from), at(to));
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
                self.state.tours.page = Page::NewShapes;
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

    /// Ways and new shapes are looked at while one explores.
    fn explore(&mut self) {
        if self.state.activity != Activity::Explore {
            self.turn(Activity::Explore);
        }
    }

    /// Lets `seconds` pass on the way; whether the marker is still moving.
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

    /// Plays the way, or pauses.
    pub(super) fn toggle_tour(&mut self) {
        self.state.tours.tour.iter_mut().for_each(Tour::toggle);
        self.follow_tour();
    }

    /// Shows the moment at a share of the way.
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

    /// Lays ways and draws shapes again, after the model or the property has changed.
    pub(super) fn tour_again(&mut self) {
        if let Some(before) = self.state.tours.tour.take() {
            // Where the way is gone with a pin, nobody has asked for anything.
            if let Ok(tour) = self.laid() {
                self.state.tours.tour = Some(Tour { playback: before.playback, ..tour });
                self.probe_tour();
            }
        }
        if let Some(seed) = self.state.tours.drawn.as_ref().map(|drawn| drawn.seed) {
            self.draw(seed);
        }
    }

    /// Lays the way that is planned and shows the moment at `share`.
    fn lay(&mut self, share: f64, playing: bool) {
        let map = &self.state.map;
        self.state.tours.plan.hold(map);
        let speed = self.state.tours.tour.as_ref().map_or(1.0, |tour| tour.playback.speed);
        match self.laid() {
            Ok(tour) => {
                let playback = Playback { playing, share, speed, live: false };
                self.state.tours.tour = Some(Tour { playback, ..tour });
                self.state.tours.page = Page::Frames;
                self.state.settings.hint_followed = true;
                self.follow_tour();
            }
            // What is on the map stays until another way can be laid.
            Err(error) => self.state.notices.error(error),
        }
    }

    fn laid(&self) -> Result<Tour> {
        let (id, entry) = self.state.models.shown().ok_or_else(|| {
            Error::Mismatch("No model is open; press Ctrl+O to open one.".to_owned())
        })?;
        let (prepared, property) = (&entry.prepared, self.state.property());
        let route = self.state.tours.plan.route(&self.state.map, prepared)?;
        let strip = Strip::of(&prepared.model, property, &route, FRAMES, None)?;
        Ok(Tour {
            model: (id, entry.version),
            line: trail::on_map(&route, &prepared.projection),
            sheet: strip.rows(&prepared.model, property, false)?,
            route,
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

    /// Keeps the point under the playhead.
    fn follow_tour(&mut self) {
        if let Some(here) = self.probe_tour() {
            self.state.map.picked = Some(here);
        }
    }

    /// Looks at the shape under the playhead.
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
) -> Result<Drawn> {
    let [columns, rows] = NEW_SHAPES;
    let shapes = sample::new_shapes(&prepared.model, property, columns * rows, seed)?;
    let sheet = sample::sheet(&shapes, columns, false);
    Ok(Drawn { model, seed, shapes, sheet })
}
