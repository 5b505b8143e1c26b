"""Writes activations.json: variational autoencoders of several depths with every activation, in double precision.

    pip install numpy scipy
    python tests/parity/make_activations.py

The formulas are those of PyTorch's documentation, written in NumPy. Gradients are taken by complex steps (Squire & Trapp
1998): f'(x) = Im f(x + ih) / h without cancellation, so that nothing here goes backwards through a network. Everything
that is given is drawn in single precision, as in make_fixtures.py.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.special import erf

STEP = 1e-30


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.where(x.real > 0, x, 0),
    "leaky-relu:0.01": lambda x: np.where(x.real > 0, x, np.float64(np.float32(0.01)) * x),
    "leaky-relu:0.3": lambda x: np.where(x.real > 0, x, np.float64(np.float32(0.3)) * x),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * 0.5 * (1 + erf(x / np.sqrt(2))),
    "softplus": lambda x: np.log1p(np.exp(x)),
}


def drawn(rng, shape, bound=1.0):
    return rng.uniform(-bound, bound, shape).astype(np.float32).astype(np.float64)


def written(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": array.real.ravel().tolist()}


def affine(p, name, x):
    return x @ p[name + ".weight"].T + p[name + ".bias"]


def encode(p, f, depth, x):
    for i in range(depth):
        x = f(affine(p, f"encoder.{i}", x))
    return affine(p, "mu", x), affine(p, "log_var", x)


def decode(p, f, depth, z):
    for i in range(depth):
        z = f(affine(p, f"decoder.{i}", z))
    return affine(p, f"decoder.{depth}", z)


def total(p, f, depth, x, eps, beta):
    """Squared error and KL: sums over dimensions, means over the batch."""
    mu, log_var = encode(p, f, depth, x)
    output = decode(p, f, depth, mu + np.exp(log_var / 2) * eps)
    kl = -0.5 * (1 + log_var - mu**2 - np.exp(log_var)).sum()
    return (((output - x) ** 2).sum() + beta * kl) / len(x)


def case(rng, activation, hidden):
    f, depth, width, latent, rows, beta = ACTIVATIONS[activation], len(hidden), 10, 3, 5, 0.5
    shapes, inputs = {}, width
    for i, units in enumerate(hidden):
        shapes[f"encoder.{i}"], inputs = (units, inputs), units
    shapes["mu"] = shapes["log_var"] = (latent, inputs)
    inputs = latent
    for i, units in enumerate([*reversed(hidden), width]):
        shapes[f"decoder.{i}"], inputs = (units, inputs), units
    p = {}
    for name, shape in shapes.items():
        p[name + ".weight"] = drawn(rng, shape, 1.5 / np.sqrt(shape[1]))
        p[name + ".bias"] = drawn(rng, shape[:1])
    x, z, eps = drawn(rng, (rows, width), 2), drawn(rng, (rows, latent), 2), drawn(rng, (rows, latent), 2)
    gradients = {}
    for name, values in p.items():
        slope = np.empty(values.size)
        for i in range(values.size):
            moved = values.astype(complex).ravel()
            moved[i] += 1j * STEP
            changed = {**p, name: moved.reshape(values.shape)}
            slope[i] = total(changed, f, depth, x.astype(complex), eps, beta).imag / STEP
        gradients[name] = written(slope.reshape(values.shape))
    mu, log_var = encode(p, f, depth, x)
    return {
        "activation": activation,
        "hidden": hidden,
        "beta": beta,
        "parameters": {name: written(values) for name, values in p.items()},
        "x": written(x),
        "z": written(z),
        "eps": written(eps),
        "mu": written(mu),
        "log_var": written(log_var),
        "decoded": written(decode(p, f, depth, z)),
        "total": float(total(p, f, depth, x, eps, beta)),
        "gradients": gradients,
    }


rng = np.random.default_rng(17)
depths = [[6], [7, 5], [6, 4, 5]]
cases = [case(rng, name, depths[i % 3]) for i, name in enumerate(ACTIVATIONS)]
cases += [case(rng, name, depths[(i + 1) % 3]) for i, name in enumerate(ACTIVATIONS)]
versions = {"numpy": np.__version__, "scipy": scipy.__version__, "python": platform.python_version()}
path = Path(__file__).parent / "activations.json"
path.write_text(json.dumps({"versions": versions, "cases": cases}, allow_nan=False) + "\n")
