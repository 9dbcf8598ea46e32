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
# **Click a neuron**, and arrows show in which direction the neuron's value grows. **Guess** a formula, and see how far
# its arrows are from the neuron's. **Step** or **Play** the search, and click the points of its front, the best
# formulas so far: simple formulas are on the left, exact formulas at the bottom. **What is this?** says whether the
# formula is the concept. *State*, at the bottom, is one line of text that contains all your choices. Copy this line to
# share your view, or paste somebody else's line to see their view.
#
# [All notebooks](reference/index.ipynb)
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
experiment = "oscillator"  # any name that `symgrad list` shows
seed = 0
generations = 0  # of the search, before you take over

# %%
import symgrad_widgets as sg

# %%
bench = sg.Workbench(experiment, seed=seed, show="all")
bench.chooser.choose(experiment, seed)  # trains a network if the package has no weights for it
bench.stepper.goto(generations)
bench

# %% [markdown]
# ## Your own system
#
# Do you know a system's equations of motion? Type how fast each variable changes (as in the example, `x' = v` and
# `v' = -4x`), press *Read it*, then *Train*. A network watches orbits, and its output neuron learns to keep the same
# value along each orbit: a conserved quantity.

# %%
system = sg.OwnSystem("x' = v\nv' = -4x", seed=seed)
system

# %% [markdown]
# ## Your own table
#
# Open or paste a table: a line of names, then at least 120 rows, one on each line. Choose the column to learn. The
# example is a table of 392 cars. `mpg` is the number of miles that a car goes on a gallon. What does this number
# depend on? Your table stays on the computer that runs this notebook.

# %%
table = sg.OwnTable(seed=seed)
table

# %% [markdown] tags=["notebook-only"]
# ## Share it
#
# All your choices above fit into one line of text. The line even brings back the search: it is replayed when somebody
# pastes the line. Put the line on your course page, and each student starts with your view.

# %% tags=["notebook-only"]
line = bench.state_line
print(line)

# %% [markdown] tags=["notebook-only"]
# `load_state` does the same as pasting the line into the field *state*. In this example, a student changes the view and
# then returns to the old view; `sg.Workbench.from_state(line)` makes a new Workbench from the line.

# %% tags=["notebook-only"]
bench.fieldview.inputs = bench.fieldview.inputs[::-1]
bench.stepper.goto(2)
bench.load_state(line)
bench.stepper.state

# %% [markdown] tags=["notebook-only"]
# ## Your own network
#
# You can use any `torch.nn.Module`, with some input points. The module below learns $\tanh(a\,b)$. Replace the module,
# points and names with your own.

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
# The search found $a\,b$. The search cannot see the $\tanh$, which only bends this product. Now click a neuron of the
# hidden layer. Does this neuron compute a formula too, or only a weighted sum of the inputs?
#
# ## Your own system, in Python
#
# These lines do the same as the form above. The library computes orbits from random starting points in the box. Instead
# of the text, you can pass a Python function that returns how fast each variable changes.

# %% tags=["notebook-only"]
mine = sg.Experiment.from_flow("x' = v; v' = -4x", box=[(-1, 1), (-1, 1)])

# %% tags=["notebook-only"]
monitor = sg.TrainingMonitor(mine, seed=seed, epochs=15, count=20_000)
monitor

# %% tags=["notebook-only"]
run = monitor.train()
found = sg.interpret(run.model, run.x, names=run.names, random_state=seed)
found.best

# %% [markdown] tags=["notebook-only"]
# Even after so little training, the search finds $x^2 + v^2/4$ (the energy of the spring, up to a factor), or nearly
# this formula. With `sg.Workbench(run)`, you explore this network by hand. `sg.Workbench(mine)` trains a new network
# on the page, for the full time.
#
# **Try** a spring with friction, `v' = -4x - v/2`. What does it conserve, and what does the search say?

# %% [markdown] tags=["notebook-only"]
# The last cell checks what this notebook claims.

# %% tags=["notebook-only"]
assert bench.state_line == line
assert bench.stepper.step().front
assert table.answer == "mpg"
assert str(own.stepper.selected.expression) == "a*b"
assert sg.verify(found.best.expression, "4*x**2 + v**2").same
