//! A report as one page of HTML: without scripts, and complete in one file.

use super::contents::{CANDIDATES, CURVES, MAP, Report};
use super::drawing::{outline, picture};
use crate::error::Result;
use crate::explore::colour::Palette;
use crate::explore::{grouped, three_digits};
use crate::export::pictures::chart::Chart;
use crate::export::pictures::map::PictureSize;
use crate::model::Value;
use crate::model::format::checkpoint::FORMAT;
use crate::objective::{Goal, ObjectiveSpec};
use crate::optimise::codegen::command_line;
use crate::optimise::{LabResults, RestartReport, SearchReport};
use crate::trust::{PredictionChecks, Reliability, Verdict, Warning, warnings_of};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;

pub(super) const STYLE: &str = include_str!("style.css");

impl Report<'_> {
    /// The page.
    ///
    /// # Errors
    /// Only when a picture cannot be made.
    pub fn html(&self) -> Result<String> {
        let map = self.map()?;
        let version = env!("CARGO_PKG_VERSION");
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title()) }
                    style { (PreEscaped(STYLE)) }
                }
                body { main {
                    h1 { (self.title()) }
                    p.weak {
                        "Model " (self.name) ". Written by Latent Explorer " (version)
                        ", checkpoint format " (FORMAT) "."
                    }
                    @if let Some((search, found)) = self.answered() { (self.answer(search, found)) }
                    (self.map_section(&map))
                    @if let Some(search) = self.search { (search_section(search)) }
                    (self.baselines())
                    (self.data())
                    (self.training())
                    (self.again())
                } }
            }
        };
        Ok(page.into_string())
    }

    fn title(&self) -> String {
        match (self.answered(), self.search) {
            (Some((search, found)), _) => {
                let (label, value) = (search.config.spec.label(), found.answer.value());
                let kind = if value.prediction().is_some() { "predicted " } else { "" };
                format!("{label} {kind}{}, {}", value.text(), found.verdict.word())
            }
            (None, Some(search)) => format!("{}: no answer", search.config.spec.label()),
            (None, None) => format!("The model {}", self.name),
        }
    }

    fn answer(&self, search: &SearchReport, found: &RestartReport) -> Markup {
        let nearest = found.answer.nearest;
        let ghost = nearest.map(|(row, _)| self.model.training_outline(row));
        let gain = found.answer.gained();
        let remark = found.verdict.prediction_checks.as_ref().and_then(PredictionChecks::remark);
        html! {
            h2 { "The answer" }
            p { "Sought: " (sought(&search.config.spec)) "." }
            p class=(format!("verdict {}", class(&found.verdict))) { b { "\u{25cf}" } (found.verdict.sentence()) }
            @if let Some(remark) = remark { p { (remark) } }
            div.answer {
                figure {
                    (outline(&found.decoded, ghost.as_deref(), "The outline of the answer"))
                    figcaption { "The outline; dashed, the nearest training shape." }
                }
                div {
                    table {
                        thead { tr {
                            th { "Property" } th.number { "Predicted, and its 90 % interval" }
                            th.number { "Computed on the shape" } th.number { "After the round trip" }
                        } }
                        tbody { @for term in &found.answer.terms { tr {
                            th { (self.model.title(term.property)) }
                            td.number { (term.prediction().map_or("no head".to_owned(), |p| p.text())) }
                            td.number { (term.measured.map_or("cannot be".to_owned(), three_digits)) }
                            td.number { (term.returned.map_or("\u{2013}".to_owned(), three_digits)) }
                        } } @for check in found.bounded() { tr {
                            th { (self.model.title(check.property)) ", bounded" }
                            td.number { (check.prediction.text()) }
                            td.number { "cannot be" } td.number { "\u{2013}" }
                        } } }
                    }
                    @for term in &found.answer.terms {
                        @if let Some(why) = term.measured.and_then(|value| term.property.outside_domain(value)) { p.doubtful { (why) } }
                    }
                    (trust(&found.verdict))
                    dl.settings {
                        @if search.config.spec.is_penalised() {
                            (pair("Objective (minus the loss, penalties included)", &three_digits(found.restart.best_objective())))
                        }
                        @if let Some(data) = &search.in_data {
                            (pair("Best of the data", &three_digits(data.value)))
                        }
                        @if let Some(gain) = gain { (pair(&gain.title("Improvement on it"), &gain.text())) }
                        @if let Some((row, distance)) = nearest {
                            (pair("Nearest training shape", &self.kind(row)))
                            (pair("Its distance in the latent", &three_digits(distance)))
                        }
                        (pair("Latent point", &point(found.restart.best_z())))
                    }
                }
            }
        }
    }

    /// `circle, row 12`, or `circle, n0012 (row 12)`.
    fn kind(&self, row: usize) -> String {
        let encoded = &self.model.encoded;
        let label =
            encoded.labels.get(row).and_then(|&label| encoded.names.get(usize::from(label)));
        format!("{}, {}", label.map_or("shape", String::as_str), self.model.row_title(row))
    }

    fn map_section(&self, [light, dark]: &[String; 2]) -> Markup {
        let (what, caption) = match self.search {
            Some(_) => (
                "The map of the latent space with the ways of the search",
                "Colour is the property at every place. White ways begin at a dot and end in a ring, without an answer \
                 in a cross; the star is the best answer that can be believed. Fog lies where the model has no data, \
                 hatching where outlines cross themselves.",
            ),
            None => (
                "The map of the latent space",
                "Colour is the property at every place, lines are the shapes that places decode to. Fog lies where the \
                 model has no data, hatching where outlines cross themselves.",
            ),
        };
        html! {
            h2 { "The map" }
            figure { (picture([light, dark], MAP, what)) figcaption { (caption) } }
        }
    }

    fn baselines(&self) -> Markup {
        let measure = |error: f64| three_digits(error);
        let answered = self.answered();
        html! {
            h2 { "What it has to beat" }
            table {
                thead { tr { th { "Rival" } th { "Compared by" } th.number { "Of the rival" } th.number { "Here" } } }
                tbody {
                    @if let Some((search, found)) = answered { @if let Some(data) = &search.in_data { tr {
                        td { "The best training shape (" (self.kind(data.row)) ")" }
                        td { (search.config.spec.label()) }
                        td.number { (three_digits(data.value)) @if found.answer.value().prediction().is_some() { ", as measured" } }
                        td.number { (found.answer.value().title(&found.answer.value().text())) }
                    } } }
                    @if let Some(pca) = &self.pca {
                        tr {
                            td { "PCA with as many numbers" }
                            td { "Reconstruction error (data units) of " (pca.scope()) }
                            td.number { (measure(pca.reconstruction_error)) }
                            td.number { (measure(self.metrics.reconstruction_error)) }
                        }
                        tr {
                            td { "PCA with as many numbers" }
                            td { "Families that can be found in the map" }
                            td.number { (pca.reachable) " of " (pca.families.len()) }
                            td.number { (self.metrics.reachable) " of " (self.metrics.families.len()) }
                        }
                    }
                }
            }
            @if self.pca.is_none() && answered.is_none() { p.weak { "No rival was measured." } }
        }
    }

    fn data(&self) -> Markup {
        let encoded = &self.model.encoded;
        let held = encoded.held_out.iter().filter(|held| **held).count();
        let metrics = &self.metrics;
        let of_label = |index: usize| {
            let rows =
                (0..encoded.labels.len()).filter(|&row| usize::from(encoded.labels[row]) == index);
            rows.fold((0, 0), |(all, out), row| (all + 1, out + usize::from(encoded.held_out[row])))
        };
        let error =
            |index: usize| metrics.families.get(index).map_or(f64::NAN, |f| f.reconstruction_error);
        html! {
            h2 { "The data, and how well they are reconstructed" }
            p {
                (grouped(encoded.mu.len())) " shapes, of which " (grouped(held)) " were held out of training. The \
                reconstruction error is the sum of squared differences of all coordinates in data units, the mean over " (metrics.scope())
                ": " b { (three_digits(metrics.reconstruction_error)) } "."
            }
            table {
                thead { tr {
                    th { "Kind" } th.number { "Shapes" } th.number { "Held out" } th.number { "Reconstruction error" }
                    th.number { "Share of the map" }
                } }
                tbody { @for (index, name) in encoded.names.iter().enumerate() {
                    @let (all, held) = of_label(index);
                    tr {
                        td { (name) } td.number { (grouped(all)) } td.number { (grouped(held)) }
                        td.number { (three_digits(error(index))) }
                        td.number { (share(metrics.families.get(index).map_or(f64::NAN, |f| f.share))) }
                    }
                } }
            }
            h3 { "Where they come from" }
            (settings(&self.model.card.source))
        }
    }

    fn training(&self) -> Markup {
        let (card, metrics) = (&self.model.card, &self.metrics);
        let curves = [&Palette::LIGHT, &Palette::DARK].map(|palette| {
            Chart::losses(&card.history, palette).svg(&PictureSize { pixels: CURVES, palette })
        });
        let layers =
            card.layers.iter().map(|l| format!("{} {}\u{2192}{}", l.name, l.inputs, l.outputs));
        html! {
            h2 { "The model, and how it was trained" }
            dl.settings {
                (pair("Numbers of the latent", &self.model.latent_dim().to_string()))
                (pair("Active of them", &metrics.active_units.to_string()))
                @if let Some(kl) = metrics.kl { (pair("KL in nats", &three_digits(kl))) }
                (pair("Smoothness (less is smoother)", &three_digits(metrics.smoothness)))
                (pair("Cells with a clean outline", &share(metrics.simple)))
                (pair("Families that can be found", &format!("{} of {}", metrics.reachable, metrics.families.len())))
            }
            @for Warning { what, remedy } in warnings_of(&self.model, metrics) {
                p { b.doubtful { (what) ". " } (remedy) }
            }
            @if !card.history.is_empty() {
                figure {
                    (picture([&curves[0], &curves[1]], CURVES, "The losses of the training over its epochs"))
                    figcaption { "The losses over the epochs, in the network's units, on a logarithmic scale; dashed, of what was held out (validation)." }
                }
            }
            h3 { "Settings" }
            (settings(&card.training))
            p.weak { "Layers: " (layers.collect::<Vec<_>>().join(", ")) "." }
        }
    }

    fn again(&self) -> Markup {
        html! {
            h2 { "Again" }
            dl.settings {
                (pair("Program", concat!("Latent Explorer ", env!("CARGO_PKG_VERSION"))))
                (pair("Checkpoint format", &FORMAT.to_string()))
                (pair("Seed of the training", &self.model.card.training.seed.to_string()))
                @if let Some(search) = self.search {
                    (pair("Seed of the search", &search.config.seed.to_string()))
                }
            }
            @if let Some(search) = self.search {
                p { "This line makes the search again on one machine to the last digit:" }
                pre { (command_line(&search.config, &self.name)) }
            }
        }
    }
}

/// Roundness as large as possible; area near 2.5 (weight 0.1), with area >= 0.5.
fn sought(spec: &ObjectiveSpec) -> String {
    let goal = |goal: Goal| match goal {
        Goal::Max => "as large as possible".to_owned(),
        Goal::Min => "as small as possible".to_owned(),
        Goal::Target(value) => format!("near {}", three_digits(value)),
    };
    let terms = spec.terms.iter().map(|term| {
        let weight =
            if term.weight == 1.0 { String::new() } else { format!(" (weight {})", term.weight) };
        format!("{} {}{weight}", term.property.word(), goal(term.goal))
    });
    let mut text = terms.collect::<Vec<_>>().join(", ");
    let constraints: Vec<String> = spec.constraints.iter().map(ToString::to_string).collect();
    if !constraints.is_empty() {
        text += &format!(", with {}", constraints.join(" and "));
    }
    text
}

/// The title of a column of search values.
fn value_label(search: &SearchReport) -> String {
    let spec = &search.config.spec;
    match spec.terms.iter().any(|term| spec.reads_head(term.property)) {
        true => format!("{}, and its 90 % interval", spec.title()),
        false => spec.title(),
    }
}

/// The numbers behind a verdict, each with its limit.
fn trust(verdict: &Verdict) -> Markup {
    let [distance, distance_limit] = verdict.distance_and_limit();
    let [roughness, rough_limit] = verdict.roughness_and_limit();
    let [shift, shift_limit] = verdict.shift_and_limit();
    html! {
        table {
            caption { "What can be believed; the limit is what 99 % of the held-out data keep to." }
            thead { tr { th { "Test" } th.number { "Here" } th.number { "Limit" } } }
            tbody {
                tr {
                    th { "Distance to the data, in standard deviations" }
                    td.number { (distance) } td.number { (distance_limit) }
                }
                tr {
                    th { "Encode-decode shift" }
                    td.number { (shift) } td.number { (shift_limit) }
                }
                @for value_change in &verdict.round_trip_changes {
                    @let [change, limit] = value_change.change_and_limit();
                    tr {
                        th { (value_change.property.label()) " changes by" }
                        td.number { (change) } td.number { (limit) }
                    }
                }
                @if let Some(prediction_checks) = &verdict.prediction_checks {
                    tr {
                        th { "Negative logarithm of the data's density, in nats (usual: 75 %)" }
                        td.number { (three_digits(prediction_checks.negative_log_density)) }
                        td.number { (three_digits(prediction_checks.usual_negative_log_density)) }
                    }
                    @for check in &prediction_checks.predictions { tr {
                        th { (check.property.label()) ": from head to judge, in half widths" }
                        td.number { (three_digits(check.gap)) } td.number { "1" }
                    } }
                }
                tr { th { "Roughness of the outline" } td.number { (roughness) } td.number { (rough_limit) } }
                tr { th { "Crosses itself nowhere" } td.number { (yes(verdict.simple)) } td.number { "yes" } }
                tr { th { "Property means something" } td.number { (yes(verdict.in_domain)) } td.number { "yes" } }
            }
        }
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn class(verdict: &Verdict) -> &'static str {
    match verdict.reliability {
        Reliability::Believable => "believable",
        Reliability::Doubtful => "doubtful",
        Reliability::Outside => "outside",
    }
}

/// Candidates and local optima.
fn search_section(search: &SearchReport) -> Markup {
    let (candidates, none) = (search.candidates(CANDIDATES), LabResults::default());
    let starts = search.restarts.len();
    let tally = search.tally();
    html! {
        h2 { "The search" }
        p {
            (grouped(starts)) " starts came to " (search.basins.all.len()) " hills; spent were " (grouped(tally.values))
            " values and " (grouped(tally.gradients)) " gradients. A hill is what starts reach without going down in \
            between."
        }
        @if candidates.is_empty() {
            p { "No answer can be believed, so there is no candidate to be made and measured." }
        } @else {
            table {
                caption { "Candidates: the best believable answer of each hill, best first." }
                thead { tr {
                    th { "" } th { "Name" } th.number { (value_label(search)) } th.number { "Improvement on the data" }
                    th.number { "Starts on its hill" } th.number { "Distance to the data" } th.number { "Restart" }
                } }
                tbody { @for candidate in &candidates {
                    @let record = search.record(candidate, &none);
                    @let shape = &search.restarts[candidate.restart].decoded;
                    tr {
                        td { (outline(shape, None, record.id)) }
                        td { (record.id) }
                        td.number { (search.restarts[candidate.restart].answer.value().text()) }
                        td.number { (search.restarts[candidate.restart].answer.gained().unwrap_or(Value::NONE).text()) }
                        td.number { (record.starts) }
                        td.number { (three_digits(record.trust.density_distance)) }
                        td.number { (record.restart + 1) }
                    }
                } }
            }
        }
        table {
            caption { "All hills, best first." }
            thead { tr {
                th.number { "Hill" } th.number { (value_label(search)) } th.number { "Starts" }
                th { "Its best answer is" }
            } }
            tbody { @for (place, basin) in search.basins.all.iter().enumerate().take(CANDIDATES) { tr {
                td.number { (place + 1) } td.number { (search.restarts[basin.top].answer.value().text()) }
                td.number { (basin.members.len()) } td { (search.restarts[basin.top].verdict.word()) }
            } } }
        }
        h3 { "Settings" }
        (settings(&search.config))
    }
}

fn pair(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// All settings as they are written in files, with their names in words: a new setting appears without a change here.
fn settings(of: &impl Serialize) -> Markup {
    let mut pairs = Vec::new();
    flatten("", &serde_json::to_value(of).unwrap_or_default(), &mut pairs);
    html! { dl.settings { @for (name, value) in &pairs { (pair(name, value)) } } }
}

fn flatten(name: &str, value: &serde_json::Value, pairs: &mut Vec<(String, String)>) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = key.replace('_', " ");
                let capital = |key: &str| {
                    let mut letters = key.chars();
                    let first = letters.next().map(|c| c.to_uppercase().to_string());
                    first.unwrap_or_default() + letters.as_str()
                };
                let name = if name.is_empty() { capital(&key) } else { format!("{name}, {key}") };
                flatten(&name, value, pairs);
            }
        }
        Value::Null => pairs.push((name.to_owned(), "none".to_owned())),
        Value::Bool(is) => pairs.push((name.to_owned(), yes(*is).to_owned())),
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Array(items) if items.is_empty() => pairs.push((name.to_owned(), "none".to_owned())),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let words = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            pairs.push((name.to_owned(), words.collect::<Vec<_>>().join(", ")));
        }
        Value::Array(items) if items.len() <= MOST_ITEMS => {
            for (place, item) in items.iter().enumerate() {
                flatten(&format!("{name} {}", place + 1), item, pairs);
            }
        }
        Value::Array(items) => pairs.push((name.to_owned(), format!("{} of them", items.len()))),
        // The shortest form of a number: 0 and not 0.0.
        Value::Number(number) => {
            let short = number.as_f64().filter(|_| number.is_f64()).map(|v| v.to_string());
            pairs.push((name.to_owned(), short.unwrap_or_else(|| number.to_string())));
        }
    }
}

/// The most entries of a list that are written one by one.
const MOST_ITEMS: usize = 8;

fn share(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", 100.0 * share) } else { "\u{2013}".to_owned() }
}

/// `(0.512, -1.03)`; of many numbers only the first.
fn point(z: &[f64]) -> String {
    let shown: Vec<String> = z.iter().take(8).map(|&v| three_digits(v)).collect();
    let more = if z.len() > 8 { ", \u{2026}" } else { "" };
    format!("({}{more})", shown.join(", "))
}
