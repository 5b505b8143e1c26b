//! The bytes of a file of data: bounded in size, read only if nobody changes it meanwhile; and their text in UTF-8.

use crate::error::Error;
use crate::numerics::standard_streams;
use crate::text;
use crate::text::Text;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

/// The most bytes of one file.
pub const MAX_BYTES: u64 = 64 << 20;

/// The problem of an error, without the file in which it is.
pub fn problem_of(error: Error) -> Text {
    match error {
        Error::File { problem, .. } => problem,
        other => other.text(),
    }
}

/// The bytes of a regular file within the size limit that is not written to meanwhile.
///
/// # Errors
/// Gives the reason why the file cannot be read.
pub fn read_bounded(path: &Path) -> std::result::Result<Vec<u8>, Text> {
    read_at_most(path, MAX_BYTES)
}

/// The bytes of a regular file of at most `most` bytes that is not written to meanwhile.
///
/// # Errors
/// Gives the reason why the file cannot be read.
pub fn read_at_most(path: &Path, most: u64) -> std::result::Result<Vec<u8>, Text> {
    let plain = |error: &std::io::Error| problem_of(Error::io(path, error));
    if standard_streams::is_stream(path) {
        let bytes = standard_streams::read().map_err(|error| plain(&error))?;
        return match bytes.len() as u64 {
            0 => Err(text!("is empty")),
            length if length > most => {
                Err(text!("is larger than {most} MB; split it", most = most >> 20))
            }
            _ => Ok(bytes),
        };
    }
    // The kind is checked before the file is opened: opening a pipe blocks until its other end is open.
    let kind = std::fs::metadata(path).map_err(|error| plain(&error))?;
    if !kind.is_file() {
        return Err(text!("is not an ordinary file"));
    }
    let file = File::open(path).map_err(|error| plain(&error))?;
    read_steady(&file, &file, most).map_err(|error| plain(&error))?
}

/// The bytes that `source` reads of `file`, unless the file is too large or has changed when all of it was read.
fn read_steady(
    file: &File,
    source: impl Read,
    most: u64,
) -> std::io::Result<std::result::Result<Vec<u8>, Text>> {
    let before = file.metadata()?;
    let length = before.len();
    if length > most {
        return Ok(Err(text!("is larger than {most} MB; split it", most = most >> 20)));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    // One byte more than the length shows that the file grew; a file that grows without end is not followed.
    source.take(length + 1).read_to_end(&mut bytes)?;
    let after = file.metadata()?;
    // The modification time is missing on some systems.
    let written = |of: &Metadata| of.modified().ok();
    Ok(
        if bytes.len() as u64 != length
            || after.len() != length
            || written(&before) != written(&after)
        {
            Err(text!("was written to while it was read; import it again once it is whole"))
        } else if bytes.is_empty() {
            Err(text!("is empty"))
        } else {
            Ok(bytes)
        },
    )
}

/// The text of a file, which must be UTF-8.
///
/// # Errors
/// Explains how to save the file.
pub fn text(bytes: &[u8]) -> std::result::Result<&str, Text> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if is_utf16(bytes) {
        return Err(text!("is in UTF-16; save it as UTF-8"));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|_| text!("is not text in UTF-8; save it as UTF-8"))?;
    if text.contains('\0') {
        return Err(text!("is not text; save it as UTF-8"));
    }
    Ok(text)
}

/// True if the bytes are UTF-16: they begin with its mark, or every other one of the first bytes is zero.
pub fn is_utf16(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return true;
    }
    let begin = &bytes[..bytes.len().min(64) & !1];
    let zero = |k: usize| begin.iter().skip(k).step_by(2).all(|&b| b == 0);
    begin.len() >= 4 && (zero(0) != zero(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::OpenOptions;
    use std::io::Write;

    #[test]
    fn no_file_is_read_beyond_the_limit() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![b'1'; 3 << 20]).unwrap();
        assert!(
            read_at_most(file.path(), 1 << 20)
                .unwrap_err()
                .to_string()
                .contains("larger than 1 MB")
        );
        assert_eq!(read_at_most(file.path(), 3 << 20).unwrap().len(), 3 << 20);
        std::fs::write(file.path(), "").unwrap();
        assert_eq!(read_bounded(file.path()).unwrap_err().to_string(), "is empty");
        assert!(read_bounded(Path::new("/dev/zero")).is_err());
    }

    /// A reader that writes to its own file before each read.
    struct Growing<'a> {
        reads: &'a File,
        writes: File,
        readings: usize,
    }

    impl Read for Growing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.readings += 1;
            self.writes.write_all(b"1,1\n")?;
            self.reads.read(buffer)
        }
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let written = "0,0\n".repeat(1000);
        std::fs::write(file.path(), &written).unwrap();
        let opened = |options: &mut OpenOptions| options.open(file.path()).unwrap();
        let reads = opened(OpenOptions::new().read(true));
        let writes = opened(OpenOptions::new().append(true));
        let mut growing = Growing { reads: &reads, writes, readings: 0 };
        let refused =
            read_steady(&reads, &mut growing, MAX_BYTES).unwrap().unwrap_err().to_string();
        assert!(refused.contains("written to while it was read"), "{refused}");
        assert!(growing.readings < 5, "it is not read on as long as it grows");

        // The file is cut short, or overwritten in place.
        std::fs::write(file.path(), &written).unwrap();
        let refused = |source: &[u8]| {
            let reads = opened(OpenOptions::new().read(true));
            read_steady(&reads, source, MAX_BYTES).unwrap()
        };
        assert!(refused(&written.as_bytes()[..4000 - 1]).is_err());
        assert_eq!(refused(written.as_bytes()).unwrap(), written.as_bytes());
    }

    #[test]
    fn other_encodings_are_told_how_to_be_saved() {
        assert_eq!(text(b"\xef\xbb\xbfx,y").unwrap(), "x,y");
        let wide: Vec<u8> = "x,y\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(text(&wide).unwrap_err().to_string().contains("UTF-16; save it as UTF-8"));
        assert!(text(b"\xff\xfex\0").unwrap_err().to_string().contains("UTF-16"));
        assert!(text(b"gr\xfcn,1").unwrap_err().to_string().contains("save it as UTF-8"));
        assert!(text("grün,1".as_bytes()).is_ok());
    }
}
