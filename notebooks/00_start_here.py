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
# A network watched a mass on a spring. Nobody told it any physics. **Dark arrows** show where its neuron grows fastest.
# **Orange arrows** show the same for your formula. Drag the number **3.0** until the arrows lie on top of each other.
# Then press **What is this?**

# %%
import symgrad_widgets as sg

sg.Instrument("oscillator")

# %% [markdown]
# *No picture yet? Choose* Run All Cells *in the menu* Run.
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*
#
# ## Why arrows, and not values?
#
# A neuron computes some function $f(x)$ of its inputs. Often it has learnt a quantity $g(x)$ that is a short formula: an
# energy, a determinant. But any bent copy $f = \varphi(g)$ is as useful to the network, and the bend $\varphi$ hides
# the formula. You will bend a neuron and see what changes, compute by hand the number that compares a formula with a
# neuron, and let the search find formulas: of a toy, and of another real network.
#
# | word | meaning here |
# |---|---|
# | neuron | one number that a network computes from its inputs, $f(x)$ |
# | concept | the formula $g(x)$ that the neuron has learnt |
# | $\varphi$ (phi) | the unknown function that bends it: $f = \varphi(g)$, always rising or always falling |
# | gradient | the vector of partial derivatives; it points where the function grows fastest |
# | gradient field | the gradients at many points |
# | loss | how far two gradient fields disagree in direction: 0 = nowhere, 1 = everywhere at right angles |
# | front | the formulas for which no simpler one does better |

# %% tags=["parameters"]
seed = 0
budget = 20  # seconds the search may take at most

# %%
import numpy as np

from symgrad_widgets import plots

# %% [markdown]
# ## A neuron we can bend
#
# Here is a toy neuron. It knows the concept $g = x^2 + 2y^2$, and returns $\tanh(b\,g)$ with a bend $b$ that we
# choose. By the chain rule its gradient is the slope of $\tanh$ times the gradient of $g$. The slope is one number: it
# makes the gradient longer or shorter, and nothing else.


# %%
def neuron(points, bend):
    x, y = points.T
    value = np.tanh(bend * (x**2 + 2 * y**2))
    slope = bend * (1 - value**2)
    return value, slope[:, None] * np.column_stack([2 * x, 4 * y])


# %%
points = np.random.default_rng(seed).uniform(-1, 1, size=(600, 2))
sg.PhiBender(neuron, points, names=("x", "y"))

# %% [markdown]
# **Before you move the slider, predict:** which of the two pictures will change?
#
# On the left each dot is one point: the neuron's value now against its value before. The dots leave the line as soon
# as you bend. On the right, the directions of the gradients do not move. In numbers, for one point:

# %%
for bend in (0.2, 1.0, 3.0):
    value, gradient = neuron(np.array([[0.6, -0.3]]), bend)
    length = np.linalg.norm(gradient)
    print(f"bend {bend}: value {value[0]:.3f}, length {length:.3f}, direction {gradient[0] / length}")

# %% [markdown]
# Value and length depend on the bend, the direction does not. So we keep directions: they belong to the concept alone.
#
# ## Comparing a formula with the neuron
#
# A formula $e$ agrees with the neuron at a point when the two gradients lie on one line. With the angle
# $\theta$ between them, $1-\cos^2\theta$ is 0 when they do, in whatever sense, and 1 when they are at right angles. The
# **loss** is the mean over the points. Inputs may come in any unit, so each is measured in its own spread over the
# points. For the guess $e = x\,y$, whose gradient is $(y, x)$:

# %%
values, gradients = neuron(points, bend=1.0)
spread = points.std(axis=0)
mine, theirs = points[:, ::-1] * spread, gradients * spread  # the gradient of x*y is (y, x)
lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(mine, axis=1)
cosine = (theirs * mine).sum(axis=1) / lengths
loss = (1 - cosine**2).mean()
print(f"loss of x*y: {loss:.3f}")

# %% [markdown]
# Close to one half, the mean of $\sin^2\theta$ over all angles: what a formula gets that has nothing to say.
#
# The library keeps points and gradients together in a `GradientField`; `sg.score` does the same sum for any formula.

# %%
field = sg.GradientField(points, gradients, names=("x", "y"), values=values)
mine = sg.score(field, "x*y")
mine

# %% [markdown]
# **Your turn.** Replace `x*y` above by formulas of your own. How low can you get without using the answer? Does `3*x*y`
# differ from `x*y`? Does `exp(x*y)`?
#
# Below, arrows are coloured by the angle to a formula: blue and thin where they agree, red and thick where not.

# %%
sg.FieldView(field, candidate="x**2 + y**2")

# %% [markdown]
# A circle is a good guess near the axes, where its arrows are parallel to those of the ellipse, and a poor one
# in between.
#
# ## Letting the search find it
#
# The search proposes formulas and keeps the front: for each complexity (the number of symbols, constants and
# operations) the best so far. Press **Step** for one generation, **Back** and **Go to** to see it again.

# %%
stepper = sg.SearchStepper(sg.Search(field, random_state=seed), guesses=[mine])
stepper

# %%
state = stepper.run(seconds=budget)
state.best

# %%
sg.Panel(plots.front_picture(state.front, state.best, guesses=[mine]))

# %% [markdown]
# The formula is chosen where the loss falls by far the most. It is found up to the bend, so an overall factor or
# offset means nothing. Is it the concept?

# %%
verdict = sg.verify(state.best.expression, "x^2 + 2*y^2", field=field)
print(verdict)

# %% [markdown]
# ## A real network
#
# Here is a neuron that nobody wrote. Its network was trained to say for points of a square whether they lie inside a
# region; the weights come with the package. The same three lines read it: points, gradient field, search. Press **Step**
# a few times: the formula you see is your first of a real neuron.

# %%
run = sg.experiments["ellipse"].pretrained()
real = sg.gradient_field(run.model, run.x, names=run.names)
steps = sg.SearchStepper(sg.Search(real, random_state=seed))
steps

# %%
steps.run(seconds=budget).best

# %% [markdown]
# Which region was it? An ellipse, up to the size, which no direction tells. The loss is no longer 0 as for our toy,
# but of the order of $10^{-5}$: a network only comes close to a concept.
#
# ## Recap
#
# A network may bend what it has learnt, so its values hide the formula; directions of gradients do not. The loss
# compares directions only, and the search returns a front, with the formula at its knee.
#
# In `reference`, `index` lists all notebooks and all words. **Go on with** `physics/07_oscillator` (a look
# inside the search), `matrices/01_trace2` (why sign and scale do not matter) or `matrices/02_determinant2` (data on a
# surface).
#
# ## Exercises
#
# 1. *Predict first:* what is the loss of `x**2 + y**2`? Above or below that of `x*y`? Then compute it by hand, as `circle`.
# 2. Change the neuron to $\cos(b\,g)$. For small $b$ all goes well. Which assumption breaks for large $b$, and
#    what happens to the left picture?
# 3. Give the concept a third input, $g = x^2 + 2y^2 + z$. What do you expect `sg.score(field, "z")` to be?

# %% [markdown]
# The next cell checks what this notebook claims.

# %%
first = sg.Instrument("oscillator")  # as it was before you dragged
assert first.state.selected == "x² + 3.0 v²"
assert not first.answer()["same"]
assert first.answer("x² + v²")["said"].startswith("the energy of the spring, up to a factor")
assert verdict.same, verdict
assert abs(loss - mine.loss) < 1e-9
assert state.best.loss < 1e-6
assert sg.verify(steps.state.best.expression, "x1^2 + 2*x2^2", field=real).same

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers
#
# Exercise 1 in code, with its check; then all in words.

# %%
# Exercise 1: `circle`, the loss of x**2 + y**2, from `theirs` and the gradient of the guess in spreads
### BEGIN SOLUTION
guess = 2 * points * spread
lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(guess, axis=1)
circle = (1 - ((theirs * guess).sum(axis=1) / lengths) ** 2).mean()
### END SOLUTION

# %%
assert np.isclose(circle, sg.score(field, "x**2 + y**2").loss), f"sg.score disagrees with {circle}"

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 0.06, far below one half: on the axes, and near them, circle and ellipse agree.
# 2. The cosine rises again after $b\,g = \pi$. Two values of $g$ then share one value of the neuron, and the dots on the
#    left fold over. The directions stay right, for the loss ignores the sense of the gradient; but the neuron's value no
#    longer tells $g$.
# 3. The gradient of $g$ is $(2x, 4y, 1)$, that of `z` is $(0, 0, 1)$. The loss is the mean of
#    $(4x^2+16y^2)/(1+4x^2+16y^2)$, about 0.78.
#
# <!-- END SOLUTION -->
