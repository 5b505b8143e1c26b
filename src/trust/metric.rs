//! The lines of a table of metrics: names, explanations, and the better one of two values.

use super::model_metrics::ModelMetrics;
use crate::text;
use crate::text::Text;

/// The label of [`ModelMetrics::reconstruction_error`] on the screen.
pub fn reconstruction_error_label() -> Text {
    text!("Reconstruction error (data units)")
}

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
    pub label: Text,
    /// The value; NaN where it is undefined for this model.
    pub value: f64,
    /// The format.
    pub form: MetricFormat,
    /// The better one of two values.
    pub better: Better,
    /// The meaning and the typical range.
    pub about: Text,
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
        let measure = |name: &str, label: Text, value, form, better, about: Text| Metric {
            name: name.to_owned(),
            label,
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
                reconstruction_error_label(),
                self.reconstruction_error,
                MetricFormat::Number,
                Less,
                text!(
                    "How far shapes that were held out of training are from their reconstructions: squared differences, \
                     summed over the coordinates of a shape, mean over the shapes, in squared units of the data whatever \
                     loss and scaling the model was trained with. Nine families in two dimensions: 0.2 is good, 1.4 is \
                     what PCA reaches, 5 is one mean shape for all."
                ),
            ),
            measure(
                "kl",
                text!("Information (KL), nats"),
                self.kl.unwrap_or(f64::NAN),
                MetricFormat::Number,
                Neither,
                text!(
                    "How much the latent says about a shape, in nats (1.44 bits): KL(q(z|x) || N(0, 1)). High: sharp \
                     shapes, a map with gaps. Near 0: posterior collapse, all shapes look alike. 2 to 5 is usual for two \
                     dimensions. \u{2013} for a model without latent noise."
                ),
            ),
            measure(
                "active_units",
                text!("Active units"),
                count(self.active_units),
                MetricFormat::Count,
                More,
                text!(
                    "Latent dimensions whose mean varies by more than 0.01 (its variance over the data; Burda et al. \
                     2016). The others are inactive. Usual: all of two; fewer when beta is high or there are many \
                     dimensions."
                ),
            ),
            measure(
                "smoothness",
                text!("Change for each unit of z"),
                self.smoothness,
                MetricFormat::Number,
                Neither,
                text!(
                    "How far a shape moves for each unit of z: the median norm of the decoder's Jacobian where data lie. \
                     A map twice as wide halves it, so compare it only between models whose maps are equally wide."
                ),
            ),
            measure(
                "smoothness_per_deviation",
                text!("Change for each deviation"),
                self.smoothness_per_deviation,
                MetricFormat::Number,
                Neither,
                text!(
                    "The same for a step of one standard deviation of the data: models with maps of different widths \
                     compare. Less is smoother, and a collapsed map is the smoothest of all: neither is better by itself."
                ),
            ),
            measure(
                "reachable",
                text!("Families found"),
                count(self.reachable),
                MetricFormat::Count,
                More,
                text!(
                    "Families that own at least 1 % of the valid cells of a 24 x 24 grid over the data: those that can \
                     be found on the map. Usual: all of them."
                ),
            ),
            measure(
                "simple",
                text!("Valid decoded shapes"),
                self.simple,
                MetricFormat::Share,
                More,
                text!(
                    "The share of cells of that grid whose outline does not cross itself. Above 95 % is good; the rest \
                     lies between families, where shapes blend."
                ),
            ),
        ];
        measures.extend(self.families.iter().map(|family| Metric {
            of_family: true,
            ..measure(
                &format!("reconstruction_error_{}", family.name),
                text!("Reconstruction error, {family}", family = &family.name),
                family.reconstruction_error,
                MetricFormat::Number,
                Less,
                text!(
                    "The reconstruction error of this family alone: which shapes a model gives up first."
                ),
            )
        }));
        measures.extend(self.families.iter().map(|family| Metric {
            of_family: true,
            ..measure(
                &format!("share_{}", family.name),
                text!("Share of the map, {family}", family = &family.name),
                family.share,
                MetricFormat::Share,
                Neither,
                text!(
                    "How much of the map belongs to this family: the share of valid cells whose nearest shape is one of \
                     it."
                ),
            )
        }));
        measures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_is_said_only_where_it_is_clear() {
        let measure = |value, form, better| Metric {
            name: String::new(),
            label: Text::default(),
            value,
            form,
            better,
            about: Text::default(),
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
