# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Sixteen inputs: never try sums, let algebra make them
#
# A 4x4 matrix is a row of sixteen numbers. There are 43 million sums of sixteen inputs with coefficients $-1$, 0 and 1, and
# these are only the simplest formulas. How can a search find the right one?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["trace4"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 1), limit=60))

# %% [markdown]
# **25 minutes.** First read [nine inputs](03_trace3.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** find sixteen coefficients with one eigenproblem, and see why it is better to remove terms than to add
# terms one by one.
#
# **What people think first:** more inputs make the search hopeless.
#
# | word | meaning here |
# |---|---|
# | monomial | an input, or a product of inputs |
# | basis | a list of terms; the formula will be a sum of some of them |
# | elimination | drop the term that matters least, solve again, and so on |
# | floor | the loss of the true concept, which shows how imperfect the network is |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
from math import comb

import numpy as np
from scipy.linalg import eigh

from symgrad_widgets.search import eliminate

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## What grows with the inputs
#
# Count the sums of inputs, and the monomials with at most two factors:

# %%
for n in (4, 9, 16):
    print(f"{n:2} inputs: {3**n:>11,} sums, {comb(n + 2, 2) - 1:>4} monomials")

# %% [markdown]
# You cannot try all sums. But the list of monomials stays short.
#
# ## The data and the network
#
# Pairs are similar matrices again. The picture above is one of 120, and does not help at all.

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# ## Your guess
#
# Type a formula. With sixteen inputs, a random guess has a loss of 15/16. The sum of the first row, $x_1+x_2+x_3+x_4$,
# is no better.

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
example = sg.score(field, "x1 + x2 + x3 + x4")
print(f"loss of the first row: {example.loss:.4f}, chance {15 / 16:.4f}")

# %% [markdown]
# ## All sums at once
#
# The gradient of the sum $\sum_k c_k x_k$ is $c$ itself, at every point. So its loss is $1 - c^T U c$ for a $c$ of length one, with
# $U$ the mean of $u u^T$ over the neuron's unit gradients $u$. The best $c$ is an eigenvector:

# %%
directions = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
values, vectors = np.linalg.eigh(directions.T @ directions / len(directions))
numbers = (vectors[:, -1] / abs(vectors[:, -1]).max()).reshape(4, 4).round(2)
sg.Answer(box, f"losses {(1 - values[::-1])[:4].round(4)}\ncoefficients\n{numbers}")

# %% [markdown]
# One loss is nearly zero, and all others are 1. The neuron has a single direction, and you can read its coefficients.
# We tried none of the 43 million sums.
#
# ## With squares and products
#
# Suppose that we did not know that a sum of inputs is enough. Take all 152 monomials with one or two factors, and their
# gradients at 1000 points. The gradient of $x_ix_j$ is $x_j$ along input $i$ and $x_i$ along input $j$:

# %%
i, j = np.triu_indices(16)
x, axes = field.points[:1000], np.eye(16)
products = x.T[j, :, None] * axes[i, None] + x.T[i, :, None] * axes[j, None]
terms = np.concatenate([np.broadcast_to(axes[:, None], (16, 1000, 16)), products])
names = [*field.names, *(f"{field.names[a]}*{field.names[b]}" for a, b in zip(i, j, strict=True))]

# %% [markdown]
# Solve the eigenproblem of [the spring](../physics/07_oscillator.ipynb), with 152 terms instead of five:

# %%
along = np.einsum("knd,nd->kn", terms, directions[:1000])
flat = terms.reshape(152, -1)
M = flat @ flat.T
ratios, coefficients = eigh(M - along @ along.T, M)
print(ratios[:5])

# %%
two = sg.Question("Two values near zero, then a jump. Are there two concepts?", hidden=guess_first)
two

# %% [markdown]
# <details><summary>Answer</summary>
#
# No: there is one concept, and its square. If $g$ and $g^2$ are both in the basis, every mixture of the two has the
# right gradient. The first eigenvector is an unreadable mixture of $g$ and $g^2$.
#
# </details>
#
# To get a short formula, remove terms, beginning with the least important. We do this once with the sixteen inputs
# alone, and once with all 152 monomials:

# %%
lines = []
for count in (16, 152):
    for kept, _, loss in eliminate(terms[:count], along[:count, :, None], field.weights[:1000]):
        if len(kept) in (count, 10, 9, 4, 3):
            shown = " ".join(names[k] for k in kept if len(kept) < 12)
            lines.append(f"{len(kept):3} terms, loss {loss:.2g} {shown}")
sg.Answer(box, "\n".join(lines))

# %% [markdown]
# From sixteen terms down to four, you lose nothing. If you remove one more term, the loss jumps to a quarter. All terms
# compete from the start, so no term has to succeed alone. If you added terms one by one, you would start from one input
# with a loss of 3/4, which does not look promising.
#
# The large basis holds a surprise. With seed 0, the loss jumps once fewer than *ten* terms are left. These ten terms
# are the square of the sum, multiplied out: the same concept in disguise. So the search eliminates in many bases,
# beginning with small bases, and takes the shortest formula.
#
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %% [markdown]
# Does it cost more when there are more inputs? Here is the same search after three generations, for three networks:

# %%
lines = []
for slug in ("trace2", "trace3", "trace4"):
    other = sg.experiments[slug].pretrained()
    smaller = sg.Search(sg.gradient_field(other.model, other.x, names=other.names))
    state = smaller.run(generations=3, progress=False)
    lines.append(f"{len(other.names):2} inputs, {state.evaluations} evaluations: {state.best.expression}")
sg.Answer(box, "\n".join(lines))

# %% [markdown]
# With four times as many inputs, the search makes about as many evaluations. The real limit is the number of
# *factors*: from sixteen inputs, you can build 4,844 monomials with at most four factors.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2409.05305, experiment P1-05) reports $(x_{11}+x_{16})+(x_6+x_1)$ (complexity 7). The formula is
# true; its unit gradients differ from the neuron's by 1.1e-5 (mean square).
#
# </details>

# %%
published = plots.published_front(exp.id, field)
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. What is the loss of `x1` alone?
# 2. How many monomials of degree 1 to 6 can you build from sixteen inputs?

# %%
one = ...  # exercise 1: a number
sg.check_answer(one, sg.score(field, "x1").loss, within=0.03)

# %%
how_many = ...  # exercise 2: a whole number
sg.check_answer(how_many, sum(comb(15 + degree, degree) for degree in range(1, 7)), within=0)

# %% [markdown]
# **You can now** find a sum of many terms without trying sums one by one. Go on with [a network that is hard to
# train](13_determinant3.ipynb), or find out [which inputs act together](../beyond/37_divide.ipynb).
#
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

# %%
### BEGIN SOLUTION
one = 3 / 4
assert sg.check_answer(one, sg.score(field, "x1").loss, within=0.03)
how_many = comb(16 + 6, 6) - 1
assert sg.check_answer(how_many, sum(comb(15 + degree, degree) for degree in range(1, 7)), within=0)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 3/4: `x1` is one of the four right inputs. The sum of the first row is worse, because three of its inputs are
#    wrong.
# 2. $\binom{22}{6} - 1 = 74{,}612$. At 1000 points, their gradients take 9.6 GB. This growth is a real limit.
#
# <!-- END SOLUTION -->
