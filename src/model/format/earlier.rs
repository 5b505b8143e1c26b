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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::task::Task;
    use crate::model::heads::card::HeadCard;

    #[test]
    fn a_head_of_one_number_is_a_regression_with_one_output() {
        let layer = json!({
            "name": "head.area.0", "inputs": 2, "outputs": 1, "activation": "linear"
        });
        let judge = json!({
            "hyperparameters": { "lengths": [1.0, 2.0], "signal": 1.0, "noise": 0.1 },
            "coverage": 0.9, "tested": 10, "half_width": 0.2
        });
        let head = json!({
            "property": "area", "layers": [layer], "offset": 0.5, "scale": 2.0, "r2": 0.9,
            "rmse": 0.1, "joint": true, "usual_change": 0.01, "members": 3, "judge": judge
        });
        let header = with_outputs(json!({ "heads": [head] }));
        let card: HeadCard = serde_json::from_value(header["heads"][0].clone()).unwrap();
        assert!(card.is_sound() && card.task == Task::Regression && card.temperature == 1.0);
        assert_eq!((card.members, card.joint, card.outputs.len()), (3, true, 1));
        let output = &card.outputs[0];
        assert_eq!((output.offset, output.scale, output.usual_change), (0.5, 2.0, Some(0.01)));
        assert_eq!(output.judge.as_ref().unwrap().tested, 10);
        let score = card.scores[0].regression().unwrap();
        assert_eq!((score.r2, score.rmse), (0.9, 0.1));
        assert_eq!(with_outputs(header.clone()), header, "the present form stays as it is");
    }
}
