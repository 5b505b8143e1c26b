//! The definitions of a model of a table: units, output blocks, and what must hold of a row.

use super::line::joined;
use crate::model::Model;
use crate::nn::layer::LayerSpec;
use crate::nn::output_block::OutputBlock;
use crate::objective::FeasibleSet;

/// The functions between the units of the network and those of the file.
pub(super) fn units(model: &Model) -> String {
    format!(
        "\n\nlogarithmic = {:?}  # columns that the network reads by their logarithm\n\n\n\
         def units(h):\n    x = h * scale + offset\n    x[logarithmic] = x[logarithmic].exp()\n    return x\n\n\n\
         def network(x):\n    h = x.clone()\n    h[logarithmic] = h[logarithmic].log()\n    \
         return (h - offset) / scale",
        model.card.scaling.logarithmic()
    )
}

/// The activations of the blocks of a layer's outputs, as a line; empty without blocks.
pub(super) fn blocks(layer: &LayerSpec) -> String {
    let mut end = 0;
    let part = |block: &OutputBlock| {
        let begin = end;
        end += block.width();
        match block {
            OutputBlock::Linear(_) => format!("h[{begin}:{end}]"),
            OutputBlock::Floored(floors) => {
                let floors = format!("torch.tensor({floors:?})");
                format!("{floors} + torch.nn.functional.softplus(h[{begin}:{end}] - {floors}, 10)")
            }
            OutputBlock::Sigmoid(_) => format!("torch.sigmoid(h[{begin}:{end}])"),
            OutputBlock::Softmax(_) => format!("torch.softmax(h[{begin}:{end}], 0)"),
            OutputBlock::Shares(ends) => {
                let (none, reach): (Vec<f32>, Vec<f32>) =
                    ends.iter().map(|[f, r]| (*f, *r)).unzip();
                let tensor = |values: &[f32]| format!("torch.tensor({values:?})");
                let probabilities = format!("torch.softmax(h[{begin}:{end}], 0)");
                format!("{} + {} * {probabilities}", tensor(&none), tensor(&reach))
            }
        }
    };
    let parts: Vec<String> = layer.blocks.iter().map(part).collect();
    match parts.as_slice() {
        [] => String::new(),
        parts => format!("    h = torch.cat([{}])\n", parts.join(", ")),
    }
}

/// The function that moves a point to the nearest one that keeps what must hold.
pub(super) fn projection(exact: &FeasibleSet) -> String {
    let [low, high] = exact.ends().map(|ends| {
        let given = ends.iter().enumerate().filter(|(_, end)| end.is_finite());
        let (places, ends): (Vec<usize>, Vec<f64>) = given.map(|(k, &end)| (k, end)).unzip();
        format!("{places:?}] = torch.tensor([{}])", joined(&ends, ", "))
    });
    let sums: Vec<String> =
        exact.sums().map(|(places, total)| format!("({places:?}, {total:?})")).collect();
    format!(
        "\n\nlow, high = torch.full_like(scale, -math.inf), torch.full_like(scale, math.inf)  # in network units\n\
         low[{low}\nhigh[{high}\n\
         sums = [{}]  # places, and the sum of scale * s over them\n\n\n\
         def project(s):  # the nearest point within these (Held, Wolfe & Crowder 1974)\n    \
         s = s.detach().clone()\n    \
         for places, total in sums:\n        \
         p, w, ends = s[places].double(), scale[places].double(), (low[places], high[places])\n        \
         less, more = -1e6, 1e6\n        \
         for _ in range(100):  # the shift at which they add up\n            \
         shift = (less + more) / 2\n            \
         moved = (p - shift * w).clamp(*ends)\n            \
         less, more = (shift, more) if (w * moved).sum() > total else (less, shift)\n        \
         s[places] = moved.float()\n    \
         return s.clamp(low, high)",
        sums.join(", ")
    )
}
