//! `data`: outlines from the generator, or imported from files and folders, written to a file; a table shown as it is read.

use crate::cli::args::import::ImportArguments;
use crate::cli::args::table::TableArguments;
use crate::cli::args::training::DataOptions;
use crate::cli::files::check_outputs_with;
use crate::cli::progress::Progress;
use crate::data::csv;
use crate::data::outline::import::{Import, Rejection, Summary};
use crate::error::Result;
use crate::export::outlines::{check_holds_several, holds_values, write_set};
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `data`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer data --out nine.csv --samples 900\n  \
    latent-explorer data airfoils.csv --spacing curvature --out - | head -3\n  \
    latent-explorer data airfoils/ --out airfoils.csv --rejects left-out.csv\n  \
    latent-explorer data outlines.csv --values drag.csv --points 128 --out clean.csv\n  \
    latent-explorer data alloys.xlsx --target density\n\n\
    Files may be CSV, airfoil .dat (Selig or Lednicer) or SVG paths. A table has a shape a row (columns x0,y0,x1,y1,..) or \
    a point a row (x,y), where a column id, empty lines or marks such as 999,999 set several outlines apart. What else is \
    in a file is left aside and said. With --target or --table the file is a table of any kind: what was recognised in it \
    is shown, and nothing is written.")]
pub struct DataArguments {
    /// Files and folders to import; without any, outlines are generated
    #[arg(value_name = "FILE|FOLDER", conflicts_with_all = ["families", "samples", "size_variation", "rotation", "aspect_variation", "noise", "seed"])]
    from: Vec<PathBuf>,
    /// The outlines to write, in the frames of their files: .csv (one a row: label,x0,y0,x1,y1,..; imported ones with
    /// their id before and target values after), .json, .svg, .dxf, or .dat in a new folder FOLDER/. Every command that
    /// takes outlines reads such a table, and so does --values
    #[arg(
        long,
        value_name = "D.csv|..",
        required_unless_present = "table_data",
        conflicts_with = "table_data"
    )]
    out: Option<PathBuf>,
    /// Also list the parts of the files that were left out or not used, with the reason
    #[arg(long, value_name = "R.csv", requires = "from")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    generator: DataOptions,
    #[command(flatten)]
    import: ImportArguments,
    #[command(flatten)]
    table: TableArguments,
    /// The seed of the outlines: 0 to 2^64-1 [default: 0]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<u64>,
}

/// Generates or imports outlines and writes them.
///
/// # Errors
/// Names a setting out of range, a file that cannot be read or written, or reports that nothing could be imported.
pub fn run(arguments: &DataArguments) -> Result<()> {
    let DataArguments { from, out, rejects, generator, import, table, seed } = arguments;
    table.check_unused()?;
    let Some(out) = out else { return table.describe(from) };
    let inputs: Vec<&Path> = from.iter().map(PathBuf::as_path).chain(import.values()).collect();
    check_outputs_with(&inputs, rejects.as_deref().as_slice(), Some(out))?;
    if from.is_empty() {
        import.check_unused("FILE|FOLDER")?;
        let generator = generator.generator(seed.unwrap_or(0));
        generator.check_for_table()?;
        check_holds_several(out)?;
        let progress = Progress::start();
        let set = generator.generate();
        write_set(out, &set)?;
        progress.finish(text!(
            "wrote {count} outline to {out}" | "wrote {count} outlines to {out}",
            count = set.rows.len(),
            out = out.display().to_string()
        ));
        return Ok(());
    }
    let imported = import.import(from, &import.options(generator.points())?)?;
    let progress = Progress::start();
    write_set(out, &imported.set)?;
    if let Some(path) = rejects {
        write_rejects(path, &imported)?;
    }
    let (count, path) = (imported.set.rows.len(), out.display().to_string());
    progress.finish(match (imported.set.measured.is_empty(), holds_values(out)) {
        (true, _) => {
            text!("wrote {count} outline to {out}" | "wrote {count} outlines to {out}", count, out = path)
        }
        (false, true) => text!(
            "wrote {count} outline with its target values to {out}" | "wrote {count} outlines with their target values to {out}",
            count,
            out = path
        ),
        (false, false) => text!(
            "wrote {count} outline to {out}, without its target values, which .csv and .json hold" | "wrote {count} outlines to {out}, without their target values, which .csv and .json hold",
            count,
            out = path
        ),
    });
    Ok(())
}

/// Writes the items that were left out and the parts that were not used.
fn write_rejects(path: &Path, Import { rejected, aside, .. }: &Import) -> Result<()> {
    let header = ["file", "place", "reason"].map(str::to_owned);
    let rows = |left: &Summary, said: fn(Text) -> Text| {
        let row = |r: &Rejection| {
            let reason = said(r.reason.clone()).to_string();
            [r.file.display().to_string(), r.place.clone().unwrap_or_default().to_string(), reason]
        };
        let more = (left.more > 0).then(|| {
            let more = said(text!("and {number} more", number = left.more)).to_string();
            [String::new(), String::new(), more]
        });
        left.list.iter().map(row).chain(more).collect::<Vec<_>>()
    };
    let ignored = |reason| text!("ignored: {reason}", reason);
    csv::write(path, &header, [rows(rejected, |reason| reason), rows(aside, ignored)].concat())
}
