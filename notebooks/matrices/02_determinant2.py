# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The determinant: a network knows nothing away from its data
#
# The determinant is the factor by which a matrix stretches areas. Similar matrices have the same determinant.
# They also have the same trace. So that the network cannot simply learn the trace, we give all matrices the same one:
# $x_1 + x_4 = 5$. What does a network's gradient mean where there were no data?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["determinant2"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 3), limit=60))

# %% [markdown]
# **20 minutes.** First read [the trace](01_trace2.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** split a gradient into a part along the data and a part across the data, and see three formulas become
# one.
#
# **What people think first:** the gradient of a good network is right in every direction.
#
# | word | meaning here |
# |---|---|
# | surface | the set $x_1 + x_4 = 5$, on which the data lie |
# | tangent space | the directions along the surface: here, three of four |
# | projection | keeping only the part of a gradient that lies in the tangent space |
# | floor | the loss of the true concept, which shows how imperfect the network is |
# | front | the formulas for which no simpler formula has a lower loss |
# | the paper | arXiv 2409.05305, whose experiment this notebook repeats |
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
# Matrices are $\begin{pmatrix}x_1&x_2\\x_3&x_4\end{pmatrix}$. In the picture above, each line joins $A$ and
# $MAM^{-1}$. All points lie on a single line, because you are looking along the surface. Plotted in the
# plane of $x_1$ and $x_2$ instead, the same data fill the plane:

# %%
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 1), limit=60))

# %%
off_the_line = sg.Question(
    "The network never saw a point off the line. What is its gradient across the line: zero, right, or anything?",
    hidden=guess_first,
)
off_the_line

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# After training, the two partners of a pair are thousands of times closer than matrices of different pairs, even in
# new pairs (dashed). The neuron has learnt a quantity that partners share.
#
# ## The field, along the surface
#
# `sg.gradient_field` notices that the data fill only three dimensions, and projects the gradients. For comparison, `raw` is
# not projected.

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
raw = sg.GradientField(field.points, field.gradients, field.names, tangent=None)
print(field)
print(raw)

# %%
sg.FieldView(field, inputs=("x2", "x3"))

# %% [markdown]
# The two inputs shown are free on the surface. You see a saddle, but with some scatter, because the other entries
# differ from point to point.
#
# ## Your guess
#
# Type a formula. The formula's gradient and the neuron's are both projected before they are compared. In three
# dimensions, a random guess has a loss of 2/3.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# ## The search, step by step

# %%
example = sg.score(field, "x2*x3")
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %% [markdown]
# ## Without the projection
#
# Now look at the part of a gradient that is perpendicular to the surface, along $(1,0,0,1)/\sqrt2$. How long is this
# part, as a fraction of the neuron's whole gradient? And of the determinant's gradient, $(x_4, -x_3, -x_2, x_1)$?

# %%
off = np.array([1, 0, 0, 1]) / np.sqrt(2)
truth = field.points[:, ::-1] * [1, -1, -1, 1]
neuron_share = field.gradients @ off / np.linalg.norm(field.gradients, axis=1)
true_share = truth @ off / np.linalg.norm(truth, axis=1)
correlation = np.corrcoef(neuron_share, true_share)[0, 1]
network, true = abs(neuron_share).mean(), abs(true_share).mean()
shares = f"share off the surface: {network:.2f} for the neuron, {true:.2f} for the determinant"
sg.Answer(off_the_line, f"{shares}\ncorrelation of the two: {correlation:.2f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# The gradient can be anything. If the network were right in this direction, the correlation would be 1 or $-1$. But no
# example taught the network anything about this direction.
#
# </details>
#
# Now score three formulas on both fields. On the data, $x_1+x_4$ *is* 5, so a division by this sum, or by a function
# of this sum, changes only the scale.

# %%
alike = sg.Question(
    "Which field treats the three formulas alike: the projected one or the other?", hidden=guess_first
)
alike

# %%
det = "(x1*x4 - x2*x3)"
formulas = [det, f"{det}/(x1 + x4)", f"{det}/exp(sin(sin(x1 + x4)))"]
projected = [sg.score(field, text).loss for text in formulas]
unprojected = [sg.score(raw, text).loss for text in formulas]
rows = zip(formulas, projected, unprojected, strict=True)
sg.Answer(alike, "\n".join(f"projected {a:.2e}   not projected {b:.2e}   {text}" for text, a, b in rows))

# %% [markdown]
# With the projection, the three formulas are one function. Without the projection, a formula has a lower loss if it
# imitates the network where there are no data. The paper did not project: its front prefers the quotient to the
# determinant, and the third formula to both.

# %%
published = plots.published_front(exp.id, field)
sg.Answer(alike, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %% [markdown]
# Triangles in the plot are the paper's formulas. With the projection, three of these lie at the bottom, all at the
# same level.
#
# ## Formula, bend and verdict
#
# The verdict knows that $x_1 + x_4$ is exactly 5 on the data, and uses this.

# %%
result = sg.interpret(search, concept=exp.concepts, constraints=exp.constraints, seconds=budget)
sg.Answer(box, result)

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# You see one thin curve: the neuron is a monotone function of the determinant. The shape of the bend depends on the
# network.
#
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-02) chose $x_2x_3 - x_1x_4$ (complexity 7). The formula is true; its unit
# gradients differ from the neuron's by 6.9e-2 (mean square). The authors chose by hand: on their front, the quotient
# has a smaller difference, 7.6e-3.

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. What is the loss of the trace, $x_1+x_4$, on `field`?
# 2. Remove the parts along `off` from `raw.gradients` and from `truth`. Compute the loss of the determinant from the
#    remaining parts.

# %%
trace = ...  # exercise 1: a number between 0 and 1
sg.check_answer(trace, sg.score(field, "x1 + x4").loss)

# %%
by_hand = ...  # exercise 2: a number
sg.check_answer(by_hand, projected[0], within=0.05)

# %% [markdown]
# **You can now** say in which directions you can trust a network. Go on with [true on the
# data](04_antisymmetric3.ipynb), or with [nine inputs](03_trace3.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 7, result.best
assert field.dimension == 3
assert np.ptp(projected) < 1e-9, projected
assert min(unprojected) > 100 * projected[0], unprojected

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
trace = 1
assert sg.check_answer(trace, sg.score(field, "x1 + x4").loss)
neuron, det_along = (g - np.outer(g @ off, off) for g in (raw.gradients, truth))
lengths = np.linalg.norm(neuron, axis=1) * np.linalg.norm(det_along, axis=1)
by_hand = (1 - ((neuron * det_along).sum(axis=1) / lengths) ** 2).mean()
assert sg.check_answer(by_hand, projected[0], within=0.05)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. The loss is 1, the worst possible value. The trace does not change along the surface, so its projected gradient is
#    zero, up to rounding.
# 2. Without the part perpendicular to the surface, the two gradients agree to a hundredth of a degree.
#
# <!-- END SOLUTION -->
