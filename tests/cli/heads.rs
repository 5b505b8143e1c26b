//! Task heads.

use super::*;

#[test]
fn heads_are_trained_along_and_afterwards_and_info_lists_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("m.safetensors");
    let mut along = train(&path);
    let more = "--heads area,roundness --head-widths 8,4 --head-weight 0.5 --history F/h.csv";
    along.extend(words(more, folder.path()));
    let said = told(&run(&along));
    let last = said.lines().last().unwrap();
    assert!(says(last, "roundness R2 .. area R2 "), "{last}");
    let losses = table(&folder.path().join("h.csv"));
    assert_eq!(losses[0][7..], ["heads", "held_out_heads"]);
    let total: f64 = losses[2][2].parse().unwrap();
    let parts: [f64; 3] = [3, 4, 7].map(|k| losses[2][k].parse().unwrap());
    assert!((total - parts[0] - 0.1 * parts[1] - 0.5 * parts[2]).abs() < 1e-4 * total);

    // Without --out the file itself is written again; roundness gets a new head.
    let before = std::fs::read(&path).unwrap();
    let line = "heads --model F/m.safetensors --property perimeter,roundness --widths 5 --epochs 2";
    let said = told(&run(&words(line, folder.path())));
    let last = said.lines().last().unwrap();
    for part in ["roundness R2 ", "RMSE", "perimeter R2 ", "m.safetensors"] {
        assert!(last.contains(part), "{part} in {last}");
    }
    assert!(!last.contains("area") && std::fs::read(&path).unwrap() != before);
    let info = |line: &str| succeed(&words(line, folder.path()));
    let json: Value = serde_json::from_str(&info("info F/m.safetensors --json")).unwrap();
    let heads: Vec<_> = json["heads"].as_array().unwrap().iter().collect();
    let of = |key: &str| heads.iter().map(|head| head[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("property"), ["roundness", "area", "perimeter"]);
    assert_eq!(of("trained"), ["afterwards", "joint", "afterwards"]);
    assert_eq!(of("measured"), ["held out"; 3]);
    assert_eq!(heads[1]["widths"], serde_json::json!([8, 4]));
    assert!(heads.iter().all(|h| h["r2"].is_f64() && h["rmse"].as_f64().unwrap() > 0.0));
    assert_eq!(json["training"]["heads"], serde_json::json!(["area", "roundness"]));
    let text = info("info F/m.safetensors");
    assert!(text.contains("5 x 2 -> 8 -> 4 -> 1"), "{text}");
    assert!(text.contains("5 x 2 -> 5 -> 1"), "{text}");

    // A search can climb what a head predicts now; the model it came from still could not.
    let copy = "heads --model M --property area --epochs 1 --seed 7 --out F/copy.safetensors";
    let before = std::fs::read(model()).unwrap();
    for _ in 0..2 {
        succeed(&words(copy, folder.path()));
        let again = std::fs::read(folder.path().join("copy.safetensors")).unwrap();
        let known = std::fs::read(folder.path().join("first")).unwrap_or(again.clone());
        assert!(again == known, "the same seed, the same bytes");
        std::fs::write(folder.path().join("first"), again).unwrap();
    }
    assert!(std::fs::read(model()).unwrap() == before, "it was only read");
}

#[test]
fn a_damaged_head_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("m.safetensors");
    let line = "heads --model M --property area --widths 5 --epochs 1 --out F/m.safetensors";
    succeed(&words(line, folder.path()));
    let whole = std::fs::read(&path).unwrap();
    for (from, to, part) in [
        ("\"shape\":[5,2]", "\"shape\":[2,5]", "'head.area.0.weight' .. [2, 5]"),
        ("head.area.1.bias", "head.area.7.bias", "is missing"),
        ("\\\"scale\\\":0.", "\\\"scale\\\":-1", "area"),
        ("\\\"property\\\":\\\"area\\\"", "\\\"property\\\":\\\"aria\\\"", "aria"),
        ("\\\"rmse\\\":0.", "\\\"rmse\\\":-1", "area"),
    ] {
        assert_eq!(from.len(), to.len());
        let mut bytes = whole.clone();
        let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).expect(from);
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        std::fs::write(&path, &bytes).unwrap();
        for line in ["info F/m.safetensors", "heads --model F/m.safetensors --property area"] {
            let message = fail(&words(line, folder.path()));
            assert!(message.contains("m.safetensors") && says(&message, part), "{message}");
        }
        assert!(std::fs::read(&path).unwrap() == bytes, "it is left alone");
    }
}
