# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A stranger's checkpoint: numbers alone do not say what they compute
#
# A file of weights arrives by email, [with a short message](stranger/message.txt). Nobody remembers what the network
# was for. What does the network compute, and is it safe to open the file?

# %%
import numpy as np
from safetensors.torch import load_file

import symgrad_widgets as sg

path = "stranger/weights.safetensors"
weights = load_file(path)
lengths = np.random.default_rng(0).uniform(1, 1.8, (400, 3))
sg.NeuronPicker(sg.from_checkpoint(path, "tanh"), lengths, names=("a", "b", "c"))

# %% [markdown]
# **25 minutes.** First read [the spring](../physics/07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** rebuild a network from the shapes of its arrays, find out what the file leaves out, read a neuron, and use its formula
# where the network fails.
#
# **What people think first:** a file of weights is the whole network.
#
# | word | meaning here |
# |---|---|
# | checkpoint | the numbers of a trained network in a file |
# | state dict | a table of named arrays of numbers; a checkpoint should contain nothing else |
# | pickle | Python's own format for objects; if you load a pickle, you run the program in it |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 30  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
import tempfile
from pathlib import Path

import sympy as sp
import torch

from symgrad_widgets.network import ACTIVATIONS

# %% [markdown]
# ## Only numbers
#
# Safetensors is a format for arrays and short texts. Such a file cannot contain a program. This is the whole content of
# our file:

# %%
for name, numbers in weights.items():
    print(f"{name:14} {tuple(numbers.shape)}")

# %% [markdown]
# A weight of shape `(24, 3)` turns 3 numbers into 24: a layer with three inputs and 24 neurons. The file lists the
# layers in alphabetical order, which is not the order in which the network uses them.

# %%
order = sg.Question(
    "In which order do the layers compute? Only one order gives each layer the right number of inputs.",
    hidden=guess_first,
)
order

# %%
sg.Answer(order, sg.from_checkpoint(path, "tanh"))

# %% [markdown]
# ## What is missing
#
# Between two layers there is an activation, a function such as $\tanh$. It has no weights, so the file does not
# mention it. But the message gives three examples: three lengths each, with the network's output. Try all
# activations in the library:

# %%
told = torch.tensor([[1.2, 1.5, 1.1], [1.0, 1.0, 1.0], [1.7, 1.3, 1.6]])
answers = np.array([0.6523, 0.4313, 0.9825])
errors = {}
for name in ACTIVATIONS:
    outputs = sg.from_checkpoint(path, activation=name)(told)[:, 0].detach().numpy()
    errors[name] = np.abs(outputs - answers).max()
    print(f"{name:9}", outputs.round(4), f"off by up to {errors[name]:.4f}")

# %% [markdown]
# One activation reproduces the outputs to the last digit. No other activation comes within 0.1. When somebody sends you
# a checkpoint, ask for a few inputs with their outputs.

# %%
activation = min(errors, key=errors.get)
model = sg.from_checkpoint(path, activation)

# %% [markdown]
# ## Where to look
#
# The file does not say which inputs the network was trained on. Away from the training inputs, the output means
# nothing, although it looks like any other output. The message gives the range of inputs: lengths from 1 to 1.8.

# %%
x = np.random.default_rng(seed).uniform(1, 1.8, (1000, 3))
picker = sg.NeuronPicker(model, x, names=("a", "b", "c"))
picker.choose("latent", 0)
picker

# %% [markdown]
# Click some hidden neurons: many of them contribute, and no neuron does all the work. We read the output.

# %%
field = picker.field
sg.FieldView(field)

# %% [markdown]
# Swap the inputs in the view. The field looks the same: all three lengths are equally important.
#
# ## Your guess
#
# The output grows with each length, like the volume of a box, $a\,b\,c$. This guess has a loss of 0.08; a random
# guess would have 0.67. Type a better formula.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# ## The search, step by step

# %%
example = sg.score(field, "a*b*c")
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
result = sg.interpret(search, seconds=budget)
sg.Answer(box, result)

# %% [markdown]
# There is no verdict, because we do not know the right answer. We only have evidence. Now write the formula as a
# product:

# %%
formula = result.best.expression if result.best else sp.Integer(0)
sg.Answer(box, sp.factor(formula))

# %%
shape = sg.Question(
    "The quantity is 0 if the three lengths lie flat on one line. What are these lengths?",
    hidden=guess_first,
)
shape

# %% [markdown]
# <details><summary>Answer</summary>
#
# The lengths are the sides of a triangle. Heron of Alexandria knew in the first century that the area $A$ obeys
# $16A^2 = (a+b+c)(-a+b+c)(a-b+c)(a+b-c)$.
#
# </details>
#
# We can test the hypothesis that the network computes the area:

# %%
heron = "(a + b + c)*(-a + b + c)*(a - b + c)*(a + b - c)"
verdict = sg.verify(formula, heron, field=field)
sg.Answer(shape, verdict.message)

# %%
sg.Answer(shape, sg.PhiView(field, result))

# %% [markdown]
# The curve is thin, and bent. The bend is a square root: the output is the area, and the formula is a multiple of the
# squared area.
#
# ## Beyond the stranger's data
#
# Ask network and formula about the sides 3, 4, 5, far outside the training range. You know this area.

# %%
large, small = result.to_numpy()(np.array([[3.0, 4.0, 5.0], [1.0, 1.0, 1.0]]))
by_formula = np.sqrt(large / small * 3) / 4
by_network = model(torch.tensor([[3.0, 4.0, 5.0]])).item()
sg.Answer(shape, f"sides 3, 4, 5: the formula gives {by_formula:.3f}, the network {by_network:.3f}")

# %% [markdown]
# Directions do not determine the formula's scale. One known triangle, with sides 1, 1, 1, determines the scale.
#
# ## What the library refuses
#
# Somebody else sends you the whole object, saved by `torch.save(model)`. This file is a pickle, which contains a
# program. The library refuses to run this program, and tells you what to ask for:

# %%
whole = Path(tempfile.mkdtemp()) / "whole.pt"
torch.save(model, whole)
try:
    sg.from_checkpoint(whole, activation)
except sg.SymgradError as error:
    refusal = str(error)
print(refusal)

# %% [markdown]
# The library also refuses convolutions, embeddings and normalisation, because shapes alone do not show how these layers
# are connected. Build such a network with its author's code, load the numbers with `load_state_dict`, and continue with
# the picker.
#
# ## Exercises
#
# 1. Whatever the network has learnt, what must a formula for a neuron in the *first* hidden layer look like? For neuron
#    0, divide the coefficient of $b$ by the coefficient of $a$.

# %%
ratio = ...  # exercise 1: a number, from the arrays in `weights`
first = next(numbers for numbers in weights.values() if numbers.shape == (24, 3))
sg.check_answer(ratio, float(first[0, 1] / first[0, 0]), within=0.01)

# %% [markdown]
# **You can now** open a checkpoint, read the network, and say what the file leaves out. Go on with [real
# planets](21_planets.ipynb), or with [modular addition](22_modular_addition.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert verdict.same, verdict
assert activation == "tanh", errors
assert result.best.loss < 2e-4, result.best
assert abs(by_formula - 6) < 0.05, by_formula
assert abs(by_network - 6) > 1, by_network
assert "pickled code" in refusal

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
ratio = first[0, 1] / first[0, 0]
assert sg.check_answer(ratio, float(first[0, 1] / first[0, 0]), within=0.01)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. A sum $w_1a + w_2b + w_3c$, bent: the layer can compute nothing else. Its weights are the coefficients.
#
# <!-- END SOLUTION -->
