//! Trainings: what they leave, how they end, what they warn of.

use super::*;

#[test]
fn training_leaves_a_model_its_losses_and_its_data() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let [model, history, data] = ["m.safetensors", "h.csv", "d.csv"].map(path);
    let mut arguments = train(&model);
    arguments.extend(words("--history F/h.csv --data-out F/d.csv", folder.path()));
    succeed(&arguments);
    let losses = table(&history);
    assert_eq!(
        losses[0].join(","),
        "epoch,updates,total,reconstruction,kl,held_out_reconstruction,held_out_kl"
    );
    assert_eq!((losses.len(), losses[2][0].as_str()), (61, "2"));
    assert_eq!(losses[2][1], "6", "three batches an epoch");
    let total: f64 = losses[2][2].parse().unwrap();
    let parts: [f64; 2] = [3, 4].map(|k| losses[2][k].parse().unwrap());
    assert!((total - parts[0] - 0.1 * parts[1]).abs() < 1e-4 * total, "total is the sum");
    let outlines = table(&data);
    assert_eq!((outlines.len(), outlines[1].len()), (91, 65));
    assert_eq!(outlines[0][..4], ["label", "x0", "y0", "x1"]);

    // The data can be encoded as they were written.
    let line = "encode --shapes F/d.csv --out F/z.csv --model F/m.safetensors";
    succeed(&words(line, folder.path()));
    assert_eq!(table(&path("z.csv"))[0].join(","), "mu0,mu1,log_var0,log_var1");
    assert_eq!(table(&path("z.csv")).len(), 91);
}

#[test]
fn info_tells_what_a_model_is() {
    let text = succeed(&["info", model()]);
    for part in ["circle, ellipse", "90 outlines of 32 points", "beta 0.1", "decoder.1", "z1 from"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let json: Value = serde_json::from_str(&succeed(&["info", model(), "--json"])).unwrap();
    assert_eq!(json["samples"], 90);
    assert_eq!(json["latent"], 2);
    assert_eq!(json["losses"]["epoch"], 60);
    assert_eq!(json["training"]["seed"], 3);
    assert_eq!(json["source"]["outlines"]["seed"], 3, "one seed for all");
    assert_eq!(json["bytes"], std::fs::metadata(model()).unwrap().len());
}

#[test]
fn a_loss_that_explodes_is_told_with_its_epoch_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let line = "train --samples 90 --epochs 5 --lr 10 --beta 1000 --out F/m.safetensors";
    std::fs::write(folder.path().join("m.safetensors"), "as it was").unwrap();
    let message = fail(&words(line, folder.path()));
    assert!(says(&message, "epoch 1 .. batch 2"), "{message}");
    assert!(message.contains("learning rate"), "{message}");
    let kept = std::fs::read_to_string(folder.path().join("m.safetensors")).unwrap();
    assert_eq!(kept, "as it was");
}

#[test]
fn what_was_learned_before_a_loss_exploded_is_written() {
    let folder = TempDir::new().unwrap();
    let line = "train --samples 90 --points 32 --hidden 16 --batch-size 81 --epochs 9 --lr 1 --beta 1000 --out F/m.safetensors";
    let message = fail(&words(line, folder.path()));
    let (exploded, kept) =
        message.split_once(" (the model as it was after epoch ").expect(&message);
    assert!(exploded.contains("learning rate"), "{message}");
    let epoch: usize = kept.split(' ').next().unwrap().parse().unwrap();
    let info = succeed(&words("info F/m.safetensors --json", folder.path()));
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["epochs_done"], epoch);
}

/// The warnings among what a verb says on standard error.
fn warned(line: &str, folder: &Path) -> Vec<String> {
    let said = told(&run(&words(line, folder)));
    let warnings = said.lines().filter_map(|line| line.strip_prefix("warning: "));
    warnings.map(str::to_owned).collect()
}

#[test]
fn a_latent_that_collapses_is_told_with_its_remedy_wherever_it_is_measured() {
    let folder = TempDir::new().unwrap();
    let learn = |rest: &str| {
        let line = "train --samples 180 --points 32 --hidden 32 --updates 400 --lr 0.003 --out F/";
        warned(&format!("{line}{rest}"), folder.path())
    };
    let collapsed = learn("collapsed.safetensors --beta 100");
    assert_eq!(collapsed.len(), 1, "each is said once: {collapsed:?}");
    let what = "collapse";
    assert!(says(&collapsed[0], "collapse .. beta (now 100)"), "{collapsed:?}");
    let well = learn("well.safetensors --beta 0.01");
    assert!(well.iter().all(|warning| !warning.contains("collapse")), "{well:?}");

    let info = "info F/collapsed.safetensors";
    assert!(succeed(&words(info, folder.path())).contains(what));
    let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let info = json(succeed(&words(&format!("{info} --json"), folder.path())));
    assert!(info["warnings"][0]["what"].as_str().unwrap().contains(what));
    assert!(info["warnings"][0]["remedy"].as_str().unwrap().contains("100"));

    let compare = "compare F/collapsed.safetensors F/well.safetensors --out F/t.json";
    let compared = warned(compare, folder.path());
    let of_collapsed = compared.iter().filter(|warning| says(warning, "collapsed: .. collapse"));
    assert_eq!(of_collapsed.count(), 1, "{compared:?}");
    let read = |name: &str| json(std::fs::read_to_string(folder.path().join(name)).unwrap());
    assert_eq!(read("t.json")[0]["warnings"], info["warnings"]);
    succeed(&words("report F/collapsed.safetensors --out F/r.json", folder.path()));
    assert_eq!(read("r.json")["warnings"], info["warnings"]);
    succeed(&words("report F/collapsed.safetensors --out F/r.html", folder.path()));
    assert!(std::fs::read_to_string(folder.path().join("r.html")).unwrap().contains(what));
}

#[test]
fn principal_axes_are_not_warned_of_as_if_they_were_trained() {
    let folder = TempDir::new().unwrap();
    let line = "train --pca --samples 90 --points 32 --out F/pca.safetensors";
    assert!(warned(line, folder.path()).is_empty());
    let info = succeed(&words("info F/pca.safetensors --json", folder.path()));
    assert_eq!(serde_json::from_str::<Value>(&info).unwrap()["warnings"], Value::Array(Vec::new()));
}

#[test]
fn after_early_stopping_all_speak_of_the_epoch_that_was_kept() {
    let folder = TempDir::new().unwrap();
    let line =
        "train --samples 90 --points 32 --hidden 16 --lr 0.03 --updates 600 --early-stopping 30";
    let said = told(&run(&words(
        &format!("{line} --out F/m.safetensors --history F/h.csv"),
        folder.path(),
    )));
    let history = table(&folder.path().join("h.csv"));
    let rows: Vec<Vec<f64>> =
        history[1..].iter().map(|row| row.iter().map(|c| c.parse().unwrap()).collect()).collect();
    let last = rows.last().unwrap();
    let best = rows.iter().min_by(|a, b| a[5].total_cmp(&b[5])).unwrap();
    assert!(best[1] < last[1] && last[1] < 600.0, "{best:?} {last:?}");
    let validation = latent_explorer::explore::three_digits(best[5]);
    let end = said.lines().last().unwrap();
    let kept =
        format!("stopped early at update {}; kept update {}, epoch {}", last[1], best[1], best[0]);
    assert!(end.starts_with(&kept), "{kept} in {end}");
    assert!(end.contains(&format!("validation reconstruction {validation}")), "{end}");

    let json =
        |line: &str| serde_json::from_str::<Value>(&succeed(&words(line, folder.path()))).unwrap();
    let info = json("info F/m.safetensors --json");
    assert_eq!(info["updates_done"].as_f64(), Some(best[1]));
    assert_eq!(info["epochs_done"].as_f64(), Some(best[0]));
    assert_eq!(info["updates_run"].as_f64(), Some(last[1]));
    assert_eq!(info["losses"]["held_out_reconstruction"].as_f64(), Some(best[5]));
    let text = succeed(&words("info F/m.safetensors", folder.path()));
    assert!(
        text.contains(&format!("kept         update {}, epoch {}", best[1], best[0])),
        "{text}"
    );
    assert!(text.contains(&format!("validation   reconstruction {validation},")), "{text}");
    // Nine shapes are too few to keep some for stopping alone.
    assert_eq!(info["chose_epoch"], true);
    assert!(end.contains("also chose the epoch") && text.contains("also chose the epoch"), "{end}");

    let resumed = "train --resume F/m.safetensors --updates 3 --out F/on.safetensors";
    let said = told(&run(&words(resumed, folder.path())));
    let begins =
        said.lines().find(|line| line.contains("goes on from")).unwrap_or_else(|| panic!("{said}"));
    assert!(begins.contains(&format!("update {} of {}", best[1], best[1] + 3.0)), "{begins}");
    assert!(begins.contains(&format!("validation reconstruction {validation}")), "{begins}");
}

#[test]
fn each_figure_of_reconstruction_has_a_name_of_its_own() {
    let folder = TempDir::new().unwrap();
    let train = "train --samples 90 --points 32 --hidden 16 --updates 60 --preset bce --out F/m.safetensors";
    let said = told(&run(&words(train, folder.path())));
    assert!(says(&said, "BCE .. sigmoid .. 0.03"), "{said}");
    let info = succeed(&words("info F/m.safetensors --json", folder.path()));
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!(
        (&info["training"]["beta"], &info["training"]["loss"]),
        (&0.03.into(), &"bce".into())
    );
    let digits = |value: &Value| latent_explorer::explore::three_digits(value.as_f64().unwrap());
    // By another loss and scaling the loss is not the error.
    let (loss, error) = (&info["losses"]["held_out_reconstruction"], &info["reconstruction_error"]);
    assert_ne!(digits(loss), digits(error));
    let end = said.lines().last().unwrap();
    assert!(end.contains(&format!("validation reconstruction {}", digits(loss))), "{end}");
    assert!(
        end.contains(&format!(
            "reconstruction error {} (sum of squares in data units)",
            digits(error)
        )),
        "{end}"
    );
    let text = succeed(&words("info F/m.safetensors", folder.path()));
    assert!(!text.contains("rebuild"), "{text}");
    // Tables name the error, and still by its former name.
    succeed(&words("compare F/m.safetensors F/m.safetensors --out F/t.json", folder.path()));
    let compared = json(&folder.path().join("t.json"));
    let metrics = &compared[0]["figures"];
    assert_eq!((&metrics["reconstruction_error"], &metrics["rebuild_error"]), (error, error));
    succeed(&words("compare F/m.safetensors F/m.safetensors --out F/t.csv", folder.path()));
    let text = std::fs::read_to_string(folder.path().join("t.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let row: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
    let cell = |name: &str| row[header.iter().position(|column| *column == name).unwrap()];
    assert_eq!(cell("reconstruction_error"), cell("rebuild_error"));
    assert_eq!(cell("reconstruction_error_star"), cell("rebuild_error_star"));

    let refused =
        fail(&words("train --samples 90 --loss bce --out F/x.safetensors", folder.path()));
    assert!(refused.contains("output sigmoid") && refused.contains("preset bce"), "{refused}");
    // An option beside a preset takes precedence.
    let own = "train --samples 90 --points 32 --updates 3 --preset bce --beta 0.2 --out F/own.safetensors";
    succeed(&words(own, folder.path()));
    let info = succeed(&words("info F/own.safetensors --json", folder.path()));
    let info: Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["training"]["beta"], 0.2);
    let refused = "train --resume F/own.safetensors --preset bce --out F/x.safetensors";
    assert!(fail(&words(refused, folder.path())).contains("--preset"));
}

#[test]
fn a_short_training_has_not_collapsed() {
    let folder = TempDir::new().unwrap();
    let warnings = warned(
        "train --samples 5000 --updates 51 --lr 0.0001 --out F/m.safetensors",
        folder.path(),
    );
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("51"), "{warnings:?}");
}
