//! Standard input and standard output named as files: `-`, or with an extension that tells the format, as in `-.svg`.
//! A file that has such a name itself is `./-`.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The most bytes that are read of standard input.
const MAX_BYTES: u64 = 1 << 30;

/// True if a path names a standard stream.
pub fn is_stream(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "-")
        && path.parent().is_none_or(|folder| folder.as_os_str().is_empty())
}

/// All bytes of standard input. It can be read once, so they are kept for a command that reads them twice, such as
/// outlines and their values in one table.
///
/// # Errors
/// Errors of the system; also when there are more than a gigabyte.
pub fn read() -> std::io::Result<Vec<u8>> {
    static READ: Mutex<Option<Vec<u8>>> = Mutex::new(None);
    // A panic elsewhere leaves the bytes complete or absent.
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = &*read {
        return Ok(bytes.clone());
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    Ok(read.insert(bytes).clone())
}

/// Writes bytes on standard output.
///
/// # Errors
/// Errors of the system, except that of a reader, such as `head`, that closed its end.
pub fn write(bytes: &[u8]) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_is_a_stream_and_a_file_of_that_name_is_none() {
        for (path, expected) in [
            ("-", true),
            ("-.svg", true),
            ("./-", false),
            ("a/-", false),
            ("-a", false),
            ("", false),
        ] {
            assert_eq!(is_stream(Path::new(path)), expected, "{path}");
        }
    }
}
