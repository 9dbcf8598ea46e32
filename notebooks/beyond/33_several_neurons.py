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
# A planet conserves its energy, and other quantities too. Each line below joins two points of one orbit. How many
# quantities stay the same? To count them, you need no formula: count the independent directions of the neurons'
# gradients.

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots, studies

kepler = sg.experiments["kepler"]
data = kepler.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, kepler.names, limit=60))

# %% [markdown]
# **35 minutes.** First read [Kepler's problem](../physics/11_kepler.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** count concepts before you know any, check the count without a network, and train networks that each learn
# a new concept.
#
# **What people think first:** a second network finds a second law.
#
# | word | meaning here |
# |---|---|
# | invariant | a quantity that has the same value for both partners of a pair |
# | span | all directions that you can combine from the neurons' gradients at a point |
# | rank | number of independent directions in the span |
# | similar matrices | $A$ and $M A M^{-1}$: one linear map, seen in two bases |
# | stranger | a third point, which the network learns to distinguish from the pair |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0  # for the matrices and the networks trained on them; the planet's network comes with the package
budget = 60  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
import numpy as np
import sympy as sp

# %% [markdown]
# ## The count, by hand
#
# This network has four neurons, so each point has four gradients in four dimensions. Scale the gradients to equal
# length, stack them, and look at the singular values: the square of the first value says how much one direction
# explains, and so on.

# %%
count = sg.Question("How many of the four directions will explain something?", hidden=guess_first)
count

# %%
run = kepler.pretrained()
planets = sg.gradient_field(run.model, run.x, neuron=run.neuron, names=run.names)
directions = planets.gradients / np.linalg.norm(planets.gradients, axis=2, keepdims=True)
singular = np.linalg.svd(directions, compute_uv=False)
sg.Answer(count, f"{(singular**2).mean(axis=0).round(4)} of {directions.shape[1]}, rank {planets.rank}")

# %% [markdown]
# <details><summary>Why it cannot be four</summary>
#
# The orbit takes one of the four dimensions. So at most three quantities can stay constant.
#
# </details>
#
# AI Poincaré (arXiv 2011.04698) counts conserved quantities this way.
#
# ## What we counted
#
# In [Kepler's problem](../physics/11_kepler.ipynb), you find three formulas in this network. Do they lie in the span?
# Does $x_1v_1 + x_2v_2$, which changes along an orbit?

# %%
lies = {law: sg.score(planets, law).loss for law in (*kepler.concepts, "x1*v1 + x2*v2")}
sg.Answer(count, "\n".join(f"{loss:.1e}  {law}" for law, loss in lies.items()))

# %% [markdown]
# <details><summary>What they are</summary>
#
# The formulas are angular momentum, energy, and a component of the Laplace-Runge-Lenz vector, which points to the
# planet's closest approach.
#
# </details>
#
# ## A count without a network
#
# Which numbers do similar matrices share? Count first. A small change of basis, $M = I + \epsilon X$, moves a matrix by
# $\epsilon (XA - AX)$. The rank of this map is the number of directions that lead to similar matrices. Shared
# quantities can only vary in the other directions.

# %%
rng = np.random.default_rng(seed)
shared = {}
for size in (2, 3, 4):
    a, one = rng.normal(size=(size, size)), np.eye(size)
    moved = np.linalg.matrix_rank(np.kron(one, a.T) - np.kron(a, one))
    shared[size] = size**2 - moved
    print(
        f"{size} x {size}: {size**2} entries, {moved} directions to similar matrices, {shared[size]} invariants"
    )

# %% [markdown]
# ## A network that stops at the first invariant
#
# Pairs are 3 x 3 matrices $A$ and $M A M^{-1}$ with random $A$ and $M$; pairs with large entries are left out.

# %%
a, m = rng.uniform(-1, 1, (2, 110_000, 3, 3))
b = m @ a @ np.linalg.inv(m)
near = np.abs(b).max(axis=(1, 2)) < 2
pairs = (matrices[near].reshape(-1, 9) for matrices in (a, b))
exp = sg.Experiment.from_pairs(*pairs, [f"x{i + 1}" for i in range(9)])

# %%
runs = [exp.train(seed=seed, progress=False, epochs=8)]
print("share of the variance within pairs:", runs[0].within)

# %% [markdown]
# The neuron's values for partners nearly agree. We know three invariants: the trace, the sum of the principal minors,
# and the determinant.

# %%
which = sg.Question("Which of the three invariants has the neuron learnt?", hidden=guess_first)
which

# %%
A = sp.Matrix(3, 3, sp.symbols("x1:10", real=True))
minors = sp.expand((A.trace() ** 2 - (A * A).trace()) / 2)
concepts = {"trace": A.trace(), "minors": minors, "determinant": A.det()}
field = sg.gradient_field(runs[0].model, runs[0].x, names=exp.names)
lines = [f"{name:12} {sg.score(field, concept).loss:.1e}" for name, concept in concepts.items()]
sg.Answer(which, "\n".join(lines))

# %% [markdown]
# The network found the easiest invariant. To find another, make this invariant useless.
#
# ## Strangers that share the first invariant
#
# Give each matrix a stranger *with the same value of the first neuron*. Then the second network must learn something
# else. `exp.given(run)` is the experiment with such strangers.

# %%
for name, asked in {"plain": exp, "given the first": exp.given(runs[0])}.items():
    rows = asked.sample(10_000, seed)
    apart = (rows.anchor - rows.negative)[:, [0, 4, 8]].sum(axis=1)
    print(f"{name:16} traces of strangers differ by {np.median(np.abs(apart)):.4f}")

# %% [markdown]
# Train the second network, then a third, whose strangers share both neurons' values:

# %%
for _ in range(2):
    runs.append(exp.given(*runs).train(seed=seed, progress=False, epochs=10))
    print("share of the variance within pairs:", runs[-1].within)

# %% [markdown]
# `sg.SideBySide` joins several networks into one:

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
words = "Loss of each invariant on the span: low for the trace with one network, for the minors with two."
title, ticks = "What the networks know together", ((1, "1"), (2, "2"), (3, "3"))
plots.Picture(title, "networks", "loss", marks, words, log_y=True, ticks=ticks)

# %% [markdown]
# Each network lowers the loss of one invariant, and the rank is three, as counted. The second neuron need not *be* the
# sum of the minors. The pairs determine only the span.
#
# ## Read it
#
# `sg.interpret` finds the formula that fits the span best, and removes the formula's direction at each point. Then it
# searches again, until nothing is left. Similar matrices share polynomials in the entries, so the search needs only
# products.

# %%
some = sg.gradient_field(model, runs[0].x[:1500], neuron=[0, 1, 2], names=exp.names)
settings = {"operators": ["mul", "square"], "seconds": budget, "random_state": seed}
result = sg.interpret(some, concept=list(concepts.values()), **settings)
rows = zip(result.concepts, result.verdicts, strict=True)
lines = [f"{verdict.how:8} {found.loss:.1e}  {found.expression}" for found, verdict in rows]
sg.Answer(which, "\n".join(lines))

# %% [markdown]
# The second formula can also be the trace of $A^2$, which is $\mathrm{tr}(A)^2 - 2 c_2$, where $c_2$ is the sum of
# minors. If you know the trace, either formula gives the other.
#
# ## How sure are these results?
#
# Here are more seeds. *Found* counts runs that find all known concepts and nothing else. The last line is a control:
# pairs that share nothing.

# %%
several = studies.shipped("several")
studies.table(several)

# %% [markdown]
# The method fails for the planet: its second network is flat except on a few wide orbits. The more concepts are known,
# the rarer are suitable strangers.
#
# ## Exercises
#
# 1. A change of basis by an orthogonal matrix, $Q A Q^T$, moves a matrix in fewer directions, because $X$ in
#    $M = I + \epsilon X$ is antisymmetric. How many invariants does a 3 x 3 matrix have then?
# 2. For which $k$ is $\mathrm{tr}(A)^2 - k\,\mathrm{tr}(A^2)$ the sum of the principal minors, up to a factor?

# %%
orthogonal = ...  # exercise 1: a number
turns = [m - m.T for m in rng.normal(size=(20, 3, 3))]
a = rng.normal(size=(3, 3))
moved = np.linalg.matrix_rank([(x @ a - a @ x).ravel() for x in turns])
sg.check_answer(orthogonal, a.size - moved, within=0)

# %%
k = ...  # exercise 2: a number
sg.check_answer(k, lambda k: sg.verify(A.trace() ** 2 - k * (A * A).trace(), minors))

# %% [markdown]
# **You can now** count laws, and train a network to find the next law. Go on with [splicing](34_splicing.ipynb), or
# with [physical dimensions](35_units.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert np.mean(singular[:, 3] ** 2) < 1e-3, singular
*concepts_lie, moving = lies.values()
assert planets.rank == 3, planets
assert max(concepts_lie) < 1e-2, lies
assert moving > 0.1, lies
assert shared == {2: 2, 3: 3, 4: 4}, shared
assert (result.rank, len(result.concepts)) == (3, 3), result
assert all(verdict.same for verdict in result.verdicts), result
assert [sum(losses[k] < 1e-3 for losses in loss.values()) for k in range(3)] == [1, 2, 3], loss
assert sg.score(field, "x1*x5").loss > 0.1

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
orthogonal = 6
assert sg.check_answer(orthogonal, a.size - moved, within=0)
k = 1
assert sg.check_answer(k, lambda k: sg.verify(A.trace() ** 2 - k * (A * A).trace(), minors))
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Six: the matrix has nine entries, and rotations move the matrix in three directions.
# 2. $k = 1$. So once the trace is known, the trace of $A^2$ gives the sum of minors.
#
# <!-- END SOLUTION -->
