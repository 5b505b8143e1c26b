//! Two records beside each other: where they differ, by the path of keys, with what is stored and what was made.

use super::TOLERANCE;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Every place where `made` differs from `stored`, one a line.
pub fn differences(stored: &Value, made: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(stored, made, "", 0.0, &mut found);
    found
}

/// Adds the differences to `found`. `step` is the last digit of numbers that are written with few decimals, else 0:
/// such a number may be the next one.
fn gather(stored: &Value, made: &Value, path: &str, step: f64, found: &mut Vec<String>) {
    match (stored, made) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            let decimals = a.get("decimals").and_then(Value::as_i64);
            let step = decimals.map_or(step, |decimals| 10f64.powi(-decimals as i32));
            for key in keys {
                let path = format!("{path}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(stored), Some(made)) => {
                        gather(stored, made, &path, step_of(a, key, step), found);
                    }
                    (None, _) => found.push(format!("{path}: is not stored")),
                    (_, None) => found.push(format!("{path}: is gone")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                gather(a, b, &format!("{path}/{index}"), step, found);
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let [a, b] = [a, b].map(|number| number.as_f64().unwrap());
            if !is_close(a, b, path, step) {
                found.push(format!(
                    "{path}: {a} is stored, {b} was made, {:e} apart",
                    (a - b).abs()
                ));
            }
        }
        (Value::String(a), Value::String(b)) if are_close_words(a, b, path) => (),
        _ if stored != made => found.push(format!("{path}: {stored} is stored, {made} was made")),
        _ => (),
    }
}

/// The tolerance of a number. The products of another processor round otherwise: a search carries that on from step to
/// step, its line searches further, and a member of an ensemble over all the epochs of its own training.
fn tolerance_of(path: &str) -> f64 {
    let has = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    let factor = if has(&[".member"]) {
        1e4
    } else if has(&["--method lbfgs"]) {
        100.0
    } else if has(&["/optimise ", "/race ", "/heads/"]) {
        10.0
    } else {
        1.0
    };
    factor * TOLERANCE
}

/// True if two numbers are equal up to rounding, or to the last digit that is written.
fn is_close(a: f64, b: f64, path: &str, step: f64) -> bool {
    let tolerance = tolerance_of(path);
    let rounding = tolerance * a.abs().max(b.abs()).max(1.0);
    (a - b).abs() <= rounding.max(1.1 * step)
}

/// True if two texts have the same words, their numbers equal up to rounding.
fn are_close_words(a: &str, b: &str, path: &str) -> bool {
    let same = |(a, b): (&str, &str)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => is_close(a, b, path, 0.0),
        _ => a == b,
    };
    a.split(' ').count() == b.split(' ').count() && a.split(' ').zip(b.split(' ')).all(same)
}

/// The step of a value in an object whose numbers have this step. Where the object is the summary of many numbers, few
/// of them are the next number, some up and some down, and all may be moved a little with the view.
fn step_of(object: &Map<String, Value>, key: &str, step: f64) -> f64 {
    let number = |key: &str| object.get(key).and_then(Value::as_f64);
    let (Some(count), Some(squares)) = (number("count"), number("squares")) else { return step };
    if step == 0.0 {
        return 0.0;
    }
    let of_mean = step / count.sqrt() + TOLERANCE * squares.sqrt();
    match key {
        "mean" | "ordered" => of_mean,
        "squares" => 2.0 * squares.sqrt() * of_mean,
        "first" => step,
        _ => 0.0,
    }
}

#[test]
fn a_difference_names_its_place_and_both_numbers() {
    let stored = serde_json::json!({"a.csv": {"b": [1.0, 200.0]}, "d": "word"});
    assert!(differences(&stored, &stored).is_empty());
    let mut made = stored.clone();
    made["a.csv"]["b"] = serde_json::json!([1.000_000_5, 200.000_1]);
    assert!(differences(&stored, &made).is_empty(), "within their tolerance");
    made["a.csv"]["b"][1] = 200.000_4.into();
    made["d"] = "other".into();
    let found = differences(&stored, &made);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("/a.csv/b/1: 200 ") && found[0].contains("200.0004"), "{found:?}");
    assert!(found[1].starts_with("/d: "), "{found:?}");
    let [near, far] = ["0.5000001 x1", "0.5001 x1"].map(Value::from);
    assert!(differences(&"0.5 x1".into(), &near).is_empty());
    assert_eq!(differences(&"0.5 x1".into(), &far).len(), 1);
    made.as_object_mut().unwrap().remove("d");
    assert_eq!(differences(&stored, &made)[1], "/d: is gone");
}

#[test]
fn places_in_a_picture_may_round_to_the_next_digit_and_nothing_else_may() {
    let summary = serde_json::json!({
        "count": 400, "first": [3.0, 5.0], "mean": 30.0, "ordered": 1.0, "squares": 1600.0
    });
    let stored = serde_json::json!({
        "count": 7, "colours": [68, 1, 84], "numbers": [3.5], "texts": [0.25],
        "places": {"decimals": 2, "numbers": [17.0, 400.25]},
        "many": {"decimals": 2, "numbers": summary},
    });
    let changed = |pointer: &str, by: f64| {
        let mut made = stored.clone();
        let number = made.pointer_mut(pointer).unwrap();
        *number = (number.as_f64().unwrap() + by).into();
        differences(&stored, &made)
    };
    for (pointer, step) in [
        ("/places/numbers/0", 0.01),
        ("/places/numbers/1", 0.01),
        ("/many/numbers/first/1", 0.01),
        ("/many/numbers/mean", 5e-4),
        ("/many/numbers/ordered", 5e-4),
        ("/many/numbers/squares", 0.04),
    ] {
        assert_eq!(changed(pointer, step), [""; 0], "{pointer}");
        assert_eq!(changed(pointer, -2.0 * step).len(), 1, "{pointer}");
    }
    for pointer in ["/count", "/colours/2", "/numbers/0", "/texts/0", "/many/numbers/count"] {
        assert_eq!(changed(pointer, 2e-6 * 400.0).len(), 1, "{pointer}");
    }
}
