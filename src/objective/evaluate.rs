//! The objective at many points at once: the one function that search, map and tests call.

use super::compiled::CompiledObjective;
use super::evaluation::{Evaluation, Outside, Priced, constraint_weights, kept_constraints};
use super::graph::GraphObjective;
use super::spec::{Constraint, Goal, ObjectiveSpec, Space};
use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use candle_core::DType;
use rayon::prelude::*;
use std::sync::Arc;

/// The number of points that share a matrix product without a graph: twice as many are hardly faster per point.
const COMPILED_ROWS: usize = 30;

/// An [`ObjectiveSpec`] on a frozen model, over its latent or its inputs.
#[derive(Clone, Debug)]
pub struct Objective {
    model: Arc<Model>,
    spec: ObjectiveSpec,
    space: Space,
    /// The constraints as the search applies them: a constraint on a prediction has a margin, so that its interval is
    /// likely to keep it too.
    constraints: Vec<Constraint>,
    /// The factor of each constraint's violation in the loss.
    constraint_weights: Vec<f64>,
    /// The terms that must be above 0 for a point to be an answer.
    positive: Vec<usize>,
    /// The weight and the level of the penalty outside the data.
    outside: Outside,
    /// The same objective without a graph; none in f64.
    compiled: Option<Arc<CompiledObjective>>,
}

impl Objective {
    /// The objective with each bare name from the source that the model has.
    pub fn resolve(model: &Model, mut spec: ObjectiveSpec) -> ObjectiveSpec {
        spec.terms.iter_mut().for_each(|term| term.quantity = model.resolve(term.quantity));
        for constraint in &mut spec.constraints {
            constraint.quantity = model.resolve(constraint.quantity);
        }
        spec
    }

    /// Checks that an objective can be optimised on a model.
    ///
    /// # Errors
    /// Names a setting out of range, a quantity that the model does not have, or a quantity without a head.
    pub fn check(model: &Model, spec: &ObjectiveSpec) -> Result<()> {
        spec.check()?;
        spec.quantities().try_for_each(|quantity| model.check_can_tell(quantity))
    }

    /// The objective that a specification describes, on a model.
    ///
    /// # Errors
    /// As [`Self::check`], or when the data hold too few values for the judge of a prediction.
    pub fn new(model: Arc<Model>, spec: ObjectiveSpec, space: Space) -> Result<Self> {
        Self::check(&model, &spec)?;
        let outside = Outside::new(&spec, &model);
        Ok(Self {
            constraints: kept_constraints(&spec, &model)?,
            constraint_weights: constraint_weights(&spec, &model),
            positive: spec.positive_terms(model.domain()),
            compiled: compiled(&model, &spec, outside, space),
            outside,
            model,
            spec,
            space,
        })
    }

    /// The objective of one quantity of the model's shapes alone, as for the colours of the map.
    pub fn for_quantity(model: Arc<Model>, quantity: Quantity) -> Self {
        let spec = ObjectiveSpec::new(quantity, Goal::Max);
        let outside = Outside::new(&spec, &model);
        let compiled = compiled(&model, &spec, outside, Space::Latent);
        let (constraints, constraint_weights, positive) = (Vec::new(), Vec::new(), Vec::new());
        let space = Space::Latent;
        Self { model, spec, space, constraints, constraint_weights, positive, outside, compiled }
    }

    /// The frozen model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The objective.
    pub fn spec(&self) -> &ObjectiveSpec {
        &self.spec
    }

    /// The space of the points.
    pub fn space(&self) -> Space {
        self.space
    }

    /// The number of coordinates of a point.
    pub fn dim(&self) -> usize {
        match self.space {
            Space::Latent => self.model.latent_dim(),
            Space::Input => self.model.input_dim(),
        }
    }

    /// The number of points that are best evaluated together: enough to fill the products, few enough to share out
    /// between cores.
    pub fn rows_at_once(&self) -> usize {
        if self.compiled.is_some() { COMPILED_ROWS } else { self.model.rows_at_once() }
    }

    /// The objective at points, flat `[n, dim]`, and the gradient of its loss if asked.
    ///
    /// The gradient is that of the sum over all points, which is each point's own, since points do not interact.
    ///
    /// # Errors
    /// Only when the tensor library fails; values that are not finite are marked in the result and are no error.
    pub fn evaluate(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        Ok(self
            .evaluate_unless(points, with_gradient, &CancelToken::default())?
            .unwrap_or_default())
    }

    /// As [`Self::evaluate`]; `None` if it was cancelled before the end. Chunks are evaluated in parallel.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn evaluate_unless(
        &self,
        points: &[f64],
        with_gradient: bool,
        cancel: &CancelToken,
    ) -> Result<Option<Evaluation>> {
        let chunk = self.model.rows_at_once() * self.dim();
        if points.len() <= chunk {
            return self.evaluate_at_once(points, with_gradient).map(Some);
        }
        let parts: Result<Option<Vec<Evaluation>>> = points
            .par_chunks(chunk)
            .map(|part| {
                if cancel.is_cancelled() {
                    return Ok(None);
                }
                self.evaluate_at_once(part, with_gradient).map(Some)
            })
            .collect();
        Ok(parts?.map(|parts| {
            let mut all = Evaluation::default();
            parts.into_iter().for_each(|part| all.append(part));
            all
        }))
    }

    /// As [`Self::evaluate`], for few enough points to stay in the cache.
    fn evaluate_at_once(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        match &self.compiled {
            Some(compiled) => Ok(compiled.evaluate(self.priced(), points, with_gradient)),
            None => self.evaluate_graph(points, with_gradient),
        }
    }

    /// As [`Self::evaluate_at_once`], by the graph.
    pub(super) fn evaluate_graph(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        let (model, priced) = (&self.model, self.priced());
        let graph = GraphObjective { model, priced, outside: self.outside, space: self.space };
        graph.evaluate(points, with_gradient)
    }

    fn priced(&self) -> Priced<'_> {
        let Self { spec, constraints, constraint_weights, positive, .. } = self;
        Priced { spec, constraints, constraint_weights, positive }
    }
}

/// The objective without a graph; none in f64.
fn compiled(
    model: &Model,
    spec: &ObjectiveSpec,
    outside: Outside,
    space: Space,
) -> Option<Arc<CompiledObjective>> {
    let is_single = model.dtype() == DType::F32;
    is_single.then(|| Arc::new(CompiledObjective::new(model, spec, outside, space)))
}
