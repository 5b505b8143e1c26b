//! Films of the map: the growing trajectories of a search, the progress of a training.

use super::gif::{Animation, GifFile, MAX_FRAMES};
use super::map::{MapPicture, MapWish, PictureSize};
use crate::error::{Result, check_range};
use crate::explore::layers::trajectories::Trajectories;
use crate::explore::scene::compose::{Annotations, SearchView, TrajectoryStyle};
use crate::explore::{Projection, home_view};
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::optimise::SearchReport;
use crate::text;
use std::path::Path;
use std::sync::Arc;

/// The time for which the last picture stays, in seconds.
const REST: f64 = 1.5;
/// The share of a film after which a part of a trajectory fades.
const FRESH: f64 = 0.3;

/// The settings of a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    /// Its size and colours.
    pub page: PictureSize,
    /// Its length without the rest of the last picture, in seconds: 0.5 to 120.
    pub seconds: f64,
    /// Pictures per second: 1 to 50.
    pub frames_per_second: f64,
}

impl Film {
    /// # Errors
    /// Names the setting that is out of range.
    pub fn check(&self) -> Result<()> {
        self.page.check()?;
        check_range("seconds", self.seconds, 0.5, 120.0)?;
        check_range("fps", self.frames_per_second, 1.0, 50.0)?;
        check_range("frames (seconds x fps)", self.frames(), 2, MAX_FRAMES)?;
        self.animation().check()
    }

    fn frames(&self) -> usize {
        (self.seconds * self.frames_per_second).round() as usize
    }

    fn animation(&self) -> Animation {
        let Self { page, frames_per_second, .. } = *self;
        Animation { size: page.pixels, frames_per_second, looping: true }
    }
}

/// The trajectories of a finished search on the map.
#[derive(Clone, Debug)]
pub struct TrajectoryFilm {
    /// The trajectories as polylines on the map.
    pub paths: Arc<Trajectories>,
    /// Further facts about each trajectory, `[restarts]`.
    pub trajectories: Arc<Vec<TrajectoryStyle>>,
    /// The position of the best believable answer, and the step at which it was found.
    pub star: Option<([f64; 2], usize)>,
}

impl TrajectoryFilm {
    /// The trajectories of `report`; `detail` is the smallest distance on the map that must stay visible.
    pub fn new(report: &SearchReport, projection: &Projection, detail: f64) -> Self {
        let stride = report.restarts.first().map_or(1, |r| r.restart.stride);
        let trajectories = report.restarts.iter().map(|r| &r.restart.trajectory);
        let mut paths = Trajectories::from_trajectories(trajectories, projection, detail, stride);
        paths.end_at(report.restarts.iter().map(|r| r.restart.steps));
        let basins = report.basins.of_each(report.restarts.len());
        let trajectory = |(group, of): (Option<usize>, &crate::optimise::RestartReport)| {
            TrajectoryStyle { group, has_answer: of.restart.best.is_some() }
        };
        let star = report.best_believable.and_then(|index| {
            let restart = &report.restarts[index].restart;
            Some((projection.project(restart.best_z()), restart.best.as_ref()?.step))
        });
        let trajectories =
            Arc::new(basins.into_iter().zip(&report.restarts).map(trajectory).collect());
        Self { paths: Arc::new(paths), trajectories, star }
    }

    /// The search at a share of its playback, 0 to 1; at the end nothing has faded.
    pub fn at(&self, share: f64) -> Annotations {
        let step = self.paths.step_at(share);
        let is_over = share >= 1.0;
        let fresh_from = if is_over { 0.0 } else { self.paths.step_at((share - FRESH).max(0.0)) };
        let star = self.star.filter(|&(_, met)| is_over || step >= met as f64);
        let search_run = SearchView {
            paths: self.paths.clone(),
            step,
            fresh_from,
            trajectories: self.trajectories.clone(),
            chosen: None,
            hovered: None,
            group: None,
            star: star.map(|(at, _)| at),
            stale: false,
        };
        Annotations { search_run: Some(search_run), ..Annotations::default() }
    }
}

/// Writes a search as a film; returns true if it was completed. `progress` is called with the share that is done before
/// each picture; if `cancel` is set, nothing is left behind.
///
/// # Errors
/// Names a setting out of range, or `path` when it cannot be written.
pub fn search_film(
    path: &Path,
    picture: &MapPicture,
    trajectories: &TrajectoryFilm,
    film: &Film,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(f64),
) -> Result<bool> {
    film.check()?;
    let mut file = GifFile::create(path, film.animation())?;
    let frames = film.frames();
    for frame in 0..frames {
        let share = frame as f64 / (frames - 1) as f64;
        progress(share);
        if cancel.is_cancelled() {
            return Ok(false);
        }
        let step = trajectories.paths.step_at(share).round();
        let svg = picture.svg(
            &trajectories.at(share),
            Some(&text!("step {step}", step = step.to_string()).to_string()),
        )?;
        if frame + 1 < frames { file.push(&svg)? } else { file.push_for(&svg, REST)? }
    }
    file.finish()?;
    Ok(true)
}

/// Writes a training as a film: `snapshot` returns the model at each of `count` snapshots, the last of which is the
/// final model. All are drawn on the map of the last one. `progress`, `cancel` and the result are those of [`search_film`].
///
/// # Errors
/// Names a setting out of range, or `path` when it cannot be written; and passes on any error of `snapshot`.
pub fn training_film(
    path: &Path,
    count: usize,
    mut snapshot: impl FnMut(usize) -> Result<Arc<Model>>,
    wish: &MapWish,
    film: &Film,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(f64),
) -> Result<bool> {
    film.check()?;
    let mut file = GifFile::create(path, film.animation())?;
    let last = snapshot(count.saturating_sub(1))?;
    let projection = Projection::from_mu(&last.encoded.mu);
    let view = wish.view.unwrap_or_else(|| home_view(&last, &projection).grown(0.1));
    // Some snapshots are skipped evenly if there are more than pictures; each stays longer if there are fewer.
    let frames = film.frames().min(count).max(1);
    let seconds = film.seconds / frames as f64;
    for frame in 0..frames {
        let index = if frames > 1 { frame * (count - 1) / (frames - 1) } else { count - 1 };
        progress(frame as f64 / frames as f64);
        if cancel.is_cancelled() {
            return Ok(false);
        }
        let model = snapshot(index)?;
        let wish = MapWish { view: Some(view), ..wish.clone() };
        let picture = MapPicture::new(&model, &projection, wish, film.page)?;
        let epoch = model.card.history().last().map_or(0, |record| record.epoch);
        let svg = picture
            .svg(&Annotations::default(), Some(&text!("epoch {epoch}", epoch).to_string()))?;
        let stays = if frame + 1 < frames { seconds } else { seconds.max(REST) };
        file.push_for(&svg, stays)?;
    }
    file.finish()?;
    Ok(true)
}
