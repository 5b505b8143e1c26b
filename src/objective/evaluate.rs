//! The objective at many points at once: the one function that search, map and tests call.

use super::compiled::CompiledObjective;
use super::evaluation::{Evaluation, KeptConstraint, Penalties, Priced, kept_constraints};
use super::feasible_set::FeasibleSet;
use super::graph::GraphObjective;
use super::linear_constraint::{LinearConstraint, linear_constraints};
use super::space::Space;
use super::spec::{Goal, ObjectiveSpec, Term};
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::text;
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
    constraints: Vec<KeptConstraint>,
    /// The conditions on columns of a table, in the units of its file.
    linear: Vec<LinearConstraint>,
    /// The rows that keep them, where the numbers of a table move themselves: every point is one of these.
    feasible: Option<Arc<FeasibleSet>>,
    /// The terms that must be above 0 for a point to be an answer.
    positive: Vec<usize>,
    /// The weight and the level of the penalty outside the data.
    penalties: Penalties,
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
    /// Names a setting out of range, a quantity or a column that the model does not have, a quantity without a head, one
    /// that is sought as the probability of a class and is a number, or conditions on columns that cannot all hold; also
    /// if the penalty outside the data has a weight and the model has no data.
    pub fn check(model: &Model, spec: &ObjectiveSpec) -> Result<()> {
        spec.check()?;
        if spec.inside > 0.0 && !model.has_data() {
            return Err(Error::setting(
                "inside",
                text!("keeps a search among the data, and this model holds none; set it to 0"),
            ));
        }
        spec.quantities().try_for_each(|quantity| model.check_can_tell(quantity))?;
        let is_number = |term: &&Term| {
            term.goal.is_of_class()
                && !(term.quantity.is_predicted() && model.is_of_class(term.quantity))
        };
        if let Some(term) = spec.terms.iter().find(is_number) {
            return Err(Error::setting(
                "term",
                text!(
                    "up and down seek the probability of a class that a head predicts, and {name} is a number; take max or min",
                    name = term.quantity.to_string()
                ),
            ));
        }
        FeasibleSet::of(model, spec, Space::Latent).map(|_| ())
    }

    /// The objective that a specification describes, on a model.
    ///
    /// # Errors
    /// As [`Self::check`], or when the data hold too few values for the judge of a prediction.
    pub fn new(model: Arc<Model>, spec: ObjectiveSpec, space: Space) -> Result<Self> {
        Self::check(&model, &spec)?;
        let linear = linear_constraints(&model, &spec)?;
        let feasible = FeasibleSet::of(&model, &spec, space)?.filter(|_| space == Space::Input);
        let constraints = kept_constraints(&spec, &model, space)?;
        let begun = Self::unconstrained(model, spec, space);
        Ok(Self { constraints, linear, feasible: feasible.map(Arc::new), ..begun }.compile())
    }

    /// The objective of one quantity of the model's shapes alone, as for the colours of the map.
    pub fn for_quantity(model: Arc<Model>, quantity: Quantity) -> Self {
        let spec = ObjectiveSpec::new(quantity, Goal::Max);
        Self::unconstrained(model, spec, Space::Latent).compile()
    }

    /// Terms and penalties alone, not yet compiled.
    fn unconstrained(model: Arc<Model>, spec: ObjectiveSpec, space: Space) -> Self {
        Self {
            constraints: Vec::new(),
            linear: Vec::new(),
            feasible: None,
            positive: spec.positive_terms(model.domain()),
            penalties: Penalties::new(&spec, &model),
            compiled: None,
            model,
            spec,
            space,
        }
    }

    /// The same objective without a graph, where that can be.
    fn compile(mut self) -> Self {
        let compiled =
            || CompiledObjective::new(&self.model, self.priced(), self.penalties, self.space);
        let is_single = self.model.dtype() == DType::F32;
        self.compiled = is_single.then(|| Arc::new(compiled()));
        self
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
        self.space.dim(&self.model)
    }

    /// The conditions on columns of a table.
    pub fn linear_constraints(&self) -> &[LinearConstraint] {
        &self.linear
    }

    /// The points at which a search begins that is to begin at these latent points: `z [n, latent] -> [n, dim]`.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn starts(&self, z: Rows<f64>) -> Result<Rows<f64>> {
        let mut points = self.space.points(&self.model, z)?;
        (0..points.len()).for_each(|k| self.project(points.row_mut(k)));
        Ok(points)
    }

    /// Moves a point `[dim]` to the nearest one that keeps every condition on columns, where its own numbers are those of a
    /// table; any other point stays.
    pub fn project(&self, point: &mut [f64]) {
        if let Some(feasible) = &self.feasible {
            feasible.project(point);
        }
    }

    /// The rows of points, in data units, `[n, dim] -> [n, input]`. Where a row is searched itself, it keeps every condition
    /// on columns to the last digit, and sums to the rounding of single precision.
    ///
    /// # Errors
    /// When the width of `points` is not that of the space.
    pub fn rows(&self, points: &Rows<f64>) -> Result<Rows<f32>> {
        let mut rows = self.space.rows(&self.model, points)?;
        if let Some(feasible) = &self.feasible {
            (0..rows.len()).for_each(|k| feasible.settle(rows.row_mut(k)));
        }
        Ok(rows)
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
        let (penalties, space) = (self.penalties, self.space);
        let graph = GraphObjective { model, priced, penalties, space };
        graph.evaluate(points, with_gradient)
    }

    fn priced(&self) -> Priced<'_> {
        let Self { spec, constraints, positive, .. } = self;
        Priced { spec, constraints, positive }
    }
}
