# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The pendulum: a formula knows more than its data
#
# A pendulum feels the same force after a full turn. A network saw a few of its motions, in pairs of snapshots: angle
# $x$, counted from the horizontal, and velocity $v$. Can you read the network's formula, and use this formula where
# there are no data?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["cosine_force"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names))

# %% [markdown]
# **25 minutes.** First read [the stiff spring](08_cubic_force.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** find out where and why a network goes wrong, throw away most of the data, and compare network and formula
# far from any data.
#
# **What people think first:** a network that has learnt the law is right everywhere.
#
# | word | meaning here |
# |---|---|
# | orbit | the snapshots $(x, v)$ that one motion passes through |
# | pass | the point where the pendulum can stand upside down, at rest, forever: $x = \pi/2$, $v = 0$ |
# | extrapolation | a prediction for points far from any data |
# | floor | the loss of the true concept, which shows how imperfect the network is |
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
# The force is $-\cos x$. All orbits start in the unit square. Most pendulums fall to the left. Some cross $x = \pi/2$
# on the right and never come back, because they go over the top.

# %%
hard = sg.Question("Where will the network find it hardest to get the direction right?", hidden=guess_first)
hard

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %% [markdown]
# In the last third of the epochs, the last layer is refitted to each batch. The validation loss first jumps up, then
# falls lower than before. If we had stopped at the jump, the loss would be a thousand times larger.

# %%
run = monitor.run or monitor.train()
field = sg.gradient_field(run.model, run.x, names=run.names)
sg.FieldView(field)

# %% [markdown]
# ## Your guess
#
# Type a formula. For comparison, here is the formula for a falling stone, $v^2+2x$. This formula is right near $x=0$,
# where the force is nearly constant.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
example = sg.score(field, "v**2 + 2*x")
sg.FieldView(field, example)

# %% [markdown]
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
# The energy is $E = \frac12 v^2 + \sin x$, because the force $-\cos x$ is minus the slope of $\sin x$. The neuron
# computes $2E$, bent.
#
# </details>
#
# An overall factor or offset does not change the directions. A factor *between* two terms does:

# %%
texts = ("v**2 + 2*sin(x)", "v**2/2 + sin(x)", "-3*v**2 - 6*sin(x) + 7", "v**2 + sin(x)")
sg.Answer(box, "\n".join(f"{sg.score(field, text).loss:.2e}  {text}" for text in texts))

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# ## Where the network errs
#
# The loss stops near $10^{-6}$. For the spring's neuron, it falls below $10^{-9}$. Why is there a difference?

# %%
sg.Answer(hard, sg.FieldView(field, search.best, worst=5))

# %%
worst = np.argsort(result.angles)[-5:]
lines = [
    f"x {x:.2f}, v {v:.2f}, energy {v**2 / 2 + np.sin(x):.3f}: {angle:.1f} degrees off"
    for (x, v), angle in zip(field.points[worst], result.angles[worst], strict=True)
]
sg.Answer(hard, "\n".join(lines))

# %% [markdown]
# <details><summary>Why these points</summary>
#
# Most of the worst points are near the pass, with energy 1: just enough to get over the top. There the gradient passes
# through zero, and the smallest error can reverse it. Half of all points have a loss below $10^{-7}$.
#
# </details>
#
# ## A window is enough
#
# Now hide most of the data. Keep only $0 < x < 1$, a sixth of a period, and search again.

# %%
window_guess = sg.Question(
    "Will the search find a sine, or a polynomial that is just as good there?", hidden=guess_first
)
window_guess

# %%
inside = (field.points[:, 0] > 0) & (field.points[:, 0] < 1)
window = sg.Search(field.take(inside), random_state=seed)
best = window.run(seconds=budget, progress=False).best
sg.Answer(window_guess, best)

# %% [markdown]
# In the window, a polynomial can be just as good, but only a long one. Compare formula and polynomials in the window,
# and at all other points:

# %%
lines = []
for text in (best.expression, "v**2 + 2*x - x**3/3", "v**2 + 2*x - x**3/3 + x**5/60"):
    near, far = (sg.score(field.take(where), text).loss for where in (inside, ~inside))
    lines.append(f"window {near:.1e}   elsewhere {far:.1e}   {text}")
sg.Answer(window_guess, "\n".join(lines))

# %% [markdown]
# In the window, the long polynomial is almost as good as the short formula. Elsewhere, the polynomial's loss is more
# than a thousand times the formula's. A short formula has less freedom to be wrong where there are no data.
#
# ## And the network?
#
# More than 99 % of the network's points have $|x| < 3.2$. We now evaluate the network one full turn further, and
# compare it with the formula.

# %%
repeat = sg.Question(
    "One full turn further, does the network still agree with the formula?", hidden=guess_first
)
repeat

# %%
grid = np.random.default_rng(seed).uniform([4, -2], [10, 2], size=(1000, 2))
beyond = sg.gradient_field(run.model, grid, names=run.names)
sg.Answer(repeat, sg.FieldView(beyond, search.best))

# %% [markdown]
# <details><summary>Answer</summary>
#
# No. The arrows are about 41 degrees off on average; random arrows would be 45 degrees off. The network has not learnt
# that the motion repeats after a full turn. The formula contains this fact.
#
# </details>
#
# ## What the paper got
#
# <details><summary>The published formula</summary>
#
# The paper (arXiv 2409.05305, experiment P1-09) reports $\sin(x_1)/(-0.500) - x_2^2$ (complexity 9). The formula is
# true; its unit gradients differ from the neuron's by 7.6e-4 (mean square).
#
# </details>

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Drop the points near the pass, those with $|v| < 0.3$ and $|x - \pi/2| < 0.3$. By what factor does the loss of
#    `search.best` fall?
# 2. A pendulum starts at $x = 0$. Which speed is just enough to get over the pass?

# %%
factor = ...  # exercise 1: the loss on `field`, divided by the loss on field.take(away)
away = (np.abs(field.points[:, 1]) > 0.3) | (np.abs(field.points[:, 0] - np.pi / 2) > 0.3)
both = [sg.score(on, search.best.expression).loss for on in (field, field.take(away))]
sg.check_answer(factor, both[0] / both[1], within=0.05)

# %%
speed = ...  # exercise 2: v at x = 0
sg.check_answer(speed, lambda v: np.isclose(v**2 / 2 + np.sin(0), 0**2 / 2 + np.sin(np.pi / 2), rtol=0.02))

# %% [markdown]
# **You can now** use a formula where its network fails. Go on with [how well a constant is
# known](10_exponential_force.ipynb), or with [Kepler's problem](11_kepler.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-4, run.floor
assert result.best.loss < 1e-4, result.best
assert result.best.complexity <= 7, result.best
assert sg.verify(best.expression, result.best.expression, field).same, best
assert sg.score(beyond, result.best.expression).loss > 0.1

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
factor = both[0] / both[1]
assert sg.check_answer(factor, sg.score(field, search.best.expression).loss / both[1], within=0.05)
speed = np.sqrt(2)
assert sg.check_answer(speed, lambda v: np.isclose(v**2 / 2, np.sin(np.pi / 2)))
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. With seed 0, the loss falls by a factor of about 8, though only 3 points in 100 are gone. Most of the loss comes
#    from points where the direction reverses.
# 2. $\sqrt2$: the energy at the pass is $\sin(\pi/2) = 1$, and at $x=0$ it is $v^2/2$.
#
# <!-- END SOLUTION -->
