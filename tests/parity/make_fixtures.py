"""Writes the fixtures of the tests in this folder: what PyTorch makes of the same numbers.

    python tests/parity/make_fixtures.py

Everything that is given (weights, data, noise, starts) is drawn in f32, so it is the same number in
both precisions. What is computed stands twice, under "f64" and "f32". README.md has the layouts.
"""

import json
import math
import platform
from itertools import pairwise
from pathlib import Path

import torch
from torch.nn import functional as F

HERE = Path(__file__).parent
PRECISIONS = {"f64": torch.float64, "f32": torch.float32}


# -- Writing ---------------------------------------------------------------------------------------


def plain(value):
    """What json can write; every number with all its digits."""
    if isinstance(value, torch.Tensor):
        return {"shape": list(value.shape), "data": value.detach().double().flatten().tolist()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def save(name, **content):
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    lines = [
        f"{json.dumps(k)}: {json.dumps(plain(v), allow_nan=False)}" for k, v in content.items()
    ]
    text = ",\n".join([f'"versions": {json.dumps(versions)}', *lines])
    (HERE / f"{name}.json").write_text("{\n" + text + "\n}\n")


def in_both(compute, *given):
    """compute(*given) in either precision."""
    return {name: compute(*[cast(g, dtype) for g in given]) for name, dtype in PRECISIONS.items()}


def cast(value, dtype):
    if isinstance(value, dict):
        return {key: cast(item, dtype) for key, item in value.items()}
    return value.to(dtype) if isinstance(value, torch.Tensor) else value


def derivative(function, *at):
    """The values of a function [n] (or []) and the gradient of their sum in each argument."""
    at = [a.detach().clone().requires_grad_() for a in at]
    value = function(*at)
    return value, torch.autograd.grad(value.sum(), at)


# -- Networks --------------------------------------------------------------------------------------


def random_layers(generator, shapes):
    """Weights and biases uniform in +-1 / sqrt(inputs), from {name: (inputs, outputs)}."""
    parameters = {}
    for name, (inputs, outputs) in shapes.items():
        bound = 1 / math.sqrt(inputs)
        for kind, shape in (("weight", (outputs, inputs)), ("bias", (outputs,))):
            uniform = torch.rand(shape, generator=generator) * 2 - 1
            parameters[f"{name}.{kind}"] = uniform * bound
    return parameters


def random_vae(generator, inputs, hidden, latent):
    shapes = {
        "encoder.0": (inputs, hidden),
        "mu": (hidden, latent),
        "log_var": (hidden, latent),
        "decoder.0": (latent, hidden),
        "decoder.1": (hidden, inputs),
    }
    return random_layers(generator, shapes)


def random_head(generator, *widths):
    layers = enumerate(pairwise(widths))
    return random_layers(generator, {f"head.{i}": shape for i, shape in layers})


def one_sided(generator, units, least):
    """Biases +-least to +-2 least: many ReLUs then keep their side wherever a search goes."""
    sides = torch.where(torch.arange(units) % 2 == 0, 1.0, -1.0)
    return sides * least * (1.0 + torch.rand(units, generator=generator))


def affine(p, layer, x):
    return F.linear(x, p[f"{layer}.weight"], p[f"{layer}.bias"])


def encode(p, x):
    hidden = F.relu(affine(p, "encoder.0", x))
    return affine(p, "mu", hidden), affine(p, "log_var", hidden)


def logits_of(p, z):
    return affine(p, "decoder.1", F.relu(affine(p, "decoder.0", z)))


def ended(output, logits):
    """What the decoder ends in: network units."""
    return torch.sigmoid(logits) if output == "sigmoid" else logits


def run_head(p, z):
    """An MLP with ReLU between its layers: [n, latent] -> [n]."""
    count = len(p) // 2
    for i in range(count):
        z = affine(p, f"head.{i}", z)
        z = F.relu(z) if i + 1 < count else z
    return z.squeeze(1)


def head_signs(p, z):
    """Which hidden units of a head are on: [n, units]."""
    signs = []
    for i in range(len(p) // 2 - 1):
        z = affine(p, f"head.{i}", z)
        signs.append(z > 0)
        z = F.relu(z)
    return torch.cat(signs, 1)


# -- Losses: sums over dimensions, means over the batch --------------------------------------------


def squared_error(output, target):
    return F.mse_loss(output, target, reduction="sum") / len(target)


def cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target, reduction="sum") / len(target)


def kl(mu, log_var):
    normal = torch.distributions.Normal
    posterior = normal(mu, torch.exp(log_var / 2))
    prior = normal(torch.zeros_like(mu), torch.ones_like(mu))
    return torch.distributions.kl_divergence(posterior, prior).sum() / len(mu)


def vae_losses(p, output, loss, beta, x, eps):
    """Total, reconstruction and KL of one batch in network units, z = mu + exp(log_var / 2) eps."""
    mu, log_var = encode(p, x)
    logits = logits_of(p, mu + torch.exp(log_var / 2) * eps)
    rebuilt = cross_entropy(logits, x) if loss == "bce" else squared_error(ended(output, logits), x)
    divergence = kl(mu, log_var)
    return rebuilt + beta * divergence, rebuilt, divergence


# -- Searches --------------------------------------------------------------------------------------


def kept_steps(steps):
    """The steps that are written of a path: all of the first 20, then every 20th."""
    return [*range(20), *range(20, steps + 1, 20)]


def climb(loss_of, starts, rate, steps):
    """All starts as one batch of Adam; z [steps + 1, n, latent] and loss [steps + 1, n].

    The losses are summed, not averaged: no start then knows how many others there are.
    """
    z = starts.clone().requires_grad_()
    adam = torch.optim.Adam([z], lr=rate)
    path, losses = [], []
    for step in range(steps + 1):
        loss = loss_of(z)
        path.append(z.detach().clone())
        losses.append(loss.detach().clone())
        if step < steps:
            adam.zero_grad()
            loss.sum().backward()
            adam.step()
    return torch.stack(path), torch.stack(losses)


def is_smooth(signs_of, path):
    """Which paths [steps + 1, n, latent] keep every ReLU on its side: [n]."""
    signs = torch.stack([signs_of(z) for z in path])
    return (signs == signs[0]).all(0).all(1)


def climbs(given, loss_of, signs_of, draws, rate=0.1, steps=500, most=4, rough_at=None):
    """Paths of Adam in both precisions: up to `most` smooth ones and as many that are not.

    `loss_of` and `signs_of` take `given` (in the precision of the run) and z; `rough_at` marks
    further paths [n] as not smooth.
    """

    def run(given, starts):
        return climb(lambda z: loss_of(given, z), starts, rate, steps)

    double = cast(given, torch.float64)
    path, _ = run(double, draws.double())
    smooth = is_smooth(lambda z: signs_of(double, z), path)
    if rough_at is not None:
        smooth &= ~rough_at(double, path)
    chosen = [kind.nonzero().flatten()[:most] for kind in (smooth, ~smooth)]
    indices, kept = torch.cat(chosen), kept_steps(steps)
    starts = draws[indices]

    def written(given, starts):
        path, losses = run(given, starts)
        return {"path": path[kept].transpose(0, 1), "loss": losses[kept].transpose(0, 1)}

    return {
        "rate": rate,
        "steps": steps,
        "kept": kept,
        "starts": starts,
        "smooth": smooth[indices].tolist(),
        **in_both(written, given, starts),
    }


class EarlyStopping:
    """Says stop when the loss has not been strictly below its best for `patience` steps running."""

    def __init__(self, patience):
        self.patience, self.best, self.waited = patience, math.inf, 0

    def stops(self, loss):
        self.waited = 0 if loss < self.best else self.waited + 1
        self.best = min(self.best, loss)
        return self.waited >= self.patience


def scheduled(given, loss_of, draws, settings, rate=0.1, steps=500, most=3):
    """Starts one by one in f64, each with ReduceLROnPlateau and early stopping.

    Both see the loss at z[k] after z[k] has been moved to z[k + 1]. Taken are starts where no
    comparison of losses is left to the last digits.
    """
    factor, plateau_patience, patience = settings
    given = cast(given, torch.float64)

    def run(start):
        z = start[None].clone().requires_grad_()
        adam = torch.optim.Adam([z], lr=rate)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            adam, factor=factor, patience=plateau_patience, threshold=1e-4
        )
        stopping = EarlyStopping(patience)
        path, losses, rates, closest = [], [], [], math.inf
        for _ in range(steps):
            loss = loss_of(given, z)
            path.append(z.detach()[0].clone())
            losses.append(loss.item())
            adam.zero_grad()
            loss.sum().backward()
            adam.step()
            for best in (stopping.best, scheduler.best * (1 - 1e-4)):
                closest = min(closest, abs(losses[-1] - best))
            scheduler.step(losses[-1])
            rates.append(adam.param_groups[0]["lr"])
            if stopping.stops(losses[-1]):
                break
        path.append(z.detach()[0].clone())
        return closest, {"path": torch.stack(path), "loss": losses, "rate_after": rates}

    indices, runs = [], []
    for index, start in enumerate(draws.double()):
        closest, result = run(start)
        if closest > 1e-9 and len(runs) < most:
            indices.append(index)
            runs.append(result)
    return {
        "rate": rate,
        "steps": steps,
        "factor": factor,
        "plateau_patience": plateau_patience,
        "patience": patience,
        "starts": draws[indices],
        "runs": runs,
    }


# -- The files -------------------------------------------------------------------------------------


def outlines(generator, count, points):
    """Uneven circles, [count, 2 * points] as x0, y0, x1, y1, .."""
    angle = 2 * math.pi * torch.arange(points) / points
    radius = 0.7 + 0.6 * torch.rand((count, points), generator=generator)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 2).flatten(1)


# What a model says of its scaling: network = (data - offset) / scale. All numbers are exact in f32.
SCALINGS = {"linear": {"offset": 0.0, "scale": 1.0}, "sigmoid": {"offset": -1.75, "scale": 3.5}}


def to_network(scaling, x):
    return (x - scaling["offset"]) / scaling["scale"]


def to_data(scaling, x):
    return x * scaling["scale"] + scaling["offset"]


def vae():
    """Encode, decode, and the gradients of the training's loss in every parameter."""
    generator = torch.Generator().manual_seed(1)
    cases = []
    for output, losses in (("linear", [("mse", 0.1)]), ("sigmoid", [("bce", 0.03), ("mse", 0.1)])):
        scaling = SCALINGS[output]
        p = random_vae(generator, 20, 16, 3)
        x = outlines(generator, 7, 10)
        z = torch.randn((7, 3), generator=generator) * 1.5
        eps = torch.randn((7, 3), generator=generator)

        def both_ways(p, x, z):
            mu, log_var = encode(p, to_network(scaling, x))
            decoded = to_data(scaling, ended(output, logits_of(p, z)))
            return {"mu": mu, "log_var": log_var, "decoded": decoded}

        def batch(loss, beta):
            def compute(p, x, eps):
                p = {name: value.clone().requires_grad_() for name, value in p.items()}
                total, rebuilt, divergence = vae_losses(
                    p, output, loss, beta, to_network(scaling, x), eps
                )
                total.backward()
                gradients = {name: value.grad for name, value in p.items()}
                return {
                    "total": total.item(),
                    "reconstruction": rebuilt.item(),
                    "kl": divergence.item(),
                    "gradients": gradients,
                }

            return {"loss": loss, "beta": beta, "eps": eps, **in_both(compute, p, x, eps)}

        cases.append(
            {
                "output": output,
                "scaling": scaling,
                "parameters": p,
                "x": x,
                "z": z,
                **in_both(both_ways, p, x, z),
                "batches": [batch(*settings) for settings in losses],
            }
        )
    save("vae", cases=cases)


def losses():
    """Each loss by itself and its gradient in what it is a function of."""
    generator = torch.Generator().manual_seed(2)
    output = torch.randn((6, 8), generator=generator)
    logits = output * 3
    logits[0] = torch.tensor([0.0, 30.0, -30.0, 100.0, -100.0, 1e-3, -1e-3, 12.0])
    target = torch.rand((6, 8), generator=generator)
    target[0, :2] = torch.tensor([0.0, 1.0])
    mu = torch.randn((6, 4), generator=generator) * 1.5
    log_var = torch.randn((6, 4), generator=generator)

    def one(loss, first, second, both):
        def compute(first, second):
            if both:
                value, gradients = derivative(loss, first, second)
            else:
                value, gradients = derivative(lambda first: loss(first, second), first)
            return {"value": value.item(), "gradients": gradients}

        return {"first": first, "second": second, **in_both(compute, first, second)}

    save(
        "losses",
        squared_error=one(squared_error, output, target, False),
        cross_entropy=one(cross_entropy, logits, target, False),
        kl=one(kl, mu, log_var, True),
    )


def head():
    """A head's predictions and gradients; climbs on it with an L2 penalty."""
    generator = torch.Generator().manual_seed(3)
    p = random_head(generator, 3, 64, 32, 1)
    p["head.0.bias"] = one_sided(generator, 64, 2.0)
    p["head.1.bias"] = one_sided(generator, 32, 1.0)
    offset, scale = 3.0, 8.0  # prediction = offset + scale * MLP(z)
    z = torch.randn((12, 3), generator=generator) * 1.5
    starts = torch.randn((100, 3), generator=generator)

    def predict(p, z):
        return offset + scale * run_head(p, z)

    def evaluated(p, z):
        value, (gradient,) = derivative(lambda z: predict(p, z), z)
        return {"prediction": value, "gradient": gradient}

    def goal(target, l2):
        def loss(p, z):
            away = -predict(p, z) if target is None else (predict(p, z) - target) ** 2
            return away + l2 * z.square().sum(1)

        return {"target": target, "l2": l2}, loss

    # To the greatest value, where losses are negative; to a target, where they are positive.
    goals = [goal(None, 0.25), goal(0.75, 0.0625)]
    save(
        "head",
        parameters=p,
        offset=offset,
        scale=scale,
        z=z,
        **in_both(evaluated, p, z),
        climbs=[{**words, **climbs(p, loss, head_signs, starts)} for words, loss in goals],
        scheduled=[
            {**words, **scheduled(p, loss, starts, settings)}
            for words, loss in goals
            for settings in ((0.1, 20, 50), (0.5, 3, 12))
        ],
    )


def adam():
    """Adam on given gradients: ordinary, none at all, minute and huge ones."""
    generator = torch.Generator().manual_seed(4)
    gradients = torch.randn((60, 5), generator=generator)
    gradients[:, 1] *= 1e-6
    gradients[:, 2] *= 1e6
    gradients[20:40, 3] = 0.0
    gradients[:, 4] = 1.0
    start = torch.randn(5, generator=generator)

    def trace(rate):
        def compute(start, gradients):
            p = start.clone().requires_grad_()
            optimiser = torch.optim.Adam([p], lr=rate)
            path = []
            for gradient in gradients:
                p.grad = gradient.clone()
                optimiser.step()
                path.append(p.detach().clone())
            return torch.stack(path)

        return {"rate": rate, **in_both(compute, start, gradients)}

    save("adam", start=start, gradients=gradients, traces=[trace(rate) for rate in (0.1, 1e-3)])


def schedules():
    """The rate after every step of ReduceLROnPlateau, and where early stopping stops."""
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(240, generator=generator).double()
    step = torch.arange(240, dtype=torch.float64)
    falling = torch.exp(-step / 12)
    sequences = {
        "falls": 1 + 3 * falling,
        "falls_noisily": 1 + 3 * falling + 0.05 * noise,
        "constant": torch.full((240,), 2.0, dtype=torch.float64),
        "rises": 1 + step / 50,
        # A fall below the relative threshold is none to the scheduler, yet one to early stopping.
        "creeps": 1 - 1e-6 * step,
        "steps_down": 8 - 2 * torch.floor(step / 60),
        "to_zero": 3 * falling.clamp(min=1e-3) - 3e-3,
        # Below zero the relative threshold turns round: best * (1 - 1e-4) lies above best.
        "negative_constant": torch.full((240,), -2.0, dtype=torch.float64),
        "negative_falls": -1 - 3 * (1 - falling),
        "negative_falls_noisily": -1 - 3 * (1 - falling) + 0.05 * noise,
        "negative_rises": -4 + step / 100,
        "negative_creeps_up": -1 + 1e-6 * step,
        "through_zero": 1 - step / 60 + 0.1 * noise,
    }
    settings = [
        {"factor": 0.1, "patience": 20, "threshold": 1e-4},
        {"factor": 0.1, "patience": 2, "threshold": 1e-4},
        {"factor": 0.5, "patience": 3, "threshold": 1e-4},
        {"factor": 0.7, "patience": 0, "threshold": 1e-2},
    ]

    def rates(metrics, plateau):
        optimiser = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=0.1)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimiser, mode="min", threshold_mode="rel", cooldown=0, min_lr=0, **plateau
        )
        trace = []
        for metric in metrics:
            scheduler.step(metric)
            trace.append(optimiser.param_groups[0]["lr"])
        return trace

    def stop(metrics, patience):
        stopping = EarlyStopping(patience)
        return next((step for step, metric in enumerate(metrics) if stopping.stops(metric)), None)

    # Rates change seldom: each change is written as [step, rate].
    def changes(trace):
        before = [0.1, *trace]
        return [[i, rate] for i, rate in enumerate(trace) if rate != before[i]]

    save(
        "schedules",
        initial_rate=0.1,
        sequences=[
            {
                "name": name,
                "metrics": (metrics := values.tolist()),
                "plateaus": [{**s, "changes": changes(rates(metrics, s))} for s in settings],
                "stops": [{"patience": p, "at": stop(metrics, p)} for p in (1, 2, 3, 10, 50)],
            }
            for name, values in sequences.items()
        ],
    )


def training():
    """Three epochs of the small VAE; the last batch of each is smaller."""
    generator = torch.Generator().manual_seed(6)
    cases = []
    for output, loss, beta in (("linear", "mse", 0.1), ("sigmoid", "bce", 0.03)):
        p = random_vae(generator, 20, 16, 3)
        # In network units, rounded to f32 once.
        data = to_network(SCALINGS[output], outlines(generator, 22, 10))
        order = [torch.randperm(22, generator=generator).tolist() for _ in range(3)]
        noise = torch.randn((3, 22, 3), generator=generator)  # [epoch, sample, latent]

        def train(p, data, noise):
            p = {name: value.clone().requires_grad_() for name, value in p.items()}
            optimiser = torch.optim.Adam(p.values(), lr=1e-3)
            trace = []
            for epoch, samples in enumerate(order):
                for batch in torch.tensor(samples).split(8):
                    three = vae_losses(p, output, loss, beta, data[batch], noise[epoch, batch])
                    optimiser.zero_grad()
                    three[0].backward()
                    optimiser.step()
                    trace.append([value.item() for value in three])
            return {"losses": trace, "parameters": p}

        cases.append(
            {
                "output": output,
                "loss": loss,
                "beta": beta,
                "rate": 1e-3,
                "batch_size": 8,
                "parameters": p,
                "data": data,
                "order": order,
                "noise": noise,
                **in_both(train, p, data, noise),
            }
        )
    save("training", cases=cases)


def smallest():
    """The smallest known example: 5 restarts of 100 starts climb a head; the best is decoded."""
    generator = torch.Generator().manual_seed(7)
    p = random_head(generator, 10, 32, 1)
    decoder = random_layers(generator, {"decoder.0": (10, 32), "decoder.1": (32, 50)})
    starts = torch.randn((5, 100, 10), generator=generator)
    shown = 3  # starts of each restart whose paths are written
    kept = kept_steps(200)

    def run(p, decoder, starts):
        results = []
        for batch in starts:
            path, losses = climb(lambda z: -run_head(p, z), batch, 0.1, 200)
            step, start = divmod(losses.argmin().item(), len(batch))
            best = path[step, start]
            results.append(
                {
                    "best_value": -losses.min().item(),
                    "best_start": start,
                    "best_step": step,
                    "best_z": best,
                    "best_x": logits_of(decoder, best[None])[0],
                    "last_values": -losses[-1],
                    "path": path[kept, :shown].transpose(0, 1),
                    "smooth": is_smooth(lambda z: head_signs(p, z), path).tolist(),
                }
            )
        return results

    save(
        "smallest",
        rate=0.1,
        steps=200,
        kept=kept,
        head=p,
        decoder=decoder,
        starts=starts,
        **in_both(run, p, decoder, starts),
    )


PROPERTIES = ("area", "perimeter", "roundness", "heat-shedding")
# Added to every squared edge, as the project does, so that the root has a gradient at 0.
EPSILON = 1e-12


def measured(outline):
    """Area, perimeter and what is made of them, each [n], of outlines [n, 2 * points]."""
    x, y = outline[:, 0::2], outline[:, 1::2]
    next_x, next_y = x.roll(-1, 1), y.roll(-1, 1)
    area = (x * next_y - next_x * y).sum(1) / 2
    perimeter = ((next_x - x) ** 2 + (next_y - y) ** 2 + EPSILON).sqrt().sum(1)
    return dict(
        zip(PROPERTIES, (area, perimeter, 4 * math.pi * area / perimeter**2, perimeter / area))
    )


def shape_decoder(generator, p, points, output, scaling):
    """Makes p decode to shapes: z = 0 is nearly an ellipse, every hidden unit adds waves to it."""
    angle = 2 * math.pi * torch.arange(points) / points
    around = torch.stack([angle.cos(), angle.sin()], 1)
    hidden = p["decoder.0.bias"].numel()
    waves = torch.stack([f(k * angle) for k in range(4) for f in (torch.cos, torch.sin)])
    heights = 0.08 * torch.randn((hidden, len(waves)), generator=generator)
    weight = ((heights @ waves)[:, :, None] * around).flatten(1).T.contiguous()
    at_zero = to_network(scaling, ((1 + 0.15 * (2 * angle).cos())[:, None] * around).flatten())
    if output == "sigmoid":
        # Where a sigmoid is steepest its slope is 1/4.
        weight, at_zero = weight / scaling["scale"] * 4, torch.logit(at_zero)
    biases = one_sided(generator, hidden, 1.0)
    return {
        **p,
        "decoder.0.bias": biases,
        "decoder.1.weight": weight,
        "decoder.1.bias": at_zero - weight @ F.relu(biases),
    }


def geometry():
    """Properties of decoded outlines and penalties, with gradients; climbs of 500 steps."""
    generator = torch.Generator().manual_seed(8)
    points, hidden, latent, least = 24, 16, 2, 0.03
    cases = []
    for output, scaling in SCALINGS.items():
        p = random_vae(generator, 2 * points, hidden, latent)
        p = shape_decoder(generator, p, points, output, scaling)
        z = torch.randn((16, latent), generator=generator) * 1.5
        x = to_network(scaling, outlines(generator, 4, points))
        starts = torch.randn((400, latent), generator=generator)

        def decoded(p, z):
            return ended(output, logits_of(p, z))

        def properties(p, z):
            return measured(to_data(scaling, decoded(p, z)))

        def l2(p, z):
            return z.square().sum(1)

        def alignment(p, z):
            """|encode(decode(z)) - z|^2, both ways in network units."""
            return (encode(p, decoded(p, z))[0] - z).square().sum(1)

        def signs(p, z):
            """Which hidden units of the decoder, and of the encoder after it, are on."""
            after = affine(p, "encoder.0", decoded(p, z))
            return torch.cat([affine(p, "decoder.0", z) > 0, after > 0], 1)

        def combined(p, z):
            """Two goals, a target and both penalties as one loss."""
            q = properties(p, z)
            goals = -q["roundness"] + 0.5 * (q["area"] - 2.5) ** 2 + 0.25 * q["perimeter"]
            return goals + 0.01 * l2(p, z) + 0.1 * alignment(p, z)

        def sloped(functions, at):
            """Value and gradient of every function [n] of {name: function}."""
            both = {name: derivative(function, at) for name, function in functions.items()}
            return {name: {"value": v, "gradient": g} for name, (v, (g,)) in both.items()}

        def evaluated(p, z):
            functions = {n: lambda z, n=n: properties(p, z)[n] for n in PROPERTIES}
            for name, function in (("l2", l2), ("alignment", alignment), ("combined", combined)):
                functions[name] = lambda z, function=function: function(p, z)
            return sloped(functions, z)

        def evaluated_shapes(x):
            data = {n: lambda x, n=n: measured(to_data(scaling, x))[n] for n in PROPERTIES}
            return sloped(data, x)

        def path_of(name, sign, l2_weight, alignment_weight, most):
            def loss(p, z):
                goal = -sign * properties(p, z)[name]
                return goal + l2_weight * l2(p, z) + alignment_weight * alignment(p, z)

            def decoder_signs(p, z):
                return signs(p, z)[:, :hidden]

            def small(p, path):
                areas = torch.stack([properties(p, z)["area"] for z in path])
                return (areas < 10 * least).any(0)

            which = signs if alignment_weight else decoder_signs
            return {
                "property": name,
                "mode": "max" if sign > 0 else "min",
                "l2": l2_weight,
                "align": alignment_weight,
                **climbs(p, loss, which, starts, most=most, rough_at=small),
            }

        cases.append(
            {
                "output": output,
                "scaling": scaling,
                "median_area": 100 * least,
                "parameters": p,
                "z": z,
                **in_both(evaluated, p, z),
                "shapes": {"x": x, **in_both(evaluated_shapes, x)},
                "climbs": [
                    path_of("roundness", 1, 0.0, 0.0, 4),
                    path_of("perimeter", -1, 0.0, 0.0, 2),
                    path_of("heat-shedding", 1, 0.0, 0.0, 2),
                    path_of("roundness", 1, 0.01, 0.1, 4),
                    path_of("heat-shedding", 1, 0.01, 0.1, 2),
                ],
            }
        )
    save("geometry", cases=cases)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for make in (vae, losses, head, adam, schedules, training, smallest, geometry):
        make()
        print(f"{make.__name__}.json")
