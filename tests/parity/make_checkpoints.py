"""Writes checkpoints/*.safetensors and checkpoints.json: what the loader of docs/checkpoint.md makes of three models.

    cargo build --release
    pip install numpy
    python tests/parity/make_checkpoints.py target/release/latent-explorer

The code is taken from the page itself; the fixture holds its hash (FNV-1a), so that a test fails if the page has changed
since. The models are trained by the program: outlines with a Gaussian posterior and an activation in each layer, a table
with categories, logarithms, shares and blanks, and a table behind a tanh. Rows and points that are given are drawn in single
precision.
"""

import json
import math
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "checkpoint.md"
ROWS = 6
TRAIN = {
    "outlines": "--samples 90 --points 16 --hidden 7,5 --activation silu --epochs 30 --seed 4",
    "sigmoid": "--samples 90 --points 16 --hidden 6 --activation gelu --output sigmoid --epochs 20 --seed 5",
    "table": "--data T.csv --target strength --latent gaussian --latent-dim 3 --hidden 8 --activation leaky-relu:0.1 --weight-decay 0 --updates 300 --seed 6",
    "tanh": "--data T.csv --target strength --latent tanh --latent-dim 4 --hidden 9,6 --activation softplus --weight-decay 0 --updates 300 --seed 7",
}


def table(rng, rows=80):
    normal, names = rng.normal(size=(rows, 5)), ["alpha", "beta", "gamma"]
    lines = ["name,iron,zinc,length [mm],mass [kg],phase,pressure,strength [MPa]"]
    for row, (a, b, c, d, e) in enumerate(normal):
        iron = 0.5 + 0.5 * math.tanh(e)
        cells = [250 + 12 * a, math.exp(1.5 + 0.9 * b), names[int(3 * abs(c)) % 3], math.exp(-6 + 1.2 * d + a), 40 * a + 10 * e]
        words = [cell if isinstance(cell, str) else f"{cell:.5g}" for cell in cells]
        words = ["" if rng.random() < 0.08 else word for word in words[:-1]] + words[-1:]
        lines.append(",".join([f"row {row}", f"{iron:.3f}", f"{1 - iron:.3f}", *words]))
    return "\n".join(lines) + "\n"


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def plain(values):
    """Numbers as JSON has them, blanks as null."""
    return None if values is None else [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=float).ravel()]


def single(values):
    return np.asarray(values).astype(np.float32).astype(float)


def main(program):
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    loader = {}
    exec(code, loader)
    folder = HERE / "checkpoints"
    folder.mkdir(exist_ok=True)
    cases = []
    for seed, (name, options) in enumerate(TRAIN.items()):
        rng, out = np.random.default_rng(seed), folder / f"{name}.safetensors"
        with tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / "T.csv").write_text(table(np.random.default_rng(1)))
            line = [program, "train", *options.split(), "--without-state", "--out", str(out)]
            subprocess.run(line, cwd=scratch, check=True)
        card, tensors = loader["load"](out)
        width, latent = card["layers"][0]["inputs"], tensors["encoded.mu"].shape[1]
        if "data.rows" in tensors:
            rows = tensors["data.rows"][:ROWS].astype(float)
        else:
            rows = single(rng.normal(size=(ROWS, width)))
        z = single(rng.normal(size=(ROWS, latent)))
        mu, log_var = loader["encode"](card, tensors, rows)
        decoded = loader["decode"](card, tensors, z)
        given = {"name": name, "rows": plain(rows), "z": plain(z)}
        cases.append({**given, "mu": plain(mu), "log_var": plain(log_var), "decoded": plain(decoded)})
    versions = f"numpy {np.__version__}, Python {platform.python_version()}"
    fixture = {"made by": versions, "code": f"{fnv1a(code.encode()):016x}", "cases": cases}
    (HERE / "checkpoints.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
