# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The spring: one neuron holds an energy
#
# A network saw a mass on a spring, in pairs of snapshots: position $x$ and velocity $v$. Each line in the picture
# joins two snapshots of one motion. The network got no physics. What has its neuron learnt?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["oscillator"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names))

# %% [markdown]
# **25 minutes.** First read [Start here](../00_start_here.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** look at a neuron's gradient field, guess its formula, compute the loss by hand, and find the formula's
# numbers with one eigenproblem.
#
# **What people think first:** a neuron that has learnt the energy *outputs* the energy.
#
# | word | meaning here |
# |---|---|
# | orbit | the snapshots $(x, v)$ that one motion passes through |
# | anchor, positive | two snapshots of one orbit: they share the energy |
# | invariant | a quantity that stays the same along each orbit |
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
from scipy.linalg import eigh

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data and the network
#
# The force is $-x$. Each orbit starts at a random place in the unit square. We look at each orbit twice.

# %%
far = sg.Question("Which point is equally far from both ends of every line?", hidden=guess_first)
far

# %% [markdown]
# <details><summary>Answer</summary>
#
# The origin. Every orbit is a circle around it.
#
# </details>
#
# The network has two inputs and one output neuron. Training rewards a value that is the same at both ends of a line,
# and different from line to line.

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# The loss is the natural logarithm of *squared* distances. A step down by 2.3 divides the squared distance within pairs
# by 10: partners come about 3.2 times closer. The two curves end together: the network has learnt nothing by heart.
#
# ## The neuron
#
# Click a neuron. You see its value at new points, in four groups from low to high.

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names)
picker.choose(None, run.neuron)
picker

# %% [markdown]
# The output makes rings: its value is constant along each circle. But *which* function makes these rings? Many
# functions have the same rings.
#
# ## Its gradient field
#
# At each point, the gradient points in the direction of fastest growth. Make all gradients equally long. The search
# will see only these arrows.

# %%
field = picker.field
sg.FieldView(field)

# %% [markdown]
# ## Your guess
#
# Type a formula in `x` and `v`. Its loss is the mean of $1-\cos^2\theta$, where $\theta$ is the angle between its gradient
# and the neuron's: 0 for the same direction everywhere, about 1/2 for a random guess.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# For comparison, here is a poor guess, $x\,v$. Blue arrows agree with this guess; red arrows do not.

# %%
example = sg.score(field, "x*v")
sg.FieldView(field, example)

# %% [markdown]
# Compute this loss yourself. The gradient of $x\,v$ is $(v, x)$. Each input is divided by its spread:

# %%
spread = field.points.std(axis=0)
mine, theirs = field.points[:, ::-1] * spread, field.gradients * spread
cosine = (mine * theirs).sum(axis=1) / (np.linalg.norm(mine, axis=1) * np.linalg.norm(theirs, axis=1))
by_hand = np.average(1 - cosine**2, weights=field.weights)  # steep points count more
print(f"by hand {by_hand:.3f}, by the library on a third of the points {example.loss:.3f}")

# %% [markdown]
# ## The search, step by step
#
# Press **Step** for one generation, or **Play** for all.

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %% [markdown]
# Triangles are the paper's formulas, measured on *our* neuron. Bent copies of a formula share its loss.

# %%
published = plots.published_front(exp.id, field)
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %% [markdown]
# ## Inside: how the numbers are found
#
# The search does not guess coefficients. Take some terms, here $x, v, x^2, xv, v^2$. Which sum $\sum_k c_k b_k$ has a
# gradient that stays closest to the neuron's line? The square of its part off the line is quadratic in $c$, and so is
# the square of the whole gradient. Their smallest ratio is an eigenvalue; its eigenvector contains the coefficients.

# %%
x, v = field.points.T
one, zero = np.ones_like(x), np.zeros_like(x)
directions = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
terms = np.stack([[one, zero], [zero, one], [2 * x, zero], [v, x], [zero, 2 * v]]).transpose(0, 2, 1)
along = np.einsum("knd,nd->kn", terms, directions)
M = np.einsum("knd,lnd->kl", terms, terms)
ratios, coefficients = eigh(M - along @ along.T, M)

# %%
numbers = np.round(coefficients[:, 0] / coefficients[2, 0], 3)
sg.Answer(box, f"coefficients of x, v, x², xv, v²: {numbers}, ratio {ratios[0]:.1e}")

# %% [markdown]
# ## Formula, bend and verdict
#
# For the verdict, we now name the concept.

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %% [markdown]
# <details><summary>What the formula means</summary>
#
# A mass 1 on a spring of stiffness 1 has the energy $E = \frac12 v^2 + \frac12 x^2$. The neuron computes
# $x^2+v^2 = 2E$, bent: the energy, up to a factor that directions cannot show.
#
# </details>
#
# And the bend? Here is the neuron's value against the formula's.

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# The curve is thin, and never turns back: the neuron depends only on this formula.
#
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2409.05305, experiment P1-07) reports $0.173/(x^2+v^2)$ (complexity 9). The formula is true; its
# unit gradients differ from the neuron's by 6.9e-4 (mean square). This measure, unlike our loss, depends on the sign
# of $\varphi'$, so a bent form won.
#
# </details>

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Predict the loss of `x**2 + 2*v**2`. Is it closer to 0 or 1/2? Your guess may be off by a factor of two.
# 2. Another neuron computes $\log r$. Set `ring` to its gradient field at `field.points`, a `sg.GradientField`.

# %%
ellipse = ...  # exercise 1: your number
sg.check_answer(ellipse, sg.score(field, "x**2 + 2*v**2").loss, within=0.5)

# %%
ring = ...  # exercise 2: sg.GradientField(field.points, the gradients of log(r), field.names)
sg.check_answer(ring, lambda ring: np.allclose((ring.gradients * ring.points).sum(axis=1), 1))

# %% [markdown]
# **You can now** read a neuron's formula from its arrows. Go on with [a formula that is almost
# right](08_cubic_force.ipynb), or with [why sign and scale do not matter](../matrices/01_trace2.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 7, result.best
assert np.allclose(coefficients[:, 0] / coefficients[2, 0], [0, 0, 1, 0, 1], atol=0.05)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
ellipse = 0.055
assert sg.check_answer(ellipse, sg.score(field, "x**2 + 2*v**2").loss, within=0.5)
squared = (field.points**2).sum(axis=1, keepdims=True)
ring = sg.GradientField(field.points, field.points / squared, field.names)
assert sg.check_answer(ring, lambda ring: np.allclose((ring.gradients * ring.points).sum(axis=1), 1))
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. The loss is 0.055, close to 0. Along both axes, the two gradients agree; between the axes, they are at most 20
#    degrees apart.
# 2. The slope of $\log r$ is $1/r$, so the gradient is $(x, v)/r^2$. Its arrows point away from the origin, like those
#    of our formula: bent copies share the field.
#
# <!-- END SOLUTION -->
