# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Features share neurons: six machines in three neurons
#
# Six machines stand in a hall, and only one machine runs at a time. A network must remember how much power this machine
# uses. But the network has only three neurons. How can it store six machines?

# %%
import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots

rng = np.random.default_rng(0)
machine, load = rng.integers(1, 7, 60), rng.uniform(0.5, 1.5, 60)
bars = {"left": np.arange(60), "right": np.arange(1, 61), "bottom": machine, "top": machine + load / 2}
shown = (plots.Mark("bars", bars),)
plots.Picture(
    "Which machine runs, and how hard?", "moment", "machine", shown, "Sixty bars, one for each moment."
)

# %% [markdown]
# **25 minutes.** First read [an atlas](30_atlas.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** train a network whose single neurons mean nothing, find the features of this network with a sparse
# autoencoder, and read every feature as a formula.
#
# **What people think first:** each neuron has one meaning. Or at least, each direction has one meaning.
#
# | word | meaning here |
# |---|---|
# | feature | one quantity that a network stores: here, the power of one machine |
# | superposition | there are more features than neurons, so features share neurons; only a few features are active at once |
# | sparse autoencoder | a network that reconstructs the neurons' values from many numbers, most of which are 0 |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
guess_first = True  # False: show every answer at once

# %%
import copy

import torch
from torch.nn.functional import normalize, relu

torch.set_num_threads(1)  # small networks are faster this way

# %% [markdown]
# ## The hall
#
# Each machine has two dials: `a` and `b` belong to the first machine, `c` and `d` to the second, and so on. A formula
# gives the machine's power. When a machine rests, its dials are at 0.

# %%
names = tuple("abcdfghkmnpq")
laws = "a**2 + b**2", "d**2 + 2 - 2*cos(c)", "2*f*g", "2*h**2*k", "n**2 + m**4/2", "(p**2 + 3*q**2)/2"
hall = sg.SideBySide(*(sg.to_torch(law, names) for law in laws))
rng = np.random.default_rng(seed)
running = rng.integers(6, size=6000)
dials = rng.uniform(0.5, 1.5, (6000, 12)) * (np.arange(12) // 2 == running[:, None])
x = torch.tensor(dials, dtype=torch.float32)
powers = hall(x)

# %% [markdown]
# ## Six numbers through three neurons
#
# The network multiplies the six powers $f$ by a matrix $W$, to get the values of its three neurons. From these values,
# it reconstructs the powers as $\mathrm{ReLU}(W^T W f + b)$. Training chooses $W$ and $b$. (Elhage and others, *Toy
# models of superposition*, 2022.)

# %%
torch.manual_seed(seed)
squeeze, shift = torch.nn.Linear(6, 3, bias=False), torch.zeros(6, requires_grad=True)
optimizer = torch.optim.Adam([*squeeze.parameters(), shift], 2e-2)
for _ in range(1000):
    some = powers[torch.randint(len(powers), (512,))]
    loss = ((relu(squeeze(some) @ squeeze.weight + shift) - some) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
lost = loss.item() / powers.var().item()
print(f"{lost:.0e} of the variance is lost")

# %%
shape = sg.Question(
    "Plot two of the three neurons against each other. What do you expect?", hidden=guess_first
)
shape

# %%
states = squeeze(powers).detach()
colours = "#2B83C6", "#009E73", "#E69F00", "#D55E00", "#8A8A8A", "#CC79A7"
spokes = []
for k, colour in enumerate(colours):
    one = states[running == k][:60]
    spokes.append(plots.Mark("points", {"x": one[:, 0], "y": one[:, 1]}, colour, f"machine {k + 1}"))
title, words = "The states of two neurons", "Six straight spokes meet at 0, one for each machine."
plane = plots.Picture(title, "neuron 0", "neuron 1", tuple(spokes), words, equal=True)
sg.Answer(shape, sg.Panel(plane))

# %% [markdown]
# Each machine has its own direction. Only three directions can be at right angles. So two machines share each line:
# one points forwards, the other backwards. They never disturb each other, because only one machine runs at a time.
#
# ## One neuron at a time

# %%
alone = sg.Question("How many of the three neurons will have a formula?", hidden=guess_first)
alone

# %%
settings = {"names": names, "random_state": seed, "jobs": 1, "progress": False}
network = torch.nn.Sequential(hall, squeeze)
neurons = sg.atlas(network, x, "1", **settings)
sg.Answer(alone, neurons)

# %% [markdown]
# Each neuron is a sum over several machines, so no short formula describes a neuron.
#
# ## Look for features
#
# A sparse autoencoder knows nothing about machines. It sees three neurons, and reconstructs their values from twelve
# numbers, $\mathrm{ReLU}(E h + c)$. Each number adds to the loss, so most numbers become 0. The control is the same
# encoder before training: twelve random directions.

# %%
encode, decode = torch.nn.Linear(3, 12), torch.nn.Linear(12, 3, bias=False)
torch.nn.init.zeros_(encode.bias)
reader = torch.nn.Sequential(hall, squeeze, encode, torch.nn.ReLU())
control = copy.deepcopy(reader)
optimizer = torch.optim.Adam([*encode.parameters(), *decode.parameters()], 1e-2)
for _ in range(1500):
    some = states[torch.randint(len(states), (512,))]
    numbers = relu(encode(some))
    restored = numbers @ normalize(decode.weight, dim=0).T
    loss = ((restored - some) ** 2).sum(1).mean() + 0.1 * numbers.sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# %%
count = sg.Question(
    "How many of twelve features will describe a single machine? And how many of twelve random directions?",
    hidden=guess_first,
)
count

# %%
features = sg.atlas(reader, x, "3", points=1000, control=control, **settings)
lines = [f"{row.angle:4.1f}°  {row.formula}" for row in features.laws]
sg.Answer(count, "\n".join(lines))

# %% [markdown]
# Some machines appear twice. Features that are never active are left out. Here is the control:

# %%
lines = [f"{row.angle:4.1f}°  {row.formula}" for row in features.control.laws]
sg.Answer(count, "\n".join(lines))

# %% [markdown]
# So do not count formulas; count machines. A formula identifies a machine if it is the law of that machine, and
# contains no other dials.


# %%
def named(atlas):
    """Return the numbers of the machines that an atlas identifies."""
    found = (row.formula for row in atlas.laws)
    return sorted({k + 1 for text in found for k, law in enumerate(laws) if sg.verify(text, law).same})


# %% [markdown]
# ## Is a feature a direction?
#
# A feature is a direction *and* a threshold. Take the ReLU away, and read the same directions.

# %%
bare = sg.Question(
    "How many machines can you identify from the directions without the ReLU?", hidden=guess_first
)
bare

# %%
directions = encode.weight.detach()[[row.neuron for row in features.laws[:6]]]
lines = sg.atlas(network, x, "1", directions=directions, **settings)
tables = {"neurons": neurons, "features": features, "random": features.control, "no ReLU": lines}
machines = {name: named(table) for name, table in tables.items()}
sg.Answer(bare, "\n".join(f"{name:9} machines identified: {found}" for name, found in machines.items()))

# %% [markdown]
# The directions alone identify no machine: without the threshold, each direction responds to two machines, and to one
# of them with a negative sign.
#
# **Large networks are different:** several features are active at once, and overlap. If you let two machines run at a
# time, the formulas get extra terms.
#
# ## Exercises
#
# 1. Which machine shares a line with machine 1? Look at the picture, then at $W^T W$.
# 2. At most two machines can share a line. How many machines could twenty neurons store in this way?

# %%
partner = ...  # exercise 1: a number from 2 to 6
overlap = squeeze.weight.T @ squeeze.weight
sg.check_answer(partner, int(overlap[0].argmin()) + 1, within=0)

# %%
most = ...  # exercise 2: a number
sg.check_answer(most, 2 * 20, within=0)

# %% [markdown]
# **You can now** read a network whose single neurons have no meaning. Go on with [splicing](34_splicing.ipynb), or with
# [autoencoders](32_autoencoders.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert lost < 1e-4, lost
assert not neurons.laws, neurons
assert machines == {"neurons": [], "features": [1, 2, 3, 4, 5, 6], "random": [], "no ReLU": []}, machines
assert all(row.angle < 0.1 for row in features.laws), features

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
partner = int(overlap[0].argmin()) + 1
assert sg.check_answer(partner, int(overlap[0].argmin()) + 1, within=0)
most = 40
assert sg.check_answer(most, 2 * 20, within=0)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. The machine whose overlap with machine 1 is -1: its line of points goes the other way. With seed 0, this is machine
#    4.
# 2. 40: twenty lines can be at right angles, and each line carries two machines.
#
# <!-- END SOLUTION -->
