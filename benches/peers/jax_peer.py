"""The works in JAX, each as one compiled function.

    python jax_peer.py --data shapes.csv --model model.safetensors [--works W1,W2]
"""

import os
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

import works
from works import BATCH, BETA, BETA_1, BETA_2, CLIMB, EPOCHS, EPSILON, HIDDEN, LATENT, RATE, RESTARTS, STEPS


def adam(point, memory, gradient, step, rate):
    """One step of Adam on a tree of arrays; `step` counts from 1."""
    first, second = memory
    first = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, second, gradient)
    rate, down = rate / (1 - BETA_1**step), 1 / (1 - BETA_2**step)

    def move(p, m, v):
        return p - rate * m / (jnp.sqrt(v * down) + EPSILON)

    return jax.tree.map(move, point, first, second), (first, second)


def unmoved(point):
    """The memory of Adam before its first step."""
    zeros = jax.tree.map(jnp.zeros_like, point)
    return zeros, zeros


def dense(layer, x):
    weight, bias = layer
    return x @ weight + bias


def chain(layers, z):
    """A network of dense layers, each weight `[in, out]` and bias, with ReLU between."""
    for k, layer in enumerate(layers):
        z = dense(layer, z if k == 0 else jax.nn.relu(z))
    return z


# W1


def initial(key, width):
    """Weights as torch draws them: uniform in +-1 / sqrt(in)."""

    def layer(key, inputs, outputs):
        of, bound = jax.random.split(key), inputs**-0.5
        draw = partial(jax.random.uniform, minval=-bound, maxval=bound)
        return draw(of[0], (inputs, outputs)), draw(of[1], (outputs,))

    sizes = [(width, HIDDEN), (HIDDEN, LATENT), (HIDDEN, LATENT), (LATENT, HIDDEN), (HIDDEN, width)]
    return [layer(key, *size) for key, size in zip(jax.random.split(key, len(sizes)), sizes)]


def loss_of(layers, x, noise):
    encoder, mean, log_variance, *decoder = layers
    hidden = jax.nn.relu(dense(encoder, x))
    mu, log_var = dense(mean, hidden), dense(log_variance, hidden)
    z = mu + noise * jnp.exp(0.5 * log_var)
    error = ((chain(decoder, z) - x) ** 2).sum(1).mean()
    kl = -0.5 * (1 + log_var - mu**2 - jnp.exp(log_var)).sum(1).mean()
    return error + BETA * kl


@jax.jit
def train(key, x):
    """The whole training; the mean loss of the last epoch."""
    begin, key = jax.random.split(key)
    layers = initial(begin, x.shape[1])
    whole = len(x) // BATCH * BATCH

    def many(array):
        return array[:whole].reshape(-1, BATCH, array.shape[1])

    def step(state, batch):
        layers, memory, count = state
        loss, gradient = jax.value_and_grad(loss_of)(layers, *batch)
        layers, memory = adam(layers, memory, gradient, count + 1, RATE)
        return (layers, memory, count + 1), loss

    def epoch(state, key):
        order, draw = jax.random.split(key)
        shuffled = jax.random.permutation(order, x)
        noise = jax.random.normal(draw, (len(x), LATENT))
        state, losses = lax.scan(step, state, (many(shuffled), many(noise)))
        if whole < len(x):
            state, last = step(state, (shuffled[whole:], noise[whole:]))
            losses = jnp.append(losses, last)
        return state, losses.mean()

    state = layers, unmoved(layers), jnp.zeros(())
    state, losses = lax.scan(epoch, state, jax.random.split(key, EPOCHS))
    # The layers are an answer too, or they need not be computed.
    return losses[-1], state[0]


# W2 and W3


def roundness(outlines):
    """`4 pi A / P^2` of outlines `[n, 2 points]`, `[n]`."""
    x, y = outlines[:, 0::2], outlines[:, 1::2]
    next_x, next_y = jnp.roll(x, -1, 1), jnp.roll(y, -1, 1)
    area = 0.5 * (x * next_y - next_x * y).sum(1)
    perimeter = jnp.sqrt((next_x - x) ** 2 + (next_y - y) ** 2).sum(1)
    return 4 * jnp.pi * area / perimeter**2


def shaped(layers, z):
    return roundness(chain(layers, z))


def predicted(layers, z):
    return chain(layers, z)[:, 0]


@partial(jax.jit, static_argnames=("value_of", "unroll"))
def climb(value_of, layers, starts, unroll):
    """All restarts at once; every point and value is kept, and the best of each."""

    def loss(z):
        value = value_of(layers, z)
        return -value.sum(), value

    def better(z, value, best, best_z):
        is_better = value > best
        return jnp.where(is_better, value, best), jnp.where(is_better[:, None], z, best_z)

    def step(state, count):
        z, memory, best, best_z = state
        gradient, value = jax.grad(loss, has_aux=True)(z)
        best, best_z = better(z, value, best, best_z)
        moved, memory = adam(z, memory, gradient, count, CLIMB)
        return (moved, memory, best, best_z), (z, value)

    state = starts, unmoved(starts), jnp.full(RESTARTS, -jnp.inf), starts
    counts = jnp.arange(1, STEPS + 1, dtype=jnp.float32)
    (z, _, best, best_z), (way, values) = lax.scan(step, state, counts, unroll=unroll)
    value = value_of(layers, z)
    best, best_z = better(z, value, best, best_z)
    return best.mean(), best_z, jnp.append(way, z[None], 0), jnp.append(values, value[None], 0)


# W4 and W5


def lattice(cells):
    """The points of a square lattice, `[cells^2, 2]`."""
    axis = jnp.linspace(-works.REACH, works.REACH, cells)
    return jnp.stack(jnp.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)


@partial(jax.jit, static_argnames="rows")
def field(layers, rows):
    """The value at every cell, so many rows at once."""
    z = lattice(works.FIELD)
    values = lax.map(partial(shaped, layers), z.reshape(-1, rows, 2)).ravel()
    return values.mean(), values


@jax.jit
def decode(layers, z):
    outlines = chain(layers, z)
    return outlines[0, 0], outlines


def number(function, *arguments):
    """A work that waits for all that the function gives; its answer is the first of it."""
    return lambda: jax.block_until_ready(function(*arguments))[0].item()


def variants(work, data, path):
    """The ways to do a work: name -> (work, runs)."""
    weights = {name: jnp.array(v).reshape(shape) for name, (shape, v) in works.decoder(path).items()}
    layers = [(weights[f"decoder.{k}.weight"].T, weights[f"decoder.{k}.bias"]) for k in range(2)]
    if work == "W1":
        x = jnp.array(works.outlines(data))
        return {"scan": (number(train, jax.random.key(0), x), 1)}
    if work in ("W2", "W3"):
        if work == "W2":
            value_of, network, latent = shaped, layers, LATENT
        else:
            network = [(jnp.array(weight).T, jnp.array(bias)) for weight, bias in works.head()]
            value_of, latent = predicted, works.WIDE
        begin = jnp.array(works.starts(latent))
        return {
            "scan": (number(climb, value_of, network, begin, 1), 9),
            "scan by fours": (number(climb, value_of, network, begin, 4), 9),
        }
    if work == "W4":
        cells = works.FIELD**2
        return {
            "whole": (number(field, layers, cells), 9),
            "in chunks": (number(field, layers, 2048), 9),
        }
    return {"whole": (number(decode, layers, lattice(works.LATTICE)), 101)}


if __name__ == "__main__":
    works.peer({"jax": jax.__version__, "threads": os.cpu_count()}, variants)
