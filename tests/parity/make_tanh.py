"""Writes tanh.json: an autoencoder 190 -> 256 -> tanh 128 in NumPy, its losses and ten steps of Adam.

    pip install numpy
    python tests/parity/make_tanh.py

Data and weights follow from their index by a formula (`noise`), so the fixture holds results alone. Everything is computed
in double precision. The gradient is that of the chain rule, written out; at some entries of every parameter it is held to
complex steps (Squire & Trapp 1998) before anything is written. Adam is algorithm 1 of Kingma & Ba 2015. A blank adds
nothing to the loss, and the network reads it as 0, the mean of its column.
"""

import json
import platform
from pathlib import Path

import numpy as np

ROWS, COLUMNS, HIDDEN, LATENT, SLOPE, RATE, STEPS, ENTRIES = 64, 190, 256, 128, 0.1, 1e-3, 10, 12
WIDTHS = [COLUMNS, HIDDEN, LATENT, HIDDEN, COLUMNS]
ACTIVATIONS = ["leaky-relu", "tanh", "leaky-relu", "linear"]


def noise(count, salt):
    """Numbers from -1 to 1 of the index: a product modulo 2^32 (Knuth, multiplicative hashing), and its upper bits."""
    mixed = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(salt * 40503)) % np.uint64(2**32)
    mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(2246822519) % np.uint64(2**32)
    return (mixed.astype(np.float64) / 2**31 - 1).astype(np.float32).astype(np.float64)


def data():
    """Rows in network units, three numbers behind all columns; one cell in seven is blank."""
    hidden, share = noise(ROWS * 3, 1).reshape(ROWS, 3), noise(3 * WIDTHS[0], 2).reshape(3, WIDTHS[0])
    x = (hidden @ share).astype(np.float32).astype(np.float64)
    x[noise(x.size, 3).reshape(x.shape) < -5 / 7] = np.nan
    return x


def parameters():
    result = []
    for k, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        bound = np.float64(np.float32(1 / np.sqrt(inputs)))
        result.append((bound * noise(outputs * inputs, 10 + k)).astype(np.float32).astype(np.float64).reshape(outputs, inputs))
        result.append((bound * noise(outputs, 20 + k)).astype(np.float32).astype(np.float64))
    return result


def activate(name, x):
    match name:
        case "leaky-relu":
            return np.where(x.real > 0, x, np.float64(np.float32(SLOPE)) * x)
        case "tanh":
            return np.tanh(x)
    return x


def slope(name, y):
    match name:
        case "leaky-relu":
            return np.where(y > 0, 1, np.float64(np.float32(SLOPE)))
        case "tanh":
            return 1 - y * y
    return np.ones_like(y)


def forward(p, x):
    """The outputs of all layers."""
    outputs = [np.nan_to_num(x)]
    for k, name in enumerate(ACTIVATIONS):
        outputs.append(activate(name, outputs[-1] @ p[2 * k].T + p[2 * k + 1]))
    return outputs


def loss(p, x):
    """Squared errors over what is known of each row, a sum over columns and a mean over rows."""
    missed = forward(p, x)[-1] - np.nan_to_num(x)
    return (missed**2 * ~np.isnan(x)).sum() / len(x)


def gradient(p, x):
    outputs = forward(p, x)
    of_output = 2 * (outputs[-1] - np.nan_to_num(x)) * ~np.isnan(x) / len(x)
    result = [None] * len(p)
    for k in reversed(range(len(ACTIVATIONS))):
        of_output = of_output * slope(ACTIVATIONS[k], outputs[k + 1])
        result[2 * k], result[2 * k + 1] = of_output.T @ outputs[k], of_output.sum(axis=0)
        of_output = of_output @ p[2 * k]
    return result


def by_complex_step(p, x, i, k):
    moved = [q.astype(complex) if j == i else q for j, q in enumerate(p)]
    moved[i].flat[k] += 1e-30j
    return loss(moved, x).imag / 1e-30


def entries(parameter):
    """The places of a parameter that the fixture holds."""
    count = min(ENTRIES, parameter.size)
    return [k * parameter.size // count for k in range(count)]


def at_entries(all_parameters):
    return [[float(p.flat[k]) for k in entries(p)] for p in all_parameters]


def main():
    x, p = data(), parameters()
    _, hidden, z, _, decoded = forward(p, x)
    first = gradient(p, x)
    for i, of_one in enumerate(first):
        for k in entries(of_one):
            step = by_complex_step(p, x, i, k)
            assert abs(of_one.flat[k] - step) < 1e-12 * max(1, abs(step)), (i, k, of_one.flat[k], step)
    fixture = {
        "made by": f"numpy {np.__version__}, Python {platform.python_version()}",
        "blanks": int(np.isnan(x).sum()),
        "z": z[0].tolist(),
        "decoded": decoded[0].tolist(),
        "gradient": at_entries(first),
        "lengths": [float(np.sqrt((g**2).sum())) for g in first],
        "losses": [],
    }
    m, v = [np.zeros_like(q) for q in p], [np.zeros_like(q) for q in p]
    for t in range(1, STEPS + 1):
        fixture["losses"].append(float(loss(p, x)))
        for i, g in enumerate(gradient(p, x)):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g * g
            p[i] = p[i] - RATE * (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
    fixture["losses"].append(float(loss(p, x)))
    fixture["parameters"] = at_entries(p)
    Path(__file__).with_name("tanh.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
