# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The harmonic oscillator: what a gradient field is
#
# A mass on a spring moves so that its energy stays the same. A network sees only pairs of snapshots of such
# motions, position $x$ and velocity $v$. Will one of its neurons discover the energy, and can we read it off?
#
# **Goals.** You will train a network on motions alone, draw the gradient field of its last neuron, look inside
# the loss and the search in a few lines of NumPy, and end with a formula and a proof.
#
# | word | meaning here |
# |---|---|
# | orbit | the snapshots $(x, v)$ that one motion passes through |
# | anchor, positive | two snapshots of one orbit: they share the energy |
# | invariant | a quantity that stays the same along each orbit |
# | floor | loss of the true concept: how imperfect the network is |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # seconds the search may take at most

# %%
import numpy as np
from scipy.linalg import eigh

import symgrad_widgets as sg
from symgrad_widgets import plots

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget)

# %% [markdown]
# ## The rule and the data
#
# The force is $-x$. Each orbit starts at a random place in the unit square and is seen at two random times.
# In the picture a line joins the two snapshots of an orbit.

# %%
exp = sg.experiments["oscillator"]
data = exp.sample(2000, seed=seed, variant=variant)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names))

# %% [markdown]
# **Predict:** the two ends of a line are equally far from something. From what?
#
# ## Training
#
# The network has two inputs and a single output neuron. It is rewarded when the neuron's value is nearly the
# same at the two snapshots of a pair, and different from pair to pair. Nobody tells it about energy.

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# The loss compares squared distances between values of the neuron on a logarithmic scale: those within pairs,
# which should be small, against those between strangers, which should not. Each step down by 2.3 brings
# partners ten times closer. At the end training and validation lie together: nothing was learnt by heart.
#
# ## The neuron
#
# Click a neuron, and its value on points that it has never seen appears beside the diagram, in four groups from low to
# high. Chosen is the output, the only one that was rewarded.

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names)
picker.choose(None, run.neuron)
picker

# %% [markdown]
# Rings. The neuron takes one value all along a circle: it has found an invariant. But *which* function of the
# radius it computes, the picture cannot say: $r$, $r^2$, $\log r$ and $-3r^7$ all have these rings.
#
# ## Its gradient field
#
# At each point the gradient of the neuron points where its value grows fastest. Take all of them, make them
# equally long, and you have the gradient field. This is all that the search will ever see.

# %%
field = picker.field
sg.FieldView(field)

# %% [markdown]
# ## A guess of your own
#
# **Type a formula into the box before you read on.** Its loss is the mean of $1-\cos^2\theta$, with $\theta$ the angle
# between its gradient and the neuron's: 0 means the same direction everywhere, 1/2 is what chance gives here.

# %%
box = sg.ExpressionView(field, hidden=True)
box.guess = "x*v"  # the same as typing it
box

# %%
sg.FieldView(field, box.guess)

# %% [markdown]
# The loss is no black box. The gradient of $x\,v$ is $(v, x)$, and this is the whole calculation:

# %%
directions = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
candidate = field.points[:, ::-1]
cosine = (directions * candidate).sum(axis=1) / np.linalg.norm(candidate, axis=1)
print(f"by hand {(1 - cosine**2).mean():.6f}, by the library {box.guesses[0].loss:.6f}")

# %% [markdown]
# ## The search, step by step
#
# Press **Step** to see one generation at a time. The next cell runs on until the answer has settled; after that,
# **Back** and **Go to** show you what came before.

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=box.guesses)
stepper

# %%
stepper.run(seconds=budget).best

# %% [markdown]
# Beside it, the formulas that the paper published for this experiment, measured on *our* neuron:

# %%
published = plots.published_front(exp.id, field)
sg.Panel(plots.front_picture(search.front, search.best, guesses=box.guesses, published=published))

# %% [markdown]
# Triangles that are bent copies of one concept, such as $0.173/(x^2+v^2)$, have the same loss as ours at a
# higher complexity: the loss does not see the bend.
#
# ## Inside: how constants are found
#
# The search does not guess coefficients. Take some terms, here $x, v, x^2, xv, v^2$, and ask for the sum
# $\sum_k c_k b_k$ whose gradient leaves the neuron's line least. What sticks out is quadratic in $c$, and so is the
# length of the gradient. Their smallest ratio is an eigenvalue; its eigenvector holds the coefficients.

# %%
x, v = field.points.T
one, zero = np.ones_like(x), np.zeros_like(x)
terms = np.stack([[one, zero], [zero, one], [2 * x, zero], [v, x], [zero, 2 * v]]).transpose(0, 2, 1)
along = np.einsum("knd,nd->kn", terms, directions)
M = np.einsum("knd,lnd->kl", terms, terms)
ratios, coefficients = eigh(M - along @ along.T, M)
print("coefficients", np.round(coefficients[:, 0] / coefficients[2, 0], 3), "ratio", ratios[0])

# %% [markdown]
# The order is $x, v, x^2, xv, v^2$: the answer is $x^2 + v^2$ with small errors that come from the network, and
# the ratio is its loss (weighted by the squared length of the gradient).
#
# ## Formula, bend and verdict
#
# `sg.interpret` does all of this in one call, or goes on where a search has come to. Only now do we hand over the
# concept, for the verdict.

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
result

# %%
box.candidate = result
box

# %%
sg.PhiView(field, result)

# %% [markdown]
# This is $\varphi$: the neuron's value against the formula's. A thin curve without turning points means that the
# neuron knows the formula and nothing else. It is not straight, so fitting the *value* with a
# formula would have had to describe the bend as well.
#
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-07) reports $0.173/(x^2+v^2)$, complexity 9, true, with a mean
# squared difference of unit gradients of 6.9e-4. The bent form stood there because its loss depends on the sign
# of $\varphi'$, and ours does not. Our figures:

# %%
report = sg.record(result, run)

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* what is the loss of `x**2 + 2*v**2`? Is it closer to 0 or to that of `x*v`? Score it.
# 2. Train with `exp.train(seed=seed, preset="paper", epochs=10)`, a ReLU network (half a minute). Its gradient is
#    constant between kinks. Will the floor be higher or lower? Look at the field before you look at the number.
# 3. Click a neuron of a hidden layer in the picker above. Do you expect rings? Make `field = picker.field` anew and see
#    what the search says of it.
# 4. Another neuron computes $\log r$, with $r$ the distance from the origin. Make its gradient field at `field.points`, a
#    `sg.GradientField`, as `ring`. What will its picture look like, and which loss will our formula have on it?

# %% [markdown]
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 7, result.best
assert np.allclose(coefficients[:, 0] / coefficients[2, 0], [0, 0, 1, 0, 1], atol=0.05)

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers
#
# Exercise 4 in code, with its check; then all in words.

# %%
# Exercise 4: `ring`, the gradient field of the neuron log(r) at `field.points`
### BEGIN SOLUTION
squared = (field.points**2).sum(axis=1, keepdims=True)
ring = sg.GradientField(field.points, field.points / squared, field.names)
### END SOLUTION

# %%
lengths = np.linalg.norm(ring.gradients, axis=1) * np.linalg.norm(ring.points, axis=1)
assert np.allclose(lengths, 1), "the slope of log(r) is 1/r"
assert sg.score(ring, result.best.expression).loss < 0.01, "it should point away from the origin"

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 0.055, close to 0: along both axes the two gradients agree, and in between they are at most 20 degrees apart.
# 2. Higher, of the order of $10^{-3}$: between the kinks the arrows cannot turn.
# 3. No rings in the first layer: its neurons are bent sums $ax+bv$, with parallel arrows, and that is what the search says.
#    Deeper neurons may hold anything.
# 4. The arrows point away from the origin, and the picture is the neuron's own, perhaps turned round. The loss is 0: bent copies
#    share the field.
#
# <!-- END SOLUTION -->
