//! The list of files to import, bounded in number.

use super::Rejection;
use crate::data::text_file::problem_of;
use crate::error::{Error, Result};
use crate::numerics::standard_streams::is_stream;
use crate::text;
use crate::text::Text;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The most files of one import.
pub const MAX_FILES: usize = 200_000;
/// The most levels of folders.
const DEEPEST: usize = 16;

/// A supported format, known by a file's extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// Rows or columns of numbers.
    Csv,
    /// An airfoil in Selig's or Lednicer's format.
    Airfoil,
    /// Paths of a picture.
    Svg,
}

impl InputFormat {
    /// The format of a file, by its extension.
    pub fn from_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "dat" => Some(Self::Airfoil),
            "svg" => Some(Self::Svg),
            _ => None,
        }
    }
}

/// A file to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The format that its extension promises.
    pub format: InputFormat,
    /// The name of the folder just below the folder that the user gave; empty if the file is not in one.
    pub folder: String,
}

/// Lists the files of these paths and of all folders in them, each once, ordered by name. Hidden files are skipped.
///
/// # Errors
/// Names a path that does not exist, a folder that cannot be read, or a number of files beyond the limit.
pub fn list(paths: &[PathBuf]) -> Result<(Vec<ListedFile>, Vec<Rejection>)> {
    let mut search = FileSearch::default();
    for path in paths {
        if is_stream(path) {
            let format = InputFormat::from_path(path).unwrap_or(InputFormat::Csv);
            search.files.push(ListedFile { path: path.clone(), format, folder: String::new() });
            continue;
        }
        // Links are followed if the user gave them, and not if they are found in a folder: those could form cycles.
        let kind = std::fs::metadata(path).map_err(|error| Error::io(path, &error))?;
        if kind.is_dir() {
            search.folder(path, "", 0)?;
        } else {
            search.file(path, "")?;
        }
    }
    Ok((search.files, search.rejected))
}

#[derive(Default)]
struct FileSearch {
    files: Vec<ListedFile>,
    rejected: Vec<Rejection>,
    seen: HashSet<PathBuf>,
}

impl FileSearch {
    fn folder(&mut self, path: &Path, name: &str, depth: usize) -> Result<()> {
        if depth > DEEPEST {
            self.reject(path, text!("lies deeper than folders are searched"));
            return Ok(());
        }
        let entries = std::fs::read_dir(path).map_err(|error| Error::io(path, &error))?;
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            let own =
                entry.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if own.starts_with('.') {
                continue;
            }
            let link = entry.is_symlink();
            if entry.is_dir() && !link {
                // The label is the folder just below the one that the user gave.
                let name = if name.is_empty() { own.as_str() } else { name };
                if let Err(error) = self.folder(&entry, name, depth + 1) {
                    self.reject(&entry, problem_of(error));
                }
            } else if entry.is_dir() {
                self.reject(&entry, text!("is a link to a folder; name the folder itself"));
            } else {
                self.file(&entry, name)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, folder: &str) -> Result<()> {
        if !self.seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())) {
            return Ok(());
        }
        if self.seen.len() > MAX_FILES {
            let problem =
                text!("there are more than {most} files; name fewer folders", most = MAX_FILES);
            return Err(Error::file(path, problem));
        }
        match InputFormat::from_path(path) {
            Some(format) => {
                self.files.push(ListedFile {
                    path: path.to_owned(),
                    format,
                    folder: folder.to_owned(),
                });
            }
            None => self.reject(path, text!("is not .csv, .dat or .svg, and was passed over")),
        }
        Ok(())
    }

    fn reject(&mut self, path: &Path, reason: Text) {
        self.rejected.push(Rejection { file: path.to_owned(), place: None, reason });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_and_what_is_foreign_is_named() {
        let root = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "1").unwrap();
        };
        for name in ["b.DAT", "thin/a.svg", "thin/deep/c.csv", ".hidden.csv", "notes.txt"] {
            make(name);
        }
        let (files, rejected) = list(&[root.path().to_owned(), root.path().join("b.DAT")]).unwrap();
        let found: Vec<(String, &str)> = files
            .iter()
            .map(|f| {
                (f.path.file_name().unwrap().to_string_lossy().into_owned(), f.folder.as_str())
            })
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), *b)).collect();
        assert_eq!(found, [("b.DAT", ""), ("a.svg", "thin"), ("c.csv", "thin")]);
        assert!(rejected.len() == 1 && rejected[0].reason.to_string().contains("passed over"));
        let missing = list(&[root.path().join("nothing")]).unwrap_err().to_string();
        assert!(missing.contains("no such file"), "{missing}");
    }

    #[cfg(unix)]
    #[test]
    fn circles_of_links_end() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("again")).unwrap();
        let (files, rejected) = list(&[root.path().to_owned()]).unwrap();
        assert!(files.is_empty() && rejected[0].reason.to_string().contains("link to a folder"));
    }
}
