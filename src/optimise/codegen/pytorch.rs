//! A search as PyTorch.

use super::line::{CodeLine, MAX_NUMBERS, MAX_STARTS, STARTS, can_say_outside, joined, name};
use crate::data::quantity::Quantity;
use crate::model::Model;
use crate::model::card::StartDistribution;
use crate::objective::{
    FeasibleSet, Goal, KeptConstraint, Penalties, Relation, Space, Term, kept_constraints,
};
use crate::optimise::config::{Method, SearchConfig, Starts};
use crate::optimise::schedule::Plateau;
use crate::optimise::step_through::UpdateStage;
use crate::optimise::update::{MOMENTUM, Rule};
use std::fmt::Write;

/// The search in PyTorch, short and clear: one restart at a time, which gives the same numbers as all restarts in one
/// batch.
pub fn pytorch(config: &SearchConfig, model: &Model) -> Vec<CodeLine> {
    let mut code = Listing::new(config, model);
    code.line(0, format!("starts = {}", code.starts()), None);
    match Rule::from_method(config.method) {
        Some(rule) => code.follow_the_gradient(rule),
        None => code.rival(),
    }
    code.line(0, "best, answer = min(answers, key=lambda pair: pair[0])", None);
    let row = match config.space {
        Space::Latent => "decode(torch.tensor(answer))".to_owned(),
        Space::Input => code.units("torch.tensor(answer)"),
    };
    let about = match model.domain().table() {
        None => "the best shape: x0, y0, x1, y1, ..",
        Some(_) => "the best row, in the units of the file",
    };
    code.line(0, format!("x = {row}  # {about}"), None);
    code.lines
}

/// A program under construction.
struct Listing<'a> {
    config: &'a SearchConfig,
    model: &'a Model,
    /// The constraints that the search enforces.
    constraints: Vec<KeptConstraint>,
    lines: Vec<CodeLine>,
}

impl<'a> Listing<'a> {
    fn new(config: &'a SearchConfig, model: &'a Model) -> Self {
        let spec = &config.spec;
        // A search whose conditions the model lacks never begins.
        let constraints = kept_constraints(spec, model, config.space).unwrap_or_default();
        Self { config, model, constraints, lines: Vec::new() }
    }

    fn line(&mut self, depth: usize, text: impl AsRef<str>, stage: Option<UpdateStage>) {
        let text = format!("{}{}", "    ".repeat(depth), text.as_ref());
        self.lines.push(CodeLine { text, stage });
    }

    fn starts(&self) -> String {
        let dim = self.model.latent_dim();
        let restarts = match self.config.method {
            // As many starts as the evaluations of another method.
            Method::Random => self.config.restarts * self.config.budget(),
            _ => self.config.restarts,
        };
        let noise = format!("torch.randn({restarts}, {dim})");
        let drawn = format!("means[k] + factors[k] @ torch.randn({dim})");
        let from_all = format!("for k in weights.multinomial({restarts}, True)");
        match (&self.config.starts, &self.model.card.start) {
            (Starts::Stated, StartDistribution::Normal { .. }) => format!("mean + std * {noise}"),
            (Starts::Stated, StartDistribution::Mixture(_)) => format!("[{drawn} {from_all}]"),
            (Starts::Stated, StartDistribution::ClampedMixture(_)) => {
                format!("[({drawn}).clamp(-1, 1) {from_all}]")
            }
            (Starts::Stated | Starts::StandardNormal, _) => format!("{noise}  # N(0, 1)"),
            (Starts::Around { points, spread }, _) => {
                let points = match points.as_slice() {
                    few if few.len() <= MAX_STARTS && dim <= MAX_NUMBERS => {
                        let rows = few.iter().map(|point| format!("[{}]", joined(point, ", ")));
                        format!("torch.tensor([{}])", rows.collect::<Vec<_>>().join(", "))
                    }
                    _ => format!(
                        "torch.tensor([[float(v) for v in row.split(\",\")] for row in open(\"{STARTS}\")])"
                    ),
                };
                match *spread > 0.0 {
                    true => format!("{points}.repeat({restarts}, 1) + {spread} * {noise}"),
                    false => points,
                }
            }
        }
    }

    /// The rules with one evaluation per step: Adam, momentum and plain gradient.
    fn follow_the_gradient(&mut self, rule: Rule) {
        let SearchConfig { steps, patience, plateau, space, .. } = *self.config;
        let rate = self.config.rate_in_space();
        let moved = moved(space);
        self.line(0, "answers = []", None);
        self.line(0, "for start in starts:", None);
        let is_exact = exact(self.config, self.model).is_some();
        let (from, alone) = match space {
            Space::Latent => ("start.clone()", "only z moves"),
            Space::Input if is_exact => ("project(network(decode(start)))", "the row itself moves"),
            Space::Input => ("((decode(start) - offset) / scale)", "the shape itself moves"),
        };
        let frozen = format!("{moved} = {from}.requires_grad_()  # {alone}: the weights stay");
        self.line(1, frozen, None);
        let optimizer = match rule {
            Rule::Adam => format!("torch.optim.Adam([{moved}], lr={rate})"),
            Rule::Gradient => format!("torch.optim.SGD([{moved}], lr={rate})"),
            Rule::Momentum => format!("torch.optim.SGD([{moved}], lr={rate}, momentum={MOMENTUM})"),
        };
        self.line(1, format!("optimizer = {optimizer}"), None);
        if let Some(plateau) = plateau {
            let usual = Plateau::default();
            let mut more = String::new();
            for (name, value, usual) in [
                ("threshold", plateau.threshold, usual.threshold),
                ("cooldown", plateau.cooldown as f64, usual.cooldown as f64),
                ("min_lr", plateau.min_rate, usual.min_rate),
            ] {
                if value != usual {
                    let _infallible = write!(more, ", {name}={value}");
                }
            }
            let (factor, patience) = (plateau.factor, plateau.patience);
            self.line(1, format!("scheduler = ReduceLROnPlateau(optimizer, factor={factor}, patience={patience}{more})"), None);
        }
        let needs_area = !self.config.spec.positive_terms(self.model.domain()).is_empty();
        let constrained = !self.constraints.is_empty() || needs_area;
        let counts = patience.is_some();
        self.line(
            1,
            match (constrained, counts) {
                (true, true) => "best, answer, least, waited = math.inf, None, math.inf, 0",
                (false, true) => "best, answer, waited = math.inf, None, 0",
                (_, false) => "best, answer = math.inf, None",
            },
            None,
        );
        self.line(1, format!("for step in range({steps} + 1):"), None);
        self.loss(2);
        let spec = &self.config.spec;
        let quantities = spec.terms.iter().map(|term| term.quantity);
        let least = quantities.filter_map(|quantity| self.model.domain().least_area(quantity));
        let least = least.reduce(f64::max);
        if let Some(least) = least {
            let line = format!("if area(x) <= {least:.6}: break  # there it means nothing");
            self.line(2, line, Some(UpdateStage::End));
        }
        let keep = format!("best, answer = loss.item(), {moved}.tolist()");
        let area = needs_area.then(|| " and area(x) > 0".to_owned());
        let constraints = self.constraints.iter();
        let holds: String = area
            .into_iter()
            .chain(constraints.map(|c| format!(" and {}", holds(c, self.model))))
            .collect();
        match (constrained, counts) {
            (false, true) => {
                self.line(2, "waited = 0 if loss < best else waited + 1", None);
                self.line(2, format!("if waited == 0: {keep}"), None);
            }
            _ => {
                self.line(2, format!("if loss < best{holds}: {keep}"), None);
                if counts {
                    self.line(
                        2,
                        "least, waited = (loss.item(), 0) if loss < least else (least, waited + 1)",
                        None,
                    );
                }
            }
        }
        let ends = match patience {
            Some(patience) => format!("if step == {steps} or waited >= {patience}: break"),
            None => format!("if step == {steps}: break"),
        };
        self.line(2, ends, Some(UpdateStage::End));
        self.line(
            2,
            format!("optimizer.zero_grad(); loss.backward()  # g = d loss / d {moved}"),
            Some(UpdateStage::Gradient),
        );
        let remember = match rule {
            Rule::Adam => "  # m = 0.9 m + 0.1 g;  v = 0.999 v + 0.001 g^2",
            Rule::Momentum => "  # v = 0.9 v + g",
            Rule::Gradient => "",
        };
        let step = format!("optimizer.step(){remember}");
        let margin = " ".repeat("optimizer.step()".len());
        match rule {
            Rule::Adam => {
                self.line(2, step, Some(UpdateStage::Memory));
                self.line(
                    2,
                    format!("{margin}  # m_hat = m / (1 - 0.9^t);  v_hat = v / (1 - 0.999^t)"),
                    Some(UpdateStage::Correction),
                );
                self.line(
                    2,
                    format!("{margin}  # {moved} = {moved} - lr m_hat / (sqrt(v_hat) + 1e-8)"),
                    Some(UpdateStage::Move),
                );
            }
            Rule::Momentum => {
                self.line(2, step, Some(UpdateStage::Memory));
                self.line(
                    2,
                    format!("{margin}  # {moved} = {moved} - lr v"),
                    Some(UpdateStage::Move),
                );
            }
            Rule::Gradient => {
                self.line(
                    2,
                    format!("{step}  # {moved} = {moved} - lr g"),
                    Some(UpdateStage::Move),
                );
            }
        }
        if is_exact {
            let line = format!(
                "with torch.no_grad(): {moved}.copy_(project({moved}))  # to what must hold"
            );
            self.line(2, line, Some(UpdateStage::Move));
        }
        if plateau.is_some() {
            self.line(
                2,
                "scheduler.step(loss.item())  # lower lr on a plateau",
                Some(UpdateStage::Plateau),
            );
        }
        self.line(1, "answers.append((best, answer))", None);
    }

    /// The ask-tell optimisers, which choose their own points.
    fn rival(&mut self) {
        let SearchConfig { method, steps, rate, .. } = *self.config;
        let budget = self.config.budget();
        self.line(0, "def loss_of(z):", None);
        self.loss(1);
        self.line(1, "return loss", None);
        self.line(0, "answers = []", None);
        self.line(0, "for start in starts:", None);
        match method {
            Method::CmaEs => {
                self.line(1, format!("es = cma.CMAEvolutionStrategy(start.tolist(), {rate}, {{\"maxfevals\": {budget}}})"), None);
                self.line(1, "while not es.stop():", None);
                self.line(2, "zs = es.ask()", None);
                self.line(
                    2,
                    "es.tell(zs, [loss_of(torch.tensor(z).float()).item() for z in zs])",
                    None,
                );
                self.line(1, "answers.append((es.result.fbest, es.result.xbest.tolist()))", None);
            }
            Method::Random => {
                self.line(1, "answers.append((loss_of(start).item(), start.tolist()))", None);
            }
            _ => {
                self.line(
                    1,
                    "z = start.clone().requires_grad_()  # only z moves: the weights stay",
                    None,
                );
                self.line(1, format!("optimizer = torch.optim.LBFGS([z], max_iter={steps}, line_search_fn=\"strong_wolfe\")"), None);
                self.line(1, "def closure():", None);
                self.line(2, "optimizer.zero_grad(); loss = loss_of(z); loss.backward()", None);
                self.line(2, "return loss", None);
                self.line(1, "optimizer.step(closure)", None);
                self.line(1, "answers.append((loss_of(z).item(), z.tolist()))", None);
            }
        }
    }

    /// Network units as the units of the data.
    fn units(&self, network: &str) -> String {
        match self.model.domain().table() {
            None => format!("{network} * scale + offset"),
            Some(_) => format!("units({network})"),
        }
    }

    /// The computation from the point to the loss.
    fn loss(&mut self, depth: usize) {
        let SearchConfig { spec, space, .. } = self.config;
        let penalties = Penalties::new(spec, self.model);
        let reads_shape = spec.quantities().any(|quantity| !quantity.is_predicted());
        let reads_z =
            spec.predicts() || [spec.l2, spec.align, spec.inside].iter().any(|w| *w > 0.0);
        let value = Some(UpdateStage::Value);
        match space {
            Space::Latent if reads_shape || spec.align > 0.0 => {
                self.line(depth, "x = decode(z)", value)
            }
            Space::Latent => (),
            Space::Input => {
                let row = self.units("s");
                self.line(depth, format!("x = {row}"), value);
                if reads_z {
                    self.line(depth, "z = encode(x)", value);
                }
            }
        }
        let mut sum = String::new();
        for (index, term) in spec.terms.iter().enumerate() {
            let (sign, size) = term_code(term, self.model);
            sum += match (index, sign) {
                (0, '-') => "-",
                (0, _) => "",
                (_, '-') => " - ",
                _ => " + ",
            };
            sum += &size;
        }
        self.line(depth, format!("loss = {sum}"), value);
        if spec.l2 > 0.0 {
            self.line(
                depth,
                format!("loss = loss + {} * z.square().sum()  # stay near the origin", spec.l2),
                value,
            );
        }
        if spec.align > 0.0 {
            let rebuilt = if *space == Space::Latent { "x" } else { "decode(z)" };
            let line = format!(
                "loss = loss + {} * (encode({rebuilt}) - z).square().sum()  # stay where the networks agree",
                penalties.align
            );
            self.line(depth, line, value);
        }
        let cautious = |term: &&Term| spec.cautious && term.quantity.is_predicted();
        for term in spec.terms.iter().filter(cautious) {
            let is_ensemble = self.model.head(term.quantity).is_some_and(|h| h.card.members > 1);
            if !is_ensemble {
                continue;
            }
            let square = if let Goal::Target(_) = term.goal { " ** 2" } else { "" };
            let spread = format!("spread_{}(z){square}", name(term.quantity));
            let line = format!("loss = loss + {} * {spread}  # where members agree", term.weight);
            self.line(depth, line, value);
        }
        if spec.inside > 0.0 {
            let weight = penalties.outside;
            let term = format!("{weight} * outside(z)");
            let line = match can_say_outside(self.model) {
                true => format!("loss = loss + {term}  # stay among the data"),
                false => format!("# + {term}: how far z is from the data; too long for a listing"),
            };
            self.line(depth, line, value);
        }
        for constraint in self.constraints.clone() {
            let KeptConstraint { bound, weight, .. } = constraint;
            let quantity = summed(&constraint, self.model);
            let missing = match constraint.relation {
                Relation::AtLeast => format!("{bound} - {quantity}"),
                Relation::AtMost => format!("{quantity} - {bound}"),
            };
            self.line(
                depth,
                format!("loss = loss + {weight:.4} * torch.relu({missing})  # {constraint}"),
                value,
            );
        }
    }
}

/// The name of the variable that is optimised.
fn moved(space: Space) -> &'static str {
    match space {
        Space::Latent => "z",
        Space::Input => "s",
    }
}

/// The sign and the rest of a term of the loss.
fn term_code(term: &Term, model: &Model) -> (char, String) {
    let quantity = told(term.quantity, model);
    let (sign, size) = match term.goal {
        Goal::Max => ('-', quantity),
        Goal::Min => ('+', quantity),
        Goal::Target(target) => ('+', format!("({quantity} - {target}) ** 2")),
        Goal::Up => ('-', format!("torch.log({quantity})")),
        Goal::Down => ('-', format!("torch.log(1 - {quantity})")),
    };
    let factor = if term.weight == 1.0 { String::new() } else { format!("{} * ", term.weight) };
    (sign, factor + &size)
}

/// The call of a quantity, predicted or computed.
fn told(quantity: Quantity, model: &Model) -> String {
    let (name, domain) = (name(quantity), model.domain());
    match (domain.index(quantity), domain.table()) {
        _ if quantity.is_predicted() => format!("predicted_{name}(z)"),
        (Some(place), Some(_)) => format!("x[{place}]"),
        _ => format!("{name}(x)"),
    }
}

/// The rows in which a search over the numbers of a table stays; none for any other search.
pub(super) fn exact(config: &SearchConfig, model: &Model) -> Option<FeasibleSet> {
    let set = FeasibleSet::of(model, &config.spec, config.space).ok()?;
    set.filter(|_| config.space == Space::Input)
}

/// The constrained sum.
fn summed(constraint: &KeptConstraint, model: &Model) -> String {
    let calls = constraint.quantities.iter().map(|&quantity| told(quantity, model));
    calls.collect::<Vec<_>>().join(" + ")
}

fn holds(constraint: &KeptConstraint, model: &Model) -> String {
    format!("{} {} {}", summed(constraint, model), constraint.relation, constraint.bound)
}
