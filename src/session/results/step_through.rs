//! A step-by-step search on the map: one restart, update by update, stage by stage.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::Projection;
use crate::explore::layers::gradient_field::Arrow;
use crate::model::Value;
use crate::objective::Space;
use crate::optimise::codegen::{CodeLine, pytorch};
use crate::optimise::{SearchConfig, StepThrough, UpdateStage};
use crate::session::document::ids::ModelId;
use crate::session::results::models::Prepared;
use crate::session::results::probe::Probe;
use std::sync::Arc;

/// Actions with a step-by-step search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepThroughRun {
    /// Begin at the selected point, else at the one under the mouse, else at the first sampled start.
    Begin,
    /// Advance by one stage.
    GoOn,
    /// Go back by one stage.
    GoBack,
    /// Advance by whole updates.
    Steps(usize),
    /// Go back to the start.
    Reset,
    /// Remove it from the map.
    End,
}

/// A step-by-step search as the window sees it.
#[derive(Clone, Debug)]
pub struct StepThroughState {
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// The state of the search and its numbers.
    pub by_hand: StepThrough,
    /// The shape at the present point; once the point has moved, the shape at its new position.
    pub here: Probe,
    /// The value at the start of the present update, for the screen.
    pub value: Value,
    /// The search as PyTorch, each line with its stage.
    pub code: Vec<CodeLine>,
    prepared: Arc<Prepared>,
}

impl StepThroughState {
    /// Begins at `start`, `[latent]`.
    ///
    /// # Errors
    /// If the settings are out of range or the model lacks a quantity.
    pub fn new(
        model: (ModelId, u64),
        prepared: Arc<Prepared>,
        settings: &SearchConfig,
        start: Vec<f64>,
    ) -> Result<Self> {
        let by_hand = StepThrough::new(prepared.model.clone(), settings, start)?;
        let here = look(&prepared, model, &by_hand)?;
        let value = value(&prepared, &by_hand)?;
        let code = pytorch(by_hand.config(), &prepared.model);
        Ok(Self { model, by_hand, here, value, code, prepared })
    }

    /// The same search from its start, with other settings.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn again(before: &Self, settings: &SearchConfig) -> Result<Self> {
        Self::new(before.model, before.prepared.clone(), settings, before.start().to_vec())
    }

    /// Goes on or back as asked.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn go(&mut self, walking: StepThroughRun) -> Result<()> {
        match walking {
            StepThroughRun::GoOn => drop(self.by_hand.go_on()?),
            StepThroughRun::GoBack => drop(self.by_hand.go_back()),
            StepThroughRun::Steps(steps) => {
                for _ in 0..steps {
                    if !self.by_hand.step_on()? {
                        break;
                    }
                }
            }
            StepThroughRun::Reset => self.by_hand.reset(),
            StepThroughRun::Begin | StepThroughRun::End => (),
        }
        self.here = look(&self.prepared, self.model, &self.by_hand)?;
        self.value = value(&self.prepared, &self.by_hand)?;
        Ok(())
    }

    /// The start, `[latent]`.
    pub fn start(&self) -> &[f64] {
        self.by_hand.start()
    }

    /// The visited points on a map, the present one last.
    pub fn path(&self, projection: &Projection) -> Vec<[f64; 2]> {
        let before = self.by_hand.past().iter().map(|moment| projection.project(&moment.z));
        let [at, here] = [self.by_hand.here().0, &self.here.z].map(|z| projection.project(z));
        let moved = (at != here).then_some(here);
        before.chain([at]).chain(moved).collect()
    }

    /// The gradient of the loss at the present point, `[latent]`, from the stage that computes it to the one that moves
    /// the point.
    pub fn gradient(&self) -> Option<&[f64]> {
        let in_latent = self.by_hand.config().space == Space::Latent;
        let moment = self.by_hand.moment().filter(|_| in_latent)?;
        let known = (UpdateStage::Gradient..UpdateStage::Move).contains(&self.by_hand.stage());
        known.then_some(&moment.gradient)
    }

    /// The step of the present update on a map, until it is done.
    pub fn step(&self, projection: &Projection) -> Option<Arrow> {
        let moment = self.by_hand.moment().filter(|_| self.by_hand.stage() < UpdateStage::Move)?;
        Some([&self.here.z, &moment.next_z].map(|z| projection.project(z)))
    }
}

/// The value at the start of the present update, for the screen.
fn value(prepared: &Prepared, by_hand: &StepThrough) -> Result<Value> {
    let (z, value) = by_hand.here();
    by_hand.config().spec.shown_at(&prepared.model, z, value)
}

/// The shape at the present point; for a search that moves the shape itself, that shape and not the model's
/// reconstruction.
fn look(prepared: &Prepared, model: (ModelId, u64), by_hand: &StepThrough) -> Result<Probe> {
    let (point, z) = by_hand.come_to();
    let SearchConfig { spec, space, .. } = by_hand.config();
    let at = prepared.projection.project(z);
    let mut probe = Probe::at(prepared, model, at, Some(z), spec.quantity())?;
    if *space == Space::Input {
        let moved = Rows::from_flat(point.len(), point.to_vec());
        probe.set_outline(&prepared.model, prepared.model.unscaled(&moved).into_flat());
    }
    Ok(probe)
}
