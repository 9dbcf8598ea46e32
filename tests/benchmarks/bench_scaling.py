"""How the search grows with points, inputs and neurons, and what memory it takes; figures as JSON on stdout.

    python tests/benchmarks/bench_scaling.py [--only points sums pairs few groups neurons determinant]

Each row is a process of its own, on one core, with exact gradients and default operators. `first` is the time
to the first front, `found` the time until `best` agrees with the concept on fresh points (None: not in 60 s),
`seconds` until the search ends of itself, `megabytes` the peak resident memory above that after the imports
and a small search. The largest formula allowed is 40 nodes, or what the concept needs.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read when NumPy is loaded

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

import symgrad_widgets as sg  # noqa: E402 - after the number of threads

_CAP = 60  # seconds of one search
_SIZES = {
    "points": (100, 300, 1000, 3000, 10_000, 30_000, 100_000),
    "sums": (2, 4, 8, 16, 32, 64),
    "pairs": (2, 4, 8, 16, 32, 64),
    "few": (4, 8, 16, 32, 64),
    "groups": (65, 200, 1000),
    "neurons": (1, 2, 3),
    "determinant": (2, 3, 4),
}


def pair_products(X):
    """x1*x2 + x3*x4 + ...: gradients (N, n)."""
    return X.reshape(len(X), -1, 2)[:, :, ::-1].reshape(X.shape)


def two_of_many(X):
    """x1*x2 + x3*x4, whatever other inputs there are."""
    g = np.zeros_like(X)
    g[:, :4] = pair_products(X[:, :4])
    return g


def group_product(X):
    """Product of the sums of two groups of inputs, plus the square of a third's: three directions in all."""
    first, second, third = (np.zeros(X.shape[1]) for _ in range(3))
    first[0::3], second[1::3], third[2::3] = 1, 1, 1
    a, b, c = (X @ w / np.sqrt(X.shape[1]) for w in (first, second, third))
    return b[:, None] * first + a[:, None] * second + 2 * c[:, None] * third


def cofactors(X):
    """Gradients of the determinant of k x k matrices."""
    k = int(np.sqrt(X.shape[1]))
    A = X.reshape(-1, k, k)
    return (np.linalg.inv(A).transpose(0, 2, 1) * np.linalg.det(A)[:, None, None]).reshape(X.shape)


def several(X):
    """k neurons, each a mixture of the k products x1*x2, x3*x4 ...: gradients (N, k, 2k)."""
    k = X.shape[1] // 2
    one = np.zeros((len(X), k, X.shape[1]))
    for j in range(k):
        one[:, j, [2 * j, 2 * j + 1]] = X[:, [2 * j + 1, 2 * j]]
    mixture = np.eye(k) + 0.4 * np.sin(np.arange(k * k)).reshape(k, k)
    return np.einsum("ij,njm->nim", mixture, one)


def problem(kind, size):
    """(points, inputs, gradients of points, nodes the concept needs)."""
    return {
        "points": (size, 6, pair_products, 11),
        "sums": (1000, size, np.ones_like, 2 * size - 1),
        "pairs": (1000, size, pair_products, 2 * size - 1),
        "few": (1000, size, two_of_many, 7),
        "groups": (2000, size, group_product, 8),
        "neurons": (1000, 2 * size + 2 * (size == 1), pair_products if size == 1 else several, 7),
        "determinant": (1000, size * size, cofactors, {2: 7, 3: 35, 4: 191}.get(size)),
    }[kind]


def field_of(count, n, gradients, seed=0):
    """Field at points uniform in [-1, 1]^n."""
    X = np.random.default_rng(seed).uniform(-1, 1, (count, n))
    return sg.GradientField(X, gradients(X))


def measure(kind, size):
    """One row: run one search, or one after another for several neurons."""
    sg.Search(field_of(100, 2, pair_products)).run(generations=14, progress=False)  # compiled code is loaded
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count, n, gradients, nodes = problem(kind, size)
    field = field_of(count, n, gradients)
    row = {"kind": kind, "size": size, "points": count, "inputs": n}
    start = time.perf_counter()
    if kind == "neurons" and size > 1:
        result = sg.interpret(field, seconds=_CAP)
        row |= {
            "found": str([c.expression for c in result.concepts]),
            "loss": result.best and result.best.loss,
        }
    else:
        row |= watched(field, field_of(n + 500, n, gradients, seed=1), max(40, nodes))
    row["seconds"] = round(time.perf_counter() - start, 3)
    row["megabytes"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1)
    return row


def watched(field, fresh, max_complexity):
    """Times to the first front and to the concept of one search, and what it ended with."""
    start, times = time.perf_counter(), {"first": None, "found": None}
    search = sg.Search(field, max_complexity=max_complexity)

    def look(state):
        now = round(time.perf_counter() - start, 3)
        times["first"] = times["first"] or now
        if times["found"] is None and state.best is not None and right(search, state.best, fresh):
            times["found"] = now

    state = search.run(seconds=_CAP, progress=False, callback=look)
    best = None if state.best is None else {"complexity": state.best.complexity, "loss": state.best.loss}
    return times | {"generations": state.generation, "evaluations": state.evaluations, "best": best}


def right(search, candidate, fresh):
    """Whether a formula agrees on fresh points; where it is one of coordinates, on the held-out ones."""
    if candidate.loss > 1e-9:
        return False
    return search.subspace is not None or sg.score(fresh, candidate.expression).loss < 1e-9


def main():
    """Run what the command line asks for, each row in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", nargs="+", choices=_SIZES, default=list(_SIZES))
    parser.add_argument("--row", nargs=2, metavar=("KIND", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        print(json.dumps(measure(options.row[0], int(options.row[1]))))
        return
    rows = []
    for kind in options.only:
        for size in _SIZES[kind]:
            done = subprocess.run(
                [sys.executable, __file__, "--row", kind, str(size)],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            rows.append(json.loads(done.stdout.splitlines()[-1]))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
