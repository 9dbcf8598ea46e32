# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Autoencoders: latents hold what changes, and mix it
#
# An autoencoder compresses its input into a few numbers, the latents, and then restores the input. So the latents must
# contain everything that *changes* from one input to the next. Here are some oscillators, each measured four
# times. Do the latents describe the oscillators as you would?

# %%
import numpy as np
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets import plots

angle, sizes = np.arange(4) * np.pi / 3, np.linspace(0.5, 1.5, 7)
lines = [plots.Mark("line", {"x": angle, "y": size * np.cos(angle)}, "#2B83C6") for size in sizes]
plots.Picture("Seven oscillators, released at rest", "phase", "measured", tuple(lines), "Seven bent lines.")

# %% [markdown]
# **30 minutes.** First read [the spring](../physics/07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** read the latents of three autoencoders, and learn how all latents together are related to the parameters
# of the data.
#
# **What people think first:** each latent is one parameter.
#
# | word | meaning here |
# |---|---|
# | latents | the few neurons in the middle of an autoencoder, through which all information must pass |
# | sheet | a surface of few dimensions, on which (or near which) the data lie |
# | mixture | a neuron that is a function of several concepts |
# | span | all directions that you can combine from the latents' gradients at a point |
# | generator | a matrix whose exponentials are the members of a family, such as all rotations |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 20  # time limit for each search for two concepts, in seconds
guess_first = True  # False: show every answer at once

# %% [markdown]
# ## One parameter: an amplitude
#
# Oscillators of the same frequency start at rest, from different positions. We measure each oscillator four times,
# $a, b, c, d$, a sixth of a period apart, with an error of 0.2. So four numbers depend on one parameter.

# %%
a, b, c, d = sp.symbols("a:d", real=True)


def released(rng, count):
    amplitude = rng.uniform(0.5, 1.5, (count, 1))
    return (amplitude * np.cos(angle) + 0.2 * rng.normal(size=(count, 4)),)


# %%
names, settings = ("a", "b", "c", "d"), {"standardize": False, "count": 20_000, "epochs": 20}
amplitude = a + b / 2 - c / 2 - d
exp = sg.Experiment("rest", "rest", "Rest", names, {"default": released}, (amplitude,), kind="autoencoder")
run = exp.train(seed=seed, progress=False, **settings)
field = sg.gradient_field(run.model, run.x[:1500], names=names)

# %% [markdown]
# Engineers multiply each measurement by the strength of its signal: $\cos 0, \cos 60°, \cos 120°, \cos 180°$. They
# call this method a matched filter.

# %%
weights = sg.Question("Which weights will the latent give to a, b, c and d?", hidden=guess_first)
weights

# %%
first = sg.Search(field, random_state=seed).run(generations=4, progress=False)
matched = sg.score(field, amplitude).loss
sg.Answer(weights, f"{first.best}\nthe matched filter, {amplitude}: loss {matched:.1e}")

# %% [markdown]
# The latent's gradient agrees with the matched filter to about two degrees. With one parameter and one latent, there is
# nothing to mix: the latent is the concept.
#
# Why do we add an error to the data? Without it, all points $(a, b, c, d)$ would lie exactly on a line, and many
# weights would do equally well. A gradient means something only in directions in which the data vary.
#
# ## Two parameters: position and velocity
#
# Now each oscillator starts at a different position, with a different velocity. The sheet is a plane, and the network
# gets two latents.


# %%
def kicked(rng, count):
    x, v = rng.uniform(-1, 1, (2, count, 1))
    return (x * np.cos(angle) + v * np.sin(angle) + 0.2 * rng.normal(size=(count, 4)),)


parameters = (amplitude, b + c)
exp = sg.Experiment(
    "kick", "kick", "Kick", names, {"default": kicked}, parameters, latent=2, kind="autoencoder"
)
run = exp.train(seed=seed, progress=False, **settings)
position = run.x @ np.cos(angle) / 2.5  # the matched filter, with weights whose squares add up to 2.5
sg.Panel(plots.plane_picture(run.latents, position, ("latent 0", "latent 1"), what="position"))

# %% [markdown]
# The points fill a slanted parallelogram. The colour shows the position, which changes along both latents. Read
# the latents one at a time:

# %%
one_each = sg.Question("Will each latent be one parameter?", hidden=guess_first)
one_each

# %%
alone = [sg.gradient_field(run.model, run.x[:1500], neuron=k, names=names) for k in run.neuron]
lines = []
for one in alone:
    best = sg.Search(one, random_state=seed).run(generations=4, progress=False).best
    lines.append("none" if best is None else f"{best.expression} | {sg.verify(best.expression, parameters)}")
sg.Answer(one_each, "\n".join(lines))

# %%
purity = np.array([[sg.score(one, parameter).loss for parameter in parameters] for one in alone])
sg.Answer(one_each, purity.round(3))

# %% [markdown]
# Each row is a latent, and each column a parameter; 0 would mean that the latent is this parameter. With seed 0, the
# latents are sums of both parameters, with arbitrary weights: any two coordinates of the plane restore the input
# equally well. By chance, a latent can come close to one parameter: with seeds 1 and 2, one latent is nearly the
# velocity.
#
# ## Both latents together
#
# Whatever the coordinates, the gradients of both latents span the same plane of directions as the parameters'
# gradients.

# %%
pair = sg.gradient_field(run.model, run.x[:1500], neuron=run.neuron, names=names)
both = sg.interpret(pair, concept=parameters, seconds=budget, random_state=seed)
sg.Answer(one_each, both)

# %% [markdown]
# We get two simple formulas. The network determines the span. The choice of coordinates in the span is ours, and we
# choose those with short formulas.
#
# ## Matrices with known generators
#
# The matrices $e^{s I + t J}$, where $I$ is the identity and $J$ a quarter turn, scale by $e^s$ and rotate by $t$. Such
# a matrix has four entries, but only two parameters.


# %%
def turned(rng, count):
    s, t = rng.uniform(-0.7, 0.7, count), rng.uniform(-1.2, 1.2, count)
    entries = np.stack([np.cos(t), -np.sin(t), np.sin(t), np.cos(t)], axis=1)
    return (np.exp(s)[:, None] * entries + 0.05 * rng.normal(size=(count, 4)),)


x1, x2, x3, x4 = sp.symbols("x1:5", real=True)
generators, names = (x1 + x4, x2 - x3), ("x1", "x2", "x3", "x4")
exp = sg.Experiment(
    "turn", "turn", "Turn", names, {"default": turned}, generators, latent=2, kind="autoencoder"
)
run = exp.train(seed=seed, progress=False, count=40_000, epochs=20)

# %%
hold = sg.Question("Will the latents be s and t?", hidden=guess_first)
hold

# %%
turns = sg.gradient_field(run.model, run.x[:1500], neuron=run.neuron, names=names)
found = sg.interpret(turns, concept=generators, seconds=budget, random_state=seed)
sg.Answer(hold, found)

# %% [markdown]
# <details><summary>What the formulas mean</summary>
#
# $x_1 + x_4$ says how much of the identity the matrix contains, and $x_2 - x_3$ how much of the quarter turn.
# Together, the two are coordinates in the plane of the matrices $e^s(I \cos t + J \sin t)$.
#
# </details>
#
# And $s$ and $t$ themselves?

# %%
scale = sp.log((x1 + x4) ** 2 + (x2 - x3) ** 2)
turn = sp.atan((x2 - x3) / (x1 + x4))
one = [sg.gradient_field(run.model, run.x[:1500], neuron=k, names=names) for k in run.neuron]
lines = []
for name, concept in {"s": scale, "t": turn}.items():
    losses = [sg.score(some, concept).loss for some in (turns, *one)]
    lines.append(
        name + ": loss with both latents {:.4f}, with one {:.3f}, with the other {:.3f}".format(*losses)
    )
sg.Answer(hold, "\n".join(lines))

# %% [markdown]
# Both $s$ and $t$ lie in the span, because they are functions of the two formulas. But neither latent is $s$ or $t$.
# The autoencoder never saw a product of two matrices, in which $s$ and $t$ would add up.
#
# ## What the latents contain
#
# | data | latents | alone | together |
# |---|---|---|---|
# | an amplitude | 1 | the parameter | |
# | position and velocity | 2 | mixtures, by chance a parameter | both parameters |
# | scaled rotations | 2 | neither scale nor angle | both generators |
#
# To find concepts in an autoencoder, read the span, not a single latent. To find what is *conserved*, train a network
# on pairs.
#
# ## Exercises
#
# 1. Suppose that we drop the two middle measurements, and use $a - d$ as the amplitude. What is the loss of $a - d$ on
#    `field`?
# 2. On the field `turns`, is the loss of the determinant $x_1x_4 - x_2x_3$ near 0, or near 1/2 (chance)?

# %%
dropped = ...  # exercise 1: a number, to within a fifth
sg.check_answer(dropped, sg.score(field, "a - d").loss, within=0.2)

# %%
determinant = ...  # exercise 2: "near 0" or "chance"
small = sg.score(turns, "x1*x4 - x2*x3").loss < 0.1
sg.check_answer(determinant, "near 0" if small else "chance")

# %% [markdown]
# **You can now** read latents together. Go on with [several neurons](33_several_neurons.ipynb), or find out
# [which inputs act together](37_divide.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert first.best.loss < 5e-3, first
assert sg.score(field, amplitude).loss < 5e-3
assert pair.rank == turns.rank == 2
for result in (both, found):
    assert len(result.concepts) == 2, result
    assert all(verdict.same for verdict in result.verdicts), result
    assert max(concept.loss for concept in result.concepts) < 2e-2, result
assert purity.min() > 5 * max(sg.score(pair, parameter).loss for parameter in parameters), purity

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
dropped = sg.score(field, "a - d").loss
assert sg.check_answer(dropped, sg.score(field, "a - d").loss, within=0.2)
determinant = "near 0"
assert sg.check_answer(determinant, "near 0" if small else "chance")
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. The loss is about 0.1: the middle measurements have small weights, and vary less. Gradients are compared with
#    each input in units of its spread, so inputs that vary less count for less.
# 2. The loss is near 0. On these matrices the determinant is $e^{2s}$, a function of $s$ alone, so the determinant lies
#    in the span.
#
# <!-- END SOLUTION -->
