# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Units: no metres plus seconds
#
# A physicist who meets $x + v$ stops reading. A search that knows no physics tries it, and thousands like it. Tell it the
# units of the inputs, and what adds unlike things is not tried at all.
#
# **Goals.** You will give a search units, compare what it tries and finds with and without them, learn why a
# constant of nature has to be named, and see what a wrong unit does.
#
# | word | meaning here |
# |---|---|
# | dimension | what a unit is a unit of: length, time, mass; metres and centimetres share one |
# | constant | something fixed in the system that has a dimension of its own, such as $GM$ |
# | evaluation | one sum of terms whose loss was calculated |
# | front | for each complexity the formula of least loss |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the networks here; False: take the weights that come with the package
budget = 20  # seconds that each search may take at most

# %%
import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots

# %% [markdown]
# ## Masses and distances
#
# The classifier was trained to say whether two masses $x_1, x_2$ attract each other more than a threshold. They
# are at $(x_3, x_5)$ and $(x_4, x_6)$. **Write down** the law before you go on, and count what in it may be added to what.

# %%
gravity = sg.experiments["gravity"]
run = gravity.train(seed=seed, progress=False) if retrain else gravity.pretrained()
pull = sg.gradient_field(run.model, run.x, names=run.names)
units = {"x1": "kg", "x2": "kg", "x3": "m", "x4": "m", "x5": "m", "x6": "m"}
units

# %% [markdown]
# ## Without units

# %%
free = sg.Search(pull, random_state=seed)
free.run(seconds=budget, progress=False)
print(free.best, free.evaluations, "evaluations in", free.generation, "generations")

# %% [markdown]
# ## With units
#
# The same search, the same points, the same seed. Each term gets a dimension from those of its inputs. A term without one,
# such as $x_1 + x_3$ or $\sin x_3$, is dropped before its gradient is calculated; a sum is only formed of terms
# that agree.

# %%
strict = sg.Search(pull, random_state=seed, units=units)
strict.run(seconds=budget, progress=False)
print(strict.best, strict.evaluations, "evaluations in", strict.generation, "generations")

# %% [markdown]
# The same law (one may be upside down: that does not turn a gradient), at about half the evaluations. Both searches end when
# their answer has stood for ten generations of evolution, so a generation has become cheaper. Seconds fall less than
# evaluations: dimensions have to be worked out, too.
#
# Look at the two fronts, the one with units as dots and lines. **Predict:** how much nonsense is on the other?

# %%
sg.Panel(plots.front_picture(strict.front, strict.best, others={"without units": free.front}))

# %%
for search in (free, strict):
    print(*(f"{c.complexity:3} {c.loss:.1e}  {c.expression}" for c in search.front), sep="\n", end="\n\n")

# %% [markdown]
# Hardly any, and with seed 0 none at all: what adds a mass to a length seldom beats what does not. (With seed 2 one line adds 0.34 to
# a product of masses, and in a network that we trained with seed 1 one holds the cosine of a length.) The price of
# ignorance is not a wrong answer here but the work. With units one need not look: each line makes sense, by construction.
#
# A difference has no meaning between unlike things, and yet a network that has only seen points near the threshold could
# hold $x_1 x_2 - r^2$ as well as $x_1 x_2 / r^2$: there they are nearly the same. Without units the search
# comes by way of such differences. With units it takes another way, by products.
#
# ## A planet, and a constant of nature
#
# The energy of a planet is $\frac{1}{2} v^2 - \frac{1}{r}$. Squared metres a second, minus one over metres? In the experiment
# $GM = 1$, and the unit hides in the one. We take exact gradients of the energy, so that only the units matter.

# %%
kepler = sg.experiments["kepler"]
space = {"x1": "m", "x2": "m", "v1": "m/s", "v2": "m/s"}
planets = kepler.sample(3000, seed=seed).anchor
x1, x2, v1, v2 = planets.T
cube = (x1**2 + x2**2) ** 1.5
energy = sg.GradientField(planets, np.stack([x1 / cube, x2 / cube, v1, v2], axis=1), kepler.names)

# %%
without = sg.Search(energy, random_state=seed, units=space)
without.run(seconds=budget / 2, generations=15, progress=False)
least = min(c.loss for c in without.front)
print("answer", without.best, "least loss on the front", least)

# %% [markdown]
# Whatever it found, the energy is not on that front: it is a sum that the units forbid. **What is missing?**
#
# A constant that turns $1/\mathrm{m}$ into $\mathrm{m}^2/\mathrm{s}^2$: it has the unit $\mathrm{m}^3/\mathrm{s}^2$, and its name is $GM$.
# We need not know its value. It is enough to say that there is such a thing.

# %%
told = sg.Search(energy, random_state=seed, units=space, constants=["m**3/s**2"])
told.run(seconds=budget, generations=25, progress=False).best

# %%
blind = sg.Search(energy, random_state=seed)
blind.run(seconds=budget, generations=25, progress=False)
print("blind", blind.evaluations, "evaluations; told the units and the constant", told.evaluations)

# %% [markdown]
# Coefficients of a sum, and numbers inside of terms, may have the dimension of the constants' products. Without any, they are
# plain numbers. This is how the search can reject $v^2 + x$ and keep $v^2 - 2/r$.
#
# ## The network's planets
#
# Now the trained network, with its four impure neurons. The units go through `sg.interpret` to each search.

# %%
run2 = kepler.train(seed=seed, progress=False) if retrain else kepler.pretrained()
orbits = sg.gradient_field(run2.model, run2.x, neuron=run2.neuron, names=run2.names)
result = sg.interpret(
    orbits, concept=kepler.concepts, seconds=2 * budget, units=space, constants=["m**3/s**2"]
)
result

# %% [markdown]
# ## Wrong units
#
# Units that cannot be meant are refused at once, in words. **Predict** for each of these what is wrong with it.

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
# Worse is a unit that can be read and is wrong. Call a mass a length, and the true law is still allowed, for a product minds no
# unit. Call one coordinate a time, and it is not:

# %%
wrong = sg.Search(pull, random_state=seed, units=units | {"x3": "s"})
wrong.run(seconds=budget / 2, generations=25, progress=False)
print(wrong.best, "least loss", min(c.loss for c in wrong.front))

# %% [markdown]
# No formula, or none that is near. If a search with units fails where one without succeeds, doubt the units, or
# look for a constant that you have forgotten.
#
# ## What it is good for
#
# | search, seed 0, 1, 2 | evaluations without | with | answer |
# |---|---|---|---|
# | gravity, the trained classifier | 3957, 3551, 3868 | 1734, 1693, 1673 | the law, all six times |
# | the planet's first invariant, trained | 2895, 3227, 3184 | 1574, 1547, 1603 | angular momentum, all six times |
#
# About half the evaluations; of the time a third is saved for gravity and hardly any for the planet. What it finds is
# what was found without. In these two systems units save work, and they vouch for each line of the front; they do not make the search find more.
#
# ## Exercises
#
# 1. *Predict first:* give all of `space` in centimetres, `"cm"` and `"cm/s"`. What changes?
# 2. Give the gravity search `constants=["kg/m"]`. How many evaluations does it take, and why?
# 3. A pendulum's energy holds $\cos\theta$. What is the unit of an angle, that it is allowed?

# %% [markdown]
# The last cell checks what this notebook claims.

# %%
for search in (free, strict):
    assert sg.verify(search.best.expression, gravity.concepts[0], field=pull).same, search.best
assert strict.evaluations < 0.7 * free.evaluations, (strict.evaluations, free.evaluations)
assert sg.verify(told.best.expression, kepler.concepts[1], field=energy).same, told.best
assert told.best.loss < 1e-9, told.best
assert least > 1e-3, without.front
assert told.evaluations < blind.evaluations, (told.evaluations, blind.evaluations)
assert result.verdicts[0].same, result
assert len(said) == len(attempts), said
assert min(c.loss for c in wrong.front) > 0.1, wrong.front
