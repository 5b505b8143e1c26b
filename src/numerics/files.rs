//! Files are written whole or not at all.

use crate::error::{Error, Result};
use std::io::Write;
use std::path::Path;

/// Writes through a temporary file beside `path`, renamed over it once all is on the disk, so that
/// a full disk or a crash never leaves half a file or loses the old one.
///
/// # Errors
/// Names `path` when it is a folder or its folder is missing, full or not writable.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    if path.is_dir() {
        return Err(Error::file(path, "is a folder; name a file in it"));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Error::file(path, "its folder does not exist; create it or choose another"));
    }
    let attempt = || -> std::io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".latent-explorer-");
        #[cfg(unix)]
        {
            // A temporary file is private by default; what is kept is an ordinary file.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o644));
        }
        let file = builder.tempfile_in(folder)?;
        let mut writer = std::io::BufWriter::new(file);
        write(&mut writer)?;
        let file = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    attempt().map_err(|error| Error::io(path, &error))
}

/// Reads a whole file.
///
/// # Errors
/// Names `path` when it is missing, a folder or not readable.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    if path.is_dir() {
        return Err(Error::file(path, "is a folder; name a file"));
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
    }
}
