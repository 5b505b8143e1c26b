//! Atomic file writes: a file is written completely or not at all.

use super::standard_streams;
use crate::error::{Error, Result};
use crate::text;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes through a temporary file beside `path`, which is renamed to `path` once it is complete on the disk. A full
/// disk or a crash leaves neither half a file nor a damaged old one.
///
/// # Errors
/// Names `path` when it is a folder, or when its folder is missing, full or not writable.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let mut file = WholeFile::create(path)?;
    write(&mut file).map_err(|error| Error::io(path, &error))?;
    file.finish()
}

/// A file that is written in parts and appears only once it is [finished](Self::finish): dropped before, it leaves no
/// trace, and an old file at its path is unchanged.
#[derive(Debug)]
pub struct WholeFile {
    /// The path as the caller gave it, for errors.
    path: PathBuf,
    file: PathBuf,
    writer: std::io::BufWriter<tempfile::NamedTempFile>,
}

impl WholeFile {
    /// Begins a file that will be at `path`.
    ///
    /// # Errors
    /// Names `path` when it is a folder, or when its folder is missing, full or not writable.
    pub fn create(path: &Path) -> Result<Self> {
        let Destination { file, folder } = destination(path)?;
        let temporary = temporary_in(&folder).map_err(|error| Error::io(path, &error))?;
        Ok(Self { path: path.to_owned(), file, writer: std::io::BufWriter::new(temporary) })
    }

    /// The path as the caller gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the old file, if there is one, by the new content.
    ///
    /// # Errors
    /// Names the path when the disk is full or the file cannot be replaced.
    pub fn finish(self) -> Result<()> {
        let Self { path, file, writer } = self;
        let attempt = || -> std::io::Result<()> {
            let written = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            if standard_streams::is_stream(&path) {
                return standard_streams::write(&std::fs::read(written.path())?);
            }
            written.as_file().sync_all()?;
            written.persist(&file).map(drop).map_err(|error| error.error)
        };
        attempt().map_err(|error| Error::io(&path, &error))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

/// Fails as [`write_whole`] to `path` would, before any work is spent on the content; nothing is left behind and an old
/// file is not touched.
///
/// # Errors
/// Names `path` when it cannot be written.
pub fn check_writable(path: &Path) -> Result<()> {
    let Destination { folder, .. } = destination(path)?;
    temporary_in(&folder).map(drop).map_err(|error| Error::io(path, &error))
}

/// The path of a file with links resolved, and its folder.
struct Destination {
    file: PathBuf,
    folder: PathBuf,
}

fn destination(path: &Path) -> Result<Destination> {
    if standard_streams::is_stream(path) {
        return Ok(Destination { file: path.to_owned(), folder: std::env::temp_dir() });
    }
    let named_as_folder = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    if path.is_dir() || named_as_folder {
        return Err(Error::file(path, text!("is a folder; name a file in it")));
    }
    // A rename would replace a device or a pipe by a regular file.
    if path.exists() && !path.is_file() {
        return Err(Error::file(path, text!("is not an ordinary file; name another")));
    }
    if path.file_name().is_none() {
        return Err(Error::file(path, text!("names no file")));
    }
    // The target of a link is replaced, not the link.
    let file = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        return Err(Error::file(
            path,
            text!("its folder does not exist; create it or choose another"),
        ));
    }
    Ok(Destination { file, folder })
}

fn temporary_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".latent-explorer-");
    #[cfg(unix)]
    {
        // A temporary file is private by default; the result must have the usual permissions.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    builder.tempfile_in(folder)
}

/// Reads a whole file, or a [standard stream](standard_streams).
///
/// # Errors
/// Names `path` when it is missing, a folder or not readable.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    if standard_streams::is_stream(path) {
        return standard_streams::read().map_err(|error| Error::io(path, &error));
    }
    if path.is_dir() {
        return Err(Error::file(path, text!("is a folder; name a file")));
    }
    std::fs::read(path).map_err(|error| Error::io(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_keeps_the_old_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        write_whole(&path, |w| w.write_all(b"old")).unwrap();
        let failed = write_whole(&path, |w| {
            w.write_all(b"new")?;
            Err(std::io::ErrorKind::StorageFull.into())
        });
        assert!(failed.unwrap_err().to_string().contains("disk is full"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn folders_are_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_whole(folder.path(), |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("is a folder"));
        assert!(read(folder.path()).unwrap_err().to_string().contains("is a folder"));
        let missing = folder.path().join("no/where");
        assert!(write_whole(&missing, |_| Ok(())).unwrap_err().to_string().contains("folder"));
        assert!(check_writable(&missing).unwrap_err().to_string().contains("does not exist"));
        assert!(check_writable(Path::new("")).unwrap_err().to_string().contains("names no file"));
    }

    #[test]
    fn checking_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        check_writable(&path).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::write(&path, b"old").unwrap();
        check_writable(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_refused_and_links_followed() {
        let folder = tempfile::tempdir().unwrap();
        let device = write_whole(Path::new("/dev/null"), |_| Ok(())).unwrap_err();
        assert!(device.to_string().contains("not an ordinary file"));
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&path, b"old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_whole(&link, |w| w.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert!(link.is_symlink());
    }
}
