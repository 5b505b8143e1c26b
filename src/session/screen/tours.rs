//! Latent paths and sets of new shapes as they are shown.

use crate::data::quantity::Quantity;
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::strip::Strip;
use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::explore::shapes::new_shapes::NewShape;
use crate::session::document::PathPlan;
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::path::Wanted;
use crate::session::results::playback::Playback;
use crate::session::results::probe::Probe;

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
    pub(in crate::session) fn toggle(&mut self) {
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && playback.share >= 1.0 {
            playback.share = 0.0;
        }
    }

    /// Stops at a share of the path.
    pub(in crate::session) fn hold(&mut self, share: f64) {
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

/// The inputs of a latent path.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::session) struct PathInputs {
    pub(in crate::session) model: (ModelId, u64),
    pub(in crate::session) quantity: Quantity,
    pub(in crate::session) plan: PathPlan,
    pub(in crate::session) pins: Vec<Vec<f64>>,
}

/// Latent paths and new shapes in the shown model, made of what the document says.
#[derive(Clone, Debug, Default)]
pub struct Tours {
    /// The path that is played.
    pub tour: Option<Tour>,
    /// New shapes.
    pub drawn: Option<SampledShapes>,
    /// The playback of the path that is made next; none for the default one.
    pub(in crate::session) begins: Option<Playback>,
    /// The playback of the path that was removed last, for the case that it comes back.
    pub(in crate::session) left: Option<Playback>,
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
    /// The playback of a new path; none for one that replaces the present path, whose playback goes on.
    pub(in crate::session) playback: Option<Playback>,
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
    pub(in crate::session) fn leave_path(&mut self) {
        let is_path = |request: &TourRequest| matches!(request.wanted, Wanted::Frames(..));
        self.waiting.retain(|request| !is_path(request));
        self.making.take_if(|(_, request)| is_path(request));
    }

    /// Removes everything that belongs to the previous model.
    pub(in crate::session) fn forget(&mut self) {
        *self = Self { begins: self.begins.take(), ..Self::default() };
    }
}
