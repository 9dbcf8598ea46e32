# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Several neurons: count first, then read
#
# A planet keeps its energy, and not its energy alone. How many such quantities are there? A count needs no formula:
# it is the number of independent directions in which the gradients of the neurons point.
#
# **Goals.** You will count the concepts in the neurons of a network before you know one of them, check the count
# by an argument that needs no network, and train networks one after another, each for what those before it do not know.
#
# | word | meaning here |
# |---|---|
# | invariant | what two partners of a pair have in common |
# | span | all directions that can be put together from the neurons' gradients at a point |
# | rank | number of independent directions in the span |
# | similar matrices | $A$ and $M A M^{-1}$: one linear map, seen in two bases |
# | stranger | the point that a network learns to tell from the two of a pair |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0  # of the matrices and of what is trained on them; the planet's network comes with the package
budget = 60  # seconds that each of the two searches may take at most

# %%
import numpy as np
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets import plots, studies

# %% [markdown]
# ## The count, by hand
#
# Take a network that was trained on Kepler orbits, with four output neurons. At each point there are four gradients in
# four dimensions. Make them equally long, stack them into a matrix, and look at its singular values: the square of the
# first is what one direction explains of the four arrows, and so on.

# %%
kepler = sg.experiments["kepler"]
run = kepler.pretrained()
planets = sg.gradient_field(run.model, run.x, neuron=run.neuron, names=run.names)
directions = planets.gradients / np.linalg.norm(planets.gradients, axis=2, keepdims=True)
singular = np.linalg.svd(directions, compute_uv=False)
print((singular**2).mean(axis=0).round(4), "of", directions.shape[1])

# %% [markdown]
# Three directions explain something, the fourth nothing: of four neurons, one says only what the others have said. So there
# are three concepts, whatever they are. This is the idea with which AI Poincaré (arXiv 2011.04698) counts conserved
# quantities. The library does the same after it has made the neurons equally strong and uncorrelated, and
# holds each direction against what random gradients would have there:

# %%
planets.rank

# %% [markdown]
# **Predict:** why can it not be four?
#
# If nothing changed along an orbit, the planet would stand still. An orbit takes one of the four
# dimensions, and what is constant along it can take the other three at most.
#
# ## Reading what was counted
#
# `sg.interpret` searches the span for the formula that fits best, takes its direction out at each point, and goes on
# in what is left until nothing is.

# %%
orbits = sg.interpret(planets, concept=kepler.concepts, seconds=budget)
for found, verdict in zip(orbits.concepts, orbits.verdicts, strict=True):
    print(f"{verdict.how:8} {found.loss:.1e}  {found.expression}")

# %% [markdown]
# Three were counted and three are read: angular momentum, energy, and a component of the Runge-Lenz vector, which points
# to the place where the planet is nearest.
#
# ## A count without a network
#
# Which numbers do two similar matrices share? Again the count comes first. A small change of basis,
# $M = I + \epsilon X$ with the identity matrix $I$, moves a matrix by $\epsilon (XA - AX)$. This is linear in $X$, and its
# rank is the number of directions in which similar matrices lie. The others are left for what they share.

# %%
rng = np.random.default_rng(seed)
shared = {}
for size in (2, 3, 4):
    a, one = rng.normal(size=(size, size)), np.eye(size)
    moved = np.linalg.matrix_rank(np.kron(one, a.T) - np.kron(a, one))
    shared[size] = size**2 - moved
    print(f"{size} x {size}: {size**2} entries, {moved} directions move, {shared[size]} invariants")

# %% [markdown]
# ## A network that stops at the first
#
# The paper reads the determinant from matrices that are shifted to trace 5, so that the trace does not distract. We leave
# our 3 x 3 matrices as they are. Pairs are $A$ and $M A M^{-1}$ with random entries; those with large entries are left out.

# %%
a, m = rng.uniform(-1, 1, (2, 160_000, 3, 3))
b = m @ a @ np.linalg.inv(m)
near = np.abs(b).max(axis=(1, 2)) < 2
pairs = (matrices[near].reshape(-1, 9) for matrices in (a, b))
exp = sg.Experiment.from_pairs(*pairs, [f"x{i + 1}" for i in range(9)])

# %%
runs = [exp.train(seed=seed, progress=False)]
print("variance within pairs, of 1:", runs[0].within)

# %% [markdown]
# One neuron, and the two of a pair hardly differ in it. Which invariant has it learnt? **Predict** before you look:
# trace, sum of the principal minors, or determinant?

# %%
A = sp.Matrix(3, 3, sp.symbols("x1:10", real=True))
minors = sp.expand((A.trace() ** 2 - (A * A).trace()) / 2)
concepts = {"trace": A.trace(), "minors": minors, "determinant": A.det()}
field = sg.gradient_field(runs[0].model, runs[0].x, names=exp.names)
for name, concept in concepts.items():
    print(f"{name:12} {sg.score(field, concept).loss:.1e}")

# %% [markdown]
# The easiest one, a sum. Whoever wants the second has to make the first useless.
#
# ## Strangers who are alike
#
# A network learns what its strangers make useful. Give each matrix a stranger *with the same value of the first
# neuron*: then neither that neuron nor any function of it tells the two apart, and something else has to be learnt. No one
# needs to know what the neuron means. `exp.given(run)` is the experiment with such strangers.

# %%
for name, asked in {"plain": exp, "given the first": exp.given(runs[0])}.items():
    rows = asked.sample(10_000, seed)
    apart = (rows.anchor - rows.negative)[:, [0, 4, 8]].sum(axis=1)
    print(f"{name:16} traces of strangers differ by {np.median(np.abs(apart)):.4f}")

# %% [markdown]
# Now the second network, and a third given both. Each takes about fifteen seconds on a free core.

# %%
for _ in range(2):
    runs.append(exp.given(*runs).train(seed=seed, progress=False))
    print("variance within pairs, of 1:", runs[-1].within)

# %% [markdown]
# `sg.SideBySide` makes one network of several. Count, and score the known invariants on the span of one, two and three:

# %%
loss = {name: [] for name in concepts}
for k in (1, 2, 3):
    model = sg.SideBySide(*(run.model for run in runs[:k]))
    field = sg.gradient_field(model, runs[0].x, neuron=list(range(k)), names=exp.names)
    for name, concept in concepts.items():
        loss[name].append(sg.score(field, concept).loss)
    print(f"{k}: rank {field.rank},", ", ".join(f"{name} {loss[name][-1]:.1e}" for name in concepts))

# %%
looks = {"trace": ("#2B83C6", "solid"), "minors": ("#E69F00", "dashed"), "determinant": ("#888888", "dotted")}
marks = tuple(
    plots.Mark("line", {"x": (1, 2, 3), "y": loss[name]}, colour, name, dash, 3)
    for name, (colour, dash) in looks.items()
)
words = "Loss of each invariant on the span: the trace is low from the first network on, the minors from the second."
title, ticks = "What the networks know together", ((1, "1"), (2, "2"), (3, "3"))
plots.Picture(title, "networks", "loss", marks, words, log_y=True, ticks=ticks)

# %% [markdown]
# Each network brings one invariant down. Rank three, as the argument from the group says it must be, and all three lie in
# the span. The second neuron need not *be* the sum of the minors: any function of it and of the trace is as good, and so
# on for the third. Only the span is determined.
#
# ## Reading it

# %%
result = sg.interpret(field, concept=list(concepts.values()), seconds=budget, random_state=seed)
for found, verdict in zip(result.concepts, result.verdicts, strict=True):
    print(f"{verdict.how:8} {found.loss:.1e}  {found.expression}")

# %% [markdown]
# The second formula is not the sum of minors $c_2$. It is the trace of $A^2$, which is $\mathrm{tr}(A)^2 - 2 c_2$: once
# the trace is known, the one is as good as the other, and the shorter one is reported. The third has six products with
# alternating signs, the determinant, from networks that were told of nothing but pairs.
#
# ## How sure is that?
#
# One training is one training. The same for other pairs and more seeds: networks are trained until one shares nothing
# within its pairs, or adds no direction. *found* means that all known concepts were read and nothing else.
# The last line is a control, pairs of strangers, where nothing is shared and nothing should be counted.

# %%
several = studies.shipped("several")
studies.table(several)

# %% [markdown]
# The planet shows how it fails. Its second network is flat but for a few wide orbits, which are nearly unbound: a good
# ratio of variances, and too few points to be of use. (The network with four neurons above, trained for
# another loss, has all three.) And the more is known, the fewer strangers agree in all of it. With three neurons known a
# fourth network lives on what little the strangers differ in. It adds no direction, so the count stays right.
#
# ## Exercises
#
# 1. *Predict first:* train a fourth network given three. What is the rank of all four together?
# 2. Train a second network without `given`, with another seed. What is the rank of the two? And that of one network with
#    `latent=4`?
# 3. Orthogonal matrices $Q A Q^T$ move a matrix in fewer directions. How many invariants has a 3 x 3 matrix then?

# %% [markdown]
# The last cell checks what this notebook claims.

# %%
assert np.mean(singular[:, 3] ** 2) < 1e-3, singular
assert (orbits.rank, len(orbits.concepts)) == (3, 3), orbits
assert shared == {2: 2, 3: 3, 4: 4}, shared
assert (result.rank, len(result.concepts)) == (3, 3), result
assert all(verdict.same for verdict in orbits.verdicts + result.verdicts), (orbits, result)
assert [sum(losses[k] < 1e-3 for losses in loss.values()) for k in range(3)] == [1, 2, 3], loss
assert sg.score(field, "x1*x5").loss > 0.1
