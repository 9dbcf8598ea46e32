# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext,-all
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The trace of a matrix: why sign and scale do not matter
#
# Multiply a matrix $A$ by $M$ from the left and by $M^{-1}$ from the right, and nearly every entry changes. The
# trace, the sum of the diagonal, does not. A network sees pairs of such matrices as plain rows of four numbers,
# $x_1, x_2, x_3, x_4$. What does it make of them?
#
# **Goals.** You will find the trace in a trained neuron, see the simplest gradient field there is - the same
# arrow everywhere - and understand why a neuron that stores *minus* the trace, or its exponential, is the same
# discovery.
#
# | word | meaning here |
# |---|---|
# | trace | $x_1 + x_4$, the sum of the diagonal of $\begin{pmatrix}x_1&x_2\\x_3&x_4\end{pmatrix}$ |
# | similar matrices | $A$ and $MAM^{-1}$: the same map in other coordinates |
# | anchor, positive | two similar matrices; they share the trace |
# | floor | loss of the true concept: how imperfect the network is |

# %% tags=["parameters"]
seed = 0
variant = "default"
budget = 20  # seconds the search may take at most

# %%
import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.expressions import evaluate

# %% [markdown]
# ## The rule and the data
#
# Anchors have entries between 0 and 1; the positive is $MAM^{-1}$ with a random $M$ of the same kind. Where
# $M$ is nearly singular the positive has huge entries, so pairs with an entry beyond 5 are drawn anew
# (`variant="paper"` keeps them all).

# %%
exp = sg.experiments["trace2"]
data = exp.sample(2000, seed=seed, variant=variant)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 3), limit=60))

# %% [markdown]
# The axes are the two diagonal entries. **Predict:** in which direction do all the lines run, and why?
#
# The determinant of the two matrices is equal as well. So there are two invariants here, and one neuron. We
# shall see which one it prefers.
#
# ## Training

# %%
run = exp.train(seed=seed, variant=variant)
run

# %%
sg.Panel(plots.history_picture(run.history))

# %% [markdown]
# The loss compares squared distances between values of the neuron, within pairs against between strangers, on a
# logarithmic scale: 2.3 less means ten times closer. A trace is a sum, so the network learns it quickly and well.
#
# ## The neuron and its gradient
#
# Let us look at the gradient, made one unit long, at five matrices:

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
directions = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
print(field.names)
print(directions[:5].round(3))

# %% [markdown]
# The same four numbers in each row: a **constant** direction. A function with a constant gradient direction is a
# bent linear function, and the four numbers are its coefficients up to a factor. Here you can read the formula
# with the naked eye. (If the signs came out negative, that is no flaw, as you will see.)

# %%
sg.FieldView(field, inputs=("x1", "x4"))

# %% [markdown]
# Choose `x2` and `x3` as the axes. **Predict first:** what will be left of the arrows?
#
# ## A guess of your own, and its disguises
#
# Write your formula in place of `x1 + x2`.

# %%
mine = sg.score(field, "x1 + x2")
mine

# %% [markdown]
# Now take one formula in five disguises. The gradient of $-3(x_1+x_4)$ is $-3$ times that of $x_1+x_4$: another
# length, the opposite sense, the same line. The exponential stretches it by a positive number at each point.
# The loss $1-\cos^2\theta$ asks only for the line.

# %%
disguises = ["x1 + x4", "-3*(x1 + x4)", "x1 + x4 - 0.677", "exp(x1 + x4)", "-1/(x1 + x4)"]
losses = [sg.score(field, text).loss for text in disguises]
for text, loss in zip(disguises, losses, strict=True):
    print(f"{loss:.3e}  {text}")

# %% [markdown]
# All equal. The search therefore looks for one formula of each family and reports its simplest member.
# The paper's own measure, $(2-2\cos\theta)/n$, depends on the sign, so a neuron that *falls* with the trace needed
# an extra minus sign there, at the price of a higher complexity.
#
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[mine])
stepper

# %%
stepper.run(seconds=budget).best

# %% [markdown]
# Beside it, the formulas that the paper published for this experiment, measured on *our* neuron:

# %%
published = plots.published_front(exp.id, field)
sg.Panel(plots.front_picture(search.front, search.best, guesses=[mine], published=published))

# %% [markdown]
# Several triangles have the loss of the trace, or nearly, at growing complexity: bent copies of one formula, each
# counted as a new one. The front found here goes on to the right as well, with small corrections. They
# describe this network's mistakes, not the concept; the choice stops where the loss stops falling steeply.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(field, concept=exp.concepts, seconds=budget, random_state=seed)
result

# %%
trace, _ = evaluate(result.best.expression, field.names, field.points)
sg.Panel(plots.phi_picture(trace, field.values, result.phi))

# %% [markdown]
# This is $\varphi$. Its direction, rising or falling, was decided by the random start of the training: the
# network had no reason to prefer either.
#
# And the determinant, which the pairs share too? Its loss shows that this neuron left it aside:

# %%
sg.score(field, "x1*x4 - x2*x3")

# %% [markdown]
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-01) reports $-0.677-(x_4+x_1)$, complexity 7, true, with a mean
# squared difference of unit gradients of 6.0e-5. Ours:

# %%
report = sg.record(result, run)

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* what is the loss of `x1`? Think of the angle between $(1,0,0,0)$ and $(1,0,0,1)$.
# 2. Train with another seed until $\varphi$ falls instead of rising. Does the formula change? Does its loss?
# 3. Would `x1 + 1.1*x4` be told apart from the trace? Work out the angle between the two gradients, then compare
#    with the angle that `result` reports.

# %% [markdown]
# The last cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 5, result.best
assert search.best.expression == result.best.expression, search.best
assert np.ptp(losses) < 1e-9, losses
