# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What has this neuron learnt?
#
# A network watched a mass on a spring, without knowing any physics. Drag the number **3.0** in your formula below: the
# arrows tell you when the formula is right. Then press **What is this?**

# %%
import symgrad_widgets as sg

sg.Instrument("oscillator")

# %% [markdown]
# *Is there no picture yet? Choose* Run All Cells *in the menu* Run.
#
# **20 minutes.** You need no other notebook. You have just read your first neuron. You can stop here, or go on. All
# notebooks: [index](reference/index.ipynb).
#
# **You will** bend a neuron and see what changes, compute by hand the number that compares a formula with a neuron, and read
# a second network.
#
# **What people think first:** a neuron *outputs* the formula that it has learnt. In fact, the neuron outputs a
# distorted (bent) copy of this formula.
#
# | word | meaning here |
# |---|---|
# | neuron | one number that a network computes from its inputs, $f(x)$ |
# | concept | the formula $g(x)$ that the neuron has learnt |
# | $\varphi$ (phi) | the unknown function that bends the formula, $f = \varphi(g)$; $\varphi$ only rises, or only falls |
# | gradient | the vector of partial derivatives; it points in the direction in which the function grows fastest |
# | gradient field | the gradients at many points |
# | loss | how much the directions of two gradient fields differ: 0 = parallel everywhere, 1 = at right angles everywhere |
# | angle of a formula | the angle whose squared sine is the loss: an average angle, in which large angles count more |
# | front | the formulas for which no simpler formula has a lower loss |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 20  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
import numpy as np

from symgrad_widgets import plots

# %% [markdown]
# ## Why arrows, and not values?
#
# Here is a toy neuron. It computes $\tanh(b\,g)$ for the concept $g = x^2+2y^2$; you choose the number $b$, the bend.
# Move the slider to change $b$. On the left, each dot is one point: the neuron's new value, plotted against its old
# value. On the right are the neuron's gradients: old gradients are thick arrows, new gradients are thin arrows.


# %%
def neuron(points, bend):
    x, y = points.T
    value = np.tanh(bend * (x**2 + 2 * y**2))
    slope = bend * (1 - value**2)
    return value, slope[:, None] * np.column_stack([2 * x, 4 * y])


# %%
which = sg.Question(
    "Before you move the slider: will the arrows on the right turn, change their length, or both?",
    hidden=guess_first,
)
which

# %%
points = np.random.default_rng(seed).uniform(-1, 1, size=(600, 2))
sg.PhiBender(neuron, points, names=("x", "y"))

# %% [markdown]
# Here are the numbers for one point:

# %%
lines = []
for bend in (0.2, 1.0, 3.0):
    value, gradient = neuron(np.array([[0.6, -0.3]]), bend)
    length = np.linalg.norm(gradient)
    lines.append(f"bend {bend}: value {value[0]:.3f}, length {length:.3f}, direction {gradient[0] / length}")
sg.Answer(which, "\n".join(lines))

# %% [markdown]
# <details><summary>Answer</summary>
#
# The arrows change only their length. The value and the length of the gradient depend on the bend; the direction does
# not. The chain rule says why: $\nabla f = \varphi'(g)\,\nabla g$, a number times a vector. So we use only directions.
# The directions depend on the concept alone.
#
# </details>
#
# ## Compare a formula with the neuron
#
# At each point, we compare the gradients of a formula and of the neuron. Let $\theta$ be the angle between these two
# gradients: $1-\cos^2\theta$ is 0 if they lie on one line, and 1 if they are at right angles. The **loss** is the mean
# of $1-\cos^2\theta$ over the points; points with steep gradients count more. Each input is divided by its spread. Take
# the guess $x\,y$, whose gradient is $(y, x)$:

# %%
values, gradients = neuron(points, bend=1.0)
field = sg.GradientField(points, gradients, names=("x", "y"), values=values)
spread = points.std(axis=0)
mine, theirs = points[:, ::-1] * spread, gradients * spread  # the gradient of x*y is (y, x)
lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(mine, axis=1)
loss = np.average(1 - ((theirs * mine).sum(axis=1) / lengths) ** 2, weights=field.weights)
print(f"loss of x*y: {loss:.3f}")

# %% [markdown]
# This loss is close to one half, the mean of $\sin^2\theta$ over all angles. A random formula gets this loss. The
# library's `sg.score` uses only a third of the points: those that the search will not see.
#
# ## Your guess
#
# You know this neuron's formula. Type a formula that looks different, but still has a loss of 0.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# The circle $x^2+y^2$ is a good guess near the axes, and a poor guess between them. Thin blue arrows agree with the
# circle; thick red arrows do not:

# %%
circle = "x**2 + y**2"
sg.FieldView(field, candidate=circle)

# %% [markdown]
# ## Let the search find it
#
# The search proposes formulas, and keeps the best formula of each complexity (the number of symbols, constants and
# operations). The search works in steps (*generations*), and waits at 0. Press **Step**, or **Play**.

# %%
example = sg.score(field, "x*y")
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, guesses=[example])))

# %% [markdown]
# The search chooses the formula at which the loss has its largest drop. An overall factor or offset has no meaning. Is
# this formula the concept?

# %%
verdict = sg.verify(search.best.expression, "x^2 + 2*y^2", field=field)
sg.Answer(box, str(verdict))

# %% [markdown]
# ## A network that you read yourself
#
# This network was trained to say whether points of a square lie inside a region. Three lines of code are enough to read
# the network. What is the region?

# %%
run = sg.experiments["ellipse"].pretrained()
real = sg.gradient_field(run.model, run.x, names=run.names)
region = sg.ExpressionView(real, hidden=guess_first)
region

# %%
real_search = sg.Search(real, random_state=seed)
steps = sg.SearchStepper(real_search, guesses=[sg.score(real, "x1*x2")])
steps.run(seconds=budget)
steps.goto(0 if guess_first else real_search.generation)
steps

# %%
sg.Answer(region, real_search.best)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The region is an ellipse, $x_1^2+2x_2^2$ up to a factor. Directions cannot tell you the size of the ellipse. For our
# toy neuron, the loss was 0. Here the loss is not 0, because a network only comes close to a concept.
#
# </details>
#
# ## Exercises
#
# 1. What is the loss of the circle $x^2+y^2$ on the toy neuron? Is this loss above or below the loss of $x\,y$?
# 2. Suppose the concept has a third input, $g = x^2 + 2y^2 + z$. What is the loss of `z`?

# %%
mine = ...  # exercise 1: a number, right to within a factor of two
sg.check_answer(mine, sg.score(field, circle).loss, within=0.5)

# %%
third = ...  # exercise 2: a number; the gradient of g is (2x, 4y, 1), that of z is (0, 0, 1)
flat = np.column_stack([2 * points[:, 0], 4 * points[:, 1], np.ones(len(points))])
sg.check_answer(third, (1 - 1 / (flat**2).sum(axis=1)).mean(), within=0.03)

# %% [markdown]
# **You can now** read a neuron: compare arrows, make a guess, and run the search. Go on with [a look inside the
# search](physics/07_oscillator.ipynb), with [real planets](own/21_planets.ipynb), or with [the
# playground](playground.ipynb).
#
# The next cell checks what this notebook claims.

# %%
first = sg.Instrument("oscillator")  # as it was before you dragged
assert first.state.selected == "x² + 3.0 v²"
assert not first.answer()["same"]
assert first.answer("x² + v²")["said"].startswith("the energy of the spring, up to a factor")
assert verdict.same, verdict
assert abs(loss - example.loss) < 0.1 * loss  # on a third of the points
assert search.best.loss < 1e-6
assert sg.verify(real_search.best.expression, "x1^2 + 2*x2^2", field=real).same

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
mine = 0.06
assert sg.check_answer(mine, sg.score(field, circle).loss, within=0.5)
third = 0.78
assert sg.check_answer(third, (1 - 1 / (flat**2).sum(axis=1)).mean(), within=0.03)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. The loss is 0.06, far below one half: on the axes and near the axes, the circle and the ellipse agree.
# 2. About 0.78: the mean of $(4x^2+16y^2)/(1+4x^2+16y^2)$.
#
# <!-- END SOLUTION -->
