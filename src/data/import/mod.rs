//! People's own outlines: files and folders in, canonical outlines out, and of the rest the reason why not.
//!
//! A file is read whole but bounded, taken apart by its format, and each curve in it is cleaned and
//! brought into canonical form by itself; so one bad file, row or path never spoils the others.

pub mod airfoil;
pub mod clean;
pub mod files;
pub mod form;
mod labels;
pub mod stroke;
pub mod svg;
pub mod table;
pub mod values;

use super::dataset::Dataset;
use super::placement::Placement;
use super::property::Property;
use super::rows::Rows;
use crate::error::{Error, Result, check_range};
use clap::ValueEnum;
use clean::{Curve, clean};
use files::{Format, Listed};
use form::Begin;
pub use labels::MOST_LABELS;
use labels::Named;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The most numbers of all outlines together: 400 MB of them.
const MOST_NUMBERS: usize = 100_000_000;
/// The fewest outlines that can be learned from.
pub const FEWEST: usize = 10;
/// The most rejections that are listed one by one.
const MOST_LISTED: usize = 100_000;

/// How outlines are brought in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Points of every outline, 16 to 1000.
    pub points: usize,
    /// What is taken away of each outline besides its place.
    pub normalise: Normalise,
    /// Where labels come from; the automatic choice where nothing is said.
    pub labels: Option<LabelFrom>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { points: 100, normalise: Normalise::default(), labels: None }
    }
}

/// What is taken away of each outline besides its place, and recorded in its [`Placement`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Normalise {
    /// Its size: every outline gets a unit RMS radius.
    pub scale: bool,
    /// Its rotation: the principal axis of every outline is turned onto +x.
    pub rotation: bool,
}

impl Default for Normalise {
    fn default() -> Self {
        Self { scale: true, rotation: false }
    }
}

/// Where the label of a shape comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LabelFrom {
    /// The name of its file.
    File,
    /// The name of the folder that its file is in.
    Folder,
    /// The column `label` of its table.
    Column,
    /// All shapes have one label.
    None,
}

/// What became of files: a data set, where each part of it comes from, and what is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The outlines with their labels, ids and placements.
    pub set: Dataset,
    /// Where each of them begins: at its tip, if nearly all have one.
    pub begin: Begin,
    /// One entry for each outline.
    pub kept: Vec<Kept>,
    /// What was left out.
    pub rejected: Summary,
}

/// An outline that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its file.
    pub file: PathBuf,
    /// What was changed, a clause each, such as "a gap of 1.2 % of the perimeter was closed".
    pub notes: Vec<String>,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The file that it is in, or is.
    pub file: PathBuf,
    /// Where in the file, as in "line 3"; empty where it is the whole file.
    pub place: String,
    /// Why, and the way out.
    pub reason: String,
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.reason)
    }
}

/// What was left out: the first 100,000 one by one, the rest counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// One entry each, in the order of files and lines.
    pub list: Vec<Rejection>,
    /// How many more there were.
    pub more: usize,
}

impl Summary {
    /// Adds one.
    pub fn push(&mut self, rejection: Rejection) {
        if self.list.len() < MOST_LISTED {
            self.list.push(rejection);
        } else {
            self.more += 1;
        }
    }

    /// Adds those of another.
    pub fn append(&mut self, other: Self) {
        other.list.into_iter().for_each(|rejection| self.push(rejection));
        self.more += other.more;
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Files that were read.
    pub done: usize,
    /// Files in all.
    pub files: usize,
    /// Shapes that were looked at.
    pub shapes: usize,
}

/// One shape of a file before it has its place in the set.
struct Found {
    named: Named,
    place: String,
    outline: std::result::Result<Canonical, String>,
}

/// A shape in canonical form.
struct Canonical {
    /// Beginning where the ray along +x leaves it.
    by_ray: Normalised,
    /// Beginning at its tip, if it has one.
    by_tip: Option<Normalised>,
    notes: Vec<String>,
}

/// An outline and what was taken away from it.
type Normalised = (Vec<f32>, Placement);

/// Brings in every outline of these files and folders. `keep_going` hears how far it is, from several threads,
/// and stops it by answering no; then there is none.
///
/// # Errors
/// Names a path that cannot be read at all, an option out of range, or a limit that all of it together exceeds;
/// or says that there is nothing in it, with the first reason.
pub fn import(
    paths: &[PathBuf],
    options: &ImportOptions,
    keep_going: impl Fn(ImportProgress) -> bool + Sync,
) -> Result<Option<Import>> {
    check_range("points", options.points, 16, 1000)?;
    let (files, foreign) = files::list(paths)?;
    let watch = Watch {
        stopped: AtomicBool::new(false),
        done: AtomicUsize::new(0),
        shapes: AtomicUsize::new(0),
        kept: AtomicUsize::new(0),
        most: MOST_NUMBERS / (2 * options.points),
        files: files.len(),
        keep_going: &keep_going,
    };
    let read = |file: &Listed| {
        if watch.is_stopped() {
            return Vec::new();
        }
        let found = shapes(file, options, &watch);
        watch.done.fetch_add(1, Ordering::Relaxed);
        watch.tell();
        found
    };
    // A pool of its own, for its stack; what of that is not used is not taken.
    let pool = rayon::ThreadPoolBuilder::new().stack_size(svg::STACK).build();
    let pool =
        pool.map_err(|error| Error::Mismatch(format!("nothing can be imported: {error}")))?;
    let found: Vec<Vec<Found>> = pool.install(|| files.par_iter().map(read).collect());
    if watch.kept.into_inner() > watch.most {
        let problem =
            format!("there are more than {} outlines of {} points", watch.most, options.points);
        return Err(Error::Mismatch(format!("{problem}; import fewer, or with fewer points")));
    }
    if watch.stopped.into_inner() {
        return Ok(None);
    }
    let mut import = Import::default();
    import.rejected.list = foreign;
    let (mut canonical, mut named) = (Vec::new(), Vec::new());
    for (file, found) in files.iter().zip(found) {
        for Found { named: own, place, outline } in found {
            match outline {
                Ok(shape) => {
                    import.kept.push(Kept { file: file.path.clone(), notes: shape.notes });
                    canonical.push((shape.by_ray, shape.by_tip));
                    named.push(own);
                }
                Err(reason) => {
                    import.rejected.push(Rejection { file: file.path.clone(), place, reason });
                }
            }
        }
    }
    if named.is_empty() {
        return Err(nothing(paths, &import.rejected));
    }
    let tips = canonical.iter().filter(|(_, by_tip)| by_tip.is_some()).count();
    import.begin = if 10 * tips >= 9 * named.len() { Begin::Tip } else { Begin::Ray };
    let mut flat = Vec::with_capacity(2 * options.points * named.len());
    for (by_ray, by_tip) in canonical {
        let (outline, placement) = match import.begin {
            Begin::Ray => by_ray,
            Begin::Tip => by_tip.unwrap_or_else(|| form::from_farthest(&by_ray, options.normalise)),
        };
        flat.extend(outline);
        import.set.placements.push(placement);
    }
    import.set.rows = Rows::from_flat(2 * options.points, flat);
    (import.set.labels, import.set.names) =
        labels::labels(&named, options.labels, &name_of(paths))?;
    import.set.ids = labels::unique_ids(named);
    Ok(Some(import))
}

/// As [`import`], with the values that were measured of the shapes, where there is a file of them.
///
/// # Errors
/// As [`import`] and [`values::read`].
pub fn import_with_values(
    paths: &[PathBuf],
    values: Option<&Path>,
    options: &ImportOptions,
    keep_going: impl Fn(ImportProgress) -> bool + Sync,
) -> Result<Option<Import>> {
    let Some(mut import) = import(paths, options, keep_going)? else { return Ok(None) };
    if let Some(path) = values {
        let reserved = Property::ALL.map(Property::name);
        let values = values::read(path, &import.set.ids, &reserved)?;
        import.set.measured = values.measured;
        import.rejected.append(values.left_out);
    }
    Ok(Some(import))
}

/// What all of an import is called: the first path, and that there are more.
pub fn name_of(paths: &[PathBuf]) -> String {
    let first = paths.first().and_then(|path| {
        let path = std::fs::canonicalize(path).ok()?;
        let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
        name.map(|name| name.to_string_lossy().into_owned())
    });
    first.unwrap_or_else(|| "shapes".to_owned())
}

fn nothing(paths: &[PathBuf], rejected: &Summary) -> Error {
    let path = paths.first().map_or(Path::new("."), PathBuf::as_path);
    match rejected.list.as_slice() {
        [] => Error::file(path, "holds no .csv, .dat or .svg file"),
        [only] if rejected.more == 0 => Error::Mismatch(only.to_string()),
        [first, ..] => Error::file(
            path,
            format!("none of {} things in it is an outline; the first: {first}", rejected.count()),
        ),
    }
}

/// What the threads of an import tell each other.
struct Watch<'a> {
    stopped: AtomicBool,
    done: AtomicUsize,
    shapes: AtomicUsize,
    kept: AtomicUsize,
    most: usize,
    files: usize,
    keep_going: &'a (dyn Fn(ImportProgress) -> bool + Sync),
}

impl Watch<'_> {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn tell(&self) {
        let (done, shapes) =
            (self.done.load(Ordering::Relaxed), self.shapes.load(Ordering::Relaxed));
        if !(self.keep_going)(ImportProgress { done, files: self.files, shapes }) {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Counts a shape that was looked at; the import ends where there are too many.
    fn count(&self, kept: bool) {
        let shapes = 1 + self.shapes.fetch_add(1, Ordering::Relaxed);
        if kept && self.kept.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.stopped.store(true, Ordering::Relaxed);
        }
        if shapes.is_multiple_of(1000) {
            self.tell();
        }
    }
}

/// Every shape of one file.
fn shapes(file: &Listed, options: &ImportOptions, watch: &Watch<'_>) -> Vec<Found> {
    let stem = file.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let named = |own: String, label: String| Named {
        own,
        label,
        stem: stem.clone(),
        folder: file.folder.clone(),
    };
    let one = |place: String, named: Named, curve: std::result::Result<Curve, String>| {
        let outline = if watch.is_stopped() {
            Err("was not looked at".to_owned())
        } else {
            curve.and_then(clean).and_then(|clean| canonical(&clean.points, clean.notes, options))
        };
        watch.count(outline.is_ok());
        Found { named, place, outline }
    };
    let whole = |curve| vec![one(String::new(), named(stem.clone(), String::new()), curve)];
    let bytes = match files::read_bounded(&file.path) {
        Ok(bytes) => bytes,
        Err(problem) => return whole(Err(problem)),
    };
    if file.format == Format::Airfoil {
        let utf16 = files::is_utf16(&bytes);
        return whole(if utf16 {
            files::text(&bytes).map(drop).and_then(|()| airfoil::read(&bytes))
        } else {
            airfoil::read(&bytes)
        });
    }
    let text = match files::text(&bytes) {
        Ok(text) => text,
        Err(problem) => return whole(Err(problem)),
    };
    if file.format == Format::Svg {
        let paths = match svg::read(text) {
            Ok(paths) => paths,
            Err(problem) => return whole(Err(problem)),
        };
        let alone = paths.len() == 1;
        let numbered = paths.into_iter().enumerate();
        return numbered
            .map(|(index, path)| {
                let own = if path.id.is_empty() { (index + 1).to_string() } else { path.id };
                let id = if alone { stem.clone() } else { format!("{stem}#{own}") };
                one(format!("path {own}"), named(id, String::new()), path.curve)
            })
            .collect();
    }
    match table::read(text) {
        Err(problem) => whole(Err(problem)),
        Ok(table::Table::Points(curve)) => whole(Ok(curve)),
        Ok(table::Table::Rows(rows)) => rows
            .into_par_iter()
            .enumerate()
            .map(|(index, row)| {
                let own = if row.id.is_empty() { (index + 1).to_string() } else { row.id };
                one(format!("line {}", row.line), named(own, row.label), row.curve)
            })
            .collect(),
    }
}

fn canonical(
    points: &[[f64; 2]],
    notes: Vec<String>,
    options: &ImportOptions,
) -> std::result::Result<Canonical, String> {
    let from = |begin| form::canonical(points, options.points, options.normalise, begin);
    let by_ray = from(Begin::Ray);
    if !super::geometry::is_simple(&by_ray.0) {
        return Err(format!(
            "crosses itself when drawn with {} points, so thin or finely drawn is it; use more points",
            options.points
        ));
    }
    let by_tip = form::has_tip(&by_ray.0).then(|| from(Begin::Tip));
    Ok(Canonical { by_ray, by_tip, notes })
}

/// The records of a CSV with the line on which each begins, counted from 1: rows of any length, set apart by
/// comma, semicolon or tab.
fn records(
    text: &str,
) -> impl Iterator<Item = std::result::Result<(usize, csv::StringRecord), String>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let many = |c: char| first.matches(c).count();
    let delimiter = [',', ';', '\t'].into_iter().rev().max_by_key(|&c| many(c)).unwrap_or(',');
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    let (mut read, mut line) = (0, 1);
    reader.into_records().map(move |record| {
        let record = record.map_err(|_| format!("the row after line {line} is not CSV"))?;
        // A record begins where the one before ended, and blank lines lie between.
        let bytes = text.as_bytes();
        let ended = record.position().map_or(read, |p| p.byte() as usize).max(read);
        let begins = ended + bytes[ended..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        line += bytes[read..begins].iter().filter(|&&b| b == b'\n').count();
        read = begins;
        Ok((line, record))
    })
}

/// As much of a text as fits into a message.
fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::form_distance;
    use crate::data::recipe::Recipe;
    use crate::data::vectors::{outline_header, write};
    use std::fmt::Write;

    /// A folder with files of these names and contents.
    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn all(folder: &Path, options: &ImportOptions) -> Import {
        import(&[folder.to_owned()], options, |_| true).unwrap().unwrap()
    }

    fn polygon(count: usize, share: f64) -> String {
        let mut text = String::new();
        for i in 0..count {
            let t = share * std::f64::consts::TAU * i as f64 / count as f64;
            writeln!(text, "{},{}", 3.0 + 2.0 * t.cos(), t.sin()).unwrap();
        }
        text
    }

    #[test]
    fn junk_is_listed_with_its_reason_and_the_rest_goes_in() {
        let wide: Vec<u8> = polygon(9, 1.0).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let text_only = "<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>shape</text></svg>";
        let folder = folder(&[
            ("good.csv", polygon(40, 1.0).as_bytes()),
            ("open.csv", polygon(40, 0.7).as_bytes()),
            ("two.csv", b"0,0\n1,1\n"),
            ("nan.csv", b"0,0\n1,NaN\n1,1\n"),
            ("crossed.csv", b"0,0\n2,2\n2,0\n0,1\n"),
            ("empty.csv", b""),
            ("wide.csv", &wide),
            ("text.svg", text_only.as_bytes()),
            ("many.csv", "0,0\n".repeat(clean::MOST_POINTS + 1).as_bytes()),
            ("good.dat", b"A name\n1 0\n0.5 0.1\n0 0\n0.5 -0.1\n1 0\n"),
            ("holes.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0H9V9H0Z M3 3V6H6V3Z'/></svg>"),
            ("notes.txt", b"1,2"),
        ]);
        let import = all(folder.path(), &ImportOptions::default());
        assert_eq!(import.set.ids, ["good", "good#2"]);
        assert_eq!((import.set.rows.len(), import.set.rows.width()), (2, 200));
        let mut told: Vec<(String, &str)> = import
            .rejected
            .list
            .iter()
            .map(|r| {
                (r.file.file_name().unwrap().to_string_lossy().into_owned(), r.reason.as_str())
            })
            .collect();
        told.sort();
        let expected = [
            ("crossed.csv", "crosses or touches itself"),
            ("empty.csv", "is empty"),
            ("holes.svg", "has 2 loops"),
            ("many.csv", "more than 1000000 points"),
            ("nan.csv", "point 2 is (1, NaN)"),
            ("notes.txt", "passed over"),
            ("open.csv", "open curve"),
            ("text.svg", "text only"),
            ("two.csv", "2 distinct points"),
            ("wide.csv", "UTF-16"),
        ];
        assert_eq!(told.len(), expected.len());
        for ((file, reason), (name, part)) in told.iter().zip(expected) {
            assert!(file == name && reason.contains(part), "{file}: {reason}");
        }
    }

    #[test]
    fn our_own_tables_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let data = Recipe { samples: 90, ..Recipe::default() }.generate();
        let path = folder.path().join("data.csv");
        write(&path, &outline_header(data.rows.width()), data.rows.iter()).unwrap();
        let import = all(folder.path(), &ImportOptions::default());
        assert_eq!((import.set.rows.len(), import.rejected.count()), (90, 0));
        assert!(import.kept.iter().all(|kept| kept.notes.is_empty()));
        assert_eq!((import.set.ids[0].as_str(), import.set.ids[89].as_str()), ("1", "90"));
        for (a, b) in import.set.rows.iter().zip(data.rows.iter()) {
            assert!(form_distance(a, b) < 1e-5);
        }
    }

    #[test]
    fn labels_come_from_subfolders() {
        let round = polygon(40, 1.0);
        let files: [(&str, &[u8]); 3] = [
            ("thin/a.csv", round.as_bytes()),
            ("thin/b.csv", round.as_bytes()),
            ("wide/a.csv", round.as_bytes()),
        ];
        let import = all(folder(&files).path(), &ImportOptions::default());
        assert_eq!(import.set.names, ["thin", "wide"]);
        assert_eq!(import.set.labels, [0, 0, 1]);
        assert_eq!(import.set.ids, ["thin/a", "b", "wide/a"]);
    }

    #[test]
    fn ten_thousand_files_are_read_and_the_reading_can_be_stopped() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..10_000 {
            let path = folder.path().join(format!("{index}.csv"));
            let size = 1.0 + f64::from(index) / 5000.0;
            std::fs::write(path, format!("0,0\n{size},0\n{size},1\n0,1\n")).unwrap();
        }
        let paths = [folder.path().to_owned()];
        let options = ImportOptions { points: 16, ..ImportOptions::default() };
        let import_all = |keep_going: &(dyn Fn(ImportProgress) -> bool + Sync)| {
            import(&paths, &options, keep_going).unwrap()
        };
        assert_eq!(import_all(&|_| true).unwrap().set.rows.len(), 10_000);
        let most = AtomicUsize::new(0);
        let stopped = import_all(&|progress| {
            most.fetch_max(progress.done, Ordering::Relaxed);
            progress.done < 100
        });
        assert!(stopped.is_none() && most.into_inner() < 1000);
    }

    #[test]
    fn a_deep_picture_does_no_harm() {
        let picture = |deep: usize| {
            let (open, close) = ("<g>".repeat(deep), "</g>".repeat(deep));
            format!(
                "<svg xmlns='http://www.w3.org/2000/svg'>{open}<path d='M0 0H9V9Z'/>{close}</svg>"
            )
        };
        let folder =
            folder(&[("a.svg", picture(900).as_bytes()), ("b.svg", picture(100_000).as_bytes())]);
        let import = all(folder.path(), &ImportOptions::default());
        assert_eq!((import.set.ids, import.rejected.count()), (vec!["a".to_owned()], 1));
    }

    #[test]
    fn nothing_at_all_is_an_error() {
        let problem = |files: &[(&str, &[u8])]| {
            let folder = folder(files);
            let paths = [folder.path().to_owned()];
            import(&paths, &ImportOptions::default(), |_| true).unwrap_err().to_string()
        };
        assert!(problem(&[]).contains("holds no .csv, .dat or .svg file"));
        assert!(problem(&[("a.csv", b"")]).ends_with("a.csv: is empty"));
        assert!(problem(&[("a.csv", b""), ("b.csv", b"")]).contains("none of 2 things"));
        let few = ImportOptions { points: 3, ..ImportOptions::default() };
        assert!(import(&[], &few, |_| true).unwrap_err().to_string().starts_with("points"));
    }
}
