# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The trace of a 3x3 matrix: more inputs than you can draw
#
# A 3x3 matrix is a row of nine numbers, row by row $x_1 \dots x_9$. Pairs of similar matrices $A$ and $MAM^{-1}$
# share three invariants at once: trace, determinant, and a third between them. To look at nine inputs two at a
# time takes 36 pictures, and none of them shows what three inputs do together. How do you look at such a neuron?
#
# **Goals.** You will read a gradient field without drawing it, by its components: which inputs matter at all,
# and whether the formula is a plain sum. You will do the same to the hidden layers, and see the network forget
# what it does not need.
#
# | word | meaning here |
# |---|---|
# | component | one of the nine numbers of a gradient: how fast the neuron's value grows with that input |
# | share | a component of the unit gradient, squared: the nine shares of a point sum to 1 |
# | anchor, positive | two similar matrices |
# | floor | loss of the true concept: how imperfect the network is |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # seconds the search may take at most

# %%
import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget)

# %% [markdown]
# ## The rule and the data
#
# Anchors have entries between 0 and 1; pairs whose positive has an entry beyond 5 are drawn anew. One of the 36
# pictures:

# %%
exp = sg.experiments["trace3"]
data = exp.sample(2000, seed=seed, variant=variant)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 4), limit=60))

# %% [markdown]
# The lines go every way. For 2x2 matrices the same picture shows parallel lines (notebook 01): a rule of two inputs
# can be seen over those two. A rule of three or more cannot be seen over any two.
#
# ## Training

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# ## Which inputs matter
#
# Take the gradient at every point, make it of length 1, and square its components. Now each is a *share*. Their
# mean over all points, laid out like the matrix:

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
directions = field.unit[:, 0]  # each input in units of its spread
print((directions**2).mean(axis=0).reshape(3, 3).round(3))

# %% [markdown]
# Three inputs share everything evenly, six have no part. Nine inputs have become three.
#
# ## Is it a plain sum?
#
# The shares say how much, not how. The components themselves, with their signs, have a mean and a spread:

# %%
print("mean\n", directions.mean(axis=0).reshape(3, 3).round(3))
print("spread\n", directions.std(axis=0).reshape(3, 3).round(3))

# %% [markdown]
# No spread: the gradient points the same way everywhere, so the formula is linear up to a bend, and the mean
# holds its coefficients. (A common sign means nothing: see notebook 01.)
#
# Do not take the mean for the importance, though. Here is another network, of notebook 13, whose formula is no
# sum of inputs:

# %%
other = sg.experiments["determinant3"].pretrained()
strange = sg.gradient_field(other.model, other.x, names=other.names)
others = strange.gradients / np.linalg.norm(strange.gradients, axis=1, keepdims=True)
print("mean\n", others.mean(axis=0).reshape(3, 3).round(2))
print("share\n", (others**2).mean(axis=0).reshape(3, 3).round(2))

# %% [markdown]
# By the mean no input matters; by the shares all nine do, alike. A component that is positive as often as
# negative has mean zero, and still moves the neuron at every point.
#
# ## A guess of your own
#
# **Type a formula into the box before you read on.** Its loss is the mean of $1-\cos^2\theta$ between its gradient
# and the neuron's. For a sum of inputs you can work it out from the shares: the part of the gradient that the
# guess leaves out. Chance gives 8/9.

# %%
box = sg.ExpressionView(field, hidden=True)
box.guess = "x1 + x5"  # the same as typing it
box

# %%
print(f"{box.guess.loss:.4f}")

# %% [markdown]
# One third: the share of the input that is missing.
#
# ## The search, step by step
#
# **Predict:** the front will be a staircase. Which losses does it step on?

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=box.guesses)
stepper

# %%
stepper.run(seconds=budget).best

# %% [markdown]
# Beside it, the formulas that the paper published for this experiment, measured on *our* neuron:

# %%
published = plots.published_front(exp.id, field)
sg.Panel(plots.front_picture(search.front, search.best, guesses=box.guesses, published=published))

# %% [markdown]
# One input leaves 2/3, two leave 1/3, three leave next to nothing: there is no cheaper way to be nearly right, and
# no formula that hints at the answer before all three are there. The logarithmic axis hides how even the steps are.
# (A triangle just above or below our circle is the same formula: ours is measured on the third of the points that
# the search never saw, the others on all.)
#
# ## Within the network
#
# The output has no use for six of the inputs. Did the network never look at them? Choose a neuron of the first
# hidden layer:

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names)
picker.choose("silu1", 0)
picker

# %% [markdown]
# Its field gives its shares like any other. For all 32 neurons of each layer, the least, the middle and the largest
# share that the three diagonal inputs have together:

# %%
for layer in ("silu1", "silu2", "silu3"):
    fields = [sg.gradient_field(run.model, run.x[:500], layer, k, names=run.names) for k in range(32)]
    shares = [(f.unit[:, 0, [0, 4, 8]] ** 2).sum(axis=1).mean() for f in fields]
    print(layer, np.quantile(shares, [0, 0.5, 1]).round(2))

# %% [markdown]
# Random weights would give 0.33. In the first layer some neurons look mostly at what will not matter; layer by layer
# that is sorted out, and the middle neuron of the last one has next to nothing else left.
# What a single hidden neuron holds need not be a concept at all; the output was rewarded for one.
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
# One thin curve: the nine inputs reach the neuron through a single number.
#
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-03) reports $(x_5+x_1)+x_9$, complexity 5, true, with a mean squared
# difference of unit gradients of 5.8e-6, the best of its twelve. Ours:

# %%
report = sg.record(result, run)

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* what is the loss of `x1 + x5 + x9 + x2`? One input too many: does it cost more or less than
#    one too few? Work it out from `directions`, as `cost`, without `sg.score`.
# 2. Which shares does `x1*x5*x9` have on these data? Work out its gradient and score it.
# 3. Make `picker.field` of the neuron chosen above and let `sg.interpret` read it. Do you expect a law?

# %% [markdown]
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 5, result.best
assert np.allclose((directions**2).mean(axis=0)[[0, 4, 8]], 1 / 3, atol=0.01)
assert np.allclose((others**2).mean(axis=0), 1 / 9, atol=0.03)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers
#
# Exercise 1 in code, with its check; then all in words.

# %%
# Exercise 1: `cost`, the loss of x1 + x5 + x9 + x2, from `directions`
### BEGIN SOLUTION
guess = np.array([1, 1, 0, 0, 1, 0, 0, 0, 1]) * field.measure.spread
cost = (1 - (directions @ guess) ** 2 / (guess @ guess)).mean()
### END SOLUTION

# %%
assert np.isclose(cost, sg.score(field, "x1 + x5 + x9 + x2").loss), f"sg.score disagrees with {cost}"

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 1/4: the guess has a length of 2, and a quarter of its square is spent on $x_2$. One too few costs a third.
# 2. A third each, as for the trace, since the gradient is $(x_5x_9, x_1x_9, x_1x_5)$ over the diagonal. But its loss is 0.25:
#    equal shares on the average are not a constant direction.
# 3. A law, exact, and of no use: a neuron of the first layer is a bent sum of all nine inputs by construction. Its
#    coefficients are its weights.
#
# <!-- END SOLUTION -->
