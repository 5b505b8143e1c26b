//! Tests of whole imports: bad files, tables, folders; the outlines that are imported and the reasons for the rest.

use super::*;
use crate::data::csv::{outline_header, write};
use crate::data::outline::canonical::form_distance;
use crate::data::outline::generator::GeneratorConfig;
use crate::numerics::cancel_token::CancelToken;
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
    import(&[folder.to_owned()], options, &CancelToken::default(), |_| ()).unwrap().unwrap()
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
        (
            "many.csv",
            "0,0\n".repeat(crate::data::outline::import::repair::MAX_POINTS + 1).as_bytes(),
        ),
        ("good.dat", b"A name\n1 0\n0.5 0.1\n0 0\n0.5 -0.1\n1 0\n"),
        (
            "holes.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0H9V9H0Z M3 3V6H6V3Z'/></svg>",
        ),
        ("notes.txt", b"1,2"),
    ]);
    let import = all(folder.path(), &ImportOptions::default());
    assert_eq!(import.set.ids, ["good", "good#2"]);
    assert_eq!((import.set.rows.len(), import.set.rows.width()), (2, 200));
    let mut told: Vec<(String, String)> = import
        .rejected
        .list
        .iter()
        .map(|r| (r.file.file_name().unwrap().to_string_lossy().into_owned(), r.reason.to_string()))
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

#[cfg(unix)]
#[test]
fn a_source_without_an_end_is_listed_and_the_rest_goes_in() {
    let folder = folder(&[("good.csv", polygon(40, 1.0).as_bytes())]);
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.dat")).unwrap();
    let import = all(folder.path(), &ImportOptions::default());
    assert_eq!(import.set.ids, ["good"]);
    assert_eq!(import.rejected.list.len(), 2, "{:?}", import.rejected.list);
}

#[test]
fn our_own_tables_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = GeneratorConfig { samples: 90, ..GeneratorConfig::default() }.generate();
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
    let whole = import(&paths, &options, &CancelToken::default(), |_| ()).unwrap();
    assert_eq!(whole.unwrap().set.rows.len(), 10_000);
    let (most, token) = (AtomicUsize::new(0), CancelToken::default());
    let cancelled = import(&paths, &options, &token, |progress| {
        most.fetch_max(progress.done, Ordering::Relaxed);
        if progress.done >= 100 {
            token.cancel();
        }
    });
    assert!(cancelled.unwrap().is_none() && most.into_inner() < 1000);
}

#[test]
fn a_deep_picture_does_no_harm() {
    let picture = |deep: usize| {
        let (open, close) = ("<g>".repeat(deep), "</g>".repeat(deep));
        format!("<svg xmlns='http://www.w3.org/2000/svg'>{open}<path d='M0 0H9V9Z'/>{close}</svg>")
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
        import(&paths, &ImportOptions::default(), &CancelToken::default(), |_| ())
            .unwrap_err()
            .to_string()
    };
    assert!(problem(&[]).contains("holds no .csv, .dat or .svg file"));
    assert!(problem(&[("a.csv", b"")]).ends_with("a.csv: is empty"));
    assert!(problem(&[("a.csv", b""), ("b.csv", b"")]).contains("none of 2 things"));
    let few = ImportOptions { points: 3, ..ImportOptions::default() };
    assert!(
        import(&[], &few, &CancelToken::default(), |_| ())
            .unwrap_err()
            .to_string()
            .starts_with("points")
    );
}
