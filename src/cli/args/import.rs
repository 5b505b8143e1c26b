//! The options of an import that several commands share, and the import with its report on standard error.

use crate::cli::progress::Progress;
use crate::data::dataset::Dataset;
use crate::data::outline::import::{
    Import, ImportOptions, LabelFrom, Normalise, Note, Rejection, Summary, import_with_values,
};
use crate::data::outline::spacing::Spacing;
use crate::error::{Error, Result};
use crate::numerics::cancel_token::CancelToken;
use crate::text;
use crate::text::Text;
use clap::{Args, ValueEnum};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const IMPORT: &str = "Your own data";
/// The most reasons that are shown one by one.
const SHOWN: usize = 5;

/// The arguments of an import.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The source of labels [default: a column label, else subfolders, else none]
    #[arg(long, value_name = "WHERE", help_heading = IMPORT)]
    label_from: Option<LabelFrom>,
    /// The parts of the frame to remove from each outline besides its position, separated by commas [default: scale]
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = IMPORT)]
    normalise: Vec<Take>,
    /// The spacing of the points of an outline
    #[arg(long, value_name = "RULE", help_heading = IMPORT)]
    spacing: Option<Spacing>,
    /// Target values of the shapes: name,drag [N],..; the column with the names of the shapes, or else with their row
    /// numbers from 1, is the key
    #[arg(long, value_name = "V.csv", help_heading = IMPORT)]
    values: Option<PathBuf>,
    /// The column of --values that gives the group of each shape, such as a batch: a whole group is trained on or held
    /// out
    #[arg(long, value_name = "COLUMN", requires = "values", help_heading = IMPORT)]
    groups: Option<String>,
}

/// The parts of a frame that can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Take {
    /// Its size: a unit RMS radius
    Scale,
    /// Its rotation: the principal axis along x
    Rotation,
    /// Neither
    None,
}

impl ImportArguments {
    /// The options of the import.
    ///
    /// # Errors
    /// When `none` is combined with another part.
    pub fn options(&self, points: usize) -> Result<ImportOptions> {
        let has = |take| self.normalise.contains(&take);
        let normalise = match self.normalise.is_empty() {
            true => Normalise::default(),
            false => Normalise { scale: has(Take::Scale), rotation: has(Take::Rotation) },
        };
        if has(Take::None) && normalise != (Normalise { scale: false, rotation: false }) {
            return Err(Error::setting(
                "normalise",
                text!("name what is to be taken away, or none alone"),
            ));
        }
        let (labels, groups) = (self.label_from, self.groups.clone());
        let spacing = self.spacing.unwrap_or_default();
        Ok(ImportOptions { points, normalise, spacing, labels, groups })
    }

    /// The file of target values, if there is one.
    pub fn values(&self) -> Option<&Path> {
        self.values.as_deref()
    }

    /// Fails if one of these options is given but nothing is imported; the error names the option that imports.
    ///
    /// # Errors
    /// Names the option that needs an import.
    pub fn check_unused(&self, option: &str) -> Result<()> {
        let named = [
            ("values", self.values.is_some()),
            ("label-from", self.label_from.is_some()),
            ("normalise", !self.normalise.is_empty()),
            ("spacing", self.spacing.is_some()),
        ];
        match named.iter().find(|(_, named)| *named) {
            Some((name, _)) => Err(Error::setting(
                name,
                text!("goes with outlines of your own; name them with {option}", option),
            )),
            None => Ok(()),
        }
    }

    /// Imports files and folders with their target values, and reports the result on standard error.
    ///
    /// # Errors
    /// Names the file that cannot be read, or reports that nothing could be imported.
    pub fn import(&self, from: &[PathBuf], options: &ImportOptions) -> Result<Import> {
        let (progress, never) = (Mutex::new(Progress::start()), CancelToken::default());
        let imported = import_with_values(from, self.values(), options, &never, |at| {
            // A thread that finds the lock taken has no newer progress to report.
            if let Ok(mut progress) = progress.try_lock() {
                let share = at.done as f64 / at.files.max(1) as f64;
                progress.report(share, || {
                    text!(
                        "read {done} of {files}, {shapes}",
                        done = at.done,
                        files = text!("{count} file" | "{count} files", count = at.files),
                        shapes = text!("{count} shape" | "{count} shapes", count = at.shapes)
                    )
                });
            }
        })?;
        let imported = imported.expect("nobody cancels it");
        let mut lines = summary(&imported);
        for measured in &imported.set.measured {
            let (known, shapes) = (measured.known(), imported.set.ids.len());
            lines.push(text!(
                "{column}: {known} of {count} shape" | "{column}: {known} of {count} shapes",
                column = measured.name.as_str(),
                known,
                count = shapes
            ));
        }
        lines.extend(reasons(&imported, self.values()));
        lines.extend(asides(&imported.aside));
        let mut progress = progress.into_inner().unwrap_or_else(|_| Progress::start());
        for line in lines {
            progress.say(line);
        }
        Ok(imported)
    }
}

/// `kept 12 outlines (thin 7, round 5), left out 3`, and the number of outlines that were repaired.
fn summary(import: &Import) -> Vec<Text> {
    let Dataset { labels, names, .. } = &import.set;
    let count = |label: usize| labels.iter().filter(|&&l| usize::from(l) == label).count();
    let by_label: Vec<String> =
        names.iter().enumerate().map(|(i, name)| format!("{name} {}", count(i))).collect();
    let count = import.kept.len();
    let mut lines = vec![match by_label.len() {
        0 | 1 => text!("kept {count} outline" | "kept {count} outlines", count),
        _ => text!(
            "kept {count} outline ({by_label})" | "kept {count} outlines ({by_label})",
            count,
            by_label = by_label.join(", ")
        ),
    }];
    // The first note of a kind of each outline that has one.
    let noted = |is_kind: fn(&Note) -> bool| -> Vec<&Note> {
        import.kept.iter().filter_map(|kept| kept.notes.iter().find(|note| is_kind(note))).collect()
    };
    let closed = noted(|note| matches!(note, Note::ClosedGap(_))).len();
    if closed > 0 {
        lines.push(text!("closed a small gap in {closed} of them", closed));
    }
    let trimmed = noted(|note| matches!(note, Note::RemovedSpurs(_))).len();
    if trimmed > 0 {
        lines.push(text!("took thin spurs off {trimmed} of them", trimmed));
    }
    let coarse = noted(|note| matches!(note, Note::Rounded(_)));
    if let Some(&note) = coarse.first() {
        lines.push(text!(
            "{count} of them lies far from the origin: {note}"
                | "{count} of them lie far from the origin: {note}",
            count = coarse.len(),
            note = note.text()
        ));
    }
    lines
}

/// The reasons why parts were not used, each with its number of files.
fn asides(aside: &Summary) -> Vec<Text> {
    let reasons = aside.by_reason();
    let line = |&(reason, count): &(&Text, usize)| {
        text!(
            "ignored: {reason}" | "ignored in {count} files: {reason}",
            count,
            reason = reason.clone()
        )
    };
    let mut lines: Vec<Text> = reasons.iter().take(SHOWN).map(line).collect();
    if reasons.len() > SHOWN {
        let count = aside.count() - reasons[..SHOWN].iter().map(|(_, files)| files).sum::<usize>();
        lines.push(text!(
            "and in {count} more file; 'latent-explorer data --rejects' lists it"
                | "and in {count} more files; 'latent-explorer data --rejects' lists them",
            count
        ));
    }
    lines
}

/// The numbers of files of which nothing was kept and of parts of other files, `values` among them, and the first few with
/// their reasons, each reason once for a file.
fn reasons(Import { kept, rejected, .. }: &Import, values: Option<&Path>) -> Vec<Text> {
    if rejected.count() == 0 {
        return Vec::new();
    }
    let used: HashSet<&Path> = kept.iter().map(|kept| kept.file.as_path()).chain(values).collect();
    let of_used = |rejection: &&Rejection| used.contains(rejection.file.as_path());
    let (parts, whole): (Vec<_>, Vec<_>) = rejected.list.iter().partition(of_used);
    let files = whole.iter().map(|rejection| &rejection.file).collect::<HashSet<_>>().len();
    let parts = parts.len() + rejected.more;
    let left_out = [
        (files > 0).then(|| text!("{count} file" | "{count} files", count = files)),
        (parts > 0)
            .then(|| text!("{count} part of a file" | "{count} parts of files", count = parts)),
    ];
    let left_out = Text::list(left_out.into_iter().flatten());
    let mut lines = vec![text!("left out {left_out}:", left_out)];
    let mut shown = 0;
    let alike = |a: &Rejection, b: &Rejection| (&a.file, &a.reason) == (&b.file, &b.reason);
    for group in rejected.list.chunk_by(alike).take(SHOWN) {
        shown += group.len();
        let more = (group.len() > 1)
            .then(|| text!("and {number} more of this file", number = group.len() - 1));
        lines.push(indented(Text::joined([group[0].text()].into_iter().chain(more), "; ")));
    }
    if rejected.count() > shown {
        lines.push(indented(text!(
            "and {number} more; 'latent-explorer data --rejects' lists them",
            number = rejected.count() - shown
        )));
    }
    lines
}

fn indented(line: Text) -> Text {
    Text::joined([Text::verbatim("  "), line], "")
}
