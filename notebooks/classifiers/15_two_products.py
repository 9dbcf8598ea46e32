# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Two explanations, one answer: interpreting is not fitting
#
# Two inspectors judge goods. One inspector looks at $x_1 x_2$, the other at $x_3 x_4$; each says yes if the product
# exceeds 1. We keep only the goods on which they agree. A network trains on their labels. Which inspector does the
# network copy?

# %%
import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["two_products"]
data = exp.sample(5000, seed=0)
x1, x2, x3, x4 = data.x.T
products = np.stack([x1 * x2, x3 * x4], axis=1)
sg.Panel(plots.labels_picture(products, data.y, ("first", "second")))

# %% [markdown]
# **20 minutes.** First read [yes or no](14_classifier.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** see three formulas that fit the labels equally well. Then you will ask a different question: what does
# the *network* compute?
#
# **What people think first:** if a formula explains all the data, the network has learnt this formula.
#
# | word | meaning here |
# |---|---|
# | label | 1 where both inspectors say yes, 0 where both say no; we leave out the points where they differ |
# | fitting | finding a formula that explains the data |
# | interpreting | finding a formula that explains the network, right or wrong |
# | fidelity | how well the formula represents the network: here, how well it predicts the logit |
# | logit | the output neuron before it is squeezed into a probability; positive says 1 |
# | front | the formulas for which no simpler formula has a lower loss |
#
# The section *Fitting instead* needs the package pyoperon: `pip install "symgrad-widgets[compare]"`.
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # time limit for each method, in seconds
guess_first = True  # False: show every answer at once

# %%
from symgrad_widgets import baselines

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## An empty cross
#
# In the picture at the top, the horizontal axis shows one inspector's product, and the vertical axis shows the
# other's. Where one product is above 1 and the other below 1, there are no points. The two clouds of points meet only
# in one corner, at (1, 1). Any falling line through this corner separates the clouds.

# %%
wrong = sg.Question(
    "Suppose a rule says yes if the SUM of the two products exceeds 2. "
    "What percentage of the labels does this rule get wrong?",
    hidden=guess_first,
)
wrong

# %%
says = {"first": x1 * x2 > 1, "second": x3 * x4 > 1, "sum": x1 * x2 + x3 * x4 > 2}
lines = [f"{name:<7} wrong labels: {100 * (yes != data.y).mean():.2f} %" for name, yes in says.items()]
sg.Answer(wrong, "\n".join(lines))

# %% [markdown]
# The labels cannot decide between these three formulas, or between any other formulas whose boundary passes through the
# gap.
#
# ## Training
#
# The network gets four inputs and the labels, but no products.

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
field = sg.gradient_field(run.model, run.x, names=run.names)
field

# %% [markdown]
# Of 50,000 held-out points, we use only about a thousand. At the other points, the network is certain, so its gradient
# tells us nothing.
#
# ## Your guess
#
# Which inspector did the network copy? Type a formula.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
inspectors = [sg.score(field, text) for text in ("x1*x2", "x3*x4")]
sg.Answer(box, "\n".join(map(str, inspectors)))

# %% [markdown]
# <details><summary>Answer</summary>
#
# The network copied neither inspector. Both losses are near one half. Half of the direction is right, because each
# inspector uses two of the four inputs. The other half is missing. But each inspector explains every label.
#
# </details>
#
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=inspectors)
stepper.run(seconds=budget, generations=8)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget, generations=8)
sg.Answer(box, result)

# %% [markdown]
# <details><summary>What the formula means</summary>
#
# The network averages the two opinions. The average is the safest way through the cross: the boundary of the sum keeps
# the same distance from both clouds. No label shows this average. It is a fact about the *network*.
#
# </details>
#
# ## Fidelity
#
# Three formulas explain the labels. But how well does a formula represent the network? First we test an inspector, then
# our answer:

# %%
sg.Answer(box, sg.PhiView(field, "x1*x2"))

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# The inspector's formula gives a broad band; our formula gives a curve.

# %%
shares = f"the formula, bent by phi, explains {100 * result.phi.r2:.1f} % of the logit's variance"
sg.Answer(box, f"{shares}\nthe angle to the network's gradient: {result.best.angle:.1f} degrees on average")

# %% [markdown]
# The remaining angle of a few degrees is the network's error.
#
# ## Fitting instead
#
# Now ask the other question, with the same budget: fit the labels, then fit the value of the logit. Neither fit sees a
# gradient.

# %%
labels = baselines.fit_labels(data.x, data.y, field, budget, seed)
value = baselines.fit_value(field.points, field.values, field, budget, seed)
others = {"labels": labels, "value": value}

# %%
lines = []
for name, front in others.items():
    same = any(sg.verify(fit.expression, exp.concepts, field=field).same for fit in front)
    lines.append(f"{name:<7} error {front[-1].error:.2g}; concept found: {same}")
lines += [f"{fit.error:.2%} wrong labels, loss {fit.loss:.2g}: {fit.expression}" for fit in labels[:4]]
sg.Answer(box, "\n".join(lines))

# %%
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, inspectors, others=others)))

# %% [markdown]
# Labels are easy to fit: with seed 0, the last formula of the front for *labels* gets at most one label in a thousand
# wrong. But luck and length decide which formula comes last, and its gradients differ from the network's. This formula
# explains the data, not the network. *Value* fits the network, as our search does, but adds sines that follow the bend.
#
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2401.04978) found that its network, too, had learnt $x_1x_2+x_3x_4$.
#
# </details>

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Which factor $k$ gives $x_1x_2 + k\,x_3x_4$ the least loss?
# 2. What is the loss of $x_1x_2$ if the network computes exactly $x_1x_2+x_3x_4$? Which inputs does $x_1x_2$ leave out?

# %%
factor = ...  # exercise 1: a number
factors = np.linspace(0.5, 2, 31)
sg.check_answer(factor, min(factors, key=lambda k: sg.score(field, f"x1*x2 + {k}*x3*x4").loss), within=0.06)

# %%
left = ...  # exercise 2: a number
sg.check_answer(left, inspectors[0].loss, within=0.15)

# %% [markdown]
# **You can now** distinguish between explaining data and explaining a network. Go on with [a formula of the
# network](16_two_mixed.ipynb), or with [a stranger's checkpoint](../own/20_checkpoint.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.best.loss < 0.1 * min(one.loss for one in inspectors), result.best
assert result.phi.r2 > 0.95, result.phi.r2
assert result.verdict.same, result.verdict
assert run.floor < 0.02, run.floor
assert result.best.complexity <= 9, result.best

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
factor = min(factors, key=lambda k: sg.score(field, f"x1*x2 + {k}*x3*x4").loss)
assert sg.check_answer(
    factor, min(factors, key=lambda k: sg.score(field, f"x1*x2 + {k}*x3*x4").loss), within=0.06
)
left = 0.5
assert sg.check_answer(left, inspectors[0].loss, within=0.15)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Close to 1: the labels treat both inspectors equally. With all three seeds that we tried, 0, 1 and 2, the network
#    took the average.
# 2. One half: the inspector uses two of the four inputs, and on average these inputs carry half of the squared
#    gradient.
#
# <!-- END SOLUTION -->
