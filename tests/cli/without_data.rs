//! Models without data on the command line: described, decoded, predicted with and searched in.

use super::*;
use crate::imported::{of_outlines, of_table};
use latent_explorer::model::format::checkpoint;

#[test]
fn a_model_without_data_is_described_decoded_and_searched() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run_line = |line: &str| succeed(&words(line, folder.path()));
    let refused = |line: &str| fail(&words(line, folder.path()));
    checkpoint::save(&of_outlines(), &path("o.safetensors")).unwrap();
    checkpoint::save(&of_table(), &path("t.safetensors")).unwrap();

    let text = run_line("info F/o.safetensors");
    assert!(says(&text, "imported .. from elsewhere.pt, without data"), "{text}");
    assert!(says(&text, "asked .. activation tanh"), "{text}");
    assert!(says(&text, "2 dimensions, tanh without a posterior"), "{text}");
    assert!(says(&text, "drawn from .. N(0, 1)"), "{text}");
    for absent in ["families", "samples", "training", "losses", "error", "bounds", "round trip"] {
        assert!(!text.lines().any(|line| line.starts_with(absent)), "{absent}: {text}");
    }
    let info: Value = serde_json::from_str(&run_line("info F/t.safetensors --json")).unwrap();
    assert_eq!(info["imported"]["file"], "elsewhere.pt");
    assert_eq!((&info["source"], &info["training"]), (&Value::Null, &Value::Null));
    assert_eq!((&info["samples"], &info["reconstruction_error"]), (&0.into(), &Value::Null));

    run_line("decode --model F/o.safetensors --z 0.1,0.2 --out F/x.csv");
    assert_eq!(table(&path("x.csv"))[1].len(), table(&path("x.csv"))[0].len());

    let line = "optimise --model F/o.safetensors --property roundness --mode max --restarts 4 --steps 30 \
                --out F/r.json";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "holds no data") && says(&said, "(unknown: no data)"), "{said}");
    for restart in json(&path("r.json"))["restarts"].as_array().unwrap() {
        assert_eq!(restart["trust"]["belief"], "unknown", "{}", restart["trust"]);
        assert!(restart["value_best"].as_f64() > restart["value_start"].as_f64());
    }
    let line = "optimise --model F/t.safetensors --term density:max --align 0.5 --restarts 4 --steps 30 \
                --out F/d.json";
    let said = told(&run(&words(line, folder.path())));
    assert!(says(&said, "(interval unknown)") && says(&said, "(unknown: no data)"), "{said}");

    std::fs::write(path("new.csv"), "d0,d1,d2,d3,d4\n1,2,3,4,5\n,6,7,8,9\n").unwrap();
    run_line("predict --model F/t.safetensors --data F/new.csv --out F/p.csv");
    let predicted = table(&path("p.csv"));
    assert_eq!(predicted[0], ["name", "density", "density_low", "density_high"]);
    assert!(predicted[1][1].parse::<f64>().unwrap().is_finite() && predicted.len() == 3);

    for (line, part) in [
        (
            "optimise --model F/o.safetensors --property area --mode max --inside 1 --out F/y",
            "inside",
        ),
        ("decode --model F/o.safetensors --z row:1 --out F/y", "no data"),
        ("encode --model F/o.safetensors --shapes F/x.csv --out F/y", "no data"),
        ("train --resume F/o.safetensors --updates 10 --out F/y", "go on"),
        ("compare F/o.safetensors F/t.safetensors --out F/y.json", "holds none"),
        (
            "rediscover --model F/o.safetensors --property area --mode max --out F/y.json",
            "rediscovery",
        ),
    ] {
        let message = refused(line);
        assert!(says(&message, part) && !message.contains("panicked"), "{line}: {message}");
    }
}
