//! Latent paths and sets of new shapes as they are shown.

use crate::data::quantity::Quantity;
use crate::explore::LatentPlane;
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::strip::Strip;
use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::explore::shapes::new_shapes::NewShape;
use crate::session::document::PathPlan;
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::explore::path::Wanted;
use crate::session::results::playback::Playback;
use crate::session::results::probe::Probe;
use std::ops::Deref;

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
    /// The shape at the playhead, for the strip and the inspector; the frames are only near it.
    pub probe: Option<Probe>,
}

/// A latent path as it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct ShownTour<'a> {
    tour: &'a Tour,
    /// The position that is shown.
    pub playback: Playback,
}

impl Deref for ShownTour<'_> {
    type Target = Tour;

    fn deref(&self) -> &Tour {
        self.tour
    }
}

impl<'a> ShownTour<'a> {
    /// A path with the position that is shown.
    pub fn new(tour: &'a Tour, playback: Playback) -> Self {
        Self { tour, playback }
    }

    /// The path itself.
    pub fn tour(self) -> &'a Tour {
        self.tour
    }

    /// The frame nearest to the shown position.
    pub fn frame(self) -> usize {
        let off = |share: &f64| (share - self.playback.share).abs();
        let shares = self.tour.strip.shares.iter().enumerate();
        let nearest = shares.min_by(|a, b| off(a.1).total_cmp(&off(b.1)));
        // The end of a closed path is its beginning.
        let ended = self.tour.latent_path.is_closed() && self.playback.share >= 1.0;
        nearest.map_or(0, |(frame, _)| frame).min(if ended { 0 } else { usize::MAX })
    }

    /// The latent point at the playhead.
    pub fn here(self) -> Vec<f64> {
        self.tour.latent_path.at(self.playback.share)
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

/// The inputs of a latent path.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::session) struct PathInputs {
    pub(in crate::session) model: (ModelId, u64),
    pub(in crate::session) quantity: Quantity,
    pub(in crate::session) plan: PathPlan,
    pub(in crate::session) plane: LatentPlane,
    pub(in crate::session) pins: Vec<Vec<f64>>,
}

/// Latent paths and new shapes in the shown model, made of what the document says.
#[derive(Clone, Debug, Default)]
pub struct Tours {
    /// The path that is played.
    pub tour: Option<Tour>,
    /// New shapes.
    pub drawn: Option<SampledShapes>,
    /// True if the path that is made next is played from its beginning.
    pub(in crate::session) begins: bool,
    /// The inputs of the path when it was last asked for.
    pub(in crate::session) path_inputs: Option<PathInputs>,
    /// Model, quantity and seed that new shapes were last asked for.
    pub(in crate::session) shapes_inputs: Option<((ModelId, u64), Quantity, u64)>,
    /// The request that a job works on.
    pub(in crate::session) making: Option<(JobId, TourRequest)>,
    /// The newest requests that wait for the end of that job: at most one path, and one set of new shapes.
    pub(in crate::session) waiting: Vec<TourRequest>,
}

/// A latent path or new shapes that were asked for.
#[derive(Clone, Debug)]
pub(in crate::session) struct TourRequest {
    /// The model and its version.
    pub(in crate::session) model: (ModelId, u64),
    /// The quantity that colours them.
    pub(in crate::session) quantity: Quantity,
    pub(in crate::session) wanted: Wanted,
    pub(in crate::session) start: PathStart,
}

/// The playback of a path once it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum PathStart {
    /// It plays from the beginning.
    Plays,
    /// It is held where it was, and its point is selected.
    Held,
    /// It goes on, since the path only takes the place of the present one.
    GoesOn,
}

impl Tours {
    /// Forgets the path that is being made.
    pub(in crate::session) fn leave_path(&mut self) {
        let is_path = |request: &TourRequest| matches!(request.wanted, Wanted::Frames(..));
        self.waiting.retain(|request| !is_path(request));
        self.making.take_if(|(_, request)| is_path(request));
    }

    /// Removes everything that belongs to the previous model.
    pub(in crate::session) fn forget(&mut self) {
        *self = Self { begins: self.begins, ..Self::default() };
    }
}
