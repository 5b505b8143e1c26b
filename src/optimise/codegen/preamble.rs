//! The definitions that the code of a search needs, so that it runs.

use super::line::{can_say_outside, joined, name};
use super::pytorch::exact;
use super::table::{self, blocks};
use crate::data::quantity::Quantity;
use crate::model::Model;
use crate::model::card::StartDistribution;
use crate::model::density::Density;
use crate::model::heads::card::HeadCard;
use crate::model::heads::head::MIN_SQUARE;
use crate::model::heads::reading::{ClassReading, HeadReading};
use crate::nn::activation::Activation;
use crate::nn::layer::LayerSpec;
use crate::optimise::{Method, Rule, SearchConfig, Starts};

/// The definitions for the code of [`pytorch`](super::pytorch): the frozen model from its `file`, and the quantities.
/// Both together are a complete script.
pub fn preamble(config: &SearchConfig, model: &Model, file: &str) -> Vec<String> {
    let spec = &config.spec;
    let mut lines: Vec<String> = Vec::new();
    let mut say = |text: &str| lines.extend(text.lines().map(str::to_owned));
    say("import json, math, torch");
    match config.method {
        Method::CmaEs => say("import cma"),
        _ if config.plateau.is_some() && Rule::from_method(config.method).is_some() => {
            say("from torch.optim.lr_scheduler import ReduceLROnPlateau");
        }
        _ => (),
    }
    say("from safetensors import safe_open\n\n");
    // A JSON string is also a Python literal.
    say(&format!("file = safe_open({}, \"pt\")", serde_json::Value::from(file)));
    say(
        "w = {name: file.get_tensor(name) for name in file.keys() if name.endswith((\".weight\", \".bias\"))}\n\
         header = json.loads(file.metadata()[\"latent-explorer\"])\n\
         offset, scale = (torch.tensor(header[\"card\"][\"scaling\"][k]) for k in (\"offset\", \"scale\"))",
    );
    match (&config.starts, &model.card.start) {
        (Starts::Stated, StartDistribution::Normal { .. }) => {
            say("stated = header[\"card\"][\"start\"][\"normal\"]\n\
                 mean, std = torch.tensor(stated[\"mean\"]), torch.tensor(stated[\"std\"])");
        }
        (
            Starts::Stated,
            start @ (StartDistribution::Mixture(_) | StartDistribution::ClampedMixture(_)),
        ) => {
            let clamped = matches!(start, StartDistribution::ClampedMixture(_));
            let key = if clamped { "clamped_mixture" } else { "mixture" };
            say(&format!("stated = header[\"card\"][\"start\"][\"{key}\"]"));
            say(
                "weights, means = torch.tensor(stated[\"weights\"]), torch.tensor(stated[\"means\"])\n\
                 factors = torch.zeros(*means.shape, means.shape[1])\n\
                 rows, columns = torch.tril_indices(means.shape[1], means.shape[1])\n\
                 factors[:, rows, columns] = torch.tensor(stated[\"factors\"])  # Cholesky factors of the covariances",
            );
        }
        _ => (),
    }
    say(&format!(
        "torch.manual_seed({})  # draws other starts than the program's own",
        config.seed
    ));
    say("\n\ndef dense(x, name):\n    return x @ w[name + \".weight\"].T + w[name + \".bias\"]");
    let chain = |side: &str| -> String {
        let layers = model.card.layers.iter().filter(|layer| layer.name.starts_with(side));
        layers.map(|layer| format!("    h = {}\n{}", dense(layer, "h"), blocks(layer))).collect()
    };
    let [units, network] = match model.domain().table() {
        None => ["h * scale + offset", "(x - offset) / scale"],
        Some(_) => {
            say(&table::units(model));
            ["units(h)", "network(x)"]
        }
    };
    say(&format!("\n\ndef decode(z):\n    h = z\n{}    return {units}", chain("decoder")));
    say(&format!(
        "\n\ndef encode(x):\n    h = {network}\n{}    return {}",
        chain("encoder"),
        model
            .card
            .layers
            .iter()
            .find(|layer| layer.name == "mu")
            .map_or_else(String::new, |mu| dense(mu, "h"))
    ));
    if let Some(exact) = exact(config, model) {
        say(&table::projection(&exact));
    }
    if spec.inside > 0.0 && can_say_outside(model) {
        let (centres, matrix) = model.density().kernels();
        let level = model.density().level(spec.predicts());
        let far =
            format!("torch.relu(math.log(len(data)) - torch.logsumexp(-squares, 0) - {level})");
        let softness = Density::softness(spec.predicts());
        let outside = match softness > 0.0 {
            true => format!(
                "far = {far}\n    return far - {softness} / 2 + torch.relu({softness} - far) ** 2 / (2 * {softness})"
            ),
            false => format!("return {far}"),
        };
        let share = if spec.predicts() { "three in four" } else { "nine in ten" };
        let count = centres.len();
        let rows = matrix.iter().map(|row| format!("[{}]", joined(row, ", ")));
        let matrix = rows.collect::<Vec<_>>().join(", ");
        say(&format!(
            "\n\nto_kernel = torch.tensor([{matrix}])  # whitens, and divides by the bandwidth\n\
             data = file.get_tensor(\"encoded.mu\")[file.get_tensor(\"encoded.held_out\") == 0]\n\
             data = data[[i * len(data) // {count} for i in range({count})]]\n\n\n\
             def outside(z):  # nats below the density that {share} held-out points have\n    \
             squares = ((z - data) @ to_kernel).square().sum(1)\n    \
             {outside}"
        ));
    }
    let (mut by_head, measured): (Vec<Quantity>, Vec<Quantity>) =
        spec.quantities().partition(|quantity| quantity.is_predicted());
    if !measured.is_empty() && model.domain().table().is_none() {
        say("\n\ndef area(x):\n    \
             a, b = x.view(-1, 2), x.view(-1, 2).roll(-1, 0)\n    \
             return (a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]).sum() / 2");
        say("\n\ndef perimeter(x):\n    \
             a, b = x.view(-1, 2), x.view(-1, 2).roll(-1, 0)\n    \
             return ((b - a).square().sum(1) + 1e-12).sqrt().sum()");
    }
    for (quantity, formula) in [
        (Quantity::ROUNDNESS, "4 * math.pi * area(x) / perimeter(x) ** 2"),
        (Quantity::HEAT_SHEDDING, "perimeter(x) / area(x)"),
    ] {
        if measured.contains(&quantity) {
            say(&format!("\n\ndef {}(x):\n    return {formula}", name(quantity)));
        }
    }
    by_head.sort();
    by_head.dedup();
    for quantity in by_head {
        let Some(head) = model.head(quantity) else { continue };
        let Ok((reading, unit)) = head.reading(quantity) else { continue };
        let read = read(&reading, unit, &head.card);
        let name = name(quantity);
        if head.card.members == 1 {
            let layers = head.card.layers.iter();
            let chain: String =
                layers.map(|layer| format!("    h = {}\n", dense(layer, "h"))).collect();
            say(&format!("\n\ndef predicted_{name}(z):\n    h = z\n{chain}    return {read}"));
            continue;
        }
        let prefix = format!("head.{}.", head.card.quantity.name());
        let of_any = |layer: &LayerSpec| {
            let place = layer.name.strip_prefix(&prefix).unwrap_or_default();
            activated(format!("dense(h, \"{prefix}\" + member + \"{place}\")"), layer.activation)
        };
        let layers = head.card.layers.iter();
        let chain: String =
            layers.map(|layer| format!("        h = {}\n", of_any(layer))).collect();
        let members =
            (1..head.card.members).map(|k| format!(", \"member{k}.\"")).collect::<String>();
        say(&format!(
            "\n\ndef members_{name}(z):\n    each = []\n    for member in [\"\"{members}]:\n        h = z\n\
             {chain}        each.append({read})\n    return torch.stack(each)\n\n\n\
             def predicted_{name}(z):\n    return members_{name}(z).mean(0)"
        ));
        if spec.cautious {
            say(&format!(
                "\n\ndef spread_{name}(z):  # how far the members are apart\n    \
                 return (members_{name}(z).var(0, correction=0) + {}).sqrt()",
                MIN_SQUARE * unit[1] * unit[1]
            ));
        }
    }
    say("\n");
    lines
}

/// The quantity that is read from the outputs `h` of a member.
fn read(reading: &HeadReading, [offset, scale]: [f64; 2], card: &HeadCard) -> String {
    match reading {
        HeadReading::Output(_) if card.outputs.len() == 1 => {
            format!("h.squeeze() * {scale} + {offset}")
        }
        HeadReading::Output(index) => format!("h[..., {index}] * {scale} + {offset}"),
        HeadReading::Classes(ClassReading { set, temperature }) => {
            if card.outputs.len() == 2 {
                let sign = if set.contains(1) { "" } else { "-" };
                return format!("torch.sigmoid({sign}h.squeeze() / {temperature})");
            }
            let classes: Vec<String> = set.classes().map(|class| class.to_string()).collect();
            let classes = classes.join(", ");
            format!("torch.softmax(h / {temperature}, -1)[..., [{classes}]].sum(-1)")
        }
    }
}

fn dense(layer: &LayerSpec, input: &str) -> String {
    activated(format!("dense({input}, \"{}\")", layer.name), layer.activation)
}

fn activated(affine: String, activation: Activation) -> String {
    match activation {
        Activation::Linear => affine,
        Activation::Relu => format!("torch.relu({affine})"),
        Activation::LeakyRelu(slope) => {
            format!("torch.nn.functional.leaky_relu({affine}, {slope})")
        }
        Activation::Tanh => format!("torch.tanh({affine})"),
        Activation::Sigmoid => format!("torch.sigmoid({affine})"),
        Activation::Silu => format!("torch.nn.functional.silu({affine})"),
        Activation::Gelu => format!("torch.nn.functional.gelu({affine})"),
        Activation::Softplus => format!("torch.nn.functional.softplus({affine})"),
    }
}
