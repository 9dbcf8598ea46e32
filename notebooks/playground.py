# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The playground: what has this neuron learnt?
#
# **Click a neuron**, and arrows show in which direction it grows. **Guess** a formula, and see how far it is from the
# arrows. **Step** or **Play** the search, and click the points of its front: simple formulas left, exact ones low.
# **What is this?** says whether the formula is the concept. *State* at the bottom holds all that you have chosen in a
# line: copy it to hand it out, paste another to take it.
#
# [All notebooks](reference/index.ipynb)
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
experiment = "oscillator"  # any name that `symgrad list` shows
seed = 0
generations = 0  # of the search, before you take over

# %%
import symgrad_widgets as sg

# %%
bench = sg.Workbench(experiment, seed=seed, show="all")
bench.chooser.choose(experiment, seed)  # trains where no weights come with the package
bench.stepper.goto(generations)
bench

# %% [markdown] tags=["notebook-only"]
# ## Hand it out
#
# All that is chosen above fits into one line of text, the search included: it is replayed. Put the line on the
# blackboard's web page, and each student begins where you are.

# %% tags=["notebook-only"]
line = bench.state_line
print(line)

# %% [markdown] tags=["notebook-only"]
# Taking one is the same as pasting it into the field *state*. Here a student has wandered off and comes back;
# `sg.Workbench.from_state(line)` makes a new Workbench of it.

# %% tags=["notebook-only"]
bench.fieldview.inputs = bench.fieldview.inputs[::-1]
bench.stepper.goto(2)
bench.load_state(line)
bench.stepper.state

# %% [markdown] tags=["notebook-only"]
# ## Your own network
#
# Any `torch.nn.Module` will do, with points to look at it on. Here is one that learns $\tanh(a\,b)$. Replace the
# module, the points and their names by yours.

# %% tags=["notebook-only"]
import torch

torch.manual_seed(seed)
points = 3 * torch.rand(1000, 2) - 1.5
target = torch.tanh(points[:, [0]] * points[:, [1]])
model = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.SiLU(), torch.nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for _ in range(1500):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(points), target).backward()
    optimizer.step()

# %% tags=["notebook-only"]
own = sg.Workbench(model, points, names=("a", "b"), seed=seed)
own.stepper.goto(3)
own

# %% [markdown] tags=["notebook-only"]
# The search found $a\,b$: it does not see the $\tanh$, which only bends. Now click a neuron of the hidden layer: is
# there a formula in it, too, or only a direction?
#
# ## Your own system
#
# If you have no network but a motion, write down its velocities. The library follows orbits from random places of
# the box, and trains a network whose neuron has to be the same all along each of them: a conserved quantity.


# %% tags=["notebook-only"]
def spring(x, v):
    return v, -4 * x


mine = sg.Experiment.from_flow(spring, box=[(-1, 1), (-1, 1)], names=["x", "v"])

# %% tags=["notebook-only"]
monitor = sg.TrainingMonitor(mine, seed=seed, epochs=15, count=20_000)
monitor

# %% tags=["notebook-only"]
run = monitor.train()
found = sg.interpret(run.model, run.x, names=run.names, random_state=seed)
found.best

# %% [markdown] tags=["notebook-only"]
# A training as short as this one is enough for $x^2 + v^2/4$, or nearly: the energy of the spring.
# `sg.Workbench(run)` looks at the network by hand, and `sg.Workbench(mine)` trains it there, for the full time.
#
# **Try:** a spring with friction, `v, -4 * x - v / 2`. What does it conserve, and what does the search say?

# %% [markdown] tags=["notebook-only"]
# The last cell checks what this notebook claims.

# %% tags=["notebook-only"]
assert bench.state_line == line
assert bench.stepper.step().front
assert str(own.stepper.selected.expression) == "a*b"
assert sg.verify(found.best.expression, "4*x**2 + v**2").same
