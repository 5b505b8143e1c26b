//! The contents of a report, and its file.

use crate::error::{Error, Result};
use crate::explore::colour::Palette;
use crate::explore::scene::map_layer::{MapLayer, MapLayers};
use crate::explore::{Projection, home_view};
use crate::export::pictures::film::TrajectoryFilm;
use crate::export::pictures::map::{MapPicture, MapWish, PictureSize};
use crate::model::Model;
use crate::numerics::atomic_file::write_whole;
use crate::objective::{Goal, ObjectiveSpec};
use crate::optimise::{RestartReport, SearchReport};
use crate::text;
use crate::train::Pca;
use crate::trust::ModelMetrics;
use std::path::Path;
use std::sync::Arc;

/// The most candidates in a report.
pub(super) const CANDIDATES: usize = 12;
/// Size of the picture of the map, in pixels.
pub(super) const MAP: [u32; 2] = [960, 720];
/// Size of the picture of the curves, in pixels.
pub(super) const CURVES: [u32; 2] = [960, 440];

/// The content of a report.
pub struct Report<'a> {
    /// The name of the model; its file name if it has one.
    pub name: String,
    /// The model.
    pub model: Arc<Model>,
    /// Its metrics.
    pub metrics: ModelMetrics,
    /// The metrics of PCA on the same data with as many dimensions, if available.
    pub pca: Option<ModelMetrics>,
    /// The search, if the report includes one.
    pub search: Option<&'a SearchReport>,
    /// The restart that is explained.
    pub answer: Option<usize>,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// A page for people, complete in one file.
    Html,
    /// Data for programs.
    Json,
}

impl ReportFormat {
    /// The format that belongs to a file extension.
    ///
    /// # Errors
    /// Names the file when its extension is neither.
    pub fn from_path(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str() {
            Some("html" | "htm") => Ok(Self::Html),
            Some("json") => Ok(Self::Json),
            _ => Err(Error::file(
                path,
                text!("must end in .html (to be read) or .json (to be computed with)"),
            )),
        }
    }
}

impl<'a> Report<'a> {
    /// Computes the metrics of the model and of a PCA baseline. The explained answer is the best believable one of the
    /// search, else the best.
    ///
    /// # Errors
    /// Only when the model has no data, or the tensor library fails.
    pub fn new(name: String, model: Arc<Model>, search: Option<&'a SearchReport>) -> Result<Self> {
        let metrics = ModelMetrics::from_model(&model)?;
        let answer = search.and_then(|search| search.best_believable.or(search.best));
        // The report omits the comparison if there is no baseline, for example if the latent is wider than a shape.
        let pca = Pca::rival_of(&model).and_then(|rival| ModelMetrics::from_model(&rival)).ok();
        Ok(Self { name, model, metrics, pca, search, answer })
    }

    /// The search and the restart that is explained.
    pub(super) fn answered(&self) -> Option<(&SearchReport, &RestartReport)> {
        let search = self.search?;
        Some((search, search.restarts.get(self.answer?)?))
    }

    /// Writes the report in the format of its extension, completely or not at all.
    ///
    /// # Errors
    /// Names `path` when it ends in neither `.html` nor `.json`, or cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        match ReportFormat::from_path(path)? {
            ReportFormat::Html => {
                let page = self.html()?;
                write_whole(path, |out| out.write_all(page.as_bytes()))
            }
            ReportFormat::Json => write_whole(path, |out| self.write_json(out)),
        }
    }

    /// The map, light and dark: the quantity that is optimised, with the trajectories of the search if there is one.
    pub(super) fn map(&self) -> Result<[String; 2]> {
        let model = &self.model;
        let projection = Projection::from_mu(&model.encoded.mu);
        let spec = self.search.map_or_else(
            || ObjectiveSpec::new(model.usual_quantity(), Goal::Max),
            |s| s.config.spec.clone(),
        );
        let visible = MapLayers::from_iter([MapLayer::Shapes, MapLayer::Heat, MapLayer::Trust]);
        let wish = MapWish {
            visible: if self.search.is_some() { visible.with(MapLayer::Paths) } else { visible },
            quantity: spec.quantity(),
            plain: false,
            range: None,
            view: None,
            screen: None,
            spec,
            pins: Vec::new(),
        };
        let page = PictureSize { pixels: MAP, palette: &Palette::LIGHT };
        let light = MapPicture::new(model, &projection, wish, page)?;
        let [width, height] = home_view(model, &projection).size();
        let trajectories =
            self.search.map(|s| TrajectoryFilm::new(s, &projection, width.max(height) / 2500.0));
        let annotations = trajectories.map(|trajectories| trajectories.at(1.0)).unwrap_or_default();
        let in_light = light.svg(&annotations, None)?;
        Ok([in_light, light.with_palette(&Palette::DARK).svg(&annotations, None)?])
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
