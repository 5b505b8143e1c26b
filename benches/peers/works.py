"""The works that are compared: their sizes, their inputs, which are the same for every library, and the clock.

Only the standard library, so that the environment of each peer needs nothing beside the peer itself.
"""

import argparse
import csv
import json
import random
import statistics
import struct
import time
from array import array

# W1: a VAE 200 -> 128 -> (2, 2), 2 -> 128 -> 200 on all outlines; squared error summed over a shape, and KL.
HIDDEN, LATENT, BETA, RATE, BATCH, EPOCHS = 128, 2, 0.1, 1e-3, 32, 50
# W2 and W3: restarts that climb with Adam at one rate; W3 on a head that reads a wide latent.
RESTARTS, STEPS, CLIMB = 50, 500, 0.1
WIDE, WIDTHS = 128, (64, 32)
# W4 and W5: cells along each side of the field and of the lattice, and the half of their side in latent units.
FIELD, LATTICE, REACH = 256, 24, 2.0
# W10: a table of descriptors through COLUMNS -> INNER -> WIDE (tanh) -> INNER -> COLUMNS with LeakyReLU(0.1), and three heads
# WIDE -> 64 -> 32 for a number, one of two classes and one of four; an epoch. W11: restarts that climb a head of that
# network with Adam, less ALIGN |z - encode(decode(z))|^2.
ROWS, COLUMNS, INNER, LARGE, CLASSES, ALIGN = 20_000, 190, 256, 256, 4, 0.5
# Adam.
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8

WORKS = ("W1", "W2", "W3", "W4", "W5", "W10", "W11")


def outlines(path):
    """The numbers of a table of outlines: rows of x0, y0, x1, y1, .."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        first = next(rows).index("x0")
        return [[float(value) for value in row[first:]] for row in rows]


def decoder(path):
    """The weights of a model's decoder: name -> (shape, numbers), from a file of safetensors."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    tensors = {}
    for name, entry in header.items():
        if name.startswith("decoder."):
            begin, end = entry["data_offsets"]
            tensors[name] = (entry["shape"], array("f", data[begin:end]).tolist())
    return tensors


def head():
    """The layers of W3's head, each weight `[out][in]` and bias `[out]`, uniform in +-1 / sqrt(in)."""
    draw, layers, inputs = random.Random(1), [], WIDE
    for outputs in (*WIDTHS, 1):
        bound = inputs**-0.5
        numbers = [draw.uniform(-bound, bound) for _ in range((inputs + 1) * outputs)]
        weight = [numbers[k * inputs : (k + 1) * inputs] for k in range(outputs)]
        layers.append((weight, numbers[inputs * outputs :]))
        inputs = outputs
    return layers


def starts(latent):
    """Where the restarts begin: draws from N(0, 1), `[RESTARTS][latent]`."""
    draw = random.Random(0)
    return [[draw.gauss(0, 1) for _ in range(latent)] for _ in range(RESTARTS)]


def timed(work, runs, warm=None):
    """Seconds that `work` takes, the median over `runs`, and its answer.

    What is compiled at first is not counted: `warm` comes before, or the work itself.
    """
    (warm or work)()
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), answer


def peer(about, variants):
    """Runs a peer's works as its command line says and prints one line of JSON.

    `variants(work, data, model)` gives name -> what [timed] takes; a work returns a number that tells whether it did
    what it should.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="the outlines, .csv")
    parser.add_argument("--model", required=True, help="the model, .safetensors")
    parser.add_argument("--works", default=",".join(WORKS))
    arguments = parser.parse_args()
    seconds, answers = {}, {}
    for work in arguments.works.split(","):
        seconds[work], answers[work] = {}, {}
        for name, way in variants(work, arguments.data, arguments.model).items():
            seconds[work][name], answers[work][name] = timed(*way)
    print(json.dumps({"about": about, "seconds": seconds, "answers": answers}))
