# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Yes or no: a classifier knows the boundary, and little else
#
# A classifier learns one bit for each point: does a measured quantity exceed a threshold? Rings mean no, triangles mean
# yes. But the output neuron has a value, not just a bit. Which formula does the neuron compute, and did you need the
# network at all?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["ellipse"]
data = exp.sample(5000, seed=0)
sg.Panel(plots.labels_picture(data.x, data.y, exp.names))

# %% [markdown]
# **25 minutes.** First read [the spring](../physics/07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** read a classifier from its gradients, and compare the result with those of three other methods on the same budget.
#
# **What people think first:** if you fit the labels, you get the rule behind the labels.
#
# | word | meaning here |
# |---|---|
# | label | 1 if the measured quantity exceeds the threshold, and 0 otherwise; measurements have an error of 1 % |
# | boundary | the points where the quantity equals the threshold |
# | logit | the output neuron, before it is squeezed into a probability: 0 on the boundary, positive on side 1 |
# | saturated | so certain of the label that the gradient no longer tells us anything: we leave out such points |
# | baseline | another method, for comparison |
#
# The section *Did you need the gradients?* needs pyoperon: `pip install "symgrad-widgets[compare]"`.
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
experiment = "ellipse"  # or quadratic, sine, exponential, gaussian, gravity
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # time limit for each method, in seconds
guess_first = True  # False: show every answer at once

# %%
import numpy as np

from symgrad_widgets import baselines

sg.check_parameters(
    experiment=experiment, seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first
)

# %% [markdown]
# ## The data and the network
#
# Half of the points lie near the threshold, where labels teach the network most. Set `experiment` to read another classifier.

# %%
exp = sg.experiments[experiment]
data = exp.sample(5000, seed=seed, variant=variant)
sg.Panel(plots.labels_picture(data.x, data.y, exp.names))

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# The loss in training is the cross-entropy, which is low if the network predicts the labels well. The loss does not
# fall to 0, because measurement errors flip some labels near the boundary.
#
# ## The neuron and its field
#
# The output is the logit. We left out points where the network is certain (a probability within 1e-4 of 0 or 1). The
# other points lie in a thin shell around the boundary.

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names)
picker.choose(None, run.neuron)
picker

# %%
field = picker.field
sg.FieldView(field)

# %% [markdown]
# Every arrow is at right angles to the boundary. (With more than two inputs, you see only projections of the arrows.)
#
# ## Your guess
#
# The search will see a thin shell, and directions across it. Do these directions determine a single formula? Type your
# guess.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# ## The search, step by step

# %%
example = sg.score(field, "x1*x2")
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget, generations=10)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget, generations=10)
sg.Answer(box, result)

# %% [markdown]
# Directions do not determine the threshold. The threshold is the formula's value where the logit is 0:

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# ## Did you need the gradients?
#
# Here are three other methods with the same budget. None of them sees a gradient.
#
# 1. **Value**: symbolic regression of the logit, by genetic programming (operon).
# 2. **Labels**: symbolic regression of the labels -1 and 1. It does not use the network.
# 3. **Polynomials**: least squares of the logit on all monomials up to degree 3.

# %%
ways = sg.Question("Which of the three methods will find the concept?", hidden=guess_first)
ways

# %%
others = {
    "value": baselines.fit_value(field.points, field.values, field, budget, seed),
    "labels": baselines.fit_labels(data.x, data.y, field, budget, seed),
    "polynomials": baselines.fit_polynomials(field.points, field.values, field),
}

# %%
lines = []
for method, front in others.items():
    same = [fit.complexity for fit in front if sg.verify(fit.expression, exp.concepts, field=field).same]
    least = min(fit.loss for fit in front)
    found = f"at {same[0]} nodes" if same else "no"
    lines.append(f"{method:<12} error {front[-1].error:.2g}, least loss {least:.1e}, concept found: {found}")
sg.Answer(ways, "\n".join(lines))

# %%
sg.Answer(ways, sg.Panel(plots.front_picture(search.front, search.best, [example], others=others)))

# %% [markdown]
# For *value* and *polynomials*, the error is the unexplained fraction of the logit's variance; for *labels*, it is the
# fraction of wrong labels. All errors are measured on held-out points.
#
# <details><summary>All six experiments, seed 0</summary>
#
# | experiment | value (error) | labels (error) | polynomials (error) | gradients |
# |---|---|---|---|---|
# | ellipse | no (0.086) | no (0.053) | yes, at 9 nodes | yes, at 7 nodes |
# | quadratic | yes (0.00029) | no (0.12) | yes, at 15 nodes | yes |
# | sine | no (0.92) | no (0.22) | no (0.0018) | yes |
# | exponential | no (0.0059) | no (0.17) | no (0.0049) | yes |
# | gaussian | no (1.0) | no (0.20) | no (0.17) | yes |
# | gravity | no (1.0) | no (0.35) | no (0.027) | yes |
#
# </details>
#
# Across the shell, the logit goes from -9 to 9 while the quantity changes by a few per cent. So for *value*, a formula
# that is a few per cent wrong explains nothing. *Labels* are more forgiving: even a formula that is only half right
# gets most labels right. *Polynomials* are right if the concept is a polynomial.
#
# One trap remains, even with gradients. Multiply the concept (minus its threshold) by a function that is never zero.
# The boundary stays the same, and in a thin shell, the directions do too. Only a thicker shell can tell the two
# formulas apart; otherwise, you choose the shorter formula.
#
# ## What the paper got
#
# The paper (arXiv 2401.04978) reads eight classifiers of this kind. For *sine*, it published
# $\sin(x_2+x_3)+e^{-0.864\,x_1}$, which is wrong. This wrong formula fits the paper's field better (2.5e-4) than the
# right formula does (3.7e-4), because all the paper's points lie at the boundary.

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Which value does the formula take where the logit is 0? Read this value off the picture of the bend, or off the
#    field's points.
# 2. If you use this value as the threshold, what fraction of all labels does the formula get right? Give a number
#    between 0 and 1.

# %%
formula = result.to_numpy()
threshold = ...  # exercise 1: a number
shell = formula(field.points)[np.abs(field.values) < 1]
sg.check_answer(threshold, np.median(shell), within=0.05)

# %%
right = ...  # exercise 2: a number
above = formula(data.x) > np.median(shell)
sg.check_answer(right, max((above == data.y).mean(), (above != data.y).mean()), within=0.02)

# %% [markdown]
# **You can now** read a formula from a yes-or-no network. Go on with [two explanations for one
# answer](15_two_products.ipynb), or put a formula into the network: [splicing](../beyond/34_splicing.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 25, result.best
assert all(others.values())

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
threshold = np.median(shell)
assert sg.check_answer(threshold, np.median(shell), within=0.05)
right = max((above == data.y).mean(), (above != data.y).mean())
assert sg.check_answer(right, max((above == data.y).mean(), (above != data.y).mean()), within=0.02)
assert right > 0.9
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Take the median of the formula's values where the logit lies between -1 and 1. It is in the units of the formula.
# 2. The formula gets nearly all labels right. Measurement errors set the limit, because they matter close to the
#    boundary.
#
# <!-- END SOLUTION -->
