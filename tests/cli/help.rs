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
fn the_environment_names_the_language() {
    let help = |language: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_latent-explorer"));
        let output = program.args(["render", "--help"]).env("LATENT_EXPLORER_LANGUAGE", language);
        output.output().unwrap()
    };
    let [english, pseudo, unset] = ["english", "pseudo", ""].map(help);
    assert!([&english, &pseudo, &unset].iter().all(|output| output.status.success()));
    assert_eq!(english.stdout, unset.stdout);
    let pseudo = String::from_utf8(pseudo.stdout).unwrap();
    assert!(pseudo.contains("--theme") && pseudo.contains("light"), "{pseudo}");
    let unknown = help("klingon");
    let message = String::from_utf8(unknown.stderr).unwrap();
    assert_eq!((unknown.status.code(), message.lines().count()), (Some(1), 1), "{message}");
    assert!(says(&message, "'klingon' .. english .. pseudo"), "{message}");
}

#[test]
fn misuse_is_told_in_one_line() {
    for (line, part) in [
        ("train", "--out"),
        ("train --out m --colour red", "'--colour'"),
        ("optimize", "'optimize' .. --help lists the commands"),
        ("info", "<M.safetensors>"),
    ] {
        let message = fail(&words(line, Path::new("")));
        assert!(says(&message, part) && message.contains("--help"), "{part} in {message}");
    }
}
