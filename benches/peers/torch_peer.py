"""The works in PyTorch: eager, and in the ways that may be faster.

    python torch_peer.py --data shapes.csv --model model.safetensors [--works W1,W2]
"""

import math
import os
from functools import partial

import torch
from torch import nn
from torch.func import grad_and_value

import works
from works import BATCH, BETA, BETA_1, BETA_2, CLIMB, EPOCHS, EPSILON, HIDDEN, LATENT, RATE, RESTARTS, STEPS

CORES = os.cpu_count()
# One function is compiled for several numbers of threads and steps; at the usual limit it would quietly stay eager.
torch._dynamo.config.recompile_limit = 64


def on(count, run):
    """The work on so many threads, its denormal numbers flushed where there is one."""

    def work():
        torch.set_num_threads(count)
        torch.set_flush_denormal(count == 1)
        try:
            return run()
        finally:
            torch.set_num_threads(CORES)
            torch.set_flush_denormal(False)

    return work


# W1


class Vae(nn.Module):
    """200 -> 128 -> (2, 2) and 2 -> 128 -> 200, with ReLU between."""

    def __init__(self, width):
        super().__init__()
        self.encoder = nn.Linear(width, HIDDEN)
        self.mu, self.log_var = nn.Linear(HIDDEN, LATENT), nn.Linear(HIDDEN, LATENT)
        self.decoder = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, width))

    def forward(self, x, noise):
        hidden = torch.relu(self.encoder(x))
        mu, log_var = self.mu(hidden), self.log_var(hidden)
        z = mu + noise * torch.exp(0.5 * log_var)
        error = (self.decoder(z) - x).square().sum(1).mean()
        kl = -0.5 * (1 + log_var - mu.square() - log_var.exp()).sum(1).mean()
        return error + BETA * kl


def batches(x):
    """The batches of one epoch with their noise."""
    order, noise = torch.randperm(len(x)), torch.randn(len(x), LATENT)
    return zip(x[order].split(BATCH), noise.split(BATCH))


def train(x, fused, epochs=EPOCHS):
    """With autograd and torch's Adam; the mean loss of the last epoch."""
    torch.manual_seed(0)
    model = Vae(x.shape[1])
    adam = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused)
    losses = []
    for _ in range(epochs):
        losses = []
        for batch, noise in batches(x):
            adam.zero_grad(set_to_none=True)
            loss = model(batch, noise)
            loss.backward()
            adam.step()
            losses.append(loss.detach())
    return torch.stack(losses).mean().item()


def adam(point, first, second, gradient, step, rate):
    """One step of Adam in place; `step` counts from 1 and is a tensor, so that nothing is compiled anew."""
    first.mul_(BETA_1).add_(gradient, alpha=1 - BETA_1)
    second.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
    down = (second / (1 - BETA_2**step)).sqrt() + EPSILON
    point.sub_(rate / (1 - BETA_1**step) * first / down)


def compiled_training(x):
    """A training whose whole step, gradient and Adam, is one compiled function."""
    model = Vae(x.shape[1])

    def loss(parameters, batch, noise):
        return torch.func.functional_call(model, parameters, (batch, noise))

    @torch.compile(dynamic=False)
    def step(parameters, first, second, batch, noise, count):
        gradients, value = grad_and_value(loss)(parameters, batch, noise)
        count.add_(1)
        for name, gradient in gradients.items():
            adam(parameters[name], first[name], second[name], gradient, count, RATE)
        return value

    @torch.no_grad()
    def run(epochs=EPOCHS):
        torch.manual_seed(0)
        parameters = {name: value.detach() for name, value in Vae(x.shape[1]).named_parameters()}
        first, second = ({n: torch.zeros_like(p) for n, p in parameters.items()} for _ in range(2))
        count, losses = torch.zeros(()), []
        for _ in range(epochs):
            losses = [step(parameters, first, second, *batch, count) for batch in batches(x)]
        return torch.stack(losses).mean().item()

    return run


# W2 and W3


def roundness(outlines):
    """`4 pi A / P^2` of outlines `[n, 2 points]`, `[n]`."""
    x, y = outlines[:, 0::2], outlines[:, 1::2]
    next_x, next_y = x.roll(-1, 1), y.roll(-1, 1)
    area = 0.5 * (x * next_y - next_x * y).sum(1)
    perimeter = ((next_x - x).square() + (next_y - y).square()).sqrt().sum(1)
    return 4 * math.pi * area / perimeter.square()


def chain(layers):
    """A frozen network of dense layers with ReLU between; each is weight `[out, in]` and bias."""

    def apply(z):
        for k, (weight, bias) in enumerate(layers):
            z = nn.functional.linear(z if k == 0 else torch.relu(z), weight, bias)
        return z

    return apply


def climb(value_of, starts):
    """All restarts at once with autograd and torch's Adam; every point and value kept, and the best of each."""
    z = starts.clone().requires_grad_()
    optimiser = torch.optim.Adam([z], lr=CLIMB)
    way, values = torch.empty(STEPS + 1, *z.shape), torch.empty(STEPS + 1, RESTARTS)
    best, best_z = torch.full((RESTARTS,), -math.inf), starts.clone()
    for step in range(STEPS + 1):
        optimiser.zero_grad(set_to_none=True)
        value = value_of(z)
        (-value.sum()).backward()
        with torch.no_grad():
            way[step], values[step] = z, value
            better = value > best
            best = torch.where(better, value, best)
            best_z = torch.where(better[:, None], z, best_z)
        if step < STEPS:
            optimiser.step()
    return best.mean().item()


def compiled_climb(value_of, starts, at_once):
    """A climb of which so many steps are one compiled function: a call costs as much as several of them."""

    def loss(z):
        value = value_of(z)
        return -value.sum(), value

    slope = torch.func.grad(loss, has_aux=True)

    @torch.compile(dynamic=False)
    def advance(z, first, second, best, best_z, step):
        way, values = [], []
        for _ in range(at_once):
            gradient, value = slope(z)
            way.append(z.clone())
            values.append(value)
            better = value > best
            best, best_z = torch.where(better, value, best), torch.where(better[:, None], z, best_z)
            step = step + 1
            adam(z, first, second, gradient, step, CLIMB)
        return torch.stack(way), torch.stack(values), best, best_z, step

    @torch.no_grad()
    def run():
        z, best_z = starts.clone(), starts.clone()
        first, second = torch.zeros_like(z), torch.zeros_like(z)
        best, step = torch.full((RESTARTS,), -math.inf), torch.zeros(())
        ways, kept = [], []
        for _ in range(STEPS // at_once):
            way, values, best, best_z, step = advance(z, first, second, best, best_z, step)
            ways.append(way)
            kept.append(values)
        value = value_of(z)
        way, values = torch.cat([*ways, z[None]]), torch.cat([*kept, value[None]])
        return torch.maximum(value, best).mean().item()

    return run


# W10 and W11


class MultiTask(nn.Module):
    """A multi-task autoencoder of a table: tanh latent, heads of a number, two classes and several."""

    def __init__(self):
        super().__init__()

        def net(*widths):
            layers = []
            for inputs, outputs in zip(widths, widths[1:]):
                layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.1)]
            return nn.Sequential(*layers[:-1])

        self.encode = nn.Sequential(net(works.COLUMNS, works.INNER, works.WIDE), nn.Tanh())
        self.decode = net(works.WIDE, works.INNER, works.COLUMNS)
        self.heads = nn.ModuleList(net(works.WIDE, *works.WIDTHS, outputs) for outputs in (1, 1, works.CLASSES))

    def forward(self, x, number, binary, category):
        z = self.encode(x)
        loss = (self.decode(z) - x).square().sum(1).mean()
        of_number, of_binary, of_category = (head(z) for head in self.heads)
        heads = (of_number.squeeze(1) - number).square().mean()
        heads = heads + nn.functional.binary_cross_entropy_with_logits(of_binary.squeeze(1), binary)
        return loss + 0.1 * (heads + nn.functional.cross_entropy(of_category, category))


def table():
    """Rows of sums of a few factors with noise, and three targets that are functions of them."""
    torch.manual_seed(10)
    factors = 2 * torch.rand(works.ROWS, 12) - 1
    x = factors @ (2 * torch.rand(12, works.COLUMNS) - 1) + 0.1 * (2 * torch.rand(works.ROWS, works.COLUMNS) - 1)
    x = (x - x.mean(0)) / x.std(0)
    number = factors[:, 0] * factors[:, 1] + factors[:, 2]
    category = 2 * (factors[:, 5] > 0).long() + (factors[:, 6] > 0).long()
    return x, (number - number.mean()) / number.std(), (factors[:, 3] > factors[:, 4]).float(), category


def multi_task(data, compiled):
    """A training that goes on by an epoch with each call; the mean loss of that epoch."""
    torch.manual_seed(0)
    model = MultiTask()
    loss_of = torch.compile(model, dynamic=False) if compiled else model
    adam = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def run():
        order, losses = torch.randperm(works.ROWS), []
        for batch in zip(*(part[order].split(works.LARGE) for part in data)):
            adam.zero_grad(set_to_none=True)
            loss = loss_of(*batch)
            loss.backward()
            adam.step()
            losses.append(loss.detach())
        return torch.stack(losses).mean().item()

    return run


# W4 and W5


def lattice(cells):
    """The points of a square lattice, `[cells^2, 2]`."""
    axis = torch.linspace(-works.REACH, works.REACH, cells)
    return torch.cartesian_prod(axis, axis)


def field(value_of, rows):
    """The value at every cell, so many rows at once."""

    @torch.no_grad()
    def run():
        return torch.cat([value_of(z) for z in lattice(works.FIELD).split(rows)]).mean().item()

    return run


def decoding(network, z):
    """The outlines of some points."""

    @torch.no_grad()
    def run():
        return network(z)[0, 0].item()

    return run


def threads(count):
    return "1 thread" if count == 1 else f"{count} threads"


def variants(work, data, path):
    """The ways to do a work, each on one thread and on all: name -> what `timed` takes."""
    weights = {name: torch.tensor(v).reshape(shape) for name, (shape, v) in works.decoder(path).items()}
    layers = [(weights[f"decoder.{k}.weight"], weights[f"decoder.{k}.bias"]) for k in range(2)]
    decode = chain(layers)
    warm = {}

    def rounded(z):
        return roundness(decode(z))

    if work == "W1":
        runs, x = 1, torch.tensor(works.outlines(data))
        ways = {
            "eager": partial(train, x, None),
            "fused Adam": partial(train, x, True),
            "compiled step": compiled_training(x),
        }
        # The other works are short enough to warm up by themselves.
        warm = {name: partial(way, epochs=1) for name, way in ways.items()}
    elif work in ("W2", "W3"):
        if work == "W2":
            value_of, starts = rounded, torch.tensor(works.starts(LATENT))
        else:
            head = chain([(torch.tensor(weight), torch.tensor(bias)) for weight, bias in works.head()])
            value_of, starts = lambda z: head(z).squeeze(1), torch.tensor(works.starts(works.WIDE))
        runs = 3
        ways = {
            "eager": partial(climb, value_of, starts),
            "compiled step": compiled_climb(value_of, starts, 1),
            "ten steps compiled": compiled_climb(value_of, starts, 10),
        }
    elif work == "W10":
        # What is learned depends on how often it was repeated: only the time is compared.
        runs, rows = 5, table()
        ways = {"eager": multi_task(rows, False), "compiled": multi_task(rows, True)}
    elif work == "W11":
        torch.manual_seed(0)
        model = MultiTask().requires_grad_(False)
        starts = torch.tanh(torch.tensor(works.starts(works.WIDE)))

        def aligned(z):
            apart = (z - model.encode(model.decode(z))).square().sum(1)
            return model.heads[0](z).squeeze(1) - works.ALIGN * apart

        runs = 3
        ways = {
            "eager": partial(climb, aligned, starts),
            "compiled step": compiled_climb(aligned, starts, 1),
        }
    elif work == "W4":
        runs, cells = 9, works.FIELD**2
        compiled = torch.compile(rounded, dynamic=False)
        ways = {
            "eager": field(rounded, cells),
            "eager in chunks": field(rounded, 2048),
            "compiled": field(compiled, cells),
            "compiled in chunks": field(compiled, 2048),
        }
    else:
        runs, z = 101, lattice(works.LATTICE)
        ways = {"eager": decoding(decode, z), "compiled": decoding(torch.compile(decode, dynamic=False), z)}
    return {
        f"{name}, {threads(count)}": (on(count, way), runs, on(count, warm.get(name, way)))
        for name, way in ways.items()
        for count in (1, CORES)
    }


if __name__ == "__main__":
    works.peer({"torch": torch.__version__, "threads": CORES}, variants)
