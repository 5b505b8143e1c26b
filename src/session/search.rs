//! Start and removal of searches, including those of the lesson.

use super::jobs::registry::JobKind;
use super::jobs::search::{PathsSoFar, SearchRun, run};
use super::lesson::Lesson;
use super::playback::Playback;
use super::state::Activity;
use super::undo::Undo;
use super::{Command, Session};
use crate::data::csv::read_latents;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::explore::layers::trajectories::Trajectories;
use crate::objective::Objective;
use crate::optimise::{LabResults, SearchConfig, Starts};
use std::path::Path;
use std::sync::Arc;

impl Session {
    /// Begins a search from given starts, `[restarts, latent]`; `frames` are the placements of their shapes, if any.
    pub(super) fn search_from(&mut self, starts: &Rows<f64>, frames: Vec<SimilarityTransform>) {
        let points = starts.iter().map(<[f64]>::to_vec).collect();
        let starts_of = Starts::Around { points, spread: 0.0 };
        let config = self.state.settings.search.clone();
        self.search_run(SearchConfig {
            restarts: starts.len(),
            starts: starts_of,
            frames,
            ..config
        });
    }

    /// Begins a search; if it cannot begin, the previous one stays.
    pub(super) fn search_run(&mut self, config: SearchConfig) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        let prepared = entry.prepared.clone();
        let checked = config.check().and_then(|()| Objective::check(&prepared.model, &config.spec));
        if let Err(error) = checked {
            return self.state.notices.error(error);
        }
        let version = (id, entry.version);
        let (name, settings) = (entry.name.clone(), config.clone());
        let projection = prepared.projection.clone();
        let frozen = prepared.model.clone();
        let stride = config.stride(projection.latent_dim());
        let speed =
            self.state.search_run.as_ref().map_or(1.0, |search_run| search_run.playback.speed);
        self.clear_search();
        self.state.leave_walk();
        let run = self.start(JobKind::Search, name, move |handle| run(&prepared, settings, handle));
        self.state.settings.hint_followed = true;
        self.leave_contender();
        self.turn(Activity::Optimise);
        self.state.search_run = Some(SearchRun {
            run: Some(run),
            model: version,
            frozen,
            projection,
            config,
            paths: Arc::new(Trajectories::new(stride)),
            under_way: PathsSoFar::default(),
            findings: None,
            best_so_far: Vec::new(),
            playback: Playback { speed, ..Playback::default() },
            chosen: None,
            basin: None,
            hovered: None,
            moment: None,
            besides: None,
            lab: LabResults::default(),
        });
    }

    /// Runs the lesson's next search; after the last one the lesson ends.
    pub(super) fn continue_lesson(&mut self) {
        let Some(lesson) = &self.state.lesson else { return };
        match lesson.next_search() {
            Some(config) => {
                self.set_search(config.clone());
                self.search_run(config);
                self.state.lesson.iter_mut().for_each(Lesson::climbing);
            }
            None => self.perform(Command::EndLesson),
        }
    }

    pub(super) fn search_from_file(&mut self, path: &Path) {
        let Some((_, entry)) = self.state.models.shown() else { return };
        match read_latents(path, entry.prepared.model.latent_dim()) {
            Ok(starts) => self.search_from(&starts.z, starts.frames),
            Err(error) => self.state.notices.error(error),
        }
    }

    pub(super) fn clear_search(&mut self) {
        if let Some(search_run) = self.state.search_run.take() {
            search_run.run.into_iter().for_each(|run| self.state.jobs.cancel(run));
            if search_run.findings.is_some() {
                self.state.lose(Undo::Climb(Box::new(search_run)));
            }
        }
    }
}
