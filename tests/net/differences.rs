//! Two records beside each other: where they differ, by the path of keys, with what is stored and what was made.

use super::{TOLERANCE, TOLERANCE_OF_PICTURES};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every place where `made` differs from `stored`, one a line.
pub fn differences(stored: &Value, made: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(stored, made, "", TOLERANCE, &mut found);
    found
}

fn gather(stored: &Value, made: &Value, path: &str, tolerance: f64, found: &mut Vec<String>) {
    match (stored, made) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = format!("{path}/{key}");
                let tolerance =
                    if key.ends_with(".svg") { TOLERANCE_OF_PICTURES } else { tolerance };
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => gather(a, b, &path, tolerance, found),
                    (None, _) => found.push(format!("{path}: is not stored")),
                    (_, None) => found.push(format!("{path}: is gone")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                gather(a, b, &format!("{path}/{index}"), tolerance, found);
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let [a, b] = [a, b].map(|number| number.as_f64().unwrap());
            if (a - b).abs() > tolerance * a.abs().max(b.abs()).max(1.0) {
                found.push(format!(
                    "{path}: {a} is stored, {b} was made, {:e} apart",
                    (a - b).abs()
                ));
            }
        }
        _ if stored != made => found.push(format!("{path}: {stored} is stored, {made} was made")),
        _ => (),
    }
}

#[test]
fn a_difference_names_its_place_and_both_numbers() {
    let stored = serde_json::json!({"a.csv": {"b": [1.0, 200.0]}, "c.svg": 5.0, "d": "word"});
    assert!(differences(&stored, &stored).is_empty());
    let mut made = stored.clone();
    made["a.csv"]["b"] = serde_json::json!([1.000_000_5, 200.000_1]);
    made["c.svg"] = 5.01.into();
    assert!(differences(&stored, &made).is_empty(), "within their tolerances");
    made["a.csv"]["b"][1] = 200.01.into();
    made["d"] = "other".into();
    let found = differences(&stored, &made);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("/a.csv/b/1: 200 ") && found[0].contains("200.01"), "{found:?}");
    assert!(found[1].starts_with("/d: "), "{found:?}");
    made.as_object_mut().unwrap().remove("d");
    assert_eq!(differences(&stored, &made)[1], "/d: is gone");
}
