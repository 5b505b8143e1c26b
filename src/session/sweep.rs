//! A sweep over beta: the job that trains a model for each, and what the window knows of them.

use super::Session;
use super::event::{End, Outcome, Product, Progress, RunId, SweepProgress};
use super::job::{Control, Ending, Reporter};
use super::lost::Lost;
use super::models::{ModelEntry, ModelId, Prepared};
use super::state::State;
use super::training::Material;
use crate::error::Result;
use crate::explore::miniature::Miniature;
use crate::model::training::TrainingConfig;
use crate::train::{Sweep, Swept};
use crate::trust::Figures;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);

/// A sweep, as the window sees it.
#[derive(Debug)]
pub struct BetaSweep {
    /// The run whose events count, while it goes on.
    pub run: Option<RunId>,
    /// How many models there will be.
    pub count: usize,
    /// The beta that is being trained.
    pub beta: f64,
    /// 0 to 1.
    pub share: f64,
    /// The models that are trained, in the order of their betas.
    pub done: Vec<SweepPoint>,
    /// The hand on the job.
    pub control: Arc<Control>,
}

/// One model of a sweep.
#[derive(Clone, Debug)]
pub struct SweepPoint {
    /// The weight of its KL term.
    pub beta: f64,
    /// What was measured of it.
    pub figures: Arc<Figures>,
    /// A small map of it.
    pub miniature: Arc<Miniature>,
    /// The model.
    prepared: Arc<Prepared>,
    /// The model among the open ones, once it was opened.
    pub model: Option<ModelId>,
}

impl SweepPoint {
    fn new(Swept { beta, model, figures }: Swept) -> Result<Self> {
        Ok(Self {
            beta,
            figures: Arc::new(figures),
            miniature: Arc::new(Miniature::of(&model)?),
            prepared: Arc::new(Prepared::new(model)?),
            model: None,
        })
    }
}

impl Session {
    /// Begins a sweep with the settings of the next training; one that cannot begin leaves the one before.
    pub(super) fn sweep(&mut self, betas: &[f64]) {
        let state = &mut self.state;
        if state.sweep.as_ref().is_some_and(|sweep| sweep.run.is_some()) {
            return state.notices.info("A sweep is under way; wait for it or stop it first.");
        }
        let (material, config) = (state.material(), state.settings.training.clone());
        let checked = material.check().and_then(|()| Sweep::check(&config, betas));
        if let Err(error) = checked {
            return state.notices.error(error);
        }
        let control = Arc::new(Control::default());
        let (hand, list) = (control.clone(), betas.to_vec());
        self.clear_sweep();
        let run =
            self.start("sweep", move |reporter| run(material, config, &list, &hand, reporter));
        let beta = betas.first().copied().unwrap_or(f64::NAN);
        let (count, done) = (betas.len(), Vec::new());
        self.state.sweep =
            Some(BetaSweep { run: Some(run), count, beta, share: 0.0, done, control });
    }

    /// Forgets the sweep; its models that were opened stay.
    pub(super) fn clear_sweep(&mut self) {
        if let Some(sweep) = self.state.sweep.take() {
            sweep.control.cancel();
            if !sweep.done.is_empty() {
                self.state.lose(Lost::Sweep(Box::new(sweep)));
            }
        }
    }

    /// Opens a model of the sweep, on the second map or on the first.
    pub(super) fn open_swept(&mut self, index: usize, beside: bool) {
        let Some(id) = self.state.opened_swept(index) else { return };
        if beside {
            self.state.put_beside(id);
        } else {
            self.perform(super::Command::ShowModel(id));
        }
    }
}

impl State {
    /// A model of the sweep among the open ones: it is opened where it is not.
    fn opened_swept(&mut self, index: usize) -> Option<ModelId> {
        let point = self.sweep.as_mut()?.done.get_mut(index)?;
        if let Some(id) = point.model.filter(|id| self.models.get(*id).is_some()) {
            return Some(id);
        }
        let id = self.models.allot();
        let (name, prepared) = (format!("beta {}", point.beta), point.prepared.clone());
        let entry = ModelEntry { name, version: 0, path: None, unsaved: true, prepared };
        point.model = Some(id);
        self.models.insert(id, entry);
        Some(id)
    }

    /// Takes the progress of a sweep in.
    pub(super) fn swept(&mut self, run: RunId, progress: SweepProgress) {
        if let Some(sweep) = self.sweep.as_mut().filter(|sweep| sweep.run == Some(run)) {
            (sweep.share, sweep.beta) = (progress.share, progress.beta);
            sweep.done.extend(progress.done);
        }
    }

    /// Takes the end of a sweep in.
    pub(super) fn sweep_ended(&mut self, End { outcome, product }: End) {
        let Some(sweep) = &mut self.sweep else { return };
        sweep.run = None;
        if let Some(Product::Swept(rest)) = product {
            sweep.done.extend(rest);
        }
        let done = sweep.done.len();
        if outcome == Outcome::Finished {
            sweep.share = 1.0;
        }
        if done == 0 {
            self.sweep = None;
        }
        let kept = match done {
            0 => "no model was finished".to_owned(),
            1 => "the model before it is kept".to_owned(),
            _ => format!("the {done} models before it are kept"),
        };
        match outcome {
            Outcome::Finished => self
                .notices
                .info(format!("The sweep is done: {done} models, under More in the Train panel.")),
            Outcome::Cancelled => self.notices.info(format!("Sweep stopped; {kept}.")),
            Outcome::Failed(why) => self.notices.error(format!("{why} ({kept})")),
        }
    }
}

/// The job: one beta after the other. Models that no report had room for come with the end.
fn run(
    material: Material,
    config: TrainingConfig,
    betas: &[f64],
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let mut sweep = Sweep::new(material.load()?, config, betas)?;
    let mut unsent = SweepProgress::default();
    let mut last_report = Instant::now();
    let mut outcome = Outcome::Finished;
    while !sweep.is_finished() {
        if control.is_cancelled() {
            outcome = Outcome::Cancelled;
            break;
        }
        let new = match sweep.step() {
            Ok(swept) => swept.map(SweepPoint::new).transpose()?,
            Err(error) => {
                outcome = Outcome::Failed(error.to_string());
                break;
            }
        };
        let is_new = new.is_some();
        unsent.done.extend(new);
        if is_new || last_report.elapsed() >= REPORT {
            (unsent.share, unsent.beta) = (sweep.progress(), sweep.beta());
            let back = reporter.offer(Progress::Sweep(std::mem::take(&mut unsent)));
            if let Some(Progress::Sweep(back)) = back {
                unsent = back;
            }
            last_report = Instant::now();
        }
    }
    Ok(Ending { outcome, product: Some(Product::Swept(unsent.done)) })
}
