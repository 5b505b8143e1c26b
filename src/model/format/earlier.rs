//! Descriptions of earlier formats in the form of the present one.

use serde_json::{Value, json};

/// Brings the description of a file of format 3 into the form of format 4: its rows are outlines, their median area
/// stood among the statistics, and what is known of the training stood in the card itself.
pub fn from_3(mut header: Value) -> Value {
    if let Some(card) = header.get_mut("card").and_then(Value::as_object_mut) {
        let median_area =
            card.get("statistics").and_then(|statistics| statistics.get("median_area")).cloned();
        card.insert("domain".to_owned(), json!({ "outline": { "median_area": median_area } }));
        let mut taken = |key: &str| card.remove(key).unwrap_or_default();
        let (config, history, kept) = (taken("training"), taken("history"), taken("kept"));
        let record = json!({ "config": config, "history": history, "kept": kept });
        card.insert("origin".to_owned(), json!({ "trained": record }));
    }
    header
}
