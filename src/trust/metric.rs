//! The lines of a table of metrics: names, explanations, and the better one of two values.

use super::model_metrics::ModelMetrics;

/// The label of [`ModelMetrics::reconstruction_error`] on the screen.
pub const RECONSTRUCTION_ERROR: &str = "Reconstruction error (data units)";

/// The least relative difference between two clearly different metrics: a smaller one can result from another seed.
const CLEAR: f64 = 0.05;

/// The format of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricFormat {
    /// A number with three digits.
    Number,
    /// A whole number.
    Count,
    /// A share of 1, in per cent.
    Share,
}

/// The better one of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The smaller one.
    Less,
    /// The larger one.
    More,
    /// Neither: this depends on the purpose.
    Neither,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The name of the column in a file.
    pub name: String,
    /// The label on the screen.
    pub label: String,
    /// The value; NaN where it is undefined for this model.
    pub value: f64,
    /// The format.
    pub form: MetricFormat,
    /// The better one of two values.
    pub better: Better,
    /// The meaning and the typical range.
    pub about: &'static str,
    of_family: bool,
}

impl Metric {
    /// Returns whether the metric belongs to one family, not to the whole model.
    pub fn is_of_family(&self) -> bool {
        self.of_family
    }

    /// The index of the clearly better one of two metrics with the same name, 0 or 1; none if the difference is not
    /// clear.
    pub fn clearly_better(first: &Self, second: &Self) -> Option<usize> {
        let (a, b) = (first.value, second.value);
        let room =
            if first.form == MetricFormat::Count { 0.0 } else { CLEAR * a.abs().max(b.abs()) };
        let differ = (a - b).abs() > room;
        let second_is_less = usize::from(b < a);
        match first.better {
            Better::Less if differ => Some(second_is_less),
            Better::More if differ => Some(1 - second_is_less),
            _ => None,
        }
    }
}

impl ModelMetrics {
    /// The lines of the table: first for the whole model, then for each family.
    pub fn measures(&self) -> Vec<Metric> {
        use Better::{Less, More, Neither};
        let measure = |name: &str, label: &str, value, form, better, about| Metric {
            name: name.to_owned(),
            label: label.to_owned(),
            value,
            form,
            better,
            about,
            of_family: false,
        };
        let count = |n: usize| n as f64;
        let mut measures = vec![
            measure(
                "reconstruction_error",
                RECONSTRUCTION_ERROR,
                self.reconstruction_error,
                MetricFormat::Number,
                Less,
                ERROR,
            ),
            measure(
                "kl",
                "Information (KL), nats",
                self.kl.unwrap_or(f64::NAN),
                MetricFormat::Number,
                Neither,
                KL,
            ),
            measure(
                "active_units",
                "Active units",
                count(self.active_units),
                MetricFormat::Count,
                More,
                ACTIVE,
            ),
            measure(
                "smoothness",
                "Change for each unit of z",
                self.smoothness,
                MetricFormat::Number,
                Neither,
                SMOOTH,
            ),
            measure(
                "smoothness_per_deviation",
                "Change for each deviation",
                self.smoothness_per_deviation,
                MetricFormat::Number,
                Neither,
                SMOOTH_PER_DEVIATION,
            ),
            measure(
                "reachable",
                "Families found",
                count(self.reachable),
                MetricFormat::Count,
                More,
                REACHABLE,
            ),
            measure("simple", "Simple cells", self.simple, MetricFormat::Share, More, SIMPLE),
        ];
        measures.extend(self.families.iter().map(|family| Metric {
            name: format!("reconstruction_error_{}", family.name),
            label: format!("Reconstruction error, {}", family.name),
            of_family: true,
            ..measure("", "", family.reconstruction_error, MetricFormat::Number, Less, ERROR_FAMILY)
        }));
        measures.extend(self.families.iter().map(|family| Metric {
            name: format!("share_{}", family.name),
            label: format!("Share of the map, {}", family.name),
            of_family: true,
            ..measure("", "", family.share, MetricFormat::Share, Neither, SHARE)
        }));
        measures
    }
}

const ERROR: &str = "How far shapes that were held out of training are from their reconstructions: squared differences, \
     summed over the numbers of a shape, mean over the shapes, in squared units of the data whatever loss and scaling \
     the model was trained with. Nine families in two numbers: 0.2 is good, 1.4 is what PCA reaches, 5 is one mean shape for all.";
const KL: &str = "How much the latent says about a shape, in nats (1.44 bits): KL(q(z|x) || N(0, 1)). High: sharp \
     shapes, a map with gaps. Near 0: the latent has collapsed and all shapes look alike. 2 to 5 is usual for two \
     numbers. – for a model without latent noise.";
const ACTIVE: &str = "Numbers of the latent whose mean varies by more than 0.01 (its variance over the data; Burda et \
     al. 2016). The others say nothing. Usual: all of them for two; fewer when beta is high or the latent is wide.";
const SMOOTH: &str = "How far a shape moves for each unit of z: the median norm of the decoder's Jacobian where data \
     lie. A latent twice as wide halves it, so compare it only between models whose maps are equally wide.";
const SMOOTH_PER_DEVIATION: &str = "The same for a step of one standard deviation of the data: models with maps of \
     different widths compare. Less is smoother, and a collapsed map is the smoothest of all: neither is better \
     by itself.";
const REACHABLE: &str = "Families that own at least 1 % of the valid cells of a 24 x 24 grid over the data: those \
     that can be found on the map. Usual: all of them.";
const SIMPLE: &str = "The share of cells of that grid whose outline does not cross itself. Above 95 % is good; the \
     rest lies between families, where shapes blend.";
const ERROR_FAMILY: &str =
    "The reconstruction error of this family alone: which shapes a model gives up first.";
const SHARE: &str = "How much of the map belongs to this family: the share of valid cells whose nearest shape is \
     one of it.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_is_said_only_where_it_is_clear() {
        let measure = |value, form, better| Metric {
            name: String::new(),
            label: String::new(),
            value,
            form,
            better,
            about: "",
            of_family: false,
        };
        for (a, b, form, better, expected) in [
            (0.20, 0.30, MetricFormat::Number, Better::Less, Some(0)),
            (0.30, 0.20, MetricFormat::Number, Better::Less, Some(1)),
            (0.200, 0.205, MetricFormat::Number, Better::Less, None),
            (0.95, 0.80, MetricFormat::Share, Better::More, Some(0)),
            (8.0, 9.0, MetricFormat::Count, Better::More, Some(1)),
            (99.0, 100.0, MetricFormat::Count, Better::More, Some(1)),
            (9.0, 9.0, MetricFormat::Count, Better::More, None),
            (1.0, 9.0, MetricFormat::Number, Better::Neither, None),
            (f64::NAN, 9.0, MetricFormat::Number, Better::Less, None),
            (9.0, f64::NAN, MetricFormat::Number, Better::More, None),
        ] {
            let [a, b] = [a, b].map(|value| measure(value, form, better));
            assert_eq!(Metric::clearly_better(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}
