//! Checks of all files before any work begins.

use crate::data::outline::import::files::InputFormat;
use crate::error::{Error, Result};
use crate::export::outlines::check_target;
use crate::model::Model;
use crate::model::format::checkpoint;
use crate::numerics::atomic_file::check_writable;
use crate::numerics::standard_streams::{self, is_stream};
use crate::text;
use crate::text::printable;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Fails unless every output can be written, is not also an input and is not given twice.
pub fn check_outputs(inputs: &[&Path], outputs: &[&Path]) -> Result<()> {
    outputs.iter().try_for_each(|output| check_writable(output))?;
    check_apart(inputs, outputs)
}

/// As [`check_outputs`], for a last output, if any, that is one of
/// [`write_outlines`](crate::export::outlines::write_outlines): its extension must be known, and it may be a new
/// folder.
pub fn check_outputs_with(
    inputs: &[&Path],
    outputs: &[&Path],
    outlines: Option<&Path>,
) -> Result<()> {
    check_outputs(inputs, outputs)?;
    check_apart(inputs, &[outputs, outlines.as_slice()].concat())?;
    outlines.map_or(Ok(()), check_target)
}

/// Fails unless files can be written into a folder, which may have to be created, and no input is in it.
pub fn check_folder(inputs: &[&Path], folder: &Path) -> Result<()> {
    let place_of_folder = place(folder);
    if inputs.iter().any(|input| place(input).parent() == Some(&place_of_folder)) {
        let problem = text!("holds a file that is read by this command; write to another folder");
        return Err(Error::file(folder, problem));
    }
    if folder.exists() && !folder.is_dir() {
        return Err(Error::file(folder, text!("is not a folder; name another")));
    }
    let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    check_writable(&there.join("any")).map_err(|error| match error {
        Error::File { problem, .. } => Error::file(folder, problem),
        other => other,
    })
}

fn check_apart(inputs: &[&Path], outputs: &[&Path]) -> Result<()> {
    for (index, output) in outputs.iter().enumerate() {
        if is_stream(output) {
            OUTPUT_HOLDS_FILE.store(true, Ordering::Relaxed);
        } else if inputs.iter().any(|input| is_read(input, output)) {
            return Err(Error::file(
                output,
                text!("is read by this command; write to another file"),
            ));
        }
        if outputs[..index].iter().any(|other| place(other) == place(output)) {
            return Err(Error::file(output, text!("is named for two outputs; write to two files")));
        }
    }
    Ok(())
}

/// True if `file` is the input, or an existing file of shapes in an input folder.
fn is_read(input: &Path, file: &Path) -> bool {
    let in_folder = || input.is_dir() && file.exists() && InputFormat::from_path(file).is_some();
    place(input) == place(file) || in_folder() && place(file).starts_with(place(input))
}

/// The canonical path of a file, which need not exist: two names of one file give the same path.
fn place(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(std::fs::canonicalize(folder).ok()?.join(path.file_name()?))
    };
    std::fs::canonicalize(path).ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// True if standard output holds a file of this command, so that nothing else is printed there.
static OUTPUT_HOLDS_FILE: AtomicBool = AtomicBool::new(false);

/// Prints on standard output; on standard error if standard output holds a file.
pub fn print(text: &str) -> Result<()> {
    let text = printable(text);
    if OUTPUT_HOLDS_FILE.load(Ordering::Relaxed) {
        // A failed write to standard error must not stop the work.
        let _ = std::io::stderr().write_all(text.as_bytes());
        return Ok(());
    }
    print_bytes(text.as_bytes())
}

/// Prints bytes on standard output.
pub fn print_bytes(bytes: &[u8]) -> Result<()> {
    let standard_output = text!("standard output").to_string();
    standard_streams::write(bytes).map_err(|error| Error::io(Path::new(&standard_output), &error))
}

/// Opens a checkpoint.
pub fn open(path: &Path) -> Result<Arc<Model>> {
    checkpoint::load(path).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_output_is_also_an_input_or_another_output() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        let (a, b, also_a) = (path("a"), path("b"), path("./a"));
        std::fs::write(&a, "").unwrap();
        assert!(check_outputs(&[&a], &[&b]).is_ok());
        let refused = |inputs: &[&Path], outputs: &[&Path]| {
            check_outputs(inputs, outputs).unwrap_err().to_string()
        };
        assert!(refused(&[&a], &[&also_a]).contains("is read"));
        assert!(refused(&[], &[&b, &path("./b")]).contains("two outputs"));
        // Only files of shapes in an input folder are inputs.
        let shapes = path("shapes.csv");
        assert!(check_outputs(&[folder.path()], &[&shapes, &a]).is_ok());
        std::fs::write(&shapes, "").unwrap();
        assert!(refused(&[folder.path()], &[&path("./shapes.csv")]).contains("is read"));
        assert!(check_folder(&[&b], &path("new/in new")).is_ok());
        let problem = |folder: &Path| check_folder(&[&a], folder).unwrap_err().to_string();
        assert!(problem(folder.path()).contains("holds a file that is read"));
        assert!(problem(&a).contains("is not a folder"));
    }
}
