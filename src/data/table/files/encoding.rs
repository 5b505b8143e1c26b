//! The text of a file in any encoding.

use crate::data::text_file::is_utf16;
use crate::text;
use crate::text::Text;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A text with the encoding that its file had.
#[derive(Debug)]
pub struct DecodedText {
    /// The text, without a byte order mark.
    pub text: String,
    /// The name of the encoding.
    pub encoding: &'static str,
}

/// The text of these bytes: in the encoding of this label, or else in that of their byte order mark, in UTF-16 if every
/// other of the first bytes is zero, in UTF-8 if they are, and in Windows-1252 otherwise.
///
/// # Errors
/// When there is no such encoding, the bytes are not text in it, or they are UTF-8 with damaged places.
pub fn decode(bytes: Vec<u8>, label: Option<&str>) -> Result<DecodedText, Text> {
    let encoding = match label {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            text!(
                "cannot be read in the encoding '{label}', which is unknown; name one such as utf-8, utf-16le, windows-1252 or gb18030",
                label
            )
        })?,
        None => recognised(&bytes),
    };
    let (text, encoding) = match encoding == UTF_8 {
        true => (from_utf8(bytes, label.is_some())?, UTF_8),
        false => {
            let (text, encoding, is_damaged) = encoding.decode(&bytes);
            if is_damaged {
                return Err(text!(
                    "is not text in {encoding}; name its encoding (--encoding), or save it as UTF-8",
                    encoding = encoding.name()
                ));
            }
            (text.into_owned(), encoding)
        }
    };
    if text.contains('\0') {
        return Err(text!("is not text; save the table as CSV or XLSX"));
    }
    Ok(DecodedText { text, encoding: encoding.name() })
}

/// The encoding that bytes seem to be in.
fn recognised(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if is_utf16(bytes) {
        return if bytes[0] == 0 { UTF_16BE } else { UTF_16LE };
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        // Whole characters of UTF-8 before the first damage are no coincidence.
        Err(error) if !bytes[..error.valid_up_to()].is_ascii() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// The bytes as text, without a copy.
fn from_utf8(bytes: Vec<u8>, is_told: bool) -> Result<String, Text> {
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let begin = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + begin.iter().filter(|byte| **byte == b'\n').count();
        match is_told {
            true => text!("is not UTF-8 in line {line}; name its encoding (--encoding), or save it as UTF-8", line),
            false => text!(
                "is UTF-8 with damage in line {line}; save it again, or name its encoding (--encoding)",
                line
            ),
        }
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, &'static str) {
        let DecodedText { text, encoding } = decode(bytes.to_vec(), None).unwrap();
        (text, encoding)
    }

    #[test]
    fn encodings_are_recognised() {
        let own = |text: &str, encoding| (text.to_owned(), encoding);
        assert_eq!(read("grün".as_bytes()), own("grün", "UTF-8"));
        assert_eq!(read(b"\xef\xbb\xbfx"), own("x", "UTF-8"));
        assert_eq!(read(b"gr\xfcn \x80"), own("grün \u{20ac}", "windows-1252"));
        let wide: Vec<u8> = "x,grün\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe", wide.as_slice()].concat();
        assert_eq!(read(&marked), own("x,grün\n", "UTF-16LE"));
        let wide: Vec<u8> = "x,y\n1,2\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&wide), own("x,y\n1,2\n", "UTF-16BE"));
    }

    #[test]
    fn other_bytes_are_refused() {
        let refused = |bytes: &[u8], label| decode(bytes.to_vec(), label).unwrap_err().to_string();
        assert!(
            refused(
                "ä\n".as_bytes().iter().chain(b"\xff").copied().collect::<Vec<_>>().as_slice(),
                None
            )
            .contains("line 2")
        );
        assert!(refused(b"a\0b,c", None).contains("not text"));
        assert!(refused(b"a", Some("klingon")).contains("'klingon'"));
        assert!(refused(b"\xff", Some("utf-8")).contains("--encoding"));
        let chinese = decode(b"\xc3\xfb".to_vec(), Some("gbk")).unwrap();
        assert_eq!(chinese.text, "名");
    }
}
