//! Files and settings that cannot be: refused in one line before any work.

use super::*;

/// The bytes of the tiny model with a part of them replaced by another of the same length.
fn damaged(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(model()).unwrap();
    let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).expect(from);
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn a_bad_checkpoint_is_told_apart_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let whole = std::fs::read(model()).unwrap();
    let header_end = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let foreign = [16u64.to_le_bytes().as_slice(), b"{}              "].concat();
    let mut not_finite = whole.clone();
    for value in not_finite[header_end..].chunks_exact_mut(4) {
        value.copy_from_slice(&f32::NAN.to_le_bytes());
    }
    for (bytes, part) in [
        (whole[..whole.len() - 9].to_vec(), "cut short"),
        (whole[..header_end - 9].to_vec(), "cut short"),
        (Vec::new(), "cut short"),
        (b"epoch,total\n1,2\n".to_vec(), "not in safetensors format"),
        (foreign, "of another program"),
        (not_finite, "not finite"),
        (damaged("\"shape\":[16,64]", "\"shape\":[64,16]"), "should be F32 [16, 64]"),
        (damaged("\\\"format\\\":4,", "\\\"format\\\":9,"), "has format 9"),
        (damaged("\\\"scaling\\\"", "\\\"skaling\\\""), "description is damaged"),
    ] {
        let path = folder.path().join("bad.safetensors");
        std::fs::write(&path, &bytes).unwrap();
        for line in ["info F/bad.safetensors", "decode --z 0,0 --out F/x --model F/bad.safetensors"]
        {
            let message = fail(&words(line, folder.path()));
            assert!(message.starts_with(path.to_str().unwrap()), "{message}");
            assert!(says(&message, part), "{part} in {message}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert!(!folder.path().join("x").exists());
    }
    let missing = fail(&words("info F/none.safetensors", folder.path()));
    assert!(missing.contains("none.safetensors"), "{missing}");
    let folder_as_file = fail(&words("info F/", folder.path()));
    assert!(folder_as_file.contains("is a folder"), "{folder_as_file}");
}

#[test]
fn a_bad_table_is_told_with_its_line() {
    let folder = TempDir::new().unwrap();
    for (text, part) in [
        ("", "has no rows"),
        ("z0,z1\n", "has no rows"),
        ("1,2\n1,2,3\n", "line 2 .. 3 columns .. 2"),
        ("1,2\n3,four\n", "line 2, column 2 .. 'four'"),
        ("1,NaN\n", "line 1, column 2"),
    ] {
        std::fs::write(folder.path().join("z.csv"), text).unwrap();
        for line in [
            "decode --model M --z-file F/z.csv --out F/x.csv",
            "optimise --model M --property area --mode max --starts F/z.csv --out F/x.csv",
        ] {
            let message = fail(&words(line, folder.path()));
            assert!(message.contains("z.csv: ") && says(&message, part), "{part} in {message}");
        }
    }
    std::fs::write(folder.path().join("z.csv"), "1,2\n").unwrap();
    let shapes = fail(&words("encode --model M --shapes F/z.csv --out F/x.csv", folder.path()));
    assert!(says(&shapes, "1 distinct point .. 3"), "{shapes}");
    for (line, part) in [
        ("--from F/z.csv", "1 distinct point .. at least 3"),
        ("--from F/none.csv", "none.csv .. check the path"),
        ("--from row:91", "from: .. 1 to 90 .. 91"),
        ("--starts F/z.csv --perturb -1", "perturb: .. 0 .. 1000"),
        ("--starts F/z.csv --perturb many", "'many' .. --perturb"),
    ] {
        let line = format!("optimise --model M --term area:max {line} --out F/x.csv");
        let message = fail(&words(&line, folder.path()));
        assert!(says(&message, part), "{part} in {message}");
    }
    let same = "optimise --model M --term area:max --from F/z.csv --out F/z.csv";
    assert!(fail(&words(same, folder.path())).contains("is read by this command"));
    let missing = fail(&words("encode --model M --shapes F/no.csv --out F/x.csv", folder.path()));
    assert!(missing.contains("no.csv"), "{missing}");
    assert!(!folder.path().join("x.csv").exists());
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_any_work() {
    let folder = TempDir::new().unwrap();
    // These would take hours if they began.
    let long = "train --samples 100000 --epochs 1000000 --out";
    for (out, part) in [
        ("F/", "is a folder .. name a file"),
        ("F/no/m.safetensors", "no/m.safetensors .. create it"),
        ("/proc/m.safetensors", "/proc/m.safetensors: "),
        ("F/m --history F/m", "m: is named for two outputs .. two files"),
        ("F/m --data-out F/", "is a folder already .. name a new one"),
        ("/dev/null", "/dev/null .. name another"),
    ] {
        let message = fail(&words(&format!("{long} {out}"), folder.path()));
        assert!(says(&message, part), "{part} in {message}");
    }
    let line = "heads --model M --property area --epochs 1000000 --out F/no/m.safetensors";
    let message = fail(&words(line, folder.path()));
    assert!(says(&message, "no/m.safetensors .. create it"), "{message}");
    let message = fail(&words("decode --model M --z 0,0 --out M", folder.path()));
    assert!(message.contains("is read by this command"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn absurd_parameters_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    for (line, part) in [
        ("train --samples 0", "samples: .. 90 .. 1000000"),
        ("train --updates 1000000000", "updates: .. 1 .. 100000000"),
        ("train --lr -1", "lr: .. 0.00000001 .. 10 .. -1"),
        ("train --lr inf", "lr: .. 10 .. not inf"),
        ("train --latent-dim 0", "latent-dim: .. 1 .. 1024"),
        ("train --points 3", "points: .. 16 .. 1000"),
        ("train --loss bce", "loss: .. output sigmoid .. preset bce"),
        ("train --families circle,circle", "families: 'circle' is named twice"),
        ("train --families circle,blob", "'blob' .. --families .. circle, ellipse .. heart"),
        ("train --noise=-0.1", "noise: .. 0 .. 0.5 .. -0.1"),
        ("train --heads area,area", "heads: 'area' is named twice .. once"),
        ("train --heads girth", "'girth' .. roundness, area, perimeter, heat-shedding"),
        ("train --head-widths 64,0", "head-widths: .. 1 .. 4096"),
        ("train --head-weight 0", "head-weight: .. 0.000001 .. 1000000"),
        (
            "heads --model M --property girth",
            "'girth' .. roundness, area, perimeter, heat-shedding",
        ),
        ("heads --model M --property area,area", "property: 'area' is named twice .. once"),
        ("heads --model M --property area --epochs 0", "epochs: .. 1 .. 1000000"),
        ("heads --model M --property area --lr nan", "lr: .. 0.00000001 .. 10 .. NaN"),
        (
            "heads --model M --property area --widths 1,2,3,4,5,6,7,8,9",
            "widths: .. 1 to 8 hidden layers .. 9",
        ),
        ("heads --model M --property area --widths 5000", "widths: .. 1 .. 4096 .. 5000"),
        ("heads --model M --property area --batch-size 0", "batch-size: .. 1 .. 100000"),
        ("heads --model M", "--property .. --help"),
        ("heads --model F/none --property area", "none: "),
        ("optimise --property area --mode max --model M --restarts 0", "restarts: .. 1 .. 100000"),
        ("optimise --property area --mode max --model M --restarts -5", "'-5' .. --restarts"),
        ("optimise --property area --mode max --model M --steps 0", "steps: .. 1 .. 1000000"),
        (
            "optimise --property area --mode max --model M --lr -inf",
            "lr: .. 0.00000001 .. 100 .. -inf",
        ),
        (
            "optimise --property area --mode max --model M --trajectory every:0",
            "full .. none .. every:K .. 1",
        ),
        (
            "optimise --property girth --mode max --model M",
            "'girth' .. roundness, area, perimeter, heat-shedding",
        ),
        ("optimise --model M", "--property NAME --mode max .. --term"),
        ("optimise --model M --property area", "--mode"),
        ("optimise --model M --mode max", "--property"),
        ("optimise --model M --property area --mode target=2", "--term NAME:target=V"),
        (
            "optimise --model M --term area:max --property area --mode max",
            "--term .. cannot be used with .. --property .. --mode",
        ),
        (
            "optimise --model M --term area",
            "NAME:max .. NAME:min .. NAME:target=V .. area:target=2.5",
        ),
        (
            "optimise --model M --term girth:max",
            "'girth' .. roundness, area, perimeter, heat-shedding",
        ),
        ("optimise --model M --term area:max:weight=0", "weight: .. 0.000000001 .. 1000000000"),
        (
            "optimise --model M --term area:target=1e300",
            "target: .. -1000000000000 .. 1000000000000",
        ),
        (
            "optimise --model M --term area:max --constraint area=1",
            "NAME>=V .. NAME<=V .. area>=0.5",
        ),
        ("optimise --model M --term area:max --l2 -1", "l2: .. 0 .. 1000000 .. -1"),
        ("optimise --model M --term area:max --align nan", "align: .. 0 .. 1000000 .. NaN"),
        (
            "optimise --model M --term area:max --inside 1e9",
            "inside: .. 0 .. 1000000 .. 1000000000",
        ),
        (
            "optimise --model M --term area:max --objective head",
            "no head for area .. heads --property area",
        ),
        (
            "optimise --model M --term area:max --objective tail",
            "'tail' .. --objective .. geometry, head",
        ),
        (
            "optimise --model M --term area:max --method hope",
            "'hope' .. --method .. adam, gradient .. random",
        ),
        ("optimise --model M --term area:max --space outer", "'outer' .. --space .. latent, input"),
        (
            "optimise --model M --term area:max --space input --method cma-es",
            "space: .. adam, gradient or momentum .. latent",
        ),
        ("optimise --model M --term area:max --input-lr 0", "input-lr: .. 0.00000001 .. 100"),
        (
            "optimise --model M --term area:max --plateau-factor 1",
            "plateau-factor: .. 0 .. 0.999999",
        ),
        ("optimise --model M --term area:max --plateau-patience -1", "'-1' .. --plateau-patience"),
        ("optimise --model M --term area:max --patience 9999999", "patience: .. 1 .. 1000000"),
        ("optimise --model M --term area:max --perturb 0.1", "perturb: .. --from .. --starts"),
        (
            "optimise --model M --term area:max --from M --starts M",
            "--from .. cannot be used with .. --starts",
        ),
        ("race --model M", "--property NAME --mode max .. --term NAME:max"),
        (
            "race --model M --term area:max --methods adam,hope",
            "'hope' .. adam, cma-es .. adam-input",
        ),
        (
            "race --model M --term area:max --methods adam,random,adam",
            "--methods .. 'adam' is named twice",
        ),
        (
            "race --model M --term area:max --methods=",
            "--methods .. '' .. adam, cma-es .. adam-input",
        ),
        ("race --model M --term area:max --space input", "adam-input .. --methods"),
        ("race --model M --term area:max --restarts 0", "restarts: .. 1 .. 100000"),
        (
            "race --model M --term area:max --objective head",
            "no head for area .. heads --property area",
        ),
        ("race --model M --term area:max --report M", "is read by this command .. another file"),
        ("race --model M --term area:max --report F/out", "is named for two outputs .. two files"),
        ("decode --model M", "--z .. --z-file"),
        ("decode --model M --z 1,2,3", "z: .. 2 .. 3"),
        ("decode --model M --z 1,two", "--z .. 'two'"),
        ("decode --model M --z 1e39,0", "z: .. too far out .. nearer"),
        ("field --model M --property area --cells 0", "cells: .. 1 .. 4096"),
        ("render --model M --what heat --size 9", ".png .. .svg"),
    ] {
        let message = fail(&words(&format!("{line} --out F/out"), folder.path()));
        assert!(says(&message, part), "{part} in {message}");
    }
    let message =
        fail(&words("render --model M --what heat --size 9 --out F/p.png", folder.path()));
    assert!(says(&message, "size:  .. 100 .. 8192"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
