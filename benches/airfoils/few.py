"""Do searches of predictions find anything that can be believed where the data are few?

    python benches/airfoils/few.py --program target/release/latent-explorer --rows 61 --latent-dim 8

Each model learns that many airfoils, drawn at random, with thickness and camber as coverage.py beside this file
computes them, with the usual settings. The greatest and the least of each are sought. Counted are the searches with a
believable answer, the questions that the answers fail, and the true values in the intervals of the believable ones.
"""

import argparse
import collections
import csv
import json
from pathlib import Path

import numpy as np
from coverage import VALUES, airfoils, measure, read_outlines, run

VALUES = VALUES[:2]


def questions(restart):
    """The questions of the verdict that an answer fails."""
    trust = restart["trust"]
    check = trust["foretold"]["predictions"][0]
    low, high = check["measured_range"]
    beyond = not low <= check["value"] <= high
    reaches = check["low"] <= high and check["high"] >= low
    failed = {
        "distance": trust["density_distance"] > trust["usual_density_distance"],
        "outline": not trust["simple"] or trust["roughness"] > trust["usual_roughness"],
        "shift": trust["round_trip"] > trust["usual_round_trip"],
        "change": any(s["change"] > s["usual_change"] for s in trust["survival"]),
        "judge": not check["gap"] <= 1,
        "range": beyond and not reaches,
        "density": trust["foretold"]["negative_log_density"] > trust["foretold"]["usual_negative_log_density"],
    }
    return [name for name, fails in failed.items() if fails]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="latent-explorer")
    parser.add_argument("--airfoils", type=Path, help="a folder of .dat files")
    parser.add_argument("--folder", type=Path, default=Path("few"), help="for models and reports")
    parser.add_argument("--rows", type=int, default=61)
    parser.add_argument("--models", type=int, default=6)
    parser.add_argument("--latent-dim", type=int, default=2)
    parser.add_argument("--search", nargs="*", default=[], help="more options of optimise: --search=--inside=30")
    options = parser.parse_args()
    program, folder = options.program, options.folder
    folder.mkdir(parents=True, exist_ok=True)

    outlines = folder / "outlines.csv"
    if not outlines.exists():
        run(program, "data", options.airfoils or airfoils(), "--out", outlines)
    names, shapes = read_outlines(outlines)
    header, *lines = outlines.read_text().splitlines()
    failed, covered, found, searches = collections.Counter(), [], 0, 0
    for seed in range(options.models):
        chosen = np.random.default_rng(seed).permutation(len(names))[: options.rows]
        data, values = folder / f"{options.rows}-{seed}.csv", folder / f"{options.rows}-{seed}-values.csv"
        data.write_text("\n".join([header, *(lines[i] for i in chosen)]))
        with values.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["name", *(f"{name} [%]" for name in VALUES)])
            writer.writerows([names[i], *measure(shapes[i])[: len(VALUES)]] for i in chosen)
        model = folder / f"{options.rows}-{options.latent_dim}-{seed}.safetensors"
        if not model.exists():
            run(
                program, "train", "--out", model, "--data", data, "--values", values,
                "--latent-dim", options.latent_dim, "--seed", seed,
            )  # fmt: skip
        for column, name in enumerate(VALUES):
            for mode in ("max", "min"):
                report = folder / "report.json"
                run(
                    program, "optimise", "--model", model, "--property", name, "--mode", mode, "--seed", seed,
                    "--trajectory", "none", "--out", report, *options.search,
                )  # fmt: skip
                restarts = json.loads(report.read_text())["restarts"]
                believable = [r for r in restarts if r["trust"]["belief"] == "believable"]
                failed.update(name for r in restarts for name in questions(r))
                for r in believable:
                    true = measure(np.array(r["decoded"]).reshape(-1, 2))[column]
                    covered.append(r["predicted"]["low"] <= true <= r["predicted"]["high"])
                searches, found = searches + 1, found + bool(believable)
    print(f"searches with a believable answer: {found} of {searches}; answers that fail: {dict(failed)}")
    if covered:
        print(f"believable answers: {len(covered)}, of which in their 90 % interval {np.mean(covered):.3f}")


if __name__ == "__main__":
    main()
