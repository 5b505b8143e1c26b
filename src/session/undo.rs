//! Undo: removed things, as long as they can be restored.

use super::drawing::{Drawing, FreehandShape};
use super::jobs::race::RaceRun;
use super::jobs::search::SearchRun;
use super::jobs::sweep::SweepRun;
use super::models::{ModelEntry, ModelId};
use super::path_plan::PathPlan;
use super::probe::Probe;
use super::state::State;
use super::step_through::StepThroughState;
use super::tour::Tour;
use crate::text;
use crate::text::Text;

/// A removed thing that can be restored.
#[derive(Debug)]
pub enum Undo {
    /// A model that was closed.
    Model(ModelId, ModelEntry),
    /// A search that was removed or replaced.
    Climb(Box<SearchRun>),
    /// A race that was removed or replaced.
    Race(Box<RaceRun>),
    /// A sweep that was replaced.
    Sweep(Box<SweepRun>),
    /// A freehand shape.
    Drawn(Box<FreehandShape>),
    /// A removed pin, and its position in the list.
    Pin(usize, Box<Probe>),
    /// A latent path that was removed, and its plan.
    Tour(Box<(Tour, PathPlan)>),
    /// A step-by-step search with at least one update.
    Walk(Box<StepThroughState>),
}

/// The most losses that can be undone.
const MAX_UNDO: usize = 6;

impl State {
    /// Remembers a loss so that it can be undone.
    pub fn lose(&mut self, lost: Undo) {
        self.lost.push(lost);
        let excess = self.lost.len().saturating_sub(MAX_UNDO);
        self.lost.drain(..excess);
    }

    /// The text of the next undo.
    pub fn undoable(&self) -> Option<Text> {
        self.lost.last().map(|lost| match lost {
            Undo::Model(..) => text!("Undo closing a model"),
            Undo::Climb(_) => text!("Bring back the last search"),
            Undo::Race(_) => text!("Bring back the last race"),
            Undo::Sweep(_) => text!("Bring back the last sweep"),
            Undo::Drawn(_) => text!("Bring back the drawn shape"),
            Undo::Pin(..) => text!("Undo unpinning"),
            Undo::Tour(_) => text!("Bring back the latent path"),
            Undo::Walk(_) => text!("Bring back the step-by-step search"),
        })
    }

    /// True if the next undo restores a freehand shape.
    pub fn undoes_drawing(&self) -> bool {
        matches!(self.lost.last(), Some(Undo::Drawn(_)))
    }

    /// Restores the last loss.
    pub fn undo(&mut self) {
        match self.lost.pop() {
            Some(Undo::Model(id, entry)) => {
                self.models.insert(id, entry);
                self.show(id);
            }
            Some(Undo::Climb(search_run)) => {
                let present = self.search_run.replace(*search_run);
                present
                    .and_then(|search_run| search_run.run)
                    .into_iter()
                    .for_each(|run| self.jobs.cancel(run));
            }
            Some(Undo::Race(race)) => {
                let present = self.race.replace(*race);
                present.and_then(|race| race.run).into_iter().for_each(|run| self.jobs.cancel(run));
            }
            Some(Undo::Sweep(sweep)) => {
                let present = self.sweep.replace(*sweep);
                present
                    .and_then(|sweep| sweep.run)
                    .into_iter()
                    .for_each(|run| self.jobs.cancel(run));
            }
            Some(Undo::Drawn(drawn)) => {
                self.drawing = Drawing { drawn: Some(*drawn), problem: None };
            }
            Some(Undo::Pin(place, pin)) => {
                if self.shows(pin.model.0) {
                    self.map.pins.insert(place.min(self.map.pins.len()), *pin);
                } else {
                    self.notices
                        .info(text!("That pin belongs to another model; show that one first."));
                    self.lost.push(Undo::Pin(place, pin));
                }
            }
            Some(Undo::Tour(tour)) => {
                if self.shows(tour.0.model.0) {
                    (self.tours.tour, self.tours.plan) = (Some(tour.0), tour.1);
                } else {
                    self.notices
                        .info(text!("That path lies in another model; show that one first."));
                    self.lost.push(Undo::Tour(tour));
                }
            }
            Some(Undo::Walk(walk)) => {
                if self.shows(walk.model.0) {
                    self.walk = Some(*walk);
                } else {
                    self.notices.info(text!(
                        "That step-by-step search was made in another model; show that one first."
                    ));
                    self.lost.push(Undo::Walk(walk));
                }
            }
            None => self.notices.info(text!("There is nothing to undo.")),
        }
    }

    fn shows(&self, id: ModelId) -> bool {
        self.shown_version().is_some_and(|(shown, _)| shown == id)
    }

    /// Removes the latent path.
    pub(super) fn leave_tour(&mut self) {
        self.tours.pause();
        self.tours.leave_path();
        if let Some(tour) = self.tours.tour.take() {
            self.lose(Undo::Tour(Box::new((tour, self.tours.plan.clone()))));
        }
    }

    /// Removes the step-by-step search; one without an update is no loss.
    pub(super) fn leave_walk(&mut self) {
        if let Some(walk) = self.walk.take_if(|walk| !walk.by_hand.past().is_empty()) {
            self.lose(Undo::Walk(Box::new(walk)));
        }
        self.walk = None;
    }
}
