//! Job: writes a picture, a film, outlines, a table or a report to a file.

use crate::data::outline::transform::SimilarityTransform;
use crate::data::outline::unit::LengthUnit;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::colour::Palette;
use crate::explore::data_sheet::DataSheet;
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::strip::Strip;
use crate::explore::scene::compose::Annotations;
use crate::explore::scene::map_layer::MapLayer;
use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::explore::{Bounds, Scene};
use crate::export::outlines::{NamedOutline, write_outlines, write_set};
use crate::export::pictures::chart::Chart;
use crate::export::pictures::colour_bar::ColourBar;
use crate::export::pictures::contact_sheet::{CELL, CellPicture, LARGE_CELL};
use crate::export::pictures::film::{Film, TrajectoryFilm, search_film, training_film};
use crate::export::pictures::gif::Animation;
use crate::export::pictures::map::{MapPicture, MapWish, PictureSize};
use crate::export::pictures::path_strip::{WrittenPath, walk_film};
use crate::export::pictures::png::write_picture;
use crate::export::report::Report;
use crate::export::tables::lab::write_comparisons;
use crate::export::tables::rows::write_rows;
use crate::export::tables::sheet::write_sheet;
use crate::numerics::cancel_token::CancelToken;
use crate::optimise::LabComparison;
use crate::session::document::ids::JobId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::learn::training::SNAPSHOT_SAMPLES;
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::notices::Notices;
use crate::session::results::findings::Findings;
use crate::session::results::models::Prepared;
use crate::text;
use crate::text::Text;
use crate::train::{TrainerState, TrainingContext};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The length of an exported film, in seconds, and its frames a second.
const SECONDS: f64 = 4.0;
/// See [`SECONDS`].
const RATE: f64 = 15.0;

/// The kinds of exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exportable {
    /// The map with the layers that are on.
    #[default]
    Map,
    /// The losses of the shown model's training.
    Losses,
    /// The values of the search over its steps.
    Values,
    /// Lab results of the candidates against their predictions.
    Lab,
    /// The search as a film.
    Film,
    /// The watched training as a film of its snapshots.
    Training,
    /// The frames of the latent path side by side, and those of linear interpolation.
    Strip,
    /// The latent path as a film of the morphing shape.
    Walk,
    /// The sampled shapes with their reliability.
    NewShapes,
    /// The selected data row beside its reconstruction.
    Rebuild,
    /// A report of the shown model, and of the search in it if there is one.
    Report,
    /// The outline of the followed answer.
    Answer,
    /// The pinned outlines.
    Pins,
    /// The shapes that the shown model was trained on.
    Data,
    /// The chosen rows of the data.
    Rows,
}

impl Exportable {
    /// All of them, in the order of the dialog.
    pub const ALL: [Self; 15] = [
        Self::Map,
        Self::Losses,
        Self::Values,
        Self::Lab,
        Self::Film,
        Self::Training,
        Self::Strip,
        Self::Walk,
        Self::NewShapes,
        Self::Rebuild,
        Self::Report,
        Self::Answer,
        Self::Pins,
        Self::Data,
        Self::Rows,
    ];

    /// The possible file extensions, the default one first; rows of a table have other formats than outlines.
    pub fn endings(self, is_table: bool) -> &'static [&'static str] {
        match self {
            Self::Answer | Self::Pins | Self::Data if is_table => &["csv", "xlsx", "json"],
            Self::Rows => &["csv", "xlsx"],
            Self::Map | Self::Losses | Self::Values => &["png", "svg"],
            Self::Lab => &["png", "svg", "csv"],
            Self::Strip | Self::NewShapes | Self::Rebuild => &["png", "svg"],
            Self::Film | Self::Training | Self::Walk => &["gif"],
            Self::Report => &["html", "json"],
            Self::Answer => &["svg", "dxf", "csv", "json", "dat"],
            Self::Pins | Self::Data => &["csv", "svg", "dxf", "json"],
        }
    }

    /// True for pictures, which have a size and a theme of their own.
    pub fn is_picture(self) -> bool {
        self.is_film() || self.endings(false).contains(&"png")
    }

    /// True for films.
    pub fn is_film(self) -> bool {
        matches!(self, Self::Film | Self::Training | Self::Walk)
    }

    /// True if `path` has one of the extensions.
    pub fn fits(self, path: &Path, is_table: bool) -> bool {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        self.endings(is_table).iter().any(|known| ending == *known)
    }
}

/// One export: its kind, its file, its size and its theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The kind.
    pub what: Exportable,
    /// The file; its extension is one of [`Exportable::endings`].
    pub path: PathBuf,
    /// Width and height of a picture, in pixels.
    pub pixels: [u32; 2],
    /// True for dark pictures.
    pub dark: bool,
}

/// The input of the job: the content, and the model and colours for the picture.
pub struct ExportJob {
    /// The model.
    pub prepared: Arc<Prepared>,
    /// The name of the model, or its file.
    pub name: String,
    /// The options of a map.
    pub wish: MapWish,
    /// The range of the colour scale.
    pub range: (f64, f64),
    /// The content.
    pub content: Content,
}

/// The content of an export, copied so that nothing changes it while it is written.
pub enum Content {
    /// The map with its annotations.
    Map(Box<Annotations>),
    /// The losses of the model's training.
    Losses,
    /// The values of a search over its steps.
    Values(Arc<Findings>),
    /// Lab results against predictions.
    Lab(Vec<LabComparison>),
    /// A search as a film.
    Film(Arc<Findings>),
    /// A training as a film.
    Training(TrainingSnapshots),
    /// Shapes side by side.
    Sheet(Box<ContactSheet>),
    /// A latent path as a film.
    Walk(LatentPath),
    /// A data row beside its reconstruction.
    Rebuild(Box<ReconstructedShape>),
    /// The search in the model, if there is one, and the highlighted restart.
    Report(Option<Arc<Findings>>, Option<usize>),
    /// Outlines, or rows of a table, with their names, and the frame of each, if it has one.
    Outlines(Vec<(String, Vec<f32>, Option<SimilarityTransform>)>),
    /// The shapes that the model was trained on.
    Data,
    /// Rows of the data, counted from 0.
    Rows(Arc<[u32]>),
}

/// A training and its stored snapshots, oldest first, at least two.
pub struct TrainingSnapshots {
    /// The part that all snapshots share.
    pub context: Arc<TrainingContext>,
    /// The states of the snapshots.
    pub moments: Vec<Arc<TrainerState>>,
}

/// The file that was written.
#[derive(Debug)]
pub struct ExportedFile(pub PathBuf);

/// The export as the window sees it.
#[derive(Debug, Default)]
pub struct Exporting {
    /// The run of the present export.
    pub job: Option<JobId>,
    /// Why the last export failed, until the next begins.
    pub failed: Option<Text>,
}

impl Exporting {
    /// Handles the result.
    pub fn ended(&mut self, result: JobResult<ExportedFile>, notices: &mut Notices) {
        self.job = None;
        match result {
            JobResult::Finished(ExportedFile(path)) => {
                notices.info(text!("Written to {path}.", path = path.display().to_string()));
            }
            JobResult::Cancelled(_) => {
                notices.info(text!("Export cancelled; nothing was written."))
            }
            JobResult::Failed(why, _) => {
                self.failed = Some(why.clone());
                notices.error(JobKind::Export, why);
            }
        }
    }
}

impl ExportJob {
    /// Runs the job.
    ///
    /// # Errors
    /// Names a setting out of range, or the file if it cannot be written.
    pub fn run(&self, export: &Export, handle: &Handle<NoNews>) -> Result<JobResult<ExportedFile>> {
        let Export { what, path, pixels, dark } = export;
        let schema = self.prepared.model.domain().table();
        let endings = what.endings(schema.is_some());
        if !what.fits(path, schema.is_some()) {
            let problem = text!(
                "must end in {endings}" | "must end in one of {endings}",
                endings = format!(".{}", endings.join(", .")),
                count = endings.len()
            );
            return Err(Error::file(path, problem));
        }
        let page = PictureSize {
            pixels: *pixels,
            palette: if *dark { &Palette::DARK } else { &Palette::LIGHT },
        };
        if what.is_picture() {
            page.check()?;
        }
        Ok(match self.written(path, page, handle)? {
            true => JobResult::Finished(ExportedFile(path.clone())),
            false => JobResult::Cancelled(None),
        })
    }

    /// Writes the export; false if it was cancelled.
    fn written(&self, path: &Path, page: PictureSize, handle: &Handle<NoNews>) -> Result<bool> {
        let Prepared { model, projection, .. } = &*self.prepared;
        let progress = &mut |share: f64| handle.report(share, Text::default);
        let still = |svg: String| write_picture(path, svg).map(|()| true);
        match &self.content {
            Content::Map(annotations) => {
                still(self.map(self.wish.clone(), page)?.svg(annotations, None)?)
            }
            Content::Losses => still(Chart::losses(model.card.history(), page.palette).svg(&page)),
            Content::Values(findings) => {
                still(Chart::values(&findings.report, page.palette).svg(&page))
            }
            Content::Lab(comparisons)
                if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) =>
            {
                write_comparisons(path, comparisons).map(|()| true)
            }
            Content::Lab(comparisons) => {
                let first =
                    comparisons.first().map_or_else(Quantity::default, |c| c.predicted.quantity);
                still(Chart::comparisons(first, comparisons, page.palette).svg(&page))
            }
            Content::Film(findings) => {
                let mut wish = self.wish.clone();
                wish.visible = wish.visible.with(MapLayer::Paths);
                let trajectories =
                    TrajectoryFilm::new(&findings.report, projection, self.prepared.detail());
                search_film(
                    path,
                    &self.map(wish, page)?,
                    &trajectories,
                    &film(page),
                    handle.token(),
                    progress,
                )
            }
            Content::Training(TrainingSnapshots { context, moments }) => {
                let moment = |index: usize| {
                    context.model_at(&moments[index], SNAPSHOT_SAMPLES).map(Arc::new)
                };
                let wish =
                    MapWish { view: None, screen: None, pins: Vec::new(), ..self.wish.clone() };
                training_film(
                    path,
                    moments.len(),
                    moment,
                    &wish,
                    &film(page),
                    handle.token(),
                    progress,
                )
            }
            Content::Sheet(sheet) => {
                let scene = sheet.scene(self.range, None, CELL, page.palette);
                still(self.cells(&scene, sheet.bounds(), CELL, page)?)
            }
            Content::Rebuild(rebuild) => {
                let scene = rebuild.scene(model, self.wish.quantity, self.range, page.palette)?;
                still(self.cells(&scene, ReconstructedShape::bounds(), LARGE_CELL, page)?)
            }
            Content::Walk(latent_path) => {
                self.walk(path, latent_path, page, handle.token(), progress)
            }
            Content::Report(findings, chosen) => {
                self.report(path, findings.as_deref(), *chosen, handle)
            }
            Content::Outlines(outlines) => {
                if let Some(schema) = model.domain().table() {
                    let rows = outlines.iter().map(|(name, row, _)| (name.clone(), &**row));
                    return write_rows(path, schema, &rows.collect::<Vec<_>>()).map(|()| true);
                }
                let named = outlines.iter().map(|(name, points, frame)| {
                    let outline = NamedOutline::named(name, points);
                    match frame {
                        Some(frame) => outline.restored(frame.restore(points), LengthUnit::Unknown),
                        None => outline,
                    }
                });
                write_outlines(path, &named.collect::<Vec<_>>()).map(|()| true)
            }
            Content::Data => {
                let data = model.training_data()?;
                if let Some(schema) = model.domain().table() {
                    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
                        let sheet = DataSheet::new(data.set);
                        return write_sheet(path, &sheet, 0..sheet.rows()).map(|()| true);
                    }
                    let rows = data.set.rows.iter().enumerate();
                    let name = |row: usize| {
                        data.set.ids.get(row).cloned().unwrap_or_else(|| (row + 1).to_string())
                    };
                    let rows: Vec<_> = rows.map(|(index, row)| (name(index), row)).collect();
                    return write_rows(path, schema, &rows).map(|()| true);
                }
                write_set(path, &data.set).map(|()| true)
            }
            Content::Rows(rows) => {
                let sheet = DataSheet::new(model.training_data()?.set);
                write_sheet(path, &sheet, rows.iter().map(|&row| row as usize)).map(|()| true)
            }
        }
    }

    fn map(&self, wish: MapWish, page: PictureSize) -> Result<MapPicture> {
        MapPicture::new(&self.prepared.model, &self.prepared.projection, wish, page)
    }

    fn bar(&self) -> ColourBar {
        ColourBar { label: self.wish.quantity.label(), mark: None, range: self.range }
    }

    fn cells(&self, scene: &Scene, bounds: Bounds, cell: f64, page: PictureSize) -> Result<String> {
        let (bar, palette) = (self.bar(), page.palette);
        CellPicture { scene, bounds, cell, bar, palette }.svg(page.pixels)
    }

    fn walk(
        &self,
        path: &Path,
        latent_path: &LatentPath,
        page: PictureSize,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<bool> {
        let (Prepared { model, projection, .. }, quantity) = (&*self.prepared, self.wish.quantity);
        let strip = &Strip::new(model, quantity, latent_path, (SECONDS * RATE) as usize, None)?;
        let (bar, palette) = (&self.bar(), page.palette);
        let walk = WrittenPath { model, projection, latent_path, strip, quantity, bar, palette };
        let animation = Animation { size: page.pixels, frames_per_second: RATE, looping: true };
        walk_film(path, &walk, animation, cancel, progress)
    }

    fn report(
        &self,
        path: &Path,
        findings: Option<&Findings>,
        chosen: Option<usize>,
        handle: &Handle<NoNews>,
    ) -> Result<bool> {
        if handle.is_cancelled() {
            return Ok(false);
        }
        let search = findings.map(|findings| &findings.report);
        let mut report = Report::new(self.name.clone(), self.prepared.model.clone(), search)?;
        report.answer = chosen.or(report.answer);
        handle.report(0.5, Text::default);
        if handle.is_cancelled() {
            return Ok(false);
        }
        report.write(path)?;
        Ok(true)
    }
}

/// The length and the frame rate of exported films.
fn film(page: PictureSize) -> Film {
    Film { page, seconds: SECONDS, frames_per_second: RATE }
}
