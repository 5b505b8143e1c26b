//! Start and removal of races; selection of a contender's answer.

use super::Session;
use super::action::Action;
use super::view::Activity;
use crate::objective::Space;
use crate::optimise::{Method, SearchConfig};

impl Session {
    /// Begins a race with the settings of the next search; if it cannot begin, the previous race stays.
    pub(super) fn begin_race(&mut self) {
        let Some((model, _)) = self.state.shown() else { return };
        let config = match self.state.next_search() {
            Ok(config) => SearchConfig { method: Method::Adam, space: Space::Latent, ..config },
            Err(error) => return self.state.notices.error(error),
        };
        if let Err(error) = self.check_search(&config) {
            return self.state.notices.error(error);
        }
        self.act(Action::Race(model, config));
        self.state.view.activity = Activity::Optimise;
    }

    /// Removes the race, and ends it if it runs.
    pub(super) fn clear_race(&mut self) {
        let job = self.state.race().and_then(|race| race.job);
        job.into_iter().for_each(|job| self.state.jobs.cancel(job));
        self.act(Action::RemoveRace);
    }

    /// Deselects the race's answer, since another trajectory or path takes its place on the map.
    pub(super) fn leave_contender(&mut self) {
        self.state.race_mut().into_iter().for_each(|race| race.chosen = None);
    }

    /// Selects the answer of a contender, or none.
    pub(super) fn choose_contender(&mut self, contender: Option<usize>) {
        let shown = self.state.shown_version();
        let Some(race) = self.state.race_mut() else { return };
        race.chosen = contender
            .filter(|&contender| contender < race.contenders.0.len() && race.results.is_some());
        let z = race.shown_trajectory().map(|(_, z)| z.to_vec());
        if let Some(z) = z.filter(|_| Some(race.model) == shown) {
            self.pick_latent(&z);
        }
    }
}
