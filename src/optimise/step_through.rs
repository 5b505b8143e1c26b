//! A step-by-step search: one restart whose updates are divided into stages, for teaching.

use super::config::{SearchConfig, Starts};
use super::restart::StopReason;
use super::search::Search;
use super::update::Rule;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::numerics::adam::{BETA_1, BETA_2};
use crate::text;
use std::sync::Arc;

/// A stage of an update, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UpdateStage {
    /// The point is decoded and evaluated: value and loss.
    Value,
    /// The loss is differentiated.
    Gradient,
    /// The memory of the gradients is updated: Adam's moments, or the velocity.
    Memory,
    /// Adam's moments are corrected for their start at zero (bias correction).
    Correction,
    /// The point moves.
    Move,
    /// The learning rate falls, because the loss did not improve for long enough.
    Plateau,
    /// The search is over.
    End,
}

impl UpdateStage {
    /// The stages of every update by `rule`; [`Self::Plateau`] and [`Self::End`] follow only where they occur.
    pub fn for_rule(rule: Rule) -> &'static [Self] {
        match rule {
            Rule::Adam => {
                &[Self::Value, Self::Gradient, Self::Memory, Self::Correction, Self::Move]
            }
            Rule::Momentum => &[Self::Value, Self::Gradient, Self::Memory, Self::Move],
            Rule::Gradient => &[Self::Value, Self::Gradient, Self::Move],
        }
    }
}

/// The inputs and results of one update; vectors are `[dim]` of the space that is searched.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateTrace {
    /// The number of updates before this one.
    pub step: usize,
    /// The point before the update.
    pub point: Vec<f64>,
    /// The latent point there, `[latent]`.
    pub z: Vec<f64>,
    /// The shown value at this point.
    pub value: f64,
    /// The loss at this point, with penalties.
    pub loss: f64,
    /// The gradient of the loss.
    pub gradient: Vec<f64>,
    /// Adam's first moment m, or the velocity, after this gradient was added.
    pub first: Vec<f64>,
    /// Adam's second moment v after this gradient was added; empty for other rules.
    pub second: Vec<f64>,
    /// The learning rate.
    pub rate: f64,
    /// The point after the update.
    pub next: Vec<f64>,
    /// The latent point there, `[latent]`.
    pub next_z: Vec<f64>,
    /// The rate from the next update on, if this update reduces it.
    pub falls_to: Option<f64>,
    /// Steps in a row without a better loss, as counted by the schedule and by early stopping.
    pub waited: (usize, usize),
}

impl UpdateTrace {
    /// Adam's moments with bias correction: `m / (1 - 0.9^t)` and `v / (1 - 0.999^t)`.
    pub fn corrected(&self) -> (Vec<f64>, Vec<f64>) {
        let t = i32::try_from(self.step + 1).unwrap_or(i32::MAX);
        let share = |moment: &[f64], beta: f64| -> Vec<f64> {
            moment.iter().map(|v| v / (1.0 - beta.powi(t))).collect()
        };
        (share(&self.first, BETA_1), share(&self.second, BETA_2))
    }

    /// The displacement of the point, `next - point`.
    pub fn moved(&self) -> Vec<f64> {
        self.next.iter().zip(&self.point).map(|(next, point)| next - point).collect()
    }
}

/// One restart that the user steps forwards and backwards, stage by stage.
///
/// Every update is computed once, by [`Search`], and recorded: a step back shows the recorded numbers.
#[derive(Clone, Debug)]
pub struct StepThrough {
    /// The search, one update ahead of the last recorded one.
    search: Search,
    rule: Rule,
    moments: Vec<UpdateTrace>,
    at: usize,
    stage: UpdateStage,
}

impl StepThrough {
    /// Begins at `start`, `[latent]`, before the first update.
    ///
    /// # Errors
    /// When a setting is out of range, the start has another dimension than the latent, or the method does not follow
    /// the gradient with one evaluation a step.
    pub fn new(model: Arc<Model>, settings: &SearchConfig, start: Vec<f64>) -> Result<Self> {
        let rule = Rule::from_method(settings.method).ok_or_else(|| {
            let problem = text!("a step-by-step search needs adam, momentum or gradient");
            Error::setting("method", problem)
        })?;
        let starts = Starts::Around { points: vec![start], spread: 0.0 };
        let config = SearchConfig { restarts: 1, starts, ..settings.clone() };
        let search = Search::new(model, config)?;
        let mut by_hand =
            Self { search, rule, moments: Vec::new(), at: 0, stage: UpdateStage::Value };
        by_hand.arrive()?;
        Ok(by_hand)
    }

    /// Makes the next update, unless it is recorded already or the search is over.
    fn arrive(&mut self) -> Result<()> {
        if self.at == self.moments.len() && !self.make()? {
            self.stage = UpdateStage::End;
        }
        Ok(())
    }

    /// Lets the search make its next update and records it; false when the search is over.
    fn make(&mut self) -> Result<bool> {
        let Some(before) = self.search.standing(0) else { return Ok(false) };
        let Some((loss, gradient)) = before.slope else { return Ok(false) };
        let (point, gradient) = (before.point.to_vec(), gradient.to_vec());
        let (rate, patience) = (before.update.0.rate(0), before.waited.1);
        let (z, value) = self.search.restarts()[0].last();
        let z = z.to_vec();
        let step = self.search.done();
        self.search.step()?;
        let Some(after) = self.search.standing(0) else { return Ok(false) };
        let update = after.update.0;
        let (first, second) = match (update.moments(0), update.velocity(0)) {
            (Some((m, v)), _) => (m.to_vec(), v.to_vec()),
            (None, Some(velocity)) => (velocity.to_vec(), Vec::new()),
            (None, None) => (Vec::new(), Vec::new()),
        };
        self.moments.push(UpdateTrace {
            step,
            point,
            z,
            value,
            loss,
            gradient,
            first,
            second,
            rate,
            next: after.point.to_vec(),
            next_z: self.search.restarts()[0].last().0.to_vec(),
            falls_to: Some(update.rate(0)).filter(|after| *after != rate),
            waited: (after.waited.0, patience),
        });
        Ok(true)
    }

    /// The stages of the current update.
    pub fn stages(&self) -> Vec<UpdateStage> {
        let acts = self.moment().is_some_and(|moment| moment.falls_to.is_some());
        let plateau = acts.then_some(UpdateStage::Plateau);
        UpdateStage::for_rule(self.rule).iter().copied().chain(plateau).collect()
    }

    /// Moves forward by one stage; false at the end.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn go_on(&mut self) -> Result<bool> {
        if self.stage == UpdateStage::End {
            return Ok(false);
        }
        match self.stages().into_iter().find(|stage| *stage > self.stage) {
            Some(stage) => self.stage = stage,
            None => return self.step_on(),
        }
        Ok(true)
    }

    /// Moves forward to the beginning of the next update; false at the end.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step_on(&mut self) -> Result<bool> {
        if self.stage == UpdateStage::End {
            return Ok(false);
        }
        self.at += 1;
        self.stage = UpdateStage::Value;
        self.arrive()?;
        Ok(true)
    }

    /// Moves back by one stage; false at the start.
    pub fn go_back(&mut self) -> bool {
        match self.stages().into_iter().rev().find(|stage| *stage < self.stage) {
            Some(stage) if self.stage != UpdateStage::End => self.stage = stage,
            _ if self.at == 0 => return false,
            _ => {
                self.at -= 1;
                self.stage = self.stages().last().copied().unwrap_or(UpdateStage::Value);
            }
        }
        true
    }

    /// Returns to the start.
    pub fn reset(&mut self) {
        self.at = 0;
        self.stage = if self.moments.is_empty() { UpdateStage::End } else { UpdateStage::Value };
    }

    /// The current stage.
    pub fn stage(&self) -> UpdateStage {
        self.stage
    }

    /// The update rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The settings, with the one start.
    pub fn config(&self) -> &SearchConfig {
        self.search.config()
    }

    /// The given start, `[latent]`.
    pub fn start(&self) -> &[f64] {
        match &self.config().starts {
            Starts::Around { points, .. } => &points[0],
            Starts::Stated | Starts::StandardNormal => self.search.restarts()[0].start(),
        }
    }

    /// The updates before the current one, `[steps]`.
    pub fn past(&self) -> &[UpdateTrace] {
        &self.moments[..self.at]
    }

    /// The current update; none once the search is over.
    pub fn moment(&self) -> Option<&UpdateTrace> {
        self.moments.get(self.at)
    }

    /// The reason why the search is over; none before.
    pub fn ended(&self) -> Option<StopReason> {
        self.search.restarts()[0].stop_reason.filter(|_| self.moment().is_none())
    }

    /// The current point: from the stage that moves the point onwards, the point after the update, else the one before.
    /// The point in the space that is searched, `[dim]`, and the latent point, `[latent]`.
    pub fn come_to(&self) -> (&[f64], &[f64]) {
        match self.moment() {
            Some(moment) if self.stage >= UpdateStage::Move => (&moment.next, &moment.next_z),
            Some(moment) => (&moment.point, &moment.z),
            None => {
                let z = self.search.restarts()[0].last().0;
                (self.search.standing(0).map_or(z, |standing| standing.point), z)
            }
        }
    }

    /// The latent point before the update, `[latent]`, and the value there.
    pub fn here(&self) -> (&[f64], f64) {
        match self.moment() {
            Some(moment) => (&moment.z, moment.value),
            None => self.search.restarts()[0].last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;
    use crate::optimise::{Method, Plateau};

    fn by_hand(settings: &SearchConfig) -> StepThrough {
        let model = Arc::new(BUNDLED[0].load().unwrap());
        StepThrough::new(model, settings, vec![0.4, -0.7]).unwrap()
    }

    fn short(method: Method) -> SearchConfig {
        SearchConfig { method, steps: 4, ..SearchConfig::default() }
    }

    #[test]
    fn the_numbers_are_those_of_the_search() {
        for method in [Method::Adam, Method::Momentum, Method::Gradient] {
            let mut walk = by_hand(&short(method));
            let mut search =
                Search::new(walk.search.objective().model().clone(), walk.config().clone())
                    .unwrap();
            for step in 0..4 {
                let moment = walk.moment().unwrap();
                assert_eq!((moment.step, walk.stage()), (step, UpdateStage::Value));
                let (loss, gradient) = search.standing(0).unwrap().slope.unwrap();
                assert_eq!((moment.loss, moment.gradient.as_slice()), (loss, gradient));
                assert_eq!(moment.value, search.restarts()[0].last().1);
                search.step().unwrap();
                let after = search.standing(0).unwrap();
                assert_eq!(moment.next, after.point);
                if let Some((m, v)) = after.update.0.moments(0) {
                    assert_eq!((moment.first.as_slice(), moment.second.as_slice()), (m, v));
                }
                // The formula on the screen gives the step that was made.
                let (m, v) = match method {
                    Method::Adam => moment.corrected(),
                    _ => (moment.first.clone(), vec![1.0; 2]),
                };
                for (k, moved) in moment.moved().into_iter().enumerate() {
                    assert!((moved + moment.rate * m[k] / (v[k].sqrt() + 1e-8)).abs() < 1e-7);
                }
                assert!(walk.step_on().unwrap());
            }
            assert_eq!(walk.ended(), Some(StopReason::StepsDone));
            assert_eq!(walk.here().0, search.restarts()[0].last().0);
            assert!(!walk.step_on().unwrap() && !walk.go_on().unwrap());
        }
    }

    #[test]
    fn stages_follow_each_other_and_going_back_finds_the_same_numbers() {
        let mut walk = by_hand(&short(Method::Adam));
        let mut seen = Vec::new();
        loop {
            seen.push((walk.stage(), walk.moment().cloned()));
            if !walk.go_on().unwrap() {
                break;
            }
        }
        assert_eq!(seen.len(), 4 * 5 + 1, "four updates of five stages, and the end");
        for (stage, moment) in seen.iter().rev() {
            assert_eq!((walk.stage(), walk.moment()), (*stage, moment.as_ref()));
            walk.go_back();
        }
        assert!(!walk.go_back());
        walk.step_on().unwrap();
        walk.go_on().unwrap();
        walk.reset();
        assert_eq!((walk.stage(), walk.past().len()), (UpdateStage::Value, 0));
    }

    #[test]
    fn the_plateau_and_the_end_are_stages_when_they_act() {
        let plateau = Plateau { patience: 0, threshold: -1.0, ..Plateau::default() };
        // With this threshold only a loss below twice the negative best counts as better, so none does.
        let settings = SearchConfig {
            plateau: Some(plateau),
            patience: Some(3),
            rate: 1e-6,
            ..SearchConfig::default()
        };
        let mut walk = by_hand(&settings);
        let mut stages = vec![walk.stage()];
        while walk.go_on().unwrap() && stages.len() < 400 {
            stages.push(walk.stage());
        }
        assert!(stages.contains(&UpdateStage::Plateau), "{stages:?}");
        assert_eq!(walk.ended(), Some(StopReason::Converged));
    }

    #[test]
    fn what_does_not_follow_a_gradient_is_refused() {
        let model = Arc::new(BUNDLED[0].load().unwrap());
        let refused = StepThrough::new(model, &short(Method::CmaEs), vec![0.0; 2]).unwrap_err();
        assert!(refused.to_string().contains("adam, momentum or gradient"), "{refused}");
    }
}
