//! Job: imports the user's shapes.

use crate::data::outline::import::{ImportedOutline, Summary, import_with_values, name_of};
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::session::document::ImportWish;
use crate::session::document::ids::JobId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::JobResult;
use crate::text;
use crate::text::Text;
use std::sync::Arc;

/// Imported shapes.
#[derive(Debug)]
pub struct Brought {
    /// The shapes as training data.
    pub data: TrainingData,
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
    /// The imported shapes.
    pub brought: Option<Arc<Brought>>,
    /// Why it failed.
    pub failed: Option<Text>,
}

/// Runs the job.
///
/// # Errors
/// Names a file that cannot be read, or says that nothing could be imported.
pub fn run(wish: &ImportWish, handle: &Handle<NoNews>) -> Result<JobResult<Brought>> {
    let ImportWish { paths, values, options } = wish;
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
    let Some(mut imported) = imported else { return Ok(JobResult::Cancelled(None)) };
    let kept = std::mem::take(&mut imported.kept);
    let rejected = std::mem::take(&mut imported.rejected);
    let aside = std::mem::take(&mut imported.aside);
    let data = TrainingData::imported(imported, name_of(paths), options)?;
    Ok(JobResult::Finished(Brought { data, kept, rejected, aside }))
}

/// Handles the result: the shapes, or why there are none.
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
