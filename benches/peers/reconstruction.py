"""The held-out rebuild error of the default model beside that of the same network in PyTorch on the same outlines.

    python3 reconstruction.py path/to/latent-explorer [seeds]

For each seed the program trains its default model and writes its outlines and its losses; PyTorch then trains the same
network on those outlines with the same settings, from its own weights, order, noise and split of the same size. Both
decode the means of the held-out outlines. Needs torch (2.15.0 was used) and nothing else.
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import nn

HIDDEN, LATENT, BETA, RATE, BATCH, UPDATES, HELD_OUT = 128, 2, 0.1, 1e-3, 32, 7050, 0.1


class Vae(nn.Module):
    """200 -> 128 -> (2, 2) and 2 -> 128 -> 200, with ReLU between; weights as torch draws them."""

    def __init__(self, width):
        super().__init__()
        self.encoder = nn.Linear(width, HIDDEN)
        self.mu, self.log_var = nn.Linear(HIDDEN, LATENT), nn.Linear(HIDDEN, LATENT)
        self.decoder = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, width))

    def encode(self, x):
        hidden = torch.relu(self.encoder(x))
        return self.mu(hidden), self.log_var(hidden)

    def loss(self, x):
        mu, log_var = self.encode(x)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * log_var)
        error = (self.decoder(z) - x).square().sum(1).mean()
        kl = -0.5 * (1 + log_var - mu.square() - log_var.exp()).sum(1).mean()
        return error + BETA * kl


def theirs(outlines, seed):
    """Trains in PyTorch; the rebuild error of the held-out outlines, decoded from mu."""
    torch.manual_seed(seed)
    order = torch.randperm(len(outlines))
    held = round(HELD_OUT * len(outlines))
    held_out, training = outlines[order[:held]], outlines[order[held:]]
    model = Vae(outlines.shape[1])
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    done = 0
    while done < UPDATES:
        for batch in torch.randperm(len(training)).split(BATCH):
            adam.zero_grad(set_to_none=True)
            model.loss(training[batch]).backward()
            adam.step()
            done += 1
            if done == UPDATES:
                break
    with torch.no_grad():
        rebuilt = model.decoder(model.encode(held_out)[0])
        return (rebuilt - held_out).square().sum(1).mean().item()


def ours(program, folder, seed):
    """Trains with the program; its outlines and the held-out rebuild error of its last epoch."""
    data, history = folder / "outlines.csv", folder / "history.csv"
    command = [program, "train", "--seed", str(seed), "--out", folder / "model.safetensors"]
    command += ["--data-out", data, "--history", history]
    subprocess.run([str(word) for word in command], check=True, stderr=subprocess.DEVNULL)
    with open(history, newline="") as file:
        error = float(list(csv.DictReader(file))[-1]["held_out_reconstruction"])
    with open(data, newline="") as file:
        rows = list(csv.reader(file))
    first = rows[0].index("x0")
    outlines = torch.tensor([[float(value) for value in row[first:]] for row in rows[1:]])
    return outlines, error


def main():
    program, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    torch.set_num_threads(1)
    pairs = []
    print(f"torch {torch.__version__}\nseed  ours    PyTorch")
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            outlines, error = ours(program, Path(folder), seed)
        pairs.append((error, theirs(outlines, seed)))
        print(f"{seed:4}  {pairs[-1][0]:.4f}  {pairs[-1][1]:.4f}", flush=True)
    ours_, theirs_ = (sorted(column)[len(pairs) // 2] for column in zip(*pairs))
    print(f"median {ours_:.4f}, {theirs_:.4f}: ratio {ours_ / theirs_:.3f}")


main()
