# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The trace of a 4x4 matrix: sixteen inputs
#
# Whoever looks for a formula by trial has to fear large numbers. A matrix of 4x4 entries is a row of sixteen
# inputs, and the ways to combine them grow faster than anything. The pairs are similar matrices $A$ and $MAM^{-1}$,
# as in notebooks 01 and 03; only the size is new.
#
# **Goals.** You will see what can grow, and what need not. For a sum of inputs there is nothing to search for: one
# small eigenproblem gives all sixteen coefficients at once. And where squares and products are allowed, taking
# away beats putting together.
#
# | word | meaning here |
# |---|---|
# | monomial | an input, or a product of inputs |
# | basis | a list of terms, of which the formula is to be a sum |
# | elimination | drop the term that is missed least, solve again, and so on |
# | floor | loss of the true concept: how imperfect the network is |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # seconds the search may take at most

# %%
from math import comb

import numpy as np
from scipy.linalg import eigh

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.search import eliminate

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget)

# %% [markdown]
# ## What grows
#
# How many sums of inputs with coefficients $-1$, 0 and 1 are there, and how many monomials with at most two
# factors?

# %%
for n in (4, 9, 16):
    print(f"{n:2} inputs: {3**n:>11,} such sums, {comb(n + 2, 2) - 1:>4} such monomials")

# %% [markdown]
# To try the sums one by one is hopeless, and these are only the simplest formulas. The list of building blocks stays
# short. So: never try sums. Let algebra make them.
#
# ## The data and the training

# %%
exp = sg.experiments["trace4"]
data = exp.sample(2000, seed=seed, variant=variant)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 1), limit=60))

# %% [markdown]
# One of 120 such pictures, and no help at all.

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# Training did not take longer than for four inputs: a row of sixteen numbers is nothing to a network.
#
# ## A guess of your own
#
# **Type a formula into the box before you read on.** Its loss is the mean of $1-\cos^2\theta$ between its gradient
# and the neuron's. Chance gives 15/16.

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
box = sg.ExpressionView(field, hidden=True)
box.guess = "x1 + x2 + x3 + x4"  # the same as typing it
box

# %% [markdown]
# The guess of the first row has one input right and three wrong, and scores 15/16: chance again.
#
# ## All sums at once
#
# The gradient of the sum $\sum_k c_k x_k$ is $c$ itself, at every point. So its loss is $1 - c^T U c$ for a $c$ of
# length one, with $U$ the mean of $u u^T$ over the neuron's unit gradients $u$. The best $c$ is an eigenvector:

# %%
directions = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
values, vectors = np.linalg.eigh(directions.T @ directions / len(directions))
print("losses", (1 - values[::-1])[:4].round(4))
print("coefficients\n", (vectors[:, -1] / abs(vectors[:, -1]).max()).reshape(4, 4).round(2))

# %% [markdown]
# One loss is nearly zero, and all others are 1: the neuron has a single direction, and its coefficients stand there to
# be read. Of 43 million sums not one was tried.
#
# ## Squares and products allowed
#
# Suppose we did not know that a plain sum will do. All 152 monomials with one or two factors, and their gradients at
# 1000 points; the gradient of $x_ix_j$ is $x_j$ along input $i$ and $x_i$ along input $j$:

# %%
i, j = np.triu_indices(16)
x, axes = field.points[:1000], np.eye(16)
products = x.T[j, :, None] * axes[i, None] + x.T[i, :, None] * axes[j, None]
terms = np.concatenate([np.broadcast_to(axes[:, None], (16, 1000, 16)), products])
names = [*field.names, *(f"{field.names[a]}*{field.names[b]}" for a, b in zip(i, j, strict=True))]

# %% [markdown]
# The eigenproblem is that of the oscillator (notebook 07), 152 terms wide instead of five:

# %%
along = np.einsum("knd,nd->kn", terms, directions[:1000])
flat = terms.reshape(152, -1)
M = flat @ flat.T
ratios, coefficients = eigh(M - along @ along.T, M)
print(ratios[:5])

# %% [markdown]
# **Two** values near zero, then a jump. Two concepts? No: one and its square. If $g$ is in the basis and so is $g^2$,
# every mixture of the two has the right gradient. The first eigenvector is such a mixture, with many coefficients,
# and unreadable. To get at a short formula, take terms away, the least missed first. Once from the sixteen inputs
# alone, once from all 152:

# %%
for count in (16, 152):
    for kept, _, loss in eliminate(terms[:count], along[:count, :, None]):
        if len(kept) in (count, 10, 9, 4, 3):
            print(f"{len(kept):3} terms, loss {loss:.2g}", *(names[k] for k in kept if len(kept) < 12))

# %% [markdown]
# From sixteen terms down to four nothing is lost, and the next step costs a quarter at once. All terms compete from
# the start; none has to prove itself alone, as it would when putting together. There one starts from a
# single input, whose loss of 3/4 promises little.
#
# The larger basis holds a surprise. With seed 0 the cliff comes after *ten* terms: the square of the same sum, all
# multiplied out. It is the same concept in disguise, and worse to read (with seed 2 the four inputs are left over).
# A large basis is no better than a small one. So the search eliminates in many bases, the small ones first, and
# takes the shortest formula.
#
# ## The search, step by step
#
# The search of this library does this, with more kinds of terms. **Predict:** in which generation will it arrive?

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=box.guesses)
stepper

# %%
stepper.run(seconds=budget).best

# %% [markdown]
# Does it pay for the number of inputs? The same search after two generations, for the three networks of traces that
# come with the package:

# %%
for slug in ("trace2", "trace3", "trace4"):
    other = sg.experiments[slug].pretrained()
    smaller = sg.Search(sg.gradient_field(other.model, other.x, names=other.names))
    state = smaller.run(generations=2, progress=False)
    print(f"{len(other.names):2} inputs, {state.evaluations} evaluations: {state.best.expression}")

# %% [markdown]
# Four times the inputs, a few per cent more evaluations of formulas. Each takes a little longer, for gradients have more
# components. The true limit is elsewhere: formulas with many *factors*. There are 4,844 monomials of sixteen inputs with at most four.
#
# Beside ours, the formulas that the paper published for this experiment, measured on *our* neuron:

# %%
published = plots.published_front(exp.id, field)
sg.Panel(plots.front_picture(search.front, search.best, guesses=box.guesses, published=published))

# %% [markdown]
# Each input that is found takes a quarter off. After the fourth the paper's front goes on with bent copies, some
# with an addition.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
result

# %%
box.candidate = result
box

# %%
sg.PhiView(field, result)

# %% [markdown]
# Sixteen inputs reach the neuron through one number, and the bend is all that remains.
#
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-05) reports $(x_{11}+x_{16})+(x_6+x_1)$, complexity 7, true, with a mean
# squared difference of unit gradients of 1.1e-5. Our figures:

# %%
report = sg.record(result, run)

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* your guess above shares one input with the trace. Why does `x1` alone score better than
#    `x1 + x2 + x3 + x4`?
# 2. Leave `x16` out of the basis (`terms[[k for k in range(152) if k != 15]]`) and eliminate again. What is used in
#    its place?
# 3. How many monomials have sixteen inputs up to degree 6? At 1000 points, how many GB do their gradients take? Call
#    the two numbers `count` and `gigabytes`.

# %% [markdown]
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 7, result.best
assert values[-1] > 0.999, values[-2:]
assert values[-2] < 1e-3, values[-2:]
assert ratios[1] < 1e-2 < ratios[2], ratios[:3]

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers
#
# Exercise 3 in code, with its check; then all in words.

# %%
# Exercise 3: `count` of the monomials, and the `gigabytes` that their gradients take
### BEGIN SOLUTION
count = comb(16 + 6, 6) - 1
gigabytes = count * 1000 * 16 * 8 / 1e9
### END SOLUTION

# %%
assert count == sum(comb(15 + degree, degree) for degree in range(1, 7)), (
    f"{count} monomials: one degree at a time?"
)
assert np.isclose(gigabytes, count * terms[0].nbytes / 1e9, rtol=0.1), (
    f"{gigabytes} GB: one of `terms` has how many?"
)

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Its loss is 3/4: one input of four right, none wrong. The row has one right and three wrong.
# 2. The square of the sum, in ten terms: the products with $x_{16}$ still hold it.
# 3. $\binom{22}{6} - 1 = 74{,}612$, and 9.6 GB: 1000 points times 16 components of 8 bytes for each. Growth that does hurt; the
#    search takes products of many factors from a shorter list.
#
# <!-- END SOLUTION -->
