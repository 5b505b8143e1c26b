//! Help, the version, and misuse.

use super::*;

#[test]
fn help_and_version_end_well() {
    let help = succeed(&["--help"]);
    let verbs =
        ["train", "heads", "optimise", "race", "decode", "encode", "field", "render", "info"];
    for verb in verbs.into_iter().chain([
        "interpolate",
        "walk",
        "sample",
        "report",
        "lab",
        "predict",
        "completions",
        "man",
    ]) {
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
    assert_eq!((unknown.status.code(), message.lines().count()), (Some(2), 1), "{message}");
    assert!(says(&message, "'klingon' .. english .. pseudo"), "{message}");
}

/// A command line that cannot be parsed for each kind of problem, and the facts of its message.
const MISUSE: &[(&str, &str)] = &[
    ("train", "--out <M.safetensors>"),
    ("race", "--model <M.safetensors> .. --out <R.csv>"),
    ("decode --model m --out x.csv", "--z <POINT>|--z-file <Z.csv>"),
    ("info", "<M.safetensors>"),
    ("train --out m --zzzz red", "'--zzzz'"),
    ("train --out m --epoch 3", "'--epoch' .. '--epochs'"),
    ("info m.safetensors n.safetensors", "'n.safetensors'"),
    ("--epochs 3 train", "'--epochs' .. 'train --epochs'"),
    ("data --zzzz", "'--zzzz' .. '-- --zzzz'"),
    ("optimize", "'optimize' .. 'optimise'"),
    ("help optimize", "'optimize'"),
    ("train --out", "'--out <M.safetensors>'"),
    ("render --theme", "'--theme <THEME>' .. light, dark"),
    ("render --theme drak", "'drak' .. '--theme <THEME>' .. light, dark .. 'dark'"),
    ("train --falling-lr maybe", "'maybe' .. '--falling-lr [<BOOL>]' .. true, false"),
    (
        "train --families circle,sqare",
        "'sqare' .. '--families <NAMES>' .. circle, ellipse, triangle, square, rectangle, diamond, pentagon, star, heart .. 'square'",
    ),
    ("train --epochs many", "'many' .. '--epochs <N>' .. 0"),
    ("train --epochs 99999999999999999999", "'99999999999999999999' .. '--epochs <N>'"),
    ("sample --size -1", "'-1' .. '--size <PX>' .. 0"),
    ("train --lr fast", "'fast' .. '--lr <RATE>'"),
    ("optimise --mode up", "'up' .. '--mode <MODE>'"),
    ("train --pca=yes", "'yes' .. '--pca'"),
    ("compare m.safetensors", "'<M.safetensors> <M.safetensors>...' .. 2 .. 1"),
    ("train --seed 1 --seed 2", "'--seed <N>'"),
    (
        "render --model m --out p.png --search r --snapshots s",
        "'--search <R.json>' .. '--snapshots <DIR>'",
    ),
    (
        "optimise --model m --out r.json --from z --starts x",
        "'--from <POINT|X.csv>' .. '--starts <Z.csv>'",
    ),
    ("m.safetensors info m.safetensors", "'info' .. '[MODEL]'"),
    ("train --out m --epochs \u{fffd}", "8"),
];

/// The words of a line; `\u{fffd}` stands for bytes that are no text.
#[cfg(unix)]
fn raw_words(line: &str) -> impl Iterator<Item = std::ffi::OsString> {
    use std::os::unix::ffi::OsStringExt;
    line.split_whitespace().map(|word| match word {
        "\u{fffd}" => OsStringExt::from_vec(vec![0xff, 0xfe]),
        word => word.into(),
    })
}

#[cfg(unix)]
#[test]
fn misuse_is_told_in_one_line_of_the_language() {
    let told = |line: &str, language: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_latent-explorer"));
        program.args(raw_words(line)).env("LATENT_EXPLORER_LANGUAGE", language);
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}");
        command_line::refusal(output)
    };
    // Facts are the same in every language, and so may be words of two letters.
    let words = |message: &str, facts: &str| {
        let plain =
            facts.split(" .. ").fold(message.to_owned(), |rest, fact| rest.replace(fact, ""));
        let words = plain.split(|c: char| !c.is_alphabetic() && c != '-');
        words.filter(|word| word.len() > 2 && *word != "--help").map(str::to_owned).collect()
    };
    for (line, facts) in MISUSE {
        let [english, pseudo] = ["english", "pseudo"].map(|language| told(line, language));
        assert!(english.contains("--help"), "{line}: {english}");
        for message in [&english, &pseudo] {
            assert!(says(message, facts), "{line}: {message}");
        }
        let [english, pseudo]: [std::collections::BTreeSet<String>; 2] =
            [english, pseudo].map(|message| words(&message, facts));
        assert!(!english.is_empty());
        let left: Vec<_> = pseudo.intersection(&english).collect();
        assert!(left.is_empty(), "{line}: {left:?} in every language");
    }
}
