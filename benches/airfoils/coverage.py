"""Do the intervals of predictions hold where a search ends?

    python benches/airfoils/coverage.py --program target/release/latent-explorer

Needs numpy and the package aerosandbox, of which only the folder of airfoils is read (README.md beside this file). For every split a
model of eight latent dimensions with the usual settings learns the airfoils and three values of each: thickness,
camber and the radius of the nose, in percent of the chord, computed here from the outlines. The program then seeks the
greatest and the least of each. Of every distinct optimum the true value is computed here from the decoded outline, by
the same function, and held against the interval that the program gave; the rest is counted.
"""

import argparse
import csv
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

VALUES = ("thickness", "camber", "nose radius")
# Optima are distinct when they are this far apart in the latent, whose data spread by about 1.
DISTINCT = 0.5


def airfoils():
    """The folder of .dat files, without importing the package."""
    spec = importlib.util.find_spec("aerosandbox")
    if spec is None:
        sys.exit("install aerosandbox, or name a folder of .dat files with --airfoils")
    return Path(spec.origin).parent / "geometry" / "airfoil" / "airfoil_database"


def measure(outline):
    """Thickness, camber and nose radius of a closed outline [n, 2], in percent of its chord."""
    tail, nose = outline[:, 0].argmax(), outline[:, 0].argmin()
    points = np.roll(outline, -tail, axis=0)
    nose = (nose - tail) % len(points)
    start, chord = points[nose], points[0, 0] - points[nose, 0]
    one, other = points[: nose + 1], np.vstack([points[nose:], points[:1]])
    x = 0.5 * (1 - np.cos(np.linspace(0.02, 0.98, 200) * np.pi))

    def side(points):
        along = (points[:, 0] - start[0]) / chord
        order = np.argsort(along, kind="stable")
        return np.interp(x, along[order], points[order, 1])

    sides = side(one), side(other)
    upper, lower = max(sides, key=np.mean), min(sides, key=np.mean)
    line = start[1] + x * (points[0, 1] - start[1])
    thickness = (upper - lower) / chord
    camber = (0.5 * (upper + lower) - line) / chord
    # A parabola y^2 = 2 r x has the thickness 2 sqrt(2 r x).
    near = np.interp(0.02, x, thickness)
    return 100 * np.array([thickness.max(), camber.max(), near**2 / (8 * 0.02)])


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    # 3 and 4: a search without a feasible or a believable answer, whose report is written.
    if done.returncode not in (0, 3, 4):
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def read_outlines(path):
    with path.open() as file:
        rows = list(csv.DictReader(file))
    count = sum(name.startswith("x") and name[1:].isdigit() for name in rows[0])
    key = "id" if "id" in rows[0] else next(iter(rows[0]))
    names = [row[key] for row in rows]
    points = [[[float(row[f"{a}{i}"]) for a in "xy"] for i in range(count)] for row in rows]
    return names, np.array(points)


def distinct(restarts):
    """Restarts with an answer, best first, each at least so far from all before."""
    chosen = []
    for restart in sorted(restarts, key=lambda r: r["loss_best"]):
        z = np.array(restart["z_best"])
        if all(np.linalg.norm(z - other["z_best"]) > DISTINCT for other in chosen):
            chosen.append(restart)
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="latent-explorer")
    parser.add_argument("--airfoils", type=Path, help="a folder of .dat files")
    parser.add_argument("--folder", type=Path, default=Path("coverage"), help="for models and reports")
    parser.add_argument("--splits", type=int, default=6, help="models whose optima are looked at")
    parser.add_argument("--held-out-splits", type=int, default=10, help="models whose test rows are")
    parser.add_argument("--latent-dim", type=int, default=8)
    parser.add_argument("--restarts", type=int, default=50)
    parser.add_argument("--train", nargs="*", default=[], help="more options of train, such as --pca")
    parser.add_argument("--search", nargs="*", default=[], help="more options of optimise")
    options, more = parser.parse_known_args()
    options.train += more
    program, folder = options.program, options.folder
    folder.mkdir(parents=True, exist_ok=True)

    source = options.airfoils or airfoils()
    outlines = folder / "outlines.csv"
    if not outlines.exists():
        run(program, "data", source, "--out", outlines)
    names, shapes = read_outlines(outlines)
    truth = np.array([measure(shape) for shape in shapes])
    values = folder / "values.csv"
    with values.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", *(f"{name} [%]" for name in VALUES)])
        writer.writerows([name, *row] for name, row in zip(names, truth))
    spread = truth.std(0)
    print(f"{len(names)} airfoils; standard deviations {dict(zip(VALUES, spread.round(3)))}")

    coverage, believable, optima = {name: [] for name in VALUES}, [], []
    for split in range(max(options.splits, options.held_out_splits)):
        model = folder / f"{split}.safetensors"
        if not model.exists():
            run(
                program, "train", "--out", model, "--data", source, "--values", values,
                "--latent-dim", options.latent_dim, "--seed", split, *options.train,
            )  # fmt: skip
        heads = {head["property"]: head for head in json.loads(run(program, "info", model, "--json"))["heads"]}
        if split < options.held_out_splits:
            for name in VALUES:
                coverage[name].append(heads[name]["coverage"])
        if split >= options.splits:
            continue
        believable.append(reconstructions(program, model, folder, split))
        for column, name in enumerate(VALUES):
            for mode in ("max", "min"):
                report = folder / f"{split}-{column}-{mode}.json"
                run(
                    program, "optimise", "--model", model, "--property", name, "--mode", mode,
                    "--restarts", options.restarts, "--seed", split, "--trajectory", "none",
                    "--out", report, *options.search,
                )  # fmt: skip
                for found in distinct([r for r in json.loads(report.read_text())["restarts"] if r["valid"]]):
                    true = measure(np.array(found["decoded"]).reshape(-1, 2))[column]
                    low, high = found["predicted"]["low"], found["predicted"]["high"]
                    optima.append(
                        {
                            "value": name,
                            "mode": mode,
                            "inside": low <= true <= high,
                            "half": (high - low) / 2 / spread[column],
                            "missed": (found["predicted"]["value"] - true) / spread[column],
                            "true": true,
                            "word": found["trust"]["belief"],
                        }
                    )
        print(f"split {split}: {len(optima)} optima so far", flush=True)
    report_all(coverage, believable, optima, truth)


def reconstructions(program, model, folder, split):
    """The share of held-out rows whose reconstruction is believable, with a prediction asked for."""
    with model.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header, start = json.loads(file.read(length)), 8 + length
        def tensor(name, dtype):
            entry = header[name]
            file.seek(start + entry["data_offsets"][0])
            size = entry["data_offsets"][1] - entry["data_offsets"][0]
            return np.frombuffer(file.read(size), dtype).reshape(entry["shape"])
        mu = tensor("encoded.mu", "<f4")[tensor("encoded.held_out", "u1") == 1]
    starts, report = folder / "held-out.csv", folder / f"{split}-held-out.json"
    np.savetxt(starts, mu, delimiter=",", fmt="%.9g")
    # A step of nearly no length: each row is judged where it is.
    run(
        program, "optimise", "--model", model, "--property", VALUES[0], "--mode", "max", "--starts", starts,
        "--steps", 1, "--lr", 1e-8, "--inside", 0, "--trajectory", "none", "--out", report,
    )  # fmt: skip
    words = [restart["trust"]["belief"] for restart in json.loads(report.read_text())["restarts"]]
    return np.mean([word == "believable" for word in words])


def report_all(coverage, believable, optima, truth):
    print("\nheld-out rows (test), share in their 90 % interval: mean of the splits, lowest, highest")
    for name, shares in coverage.items():
        print(f"  {name:12} {np.mean(shares):.3f}  {min(shares):.3f}  {max(shares):.3f}")
    print(f"  all          {np.mean([share for shares in coverage.values() for share in shares]):.3f}")
    print(f"held-out reconstructions that are believable: {np.mean(believable):.3f}, lowest {min(believable):.3f}")
    print("\noptima                   count  in interval  half width  head off by  believable  best true (data)")
    for column, name in enumerate(VALUES):
        for mode in ("max", "min"):
            some = [o for o in optima if (o["value"], o["mode"]) == (name, mode)]
            best = getattr(np, mode)([o["true"] for o in some])
            data = getattr(np, mode)(truth[:, column])
            print(row(f"{mode} of {name}", some), f"{best:9.3g} ({data:.3g})")
    print(row("all", optima))
    print(row("believable", [o for o in optima if o["word"] == "believable"]))


def row(label, optima):
    if not optima:
        return f"{label:24} {0:5}"
    share = np.mean([o["inside"] for o in optima])
    half, off = (np.median([abs(o[key]) for o in optima]) for key in ("half", "missed"))
    believed = np.mean([o["word"] == "believable" for o in optima])
    return f"{label:24} {len(optima):5}  {share:11.3f}  {half:10.2f}  {off:11.2f}  {believed:10.2f}"


if __name__ == "__main__":
    main()
