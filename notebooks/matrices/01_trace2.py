# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The trace: sign and scale do not matter
#
# Write one linear map in two bases, and you get two *similar* matrices. Nearly every entry changes. A network saw pairs
# of similar matrices as rows of four numbers, $\begin{pmatrix}x_1&x_2\\x_3&x_4\end{pmatrix}$. Which shared property did
# its neuron find?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["trace2"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 3), limit=60))

# %% [markdown]
# **20 minutes.** First read [the spring](../physics/07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** meet the simplest possible gradient field, disguise a formula, and see why no disguise changes the loss.
#
# **What people think first:** a neuron that stores *minus* the trace, or its exponential, has found something else.
#
# | word | meaning here |
# |---|---|
# | similar matrices | $A$ and $MAM^{-1}$: the same map in other coordinates |
# | anchor, positive | two similar matrices: they share the trace |
# | disguise | the same formula after a stretch, a shift, a change of sign, or a bend |
# | floor | the loss of the true concept, which shows how imperfect the network is |
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
import sympy as sp

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data and the network
#
# Anchors have entries between 0 and 1. The positive is $MAM^{-1}$ with a random $M$. If a pair has an entry beyond 5,
# we draw another pair (`variant="paper"` keeps all pairs). The picture above shows $x_1$ and $x_4$: all lines run in
# one direction.

# %%
sideways = sg.Question(
    "Now draw the same pairs over x1 and x2. Will there be one direction again?", hidden=guess_first
)
sideways

# %%
across = plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 1), limit=60)
sg.Answer(sideways, sg.Panel(across))

# %% [markdown]
# Similar matrices share a second number, the determinant. There are two invariants, but one neuron: which invariant
# will it find?

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# The loss is a natural logarithm of *squared* distances: a step down by 2.3 brings partners about 3.2 times closer. The
# dashed curve shows pairs that were not used for training. Both curves fall far: sums are easy to learn.
#
# ## The neuron's gradient
#
# Here is the gradient at five matrices, scaled to length 1:

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
directions = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
print(field.names)
print(directions[:5].round(2))

# %% [markdown]
# Every row contains nearly the same four numbers. A function whose gradient keeps its direction is a bent linear
# function, and these numbers are its coefficients, up to a factor. Here are the gradients as arrows:

# %%
sg.FieldView(field, inputs=("x1", "x4"))

# %%
left = sg.Question("What will the arrows over x2 and x3 look like?", hidden=guess_first)
left

# %%
sg.Answer(left, sg.FieldView(field, inputs=("x2", "x3")))

# %% [markdown]
# ## Your guess
#
# Type a formula. Its loss is the mean of $1-\cos^2\theta$, where $\theta$ is the angle between its gradient and the
# neuron's. With four inputs, a random guess has a loss of 3/4.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# For comparison, the wrong formula $x_1+x_2$ also has a loss of 3/4. Half of the formula is right. But $(1,1,0,0)$ and
# $(1,0,0,1)$ are 60 degrees apart, and $1-\cos^2 60° = 3/4$.
#
# Now disguise this formula: stretch it, shift it, bend it.

# %%
example = sg.score(field, "x1 + x2")
g = example.expression
disguises = [g, -3 * g, g - sp.Float(0.677), sp.exp(g), -1 / (g + 1)]
losses = [sg.score(field, disguise).loss for disguise in disguises]
for disguise, loss in zip(disguises, losses, strict=True):
    print(f"{loss:.6f}  {disguise}")

# %% [markdown]
# All losses are equal. The gradient of $-3g$ is $-3$ times the gradient of $g$: longer, opposite, but on the same line.
#
# You can disguise the *neuron*, too. At each point, multiply its gradient by a random number, which may be negative:

# %%
stretch = np.random.default_rng(seed).uniform(-9, 9, size=(len(field), 1))
bent = sg.GradientField(field.points, stretch * field.gradients, field.names)
print(f"{sg.score(bent, g).loss:.6f}  on a neuron that has been bent")

# %% [markdown]
# The loss is the same. The loss depends only on the *line* of the gradient, not on its length or its sign.
#
# ## The search, step by step
#
# So of all disguises of a formula, the search needs only one, and reports the simplest. Press **Step**.

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
published = plots.published_front(exp.id, field)
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %% [markdown]
# In the plot, triangles are the paper's formulas on *our* neuron. Several triangles show the same concept in
# disguise.
#
# ## What a sign can cost
#
# The paper's measure, $(2-2\cos\theta)/n$ with $n$ inputs, depends on an arrow's sign. An arrow on a line can point
# two ways. Here is the measure for both:

# %%
cosine = directions @ [1, 0, 0, 1] / np.sqrt(2)
senses = [(2 - 2 * sign * cosine).mean() / 4 for sign in (1, -1)]
sg.Answer(box, f" (x1 + x4)  {senses[0]:.6f}\n-(x1 + x4)  {senses[1]:.6f}")

# %% [markdown]
# One score is nearly perfect; the other is the worst possible. The random start of the training decides which sign gets
# the perfect score.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# The plot shows one thin curve without a turning point: the neuron depends only on this formula. And the determinant?

# %%
sg.Answer(box, f"loss of the determinant: {sg.score(field, 'x1*x4 - x2*x3').loss:.2f}")

# %% [markdown]
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2409.05305, experiment P1-01) reports $-0.677-(x_4+x_1)$ (complexity 7). The formula is true; its
# unit gradients differ from the neuron's by 6.0e-5 (mean square). The paper's neuron decreased with the trace, so the
# plain sum got the worst score, and the formula needed a minus sign.
#
# </details>

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. What is the loss of `x1` alone? Think of the angle between $(1,0,0,0)$ and $(1,0,0,1)$.
# 2. How many degrees apart are the gradients of $x_1+x_4$ and $x_1+1.1\,x_4$?

# %%
alone = ...  # exercise 1: a number
sg.check_answer(alone, sg.score(field, "x1").loss, within=0.1)

# %%
angle = ...  # exercise 2: in degrees
sg.check_answer(angle, np.degrees(np.arctan(1.1) - np.arctan(1)), within=0.02)

# %% [markdown]
# **You can now** tell when two formulas are the same discovery. Go on with [data on a surface](02_determinant2.ipynb),
# or with [nine inputs](03_trace3.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 5, result.best
assert np.ptp(losses) < 1e-9, losses
assert np.isclose(sg.score(bent, g).loss, losses[0], rtol=0.05)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
alone = 1 / 2
assert sg.check_answer(alone, sg.score(field, "x1").loss, within=0.1)
cosine = np.dot([1, 0, 0, 1], [1, 0, 0, 1.1]) / np.sqrt(2 * (1 + 1.1**2))
angle = np.degrees(np.arccos(cosine))
assert sg.check_answer(angle, np.degrees(np.arctan(1.1) - np.arctan(1)), within=0.02)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 1/2: $(1,0,0,0)$ and $(1,0,0,1)$ are 45 degrees apart. One right input alone is better than one right and one wrong
#    input.
# 2. The angle is 2.7 degrees. The network follows the trace to within a tenth or two of a degree, so we can tell the
#    two formulas apart.
#
# <!-- END SOLUTION -->
