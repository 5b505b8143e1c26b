"""Writes multi_task.json: a multi-task autoencoder 190 -> 256 -> tanh 128 with three heads in PyTorch, its losses, its gradients and 100
steps of Adam.

    pip install torch==2.15.0 numpy
    python tests/parity/make_multi_task.py

Data and weights follow from their index by the formula `noise` of make_tanh.py, so the fixture holds results alone. Everything is
computed in double precision. Blank cells add nothing, and the network reads them as 0; blank targets are left out of the mean of
their head. The second case learns the uncertainties of the tasks (Kendall et al. 2018, equations 7 and 10) and lets the weights decay
(torch.optim.AdamW); its last head has no target at all, and adds no term.
"""

import json
import platform
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, leaky_relu, linear

from make_tanh import COLUMNS, HIDDEN, LATENT, ROWS, data, entries, noise

RATE, STEPS, CLASSES, WEIGHTS = 1e-3, 100, 4, [0.1, 0.05, 0.2]
AUTOENCODER = [(COLUMNS, HIDDEN), (HIDDEN, LATENT), (LATENT, HIDDEN), (HIDDEN, COLUMNS)]
HEADS = [[(LATENT, 64), (64, 32), (32, outputs)] for outputs in (1, 1, CLASSES)]


def parameters():
    """Weight and bias of each layer: the autoencoder, then every head."""
    result = []
    for k, (inputs, outputs) in enumerate(AUTOENCODER + sum(HEADS, [])):
        bound = np.float64(np.float32(1 / np.sqrt(inputs)))
        for count, salt in ((outputs * inputs, 10 + k), (outputs, 40 + k)):
            result.append(torch.tensor((bound * noise(count, salt)).astype(np.float32).astype(np.float64)))
        result[-2] = result[-2].reshape(outputs, inputs)
    return [p.requires_grad_() for p in result]


def targets():
    """A number, one of two classes, one of four; NaN where blank, one in five of each."""
    drawn = [noise(ROWS, 70 + k) for k in range(3)]
    columns = [drawn[0], (drawn[1] > 0).astype(float), np.floor((drawn[2] + 1) / 2 * CLASSES).clip(0, CLASSES - 1)]
    for k, column in enumerate(columns):
        column[noise(ROWS, 80 + k) < -3 / 5] = np.nan
    return [torch.tensor(column) for column in columns]


def head(p, z):
    for k in range(0, len(p), 2):
        z = linear(z if k == 0 else torch.relu(z), p[k], p[k + 1])
    return z


def losses(p, x, of_heads):
    """Reconstruction, and the mean loss of each head over its known targets; none without any."""
    given = torch.nan_to_num(x)
    slope = float(np.float32(0.1))
    z = torch.tanh(linear(leaky_relu(linear(given, p[0], p[1]), slope), p[2], p[3]))
    decoded = linear(leaky_relu(linear(z, p[4], p[5]), slope), p[6], p[7])
    parts = [((decoded - given).square() * ~torch.isnan(x)).sum() / len(x)]
    for k, target in enumerate(of_heads):
        known = ~torch.isnan(target)
        outputs, target = head(p[8 + 6 * k : 14 + 6 * k], z)[known], target[known]
        if not len(target):
            parts.append(None)
        elif k == 0:
            parts.append((outputs[:, 0] - target).square().mean())
        elif k == 1:
            parts.append(binary_cross_entropy_with_logits(outputs[:, 0], target))
        else:
            parts.append(cross_entropy(outputs, target.long()))
    return parts


def total(parts, log_variances):
    whole = parts[0]
    for k, (part, weight) in enumerate(zip(parts[1:], WEIGHTS)):
        if part is None:
            continue
        if log_variances is not None:
            s = log_variances[k]
            part = torch.exp(-s) * part * (0.5 if k == 0 else 1) + s / 2
        whole = whole + weight * part
    return whole


def at_entries(tensors):
    flat = [t.detach().numpy() for t in tensors]
    return [[float(t.flat[k]) for k in entries(t)] for t in flat]


def case(uncertain):
    x, p, of_heads = torch.tensor(data()), parameters(), targets()
    if uncertain:
        of_heads[2] = torch.full_like(of_heads[2], torch.nan)
    s = torch.zeros(3, dtype=torch.float64, requires_grad=True) if uncertain else None
    decay = 0.1 if uncertain else 0.0
    more = [s] if uncertain else []
    groups = [{"params": p[0::2], "weight_decay": decay}, {"params": p[1::2] + more, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    result = {"uncertain": uncertain, "decay": decay, "losses": [], "totals": []}
    # A head without a target has a gradient of 0, and its weights decay as all do.
    for q in p + more:
        q.grad = torch.zeros_like(q)
    for step in range(STEPS + 1):
        optimiser.zero_grad(set_to_none=False)
        parts = losses(p, x, of_heads)
        whole = total(parts, s)
        result["losses"].append([0.0 if part is None else part.item() for part in parts])
        result["totals"].append(whole.item())
        whole.backward()
        if step == 0:
            gradients = [q.grad for q in p + more]
            result["gradient"] = at_entries(gradients)
            result["lengths"] = [g.norm().item() for g in gradients]
        if step < STEPS:
            optimiser.step()
    result["parameters"] = at_entries(p + more)
    return result


def main():
    torch.set_num_threads(1)
    fixture = {
        "made by": f"torch {torch.__version__}, numpy {np.__version__}, Python {platform.python_version()}",
        "cases": [case(False), case(True)],
    }
    Path(__file__).with_name("multi_task.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
