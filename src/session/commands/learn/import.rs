//! The user's shapes: their import, and their use as data of the next training.

use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::document::ImportWish;
use crate::session::effects::act::act;
use crate::text;
use std::path::Path;

/// True if the path can only hold shapes: a folder, an airfoil, a picture, or a table whose header says so.
pub fn holds_shapes(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "safetensors" => false,
        _ if path.is_dir() => true,
        "dat" | "svg" => true,
        "csv" | "tsv" => first_line(path).is_some_and(|line| is_header_of_shapes(&line)),
        _ => false,
    }
}

/// The first line of a file, of which only the beginning is read.
fn first_line(path: &Path) -> Option<String> {
    use std::io::Read;
    let file = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
    file?;
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(4096).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().find(|line| !line.trim().is_empty()).map(str::to_owned)
}

fn is_header_of_shapes(line: &str) -> bool {
    let cells: Vec<String> =
        line.split([',', ';', '\t']).map(|c| c.trim().to_lowercase()).collect();
    let has = |name: &str| cells.iter().any(|cell| cell == name);
    has("x") && has("y") || has("x0") && has("y0")
}

/// Starts an import; the previous shapes stay until the new ones are ready.
pub(in crate::session) fn import(core: &mut Core, wish: ImportWish) {
    let state = &mut core.state;
    if wish.paths.is_empty() {
        return state.notices.info(text!("Name a file or a folder of shapes first."));
    }
    // A newer import takes the place of one that runs.
    let job = state.import().and_then(|import| import.job);
    job.into_iter().for_each(|job| state.jobs.cancel(job));
    let before = state.brought().map(|(run, _)| run);
    act(core, Action::Import(wish, before));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_shapes_are_known_by_their_header() {
        assert!(is_header_of_shapes("x,y") && is_header_of_shapes("id;label;x0;y0;x1;y1"));
        assert!(!is_header_of_shapes("z0,z1") && !is_header_of_shapes("0.5,1"));
        assert!(holds_shapes(Path::new("wing.DAT")) && !holds_shapes(Path::new("m.safetensors")));
        assert!(holds_shapes(&std::env::temp_dir()));
    }
}
