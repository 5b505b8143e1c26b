//! A report as JSON, format 3. Restarts, local optima and rows are counted from 1.

use super::contents::{CANDIDATES, Report};
use crate::data::source::Source;
use crate::data::table::TableCell;
use crate::model::format::checkpoint::FORMAT;
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::nn::layer::LayerSpec;
use crate::optimise::codegen::command_line;
use crate::optimise::{
    Answer, Basins, CandidateRecord, InData, LabResults, SearchConfig, WrittenShape,
};
use crate::text::Text;
use crate::trust::{ModelMetrics, Verdict, Warning, warnings_of};
use serde::Serialize;
use std::io::{Result, Write};

#[derive(Serialize)]
struct Json<'a> {
    format: u32,
    program: &'static str,
    checkpoint_format: u32,
    model: &'a str,
    source: Option<&'a Source>,
    samples: usize,
    held_out: usize,
    layers: &'a [LayerSpec],
    training: Option<&'a TrainingConfig>,
    history: &'a [EpochRecord],
    #[serde(rename = "figures")]
    metrics: &'a ModelMetrics,
    warnings: Vec<Warning>,
    pca: Option<&'a ModelMetrics>,
    search: Option<JsonSearch<'a>>,
}

#[derive(Serialize)]
struct JsonSearch<'a> {
    run: &'a str,
    config: &'a SearchConfig,
    command: String,
    best_in_data: Option<&'a InData>,
    answer: Option<JsonAnswer<'a>>,
    #[serde(rename = "hills")]
    basins: &'a Basins,
    candidates: Vec<CandidateRecord<'a>>,
}

#[derive(Serialize)]
struct JsonAnswer<'a> {
    restart: usize,
    z: &'a [f64],
    /// The value that the search computed; null where no point was feasible, or a head predicts it (`predicted`).
    value: Option<f64>,
    /// Minus the loss, penalties included: the quantity that the search maximised.
    objective: f64,
    #[serde(flatten)]
    answer: &'a Answer,
    trust: &'a Verdict,
    sentence: Text,
    /// The outline, in the frame of the shape from which the search started, if there was one; none of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    outline: Option<WrittenShape<'a>>,
    /// The row of a table in the units and levels of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<Vec<TableCell<'a>>>,
}

impl Report<'_> {
    pub(super) fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        let Self { model, search, .. } = self;
        let card = &model.card;
        let candidates = search.map(|search| search.candidates(CANDIDATES)).unwrap_or_default();
        let none = LabResults::default();
        let schema = model.domain().table();
        let answer = self.answered().map(|(_, found)| JsonAnswer {
            restart: self.answer.unwrap_or_default() + 1,
            z: found.restart.best_z(),
            value: found.best().computed(),
            objective: found.restart.best_objective(),
            answer: &found.answer,
            trust: &found.verdict,
            sentence: found.verdict.sentence(),
            outline: schema.is_none().then(|| WrittenShape::new(&found.decoded, found.frame)),
            row: schema.map(|schema| schema.cells(&found.decoded)),
        });
        let search = search.map(|search| JsonSearch {
            run: &search.run,
            config: &search.config,
            command: command_line(&search.config, &self.model, &self.name),
            best_in_data: search.in_data.as_ref(),
            answer,
            basins: &search.basins,
            candidates: candidates.iter().map(|c| search.record(c, &none)).collect(),
        });
        let report = Json {
            format: 3,
            program: env!("CARGO_PKG_VERSION"),
            checkpoint_format: FORMAT,
            model: &self.name,
            source: card.source.as_ref(),
            samples: model.encoded.mu.len(),
            held_out: model.encoded.held_out.iter().filter(|held| **held).count(),
            layers: &card.layers,
            training: card.training(),
            history: card.history(),
            metrics: &self.metrics,
            warnings: warnings_of(model, &self.metrics),
            pca: self.pca.as_ref(),
            search,
        };
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)
    }
}
