//! The user's data: their import, and their use in the next training.

use crate::data::column_name::name_and_unit;
use crate::data::table::TableSchema;
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
    let has = |name: &str| cells(line).any(|cell| cell == name);
    has("x") && has("y") || has("x0") && has("y0")
}

/// The cells of a line in small letters.
fn cells(line: &str) -> impl Iterator<Item = String> {
    line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"').to_lowercase())
}

/// True if the path is a table to learn from: a workbook, Parquet, or text whose first line names columns that are neither
/// latent coordinates nor those of the shown model's table alone, of which its searches may begin.
pub fn holds_table(path: &Path, shown: Option<&TableSchema>) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "xlsx" | "ods" | "parquet" => true,
        "csv" | "tsv" | "txt" => {
            first_line(path).is_some_and(|line| is_header_of_table(&line, shown))
        }
        _ => false,
    }
}

fn is_header_of_table(line: &str, shown: Option<&TableSchema>) -> bool {
    let is_number = |cell: &String| cell.parse::<f64>().is_ok();
    let is_latent =
        |cell: &String| cell.strip_prefix('z').is_some_and(|n| n.parse::<u32>().is_ok());
    let is_known = |cell: &String| {
        let name = name_and_unit(cell).0;
        shown.is_some_and(|schema| {
            schema.columns.iter().any(|column| column.name.as_str().to_lowercase() == name)
        })
    };
    let named = cells(line).filter(|cell| !cell.is_empty()).count();
    named > 1
        && !is_header_of_shapes(line)
        && !cells(line).any(|cell| is_number(&cell) || is_latent(&cell))
        && !cells(line).all(|cell| is_known(&cell))
}

/// Starts an import; the previous shapes stay until the new ones are ready.
pub(in crate::session) fn import(core: &mut Core, wish: ImportWish) {
    let state = &mut core.state;
    if wish.paths.is_empty() {
        return state.notices.info(text!("Name a file or a folder first."));
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
    use crate::data::column_name::ColumnName;
    use crate::data::table::{ColumnKind, TableColumn};

    #[test]
    fn tables_of_shapes_are_known_by_their_header() {
        assert!(is_header_of_shapes("x,y") && is_header_of_shapes("id;label;x0;y0;x1;y1"));
        assert!(!is_header_of_shapes("z0,z1") && !is_header_of_shapes("0.5,1"));
        assert!(holds_shapes(Path::new("wing.DAT")) && !holds_shapes(Path::new("m.safetensors")));
        assert!(holds_shapes(&std::env::temp_dir()));
    }

    #[test]
    fn tables_are_known_by_their_header() {
        let is_table = |line| is_header_of_table(line, None);
        assert!(is_table("species,mass [g]") && is_table("a;b;density"));
        for other in ["x,y", "z0,z1", "1.5,2.5", "one", "x0,y0,x1,y1"] {
            assert!(!is_table(other), "{other}");
        }
        assert!(
            holds_table(Path::new("rows.XLSX"), None) && !holds_table(Path::new("m.csv"), None)
        );
        let column = |name: &str| TableColumn {
            name: ColumnName::new(name).unwrap(),
            unit: None,
            kind: ColumnKind::Number { low: 0.0, high: 1.0 },
        };
        let schema = TableSchema {
            columns: vec![column("mass"), column("length")],
            ..TableSchema::default()
        };
        assert!(!is_header_of_table("mass [g],length", Some(&schema)), "starts of a search");
        assert!(is_header_of_table("mass [g],length,density", Some(&schema)));
    }
}
