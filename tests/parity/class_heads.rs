//! Heads of two and of three classes with blanks: outputs, probabilities, loss, gradients and ten steps of Adam, against
//! NumPy.

use crate::fixture::{assert_close, read};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::task::Task;
use latent_explorer::model::heads::card::{HeadCard, HeadOutput, head_layers};
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::nn::head_pass::HeadPass;
use latent_explorer::nn::layer::{Layer, LayerSpec};
use latent_explorer::nn::mlp::Trace;
use latent_explorer::numerics::adam::Adam;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    latent: usize,
    hidden: usize,
    rate: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    levels: Vec<String>,
    parameters: Vec<Vec<f64>>,
    /// `[rows, latent]`.
    z: Vec<f64>,
    /// The index of the class of each row; none where blank.
    target: Vec<Option<f64>>,
    /// `[rows, outputs]`.
    outputs: Vec<f64>,
    /// `[rows, classes]`.
    probabilities: Vec<f64>,
    loss: f64,
    gradient: Vec<Vec<f64>>,
    /// Before each step of Adam.
    losses: Vec<f64>,
    /// The parameters after the last step.
    learned: Vec<Vec<f64>>,
}

impl Case {
    fn layers(&self, fixture: &Fixture) -> Vec<LayerSpec> {
        let logits = self.parameters[3].len();
        head_layers(name(), fixture.latent, &[fixture.hidden], logits)
    }

    fn singles(&self) -> Vec<Vec<f32>> {
        let single = |values: &Vec<f64>| values.iter().map(|&v| v as f32).collect();
        self.parameters.iter().map(single).collect()
    }

    fn z(&self) -> Vec<f32> {
        self.z.iter().map(|&v| v as f32).collect()
    }

    /// The targets as a network learns them, `[rows, outputs]`.
    fn targets(&self) -> Vec<f32> {
        let logits = self.parameters[3].len();
        let first = self.levels.len() - logits;
        let of_row = |class: &Option<f64>| -> Vec<f32> {
            let is = |place: usize| class.map(|class| class == (first + place) as f64);
            (0..logits).map(|k| is(k).map_or(f32::NAN, |is| f32::from(u8::from(is)))).collect()
        };
        self.target.iter().flat_map(of_row).collect()
    }
}

fn name() -> Quantity {
    "kind".parse().unwrap()
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

#[test]
fn losses_and_gradients_of_classes_are_numpys() {
    let fixture: Fixture = read("class_heads");
    for case in &fixture.cases {
        let specs = case.layers(&fixture);
        let parameters = case.singles();
        let layers = Layer::all(&specs, &parameters);
        let (z, rows) = (case.z(), case.target.len());
        let mut trace = Trace::default();
        let outputs = trace.forward(&layers, &z, rows, None);
        assert_close("outputs", &doubles(outputs), &case.outputs, 1e-5);
        let task = Task::Classes(case.levels.clone());
        let mut pass = HeadPass::new(&task, &specs);
        let mut gradient: Vec<Vec<f32>> = parameters.iter().map(|p| vec![0.0; p.len()]).collect();
        let targets = case.targets();
        let known = HeadPass::known(&targets, targets.len() / rows);
        let loss = pass.run(&layers, &z, &targets, known, 1.0, Some((&mut gradient, None)), None);
        assert_close("loss", &[loss], &[case.loss], 1e-5);
        for (ours, theirs) in gradient.iter().zip(&case.gradient) {
            assert_close("gradient", &doubles(ours), theirs, 1e-5);
        }
    }
}

#[test]
fn ten_steps_of_adam_on_classes_are_numpys() {
    let fixture: Fixture = read("class_heads");
    for case in &fixture.cases {
        let specs = case.layers(&fixture);
        let mut parameters = case.singles();
        let mut pass = HeadPass::new(&Task::Classes(case.levels.clone()), &specs);
        let mut gradient: Vec<Vec<f32>> = parameters.iter().map(|p| vec![0.0; p.len()]).collect();
        let mut adam = Adam::<f32>::new(parameters.iter().map(Vec::len), fixture.rate);
        let (z, targets) = (case.z(), case.targets());
        let known = HeadPass::known(&targets, targets.len() / case.target.len());
        let mut losses = Vec::new();
        for _ in &case.losses {
            let layers = Layer::all(&specs, &parameters);
            let into = Some((gradient.as_mut_slice(), None));
            losses.push(pass.run(&layers, &z, &targets, known, 1.0, into, None));
            for (row, (values, gradient)) in parameters.iter_mut().zip(&gradient).enumerate() {
                adam.step(row, values, gradient);
            }
        }
        assert_eq!(losses.len(), 10);
        assert_close("losses", &losses, &case.losses, 1e-5);
        for (ours, theirs) in parameters.iter().zip(&case.learned) {
            assert_close("learned", &doubles(ours), theirs, 1e-5);
        }
    }
}

#[test]
fn probabilities_of_a_head_are_numpys() {
    let fixture: Fixture = read("class_heads");
    for case in &fixture.cases {
        let task = Task::Classes(case.levels.clone());
        let outputs = task.quantities(name().column()).into_iter();
        let outputs = outputs.map(|quantity| HeadOutput::new(quantity, 0.5, 0.5)).collect();
        let numbers = HeadCard::of_numbers(case.layers(&fixture), outputs);
        let card = HeadCard { quantity: name(), task, ..numbers };
        let head = TaskHead::new(card, &case.singles()).unwrap();
        let z = Rows::from_flat(fixture.latent, case.z.clone());
        let found = head.probabilities(&z).unwrap();
        assert_close("probabilities", found.as_flat(), &case.probabilities, 1e-5);
    }
}
