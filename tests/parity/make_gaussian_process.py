"""Writes gaussian_process.json: what scikit-learn makes of the same rows and hyperparameters.

    pip install scikit-learn==1.9.1
    python tests/parity/make_gaussian_process.py
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel


def case(rng, rows, dim, queries):
    x, z = rng.normal(size=(rows, dim)), 2 * rng.normal(size=(queries, dim))
    y = np.sin(1.3 * x[:, 0]) + 0.2 * (x**2).sum(1) + 0.1 * rng.normal(size=rows)
    lengths, signal, noise = rng.uniform(0.5, 3, dim), rng.uniform(0.5, 2), rng.uniform(0.01, 0.2)
    kernel = ConstantKernel(signal) * Matern(lengths, nu=2.5) + WhiteKernel(noise)
    # The constant mean is taken off beforehand; nothing is fitted, and nothing is added to the diagonal.
    process = GaussianProcessRegressor(kernel, alpha=0.0, optimizer=None).fit(x, y - y.mean())
    mean, sd = process.predict(z, return_std=True)
    likelihood, gradient = process.log_marginal_likelihood(process.kernel_.theta, eval_gradient=True)
    # scikit-learn has the signal before the lengths.
    gradient = [*gradient[1:-1], gradient[0], gradient[-1]]
    given = {"points": x.ravel(), "values": y, "queries": z.ravel(), "lengths": lengths}
    found = {"mean": mean + y.mean(), "sd": sd, "gradient": np.array(gradient)}
    return {
        **{name: numbers.tolist() for name, numbers in {**given, **found}.items()},
        "signal": signal,
        "noise": noise,
        "likelihood": likelihood,
    }


def main():
    rng = np.random.default_rng(0)
    versions = {"scikit-learn": sklearn.__version__, "python": platform.python_version()}
    cases = [case(rng, rows, dim, 12) for rows, dim in [(1, 1), (20, 2), (90, 5), (150, 9)]]
    lines = ",\n".join(json.dumps(one) for one in cases)
    text = f'{{"versions": {json.dumps(versions)}, "cases": [\n{lines}\n]}}\n'
    (Path(__file__).parent / "gaussian_process.json").write_text(text)


if __name__ == "__main__":
    main()
