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
# # The determinant of a matrix: data on a surface
#
# Similar matrices $A$ and $MAM^{-1}$ share trace and determinant. To make a neuron learn the determinant, the
# paper fixes the trace: every matrix here has $x_1 + x_4 = 5$. Four numbers, but only three are free: the data lie
# on a surface in the space of inputs.
#
# **Goals.** You will see what that does to a gradient. Away from the surface the network has never been, so the
# part of its gradient that points away from it is arbitrary. It has to be removed before anything is
# compared, and then three different formulas turn out to be one.
#
# | word | meaning here |
# |---|---|
# | determinant | $x_1x_4 - x_2x_3$ for the matrix $\begin{pmatrix}x_1&x_2\\x_3&x_4\end{pmatrix}$ |
# | tangent space | the directions in which the data extend: here three of four |
# | projection | keeping only the part of a gradient that lies in the tangent space |
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
# Anchors are random matrices of trace 5; the positive is $MAM^{-1}$. Each line below joins the two, over the
# diagonal entries.

# %%
exp = sg.experiments["determinant2"]
data = exp.sample(2000, seed=seed, variant=variant)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 3), limit=60))

# %% [markdown]
# All points are on one line: $x_1 + x_4 = 5$. From this side you look along the surface. Over $x_1$ and $x_2$ the
# same data fill the plane:

# %%
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 1), limit=60))

# %% [markdown]
# ## Training

# %%
run = exp.train(seed=seed, variant=variant)
run

# %%
sg.Panel(plots.history_picture(run.history))

# %% [markdown]
# ## The neuron's gradient, with and without the part that means nothing
#
# `sg.gradient_field` notices by itself that the data fill three dimensions only, and projects. For comparison we
# also make a field that does not, with `tangent=None`.

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
raw = sg.GradientField(field.points, field.gradients, field.names, tangent=None)
print(field)
print(raw)

# %% [markdown]
# The direction off the surface is $(1,0,0,1)/\sqrt2$, along which the trace would change. How large is the
# neuron's gradient along it, compared with the true determinant's? There $\nabla g = (x_4, -x_3, -x_2, x_1)$,
# and its part off the surface is $(x_1+x_4)/\sqrt2 = 5/\sqrt2$, the same for every matrix.

# %%
off = np.array([1, 0, 0, 1]) / np.sqrt(2)
lengths = np.linalg.norm(field.gradients, axis=1)
neuron_share = field.gradients @ off / lengths
truth = field.points[:, ::-1] * [1, -1, -1, 1]
true_share = truth @ off / np.linalg.norm(truth, axis=1)
print(f"share off the surface: neuron {neuron_share.std():.3f}, determinant {true_share.std():.3f} (spread)")
print(f"correlation of the two: {np.corrcoef(neuron_share, true_share)[0, 1]:.2f}")

# %% [markdown]
# Were the network right about that direction, the shares would be equal up to one sign and the correlation
# $\pm1$. No datum ever told it, so they need not be. Now score formulas on both fields. On the data $x_1+x_4$
# *is* 5, so dividing by it changes nothing that anyone could see.
#
# **Predict:** which column will treat the three formulas alike?

# %%
formulas = ["x1*x4 - x2*x3", "(x1*x4 - x2*x3)/(x1 + x4)", "(x1*x4 - x2*x3)/exp(sin(sin(x1 + x4)))"]
projected = [sg.score(field, text).loss for text in formulas]
unprojected = [sg.score(raw, text).loss for text in formulas]
for text, good, bad in zip(formulas, projected, unprojected, strict=True):
    print(f"projected {good:.2e}   not projected {bad:.2e}   {text}")

# %% [markdown]
# Projected, the three are one function, as they must be, and the determinant fits thousands of times better.
# Not projected, a formula is rewarded for imitating what the network happens to do where no data are. The paper
# did not project: its front prefers $\det/(x_1+x_4)$ to $\det$, and $\det/\exp(\sin(\sin(x_1+x_4)))$ to both.
#
# ## A guess of your own
#
# Type a formula; the field is shown over the axes you choose.

# %%
mine = sg.score(field, "x1*x4")
sg.FieldView(field, mine, inputs=("x2", "x3"))

# %% [markdown]
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
# Three of the triangles now lie on one level, thanks to the projection. On the surface there are other ways to
# write the same thing, for instance $x_1(5-x_1) - x_2x_3$; the search reports the one with the fewest symbols.
#
# ## Formula, bend and verdict
#
# The verdict is told that $x_1 + x_4 = 5$ holds on the data, and uses it exactly.

# %%
result = sg.interpret(
    field, concept=exp.concepts, constraints=exp.constraints, seconds=budget, random_state=seed
)
result

# %%
determinant, _ = evaluate(result.best.expression, field.names, field.points)
sg.Panel(plots.phi_picture(determinant, field.values, result.phi))

# %% [markdown]
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-02) chose $x_2x_3 - x_1x_4$, complexity 7, true, with a mean squared
# difference of unit gradients of 6.9e-2, by hand: on its front $\det/(x_1+x_4)$ scores 7.6e-3. Ours:

# %%
report = sg.record(result, run)

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* what does `sg.score(field, "x1 + x4")` do? What is the gradient of the trace on the surface?
# 2. Is $x_1 - x_4$ a function on the surface? Score `x2*x3 + (x1 - x4)**2/4` and explain what you see.
# 3. Make the field with a basis of your own, `tangent=np.eye(4)[:, 1:3]`, which keeps only $x_2$ and $x_3$. Which
#    formulas can such a field still tell apart?

# %% [markdown]
# The last cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 7, result.best
assert search.best.expression == result.best.expression, search.best
assert field.dimension == 3
assert np.ptp(projected) < 1e-9, projected
assert unprojected[0] > 100 * projected[0], unprojected
