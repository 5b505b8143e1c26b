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
        (damaged("\\\"format\\\":3,", "\\\"format\\\":9,"), "has format 9"),
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
        ("--from F/z.csv", "has 1 distinct point"),
        ("--from F/none.csv", "none.csv"),
        ("--from row:91", "from: .. 1 to 90"),
        ("--starts F/z.csv --perturb -1", "perturb: .. 0 .. 1000"),
        ("--starts F/z.csv --perturb many", "'many'"),
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
        ("F/", "is a folder"),
        ("F/no/m.safetensors", "no"),
        ("/proc/m.safetensors", "/proc/m.safetensors: "),
        ("F/m --history F/m", "is named for two outputs"),
        ("F/m --data-out F/", "is a folder"),
        ("/dev/null", "is not an ordinary file"),
    ] {
        let message = fail(&words(&format!("{long} {out}"), folder.path()));
        assert!(says(&message, part), "{part} in {message}");
    }
    let line = "heads --model M --property area --epochs 1000000 --out F/no/m.safetensors";
    let message = fail(&words(line, folder.path()));
    assert!(message.contains("no/m.safetensors"), "{message}");
    let message = fail(&words("decode --model M --z 0,0 --out M", folder.path()));
    assert!(message.contains("is read by this command"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn absurd_parameters_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    for (line, part) in [
        ("train --samples 0", "samples: "),
        ("train --updates 1000000000", "updates: .. 1 .. 100000000"),
        ("train --lr -1", "lr: "),
        ("train --lr inf", "not inf"),
        ("train --latent-dim 0", "latent-dim: "),
        ("train --points 3", "points: "),
        ("train --loss bce", "loss: .. bce"),
        ("train --families circle,circle", "'circle'"),
        ("train --families circle,blob", "'blob'"),
        ("train --noise=-0.1", "noise: "),
        ("train --heads area,area", "heads: .. 'area'"),
        ("train --heads girth", "'girth'"),
        ("train --head-widths 64,0", "head-widths: .. 1 .. 4096"),
        ("train --head-weight 0", "head-weight: "),
        ("heads --model M --property girth", "'girth'"),
        ("heads --model M --property area,area", "property: .. 'area'"),
        ("heads --model M --property area --epochs 0", "epochs: "),
        ("heads --model M --property area --lr nan", "lr: "),
        ("heads --model M --property area --widths 1,2,3,4,5,6,7,8,9", "widths: "),
        ("heads --model M --property area --widths 5000", "widths: "),
        ("heads --model M --property area --batch-size 0", "batch-size: "),
        ("heads --model M", "--property"),
        ("heads --model F/none --property area", "none: "),
        ("optimise --property area --mode max --model M --restarts 0", "restarts: "),
        ("optimise --property area --mode max --model M --restarts -5", "'-5'"),
        ("optimise --property area --mode max --model M --steps 0", "steps: "),
        ("optimise --property area --mode max --model M --lr -inf", "lr: "),
        ("optimise --property area --mode max --model M --trajectory every:0", "every:K"),
        ("optimise --property girth --mode max --model M", "roundness"),
        ("optimise --model M", "--property NAME --mode max .. --term"),
        ("optimise --model M --property area", "--mode"),
        ("optimise --model M --mode max", "--property"),
        ("optimise --model M --property area --mode target=2", "--term NAME:target=V"),
        ("optimise --model M --term area:max --property area --mode max", "cannot be used with"),
        ("optimise --model M --term area", "NAME:max"),
        ("optimise --model M --term girth:max", "'girth'"),
        ("optimise --model M --term area:max:weight=0", "weight: "),
        ("optimise --model M --term area:target=1e300", "target: "),
        ("optimise --model M --term area:max --constraint area=1", "NAME>=V"),
        ("optimise --model M --term area:max --l2 -1", "l2: "),
        ("optimise --model M --term area:max --align nan", "align: "),
        ("optimise --model M --term area:max --inside 1e9", "inside: "),
        ("optimise --model M --term area:max --objective head", "area"),
        ("optimise --model M --term area:max --objective tail", "'tail'"),
        ("optimise --model M --term area:max --method hope", "'hope'"),
        ("optimise --model M --term area:max --space outer", "'outer'"),
        ("optimise --model M --term area:max --space input --method cma-es", "space: "),
        ("optimise --model M --term area:max --input-lr 0", "input-lr: "),
        ("optimise --model M --term area:max --plateau-factor 1", "plateau-factor: "),
        ("optimise --model M --term area:max --plateau-patience -1", "'-1'"),
        ("optimise --model M --term area:max --patience 9999999", "patience: "),
        ("optimise --model M --term area:max --perturb 0.1", "perturb: .. --from .. --starts"),
        ("optimise --model M --term area:max --from M --starts M", "cannot be used with"),
        ("race --model M", "--property"),
        ("race --model M --term area:max --methods adam,hope", "'hope' .. adam, cma-es"),
        ("race --model M --term area:max --methods adam,random,adam", "'adam'"),
        ("race --model M --term area:max --methods=", "''"),
        ("race --model M --term area:max --space input", "adam-input .. --methods"),
        ("race --model M --term area:max --restarts 0", "restarts: "),
        ("race --model M --term area:max --objective head", "area"),
        ("race --model M --term area:max --report M", "is read by this command"),
        ("race --model M --term area:max --report F/out", "is named for two outputs"),
        ("decode --model M", "--z"),
        ("decode --model M --z 1,2,3", "z: .. 2 .. 3"),
        ("decode --model M --z 1,two", "'two'"),
        ("decode --model M --z 1e39,0", "z: "),
        ("field --model M --property area --cells 0", "cells: "),
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
