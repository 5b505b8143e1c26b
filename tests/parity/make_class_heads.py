"""Writes class_heads.json: heads of two and of three classes with blanks, their losses, gradients, and ten steps of Adam.

    pip install numpy
    python tests/parity/make_class_heads.py

Everything is computed in double precision. The gradients are taken by complex steps (Squire & Trapp 1998), so that nothing
here goes backwards through a network. A row without a class adds nothing, and the mean is over the rows with one.
"""

import json
import platform
from pathlib import Path

import numpy as np

STEP = 1e-30
LATENT = 3
HIDDEN = 5
ROWS = 12
RATE = 0.05
STEPS = 10


def outputs(parameters, z):
    w, b, v, c = parameters
    hidden = z @ w.T + b
    # The slope of the rectifier: complex numbers are compared by their real part.
    return (hidden * (hidden.real > 0)) @ v.T + c


def probabilities(logits):
    """`[rows, classes]`; a single logit is that of the second of two classes."""
    if logits.shape[1] == 1:
        logits = np.concatenate([0 * logits, logits], axis=1)
    e = np.exp(logits - logits.real.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(parameters, z, classes):
    known = ~np.isnan(classes)
    if not known.any():
        return 0.0
    p = probabilities(outputs(parameters, z[known]))
    return -np.log(p[np.arange(known.sum()), classes[known].astype(int)]).mean()


def gradient(parameters, z, classes):
    result = []
    for i, parameter in enumerate(parameters):
        slopes = np.empty(parameter.shape)
        for k in range(parameter.size):
            moved = [p.astype(complex) for p in parameters]
            moved[i].flat[k] += 1j * STEP
            slopes.flat[k] = np.imag(loss(moved, z, classes)) / STEP
        result.append(slopes)
    return result


def adam(parameters, z, classes):
    """Ten steps of Adam (Kingma & Ba 2015, algorithm 1): the loss before each, and the parameters after the last."""
    parameters = [p.copy() for p in parameters]
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    losses = []
    for step in range(1, STEPS + 1):
        losses.append(float(loss(parameters, z, classes)))
        for p, m, v, g in zip(parameters, first, second, gradient(parameters, z, classes)):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= RATE * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return losses, parameters


def flat(arrays):
    return [a.ravel().tolist() for a in arrays]


def case(rng, classes):
    logits = 1 if classes == 2 else classes
    shapes = [(HIDDEN, LATENT), (HIDDEN,), (logits, HIDDEN), (logits,)]
    parameters = [rng.uniform(-0.8, 0.8, s).astype(np.float32).astype(np.float64) for s in shapes]
    z = rng.normal(size=(ROWS, LATENT)).astype(np.float32).astype(np.float64)
    target = rng.integers(0, classes, ROWS).astype(float)
    target[rng.random(ROWS) < 0.3] = np.nan
    losses, learned = adam(parameters, z, target)
    return {
        "levels": [f"class {k}" for k in range(classes)],
        "parameters": flat(parameters),
        "z": z.ravel().tolist(),
        "target": [None if np.isnan(t) else t for t in target],
        "outputs": outputs(parameters, z).ravel().tolist(),
        "probabilities": probabilities(outputs(parameters, z)).ravel().tolist(),
        "loss": float(loss(parameters, z, target)),
        "gradient": flat(gradient(parameters, z, target)),
        "losses": losses,
        "learned": flat(learned),
    }


def main():
    rng = np.random.default_rng(3)
    fixture = {
        "made by": f"numpy {np.__version__}, Python {platform.python_version()}",
        "latent": LATENT,
        "hidden": HIDDEN,
        "rate": RATE,
        "cases": [case(rng, classes) for classes in (2, 3)],
    }
    Path(__file__).with_name("class_heads.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
