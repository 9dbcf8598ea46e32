# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The interval: one sign makes all the difference
#
# An event has a time $t$ and a place $(x, y, z)$. An observer who flies past, or whose axes are rotated, measures
# four different numbers for the same event. Observers disagree about times and lengths. A network saw pairs of
# reports. Do the observers agree on anything?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["interval"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(1, 0), limit=60))

# %% [markdown]
# **30 minutes.** First read [the spring](07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** test a network by moving its inputs, find the formula, and count all motions that do not change it.
#
# **What people think first:** distance in space-time is Pythagoras with one more square.
#
# | word | meaning here |
# |---|---|
# | event | four numbers $(t, x, y, z)$, measured from one common event; the speed of light is 1 |
# | boost | changing to an observer who moves at a constant velocity |
# | invariant | a quantity on which all observers agree |
# | quadratic form | a sum of squares and products, given by a symmetric matrix |
# | light cone | the events that a flash of light from the common event reaches |
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
import sympy
import torch

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data and the network
#
# Anchors are events in a box; positives are the same events for observers rotated by any angle and moving at up to 0.8 of the
# speed of light.

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# ## Ask the network
#
# Without a formula, you can find out what a neuron ignores. Transform new events, all in the same way, and see
# how much the neuron's value changes. Here are four ways:

# %%
c, s, gamma, beta = np.cos(0.5), np.sin(0.5), 1.25, 0.6
moves = {name: np.eye(4) for name in ("turn x into y", "boost along x", "turn t into x", "stretch x")}
moves["turn x into y"][1:3, 1:3] = [[c, -s], [s, c]]
moves["boost along x"][:2, :2] = [[gamma, -gamma * beta], [-gamma * beta, gamma]]
moves["turn t into x"][:2, :2] = [[c, -s], [s, c]]
moves["stretch x"][1, 1] = 1.25

# %% [markdown]
# The second and third transformations look alike. In the boost, both off-diagonal entries are negative, and
# $\gamma^2 - \gamma^2\beta^2 = 1$. In the turn, their signs differ, and $c^2 + s^2 = 1$.

# %%
unseen = sg.Question("Which of the four transformations will not change the neuron?", hidden=guess_first)
unseen

# %%
x = torch.tensor(run.x, dtype=torch.float32)
before, lines = run.model(x).detach(), []
for name, matrix in moves.items():
    change = run.model(x @ torch.tensor(matrix.T, dtype=torch.float32)).detach() - before
    lines.append(
        f"{name:14} changes the neuron by {change.square().mean().sqrt() / before.std():.4f} of its spread"
    )
sg.Answer(unseen, "\n".join(lines))

# %% [markdown]
# <details><summary>Answer</summary>
#
# Turns in space and boosts hardly change the neuron. But turning time into space changes it, although this is a
# rotation of four numbers. So the neuron does *not* compute Pythagoras in four dimensions.
#
# </details>
#
# ## Your guess
#
# Type a formula. With four inputs, a random guess has a loss of 3/4. Colours compare the arrows with Pythagoras, for
# $y$ and $z$ near 0.3.

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
example = sg.score(field, "t**2 + x**2 + y**2 + z**2")
sg.FieldView(field, example, inputs=("x", "t"), slice={"y": 0.3, "z": 0.3}, band=0.7)

# %% [markdown]
# The arrows of Pythagoras would point away from the origin: each component has its coordinate's sign. One
# component of the neuron's arrows has the *opposite* sign.
#
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
published = plots.published_front(exp.id, field)
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %% [markdown]
# <details><summary>What the formula means</summary>
#
# Three squares against one: $x^2+y^2+z^2-t^2$, the interval of special relativity. The bend can fall or rise, so only
# the *relative* sign has a meaning.
#
# </details>
#
# ## One sign, and the light cone
#
# The second derivatives of a quadratic form give its matrix $\eta$, up to a factor. A transformation $L$ preserves
# the form if $L^T\eta L = \eta$.

# %%
hessian = sympy.hessian(search.best.expression, sympy.symbols(exp.names, real=True))
eta = np.array(hessian, dtype=float) / 2
lines = [f"eigenvalues {np.linalg.eigvalsh(eta).round(3)}"]
lines += [
    f"{name:14} changes the form by {np.abs(L.T @ eta @ L - eta).max():.2f}" for name, L in moves.items()
]
sg.Answer(box, "\n".join(lines))

# %% [markdown]
# The formula gives the same answers as the network, for *all* events. If all eigenvalues had one sign, level sets
# would be ellipsoids. Here both signs occur, and they are hyperboloids. At $y = z = 0.3$,
# they are curves:

# %%
sliced = sg.FieldView(field, search.best, inputs=("x", "t"), slice={"y": 0.3, "z": 0.3}, band=0.7, levels=10)
sg.Answer(box, sliced)

# %% [markdown]
# The formula is 0 on the light cone. An event inside the cone comes after the common event for everybody. If an event
# lies outside, some observers say that it came first. No boost moves events across the cone.

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# The curve is smooth at 0: for the neuron, the cone is nothing special.
#
# ## All motions at once
#
# A motion $\dot x = Ax+b$ leaves the neuron unchanged if $\nabla f\cdot(Ax+b)=0$ at all points: a linear equation for
# the twenty numbers in $A$ and $b$, whatever the bend.

# %%
arrows = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
places = np.column_stack([field.points, np.ones(len(field))])
root = np.sqrt(field.weights / field.weights.sum())[:, None]
products = root * np.einsum("ni,nj->nij", arrows, places).reshape(-1, 20)
changes = np.linalg.svd(products, compute_uv=False)[::-1]

# %%
count = sg.Question("How many independent motions leave the neuron unchanged?", hidden=guess_first)
count

# %%
sg.Answer(count, f"how much twenty motions change the neuron, the least first:\n{changes[:9].round(4)}")

# %%
found = sg.symmetries(field, formula=search.best.expression)
sg.Answer(count, found)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Six: three turns and three boosts. Follow one a little, then another; undo the first, then the second: to lowest
# order, you get a sum of multiples of the six. They form the Lie algebra of the Lorentz group, so(1,3).
#
# </details>
#
# Drag *how far*: points run along their orbits, and the value stays constant.

# %%
sg.Answer(count, sg.SymmetryView(found, run.model, run.x[:1000]))

# %% [markdown]
# What about a neuron that learnt the energy of a pendulum?

# %%
wave = sg.experiments["cosine_force"].pretrained()
none = sg.symmetries(wave.model, wave.x, names=wave.names)
sg.Answer(count, none)

# %% [markdown]
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2409.05305, experiment P1-12) reports $(x_1^2-(x_3^2+x_4^2))-x_2^2$ (complexity 11). The formula is
# correct; its unit gradients differ from the neuron's by 1.0e-3 (mean square).
#
# </details>

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Make the matrix of a boost along the diagonal between $x$ and $y$, as fast as the boost in `moves`.
# 2. $(x^2+y^2+z^2)/t^2$ has the same light cone. Is its loss 0, 3/4, or in between? Give a number.

# %%
diagonal = ...  # exercise 1: a 4x4 array
sg.check_answer(
    diagonal,
    lambda L: np.allclose(L.T @ eta @ L, eta, atol=0.01) and np.isclose(L[0, 1], L[0, 2]) and L[0, 0] > 1.2,
)

# %%
cone = ...  # exercise 2: a number
sg.check_answer(cone, sg.score(field, "(x**2 + y**2 + z**2)/t**2").loss, within=0.4)

# %% [markdown]
# **You can now** test a network before you know its formula. Go on with [two concepts in two
# neurons](06_fieldstrength.ipynb), or find out [which inputs act together](../beyond/37_divide.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-4, run.floor
assert result.best.loss < 1e-4, result.best
assert result.best.complexity <= 11, result.best
assert abs(np.sign(np.linalg.eigvalsh(eta)).sum()) == 2, eta
assert (len(found), found.algebra, all(found.proved)) == (6, "so(1,3)", True), found
assert changes[6] > 20 * changes[5], changes
assert len(none) == 0, none

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
turn = np.eye(4)
turn[1:3, 1:3] = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
diagonal = turn @ moves["boost along x"] @ turn.T
assert sg.check_answer(diagonal, lambda L: np.allclose(L.T @ eta @ L, eta, atol=0.01))
cone = 0.44
assert sg.check_answer(cone, sg.score(field, "(x**2 + y**2 + z**2)/t**2").loss, within=0.4)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Rotate the diagonal onto the $x$ axis, boost along $x$, and rotate back. All three preserve
# $\eta$, and so does their product. So the result
#    is just one more observer, and the neuron does not change.
# 2. The loss is about 0.45; by chance, it would be 0.75. The two formulas share one level set, the cone, and no
#    other.
#
# <!-- END SOLUTION -->
