"""Our times beside those of PyTorch and JAX, as a table of Markdown.

    python3 benches/peers/compare.py --python-torch T --python-jax J [--rounds 3] [--works W1,W2] [--out ratios.md]

T and J are interpreters whose environments hold `requirements-torch.txt` and `requirements-jax.txt`; the variables
PYTHON_TORCH and PYTHON_JAX name them as well. A peer without one is left out.

In each round every work is done by us, by PyTorch and by JAX right after each other, so that what else the machine does
hits all alike; a figure is the median over the rounds. Of each library's ways to do a work the fastest counts.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODEL = ROOT / "sample_models" / "nine_families.safetensors"

# The work, the bench whose id names it, how many of what is benched make it up, and how many times faster than
# PyTorch's best and than JAX it shall be; of W5 the seconds that it may take.
WORKS = {
    "W1": ("train the VAE, 50 epochs in batches of 32", "train", 50, (8.0, 1.6)),
    "W2": ("50 restarts x 500 steps for roundness", "search", 1, (15.0, 2.0)),
    "W3": ("50 x 500, latent 128, head 128-64-32-1", "search", 1, (10.0, 1.0)),
    "W4": ("256x256 field of decodes with roundness", "field", 1, (2.0, 2.0)),
    "W5": ("24x24 decodes", "field", 1, 1e-3),
    "W10": ("an epoch of 20,000 rows x 190 columns, three heads", "train", 1, (2.0, None)),
    "W11": ("50 x 500 with alignment, latent 128, 190 columns", "search", 1, (3.0, None)),
}
# The works that a peer has no script for.
NOT_DONE = {("jax", "W10"), ("jax", "W11")}
# As the program sets at its start.
THREADS = os.environ.get("RAYON_NUM_THREADS", str(os.cpu_count()))
# Peers that start alike and differ by more than this in what they find have not done the same work.
ALIKE = 0.1


def run(command, **more):
    """What a command prints; its complaints are shown as they come."""
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True, **more).stdout


def target():
    """Where cargo builds to."""
    said = run(["cargo", "metadata", "--no-deps", "--format-version", "1"])
    return Path(json.loads(said)["target_directory"])


def ours(work, folder):
    """Our seconds, from the estimate that Criterion leaves."""
    _, bench, times, _ = WORKS[work]
    begin = time.time()
    run(["cargo", "bench", "--quiet", "--bench", bench, "--", f"{work}\\)"], env={**os.environ, "RAYON_NUM_THREADS": THREADS})
    found = (folder / "criterion").glob(f"{bench}/*{work})/new/estimates.json")
    fresh = [path for path in found if path.stat().st_mtime >= begin]
    if len(fresh) != 1:
        sys.exit(f"{len(fresh)} benches of '{bench}' are named {work}; there must be one")
    return times * json.loads(fresh[0].read_text())["median"]["point_estimate"] * 1e-9


def theirs(python, script, work, data):
    """What a peer's script says of one work: versions, seconds and answers of each way."""
    said = run([python, HERE / script, "--data", data, "--model", MODEL, "--works", work])
    return json.loads(said.splitlines()[-1])


def fastest(seconds):
    """The way of least median and that median; nothing of nothing."""
    medians = {way: statistics.median(taken) for way, taken in seconds.items()}
    way = min(medians, key=medians.get, default=None)
    return way, medians.get(way)


def figure(seconds):
    """Seconds with two or three digits that count."""
    return "-" if seconds is None else f"{seconds * 1e3:.2g} ms" if seconds < 0.01 else f"{seconds:.3g} s"


def row(work, measured):
    """A row of the table, and a line on the ways that were the fastest."""
    title, _, _, goal = WORKS[work]
    own = fastest(measured["ours"])[1]
    torch, jax = measured.get("torch", {}), measured.get("jax", {})
    (_, eager), (torch_way, best), (jax_way, jit) = map(
        fastest, ({way: s for way, s in torch.items() if way.startswith("eager")}, torch, jax)
    )
    ratios = [peer and peer / own for peer in (best, jit)]
    shown = ["-" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
    if isinstance(goal, tuple):
        wanted = ", ".join("-" if least is None else f"{least:g} x" for least in goal)
        kept = [None if None in (ratio, least) else ratio >= least for ratio, least in zip(ratios, goal)]
    else:
        wanted, kept = f"under {goal * 1e3:g} ms", [own < goal]
    met = "no" if False in kept else "yes" if True in kept else "-"
    cells = [f"{work} {title}", *map(figure, (eager, best, jit, own)), *shown, wanted, met]
    ways = ", ".join(f"{name} {way}" for name, way in (("PyTorch", torch_way), ("JAX", jax_way)) if way)
    return "| " + " | ".join(cells) + " |", f"{work}: {ways}" if ways else None


def machine():
    """The processor's name where the system tells it, and what runs on it."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def unlike(work, answers):
    """A sentence where two ways did not come to the same."""
    low, high = min(answers, key=answers.get), max(answers, key=answers.get)
    if abs(answers[high] - answers[low]) <= ALIKE * abs(answers[high]):
        return None
    return f"{work}: {high} found {answers[high]:.4g}, {low} found {answers[low]:.4g}: not the same work"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python-torch", default=os.environ.get("PYTHON_TORCH"))
    parser.add_argument("--python-jax", default=os.environ.get("PYTHON_JAX"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--works", default=",".join(WORKS))
    parser.add_argument("--out", type=Path, help="where to write the table as well")
    arguments = parser.parse_args()
    works = arguments.works.split(",")
    if unknown := set(works) - set(WORKS):
        parser.error(f"no such work: {', '.join(sorted(unknown))}; there are {', '.join(WORKS)}")
    peers = {"torch": arguments.python_torch, "jax": arguments.python_jax}
    for name in [name for name, python in peers.items() if not python]:
        print(f"{name} is left out: --python-{name} names no interpreter", file=sys.stderr)
        del peers[name]

    folder, about = target(), {}
    # Seconds by work, library and way, and answers by work and way.
    seconds = {work: defaultdict(lambda: defaultdict(list)) for work in works}
    answers = {work: {} for work in works}
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "shapes.csv"
        run(["cargo", "run", "--quiet", "--release", "--", "data", "--out", data])
        for round_ in range(arguments.rounds):
            for work in works:
                print(f"round {round_ + 1} of {arguments.rounds}: {work}", file=sys.stderr)
                seconds[work]["ours"]["ours"].append(ours(work, folder))
                for name, python in list(peers.items()):
                    if (name, work) in NOT_DONE:
                        continue
                    try:
                        said = theirs(python, f"{name}_peer.py", work, data)
                    except (OSError, subprocess.CalledProcessError) as error:
                        print(f"{name} is left out from here on: {error}", file=sys.stderr)
                        del peers[name]
                        continue
                    about[name] = said["about"]
                    for way, taken in said["seconds"][work].items():
                        seconds[work][name][way].append(taken)
                        answers[work][f"{name}, {way}"] = said["answers"][work][way]

    rows, ways = zip(*(row(work, seconds[work]) for work in works))
    threads = f"ours on {THREADS} threads"
    versions = [f"{name} {a[name]} on up to {a['threads']} threads" for name, a in about.items()]
    lines = [
        "| work | PyTorch eager | PyTorch's best | JAX jit | ours | PyTorch's best / ours | JAX / ours | goal | met |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"{machine()}; {run(['rustc', '--version']).strip()}; {'; '.join([threads, *versions])}; "
        f"medians over rounds: {arguments.rounds}.",
    ]
    fastest_ways = "; ".join(way for way in ways if way)
    lines += [f"The fastest ways: {fastest_ways}."] if fastest_ways else []
    alike = [work for work in works if work != "W10" and answers[work]]
    lines += [said for work in alike if (said := unlike(work, answers[work]))]
    table = "\n".join(lines) + "\n"
    print(table, end="")
    if arguments.out:
        arguments.out.write_text(table)


if __name__ == "__main__":
    main()
