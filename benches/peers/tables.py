"""Predictions of the program beside those of scikit-learn on small tables, as a table of Markdown.

    python3 benches/peers/tables.py --program target/release/latent-explorer [--splits 10] [--tables T1,T2] \
        [--keep peers.json] [--results all.json] [--out tables.md] [-- OPTIONS OF TRAIN]

Needs `requirements-tables.txt`. Each table is split ten times into 80 % to learn from and 20 % to test on (of materials
by whole chemical systems), and all learn from and predict the same rows. `{dims}` in an option of `train` becomes the
number of values of a row, at most 128. `--keep` stores the peers' figures, which do not depend on these options.

Peers: ridge or logistic regression with a penalty chosen by cross-validation; a forest of 300 trees, of numbers with a
third of the columns at each node; a network of 64 and 32 units that stops early. Numbers are standardised, their blanks
are the mean, and words are one-hot. The best peer of a measure is that with the best mean over all splits. The coverage
is the share of test rows whose value is in its 90 % interval; of classes, whose class is not ruled out by its interval.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.metrics import accuracy_score, log_loss, root_mean_squared_error
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SAMPLES = Path(__file__).resolve().parents[2] / "sample_tables"
MOST_DIMENSIONS = 128
# A difference counts from so many of its standard errors.
STANDARD_ERRORS = 2


def penguins():
    return pd.read_csv(SAMPLES / "penguins.csv")


def materials():
    return pd.read_csv(SAMPLES / "materials.csv", keep_default_na=False)


def of_sklearn(load):
    """A table of scikit-learn; its classes become words."""
    bunch = load()
    table = pd.DataFrame(bunch.data, columns=[str(name) for name in bunch.feature_names])
    names = getattr(bunch, "target_names", None)
    target = bunch.target if names is None else [f"class {names[i]}" for i in bunch.target]
    return table.assign(target=target)


# The table, its targets, and the columns that name rows and groups.
TABLES = {
    "penguins species": (penguins, ["species"], None, None),
    "penguins mass": (penguins, ["body_mass [g]"], None, None),
    "materials": (materials, ["S_p [uV/K]", "S_n [uV/K]", "log_m_n [log10 m_e]"], "formula", "system"),
    "diabetes": (lambda: of_sklearn(datasets.load_diabetes), ["target"], None, None),
    "wine": (lambda: of_sklearn(datasets.load_wine), ["target"], None, None),
    "breast cancer": (lambda: of_sklearn(datasets.load_breast_cancer), ["target"], None, None),
    "digits": (lambda: of_sklearn(datasets.load_digits), ["target"], None, None),
}


def peer_models(is_number, seed):
    descriptors = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler()),
         make_column_selector(dtype_include="number")),
        ("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False),
         make_column_selector(dtype_exclude="number")),
    ])
    network = {"hidden_layer_sizes": (64, 32), "early_stopping": True, "max_iter": 2000, "random_state": seed}
    forest = {"n_estimators": 300, "random_state": seed}
    if is_number:
        models = {
            "ridge": RidgeCV(alphas=np.logspace(-3, 5, 33)),
            "forest": RandomForestRegressor(max_features=1 / 3, **forest),
            "network": TransformedTargetRegressor(MLPRegressor(**network), transformer=StandardScaler()),
        }
    else:
        models = {
            "logistic": LogisticRegressionCV(Cs=10, cv=5, scoring="neg_log_loss", max_iter=5000),
            "forest": RandomForestClassifier(**forest),
            "network": MLPClassifier(**network),
        }
    return {name: make_pipeline(descriptors, model) for name, model in models.items()}


def measures(truth, predicted, classes=None):
    """Of numbers the RMSE; of classes the accuracy and the log loss of the probabilities `[rows, classes]`."""
    if classes is None:
        return {"RMSE": float(root_mean_squared_error(truth, predicted))}
    classes = np.array(classes)
    return {
        "accuracy": float(accuracy_score(truth, classes[predicted.argmax(1)])),
        "log loss": float(log_loss(truth, predicted, labels=classes)),
    }


def peers(training, test, targets, not_read, seed):
    """`figures[target][peer]`, learned from the rows whose target is known."""
    figures = {}
    described = training.columns.difference([*targets, *not_read], sort=False)
    for target in targets:
        known, asked = training.dropna(subset=target), test.dropna(subset=target)
        is_number = pd.api.types.is_numeric_dtype(training[target])
        for name, model in peer_models(is_number, seed).items():
            model.fit(known[described], known[target])
            classes = None if is_number else list(model.classes_)
            predict = model.predict if is_number else model.predict_proba
            figures.setdefault(target, {})[name] = measures(asked[target], predict(asked[described]), classes)
    return figures


def values_of_row(training, targets, not_read):
    """The numbers of a row with its categories one-hot; a constant column is none."""
    described = training.drop(columns=[*targets, *not_read])
    numbers = described.select_dtypes("number")
    words = described.drop(columns=numbers.columns)
    return int((numbers.nunique() > 1).sum() + words.nunique().sum())


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def ours(program, options, training, test, targets, name, group):
    """`figures[target]`: the measures and the coverage of the intervals, and the seconds of training and prediction."""
    not_read = [column for column in (name, group) if column]
    dimensions = min(MOST_DIMENSIONS, values_of_row(training, targets, not_read))
    options = [option.replace("{dims}", str(dimensions)) for option in options]
    named = ["--name", name] if name else []
    grouped = ["--group", group] if group else []
    with tempfile.TemporaryDirectory() as folder:
        learned, asked, model, told = (Path(folder) / name for name in ("l.csv", "a.csv", "m.safetensors", "p.csv"))
        training.dropna(subset=targets, how="all").to_csv(learned, index=False)
        test.drop(columns=targets).to_csv(asked, index=False)
        begin = time.perf_counter()
        quoted = ",".join(f'"{column_name(target)}"' for target in targets)
        run(program, "train", "-q", "--data", learned, "--target", quoted, *named, *grouped, "--out", model, *options)
        trained = time.perf_counter()
        run(program, "predict", "-q", "--model", model, "--data", asked, "--out", told)
        seconds = (trained - begin, time.perf_counter() - trained)
        predicted = pd.read_csv(told, keep_default_na=False)
    figures = {}
    for target in targets:
        known = test[target].notna().to_numpy()
        truth, of_row = test.loc[known, target], predicted[known]
        column = column_name(target)
        if pd.api.types.is_numeric_dtype(test[target]):
            low, high = (of_row[f"{column}_{end}"].to_numpy() for end in ("low", "high"))
            inside = (low <= truth) & (truth <= high)
            figures[target] = {**measures(truth, of_row[column]), "coverage": float(inside.mean())}
        else:
            classes = sorted(training[target].dropna().unique())
            probabilities = of_row[[f"{column}_{one}" for one in classes]].to_numpy(float)
            high = of_row[[f"{column}_{one}_high" for one in classes]].to_numpy(float)
            own = [classes.index(one) for one in truth]
            inside = high[np.arange(len(own)), own] >= 1
            figures[target] = {**measures(truth, probabilities, classes), "coverage": float(inside.mean())}
        figures[target]["seconds"] = seconds
    return figures


def column_name(header):
    """`body_mass [g]` without its unit, as the program names a column."""
    return header.split(" [")[0]


def splits(table, group, count):
    for seed in range(count):
        kind = GroupShuffleSplit if group else ShuffleSplit
        one = kind(n_splits=1, test_size=0.2, random_state=seed)
        training, test = next(one.split(table, groups=table[group] if group else None))
        yield seed, table.iloc[training].reset_index(drop=True), table.iloc[test].reset_index(drop=True)


def against_the_best(target, measure, rows):
    """A row of the table of Markdown: the means of all, and our difference to the best peer, less being better."""
    sign = -1 if measure == "accuracy" else 1
    own = np.array([row["ours"][target][measure] for row in rows])
    others = {peer: np.array([row["peers"][target][peer][measure] for row in rows]) for peer in rows[0]["peers"][target]}
    best = min(others, key=lambda peer: sign * others[peer].mean())
    differences = own - others[best]
    error = differences.std(ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else np.nan
    is_worse = sign * differences.mean() > STANDARD_ERRORS * error
    linear, forest, network = (f"{values.mean():.4g}" for values in others.values())
    coverage = f"{np.mean([row['ours'][target]['coverage'] for row in rows]):.2f}" if measure != "log loss" else ""
    difference = f"{differences.mean():+.3g} ± {error:.2g}"
    return [measure, f"{own.mean():.4g}", linear, forest, network, best, difference, "yes" if is_worse else "no", coverage]


HEADER = ["table", "target", "measure", "ours", "linear", "forest", "network", "best peer", "ours - best",
          "worse by 2 SE", "coverage"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("options", nargs="*")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    kept = json.loads(args.keep.read_text()) if args.keep and args.keep.exists() else {}
    lines = ["| " + " | ".join(HEADER) + " |", "|---" * len(HEADER) + "|"]
    results = {}
    for name in args.tables.split(","):
        load, targets, named, group = TABLES[name]
        not_read = [column for column in (named, group) if column]
        rows = []
        for seed, training, test in splits(load(), group, args.splits):
            key = f"{name} {seed}"
            if key not in kept:
                kept[key] = peers(training, test, targets, not_read, seed)
                if args.keep:
                    args.keep.write_text(json.dumps(kept))
            told = ours(args.program, args.options, training, test, targets, named, group)
            rows.append({"ours": told, "peers": kept[key]})
            print(f"{name}: {len(rows)} of {args.splits} splits", file=sys.stderr)
        results[name] = rows
        for target in targets:
            of_target = rows[0]["ours"][target]
            for measure in (measure for measure in ("RMSE", "accuracy", "log loss") if measure in of_target):
                lines.append("| " + " | ".join([name, target, *against_the_best(target, measure, rows)]) + " |")
                print(lines[-1], flush=True)
        seconds = np.mean([row["ours"][targets[0]]["seconds"] for row in rows], 0)
        print(f"  {seconds[0]:.1f} s to train, {seconds[1]:.1f} s to predict", flush=True)
    if args.results:
        args.results.write_text(json.dumps(results))
    if args.out:
        args.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
