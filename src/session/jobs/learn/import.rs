//! Job: imports the user's data: outlines or a table.

use crate::data::dataset::Dataset;
use crate::data::outline::import::{ImportedOutline, Summary, import_with_values, name_of};
use crate::data::source::TrainingData;
use crate::data::table::{self, TableOptions, TableReport};
use crate::error::{Error, Result};
use crate::explore::data_sheet::DataSheet;
use crate::numerics::cancel_token::CancelToken;
use crate::session::document::ImportWish;
use crate::session::document::ids::JobId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::JobResult;
use crate::text;
use crate::text::Text;
use std::path::PathBuf;
use std::sync::Arc;

/// Imported data.
#[derive(Debug)]
pub struct Brought {
    /// The rows as training data.
    pub data: TrainingData,
    /// The rows as a sheet.
    pub sheet: Arc<DataSheet>,
    /// The report on the import.
    pub report: ImportReport,
}

impl Brought {
    fn new(data: TrainingData, report: ImportReport) -> Self {
        let sheet = Arc::new(DataSheet::new(data.set.clone()));
        Self { data, sheet, report }
    }
}

/// A report on an import.
#[derive(Debug)]
pub enum ImportReport {
    /// Of outlines.
    Outlines(OutlinesReport),
    /// Of a table.
    Table(TableReport),
}

/// A report on an import of outlines.
#[derive(Debug)]
pub struct OutlinesReport {
    /// The file and the repairs of each accepted shape.
    pub kept: Vec<ImportedOutline>,
    /// The rejected shapes.
    pub rejected: Summary,
    /// Ignored parts: columns that are no coordinates, paths that are not painted.
    pub aside: Summary,
}

/// An import, as the window sees it.
#[derive(Debug, Default)]
pub struct ImportRun {
    /// The job, while it runs.
    pub job: Option<JobId>,
    /// The imported data.
    pub brought: Option<Arc<Brought>>,
    /// Why it failed.
    pub failed: Option<Text>,
}

/// Runs the job.
///
/// # Errors
/// Names a file that cannot be read, or says that nothing could be imported.
pub fn run(wish: &ImportWish, handle: &Handle<NoNews>) -> Result<JobResult<Brought>> {
    let brought = match &wish.table {
        Some(options) => table(&wish.paths, options, wish.only.as_deref(), handle.token())?,
        None => outlines(wish, handle)?,
    };
    Ok(brought.map_or(JobResult::Cancelled(None), JobResult::Finished))
}

/// A table; none if it was cancelled.
fn table(
    paths: &[PathBuf],
    options: &TableOptions,
    only: Option<&[u32]>,
    cancel: &CancelToken,
) -> Result<Option<Brought>> {
    let [path] = paths else {
        return Err(Error::mismatch(text!("A table is one file; choose one.")));
    };
    let Some(mut import) = table::read_unless(path, options, cancel)? else { return Ok(None) };
    let report = std::mem::take(&mut import.report);
    if let Some(only) = only {
        import.set = chosen(&import.set, only)?;
    }
    let data = TrainingData::table(import, name_of(paths))?;
    Ok(Some(Brought::new(data, ImportReport::Table(report))))
}

/// The chosen rows of a data set.
fn chosen(set: &Dataset, only: &[u32]) -> Result<Dataset> {
    let rows: Vec<usize> = only.iter().map(|&row| row as usize).collect();
    match rows.iter().all(|&row| row < set.rows.len()) {
        true => Ok(set.select(&rows)),
        false => Err(Error::mismatch(text!(
            "The file has fewer rows than when some were chosen; open it again."
        ))),
    }
}

/// Outlines of files and folders; none if it was cancelled.
fn outlines(wish: &ImportWish, handle: &Handle<NoNews>) -> Result<Option<Brought>> {
    let ImportWish { paths, values, options, only, .. } = wish;
    let imported = import_with_values(paths, values.as_deref(), options, handle.token(), |at| {
        let share = at.done as f64 / at.files.max(1) as f64;
        handle.report(share, || {
            let files = text!(
                "{done} of {count} file" | "{done} of {count} files",
                done = at.done,
                count = at.files
            );
            let shapes = text!("{count} shape" | "{count} shapes", count = at.shapes);
            Text::joined([files, shapes], ", ")
        });
    })?;
    let Some(mut imported) = imported else { return Ok(None) };
    if let Some(only) = only {
        imported.set = chosen(&imported.set, only)?;
    }
    let report = OutlinesReport {
        kept: std::mem::take(&mut imported.kept),
        rejected: std::mem::take(&mut imported.rejected),
        aside: std::mem::take(&mut imported.aside),
    };
    let data = TrainingData::imported(imported, name_of(paths), options)?;
    Ok(Some(Brought::new(data, ImportReport::Outlines(report))))
}

/// Handles the result: the data, or why there are none.
///
/// # Errors
/// A sentence for the user.
pub fn ended(result: JobResult<Brought>) -> std::result::Result<Brought, Text> {
    match result {
        JobResult::Finished(brought) => Ok(brought),
        JobResult::Cancelled(_) => Err(text!("Stopped; nothing was imported.")),
        JobResult::Failed(why, _) => Err(why),
    }
}
