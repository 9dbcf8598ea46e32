"""False and true discoveries: fields without a law and fields with one, mixed, under one setting.

Prints JSON: how many of the fields without a law got a formula, how many of those with one got theirs.

    python tests/benchmarks/bench_discovery.py --each 100 --jobs 2
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import evaluate, parse

NOISE = 1e-2  # mean 1 - cos^2
LAWS = {  # formula: box of every input
    "x1 + x4": (0, 1, 4),
    "x1 + x5 + x9": (0, 1, 9),
    "x1 + x6 + x11 + x16": (0, 1, 16),
    "x1 - 2*x2 + 3*x3": (-1, 1, 4),
    "x1": (-1, 1, 3),
    "x1*x4 - x2*x3": (-1, 1, 4),
    "x1*x4 + x2*x5 + x3*x6": (0, 2, 6),
    "x1^2 + x2^2": (-1, 1, 2),
    "sin(x1) + x2^2/2": (-1, 1, 2),
    "x2^2/2 - cos(x1)": (-2, 2, 2),
    "x1^2/2 + x2^2/2 + exp(x1 + 1)": (-1, 1, 2),
    "x1^2 - x2^2 - x3^2 - x4^2": (0, 1, 4),
    "x1^2 + 2*x2^2": (-1, 1, 2),
    "x1^2 + sin(x2 + x3)": (-2, 0, 3),
    "exp(x1 - x2) - pi*x3": (-1, 1, 3),
    "x1*exp(-(x2^2 + x3^2)/2)": (0.1, 2, 3),
    "x1*x2/((x3 - x4)^2 + (x5 - x6)^2)": (0, 2, 6),
    "x1*x2 + x3*x4": (0, 2, 4),
    "x1*x2 + x3 + sin(x2*x3)": (0, 2, 3),
    "(x3^2 + x4^2)/2 - 1/sqrt(x1^2 + x2^2)": (0.2, 1, 4),
    "x1 - log(x1) + x2 - 2*log(x2)": (0.2, 3, 2),
    "1/x1 + 1/x2": (0.5, 3, 2),
    "x1^2*x2/x3": (0.5, 3, 3),
    "x1*x2*x3": (0.2, 2, 4),
    "(x1 - x2)*(x3 - x4)": (-1, 1, 4),
}


def with_law(seed):
    """Return a field of a known formula at the stated noise, and the formula."""
    text = list(LAWS)[seed % len(LAWS)]
    low, high, n = LAWS[text]
    rng = np.random.default_rng(seed)
    names = tuple(f"x{i + 1}" for i in range(n))
    x = rng.uniform(low, high, (1500, n))
    g = evaluate(parse(text, names), names, x)[1]
    g = g / np.linalg.norm(g, axis=1, keepdims=True) + np.sqrt(NOISE / (n - 1)) * rng.normal(size=g.shape)
    return sg.GradientField(x, g, names), text


def without_law(seed):
    """Return a field no formula of these inputs describes: three kinds in turn."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    x = rng.uniform(-1, 1, (1500, n))
    kind = (_directions, _deep_network, _driven)[seed % 3]
    return sg.GradientField(*kind(rng, x))


def _directions(rng, x):
    return x, rng.normal(size=x.shape)


def _deep_network(rng, x, width=64, depth=4, gain=4.0):
    """Gradient of a random tanh network of high gain."""
    h, jacobian = x, np.broadcast_to(np.eye(x.shape[1]), (len(x), x.shape[1], x.shape[1]))
    for _ in range(depth):
        w = gain * rng.normal(size=(h.shape[1], width)) / np.sqrt(h.shape[1])
        h = np.tanh(h @ w + rng.normal(size=width))
        jacobian = np.einsum("nij,jk,nk->nik", jacobian, w, 1 - h**2)
    return x, jacobian @ rng.normal(size=width)


def _driven(rng, x):
    """A driven oscillator's conserved quantity needs the phase of the drive, which is not among the inputs.

    d/dt of x, v: v, -x + F cos(w t). The invariant (x - A cos)^2 + (v + A w sin)^2 has its centre moved by an
    unknown phase at every point.
    """
    phase = rng.uniform(0, 2 * np.pi, len(x))
    centre = 3.0 * np.stack([np.cos(phase), -np.sin(phase)], 1)
    return x[:, :2], 2 * (x[:, :2] - centre)


def one(task):
    """Row of figures for one field."""
    kind, seed = task
    start = time.perf_counter()
    if kind == "law":
        field, text = with_law(seed)
        best = sg.Search(field, random_state=seed).run(seconds=60, progress=False).best
        same = best is not None and _same(best.expression, text, field)
    else:
        field, text, same = without_law(seed), None, None
        best = sg.Search(field, random_state=seed).run(seconds=60, progress=False).best
    return {
        "kind": kind,
        "seed": seed,
        "law": text,
        "best": best and str(best.expression),
        "loss": best and best.loss,
        "found": same,
        "seconds": round(time.perf_counter() - start, 2),
    }


def _same(expression, text, field):
    """The same concept; or, constants being as noisy as the field, directions equal to 1e-3."""
    verdict = sg.verify(expression, text, field=field)
    if verdict.same:
        return verdict.how
    a, b = (evaluate(e, field.names, field.points)[1] for e in (expression, parse(text, field.names)))
    cos = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    form = len(sp.Add.make_args(expression)) == len(sp.Add.make_args(sp.expand(parse(text, field.names))))
    return "noisy constants" if (1 - cos**2).mean() < 1e-3 and form else False


def main():
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rows", action="store_true", help="print every field as well")
    options = parser.parse_args()
    tasks = [(kind, seed) for seed in range(options.each) for kind in ("law", "none")]
    with ProcessPoolExecutor(options.jobs) as pool:
        rows = list(pool.map(one, tasks))
    laws, nones = ([r for r in rows if r["kind"] == kind] for kind in ("law", "none"))
    misses = [r for r in laws if not r["found"]] + [r for r in nones if r["best"]]
    print(
        json.dumps(
            {
                "fields with a law": len(laws),
                "found": sum(bool(r["found"]) for r in laws),
                "of these with constants off by over 1 %": sum(r["found"] == "noisy constants" for r in laws),
                "fields without": len(nones),
                "false formulas": sum(r["best"] is not None for r in nones),
                "median seconds": float(np.median([r["seconds"] for r in rows])),
                "misses": rows if options.rows else misses,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
