//! Import of files and folders as a whole, several files at a time.

use super::canonicalise::Begin;
use super::files::{self, ListedFile};
use super::formats::svg;
use super::formats::trial::Trials;
use super::labels;
use super::options::ImportOptions;
use super::progress::ImportWatch;
use super::report::{Import, ImportProgress, ImportedOutline, Rejection, Summary};
use super::shapes::{Contents, FoundShape, contents};
use super::values;
use crate::data::outline::quantities::OutlineQuantity;
use crate::data::outline::unit::LengthUnit;
use crate::data::rows::Rows;
use crate::error::{Error, Result, check_range};
use crate::numerics::cancel_token::CancelToken;
use crate::text;
use crate::text::Text;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most numbers of all outlines together: 400 MB.
const MAX_NUMBERS: usize = 100_000_000;
/// The fewest outlines that a model can be trained on.
pub const MIN_OUTLINES: usize = 10;

/// Imports every outline of these files and folders. `progress` is called from several threads. None if the import was
/// cancelled.
///
/// # Errors
/// Names a path that cannot be read at all, an option out of range, or a limit that the whole import exceeds; or, if
/// nothing can be used, gives the first reason.
pub fn import(
    paths: &[PathBuf],
    options: &ImportOptions,
    cancel: &CancelToken,
    progress: impl Fn(ImportProgress) + Sync,
) -> Result<Option<Import>> {
    check_range("points", options.points, 16, 1000)?;
    let (files, foreign) = files::list(paths)?;
    let watch = ImportWatch {
        cancel,
        done: AtomicUsize::new(0),
        shapes: AtomicUsize::new(0),
        kept: AtomicUsize::new(0),
        most: MAX_NUMBERS / (2 * options.points),
        files: files.len(),
        trials: Trials::default(),
        progress: &progress,
    };
    let read = |file: &ListedFile| {
        if watch.is_stopped() {
            return Contents::default();
        }
        let found = contents(file, options, &watch);
        watch.done.fetch_add(1, Ordering::Relaxed);
        watch.tell();
        found
    };
    // A separate pool, for the larger stack; stack pages that are not used take no memory.
    let pool = rayon::ThreadPoolBuilder::new().stack_size(svg::STACK).build();
    let pool = pool.map_err(|error| {
        Error::mismatch(text!("nothing can be imported: {error}", error = error.to_string()))
    })?;
    let found: Vec<Contents> = pool.install(|| files.par_iter().map(read).collect());
    if watch.kept.into_inner() > watch.most {
        return Err(Error::mismatch(text!(
            "there are more than {most} outlines of {points} points; import fewer, or with fewer points",
            most = watch.most,
            points = options.points
        )));
    }
    if cancel.is_cancelled() {
        return Ok(None);
    }
    let mut import = Import::default();
    import.rejected.list = foreign;
    let (mut canonical, mut named) = (Vec::new(), Vec::new());
    let mut units = Vec::new();
    for (file, Contents { shapes, aside, unit }) in files.iter().zip(found) {
        aside.into_iter().for_each(|aside| import.aside.push(aside));
        if let Some(reason) = only_reason(&shapes) {
            import.rejected.push(Rejection { file: file.path.clone(), place: None, reason });
            continue;
        }
        for FoundShape { named: own, place, outline } in shapes {
            match outline {
                Ok(shape) => {
                    units.push(unit);
                    import
                        .kept
                        .push(ImportedOutline { file: file.path.clone(), notes: shape.notes });
                    canonical.push((shape.by_ray, shape.by_tip));
                    named.push(own);
                }
                Err(reason) => {
                    import.rejected.push(Rejection { file: file.path.clone(), place, reason });
                }
            }
        }
    }
    if named.is_empty() {
        return Err(nothing(paths, &import.rejected));
    }
    let tips = canonical.iter().filter(|(_, by_tip)| by_tip.is_some()).count();
    import.begin = if 10 * tips >= 9 * named.len() { Begin::Tip } else { Begin::Ray };
    let mut flat = Vec::with_capacity(2 * options.points * named.len());
    for (by_ray, by_tip) in canonical {
        let (outline, transform) = match import.begin {
            Begin::Ray => by_ray,
            Begin::Tip => by_tip.unwrap_or_else(|| {
                super::canonicalise::from_farthest(&by_ray, options.form(Begin::Tip))
            }),
        };
        flat.extend(outline);
        import.set.transforms.push(transform);
    }
    import.set.rows = Rows::from_flat(2 * options.points, flat);
    (import.set.labels, import.set.names) =
        labels::labels(&named, options.labels, &name_of(paths))?;
    import.set.ids = labels::unique_ids(named);
    import.set.unit = LengthUnit::common(units);
    Ok(Some(import))
}

/// As [`import`], with the target values of the shapes if there is a file of them.
///
/// # Errors
/// As [`import`] and [`values::read`].
pub fn import_with_values(
    paths: &[PathBuf],
    values: Option<&Path>,
    options: &ImportOptions,
    cancel: &CancelToken,
    progress: impl Fn(ImportProgress) + Sync,
) -> Result<Option<Import>> {
    let Some(mut import) = import(paths, options, cancel, progress)? else { return Ok(None) };
    if let Some(path) = values {
        let reserved = OutlineQuantity::ALL.map(OutlineQuantity::name);
        let groups = options.groups.as_deref();
        let values = values::read(path, &import.set.ids, &reserved, groups)?;
        import.set.measured = values.measured;
        import.set.groups = values.groups;
        import.rejected.append(values.left_out);
        // A file may hold outlines and values: its columns that are no coordinates are listed once, as those without values.
        if let Ok(path) = std::fs::canonicalize(path) {
            let is_other = |file: &Path| std::fs::canonicalize(file).is_ok_and(|file| file != path);
            import.aside.list.retain(|part| is_other(&part.file));
        }
        import.aside.append(values.aside);
    }
    Ok(Some(import))
}

/// The reason of a file all of whose shapes, two or more, are left out for one reason.
fn only_reason(shapes: &[FoundShape]) -> Option<Text> {
    let [first, others @ ..] = shapes else { return None };
    let reason = first.outline.as_ref().err()?;
    let is_same = |shape: &FoundShape| shape.outline.as_ref().is_err_and(|other| other == reason);
    (!others.is_empty() && others.iter().all(is_same)).then(|| {
        text!(
            "none of its {number} shapes can be used: each {reason}",
            number = shapes.len(),
            reason = reason.clone()
        )
    })
}

/// The name of an import: the first path, and a remark if there are more.
pub fn name_of(paths: &[PathBuf]) -> String {
    let first = paths.first().and_then(|path| {
        let path = std::fs::canonicalize(path).ok()?;
        let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
        name.map(|name| name.to_string_lossy().into_owned())
    });
    first.unwrap_or_else(|| "shapes".to_owned())
}

fn nothing(paths: &[PathBuf], rejected: &Summary) -> Error {
    let path = paths.first().map_or(Path::new("."), PathBuf::as_path);
    match rejected.list.as_slice() {
        [] => Error::file(path, text!("holds no .csv, .dat or .svg file")),
        [only] if rejected.more == 0 => Error::mismatch(only.text()),
        [first, ..] => Error::file(
            path,
            text!(
                "none of {rejected} things in it is an outline; the first: {first}",
                rejected = rejected.count(),
                first = first.text()
            ),
        ),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
