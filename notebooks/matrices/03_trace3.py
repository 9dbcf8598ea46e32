# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Nine inputs: read a field that you cannot draw
#
# Here, a 3x3 matrix is written as nine numbers, $x_1 \dots x_9$. A network saw pairs of similar matrices. If
# you look at nine inputs, two at a time, you need 36 pictures. Below is one of these pictures. How can you look at a
# neuron with nine inputs?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["trace3"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 4), limit=60))

# %% [markdown]
# **20 minutes.** First read [the trace](01_trace2.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** read a gradient field by its components: which inputs matter, and whether the formula is a plain sum.
#
# **What people think first:** an input whose slope is zero on average does not matter.
#
# | word | meaning here |
# |---|---|
# | component | one of the nine numbers of a gradient: how fast the neuron's value grows with one input |
# | share | a component of the unit gradient, squared: at each point, the nine shares add up to 1 |
# | anchor, positive | two similar matrices |
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
import numpy as np

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data and the network
#
# In the picture above, the lines run in all directions. For 2x2 matrices, the lines were parallel. A plot of two
# inputs can show a relation between these two, but not one between three.

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
# Take the gradient at every point, scale it to length 1, and square its components. Each square is a *share*. Here are
# the mean shares over all points, laid out like the matrix:

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
directions = field.unit[:, 0]  # each input in units of its spread
print((directions**2).mean(axis=0).reshape(3, 3).round(3))

# %% [markdown]
# Three inputs have equal shares. The other six inputs have a share of zero.
#
# ## Is it a plain sum?
#
# Shares say how much an input matters, but not in which direction. Look at the mean and the spread of the components
# themselves, with their signs:

# %%
print("mean\n", directions.mean(axis=0).reshape(3, 3).round(3))
print("spread\n", directions.std(axis=0).reshape(3, 3).round(3))

# %% [markdown]
# There is no spread: the gradient has the same direction everywhere. So the formula is linear, up to a bend, and the
# means are the coefficients.
#
# But do not mistake the mean for importance. Look at the network of [notebook 13](13_determinant3.ipynb), whose formula
# is not a sum of inputs:

# %%
other = sg.experiments["determinant3"].pretrained()
strange = sg.gradient_field(other.model, other.x, names=other.names)
others = strange.gradients / np.linalg.norm(strange.gradients, axis=1, keepdims=True)
print("mean\n", others.mean(axis=0).reshape(3, 3).round(2))
print("share\n", (others**2).mean(axis=0).reshape(3, 3).round(2))

# %% [markdown]
# According to the mean, no input matters. According to the shares, all nine inputs matter equally. A slope that is
# positive as often as negative has mean zero, but still changes the neuron's value at every point.
#
# ## Your guess
#
# Type a formula. With nine inputs, a random guess has a loss of 8/9. You can work out the loss of a sum from the
# shares: it is the part of the gradient that your guess leaves out.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
example = sg.score(field, "x1 + x5")
print(f"loss of x1 + x5: {example.loss:.4f}")

# %% [markdown]
# The loss is one third: the share of the missing input.
#
# ## The search, step by step

# %%
steps = sg.Question("The front will be a staircase. At which losses are its steps?", hidden=guess_first)
steps

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
published = plots.published_front(exp.id, field)
sg.Answer(steps, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %% [markdown]
# <details><summary>Answer</summary>
#
# With one of the three inputs, a formula's loss is 2/3; with two, it is 1/3; with all three, it is almost 0. No formula
# hints at the answer before it has all three.
#
# </details>
#
# ## Inside the network
#
# The output does not use six of the inputs. Did the network ever use these inputs? Click a neuron of the first hidden
# layer:

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names)
picker.choose("silu1", 0)
picker

# %% [markdown]
# Add up the shares of the three diagonal inputs. For the 32 neurons of each layer, here are the smallest sum, the median and
# the largest:

# %%
for layer in ("silu1", "silu2", "silu3"):
    fields = [sg.gradient_field(run.model, run.x[:500], layer, k, names=run.names) for k in range(32)]
    shares = [(f.unit[:, 0, [0, 4, 8]] ** 2).sum(axis=1).mean() for f in fields]
    print(layer, np.quantile(shares, [0, 0.5, 1]).round(2))

# %% [markdown]
# Random weights would give 0.33. Some neurons of the first layer depend mostly on inputs that do not matter for the
# output. Layer by layer, the network forgets these inputs.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# There is one thin curve: the neuron depends on its nine inputs through a single number.
#
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2409.05305, experiment P1-03) reports $(x_5+x_1)+x_9$ (complexity 5). The formula is true; its unit
# gradients differ from the neuron's by 5.8e-6 (mean square), the least in the paper.
#
# </details>

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. What is the loss of `x1 + x5 + x9 + x2`, which has one extra input? Work it out from `directions`, or in your head.
# 2. What share does $x_1$ have, on average over these data, in the gradient of $x_1x_5x_9$?

# %%
cost = ...  # exercise 1: a number
sg.check_answer(cost, sg.score(field, "x1 + x5 + x9 + x2").loss, within=0.1)

# %%
share = ...  # exercise 2: a number
x1, _, _, _, x5, _, _, _, x9 = field.points.T
product = np.stack([x5 * x9, x1 * x9, x1 * x5], axis=1) * field.measure.spread[[0, 4, 8]]
sg.check_answer(share, (product[:, 0] ** 2 / (product**2).sum(axis=1)).mean(), within=0.1)

# %% [markdown]
# **You can now** read a field of any number of inputs. Go on with [sixteen inputs](05_trace4.ipynb), or with
# [a network that is hard to train](13_determinant3.ipynb).
#
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

# %%
### BEGIN SOLUTION
cost = 1 / 4
assert sg.check_answer(cost, sg.score(field, "x1 + x5 + x9 + x2").loss, within=0.1)
share = 1 / 3
assert sg.check_answer(share, (product[:, 0] ** 2 / (product**2).sum(axis=1)).mean(), within=0.1)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 1/4: the gradient of the guess has length 2, and $x_2$ contributes a quarter of the squared length. If one input is
#    missing, the loss is 1/3.
# 2. A third, as for the trace. But the loss of the product is 0.25: equal shares on average do not make a constant
#    direction.
#
# <!-- END SOLUTION -->
