//! What a training reports, taken in: its figures, its newest model, and how it ended.

use super::event::{End, Outcome, Product, TrainingProgress};
use super::models::{ModelEntry, ModelId, Prepared};
use super::state::State;
use super::timeline::Newest;
use super::training::{Phase, Training};
use std::sync::Arc;

impl State {
    pub(super) fn trained(&mut self, progress: TrainingProgress) {
        let training = &mut self.training;
        training.share = progress.share;
        (training.updates, training.epochs) = (progress.updates, progress.epochs);
        training.seconds_left = progress.seconds_left;
        if progress.finishing {
            training.phase = Phase::Finishing;
        }
        training.extend_curve(&progress.curve);
        training.extend_records(&progress.records);
        training.figures = progress.figures.or(training.figures.take());
        training.setup = progress.setup.or(training.setup.take());
        progress.moments.into_iter().for_each(|moment| training.timeline.push(moment));
        if let (Some(id), Some(prepared)) = (training.model, progress.snapshot) {
            self.renew(id, prepared);
        }
    }

    /// A version that no model has had yet.
    pub(super) fn next_version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// Puts a newer version of a model in the place of the one before.
    fn renew(&mut self, id: ModelId, prepared: Arc<Prepared>) {
        let version = self.next_version();
        // Who looks at an older moment goes on doing so.
        if let Some(newest) = self.learned_mut(id).and_then(|t| t.timeline.newest.as_mut()) {
            *newest = Newest { prepared, version, path: None, unsaved: true };
            return;
        }
        let first = match self.models.get_mut(id) {
            Some(entry) => {
                entry.prepared = prepared;
                entry.version = version;
                entry.unsaved = true;
                entry.path = None;
                false
            }
            None => {
                let name = format!("Trained {}", id.0);
                let entry = ModelEntry { name, version, path: None, unsaved: true, prepared };
                self.models.insert(id, entry);
                true
            }
        };
        if first {
            self.show(id);
            // A branch is watched beside what it left.
            let trunk = self.learned(id).and_then(|training| training.trunk);
            trunk.into_iter().for_each(|trunk| self.put_beside(trunk));
        } else {
            self.fit_if_lost(id);
        }
    }

    /// Shows all of a model's data when they have left the map, which was fitted to them.
    pub(super) fn fit_if_lost(&mut self, id: ModelId) {
        let on_screen = [self.shown_version().map(|(id, _)| id), self.beside().map(|(id, _)| id)];
        let Some(home) = self.home().filter(|_| on_screen.contains(&Some(id))) else { return };
        if self.map.is_fitted() {
            // The map follows the data only when they leave it or shrink to a spot, and never when
            // the person has moved it: a map that moves all the time cannot be read.
            let view = self.map.view.grown(0.02);
            let lost = !view.contains(home.low) || !view.contains(home.high);
            let [w, h] = [0, 1].map(|k| home.size()[k] / self.map.view.size()[k]);
            if lost || w.max(h) < 0.62 {
                self.map.fit(home.grown(0.06));
            }
        }
    }

    pub(super) fn training_ended(&mut self, End { outcome, product }: End) {
        let training = &mut self.training;
        training.run = None;
        training.phase = Phase::Idle;
        let (id, before) = (training.model, training.before);
        let kept = product.is_some() || training.epochs >= 1.0;
        self.hold_range_for_training(false);
        match (id, product) {
            (Some(id), Some(Product::Trained(prepared, figures))) => {
                self.training.figures = figures;
                self.renew(id, prepared);
            }
            // What the last picture showed is worth keeping once an epoch was learned.
            (Some(_), _) if kept => (),
            (Some(id), _) => {
                let was_shown = self.shown_version().is_some_and(|(shown, _)| shown == id);
                self.models.remove(id);
                if let Some(before) = before.filter(|_| was_shown) {
                    self.show(before);
                }
            }
            _ => (),
        }
        match outcome {
            Outcome::Finished => {
                let Training { updates, epochs, .. } = self.training;
                let early = if updates < self.training.total_updates() { " early" } else { "" };
                let epochs = format!("{epochs:.1}").trim_end_matches(".0").to_owned();
                let kept = id.and_then(|id| self.kept_epoch_of(id));
                let kept = kept.map_or_else(String::new, |(kept, record)| {
                    format!(
                        " The model is the best of them, that of update {kept} (epoch {}).",
                        record.epoch
                    )
                });
                self.notices.info(format!(
                    "Training finished{early} after {updates} updates ({epochs} epochs).{kept} Save it with Ctrl+S."
                ));
            }
            Outcome::Cancelled => self.notices.info("Training stopped; what it learned is kept."),
            Outcome::Failed(why) if kept => {
                self.notices.error(format!("{why} (what was learned before is kept)"));
            }
            Outcome::Failed(why) => self.notices.error(why),
        }
    }
}
