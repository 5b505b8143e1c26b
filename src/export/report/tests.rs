use super::super::soundness::assert_sound;
use super::*;
use crate::model::bundled::BUNDLED;
use crate::optimise::{Search, SearchConfig};

fn search(model: &Arc<Model>, steps: usize) -> SearchReport {
    let config = SearchConfig { restarts: 6, steps, ..SearchConfig::default() };
    let mut search = Search::new(model.clone(), config).unwrap();
    while search.step().unwrap() {}
    SearchReport::new(search).unwrap()
}

fn model() -> Arc<Model> {
    Arc::new(BUNDLED[0].load().unwrap())
}

#[test]
fn a_report_explains_an_answer_in_one_file() {
    let model = model();
    let found = search(&model, 40);
    let name = "a <b> & \"c\".safetensors";
    let report = Report::new(name.to_owned(), model, Some(&found)).unwrap();
    let pca = report.pca.as_ref().unwrap().reconstruction_error;
    assert!(
        pca > report.metrics.reconstruction_error,
        "two straight axes cannot do what a network does: {pca}"
    );
    let page = report.html().unwrap();
    assert_sound(&page);
    let (_, answer) = report.answered().unwrap();
    let three = crate::explore::three_digits;
    for part in [
        three(answer.restart.best_value()),
        answer.answer.value().text().to_string(),
        three(answer.answer.returned.unwrap()),
        three(found.in_data.as_ref().unwrap().value),
        three(report.metrics.reconstruction_error),
        three(report.metrics.families[3].reconstruction_error),
        three(pca),
        answer.verdict.sentence().to_string(),
        "latent-explorer optimise --model".to_owned(),
        "a &lt;b&gt; &amp; &quot;c&quot;.safetensors".to_owned(),
        "prefers-color-scheme: dark".to_owned(),
        "Learning rate".to_owned(),
        "heart".to_owned(),
        env!("CARGO_PKG_VERSION").to_owned(),
    ] {
        assert!(page.contains(&part), "{part}");
    }
    // Base64 data of pictures are removed before the text is searched.
    let encoded = page.split("data:image/svg+xml;base64,");
    let words: String = encoded.map(|part| part.trim_start_matches(|c| c != '"')).collect();
    for part in ["<script", "http:", "https:", "<link", "url(", "@import", "<b> &", "NaN"] {
        assert!(!words.contains(part), "{part}");
    }
    assert!(words.contains("The answer"), "the rest is there");
    for picture in report.map().unwrap() {
        assert!(
            picture.contains("Roundness") && crate::export::pictures::png::png(&picture).is_ok()
        );
    }
}

#[test]
fn a_model_alone_and_a_search_without_an_answer_are_told_of_too() {
    let model = model();
    let alone = Report::new("m".to_owned(), model.clone(), None).unwrap();
    let page = alone.html().unwrap();
    assert_sound(&page);
    assert!(page.contains("The model m") && !page.contains("The answer"));
    let mut found = search(&model, 3);
    (found.best, found.best_believable) = (None, None);
    let page = Report::new("m".to_owned(), model, Some(&found)).unwrap().html().unwrap();
    assert_sound(&page);
    assert!(page.contains("Roundness: no answer"));
}

#[test]
fn the_same_figures_are_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let model = model();
    let found = search(&model, 20);
    let report = Report::new("m.safetensors".to_owned(), model, Some(&found)).unwrap();
    let path = folder.path().join("r.json");
    report.write(&path).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let (_, answer) = report.answered().unwrap();
    assert_eq!(json["search"]["answer"]["measured"], answer.answer.value().number());
    assert_eq!(json["search"]["best_in_data"]["value"], found.in_data.as_ref().unwrap().value);
    assert_eq!(json["figures"]["reconstruction_error"], report.metrics.reconstruction_error);
    assert!(json["search"]["command"].as_str().unwrap().contains("--model m.safetensors"));
    let refused = report.write(&folder.path().join("r.pdf")).unwrap_err().to_string();
    assert!(refused.contains("must end in .html"), "{refused}");
}
