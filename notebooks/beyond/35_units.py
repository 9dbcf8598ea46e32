# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Units save work, and keep every formula consistent
#
# Two masses $x_1, x_2$ stand at $(x_3, x_5)$ and $(x_4, x_6)$. A network says whether their attraction exceeds a
# threshold. A search that knows no physics will even try to add masses to lengths. What does the search gain if you
# tell it the units?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

gravity = sg.experiments["gravity"]
shipped = gravity.pretrained()
sg.FieldView(sg.gradient_field(shipped.model, shipped.x, names=shipped.names), inputs=("x3", "x4"))

# %% [markdown]
# **25 minutes.** First read [yes or no](../classifiers/14_classifier.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** tell a search the units, compare the search's work and formulas with and without units, name a
# constant of nature, and see what a wrong unit does.
#
# **What people think first:** without units, the search finds nonsense.
#
# | word | meaning here |
# |---|---|
# | dimension | what a unit measures: length, time, mass; metres and centimetres have the same dimension |
# | constant | a fixed quantity of the system that has a dimension, such as $GM$ |
# | evaluation | calculating the loss of one sum of terms |
# | front | the formulas for which no simpler formula has a lower loss |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the networks here; False: take the weights that come with the package
budget = 20  # time limit for each search, in seconds
guess_first = True  # False: show every answer at once

# %%
import numpy as np

# %% [markdown]
# ## Masses and distances
#
# Write down the law first. Which quantities in the law may you add to each other?

# %%
law = sg.Question("When do two masses attract each other more strongly?", hidden=guess_first)
law

# %%
run = gravity.train(seed=seed, progress=False) if retrain else gravity.pretrained()
pull = sg.gradient_field(run.model, run.x, names=run.names)
units = {"x1": "kg", "x2": "kg", "x3": "m", "x4": "m", "x5": "m", "x6": "m"}
units

# %% [markdown]
# ## Without units

# %%
free = sg.Search(pull, random_state=seed)
free.run(seconds=budget, generations=8, progress=False)
sg.Answer(law, f"{free.best}\n{free.evaluations} evaluations in {free.generation} generations")

# %% [markdown]
# ## With units
#
# Now run the same search, with the same points and seed, but with units. Each term gets a dimension from its inputs. A
# term such as $x_1 + x_3$ or $\sin x_3$ has no dimension, so the search drops the term before calculating its gradient.
# The search adds only terms of the same dimension.

# %%
strict = sg.Search(pull, random_state=seed, units=units)
strict.run(seconds=budget, generations=8, progress=False)
sg.Answer(law, f"{strict.best}\n{strict.evaluations} evaluations in {strict.generation} generations")

# %% [markdown]
# The search finds the same law, with less than half the evaluations, and in about half the time. (The law can be upside
# down: a reciprocal has the same directions.)

# %%
nonsense = sg.Question("How many nonsense formulas are on the front without units?", hidden=guess_first)
nonsense

# %%
front = plots.front_picture(strict.front, strict.best, others={"without units": free.front})
sg.Answer(nonsense, sg.Panel(front))

# %%
lines = []
for name, search in {"without": free, "with": strict}.items():
    lines += [f"{name} units", *(f"{c.complexity:3} {c.loss:.1e}  {c.expression}" for c in search.front)]
sg.Answer(nonsense, "\n".join(lines))

# %% [markdown]
# With seed 0, there are three: all formulas that are longer than the law add quantities of different dimensions. But
# the search does not choose them. So here, it finds the right answer even without units, with more work. And with
# units you need not check the formulas: each formula makes sense, by construction.
#
# ## A planet, and a constant of nature
#
# The energy of a planet is $\frac{1}{2} v^2 - \frac{1}{r}$. The units of this difference are
# $(\mathrm{m/s})^2 - 1/\mathrm{m}$. Can this be right? In the experiment, $GM = 1$, and this 1 hides a unit. We take
# exact gradients of the energy, so that only units matter.

# %%
kepler = sg.experiments["kepler"]
space = {"x1": "m", "x2": "m", "v1": "m/s", "v2": "m/s"}
planets = kepler.sample(3000, seed=seed).anchor
x1, x2, v1, v2 = planets.T
cube = (x1**2 + x2**2) ** 1.5
energy = sg.GradientField(planets, np.stack([x1 / cube, x2 / cube, v1, v2], axis=1), kepler.names)

# %%
missing = sg.Question(
    "We tell the search only the units of position and velocity. What will be missing?", hidden=guess_first
)
missing

# %%
without = sg.Search(energy, random_state=seed, units=space)
without.run(seconds=budget / 2, generations=8, progress=False)
least = min(c.loss for c in without.front)
sg.Answer(missing, f"answer {without.best}, least loss on the front {least:.1e}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# The energy is not on this front: the units forbid the sum. A constant must turn $1/\mathrm{m}$ into
# $\mathrm{m}^2/\mathrm{s}^2$. The constant is $GM$, with the unit $\mathrm{m}^3/\mathrm{s}^2$. We need not know its
# value.
#
# </details>

# %%
told = sg.Search(energy, random_state=seed, units=space, constants=["m**3/s**2"])
told.run(seconds=budget, progress=False)
sg.Answer(missing, told.best)

# %%
blind = sg.Search(energy, random_state=seed)
blind.run(seconds=budget, progress=False)
print("evaluations without units:", blind.evaluations)
print("evaluations with units and the constant:", told.evaluations)

# %% [markdown]
# Coefficients, and numbers inside terms, can have the dimension of any product of the constants. Without constants, all
# these numbers are dimensionless.
#
# ## The network's planets
#
# Now take the trained network, whose four neurons mix several conserved quantities. Which formula fits best in the
# span of their gradients?

# %%
run2 = kepler.train(seed=seed, progress=False) if retrain else kepler.pretrained()
orbits = sg.gradient_field(run2.model, run2.x[:1500], neuron=run2.neuron, names=run2.names)
first = sg.Search(orbits, random_state=seed, units=space, constants=["m**3/s**2"])
first.run(seconds=budget, generations=8, progress=False)
sg.Answer(missing, first.best)

# %% [markdown]
# ## Wrong units
#
# The library refuses units that make no sense, and says why. What is wrong with each of these units?

# %%
attempts = [
    {"units": space | {"v1": "metr/s"}},
    {"units": space | {"v1": "m + s"}},
    {"units": {"x1": "m", "x2": "m"}},
    {"units": space, "constants": ["GM"]},
    {"units": space, "guesses": ["x1 + v1"]},
]
said = []
for attempt in attempts:
    try:
        sg.Search(energy, **attempt)
    except sg.SymgradError as error:
        said.append(str(error))
        print("-", error)

# %% [markdown]
# A wrong unit that makes sense is worse. If you call a mass a length, the true law is still allowed, because a product
# can combine any units. If you call one coordinate a time, the true law is forbidden:

# %%
wrong = sg.Search(pull, random_state=seed, units=units | {"x3": "s"})
wrong.run(seconds=budget / 2, generations=8, progress=False)
sg.Answer(law, f"{wrong.best}, least loss {min(c.loss for c in wrong.front):.2g}")

# %% [markdown]
# The search finds no formula, or only a poor formula. If a search fails with units and succeeds without units, doubt
# the units, or look for a forgotten constant.
#
# ## What it is good for
#
# | search, seeds 0, 1, 2 | evaluations without units | evaluations with units | answer |
# |---|---|---|---|
# | gravity, the trained classifier | 5524, 5517, 5513 | 2431, 2439, 2400 | the law, all six times |
# | the planet's first invariant, trained | 2342, 2524, 2603 | 1695, 1490, 1546 | angular momentum, all six times |
#
# In eight generations, units save more than half of the work for gravity, and about a third for the planet. The
# search also takes less time, although it must work out dimensions. With units, every line of the front has
# consistent dimensions. But the search does not find more formulas with units.
#
# ## Exercises
#
# 1. Write the units of `space` in centimetres. What changes: `"formulas"`, `"evaluations"`, or `"nothing"`?
# 2. The energy of a pendulum contains $\cos\theta$. Which unit must an angle have, so that the library allows this?

# %%
changes = ...  # exercise 1: one of the three
centimetres = {name: unit.replace("m", "cm") for name, unit in space.items()}
both = [sg.Search(energy, random_state=seed, units=u, constants=["m**3/s**2"]) for u in (space, centimetres)]
for search in both:
    search.run(generations=3, progress=False)
same = [str(both[0].front) == str(both[1].front), both[0].evaluations == both[1].evaluations]
right = "nothing" if all(same) else "evaluations" if same[0] else "formulas"
sg.check_answer(changes, right)


# %%
def allowed(unit):
    """Whether the cosine of an input with this unit may be added to a number."""
    try:
        return bool(sg.Search(energy, units=space | {"x1": unit}, guesses=["cos(x1) + v2/v1"]))
    except sg.SymgradError:
        return False


angle = ...  # exercise 2: a unit as a string, such as "m/s"
sg.check_answer(angle, allowed)

# %% [markdown]
# **You can now** use units to check formulas. Go on with [doubts about a formula](36_open_questions.ipynb), or find out
# [which inputs act together](37_divide.ipynb).
#
# The next cell checks what this notebook claims.

# %%
for search in (free, strict):
    assert sg.verify(search.best.expression, gravity.concepts[0], field=pull).same, search.best
assert strict.evaluations < 0.7 * free.evaluations, (strict.evaluations, free.evaluations)
assert sg.verify(told.best.expression, kepler.concepts[1], field=energy).same, told.best
assert told.best.loss < 1e-9, told.best
assert least > 1e-3, without.front
assert told.evaluations < blind.evaluations, (told.evaluations, blind.evaluations)
assert sg.verify(first.best.expression, kepler.concepts[0], field=orbits).same, first.best
assert len(said) == len(attempts), said
assert min(c.loss for c in wrong.front) > 0.1, wrong.front

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
changes = "nothing"
assert sg.check_answer(changes, right)
angle = "1"
assert sg.check_answer(angle, allowed)
assert not sg.check_answer("m", allowed)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Nothing. Only dimensions count, and both units are lengths.
# 2. `"1"` or `"rad"`, a plain number: an angle is a length divided by a length.
#
# <!-- END SOLUTION -->
