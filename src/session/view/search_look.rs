//! Place in a search that is looked at: the shown step, the followed restart.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::model::Value;
use crate::session::document::ids::RunId;
use crate::session::jobs::optimise::search::SearchRun;
use crate::session::results::playback::{FRESH, PLAYBACK_SECONDS, Playback};
use crate::session::results::playhead::Playhead;
use serde::{Deserialize, Serialize};
use std::ops::Deref;

/// Place in a search that is looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchLook {
    /// The step that is shown.
    pub playback: Playback,
    /// The highlighted restart.
    pub chosen: Option<usize>,
    /// The local optimum whose restarts are highlighted.
    pub basin: Option<usize>,
    /// The step that was shown last, and the last step of the trajectories then.
    shown: Option<(f64, usize)>,
    /// True once the end of the search has been noticed.
    over: bool,
}

impl SearchLook {
    /// A look at the newest step, at a speed of the playback.
    pub fn at_speed(speed: f64) -> Self {
        Self { playback: Playback { speed, ..Playback::default() }, ..Self::default() }
    }

    /// True while the newest step of a running search is shown.
    pub fn is_live(&self, run: &SearchRun) -> bool {
        run.job.is_some() && self.playback.live
    }

    /// The (fractional) step on the screen.
    pub fn shown_step(&self, run: &SearchRun) -> f64 {
        if self.is_live(run) {
            run.paths.last_step() as f64
        } else {
            run.paths.step_at(self.playback.share)
        }
    }

    /// Follows a search that has grown or ended: a held step stays, and a search that was followed to its end is played.
    pub fn follow(&mut self, run: &SearchRun) {
        let ends = run.findings.is_some() && !self.over;
        self.over = run.findings.is_some();
        if ends && self.playback.live {
            self.playback = Playback { playing: true, share: 0.0, live: true, ..self.playback };
        } else if let Some((step, last)) = self.shown
            && (ends || last != run.paths.last_step())
            && !self.is_live(run)
        {
            self.playback.share = run.paths.share_at(step);
        }
        self.shown = Some((self.shown_step(run), run.paths.last_step()));
    }

    /// Advances by `seconds`; returns whether anything still moves.
    pub fn advance(&mut self, run: &SearchRun, seconds: f64) -> bool {
        if !self.playback.playing || self.is_live(run) {
            return false;
        }
        let playback = &mut self.playback;
        playback.share += seconds * playback.speed / PLAYBACK_SECONDS;
        if playback.share >= 1.0 {
            // A playback that reaches the newest step of a running search follows that search.
            *playback = Playback { playing: false, share: 1.0, live: true, ..*playback };
        }
        playback.playing
    }

    /// Plays, from the beginning if at the end; or pauses. For a running search: holds the shown step, or returns to
    /// the newest one.
    pub fn toggle_play(&mut self, run: &SearchRun) {
        if self.is_live(run) {
            return self.playback.hold(1.0);
        }
        let at_end = self.playback.share >= 1.0;
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && at_end {
            match run.job {
                Some(_) => self.follow_newest(),
                None => playback.share = 0.0,
            }
        }
    }

    /// Stops the playback at a share of it, 0 to 1; at the end a running search is followed again.
    pub fn scrub(&mut self, run: &SearchRun, share: f64) {
        if run.job.is_some() && share >= 1.0 {
            return self.follow_newest();
        }
        self.playback.hold(share);
    }

    /// Moves the playback by whole steps and stops it there.
    pub fn step_by(&mut self, run: &SearchRun, steps: i64) {
        let step = (self.shown_step(run) + 1e-9).floor() + steps as f64;
        self.playback.hold(run.paths.share_at(step.max(0.0)));
    }

    /// Follows the newest step of a running search from here on.
    pub fn follow_newest(&mut self) {
        self.playback = Playback { playing: false, share: 1.0, live: true, ..self.playback };
    }

    /// Highlights a restart, or none.
    pub fn choose_restart(&mut self, run: &SearchRun, index: Option<usize>) {
        (self.chosen, self.basin) = (index.filter(|&i| i < run.paths.len()), None);
    }

    /// Highlights all restarts that ended at a local optimum, or none.
    pub fn choose_basin(&mut self, run: &SearchRun, index: Option<usize>) {
        let basins = run.report().map_or(&[][..], |report| &report.basins.all);
        let top = index.and_then(|basin| basins.get(basin)).map(|basin| basin.top);
        (self.chosen, self.basin) = (top, index.filter(|_| top.is_some()));
    }
}

/// The followed restart of a search in detail, as it was last computed.
#[derive(Clone, Debug, Default)]
pub struct FollowedRestart {
    /// The search, the restart, the step, and whether the search was over, that it was computed for.
    of: Option<(RunId, Option<usize>, f64, bool)>,
    playhead: Option<Playhead>,
    /// The answer, once the search is over.
    answer: Option<(RunId, usize)>,
    /// Its quantities that are not part of the objective.
    besides: Vec<(Quantity, Value)>,
}

/// A search as it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct ShownSearch<'a> {
    run: &'a SearchRun,
    /// Place in it that is looked at.
    pub look: &'a SearchLook,
    /// The restart under the mouse, in map, curves or table.
    pub hovered: Option<usize>,
    /// The followed restart at the shown step.
    pub moment: Option<&'a Playhead>,
    /// The followed restart once the search is over, and the quantities of its answer that are not part of the objective.
    pub besides: Option<(usize, &'a [(Quantity, Value)])>,
}

impl Deref for ShownSearch<'_> {
    type Target = SearchRun;

    fn deref(&self) -> &SearchRun {
        self.run
    }
}

impl<'a> ShownSearch<'a> {
    /// A search with its look, and its followed restart as far as it is computed.
    pub fn new(
        (id, run): (RunId, &'a SearchRun),
        look: &'a SearchLook,
        hovered: Option<usize>,
        followed: &'a FollowedRestart,
    ) -> Self {
        let is_own = followed.of.is_some_and(|(of, ..)| of == id);
        let answer = followed.answer.filter(|(of, _)| *of == id);
        Self {
            run,
            look,
            hovered,
            moment: followed.playhead.as_ref().filter(|_| is_own),
            besides: answer.map(|(_, restart)| (restart, followed.besides.as_slice())),
        }
    }

    /// The search itself.
    pub fn run(self) -> &'a SearchRun {
        self.run
    }

    /// True while the newest step of a running search is shown.
    pub fn is_live(self) -> bool {
        self.look.is_live(self.run)
    }

    /// The (fractional) step on the screen.
    pub fn shown_step(self) -> f64 {
        self.look.shown_step(self.run)
    }

    /// The step before which trajectories are faded; at the end of the playback none is.
    pub fn fresh_from(self) -> f64 {
        if self.run.job.is_none() && self.look.playback.share >= 1.0 {
            return 0.0;
        }
        let share = if self.is_live() { 1.0 } else { self.look.playback.share };
        self.run.paths.step_at((share - FRESH).max(0.0))
    }

    /// The restart with the star: the best reliable one, once its best step is shown.
    pub fn star(self) -> Option<usize> {
        let report = self.run.report()?;
        let index = report.best_believable?;
        let step = report.restarts[index].restart.best.as_ref()?.step;
        (self.shown_step() >= step as f64 || self.look.playback.share >= 1.0).then_some(index)
    }

    /// The restart that is shown in detail: the selected one, else the answer, else the best so far.
    pub fn followed(self) -> Option<usize> {
        let answer = match self.run.report() {
            Some(report) => report.best_believable.or(report.best),
            None => self.run.under_way.best,
        };
        self.look.chosen.or(answer)
    }
}

impl FollowedRestart {
    /// Decodes the followed restart of a search at the shown step, if either has changed.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn refresh(&mut self, id: RunId, run: &SearchRun, look: &SearchLook) -> Result<()> {
        let shown = ShownSearch::new((id, run), look, None, self);
        let (followed, step) = (shown.followed(), shown.shown_step());
        let found = followed.filter(|_| run.findings.is_some()).map(|restart| (id, restart));
        if found != self.answer {
            // Before it is computed: what fails is not tried again in every frame.
            (self.answer, self.besides) = (found, Vec::new());
            if let Some((_, restart)) = found {
                self.besides = run.besides(restart)?;
            }
        }
        // The stored trajectories of a search are replaced at its end.
        let of = Some((id, followed, step, run.findings.is_some()));
        if self.of == of {
            return Ok(());
        }
        self.of = of;
        self.playhead = match followed.and_then(|restart| Some((restart, run.kept(restart)?))) {
            Some((restart, trajectory)) => {
                Playhead::new(&run.frozen, &run.config.spec, restart, step, trajectory)?
            }
            None => None,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows::Rows;
    use crate::explore::layers::trajectories::Trajectories;
    use crate::model::bundled::BUNDLED;
    use crate::optimise::SearchConfig;
    use crate::session::document::ids::JobId;
    use crate::session::document::ids::ModelId;
    use crate::session::jobs::optimise::search::SearchNews;
    use crate::session::results::models::Prepared;
    use std::sync::Arc;

    /// A search with a straight trajectory of four points, that plays from its beginning.
    fn search() -> (SearchRun, SearchLook) {
        let trajectory = Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
        let prepared = Prepared::new(BUNDLED[0].load().unwrap()).unwrap();
        let mut run = SearchRun::new((ModelId(1), 0), &prepared, SearchConfig::default());
        let paths = Trajectories::from_trajectories([&trajectory], &prepared.projection, 0.0, 1);
        run.paths = Arc::new(paths);
        let playback = Playback { playing: true, share: 0.0, ..Playback::default() };
        (run, SearchLook { playback, ..SearchLook::default() })
    }

    #[test]
    fn playback_takes_its_time_and_stops_at_the_end() {
        let (run, mut look) = search();
        assert!(look.advance(&run, PLAYBACK_SECONDS / 2.0));
        assert!((look.shown_step(&run) - 1.5).abs() < 1e-9);
        assert!(!look.advance(&run, PLAYBACK_SECONDS));
        let followed = FollowedRestart::default();
        let shown = ShownSearch::new((RunId(1), &run), &look, None, &followed);
        assert_eq!((shown.shown_step(), shown.fresh_from()), (3.0, 0.0));
    }

    #[test]
    fn single_steps_stop_the_playback() {
        let (run, mut look) = search();
        look.step_by(&run, 1);
        assert!((look.shown_step(&run) - 1.0).abs() < 1e-9 && !look.playback.playing);
        look.step_by(&run, 9);
        look.step_by(&run, -1);
        assert!((look.shown_step(&run) - 2.0).abs() < 1e-9);
        look.step_by(&run, -9);
        assert!(look.shown_step(&run).abs() < 1e-9);
    }

    #[test]
    fn a_search_that_runs_is_followed_until_it_is_held() {
        let (mut run, mut look) = search();
        run.job = Some(JobId(1));
        assert!(look.is_live(&run) && look.shown_step(&run) == 3.0);
        assert!(!look.advance(&run, 1.0), "it moves by its reports");
        look.scrub(&run, 0.0);
        assert_eq!((look.is_live(&run), look.shown_step(&run)), (false, 0.0));
        look.step_by(&run, 1);
        assert!((look.shown_step(&run) - 1.0).abs() < 1e-9);
        // Playing on reaches the newest step and then follows the search.
        look.toggle_play(&run);
        assert!(look.advance(&run, 0.1) && look.shown_step(&run) > 1.0);
        look.advance(&run, PLAYBACK_SECONDS);
        assert!(look.is_live(&run));
        look.toggle_play(&run);
        assert!(!look.is_live(&run) && !look.playback.playing, "a pause holds the newest step");
        look.scrub(&run, 1.0);
        assert!(look.is_live(&run), "the end of the timeline is the newest step");
    }

    #[test]
    fn a_held_step_stays_while_the_search_grows() {
        let (mut run, mut look) = search();
        run.job = Some(JobId(1));
        look.scrub(&run, 0.0);
        look.step_by(&run, 2);
        look.follow(&run);
        let flat = (0..9).flat_map(|x| [f64::from(x), 0.0]).collect();
        let longer = Rows::from_flat(2, flat);
        run.paths = Arc::new(Trajectories::from_trajectories([&longer], &run.projection, 0.0, 1));
        look.follow(&run);
        assert!((look.shown_step(&run) - 2.0).abs() < 1e-9, "{}", look.shown_step(&run));
    }

    #[test]
    fn the_followed_restart_is_looked_at_where_it_is() {
        let (mut run, mut look) = search();
        let mut followed = FollowedRestart::default();
        run.under_way.extend(SearchNews {
            points: vec![Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0])],
            values: vec![vec![0.5, 0.7]],
            best_objectives: vec![0.5, 0.7],
            best: None,
            ..SearchNews::default()
        });
        followed.refresh(RunId(1), &run, &look).unwrap();
        assert!(followed.playhead.is_none(), "nothing is best yet");
        run.under_way.extend(SearchNews {
            points: vec![Rows::from_flat(2, vec![2.0, 0.0])],
            values: vec![vec![0.9]],
            best_objectives: vec![0.9],
            best: Some(0),
            ..SearchNews::default()
        });
        look.scrub(&run, run.paths.share_at(1.5));
        followed.refresh(RunId(1), &run, &look).unwrap();
        let moment = followed.playhead.clone().unwrap();
        assert!((moment.value.number() - 0.8).abs() < 1e-9 && moment.outline.len() == 200);
        look.chosen = Some(7);
        followed.refresh(RunId(1), &run, &look).unwrap();
        assert!(followed.playhead.is_none(), "there is no such trajectory");
    }
}
