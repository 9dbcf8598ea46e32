"""The process with Julia: it reads JSON requests from stdin, one per line, and writes JSON answers to stdout.

This module runs as a script, and imports nothing from this package. Everything that Julia or Python prints
goes to stderr, which is the log.

    {"do": "open", "number": 1, "arrays": FILE, "keep": [], ...}  ->  {"opened": 1}
    {"do": "step", "number": 1, "block": 0, "iterations": 10, "seed": 0}
        ->  {"front": [[text, loss, size], ...], "evaluations": 1000}
    {"do": "losses", "number": 1, "formulas": [JULIA]}  ->  {"losses": [...]}

The first line, {"ready": versions}, comes without a request. An interrupt (SIGINT) ends a step. The answer is
then {"interrupted": true}, and the search is as it was before the step. The answer after an error is
{"error": type, "text": message}.
"""

import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path

import numpy as np

ZYGOTE = "e88e6eb3-aa80-5325-afca-941959d7151f"  # Julia's package of derivatives, which the objective needs
ARRAYS = "X", "tangent", "unit", "weights"


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")  # Julia also writes to file descriptor 1,
    os.dup2(2, 1)  # which is the log from here on

    def answer(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        engine = Engine()
        answer({"ready": engine.versions})
        for line in sys.stdin:
            answer(engine.answer(json.loads(line)))
    except BaseException as error:  # noqa: BLE001 - Julia's errors come as bare exceptions
        traceback.print_exc()
        answer({"error": type(error).__name__, "text": told(str(error))})
        return 1
    return 0


def told(error):
    """Return an error's text, and the first three of our own functions in its Julia stack trace."""
    message, frames = re.split(r"\n *Stacktrace:\n", error + "\nStacktrace:\n", maxsplit=1)
    ours = re.findall(r"\[\d+\] ([^(\n]+)[^\n]*\n *@ ([^\n]*(?:objective|operators)\.jl:\d+)", frames)
    return "\n".join([message[:2000], *(f"in {name} at {place}" for name, place in ours[:3])])


class Engine:
    def __init__(self):
        # In this folder, juliapkg finds the Julia packages that we need.
        sys.path.append(str(Path(__file__).parents[3]))
        import pysr
        from pysr.julia_extensions import load_package

        self.pysr, self.jl = pysr, pysr.jl
        load_package("Zygote", ZYGOTE)
        text = Path(__file__).with_name("objective.jl").read_text(encoding="utf-8")
        self.jl.Base.include_string(self.jl.Main, text, "objective.jl")
        self.versions = {"pysr": pysr.__version__, "julia": str(self.jl.VERSION)}
        self.problems, self.defined = {}, set()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # PySR handles it while it runs

    def answer(self, request):
        number = request["number"]
        if request["do"] == "open":
            self.problems = {n: self.problems[n] for n in request["keep"] if n in self.problems}
            self.define(request["definitions"])
            self.problems[number] = Problem(self.pysr, request)
            return {"opened": number}
        problem = self.problems[number]
        problem.use()
        if request["do"] == "losses":
            return {"losses": problem.losses(request["formulas"])}
        return problem.block(request["block"], request["iterations"], request["seed"])

    def define(self, text):
        """Define operators, one per line, each only once: a redefinition recompiles all code that uses it."""
        lines = [line for line in text.splitlines() if line not in self.defined]
        self.jl.Base.include_string(self.jl.Main, "\n".join(lines), "operators.jl")
        self.defined.update(lines)


class Problem:
    """A field, and PySR's search on it."""

    def __init__(self, pysr, request):
        import sympy
        from pysr.julia_helpers import jl_numpy_array

        self.jl, self.vector = pysr.jl, jl_numpy_array
        self.done, self.last = 0, None
        with np.load(request["arrays"], allow_pickle=False) as arrays:
            self.X, self.tangent, self.unit, self.weights = (arrays[name] for name in ARRAYS)
        self.inputs, self.loss = request["inputs"], request["loss"]
        self.binary, self.unary = request["binary"], request["unary"]
        arguments = dict(request["parameters"])
        if "default_plugins" in arguments:
            plugins = arguments["default_plugins"].items()
            arguments["default_plugins"] = [getattr(pysr, name)(**options) for name, options in plugins]
        self.model = pysr.PySRRegressor(
            binary_operators=self.binary,
            unary_operators=self.unary,
            extra_sympy_mappings={n: sympy.Function(n) for n in self.binary + self.unary if n[:3] == "sg_"},
            loss_function=self.loss,
            warm_start=True,
            guesses=request["guesses"] or None,
            temp_equation_file=True,
            tempdir=request["folder"],
            run_id="run",
            input_stream="devnull",
            progress=False,
            **arguments,
        )

    def use(self):
        """Let the objective compare formulas with this field."""
        sizes = (self.inputs, self.X.shape[1], self.unit.shape[2], self.unit.shape[1])
        field = (self.vector(part.ravel()) for part in (self.tangent, self.unit, self.weights))
        self.jl.symgrad_use(*field, *sizes)

    def block(self, number, iterations, seed):
        """Return the answer of the next block, or the last answer again if nobody received it."""
        if number == self.done:
            answer = self.step(iterations, seed)
            if "interrupted" in answer:
                return answer
            self.done, self.last = number + 1, answer
        return self.last

    def step(self, iterations, seed):
        """Run some iterations, and return the front. Undo interrupted iterations, and report this."""
        before = self.model.__dict__.copy()
        count = int(self.jl.symgrad_evaluations())
        self.model.set_params(niterations=iterations, random_state=seed)
        names = [f"x{i + 1}" for i in range(self.X.shape[1])]
        self.model.fit(self.X, self.X[:, 0], variable_names=names)
        if self.model.interrupted_:
            self.model.__dict__.clear()
            self.model.__dict__.update(before)
            return {"interrupted": True}
        self.model.set_params(guesses=None)  # PySR has received the guesses
        table = self.model.equations_
        rows = zip(table["equation"], table["loss"], table["complexity"], strict=True)
        front = [[str(text), float(loss), int(size)] for text, loss, size in rows]
        return {"front": front, "evaluations": int(self.jl.symgrad_evaluations()) - count}

    def losses(self, formulas):
        """Return the loss of each formula, computed by the objective itself."""
        lists = [self.jl.seval(f"[{', '.join(names)}]") for names in (self.unary, self.binary)]
        names = self.jl.seval(str([f"x{i + 1}" for i in range(self.X.shape[1])]).replace("'", '"'))
        texts = self.jl.seval(json.dumps(formulas, ensure_ascii=True))
        X = self.vector(np.ascontiguousarray(self.X.T))
        return [float(x) for x in self.jl.symgrad_losses(self.jl.seval(self.loss), texts, X, names, *lists)]


if __name__ == "__main__":
    sys.exit(main())
