"""Writes projection.json: points and the nearest points with bounds and a given weighted sum.

    pip install numpy
    python tests/parity/make_projection.py

The nearest point is found by trying: each number is at its lower end, at its upper end, or free, and of all 3^n choices
the feasible point of least distance is taken. With the choice made, the free numbers lie on a plane, whose nearest point
is a formula. Nothing here searches for a multiplier.
"""

import itertools
import json
import platform
from pathlib import Path

import numpy as np


def nearest(point, weights, low, high, total):
    best, least = None, np.inf
    for choice in itertools.product("lhf", repeat=len(point)):
        at = {"l": low, "h": high}
        x = np.array([at[c][i] if c in at else 0.0 for i, c in enumerate(choice)])
        free = np.array([c == "f" for c in choice])
        if not np.isfinite(x).all():
            continue
        left = total - (weights * x)[~free].sum()
        if free.any():
            w, p = weights[free], point[free]
            x[free] = p - w * (w @ p - left) / (w @ w)
        elif abs(left) > 1e-12:
            continue
        if ((x < low - 1e-12) | (x > high + 1e-12)).any():
            continue
        distance = ((x - point) ** 2).sum()
        if distance < least:
            best, least = x, distance
    return best


def case(rng, kind):
    n = int(rng.integers(2, 7))
    point = 2 * rng.normal(size=n)
    weights = rng.uniform(0.1, 3, n)
    low, high = -rng.uniform(0, 1.5, n), rng.uniform(0, 1.5, n)
    if kind == "shares":
        weights, low, high, total = np.ones(n), np.zeros(n), np.ones(n), 1.0
    else:
        if kind == "half open":
            high[rng.random(n) < 0.5] = np.inf
            low[rng.random(n) < 0.3] = -np.inf
        if kind == "locked":
            high[0] = low[0]
        ends = [np.clip(e, -2, 2) for e in (low, high)]
        share = rng.uniform(0.05, 0.95)
        total = float(weights @ (ends[0] + share * (ends[1] - ends[0])))
    x = nearest(point, weights, low, high, total)
    number = lambda v: float(v) if np.isfinite(v) else None
    return {
        "point": point.tolist(),
        "weights": weights.tolist(),
        "low": [number(v) for v in low],
        "high": [number(v) for v in high],
        "total": total,
        "nearest": x.tolist(),
    }


def main():
    rng = np.random.default_rng(4)
    kinds = ["shares", "bounded", "half open", "locked"] * 15
    fixture = {
        "made by": f"numpy {np.__version__}, Python {platform.python_version()}",
        "cases": [case(rng, kind) for kind in kinds],
    }
    Path(__file__).with_name("projection.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
