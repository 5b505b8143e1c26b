//! The formats that outlines are written in, told by the ending of a file's name.

use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use std::path::Path;

/// The format of written outlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineFormat {
    /// An outline a row, `x0, y0, ..`, after `id` and `label` if there are any, and before target values.
    Csv,
    /// A list of objects with `id`, `label`, `outline` and `values`.
    Json,
    /// A path each: in the frames of their files, or side by side; the numbers of a path are those of its outline.
    Svg,
    /// A closed polyline each, on a layer with its name.
    Dxf,
    /// One outline as an airfoil in the order of Selig.
    Dat,
    /// A folder with a [`Self::Dat`] for each.
    DatFolder,
}

/// The extensions that [`OutlineFormat::from_path`] knows, for messages.
pub fn endings() -> Text {
    text!(".csv, .json, .svg, .dxf or .dat")
}

impl OutlineFormat {
    /// The format that belongs to a path: airfoils for a folder, a table for a name without an extension.
    ///
    /// # Errors
    /// Names the file when its extension is not one of [`endings`].
    pub fn from_path(path: &Path) -> Result<Self> {
        if path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
            return Ok(Self::DatFolder);
        }
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str() {
            Some("csv" | "") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("svg") => Ok(Self::Svg),
            Some("dxf") => Ok(Self::Dxf),
            Some("dat") => Ok(Self::Dat),
            _ => Err(Error::file(path, text!("must end in {endings}", endings = endings()))),
        }
    }
}
