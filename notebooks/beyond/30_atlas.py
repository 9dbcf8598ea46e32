# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An atlas: a formula for a neuron is not yet a discovery
#
# This network was trained on a stiff spring, and its output is a function of the energy. Three layers of 32 neurons
# come before the output. Does one neuron compute the energy, or each a part?

# %%
import symgrad_widgets as sg

spring = sg.experiments["cubic_force"].pretrained()
sg.NeuronPicker(spring.model, spring.x, names=spring.names)

# %% [markdown]
# **30 minutes.** First read [the stiff spring](../physics/08_cubic_force.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** search for a formula for every neuron at once, and find out which formulas come from training.
#
# **What people think first:** the more neurons have a formula, the more the network has learnt.
#
# | word | meaning here |
# |---|---|
# | atlas | a table with a formula, or none, for every neuron of some layers |
# | by construction | a formula that the architecture enforces, whatever the network has learnt |
# | principal direction | the weighted sum (of a layer's neurons) that has the largest gradient; the next direction has the largest gradient at right angles to the first |
# | control | the same measurement on a network that has learnt nothing |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here (you need this for every seed but 0)
guess_first = True  # False: show every answer at once

# %%
import copy

import numpy as np
import torch

from symgrad_widgets import plots
from symgrad_widgets.search import losses, solve

# %%
exp = sg.experiments["cubic_force"]
run = exp.train(seed=seed, progress=False) if retrain else exp.pretrained(seed=seed)
hidden = ("linear1", "linear2", "linear3")
print(run.model)

# %%
many = sg.Question("How many of the 32 neurons of a layer will have a formula?", hidden=guess_first)
many

# %% [markdown]
# ## The atlas, and a control
#
# SiLU bends a neuron but does not turn its gradient, so we read only linear layers: the first, the third and the
# output. The control is the same network with random weights, which has learnt nothing.


# %%
def untrained(model):
    """Copy of a network with random weights."""
    blank = copy.deepcopy(model)
    torch.manual_seed(seed)
    for module in blank.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return blank


control = untrained(run.model)

# %%
layers = ("linear1", "linear3", "latent")
found = sg.atlas(
    run.model, run.x, layers, names=run.names, control=control, random_state=seed, progress=False
)
sg.Answer(many, found)

# %% [markdown]
# All neurons of the first layer have a formula, $ax + bv$. **This is not a discovery**: whatever the training, the
# layer computes $ax + bv + c$. The atlas marks these formulas *by construction*, and counts them separately.
#
# By chance, trained neurons can match formulas as often as the control's neurons do:

# %%
lines = []
for layer in layers:
    part = found.of(layer)
    counted = f"{layer}: {len(part.laws)} of {len(part)} have a formula, {len(part.matches)} match"
    lines.append(f"{counted} {part.by_chance}")
sg.Answer(many, "\n".join(lines))

# %% [markdown]
# Here are the best formulas of the third layer. `found.to_frame()` has all the numbers.

# %%
sg.Answer(many, "\n".join(f"{row.angle:4.1f}°  {row.formula}" for row in found.of("linear3").laws[:6]))

# %% [markdown]
# With two inputs, smooth functions are easy to imitate, so these formulas are only descriptions. The formula for the
# output is off by less than a hundredth of a degree. This formula is a law.

# %%
[law] = found.of("latent").laws
sg.Answer(many, f"{law.formula}: {sg.verify(law.formula, exp.concepts[0])}")

# %% [markdown]
# ## The same in colour
#
# Neurons in strong blue have an exact formula; grey neurons have a poor formula or none. Click a neuron.

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names, atlas=found, layers=(*hidden, "latent"))
picker.colour_by = "law"
picker.choose("linear3", 0)
picker

# %% [markdown]
# ## How far is each neuron from the energy?
#
# In two dimensions, random directions are on average 45° from the energy's.

# %%
picker.formula = law.formula
angles = picker.activity.angles(picker.formula)
for layer, values in zip(hidden, np.split(angles, picker.activity.starts[1:-1]), strict=False):
    print(f"{layer}: least {values.min():4.1f}°, median {np.median(values):4.1f}°, most {values.max():4.1f}°")

# %% [markdown]
# The first layer is no closer than chance. In later layers, some neurons come closer, but none computes the energy. If
# a layer contains the energy, it is spread over many neurons.
#
# In a network that has learnt the trace of a matrix, count the neurons of the second layer whose gradients are
# within 10° of the trace's:

# %%
matrices = sg.experiments["trace2"].pretrained()
near = {}
for kind, model in {"trained": matrices.model, "untrained": untrained(matrices.model)}.items():
    other = sg.NeuronPicker(model, matrices.x[:1000], names=matrices.names, layers=["linear2"])
    other.formula = "x1 + x4"
    near[kind] = int((other.activity.angles(other.formula) < 10).sum())
sg.Answer(many, near)

# %% [markdown]
# After training, many neurons are close to the trace; without training, no neuron is.
#
# ## Many neurons together
#
# The eigenproblem of the search also finds the best weighted sum of neurons. With 32 weights you can fit a lot. So
# see how well a few principal directions do, in this network and in the control.

# %%
x, sizes, loss = run.x[:1000], (1, 2, 4, 8, 16, 32), {}
energy = sg.gradient_field(run.model, x, names=run.names).unit
for kind, model in {"trained": run.model, "untrained": control}.items():
    for layer in hidden:
        field = sg.gradient_field(model, x, layer, list(range(32)), names=run.names)
        neurons = field.gradients.transpose(1, 0, 2)  # (32, points, 2)
        along = np.einsum("knm,ncm->knc", neurons, energy)
        axes = np.linalg.svd(neurons.reshape(32, -1), full_matrices=False)[0].T
        for k in sizes:  # weights from every other point, the loss from those between
            G, D = np.tensordot(axes[:k], neurons, 1), np.tensordot(axes[:k], along, 1)
            weights, _ = solve(G[:, ::2], D[:, ::2], field.weights[::2])
            loss[kind, layer, k] = losses(G[:, 1::2], D[:, 1::2], weights, field.weights[1::2])[0]

# %%
looks = {"linear2": "#E69F00", "linear3": "#2B83C6"}
dashes, places = {"trained": "solid", "untrained": "dotted"}, range(len(sizes))
marks = []
for kind, dash in dashes.items():
    for layer, colour in looks.items():
        curve = {"x": places, "y": [loss[kind, layer, k] for k in sizes]}
        marks.append(plots.Mark("line", curve, colour, f"{kind} {layer[-1]}", dash, 2))

# %%
words = "Loss of the best sum of principal directions. The trained network needs few, the untrained one many."
title, ticks = "Reading the energy out of layers 2 and 3", tuple(zip(places, map(str, sizes), strict=True))
plots.Picture(title, "principal directions", "loss", tuple(marks), words, log_y=True, ticks=ticks)

# %% [markdown]
# The first layer is not drawn, because no sum of its neurons comes near the energy. A random sum has a loss of 0.5.

# %%
print(f"first layer: loss {min(loss[kind, 'linear1', k] for kind in dashes for k in sizes):.2f} at best")

# %% [markdown]
# At the right end, with all 32 neurons, both networks give the energy, **and one of them has learnt nothing**. From 32
# bent random sums you can build any smooth function. So it means little that you *can* read the energy out of a layer.
#
# At the left end, one or two directions say little in the untrained network, and more in the trained one. Training has
# turned the strongest directions of at least one layer towards the energy.

# %%
first = {kind: min(loss[kind, layer, 2] for layer in hidden[1:]) for kind in dashes}
print(
    "loss with two directions of the best layer:",
    ", ".join(f"{kind} {value:.1e}" for kind, value in first.items()),
)

# %% [markdown]
# ## What we have found
#
# * Here, no hidden neuron computes the energy. Each neuron computes a bent piece, and the output adds up the pieces.
# * In the second and third layers, a few strong directions contain the energy.
# * The layer with the most formulas, the first, was the least interesting.
#
# ## Exercises
#
# 1. Colour the neurons by `"alignment"`. How many neurons of the third layer are less than 20° from the energy?
# 2. How many principal directions of the third layer give the energy with a loss below 0.01? Choose two of `sizes`, one
#    for each network.

# %%
close = ...  # exercise 1: a number, to within a fifth
sg.check_answer(close, (angles[64:96] < 20).sum(), within=0.2)

# %%
enough = ...  # exercise 2: (trained, untrained)
smallest = [min(k for k in sizes if loss[kind, "linear3", k] < 0.01) for kind in dashes]
sg.check_answer(enough, smallest, within=0)

# %% [markdown]
# **You can now** judge what a number of formulas means. Go on with [features that share neurons](31_features.ipynb), or
# with [splicing](34_splicing.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert all(row.by_construction for row in found.of("linear1").rows)
assert not any(row.by_construction for row in found.free), found
assert found.by_chance.neurons >= 32, found
assert sg.verify(law.formula, exp.concepts[0]).same is True
assert law.angle < 0.01, law
assert angles[32:96].min() > 1, angles
assert min(loss[kind, "linear1", k] for kind in dashes for k in sizes) > 0.2, loss
assert max(loss[kind, layer, 32] for kind in dashes for layer in hidden[1:]) < 1e-4, loss
assert first["trained"] < 0.2, first
assert first["untrained"] > 2 * first["trained"], first
assert near["trained"] >= 8, near
assert near["untrained"] <= 1, near

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
close = (angles[64:96] < 20).sum()
assert sg.check_answer(close, (angles[64:96] < 20).sum(), within=0.2)
enough = smallest
assert sg.check_answer(enough, smallest, within=0)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 11 of 32, with seed 0. None of these neurons computes the energy itself: the closest is 6° off.
# 2. 1 and 8, with seed 0. Training has put the energy into the strongest direction. Without training you need many
#    directions.
#
# <!-- END SOLUTION -->
