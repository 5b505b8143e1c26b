"""Writes table.json: a small table as pandas reads it, its scaling, and the losses of a network on its blocks.

    pip install numpy pandas
    python tests/parity/make_table.py

Everything is computed in double precision. The network has no hidden layer; its gradients are taken by complex steps
(Squire & Trapp 1998), so that nothing here goes backwards through a network. A blank adds nothing to a loss.
"""

import io
import json
import platform
from pathlib import Path

import numpy as np
import pandas as pd

STEP = 1e-30
LATENT = 2
BETA = 0.3
SHARES = ["iron [%]", "zinc [%]", "lead [%]"]


def table(rng, rows=60):
    """A CSV of eight columns of descriptors, three of them shares of 100, a target and names, with blanks."""
    normal = rng.normal(size=(rows, 4))
    columns = {
        "name": [f"row {i}" for i in range(rows)],
        "length [mm]": 250 + 12 * normal[:, 0],
        "mass (kg)": np.exp(1.5 + 0.9 * normal[:, 1]),
        "phase": rng.choice(["alpha", "beta", "gamma"], rows),
        "pressure": np.exp(-6 + 1.2 * normal[:, 2]),
        "count": np.floor(np.exp(0.8 * normal[:, 3])),
        **dict(zip(SHARES, 100 * rng.dirichlet([4, 1, 0.3], rows).T)),
        "strength [MPa]": 40 * normal[:, 0] + 300,
    }
    frame = pd.DataFrame(columns)
    for column, share in [("length [mm]", 0.1), ("phase", 0.15), ("pressure", 0.2), ("zinc [%]", 0.1), ("strength [MPa]", 0.3)]:
        frame.loc[rng.random(rows) < share, column] = np.nan
    return frame.to_csv(index=False, float_format="%.6g")


def skewness(values):
    centred = values - values.mean()
    return (centred**3).mean() / (centred**2).mean() ** 1.5


def scaling(values, is_share):
    """Offset, scale and form of a column from its known training values."""
    known = values[~np.isnan(values)]
    if not is_share and (known > 0).all() and skewness(known) > 1:
        logarithms = np.log(known)
        if abs(skewness(logarithms)) < skewness(known) / 3:
            return logarithms.mean(), logarithms.std(), True
    return known.mean(), known.std(), False


def log_softmax(logits):
    logits = logits - logits.real.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def losses(parameters, x, blocks):
    """The reconstruction over what is known of each row, and KL: sums over columns, means over rows."""
    w_mu, b_mu, w_log_var, b_log_var, w, b = parameters
    read = np.nan_to_num(x)
    mu = read @ w_mu.T + b_mu
    log_var = read @ w_log_var.T + b_log_var
    logits = mu @ w.T + b
    reconstruction = 0
    for kind, begin, end, floor in blocks:
        l, target = logits[:, begin:end], x[:, begin:end]
        known = ~np.isnan(target)
        target = np.nan_to_num(target)
        if kind == "shares":
            none, reach = np.array(floor).T
            l = none + reach * np.exp(log_softmax(l))
        if kind == "floored":
            l = floor + np.log1p(np.exp(10 * (l - floor))) / 10
        loss = -target * log_softmax(l) if kind == "softmax" else (l - target) ** 2
        reconstruction = reconstruction + (loss * known).sum()
    kl = -0.5 * (1 + log_var - mu**2 - np.exp(log_var)).sum()
    return reconstruction / len(x), kl / len(x)


def gradient(parameters, x, blocks):
    result = []
    for i, parameter in enumerate(parameters):
        slopes = np.empty(parameter.size)
        for k in range(parameter.size):
            moved = [p.astype(complex) for p in parameters]
            moved[i].flat[k] += 1j * STEP
            reconstruction, kl = losses(moved, x, blocks)
            slopes[k] = (reconstruction + BETA * kl).imag / STEP
        result.append(slopes.tolist())
    return result


def plain(values):
    """Numbers as JSON has them, blanks as null."""
    return [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=float).ravel()]


def main():
    rng = np.random.default_rng(1)
    text = table(rng)
    frame = pd.read_csv(io.StringIO(text))
    held_out = np.arange(len(frame)) % 5 == 2

    target = frame.pop("strength [MPa]")
    names = frame.pop("name")
    blocks, places, rows, forms = [], [], [], []
    for column in frame:
        begin = len(places)
        if pd.api.types.is_numeric_dtype(frame[column]):
            values = frame[column].to_numpy(float)
            places.append(column)
            rows.append(values)
            offset, scale, is_logarithmic = scaling(values[~held_out], column in SHARES)
            forms.append((offset, scale, is_logarithmic))
            # A column that is never negative stays so; behind a logarithm it is by itself.
            floor = -offset / scale
            kind = "floored" if np.nanmin(values) >= 0 and not is_logarithmic else "linear"
            if column in SHARES:
                kind, floor = "shares", (floor, 100 / scale)
        else:
            dummies = pd.get_dummies(frame[column], dtype=float)
            dummies[frame[column].isna()] = np.nan
            places += [f"{column}={level}" for level in dummies]
            rows += list(dummies.to_numpy().T)
            forms += [(0.0, 1.0, False)] * len(dummies.columns)
            kind, floor = "softmax", None
        if kind == "shares" and blocks[-1][0] == "shares":
            _, begin, _, floors = blocks.pop()
            floor = [*floors, floor]
        elif kind == "shares":
            floor = [floor]
        blocks.append((kind, begin, len(places), floor))
    rows = np.array(rows).T
    offset, scale = (np.array([form[k] for form in forms]) for k in (0, 1))
    logarithmic = [k for k, form in enumerate(forms) if form[2]]
    scaled = rows.copy()
    scaled[:, logarithmic] = np.log(scaled[:, logarithmic])
    scaled = (scaled - offset) / scale

    width = rows.shape[1]
    shapes = [(LATENT, width), (LATENT,), (LATENT, width), (LATENT,), (width, LATENT), (width,)]
    parameters = [rng.uniform(-0.6, 0.6, s).astype(np.float32).astype(np.float64) for s in shapes]
    reconstruction, kl = losses(parameters, scaled, blocks)
    known = rows[~held_out]
    fixture = {
        "made by": f"numpy {np.__version__}, pandas {pd.__version__}, Python {platform.python_version()}",
        "csv": text,
        "held_out": held_out.tolist(),
        "names": names.tolist(),
        "places": places,
        "rows": plain(rows),
        "target": plain(target),
        "low": plain(np.nanmin(known, axis=0)),
        "high": plain(np.nanmax(known, axis=0)),
        "offset": plain(offset),
        "scale": plain(scale),
        "logarithmic": logarithmic,
        "scaled": plain(scaled),
        "latent": LATENT,
        "beta": BETA,
        "parameters": [p.ravel().tolist() for p in parameters],
        "reconstruction": float(reconstruction),
        "kl": float(kl),
        "gradient": gradient(parameters, scaled, blocks),
    }
    Path(__file__).with_name("table.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
