//! Descriptions of earlier formats in the form of the present one.

use serde_json::{Map, Value, json};

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

/// Brings the heads of a description, which each predicted one number then, into the present form.
pub fn with_outputs(mut header: Value) -> Value {
    let heads = header.get_mut("heads").and_then(Value::as_array_mut);
    for head in heads.into_iter().flatten().filter_map(Value::as_object_mut) {
        if head.contains_key("outputs") {
            continue;
        }
        let mut output = Map::new();
        output.extend(head.get("property").map(|name| ("property".to_owned(), name.clone())));
        for name in ["offset", "scale", "usual_change", "judge"] {
            output.extend(head.remove(name).map(|value| (name.to_owned(), value)));
        }
        let [r2, rmse] = ["r2", "rmse"].map(|name| head.remove(name));
        head.insert("outputs".to_owned(), json!([output]));
        head.insert("scores".to_owned(), json!([{ "regression": { "r2": r2, "rmse": rmse } }]));
    }
    header
}
