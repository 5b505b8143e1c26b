//! Start and removal of races; selection of a contender's answer.

use super::Session;
use super::jobs::race::{RaceRun, run};
use super::jobs::registry::JobKind;
use super::state::Activity;
use super::undo::Undo;
use crate::objective::{Objective, Space};
use crate::optimise::{Method, SearchConfig};

impl Session {
    /// Begins a race with the settings of the next search; if it cannot begin, the previous race stays.
    pub(super) fn race(&mut self) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        let contenders = self.state.settings.race.clone();
        let config = match self.state.next_search() {
            Ok(config) => SearchConfig { method: Method::Adam, space: Space::Latent, ..config },
            Err(error) => return self.state.notices.error(error),
        };
        let prepared = entry.prepared.clone();
        let checked = config.check().and_then(|()| Objective::check(&prepared.model, &config.spec));
        if let Err(error) = checked {
            return self.state.notices.error(error);
        }
        let version = (id, entry.version);
        let (name, settings, runners) = (entry.name.clone(), config.clone(), contenders.clone());
        self.clear_race();
        self.state.leave_walk();
        let run = self
            .start(JobKind::Race, name, move |handle| run(&prepared, settings, &runners, handle));
        self.turn(Activity::Optimise);
        self.state.race = Some(RaceRun {
            run: Some(run),
            model: version,
            config,
            contenders,
            standings: Vec::new(),
            results: None,
            chosen: None,
        });
    }

    pub(super) fn clear_race(&mut self) {
        if let Some(race) = self.state.race.take() {
            race.run.into_iter().for_each(|run| self.state.jobs.cancel(run));
            if race.results.is_some() {
                self.state.lose(Undo::Race(Box::new(race)));
            }
        }
    }

    /// Deselects the race's answer, since another trajectory or path takes its place on the map.
    pub(super) fn leave_contender(&mut self) {
        self.state.race.iter_mut().for_each(|race| race.chosen = None);
    }

    /// Selects the answer of a contender, or none.
    pub(super) fn choose_contender(&mut self, contender: Option<usize>) {
        let shown = self.state.shown_version();
        let Some(race) = &mut self.state.race else { return };
        race.chosen = contender
            .filter(|&contender| contender < race.contenders.0.len() && race.results.is_some());
        let z = race.shown_trajectory().map(|(_, z)| z.to_vec());
        if let Some(z) = z.filter(|_| Some(race.model) == shown) {
            self.pick_latent(&z);
        }
    }
}
