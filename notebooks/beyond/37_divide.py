# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Divide and read: which inputs act together?
#
# A network predicts one number from six: how strongly two bodies attract each other. Nobody can draw arrows in six
# dimensions. Which two inputs could you replace with one number, without changing the network's output?

# %%
import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots

names = ("m1", "m2", "x1", "x2", "y1", "y2")
low, high = np.array([1, 1, 0, 2, 0, 2.0]), np.array([3, 3, 1, 4, 1, 4.0])
inputs = np.random.default_rng(0).uniform(low, high, (8000, 6))
bodies = [
    plots.Mark("points", {"x": inputs[:150, k], "y": inputs[:150, k + 2]}, c)
    for k, c in ((2, "#2B83C6"), (3, "#E69F00"))
]
plots.Picture(
    "Where the two bodies stand", "x1, x2", "y1, y2", tuple(bodies), "Two squares of points.", equal=True
)

# %% [markdown]
# **20 minutes.** First read [the oscillator](../physics/07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** test a pair of inputs with two components of a gradient, read a tree of such pairs, and see what the
# search misses without this tree.
#
# **What people think first:** every network can be divided somehow. In fact, some networks cannot.
#
# | word | meaning here |
# |---|---|
# | part | inputs that matter only through one quantity: if the inputs change but the quantity stays the same, the neuron does not change |
# | residual | the fraction of a pair's smaller gradient component that the quantity does not explain; 0 is perfect |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 60  # time limit for a search, in seconds
guess_first = True  # False: show every answer at once

# %% [markdown]
# ## The data
#
# Two bodies of masses `m1`, `m2` stand at `(x1, y1)` and `(x2, y2)`. A sensor reports how strongly they attract each
# other, on a logarithmic scale. The network sees six numbers and the report, but no physics.

# %%
import torch

inputs = np.random.default_rng(seed).uniform(low, high, (8000, 6))
m1, m2, x1, x2, y1, y2 = inputs.T
report = np.log(m1 * m2 / ((x1 - x2) ** 2 + (y1 - y2) ** 2))

# %% [markdown]
# ## An ordinary network
#
# The network has two hidden layers, and trains in the usual way for a few seconds. The first layer scales each input to
# mean 0 and spread 1.

# %%
torch.manual_seed(seed)
model = torch.nn.Sequential(
    torch.nn.BatchNorm1d(6, affine=False),
    *(torch.nn.Linear(6, 64), torch.nn.SiLU(), torch.nn.Linear(64, 64), torch.nn.SiLU()),
    torch.nn.Linear(64, 1),
)
x, y = (torch.tensor(a, dtype=torch.float32) for a in (inputs, (report - report.mean()) / report.std()))

# %%
optimizer = torch.optim.Adam(model.parameters(), 4e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=1500)
for _ in range(1500):
    some = torch.randint(len(x), (256,))
    loss = torch.nn.functional.mse_loss(model(x[some])[:, 0], y[some])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
print(f"mean squared error {loss.item():.1e}; the report has a spread of 1")

# %%
field = sg.gradient_field(model, inputs[:2000], names=names)
field

# %% [markdown]
# ## Your guess

# %%
pairs = sg.Question(
    "There are 15 pairs of inputs. Name three pairs, each of which one number could replace.",
    hidden=guess_first,
)
pairs

# %% [markdown]
# ## Two components of an arrow
#
# Suppose the network computes $F(h(x_1, x_2), \ldots)$. Then its slopes along $x_1$ and $x_2$ are
# $F' \, \partial h/\partial x_1$ and $F' \, \partial h/\partial x_2$. Their **ratio** does not contain $F$: the ratio
# depends on $x_1$ and $x_2$ alone, whatever the other four inputs are. So treat the two slopes as an arrow in the
# plane, measure its angle, and see whether the angle depends on the other inputs.

# %%
slopes = dict(zip(names, field.gradients.T, strict=True))


def ratio(a, b):
    """Angle of the two slopes along a and b, in degrees."""
    return np.degrees(np.arctan2(slopes[b], slopes[a])) % 180


spreads = {pair: ratio(*pair).std() for pair in (("x1", "x2"), ("x1", "y1"))}
sg.Answer(pairs, "\n".join(f"{a} and {b}: a spread of {s:.1f} degrees" for (a, b), s in spreads.items()))

# %% [markdown]
# For `x1` and `x2`, the angle is 135 degrees everywhere: the two slopes are equal and opposite. So only the difference
# $x_1 - x_2$ matters. For `x1` and `y1`, the angle changes a lot from point to point.
#
# ## All pairs
#
# `sg.divide` tests every pair, and compares each pair with about 300 small formulas. **Were your three pairs among the
# first in the list?**

# %%
division = sg.divide(field)
lines = [
    f"{' and '.join(pair.inputs):10} residual {pair.residual:.1e}   {pair.expression}"
    for pair in division.pairs[:6]
]
sg.Answer(pairs, "\n".join(lines))

# %% [markdown]
# For three pairs, about a thousandth is unexplained; for the next pair, ten times as much. If a formula fits a pair,
# the formula's quantity replaces the two inputs. Then the library asks the same question again, until no other pair
# fits.

# %%
sg.Answer(pairs, sg.DivisionView(field, division))

# %% [markdown]
# Read the tree from left to right: differences of coordinates, the square of the distance, the product of the masses,
# and finally the law. **Which step was the least certain?** Below the formula of each step stands its residual, in per
# cent. Click a step, or choose it: although the network has six inputs, you see its gradient as arrows over two
# numbers. The numbers in the formulas come from the field, and are not rounded.
#
# A tree proves nothing. The search tests a formula from a tree on the whole field, like any other formula. So a wrong
# step only costs time.
#
# ## What the search gains
#
# The search divides the inputs too, after it has tried single terms, pairs of terms and small bases. Compare the
# results before and after the division.

# %%
search = sg.Search(field, random_state=seed)
search.run(generations=3, progress=False)
before = search.best
search.run(seconds=budget, progress=False)
sg.Answer(pairs, f"before it divides: {before}\nafter:             {search.best} {search.kind}")

# %% [markdown]
# ## When no inputs act together
#
# Shuffle each component of the gradient among the points. Now no two components are related.

# %%
rng = np.random.default_rng(seed)
shuffled = np.stack([rng.permutation(column) for column in field.gradients.T], axis=1)
nothing = sg.divide(sg.GradientField(field.points, shuffled * rng.choice([-1, 1], shuffled.shape), names))
nothing

# %% [markdown]
# ## Exercises
#
# 1. Let the report be $m_1 m_2 / r^2 + m_1$. Which pair can one number no longer replace? Write two names.
# 2. Leave the masses out: what is the loss of $1/r^2$ on `field`? Work it out from the gradient's components along the
#    masses, in `field.unit`.

# %%
apart = ...  # exercise 1: such as "x1 y1"
points = field.points[:500]
m1, m2, x1, x2, y1, y2 = points.T
r2 = (x1 - x2) ** 2 + (y1 - y2) ** 2
pull = 2 * m1 * m2 / r2**2 * np.stack([x2 - x1, x1 - x2, y2 - y1, y1 - y2])
other = sg.divide(sg.GradientField(points, np.vstack([m2 / r2 + 1, m1 / r2, pull]).T, names))
kept = {frozenset(pair.inputs) for pair in other.pairs if pair.residual < 1e-6}
(lost,) = {frozenset(pair.inputs) for pair in division.pairs[:3]} - kept
sg.check_answer(apart, lambda text: frozenset(text.split()) == lost)

# %%
masses = ...  # exercise 2: a number, to within a tenth
sg.check_answer(masses, sg.score(field, "1/((x1 - x2)**2 + (y1 - y2)**2)").loss, within=0.1)

# %% [markdown]
# **You can now** say which of a network's many inputs act together, before you know a formula. Go on with
# [several neurons](33_several_neurons.ipynb), or with [physical dimensions](35_units.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert {frozenset(pair.inputs) for pair in division.pairs[:3]} == {
    frozenset(pair) for pair in (("m1", "m2"), ("x1", "x2"), ("y1", "y2"))
}, division.pairs
assert division.pairs[3].residual > 5 * division.pairs[2].residual, division.pairs
assert len(division.parts) == 1, division
assert division.residual < 0.02, division
assert spreads["x1", "y1"] > 5 * spreads["x1", "x2"], spreads
law = "m1*m2/((x1 - x2)**2 + (y1 - y2)**2)"
assert sg.verify(search.best.expression, law, field=field).same, search.best
assert before is None or not sg.verify(before.expression, law, field=field).same, before
assert all(not part.parts for part in nothing.parts), nothing

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
apart = "m1 m2"
assert sg.check_answer(apart, lambda text: frozenset(text.split()) == lost)
masses = np.average((field.unit[:, 0, :2] ** 2).sum(axis=1), weights=field.weights)
assert sg.check_answer(masses, sg.score(field, "1/((x1 - x2)**2 + (y1 - y2)**2)").loss, within=0.1)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. `m1` and `m2`: the ratio of their slopes, $(m_2/r^2 + 1)/(m_1/r^2)$, now depends on where the bodies stand.
# 2. The loss is about 0.58, the masses' part of the squared unit gradient. A random direction has a loss of 5/6 on
#    average.
#
# <!-- END SOLUTION -->
