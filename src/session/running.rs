//! Running: searches begin, report and end, and what runs is stopped.

use super::climb::{self, Climb, Playback, UnderWay};
use super::event::{End, Outcome, Product, RunId, SearchProgress};
use super::findings::so_far;
use super::job::Control;
use super::lesson::Lesson;
use super::lost::Lost;
use super::state::{Activity, State};
use super::training::Phase;
use super::walk::Walking;
use super::{Command, Session};
use crate::data::placement::Placement;
use crate::data::rows::Rows;
use crate::data::vectors::read_latents;
use crate::explore::paths::Paths;
use crate::objective::Objective;
use crate::optimise::{LabResults, SearchConfig, Starts};
use std::path::Path;
use std::sync::Arc;

impl Session {
    /// Escape: stops a climb, then takes errors away, ends a walk, then lets go of what is held.
    pub(super) fn cancel(&mut self) {
        let state = &mut self.state;
        if let Some(climb) = state.climb.as_ref().filter(|climb| climb.run.is_some()) {
            climb.control.cancel();
        } else if let Some(race) = state.race.as_ref().filter(|race| race.run.is_some()) {
            race.control.cancel();
        } else if state.own.run.is_some() {
            state.own.control.cancel();
        } else if let Some(pca) = &state.pca {
            pca.control.cancel();
        } else if state.notices.dismiss_errors() {
        } else if state.is_walking() {
            state.leave_walk();
        } else if state.training.run.is_some() {
            state.training.control.cancel();
        } else if let Some(heads) = &state.heads {
            heads.control.cancel();
        } else if let Some(sweep) = state.sweep.as_ref().filter(|sweep| sweep.run.is_some()) {
            sweep.control.cancel();
        } else if let Some(rediscovery) = state.rediscovery.as_ref().filter(|r| r.run.is_some()) {
            rediscovery.control.cancel();
        } else if let Some(climb) = state.climb.as_mut().filter(|climb| climb.chosen.is_some()) {
            (climb.chosen, climb.hill) = (None, None);
        } else if let Some(race) = state.race.as_mut().filter(|race| race.chosen.is_some()) {
            race.chosen = None;
        } else if state.is_touring() {
            state.leave_tour();
        } else {
            state.map.picked = None;
        }
    }

    /// Brings back what was last lost; a way or a walk where it can be seen.
    pub(super) fn undo(&mut self) {
        let ways = |state: &State| (state.tours.tour.is_some(), state.walk.is_some());
        let (toured, walked) = ways(&self.state);
        self.state.undo();
        match ways(&self.state) {
            (true, _) if !toured => self.turn(Activity::Explore),
            (_, true) if !walked => self.turn(Activity::Optimise),
            _ => (),
        }
    }

    /// Space: one update of a walk by hand; the training in its own activity or when nothing else plays,
    /// the playback elsewhere.
    pub(super) fn toggle_play(&mut self) {
        let state = &mut self.state;
        if state.is_walking() {
            return self.walk(Walking::Steps(1));
        }
        if state.is_touring() {
            return self.toggle_tour();
        }
        match (state.activity, state.training.phase, &mut state.climb) {
            (Activity::Optimise, _, Some(climb)) => climb.toggle_play(),
            (_, Phase::Running, _) => self.perform(Command::PauseTraining(true)),
            (_, Phase::Paused, _) => self.perform(Command::PauseTraining(false)),
            (Activity::Train, Phase::Idle | Phase::Finishing, _) => {
                self.look_back(|training| training.timeline.toggle_play());
            }
            (_, Phase::Idle | Phase::Finishing, Some(climb)) => climb.toggle_play(),
            (_, Phase::Idle | Phase::Finishing, None) => (),
        }
    }

    /// Begins a search from given starts, `[restarts, latent]`, in the frames of the shapes that they are of, if any.
    pub(super) fn climb_from(&mut self, starts: &Rows<f64>, frames: Vec<Placement>) {
        let points = starts.iter().map(<[f64]>::to_vec).collect();
        let starts_of = Starts::Around { points, spread: 0.0 };
        let config = self.state.settings.search.clone();
        self.climb(SearchConfig { restarts: starts.len(), starts: starts_of, frames, ..config });
    }

    /// Begins a search; one that cannot begin leaves the one before as it is.
    pub(super) fn climb(&mut self, config: SearchConfig) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        let prepared = entry.prepared.clone();
        let checked = config.check().and_then(|()| Objective::check(&prepared.model, &config.aim));
        if let Err(error) = checked {
            return self.state.notices.error(error);
        }
        let version = (id, entry.version);
        let control = Arc::new(Control::default());
        let (hand, settings) = (control.clone(), config.clone());
        let projection = prepared.projection.clone();
        let frozen = prepared.model.clone();
        let stride = config.stride(projection.latent_dim());
        let speed = self.state.climb.as_ref().map_or(1.0, |climb| climb.playback.speed);
        self.clear_climb();
        self.state.leave_walk();
        let run = self
            .start("climb", move |reporter| climb::search(&prepared, settings, &hand, reporter));
        self.state.settings.hint_followed = true;
        self.leave_lane();
        self.turn(Activity::Optimise);
        self.state.climb = Some(Climb {
            run: Some(run),
            model: version,
            frozen,
            projection,
            config,
            paths: Arc::new(Paths::new(stride)),
            under_way: UnderWay::default(),
            findings: None,
            best_so_far: Vec::new(),
            playback: Playback { speed, ..Playback::default() },
            chosen: None,
            hill: None,
            hovered: None,
            moment: None,
            besides: None,
            lab: LabResults::default(),
            control,
        });
    }

    /// Makes the lesson's next climb; after the last the lesson ends.
    pub(super) fn continue_lesson(&mut self) {
        let Some(lesson) = &self.state.lesson else { return };
        match lesson.next_climb() {
            Some(config) => {
                self.perform(Command::SetSearch(config.clone()));
                self.climb(config);
                self.state.lesson.iter_mut().for_each(Lesson::climbing);
            }
            None => self.perform(Command::EndLesson),
        }
    }

    pub(super) fn climb_from_file(&mut self, path: &Path) {
        let Some((_, entry)) = self.state.models.shown() else { return };
        match read_latents(path, entry.prepared.model.latent_dim()) {
            Ok(starts) => self.climb_from(&starts.z, starts.frames),
            Err(error) => self.state.notices.error(error),
        }
    }

    pub(super) fn clear_climb(&mut self) {
        if let Some(climb) = self.state.climb.take() {
            climb.control.cancel();
            if climb.findings.is_some() {
                self.state.lose(Lost::Climb(Box::new(climb)));
            }
        }
    }
}

impl State {
    pub(super) fn searched(&mut self, run: RunId, mut progress: SearchProgress) {
        let Some(climb) = self.climb.as_mut().filter(|climb| climb.run == Some(run)) else {
            return;
        };
        let held = climb.shown_step();
        let growth = std::mem::take(&mut progress.growth);
        Arc::make_mut(&mut climb.paths).grow(growth);
        climb.under_way.extend(progress);
        climb.hold_step(held);
        let (stride, values) = (climb.paths.stride(), &climb.under_way.best_objectives);
        climb.best_so_far =
            so_far(&climb.paths, |step| values.get(step / stride).copied().unwrap_or(f64::NAN));
    }

    pub(super) fn climb_ended(&mut self, End { outcome, product }: End) {
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
                climb.besides = None;
                if findings.report.best_believable.is_none() {
                    self.notices.info(match findings.report.config.aim.predicts() {
                        true => {
                            "No answer can be believed: a prediction needs data around it. Give \"inside the data\" more \
                             weight (More), or teach the model more shapes."
                        }
                        false => "No answer can be believed: the table says why, restart by restart.",
                    });
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
}
