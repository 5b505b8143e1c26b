//! Start, choice and removal of searches, including those of the lesson.

use super::Session;
use super::action::Action;
use super::ids::RunId;
use super::lesson;
use super::view::Activity;
use crate::data::csv::read_latents;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::objective::Objective;
use crate::optimise::{SearchConfig, Starts};
use std::path::Path;

impl Session {
    /// Begins a search from given starts, `[restarts, latent]`; `frames` are the placements of their shapes, if any.
    pub(super) fn search_from(&mut self, starts: &Rows<f64>, frames: Vec<SimilarityTransform>) {
        let points = starts.iter().map(<[f64]>::to_vec).collect();
        let starts_of = Starts::Around { points, spread: 0.0 };
        let config = self.state.search_config().into_owned();
        self.begin_search(SearchConfig {
            restarts: starts.len(),
            starts: starts_of,
            frames,
            ..config
        });
    }

    /// Begins a search of the shown model, and looks at it; if it cannot begin, nothing changes.
    pub(super) fn begin_search(&mut self, config: SearchConfig) {
        let Some((model, _)) = self.state.shown() else { return };
        if let Err(error) = self.check_search(&config) {
            return self.state.notices.error(error);
        }
        self.act(Action::Search(model, config));
        self.look_at_newest_search();
    }

    /// Checks that the shown model can be searched so.
    pub(super) fn check_search(&self, config: &SearchConfig) -> Result<()> {
        let Some((_, entry)) = self.state.shown() else { return Ok(()) };
        config.check().and_then(|()| Objective::check(&entry.prepared.model, &config.spec))
    }

    fn look_at_newest_search(&mut self) {
        let newest = self.state.document.searches.iter().next_back();
        if let Some((run, model)) = newest.map(|(run, spec)| (*run, spec.model)) {
            self.state.view.look_at_search(model, run);
        }
        self.state.preferences.hint_followed = true;
        self.leave_contender();
        self.state.view.activity = Activity::Optimise;
    }

    /// Looks at a search, in the model that it was made in if that is open.
    pub(super) fn choose_search(&mut self, run: RunId) {
        let Some(spec) = self.state.document.searches.get(&run) else { return };
        let model = spec.model;
        self.state.view.look_at_search(model, run);
        self.leave_contender();
        if self.state.shown().is_none_or(|(shown, _)| shown != model)
            && self.state.model(model).is_some()
        {
            self.state.show(model);
        }
    }

    /// Runs the lesson's next search; after the last one the lesson ends.
    pub(super) fn continue_lesson(&mut self) {
        let Some(lesson) = &self.state.document.lesson else { return };
        let Some(config) = lesson::next_search(lesson) else { return self.act(Action::EndLesson) };
        let Some((model, _)) = self.state.shown() else { return };
        if let Err(error) = self.check_search(&config) {
            return self.state.notices.error(error);
        }
        self.act(Action::LessonSearch(model, config));
        self.look_at_newest_search();
    }

    pub(super) fn search_from_file(&mut self, path: &Path) {
        let Some((_, entry)) = self.state.shown() else { return };
        match read_latents(path, entry.prepared.model.latent_dim()) {
            Ok(starts) => self.search_from(&starts.z, starts.frames),
            Err(error) => self.state.notices.error(error),
        }
    }

    /// Removes the search that is looked at, and ends it if it runs.
    pub(super) fn clear_search(&mut self) {
        let Some(run) = self.state.view.search else { return };
        let job = self.state.search().and_then(|search_run| search_run.job);
        job.into_iter().for_each(|job| self.state.jobs.cancel(job));
        self.act(Action::RemoveSearch(run));
    }
}
