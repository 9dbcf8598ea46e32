"""Value and gradient of our kernel in float64 against the values alone of pyoperon in float32.

    pip install pyoperon==0.6.2
    python tests/benchmarks/bench_kernel.py [--repeats 15] [--write]

One committed corpus of random expressions over + - * / sin exp with 9 inputs and 7, 15 or 25 nodes, all of
them finite at all points: `corpus_kernel.txt`, which --write makes again from its seed. One thread each, in
batch calls from programs that are built already (`native_us`): ours gives values and gradients, ten times as
many numbers as theirs, the values by `EvaluateTrees`, the fastest call of pyoperon that works. `with_packing`
counts the conversion of `Term`s too. Times are medians over interleaved repeats of the CPU time of the
process, so that other work on the machine counts as little as possible; both results are first compared with
SymPy's on a sample. Figures as JSON on stdout.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read when NumPy is loaded

import argparse
import json
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import sympy as sp

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from symgrad_widgets.formula.operators import OPERATORS
from symgrad_widgets.search.kernel.evaluation import gradients
from symgrad_widgets.search.terms.postfix import Term, pack, to_sympy

CORPUS = Path(__file__).with_name("corpus_kernel.txt")
SEED, INPUTS, COUNT, NODES, POINTS = 20261121, 9, 1000, (7, 15, 25), (100, 1000)
SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "s": "sin", "e": "exp"}
CODES = {sign: OPERATORS[name].code for sign, name in SIGNS.items()}


def data():
    """Return points, the same in every run."""
    return np.random.default_rng(SEED).uniform(0.5, 2, (INPUTS, max(POINTS)))


def term(line):
    """Return the term of a line of the corpus: postfix, a digit for an input, a sign for an operator."""
    return Term(tuple(-1 - int(sign) if sign.isdigit() else CODES[sign] for sign in line))


def drawn(nodes, rng):
    """Random expression: each of the six operators as likely as the next, sizes of the two sides uniform."""
    if nodes == 1:
        return str(rng.integers(INPUTS))
    if nodes == 2 or rng.random() < 1 / 3:
        return drawn(nodes - 1, rng) + rng.choice(["s", "e"])
    left = int(rng.integers(1, nodes - 1))
    return drawn(left, rng) + drawn(nodes - 1 - left, rng) + rng.choice(["+", "-", "*", "/"])


def write():
    """Draw the corpus: expressions whose values and gradients are finite, in float32 too, everywhere."""
    rng, X, lines = np.random.default_rng(SEED), data(), []
    for nodes in NODES:
        kept = []
        while len(kept) < COUNT:
            line = drawn(nodes, rng)
            values, slopes, ok = gradients([term(line)], X)
            if ok[0] and max(np.abs(values).max(), np.abs(slopes).max()) < 1e30 and line not in kept:
                kept.append(line)
        lines += kept
    CORPUS.write_text("\n".join(lines) + "\n")


class Pyoperon:
    """The same expressions as pyoperon's trees, and its batch evaluation."""

    def __init__(self, lines, X):
        import pyoperon

        self.count = len(lines)
        self.evaluate = pyoperon.EvaluateTrees
        self.table = np.asfortranarray(X.T.astype(np.float32))  # the data set only borrows it
        self.dataset = pyoperon.Dataset(self.table)
        self.range = pyoperon.Range(0, X.shape[1])
        self.hashes = [v.Hash for v in sorted(self.dataset.Variables, key=lambda v: v.Index)]
        node = pyoperon.Node
        self.nodes = {
            "+": node.Add,
            "-": node.Sub,
            "*": node.Mul,
            "/": node.Div,
            "s": node.Sin,
            "e": node.Exp,
        }
        self.variable = lambda i: node(pyoperon.NodeType.Variable, self.hashes[i])
        self.trees = [pyoperon.Tree(self._postfix(line)).UpdateNodes() for line in lines]
        self.out = np.zeros(self.count * X.shape[1], np.float32)

    def _postfix(self, line):
        """Nodes with the first argument last, as pyoperon has them."""
        stack = []
        for sign in line:
            if sign.isdigit():
                leaf = self.variable(int(sign))
                leaf.Value = 1.0
                stack.append([leaf])
            elif sign in "se":
                stack.append([*stack.pop(), self.nodes[sign]()])
            else:
                second, first = stack.pop(), stack.pop()
                stack.append([*second, *first, self.nodes[sign]()])
        return stack[0]

    def values(self):
        self.evaluate(self.trees, self.dataset, self.range, self.out, 1)
        return self.out.reshape(self.count, -1)


def check(lines, X, theirs):
    """Compare a sample of both with SymPy; the largest relative errors of value and gradient."""
    symbols = sp.symbols(f"x1:{INPUTS + 1}", real=True)
    sample = range(0, len(lines), len(lines) // 12)
    terms = [term(lines[p]) for p in sample]
    values, slopes, _ = gradients(terms, X)
    worst = dict.fromkeys(("value", "gradient", "pyoperon_value"), 0.0)
    their_values = theirs.values()
    for i, p in enumerate(sample):
        form = to_sympy(terms[i], symbols)
        rows = [form, *(sp.diff(form, s) for s in symbols)]
        exact = np.stack([np.broadcast_to(sp.lambdify(symbols, e, "numpy")(*X), X.shape[1]) for e in rows])
        worst["value"] = max(worst["value"], _error(values[i], exact[0]))
        worst["gradient"] = max(worst["gradient"], _error(slopes[i], exact[1:]))
        worst["pyoperon_value"] = max(worst["pyoperon_value"], _error(their_values[p], exact[0]))
    return worst


def _error(got, exact):
    """Median over the points of the error next to the size: single points may be ill-conditioned."""
    return float(np.median(np.abs(got - exact) / (np.abs(exact) + 1e-3 * np.abs(exact).max() + 1e-300)))


def cpu_time(call, least=0.02):
    """Seconds of CPU time of one call, over as many calls as fill `least` seconds."""
    calls, start = 0, time.process_time()
    while calls == 0 or time.process_time() - start < least:
        call()
        calls += 1
    return (time.process_time() - start) / calls


def cell(lines, X, repeats):
    """Medians and ratios for one size of expressions and one number of points."""
    terms = [term(line) for line in lines]
    programs, theirs = pack(terms), Pyoperon(lines, X)
    errors = check(lines, X, theirs)
    calls = {
        "native": lambda: gradients(programs, X),
        "with_packing": lambda: gradients(terms, X),
        "pyoperon": theirs.values,
    }
    times = {name: [] for name in calls}
    for _ in range(repeats + 1):  # the first is not counted
        for name, call in calls.items():
            times[name].append(cpu_time(call))
    medians = {name: statistics.median(t[1:]) for name, t in times.items()}
    return {
        **{f"{name}_us": round(1e6 * t / len(lines), 3) for name, t in medians.items()},
        "ratio": round(medians["pyoperon"] / medians["native"], 2),
        "ratio_with_packing": round(medians["pyoperon"] / medians["with_packing"], 2),
        "errors": {name: float(f"{e:.1e}") for name, e in errors.items()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="draw the corpus again")
    options = parser.parse_args()
    if options.write:
        write()
    lines = CORPUS.read_text().split()
    X = data()
    cells = [
        {"nodes": nodes, "points": points}
        | cell(
            [line for line in lines if len(line) == nodes],
            np.ascontiguousarray(X[:, :points]),
            options.repeats,
        )
        for points in POINTS
        for nodes in NODES
    ]
    report = {"least_ratio": min(c["ratio"] for c in cells), "cells": cells}
    print(json.dumps(report | {"machine": platform.processor() or platform.machine()}, indent=1))


if __name__ == "__main__":
    main()
