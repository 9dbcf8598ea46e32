# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Four engines on one neuron: it depends on what you match
#
# Many good programs find formulas for data. Here, four programs look at the same neuron. Two match the *directions* of
# the neuron's gradients, and two match its *values*. Then we bend the neuron, which loses no information, and run all
# four programs again.
#
# **30 minutes.** First read [the spring](../physics/07_oscillator.ipynb). All notebooks: [index](index.ipynb).
#
# **What people think first:** all you need is a better search engine.
#
# | word | meaning here |
# |---|---|
# | engine | a program that searches for formulas |
# | matching directions | the formula's gradients should be parallel to the neuron's: loss = mean of $1-\cos^2$ |
# | matching values | the formula itself should equal the neuron: error = fraction of the neuron's variance that is not explained |
# | bend | a growing function $\varphi$; the neuron $\varphi(g)$ contains the same information as $g$ |
#
# The engines are *native*, which is this project's own; *PySR*, which runs in Julia, uses the same loss, and is
# optional; *operon*, which does symbolic regression of values; and *polynomials*, which are fitted by least squares
# (arXiv 2003.04299).
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 20  # time limit for each search, in seconds
guess_first = True  # False: show every answer at once

# %%
import json
import time
from pathlib import Path

import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import baselines, plots
from symgrad_widgets.search.pysr import look

# %% [markdown]
# ## One neuron, and the same one bent
#
# The network has learnt which snapshots $(x, v)$ of an oscillator lie on one orbit. Its neuron computes the energy,
# $x^2+v^2$, bent by an unknown function.

# %%
exp = sg.experiments["oscillator"]
run = exp.pretrained()
plain = sg.gradient_field(run.model, run.x, names=run.names)
plain

# %% [markdown]
# Now we bend the neuron once more. Let $u$ be the neuron's value in units of its spread. The new neuron computes
# $\varphi(u)=u+\frac14\sin 3u$, whose slope $1+\frac34\cos 3u$ is always positive. By the chain rule, each gradient is
# multiplied by this slope, and keeps its direction.

# %%
u = (plain.values - plain.values.mean()) / plain.values.std()
slope = 1 + 0.75 * np.cos(3 * u)
bent = sg.GradientField(plain.points, slope[:, None] * plain.gradients, plain.names, u + np.sin(3 * u) / 4)
sg.Panel(plots.phi_picture(u, bent.values))

# %% [markdown]
# The curve never turns back, so you can compute the old value from the bent value. No information was lost.

# %%
engines = sg.Question("Which of the four engines will not notice the bend at all?", hidden=guess_first)
engines

# %% [markdown]
# ## Matching directions: the native engine

# %%
seconds, found = {}, {}
for name, field in {"plain": plain, "bent": bent}.items():
    start = time.perf_counter()
    search = sg.Search(field, random_state=seed)
    search.run(seconds=budget, progress=False)
    seconds["native", name], found["native", name] = time.perf_counter() - start, search.best

# %%
stepper = sg.SearchStepper(search)
stepper.goto(0 if guess_first else search.generation)
sg.Answer(engines, stepper)

# %% [markdown]
# The native engine saw the same directions twice, so it gave the same answer twice.
#
# ## Matching directions: PySR
#
# PySR knows nothing about gradients, but accepts your own loss function. We use the same $1-\cos^2$, in Julia, in a
# separate process. Here, one generation is a block of ten iterations of PySR. `symgrad julia` installs PySR (2 GB).

# %%
pysr = look()
for name, field in {"plain": plain, "bent": bent}.items() if pysr.ready else ():
    start = time.perf_counter()
    second = sg.Search(
        field, operators=["add", "sub", "mul", "div", "sin", "exp"], backend="pysr", random_state=seed
    )
    second.run(seconds=6 * budget, generations=2, progress=False)
    seconds["PySR", name], found["PySR", name] = time.perf_counter() - start, second.best
print(pysr)

# %% [markdown]
# PySR's time includes the start of Julia, half a minute or more. If you have no Julia, you see recorded results from
# a machine with Julia: what both engines found for ten textbook formulas, each bent.

# %%
recorded = json.loads(Path("engines.json").read_text(encoding="utf-8"))
line = "{name:10} {engine:7} {seconds:6.1f} s  {kind:14} right: {right!s:6} {found}"
lines = [recorded["told"], *(line.format(**row) for row in recorded["rows"])]
sg.Answer(engines, "PySR ran here." if pysr.ready else "\n".join(lines))

# %% [markdown]
# ## Matching values: symbolic regression
#
# operon minimises the squared error between formula and neuron. We take its most accurate formula, as you would without knowing the answer.

# %%
for name, field in {"plain": plain, "bent": bent}.items():
    start = time.perf_counter()
    try:
        fits = baselines.fit_value(field.points, field.values, field, seconds=budget, random_state=seed)
    except baselines.MissingPackageError as missing:
        print(missing)
        break
    seconds["operon", name] = time.perf_counter() - start
    found["operon", name] = min(fits, key=lambda fit: fit.error)

# %% [markdown]
# ## Matching values: polynomials
#
# We fit all monomials up to degree six, by least squares. Again we take the most accurate fit.

# %%
for name, field in {"plain": plain, "bent": bent}.items():
    start = time.perf_counter()
    fits = baselines.fit_polynomials(field.points, field.values, field, degree=6)
    seconds["polynomials", name] = time.perf_counter() - start
    found["polynomials", name] = min(fits, key=lambda fit: fit.error)

# %% [markdown]
# ## The table
#
# All losses are means of $1-\cos^2$, even for engines that never saw a gradient.

# %%
same, lines = {}, []
for case, best in found.items():
    same[case] = best is not None and sg.verify(best.expression, exp.concepts, field=plain).same
    size, loss = (best.complexity, f"{best.loss:.1e}") if best else ("-", "-")
    verdict = "the concept" if same[case] else "another formula"
    lines.append(
        f"{case[0]:12} {case[1]:6} {seconds[case]:6.1f} s  {size:>4} nodes  loss {loss:8}  {verdict}"
    )
sg.Answer(engines, "\n".join(lines))

# %%
written = {case: str(best.expression)[:150] if best else "none" for case, best in found.items()}
sg.Answer(engines, "\n".join(f"{engine}, {name}: {text}" for (engine, name), text in written.items()))

# %% [markdown]
# Read the *loss*. For engines that match directions, both neurons give the same loss. The polynomial does well on the
# plain neuron, which is hardly bent. On the bent neuron, the polynomial needs many terms to follow the waves, and its
# gradients point elsewhere. operon spends its nodes on the bend.
#
# Where does a formula fitted to values go wrong? Here are the directions of such a formula, on the bent neuron.

# %%
by_value = found.get(("operon", "bent")) or found["polynomials", "bent"]
sg.Answer(engines, sg.FieldView(bent, by_value, worst=5))

# %% [markdown]
# The directions are right on average, but wrong in places: where the bent neuron is nearly flat, an error of one per
# cent in the value can turn a gradient by many degrees.
#
# Could you not search for the bend as well? operon did, because it had `sin` and `exp`. But the bend is a second
# formula, and operon can spend each node only once.
#
# ## Try it
#
# 1. With waves of $\frac1{20}\sin 3u$ instead of $\frac14\sin 3u$, does the polynomial find the right formula?
# 2. Add noise to the values. Which engines are affected?
#
# **You can now** choose what to match before you choose an engine. Go on with [doubts about a formula](../beyond/36_open_questions.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert same["native", "plain"], found["native", "plain"]
assert same["native", "bent"], found["native", "bent"]
assert same.get(("PySR", "plain"), True), found["PySR", "plain"]
assert same.get(("PySR", "bent"), True), found["PySR", "bent"]
assert np.isclose(found["native", "plain"].loss, found["native", "bent"].loss, rtol=0.01, atol=1e-9)
assert not same["polynomials", "bent"], found["polynomials", "bent"]
assert not same.get(("operon", "bent"), False), found["operon", "bent"]
assert found["polynomials", "bent"].loss > 1000 * found["native", "bent"].loss
