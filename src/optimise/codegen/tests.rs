use super::{CodeLine, command_line, preamble, pytorch};
use crate::data::quantity::Quantity;
use crate::model::bundled::BUNDLED;
use crate::numerics::random::{Purpose, stream};
use crate::objective::test_table::table_model;
use crate::objective::{ColumnConstraint, Goal, ObjectiveSpec, Space};
use crate::optimise::step_through::UpdateStage;
use crate::optimise::{Method, Plateau, SearchConfig, Starts};

fn code(config: &SearchConfig) -> String {
    let model = BUNDLED[0].load().unwrap();
    let lines = pytorch(config, &model);
    lines.into_iter().map(|line| line.text + "\n").collect()
}

fn plain(spec: ObjectiveSpec) -> SearchConfig {
    SearchConfig { spec, plateau: None, patience: None, ..SearchConfig::default() }
}

#[test]
fn the_usual_search_is_a_page_and_every_stage_has_its_line() {
    let model = BUNDLED[0].load().unwrap();
    let config = SearchConfig::default();
    let lines = pytorch(&config, &model);
    assert!(lines.len() <= 22 && lines.iter().all(|line| line.text.len() < 96), "{lines:#?}");
    for (stage, part) in [
        (UpdateStage::Value, "loss = -roundness(x)"),
        (UpdateStage::Gradient, "loss.backward()"),
        (UpdateStage::Memory, "optimizer.step()"),
        (UpdateStage::Correction, "m_hat"),
        (UpdateStage::Move, "z = z - lr"),
        (UpdateStage::Plateau, "scheduler.step(loss.item())"),
        (UpdateStage::End, "waited >= 50: break"),
    ] {
        let is_there = |line: &CodeLine| line.stage == Some(stage) && line.text.contains(part);
        assert!(lines.iter().any(is_there), "{stage:?}");
    }
    let text = code(&config);
    for part in [
        "torch.randn(50, 2)",
        "Adam([z], lr=0.1)",
        "ReduceLROnPlateau(optimizer, factor=0.1, patience=20)",
        "range(500 + 1)",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn every_setting_has_its_words() {
    let terms = ["roundness:max:weight=2", "area:target=2.5", "perimeter:min:weight=0.5"];
    let spec = ObjectiveSpec {
        terms: terms.iter().map(|term| term.parse().unwrap()).collect(),
        l2: 0.01,
        align: 3.0,
        inside: 10.0,
        constraints: vec!["area>=0.5".parse().unwrap()],
        ..ObjectiveSpec::default()
    };
    let text = code(&plain(spec.clone()));
    for part in [
        "loss = -2 * roundness(x) + (area(x) - 2.5) ** 2 + 0.5 * perimeter(x)\n",
        "+ 0.01 * z.square().sum()",
        "+ 3 * (encode(x) - z).square().sum()",
        "+ 10 * outside(z)",
        "* torch.relu(0.5 - area(x))  # area>=0.5",
        "if loss < best and area(x) > 0 and area(x) >= 0.5: best",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("scheduler") && !text.contains("waited"), "{text}");
    let by_head = code(&plain(ObjectiveSpec::new(Quantity::AREA.as_predicted(), Goal::Min)));
    assert!(by_head.contains("loss = predicted_area(z)") && !by_head.contains("x = decode(z)"));
    let input = code(&SearchConfig { space: Space::Input, ..plain(spec) });
    for part in ["Adam([s], lr=0.01)", "x = s * scale + offset", "(encode(decode(z)) - z)"] {
        assert!(input.contains(part), "{part} is not in\n{input}");
    }
    for (method, part) in [
        (Method::Gradient, "torch.optim.SGD([z], lr=0.1)"),
        (Method::Momentum, "momentum=0.9"),
        (Method::Lbfgs, "torch.optim.LBFGS"),
        (Method::CmaEs, "cma.CMAEvolutionStrategy"),
        (Method::Random, "loss_of(z)"),
    ] {
        let text = code(&SearchConfig { method, ..plain(ObjectiveSpec::default()) });
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn the_ground_holds_what_the_search_calls() {
    let model = BUNDLED[0].load().unwrap();
    let spec =
        ObjectiveSpec { inside: 10.0, ..ObjectiveSpec::new(Quantity::HEAT_SHEDDING, Goal::Max) };
    let config = plain(spec);
    let ground = preamble(&config, &model, "my \"model\".safetensors").join("\n");
    for part in [
        "safe_open(\"my \\\"model\\\".safetensors\", \"pt\")",
        "def decode(z):",
        "h = torch.relu(dense(h, \"decoder.0\"))",
        "def encode(x):",
        "def area(x):",
        "def heat_shedding(x):",
        "i * len(data) // 256",
        "def outside(z):",
    ] {
        assert!(ground.contains(part), "{part} is not in\n{ground}");
    }
    assert!(!ground.contains("def roundness") && !ground.contains("ReduceLROnPlateau"));
    assert!(code(&config).contains("if area(x) <= 0.0"), "where it means nothing");
}

#[test]
fn a_command_line_has_what_differs_from_the_usual() {
    let model = BUNDLED[0].load().unwrap();
    let usual = command_line(&SearchConfig::default(), &model, "m.safetensors");
    let expected = "latent-explorer optimise --model m.safetensors --property roundness --mode max --out best.json";
    assert_eq!(usual, expected);
    let spec = ObjectiveSpec {
        terms: vec!["area:target=2.5".parse().unwrap(), "predicted:roundness:max".parse().unwrap()],
        inside: 0.5,
        constraints: vec!["area>=0.5".parse().unwrap()],
        ..ObjectiveSpec::default()
    };
    let config = SearchConfig {
        spec,
        method: Method::Momentum,
        space: Space::Input,
        input_rate: 0.02,
        starts: Starts::Around { points: vec![vec![0.5, -1.25]], spread: 0.0 },
        restarts: 1,
        seed: 7,
        plateau: Some(Plateau { factor: 0.5, ..Plateau::default() }),
        patience: None,
        ..SearchConfig::default()
    };
    let line = command_line(&config, &model, "it's mine.safetensors");
    assert_eq!(
        line,
        "printf '%s\\n' 0.5,-1.25 > starts.csv\n\
         latent-explorer optimise --model \"it's mine.safetensors\" --term area:target=2.5 \
         --term predicted:roundness:max --inside 0.5 --constraint \"area>=0.5\" \
         --method momentum --space input --starts starts.csv --input-lr 0.02 --seed 7 \
         --plateau-factor 0.5 --patience 0 --out best.json"
    );
}

#[test]
fn over_the_numbers_of_a_table_the_code_keeps_what_must_hold() {
    let model = table_model(&mut stream(5, Purpose::Starts, 0, 0));
    let spec = ObjectiveSpec {
        columns: vec![
            ColumnConstraint::lock("lattice=fcc").unwrap(),
            ColumnConstraint::bound("0<=a<=1").unwrap(),
            ColumnConstraint::sum("b+c=2").unwrap(),
        ],
        ..ObjectiveSpec::new("computed:a".parse().unwrap(), Goal::Max)
    };
    let of = |space: Space| {
        let config = SearchConfig { space, ..plain(spec.clone()) };
        let lines = pytorch(&config, &model).into_iter().map(|line| line.text);
        preamble(&config, &model, "m").into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    };
    let input = of(Space::Input);
    for part in [
        "h = torch.cat([h[0:1], torch.tensor([",
        "torch.nn.functional.softplus(h[1:2] - torch.tensor([",
        "h[2:3], torch.softmax(h[3:6], 0), h[6:7]])",
        "logarithmic = [2]",
        "low[[0, 1, 3, 4, 5]] = torch.tensor(",
        "sums = [([3, 4, 5], 1.0), ([1, 6], ",
        "s = project(network(decode(start)))",
        "x = units(s)",
        "loss = -x[0]\n",
        "s.copy_(project(s))",
    ] {
        assert!(input.contains(part), "{part} is not in\n{input}");
    }
    assert!(!input.contains("relu(0") && !input.contains("def area"), "{input}");
    let latent = of(Space::Latent);
    for part in ["torch.relu(0.5 - x[4])", "x[1] + x[6]", "x = decode(z)"] {
        assert!(latent.contains(part), "{part} is not in\n{latent}");
    }
    assert!(!latent.contains("project"), "{latent}");
}
