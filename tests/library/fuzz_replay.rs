//! The corpus of the fuzz targets, read by the functions that they call.

#[path = "../../fuzz/readers.rs"]
mod readers;

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_file_of_the_corpus_is_taken_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let folders = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: BTreeSet<String> = folders.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(folders, BTreeSet::from(readers::READERS.map(|(name, _)| name.to_owned())));
    for (name, read) in readers::READERS {
        for file in std::fs::read_dir(corpus.join(name)).unwrap() {
            let file = file.unwrap().path();
            println!("{}", file.display());
            read(&std::fs::read(&file).unwrap());
        }
    }
}
