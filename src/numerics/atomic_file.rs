//! Atomic file writes: a file is written completely or not at all.

use super::standard_streams;
use crate::error::{Error, Result};
use crate::text;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// The prefix of the names of temporary files and folders.
const TEMPORARY: &str = ".latent-explorer-";
/// The age from which a temporary file that nobody holds is that of a run that died, and that of a folder, which nobody
/// can hold.
const OLD_FILE: Duration = Duration::from_secs(60);
const OLD_FOLDER: Duration = Duration::from_secs(24 * 60 * 60);
/// The most bytes of a file whose kind has no limit of its own.
const MAX_READ: u64 = 1 << 30;

/// Writes through a temporary file beside `path`, which is renamed to `path` once it is complete on the disk. A full
/// disk or a crash leaves neither half a file nor a damaged old one. An old file's owner and permissions stay; a new one
/// has those of the process. The target of a link is replaced, not the link.
///
/// # Errors
/// Names `path` when it is a folder, may not be changed, or when its folder is missing, full or not writable.
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
    /// Begins a file that will be at `path`; removes temporary files that runs left there when they died.
    ///
    /// # Errors
    /// As [`write_whole`].
    pub fn create(path: &Path) -> Result<Self> {
        let Destination { file, folder } = destination(path)?;
        sweep(&folder);
        let temporary = temporary_beside(&file, &folder);
        let temporary = temporary.map_err(|error| Error::io(path, &error))?;
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
            let _ = written.as_file().unlock();
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
    let Destination { file, folder } = destination(path)?;
    temporary_beside(&file, &folder).map(drop).map_err(|error| Error::io(path, &error))
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
    if path.is_symlink() && !path.exists() {
        return Err(Error::file(
            path,
            text!("is a link to a file that does not exist; name that file, or remove the link"),
        ));
    }
    // A rename asks for no permission of the file that it replaces.
    if let Ok(old) = std::fs::metadata(path) {
        let is_open_to_us = || OpenOptions::new().write(true).open(path).is_ok();
        if old.permissions().readonly() || !is_open_to_us() {
            return Err(Error::file(
                path,
                text!("may only be read; name another file, or change its permissions"),
            ));
        }
    }
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

/// A temporary file with the owner and the permissions of the file that it will replace, if there is one.
fn temporary_beside(file: &Path, folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        // A temporary file is private by default; a new file has what the process leaves of these (its umask).
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let temporary = builder.tempfile_in(folder)?;
    // Held until it is renamed: a file that nobody holds was left by a run that died.
    let _ = temporary.as_file().try_lock();
    if let Ok(old) = std::fs::metadata(file) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let new = temporary.as_file().metadata()?;
            if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
                fchown(temporary.as_file(), Some(old.uid()), Some(old.gid()))?;
            }
        }
        temporary.as_file().set_permissions(old.permissions())?;
    }
    Ok(temporary)
}

/// A temporary folder beside `path`, which is deleted unless it is kept.
///
/// # Errors
/// Names `path` when its folder is missing, full or not writable.
pub fn temporary_folder(path: &Path) -> Result<tempfile::TempDir> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    sweep(parent);
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(parent).map_err(|error| Error::io(path, &error))
}

/// Removes the temporary files and folders that runs left in a folder when they died; once for each folder.
fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let is_new = SWEPT.lock().is_ok_and(|mut swept| swept.insert(folder.to_owned()));
    let Some(entries) = is_new.then(|| std::fs::read_dir(folder).ok()).flatten() else { return };
    for entry in entries.flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
            continue;
        }
        // No link is followed.
        let Ok(kind) = entry.metadata() else { continue };
        let age = kind.modified().ok().and_then(|written| written.elapsed().ok());
        let is_older = |than| age.is_some_and(|age| age > than);
        let path = entry.path();
        // A file that cannot be removed stays, as it did before.
        let _ = if kind.is_dir() && is_older(OLD_FOLDER) {
            std::fs::remove_dir_all(path)
        } else if kind.is_file() && is_older(OLD_FILE) && is_abandoned(&path) {
            std::fs::remove_file(path)
        } else {
            Ok(())
        };
    }
}

/// True if no process holds a file.
fn is_abandoned(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Reads a whole file, or a [standard stream](standard_streams), of at most 1 GB.
///
/// # Errors
/// As [`read_at_most`].
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_READ)
}

/// Reads a whole file of at most `most` bytes.
///
/// # Errors
/// Names `path` when it is missing, a folder, a pipe, a device, too large or not readable.
pub fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>> {
    let refuse = |error: std::io::Error| Error::io(path, &error);
    if standard_streams::is_stream(path) {
        return standard_streams::read().map_err(refuse);
    }
    // The kind is checked before the file is opened: opening a pipe blocks until its other end is open.
    let kind = std::fs::metadata(path).map_err(refuse)?;
    if kind.is_dir() {
        return Err(Error::file(path, text!("is a folder; name a file")));
    }
    if !kind.is_file() {
        return Err(Error::file(path, text!("is not an ordinary file; name another")));
    }
    let too_large = || {
        let problem = text!("is larger than {most} MB, the most that is read", most = most >> 20);
        Error::file(path, problem)
    };
    if kind.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(kind.len() as usize);
    let file = File::open(path).map_err(refuse)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(refuse)?;
    // It may have grown meanwhile.
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
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

    #[cfg(unix)]
    #[test]
    fn an_old_file_keeps_its_permissions_and_one_that_may_only_be_read_its_content() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let set = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let (path, usual) = (folder.path().join("kept"), folder.path().join("usual"));
        std::fs::write(&usual, b"").unwrap();
        write_whole(&path, |w| w.write_all(b"old")).unwrap();
        assert_eq!(mode(&path), mode(&usual));
        set(&path, 0o640);
        write_whole(&path, |w| w.write_all(b"new")).unwrap();
        assert_eq!((mode(&path), std::fs::read(&path).unwrap()), (0o640, b"new".to_vec()));
        set(&path, 0o440);
        let refused = write_whole(&path, |w| w.write_all(b"newer")).unwrap_err().to_string();
        assert!(refused.contains("may only be read"), "{refused}");
        assert!(check_writable(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("nothing"), &link).unwrap();
        assert!(write_whole(&link, |_| Ok(())).is_err() && link.is_symlink());
    }

    #[test]
    fn what_dead_runs_left_is_removed_and_what_is_held_or_new_stays() {
        let folder = tempfile::tempdir().unwrap();
        let left = |name: &str, age: Duration| {
            let path = folder.path().join(name);
            let file = File::create(&path).unwrap();
            file.set_modified(std::time::SystemTime::now() - age).unwrap();
            (path, file)
        };
        let (dead, _) = left(".latent-explorer-dead", 2 * OLD_FILE);
        let (held, holder) = left(".latent-explorer-held", 2 * OLD_FILE);
        let (new, _) = left(".latent-explorer-new", Duration::ZERO);
        let (other, _) = left("latent-explorer-mine", 2 * OLD_FILE);
        holder.lock().unwrap();
        write_whole(&folder.path().join("written"), |_| Ok(())).unwrap();
        let stay = [&dead, &held, &new, &other].map(|path| path.exists());
        assert_eq!(stay, [false, true, true, true]);
    }

    #[test]
    fn no_more_is_read_than_allowed_and_nothing_but_files() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![b'1'; 2 << 20]).unwrap();
        let refused = read_at_most(file.path(), 1 << 20).unwrap_err().to_string();
        assert!(refused.contains("larger than 1 MB"), "{refused}");
        assert_eq!(read_at_most(file.path(), 2 << 20).unwrap().len(), 2 << 20);
        #[cfg(unix)]
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("ordinary file"));
    }
}
