"""Models of real airfoils beside PCA: held-out error, and how many draws can be believed.

    python3 benches/airfoils/models.py target/release/latent-explorer

Needs numpy and the package aerosandbox (4.2.10 has 2,174 airfoils). Errors are computed here from the weights in the
checkpoint and from numpy's singular value decomposition, not by the program.
"""

import argparse
import json
import pathlib
import re
import struct
import subprocess
import tempfile

import numpy as np


def airfoils():
    import aerosandbox

    return pathlib.Path(aerosandbox.__file__).parent / "geometry" / "airfoil" / "airfoil_database"


def checkpoint(path):
    """The tensors of a checkpoint and its description."""
    raw = pathlib.Path(path).read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    kinds = {"F32": "<f4", "F64": "<f8", "U8": "u1", "U16": "<u2", "U32": "<u4"}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            data = np.frombuffer(raw[8 + size + first : 8 + size + last], kinds[entry["dtype"]])
            tensors[name] = data.reshape(entry["shape"])
    return tensors, json.loads(header["__metadata__"]["latent-explorer"])


def layer(tensors, name, x):
    return x @ tensors[name + ".weight"].T.astype(float) + tensors[name + ".bias"]


def encode(tensors, card, x):
    x = (x - card["scaling"]["offset"]) / card["scaling"]["scale"]
    return layer(tensors, "mu", np.maximum(layer(tensors, "encoder.0", x), 0))


def decode(tensors, card, z):
    x = layer(tensors, "decoder.1", np.maximum(layer(tensors, "decoder.0", z), 0))
    return x * card["scaling"]["scale"] + card["scaling"]["offset"]


def errors(path):
    """Mean squared errors of held-out outlines, summed over the numbers of an outline: the model's and PCA's."""
    tensors, header = checkpoint(path)
    x = tensors["data.outlines"].astype(float)
    held = np.zeros(len(x), bool)
    held[tensors["encoded.samples"]] = tensors["encoded.held_out"] != 0
    mean = x[~held].mean(0)
    mu = encode(tensors, header["card"], x[held])
    axes = np.linalg.svd(x[~held] - mean, full_matrices=False)[2][: mu.shape[1]]
    off = (x[held] - mean) - (x[held] - mean) @ axes.T @ axes
    own = x[held] - decode(tensors, header["card"], mu)
    return (own**2).sum(1).mean(), (off**2).sum(1).mean(), header["card"]


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--outlines", type=pathlib.Path, default=None)
    parser.add_argument("--dims", default="2,4,8,16")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--more", default="", help="options of train")
    arguments = parser.parse_args()
    outlines = arguments.outlines or airfoils()
    print("latent  error  PCA's error  ratio (of each seed)  believable draws  drawn from")
    with tempfile.TemporaryDirectory() as folder:
        model, table = pathlib.Path(folder) / "m.safetensors", pathlib.Path(folder) / "s.csv"
        for dim in map(int, arguments.dims.split(",")):
            rows, believable, start = [], [], set()
            for seed in range(arguments.seeds):
                run(arguments.program, "train", "--data", outlines, "--latent-dim", dim, "--seed", seed, "--out", model,
                    *arguments.more.split())
                own, pca, card = errors(model)
                rows.append((own, pca))
                said = run(arguments.program, "sample", "--model", model, "--count", 1000, "--out", table)
                believable.append(int(re.search(r"(\d+) believable", said)[1]) / 10)
                start.add(card["start"] if isinstance(card["start"], str) else next(iter(card["start"])))
            rows = np.array(rows)
            ratios = " ".join(f"{a / b:.2f}" for a, b in rows)
            own, pca = rows.mean(0)
            shares = " ".join(f"{share:.0f}" for share in believable)
            print(f"{dim:>6}  {own:.3g}  {pca:.3g}  {(rows[:, 0] / rows[:, 1]).mean():.2f} ({ratios})  "
                  f"{np.mean(believable):.0f} % ({shares})  {', '.join(sorted(start))}", flush=True)


if __name__ == "__main__":
    main()
