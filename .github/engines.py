"""Ten textbook formulas by both engines, side by side: `.venv/bin/python .github/engines.py FILE` (an hour).

The file is for notebooks/reference/engines.json, which the notebook shows where there is no Julia. Formulas
and ranges are some of those of Udrescu and Tegmark, arXiv 1905.11481.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.search.pysr.process import shared

FORMULAS = {
    "I.8.14": ("sqrt((x2 - x1)^2 + (y2 - y1)^2)", {"x1": (1, 5), "x2": (1, 5), "y1": (1, 5), "y2": (1, 5)}),
    "I.12.11": ("q*(E + B*v*sin(theta))", dict.fromkeys(("q", "E", "B", "v", "theta"), (1, 5))),
    "I.13.12": ("G*m1*m2*(1/r2 - 1/r1)", dict.fromkeys(("m1", "m2", "r1", "r2", "G"), (1, 5))),
    "I.14.4": ("k*x^2/2", dict.fromkeys(("k", "x"), (1, 5))),
    "I.16.6": ("(u + v)/(1 + u*v/c^2)", dict.fromkeys(("c", "v", "u"), (1, 5))),
    "I.24.6": ("m*(w^2 + w0^2)*x^2/4", dict.fromkeys(("m", "w", "w0", "x"), (1, 3))),
    "I.29.4": ("w/c", dict.fromkeys(("w", "c"), (1, 10))),
    "I.37.4": ("I1 + I2 + 2*sqrt(I1*I2)*cos(delta)", dict.fromkeys(("I1", "I2", "delta"), (1, 5))),
    "I.44.4": ("n*k*T*log(V2/V1)", dict.fromkeys(("n", "k", "T", "V1", "V2"), (1, 5))),
    "III.17.37": ("beta*(1 + alpha*cos(theta))", dict.fromkeys(("beta", "alpha", "theta"), (1, 5))),
}


def bent(formula, ranges):
    """Field of a neuron that knows a formula exactly and bends it: u + sin(3 u) / 4, u in its spread."""
    low, high = np.array([*ranges.values()], dtype=float).T
    points = np.random.default_rng(0).uniform(low, high, (400, len(low)))
    values, gradients = evaluate(parse(formula, [*ranges]), tuple(ranges), points)
    u = (values - values.mean()) / values.std()
    slope = (1 + 0.75 * np.cos(3 * u)) / values.std()
    return sg.GradientField(points, slope[:, None] * gradients, tuple(ranges), u + np.sin(3 * u) / 4)


def row(name, formula, field, engine, seconds):
    """What one engine finds, with all operators of the table."""
    start = time.perf_counter()
    search = sg.Search(field, backend=engine)
    search.run(seconds=seconds, progress=False)
    best, took = search.best, time.perf_counter() - start
    return {
        "name": name,
        "formula": formula,
        "engine": engine,
        "found": "none" if best is None else str(best.expression),
        "kind": search.kind,
        "loss": None if best is None else best.loss,
        "right": best is not None and bool(sg.verify(best.expression, formula, field=field).same),
        "seconds": round(took, 1),
    }


def record(formulas, seconds):
    """Rows of both engines, and when and with what they were recorded."""
    julia = shared()  # one for all, also between two searches
    fields = {name: bent(*given) for name, given in formulas.items()}
    rows = [
        row(name, formulas[name][0], field, engine, seconds)
        for name, field in fields.items()
        for engine in ("native", "pysr")
    ]
    versions = ", ".join(f"{name} {version}" for name, version in julia.versions.items())
    when = f"{datetime.now(UTC):%Y-%m-%d} with symgrad {sg.__version__}, {versions}"
    return {"told": f"Recorded on {when}; at most {seconds} s each.", "rows": rows}


def main(path, formulas=FORMULAS, seconds=150):
    """Write the record."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record(formulas, seconds), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
