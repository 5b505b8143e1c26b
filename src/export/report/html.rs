//! A report as one page of HTML: without scripts, and complete in one file.

use super::contents::{CANDIDATES, CURVES, MAP, Report};
use super::drawing::{outline, picture};
use crate::data::glyph::Glyphs;
use crate::data::quantity::predicted;
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
use crate::text;
use crate::text::Text;
use crate::text::language;
use crate::trust::{ModelMetrics, PredictionChecks, Reliability, Verdict, Warning, warnings_of};
use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use serde::Serialize;

pub(super) const STYLE: &str = include_str!("style.css");

impl Render for Text {
    fn render_to(&self, page: &mut String) {
        self.to_string().render_to(page);
    }
}

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
            html lang=(language().tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title()) }
                    style { (PreEscaped(STYLE)) }
                }
                body { main {
                    h1 { (self.title()) }
                    p.weak {
                        (text!(
                            "Model {name}. Written by Latent Explorer {version}, checkpoint format {format}.",
                            name = &self.name,
                            version,
                            format = FORMAT.to_string()
                        ))
                    }
                    @if let Some((search, found)) = self.answered() { (self.answer(search, found)) }
                    (self.map_section(&map))
                    @if let Some(search) = self.search { (search_section(search, self.model.glyphs())) }
                    (self.baselines())
                    (self.data())
                    (self.training())
                    (self.again())
                } }
            }
        };
        Ok(page.into_string())
    }

    fn title(&self) -> Text {
        match (self.answered(), self.search) {
            (Some((search, found)), _) => {
                let (quantity, value) = (search.config.spec.label(), found.answer.value());
                let (shown, verdict) = (value.text(), found.verdict.word());
                match value {
                    Value::Computed(_) => {
                        text!("{quantity} {value}, {verdict}", quantity, value = shown, verdict)
                    }
                    Value::Predicted(_) => text!(
                        "{quantity} predicted {value}, {verdict}",
                        quantity,
                        value = shown,
                        verdict
                    ),
                }
            }
            (None, Some(search)) => {
                text!("{quantity}: no answer", quantity = search.config.spec.label())
            }
            (None, None) => text!("The model {name}", name = &self.name),
        }
    }

    fn answer(&self, search: &SearchReport, found: &RestartReport) -> Markup {
        let nearest = found.answer.nearest;
        let ghost = nearest.map(|(row, _)| self.model.training_row(row));
        let gain = found.answer.gained();
        let remark = found.verdict.prediction_checks.as_ref().and_then(PredictionChecks::remark);
        html! {
            h2 { (text!("The answer")) }
            p { (text!("Sought: {objective}.", objective = sought(&search.config.spec))) }
            p class=(format!("verdict {}", class(&found.verdict))) { b { "\u{25cf}" } (found.verdict.sentence()) }
            @if let Some(remark) = remark { p { (remark) } }
            div.answer {
                figure {
                    (self.picture_of(&found.decoded, ghost.as_deref(), self.answer_title()))
                    figcaption { (self.answer_caption()) }
                }
                div {
                    table {
                        thead { tr {
                            th { (text!("Property")) } th.number { (text!("Prediction with its 90 % interval")) }
                            th.number { (text!("Computed from the shape")) } th.number { (text!("Re-decoded")) }
                        } }
                        tbody { @for term in &found.answer.terms { tr {
                            th { (self.model.title(term.quantity)) }
                            td.number { (term.prediction().map_or_else(|| text!("no head"), |p| p.text())) }
                            td.number { (term.measured.map_or_else(|| text!("cannot be"), |value| Text::verbatim(three_digits(value)))) }
                            td.number { (term.returned.map_or("\u{2013}".to_owned(), three_digits)) }
                        } } @for check in found.bounded() { tr {
                            th { (text!("{quantity}, bounded", quantity = self.model.title(check.quantity))) }
                            td.number { (check.prediction.text()) }
                            td.number { (text!("cannot be")) } td.number { "\u{2013}" }
                        } } }
                    }
                    @for term in &found.answer.terms {
                        @if let Some(why) = term.measured.and_then(|value| self.model.domain().outside_domain(term.quantity, value)) { p.doubtful { (why) } }
                    }
                    (trust(&found.verdict))
                    dl.settings {
                        @if search.config.spec.is_penalised() {
                            (pair(text!("Objective (minus the loss, penalties included)"), three_digits(found.restart.best_objective())))
                        }
                        @if let Some(data) = &search.in_data {
                            (pair(text!("Best in the data"), three_digits(data.value)))
                        }
                        @for class in &found.answer.classes {
                            (pair(predicted(class.quantity.plain_label()), class.text()))
                        }
                        @if let Some(gain) = gain { (pair(gain.title(text!("Improvement on the best in the data")), gain.text())) }
                        @if let Some((row, distance)) = nearest {
                            (pair(text!("Nearest training shape"), self.kind(row)))
                            (pair(text!("Its distance in the latent space"), three_digits(distance)))
                        }
                        (pair(text!("Latent point"), point(found.restart.best_z())))
                    }
                }
            }
            (self.row_of_answer(found, ghost.as_deref()))
        }
    }

    /// `circle, row 12`, or `circle, n0012 (row 12)`.
    fn kind(&self, row: usize) -> Text {
        let encoded = &self.model.encoded;
        let label =
            encoded.labels.get(row).and_then(|&label| encoded.names.get(usize::from(label)));
        let label = label.map_or_else(|| text!("shape"), Text::verbatim);
        text!("{label}, {row}", label, row = self.model.row_title(row))
    }

    fn map_section(&self, [light, dark]: &[String; 2]) -> Markup {
        let is_table = self.model.domain().table().is_some();
        let (about, caption) = match self.search {
            _ if is_table => (
                text!("The map of the latent space"),
                text!(
                    "Colour is the property at every place, bars are the rows that places decode to. Trajectories of a search \
                 are white, the star is the best answer that can be believed. Fog lies where the model has no data, hatching \
                 where a value lies outside the data."
                ),
            ),
            Some(_) => (
                text!("The map of the latent space with the trajectories of the search"),
                text!(
                    "Colour is the property at every place. White trajectories begin at a dot and end in a ring, without an answer \
                 in a cross; the star is the best answer that can be believed. Fog lies where the model has no data, \
                 hatching where outlines cross themselves."
                ),
            ),
            None => (
                text!("The map of the latent space"),
                text!(
                    "Colour is the property at every place, lines are the shapes that places decode to. Fog lies where the \
                 model has no data, hatching where outlines cross themselves."
                ),
            ),
        };
        html! {
            h2 { (text!("The map")) }
            figure { (picture([light, dark], MAP, about)) figcaption { (caption) } }
        }
    }

    fn baselines(&self) -> Markup {
        let measure = |error: f64| three_digits(error);
        let answered = self.answered();
        html! {
            h2 { (text!("Baselines")) }
            table {
                thead { tr { th { (text!("Baseline")) } th { (text!("Compared by")) } th.number { (text!("Of the baseline")) } th.number { (text!("Here")) } } }
                tbody {
                    @if let Some((search, found)) = answered { @if let Some(data) = &search.in_data { tr {
                        td { (text!("The best training shape ({shape})", shape = self.kind(data.row))) }
                        td { (search.config.spec.label()) }
                        td.number { (match found.answer.value() {
                            Value::Computed(_) => Text::verbatim(three_digits(data.value)),
                            Value::Predicted(_) => text!("{value}, as measured", value = three_digits(data.value)),
                        }) }
                        td.number { (found.answer.value().title(found.answer.value().text())) }
                    } } }
                    @if let Some(pca) = &self.pca {
                        tr {
                            td { (text!("PCA with as many dimensions")) }
                            td { (text!("Reconstruction error (data units) of {shapes}", shapes = pca.scope())) }
                            td.number { (measure(pca.reconstruction_error)) }
                            td.number { (measure(self.metrics.reconstruction_error)) }
                        }
                        tr {
                            td { (text!("PCA with as many dimensions")) }
                            td { (text!("Families that can be found in the map")) }
                            td.number { (reachable(pca)) }
                            td.number { (reachable(&self.metrics)) }
                        }
                    }
                }
            }
            @if self.pca.is_none() && answered.is_none() { p.weak { (text!("There is no baseline.")) } }
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
            h2 { (text!("The data, and how well they are reconstructed")) }
            p {
                (text!(
                    "{shapes} shapes, of which {held_out} were held out of training.",
                    shapes = grouped(encoded.mu.len()),
                    held_out = grouped(held)
                )) " "
                (text!(
                    "The reconstruction error is the sum of squared differences of all coordinates in data units, the \
                     mean over {shapes}: {error}.",
                    shapes = metrics.scope(),
                    error = three_digits(metrics.reconstruction_error)
                ))
            }
            table {
                thead { tr {
                    th { (text!("Kind")) } th.number { (text!("Shapes")) } th.number { (text!("Held out")) } th.number { (text!("Reconstruction error")) }
                    th.number { (text!("Share of the map")) }
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
            h3 { (text!("Where they come from")) }
            @if let Some(source) = &self.model.card.source { (settings(source)) }
        }
    }

    fn training(&self) -> Markup {
        let (card, metrics) = (&self.model.card, &self.metrics);
        let curves = [&Palette::LIGHT, &Palette::DARK].map(|palette| {
            Chart::losses(card.history(), palette).svg(&PictureSize { pixels: CURVES, palette })
        });
        let layers =
            card.layers.iter().map(|l| format!("{} {}\u{2192}{}", l.name, l.inputs, l.outputs));
        html! {
            h2 { (text!("The model, and how it was trained")) }
            dl.settings {
                (pair(text!("Latent dimensions"), self.model.latent_dim()))
                (pair(text!("Active units"), metrics.active_units))
                @if let Some(kl) = metrics.kl { (pair(text!("KL in nats"), three_digits(kl))) }
                (pair(text!("Smoothness (less is smoother)"), three_digits(metrics.smoothness)))
                (pair(text!("Valid decoded shapes"), share(metrics.simple)))
                (pair(text!("Families that can be found"), reachable(metrics)))
            }
            @for Warning { what, remedy } in warnings_of(&self.model, metrics) {
                p { b.doubtful { (what) ". " } (remedy) }
            }
            @if !card.history().is_empty() {
                figure {
                    (picture([&curves[0], &curves[1]], CURVES, text!("The losses of the training over its epochs")))
                    figcaption { (text!("The losses over the epochs, in the network's units, on a logarithmic scale; dashed, of what was held out (validation).")) }
                }
            }
            h3 { (text!("Settings")) }
            @if let Some(config) = card.training() { (settings(config)) }
            p.weak { (text!("Layers: {layers}.", layers = layers.collect::<Vec<_>>().join(", "))) }
        }
    }

    fn again(&self) -> Markup {
        html! {
            h2 { (text!("How to repeat it")) }
            dl.settings {
                (pair(text!("Program"), concat!("Latent Explorer ", env!("CARGO_PKG_VERSION"))))
                (pair(text!("Checkpoint format"), FORMAT))
                (pair(text!("Seed of the training"), self.model.card.seed()))
                @if let Some(search) = self.search {
                    (pair(text!("Seed of the search"), search.config.seed))
                }
            }
            @if let Some(search) = self.search {
                p { (text!("This command repeats the search, on the same machine to the last digit:")) }
                pre { (command_line(&search.config, &self.model, &self.name)) }
            }
        }
    }
}

/// Roundness as large as possible; area near 2.5 (weight 0.1), with area >= 0.5.
fn sought(spec: &ObjectiveSpec) -> Text {
    let terms = spec.terms.iter().map(|term| {
        let quantity = term.quantity.word();
        let goal = match term.goal {
            Goal::Max => text!("{quantity} as large as possible", quantity),
            Goal::Min => text!("{quantity} as small as possible", quantity),
            Goal::Up => text!("{quantity} as probable as possible", quantity),
            Goal::Down => text!("{quantity} as improbable as possible", quantity),
            Goal::Target(value) => {
                text!("{quantity} near {value}", quantity, value = three_digits(value))
            }
        };
        match term.weight {
            1.0 => goal,
            weight => text!("{goal} (weight {weight})", goal, weight = weight.to_string()),
        }
    });
    let terms = Text::joined(terms, ", ");
    if !spec.is_constrained() {
        return terms;
    }
    let constraints = spec.constraints.iter().map(|constraint| constraint.to_string().into());
    let columns = spec.columns.iter().map(|constraint| constraint.to_string().into());
    text!(
        "{terms}, with {constraints}",
        terms,
        constraints = Text::list(constraints.chain(columns))
    )
}

/// The title of a column of search values.
fn value_label(search: &SearchReport) -> Text {
    let spec = &search.config.spec;
    match spec.seeks_prediction() {
        true => text!("{quantity}, and its 90 % interval", quantity = spec.title()),
        false => spec.title(),
    }
}

/// The numbers behind a verdict, each with its limit.
fn trust(verdict: &Verdict) -> Markup {
    let [distance, distance_limit] = verdict.distance_and_limit();
    let [shift, shift_limit] = verdict.shift_and_limit();
    html! {
        table {
            caption { (text!("What can be believed; the limit is what 99 % of the held-out data keep to.")) }
            thead { tr { th { (text!("Test")) } th.number { (text!("Here")) } th.number { (text!("Limit")) } } }
            tbody {
                tr {
                    th { (text!("Distance to the data, in standard deviations")) }
                    td.number { (distance) } td.number { (distance_limit) }
                }
                tr {
                    th { (text!("Encode-decode shift")) }
                    td.number { (shift) } td.number { (shift_limit) }
                }
                @for value_change in &verdict.round_trip_changes {
                    @let [change, limit] = value_change.change_and_limit();
                    tr {
                        th { (text!("{quantity} changes by", quantity = value_change.quantity.label())) }
                        td.number { (change) } td.number { (limit) }
                    }
                }
                @if let Some(prediction_checks) = &verdict.prediction_checks {
                    tr {
                        th { (text!("Negative logarithm of the data's density, in nats (usual: 75 %)")) }
                        td.number { (three_digits(prediction_checks.negative_log_density)) }
                        td.number { (three_digits(prediction_checks.usual_negative_log_density)) }
                    }
                    @for check in &prediction_checks.predictions { tr {
                        th { (text!("{quantity}: from head to judge, in half widths", quantity = check.quantity.label())) }
                        td.number { (three_digits(check.gap)) } td.number { "1" }
                    } }
                }
                @if let Some([roughness, rough_limit]) = verdict.roughness_and_limit() {
                    tr { th { (text!("Roughness of the outline")) } td.number { (roughness) } td.number { (rough_limit) } }
                }
                @match verdict.validity.outline() {
                    Some(outline) => {
                        tr { th { (text!("Crosses itself nowhere")) } td.number { (yes(outline.simple)) } td.number { (yes(true)) } }
                    }
                    None => {
                        tr { th { (text!("Every column within its range")) } td.number { (yes(verdict.validity.defect().is_none())) } td.number { (yes(true)) } }
                    }
                }
                tr { th { (text!("Property is defined")) } td.number { (yes(verdict.in_domain)) } td.number { (yes(true)) } }
            }
        }
    }
}

fn yes(is: bool) -> Text {
    if is { text!("yes") } else { text!("no") }
}

/// The number of families that the map contains, `9 of 9`.
fn reachable(metrics: &ModelMetrics) -> Text {
    let (found, all) = (metrics.reachable, metrics.families.len());
    text!("{found} of {all}", found, all)
}

fn class(verdict: &Verdict) -> &'static str {
    match verdict.reliability {
        Reliability::Believable => "believable",
        Reliability::Doubtful => "doubtful",
        Reliability::Outside | Reliability::Unknown => "outside",
    }
}

/// Candidates and local optima.
fn search_section(search: &SearchReport, glyphs: &Glyphs) -> Markup {
    let (candidates, none) = (search.candidates(CANDIDATES), LabResults::default());
    let starts = search.restarts.len();
    let tally = search.tally();
    html! {
        h2 { (text!("The search")) }
        p {
            (text!(
                "{starts} reached {count} local optimum; the search took {values} values and {gradients} gradients."
                | "{starts} reached {count} local optima; the search took {values} values and {gradients} gradients.",
                starts = text!("{count} start" | "{count} starts", count = starts),
                count = search.basins.all.len(),
                values = grouped(tally.values),
                gradients = grouped(tally.gradients)
            )) " "
            (text!("Answers are of the same local optimum if the objective gets no worse between them."))
        }
        @if candidates.is_empty() {
            p { (text!("No answer can be believed, so there is no candidate to be made and measured.")) }
        } @else {
            table {
                caption { (text!("Candidates: the best believable answer of each local optimum, best first.")) }
                thead { tr {
                    th { "" } th { (text!("Name")) } th.number { (value_label(search)) } th.number { (text!("Improvement on the best in the data")) }
                    th.number { (text!("Starts that reached it")) } th.number { (text!("Distance to the data")) } th.number { (text!("Restart")) }
                } }
                tbody { @for candidate in &candidates {
                    @let record = search.record(candidate, &none);
                    @let shape = &search.restarts[candidate.restart].decoded;
                    tr {
                        td { (outline(&glyphs.corners(shape), None, Text::verbatim(record.id))) }
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
            caption { (text!("All local optima, best first.")) }
            thead { tr {
                th.number { (text!("Local optimum")) } th.number { (value_label(search)) } th.number { (text!("Starts")) }
                th { (text!("Its best answer is")) }
            } }
            tbody { @for (place, basin) in search.basins.all.iter().enumerate().take(CANDIDATES) { tr {
                td.number { (place + 1) } td.number { (search.restarts[basin.top].answer.value().text()) }
                td.number { (basin.members.len()) } td { (search.restarts[basin.top].verdict.word()) }
            } } }
        }
        h3 { (text!("Settings")) }
        (settings(&search.config))
    }
}

fn pair(name: impl Render, value: impl Render) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// All settings as they are written in files, with their names in words: a new setting appears without a change here.
fn settings(of: &impl Serialize) -> Markup {
    let mut pairs = Vec::new();
    flatten("", &serde_json::to_value(of).unwrap_or_default(), &mut pairs);
    html! { dl.settings { @for (name, value) in &pairs { (pair(name, value)) } } }
}

fn flatten(name: &str, value: &serde_json::Value, pairs: &mut Vec<(String, Text)>) {
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
        Value::Null => pairs.push((name.to_owned(), text!("none"))),
        Value::Bool(is) => pairs.push((name.to_owned(), yes(*is))),
        Value::String(text) => pairs.push((name.to_owned(), Text::verbatim(text))),
        Value::Array(items) if items.is_empty() => pairs.push((name.to_owned(), text!("none"))),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let words = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            pairs.push((name.to_owned(), words.collect::<Vec<_>>().join(", ").into()));
        }
        Value::Array(items) if items.len() <= MAX_ITEMS => {
            for (place, item) in items.iter().enumerate() {
                flatten(&format!("{name} {}", place + 1), item, pairs);
            }
        }
        Value::Array(items) => {
            pairs.push((name.to_owned(), text!("{count} of them", count = items.len())))
        }
        // The shortest form of a number: 0 and not 0.0.
        Value::Number(number) => {
            let short = number.as_f64().filter(|_| number.is_f64()).map(|v| v.to_string());
            pairs.push((name.to_owned(), short.unwrap_or_else(|| number.to_string()).into()));
        }
    }
}

/// The most entries of a list that are written one by one.
const MAX_ITEMS: usize = 8;

fn share(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", 100.0 * share) } else { "\u{2013}".to_owned() }
}

/// `(0.512, -1.03)`; of many numbers only the first.
fn point(z: &[f64]) -> String {
    let shown: Vec<String> = z.iter().take(8).map(|&v| three_digits(v)).collect();
    let more = if z.len() > 8 { ", \u{2026}" } else { "" };
    format!("({}{more})", shown.join(", "))
}
