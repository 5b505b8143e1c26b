//! Help, the version, and misuse.

use super::*;

#[test]
fn help_and_version_end_well() {
    let help = succeed(&["--help"]);
    let verbs =
        ["train", "heads", "optimise", "race", "decode", "encode", "field", "render", "info"];
    for verb in verbs.into_iter().chain(["interpolate", "walk", "sample", "report", "lab"]) {
        assert!(help.contains(verb), "{verb}");
        let of_verb = succeed(&[verb, "--help"]);
        assert!(of_verb.contains("Example") && of_verb.contains(&format!("explorer {verb}")));
    }
    assert!(succeed(&["--version"]).starts_with("latent-explorer "));
}

#[test]
fn misuse_is_told_in_one_line() {
    for (line, part) in [
        ("train", "--out"),
        ("train --out m --colour red", "'--colour'"),
        ("optimize", "'optimize'"),
        ("info", "<M.safetensors>"),
    ] {
        let message = fail(&words(line, Path::new("")));
        assert!(says(&message, part) && message.contains("--help"), "{part} in {message}");
    }
}
